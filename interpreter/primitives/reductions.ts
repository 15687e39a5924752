/**
 * Reductions: sums, means, inner products and extremes along axes.
 * Each is declared for rows; extremes share ties equally and leave the rest absent. It must not know modes or syntax.
 */

import { allAxes, withoutAxes, withUnitAxes } from "../arrays/axes.ts"
import type { Tensor } from "../arrays/tensor.ts"
import { sizeOf, type Shape } from "../arrays/tensor.ts"
import { choose, where } from "../autodiff/choose.ts"
import type { Nary } from "../autodiff/declare.ts"
import { broadcastTo, nary, scale } from "../autodiff/lift.ts"
import { perturbedTogether, shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import { dot as dotProduct } from "../kernels/arrays.ts"
import { sumAt } from "../kernels/sums.ts"
import { div, equal, greater, less, mul } from "./arithmetic.ts"
import { square } from "./elementary.ts"
import { along, expand, linearRule, reduceRows, reduction, rowsOf, sumRows, through } from "./rows.ts"

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
export function countOf(shape: Shape, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => shape[axis]!))
}

export function mean(x: Num, axes: readonly number[]): Num {
  return div(sum([x], { axes }), countOf(shapeOf(x), axes))
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

/** The greatest of a run. */
export function maxRun(data: Float64Array, from: number, n: number): number {
  let best = -Infinity
  for (let i = from; i < from + n; i++) best = Math.max(best, data[i]!)
  return best
}

export const maxRows: Nary<undefined> = reduction({
  name: "maximum",
  doc: "The greatest element, of all or along axes; ties share the derivative equally.",
  row: maxRun,
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

export const maxOf = along(maxRows)

export const minOf = along(minRows)
