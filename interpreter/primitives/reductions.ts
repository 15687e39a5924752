/**
 * Reductions: sums, products, extremes, norms and log-sum-exp along axes.
 * Each is declared for rows; extremes share ties equally and leave the rest absent, products never divide, and weights that sum to 1 are completed
 * from the others where 1 minus a weight would cancel. It must not know modes or syntax.
 */

import { allAxes, withoutAxes, withUnitAxes } from "../arrays/axes.ts"
import { sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { choose, where } from "../autodiff/choose.ts"
import type { Nary } from "../autodiff/declare.ts"
import { broadcastTo, nary, scale } from "../autodiff/lift.ts"
import { perturbedTogether, shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import { dot as dotProduct } from "../kernels/arrays.ts"
import { exp as expAt, log1p as log1pAt } from "../kernels/elementary.ts"
import { sumAt } from "../kernels/sums.ts"
import { div, equal, greater, less, mul, neg, pow, sub } from "./arithmetic.ts"
import { abs, square } from "./elementary.ts"
import {
  axesBack,
  axesLast,
  expand,
  lastOf,
  linearRule,
  mapRows,
  reduceRows,
  reduction,
  rowRule,
  rowsOf,
  sumRows,
  through,
} from "./rows.ts"
import { cumprodRows, cumsumRows, productOfOthers } from "./scans.ts"

// ---------------------------------------------------------------- sums

const axesOf = (options: unknown): readonly number[] => (options as { axes: readonly number[] }).axes

/** The sum over some axes, which are in ascending order. */
export const sum: Nary<{ axes: readonly number[] }> = nary<{ axes: readonly number[] }>({
  name: "sum",
  doc: "The sum of all elements, or along axes; of booleans the number that are true.",
  eval: ([x], options) => reduceRows(rowsOf(x as Tensor, axesOf(options)), sumAt),
  rule: () =>
    linearRule(
      (x, _args, options: { axes: readonly number[] }) => sum([x], options),
      (ct, [x], { axes }: { axes: readonly number[] }) => {
        const shape = shapeOf(x as Num)
        return broadcastTo([reshape(ct, withUnitAxes(shape, axes))], { shape })
      },
    ),
  shape: ([shape], options) => withoutAxes(shape!, axesOf(options)),
  linear: true,
  at: [
    { args: [[1, 2, 4]], options: { axes: [0] } },
    {
      args: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      options: { axes: [0] },
    },
    {
      args: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      options: { axes: [0, 1] },
    },
  ],
})

/** The number of elements that each result of a reduction comes from. */
function countOf(shape: Shape, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => shape[axis]!))
}

export function mean(x: Num, axes: readonly number[]): Num {
  return div(sum([x], { axes }), countOf(shapeOf(x), axes))
}

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

/** Σ x². */
export function squaredNorm(x: Num): Num {
  const shape = shapeOf(x)
  return shape.length === 0 ? square(x) : sum([square(x)], { axes: allAxes(shape) })
}

/** The sum of the products of corresponding elements of two arrays of one shape. */
export const dot: Nary<undefined> = nary<undefined>({
  name: "dot",
  doc: "The sum of the products of corresponding elements.",
  eval: ([x, y]) => dotProduct((x as Tensor).data, (y as Tensor).data),
  rule: (k) => ({
    push: (dx, args) => dot(k === 0 ? [dx, args[1] as Num] : [args[0] as Num, dx], undefined),
    pushMasked: (dx, args) => {
      const terms = scale(dx, args[1 - k] as Num)
      return terms === undefined ? undefined : through(terms, (v) => sum([v], { axes: allAxes(shapeOf(v)) }))
    },
    pull: (ct, args) => mul(ct, args[1 - k] as Num),
  }),
  shape: () => [],
  bilinear: true,
  at: [
    {
      args: [
        [1, 2, 3],
        [4, -5, 6],
      ],
    },
  ],
})

/**
 * x · y of two arrays of one shape. Where both are perturbed together the tangent is one sum, of dx y + x dy: the same bits as of products that were
 * written out and added.
 */
export function innerProduct(x: Num, y: Num): Num {
  return perturbedTogether(x, y) ? sum([mul(x, y)], { axes: allAxes(shapeOf(x)) }) : dot([x, y], undefined)
}

