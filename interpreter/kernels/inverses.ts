/**
 * The inverses of the circular and hyperbolic functions: the one implementation of each for scalars and arrays, in every tier.
 * Arguments near the ends of a domain are taken by half angles, as 2 asin √((1−x)/2), angles by the nearest of nine with a known tangent; roots and
 * quotients keep what rounding took from them, so that only the last addition rounds by half a unit. It must not know arrays; nothing here calls
 * the host's Math beyond abs and sqrt, so the bits are those of every platform.
 */
import { logRest, logWith } from "./elementary.ts"
import { productRest, upperHalf } from "./exact.ts"

/** π/2 and π, each with what its rounding lost. */
const HALF_PI = 1.5707963267948966
const HALF_PI_LOW = 6.123233995736766e-17
const PI = 3.141592653589793
const PI_LOW = 1.2246467991473532e-16
/** What rounding lost of π, relative to it. */
const LOST_OF_PI = 3.8981718325193755e-17

/** atan(k/32) for k = 6 … 32, each with what its rounding lost. */
const ANGLES = new Float64Array([
  0.18534794999569476, 4.180692268843079e-18, 0.21535769969773805, 4.738160130078733e-19, 0.24497866312686414,
  1.0698755618734451e-17, 0.2741674511196588, 8.261353575163773e-18, 0.3028848683749714, -1.1010827903001369e-17,
  0.3310960767041321, -7.952610375793799e-18, 0.35877067027057225, -2.4623815582638635e-17, 0.38588266939807375,
  2.378822732491941e-17, 0.4124104415973873, -1.587652227770689e-17, 0.43833655985795783, -2.494277030626541e-17,
  0.4636476090008061, 2.2698777452961687e-17, 0.48833395105640554, -1.1373236189329585e-17, 0.5123894603107377,
  -2.5462781472855804e-17, 0.5358112379604637, -4.0637956834825575e-18, 0.5585993153435624, -5.4556305485916264e-18,
  0.5807563535676704, -1.441464378193067e-17, 0.6022873461349642, 2.950430737228402e-17, 0.6231993299340659,
  2.672403885140095e-17, 0.6435011087932844, 1.5834785051444286e-17, 0.6632029927060933, -3.076054864429649e-17,
  0.6823165548747481, 6.943223671560008e-18, 0.7008544078844502, -1.987626234335816e-17, 0.7188299996216245,
  -2.1478388444456983e-17, 0.7362574289814281, 3.473937648299457e-17, 0.7531512809621944, -2.4256934659182068e-17,
  0.7695264804056583, -3.704991905602721e-17, 0.7853981633974483, 3.061616997868383e-17,
])
/** Halfway between k = 5 and k = 6: below this, an angle is a series. */
const SERIES_BELOW = 0.171875

/** (atan t − t)/t in z = t² up to 0.0296, a Chebyshev fit with error 8.5e-19 z. */
function atanRest(z: number): number {
  const w = z * z
  const low = -0.3333333333333333 + z * 0.19999999999999632 + w * (-0.14285714285452772 + z * 0.11111111040285641)
  const high = -0.09090899658163347 + z * 0.07691623942180913 + w * (-0.06639089395222701 + z * 0.0529693935214398)
  return z * (low + w * w * high)
}

/** (asin s − s)/s in z = s² up to 1/4, a Chebyshev fit with error 1.5e-17 z. */
function asinRest(z: number): number {
  const w = z * z
  const w2 = w * w
  const low = 0.16666666666666669 + z * 0.07499999999998415 + w * (0.04464285714639142 + z * 0.03038194413563282)
  const middle = 0.022372173062100795 + z * 0.01735238980570733 + w * (0.013971257700218363 + z * 0.011478727335132069)
  const high = 0.010325825844686153 + z * 0.005444236358400044 + w * (0.01743786618606299 + z * -0.014910967384172082)
  return z * (low + w2 * (middle + w2 * (high + w2 * 0.028799050522138873)))
}

