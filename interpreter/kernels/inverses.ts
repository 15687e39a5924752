/**
 * The inverses of the circular and hyperbolic functions: the one implementation of each for scalars and arrays, in every tier.
 * Arguments near the ends of a domain are taken by half angles, as 2 asin √((1−x)/2), angles from the middles of cells whose angles are known; roots and
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

/** Eighths of the powers of 2 are cells, from 0.171875 up to 8; for each: its middle c, atan c, and what rounding lost of that. */
const CELLS = new Float64Array([
  0.1796875, 0.17779022899267607, -4.029582100854422e-18, 0.1953125, 0.19288431225797467, -7.414590176247246e-18,
  0.2109375, 0.207889927202263, 7.333160666520898e-18, 0.2265625, 0.22280115375939452, -5.498822172446843e-18,
  0.2421875, 0.23761231386547124, 1.058231431371113e-17, 0.265625, 0.2596296294082575, 1.9238754924615304e-17, 0.296875,
  0.2885873618940774, -1.428369957377257e-17, 0.328125, 0.31705575320914703, -1.893928924292642e-17, 0.359375,
  0.34500217720710513, -2.2938804755578304e-17, 0.390625, 0.3723984466767542, 1.9612311504845653e-17, 0.421875,
  0.39922076957525254, 2.246598105617042e-17, 0.453125, 0.42544963737004227, 2.3315530741892885e-17, 0.484375,
  0.4510696559885235, -2.2703795229420475e-17, 0.53125, 0.48833395105640554, -1.1373236189329585e-17, 0.59375,
  0.5358112379604637, -4.0637956834825575e-18, 0.65625, 0.5807563535676704, -1.441464378193067e-17, 0.71875,
  0.6231993299340659, 2.672403885140095e-17, 0.78125, 0.6632029927060933, -3.076054864429649e-17, 0.84375,
  0.7008544078844502, -1.987626234335816e-17, 0.90625, 0.7362574289814281, 3.473937648299457e-17, 0.96875,
  0.7695264804056583, -3.704991905602721e-17, 1.0625, 0.8156919233162234, -1.071456562778743e-17, 1.1875,
  0.870903457075653, -2.269823590747287e-17, 1.3125, 0.9197196053504169, -4.057439412852768e-17, 1.4375,
  0.9629943306809362, -3.9866605952107524e-18, 1.5625, 1.0014831356942346, 9.438308023545392e-17, 1.6875,
  1.0358412530088001, 3.194313981784504e-17, 1.8125, 1.0666303653157436, -5.956589637160375e-17, 1.9375,
  1.09432890732119, -5.490676155022364e-18, 2.125, 1.1309537439791604, 7.123833804538446e-17, 2.375, 1.1722738811284763,
  8.385188614028674e-17, 2.625, 1.2068173702852525, 4.172467638861439e-17, 2.875, 1.2360594894780819,
  7.879752739459421e-17, 3.125, 1.2610933822524404, 3.2421396215349605e-17, 3.375, 1.2827408797442708,
  -9.28318875426613e-18, 3.625, 1.3016288340091962, -1.2369184998246267e-17, 3.875, 1.3182420510168371,
  -6.319394031144676e-17, 4.25, 1.3397056595989996, -2.5990118603041344e-17, 4.75, 1.3633001003596938,
  1.0932461715269362e-16, 5.25, 1.382574821490126, -3.56149043864823e-17, 5.75, 1.3986055122719576,
  -2.324061182591628e-17, 6.25, 1.4121410646084953, -9.573807110557223e-17, 6.75, 1.423717971406494,
  8.721870922223968e-17, 7.25, 1.433730152484709, -4.396204466767636e-17, 7.75, 1.442473099109102,
  -1.1051194354303157e-16,
])
/** Below the first cell, an angle is a series; beyond the last, it is π/2 less a series in the reciprocal. */
const SERIES_BELOW = 0.171875
const CELLS_BELOW = 8

const double = new Float64Array(1)
const words = new Int32Array(double.buffer)
/** The exponent and the first three binary digits of the first cell. */
const FIRST_CELL = 8163

/** Where the cell of x is among the cells. */
function cellOf(x: number): number {
  double[0] = x
  return 3 * ((words[1]! >> 17) - FIRST_CELL)
}

/** atan t for |t| ≤ 1/32, as it is from the middle of a cell. */
function shortAngle(t: number): number {
  const z = t * t
  return t + t * z * (-1 / 3 + z * (0.2 + z * (-1 / 7 + z * (1 / 9))))
}

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
  const cell = cellOf(q)
  const c = CELLS[cell]!
  const t = (small - c * lh - c * ll) / (large + c * small)
  const main = sign * CELLS[cell + 1]!
  const whole = high + main
  return whole + (high - whole + main + (low + sign * (CELLS[cell + 2]! + shortAngle(t))))
}

/** The angle in [-π/2, π/2] with tangent x. Less than 0.7 ulp off. */
export function atan(x: number): number {
  const a = Math.abs(x)
  if (a < SERIES_BELOW) return a < 1e-9 ? x : shortSeries(x)
  const y =
    a < CELLS_BELOW ? nearCell(a) : a < 1e17 ? HALF_PI - (shortSeries(1 / a) - HALF_PI_LOW) : a > 0 ? HALF_PI : NaN
  return x < 0 ? -y : y
}

/** atan a for a in a cell: the difference from its middle is exact, and what rounding takes from the rest is small beside the whole. */
function nearCell(a: number): number {
  const cell = cellOf(a)
  const c = CELLS[cell]!
  return CELLS[cell + 1]! + (CELLS[cell + 2]! + shortAngle((a - c) / (1 + c * a)))
}

function shortSeries(t: number): number {
  return t + t * atanRest(t * t)
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
