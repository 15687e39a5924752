/**
 * sin, cos and tan: the one implementation of each for scalars and arrays, in every tier.
 * The argument is reduced by π/2 in three exact parts below 2^20 quadrants and by integer arithmetic above (Payne and Hanek 1983);
 * the polynomials are FDLIBM's. The SIMD module runs the same sequence; see wasm/elementary.c.
 * It must not know arrays; nothing here calls the host's Math.
 *
 * The fits and the split of π/2 follow FDLIBM's k_sin.c, k_cos.c and e_rem_pio2.c: Copyright (C) 1993 by Sun Microsystems, Inc. All
 * rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved.
 */

import { upperHalf } from "./exact.ts"

const ROUND = 6755399441055744
const TWO_OVER_PI = 0.6366197723675814
/** π/2 in three parts of 33 bits and a rest. */
const P1 = 1.57079632673412561417
const P2 = 6.0771005063039659766e-11
const P3 = 2.0222662487111664558e-21
const P4 = 8.4784276603689e-32
const S1 = -1.66666666666666324348e-1
const S2 = 8.33333333332248946124e-3
const S3 = -1.98412698298579493134e-4
const S4 = 2.75573137070700676789e-6
const S5 = -2.50507602534068634195e-8
const S6 = 1.58969099521155010221e-10
const C1 = 4.16666666666666019037e-2
const C2 = -1.38888888888741095749e-3
const C3 = 2.48015872894767294178e-5
const C4 = -2.75573143513906633035e-7
const C5 = 2.0875723212981748279e-9
const C6 = -1.13596475577881948265e-11
/** Below this the quadrant has at most 20 bits and the three parts of π/2 give exact multiples. */
export const REDUCED_BELOW = 1600000

/** sin(x + y) for |x| ≤ π/4 and a tiny rest y. */
function sinKernel(x: number, y: number): number {
  const z = x * x
  const v = z * x
  const w = z * z
  const r = S2 + z * (S3 + z * S4) + z * w * (S5 + z * S6)
  return x - (z * (0.5 * y - v * r) - y - v * S1)
}

/** cos(x + y). */
function cosKernel(x: number, y: number): number {
  const z = x * x
  const w = z * z
  const r = z * (C1 + z * (C2 + z * C3)) + w * w * (C4 + z * (C5 + z * C6))
  const half = 0.5 * z
  const one = 1 - half
  return one + (1 - one - half + (z * r - x * y))
}

/** x − k π/2 by the parts that have exact multiples, and what that leaves out: the angle is their sum. */
function head(x: number, k: number): number {
  return x - k * P1 - k * P2 - k * P3
}

function tail(x: number, k: number): number {
  const r1 = x - k * P1
  const w2 = k * P2
  const r2 = r1 - w2
  const w3 = k * P3
  return r1 - r2 - w2 + (r2 - (r2 - w3) - w3) - k * P4
}

/** sin(x + turn π/2) for |x| below REDUCED_BELOW. */
function turned(x: number, turn: number): number {
  const k = x * TWO_OVER_PI + ROUND - ROUND
  const h = head(x, k)
  const t = tail(x, k)
  const high = h + t
  return quadrant(high, h - high + t, k + turn)
}

/** sin(high + low + k π/2) */
function quadrant(high: number, low: number, k: number): number {
  const value = (k & 1) === 0 ? sinKernel(high, low) : cosKernel(high, low)
  return (k & 2) === 0 ? value : -value
}

/** The sine of x in radians; nan at the infinities. */
export function sin(x: number): number {
  if (x > -0.785 && x < 0.785) return x === 0 ? x : sinKernel(x, 0)
  if (x > -REDUCED_BELOW && x < REDUCED_BELOW) return turned(x, 0)
  const k = reduceFar(x)
  return quadrant(reduced[0]!, reduced[1]!, k)
}

/** The cosine of x in radians; nan at the infinities. */
export function cos(x: number): number {
  if (x > -0.785 && x < 0.785) return cosKernel(x, 0)
  if (x > -REDUCED_BELOW && x < REDUCED_BELOW) return turned(x, 1)
  const k = reduceFar(x)
  return quadrant(reduced[0]!, reduced[1]!, k + 1)
}

/** The tangent of x in radians; nan at the infinities. Less than 0.9 ulp off. */
export function tan(x: number): number {
  if (x === 0) return x
  if (!(x > -REDUCED_BELOW && x < REDUCED_BELOW)) {
    const k = reduceFar(x)
    return tanKernel(reduced[0]!, reduced[1]!, k)
  }
  const k = x * TWO_OVER_PI + ROUND - ROUND
  const h = head(x, k)
  const t = tail(x, k)
  const high = h + t
  return tanKernel(high, h - high + t, k)
}

/** tan(a + b + k π/2) for |a| ≤ π/4 and a tiny rest b: the quotient of sine and cosine, each with its own rest. */
function tanKernel(a: number, b: number, k: number): number {
  const z = a * a
  const w = z * z
  const less = z * (0.5 * b - z * a * (S2 + z * (S3 + z * S4) + z * w * (S5 + z * S6))) - b - z * a * S1
  const sine = a - less
  const sineRest = a - sine - less
  const half = 0.5 * z
  const one = 1 - half
  const more = 1 - one - half + (z * (z * (C1 + z * (C2 + z * C3)) + w * w * (C4 + z * (C5 + z * C6))) - a * b)
  const cosine = one + more
  const cosineRest = one - cosine + more
  const turned = (k & 1) !== 0
  const over = turned ? -cosine : sine
  const under = turned ? sine : cosine
  const inverse = 1 / under
  const t = upperHalf(over * inverse)
  const uh = upperHalf(under)
  const rest = over - t * uh - t * (under - uh) + (turned ? -cosineRest - t * sineRest : sineRest - t * cosineRest)
  return t + rest * inverse
}

/** 2/π · 2^1280 and π/2 · 2^200, rounded down. */
const TWO_OVER_PI_BITS = BigInt(
  "0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361d",
)
const HALF_PI_BITS = BigInt("0x1921fb54442d18469898cc51701b839a252049c1114cf98e804")

/** The angle, at most π/4, that `reduceFar` leaves behind, and its tiny rest. */
const reduced = new Float64Array(2)

/** How many quarter turns, up to multiples of 4, are in a number however large; what is left of it is put in `reduced`, nan for the infinities. */
function reduceFar(x: number): number {
  if (!(Math.abs(x) < Infinity)) {
    reduced[0] = NaN
    return 0
  }
  // x = mantissa · 2^exponent; keep the quadrant's two bits and 200 bits of the fraction of x · 2/π.
  const a = Math.abs(x)
  let exponent = Math.floor(Math.log2(a)) - 52
  let scaled = exponent > 900 ? (a * 2 ** -900) / 2 ** (exponent - 900) : a / 2 ** exponent
  while (scaled >= 9007199254740992) {
    scaled /= 2
    exponent++
  }
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    exponent--
  }
  const product = (BigInt(scaled) * TWO_OVER_PI_BITS) >> BigInt(1280 - 200 - exponent)
  let fraction = product & ((1n << 200n) - 1n)
  let k = Number((product >> 200n) & 3n)
  if (fraction >> 199n === 1n) {
    fraction -= 1n << 200n
    k = (k + 1) & 3
  }
  const angle = (fraction * HALF_PI_BITS) >> 200n
  const high = Number(angle)
  const sign = x < 0 ? -(2 ** -200) : 2 ** -200
  reduced[0] = high * sign
  reduced[1] = Number(angle - BigInt(high)) * sign
  return x < 0 ? -k : k
}
