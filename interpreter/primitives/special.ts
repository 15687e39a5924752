/**
 * Special functions: the error function's and the gamma function's families, sinc, and products that vanish with one factor.
 * Values come from the kernels; slopes are functions of the same families, so that every order has its own accurate value. It must not know modes or
 * syntax.
 */

import { choose } from "../autodiff/choose.ts"
import type { Binary, Unary } from "../autodiff/declare.ts"
import { binary, unary } from "../autodiff/lift.ts"
import { exp as expAt } from "../kernels/elementary.ts"
import {
  beta as betaAt,
  digamma as digammaAt,
  erf as erfAt,
  erfc as erfcAt,
  erfinv as erfinvAt,
  gamma as gammaAt,
  lbeta as lbetaAt,
  lgamma as lgammaAt,
  normalCdf as normalCdfAt,
  polygamma as polygammaAt,
  sinc as sincAt,
  sincDerivative as sincDerivativeAt,
  xlogy as xlogyAt,
  zeta as zetaAt,
  zetaDerivative as zetaDerivativeAt,
} from "../kernels/special/index.ts"
import type { Num } from "../autodiff/num.ts"
import { betaSlope as betaSlopeAt } from "../kernels/special/beta-slopes.ts"
import { polygammaDifference as polygammaDifferenceAt } from "../kernels/special/polygamma-difference.ts"
import { add, div, greater, mul, neg } from "./arithmetic.ts"
import { exp, ln, nearby, square } from "./elementary.ts"

const twoOverRootPi = 1.1283791670955126
const halfRootPi = 0.886226925452758

/** exp(-x²) with the square split, so that its rounding is not blown up by the exponential. */
function bell(x: number): number {
  const high = Math.fround(x)
  if (!(Math.abs(x) < 100)) return Number.isNaN(x) ? NaN : 0
  return expAt(-high * high) * expAt(-(x - high) * (x + high))
}

export const gaussian: Unary = unary({
  name: "gaussian",
  doc: "exp(-x²).",
  inner: true,
  written: (x) => `exp(-${x}^2)`,
  eval: bell,
  partial: (x, out) => mul(mul(-2, nearby(x)), out),
  at: [-1.5, 0, 0.5],
})

export const erf: Unary = unary({
  name: "erf",
  doc: "Error function, 2/√π times the integral of exp(-t²) from 0 to x.",
  eval: erfAt,
  partial: (x) => mul(twoOverRootPi, gaussian(x)),
  at: [-1.5, 0, 0.5],
})

export const erfc: Unary = unary({
  name: "erfc",
  doc: "1 - erf(x), accurate in the upper tail.",
  eval: erfcAt,
  partial: (x) => mul(-twoOverRootPi, gaussian(x)),
  at: [-1.5, 0, 0.5],
})

export const erfinv: Unary = unary({
  name: "erfinv",
  doc: "Inverse of erf; ±inf at ±1, nan outside.",
  eval: erfinvAt,
  partial: (_x, out) => mul(halfRootPi, exp(square(out))),
  at: [-0.75, 0, 0.5],
})

/** The n-th derivative of digamma; n is an integer. */
export const polygamma: Binary = binary({
  name: "polygamma",
  doc: "The n-th derivative of digamma at x, for integers n ≥ 0; inf or -inf at 0, nan at the negative integers.",
  eval: polygammaAt,
  partials: [null, (n, x) => polygamma(add(n, 1), x)],
  at: [
    [1, 0.5],
    [2, 3.5],
    [1, -0.5],
  ],
  zeroBecause: "the order of a polygamma function is an integer",
})

export const digamma: Unary = unary({
  name: "digamma",
  doc: "The derivative of lgamma; nan at the negative integers.",
  eval: digammaAt,
  partial: (x) => polygamma(1, x),
  at: [-0.5, 0.5, 3.5],
})

export const gamma: Unary = unary({
  name: "gamma",
  doc: "Gamma function; inf at 0, nan at the negative integers.",
  eval: gammaAt,
  // Where it leaves the range, so does every derivative, though digamma's own vanish.
  partial: (x, out) =>
    choose(
      greater(x, 172),
      () => out,
      () => mul(out, digamma(x)),
    ),
  at: [-2.5, 0.5, 3.5],
})

export const lgamma: Unary = unary({
  name: "lgamma",
  doc: "ln |gamma(x)|; inf at 0 and at the negative integers, where the derivative is nan.",
  eval: lgammaAt,
  partial: (x) => digamma(x),
  at: [-2.5, 0.5, 3.5],
})

/** The n-th derivative of zeta; n is an integer. */
export const zetaDerivative: Binary = binary({
  name: "zeta_derivative",
  doc: "The n-th derivative of zeta at s.",
  inner: true,
  eval: zetaDerivativeAt,
  partials: [null, (n, s) => zetaDerivative(add(n, 1), s)],
  at: [
    [1, 2.5],
    [2, -1.5],
  ],
  zeroBecause: "the order of a derivative is an integer",
})

export const zeta: Unary = unary({
  name: "zeta",
  doc: "Riemann's zeta function of a real number; inf at 1, where the derivative is nan.",
  eval: zetaAt,
  partial: (s) => zetaDerivative(1, s),
  at: [-1.5, 0, 0.5, 2.5],
})

