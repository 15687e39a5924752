/**
 * Cube roots, and powers and logarithms to other bases: for scalars and arrays, in every tier.
 * All are less than 0.7 ulp off but log2, which is less than 0.8. It must not know arrays; nothing here calls the host's Math beyond abs and floor, so the bits are
 * those of every platform.
 */

import { logRest, POWER } from "./elementary.ts"
import { upperHalf } from "./exact.ts"
import { double, LEAST_NORMAL, LIFT, ROUND, scaled, words, type Pair } from "./powers.ts"

/** log10 2 in a part of 32 bits, whose multiples by exponents are exact, and a rest; and 1. */
const LOG10_2: Pair = { high: 0.3010299955494702, low: 1.1451100898021838e-10 }
const ONE: Pair = { high: 1, low: 0 }
/** 1/ln 2 and 1/ln 10, each in a part of 26 bits and a rest. */
const LOG2_E: Pair = { high: 1.4426950514316559, low: -1.0542692476429138e-8 }
const LOG10_E: Pair = { high: 0.4342944845557213, low: -2.6524694553078553e-9 }
const NATURAL_2 = 0.6931471805599453

/**
 * k · unit + ln(x 2^-k) · factor, where k is the exponent nearest to log2 x, plus `shift` times the unit: k · unit.high is exact, the logarithm is f − f²/2 with
 * its upper half apart plus a rest (FDLIBM's, as FreeBSD has it for other bases), and only the last addition rounds by half a unit.
 */
function scaledLog(x: number, shift: number, unit: Pair, factor: Pair): number {
  double[0] = x
  const k = ((words[1]! + 0x95f62) >> 20) - 1023
  const f = x * POWER[1074 - k]! - 1
  const half = 0.5 * f * f
  const s = f / (2 + f)
  const high = upperHalf(f - half)
  const low = f - high - half + s * (half + logRest(s * s))
  const product = high * factor.high
  const n = k + shift
  const whole = n * unit.high
  const sum = whole + product
  return sum + (whole - sum + product + (n * unit.low + (low + high) * factor.low + low * factor.high))
}

/** log2 x: exact for powers of 2; -inf at 0, nan below. */
export function log2(x: number): number {
  if (x >= LEAST_NORMAL && x < Infinity) return scaledLog(x, 0, ONE, LOG2_E)
  return x > 0 && x < Infinity ? scaledLog(x * LIFT, -54, ONE, LOG2_E) : logEdge(x)
}

/** log10 x: exact for powers of 10 that are doubles; -inf at 0, nan below. */
export function log10(x: number): number {
  if (x >= LEAST_NORMAL && x < Infinity) return scaledLog(x, 0, LOG10_2, LOG10_E)
  return x > 0 && x < Infinity ? scaledLog(x * LIFT, -54, LOG10_2, LOG10_E) : logEdge(x)
}

function logEdge(x: number): number {
  return x === 0 ? -Infinity : x > 0 ? x : NaN
}

/** 2^x. */
export function exp2(x: number): number {
  if (!(x > -1075.5 && x < 1024)) return x >= 1024 ? Infinity : x <= -1075.5 ? 0 : NaN
  const n = 128 * x + ROUND - ROUND
  return scaled(n, NATURAL_2 * (x - n * 0.0078125))
}

/** The cube root, exact where it is a double. */
export function cbrt(x: number): number {
  const a = Math.abs(x)
  if (!(a >= LEAST_NORMAL && a < Infinity)) return cbrtEdge(x)
  double[0] = a
  const biased = words[1]! >> 20
  const third = (biased * 21846) >> 16
  const m = a * POWER[2097 - biased]!
  // The cube root of m in [1, 2) to 22 bits, a Chebyshev fit with error 2.4e-7; then Halley's step, from 26 bits whose square is exact.
  const m2 = m * m
  const low = 0.44864263080415745 + m * 0.9437338117552575 + m2 * (-0.655068561722188 + m * 0.3751475301420356)
  const fit = low + m2 * m2 * (-0.13924853171031618 + m * 0.029496704251914946 + m2 * -0.002703333870412061)
  const t = upperHalf(fit * CBRTS[biased - 3 * third]! * POWER[third + 733]!)
  const q = a / (t * t)
  const root = t + t * ((q - t) / (t + t + q))
  return x < 0 ? -root : root
}

/** The cube roots of 1, 2 and 4. */
const CBRTS = new Float64Array([1, 1.2599210498948732, 1.5874010519681996])

/** The cube root of a number below the normal ones, zero, infinite or nan. */
function cbrtEdge(x: number): number {
  return x === 0 || x - x !== 0 ? x : cbrt(x * LIFT) * 3.814697265625e-6
}
