/**
 * Sorted tables: searching, interpolating, quantiles.
 * Places are found by values without derivative, and what stands there is read with one. It must not know modes or syntax.
 */

import { sizeOf, Tensor } from "../arrays/tensor.ts"
import { spend } from "../arrays/work.ts"
import type { Nary } from "../autodiff/declare.ts"
import { nary } from "../autodiff/lift.ts"
import { primalOf, shapeOf, type Num } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import { add, div, equal, less, mul, sub } from "./arithmetic.ts"
import { floor } from "./rounding.ts"
import { sortRows, takeAlong } from "./scans.ts"
import { clamp, max, min, where } from "./selection.ts"
import { flatten, moveAxis } from "./shaping.ts"
import { take } from "./rearranging.ts"

/** Does x stand before y? nan stands last. */
function before(x: number, y: number): boolean {
  return x < y || (Number.isNaN(y) && !Number.isNaN(x))
}

/** The place of each value in an ascending vector: how many elements are less, or not greater. */
export const searchSorted: Nary<{ readonly right: boolean }> = nary<{ readonly right: boolean }>({
  name: "searchsorted",
  doc: "Places of values in an ascending vector; no derivative.",
  eval: ([xs, v], options) => {
    const { data } = xs as Tensor
    const { right } = options as { right: boolean }
    const place = (x: number): number => {
      spend(16)
      let low = 0
      let high = data.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (right ? !before(x, data[middle]!) : before(data[middle]!, x)) low = middle + 1
        else high = middle
      }
      return low
    }
    return typeof v === "number" ? place(v) : new Tensor((v as Tensor).shape, (v as Tensor).data.map(place))
  },
  rule: () => null,
  shape: ([, v]) => v!,
  at: [
    {
      args: [
        [1, 2, 4],
        [0, 2, 3, 5],
      ],
      options: { right: false },
    },
  ],
})

/** Elements of a vector at places that no derivative passes. */
function at(xs: Num, places: Num): Num {
  const shape = shapeOf(places)
  return reshape(takeAlong([xs, reshape(places, [sizeOf(shape)])], undefined), shape)
}

/** Piecewise linear interpolation through the points (xs, ys), constant beyond the ends. */
export function interpolate(x: Num, xs: Num, ys: Num): Num {
  const n = shapeOf(xs)[0]!
  if (n === 1) return add(at(ys, mul(0, searchSorted([xs, x], { right: true }))), mul(0, x))
  const place = searchSorted([xs, x], { right: true })
  const left = sub(clamp(place, 1, n - 1), 1)
  const right = add(left, 1)
  const x0 = at(xs, left)
  const y0 = at(ys, left)
  const slope = div(sub(at(ys, right), y0), sub(at(xs, right), x0))
  const inside = add(y0, mul(slope, sub(x, x0)))
  const first = at(ys, mul(0, left))
  const last = at(ys, add(mul(0, left), n - 1))
  // At a point of the table the piece on its right counts, at the last the one on its left.
  return where(less(x, at(xs, mul(0, left))), first, where(less(at(xs, add(mul(0, left), n - 1)), x), last, inside))
}

/** x where it is a number, nan where one of the ascending values that it was made of is: the last. */
function unlessNan(x: Num, last: Num): Num {
  return where(equal(last, last), x, NaN)
}

/** The q-quantile of all elements, linear between neighbours in order; nan where there is a nan. */
export function quantileOf(x: Num, q: Num): Num {
  const sorted = sortRows([flatten(x)], undefined)
  const n = shapeOf(sorted)[0]!
  const position = mul(q, n - 1)
  const left = max(min(floor(position), n - 2), 0)
  const low = at(sorted, left)
  const last = at(sorted, add(mul(0, left), n - 1))
  if (n === 1) return unlessNan(add(low, mul(0, position)), last)
  return unlessNan(add(low, mul(sub(position, left), sub(at(sorted, add(left, 1)), low))), last)
}

/** The q-quantiles along an axis, for one q. */
export function quantileAlong(x: Num, q: Num, axis: number): Num {
  const last = shapeOf(x).length - 1
  const sorted = sortRows([moveAxis(x, axis, last)], undefined)
  const shape = shapeOf(sorted)
  const n = shape[last]!
  const position = mul(q, n - 1)
  const left = Math.max(0, Math.min(Math.floor(primalOf(position) as number), n - 2))
  const places = (k: number): Num => reshape(take(sorted, last, [k]), shape.slice(0, last))
  const low = places(left)
  const rise = n === 1 ? 0 : sub(places(left + 1), low)
  return unlessNan(add(low, mul(sub(position, left), rise)), places(n - 1))
}
