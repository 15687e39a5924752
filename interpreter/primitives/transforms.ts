/**
 * Discrete Fourier transforms, convolutions and Einstein sums.
 * The transform is one linear primitive whose transpose is its inverse; the others are gathers and matrix products. It must not know modes or syntax.
 */

import { allAxes, withUnitAxes } from "../arrays/axes.ts"
import { stridedOffsets } from "../arrays/offsets.ts"
import { sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { Nary } from "../autodiff/declare.ts"
import { broadcastTo, nary } from "../autodiff/lift.ts"
import { shapeOf, type Num } from "../autodiff/num.ts"
import { concat, region, reshape, row, stack } from "../autodiff/structure.ts"
import { fft as transformInPlace, ifft as invertInPlace } from "../kernels/fft.ts"
import { mul } from "./arithmetic.ts"
import { matrixProduct } from "./matrices.ts"
import { sum } from "./reductions.ts"
import { lastOf, permute, reaching } from "./rows.ts"

// ---------------------------------------------------------------- Fourier

interface Direction {
  readonly inverse: boolean
}

/** The transform along the last axis of an array whose first axis holds real and imaginary part. */
export const fourier: Nary<Direction> = nary<Direction>({
  name: "fft",
  doc: "Discrete Fourier transform of real and imaginary parts.",
  eval: ([x], options) => {
    const { shape, data } = x as Tensor
    const n = lastOf(shape)
    const half = data.length / 2
    const out = data.slice()
    const run = (options as Direction).inverse ? invertInPlace : transformInPlace
    if (n > 0)
      for (let at = 0; at < half; at += n) run(out.subarray(at, at + n), out.subarray(half + at, half + at + n))
    return new Tensor(shape, out)
  },
  rule: () => {
    const push = (x: Num, options: Direction): Num => fourier([x], options)
    const pull = (ct: Num, { inverse }: Direction): Num => {
      const n = lastOf(shapeOf(ct))
      return mul(inverse ? 1 / n : n, fourier([ct], { inverse: !inverse }))
    }
    // A signal reaches all of its transform, and no other signal's.
    const reach = (present: Num): Num => {
      const shape = shapeOf(present)
      const axes = [0, shape.length - 1]
      return broadcastTo([reshape(sum([present], { axes }), withUnitAxes(shape, axes))], { shape })
    }
    return {
      push: (dx, _args, _out, options: Direction) => push(dx, options),
      pushMasked: (dx, _args, _out, options: Direction) => reaching(dx, (x) => push(x, options), reach),
      pull: (ct, _args, _out, options: Direction) => pull(ct, options),
      pullMasked: (ct, _args, _out, options: Direction) => reaching(ct, (x) => pull(x, options), reach),
    }
  },
  shape: ([shape]) => shape!,
  linear: true,
  at: [
    {
      args: [
        [
          [1, 2, 4],
          [0, -1, 0.5],
        ],
      ],
      options: { inverse: false },
    },
    {
      args: [
        [
          [1, 2, 4, 3],
          [0, -1, 0.5, 1],
        ],
      ],
      options: { inverse: true },
    },
  ],
})

/** Real and imaginary part of the transform of such a pair along its last axis. */
export function transform(re: Num, im: Num, inverse: boolean): readonly [Num, Num] {
  const shape = shapeOf(re)
  const out = fourier([stack([re, im])], { inverse })
  return [row(out, 0, shape), row(out, 1, shape)]
}

// ---------------------------------------------------------------- convolution

/** Zeros before and after along the last axes, `pads[i]` on both sides of the i-th of them. */
function padded(x: Num, pads: readonly number[]): Num {
  let out = x
  pads.forEach((pad, i) => {
    if (pad === 0) return
    const axis = shapeOf(out).length - pads.length + i
    const order = [axis, ...allAxes(shapeOf(out)).filter((k) => k !== axis)]
    const moved = permute(out, order)
    const border = new Tensor(
      [pad, ...shapeOf(moved).slice(1)],
      new Float64Array(pad * sizeOf(shapeOf(moved).slice(1))),
    )
    const back = new Array<number>(order.length)
    order.forEach((k, j) => {
      back[k] = j
    })
    out = permute(concat(concat(border, moved), border), back)
  })
  return out
}

/** Number of places of a window along an axis. */
function placesOf(length: number, window: number, stride: number): number {
  return length < window ? 0 : Math.floor((length - window) / stride) + 1
}

/** All windows of the last axes: shape (leading…, places…, window…). */
export function windows(x: Num, window: readonly number[], strides: readonly number[]): Num {
  const shape = shapeOf(x)
  const dims = window.length
  const leading = shape.slice(0, shape.length - dims)
  const lengths = shape.slice(shape.length - dims)
  const steps = new Array<number>(shape.length).fill(1)
  for (let i = shape.length - 2; i >= 0; i--) steps[i] = steps[i + 1]! * shape[i + 1]!
  const inner = steps.slice(shape.length - dims)
  const places = lengths.map((n, i) => placesOf(n, window[i]!, strides[i]!))
  const outShape = [...leading, ...places, ...window]
  const outSteps = [...steps.slice(0, leading.length), ...inner.map((s, i) => s * strides[i]!), ...inner]
  return region(x, stridedOffsets(outShape, outSteps, 0), outShape)
}

/**
 * Cross-correlation over `dims` axes: x (batch…, channels, axes…) with w (out, channels, axes…), or both without channels. Weights are not turned
 * round, as in machine learning.
 */
export function convolve(x: Num, w: Num, dims: number, strides: readonly number[], pads: readonly number[]): Num {
  const plain = shapeOf(w).length === dims
  if (plain) {
    const batch = shapeOf(x).slice(0, -dims)
    const lifted = reshape(x, [...batch, 1, ...shapeOf(x).slice(-dims)])
    const out = convolve(lifted, reshape(w, [1, 1, ...shapeOf(w)]), dims, strides, pads)
    const shape = shapeOf(out)
    return reshape(out, [...shape.slice(0, -dims - 1), ...shape.slice(-dims)])
  }
  const weights = shapeOf(w)
  const window = weights.slice(2)
  const cut = windows(padded(x, pads), window, strides)
  const shape = shapeOf(cut)
  const batch = shape.slice(0, shape.length - 2 * dims - 1)
  const places = shape.slice(batch.length + 1, batch.length + 1 + dims)
  // (batch…, channels, places…, window…) to (batch × places, channels × window).
  const channel = batch.length
  const order = [
    ...batch.map((_, i) => i),
    ...places.map((_, i) => channel + 1 + i),
    channel,
    ...window.map((_, i) => channel + 1 + dims + i),
  ]
  const rows = reshape(permute(cut, order), [sizeOf(batch) * sizeOf(places), weights[1]! * sizeOf(window)])
  const kernel = permute(reshape(w, [weights[0]!, weights[1]! * sizeOf(window)]), [1, 0])
  const out = reshape(matrixProduct(rows, kernel), [...batch, ...places, weights[0]!])
  const last = batch.length + dims
  return permute(out, [...batch.map((_, i) => i), last, ...places.map((_, i) => batch.length + i)])
}

// ---------------------------------------------------------------- Einstein sums

/** An array with a letter for each axis. */
interface Term {
  readonly value: Num
  readonly letters: readonly string[]
}

/** The diagonal over axes that carry one letter. */
function withoutRepeats({ value, letters }: Term): Term {
  const unique = [...new Set(letters)]
  if (unique.length === letters.length) return { value, letters }
  const shape = shapeOf(value)
  const steps = new Array<number>(shape.length).fill(1)
  for (let i = shape.length - 2; i >= 0; i--) steps[i] = steps[i + 1]! * shape[i + 1]!
  const outShape = unique.map((letter) => shape[letters.indexOf(letter)]!)
  const outSteps = unique.map((letter) => letters.reduce((s, l, i) => (l === letter ? s + steps[i]! : s), 0))
  return { value: region(value, stridedOffsets(outShape, outSteps, 0), outShape), letters: unique }
}

/** Sums over the letters that nobody wants. */
function summed({ value, letters }: Term, wanted: ReadonlySet<string>): Term {
  const axes = letters.flatMap((letter, i) => (wanted.has(letter) ? [] : [i]))
  if (axes.length === 0) return { value, letters }
  return { value: sum([value], { axes }), letters: letters.filter((letter) => wanted.has(letter)) }
}

function ordered({ value, letters }: Term, order: readonly string[]): Num {
  return permute(
    value,
    order.map((letter) => letters.indexOf(letter)),
  )
}

/** The product of two terms, summed over what only they have: one batched matrix product. */
function contracted(a: Term, b: Term, wanted: ReadonlySet<string>): Term {
  const left = summed(a, new Set([...wanted, ...b.letters]))
  const right = summed(b, new Set([...wanted, ...a.letters]))
  const shared = left.letters.filter((letter) => right.letters.includes(letter))
  const batch = shared.filter((letter) => wanted.has(letter))
  const inner = shared.filter((letter) => !wanted.has(letter))
  const rows = left.letters.filter((letter) => !shared.includes(letter))
  const columns = right.letters.filter((letter) => !shared.includes(letter))
  const lengths = new Map<string, number>()
  for (const term of [left, right]) term.letters.forEach((letter, i) => lengths.set(letter, shapeOf(term.value)[i]!))
  const shapeFor = (letters: readonly string[]): Shape => letters.map((letter) => lengths.get(letter)!)
  const size = (letters: readonly string[]): number => sizeOf(shapeFor(letters))
  const x = reshape(ordered(left, [...batch, ...rows, ...inner]), [size(batch), size(rows), size(inner)])
  const y = reshape(ordered(right, [...batch, ...inner, ...columns]), [size(batch), size(inner), size(columns)])
  const letters = [...batch, ...rows, ...columns]
  return { value: reshape(matrixProduct(x, y), shapeFor(letters)), letters }
}

/** The sum of products that letters describe: operands from left to right, then the order of the result. */
export function einsum(inputs: readonly (readonly string[])[], output: readonly string[], values: readonly Num[]): Num {
  let terms = inputs.map((letters, i) => withoutRepeats({ value: values[i]!, letters }))
  while (terms.length > 1) {
    const [a, b, ...rest] = terms as [Term, Term, ...Term[]]
    const wanted = new Set([...output, ...rest.flatMap((term) => term.letters)])
    terms = [contracted(a, b, wanted), ...rest]
  }
  return ordered(summed(terms[0]!, new Set(output)), output)
}
