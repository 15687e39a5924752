/**
 * Cube roots, and powers and logarithms to other bases.
 * Their slopes are those of the natural ones, scaled. It must not know modes or syntax.
 */

import type { Unary } from "../autodiff/declare.ts"
import { unary } from "../autodiff/lift.ts"
import * as kernels from "../kernels/bases.ts"
import { div, mul } from "./arithmetic.ts"
import { nonnegative } from "./elementary.ts"

export const cbrt: Unary = unary({
  name: "cbrt",
  doc: "Cube root, of negative numbers too; derivative inf at 0.",
  eval: kernels.cbrt,
  partial: (_x, out) => div(div(1 / 3, out), out),
  at: [-8, 0.125, 2],
})

export const exp2: Unary = unary({
  name: "exp2",
  doc: "2 to the power x.",
  eval: kernels.exp2,
  partial: (_x, out) => mul(Math.LN2, out),
  at: [-2, 0, 1.5],
})

export const log2: Unary = unary({
  name: "log2",
  doc: "Logarithm to base 2; derivative inf at 0, nan below.",
  eval: kernels.log2,
  partial: (x) => div(Math.LOG2E, nonnegative(x)),
  at: [0.25, 1, 5],
})

export const log10: Unary = unary({
  name: "log10",
  doc: "Logarithm to base 10; derivative inf at 0, nan below.",
  eval: kernels.log10,
  partial: (x) => div(Math.LOG10E, nonnegative(x)),
  at: [0.25, 1, 5],
})
