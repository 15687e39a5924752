/**
 * Built-ins that put elements of arrays in other places: picked, repeated, turned round, on diagonals.
 * Whatever only moves elements takes arrays of booleans as well. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, broadcastShape, sameShape, sizeOf, Tensor } from "../arrays/tensor.ts"
import { broadcastTo } from "../autodiff/lift.ts"
import { isNum, isScalar, shapeOf, type Num } from "../autodiff/num.ts"
import { addAt, element, region, reshape } from "../autodiff/structure.ts"
import { equal } from "../primitives/arithmetic.ts"
import * as places from "../primitives/rearranging.ts"
import { kindOf } from "../values/kinds.ts"
import { BuiltinFunction, List, type Value } from "../values/values.ts"
import {
  admit,
  array,
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

const eye = new BuiltinFunction({
  name: "eye",
  doc: "`eye(n)`: the identity matrix; `eye(n, m)` with n rows and m columns.",
  params: ["n", "m?"],
  retains: false,
  call: (runtime, [n, m]) => {
    const rows = count("eye", "n", n)
    const columns = m === undefined ? rows : count("eye", "m", m)
    admit(runtime, [rows, columns])
    return places.eye(rows, columns)
  },
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
      places.reverse(x, [axisOf("reverse", named.get("axis"), shapeOf(x).length, 0)]),
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
      return places.repeat(x, times, axis)
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
      return places.tile(x, times)
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
    return places.differences(x, axisOf("differences", named.get("axis"), shapeOf(x).length, -1))
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
      return places.diagonalMatrix(x, above)
    }
    if (own.length !== 2) raise(faults.wrongArgument("diag", "v", "a vector or a matrix", kindOf(v)))
    return places.diagonal(x, above)
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

/** Elements in other places. */
export const rearrangingBuiltins: readonly BuiltinFunction[] = [
  eye,
  reverse,
  repeat,
  tile,
  differences,
  diag,
  triangle(
    "tril",
    "`tril(A)`: the lower triangle, zeros above; `tril(A, k)` up to the diagonal k places above.",
    places.tril,
  ),
  triangle(
    "triu",
    "`triu(A)`: the upper triangle, zeros below; `triu(A, k)` from the diagonal k places above.",
    places.triu,
  ),
  gather,
  equalElements,
]
