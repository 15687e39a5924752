/**
 * Norms, and the spread about the mean.
 * Squares that would over- or underflow are scaled, and where all is equal the slope is 0. It must not know modes or syntax.
 */

import { withUnitAxes } from "../arrays/axes.ts"
import type { Tensor } from "../arrays/tensor.ts"
import { where } from "../autodiff/choose.ts"
import type { Nary } from "../autodiff/declare.ts"
import { nary } from "../autodiff/lift.ts"
import { shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import { div, equal, mul, pow, sub } from "./arithmetic.ts"
import { abs, square } from "./elementary.ts"
import { mapRows, rowRule } from "./rowmaps.ts"
import { axesLast, expand, lastOf, reduceRows, reduction, sumRows } from "./rows.ts"
import { countOf, maxRows, mean, sum } from "./reductions.ts"

/** What is left of each element without the mean along `axes`. */
function deviations(x: Num, axes: readonly number[]): Num {
  const shape = shapeOf(x)
  return sub(x, reshape(mean(x, axes), withUnitAxes(shape, axes)))
}

/** The count along `axes` less `ddof`, but not below 0: nothing over 0 is nan. */
function freedom(x: Num, axes: readonly number[], ddof: number): number {
  return Math.max(0, countOf(shapeOf(x), axes) - ddof)
}

/** Mean squared deviation; the divisor is the count less `ddof`. */
export function variance(x: Num, axes: readonly number[], ddof: number): Num {
  return div(sum([square(deviations(x, axes))], { axes }), freedom(x, axes, ddof))
}

/** The square root of the variance, as a norm: its derivative at constant values is 0. */
export function stddev(x: Num, axes: readonly number[], ddof: number): Num {
  return div(norm(deviations(x, axes), axes), Math.sqrt(freedom(x, axes, ddof)))
}

/** √Σx² of a run, scaled where squares would overflow or underflow. */
export function normRun(data: Float64Array, from: number, n: number): number {
  let largest = 0
  for (let i = from; i < from + n; i++) {
    const size = Math.abs(data[i]!)
    if (!(size <= largest)) largest = size
    if (Number.isNaN(size)) return NaN
  }
  if (largest === 0 || largest === Infinity) return largest
  const scaling = largest > 1e140 || largest < 1e-140 ? largest : 1
  let total = 0
  for (let i = from; i < from + n; i++) {
    const x = data[i]! / scaling
    total += x * x
  }
  return scaling * Math.sqrt(total)
}

/** Each row divided by its norm; a row of zeros stays. The slope of the norm. */
export const unit: Nary<undefined> = nary<undefined>({
  name: "unit",
  doc: "Each row divided by its norm; 0 where that is 0.",
  inner: true,
  eval: ([x]) =>
    mapRows(x as Tensor, (from, out, at, n) => {
      const length = normRun(from, at, n)
      for (let i = at; i < at + n; i++) out[i] = length === 0 ? 0 : from[i]! / length
    }),
  rule: () => {
    const map = (v: Num, [x]: readonly (Num | Truth)[], u: Num): Num => {
      const n = lastOf(shapeOf(u))
      const along = expand(sumRows([mul(u, v)], undefined), n)
      return div(sub(v, mul(u, along)), expand(normRows([x as Num], undefined), n))
    }
    return rowRule({ push: map, pull: map })
  },
  shape: ([shape]) => shape!,
  at: [{ args: [[3, 4]] }, { args: [[1, -2, 2]] }],
})

export const normRows: Nary<undefined> = reduction({
  name: "norm",
  doc: "The 2-norm, of a matrix Frobenius, without overflow or underflow; derivative 0 at 0.",
  row: normRun,
  partials: (x) => unit([x], undefined),
  at: [
    [3, 4],
    [1, -2, 2],
  ],
})

/** The 2-norm along axes. */
export function norm(x: Num, axes: readonly number[]): Num {
  return normRows([axesLast(x, axes)], undefined)
}

/** (Σ|x|^p)^(1/p) along axes; p = inf is the greatest absolute value. */
export function normP(x: Num, p: Num, axes: readonly number[]): Num {
  const rows = abs(axesLast(x, axes))
  if (p === 1) return sumRows([rows], undefined)
  if (p === Infinity) return maxRows([rows], undefined)
  const n = lastOf(shapeOf(rows))
  // The scale is a constant: the norm is the same whatever it is.
  const greatest = scaleRows([rows], undefined)
  const scaled = div(rows, expand(greatest, n))
  const positive = where(equal(scaled, 0), 0, pow(scaled, p))
  const out = mul(greatest, pow(sumRows([positive], undefined), div(1, p)))
  return where(equal(maxRows([rows], undefined), 0), 0, out)
}

/** The greatest element of each row, 1 where that is 0; a scale, without derivative. */
export const scaleRows: Nary<undefined> = nary<undefined>({
  name: "scale_rows",
  doc: "The greatest element of each row, 1 where that is 0.",
  inner: true,
  eval: ([x]) =>
    reduceRows(x as Tensor, (data, from, n) => data.subarray(from, from + n).reduce((a, b) => Math.max(a, b), 0) || 1),
  rule: () => null,
  shape: ([shape]) => shape!.slice(0, -1),
  at: [{ args: [[1, 3, 2]] }],
})
