/**
 * Helmholtz free energy of a mixed fluid, and its hand-written adjoint.
 * The adjoint stores nothing: one pass over the matrix gives x.A x, A x and its transpose times x.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"

const RT = 8.3144598 * 300
const UP = 1 + Math.SQRT2
const DOWN = 1 - Math.SQRT2
const ROOT8 = Math.sqrt(8)

/** The energy of x for covolumes b and an interaction matrix a (row by row). */
export function helmholtz(x: Float64Array, b: Float64Array, a: Float64Array): number {
  const n = x.length
  let bx = 0
  for (let i = 0; i < n; i++) bx += at(b, i) * at(x, i)
  const free = 1 - bx
  let logs = 0
  for (let i = 0; i < n; i++) logs += Math.log(at(x, i) / free)
  let xax = 0
  for (let i = 0, row = 0; i < n; i++, row += n) {
    let s = 0
    for (let j = 0; j < n; j++) s += at(a, row + j) * at(x, j)
    xax += at(x, i) * s
  }
  return RT * logs - (xax / (ROOT8 * bx)) * Math.log((1 + UP * bx) / (1 + DOWN * bx))
}

/** The energy and its gradient with respect to x. */
export function helmholtzGrad(
  x: Float64Array,
  b: Float64Array,
  a: Float64Array,
): { value: number; grad: Float64Array } {
  const n = x.length
  const grad = new Float64Array(n)
  let bx = 0
  for (let i = 0; i < n; i++) bx += at(b, i) * at(x, i)
  const free = 1 - bx
  let logs = 0
  for (let i = 0; i < n; i++) logs += Math.log(at(x, i) / free)
  let xax = 0
  for (let i = 0, row = 0; i < n; i++, row += n) {
    const xi = at(x, i)
    let s = 0
    for (let j = 0; j < n; j++) {
      const aij = at(a, row + j)
      s += aij * at(x, j)
      grad[j] = at(grad, j) + aij * xi
    }
    xax += xi * s
    grad[i] = at(grad, i) + s
  }
  const top = 1 + UP * bx
  const bottom = 1 + DOWN * bx
  const root = ROOT8 * bx
  const log = Math.log(top / bottom)
  const slopeXax = -log / root
  const slopeBx = (RT * n) / free + (xax / root) * (log / bx - UP / top + DOWN / bottom)
  for (let i = 0; i < n; i++) grad[i] = slopeXax * at(grad, i) + slopeBx * at(b, i) + RT / at(x, i)
  return { value: RT * logs - (xax / root) * log, grad }
}
