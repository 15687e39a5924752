/**
 * Bessel functions of integer order, Jn and Yn.
 * Orders 0 and 1 are FDLIBM's rational fits (Hankel's amplitudes above 2); higher orders follow by recurrence, upwards where that is
 * stable and by a continued fraction downwards where not (DLMF 10.6, 10.74(iv)). Relative accuracy away from the zeros, absolute near.
 * It must not know arrays or derivatives.
 */
import { log } from "../elementary.ts"
import { sin, cos } from "../circle.ts"
import { polynomial } from "./polynomial.ts"
import * as fit from "./bessel-table.ts"

const INV_SQRT_PI = 0.5641895835477563
const TWO_OVER_PI = 0.6366197723675814

type Fits = readonly (readonly [readonly number[], readonly number[]])[]

/** R/S of the amplitude whose fits are given, for x ≥ 2. */
function amplitude(x: number, fits: Fits): number {
  const [up, down] = fits[x >= 8 ? 0 : x >= 4.54545 ? 1 : x >= 2.85714 ? 2 : 3]!
  const z = 1 / (x * x)
  return polynomial(z, up) / polynomial(z, down)
}

/** √(πx/2)·√2 times cos(x−π/4) and sin(x−π/4), both without cancellation (cos² − sin² gives the smaller from the larger). */
function quarterTurn(x: number): [number, number] {
  const s = sin(x)
  const c = cos(x)
  let cosine = c + s
  let sine = s - c
  if (x < 8e307) {
    const z = -cos(x + x)
    if (s * c < 0) cosine = z / sine
    else sine = z / cosine
  }
  return [cosine, sine]
}

/** J0(x) and Y0(x) for x ≥ 2. */
function large0(x: number, wantY: boolean): number {
  const [c, s] = quarterTurn(x)
  const scale = INV_SQRT_PI / Math.sqrt(x)
  if (x > 1e17) return scale * (wantY ? s : c)
  const p = 1 + amplitude(x, fit.P0)
  const q = (-0.125 + amplitude(x, fit.Q0)) / x
  return scale * (wantY ? p * s + q * c : p * c - q * s)
}

/** J1(x) and Y1(x) for x ≥ 2; its phase is a quarter turn behind. */
function large1(x: number, wantY: boolean): number {
  const [c, s] = quarterTurn(x)
  const scale = INV_SQRT_PI / Math.sqrt(x)
  if (x > 1e17) return scale * (wantY ? -c : s)
  const p = 1 + amplitude(x, fit.P1)
  const q = (0.375 + amplitude(x, fit.Q1)) / x
  return scale * (wantY ? q * s - p * c : p * s + q * c)
}

export function besselJ0(x: number): number {
  const a = Math.abs(x)
  if (a === Infinity) return 0
  if (a >= 2) return large0(a, false)
  const z = a * a
  const rest = (z * polynomial(z, fit.J0_UP)) / polynomial(z, fit.J0_DOWN)
  return a < 1 ? 1 + z * (rest - 0.25) : (1 + 0.5 * a) * (1 - 0.5 * a) + z * rest
}

export function besselJ1(x: number): number {
  const a = Math.abs(x)
  if (a === Infinity) return x < 0 ? -0 : 0
  if (a >= 2) return x < 0 ? -large1(a, false) : large1(a, false)
  const z = x * x
  return 0.5 * x + (x * z * polynomial(z, fit.J1_UP)) / polynomial(z, fit.J1_DOWN)
}

/** Y0(x): -inf at 0, nan below. */
export function besselY0(x: number): number {
  if (x === 0) return -Infinity
  if (!(x > 0)) return NaN
  if (x === Infinity) return 0
  if (x >= 2) return large0(x, true)
  const z = x * x
  return polynomial(z, fit.Y0_UP) / polynomial(z, fit.Y0_DOWN) + TWO_OVER_PI * besselJ0(x) * log(x)
}

/** Y1(x): -inf at 0, nan below. */
export function besselY1(x: number): number {
  if (x === 0) return -Infinity
  if (!(x > 0)) return NaN
  if (x === Infinity) return 0
  if (x >= 2) return large1(x, true)
  const z = x * x
  const smooth = (x * polynomial(z, fit.Y1_UP)) / polynomial(z, fit.Y1_DOWN)
  return smooth + TWO_OVER_PI * (besselJ1(x) * log(x) - 1 / x)
}

/** Orders up to this size are computed, by recurrences of so many steps; others are nan. */
export const mostOrder = 100_000

/** Jn(x) for any integer n up to `mostOrder` in size; nan for other n. */
export function besselJ(n: number, x: number): number {
  if (Math.floor(n) !== n || Number.isNaN(x) || !(Math.abs(n) <= mostOrder)) return NaN
  if (n < 0) return n % 2 === 0 ? besselJ(-n, x) : -besselJ(-n, x)
  if (n === 0) return besselJ0(x)
  if (n === 1) return besselJ1(x)
  const a = Math.abs(x)
  const sign = x < 0 && n % 2 === 1 ? -1 : 1
  if (a === 0 || a === Infinity) return 0
  if (n <= a) return sign * upwards(n, a, besselJ0(a), besselJ1(a))
  if (a * a < 1e-16 * n) {
    let product = 1
    for (let k = 1; k <= n && product !== 0; k++) product *= (0.5 * a) / k
    return sign * product
  }
  return sign * downwards(n, a)
}

function upwards(n: number, x: number, f0: number, f1: number): number {
  let below = f0
  let at = f1
  for (let k = 1; k < n && at !== -Infinity; k++) {
    const above = ((2 * k) / x) * at - below
    below = at
    at = above
  }
  return at
}

/** Jn for n > x: the ratio Jn/Jn-1 by its continued fraction, then down to J0 or J1, whichever is larger. */
function downwards(n: number, x: number): number {
  const h = 2 / x
  let w = n * h
  let q0 = w
  let z = w + h
  let q1 = w * z - 1
  let terms = 1
  while (q1 < 1e17) {
    terms++
    z += h
    const q = z * q1 - q0
    q0 = q1
    q1 = q
  }
  let t = 0
  for (let k = n + terms; k >= n; k--) t = 1 / (k * h - t)
  w = t
  let above = t
  let at = 1
  for (let k = n - 1; k > 0; k--) {
    const below = k * h * at - above
    above = at
    at = below
    if (Math.abs(at) > 1e100) {
      above /= at
      w /= at
      at = 1
    }
  }
  const f0 = besselJ0(x)
  const f1 = besselJ1(x)
  return Math.abs(f0) >= Math.abs(f1) ? (w * f0) / at : (w * f1) / above
}

/** Yn(x) for any integer n; -inf at 0, nan below and for other n. */
export function besselY(n: number, x: number): number {
  if (Math.floor(n) !== n || Number.isNaN(x) || !(Math.abs(n) <= mostOrder)) return NaN
  if (n < 0) return n % 2 === 0 ? besselY(-n, x) : -besselY(-n, x)
  if (n === 0) return besselY0(x)
  if (n === 1 || !(x > 0) || x === Infinity) return besselY1(x)
  return upwards(n, x, besselY0(x), besselY1(x))
}
