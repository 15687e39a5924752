/**
 * The error function, its complement, scaled complement and inverses, and the normal distribution function.
 * erf and erfc are the rational fits of FDLIBM's s_erf.c; the inverses are Wichura's AS 241 with one Newton step in the tails.
 * It must not know arrays or derivatives.
 *
 * The coefficients of `erf` and `erfc`: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a
 * Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely granted, provided that
 * this notice is preserved.
 */
import { exp, expm1, log, log1p } from "../elementary.ts"
import { upperHalf } from "../exact.ts"
import { polynomial } from "./polynomial.ts"

/** erf(1) rounded to a float. */
const ERX = 8.45062911510467529297e-1
const PP = [
  1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
  -2.37630166566501626084e-5,
]
const QQ = [
  1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
  -3.9602282787753681232e-6,
]
const PA = [
  -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1, 3.18346619901161753674e-1,
  -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3,
]
const QA = [
  1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2, 1.26171219808761642112e-1,
  1.36370839120290507362e-2, 1.1984499846799107417e-2,
]
const RA = [
  -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1, -6.23753324503260060396e1,
  -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1, -9.81432934416914548592,
]
const SA = [
  1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
  4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
]
const RB = [
  -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1, -1.60636384855821916062e2,
  -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
]
const SB = [
  1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
  2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
]
const SQRT_PI = 1.7724538509055159
const SQRT_HALF = 0.7071067811865476
const SQRT_HALF_LOW = -4.833646656726457e-17
const SQRT_TWO_PI = 2.5066282746310007

/** ln(x·erfcx(x)) + 9/16 for 1.25 ≤ x. */
function tailExponent(x: number): number {
  const s = 1 / (x * x)
  return x < 1 / 0.35 ? polynomial(s, RA) / polynomial(s, SA) : polynomial(s, RB) / polynomial(s, SB)
}

/** erfc(x) for x ≥ 1.25. */
function erfcTail(x: number): number {
  if (x > 27.3) return 0
  const z = upperHalf(x)
  return (exp(-z * z - 0.5625) * exp((z - x) * (z + x) + tailExponent(x))) / x
}

/** erf(x) = 2/√π ∫ exp(−t²) from 0 to x. */
export function erf(x: number): number {
  const a = Math.abs(x)
  if (a < 0.84375) {
    if (a < 1e-300) return 0.125 * (8 * x + 1.02703333676410069053 * x)
    const z = x * x
    return x + x * (polynomial(z, PP) / polynomial(z, QQ))
  }
  let y: number
  if (a < 1.25) y = ERX + polynomial(a - 1, PA) / polynomial(a - 1, QA)
  else if (a < 6) y = 1 - erfcTail(a)
  else y = a >= 6 ? 1 : NaN
  return x < 0 ? -y : y
}

/** erfc(x) = 1 − erf(x), with relative accuracy down to 5e-324 at 27.2. */
export function erfc(x: number): number {
  const a = Math.abs(x)
  if (a < 0.84375) {
    const z = x * x
    const y = polynomial(z, PP) / polynomial(z, QQ)
    return x < 0.25 ? 1 - (x + x * y) : 0.5 - (x * y + (x - 0.5))
  }
  if (a < 1.25) {
    const y = polynomial(a - 1, PA) / polynomial(a - 1, QA)
    return x < 0 ? 1 + (ERX + y) : 1 - ERX - y
  }
  if (x > 0) return erfcTail(x)
  return x < -6 ? 2 : 2 - erfcTail(a)
}

/** exp(x²) erfc(x): decays like 1/(x√π), overflows below -26.6. */
export function erfcx(x: number): number {
  if (x >= 28) return x > 1e8 ? 1 / (x * SQRT_PI) : continuedFraction(x)
  if (x >= 1.25) return exp(tailExponent(x) - 0.5625) / x
  if (x < -26.7) return Infinity
  const z = upperHalf(x)
  const square = exp(z * z) * (1 + expm1((x - z) * (x + z)))
  return square * erfc(x)
}

