/**
 * Where the greatest elements are, and exponentials relative to them.
 * Weights that sum to 1 are completed from the others where 1 minus a weight would cancel. It must not know modes or syntax.
 */

import { sizeOf, Tensor } from "../arrays/tensor.ts"
import { where } from "../autodiff/choose.ts"
import type { Nary } from "../autodiff/declare.ts"
import { nary } from "../autodiff/lift.ts"
import { shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import { exp as expAt, log1p as log1pAt } from "../kernels/elementary.ts"
import { equal, mul, neg, sub } from "./arithmetic.ts"
import { alongBack, mapRows, rowRule } from "./rowmaps.ts"
import { along, expand, lastOf, reduceRows, reduction, sumRows } from "./rows.ts"

/** The place of the first nan, else of the first of the elements that `better` prefers to all others. */
function placeOf(better: (a: number, b: number) => boolean): (data: Float64Array, from: number, n: number) => number {
  return (data, from, n) => {
    let best = 0
    for (let i = 0; i < n; i++) {
      const x = data[from + i]!
      if (Number.isNaN(x)) return i
      if (better(x, data[from + best]!)) best = i
    }
    return best
  }
}

function placeReduction(name: string, doc: string, better: (a: number, b: number) => boolean): Nary<undefined> {
  const row = placeOf(better)
  return nary<undefined>({
    name,
    doc,
    eval: ([x]) => reduceRows(x as Tensor, row),
    rule: () => null,
    shape: ([shape]) => shape!.slice(0, -1),
    at: [{ args: [[1, 3, 2]] }],
  })
}

export const argmaxRows = placeReduction(
  "argmax",
  "The index of the greatest element (the first of equal ones, or of nan), of all in row-major order or along an axis; no derivative.",
  (a, b) => a > b,
)

export const argminRows = placeReduction(
  "argmin",
  "The index of the least element (the first of equal ones, or of nan), of all in row-major order or along an axis; no derivative.",
  (a, b) => a < b,
)

// ---------------------------------------------------------------- exponentials

/** The greatest of a run and Σ exp(x - greatest) of the others. */
function tailOf(data: Float64Array, from: number, n: number): { place: number; tail: number } {
  const place = argmaxRun(data, from, n)
  const top = data[from + place]!
  let tail = 0
  for (let i = 0; i < n; i++) if (i !== place) tail += expAt(data[from + i]! - top)
  return { place, tail }
}

/** The place of the first nan of a run, else of its first greatest element. */
export const argmaxRun = placeOf((a, b) => a > b)

/** ln Σ exp(x) of a run. */
export function logsumexpRun(data: Float64Array, from: number, n: number): number {
  if (n === 0) return -Infinity
  const { place, tail } = tailOf(data, from, n)
  const top = data[from + place]!
  return Number.isFinite(top) ? top + log1pAt(tail) : top
}

export const logsumexpRows: Nary<undefined> = reduction({
  name: "logsumexp",
  doc: "ln Σ exp(x) without overflow, of all or along axes.",
  row: logsumexpRun,
  partials: (x) => softmaxRows([x], undefined),
  at: [
    [1, 2, 3],
    [-1000, -1001, -1002],
  ],
})

/** Which element of each row is the (first) greatest. */
function isGreatest(x: Num): Truth {
  const shape = shapeOf(x)
  const n = lastOf(shape)
  const places = new Float64Array(sizeOf(shape))
  for (let i = 0; i < places.length; i++) places[i] = i % n
  return equal(new Tensor(shape, places), expand(argmaxRows([x], undefined), n))
}

/** Rows whose sum is 0, the element at `greatest` computed from the others, so that nothing cancels there. */
function balanced(y: Num, greatest: Truth): Num {
  const n = lastOf(shapeOf(y))
  const others = where(greatest, 0, y)
  return where(greatest, neg(expand(sumRows([others], undefined), n)), y)
}

/** Σ s v of each row, in every element. */
function weighted(s: Num, v: Num): Num {
  return expand(sumRows([mul(s, v)], undefined), lastOf(shapeOf(s)))
}

export const softmaxRows: Nary<undefined> = nary<undefined>({
  name: "softmax",
  doc: "exp(x)/Σ exp(x), of all or along axes; derivatives are exact where it saturates.",
  eval: ([x]) =>
    mapRows(x as Tensor, (from, out, at, n) => {
      const { place, tail } = tailOf(from, at, n)
      const top = from[at + place]!
      for (let i = 0; i < n; i++)
        out[at + i] = i === place ? expAt(top - top) / (1 + tail) : expAt(from[at + i]! - top) / (1 + tail)
    }),
  rule: () => {
    const map = (v: Num, [x]: readonly (Num | Truth)[], s: Num): Num =>
      balanced(mul(s, sub(v, weighted(s, v))), isGreatest(x as Num))
    return rowRule({ push: map, pull: map })
  },
  shape: ([shape]) => shape!,
  at: [{ args: [[1, 2, 3]] }, { args: [[40, 0, -3]] }],
})

export const logSoftmaxRows: Nary<undefined> = nary<undefined>({
  name: "log_softmax",
  doc: "ln(softmax(x)) without overflow or cancellation, of all or along axes.",
  eval: ([x]) =>
    mapRows(x as Tensor, (from, out, at, n) => {
      const { place, tail } = tailOf(from, at, n)
      const top = from[at + place]!
      for (let i = 0; i < n; i++) out[at + i] = from[at + i]! - top - log1pAt(tail)
    }),
  rule: () =>
    rowRule({
      push: (v, [x]) => {
        const greatest = isGreatest(x as Num)
        const top = expand(sumRows([where(greatest, v, 0)], undefined), lastOf(shapeOf(v)))
        const s = softmaxRows([x as Num], undefined)
        // At the greatest element v - Σ s v would cancel; there the others are taken relative to it.
        return where(greatest, neg(weighted(s, sub(v, top))), sub(v, weighted(s, v)))
      },
      pull: (ct, [x]) => {
        const total = expand(sumRows([ct], undefined), lastOf(shapeOf(ct)))
        return balanced(sub(ct, mul(softmaxRows([x as Num], undefined), total)), isGreatest(x as Num))
      },
    }),
  shape: ([shape]) => shape!,
  at: [{ args: [[1, 2, 3]] }, { args: [[40, 0, -3]] }],
})

export const logsumexp = along(logsumexpRows)

export const argmax = along(argmaxRows)

export const argmin = along(argminRows)

export const softmax = alongBack((rows) => softmaxRows([rows], undefined))

export const logSoftmax = alongBack((rows) => logSoftmaxRows([rows], undefined))
