/**
 * Powers, cube roots, logarithms to other bases, and the hyperbolic functions: for scalars and arrays, in every tier.
 * A logarithm is taken to some 70 bits as n ln2/128 plus a short series, with products and sums whose rounding is kept (Dekker 1971); a power is
 * the exponential of such a pair (Tang 1989, 1990). All are less than 0.7 ulp off but sinh and cosh, which are less than 1.
 * It must not know arrays; nothing here calls the host's Math beyond abs and floor, so the bits are those of every platform.
 */
import { POWER, ROOTS } from "./elementary.ts"
import { productRest, upperHalf } from "./exact.ts"

/** Adding and subtracting this rounds to an integer, half to even. */
const ROUND = 6755399441055744
/** ln 2/128 and log10(2)/128, each in a part of 32 bits, whose multiples by exponents are exact, and a rest. */
const LN2 = { high: 0.00541521234663378, low: 1.4907929134926466e-12 }
const LOG10_2 = { high: 0.002351796840230236, low: 8.946172576579561e-13 }
/** 128/ln 2, and 1/ln 2 and 1/ln 10 with what their rounding lost. */
const STEPS = 184.6649652337873
const LOG2_E = { high: 1.4426950408889634, low: 2.0355273740931033e-17 }
const LOG10_E = { high: 0.4342944819032518, low: 1.098319650216765e-17 }
const NATURAL_2 = 0.6931471805599453
/** (e^r − 1 − r)/r² for |r| ≤ ln2/256, with error 9.4e-15. */
const E2 = 0.4999999999999906
const E3 = 0.16666666666666533
const E4 = 0.04166667686916893
const E5 = 0.00833333479083362

const double = new Float64Array(1)
const words = new Int32Array(double.buffer)

/** What `logarithm` leaves behind: n, and the pair that is ln x − n ln2/128. */
const parts = new Float64Array(3)

/** For 0 < x < ∞: the whole n nearest to 128 log2 x, and ln x − n ln2/128 as a pair, left in `parts`. */
function logarithm(x: number): void {
  let down = 0
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984
    down = 54
  }
  double[0] = x
  const k = ((words[1]! + 0x95f62) >> 20) - 1023
  const m = x * POWER[1074 - k]!
  const f = m - 1
  const j = f * (184.66 + f * (-92.229 + f * (62.107 + f * (-50.064 + f * 32.725)))) + ROUND - ROUND
  const entry = 2 * (j & 127)
  const root = j < 0 ? 0.5 * ROOTS[entry + 1]! : ROOTS[entry + 1]!
  const inverse = j > 0 ? 0.5 * ROOTS[257 - entry]! : ROOTS[((256 - entry) % 256) + 1]!
  // m = root (1 + lost)(1 + r), r = high + rest: what the inverse's rounding did to the quotient is put back.
  const t = m - root
  const high = t * inverse
  const product = high * root
  const rest = (t - product - productRest(high, root, product)) * inverse
  const square = high * high
  const squareRest = productRest(high, high, square)
  const series =
    square *
    high *
    (1 / 3 - high * (0.25 - high * (0.2 - high * (1 / 6 - high * (1 / 7 - high * (0.125 - high * (1 / 9)))))))
  // ln(1 + r) = r − r²/2 + r³/3 − …
  const sum = high - 0.5 * square
  const low = high - sum - 0.5 * square + (rest - high * rest - 0.5 * squareRest + series - ROOTS[entry]!)
  parts[0] = 128 * (k - down) + j
  parts[1] = sum + low
  parts[2] = sum - parts[1]! + low
}

/** n · unit + (high + low) · factor, rounded once but for its last bits; n · unit.high is exact. */
function combined(unit: { readonly high: number; readonly low: number }, factor: typeof unit): number {
  const n = parts[0]!
  const x = parts[1]!
  const product = x * factor.high
  const rest = productRest(x, factor.high, product) + (x * factor.low + parts[2]! * factor.high)
  const whole = n * unit.high
  const sum = whole + product
  const back = sum - whole
  return sum + (whole - (sum - back) + (product - back) + (rest + n * unit.low))
}

const BINARY = { high: 1 / 128, low: 0 }

/** log2 x: exact for powers of 2; -inf at 0, nan below. */
export function log2(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN
  logarithm(x)
  return combined(BINARY, LOG2_E)
}

/** log10 x: exact for powers of 10 that are doubles; -inf at 0, nan below. */
export function log10(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN
  logarithm(x)
  return combined(LOG10_2, LOG10_E)
}

/** 2^(n/128) e^r for |r| ≤ ln2/256 and a result anywhere in the range; subnormal results are rounded twice. */
function scaled(n: number, r: number): number {
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

/** 2^x. */
export function exp2(x: number): number {
  if (!(x > -1075.5 && x < 1024)) return x >= 1024 ? Infinity : x <= -1075.5 ? 0 : NaN
  const n = 128 * x + ROUND - ROUND
  return scaled(n, NATURAL_2 * (x - n * 0.0078125))
}

/** x^y for 0 < x < ∞, x ≠ 1, and a finite y. */
function positivePower(x: number, y: number): number {
  // Below, the power is 1 to rounding; above, even that of the doubles next to 1 has left the range.
  if (y < 1e-19 && y > -1e-19) return 1
  if (y > 1e20 || y < -1e20) return x > 1 === y > 0 ? Infinity : 0
  logarithm(x)
  const n = parts[0]!
  const whole = n * LN2.high
  const sum = whole + parts[1]!
  const low = whole - sum + parts[1]! + (n * LN2.low + parts[2]!)
  const high = sum + low
  const product = y * high
  if (!(product > -746 && product < 710)) return product > 0 ? Infinity : 0
  const rest = productRest(y, high, product) + y * (sum - high + low)
  const steps = product * STEPS + ROUND - ROUND
  return scaled(steps, product - steps * LN2.high - steps * LN2.low + rest)
}

/** x^y, as in IEEE 754 (pow) but for nan at (±1)^±inf with x = -1; a square is exactly the product. */
export function pow(x: number, y: number): number {
  if (y === 2) return x * x
  if (x > 0 && x < Infinity && y - y === 0) {
    if (y === 1 || x === 1) return x
    if (y === -1) return 1 / x
    return positivePower(x, y)
  }
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

/** The cube root, exact where it is a double. */
export function cbrt(x: number): number {
  const a = Math.abs(x)
  if (!(a >= 2.2250738585072014e-308 && a < Infinity)) return cbrtEdge(x)
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
  return x === 0 || x - x !== 0 ? x : cbrt(x * 18014398509481984) * 3.814697265625e-6
}

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
