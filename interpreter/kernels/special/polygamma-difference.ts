/**
 * Differences of polygamma functions at two points, without the cancellation of subtracting them: the slopes of ln B(x, y).
 * Recurrence up to where the asymptotic series (DLMF 5.15.8) holds; every difference of powers is taken by expm1. It must not know arrays or rules.
 */

import { pow } from "../powers.ts"
import { expm1, log1p } from "../elementary.ts"
import { polygamma } from "./digamma.ts"

/** B(2k). */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798]

/** The n-th derivative of digamma at x + y less that at x. */
export function polygammaDifference(n: number, x: number, y: number): number {
  if (!(x > 0) || !(x + y > 0) || x === Infinity || y === Infinity) return polygamma(n, x + y) - polygamma(n, x)
  // (x+y)^-m - x^-m
  const powers = (at: number, m: number): number => pow(at, -m) * expm1(-m * log1p(y / at))
  let factorial = 1
  for (let k = 2; k <= n; k++) factorial *= k
  const sign = n % 2 === 0 ? -1 : 1
  let sum = 0
  let at = x
  for (; at < 12 + n || at + y < 12 + n; at++) sum += factorial * powers(at, n + 1)
  // (n-1)!/x^n, for n = 0 the logarithm, then n!/(2 x^(n+1)) and the series.
  sum += n === 0 ? -log1p(y / at) : (factorial / n) * powers(at, n)
  sum += 0.5 * factorial * powers(at, n + 1)
  // (2k+n-1)!/(2k)!
  let factor = n === 0 ? 1 / 2 : (factorial * (n + 1)) / 2
  for (let k = 1; k <= BERNOULLI.length; k++) {
    sum += BERNOULLI[k - 1]! * factor * powers(at, 2 * k + n)
    factor *= ((2 * k + n) * (2 * k + n + 1)) / ((2 * k + 1) * (2 * k + 2))
  }
  return sign * sum
}
