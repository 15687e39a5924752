/**
 * Bessel functions of integer order, exponential integrals and Lambert's function.
 * Slopes are neighbours in the same family, so that every order has its own accurate value. It must not know modes or syntax.
 */

import type { Binary, Unary } from "../autodiff/declare.ts"
import { binary, unary } from "../autodiff/lift.ts"
import { exp as expAt } from "../kernels/elementary.ts"
import {
  besselI as besselIAt,
  besselJ as besselJAt,
  besselK as besselKAt,
  besselY as besselYAt,
  expintEi as expintEiAt,
  expintEn as expintEnAt,
  lambertW as lambertWAt,
  lambertWMinus1 as lambertWMinus1At,
  mostOrder,
} from "../kernels/special/index.ts"
import { add, div, mul, neg, sub } from "./arithmetic.ts"
import { exp } from "./elementary.ts"

const orderBecause = "the order of the function is an integer"
const ordinary = [
  [0, 1.5],
  [1, 0.5],
  [3, 7],
] as const

export const besselJ: Binary = binary({
  name: "bessel_j",
  doc: "Bessel function of the first kind of integer order n; nan for orders beyond 100,000.",
  eval: besselJAt,
  partials: [null, (n, x) => mul(0.5, sub(besselJ(sub(n, 1), x), besselJ(add(n, 1), x)))],
  at: [...ordinary, [2, -1.5]],
  zeroBecause: orderBecause,
})

export const besselY: Binary = binary({
  name: "bessel_y",
  doc: "Bessel function of the second kind of integer order n, for x > 0; nan for orders beyond 100,000; -inf at 0, nan below.",
  eval: besselYAt,
  partials: [null, (n, x) => mul(0.5, sub(besselY(sub(n, 1), x), besselY(add(n, 1), x)))],
  at: ordinary,
  zeroBecause: orderBecause,
})

export const besselI: Binary = binary({
  name: "bessel_i",
  doc: "Modified Bessel function of the first kind of integer order n; nan for orders beyond 100,000.",
  eval: besselIAt,
  partials: [null, (n, x) => mul(0.5, add(besselI(sub(n, 1), x), besselI(add(n, 1), x)))],
  at: [...ordinary, [2, -1.5]],
  zeroBecause: orderBecause,
})

export const besselK: Binary = binary({
  name: "bessel_k",
  doc: "Modified Bessel function of the second kind of integer order n, for x > 0; nan for orders beyond 100,000; inf at 0, nan below.",
  eval: besselKAt,
  partials: [null, (n, x) => mul(-0.5, add(besselK(sub(n, 1), x), besselK(add(n, 1), x)))],
  at: ordinary,
  zeroBecause: orderBecause,
})

/** En(x), for n below 0 the finite sum of its definition. */
function exponentialIntegral(n: number, x: number): number {
  if (n >= 0) return expintEnAt(n, x)
  if (!(n >= -mostOrder) || Math.floor(n) !== n) return NaN
  // E_-m(x) = m! e^-x / x^(m+1) Σ x^k/k!
  let sum = 1
  for (let k = -n; k >= 1; k--) sum = 1 + (x / k) * sum
  // The sum counted from the top: Σ_{k ≤ m} x^k/k! is the polynomial above.
  let scale = expAt(-x) / x
  for (let k = 1; k <= -n; k++) scale *= k / x
  return x > 0 ? scale * sum : x === 0 ? Infinity : NaN
}

export const expintN: Binary = binary({
  name: "expint_n",
  doc: "Exponential integral of integer order n, the integral of exp(-x t)/t^n from 1 to inf, for x ≥ 0; nan for orders below -100,000.",
  eval: exponentialIntegral,
  partials: [null, (n, x) => neg(expintN(sub(n, 1), x))],
  at: [
    [1, 0.5],
    [2, 1.5],
    [0, 0.75],
  ],
  zeroBecause: orderBecause,
})

export const expint: Unary = unary({
  name: "expint",
  doc: "Exponential integral, the integral of exp(-t)/t from x to inf, for x > 0; inf at 0, nan below.",
  eval: (x) => expintEnAt(1, x),
  partial: (x) => neg(expintN(0, x)),
  at: [0.25, 1, 3],
})

export const expintEi: Unary = unary({
  name: "expint_ei",
  doc: "Principal value of the integral of exp(t)/t from -inf to x; -inf at 0.",
  eval: expintEiAt,
  partial: (x) => div(exp(x), x),
  at: [-1, 0.25, 3],
})

/** The slope of both branches: 1/(e^w (1 + w)). */
function lambertSlope(w: Parameters<typeof exp>[0]): ReturnType<typeof exp> {
  return div(exp(neg(w)), add(1, w))
}

export const lambertW: Unary = unary({
  name: "lambertw",
  doc: "The w ≥ -1 with w exp(w) = x, for x ≥ -1/e; derivative inf at -1/e, nan below.",
  eval: lambertWAt,
  partial: (_x, out) => lambertSlope(out),
  at: [-0.25, 0, 1, 5],
})

export const lambertWLower: Unary = unary({
  name: "lambertw_lower",
  doc: "The w ≤ -1 with w exp(w) = x, for -1/e ≤ x < 0; -inf at 0, nan elsewhere.",
  eval: lambertWMinus1At,
  partial: (_x, out) => lambertSlope(out),
  at: [-0.3, -0.1],
})
