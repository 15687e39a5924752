/**
 * Choosing between two values by a truth: `where` for programs, `choose` for rules.
 * The arm that is not taken contributes nothing, element by element, whatever its partial. It must not know what the truth is about.
 */

import { commonShape } from "../arrays/elementwise.ts"
import { zeroed } from "../arrays/fresh.ts"
import type { BoolArray } from "../arrays/tensor.ts"
import { broadcastIndex } from "../arrays/offsets.ts"
import { sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { LinearRule, Nary } from "./declare.ts"
import { masked, nary, spreadChange, sumChange } from "./lift.ts"
import { changeShape, Masked, shapeOf, Staged, type Change, type Num, type Truth } from "./num.ts"

function shapeOfTruth(c: boolean | BoolArray): Shape {
  return typeof c === "boolean" ? [] : c.shape
}

function resultShape(c: boolean | BoolArray, a: Shape, b: Shape): Shape {
  return commonShape(commonShape(shapeOfTruth(c), a, "where"), b, "where")
}

/** 1 where the truth, broadcast to `shape`, is not `arm`. */
function elsewhere(c: boolean | BoolArray, arm: boolean, shape: Shape): Uint8Array {
  const size = sizeOf(shape)
  if (typeof c === "boolean") return new Uint8Array(size).fill(c === arm ? 0 : 1)
  const index = broadcastIndex(c.shape, shape)
  const absent = new Uint8Array(size)
  for (let i = 0; i < size; i++) absent[i] = (c.data[index === null ? i : index[i]!] === 1) === arm ? 0 : 1
  return absent
}

function restrict(change: Num | Masked, c: boolean | BoolArray, arm: boolean, shape: Shape): Change {
  if (shape.length === 0) return c === arm ? change : undefined
  const whole = spreadChange(change, shape)!
  const absent = elsewhere(c, arm, shape)
  if (!(whole instanceof Masked)) return masked(whole, absent)
  for (let i = 0; i < absent.length; i++) absent[i]! |= whole.absent[i]!
  return masked(whole.value, absent)
}

function armRule(k: number): LinearRule {
  const arm = k === 1
  const part = (change: Num | Masked, c: Truth, shape: Shape): Change => {
    if (!(c instanceof Staged)) return restrict(change, c, arm, shape)
    const taken = (): Change => spreadChange(change, shape)
    const left = (): Change => undefined
    return arm ? c.choose(taken, left) : c.choose(left, taken)
  }
  const push = (dx: Num | Masked, args: readonly (Num | Truth)[], out: Num): Change =>
    part(dx, args[0] as Truth, shapeOf(out))
  const pull = (ct: Num | Masked, args: readonly (Num | Truth)[]): Change =>
    sumChange(part(ct, args[0] as Truth, changeShape(ct)), shapeOf(args[k] as Num))
  return { push, pushMasked: push, pull, pullMasked: pull }
}

const wherePrimitive: Nary<undefined> = nary<undefined>({
  name: "where",
  doc: "`where(c, a, b)`: elementwise a where c is true, else b. The element that is not taken has no derivative, whatever its value.",
  eval: ([c, a, b]) => {
    const truth = c as boolean | BoolArray
    const x = a as number | Tensor
    const y = b as number | Tensor
    const shape = resultShape(truth, shapeOf(x), shapeOf(y))
    if (shape.length === 0) return truth === true ? x : y
    const out = zeroed(sizeOf(shape))
    const it = typeof truth === "boolean" ? null : broadcastIndex(truth.shape, shape)
    const ix = typeof x === "number" ? null : broadcastIndex(x.shape, shape)
    const iy = typeof y === "number" ? null : broadcastIndex(y.shape, shape)
    for (let i = 0; i < out.length; i++) {
      const taken = typeof truth === "boolean" ? truth : truth.data[it === null ? i : it[i]!] === 1
      if (taken) out[i] = typeof x === "number" ? x : x.data[ix === null ? i : ix[i]!]!
      else out[i] = typeof y === "number" ? y : y.data[iy === null ? i : iy[i]!]!
    }
    return new Tensor(shape, out)
  },
  rule: (k) => (k === 0 ? null : armRule(k)),
  shape: ([c, a, b]) => commonShape(commonShape(c!, a!, "where"), b!, "where"),
  linear: true,
  at: [{ args: [true, 1, 2] }, { args: [false, [1, 2], 3] }],
})

/** Elementwise `a` where `c`, else `b`. */
export function where(c: Truth, a: Num, b: Num): Num {
  return wherePrimitive([c, a, b], undefined)
}
where.primitive = wherePrimitive.primitive

/**
 * The conditional of rules: a truth of numbers takes one arm and never looks at the other, one of arrays takes both element by element. An arm may
 * be absent (undefined): there the change is absent.
 */
export function choose(c: Truth, then: () => Change, otherwise: () => Change): Change {
  if (typeof c === "boolean") return c ? then() : otherwise()
  if (c instanceof Staged) return c.choose(then, otherwise)
  const a = then()
  const b = otherwise()
  if (a === undefined && b === undefined) return undefined
  const shape = resultShape(c, a === undefined ? c.shape : changeShape(a), b === undefined ? c.shape : changeShape(b))
  const left = a === undefined ? undefined : restrict(a, c, true, shape)
  const right = b === undefined ? undefined : restrict(b, c, false, shape)
  if (left === undefined) return right
  if (right === undefined) return left
  const value = where(c, left instanceof Masked ? left.value : left, right instanceof Masked ? right.value : right)
  const absentLeft = left instanceof Masked ? left.absent : null
  const absentRight = right instanceof Masked ? right.absent : null
  if (absentLeft === null || absentRight === null) return value
  return masked(
    value,
    absentLeft.map((bit, i) => bit & absentRight[i]!),
  )
}
