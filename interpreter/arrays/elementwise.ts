/**
 * Elementwise loops over plain arrays, with broadcasting.
 * The one place where a function of numbers becomes a function of arrays. It must not know derivatives.
 */

import { raise } from "../../lang/report/fault.ts"
import { faults } from "../../lang/report/catalogue.ts"
import type { Loops } from "../kernels/operations.ts"
import { zeroed } from "./fresh.ts"
import { broadcastIndex, runsOf } from "./offsets.ts"
import { BoolArray, broadcastShape, sameShape, sizeOf, Tensor, type Shape } from "./tensor.ts"
import { reserve, spend } from "./work.ts"

type Operand = number | Tensor

const scalar: Shape = []

export function mapUnary(f: (x: number) => number, x: Tensor): Tensor {
  const from = x.data
  const out = zeroed(from.length)
  inBlocks(out.length, (i, end) => {
    for (; i < end; i++) out[i] = f(from[i]!)
  })
  return new Tensor(x.shape, out)
}

/** What one application of a function may cost, in elementary operations: some special functions are iterations of their own. */
const costly = 32
const block = 2048

/** Runs a loop over `length` elements block by block, looking at the limits between them. */
function inBlocks(length: number, loop: (from: number, to: number) => void): void {
  if (length <= block) {
    loop(0, length)
    spend(costly * length)
    return
  }
  for (let at = 0; at < length; at += block) {
    const end = Math.min(length, at + block)
    loop(at, end)
    spend(costly * (end - at))
  }
}

/** `name` is what a fault about the shapes names. */
export function mapBinary(f: (x: number, y: number) => number, x: Operand, y: Operand, name: string): Operand {
  if (typeof x === "number") {
    if (typeof y === "number") return f(x, y)
    const from = y.data
    const out = zeroed(from.length)
    inBlocks(out.length, (i, end) => {
      for (; i < end; i++) out[i] = f(x, from[i]!)
    })
    return new Tensor(y.shape, out)
  }
  const a = x.data
  if (typeof y === "number") {
    const out = zeroed(a.length)
    inBlocks(out.length, (i, end) => {
      for (; i < end; i++) out[i] = f(a[i]!, y)
    })
    return new Tensor(x.shape, out)
  }
  const b = y.data
  if (sameShape(x.shape, y.shape)) {
    const out = zeroed(a.length)
    inBlocks(out.length, (i, end) => {
      for (; i < end; i++) out[i] = f(a[i]!, b[i]!)
    })
    return new Tensor(x.shape, out)
  }
  const shape = commonShape(x.shape, y.shape, name)
  reserve(sizeOf(shape))
  const out = zeroed(sizeOf(shape))
  const { length, count, operands } = runsOf([x.shape, y.shape], shape)
  const [left, right] = operands
  const di = left.moves ? 1 : 0
  const dj = right.moves ? 1 : 0
  for (let run = 0, k = 0; run < count; run++) {
    let i = left.starts[run]!
    let j = right.starts[run]!
    for (const last = k + length; k < last;) {
      const end = Math.min(last, k + block)
      spend(costly * (end - k))
      for (; k < end; k++, i += di, j += dj) out[k] = f(a[i]!, b[j]!)
    }
  }
  return new Tensor(shape, out)
}

/** The same by loops made for the operation, or null where there are two numbers, shapes do not fit or runs are short. */
export function loopBinary(loops: Loops, x: Operand, y: Operand): Tensor | null {
  if (typeof x === "number") {
    if (typeof y === "number") return null
    const out = zeroed(y.data.length)
    loops.numberArray(x, y.data, out)
    spend(out.length)
    return new Tensor(y.shape, out)
  }
  if (typeof y !== "number" && !sameShape(x.shape, y.shape)) return loopRuns(loops, x, y)
  const out = zeroed(x.data.length)
  if (typeof y === "number") loops.arrayNumber(x.data, y, out)
  else loops.arrays(x.data, y.data, out)
  spend(out.length)
  return new Tensor(x.shape, out)
}

