/**
 * Dense arrays: float64 tensors and boolean arrays.
 * Row-major data beside a shape, nothing else; contents are never changed by anyone but the variable that owns them (see `owner`).
 * It must not know derivatives, lists or the language.
 */

import { often, reserve, spend } from "./work.ts"

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

/**
 * For each element of `to` in row-major order, the flat index into an array of shape `from` that broadcasts to it.
 * Null where the shapes are equal (the index is then the same).
 */
export function broadcastIndex(from: Shape, to: Shape): Int32Array | null {
  if (sameShape(from, to)) return null
  const size = sizeOf(to)
  reserve(size)
  const index = new Int32Array(size)
  const rank = to.length
  const strides = new Array<number>(rank).fill(0)
  let stride = 1
  for (let i = 1; i <= from.length; i++) {
    const n = from[from.length - i]!
    strides[rank - i] = n === 1 ? 0 : stride
    stride *= n
  }
  const counter = new Array<number>(rank).fill(0)
  let at = 0
  for (let k = 0; k < size; k++) {
    if ((k & often) === 0) spend(often)
    index[k] = at
    for (let axis = rank - 1; axis >= 0; axis--) {
      at += strides[axis]!
      if (++counter[axis]! < to[axis]!) break
      at -= strides[axis]! * to[axis]!
      counter[axis] = 0
    }
  }
  return index
}

/** `(3, 4)`, as messages and `shape` lines print it. */
export function showShape(shape: Shape): string {
  return `(${shape.join(", ")})`
}
