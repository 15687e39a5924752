/**
 * Exponential integrals E1, Ei, En, and the Lambert function on its two real branches.
 * Series near 0 and continued fractions beyond (DLMF 6.6, 6.9, 8.19); W by a fourth-order iteration on ln(x/w) − w, which keeps
 * its digits for every size (Fritsch, Shafer and Crowley 1973), and by its series about the branch point (Corless et al. 1996).
 * It must not know arrays or derivatives.
 */
import { pow } from "../powers.ts"
import { exp, log, log1p } from "../elementary.ts"
import { polynomial } from "./polynomial.ts"
import { digamma } from "./digamma.ts"
import { reciprocalGamma } from "./gamma.ts"

const EULER = 0.5772156649015329
/** The zero of Ei, in two parts, and Ei(3/8 + z)/(3/8 + z − zero) for |z| ≤ 0.075. */
const EI_ZERO = 0.3725074107813666
const EI_ZERO_LOW = 1.3140183414386028e-17
const EI_ABOUT_ZERO = [
  3.888076357264988, -3.2493326842246777, 6.426421729588514, -12.695492630761896, 27.12207046725502,
  -60.275460889908246, 137.78968079740878, -321.53898385567675, 762.2231373737353, -1829.4466452769964,
  4435.207694016618, -10842.07972184384, 26700.932495329896, -66119.37669366338, 162501.48464448718, -406194.1364615739,
  1215447.5125853769, -3064119.832794244,
]

/** E1(x) = ∫ e^−t/t from x to inf: inf at 0; nan below, where Ei is the real one. */
export function expintE1(x: number): number {
  return expintEn(1, x)
}

/** En(x) for integers n ≥ 0 and x ≥ 0. */
export function expintEn(n: number, x: number): number {
  if (!(n >= 0) || Math.floor(n) !== n || !(x >= 0)) return NaN
  if (x === Infinity || n === Infinity) return 0
  if (n === 0) return exp(-x) / x
  if (x === 0) return n === 1 ? Infinity : 1 / (n - 1)
  if (x > 1) return fractionEn(n, x)
  // DLMF 8.19.8; for large n the logarithm's term is negligible and the rest a plain sum.
  let term = 1
  let sum = n === 1 ? 0 : 1 / (n - 1)
  for (let k = 1; k < 40; k++) {
    term *= -x / k
    if (k !== n - 1) sum -= term / (k - n + 1)
    if (Math.abs(term) < 1e-18 * Math.abs(sum)) break
  }
  if (n > 30) return sum
  const power = (n % 2 === 0 ? -1 : 1) * pow(x, n - 1) * reciprocalGamma(n)
  return sum + power * ((n === 1 ? -EULER : digamma(n)) - log(x))
}

/** En by its continued fraction of positive terms for x > 1 (DLMF 8.19.17), from far enough in; it never cancels. */
function fractionEn(n: number, x: number): number {
  let t = x
  for (let k = 10 + Math.ceil(100 / x); k >= 0; k--) t = x + (n + k) / (1 + (k + 1) / t)
  return x < 700 ? exp(-x) / t : (exp(-0.5 * x) / t) * exp(-0.5 * x)
}

/**
 * The n-th derivative of e^x/x, e^x/x Σ_j (−1)^j n!/(n−j)!/x^j, as a nested product: no term overflows before the whole does, and below 0, where
 * it is −E₋ₙ(−x), none cancels.
 */
export function exponentialQuotient(n: number, x: number): number {
  if (x === Infinity) return Infinity
  let series = 1
  for (let k = 1; k <= n; k++) series = 1 - (k / x) * series
  const half = exp(0.5 * x)
  return (half / x) * series * half
}

/** Ei(x), the principal value of ∫ e^t/t from -inf to x: -inf at 0. */
export function expintEi(x: number): number {
  if (x < 0) return -expintE1(-x)
  if (x === 0) return -Infinity
  if (!(x < 720)) return x >= 720 ? Infinity : NaN
  if (x > 0.3 && x < 0.45) return (x - EI_ZERO - EI_ZERO_LOW) * polynomial(x - 0.375, EI_ABOUT_ZERO)
  if (x < 40) {
    // Smallest terms first: they are all positive (DLMF 6.6.2).
    const terms: number[] = []
    let term = 1
    let sum = 0
    for (let k = 1; k < 200; k++) {
      term *= x / k
      terms.push(term / k)
      if (k > x && term < 1e-18 * terms[0]!) break
    }
    for (let k = terms.length - 1; k >= 0; k--) sum += terms[k]!
    return sum + (EULER + log(x))
  }
  let term = 1
  let sum = 1
  for (let k = 1; k < 60; k++) {
    term *= k / x
    sum += term
    if (term < 1e-17 || k + 1 > x) break
  }
  const half = exp(0.5 * x)
  return (half / x) * sum * half
}

