/**
 * Built-ins that make, measure, reshape, join and pick arrays.
 * Whatever only moves elements takes arrays of booleans as well. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { withoutAxes } from "../arrays/axes.ts"
import { BoolArray, broadcastShape, sameShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { broadcastTo } from "../autodiff/lift.ts"
import { isNum, isScalar, primalOf, shapeOf, Staged, type Num, type Truth } from "../autodiff/num.ts"
import { addAt, element, region, reshape } from "../autodiff/structure.ts"
import { add, equal, mul, sub } from "../primitives/arithmetic.ts"
import { permute, transpose } from "../primitives/rows.ts"
import { where } from "../primitives/selection.ts"
import * as shaping from "../primitives/shaping.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { sequenceOf } from "../values/sequence.ts"
import { BuiltinFunction, List, RecordValue, type Value } from "../values/values.ts"
import {
  admit,
  array,
  asBooleans,
  asNumbers,
  axisOf,
  count,
  integer,
  integers,
  matrix,
  moved,
  numeric,
  shapeArgument,
} from "./arguments.ts"

// ---------------------------------------------------------------- making

function filledWith(name: string, doc: string, item: number): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["shape"],
    retains: false,
    call: (runtime, [shape]) => {
      const to = admit(runtime, shapeArgument(name, shape))
      const data = new Float64Array(sizeOf(to))
      if (item !== 0) data.fill(item)
      return to.length === 0 ? item : new Tensor(to, data)
    },
  })
}

const full = new BuiltinFunction({
  name: "full",
  doc: "`full(shape, v)`: an array of that shape (a count or an array of counts) with v, broadcast, in every place.",
  params: ["shape", "v"],
  call: (runtime, [shape, v]) => {
    const to = admit(runtime, shapeArgument("full", shape))
    if (typeof v === "boolean")
      return to.length === 0 ? v : new BoolArray(to, new Uint8Array(sizeOf(to)).fill(v ? 1 : 0))
    const x = numeric("full", "v", v)
    const fits = broadcastShape(shapeOf(x), to)
    if (fits === null || !sameShape(fits, to)) raise(faults.shapeMismatch("full", to, shapeOf(x)))
    return broadcastTo([x], { shape: to })
  },
})

const eye = new BuiltinFunction({
  name: "eye",
  doc: "`eye(n)`: the identity matrix; `eye(n, m)` with n rows and m columns.",
  params: ["n", "m?"],
  retains: false,
  call: (runtime, [n, m]) => {
    const rows = count("eye", "n", n)
    const columns = m === undefined ? rows : count("eye", "m", m)
    admit(runtime, [rows, columns])
    return shaping.eye(rows, columns)
  },
})

function scalar(name: string, parameter: string, value: Value | undefined): Num {
  const x = numeric(name, parameter, value)
  if (!isScalar(x)) raise(faults.wrongArgument(name, parameter, "a number", kindOf(value)))
  return x
}

const linspace = new BuiltinFunction({
  name: "linspace",
  doc: "`linspace(a, b, n)`: n numbers from a to b, both included, equally spaced.",
  params: ["a", "b", "n"],
  retains: false,
  call: (runtime, [a, b, n]) => {
    const from = scalar("linspace", "a", a)
    const to = scalar("linspace", "b", b)
    const length = count("linspace", "n", n)
    admit(runtime, [length])
    if (typeof from === "number" && typeof to === "number") return shaping.linspace(from, to, length)
    const weights = shaping.linspace(0, 1, length)
    return add(mul(sub(1, weights), from), mul(weights, to))
  },
})

const range = new BuiltinFunction({
  name: "range",
  doc: "`range(a, b, step)`: a, a + step, … without b; `range(n)` is 0, 1, … without n.",
  params: ["a", "b?", "step?"],
  retains: false,
  call: (runtime, [a, b, step]) => {
    const start = b === undefined ? 0 : scalar("range", "a", a)
    const stop = primalOf(scalar("range", b === undefined ? "a" : "b", b ?? a)) as number
    const by = step === undefined ? 1 : scalar("range", "step", step)
    const plainStart = primalOf(start) as number
    const plainStep = primalOf(by) as number
    if (!(plainStep !== 0 && Number.isFinite(plainStep)))
      raise(faults.wrongArgument("range", "step", "a finite number that is not 0", String(plainStep)))
    const length = Math.max(0, Math.ceil((stop - plainStart) / plainStep - 1e-10))
    if (!Number.isFinite(length)) raise(faults.arrayTooLarge([length]))
    admit(runtime, [length])
    if (typeof start === "number" && typeof by === "number") return shaping.range(start, stop, by)
    return add(start, mul(by, shaping.range(0, length, 1)))
  },
})

const list = new BuiltinFunction({
  name: "list",
  doc: "`list(x, …)`: a list of the values, never an array.",
  params: ["x..."],
  call: (_runtime, args) => new List([...args]),
})

// ---------------------------------------------------------------- measuring

function shapeOfValue(name: string, value: Value | undefined): Shape {
  return value instanceof BoolArray ? value.shape : typeof value === "boolean" ? [] : shapeOf(numeric(name, "a", value))
}

const shape = new BuiltinFunction({
  name: "shape",
  doc: "`shape(a)`: the lengths of the axes as an array; of a number `[]`.",
  params: ["a"],
  retains: false,
  call: (_runtime, [a]) => {
    const lengths = shapeOfValue("shape", a)
    return new Tensor([lengths.length], Float64Array.from(lengths))
  },
})

export const len = new BuiltinFunction({
  name: "len",
  doc: "`len(xs)`: how many elements (of an array along its first axis), characters or fields there are.",
  params: ["xs"],
  retains: false,
  call: (_runtime, [xs]) => {
    if (xs instanceof RecordValue) return xs.values.length
    if (isNum(xs) && !isScalar(xs)) return shapeOf(xs)[0]!
    const sequence = sequenceOf(xs!)
    if (sequence === null) raise(faults.wrongArgument("len", "xs", "something with elements", kindOf(xs)))
    return sequence.length
  },
})

const size = new BuiltinFunction({
  name: "size",
  doc: "`size(a)`: the number of elements along all axes together.",
  params: ["a"],
  retains: false,
  call: (_runtime, [a]) => (a instanceof List ? a.items.length : sizeOf(shapeOfValue("size", a))),
})

const rank = new BuiltinFunction({
  name: "rank",
  doc: "`rank(a)`: the number of axes; 0 for a number.",
  params: ["a"],
  retains: false,
  call: (_runtime, [a]) => shapeOfValue("rank", a).length,
})

// ---------------------------------------------------------------- other forms

const reshaped = new BuiltinFunction({
  name: "reshape",
  doc: "`reshape(a, shape)`: the same elements in row-major order in another shape; one length may be -1, which is then computed.",
  params: ["a", "shape"],
  call: (_runtime, [a, to]) => {
    const given = integers("reshape", "shape", to)
    const own = a instanceof BoolArray ? a.shape : shapeOf(numeric("reshape", "a", a))
    const total = sizeOf(own)
    const known = given.filter((n) => n !== -1)
    const missing = given.length - known.length
    const filled = missing === 1 ? given.map((n) => (n === -1 ? total / sizeOf(known) : n)) : given
    if (missing > 1 || filled.some((n) => !(n >= 0) || !Number.isInteger(n)) || sizeOf(filled) !== total)
      raise(faults.shapeMismatch("reshape", own, given))
    if (a instanceof BoolArray) return asBooleans(reshape(asNumbers(a), filled))
    return reshape(numeric("reshape", "a", a), filled)
  },
})

const flatten = new BuiltinFunction({
  name: "flatten",
  doc: "`flatten(a)`: all elements in row-major order as a vector.",
  params: ["a"],
  call: (_runtime, [a]) => (isNum(a) ? shaping.flatten(a) : moved("flatten", "a", a, shaping.flatten)),
})

const transposed = new BuiltinFunction({
  name: "transpose",
  doc: "`transpose(a)`: the axes in the opposite order, `a.T`; `transpose(a, order)`: in that order.",
  params: ["a", "order?"],
  call: (_runtime, [a, order]) =>
    moved("transpose", "a", a, (x) => {
      if (order === undefined) return transpose(x)
      const axes = integers("transpose", "order", order)
      const sorted = [...axes].sort((i, j) => i - j)
      if (axes.length !== shapeOf(x).length || sorted.some((axis, i) => axis !== i))
        raise(
          faults.wrongArgument(
            "transpose",
            "order",
            `each axis from 0 to ${String(shapeOf(x).length - 1)} once`,
            `[${axes.join(", ")}]`,
          ),
        )
      return permute(x, axes)
    }),
})

const reverse = new BuiltinFunction({
  name: "reverse",
  doc: "`reverse(xs)`: the elements in the opposite order, along the first axis or `axis:`.",
  params: ["xs"],
  options: ["axis"],
  call: (_runtime, [xs], named) => {
    if (xs instanceof List) return new List([...xs.items].reverse())
    if (typeof xs === "string") return Array.from(xs).reverse().join("")
    return moved("reverse", "xs", xs, (x) =>
      shaping.reverse(x, [axisOf("reverse", named.get("axis"), shapeOf(x).length, 0)]),
    )
  },
})

const repeat = new BuiltinFunction({
  name: "repeat",
  doc: "`repeat(a, n)`: each element n times in a row, along the first axis or `axis:`.",
  params: ["a", "n"],
  options: ["axis"],
  call: (runtime, [a, n], named) => {
    const times = count("repeat", "n", n)
    const repeated = (x: Num): Num => {
      const own = shapeOf(x)
      const axis = axisOf("repeat", named.get("axis"), own.length, 0)
      admit(runtime, [sizeOf(own), times])
      return shaping.repeat(x, times, axis)
    }
    if (isNum(a) && isScalar(a)) return repeated(reshape(a, [1]))
    return moved("repeat", "a", a, repeated)
  },
})

const tile = new BuiltinFunction({
  name: "tile",
  doc: "`tile(a, n)`: the whole array n times side by side; `tile(a, [n, m])` along several axes, the last ones of a.",
  params: ["a", "n"],
  call: (runtime, [a, n]) => {
    const times = shapeArgument("tile", n, "n")
    const tiled = (x: Num): Num => {
      admit(runtime, [...shapeOf(x), ...times])
      return shaping.tile(x, times)
    }
    if (isNum(a) && isScalar(a)) return tiled(reshape(a, [1]))
    return moved("tile", "a", a, tiled)
  },
})

const differences = new BuiltinFunction({
  name: "differences",
  doc: "`differences(a)`: each element less the one before, along the last axis or `axis:`.",
  params: ["a"],
  options: ["axis"],
  retains: false,
  call: (_runtime, [a], named) => {
    const x = array("differences", "a", a)
    return shaping.differences(x, axisOf("differences", named.get("axis"), shapeOf(x).length, -1))
  },
})

const diag = new BuiltinFunction({
  name: "diag",
  doc: "`diag(v)`: the matrix with diagonal v; `diag(A)`: the diagonal of a matrix; `diag(x, k)`: that many places above.",
  params: ["v", "k?"],
  call: (runtime, [v, k]) => {
    const x = array("diag", "v", v)
    const above = k === undefined ? 0 : integer("diag", "k", k)
    const own = shapeOf(x)
    if (own.length === 1) {
      const n = own[0]! + Math.abs(above)
      admit(runtime, [n, n])
      return shaping.diagonalMatrix(x, above)
    }
    if (own.length !== 2) raise(faults.wrongArgument("diag", "v", "a vector or a matrix", kindOf(v)))
    return shaping.diagonal(x, above)
  },
})

function triangle(name: string, doc: string, f: (a: Num, k: number) => Num): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["A", "k?"],
    call: (_runtime, [a, k]) => f(matrix(name, "A", a), k === undefined ? 0 : integer(name, "k", k)),
  })
}

// ---------------------------------------------------------------- joining

/** The arrays to join: the arguments, or the elements of the one list that was given. */
function parts(args: readonly Value[]): readonly Value[] {
  const first = args[0]
  if (args.length === 1 && first instanceof List) return first.items
  return args
}

