/**
 * Elementwise functions of whole arrays, through the SIMD module where it helps.
 * Arrays stay ordinary Float64Arrays: they pass through a small window of the module's memory a few thousand elements at a time, which
 * costs little because the window stays in the cache, and leaves all memory to the garbage collector.
 * It must not know shapes or derivatives.
 */
import { cos, REDUCED_BELOW, sin } from "./circle.ts"
import { exp, expm1, log, log1p, sigmoid, tanh } from "./elementary.ts"
import { dotAt, sumAt } from "./sums.ts"
import { type Kernels, room, simd, WINDOW } from "./wasm/load.ts"

/** Shorter arrays are done by the scalar twins. */
const SIMD_FROM = 64

type Name = "vexp" | "vexpm1" | "vlog" | "vlog1p" | "vsigmoid" | "vtanh" | "vsin" | "vcos"

/** out = f(x), elementwise; `out` may be `x`. */
function map(name: Name & keyof Kernels, twin: (x: number) => number, circle: boolean) {
  return (x: Float64Array, out: Float64Array = new Float64Array(x.length)): Float64Array => {
    const n = x.length
    const target = n >= SIMD_FROM ? simd() : null
    if (target === null) {
      for (let i = 0; i < n; i++) out[i] = twin(x[i]!)
      return out
    }
    const kernel = target.kernels[name]
    const { base } = target
    const memory = room(target, WINDOW)
    const from = base / 8
    for (let i = 0; i < n; i += WINDOW) {
      const count = Math.min(WINDOW, n - i)
      memory.set(count === n ? x : x.subarray(i, i + count), from)
      if (count % 2 === 1) memory[from + count] = 0
      const far = kernel(base, base, count + (count % 2))
      if (circle && far !== 0)
        for (let j = 0; j < count; j++) {
          const v = x[i + j]!
          memory[from + j] = Math.abs(v) < REDUCED_BELOW ? memory[from + j]! : twin(v)
        }
      out.set(memory.subarray(from, from + count), i)
    }
    return out
  }
}

export const expArray = map("vexp", exp, false)
export const expm1Array = map("vexpm1", expm1, false)
export const logArray = map("vlog", log, false)
export const log1pArray = map("vlog1p", log1p, false)
export const sigmoidArray = map("vsigmoid", sigmoid, false)
export const tanhArray = map("vtanh", tanh, false)
export const sinArray = map("vsin", sin, true)
export const cosArray = map("vcos", cos, true)

/** The sum of all elements, in eight lanes (see `sums.ts`). */
export function sum(x: Float64Array): number {
  return sumAt(x, 0, x.length)
}

/** The dot product of two vectors of one length, in eight lanes. */
export function dot(x: Float64Array, y: Float64Array): number {
  return dotAt(x, 0, y, 0, x.length)
}
