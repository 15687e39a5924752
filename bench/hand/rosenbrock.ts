/**
 * The chained Rosenbrock function, its gradient, and its Hessian times a vector by hand.
 * The product is the tangent of the gradient's own code: forward over reverse in one pass.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"

/** The sum of 100 (x[i + 1] - x[i]^2)^2 + (1 - x[i])^2. */
export function rosenbrock(x: Float64Array): number {
  let s = 0
  for (let i = 0; i < x.length - 1; i++) {
    const xi = at(x, i)
    const t = at(x, i + 1) - xi * xi
    const u = 1 - xi
    s += 100 * t * t + u * u
  }
  return s
}

/** The value and its gradient. */
export function rosenbrockGrad(x: Float64Array): { value: number; grad: Float64Array } {
  const n = x.length
  const grad = new Float64Array(n)
  let s = 0
  let carried = 0
  for (let i = 0; i < n - 1; i++) {
    const xi = at(x, i)
    const t = at(x, i + 1) - xi * xi
    const u = 1 - xi
    s += 100 * t * t + u * u
    const g = 200 * t
    grad[i] = carried - 2 * (g * xi + u)
    carried = g
  }
  if (n > 0) grad[n - 1] = carried
  return { value: s, grad }
}

/** The Hessian at x times v. */
export function rosenbrockProduct(x: Float64Array, v: Float64Array): Float64Array {
  const n = x.length
  const product = new Float64Array(n)
  let carried = 0
  for (let i = 0; i < n - 1; i++) {
    const xi = at(x, i)
    const vi = at(v, i)
    const t = at(x, i + 1) - xi * xi
    const g = 200 * (at(v, i + 1) - 2 * xi * vi)
    product[i] = carried - 2 * (g * xi + 200 * t * vi - vi)
    carried = g
  }
  if (n > 0) product[n - 1] = carried
  return product
}
