/**
 * Modified Bessel functions of integer order, In and Kn, and the same with their exponential taken out.
 * Orders 0 and 1 are power series for small arguments (DLMF 10.25.2, 10.31.2) and Chebyshev series beyond; higher orders follow by
 * recurrence, Kn upwards and In by the continued fraction of In/In-1 (DLMF 10.33.1). All terms are positive: relative accuracy throughout.
 * It must not know arrays or derivatives.
 */
import { pow } from "../powers.ts"
import { mostOrder } from "./bessel.ts"
import { exp, log } from "../elementary.ts"
import { gamma } from "./gamma.ts"
import { chebyshev, polynomial } from "./polynomial.ts"
import * as series from "./modified-bessel-table.ts"

const EULER = 0.5772156649015329

/** 1/(k!)², 1/(k!(k+1)!), and these with the harmonic numbers of K0 and K1 (half the sum of both for K1). */
const I0_SERIES: number[] = []
const I1_SERIES: number[] = []
const K0_SERIES: number[] = []
const K1_SERIES: number[] = []
{
  let factor = 1
  let harmonic = 0
  for (let k = 0; k < 26; k++) {
    if (k > 0) {
      factor /= k * k
      harmonic += 1 / k
    }
    I0_SERIES.push(factor)
    I1_SERIES.push(factor / (k + 1))
    K0_SERIES.push(factor * harmonic)
    K1_SERIES.push((factor / (k + 1)) * (harmonic + 0.5 / (k + 1)))
  }
}

/** e^−|x| I0(x). */
export function besselI0e(x: number): number {
  const a = Math.abs(x)
  if (a <= 8) return polynomial(0.25 * a * a, I0_SERIES) * exp(-a)
  return chebyshev(16 / a - 1, series.I0_LARGE) / Math.sqrt(a)
}

/** e^−|x| I1(x). */
export function besselI1e(x: number): number {
  const a = Math.abs(x)
  const value =
    a <= 8
      ? 0.5 * a * polynomial(0.25 * a * a, I1_SERIES) * exp(-a)
      : chebyshev(16 / a - 1, series.I1_LARGE) / Math.sqrt(a)
  return x < 0 ? -value : value
}

/** value·e^x, where only the product may be out of range. */
function raised(value: number, x: number): number {
  if (x < 700) return value * exp(x)
  return value === 0 ? 0 : value * exp(0.5 * x) * exp(0.5 * x)
}

export function besselI0(x: number): number {
  const a = Math.abs(x)
  return a <= 8 ? polynomial(0.25 * a * a, I0_SERIES) : a === Infinity ? a : raised(besselI0e(a), a)
}

export function besselI1(x: number): number {
  const a = Math.abs(x)
  if (a <= 8) return 0.5 * x * polynomial(0.25 * a * a, I1_SERIES)
  return a === Infinity ? x : raised(besselI1e(x), a)
}

/** e^x K0(x): inf at 0, nan below. */
export function besselK0e(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN
  if (x <= 1) return smallK0(x) * exp(x)
  return largeK(x, series.K0_MIDDLE, series.K0_LARGE)
}

/** e^x K1(x): inf at 0, nan below. */
export function besselK1e(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN
  if (x <= 1) return smallK1(x) * exp(x)
  return largeK(x, series.K1_MIDDLE, series.K1_LARGE)
}

function largeK(x: number, middle: readonly number[], large: readonly number[]): number {
  return (x <= 3 ? chebyshev(x - 2, middle) : chebyshev(6 / x - 1, large)) / Math.sqrt(x)
}

function smallK0(x: number): number {
  const t = 0.25 * x * x
  return polynomial(t, K0_SERIES) - (log(0.5 * x) + EULER) * polynomial(t, I0_SERIES)
}

function smallK1(x: number): number {
  const t = 0.25 * x * x
  return 1 / x + 0.5 * x * ((log(0.5 * x) + EULER) * polynomial(t, I1_SERIES) - polynomial(t, K1_SERIES))
}