/** (asinh s − s)/s in z = s² up to 1/4, a Chebyshev fit with error 1.2e-17 z. */
function asinhRest(z: number): number {
  const w = z * z
  const w2 = w * w
  const low = -0.16666666666666666 + z * 0.07499999999998629 + w * (-0.04464285714023392 + z * 0.030381944247310215)
  const middle = -0.02237215140778489 + z * 0.01735258688044054 + w * (-0.0139622254081507 + z * 0.011526129208144775)
  const high = -0.009591043509699542 + z * 0.007621031434101693 + w * (-0.004990463999524193 + z * 0.001883699812787624)
  return z * (low + w2 * (middle + w2 * high))
}

/** high + low + sign atan(small/large), 0 ≤ small ≤ large, where q is the quotient, rounded, and high is 0 or more than 1. */
function angle(small: number, large: number, q: number, high: number, low: number, sign: number): number {
  const lh = upperHalf(large)
  const ll = large - lh
  if (q < SERIES_BELOW) {
    const qh = upperHalf(q)
    const lost = (small - qh * lh - qh * ll) / large
    const main = sign * qh
    const whole = high + main
    return whole + (high - whole + main + (low + sign * (lost + q * atanRest(q * q))))
  }
  // tan(a − b) = (tan a − tan b)/(1 + tan a tan b); the difference is exact but for its last bit.
  const k = (32 * q + 0.5) | 0
  const c = 0.03125 * k
  const t = (small - c * lh - c * ll) / (large + c * small)
  const z = t * t
  const rest = t + t * z * (-0.3333333333332791 + z * (0.19999999609490385 + z * -0.142815485776479))
  const main = sign * ANGLES[2 * k - 12]!
  const whole = high + main
  return whole + (high - whole + main + (low + sign * (ANGLES[2 * k - 11]! + rest)))
}

/** The angle in [-π/2, π/2] with tangent x. Less than 0.7 ulp off. */
export function atan(x: number): number {
  const a = Math.abs(x)
  if (a < SERIES_BELOW) return a < 1e-9 ? x : x + x * atanRest(x * x)
  if (!(a < 1e17)) return a > 0 ? (x < 0 ? -HALF_PI : HALF_PI) : NaN
  const y = a <= 1 ? angle(a, 1, a, 0, 0, 1) : angle(1, a, 1 / a, HALF_PI, HALF_PI_LOW, -1)
  return x < 0 ? -y : y
}

/** The angle of the point (x, y) in [-π, π], as in IEEE 754: signed zeros choose the side. Less than 0.7 ulp off. */
export function atan2(y: number, x: number): number {
  const a = Math.abs(x)
  const b = Math.abs(y)
  const steep = b > a
  const large = steep ? b : a
  const small = steep ? a : b
  const q = small / large
  if (!(q > 1e-17 && large < 1e150 && large > 1e-120)) return angleEdge(y, x)
  const left = x < 0
  const high = steep ? HALF_PI : left ? PI : 0
  const positive = angle(small, large, q, high, high * LOST_OF_PI, steep === left ? 1 : -1)
  return y < 0 ? -positive : positive
}

/** The angle where a coordinate is zero, infinite, nan, very large, very small, or nothing beside the other. */
function angleEdge(y: number, x: number): number {
  const a = Math.abs(x)
  const b = Math.abs(y)
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN
  if (a === Infinity && b === Infinity) return atan2(y > 0 ? 1 : -1, x > 0 ? 1 : -1)
  const left = x < 0 || Object.is(x, -0)
  if (b <= 1e-17 * a || b === 0) {
    const slight = left ? PI : b === 0 ? 0 : b / a
    return y < 0 || Object.is(y, -0) ? -slight : slight
  }
  if (a <= 1e-17 * b) return y < 0 ? -HALF_PI : HALF_PI
  const scale = a > 1 ? 2 ** -600 : 2 ** 600
  return atan2(y * scale, x * scale)
}

