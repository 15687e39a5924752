/**
 * Small trees of arithmetic in one closure.
 * A tree of up to four leaves (slots, constants, elements of arrays in slots) is computed on unboxed numbers; if a leaf turns out to be anything else, the tree
 * is recorded as a whole or the ordinary nodes do the work from the start, which is safe since leaves have no effects. It must not know what the ordinary nodes
 * do, nor how trees are recorded.
 */

import type { Core, OperateCore } from "../../lang/core.ts"
import { Tensor } from "../arrays/tensor.ts"
import { formsOf, type Form } from "../autodiff/forms.ts"
import * as arithmetic from "../primitives/arithmetic.ts"
import type { Value } from "../values/values.ts"
import type { Frame, Node } from "./frame.ts"
import { compute, CONSTANT, ELEMENT, leafOf, SLOT, type Leaf } from "./leaves.ts"
import { record, type Tree as Recordable, type Step } from "./recorded.ts"

const operations = ["add", "sub", "mul", "div"]
const primitives = [arithmetic.add, arithmetic.sub, arithmetic.mul, arithmetic.div]

export type Tree = Leaf | Branch
export interface Branch {
  readonly op: number
  readonly left: Tree
  readonly right: Tree
}

// What is imported is read through cells that hosts do not take for constants; these they do.
const slotKind = SLOT
const constantKind = CONSTANT
const elementKind = ELEMENT
const PlainArray = Tensor
const calculate = compute

/** Set when a leaf was no plain number. */
let failed = false

function load(f: Frame, leaf: Leaf): number {
  if (leaf.kind === slotKind) {
    const value = f[leaf.at]
    if (typeof value === "number") return value
  } else if (leaf.kind === constantKind) return leaf.value
  else {
    const array = f[leaf.at]
    if (array instanceof PlainArray) {
      const i = leaf.iSlot ? f[leaf.i] : leaf.i
      if (typeof i === "number") {
        if (leaf.kind === elementKind) {
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

/** One closure for a tree of arithmetic, or null where the tree is of another form; `ordinary` does the same in every case. */
export function fuse(core: OperateCore, ordinary: Node): Node | null {
  return fuseInto(0, core, ordinary)
}

/** The same for an assignment to the place `to` of the frame, which gives unit. */
export function fuseInto(to: number, core: OperateCore, ordinary: Node): Node | null {
  const tree = treeOf(core, 3)
  return tree === null || isLeaf(tree) ? null : closureFor(tree, siteFor(tree, ordinary, to))
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

const forms: (readonly [Form, Form])[] = []

function siteFor(tree: Tree, ordinary: Node, to: number): Site {
  const leaves: Leaf[] = []
  const steps: Step[] = []
  const collect = (part: Tree): void => {
    if (isLeaf(part)) leaves.push(part)
    else [part.left, part.right].forEach(collect)
  }
  collect(tree)
  let next = 1
  const place = (part: Tree): number => {
    if (isLeaf(part)) return next++
    const left = place(part.left)
    const right = place(part.right)
    const out = leaves.length + 1 + steps.length
    const [x, y] = (forms[part.op] ??= formsOf(primitives[part.op]!.primitive))
    steps.push({ op: part.op, left, right, out, x, y })
    return out
  }
  place(tree)
  return { tree: { leaves, steps, plans: [] }, recording: false, ordinary, to }
}

/** A place of the program with a tree. */
interface Site {
  readonly tree: Recordable
  /** Had the tree recorded leaves when it was last computed? Then that is tried first. */
  recording: boolean
  readonly ordinary: Node
  readonly to: number
}

/** The number, or after a failure what is found otherwise. */
function give(x: number, f: Frame, site: Site): Value {
  if (failed) {
    failed = false
    return giveOtherwise(f, site)
  }
  const { to } = site
  if (to === 0) return x
  f[to] = x
  return null
}

function giveOtherwise(f: Frame, site: Site): Value {
  const recorded = record(f, site.tree)
  site.recording = typeof recorded === "object"
  const value = recorded ?? site.ordinary(f)
  const { to } = site
  if (to === 0) return value
  f[to] = value
  return null
}

/** The closure for the shape of a tree; each is written out, so that all is computed without another call. */
function closureFor({ op, left, right }: Branch, site: Site): Node | null {
  if (isLeaf(left)) {
    if (isLeaf(right))
      return (f) =>
        site.recording ? giveOtherwise(f, site) : give(calculate(op, load(f, left), load(f, right)), f, site)
    const { op: op2, left: b, right: r } = right
    if (isLeaf(b)) {
      if (isLeaf(r))
        return (f) =>
          site.recording
            ? giveOtherwise(f, site)
            : give(calculate(op, load(f, left), calculate(op2, load(f, b), load(f, r))), f, site)
      const { op: op3, left: c, right: d } = r
      if (!isLeaf(c) || !isLeaf(d)) return null
      return (f) =>
        site.recording
          ? giveOtherwise(f, site)
          : give(
              calculate(op, load(f, left), calculate(op2, load(f, b), calculate(op3, load(f, c), load(f, d)))),
              f,
              site,
            )
    }
    const { op: op3, left: c, right: d } = b
    if (!isLeaf(c) || !isLeaf(d) || !isLeaf(r)) return null
    return (f) =>
      site.recording
        ? giveOtherwise(f, site)
        : give(
            calculate(op, load(f, left), calculate(op2, calculate(op3, load(f, c), load(f, d)), load(f, r))),
            f,
            site,
          )
  }
  const { op: op2, left: a, right: b } = left
  if (isLeaf(right)) {
    if (isLeaf(a)) {
      if (isLeaf(b))
        return (f) =>
          site.recording
            ? giveOtherwise(f, site)
            : give(calculate(op, calculate(op2, load(f, a), load(f, b)), load(f, right)), f, site)
      const { op: op3, left: c, right: d } = b
      if (!isLeaf(c) || !isLeaf(d)) return null
      return (f) =>
        site.recording
          ? giveOtherwise(f, site)
          : give(
              calculate(op, calculate(op2, load(f, a), calculate(op3, load(f, c), load(f, d))), load(f, right)),
              f,
              site,
            )
    }
    const { op: op3, left: c, right: d } = a
    if (!isLeaf(c) || !isLeaf(d) || !isLeaf(b)) return null
    return (f) =>
      site.recording
        ? giveOtherwise(f, site)
        : give(
            calculate(op, calculate(op2, calculate(op3, load(f, c), load(f, d)), load(f, b)), load(f, right)),
            f,
            site,
          )
  }
  const { op: op3, left: c, right: d } = right
  if (!isLeaf(a) || !isLeaf(b) || !isLeaf(c) || !isLeaf(d)) return null
  return (f) =>
    site.recording
      ? giveOtherwise(f, site)
      : give(calculate(op, calculate(op2, load(f, a), load(f, b)), calculate(op3, load(f, c), load(f, d))), f, site)
}
