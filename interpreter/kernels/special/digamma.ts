/**
 * The derivatives of ln Γ: digamma and polygamma, and Hurwitz' zeta function that carries them.
 * Digamma is a Chebyshev fit divided by its zero on [1, 2], moved by recurrence (DLMF 5.5.2), with the asymptotic series above
 * (DLMF 5.11.2) and reflection below (DLMF 5.5.4); polygamma is n! ζ(n+1, x), ζ by Euler and Maclaurin (DLMF 25.11.28).
 * It must not know arrays or derivatives.
 */
import { pow } from "../powers.ts"
import { exp, expm1, log, log1p } from "../elementary.ts"
import { polynomial, tanpi } from "./polynomial.ts"
import { gamma, lgamma } from "./gamma.ts"

/** The positive zero of digamma, in two parts. */
const ZERO = 1.4616321449683622
const ZERO_LOW = 9.549995429965697e-17
/** digamma(3/2 + z) / (3/2 + z − ZERO) on [-1/2, 1/2]. */
const ABOUT_ZERO = [
  0.9510558760318328, -0.42362742128146047, 0.2405424842407869, -0.1484049230539173, 0.09498872445291809,
  -0.061922133271715786, 0.04076083393802805, -0.02697579683987635, 0.01790724845122512, -0.011908215342754594,
  0.007927018244615596, -0.005280013938669931, 0.0035181642624636934, -0.0023447062072326453, 0.001562767047702334,
  -0.0010417276046921164, 0.0006950534878525842, -0.0004633503182120855, 0.0003055153691686416, -0.00020367393027292597,
  0.00014829551214596122, -9.886319672191785e-5, 3.6004820592182e-5, -2.4003140242172778e-5, 5.760733165650469e-5,
  -3.8404871886247865e-5,
]
/** B(2k)/(2k). */
const TAIL = [
  1 / 12,
  -1 / 120,
  1 / 252,
  -1 / 240,
  1 / 132,
  -691 / 32760,
  1 / 12,
  -3617 / 8160,
  43867 / 14364,
  -174611 / 6600,
]
/** (2k)!/B(2k), k = 1 …: the denominators of Euler and Maclaurin's terms. */
const MACLAURIN = [
  12,
  -720,
  30240,
  -1209600,
  47900160,
  -1307674368000 / 691,
  74724249600,
  -10670622842880000 / 3617,
  5109094217170944000 / 43867,
  -802857662698291200000 / 174611,
  14101100039391805440000 / 77683,
  -1693824136731743669452800000 / 236364091,
]

/** ψ(x) = Γ′(x)/Γ(x). Poles: ∓inf at ±0, nan at the negative integers. */
export function digamma(x: number): number {
  if (x >= 10) return x > 1e17 ? log(x) : log(x) - 0.5 / x - polynomial(1 / (x * x), TAIL) / (x * x)
  if (x >= 1) {
    let sum = 0
    let z = x
    while (z > 2) {
      z -= 1
      sum += 1 / z
    }
    return sum + (z - ZERO - ZERO_LOW) * polynomial(z - 1.5, ABOUT_ZERO)
  }
  if (x >= 0) {
    if (x < 1e-17) return -1 / x
    const z = x + 1
    const lost = x - (z - 1)
    return (z - ZERO + (lost - ZERO_LOW)) * polynomial(z - 1.5, ABOUT_ZERO) - 1 / x
  }
  if (Number.isNaN(x) || x === -Infinity) return NaN
  if (x > -1e-17) return -1 / x
  const y = -x
  const fraction = y - Math.floor(y)
  if (fraction === 0) return NaN
  return digamma(1 + y) + Math.PI / tanpi(fraction)
}

/** Hurwitz' ζ(s, q) = Σ (q+k)^−s for s > 1 and q > 0; inf at s = 1 and q = 0, nan elsewhere. */
export function hurwitzZeta(s: number, q: number): number {
  if (!(s >= 1) || !(q >= 0)) return NaN
  if (s === 1 || q === 0) return Infinity
  if (q === Infinity) return 0
  if (s === Infinity) return q < 1 ? Infinity : q === 1 ? 1 : 0
  const head = pow(q, -s)
  return head === Infinity ? head : head * scaledZeta(s, q)
}

