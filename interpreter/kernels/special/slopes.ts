/**
 * Derivatives of the incomplete gamma and beta functions in their parameters, to every order.
 * The series and continued fractions of the functions themselves (DLMF 8.11.4, 8.9.2, 8.17.22) run on power series in the parameters.
 * It must not know arrays or derivative rules.
 */

import { pow } from "../powers.ts"
import { log } from "../elementary.ts"
import { betaPrefix } from "./betainc.ts"
import { polygamma } from "./digamma.ts"
import { gammaPrefix } from "./gammainc.ts"
import { Jets, type Jet } from "./jets.ts"
import { polygammaDifference } from "./polygamma-difference.ts"

/** Parameters beyond 10⁸ lose digits rather than time. */
const mostTerms = 200_000

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}

/** The k-th derivative (k ≥ 1) of P(a, x) in a: nan outside a > 0, x ≥ 0. */
export function gammaincSlope(k: number, a: number, x: number): number {
  if (!(a > 0) || !(x >= 0)) return NaN
  if (x === 0 || x === Infinity) return 0
  const jets = new Jets(k, 0)
  const exponent = new Float64Array(k + 1)
  for (let j = 1; j <= k; j++) exponent[j] = ((j === 1 ? log(x) : 0) - polygamma(j - 1, a + 1)) / factorial(j)
  // x^a e^-x/Γ(a+1)
  const prefix = jets.exp(exponent, gammaPrefix(a, x))
  if (x < a + 1) return jets.multiply(prefix, lowerSeries(jets, a, x))[k]! * factorial(k)
  return -upperFraction(jets, a, x, jets.multiply(prefix, jets.linear(a, 1)))[k]! * factorial(k)
}

/** Σ x^n/((a+1) … (a+n)). */
function lowerSeries(jets: Jets, a: number, x: number): Jet {
  let term = jets.linear(1)
  let sum = term
  for (let n = 1; n < mostTerms; n++) {
    term = jets.divide(jets.scale(term, x), jets.linear(a + n, 1))
    sum = jets.add(sum, term)
    if (term.every((c, i) => Math.abs(c) <= 1e-18 * Math.abs(sum[i]!))) break
  }
  return sum
}

/** prefix/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - …))). */
function upperFraction(jets: Jets, a: number, x: number, prefix: Jet): Jet {
  const wanted = 60 + Math.ceil((40 * Math.sqrt(a)) / (1 + (x - a) / Math.sqrt(a))) + Math.ceil(400 / (1 + x))
  const terms = Math.min(wanted, mostTerms)
  let tail = jets.linear(x + 2 * terms + 1 - a, -1)
  for (let n = terms; n >= 1; n--)
    tail = jets.subtract(jets.linear(x + 2 * n - 1 - a, -1), jets.divide(jets.linear(n * (n - a), -n), tail))
  return jets.divide(prefix, tail)
}

/** The derivative of I_x(a, b), i times in a and j times in b (i + j ≥ 1). */
export function betaincSlope(i: number, j: number, a: number, b: number, x: number): number {
  if (!(a > 0) || !(b > 0) || !(x >= 0 && x <= 1)) return NaN
  if (x === 0 || x === 1) return 0
  if (x > (a + 1) / (a + b + 2)) return -lowerBeta(j, i, b, a, 1 - x, x)
  return lowerBeta(i, j, a, b, x, 1 - x)
}

/** The n-th derivative of digamma at a + b less that at a + 1. */
function stepDifference(n: number, a: number, b: number): number {
  return b < 0.5 ? polygamma(n, a + b) - polygamma(n, a + 1) : polygammaDifference(n, a + 1, b - 1)
}

function lowerBeta(i: number, j: number, a: number, b: number, x: number, y: number): number {
  const jets = new Jets(i, j)
  const exponent = new Float64Array(jets.size)
  // The prefix x^a (1-x)^b/(a B(a, b)) vanishes at b = 0, and is b times a power for a = 1; where a is the smaller one, it hardly depends on b.
  const linear = !(a < 0.1 && a < b)
  for (let k = 0; k <= i; k++)
    for (let l = 0; l <= j; l++) {
      if (k + l === 0) continue
      let c = 0
      if (l === 0) c = (k === 1 ? log(x) : 0) + stepDifference(k - 1, a, b)
      else if (k === 0)
        c = (l === 1 ? log(y) : 0) + (linear ? stepDifference(l - 1, b, a) : polygammaDifference(l - 1, b, a))
      else c = polygamma(k + l - 1, a + b)
      exponent[k * (j + 1) + l] = c / factorial(k) / factorial(l)
    }
  const first = (x < 0.5 ? betaPrefix(a, b, x) : betaPrefix(b, a, y)) / a
  const prefix = linear ? jets.multiply(jets.exp(exponent, first / b), jets.linear(b, 0, 1)) : jets.exp(exponent, first)
  const terms = Math.min(40 + Math.ceil(8 * Math.sqrt(Math.max(a, b))), mostTerms)
  let tail = jets.linear(1)
  for (let m = terms; m >= 0; m--) {
    // The odd coefficient -(a+m)(a+b+m) x/((a+2m)(a+2m+1)) and, before it, the even one m (b-m) x/((a+2m-1)(a+2m)).
    const head = jets.divide(jets.linear(a + b + m, 1, 1), jets.linear(a + 2 * m + 1, 1))
    const odd = m === 0 ? head : jets.multiply(head, jets.divide(jets.linear(a + m, 1), jets.linear(a + 2 * m, 1)))
    tail = jets.add(jets.linear(1), jets.divide(jets.scale(odd, -x), tail))
    if (m === 0) break
    const even = jets.divide(
      jets.linear(m * (b - m), 0, m),
      jets.multiply(jets.linear(a + 2 * m - 1, 1), jets.linear(a + 2 * m, 1)),
    )
    tail = jets.add(jets.linear(1), jets.divide(jets.scale(even, x), tail))
  }
  const value = jets.divide(prefix, tail)
  return value[jets.size - 1]! * factorial(i) * factorial(j)
}

const twoOverRootPi = 1.1283791670955126

/** e^x² iⁿerfc(x) for n ≥ 1 (DLMF 7.18.3), given e^x² erfc(x): upwards for x ≤ 1/2, by Miller's way down above. */
export function scaledErfcIntegral(n: number, x: number, erfcx: number): number {
  if (!(x > 0.5)) {
    let before = twoOverRootPi
    let value = erfcx
    for (let k = 1; k <= n; k++) {
      const next = (before - 2 * x * value) / (2 * k)
      before = value
      value = next
    }
    return value
  }
  if (x > 1e10) return twoOverRootPi / pow(2 * x, n + 1)
  const start = n + 20 + Math.ceil(0.5 * (20 / x) ** 2)
  let above = 0
  let value = 1e-290
  let wanted = start === n ? value : 0
  // f_(k-2) = 2k f_k + 2x f_(k-1), down to f_-1, which is 2/√π.
  for (let k = start + 1; k >= 1; k--) {
    const below = 2 * k * above + 2 * x * value
    above = value
    value = below
    if (k - 2 === n) wanted = value
    if (Math.abs(value) > 1e250) {
      above *= 1e-250
      value *= 1e-250
      wanted *= 1e-250
    }
  }
  return (wanted / value) * twoOverRootPi
}
