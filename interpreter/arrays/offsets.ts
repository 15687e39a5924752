/**
 * Where the elements of a view stand in the array that is looked at: a view is a shape with a stride an axis, and 0 repeats what it meets.
 * Broadcasting is such a view; it is also told as runs, along which each operand moves on by one or stays, so that nothing is made for every element. It must not
 * know what is done with the elements.
 */

import { sameShape, sizeOf, type Shape } from "./tensor.ts"
import { reserve, spend } from "./work.ts"

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

/**
 * For each element of `to` in row-major order, the flat index into an array of shape `from` that broadcasts to it.
 * Null where the shapes are equal (the index is then the same).
 */
export function broadcastIndex(from: Shape, to: Shape): Int32Array | null {
  return sameShape(from, to) ? null : stridedOffsets(to, broadcastStrides(from, to), 0)
}

/** The strides, in an array of shape `from`, of its view broadcast to `to`. */
function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = new Array<number>(to.length).fill(0)
  let stride = 1
  for (let i = 1; i <= from.length; i++) {
    const n = from[from.length - i]!
    strides[to.length - i] = n === 1 ? 0 : stride
    stride *= n
  }
  return strides
}

/** An operand along the runs: where each begins in it, and whether it moves on with the elements or stays. */
export interface AlongRuns {
  readonly starts: Int32Array
  readonly moves: boolean
}

/** The elements of a shape as `count` runs of `length`, in order. */
export interface Runs<Operands> {
  readonly length: number
  readonly count: number
  readonly operands: Operands
}

/** The runs of `to` for operands of these shapes that broadcast to it: the last axes that each operand has in full or not at all. */
export function runsOf(shapes: readonly [Shape], to: Shape): Runs<readonly [AlongRuns]>
export function runsOf(shapes: readonly [Shape, Shape], to: Shape): Runs<readonly [AlongRuns, AlongRuns]>
export function runsOf(shapes: readonly Shape[], to: Shape): Runs<readonly AlongRuns[]> {
  const views = shapes.map((shape) => ({ strides: broadcastStrides(shape, to), moves: false, stays: false }))
  let first = to.length
  for (; first > 0; first--) {
    const axis = first - 1
    // An axis of one element is in any run.
    if (to[axis] === 1) continue
    if (views.some(({ strides, moves, stays }) => (strides[axis] === 0 ? moves : stays))) break
    for (const view of views) {
      if (view.strides[axis] === 0) view.stays = true
      else view.moves = true
    }
  }
  const outer = to.slice(0, first)
  return {
    length: sizeOf(to.slice(first)),
    count: sizeOf(outer),
    operands: views.map(({ strides, moves }) => ({ starts: stridedOffsets(outer, strides.slice(0, first), 0), moves })),
  }
}
