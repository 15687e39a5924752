/**
 * Absolute value, roots, exponentials and logarithms.
 * Outside their domains values and derivatives are nan, on its border derivatives are one-sided limits; small terms are kept by rules that do not
 * subtract. It must not know modes or syntax.
 */

import type { Unary } from "../autodiff/declare.ts"
import { unary } from "../autodiff/lift.ts"
import { expArray, expm1Array, log1pArray, logArray } from "../kernels/arrays.ts"
import * as kernels from "../kernels/elementary.ts"
import { absolutes, roots, squares } from "../kernels/operations.ts"
import { add, div, mul, neg } from "./arithmetic.ts"

export const sign: Unary = unary({
  name: "sign",
  doc: "-1, 0 or 1; derivative 0.",
  eval: Math.sign,
  partial: null,
  at: [-2.5, 3],
  zeroBecause: "`sign` is constant on either side of 0",
})

export const abs: Unary = unary({
  name: "abs",
  doc: "Absolute value; derivative 0 at 0.",
  eval: Math.abs,
  kernel: absolutes,
  partial: (x) => sign(x),
  at: [-2.5, 3],
})

/**
 * The number itself where it is at least 0 (-0 becomes 0, so that its reciprocal is the limit from the right), else nan: the argument of a logarithm's
 * slope, which 1/x alone would give a value where the logarithm has none.
 */
export const nonnegative: Unary = unary({
  name: "nonnegative",
  doc: "The number where it is at least 0, else nan.",
  inner: true,
  written: (x) => x,
  eval: (x) => (x >= 0 ? x + 0 : NaN),
  partial: () => 1,
  at: [0.5, 3],
})

/**
 * The number itself up to 1000, beyond it 0: a factor beside what decays exponentially and is 0 there, so that an infinite or overflowing factor does not
 * make nan of their product.
 */
export const nearby: Unary = unary({
  name: "nearby",
  doc: "The number where it is below 1000 in absolute value, else 0.",
  inner: true,
  written: (x) => x,
  eval: (x) => (Math.abs(x) >= 1000 ? 0 : x),
  partial: () => 1,
  at: [-1.5, 0, 3],
})

export const square: Unary = unary({
  name: "square",
  doc: "x².",
  eval: (x) => x * x,
  kernel: squares,
  partial: (x) => mul(2, x),
  at: [-1.5, 0, 3],
})

export const sqrt: Unary = unary({
  name: "sqrt",
  doc: "Square root; derivative inf at 0, nan below.",
  eval: Math.sqrt,
  kernel: roots,
  partial: (_x, out) => div(0.5, add(out, 0)),
  at: [0.25, 2, 9],
})

export const exp: Unary = unary({
  name: "exp",
  doc: "e to the power x.",
  eval: kernels.exp,
  kernel: expArray,
  partial: (_x, out) => out,
  at: [-2, 0, 1.5],
})

export const expm1: Unary = unary({
  name: "expm1",
  doc: "exp(x) - 1, accurate near 0.",
  eval: kernels.expm1,
  kernel: expm1Array,
  partial: (x) => exp(x),
  at: [-2, 0, 1e-10, 1.5],
})

export const ln: Unary = unary({
  name: "ln",
  doc: "Natural logarithm; -inf at 0, nan below, and so the derivative: inf at 0, nan below.",
  eval: kernels.log,
  kernel: logArray,
  partial: (x) => div(1, nonnegative(x)),
  at: [0.25, 1, 5],
})

export const log1p: Unary = unary({
  name: "log1p",
  doc: "ln(1 + x), accurate near 0; derivative inf at -1, nan below.",
  eval: kernels.log1p,
  kernel: log1pArray,
  partial: (x) => div(1, nonnegative(add(1, x))),
  at: [-0.5, 0, 1e-10, 5],
})

/** 1/(e^-x - 1) below 0: the slope of log1mexp up to its sign, accurate where e^x vanishes and near 0. */
export const bose: Unary = unary({
  name: "bose",
  doc: "1/(exp(-x) - 1) for x < 0.",
  inner: true,
  written: (x) => `1 / (exp(-${x}) - 1)`,
  eval: (x) => 1 / nonnegative.primitive.eval(kernels.expm1(-x)),
  partial: (_x, out) => mul(out, add(1, out)),
  at: [-3, -0.5],
})

export const log1mexp: Unary = unary({
  name: "log1mexp",
  doc: "ln(1 - exp(x)) for x < 0, accurate at both ends; -inf at 0, and so the derivative, nan above.",
  eval: (x) => (x >= -Math.LN2 ? kernels.log(-kernels.expm1(x)) : kernels.log1p(-kernels.exp(x))),
  partial: (x) => neg(bose(x)),
  at: [-3, -0.5, -1e-3],
})
