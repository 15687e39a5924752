/**
 * Built-ins that transform signals and tables: Fourier, convolution, pooling, Einstein sums, sorted tables and quantiles.
 * Shapes and letters are checked here, with faults that name the argument. It must not know derivatives.
 */

import { spend } from "../arrays/work.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { sizeOf, Tensor } from "../arrays/tensor.ts"
import { isNum, isScalar, primalOf, shapeOf, type Num } from "../autodiff/num.ts"
import { concat, region, reshape, row, stack } from "../autodiff/structure.ts"
import { neg } from "../primitives/arithmetic.ts"
import * as reductions from "../primitives/reductions.ts"
import { argsortRows } from "../primitives/scans.ts"
import { flatten, moveAxis } from "../primitives/shaping.ts"
import { reverse, take } from "../primitives/rearranging.ts"
import { interpolate, quantileAlong, quantileOf, searchSorted } from "../primitives/tables.ts"
import * as transforms from "../primitives/transforms.ts"
import { kindOf } from "../values/kinds.ts"
import { BuiltinFunction, Tuple, type Named, type Value } from "../values/values.ts"
import { admit, array, axisOf, count, integers, numeric, vector } from "./arguments.ts"

// ---------------------------------------------------------------- Fourier

/** A real signal, or a pair (re, im) of arrays of one shape. */
function signal(name: string, value: Value | undefined): readonly [Num, Num] {
  if (value instanceof Tuple && value.values.length === 2) {
    const re = array(name, "x", value.values[0])
    const im = array(name, "x", value.values[1])
    const a = shapeOf(re)
    const b = shapeOf(im)
    if (a.length !== b.length || a.some((n, i) => n !== b[i])) raise(faults.shapeMismatch(name, a, b))
    return [re, im]
  }
  const re = array(name, "x", value)
  return [re, new Tensor(shapeOf(re), new Float64Array(sizeOf(shapeOf(re))))]
}

/** Runs a transform of the last axis along the one asked for. */
function alongAxis(
  name: string,
  [re, im]: readonly [Num, Num],
  named: Named,
  f: (re: Num, im: Num) => readonly Num[],
): readonly Num[] {
  const rank = shapeOf(re).length
  const axis = axisOf(name, named.get("axis"), rank, -1)
  return f(moveAxis(re, axis, rank - 1), moveAxis(im, axis, rank - 1)).map((x) => moveAxis(x, rank - 1, axis))
}

function pair([re, im]: readonly Num[]): Tuple {
  return new Tuple([re!, im!])
}

const fft = new BuiltinFunction({
  name: "fft",
  doc: "`fft(x)`: the discrete Fourier transform of a pair (re, im) or of a real array, of any length, as a pair (re, im). Along the last axis, or `axis:`.",
  params: ["x"],
  options: ["axis"],
  retains: false,
  call: (_runtime, [x], named) =>
    pair(alongAxis("fft", signal("fft", x), named, (re, im) => transforms.transform(re, im, false))),
})

const ifft = new BuiltinFunction({
  name: "ifft",
  doc: "`ifft(x)`: the inverse of `fft`, as a pair (re, im). Along the last axis, or `axis:`.",
  params: ["x"],
  options: ["axis"],
  retains: false,
  call: (_runtime, [x], named) =>
    pair(alongAxis("ifft", signal("ifft", x), named, (re, im) => transforms.transform(re, im, true))),
})

