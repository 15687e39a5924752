/**
 * Powers: for scalars and arrays, in every tier.
 * A power is the exponential (Tang 1989, 1990) of a logarithm to some 70 bits, n ln2/128 plus a short series, with products and sums whose rounding is kept
 * (Dekker 1971), less than 0.7 ulp off. It must not know arrays; nothing here calls the host's Math beyond abs and floor, so the bits are those of every
 * platform.
 */
import { POWER, ROOTS } from "./elementary.ts"
import { productRest, upperHalf } from "./exact.ts"

/** Adding and subtracting this rounds to an integer, half to even. */
export const ROUND = 6755399441055744

/** A number as a part with few bits and a rest. */
export interface Pair {
  readonly high: number
  readonly low: number
}

/** ln 2/128 in a part of 32 bits, whose multiples by exponents are exact, and a rest. */
export const LN2: Pair = { high: 0.00541521234663378, low: 1.4907929134926466e-12 }

/** 128/ln 2. */
export const STEPS = 184.6649652337873

/** (e^r − 1 − r)/r² for |r| ≤ ln2/256, with error 9.4e-15. */
export const E2 = 0.4999999999999906
export const E3 = 0.16666666666666533
export const E4 = 0.04166667686916893
export const E5 = 0.00833333479083362

/** A number as its two words. */
export const double = new Float64Array(1)
export const words = new Int32Array(double.buffer)

/** For j = 0 … 128: 2^(j/128), its upper half, its reciprocal, and what its rounding lost, relative to it. */
const NODES = new Float64Array(4 * 129)

for (let j = 0; j <= 128; j++) {
  const root = j < 128 ? ROOTS[2 * j + 1]! : 2
  NODES.set([root, upperHalf(root), 1 / root, j < 128 ? ROOTS[2 * j]! : 0], 4 * j)
}

/** For each 256th of [1, 2): four times the j whose node is nearest to its middle. */
const NEAREST = new Uint16Array(256)

for (let i = 0, j = 0; i < 256; i++) {
  const middle = 1 + (i + 0.5) / 256
  while (j < 128 && NODES[4 * j + 4]! - middle < middle - NODES[4 * j]!) j++
  NEAREST[i] = 4 * j
}

/** What `logarithm` leaves behind of ln x − n ln2/128: most of it and the rest. */
const parts = new Float64Array(2)

/** For a normal x: the whole n about nearest to 128 log2 x; ln x − n ln2/128 is left in `parts`. */
function logarithm(x: number): number {
  double[0] = x
  const word = words[1]!
  const k = (word >> 20) - 1023
  const node = NEAREST[(word >> 12) & 255]!
  // m = root (1 + lost)(1 + r), r = h + rest, where products with h are exact.
  const t = x * POWER[1074 - k]! - NODES[node]!
  const inverse = NODES[node + 2]!
  const h = upperHalf(t * inverse)
  const upper = NODES[node + 1]!
  const rest = (t - h * upper - h * (NODES[node]! - upper)) * inverse
  // ln(1 + r) = r − r²/2 + r³/3 − …
  const square = h * h
  const r = h + rest
  const r2 = r * r
  const series = r * r2 * (1 / 3 - r * 0.25 + r2 * (0.2 - r * (1 / 6)) + r2 * r2 * (1 / 7 - r * 0.125 + r2 * (1 / 9)))
  const half = 0.5 * square
  const sum = h - half
  const low = h - sum - half + (rest - rest * (h + 0.5 * rest) + series - NODES[node + 3]!)
  parts[0] = sum
  parts[1] = low
  return 128 * k + (node >> 2)
}

/** What makes subnormal numbers normal, and 128 times its exponent. */
export const LIFT = 18014398509481984

const LIFTED = 128 * 54

export const LEAST_NORMAL = 2.2250738585072014e-308

/** 2^(n/128) e^r for |r| ≤ ln2/256 and a result anywhere in the range; subnormal results are rounded twice. */
export function scaled(n: number, r: number): number {
  const j = 2 * (n & 127)
  const k = n >> 7
  const r2 = r * r
  const rest = ROOTS[j]! + r + r2 * (E2 + r * E3) + r2 * r2 * (E4 + r * E5)
  const root = ROOTS[j + 1]!
  if (k > -1022 && k < 1023) {
    const scale = root * POWER[k + 1074]!
    return scale + scale * rest
  }
  const half = k >> 1
  return (root + root * rest) * POWER[half + 1074]! * POWER[k - half + 1074]!
}

/** x^y for 0 < x < ∞, x ≠ 1, and a finite y. */
function positivePower(x: number, y: number): number {
  // Below, the power is 1 to rounding; above, even that of the doubles next to 1 has left the range.
  if (y < 1e-19 && y > -1e-19) return 1
  if (y > 1e20 || y < -1e20) return x > 1 === y > 0 ? Infinity : 0
  const n = x < LEAST_NORMAL ? logarithm(x * LIFT) - LIFTED : logarithm(x)
  // The logarithm is high + low, where high has 26 bits.
  const whole = n * LN2.high
  const sum = whole + parts[0]!
  const less = whole - sum + parts[0]! + (n * LN2.low + parts[1]!)
  const high = upperHalf(sum + less)
  const low = sum - high + less
  const yh = upperHalf(y)
  const product = yh * high
  if (!(product > -747 && product < 711)) return product > 0 ? Infinity : 0
  const rest = (y - yh) * high + y * low
  const steps = (product + rest) * STEPS + ROUND - ROUND
  return scaled(steps, product - steps * LN2.high + (rest - steps * LN2.low))
}

/** x^y, as in IEEE 754 (pow) but for nan at (±1)^±inf with x = -1; a square is the product, the power 1/2 the root, both rounded once. */
export function pow(x: number, y: number): number {
  if (y === 2) return x * x
  if (y === 3 && ((x > 1e-90 && x < 1e90) || (x < -1e-90 && x > -1e90))) {
    const square = x * x
    const cube = square * x
    return cube + (productRest(square, x, cube) + productRest(x, x, square) * x)
  }
  if (x > 0 && x < Infinity && y - y === 0) {
    if (y === 1 || x === 1) return x
    if (y === -1) return 1 / x
    if (y === 0.5) return Math.sqrt(x)
    return positivePower(x, y)
  }
  return powerEdge(x, y)
}

/** x^y where one of them is infinite or nan, or x is not positive. */
function powerEdge(x: number, y: number): number {
  if (y === 0 || x === 1) return 1
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN
  if (y === Infinity || y === -Infinity) {
    const a = Math.abs(x)
    return a === 1 ? NaN : a > 1 === y > 0 ? Infinity : 0
  }
  const whole = Math.floor(y) === y
  const odd = whole && Math.abs(y) < 9007199254740992 && y % 2 !== 0
  const a = Math.abs(x)
  const size =
    a === 0 || a === Infinity
      ? (a === 0) === y > 0
        ? 0
        : Infinity
      : a === 1
        ? 1
        : y === 1
          ? a
          : y === -1
            ? 1 / a
            : positivePower(a, y)
  if (x > 0 || Object.is(x, 0)) return size
  if (!whole && x !== 0 && x !== -Infinity) return NaN
  return odd ? -size : size
}