const concat = new BuiltinFunction({
  name: "concat",
  doc: "`concat(a, b, …)`: arrays or lists joined along the first axis, or `axis:`, as by `++`; also of one list of arrays.",
  params: ["a..."],
  options: ["axis"],
  call: (_runtime, args, named) => {
    if (args.length > 1 && args.some((arg) => arg instanceof List))
      return build(
        args.flatMap((arg, i) => {
          const sequence = sequenceOf(arg)
          if (sequence === null)
            raise(faults.wrongArgument("concat", `argument ${String(i + 1)}`, "an array or a list", kindOf(arg)))
          return Array.from({ length: sequence.length }, (_, k) => sequence.at(k))
        }),
      )
    const items = parts(args)
    if (items.length === 0) return build([])
    const booleans = items.every((item) => item instanceof BoolArray)
    const arrays = items.map((item, i) =>
      item instanceof BoolArray && booleans ? asNumbers(item) : array("concat", `argument ${String(i + 1)}`, item),
    )
    const ranked = arrays.find((x) => shapeOf(x).length > 1 || sizeOf(shapeOf(x)) > 0) ?? arrays[0]!
    const own = shapeOf(ranked)
    const axis = axisOf("concat", named.get("axis"), own.length, 0)
    const present = arrays.filter((x) => shapeOf(x).length > 1 || sizeOf(shapeOf(x)) > 0)
    if (present.length === 0) return arrays[0]!
    for (const x of present)
      if (shapeOf(x).length !== own.length || !sameShape(withoutAxes(shapeOf(x), [axis]), withoutAxes(own, [axis])))
        raise(faults.shapeMismatch("concat", own, shapeOf(x)))
    const out = shaping.concatAlong(present, axis)
    return booleans ? asBooleans(out) : out
  },
})