function places(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

const rfft = new BuiltinFunction({
  name: "rfft",
  doc: "`rfft(x)`: the first n/2 + 1 elements of the Fourier transform of a real array (the others mirror them), as a pair (re, im). Along the last axis, or `axis:`.",
  params: ["x"],
  options: ["axis"],
  retains: false,
  call: (_runtime, [x], named) => {
    const re = array("rfft", "x", x)
    return pair(
      alongAxis("rfft", signal("rfft", re), named, (a, b) => {
        const rank = shapeOf(a).length
        if (shapeOf(a)[rank - 1] === 0)
          raise(faults.wrongArgument("rfft", "x", "at least one element along the axis", kindOf(x)))
        const half = places(0, Math.floor(shapeOf(a)[rank - 1]! / 2) + 1)
        return transforms.transform(a, b, false).map((part) => take(part, rank - 1, half))
      }),
    )
  },
})

const irfft = new BuiltinFunction({
  name: "irfft",
  doc: "`irfft(x, n)`: the real array of length n (2 (m - 1) unless told) whose `rfft` is the pair x of m elements. Along the last axis, or `axis:`.",
  params: ["x", "n?"],
  options: ["axis"],
  retains: false,
  call: (_runtime, [x, length], named) => {
    const parts = alongAxis("irfft", signal("irfft", x), named, (re, im) => {
      const rank = shapeOf(re).length
      const m = shapeOf(re)[rank - 1]!
      const n = length === undefined ? 2 * (m - 1) : count("irfft", "n", length, 1)
      if (m !== Math.floor(n / 2) + 1)
        raise(faults.wrongArgument("irfft", "n", `${String(2 * m - 2)} or ${String(2 * m - 1)}`, String(n)))
      const mirror = places(1, n - m + 1)
      const joined = (a: Num, b: Num): Num =>
        moveAxis(concat(moveAxis(a, rank - 1, 0), moveAxis(b, rank - 1, 0)), 0, rank - 1)
      const tail = (a: Num): Num => reverse(take(a, rank - 1, mirror), [rank - 1])
      const whole = mirror.length === 0 ? [re, im] : [joined(re, tail(re)), joined(im, neg(tail(im)))]
      const [out] = transforms.transform(whole[0]!, whole[1]!, true)
      return [out]
    })
    return parts[0]!
  },
})

// ---------------------------------------------------------------- convolution and pooling

/** One count an axis: a number counts for all. */
function perAxis(name: string, option: string, value: Value | undefined, dims: number, fallback: number): number[] {
  if (value === undefined) return new Array<number>(dims).fill(fallback)
  const given = integers(name, option, value)
  const counts = given.length === 1 ? new Array<number>(dims).fill(given[0]!) : given
  const least = option === "padding" ? 0 : 1
  if (counts.length !== dims || counts.some((n) => n < least))
    raise(
      faults.wrongArgument(
        name,
        option,
        `${dims === 1 ? "a count" : `one count or ${String(dims)}`} of ${String(least)} or more`,
        `[${given.join(", ")}]`,
      ),
    )
  return counts
}

function convolution(name: string, dims: number, doc: string): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["x", "w"],
    options: ["stride", "padding"],
    retains: false,
    call: (runtime, [x, w], named) => {
      const input = array(name, "x", x)
      const weights = array(name, "w", w)
      const a = shapeOf(input)
      const b = shapeOf(weights)
      const channels = b.length === dims + 2
      if (!channels && b.length !== dims)
        raise(faults.wrongArgument(name, "w", `an array of rank ${String(dims)} or ${String(dims + 2)}`, kindOf(w)))
      if (a.length < dims + (channels ? 1 : 0) || (channels && a[a.length - dims - 1] !== b[1]))
        raise(faults.shapeMismatch(name, a, b))
      const window = b.slice(-dims)
      if (window.some((n) => n === 0)) raise(faults.wrongArgument(name, "w", "at least one element", kindOf(w)))
      const padding = named.get("padding")
      const pads =
        padding === "same"
          ? window.map((n) => (n - 1) / 2)
          : padding === "valid"
            ? window.map(() => 0)
            : perAxis(name, "padding", padding, dims, 0)
      if (pads.some((n) => !Number.isInteger(n)))
        raise(faults.wrongArgument(name, "w", 'odd lengths with `padding: "same"`', kindOf(w)))
      const strides = perAxis(name, "stride", named.get("stride"), dims, 1)
      admit(runtime, [sizeOf(a.slice(0, -dims)), ...a.slice(-dims), ...window])
      return transforms.convolve(input, weights, dims, strides, pads)
    },
  })
}

