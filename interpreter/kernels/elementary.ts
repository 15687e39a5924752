/**
 * exp, log and their kin: the one implementation of each for scalars and arrays, in every tier.
 * Every function is a fixed sequence of additions, multiplications and divisions of doubles without branches that change the result,
 * so that the SIMD module, which runs the same sequence two lanes at a time, answers the same bits; see wasm/elementary.c.
 * It must not know arrays; nothing here calls the host's Math beyond abs and sqrt, so the bits are those of every platform.
 *
 * log and log1p follow FDLIBM's e_log.c and s_log1p.c: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed
 * at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely granted,
 * provided that this notice is preserved.
 */

import { expRoots } from "./elementary-table.ts"

/** Adding and subtracting this rounds to an integer, half to even. */
const ROUND = 6755399441055744
const LOG2_E = 1.4426950408889634
/** ln 2 in two parts; the first has 32 bits, so that its multiples by small integers are exact. */
const LN2_HIGH = 6.9314718036912381649e-1
const LN2_LOW = 1.9082149292705877e-10
/** The same for exp, in 128ths of ln 2, and (e^r − 1 − r)/r² on [-ln2/256, ln2/256] with error 9.4e-15. */
const LOG2_E_128 = 184.6649652337873
const LN2_HIGH_128 = 0.005415212348111709
const LN2_LOW_128 = 1.2864023111638346e-14
const E2 = 0.4999999999999906
const E3 = 0.16666666666666533
const E4 = 0.04166667686916893
const E5 = 0.00833333479083362
/** (e^r − 1 − r)/r² on [-ln2/2, ln2/2], a Chebyshev fit with error 1.4e-18. */
const C0 = 0.5
const C1 = 0.1666666666666667
const C2 = 0.04166666666666667
const C3 = 0.008333333333326112
const C4 = 0.001388888888888373
const C5 = 0.0001984126987490126
const C6 = 2.4801587325605324e-5
const C7 = 2.7557255297969643e-6
const C8 = 2.755727357010214e-7
const C9 = 2.5105259538448494e-8
const C10 = 2.0914717341716378e-9
/** FDLIBM's fit of (ln(1+f) − 2s)/s, s = f/(2+f), in s². */
const L1 = 6.66666666666673513e-1
const L2 = 3.999999999940941908e-1
const L3 = 2.857142874366239149e-1
const L4 = 2.222219843214978396e-1
const L5 = 1.818357216161805012e-1
const L6 = 1.531383769920937332e-1
const L7 = 1.479819860511658591e-1

/** 2^k at index k + 1074. */
export const POWER = new Float64Array(2098)
for (let k = 0, power = 2 ** -1074; k < POWER.length; k++, power *= 2) POWER[k] = power

const double = new Float64Array(1)
const words = new Int32Array(double.buffer)

/** e^r − 1 − r for |r| ≤ ln2/2, by Estrin's scheme. */
function expRest(r: number): number {
  const r2 = r * r
  const r4 = r2 * r2
  const low = C0 + C1 * r + r2 * (C2 + C3 * r)
  const middle = C4 + C5 * r + r2 * (C6 + C7 * r)
  const high = C8 + C9 * r + r2 * C10
  return r2 * (low + r4 * middle + r4 * r4 * high)
}

/** 2^(j/128) rounded, at 2j+1, and at 2j what the rounding lost, relative to it. */
export const ROOTS = expRoots()

/** e^x, correctly rounded but for about one argument in fifty, and then 1 ulp off (Tang 1989); subnormal results are rounded once. */
export function exp(x: number): number {
  if (x > -708 && x < 709) {
    const k = x * LOG2_E_128 + ROUND - ROUND
    const r = x - k * LN2_HIGH_128 - k * LN2_LOW_128
    const n = k | 0
    const j = 2 * (n & 127)
    const r2 = r * r
    const rest = ROOTS[j]! + r + r2 * (E2 + r * E3) + r2 * r2 * (E4 + r * E5)
    const scale = ROOTS[j + 1]! * POWER[(n >> 7) + 1074]!
    return scale + scale * rest
  }
  return expEdge(x)
}