const polygammaDifferences: Binary[] = []

/** The n-th derivative of digamma at x + y less that at x, without cancellation. */
export function polygammaDifference(n: number): Binary {
  return (polygammaDifferences[n] ??= binary({
    name: `polygamma_difference_${String(n)}`,
    doc: "A derivative of digamma at x + y less that at x.",
    inner: true,
    eval: (x, y) => polygammaDifferenceAt(n, x, y),
    partials: [(x, y) => polygammaDifference(n + 1)(x, y), (x, y) => polygamma(n + 1, add(x, y))],
    at: [
      [2, 3],
      [0.5, 0.5],
      [20, 0.1],
    ],
  }))
}

/** The slope of ln B(x, y) in x. */
const logBetaSlope = (x: Num, y: Num): Num => neg(polygammaDifference(0)(x, y))

export const lbeta: Binary = binary({
  name: "lbeta",
  doc: "ln |beta(a, b)|, without overflow.",
  eval: lbetaAt,
  partials: [(x, y) => logBetaSlope(x, y), (x, y) => logBetaSlope(y, x)],
  at: [
    [2, 3],
    [0.5, 0.5],
  ],
})

const betaSlopes: Binary[][] = []

/** The derivative of beta(x, y), i times in x and j times in y. */
export function betaSlope(i: number, j: number): Binary {
  if (i + j === 0) return beta
  return ((betaSlopes[i] ??= [])[j] ??= binary({
    name: `beta_slope_${String(i)}_${String(j)}`,
    doc: "A derivative of beta.",
    inner: true,
    eval: (x, y) => betaSlopeAt(i, j, x, y),
    partials: [(x, y) => betaSlope(i + 1, j)(x, y), (x, y) => betaSlope(i, j + 1)(x, y)],
    at: [
      [2, 3],
      [0.5, 0.5],
      [0.1, 2],
    ],
  }))
}

export const beta: Binary = binary({
  name: "beta",
  doc: "Beta function, gamma(a) gamma(b)/gamma(a + b).",
  eval: betaAt,
  partials: [(x, y) => betaSlope(1, 0)(x, y), (x, y) => betaSlope(0, 1)(x, y)],
  at: [
    [2, 3],
    [0.5, 0.5],
  ],
})

/** x/y, and 0 wherever x is 0, with the slopes of a quotient. */
export const quotientOrZero: Binary = binary({
  name: "quotient_or_zero",
  doc: "x/y, 0 where x is 0.",
  inner: true,
  written: (x, y) => `${x} / ${y}`,
  eval: (x, y) => (x === 0 && !Number.isNaN(y) ? 0 : x / y),
  partials: [(_x, y) => div(1, y), (_x, y, out) => neg(quotientOrZero(out, y))],
  at: [
    [1.5, -2],
    [0, 3],
  ],
})

export const xlogy: Binary = binary({
  name: "xlogy",
  doc: "x ln(y), and 0 where x is 0; the derivative in y is 0 there too.",
  eval: xlogyAt,
  partials: [(_x, y) => ln(y), (x, y) => quotientOrZero(x, y)],
  at: [
    [1.5, 2],
    [0, 3],
  ],
})

/** exp(-x²/2)/√(2π): the square is split, so that its rounding is not blown up by the exponential. */
function density(x: number): number {
  const high = Math.fround(x)
  if (!(Math.abs(x) < 100)) return Number.isNaN(x) ? NaN : 0
  return 0.3989422804014327 * expAt(-0.5 * high * high) * expAt(-0.5 * (x - high) * (x + high))
}

export const normalDensity: Unary = unary({
  name: "normal_density",
  doc: "exp(-x²/2)/√(2π).",
  inner: true,
  written: (x) => `exp(-0.5 * ${x}^2) / sqrt(tau)`,
  eval: density,
  partial: (x, out) => neg(mul(nearby(x), out)),
  at: [-2.5, 0, 1],
})

export const normalCdf: Unary = unary({
  name: "normal_cdf",
  doc: "The normal distribution function, accurate in the lower tail.",
  eval: normalCdfAt,
  partial: (x) => normalDensity(x),
  at: [-2.5, 0, 1],
})

export const gelu: Unary = unary({
  name: "gelu",
  doc: "x times the normal distribution function at x (exact, not the tanh approximation).",
  eval: (x) => (x === -Infinity ? 0 : x * normalCdfAt(x)),
  partial: (x) => add(normalCdf(x), mul(nearby(x), normalDensity(x))),
  at: [-2.5, 0, 1],
})

/** The n-th derivative of sinc; n is an integer. */
export const sincDerivative: Binary = binary({
  name: "sinc_derivative",
  doc: "The n-th derivative of sinc at x.",
  inner: true,
  eval: sincDerivativeAt,
  partials: [null, (n, x) => sincDerivative(add(n, 1), x)],
  at: [
    [1, 0.5],
    [2, 0],
  ],
  zeroBecause: "the order of a derivative is an integer",
})

export const sinc: Unary = unary({
  name: "sinc",
  doc: "sin(πx)/(πx), 1 at 0; smooth to every order.",
  eval: sincAt,
  partial: (x) => sincDerivative(1, x),
  at: [-1.5, 0, 1e-4, 0.3],
})
