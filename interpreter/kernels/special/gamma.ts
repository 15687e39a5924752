/**
 * The gamma function and the logarithm of its absolute value.
 * One polynomial each around 1 and 2, moved by the recurrence Γ(x+1) = xΓ(x) (DLMF 5.5.1), Stirling's series above (DLMF 5.11.1) and
 * reflection below zero (DLMF 5.5.3); the polynomials are Chebyshev fits computed with 60 digits.
 * It must not know arrays or derivatives.
 */
import { pow } from "../powers.ts"
import { exp, expm1, log } from "../elementary.ts"
import { polynomial, sinpi } from "./polynomial.ts"

/** 1/Γ(1+z) on [-1/2, 1/2]: an entire function, so that 18 terms give 3e-21. */
const RECIPROCAL = [
  1.0, 0.5772156649015329, -0.6558780715202539, -0.04200263503409524, 0.1665386113822917, -0.04219773455554432,
  -0.009621971527885256, 0.00721894324666241, -0.0011651675916885258, -0.00021524167410079872, 0.000128050280414672,
  -2.0134854943949705e-5, -1.25048005653128e-6, 1.133028335412651e-6, -2.0568716058005746e-7, 6.111757978367613e-9,
  5.116656432802304e-9, -1.1721449739554431e-9,
]
/** lgamma(1+z)/z on [-1/2, 1/4]. */
const LOG_AT_ONE = [
  -0.5772156649015329, 0.8224670334241132, -0.40068563438653343, 0.2705808084277525, -0.20738555102781622,
  0.1695571770067926, -0.1440498969081237, 0.12550966818848205, -0.11133425506254097, 0.10009956538337259,
  -0.09095443797742912, 0.08334858124358958, -0.07692629452686486, 0.0715901956991913, -0.06655586861817721,
  0.0597155082781645, -0.06521798776442922, 0.0806668453655792, 0.05754947196512252, 0.019788247782852188,
  -0.8734517428808478, -1.2015787451452182, 1.4359266522698877, 6.720288404144629, 7.944679510000425,
  3.5820911471172807,
]
/** lgamma(2+z)/z on [-3/4, 1/2]. */
const LOG_AT_TWO = [
  0.42278433509846713, 0.3224670334241132, -0.0673523010531981, 0.020580808427784397, -0.007385551028673811,
  0.0028905103307528984, -0.00119275391170809, 0.0005096695243448249, -0.00022315475849535044, 9.945752049004698e-5,
  -4.492623255243891e-5, 2.050712305129801e-5, -9.439572157511762e-6, 4.375514402098904e-6, -2.0383618772604693e-6,
  9.522912389321117e-7, -4.542692598845455e-7, 2.189957197224495e-7, -8.318260450484709e-8, 4.1947729091372775e-8,
  -5.4761567198377156e-8, 1.2311940674691939e-9, 1.9252738080907253e-8, 2.0872345523855944e-8,
]
/** B(2k)/(2k(2k-1)), the coefficients of Stirling's series in 1/x, 1/x³, … */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
  43867 / 244188,
  -174611 / 125400,
]
const HALF_LOG_TWO_PI = 0.9189385332046727
const SQRT_TWO_PI = 2.5066282746310007
/** From here on Stirling's ten terms are exact to rounding. */
const STIRLING_FROM = 10

/** The part of lgamma that Stirling's formula leaves: lgamma(x) − ((x−1/2) ln x − x + ln(2π)/2), for x ≥ 10 (DLMF 5.11.1). */
export function stirlingRest(x: number): number {
  return x > 1e9 ? 1 / (12 * x) : polynomial(1 / (x * x), STIRLING) / x
}

/** Γ(x). Poles: ±inf at ±0, nan at the negative integers; inf from 171.62 on. */
export function gamma(x: number): number {
  if (x >= STIRLING_FROM) {
    if (x > 171.7) return Infinity
    // Half the power twice: x^(x-1/2) alone overflows before Γ does. Both exponents are exact.
    const power = pow(x, 0.5 * x - 0.25)
    return SQRT_TWO_PI * (power * exp(-x) * (1 + expm1(stirlingRest(x))) * power)
  }
  if (x >= 0.5) {
    let product = 1
    let z = x
    while (z > 1.5) {
      z -= 1
      product *= z
    }
    return product / polynomial(z - 1, RECIPROCAL)
  }
  if (x > -0.5) return 1 / (x * polynomial(x, RECIPROCAL))
  if (Number.isNaN(x) || Math.floor(x) === x) return NaN
  const y = -x
  const sine = sinpi(y)
  if (y < STIRLING_FROM) {
    let product = x
    let z = x
    while (z < -0.5) {
      z += 1
      product *= z
    }
    return 1 / (product * polynomial(z, RECIPROCAL))
  }
  if (y > 190) return sine > 0 ? -0 : 0
  const power = pow(y, 0.5 * y - 0.25)
  const half = power * exp(-y) * (1 + expm1(stirlingRest(y)))
  return -(Math.PI / (y * sine)) / half / SQRT_TWO_PI / power
}

/** ln |Γ(x)|; inf at the poles 0, -1, -2, …. Relative accuracy at the zeros 1 and 2; absolute at the zeros below 0. */
export function lgamma(x: number): number {
  if (x >= STIRLING_FROM) {
    const logarithm = log(x)
    return x > 1e16 ? x * (logarithm - 1) : (x - 0.5) * (logarithm - 1) + (HALF_LOG_TWO_PI - 0.5) + stirlingRest(x)
  }
  if (x >= 0.5) {
    if (x < 1.25) return (x - 1) * polynomial(x - 1, LOG_AT_ONE)
    let product = 1
    let z = x
    while (z > 2.5) {
      z -= 1
      product *= z
    }
    const rest = (z - 2) * polynomial(z - 2, LOG_AT_TWO)
    return product === 1 ? rest : log(product) + rest
  }
  if (x >= 0) {
    const rest = x <= 0.25 ? x * polynomial(x, LOG_AT_ONE) : (x - 1) * polynomial(x - 1, LOG_AT_TWO)
    return rest - log(x)
  }
  if (Number.isNaN(x)) return NaN
  if (Math.floor(x) === x) return Infinity
  const y = -x
  if (y < STIRLING_FROM) return log(Math.abs(gamma(x)))
  return log(Math.PI / (y * Math.abs(sinpi(y)))) - lgamma(y)
}

/** lgamma(1+x) for x > -1/2, exact where 1+x is not. */
export function lgamma1p(x: number): number {
  return x >= -0.5 && x <= 0.25 ? x * polynomial(x, LOG_AT_ONE) : lgamma(1 + x)
}

/** The sign of Γ(x): 1 or -1; nan at its poles below 0. */
export function gammaSign(x: number): number {
  if (x > 0 || Object.is(x, 0)) return 1
  if (Object.is(x, -0)) return -1
  if (Number.isNaN(x) || Math.floor(x) === x) return NaN
  return Math.floor(x) % 2 === 0 ? 1 : -1
}

/** 1/Γ(x): entire, 0 at the poles of Γ. */
export function reciprocalGamma(x: number): number {
  if (x > -0.5 && x < 1.5) {
    return x > 0.5 ? polynomial(x - 1, RECIPROCAL) : x * polynomial(x, RECIPROCAL)
  }
  if (x < 0 && Math.floor(x) === x) return 0
  return 1 / gamma(x)
}
