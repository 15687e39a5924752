/**
 * What squashes, where it saturates: softplus and the slopes of the sigmoid and of the hyperbolic tangent.
 * Each picks the form that is exact to rounding on its half of the line. It must not know arrays or derivatives.
 */

import { exp, log1p } from "./elementary.ts"

/** ln(1+e^x). */
export function softplus(x: number): number {
  return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
}

/** sigmoid(x)·sigmoid(−x), the derivative of sigmoid: even, and exact where sigmoid saturates. */
export function sigmoidSlope(x: number): number {
  const e = exp(-Math.abs(x))
  const d = 1 + e
  return e / (d * d)
}

/** 1/cosh²(x), the derivative of tanh: exact where tanh saturates. */
export function sechSquared(x: number): number {
  const e = exp(-Math.abs(x))
  const d = 1 + e * e
  const sech = (2 * e) / d
  return sech * sech
}