/** Runs shorter than this do not pay for views of them. */
const short = 16

function loopRuns(loops: Loops, x: Tensor, y: Tensor): Tensor | null {
  const shape = broadcastShape(x.shape, y.shape)
  if (shape === null) return null
  const { length, count, operands } = runsOf([x.shape, y.shape], shape)
  if (length < short) return null
  const [left, right] = operands
  reserve(length * count)
  const out = zeroed(length * count)
  for (let run = 0; run < count; run++) {
    const to = out.subarray(run * length, (run + 1) * length)
    const i = left.starts[run]!
    const j = right.starts[run]!
    if (!right.moves) loops.arrayNumber(x.data.subarray(i, i + length), y.data[j]!, to)
    else if (!left.moves) loops.numberArray(x.data[i]!, y.data.subarray(j, j + length), to)
    else loops.arrays(x.data.subarray(i, i + length), y.data.subarray(j, j + length), to)
    spend(length)
  }
  return new Tensor(shape, out)
}

export function compareElements(
  f: (x: number, y: number) => boolean,
  x: Operand,
  y: Operand,
  name: string,
): boolean | BoolArray {
  if (typeof x === "number" && typeof y === "number") return f(x, y)
  const shape = commonShape(typeof x === "number" ? scalar : x.shape, typeof y === "number" ? scalar : y.shape, name)
  reserve(sizeOf(shape))
  const out = new Uint8Array(sizeOf(shape))
  const ia = typeof x === "number" ? null : broadcastIndex(x.shape, shape)
  const ib = typeof y === "number" ? null : broadcastIndex(y.shape, shape)
  for (let i = 0; i < out.length; i++) {
    const a = typeof x === "number" ? x : x.data[ia === null ? i : ia[i]!]!
    const b = typeof y === "number" ? y : y.data[ib === null ? i : ib[i]!]!
    out[i] = f(a, b) ? 1 : 0
  }
  return new BoolArray(shape, out)
}

/** The broadcast shape, or the fault that names both. */
export function commonShape(a: Shape, b: Shape, name: string): Shape {
  const shape = broadcastShape(a, b)
  if (shape === null) raise(faults.shapeMismatch(name, a, b))
  return shape
}

/** Copies `x` out to `shape`, which it broadcasts to. */
export function spread(x: Operand, shape: Shape): Operand {
  const size = sizeOf(shape)
  reserve(size)
  if (typeof x === "number") return shape.length === 0 ? x : new Tensor(shape, zeroed(size).fill(x))
  if (sameShape(x.shape, shape)) return x
  const out = zeroed(size)
  const { length, count, operands } = runsOf([x.shape], shape)
  const [{ starts, moves }] = operands
  for (let run = 0; run < count; run++) {
    const start = starts[run]!
    const at = run * length
    if (moves) out.set(x.data.subarray(start, start + length), at)
    else out.fill(x.data[start]!, at, at + length)
    spend(length)
  }
  return new Tensor(shape, out)
}

/** The transpose of `spread`: sums the elements that came from one. */
export function gatherSum(x: Operand, shape: Shape): Operand {
  if (typeof x === "number") return x
  if (shape.length === 0) {
    let sum = 0
    for (let i = 0; i < x.data.length; i++) sum += x.data[i]!
    return sum
  }
  if (sameShape(shape, x.shape)) return x
  const out = zeroed(sizeOf(shape))
  const { length, count, operands } = runsOf([shape], x.shape)
  const [{ starts, moves }] = operands
  const { data } = x
  for (let run = 0, k = 0; run < count; run++) {
    const at = starts[run]! - k
    const last = k + length
    if (moves) for (; k < last; k++) out[at + k]! += data[k]!
    else {
      let sum = out[starts[run]!]!
      for (; k < last; k++) sum += data[k]!
      out[starts[run]!] = sum
    }
    spend(length)
  }
  return new Tensor(shape, out)
}
