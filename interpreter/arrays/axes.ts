/**
 * Axes of shapes: what is left when some are reduced, and the order of elements when they are moved.
 * Everything that works along axes moves them to the end and then runs over contiguous rows. It must not know what is done with a row.
 */

import { sizeOf, type Shape } from "./tensor.ts"
import { reserve, spend } from "./work.ts"

/** The shape with `axes` left out. */
export function withoutAxes(shape: Shape, axes: readonly number[]): Shape {
  return shape.filter((_, i) => !axes.includes(i))
}

/** The shape with `axes` of length 1. */
export function withUnitAxes(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((n, i) => (axes.includes(i) ? 1 : n))
}

/** All axes of a shape. */
export function allAxes(shape: Shape): number[] {
  return shape.map((_, i) => i)
}

/** The order of axes that puts `axes` last and keeps the others in front. */
export function orderWithLast(rank: number, axes: readonly number[]): number[] {
  const order: number[] = []
  for (let i = 0; i < rank; i++) if (!axes.includes(i)) order.push(i)
  return [...order, ...axes]
}

/** The order that undoes `order`. */
export function inverseOrder(order: readonly number[]): number[] {
  const out = new Array<number>(order.length)
  order.forEach((axis, i) => {
    out[axis] = i
  })
  return out
}

export function isIdentityOrder(order: readonly number[]): boolean {
  return order.every((axis, i) => axis === i)
}

/** Offsets, in an array of `shape`, of the elements of the array whose axis i is axis `order[i]`. */
export function offsetsInOrder(shape: Shape, order: readonly number[]): Int32Array {
  const strides = new Array<number>(shape.length).fill(1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!
  return stridedOffsets(
    order.map((axis) => shape[axis]!),
    order.map((axis) => strides[axis]!),
    0,
  )
}

/** Offsets of the elements of a view of `shape` with these strides, the first element standing at `start`. */
export function stridedOffsets(shape: Shape, strides: readonly number[], start: number): Int32Array {
  const size = sizeOf(shape)
  reserve(size)
  const offsets = new Int32Array(size)
  const last = shape.length - 1
  const length = shape[last] ?? 1
  const step = strides[last] ?? 0
  const counter = new Array<number>(shape.length).fill(0)
  let row = start
  for (let k = 0; k < size;) {
    spend(length)
    for (let at = row, end = k + length; k < end; at += step) offsets[k++] = at
    for (let axis = last - 1; axis >= 0; axis--) {
      row += strides[axis]!
      if (++counter[axis]! < shape[axis]!) break
      row -= strides[axis]! * shape[axis]!
      counter[axis] = 0
    }
  }
  return offsets
}
