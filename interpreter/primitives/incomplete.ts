/**
 * The incomplete gamma and beta functions, and the tails of the normal distribution.
 * Slopes in the argument are densities; slopes in the parameters are functions of the same family, computed by their own series. It must not know
 * modes or syntax.
 */

import { pow as powerAt } from "../kernels/powers.ts"
import { choose } from "../autodiff/choose.ts"
import type { Binary, Nary, Unary } from "../autodiff/declare.ts"
import { binary, broadcastTo, unary } from "../autodiff/lift.ts"
import { filled, forward } from "../autodiff/modes.ts"
import { shapeOf, type Num } from "../autodiff/num.ts"
import { exp as expAt, log1p as log1pAt } from "../kernels/elementary.ts"
import {
  beta as betaAt,
  betainc as betaincAt,
  betaincc as betainccAt,
  betaPrefix,
  erfcinv as erfcinvAt,
  erfcx as erfcxAt,
  gammainc as gammaincAt,
  gammaincc as gammainccAt,
  gammaPrefix,
  logNormalCdf as logNormalCdfAt,
  normalHazard as normalHazardAt,
  normalQuantile as normalQuantileAt,
  reciprocalGamma,
  xlog1py as xlog1pyAt,
} from "../kernels/special/index.ts"
import {
  betaincSlope as betaincSlopeAt,
  gammaincSlope as gammaincSlopeAt,
  scaledErfcIntegral,
} from "../kernels/special/slopes.ts"
import { add, div, equal, less, mul, neg, sub } from "./arithmetic.ts"
import { exp, ln, log1p, square } from "./elementary.ts"
import { digamma, normalDensity, polygammaDifference, quotientOrZero } from "./special.ts"
import { ternary } from "./ternary.ts"

// ---------------------------------------------------------------- normal tails

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}

/** The n-th derivative of erfcx; n is an integer. */
export const erfcxDerivative: Binary = binary({
  name: "erfcx_derivative",
  doc: "The n-th derivative of erfcx at x.",
  inner: true,
  eval: (n, x) => (n === 0 ? erfcxAt(x) : (-2) ** n * factorial(n) * scaledErfcIntegral(n, x, erfcxAt(x))),
  partials: [null, (n, x) => erfcxDerivative(add(n, 1), x)],
  at: [
    [1, 0.5],
    [2, 3],
  ],
  zeroBecause: "the order of a derivative is an integer",
})

export const erfcx: Unary = unary({
  name: "erfcx",
  doc: "exp(x²) erfc(x): decays like 1/(x √π), grows below 0.",
  eval: erfcxAt,
  partial: (x) => erfcxDerivative(1, x),
  at: [-1, 0, 0.4, 0.75, 5],
})

/** h = φ/Φ, the slope of ln Φ; by h' = -h (x + h) to every order, which cancels only below 0. */
const normalHazard: Unary = unary({
  name: "normal_hazard",
  doc: "The slope of log_normal_cdf.",
  inner: true,
  eval: normalHazardAt,
  partial: (x, h) => neg(mul(h, add(x, h))),
  at: [-0.5, 0, 2],
})

/** The slope of ln Φ = ln(erfcx(z)/2) - z² with z = -x/√2: below 0 both parts of it, to every order, have one sign. */
function lowerHazard(x: Num): Num {
  const z = mul(-Math.SQRT1_2, x)
  return sub(mul(-Math.SQRT1_2, div(erfcxDerivative(1, z), erfcx(z))), x)
}

export const logNormalCdf: Unary = unary({
  name: "log_normal_cdf",
  doc: "Logarithm of the normal distribution function, accurate far below 0.",
  eval: logNormalCdfAt,
  // Far out Φ is 1 to rounding, or its slope the first terms of its asymptotic series.
  partial: (x) =>
    choose(
      less(x, 0),
      () =>
        choose(
          less(x, -1e20),
          () => neg(add(x, div(1, x))),
          () => lowerHazard(x),
        ),
      () =>
        choose(
          less(x, 10),
          () => normalHazard(x),
          () => normalDensity(x),
        ),
    ),
  at: [-30, -12, -1, 0, 2, 40],
})

export const normalQuantile: Unary = unary({
  name: "normal_quantile",
  doc: "The inverse of normal_cdf; -inf at 0 and inf at 1, where the derivative is inf, nan outside.",
  eval: normalQuantileAt,
  partial: (_p, out) => mul(Math.sqrt(2 * Math.PI), exp(mul(0.5, square(out)))),
  at: [0.1, 0.5, 0.8],
})

