/**
 * Riemann's zeta function on the real line, and sin(πx)/(πx) with all its derivatives.
 * Zeta is Euler and Maclaurin's sum (DLMF 25.2.9) and reflection below 0 (DLMF 25.4.1); derivatives of sinc follow by the
 * recurrence of t·sinc t = sin t, upwards for t > n and downwards below, where each way is stable.
 * It must not know arrays or derivative rules.
 */
import { pow } from "../powers.ts"
import { exp, log } from "../elementary.ts"
import { gamma, lgamma } from "./gamma.ts"
import { hurwitzZeta } from "./digamma.ts"
import { cospi, sinpi } from "./polynomial.ts"

/** ζ(s): inf at 1, 0 at the negative even integers. */
export function zeta(s: number): number {
  if (s === 1) return Infinity
  if (s === 0) return -0.5
  if (s >= 0.5) return fromPole(s - 1)
  if (!(s > -Infinity)) return NaN
  const sine = sinpi(0.5 * s)
  if (sine === 0) return 0
  if (s > -170) return 2 * pow(2 * Math.PI, s - 1) * sine * gamma(1 - s) * fromPole(-s)
  return 2 * sine * exp(lgamma(1 - s) + (s - 1) * log(2 * Math.PI))
}

/** (2k)!/B(2k). */
const MACLAURIN = [12, -720, 30240, -1209600, 47900160, -1892437580.3183792, 74724249600, -2950130727918.1643]

/** ζ(1+t) for t ≥ -1/2: the distance to the pole is the argument, so that it keeps its digits. */
function fromPole(t: number): number {
  if (t > 9) return hurwitzZeta(1 + t, 1)
  const s = 1 + t
  const w = 14
  let rest = 0
  let factor = s / w
  for (let i = 0; i < MACLAURIN.length; i++) {
    rest += factor / MACLAURIN[i]!
    factor *= (((s + 2 * i + 1) / w) * (s + 2 * i + 2)) / w
  }
  let sum = pow(w, -s) * (rest + 0.5)
  for (let k = w - 1; k >= 1; k--) sum += pow(k, -s)
  return sum + pow(w, -t) / t
}

/** sin(πx)/(πx), 1 at 0. */
export function sinc(x: number): number {
  if (Math.abs(x) === Infinity) return 0
  return x === 0 ? 1 : sinpi(x) / (Math.PI * x)
}

/** The n-th derivative of sinc at x, for integers n ≥ 0. */
export function sincDerivative(n: number, x: number): number {
  if (n === 0) return sinc(x)
  if (!(n > 0) || Math.floor(n) !== n || Number.isNaN(x)) return NaN
  const t = Math.PI * Math.abs(x)
  const sign = x < 0 && n % 2 === 1 ? -1 : 1
  if (t === Infinity) return 0
  const value = t > n ? upwards(n, t, Math.abs(x)) : downwards(n, t, Math.abs(x))
  return sign * value * pow(Math.PI, n)
}

/** The k-th derivative of sin at t = πx. */
function sineDerivative(k: number, x: number): number {
  const r = k % 4
  return r === 0 ? sinpi(x) : r === 1 ? cospi(x) : r === 2 ? -sinpi(x) : -cospi(x)
}

function upwards(n: number, t: number, x: number): number {
  let f = sinpi(x) / t
  for (let k = 1; k <= n; k++) f = (sineDerivative(k, x) - k * f) / t
  return f
}

/** From so far up that t^k/k! has made the start irrelevant. */
function downwards(n: number, t: number, x: number): number {
  let top = n
  for (let shrink = 1; shrink > 1e-20 && top < n + 2000;) shrink *= t / ++top
  let f = 0
  for (let k = top + 1; k > n; k--) f = (sineDerivative(k, x) - t * f) / k
  return f
}
