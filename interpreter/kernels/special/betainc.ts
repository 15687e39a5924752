/**
 * The regularised incomplete beta function and its inverse.
 * A continued fraction on the side where it converges fast (DLMF 8.17.22), with a prefix that keeps its digits for large parameters
 * (DiDonato and Morris 1992, TOMS 708 `brcomp`), and Temme's uniform expansion for huge ones.
 * It must not know arrays or derivatives.
 */
import { pow } from "../powers.ts"
import { exp, expm1, log, log1p } from "../elementary.ts"
import { beta, lbeta, logGammaRatio } from "./beta.ts"
import { erfc, erfcinv } from "./erf.ts"
import { lgamma, stirlingRest } from "./gamma.ts"
import { log1pmx } from "./logs.ts"
import { complementPower } from "./power.ts"

const TWO_PI = 6.283185307179586

/** x^a (1−x)^b / B(a, b), the derivative of I_x times x(1−x). */
export function betaPrefix(a: number, b: number, x: number): number {
  const small = Math.min(a, b)
  if (small >= 10) {
    const s = a + b
    const shift = a - s * x
    // Each is n (ln(1+t) − t); where 1+t is small, better from the quotient itself.
    const u = shift < 0.6 * a ? a * log1pmx(-shift / a) : a * log((s * x) / a) + shift
    const v = shift > -0.6 * b ? b * log1pmx(shift / b) : b * log(((1 - x) * s) / b) - shift
    const rest = stirlingRest(a) + (stirlingRest(b) - stirlingRest(s))
    const root = Math.sqrt((small / s) * (Math.max(a, b) / TWO_PI))
    return root * exp(u + v - rest)
  }
  const value = beta(a, b)
  const powers = pow(x, a) * complementPower(x, b)
  if (value < Infinity && value > 1e-290 && powers > 1e-290) return powers / value
  if (b >= 10 && a < 10) return exp(a * log(x) + b * log1p(-x) - lgamma(a) - logGammaRatio(a, b))
  if (a >= 10 && b < 10) return exp(a * log(x) + b * log1p(-x) - lgamma(b) - logGammaRatio(b, a))
  return exp(a * log(x) + b * log1p(-x) - lbeta(a, b))
}

/** The continued fraction, for x < (a+1)/(a+b+2): I_x = prefix/a · fraction. */
function fraction(a: number, b: number, x: number): number {
  const guard = (v: number) => (v === 0 ? 1e-300 : v)
  let c = 1
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let m = 1; m < 200000; m++) {
    const even = ((m * (b - m)) / (a + 2 * m - 1)) * (x / (a + 2 * m))
    d = 1 / guard(1 + even * d)
    c = guard(1 + even / c)
    h *= d * c
    const odd = -((a + m) / (a + 2 * m)) * ((a + b + m) / (a + 2 * m + 1)) * x
    d = 1 / guard(1 + odd * d)
    c = guard(1 + odd / c)
    const step = d * c
    h *= step
    if (Math.abs(step - 1) < 2e-16) break
  }
  return h
}

/** The smaller side where it lies on the slow side of the fraction: its power series for b ≤ 1 (DLMF 8.17.7), all terms positive. */
function rare(a: number, b: number, x: number, difference: number): number {
  if (x > 0.999 || difference === 0) return difference
  if (b > 1) return (betaPrefix(a, b, x) / a) * fraction(a, b, x)
  let factor = 1
  let sum = 1 / a
  for (let n = 1; n < 50000; n++) {
    factor *= ((n - b) / n) * x
    const term = factor / (a + n)
    sum += term
    if (term < 1e-18 * sum) break
  }
  return (pow(x, a) * sum) / beta(a, b)
}

/** [I, 1−I] for a and b above 10^10: the normal tail and Temme's first term (Temme 1982). */
function uniform(a: number, b: number, x: number): [number, number] {
  const s = a + b
  const p = a / s
  const q = b / s
  const shift = x - p
  const half = -(p * log1pmx(shift / p) + q * log1pmx(-shift / q))
  const z = Math.sqrt(s * half)
  const eta = shift < 0 ? -Math.sqrt(2 * half) : Math.sqrt(2 * half)
  const root = Math.sqrt(p * q)
  const correction = Math.abs(eta) < 1e-6 ? (q - p) / (3 * root) : root / shift - 1 / eta
  const rest = (exp(-s * half) / Math.sqrt(TWO_PI * s)) * correction
  return shift < 0 ? [0.5 * erfc(z) - rest, 0.5 * erfc(-z) + rest] : [0.5 * erfc(-z) - rest, 0.5 * erfc(z) + rest]
}