function pool(name: string, doc: string, f: (x: Num, axes: readonly number[]) => Num): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["x", "size"],
    options: ["stride"],
    retains: false,
    call: (_runtime, [x, size], named) => {
      const input = array(name, "x", x)
      const window = integers(name, "size", size)
      const dims = window.length
      if (dims === 0 || dims > shapeOf(input).length || window.some((n) => n < 1))
        raise(faults.wrongArgument(name, "size", "counts of 1 or more, at most one an axis", `[${window.join(", ")}]`))
      const stride = named.get("stride")
      const strides = stride === undefined ? window : perAxis(name, "stride", stride, dims, 1)
      const cut = transforms.windows(input, window, strides)
      const rank = shapeOf(cut).length
      return f(cut, places(rank - dims, rank))
    },
  })
}

// ---------------------------------------------------------------- Einstein sums

/** Letters of one operand; an ellipsis stands for the axes that have none. */
function lettersOf(text: string, rank: number): string[] {
  const [before, after, more] = text.split("...")
  const letters = (part: string): string[] => Array.from(part)
  if (after === undefined) return letters(text)
  if (more !== undefined) return []
  const named = before!.length + after.length
  return [
    ...letters(before!),
    ...Array.from({ length: Math.max(0, rank - named) }, (_, i) => `.${String(rank - named - i)}`),
    ...letters(after),
  ]
}

const einsum = new BuiltinFunction({
  name: "einsum",
  doc: '`einsum("ij,jk->ik", A, B)`: the sum of products over all letters that the result does not name; without an arrow the result has the letters that occur once, in alphabetical order. `...` stands for further axes.',
  params: ["spec", "a..."],
  call: (_runtime, args) => {
    const [spec, ...given] = args
    if (typeof spec !== "string") raise(faults.wrongArgument("einsum", "spec", "a string", kindOf(spec)))
    const wrong = (expected: string): never => raise(faults.wrongArgument("einsum", "spec", expected, `"${spec}"`))
    const [inputs, output, more] = spec.replaceAll(" ", "").split("->")
    if (more !== undefined || !/^[A-Za-z.,]*$/.test(inputs!) || !/^[A-Za-z.]*$/.test(output ?? ""))
      wrong('letters, as in "ij,jk->ik"')
    const texts = inputs!.split(",")
    const values = given.map((value, i) => numeric("einsum", `argument ${String(i + 2)}`, value))
    if (texts.length !== values.length) wrong("one group of letters an array")
    const letters = texts.map((text, i) => lettersOf(text, shapeOf(values[i]!).length))
    const lengths = new Map<string, number>()
    letters.forEach((axes, i) => {
      const shape = shapeOf(values[i]!)
      if (axes.length !== shape.length)
        raise(
          faults.wrongArgument(
            "einsum",
            `argument ${String(i + 2)}`,
            `an array of rank ${String(axes.length)}`,
            kindOf(given[i]),
          ),
        )
      axes.forEach((letter, k) => {
        const known = lengths.get(letter)
        if (known !== undefined && known !== shape[k]!)
          raise(faults.shapeMismatch(`einsum("${spec}")`, shapeOf(values[0]!), shape))
        lengths.set(letter, shape[k]!)
      })
    })
    const all = letters.flat()
    const hidden = [...new Set(all.filter((letter) => letter.startsWith(".")))].sort().reverse()
    const result =
      output === undefined
        ? [
            ...hidden,
            ...[...new Set(all)].filter((l) => !l.startsWith(".") && all.indexOf(l) === all.lastIndexOf(l)).sort(),
          ]
        : output.includes("...")
          ? output.split("...").flatMap((part, i) => (i === 0 ? [...part, ...hidden] : [...part]))
          : [...output]
    if (new Set(result).size !== result.length || result.some((letter) => !lengths.has(letter)))
      wrong("a result with letters of the operands, each once")
    return transforms.einsum(letters, result, values)
  },
})

// ---------------------------------------------------------------- sorted tables

