/**
 * Recursion over a binary tree, and its hand-written adjoint, whose gradient is again a tree.
 * The forward recursion saves two numbers a node on a reused stack; the backward one takes them off in reverse.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"

/** A full binary tree with numbers at its leaves. */
export type Tree = Leaf | Node
/** A number. */
export interface Leaf {
  readonly leaf: true
  readonly value: number
}
/** Two trees. */
export interface Node {
  readonly leaf: false
  readonly left: Tree
  readonly right: Tree
}

let stack = new Float64Array(0)
let top = 0

/** A tree of a depth whose leaves are numbered from `first`. */
export function grow(depth: number, first: number): Tree {
  if (depth === 0) return { leaf: true, value: 0.5 + 0.4 * Math.sin(first) }
  return { leaf: false, left: grow(depth - 1, first), right: grow(depth - 1, first + 2 ** (depth - 1)) }
}

/** The value of a tree: w v^2 at a leaf, a smooth blend of both sides at a node. */
export function total(t: Tree, w: number): number {
  if (t.leaf) return w * t.value * t.value
  const a = total(t.left, w)
  const b = total(t.right, w)
  return 0.5 * (a + b) - 0.1 * a * b
}

/** The value and its gradient with respect to the tree. */
export function totalGrad(t: Tree, w: number): { value: number; grad: Tree } {
  top = 0
  const value = forward(t, w)
  return { value, grad: backward(t, w, 1) }
}

/** The number at the first leaf. */
export function leftmost(t: Tree): number {
  let at = t
  while (!at.leaf) at = at.left
  return at.value
}

function forward(t: Tree, w: number): number {
  if (t.leaf) return w * t.value * t.value
  const a = forward(t.left, w)
  const b = forward(t.right, w)
  if (top + 2 > stack.length) {
    const larger = new Float64Array(Math.max(1024, 2 * stack.length))
    larger.set(stack)
    stack = larger
  }
  stack[top++] = a
  stack[top++] = b
  return 0.5 * (a + b) - 0.1 * a * b
}

function backward(t: Tree, w: number, g: number): Tree {
  if (t.leaf) return { leaf: true, value: 2 * g * w * t.value }
  const b = at(stack, --top)
  const a = at(stack, --top)
  const right = backward(t.right, w, g * (0.5 - 0.1 * a))
  const left = backward(t.left, w, g * (0.5 - 0.1 * b))
  return { leaf: false, left, right }
}
