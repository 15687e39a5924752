/**
 * Squashing functions and activations.
 * Their slopes have names of their own where the formula would cancel: sigmoid(40) is 1, its slope is not 0. It must not know modes or syntax.
 */

import type { Binary, Unary } from "../autodiff/declare.ts"
import { binary, unary } from "../autodiff/lift.ts"
import { sigmoidArray } from "../kernels/arrays.ts"
import { sigmoid as sigmoidAt } from "../kernels/elementary.ts"
import {
  logaddexp as logaddexpAt,
  logit as logitAt,
  logSigmoid as logSigmoidAt,
  sigmoidSlope as sigmoidSlopeAt,
  softplus as softplusAt,
} from "../kernels/special/logs.ts"
import { add, div, mul, neg, sub } from "./arithmetic.ts"
import { nonnegative } from "./elementary.ts"
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

export const logSigmoid: Unary = unary({
  name: "log_sigmoid",
  doc: "ln(sigmoid(x)).",
  eval: logSigmoidAt,
  partial: (x) => sigmoid(neg(x)),
  at: [-2.5, 0, 1],
})

export const softplus: Unary = unary({
  name: "softplus",
  doc: "ln(1 + exp(x)).",
  eval: softplusAt,
  partial: (x) => sigmoid(x),
  at: [-2.5, 0, 1],
})

export const logit: Unary = unary({
  name: "logit",
  doc: "ln(x/(1 - x)), the inverse of sigmoid; derivative inf at 0 and 1, nan outside.",
  eval: logitAt,
  partial: (x) => div(1, nonnegative(mul(x, sub(1, x)))),
  at: [0.1, 0.5, 0.875],
})

export const silu: Unary = unary({
  name: "silu",
  doc: "x sigmoid(x).",
  eval: (x) => (x === -Infinity ? 0 : x * sigmoidAt(x)),
  partial: (x) => add(sigmoid(x), mul(x, sigmoidSlope(x))),
  at: [-2.5, 0, 1],
})

export const logaddexp: Binary = binary({
  name: "logaddexp",
  doc: "ln(exp(x) + exp(y)) without overflow.",
  eval: logaddexpAt,
  partials: [(x, y) => sigmoid(sub(x, y)), (x, y) => sigmoid(sub(y, x))],
  at: [
    [0.5, -2],
    [1, 1],
    [-40, 3],
  ],
})