const searchsorted = new BuiltinFunction({
  name: "searchsorted",
  doc: '`searchsorted(xs, v)`: for each v the first place in the ascending xs where it could stand, `side: "right"` the last; no derivative.',
  params: ["xs", "v"],
  options: ["side"],
  retains: false,
  call: (_runtime, [xs, v], named) => {
    const side = named.get("side") ?? "left"
    if (side !== "left" && side !== "right")
      raise(faults.wrongArgument("searchsorted", "side", '"left" or "right"', kindOf(side)))
    return searchSorted([vector("searchsorted", "xs", xs), numeric("searchsorted", "v", v)], {
      right: side === "right",
    })
  },
})

const interp = new BuiltinFunction({
  name: "interp",
  doc: "`interp(x, xs, ys)`: the straight line between the points (xs, ys), xs ascending, at each x; constant beyond the ends; where two xs are equal it jumps. Differentiable in all three; at one of the xs the slope is that to its right, at the last that to its left.",
  params: ["x", "xs", "ys"],
  retains: false,
  call: (_runtime, [x, xs, ys]) => {
    const from = vector("interp", "xs", xs)
    const to = vector("interp", "ys", ys)
    if (shapeOf(from)[0] !== shapeOf(to)[0]) raise(faults.shapeMismatch("interp", shapeOf(from), shapeOf(to)))
    if (shapeOf(from)[0] === 0) raise(faults.wrongArgument("interp", "xs", "at least one element", kindOf(xs)))
    if (!isAscending(primalOf(from)))
      raise(faults.wrongArgument("interp", "xs", "numbers in ascending order", kindOf(xs)))
    return interpolate(numeric("interp", "x", x), from, to)
  },
})

/** Is no element less than the one before it, or nan? What is not known yet counts as ascending. */
function isAscending(xs: ReturnType<typeof primalOf>): boolean {
  if (!(xs instanceof Tensor)) return true
  const { data } = xs
  spend(data.length)
  for (let i = 1; i < data.length; i++) if (!(data[i]! >= data[i - 1]!)) return false
  return true
}

/** The plain numbers of an array. */
function plain(x: Num): Float64Array {
  const p = primalOf(x)
  return p instanceof Tensor ? p.data : Float64Array.of(p as number)
}

const unique = new BuiltinFunction({
  name: "unique",
  doc: "`unique(a)`: the different elements in ascending order, one nan last; of equal ones the derivative is that of the first.",
  params: ["a"],
  call: (_runtime, [a]) => {
    const x = array("unique", "a", a)
    const data = plain(x)
    spend(4 * data.length * Math.ceil(Math.log2(data.length + 1)))
    const order = Array.from((argsortRows([new Tensor([data.length], data)], undefined) as Tensor).data)
    const alike = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))
    const kept = order.filter((place, i) => i === 0 || !alike(data[order[i - 1]!]!, data[place]!))
    return region(x, Int32Array.from(kept), [kept.length])
  },
})

export const histogram = new BuiltinFunction({
  name: "histogram",
  doc: "`histogram(a, bins)`: the pair of counts and edges of so many equal bins from the least to the greatest element, or between given edges; no derivative.",
  params: ["a", "bins?"],
  retains: false,
  call: (runtime, [a, bins]) => {
    const data = plain(numeric("histogram", "a", a))
    const given = isNum(bins) && !isScalar(bins) ? plain(bins) : null
    const n = given === null ? (bins === undefined ? 10 : count("histogram", "bins", bins, 1)) : given.length - 1
    if (n < 1) raise(faults.wrongArgument("histogram", "bins", "a count or at least two edges", kindOf(bins)))
    admit(runtime, [n])
    let low = Infinity
    let high = -Infinity
    for (const x of data) {
      spend(4)
      low = Math.min(low, x)
      high = Math.max(high, x)
    }
    if (given === null && data.length > 0 && !(high - low < Infinity))
      raise(faults.wrongArgument("histogram", "a", "finite numbers where no edges are given", kindOf(a)))
    if (given?.some((edge, i) => i > 0 && !(edge > given[i - 1]!)))
      raise(faults.wrongArgument("histogram", "bins", "ascending edges", kindOf(bins)))
    if (!(low < high)) {
      low = data.length === 0 ? 0 : low - 0.5
      high = data.length === 0 ? 1 : high + 0.5
    }
    const edges =
      given ?? Float64Array.from({ length: n + 1 }, (_, i) => (i === n ? high : low + ((high - low) * i) / n))
    const counts = new Float64Array(n)
    const where = searchSorted([new Tensor([edges.length], edges), new Tensor([data.length], data)], { right: true })
    plain(where).forEach((place, i) => {
      spend(4)
      const bin = data[i] === edges[n] ? n - 1 : place - 1
      if (bin >= 0 && bin < n) counts[bin]! += 1
    })
    return new Tuple([new Tensor([n], counts), new Tensor([n + 1], edges)])
  },
})

