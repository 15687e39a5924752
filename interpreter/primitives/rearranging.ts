/**
 * Elements in other places: picked, repeated, turned round, on diagonals.
 * Everything here moves elements and computes nothing, so it is offsets handed to the structural operations. It must not know modes or syntax.
 */

import { zeroed } from "../arrays/fresh.ts"
import { often, reserve, spend } from "../arrays/work.ts"
import { offsetsInOrder, orderWithLast, inverseOrder } from "../arrays/axes.ts"
import { stridedOffsets } from "../arrays/offsets.ts"
import { BoolArray, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { where } from "../autodiff/choose.ts"
import { shapeOf, type Num } from "../autodiff/num.ts"
import { addAt, region, reshape, run } from "../autodiff/structure.ts"
import { sub } from "./arithmetic.ts"

/** The identity matrix of n rows and m columns. */
export function eye(n: number, m: number): Tensor {
  const out = zeroed(n * m)
  for (let i = 0; i < n && i < m; i++) out[i * m + i] = 1
  return new Tensor([n, m], out)
}

/** Elements along one axis in the order of `places`. */
export function take(a: Num, axis: number, places: readonly number[] | Int32Array): Num {
  const shape = shapeOf(a)
  const order = [axis, ...orderWithLast(shape.length, [axis]).slice(0, -1)]
  const whole = offsetsInOrder(shape, order)
  const size = shape[axis] === 0 ? 0 : whole.length / shape[axis]!
  reserve(size * places.length)
  const picked = new Int32Array(size * places.length)
  for (let i = 0; i < places.length; i++) {
    if ((i & often) === 0) spend(often)
    const from = places[i]! * size
    if (size === 1) picked[i] = whole[from]!
    else picked.set(whole.subarray(from, from + size), i * size)
  }
  const pickedShape = [places.length, ...order.slice(1).map((i) => shape[i]!)]
  // The picked offsets stand with the axis in front; they are put into the order of the result.
  const back = offsetsInOrder(pickedShape, inverseOrder(order))
  const outShape = shape.map((n, i) => (i === axis ? places.length : n))
  for (let i = 0; i < back.length; i++) {
    if ((i & often) === 0) spend(often)
    back[i] = picked[back[i]!]!
  }
  return region(a, back, outShape)
}

/** So many places, each found from its number. */
function placesBy(count: number, place: (i: number) => number): Int32Array {
  reserve(count)
  const places = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    if ((i & often) === 0) spend(often)
    places[i] = place(i)
  }
  return places
}

/** Elements in the opposite order along axes. */
export function reverse(a: Num, axes: readonly number[]): Num {
  const shape = shapeOf(a)
  const strides = new Array<number>(shape.length).fill(1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!
  let start = 0
  for (const axis of axes) {
    start += strides[axis]! * (shape[axis]! - 1)
    strides[axis] = -strides[axis]!
  }
  return region(a, stridedOffsets(shape, strides, start), shape)
}

/** Offsets of the diagonal number k of a matrix. */
function diagonalOffsets([n, m]: Shape, k: number): Int32Array {
  const length = Math.max(0, Math.min(n! - Math.max(0, -k), m! - Math.max(0, k)))
  return Int32Array.from({ length }, (_, i) => (i + Math.max(0, -k)) * m! + i + Math.max(0, k))
}

/** The diagonal of a matrix. */
export function diagonal(a: Num, k = 0): Num {
  const offsets = diagonalOffsets(shapeOf(a), k)
  return region(a, offsets, [offsets.length])
}

/** The square matrix with a given diagonal. */
export function diagonalMatrix(v: Num, k = 0): Num {
  const n = sizeOf(shapeOf(v)) + Math.abs(k)
  const zeros = new Tensor([n, n], zeroed(n * n))
  return addAt(zeros, v, diagonalOffsets([n, n], k))
}

/** The lower triangle of the last two axes: what is above diagonal k is 0 and has no derivative. */
export function tril(a: Num, k = 0): Num {
  return triangle(a, (i, j) => j - i <= k)
}

/** The upper triangle: what is below diagonal k is 0 and has no derivative. */
export function triu(a: Num, k = 0): Num {
  return triangle(a, (i, j) => j - i >= k)
}

function triangle(a: Num, inside: (i: number, j: number) => boolean): Num {
  const shape = shapeOf(a)
  const n = shape[shape.length - 2]!
  const m = shape[shape.length - 1]!
  const mask = new Uint8Array(n * m)
  for (let i = 0; i < n; i++) {
    spend(4 * m)
    for (let j = 0; j < m; j++) mask[i * m + j] = inside(i, j) ? 1 : 0
  }
  return where(new BoolArray([n, m], mask), a, 0)
}

/** Each element repeated n times along an axis. */
export function repeat(a: Num, n: number, axis: number): Num {
  const length = shapeOf(a)[axis]!
  return take(
    a,
    axis,
    placesBy(length * n, (i) => Math.floor(i / n)),
  )
}

/** The whole array side by side with itself, `counts[i]` times along axis i. */
export function tile(a: Num, counts: readonly number[]): Num {
  const rank = Math.max(counts.length, shapeOf(a).length)
  const shape = [...new Array<number>(rank - shapeOf(a).length).fill(1), ...shapeOf(a)]
  const times = [...new Array<number>(rank - counts.length).fill(1), ...counts]
  let out = reshape(a, shape)
  times.forEach((n, axis) => {
    const length = shape[axis]!
    if (n !== 1)
      out = take(
        out,
        axis,
        placesBy(length * n, (i) => i % length),
      )
  })
  return out
}

/** x_(i+1) - x_i along an axis. */
export function differences(a: Num, axis: number): Num {
  const n = shapeOf(a)[axis]!
  const places = run(0, Math.max(0, n - 1))
  return sub(
    take(
      a,
      axis,
      Array.from(places, (i) => i + 1),
    ),
    take(a, axis, [...places]),
  )
}
