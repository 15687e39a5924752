/**
 * The logistic map as one long scalar loop, and its hand-written adjoint.
 * The adjoint saves one number a step on a stack that is reused between calls.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"

let stack = new Float64Array(0)

/** x after some steps of v → 3 v (1 - v). */
export function logistic(x: number, steps: number): number {
  let v = x
  for (let i = 0; i < steps; i++) v = 3 * v * (1 - v)
  return v
}

/** The value and its derivative with respect to x, backwards through the saved steps. */
export function logisticGrad(x: number, steps: number): { value: number; grad: number } {
  if (stack.length < steps) stack = new Float64Array(steps)
  const saved = stack
  let v = x
  for (let i = 0; i < steps; i++) {
    saved[i] = v
    v = 3 * v * (1 - v)
  }
  let g = 1
  for (let i = steps - 1; i >= 0; i--) g *= 3 - 6 * at(saved, i)
  return { value: v, grad: g }
}