/** e^x near and beyond the ends of the range, where 2^k alone leaves it: the power in two halves. */
function expEdge(x: number): number {
  if (x > 709.8) return Infinity
  if (x < -745.2) return 0
  if (Number.isNaN(x)) return NaN
  const k = x * LOG2_E_128 + ROUND - ROUND
  const r = x - k * LN2_HIGH_128 - k * LN2_LOW_128
  const j = 2 * (k & 127)
  const r2 = r * r
  const rest = ROOTS[j]! + r + r2 * (E2 + r * E3) + r2 * r2 * (E4 + r * E5)
  const value = ROOTS[j + 1]! + ROOTS[j + 1]! * rest
  const n = k >> 7
  return value * POWER[(n >> 1) + 1074]! * POWER[n - (n >> 1) + 1074]!
}

/** e^x − 1, with relative accuracy about 0. */
export function expm1(x: number): number {
  if (!(x > -708 && x < 709)) return x < 0 ? -1 : exp(x)
  if (x === 0) return x
  const k = x * LOG2_E + ROUND - ROUND
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const p = r + (high - r - low + expRest(r))
  const scale = POWER[k + 1074]!
  return scale * p + (scale - 1)
}

/** 1/(1+e^−x), with relative accuracy in both tails. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x))
  return (x < 0 ? e : 1) / (1 + e)
}

/** The hyperbolic tangent. */
export function tanh(x: number): number {
  const a = Math.abs(x)
  const t = expm1(-2 * (a < 30 ? a : a >= 30 ? 30 : NaN))
  const y = t / (2 + t)
  return x > 0 ? -y : x < 0 ? y : x
}

/** ln x: -inf at 0, nan below. Less than 1 ulp off. */
export function log(x: number): number {
  if (x >= 2.2250738585072014e-308 && x < Infinity) {
    double[0] = x
    const k = ((words[1]! + 0x95f62) >> 20) - 1023
    return logOf(x * POWER[1074 - k]! - 1, k, 0)
  }
  if (x > 0) return x === Infinity ? x : logSubnormal(x)
  return x === 0 ? -Infinity : NaN
}

function logSubnormal(x: number): number {
  const y = x * 18014398509481984
  double[0] = y
  const k = ((words[1]! + 0x95f62) >> 20) - 1023
  return logOf(y * POWER[1074 - k]! - 1, k - 54, 0)
}

/** ln(1+f) + k ln 2 + c for 1+f in [√½, √2]. */
function logOf(f: number, k: number, c: number): number {
  const half = 0.5 * f * f
  const s = f / (2 + f)
  return s * (half + logRest(s * s)) + (k * LN2_LOW + c) - half + f + k * LN2_HIGH
}

/** (2 atanh s − 2s)/s in z = s² up to 0.0295. */
export function logRest(z: number): number {
  const w = z * z
  const even = w * (L2 + w * (L4 + w * L6))
  const odd = z * (L1 + w * (L3 + w * (L5 + w * L7)))
  return even + odd
}

/** ln(u (1 + lost) 2^doublings) for a normal u and a tiny lost. */
export function logWith(u: number, lost: number, doublings: number): number {
  double[0] = u
  const k = ((words[1]! + 0x95f62) >> 20) - 1023
  return logOf(u * POWER[1074 - k]! - 1, k + doublings, lost)
}

/** ln(1+x): -inf at -1, nan below; relative accuracy about 0. */
export function log1p(x: number): number {
  if (x > -0.2928932188134525 && x < 0.41421356237309503) return x === 0 ? x : logOf(x, 0, 0)
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x === Infinity ? x : NaN
  const u = 1 + x
  return logWith(u, (x >= 1 ? 1 - (u - x) : x - (u - 1)) / u, 0)
}
