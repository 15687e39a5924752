/**
 * Small trees of arithmetic in one closure.
 * A tree of up to four leaves (slots, constants, elements of arrays in slots) is computed on unboxed numbers; if a leaf turns out to be anything else the
 * ordinary nodes do the work from the start, which is safe since leaves have no effects. It must not know what the ordinary nodes do.
 */

import type { Core, CoreSlice, OperateCore } from "../../lang/core.ts"
import { Tensor } from "../arrays/tensor.ts"
import { unit, type Value } from "../values/values.ts"
import type { Frame, Node } from "./frame.ts"

const SLOT = 0
const CONSTANT = 1
const ELEMENT = 2
const ELEMENT2 = 3

/** Where a number comes from. Constant indices stand in `i` and `j` as they are, slots by their position in the frame. */
interface Leaf {
  readonly kind: number
  readonly at: number
  readonly value: number
  readonly i: number
  readonly j: number
  /** Are `i` and `j` positions in the frame? */
  readonly iSlot: boolean
  readonly jSlot: boolean
}

const operations = ["add", "sub", "mul", "div"]

type Tree = Leaf | Branch
interface Branch {
  readonly op: number
  readonly left: Tree
  readonly right: Tree
}

/** Set when a leaf was no plain number. */
let failed = false

function load(f: Frame, leaf: Leaf): number {
  if (leaf.kind === SLOT) {
    const value = f[leaf.at]
    if (typeof value === "number") return value
  } else if (leaf.kind === CONSTANT) return leaf.value
  else {
    const array = f[leaf.at]
    if (array instanceof Tensor) {
      const i = leaf.iSlot ? f[leaf.i] : leaf.i
      if (typeof i === "number") {
        if (leaf.kind === ELEMENT) {
          if (array.shape.length === 1) {
            const x = array.data[i]
            if (x !== undefined) return x
          }
        } else if (array.shape.length === 2) {
          const j = leaf.jSlot ? f[leaf.j] : leaf.j
          const columns = array.shape[1]!
          if (typeof j === "number" && i >= 0 && j >= 0 && j < columns && (i | 0) === i && (j | 0) === j) {
            const x = array.data[i * columns + j]
            if (x !== undefined) return x
          }
        }
      }
    }
  }
  failed = true
  return 0
}

function compute(op: number, x: number, y: number): number {
  if (op === 0) return x + y
  if (op === 1) return x - y
  if (op === 2) return x * y
  return x / y
}

/** One closure for a tree of arithmetic, or null where the tree is of another form; `ordinary` does the same in every case. */
export function fuse(core: OperateCore, ordinary: Node): Node | null {
  return fuseInto(0, core, ordinary)
}

/** The same for an assignment to the place `to` of the frame, which gives unit. */
export function fuseInto(to: number, core: OperateCore, ordinary: Node): Node | null {
  const tree = treeOf(core, 3)
  if (tree === null || isLeaf(tree)) return null
  return closureFor(tree, ordinary, to)
}

function isLeaf(tree: Tree): tree is Leaf {
  return "kind" in tree
}

function treeOf(core: Core, depth: number): Tree | null {
  const leaf = leafOf(core)
  if (leaf !== null) return leaf
  if (core.kind !== "operate" || core.args.length !== 2 || depth === 0) return null
  const op = operations.indexOf(core.op)
  if (op < 0) return null
  const left = treeOf(core.args[0]!, depth - 1)
  const right = left === null ? null : treeOf(core.args[1]!, depth - 1)
  return left === null || right === null ? null : { op, left, right }
}

function leafOf(core: Core): Leaf | null {
  const none = { at: 0, value: 0, i: 0, j: 0, iSlot: false, jSlot: false }
  if (core.kind === "local") return { ...none, kind: SLOT, at: core.slot + 1 }
  if (core.kind === "const" && typeof core.value === "number") return { ...none, kind: CONSTANT, value: core.value }
  if (core.kind !== "index") return null
  const items: (Core | CoreSlice)[] = [...core.items]
  let { target } = core
  if (target.kind === "index" && items.length === 1 && target.items.length === 1) {
    items.unshift(target.items[0]!)
    target = target.target
  }
  if (target.kind !== "local" || items.length > 2) return null
  const [i, j] = items.map(indexOf)
  if (i === null || i === undefined || j === null) return null
  return {
    kind: j === undefined ? ELEMENT : ELEMENT2,
    at: target.slot + 1,
    value: 0,
    i: i.at,
    j: j?.at ?? 0,
    iSlot: i.isSlot,
    jSlot: j?.isSlot ?? false,
  }
}

function indexOf(core: Core | CoreSlice): { at: number; isSlot: boolean } | null {
  if (core.kind === "local") return { at: core.slot + 1, isSlot: true }
  if (core.kind === "const" && typeof core.value === "number") return { at: core.value, isSlot: false }
  return null
}

/** The number, or after a failure what the ordinary node makes of it; goes to a place of the frame unless that is 0. */
function give(x: number, f: Frame, ordinary: Node, to: number): Value {
  if (failed) {
    failed = false
    const value = ordinary(f)
    if (to === 0) return value
    f[to] = value
    return unit
  }
  if (to === 0) return x
  f[to] = x
  return unit
}

/** The closure for the shape of a tree; each is written out, so that all is computed without another call. */
function closureFor({ op, left, right }: Branch, ordinary: Node, to: number): Node | null {
  if (isLeaf(left)) {
    if (isLeaf(right)) return (f) => give(compute(op, load(f, left), load(f, right)), f, ordinary, to)
    const { op: op2, left: b, right: r } = right
    if (isLeaf(b)) {
      if (isLeaf(r))
        return (f) => give(compute(op, load(f, left), compute(op2, load(f, b), load(f, r))), f, ordinary, to)
      const { op: op3, left: c, right: d } = r
      if (!isLeaf(c) || !isLeaf(d)) return null
      return (f) =>
        give(
          compute(op, load(f, left), compute(op2, load(f, b), compute(op3, load(f, c), load(f, d)))),
          f,
          ordinary,
          to,
        )
    }
    const { op: op3, left: c, right: d } = b
    if (!isLeaf(c) || !isLeaf(d) || !isLeaf(r)) return null
    return (f) =>
      give(compute(op, load(f, left), compute(op2, compute(op3, load(f, c), load(f, d)), load(f, r))), f, ordinary, to)
  }
  const { op: op2, left: a, right: b } = left
  if (isLeaf(right)) {
    if (isLeaf(a)) {
      if (isLeaf(b))
        return (f) => give(compute(op, compute(op2, load(f, a), load(f, b)), load(f, right)), f, ordinary, to)
      const { op: op3, left: c, right: d } = b
      if (!isLeaf(c) || !isLeaf(d)) return null
      return (f) =>
        give(
          compute(op, compute(op2, load(f, a), compute(op3, load(f, c), load(f, d))), load(f, right)),
          f,
          ordinary,
          to,
        )
    }
    const { op: op3, left: c, right: d } = a
    if (!isLeaf(c) || !isLeaf(d) || !isLeaf(b)) return null
    return (f) =>
      give(compute(op, compute(op2, compute(op3, load(f, c), load(f, d)), load(f, b)), load(f, right)), f, ordinary, to)
  }
  const { op: op3, left: c, right: d } = right
  if (!isLeaf(a) || !isLeaf(b) || !isLeaf(c) || !isLeaf(d)) return null
  return (f) =>
    give(compute(op, compute(op2, load(f, a), load(f, b)), compute(op3, load(f, c), load(f, d))), f, ordinary, to)
}
