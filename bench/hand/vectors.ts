/**
 * Vectors filled, gathered from and scattered into element by element, with hand-written adjoints.
 * Each adjoint is linear in the length of the vector.
 * It must not know how it is timed.
 */
import { at, indexAt } from "./checked.ts"

/** A value and a gradient of one vector. */
export interface Slope {
  readonly value: number
  readonly grad: Float64Array
}

/** The sum of squares of v, v[i] = x[i] x[n - 1 - i]. */
export function fill(x: Float64Array): number {
  const n = x.length
  const v = new Float64Array(n)
  for (let i = 0; i < n; i++) v[i] = at(x, i) * at(x, n - 1 - i)
  let s = 0
  for (let i = 0; i < n; i++) s += at(v, i) * at(v, i)
  return s
}

/** Its gradient: v is kept, and each element sends back to the two it was made of. */
export function fillGrad(x: Float64Array): Slope {
  const n = x.length
  const v = new Float64Array(n)
  for (let i = 0; i < n; i++) v[i] = at(x, i) * at(x, n - 1 - i)
  const grad = new Float64Array(n)
  let s = 0
  for (let i = 0; i < n; i++) {
    const vi = at(v, i)
    s += vi * vi
    const g = 2 * vi
    grad[i] = at(grad, i) + g * at(x, n - 1 - i)
    grad[n - 1 - i] = at(grad, n - 1 - i) + g * at(x, i)
  }
  return { value: s, grad }
}

/** The sum of the squares of gathered elements. */
export function gatherSquares(x: Float64Array, index: Int32Array): number {
  let s = 0
  for (let i = 0; i < index.length; i++) {
    const y = at(x, indexAt(index, i))
    s += y * y
  }
  return s
}

/** Its gradient: each read adds to the place it read from. */
export function gatherSquaresGrad(x: Float64Array, index: Int32Array): Slope {
  const grad = new Float64Array(x.length)
  let s = 0
  for (let i = 0; i < index.length; i++) {
    const k = indexAt(index, i)
    const y = at(x, k)
    s += y * y
    grad[k] = at(grad, k) + 2 * y
  }
  return { value: s, grad }
}

/** The sum of squares of a vector into which x was scattered. */
export function scatterSquares(x: Float64Array, index: Int32Array): number {
  const n = x.length
  const v = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const k = indexAt(index, i)
    v[k] = at(v, k) + at(x, i)
  }
  let s = 0
  for (let i = 0; i < n; i++) s += at(v, i) * at(v, i)
  return s
}

/** Its gradient: a gather from the scattered vector. */
export function scatterSquaresGrad(x: Float64Array, index: Int32Array): Slope {
  const n = x.length
  const v = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const k = indexAt(index, i)
    v[k] = at(v, k) + at(x, i)
  }
  let s = 0
  for (let i = 0; i < n; i++) s += at(v, i) * at(v, i)
  const grad = new Float64Array(n)
  for (let i = 0; i < n; i++) grad[i] = 2 * at(v, indexAt(index, i))
  return { value: s, grad }
}
