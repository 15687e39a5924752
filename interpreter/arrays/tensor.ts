/**
 * Dense arrays: float64 tensors and boolean arrays.
 * Row-major data beside a shape, nothing else; contents are never changed by anyone but the variable that owns them (see `owner`).
 * It must not know derivatives, lists or the language.
 */

import { reserve, spend } from "./work.ts"

export type Shape = readonly number[]

/** A dense float64 array of any rank (rank 0 does not occur: that is a number). */
export class Tensor {
  readonly shape: Shape
  readonly data: Float64Array
  /** The variable that may change the data in place; null once anyone else may hold them. */
  owner: object | null = null

  constructor(shape: Shape, data: Float64Array) {
    this.shape = shape
    this.data = data
    if (data.length > 64) reserve(data.length)
  }
}

/** A dense boolean array; 0 and 1. */
export class BoolArray {
  readonly shape: Shape
  readonly data: Uint8Array
  owner: object | null = null

  constructor(shape: Shape, data: Uint8Array) {
    this.shape = shape
    this.data = data
    if (data.length > 64) spend(data.length)
  }
}

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  let size = 1
  for (let i = 0; i < shape.length; i++) size *= shape[i]!
  return size
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The shape two shapes broadcast to by NumPy's rule, or null where they do not. */
export function broadcastShape(a: Shape, b: Shape): Shape | null {
  if (sameShape(a, b)) return a
  const rank = Math.max(a.length, b.length)
  const out = new Array<number>(rank)
  for (let i = 1; i <= rank; i++) {
    const m = i <= a.length ? a[a.length - i]! : 1
    const n = i <= b.length ? b[b.length - i]! : 1
    if (m !== n && m !== 1 && n !== 1) return null
    out[rank - i] = m === 1 ? n : m
  }
  return out
}

/** `(3, 4)`, as messages and `shape` lines print it. */
export function showShape(shape: Shape): string {
  return `(${shape.join(", ")})`
}