export const erfcinv: Unary = unary({
  name: "erfcinv",
  doc: "Inverse of erfc; inf at 0, -inf at 2, nan outside.",
  eval: erfcinvAt,
  partial: (_q, out) => mul(-0.886226925452758, exp(square(out))),
  at: [0.1, 1, 1.5],
})

export const xlog1py: Binary = binary({
  name: "xlog1py",
  doc: "x ln(1 + y), and 0 where x is 0; the derivative in y is 0 there too.",
  eval: xlog1pyAt,
  partials: [(_x, y) => log1p(y), (x, y) => quotientOrZero(x, add(1, y))],
  at: [
    [1.5, 2],
    [0, 3],
  ],
})

// ---------------------------------------------------------------- derivatives of densities in their parameters

/** The k-th derivative of `f` at x, elementwise in x. */
export function repeated(f: (x: Num) => Num, k: number): (x: Num) => Num {
  if (k === 0) return f
  const before = repeated(f, k - 1)
  return (x) => {
    const shape = shapeOf(x)
    const one = shape.length === 0 ? 1 : broadcastTo([1], { shape })
    const { values, tangents } = forward(([y]) => [before(y!)], [x], [one])
    return filled(tangents[0], values[0]!)
  }
}

// ---------------------------------------------------------------- gamma

/** Below, what is divided by x may have lost digits that the quotient has. */
const LEAST = 1e-290

/** x^(a-1) e^-x/Γ(a), also for a ≤ 0, where slopes of slopes ask for it. */
function gammaDensityAt(a: number, x: number): number {
  if (a > 0) {
    if (x === 0) return a > 1 ? 0 : a === 1 ? 1 : Infinity
    if (x < 0) return NaN
    const prefix = gammaPrefix(a, x)
    // Where x^a leaves the range below, x^(a-1) need not.
    if (x > 1 || a > 170 || prefix > LEAST) return (prefix * a) / x
  }
  return x < 0 ? NaN : powerAt(x, a - 1) * expAt(-x) * reciprocalGamma(a)
}

export const gammaDensity: Binary = binary({
  name: "gamma_density",
  doc: "x^(a-1) exp(-x)/gamma(a).",
  inner: true,
  eval: gammaDensityAt,
  partials: [
    // Near a = 0, where 1/Γ(a) vanishes and digamma has its pole, by f(a, x) = a/x f(a + 1, x).
    (a, x, out) =>
      choose(
        less(a, 0.1),
        () => {
          const next = add(a, 1)
          return mul(div(gammaDensity(next, x), x), add(1, mul(a, sub(ln(x), digamma(next)))))
        },
        () => mul(out, sub(ln(x), digamma(a))),
      ),
    (a, x, out) =>
      choose(
        equal(x, 0),
        () => sub(gammaDensity(sub(a, 1), x), out),
        () => mul(out, sub(div(sub(a, 1), x), 1)),
      ),
  ],
  at: [
    [0.5, 0.75],
    [3, 2.5],
    [1, 0.5],
  ],
})

const gammaincSlopes: Binary[] = []

/** The k-th derivative of P(a, x) in a. */
export function gammaincSlope(k: number): Binary {
  if (k === 0) return gammainc
  return (gammaincSlopes[k] ??= binary({
    name: `gammainc_slope_${String(k)}`,
    doc: "A derivative of gammainc in its parameter.",
    inner: true,
    eval: (a, x) => gammaincSlopeAt(k, a, x),
    partials: [(a, x) => gammaincSlope(k + 1)(a, x), (a, x) => repeated((t) => gammaDensity(t, x), k)(a)],
    at: [
      [0.5, 0.75],
      [3, 2.5],
      [2, 6],
    ],
  }))
}

export const gammainc: Binary = binary({
  name: "gammainc",
  doc: "Regularized lower incomplete gamma function P(a, x), for a > 0 and x ≥ 0, nan elsewhere but 1 at a = 0; differentiable in both.",
  eval: gammaincAt,
  partials: [(a, x) => gammaincSlope(1)(a, x), (a, x) => gammaDensity(a, x)],
  at: [
    [0.5, 0.75],
    [3, 2.5],
    [2, 6],
  ],
})

export const gammaincc: Binary = binary({
  name: "gammaincc",
  doc: "Regularized upper incomplete gamma function, 1 - gammainc(a, x), accurate where it is small; differentiable in both.",
  eval: gammainccAt,
  partials: [(a, x) => neg(gammaincSlope(1)(a, x)), (a, x) => neg(gammaDensity(a, x))],
  at: [
    [0.5, 0.75],
    [3, 2.5],
    [2, 6],
  ],
})