/** 1/e in two parts. */
const INV_E = 0.36787944117144233
const INV_E_LOW = -1.2428753672788363e-17
const BRANCH = [
  -1.0, 1.0, -0.3333333333333333, 0.1527777777777778, -0.07962962962962963, 0.044502314814814814, -0.02598471487360376,
  0.01563563253233392, -0.009616892024299432, 0.006014543252956118, -0.0038112980348919993, 0.0024408779911439826,
  -0.0015769303446867841, 0.0010262633205076071, -0.0006720616311561362, 0.0004424730618146209, -0.00029267722472962746,
  0.00019438727605453933, -0.00012957426685274883, 8.665035805208128e-5, -5.811360750441382e-5, 3.907668486743905e-5,
  -2.63380647472311e-5, 1.7790345805079586e-5, -1.2040352739559977e-5, 8.163531982496613e-6,
]
/** 1 + w in powers of p, over p. */
const BRANCH_GAP = BRANCH.slice(1)

/** One to three steps of the iteration on ln(x/w) − w, from a start good to a few per cent. */
function polish(x: number, start: number): number {
  let w = start
  for (let i = 0; i < 12; i++) {
    const z = log(x / w) - w
    const q = 2 * (1 + w) * (1 + w + (2 / 3) * z)
    const step = (z / (1 + w)) * ((q - z) / (q - 2 * z))
    w *= 1 + step
    if (Math.abs(step) < 1e-5) break
  }
  return w
}

/** √(2(ex+1)), from the distance to the branch point without cancellation. */
function branchDistance(x: number): number {
  const d = x + INV_E + INV_E_LOW
  return Math.sqrt(2 * Math.E * (d < 0 ? 0 : d))
}

/** Either branch about the branch point, from p = ±√(2(ex+1)): 1 + w where its series converges fast, else null. */
function gapAbout(p: number): number | null {
  return Math.abs(p) < 0.3 ? p * polynomial(p, BRANCH_GAP) : null
}

/** W0(x), the solution w ≥ -1 of w e^w = x, for x ≥ -1/e; nan below. */
export function lambertW(x: number): number {
  if (!(x > -0.2)) {
    if (!(x >= -INV_E)) return NaN
    const p = branchDistance(x)
    return p < 0.3 ? polynomial(p, BRANCH) : polish(x, polynomial(p, BRANCH.slice(0, 8)))
  }
  if (x === Infinity || x === 0) return x
  if (Math.abs(x) < 1e-9) return x * (1 - x)
  if (x < 8) {
    const l = log1p(x)
    return polish(x, l * (1 - log1p(l) / (2 + l)))
  }
  const l1 = log(x)
  const l2 = log(l1)
  return polish(x, l1 - l2 + l2 / l1)
}

/** W−1(x), the solution w ≤ -1 of w e^w = x, for -1/e ≤ x < 0: -inf at 0, nan elsewhere. */
export function lambertWMinus1(x: number): number {
  if (!(x >= -INV_E && x <= 0)) return NaN
  if (x === 0) return -Infinity
  if (x < -0.2) {
    const p = -branchDistance(x)
    return p > -0.3 ? polynomial(p, BRANCH) : polish(x, polynomial(p, BRANCH.slice(0, 8)))
  }
  const l1 = log(-x)
  const l2 = log(-l1)
  return polish(x, l1 - l2 + l2 / l1)
}

/** 1 + W0(x), with its digits near the branch point too. */
export function lambertWGap(x: number): number {
  return (x >= -INV_E && x < -0.2 ? gapAbout(branchDistance(x)) : null) ?? 1 + lambertW(x)
}

/** 1 + W−1(x), with its digits near the branch point too. */
export function lambertWMinus1Gap(x: number): number {
  return (x >= -INV_E && x < -0.2 ? gapAbout(-branchDistance(x)) : null) ?? 1 + lambertWMinus1(x)
}

/** W0′(x) = e^−w/(1 + w). */
export function lambertWSlope(x: number): number {
  return exp(-lambertW(x)) / lambertWGap(x)
}

/** W−1′(x) = w/(x (1 + w)), which does not leave the range near 0 as e^−w does: -inf at both ends. */
export function lambertWMinus1Slope(x: number): number {
  const gap = lambertWMinus1Gap(x)
  return x === 0 || gap === 0 ? -Infinity : lambertWMinus1(x) / (x * gap)
}