const stack = new BuiltinFunction({
  name: "stack",
  doc: "`stack(a, b, …)`: numbers or arrays of one shape as the elements of a new first axis, or `axis:`; also of one list.",
  params: ["a..."],
  options: ["axis"],
  call: (_runtime, args, named) => {
    const items = parts(args)
    if (items.length === 0) return build([])
    const first = items[0]!
    const booleans = items.every((item) => item instanceof BoolArray || typeof item === "boolean")
    const arrays = items.map((item, i) =>
      booleans
        ? typeof item === "boolean"
          ? Number(item)
          : asNumbers(item as BoolArray)
        : numeric("stack", `argument ${String(i + 1)}`, item),
    )
    const own = booleans && first instanceof BoolArray ? first.shape : shapeOf(arrays[0]!)
    for (const x of arrays) if (!sameShape(shapeOf(x), own)) raise(faults.shapeMismatch("stack", own, shapeOf(x)))
    const axis = axisOf("stack", named.get("axis"), own.length + 1, 0)
    const out = shaping.stackAlong(arrays, axis)
    return booleans ? asBooleans(out) : out
  },
})

// ---------------------------------------------------------------- picking

const wherever = new BuiltinFunction({
  name: "where",
  doc: "`where(c, a, b)`: elementwise a where c is true, else b, broadcasting. What is not taken has no derivative, whatever its value.",
  params: ["c", "a", "b"],
  call: (_runtime, [c, a, b]) => {
    if (typeof c !== "boolean" && !(c instanceof BoolArray) && !((c as unknown) instanceof Staged))
      raise(faults.wrongArgument("where", "c", "booleans", kindOf(c)))
    const truth = c as Truth
    const logical = (x: Value | undefined): x is boolean | BoolArray => typeof x === "boolean" || x instanceof BoolArray
    if (logical(a) && logical(b)) {
      const number = (x: boolean | BoolArray): Num => (typeof x === "boolean" ? Number(x) : asNumbers(x))
      return asBooleans(where(truth, number(a), number(b)))
    }
    return where(truth, numeric("where", "a", a), numeric("where", "b", b))
  },
})