/** Quantiles of all elements, or along an axis: of each q, in the shape of q. */
function quantiles(name: string, value: Value | undefined, q: Num, named: Named): Num {
  const x = array(name, "a", value)
  const shape = shapeOf(x)
  const axis = named.has("axis") ? axisOf(name, named.get("axis"), shape.length, -1) : null
  if (axis === null ? sizeOf(shape) === 0 : shape[axis] === 0)
    raise(faults.wrongArgument(name, "a", "at least one element", kindOf(value)))
  if (axis === null) return quantileOf(x, q)
  if (isScalar(q)) return quantileAlong(x, q, axis)
  const flat = flatten(q)
  const each = Array.from({ length: sizeOf(shapeOf(q)) }, (_, i) => quantileAlong(x, row(flat, i, []), axis))
  const rest = shape.filter((_, i) => i !== axis)
  if (each.length === 0) return new Tensor([...shapeOf(q), ...rest], new Float64Array(0))
  return reshape(stack(each), [...shapeOf(q), ...rest])
}

const quantile = new BuiltinFunction({
  name: "quantile",
  doc: "`quantile(a, q)`: the value below which a fraction q of all elements lies, between two of them on a straight line; nan where there is a nan. The derivative is that of the elements it lies between. q may be an array. `axis:` names an axis to go along.",
  params: ["a", "q"],
  options: ["axis"],
  retains: false,
  call: (_runtime, [a, q], named) => {
    const fraction = numeric("quantile", "q", q)
    if (plain(fraction).some((p) => !(p >= 0 && p <= 1)))
      raise(faults.wrongArgument("quantile", "q", "numbers from 0 to 1", kindOf(q)))
    return quantiles("quantile", a, fraction, named)
  },
})

const median = new BuiltinFunction({
  name: "median",
  doc: "`median(a)`: the middle element, or the mean of the two in the middle; nan where there is a nan. `axis:` names an axis to go along.",
  params: ["a"],
  options: ["axis"],
  retains: false,
  call: (_runtime, [a], named) => quantiles("median", a, 0.5, named),
})

/** Fourier, convolution, pooling, Einstein sums, tables. */
export const transformBuiltins: readonly BuiltinFunction[] = [
  fft,
  ifft,
  rfft,
  irfft,
  convolution(
    "conv1d",
    1,
    '`conv1d(x, w)`: the sums of products of w with every window of x (w is not turned round): x of shape (n) or (…, channels, n), w of shape (k) or (out, channels, k). `stride:` a count, `padding:` a count, "valid" or "same".',
  ),
  convolution(
    "conv2d",
    2,
    '`conv2d(x, w)`: the same in two dimensions: x of shape (n, m) or (…, channels, n, m), w of shape (k, l) or (out, channels, k, l). `stride:` and `padding:` one count or two, padding also "valid" or "same".',
  ),
  pool(
    "max_pool",
    "`max_pool(x, size)`: the greatest of every window along the last axes, one length an axis; `stride:` the size unless told.",
    reductions.maxOf,
  ),
  pool(
    "mean_pool",
    "`mean_pool(x, size)`: the mean of every window along the last axes, one length an axis; `stride:` the size unless told.",
    reductions.mean,
  ),
  einsum,
  searchsorted,
  interp,
  unique,
  histogram,
  quantile,
  median,
]
