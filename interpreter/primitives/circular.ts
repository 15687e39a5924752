/**
 * Circular functions, their inverses, and lengths and angles in the plane.
 * Slopes that are quotients of squares are written without overflow, underflow or cancellation. It must not know modes or syntax.
 */

import type { Binary, Unary } from "../autodiff/declare.ts"
import { binary, unary } from "../autodiff/lift.ts"
import { add, div, mul, neg } from "./arithmetic.ts"
import { sqrt, square } from "./elementary.ts"
import { cosArray, sinArray } from "../kernels/arrays.ts"
import { cos as cosAt, sin as sinAt, tan as tanAt } from "../kernels/circle.ts"
import { acos as acosAt, asin as asinAt, atan as atanAt, atan2 as atan2At } from "../kernels/inverses.ts"

export const sin: Unary = unary({
  name: "sin",
  doc: "Sine, of an angle in radians.",
  eval: sinAt,
  kernel: sinArray,
  partial: (x) => cos(x),
  at: [-2, 0, 1],
})

export const cos: Unary = unary({
  name: "cos",
  doc: "Cosine, of an angle in radians.",
  eval: cosAt,
  kernel: cosArray,
  partial: (x) => neg(sin(x)),
  at: [-2, 0, 1],
})

export const tan: Unary = unary({
  name: "tan",
  doc: "Tangent, of an angle in radians.",
  eval: tanAt,
  partial: (_x, out) => add(1, square(out)),
  at: [-2.5, 0, 1],
})

/** 1 - x² without cancellation, and its slope without rounding. */
export const oneMinusSquare: Unary = unary({
  name: "one_minus_square",
  doc: "1 - x².",
  inner: true,
  written: (x) => `(1 - ${x}) * (1 + ${x})`,
  eval: (x) => (1 - x) * (1 + x),
  partial: (x) => mul(-2, x),
  at: [-0.75, 0, 0.5],
})

export const asin: Unary = unary({
  name: "asin",
  doc: "The angle in [-π/2, π/2] with a given sine; derivative inf at -1 and 1, nan outside.",
  eval: asinAt,
  partial: (x) => div(1, sqrt(oneMinusSquare(x))),
  at: [-0.75, 0, 0.5],
})

export const acos: Unary = unary({
  name: "acos",
  doc: "The angle in [0, π] with a given cosine; derivative -inf at -1 and 1, nan outside.",
  eval: acosAt,
  partial: (x) => neg(div(1, sqrt(oneMinusSquare(x)))),
  at: [-0.75, 0, 0.5],
})

export const atan: Unary = unary({
  name: "atan",
  doc: "The angle in (-π/2, π/2) with a given tangent.",
  eval: atanAt,
  partial: (x) => div(1, add(1, square(x))),
  at: [-3, 0, 0.5],
})

/** √(x² + y²) within one last digit; squares that would over- or underflow are scaled by powers of two. */
function hypotAt(x: number, y: number): number {
  const a = Math.abs(x)
  const b = Math.abs(y)
  const large = a > b ? a : b
  if (a === Infinity || b === Infinity) return Infinity
  if (large > 1e150) return 2 ** 600 * hypotAt(x * 2 ** -600, y * 2 ** -600)
  if (large < 1e-140) return large === 0 ? 0 : 2 ** -600 * hypotAt(x * 2 ** 600, y * 2 ** 600)
  return Math.sqrt(a * a + b * b)
}

/** The slope of hypot, x/√(x² + y²): its own slopes are products of such, so that nothing cancels at any order. */
export const direction: Binary = binary({
  name: "direction",
  doc: "x/hypot(x, y); 0 at the origin.",
  inner: true,
  written: (x, y) => `${x} / hypot(${x}, ${y})`,
  eval: (x, y) => {
    const length = hypotAt(x, y)
    return length === 0 ? 0 : x / length
  },
  partials: [
    (x, y) => div(square(direction(y, x)), hypot(x, y)),
    (x, y, out) => neg(div(mul(out, direction(y, x)), hypot(x, y))),
  ],
  at: [
    [3, 4],
    [-1e-9, 2],
  ],
})

export const hypot: Binary = binary({
  name: "hypot",
  doc: "√(x² + y²) without overflow; derivative 0 at the origin.",
  eval: hypotAt,
  partials: [(x, y) => direction(x, y), (x, y) => direction(y, x)],
  at: [
    [3, 4],
    [-1e-9, 2],
  ],
})

export const atan2: Binary = binary({
  name: "atan2",
  doc: "The angle of the point (x, y) = (second, first argument), counter-clockwise from the x axis, in [-π, π]; the derivative is smooth across the cut, nan at the origin.",
  eval: atan2At,
  partials: [
    (y, x) => {
      const r = hypot(x, y)
      return div(div(x, r), r)
    },
    (y, x) => {
      const r = hypot(x, y)
      return neg(div(div(y, r), r))
    },
  ],
  at: [
    [1, 2],
    [-1, 0.5],
    [-3, -1.5],
  ],
})