/** [I_x(a, b), 1 − I_x(a, b)]. */
function both(a: number, b: number, x: number): [number, number] {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return [NaN, NaN]
  if (x === 0) return [0, 1]
  if (x === 1) return [1, 0]
  if (a === Infinity || b === Infinity) return a === b ? [NaN, NaN] : a === Infinity ? [0, 1] : [1, 0]
  if (a > 1e10 && b > 1e10) return uniform(a, b, x)
  if (x <= (a + 1) / (a + b + 2)) {
    const lower = (betaPrefix(a, b, x) / a) * fraction(a, b, x)
    return [lower, lower > 0.9 ? rare(b, a, 1 - x, 1 - lower) : 1 - lower]
  }
  const upper = (betaPrefix(a, b, x) / b) * fraction(b, a, 1 - x)
  return [upper > 0.9 ? rare(a, b, x, 1 - upper) : 1 - upper, upper]
}

/** I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1; nan outside. */
export function betainc(a: number, b: number, x: number): number {
  return both(a, b, x)[0]
}

/** 1 − I_x(a, b). */
export function betaincc(a: number, b: number, x: number): number {
  return both(a, b, x)[1]
}

/** Where to start, given p and q = 1 - p: both ends by their leading power, the middle by a normal quantile (Abramowitz and Stegun 26.5.22). */
function start(a: number, b: number, p: number, q: number): number {
  if (a >= 1 && b >= 1) {
    const z = (p < 0.5 ? erfcinv(2 * p) : -erfcinv(2 * q)) * Math.SQRT2
    const l = (z * z - 3) / 6
    const h = 2 / (1 / (2 * a - 1) + 1 / (2 * b - 1))
    const w = (z * Math.sqrt(Math.max(h + l, 0))) / h - (1 / (2 * b - 1) - 1 / (2 * a - 1)) * (l + 5 / 6 - 2 / (3 * h))
    const x = a / (a + b * exp(2 * w))
    if (x > 0 && x < 1) return x
  }
  const logarithm = lbeta(a, b)
  const low = exp((log(p) + log(a) + logarithm) / a)
  if (low < 0.5 * ((a + 1) / (a + b + 2))) return low
  const high = -expm1((log(q) + log(b) + logarithm) / b)
  return high > 0 && high < 1 ? Math.max(high, 0.5) : a / (a + b)
}

/** The x with I_x(a, b) = p, which is 1/2 or less but for rounding, given q = 1 - p too, which may have digits that p has not. */
function solved(a: number, b: number, p: number, q: number): number {
  let low = 0
  let high = 0.75
  let x = Math.min(start(a, b, p, q), 0.5)
  if (x === 0) return 0
  for (let i = 0; i < 200; i++) {
    const [lower, upper] = both(a, b, x)
    const useLower = lower < 0.5
    const excess = useLower ? lower - p : q - upper
    if (excess === 0) return x
    if (excess > 0) high = x
    else low = x
    const slope = betaPrefix(a, b, x) / (x * (1 - x))
    const value = useLower ? lower : upper
    let next = NaN
    if (slope > 0 && value > 0) {
      const wanted = useLower ? p : q
      const step = ((useLower ? 1 : -1) * log(value / wanted) * value) / slope
      const bend = (a - 1) / x - (b - 1) / (1 - x) - (useLower ? slope / value : -slope / value)
      const halley = 1 - 0.5 * step * bend
      next = x - step / (halley > 0.5 && halley < 2 ? halley : 1)
    }
    if (next === x) return x
    if (!(next > low && next < high)) next = low > 0 && high > 4 * low ? Math.sqrt(low * high) : 0.5 * (low + high)
    if (Math.abs(next - x) <= 1e-12 * x || high - low <= 2e-16 * x) return next
    x = next
  }
  return x
}

/** [x, 1 - x] with I_x(a, b) = p, each with its own digits: the one below 1/2 is solved for. */
function inverses(a: number, b: number, p: number): [number, number] {
  if (!(a > 0 && b > 0 && p >= 0 && p <= 1) || a === Infinity || b === Infinity) return [NaN, NaN]
  if (p === 0 || p === 1) return [p, 1 - p]
  const [lower, upper] = both(a, b, 0.5)
  if (lower < 0.5 ? p <= lower : 1 - p >= upper) {
    const x = solved(a, b, p, 1 - p)
    return [x, 1 - x]
  }
  const rest = solved(b, a, 1 - p, p)
  return [1 - rest, rest]
}

/** The x with I_x(a, b) = p; nan for p outside [0, 1]. */
export function betaincinv(a: number, b: number, p: number): number {
  return inverses(a, b, p)[0]
}

/** 1 - betaincinv(a, b, p), accurate where that is near 1. */
export function betaincinvRest(a: number, b: number, p: number): number {
  return inverses(a, b, p)[1]
}
