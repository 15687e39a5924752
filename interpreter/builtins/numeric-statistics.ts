/**
 * Built-in products, spreads, places, orders, running sums and norms: `prod variance argmax sort cumsum softmax norm …`.
 * What keeps the shape runs along the last axis unless `axis:` names another. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, sizeOf } from "../arrays/tensor.ts"
import { isNum, isScalar, shapeOf, type Num } from "../autodiff/num.ts"
import { concat, reshape } from "../autodiff/structure.ts"
import { abs } from "../primitives/elementary.ts"
import * as binary from "../primitives/selection.ts"
import * as norms from "../primitives/norms.ts"
import * as reductions from "../primitives/reductions.ts"
import * as primitives from "../primitives/scans.ts"
import * as weights from "../primitives/softmax.ts"
import { alongBack } from "../primitives/rowmaps.ts"
import { flatten } from "../primitives/shaping.ts"
import { kindOf } from "../values/kinds.ts"
import { leavesOf } from "../values/structure.ts"
import { BuiltinFunction, isStructure, List, type Value } from "../values/values.ts"
import { asBooleans, asNumbers, axesOption, axisOf, count, counted, numeric } from "./arguments.ts"
import { nonempty, reduce, reducer, withAxis } from "./numeric-reductions.ts"

const products = [
  reducer("prod", `\`prod(a)\`: ${primitives.prodRows.primitive.doc}${withAxis}`, numeric, primitives.prod),
  reducer(
    "logsumexp",
    `\`logsumexp(a)\`: ${weights.logsumexpRows.primitive.doc}${withAxis}`,
    numeric,
    weights.logsumexp,
  ),
]

function spread(name: string, doc: string, f: (x: Num, axes: readonly number[], ddof: number) => Num): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["a"],
    options: ["axis", "keep", "ddof"],
    retains: false,
    call: (_runtime, [a], named) => {
      const ddof = named.has("ddof") ? count(name, "ddof", named.get("ddof")) : 0
      return reduce(name, numeric(name, "a", a), named, (x, axes) => f(x, axes, ddof))
    },
  })
}

const spreads = [
  spread(
    "variance",
    `\`variance(a)\`: the mean squared deviation from the mean; \`ddof: 1\` divides by n - 1.${withAxis}`,
    norms.variance,
  ),
  spread(
    "stddev",
    `\`stddev(a)\`: the square root of the variance; derivative 0 where all elements are equal; \`ddof: 1\` divides by n - 1.${withAxis}`,
    norms.stddev,
  ),
]

const places = [
  reducer("argmax", `\`argmax(a)\`: ${weights.argmaxRows.primitive.doc}`, counted, weights.argmax, nonempty),
  reducer("argmin", `\`argmin(a)\`: ${weights.argminRows.primitive.doc}`, counted, weights.argmin, nonempty),
]

/** `any` and `all` of booleans. */
function truthReduction(name: string, doc: string, f: (x: Num, axes: readonly number[]) => Num): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["a"],
    options: ["axis", "keep"],
    retains: false,
    call: (_runtime, [a], named) => {
      if (typeof a === "boolean") return asBooleans(reduce(name, a ? 1 : 0, named, f))
      // `[]` is an array of numbers, and of booleans as well.
      const empty = isNum(a) && shapeOf(a).length === 1 && sizeOf(shapeOf(a)) === 0
      if (!(a instanceof BoolArray) && !empty) raise(faults.wrongArgument(name, "a", "an array of booleans", kindOf(a)))
      return asBooleans(reduce(name, a instanceof BoolArray ? asNumbers(a) : (a as Num), named, f))
    },
  })
}

const truths = [
  truthReduction("any", `\`any(a)\`: is one of the booleans true? Of none: false.${withAxis}`, (x, axes) =>
    binary.min(reductions.sum([x], { axes }), 1),
  ),
  truthReduction("all", `\`all(a)\`: are all booleans true? Of none: true.${withAxis}`, primitives.prod),
]

