/**
 * Hyperbolic sine and cosine: for scalars and arrays, in every tier.
 * Both are halves of an exponential and its reciprocal, less than 1 ulp off. It must not know arrays; nothing here calls the host's Math beyond abs, so the bits
 * are those of every platform.
 */

import { POWER, ROOTS } from "./elementary.ts"
import { E2, E3, E4, E5, LN2, ROUND, STEPS } from "./powers.ts"

/** e^a/2 ± e^-a/2 for 0 ≤ a < 711, the larger part unrounded. */
function halves(a: number, sign: 1 | -1): number {
  const n = a * STEPS + ROUND - ROUND
  const r = a - n * LN2.high - n * LN2.low
  const j = 2 * (n & 127)
  const r2 = r * r
  const rest = ROOTS[j]! + r + r2 * (E2 + r * E3) + r2 * r2 * (E4 + r * E5)
  const half = ROOTS[j + 1]! * POWER[(n >> 7) + 1073]!
  // Below, the smaller part reaches the last bit of the larger.
  return half + (half * rest + (a < 22 ? (sign * 0.25) / (half + half * rest) : 0))
}

/** The hyperbolic cosine. */
export function cosh(x: number): number {
  const a = Math.abs(x)
  return a < 710.4758600739439 ? halves(a, 1) : a > 0 ? Infinity : NaN
}

/** The hyperbolic sine; a zero keeps its sign. */
export function sinh(x: number): number {
  const a = Math.abs(x)
  if (a < 1) {
    const z = x * x
    // The series Σ z^k/(2k+1)! after its first term.
    const tail =
      1 / 6 +
      z *
        (1 / 120 +
          z *
            (1 / 5040 +
              z *
                (1 / 362880 +
                  z *
                    (1 / 39916800 +
                      z *
                        (1 / 6227020800 +
                          z * (1 / 1307674368000 + z * (1 / 355687428096000 + z / 121645100408832000)))))))
    return x + x * z * tail
  }
  if (!(a < 710.4758600739439)) return a > 0 ? x * Infinity : NaN
  return x < 0 ? -halves(a, -1) : halves(a, -1)
}
