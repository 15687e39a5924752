/**
 * Newton's method to convergence for many cubics, and its hand-written adjoint through the iterations.
 * The adjoint keeps the iterates of one root at a time on a small stack.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"

let stack = new Float64Array(64)

/** The sum of the real roots of x^3 + x = a. */
export function roots(a: Float64Array): number {
  let s = 0
  for (let i = 0; i < a.length; i++) {
    const goal = at(a, i)
    let x = 1
    let step = 1
    while (Math.abs(step) > 1e-9) {
      step = (x * x * x + x - goal) / (3 * x * x + 1)
      x -= step
    }
    s += x
  }
  return s
}

/** The sum and its gradient with respect to a, backwards through the iterations that were made. */
export function rootsGrad(a: Float64Array): { value: number; grad: Float64Array } {
  const n = a.length
  const grad = new Float64Array(n)
  let s = 0
  for (let i = 0; i < n; i++) {
    const goal = at(a, i)
    let saved = stack
    let count = 0
    let x = 1
    let step = 1
    while (Math.abs(step) > 1e-9) {
      if (count === saved.length) {
        const larger = new Float64Array(2 * count)
        larger.set(saved)
        saved = stack = larger
      }
      saved[count++] = x
      step = (x * x * x + x - goal) / (3 * x * x + 1)
      x -= step
    }
    s += x
    let g = 1
    let ga = 0
    while (count > 0) {
      const x = at(saved, --count)
      const square = x * x
      const inverse = 1 / (3 * square + 1)
      const scaled = g * inverse
      ga += scaled
      g = scaled * inverse * (x * square + x - goal) * 6 * x
    }
    grad[i] = ga
  }
  return { value: s, grad }
}
