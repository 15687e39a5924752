/**
 * The hyperbolic tangent.
 * Its slope is computed as sech², which keeps its digits where tanh has become 1. It must not know modes or syntax.
 */

import type { Unary } from "../autodiff/declare.ts"
import { unary } from "../autodiff/lift.ts"
import { tanhArray } from "../kernels/arrays.ts"
import { tanh as tanhAt } from "../kernels/elementary.ts"
import { sechSquared as sechSquaredAt } from "../kernels/squashing.ts"
import { mul } from "./arithmetic.ts"

export const sechSquared: Unary = unary({
  name: "sech_squared",
  doc: "1/cosh(x)².",
  inner: true,
  written: (x) => `1 / cosh(${x})^2`,
  eval: sechSquaredAt,
  partial: (x, out) => mul(-2, mul(tanh(x), out)),
  at: [-2, 0, 1],
})

export const tanh: Unary = unary({
  name: "tanh",
  doc: "Hyperbolic tangent; the derivative is exact where tanh is 1 to rounding.",
  eval: tanhAt,
  kernel: tanhArray,
  partial: (x) => sechSquared(x),
  at: [-2, 0, 1],
})
