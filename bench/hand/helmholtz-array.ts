/**
 * The Helmholtz energy in array form: two matrix-vector products, and its hand-written adjoint.
 * Both use the products they are given, so that a comparison measures the program and not the kernels.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"
import { plain, type Products } from "./matmul.ts"

const RT = 8.3144598 * 300
const UP = 1 + Math.SQRT2
const DOWN = 1 - Math.SQRT2
const ROOT8 = Math.sqrt(8)

function dot(a: Float64Array, b: Float64Array): number {
  let s = 0
  for (let i = 0; i < a.length; i++) s += at(a, i) * at(b, i)
  return s
}

/** The energy of x for covolumes b and an interaction matrix a. */
export function helmholtzArray(x: Float64Array, b: Float64Array, a: Float64Array, products: Products = plain): number {
  const n = x.length
  const bx = dot(b, x)
  const free = 1 - bx
  let logs = 0
  for (let i = 0; i < n; i++) logs += Math.log(at(x, i) / free)
  const xax = dot(x, products.matmulRight(x, a, 1, n, n))
  return RT * logs - (xax / (ROOT8 * bx)) * Math.log((1 + UP * bx) / (1 + DOWN * bx))
}

/** The energy and its gradient with respect to x. */
export function helmholtzArrayGrad(
  x: Float64Array,
  b: Float64Array,
  a: Float64Array,
  products: Products = plain,
): { value: number; grad: Float64Array } {
  const n = x.length
  const bx = dot(b, x)
  const free = 1 - bx
  let logs = 0
  for (let i = 0; i < n; i++) logs += Math.log(at(x, i) / free)
  const rows = products.matmulRight(x, a, 1, n, n)
  const grad = products.matmul(x, a, 1, n, n)
  const xax = dot(x, rows)
  const top = 1 + UP * bx
  const bottom = 1 + DOWN * bx
  const root = ROOT8 * bx
  const log = Math.log(top / bottom)
  const slopeXax = -log / root
  const slopeBx = (RT * n) / free + (xax / root) * (log / bx - UP / top + DOWN / bottom)
  for (let i = 0; i < n; i++) {
    grad[i] = slopeXax * (at(grad, i) + at(rows, i)) + slopeBx * at(b, i) + RT / at(x, i)
  }
  return { value: RT * logs - (xax / root) * log, grad }
}
