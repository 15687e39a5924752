/**
 * a b + c a - b on long arrays as one fused loop, and its adjoint as another.
 * Lengths are checked once, as the language does for elementwise operations.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"

function sameLength(a: Float64Array, b: Float64Array, c: Float64Array): number {
  if (a.length !== b.length || a.length !== c.length) throw new RangeError("the arrays have different lengths")
  return a.length
}

/** The combined array. */
export function combine(a: Float64Array, b: Float64Array, c: Float64Array): Float64Array {
  const n = sameLength(a, b, c)
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const x = at(a, i)
    const y = at(b, i)
    out[i] = x * y + at(c, i) * x - y
  }
  return out
}

/** The sum of the combined array, without building it. */
export function total(a: Float64Array, b: Float64Array, c: Float64Array): number {
  const n = sameLength(a, b, c)
  let s = 0
  for (let i = 0; i < n; i++) {
    const x = at(a, i)
    const y = at(b, i)
    s += x * y + at(c, i) * x - y
  }
  return s
}

/** The sum and its gradients with respect to all three. */
export function totalGrad(
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
): { value: number; grad: [Float64Array, Float64Array, Float64Array] } {
  const n = sameLength(a, b, c)
  const ga = new Float64Array(n)
  const gb = new Float64Array(n)
  let s = 0
  for (let i = 0; i < n; i++) {
    const x = at(a, i)
    const y = at(b, i)
    const z = at(c, i)
    s += x * y + z * x - y
    ga[i] = y + z
    gb[i] = x - 1
  }
  return { value: s, grad: [ga, gb, a.slice()] }
}
