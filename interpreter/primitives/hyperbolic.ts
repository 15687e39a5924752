/**
 * Hyperbolic functions and their inverses.
 * The slope of tanh is computed as sech², which keeps its digits where tanh has become 1. It must not know modes or syntax.
 */

import type { Unary } from "../autodiff/declare.ts"
import { unary } from "../autodiff/lift.ts"
import { tanhArray } from "../kernels/arrays.ts"
import { tanh as tanhAt } from "../kernels/elementary.ts"
import { acosh as acoshAt, asinh as asinhAt, atanh as atanhAt } from "../kernels/inverses.ts"
import { cosh as coshAt, sinh as sinhAt } from "../kernels/powers.ts"
import { sechSquared as sechSquaredAt } from "../kernels/special/logs.ts"
import { add, div, mul, sub } from "./arithmetic.ts"
import { hypot, oneMinusSquare } from "./circular.ts"
import { nonnegative, sqrt } from "./elementary.ts"

export const sinh: Unary = unary({
  name: "sinh",
  doc: "Hyperbolic sine.",
  eval: sinhAt,
  partial: (x) => cosh(x),
  at: [-2, 0, 1],
})

export const cosh: Unary = unary({
  name: "cosh",
  doc: "Hyperbolic cosine.",
  eval: coshAt,
  partial: (x) => sinh(x),
  at: [-2, 0, 1],
})

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

export const asinh: Unary = unary({
  name: "asinh",
  doc: "Inverse of sinh.",
  eval: asinhAt,
  partial: (x) => div(1, hypot(x, 1)),
  at: [-2, 0, 1],
})

export const acosh: Unary = unary({
  name: "acosh",
  doc: "Inverse of cosh, at least 0; derivative inf at 1, nan below.",
  eval: acoshAt,
  partial: (x) => div(1, mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))),
  at: [1.25, 2, 5],
})

export const atanh: Unary = unary({
  name: "atanh",
  doc: "Inverse of tanh; derivative inf at -1 and 1, nan outside.",
  eval: atanhAt,
  partial: (x) => div(1, nonnegative(oneMinusSquare(x))),
  at: [-0.75, 0, 0.5],
})
