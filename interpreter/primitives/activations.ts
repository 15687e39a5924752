/**
 * Squashing functions and activations.
 * Their slopes have names of their own where the formula would cancel: sigmoid(40) is 1, its slope is not 0. It must not know modes or syntax.
 */

import type { Unary } from "../autodiff/declare.ts"
import { unary } from "../autodiff/lift.ts"
import { sigmoidArray } from "../kernels/arrays.ts"
import { sigmoid as sigmoidAt } from "../kernels/elementary.ts"
import { sigmoidSlope as sigmoidSlopeAt, softplus as softplusAt } from "../kernels/squashing.ts"
import { mul, neg } from "./arithmetic.ts"
import { tanh } from "./hyperbolic.ts"

export const sigmoidSlope: Unary = unary({
  name: "sigmoid_slope",
  doc: "sigmoid(x) sigmoid(-x).",
  inner: true,
  written: (x) => `sigmoid(${x}) * sigmoid(-${x})`,
  eval: sigmoidSlopeAt,
  partial: (x, out) => neg(mul(out, tanh(mul(0.5, x)))),
  at: [-2.5, 0, 1],
})

export const sigmoid: Unary = unary({
  name: "sigmoid",
  doc: "1/(1 + exp(-x)); the derivative is exact where it saturates.",
  eval: sigmoidAt,
  kernel: sigmoidArray,
  partial: (x) => sigmoidSlope(x),
  at: [-2.5, 0, 1],
})

export const softplus: Unary = unary({
  name: "softplus",
  doc: "ln(1 + exp(x)).",
  eval: softplusAt,
  partial: (x) => sigmoid(x),
  at: [-2.5, 0, 1],
})