// ---------------------------------------------------------------- beta

/** x^(a-1) (1-x)^(b-1)/B(a, b). */
function betaDensityAt(a: number, b: number, x: number): number {
  if (!(x >= 0 && x <= 1) || !(a > 0 && b > 0)) return NaN
  if (x === 0) return a > 1 ? 0 : a === 1 ? b : Infinity
  if (x === 1) return b > 1 ? 0 : b === 1 ? a : Infinity
  const prefix = betaPrefix(a, b, x)
  if (x > 0.5 || a + b > 170 || prefix > LEAST) return prefix / (x * (1 - x))
  return (powerAt(x, a - 1) * expAt((b - 1) * log1pAt(-x))) / betaAt(a, b)
}

/** The slope of f(a) = a/(a + b) f(a + 1)/x in a, given f(a + 1): 1/B(a, b) vanishes at a = 0, where digamma has its pole. */
function besideZero(a: Num, b: Num, x: Num, logarithm: Num, next: Num): Num {
  const whole = add(a, b)
  const slope = add(logarithm, polygammaDifference(0)(add(a, 1), b))
  return mul(div(next, mul(x, whole)), add(div(b, whole), mul(a, slope)))
}

export const betaDensity: Nary<undefined> = ternary({
  name: "beta_density",
  doc: "x^(a-1) (1-x)^(b-1)/beta(a, b).",
  inner: true,
  eval: betaDensityAt,
  partials: [
    (a, b, x, out) =>
      choose(
        less(a, 0.1),
        () => besideZero(a, b, x, ln(x), betaDensity([add(a, 1), b, x], undefined)),
        () => mul(out, add(ln(x), polygammaDifference(0)(a, b))),
      ),
    (a, b, x, out) =>
      choose(
        less(b, 0.1),
        () => besideZero(b, a, sub(1, x), log1p(neg(x)), betaDensity([a, add(b, 1), x], undefined)),
        () => mul(out, add(log1p(neg(x)), polygammaDifference(0)(b, a))),
      ),
    (a, b, x, out) => mul(out, sub(div(sub(a, 1), x), div(sub(b, 1), sub(1, x)))),
  ],
  at: [
    [2, 3, 0.4],
    [0.5, 1.5, 0.8],
  ],
})

const betaincSlopes: Nary<undefined>[][] = []

/** The derivative of I_x(a, b), i times in a and j times in b. */
export function betaincSlope(i: number, j: number): Nary<undefined> {
  if (i + j === 0) return betainc
  return ((betaincSlopes[i] ??= [])[j] ??= ternary({
    name: `betainc_slope_${String(i)}_${String(j)}`,
    doc: "A derivative of betainc in its parameters.",
    inner: true,
    eval: (a, b, x) => betaincSlopeAt(i, j, a, b, x),
    partials: [
      (a, b, x) => betaincSlope(i + 1, j)([a, b, x], undefined),
      (a, b, x) => betaincSlope(i, j + 1)([a, b, x], undefined),
      (a, b, x) => repeated((s) => repeated((t) => betaDensity([s, t, x], undefined), j)(b), i)(a),
    ],
    at: [
      [2, 3, 0.4],
      [0.5, 1.5, 0.8],
    ],
  }))
}

export const betainc: Nary<undefined> = ternary({
  name: "betainc",
  doc: "Regularized incomplete beta function I_x(a, b), for a, b > 0 and 0 ≤ x ≤ 1; differentiable in all three.",
  eval: betaincAt,
  partials: [
    (a, b, x) => betaincSlope(1, 0)([a, b, x], undefined),
    (a, b, x) => betaincSlope(0, 1)([a, b, x], undefined),
    (a, b, x) => betaDensity([a, b, x], undefined),
  ],
  at: [
    [2, 3, 0.4],
    [0.5, 1.5, 0.8],
  ],
})

export const betaincc: Nary<undefined> = ternary({
  name: "betaincc",
  doc: "1 - betainc(a, b, x), accurate where it is small.",
  eval: betainccAt,
  partials: [
    (a, b, x) => neg(betaincSlope(1, 0)([a, b, x], undefined)),
    (a, b, x) => neg(betaincSlope(0, 1)([a, b, x], undefined)),
    (a, b, x) => neg(betaDensity([a, b, x], undefined)),
  ],
  at: [
    [2, 3, 0.4],
    [0.5, 1.5, 0.8],
  ],
})