/** Offsets of the rows (along the first axis) at `places`, each checked and counted from the end if negative. */
function rowOffsets(places: readonly number[], length: number, size: number): Int32Array {
  const offsets = new Int32Array(places.length * size)
  places.forEach((place, i) => {
    if (place >= length || place < -length) raise(faults.indexOutOfRange(place, length))
    const from = (place < 0 ? place + length : place) * size
    for (let k = 0; k < size; k++) offsets[i * size + k] = from + k
  })
  return offsets
}

const gather = new BuiltinFunction({
  name: "gather",
  doc: "`gather(a, indices)`: the elements (rows) of a at the indices, in the shape of the indices; an index may repeat.",
  params: ["a", "indices"],
  call: (_runtime, [a, indices]) =>
    moved("gather", "a", a, (x) => {
      const [length, ...rest] = shapeOf(x)
      const own = shapeOf(numeric("gather", "indices", indices))
      const offsets = rowOffsets(integers("gather", "indices", indices), length!, sizeOf(rest))
      return own.length === 0 && rest.length === 0 ? element(x, offsets[0]!) : region(x, offsets, [...own, ...rest])
    }),
})

/** The three arguments of `scatter`; of two it is a plot, see plots.ts. */
export const scatterInto = new BuiltinFunction({
  name: "scatter",
  doc: "`scatter(n, indices, values)`: n zeros (or zeros of a shape) with the values added at the indices along the first axis; at an index that repeats they add up.",
  params: ["n", "indices", "values"],
  call: (runtime, [n, indices, values]) => {
    const to = admit(runtime, shapeArgument("scatter", n, "n"))
    if (to.length === 0) raise(faults.wrongArgument("scatter", "n", "a count or a shape", "[]"))
    const rest = to.slice(1)
    const offsets = rowOffsets(integers("scatter", "indices", indices), to[0]!, sizeOf(rest))
    const expected = [...shapeOf(numeric("scatter", "indices", indices)), ...rest]
    const items = numeric("scatter", "values", values)
    const fits = broadcastShape(shapeOf(items), expected)
    if (fits === null || !sameShape(fits, expected)) raise(faults.shapeMismatch("scatter", expected, shapeOf(items)))
    const zeros = new Tensor(to, new Float64Array(sizeOf(to)))
    return addAt(zeros, reshape(broadcastTo([items], { shape: expected }), [offsets.length]), offsets)
  },
})