/** A function that keeps the shape and runs along one axis, or several for weights. */
function scan(
  name: string,
  doc: string,
  read: (name: string, parameter: string, value: Value | undefined) => Num,
  f: (x: Num, axes: readonly number[]) => Num,
  several = false,
): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["a"],
    options: ["axis"],
    retains: false,
    call: (_runtime, [a], named) => {
      const x = read(name, "a", a)
      const rank = shapeOf(x).length
      if (rank === 0) return reshape(f(reshape(x, [1]), [0]), [])
      if (several && named.has("axis")) return f(x, axesOption(name, named, rank))
      return f(x, [axisOf(name, named.get("axis"), rank, -1)])
    },
  })
}

const alongLast = " Along the last axis, or `axis:`."

const scans = [
  scan("cumsum", `\`cumsum(a)\`: running sums.${alongLast}`, counted, primitives.cumsum),
  scan(
    "cumprod",
    `\`cumprod(a)\`: running products; right to every order also where elements are 0.${alongLast}`,
    numeric,
    primitives.cumprod,
  ),
  scan(
    "softmax",
    `\`softmax(a)\`: exp(a)/Σ exp(a); derivatives are exact where it saturates.${alongLast}`,
    numeric,
    weights.softmax,
    true,
  ),
  scan(
    "log_softmax",
    `\`log_softmax(a)\`: ln(softmax(a)) without overflow or cancellation.${alongLast}`,
    numeric,
    weights.logSoftmax,
    true,
  ),
  scan(
    "argsort",
    `\`argsort(a)\`: the indices that sort, ascending and stable; nan last; no derivative.${alongLast}`,
    counted,
    alongBack((rows) => primitives.argsortRows([rows], undefined)),
  ),
]

const sortAlong = alongBack((rows) => primitives.sortRows([rows], undefined))

const sort = new BuiltinFunction({
  name: "sort",
  doc: `\`sort(a)\`: ascending order, nan last; the derivative moves with the elements, equal ones keep their order. A list of strings is sorted too.${alongLast}`,
  params: ["a"],
  options: ["axis"],
  call: (_runtime, [a], named) => {
    if (a instanceof List && a.items.every((item) => typeof item === "string"))
      return new List([...(a.items as string[])].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0)))
    const x = numeric("sort", "a", a)
    const rank = shapeOf(x).length
    return rank === 0 ? x : sortAlong(x, [axisOf("sort", named.get("axis"), rank, -1)])
  },
})

/** All numbers of a structure as one vector; an array or number as it is. */
function whole(name: string, value: Value | undefined): Num {
  if (value === undefined || !isStructure(value)) return numeric(name, "x", value)
  return leavesOf(value)
    .filter((leaf) => isNum(leaf))
    .map(flatten)
    .reduce((a, b) => concat(a, b), reshape(0, [1]))
}

const squaredNorm = new BuiltinFunction({
  name: "squared_norm",
  doc: "`squared_norm(x)`: the sum of the squares of all numbers in x, which may be a structure; smooth at 0.",
  params: ["x"],
  retains: false,
  call: (_runtime, [value]) => reductions.squaredNorm(whole("squared_norm", value)),
})

const norm = new BuiltinFunction({
  name: "norm",
  doc: "`norm(x)`: the 2-norm (of a matrix Frobenius, of a structure that of all its numbers), without overflow; derivative 0 at 0. `norm(x, p)`: (Σ|x|^p)^(1/p), `inf` for the greatest. `axis:` and `keep:` as for `sum`.",
  params: ["x", "p?"],
  options: ["axis", "keep"],
  retains: false,
  call: (_runtime, [value, p], named) => {
    const x = whole("norm", value)
    if (p === undefined || p === 2)
      return isScalar(x) && named.size === 0 ? abs(x) : reduce("norm", x, named, norms.norm)
    const power = numeric("norm", "p", p)
    if (!isScalar(power)) raise(faults.wrongArgument("norm", "p", "a number", kindOf(p)))
    return reduce("norm", x, named, (rows, axes) => norms.normP(rows, power, axes))
  },
})

/** Products, spreads, places, orders, running sums, norms. */
export const statisticsBuiltins: readonly BuiltinFunction[] = [
  ...products,
  ...spreads,
  ...places,
  ...truths,
  ...scans,
  sort,
  squaredNorm,
  norm,
]