export function besselK0(x: number): number {
  return x > 0 && x <= 1 ? smallK0(x) : x === Infinity ? 0 : besselK0e(x) * exp(-x)
}

export function besselK1(x: number): number {
  return x > 0 && x <= 1 ? smallK1(x) : x === Infinity ? 0 : besselK1e(x) * exp(-x)
}

/** e^x Kn(x) for any integer n. */
export function besselKe(n: number, x: number): number {
  const order = Math.abs(n)
  if (Math.floor(n) !== n || order > mostOrder) return NaN
  if (order === 0) return besselK0e(x)
  let at = besselK1e(x)
  let below = order === 1 ? 0 : besselK0e(x)
  for (let k = 1; k < order && at < Infinity; k++) {
    const above = below + ((2 * k) / x) * at
    below = at
    at = above
  }
  return at
}

/** Kn(x) for any integer n: inf at 0, nan below and for other n. */
export function besselK(n: number, x: number): number {
  if (n === 0) return besselK0(x)
  if (n === 1 || n === -1) return besselK1(x)
  if (x > 0 && x <= 1) return besselKe(n, x) * exp(-x)
  const scaled = besselKe(n, x)
  return scaled === Infinity && x > 1 ? scaled : x === Infinity ? 0 : scaled * exp(-0.5 * x) * exp(-0.5 * x)
}

/** e^−|x| In(x) for any integer n. */
export function besselIe(n: number, x: number): number {
  const order = Math.abs(n)
  if (Math.floor(n) !== n || order > mostOrder || Number.isNaN(x)) return NaN
  if (order === 0) return besselI0e(x)
  if (order === 1) return besselI1e(x)
  const a = Math.abs(x)
  if (a === 0 || a === Infinity) return 0
  if (0.25 * a * a < order + 1 && order <= 170) {
    const leading = pow(0.5 * a, order) / gamma(order + 1)
    return (x < 0 && order % 2 === 1 ? -leading : leading) * seriesI(order, 0.25 * a * a) * exp(-a)
  }
  const value = a > 30 && a > order * order ? hankelI(order, a) : besselI0e(a) * ratioToI0(order, a)
  return x < 0 && order % 2 === 1 ? -value : value
}

/** n! (x/2)^−n In(x) as a series in t = x²/4, for t < n+1 (DLMF 10.25.2). */
function seriesI(n: number, t: number): number {
  let term = 1
  let sum = 1
  for (let k = 1; term > 1e-18 * sum; k++) {
    term *= t / (k * (n + k))
    sum += term
  }
  return sum
}

/** e^−x In(x) √(2πx)/√(2πx) by Hankel's expansion (DLMF 10.40.1), for x > n². */
function hankelI(n: number, x: number): number {
  const mu = 4 * n * n
  let term = 1
  let sum = 1
  for (let k = 1; k < 60; k++) {
    const odd = 2 * k - 1
    const next = (-term * ((mu - odd * odd) / (8 * k))) / x
    if (Math.abs(next) >= Math.abs(term) && k > n) break
    term = next
    sum += term
    if (Math.abs(term) < 1e-17 * Math.abs(sum)) break
  }
  return sum / Math.sqrt(2 * Math.PI * x)
}

/** In/I0 as the product of In/In-1 … I1/I0, each from the one above it (started where it no longer matters). */
function ratioToI0(n: number, x: number): number {
  const start = Math.ceil(Math.sqrt(n * n + 80 * x)) + 20
  let ratio = 0
  let product = 1
  for (let k = start; k >= 1; k--) {
    ratio = 1 / ((2 * k) / x + ratio)
    if (k <= n) product *= ratio
  }
  return product
}

/** In(x) for any integer n; nan for other n. */
export function besselI(n: number, x: number): number {
  if (n === 0) return besselI0(x)
  if (n === 1 || n === -1) return besselI1(x)
  if (Math.abs(x) === Infinity && Math.abs(n) <= mostOrder) return x < 0 && n % 2 !== 0 ? -Infinity : Infinity
  return raised(besselIe(n, x), Math.abs(x))
}
