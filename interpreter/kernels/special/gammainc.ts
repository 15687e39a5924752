/**
 * The regularised incomplete gamma functions P and Q and their inverses.
 * Series and continued fraction (DLMF 8.7.1, 8.9.2), Temme's uniform expansion where a is large and x near it (DLMF 8.12), each used
 * for the one of P and Q it gives without cancellation; inverses by Newton steps on the smaller tail, kept in a bracket.
 * It must not know arrays or derivatives.
 */
import { pow } from "../powers.ts"
import { exp, expm1, log } from "../elementary.ts"
import { erfc, erfcinv } from "./erf.ts"
import { gamma, lgamma, lgamma1p, stirlingRest } from "./gamma.ts"
import { log1pmx } from "./logs.ts"
import { polynomial } from "./polynomial.ts"
import { quotientPower } from "./power.ts"
import { TEMME } from "./temme-table.ts"

const TWO_PI = 6.283185307179586
const TEMME_FROM = 100

/** x^a e^−x / Γ(a+1). */
export function gammaPrefix(a: number, x: number): number {
  if (x === 0) return a === 0 ? 1 : 0
  if (x === Infinity) return 0
  if (a < 10) {
    if (x > 1500) return 0
    const half = exp(-0.5 * x)
    return ((half * pow(x, a)) / gamma(a + 1)) * half
  }
  const t = (x - a) / a
  const scale = exp(-stirlingRest(a)) / Math.sqrt(TWO_PI * a)
  if (a < 200 && x > 1e-2 * a && x < 600) {
    const d = a - x
    const lost = a >= x ? a - d - x : a - (d + x)
    return scale * quotientPower(x, a, a) * exp(d) * (1 + lost)
  }
  if (t < -0.5) return scale * exp(a * log(x / a) + (a - x))
  return scale * exp(a * log1pmx(t))
}

/** P by its series of positive terms, for x not far above a. */
function seriesP(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; n < 10000; n++) {
    term *= x / (a + n)
    sum += term
    if (term < 1e-17 * sum) break
  }
  return sum * gammaPrefix(a, x)
}

/** Q by its continued fraction (Lentz's method), for x above 1 and not below a. */
function fractionQ(a: number, x: number): number {
  let b = x + 1 - a
  let c = Infinity
  let d = 1 / b
  let h = d
  for (let k = 1; k < 10000; k++) {
    const an = -k * (k - a)
    b += 2
    d = an * d + b
    if (d === 0) d = 1e-300
    c = b + an / c
    if (c === 0) c = 1e-300
    d = 1 / d
    const step = c * d
    h *= step
    if (Math.abs(step - 1) < 2e-16) break
  }
  return h * a * gammaPrefix(a, x)
}

/** Q for x ≤ 1.1, where 1 − P would cancel for small a: 1 − x^a/Γ(a+1) and the rest of the series apart. */
function smallQ(a: number, x: number): number {
  let factor = 1
  let sum = 0
  for (let n = 1; n < 60; n++) {
    factor *= -x / n
    const term = factor / (a + n)
    sum += term
    if (Math.abs(term) < 1e-18 * Math.abs(sum)) break
  }
  const exponent = a * log(x) - lgamma1p(a)
  return -expm1(exponent) - a * exp(exponent) * sum
}

/** [P, Q] by Temme's expansion. */
function temme(a: number, x: number): [number, number] {
  const t = (x - a) / a
  const half = -log1pmx(t)
  const eta = t < 0 ? -Math.sqrt(2 * half) : Math.sqrt(2 * half)
  let sum = 0
  for (let k = TEMME.length - 1; k >= 0; k--) sum = sum / a + polynomial(eta, TEMME[k]!)
  const rest = (exp(-a * half) / Math.sqrt(TWO_PI * a)) * sum
  const z = Math.sqrt(a * half)
  return t < 0 ? [0.5 * erfc(z) - rest, 0.5 * erfc(-z) + rest] : [0.5 * erfc(-z) - rest, 0.5 * erfc(z) + rest]
}

