/**
 * Activations that are used less often, and what undoes or sums up squashing.
 * Their slopes are sigmoids, which do not cancel. It must not know modes or syntax.
 */

import type { Binary, Unary } from "../autodiff/declare.ts"
import { binary, unary } from "../autodiff/lift.ts"
import { sigmoid as sigmoidAt } from "../kernels/elementary.ts"
import { logaddexp as logaddexpAt, logit as logitAt, logSigmoid as logSigmoidAt } from "../kernels/special/logs.ts"
import { add, div, mul, neg, sub } from "./arithmetic.ts"
import { nearby, nonnegative } from "./elementary.ts"
import { sigmoidSlope, sigmoid } from "./activations.ts"

export const logSigmoid: Unary = unary({
  name: "log_sigmoid",
  doc: "ln(sigmoid(x)).",
  eval: logSigmoidAt,
  partial: (x) => sigmoid(neg(x)),
  at: [-2.5, 0, 1],
})

/** x (1 - x), and its slope as one number: the two terms of it would be inf - inf where the reciprocal's slope overflows. */
export const timesComplement: Unary = unary({
  name: "times_complement",
  doc: "x (1 - x).",
  inner: true,
  written: (x) => `${x} * (1 - ${x})`,
  eval: (x) => x * (1 - x),
  partial: (x) => sub(1, mul(2, x)),
  at: [0.1, 0.5, 3],
})

export const logit: Unary = unary({
  name: "logit",
  doc: "ln(x/(1 - x)), the inverse of sigmoid; derivative inf at 0 and 1, nan outside.",
  eval: logitAt,
  partial: (x) => div(1, nonnegative(timesComplement(x))),
  at: [0.1, 0.5, 0.875],
})

export const silu: Unary = unary({
  name: "silu",
  doc: "x sigmoid(x).",
  eval: (x) => (x === -Infinity ? 0 : x * sigmoidAt(x)),
  partial: (x) => add(sigmoid(x), mul(nearby(x), sigmoidSlope(x))),
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