const equalElements = new BuiltinFunction({
  name: "equal",
  doc: "`equal(x, y)`: are the elements equal? Elementwise, broadcasting; `==` compares whole values.",
  params: ["x", "y"],
  retains: false,
  call: (_runtime, [x, y]) => {
    const comparable = (value: Value | undefined, parameter: string): Num =>
      value instanceof BoolArray
        ? asNumbers(value)
        : typeof value === "boolean"
          ? Number(value)
          : numeric("equal", parameter, value)
    const logical = (value: Value | undefined): boolean => typeof value === "boolean" || value instanceof BoolArray
    if (logical(x) !== logical(y)) raise(faults.wrongArgument("equal", "y", kindOf(x), kindOf(y)))
    return equal(comparable(x, "x"), comparable(y, "y")) as Value
  },
})

/** Making, measuring, reshaping, joining and picking arrays. */
export const arrayBuiltins: readonly BuiltinFunction[] = [
  filledWith("zeros", "`zeros(n)`, `zeros([n, m])`: zeros.", 0),
  filledWith("ones", "`ones(n)`, `ones([n, m])`: ones.", 1),
  full,
  eye,
  linspace,
  range,
  list,
  shape,
  len,
  size,
  rank,
  reshaped,
  flatten,
  transposed,
  reverse,
  repeat,
  tile,
  differences,
  diag,
  triangle(
    "tril",
    "`tril(A)`: the lower triangle, zeros above; `tril(A, k)` up to the diagonal k places above.",
    shaping.tril,
  ),
  triangle(
    "triu",
    "`triu(A)`: the upper triangle, zeros below; `triu(A, k)` from the diagonal k places above.",
    shaping.triu,
  ),
  concat,
  stack,
  wherever,
  gather,
  equalElements,
]