// ---------------------------------------------------------------- products

export const prodRows: Nary<undefined> = reduction({
  name: "prod",
  doc: "The product of all elements, or along axes; right to every order also where elements are 0.",
  row: (data, from, n) => {
    let product = 1
    for (let i = from; i < from + n; i++) product *= data[i]!
    return product
  },
  partials: (x) => productOfOthers(x),
  at: [
    [1.5, -2, 3],
    [0, 2, 4],
    [
      [0, 0, 4],
      [1, 2, 3],
    ],
  ],
})

// ---------------------------------------------------------------- extremes

/** 1/ties where a row has its extreme, absent elsewhere. */
function shares(x: Num, extreme: Num, n: number, beyond: (x: Num, y: Num) => Truth): ReturnType<typeof choose> {
  const whole = expand(extreme, n)
  const here = where(equal(x, whole), 1, 0)
  return choose(
    beyond(x, whole),
    () => undefined,
    () => div(here, expand(sumRows([here], undefined), n)),
  )
}

export const maxRows: Nary<undefined> = reduction({
  name: "maximum",
  doc: "The greatest element, of all or along axes; ties share the derivative equally.",
  row: (data, from, n) => {
    let best = -Infinity
    for (let i = from; i < from + n; i++) best = Math.max(best, data[i]!)
    return best
  },
  partials: (x, out, n) => shares(x, out, n, less),
  at: [
    [1, 3, 2],
    [
      [1, 2],
      [4, 3],
    ],
  ],
})

export const minRows: Nary<undefined> = reduction({
  name: "minimum",
  doc: "The least element, of all or along axes; ties share the derivative equally.",
  row: (data, from, n) => {
    let best = Infinity
    for (let i = from; i < from + n; i++) best = Math.min(best, data[i]!)
    return best
  },
  partials: (x, out, n) => shares(x, out, n, greater),
  at: [
    [1, 3, 2],
    [
      [1, 2],
      [4, 3],
    ],
  ],
})

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

// ---------------------------------------------------------------- norms

/** √Σx² of a run, scaled where squares would overflow or underflow. */
function normRun(data: Float64Array, from: number, n: number): number {
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

// ---------------------------------------------------------------- exponentials

/** The greatest of a run and Σ exp(x - greatest) of the others. */
function tailOf(data: Float64Array, from: number, n: number): { place: number; tail: number } {
  const place = argmaxOf(data, from, n)
  const top = data[from + place]!
  let tail = 0
  for (let i = 0; i < n; i++) if (i !== place) tail += expAt(data[from + i]! - top)
  return { place, tail }
}
const argmaxOf = placeOf((a, b) => a > b)

export const logsumexpRows: Nary<undefined> = reduction({
  name: "logsumexp",
  doc: "ln Σ exp(x) without overflow, of all or along axes.",
  row: (data, from, n) => {
    if (n === 0) return -Infinity
    const { place, tail } = tailOf(data, from, n)
    const top = data[from + place]!
    return Number.isFinite(top) ? top + log1pAt(tail) : top
  },
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

// ---------------------------------------------------------------- the same along any axes

/** A reduction of rows, along any axes. */
export function along(primitive: Nary<undefined>): (x: Num, axes: readonly number[]) => Num {
  return (x, axes) => primitive([axesLast(x, axes)], undefined)
}

/** A function from rows to rows, along any axes. */
export function alongBack(f: (rows: Num) => Num): (x: Num, axes: readonly number[]) => Num {
  return (x, axes) => axesBack(f(axesLast(x, axes)), axes, shapeOf(x))
}

export const prod = along(prodRows)
export const maxOf = along(maxRows)
export const minOf = along(minRows)
export const logsumexp = along(logsumexpRows)
export const argmax = along(argmaxRows)
export const argmin = along(argminRows)
export const softmax = alongBack((rows) => softmaxRows([rows], undefined))
export const logSoftmax = alongBack((rows) => logSoftmaxRows([rows], undefined))
export const cumsum = alongBack((rows) => cumsumRows([rows], { back: false }))
export const cumprod = alongBack(cumprodRows)