/** erfcx by its continued fraction (DLMF 7.9.1), for x ≥ 28. */
function continuedFraction(x: number): number {
  let t = x
  for (let k = 8; k >= 1; k--) t = x + k / 2 / t
  return 1 / (t * SQRT_PI)
}

const CENTRE_UP = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
]
const CENTRE_DOWN = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852854561,
]
const MIDDLE_UP = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
]
const MIDDLE_DOWN = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
]
const FAR_UP = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
]
const FAR_DOWN = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
]

/** The normal quantile of 1/2 + q for |q| ≤ 0.425 (Wichura 1988, AS 241). */
export function normalQuantileCentre(q: number): number {
  const r = 0.180625 - q * q
  return (q * polynomial(r, CENTRE_UP)) / polynomial(r, CENTRE_DOWN)
}

/** The quantile of the upper tail probability p ≤ 0.075, from r = √(−ln p) (AS 241). */
export function normalQuantileTail(r: number): number {
  if (r <= 5) return polynomial(r - 1.6, MIDDLE_UP) / polynomial(r - 1.6, MIDDLE_DOWN)
  return polynomial(r - 5, FAR_UP) / polynomial(r - 5, FAR_DOWN)
}

/** The z ≥ 0 with erfc(z) = q, for 0 < q ≤ 0.15: AS 241 and a Newton step on it. */
function tailInverse(q: number): number {
  const x = normalQuantileTail(Math.sqrt(-log(0.5 * q))) * SQRT_HALF
  const z = upperHalf(x)
  const scaled = q * exp(z * z) * (1 + expm1((x - z) * (x + z)))
  return x + 0.5 * SQRT_PI * (erfcx(x) - scaled)
}

/** The x with erf(x) = y; ±inf at ±1, nan outside. */
export function erfinv(y: number): number {
  if (Math.abs(y) <= 0.85) return normalQuantileCentre(0.5 * y) * SQRT_HALF
  if (y === 1) return Infinity
  if (y === -1) return -Infinity
  if (!(Math.abs(y) < 1)) return NaN
  return y > 0 ? tailInverse(1 - y) : -tailInverse(1 + y)
}

/** The x with erfc(x) = q; inf at 0, -inf at 2, nan outside. */
export function erfcinv(q: number): number {
  if (q > 0.15 && q < 1.85) return normalQuantileCentre(0.5 * (1 - q)) * SQRT_HALF
  if (q === 0) return Infinity
  if (q === 2) return -Infinity
  if (!(q > 0 && q < 2)) return NaN
  return q < 1 ? tailInverse(q) : -tailInverse(2 - q)
}

/** Φ(x), the normal distribution function, with relative accuracy in the lower tail. */
export function normalCdf(x: number): number {
  // x/√2 rounded costs up to x² ulps in the tail: its rest enters by the derivative of erfc's exponent.
  const t = -x * SQRT_HALF
  if (t < 1.25) return 0.5 * erfc(t)
  if (x < -39) return 0
  const h = upperHalf(x)
  const product = h * h
  const low = (x - h) * (x + h)
  return 0.5 * exp(-0.5 * product) * exp(-0.5 * low) * erfcx(t - x * SQRT_HALF_LOW)
}

/** ln Φ(x): never -inf before x does. */
export function logNormalCdf(x: number): number {
  if (x > -1) return log1p(-normalCdf(-x))
  return log(0.5 * erfcx(-x * SQRT_HALF)) - 0.5 * x * x
}

/** The x with Φ(x) = p. */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) return normalQuantileCentre(q)
  return p < 0.5 ? -erfcinv(2 * p) / SQRT_HALF : erfcinv(2 * (1 - p)) / SQRT_HALF
}

/** φ(x)/Φ(x), the slope of ln Φ. */
export function normalHazard(x: number): number {
  if (x > -1) return exp(-0.5 * x * x) / SQRT_TWO_PI / normalCdf(x)
  return 0.7978845608028654 / erfcx(-x * SQRT_HALF)
}
