/**
 * Elementwise functions of whole arrays, through the SIMD module where it helps.
 * Arrays stay ordinary Float64Arrays, so that all memory is left to the garbage collector. It must not know shapes or derivatives.
 */
import { cos, sin } from "./circle.ts"
import { exp, expm1, log, log1p, sigmoid, tanh } from "./elementary.ts"
import { dotAt, sumAt } from "./sums.ts"
import { vectors, type VectorName } from "./vectors.ts"

/** Shorter arrays are done by the scalar twins. */
const SIMD_FROM = 64

/**
 * out = f(x), elementwise; `out` may be `x`. The loop of the twin is written out for each function, since one for all would call the function through
 * a pointer.
 */
function map(name: VectorName, twin: (x: number) => number, loop: (x: Float64Array, out: Float64Array) => void) {
  return (x: Float64Array, out: Float64Array = new Float64Array(x.length)): Float64Array => {
    const n = x.length
    if (n >= SIMD_FROM && vectors()?.map(name, x, out, twin) === true) return out
    loop(x, out)
    return out
  }
}

export const expArray = map("vexp", exp, (x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = exp(x[i]!)
})
export const expm1Array = map("vexpm1", expm1, (x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = expm1(x[i]!)
})
export const logArray = map("vlog", log, (x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = log(x[i]!)
})
export const log1pArray = map("vlog1p", log1p, (x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = log1p(x[i]!)
})
export const sigmoidArray = map("vsigmoid", sigmoid, (x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = sigmoid(x[i]!)
})
export const tanhArray = map("vtanh", tanh, (x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = tanh(x[i]!)
})
export const sinArray = map("vsin", sin, (x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = sin(x[i]!)
})
export const cosArray = map("vcos", cos, (x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = cos(x[i]!)
})

/** The sum of all elements, in eight lanes (see `sums.ts`). */
export function sum(x: Float64Array): number {
  return sumAt(x, 0, x.length)
}

/** The dot product of two vectors of one length, in eight lanes. */
export function dot(x: Float64Array, y: Float64Array): number {
  return dotAt(x, 0, y, 0, x.length)
}
