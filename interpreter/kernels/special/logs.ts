/**
 * Logarithms, exponentials and squashing functions that keep their digits where the obvious formula cancels, saturates or overflows.
 * Each picks the form that is exact to rounding on its half of the line.
 * It must not know arrays or derivatives.
 */
import { exp, expm1, log, log1p } from "../elementary.ts"

/** ln(1+x) − x without cancellation near 0, by the series of atanh (DLMF 4.6.1 in s = x/(2+x)). */
export function log1pmx(x: number): number {
  if (!(x > -0.5 && x < 1)) return x === Infinity ? -Infinity : log1p(x) - x
  const s = x / (2 + x)
  const s2 = s * s
  let sum = 0
  for (let k = 35; k >= 3; k -= 2) sum = sum * s2 + 1 / k
  return 2 * s * s2 * sum - x * s
}

/** ln(1 − e^−x) for x > 0 (Mächler 2012): -inf at 0, nan below. */
export function log1mexp(x: number): number {
  return x <= 0.6931471805599453 ? log(-expm1(-x)) : log1p(-exp(-x))
}

/** ln(e^x + e^y); never overflows, and infinities are exact. */
export function logaddexp(x: number, y: number): number {
  if (x === y) return x + Math.LN2
  const high = x > y ? x : y
  const low = x > y ? y : x
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN
  return high === Infinity ? high : high + log1p(exp(low - high))
}

/** x ln y, and 0 where x is 0 whatever y is (nan apart). */
export function xlogy(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * log(y)
}

/** x ln(1+y), and 0 where x is 0 whatever y is (nan apart). */
export function xlog1py(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * log1p(y)
}

export { sigmoid } from "../elementary.ts"

/** ln sigmoid(x). */
export function logSigmoid(x: number): number {
  return x >= 0 ? -log1p(exp(-x)) : x - log1p(exp(x))
}

/** ln(p/(1−p)): relative accuracy about 1/2 too. */
export function logit(p: number): number {
  if (p >= 0.25 && p <= 0.75) {
    const s = p - 0.5
    return log1p((2 * s) / (0.5 - s))
  }
  return log(p) - log1p(-p)
}