/** [P(a, x), Q(a, x)]; nan for a < 0, x < 0 and a = x = 0. */
function both(a: number, x: number): [number, number] {
  if (!(a >= 0) || !(x >= 0)) return [NaN, NaN]
  if (a === 0) return x === 0 ? [NaN, NaN] : [1, 0]
  if (a === Infinity) return x === Infinity ? [NaN, NaN] : [0, 1]
  if (x === 0) return [0, 1]
  if (x === Infinity) return [1, 0]
  if (a > TEMME_FROM && Math.abs(x - a) < 0.3 * a) return temme(a, x)
  if (a > 1e8) return x < a ? [0, 1] : [1, 0]
  if (x > 1.1) {
    if (x < a) return complement(seriesP(a, x))
    const q = fractionQ(a, x)
    return [1 - q, q]
  }
  if (x <= 0.5 ? -0.4 / log(x) < a : 1.1 * x < a) return complement(seriesP(a, x))
  const q = smallQ(a, x)
  return [q > 0.5 ? seriesP(a, x) : 1 - q, q]
}

function complement(p: number): [number, number] {
  return [p, 1 - p]
}

/** P(a, x) = γ(a, x)/Γ(a), the lower one. */
export function gammainc(a: number, x: number): number {
  return both(a, x)[0]
}

/** Q(a, x) = Γ(a, x)/Γ(a), the upper one. */
export function gammaincc(a: number, x: number): number {
  return both(a, x)[1]
}

/** The x with P(a, x) = p; 0 at p = 0, inf at p = 1, nan outside. */
export function gammaincinv(a: number, p: number): number {
  if (!(a > 0) || !(p >= 0 && p <= 1) || a === Infinity) return NaN
  if (p === 0) return 0
  if (p === 1) return Infinity
  return invert(a, p, 1 - p)
}

/** The x with Q(a, x) = q. */
export function gammainccinv(a: number, q: number): number {
  if (!(a > 0) || !(q >= 0 && q <= 1) || a === Infinity) return NaN
  if (q === 1) return 0
  if (q === 0) return Infinity
  return invert(a, 1 - q, q)
}

/** Where to start: the leading power for small p, an exponential tail for small q and a, Wilson and Hilferty's cube else. */
function start(a: number, p: number, q: number): number {
  const power = exp((log(p) + lgamma1p(a)) / a)
  if (p < 0.5 && power < 0.3 * (a + 1)) return power * (1 + power / (a + 1))
  if (a < 1) {
    const y = -log(q) - lgamma(a)
    return y > 1 ? Math.max(y + (a - 1) * log(y), 0.1) : Math.max(power, 1e-300)
  }
  const z = p < q ? -erfcinv(2 * p) * Math.SQRT2 : erfcinv(2 * q) * Math.SQRT2
  const s = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a))
  return s > 0.1 ? a * s * s * s : power
}

function invert(a: number, p: number, q: number): number {
  const useLower = p <= q
  const wanted = useLower ? p : q
  let low = 0
  let high = Infinity
  let x = start(a, p, q)
  if (!(x > 0)) return p < 0.5 ? 0 : x
  for (let i = 0; i < 100; i++) {
    const [lower, upper] = both(a, x)
    const value = useLower ? lower : upper
    // Positive where x is too large.
    const excess = useLower ? value - wanted : wanted - value
    if (excess === 0) return x
    if (excess > 0) high = x
    else low = x
    const density = (a * gammaPrefix(a, x)) / x
    let next: number
    if (density > 0 && value > 0) {
      // Newton on the logarithm of the tail, which is far straighter than the tail itself, with Halley's second order.
      const slope = density / value
      const gap = log(value / wanted) * (useLower ? 1 : -1)
      const bend = (a - 1) / x - 1 - (useLower ? slope : -slope)
      const step = gap / slope
      const halley = 1 - 0.5 * step * bend
      next = x - step / (halley > 0.5 && halley < 2 ? halley : 1)
    } else next = NaN
    if (next === x) return x
    if (!(next > low && next < high)) next = high === Infinity ? 2 * x : low === 0 ? 0.5 * high : 0.5 * (low + high)
    // A step of 1e-11 means that the next one would be far below rounding.
    if (Math.abs(next - x) <= 1e-11 * x || high - low <= 2e-16 * x) return next
    x = next
  }
  return x
}