/** high + low + sign acos a for 1/2 ≤ a < 1, where high is 0 or more than 1. */
function halfArc(a: number, high: number, low: number, sign: number): number {
  const z = 0.5 - 0.5 * a
  const s = Math.sqrt(z)
  const sh = upperHalf(s)
  const lost = (z - sh * sh) / (s + sh)
  const main = 2 * sign * sh
  const whole = high + main
  return whole + (high - whole + main + (low + 2 * sign * (lost + s * asinRest(z))))
}

/** The angle in [-π/2, π/2] with sine x; nan outside [-1, 1]. Less than 0.6 ulp off. */
export function asin(x: number): number {
  const a = Math.abs(x)
  if (a <= 0.5) return a < 1e-9 ? x : x + x * asinRest(x * x)
  if (!(a < 1)) return a === 1 ? x * HALF_PI : NaN
  const y = halfArc(a, HALF_PI, HALF_PI_LOW, -1)
  return x < 0 ? -y : y
}

/** The angle in [0, π] with cosine x; nan outside [-1, 1]. Less than 0.6 ulp off. */
export function acos(x: number): number {
  if (x > 0.5) return x < 1 ? halfArc(x, 0, 0, 1) : x === 1 ? 0 : NaN
  if (x >= -0.5) {
    const whole = HALF_PI - x
    return whole + (HALF_PI - whole - x + (HALF_PI_LOW - x * asinRest(x * x)))
  }
  return x > -1 ? halfArc(-x, PI, PI_LOW, -1) : x === -1 ? PI : NaN
}

/** ln(a + √(a² + unit)) for a from 1/2, or from 1 where unit is -1. */
function logWithRoot(a: number, unit: 1 | -1): number {
  // From here on the root is a to rounding.
  if (a > 268435456) return logWith(a, 0, 1)
  const p = a * a
  const sum = p + unit
  const part = sum - p
  const low = p - (sum - part) + (unit - part) + productRest(a, a, p)
  const s = Math.sqrt(sum)
  const sh = upperHalf(s)
  const lost = (sum - sh * sh + low) / (s + sh) - (s - sh)
  const u = a + s
  // The reciprocal of the sum is the difference, by unit.
  return logWith(u, unit > 0 ? (s - u + a + lost) * (s - a) : (a - u + s + lost) * (a - s), 0)
}

/** The number with hyperbolic sine x. Less than 1 ulp off. */
export function asinh(x: number): number {
  const a = Math.abs(x)
  if (a <= 0.5) return a < 1e-9 ? x : x + x * asinhRest(x * x)
  if (!(a < Infinity)) return x
  return x < 0 ? -logWithRoot(a, 1) : logWithRoot(a, 1)
}

/** The number from 0 on with hyperbolic cosine x; nan below 1. Less than 1 ulp off. */
export function acosh(x: number): number {
  if (x > 1.5) return x < Infinity ? logWithRoot(x, -1) : x
  if (!(x > 1)) return x === 1 ? 0 : NaN
  // 2 asinh √((x−1)/2)
  const z = 0.5 * (x - 1)
  const s = Math.sqrt(z)
  const sh = upperHalf(s)
  return 2 * (sh + ((z - sh * sh) / (s + sh) + s * asinhRest(z)))
}

/** The number with hyperbolic tangent x: ±inf at ±1, nan beyond. Less than 1 ulp off. */
export function atanh(x: number): number {
  const a = Math.abs(x)
  if (a < 0.17) return a < 1e-9 ? x : x + 0.5 * x * logRest(x * x)
  if (!(a < 1)) return a === 1 ? x * Infinity : NaN
  const n = 1 + a
  const d = 1 - a
  const t = n / d
  const product = t * d
  const lost = (n - product - productRest(t, d, product) + (1 - n + a) - t * (1 - d - a)) / n
  const y = 0.5 * logWith(t, lost, 0)
  return x < 0 ? -y : y
}
