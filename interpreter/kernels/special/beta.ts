/**
 * Euler's beta function and its logarithm.
 * Large arguments never subtract large lgammas: Stirling's main terms cancel by hand and only the small rests remain (DiDonato and
 * Morris 1992, TOMS 708, `betaln` and `algdiv`).
 * It must not know arrays or derivatives.
 */
import { pow } from "../powers.ts"
import { exp, expm1, log, log1p } from "../elementary.ts"
import { digamma } from "./digamma.ts"
import { quotientPower } from "./power.ts"
import { log1pmx } from "./logs.ts"
import { gamma, gammaSign, lgamma, stirlingRest } from "./gamma.ts"

const HALF_LOG_TWO_PI = 0.9189385332046727
const SQRT_TWO_PI = 2.5066282746310007

/** ln(Γ(b)/Γ(a+b)) for b ≥ 10 and 0 ≤ a ≤ b, and without cancellation (TOMS 708 `algdiv`). */
export function logGammaRatio(a: number, b: number): number {
  const c = a + b
  const rest = stirlingRest(b) - stirlingRest(c)
  return rest - (b - 0.5) * log1p(a / b) - a * (log(c) - 1)
}

/** ln B(a, b) for 0 < a ≤ b. */
function logBeta(a: number, b: number): number {
  if (b === Infinity) return -Infinity
  if (a >= 10) {
    // Both large: (a-1/2) ln(a/(a+b)) + b ln(b/(a+b)) − ln(b)/2 + ….
    const h = a / b
    const rest = stirlingRest(a) + (stirlingRest(b) - stirlingRest(a + b))
    const u = (a - 0.5) * log(h / (1 + h))
    const v = -b * log1p(h)
    return u + v - 0.5 * log(b) + HALF_LOG_TWO_PI + rest
  }
  if (b >= 10) return lgamma(a) + logGammaRatio(a, b)
  const value = (gamma(a) / gamma(a + b)) * gamma(b)
  return value < Infinity && value > 0 ? log(value) : lgamma(a) + (lgamma(b) - lgamma(a + b))
}

/** B(a, b) = Γ(a)Γ(b)/Γ(a+b), with the signs and poles this gives for negative arguments. */
export function beta(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN
  if (a > b) return beta(b, a)
  if (!(a > 0)) return betaReflected(a, b)
  if (b === Infinity) return 0
  // What a+b loses to rounding is put back through the derivative.
  const c = a + b
  const lost = a - (c - b)
  if (b < 10) {
    const head = gamma(a)
    if (head === Infinity) return 1 / a + 1 / b
    return (head / gamma(c)) * gamma(b) * (1 - lost * digamma(c))
  }
  const h = a / b
  if (a < 10) {
    const ratio = pow(c, -a) * (1 - (a * lost) / c) * Math.sqrt(1 + h)
    return gamma(a) * ratio * exp(stirlingRest(b) - stirlingRest(c) - b * log1pmx(h))
  }
  const rest = stirlingRest(a) + (stirlingRest(b) - stirlingRest(c))
  const root = SQRT_TWO_PI * Math.sqrt(1 / a + 1 / b)
  // (a/c)^a (b/c)^b; with b far larger the second power is e^-a times a factor near 1.
  if (h < 0.1) {
    const power = quotientPower(a, c, a) * (1 - (a * lost) / c)
    return root * power * exp(-a) * exp(rest - b * log1pmx(h))
  }
  if (c > 4000) return 0
  return root * quotientPower(a, c, a) * quotientPower(b, c, b) * (1 - lost) * (1 + expm1(rest))
}

function betaReflected(a: number, b: number): number {
  const c = a + b
  if (a === 0) return b > 0 || b === 0 ? Infinity : NaN
  // The poles of Γ(a) and Γ(a+b) at nonpositive integers cancel where b is a positive integer: B(a, b) = (-1)^b B(1-a-b, b).
  if (Math.floor(a) === a) {
    if (Math.floor(b) === b && b > 0 && c <= 0) return (b % 2 === 0 ? 1 : -1) * beta(1 - c, b)
    return NaN
  }
  if (c <= 0 && Math.floor(c) === c) return b <= 0 && Math.floor(b) === b ? NaN : 0
  if (b <= 0 && Math.floor(b) === b) return b === 0 ? 1 / b : NaN
  const sign = gammaSign(a) * gammaSign(b) * gammaSign(c)
  if (Math.abs(a) < 160 && Math.abs(b) < 160 && Math.abs(c) < 160) return (gamma(a) / gamma(c)) * gamma(b)
  return sign * exp(lbeta(a, b))
}

/** ln |B(a, b)|: no cancellation where both arguments are large. */
export function lbeta(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN
  if (a > 0 && b > 0) return a <= b ? logBeta(a, b) : logBeta(b, a)
  const value = a < b ? betaPole(a, b) : betaPole(b, a)
  if (value !== null) return value
  return lgamma(a) + lgamma(b) - lgamma(a + b)
}

/** ln |B| where some gamma has a pole; null where none has. */
function betaPole(a: number, b: number): number | null {
  const c = a + b
  const isPole = (x: number) => x <= 0 && Math.floor(x) === x
  if (isPole(a) || isPole(b)) {
    const v = Math.abs(betaReflected(a, b))
    return Number.isNaN(v) ? Infinity : log(v)
  }
  return isPole(c) ? -Infinity : null
}
