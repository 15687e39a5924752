/**
 * Axes of shapes: what is left when some are reduced, and the order of elements when they are moved.
 * Everything that works along axes moves them to the end and then runs over contiguous rows. It must not know what is done with a row.
 */

import { stridedOffsets } from "./offsets.ts"
import type { Shape } from "./tensor.ts"

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
