/**
 * Derivatives of Euler's beta function in its arguments, to every order.
 * Away from its poles they are the exponential of the power series of its logarithm. Beside a pole at 0 mixed ones would be differences of 1/a^n,
 * which does not depend on b: there they are integrals of one sign. It must not know arrays or derivative rules.
 */

import { exp, log, log1p } from "../elementary.ts"
import { beta } from "./beta.ts"
import { polygamma } from "./digamma.ts"
import { gamma } from "./gamma.ts"
import { Jets } from "./jets.ts"
import { polygammaDifference } from "./polygamma-difference.ts"

/** From here on the series loses no more than a digit. */
const besidePole = 0.5

/** The derivative of B(a, b), i times in a and j times in b. */
export function betaSlope(i: number, j: number, a: number, b: number): number {
  if (i > 0 && j > 0 && Math.min(a, b) < besidePole && a > 0 && b > 0 && Math.max(a, b) < Infinity)
    return integral(i, j, a, b)
  const jets = new Jets(i, j)
  const exponent = new Float64Array(jets.size)
  for (let k = 0; k <= i; k++)
    for (let l = 0; l <= j; l++) {
      if (k + l === 0) continue
      const n = k + l - 1
      const c = l === 0 ? polygammaDifference(n, a, b) : k === 0 ? polygammaDifference(n, b, a) : polygamma(n, a + b)
      exponent[k * (j + 1) + l] = -c / (gamma(k + 1) * gamma(l + 1))
    }
  return jets.exp(exponent, beta(a, b))[jets.size - 1]! * gamma(i + 1) * gamma(j + 1)
}

/**
 * ∫ t^a (ln t)^i (1-t)^b (ln(1-t))^j dv, t = 1/(1 + e^-v), for i, j ≥ 1, where it exists even at a = 0 or b = 0. The integrand is analytic about the
 * real line and falls off exponentially, so the trapezoidal rule converges exponentially (Trefethen and Weideman 2014).
 */
function integral(i: number, j: number, a: number, b: number): number {
  const at = (v: number): number => {
    const small = exp(-Math.abs(v))
    const near = -log1p(small)
    const far = near - Math.abs(v)
    const first = v > 0 ? near : far
    const second = v > 0 ? far : near
    return exp(a * first + b * second) * first ** i * second ** j
  }
  const step = 0.2
  const middle = log(Math.max(a, 1) / Math.max(b, 1))
  let sum = at(middle)
  for (const direction of [-step, step])
    for (let k = 1; k < 10_000; k++) {
      const term = at(middle + k * direction)
      sum += term
      // Rising at first where the logarithm outweighs the power.
      if (k > 100 && Math.abs(term) <= 1e-19 * Math.abs(sum)) break
    }
  return sum * step
}
