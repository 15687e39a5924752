/**
 * Built-ins that make, measure and reshape arrays, and choose among them.
 * Whatever only moves elements takes arrays of booleans as well. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, broadcastShape, sameShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { broadcastTo } from "../autodiff/lift.ts"
import { isNum, isScalar, primalOf, shapeOf, Staged, type Num, type Truth } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import { add, mul, sub } from "../primitives/arithmetic.ts"
import { permute, transpose } from "../primitives/rows.ts"
import { where } from "../primitives/selection.ts"
import * as shaping from "../primitives/shaping.ts"
import { kindOf } from "../values/kinds.ts"
import { sequenceOf } from "../values/sequence.ts"
import { BuiltinFunction, List, RecordValue, type Value } from "../values/values.ts"
import { admit, asBooleans, asNumbers, count, integers, moved, numeric, shapeArgument } from "./arguments.ts"

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

export const size = new BuiltinFunction({
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

/** Making, measuring and reshaping arrays. */
export const arrayBuiltins: readonly BuiltinFunction[] = [
  filledWith("zeros", "`zeros(n)`, `zeros([n, m])`: zeros.", 0),
  filledWith("ones", "`ones(n)`, `ones([n, m])`: ones.", 1),
  full,
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
  wherever,
]
