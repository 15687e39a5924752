/**
 * Circular functions.
 * Their slopes are one another, or polynomials of them. It must not know modes or syntax.
 */

import type { Unary } from "../autodiff/declare.ts"
import { unary } from "../autodiff/lift.ts"
import { add, neg } from "./arithmetic.ts"
import { square } from "./elementary.ts"
import { cosArray, sinArray } from "../kernels/arrays.ts"
import { cos as cosAt, sin as sinAt, tan as tanAt } from "../kernels/circle.ts"

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