/** q^s ζ(s, q): near 1 for large s, and never out of range where ζ itself is. */
function scaledZeta(s: number, q: number): number {
  let sum = 0
  let k = 0
  // Past this Euler and Maclaurin's remainder after twelve terms, s(s+1)…(s+22)/(2πw)^24 w, is below rounding.
  const enough = 10 + s
  let ratio = 1
  let w = q
  while (w < enough) {
    ratio = pow(q / w, s)
    if (k > 0 && ratio < 1e-18 * sum) return sum
    sum += ratio
    k++
    w = q + k
  }
  ratio = pow(q / w, s)
  // Smallest first keeps the rounding of the sum that of its largest term.
  let rest = 0.5 * ratio + (ratio * w) / (s - 1)
  let factor = (ratio * s) / w
  for (let i = 0; i < MACLAURIN.length; i++) {
    const term = factor / MACLAURIN[i]!
    rest += term
    if (Math.abs(term) < 1e-18 * Math.abs(rest)) break
    factor *= (((s + 2 * i + 1) / w) * (s + 2 * i + 2)) / w
  }
  return sum + rest
}

/** n!/x^(n+1) without leaving the range on the way. */
function scaledFactorial(n: number, x: number): number {
  if (n <= 170) {
    const root = pow(x, -0.5 * (n + 1))
    return root * gamma(n + 1) * root
  }
  if (n > 2000 || x > 500) return exp(lgamma(n + 1) - (n + 1) * log(x))
  let product = 1 / x
  for (let k = 1; k <= n; k++) product *= k / x
  return product
}

/** n! q^−(n+1) · (q^(n+1) ζ(n+1, q)). */
function factorialZeta(n: number, q: number): number {
  // Far out the first terms of the asymptotic series are all (DLMF 25.11.43), and q^−n may be in range where q^−(n+1) is not.
  if (q > 1e6 * (n + 1)) return scaledFactorial(n - 1, q) * (1 + n / (2 * q) + (n * (n + 1)) / (12 * q * q))
  const scale = scaledFactorial(n, q)
  return scale === 0 || scale === Infinity ? scale : scale * scaledZeta(n + 1, q)
}

/** Further poles are so far that their sums, taken apart, are small against what is near. */
const mostPairs = 1000

/** The n-th derivative of digamma, for integers n ≥ 0; nan for other n, and at the negative integers. */
export function polygamma(n: number, x: number): number {
  if (!(n >= 0) || Math.floor(n) !== n || n === Infinity) return NaN
  if (n === 0) return digamma(x)
  if (Number.isNaN(x)) return NaN
  const sign = n % 2 === 0 ? -1 : 1
  if (x > 0) return x === Infinity ? sign * 0 : sign * factorialZeta(n, x)
  if (x === 0) return n % 2 === 0 ? (Object.is(x, 0) ? -Infinity : Infinity) : Infinity
  // The poles right of x make ζ(n+1, f), those from 0 down to the left of it a finite part of ζ(n+1, 1-f).
  const y = -x
  const left = y - Math.floor(y)
  if (left === 0 || y === Infinity) return NaN
  if (n % 2 !== 0) return factorialZeta(n, left) - factorialZeta(n, y + 1) + factorialZeta(n, 1 - left)
  // Poles of even order pull in opposite directions: those that stand opposite are taken in pairs, whose difference does not cancel.
  if (left === 0.5) return -factorialZeta(n, y + 1)
  const pairs = Math.min(Math.floor(y) + 1, mostPairs)
  let sum = 0
  for (let k = 0; k < pairs; k++) {
    const excess = expm1((n + 1) * log1p((2 * left - 1) / (1 - left + k)))
    if (excess !== 0) sum += scaledFactorial(n, left + k) * excess
  }
  const beyond = factorialZeta(n, left + pairs) - factorialZeta(n, y + 1)
  return -(sum + factorialZeta(n, 1 - left + pairs) - beyond)
}
