/**
 * Built-in reductions and scans: `sum prod mean … argsort norm dot`, with the options `axis`, `keep` and `ddof`.
 * Reductions run over all elements unless `axis` names axes; what keeps the shape runs along the last axis. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { withoutAxes } from "../arrays/axes.ts"
import { BoolArray, sameShape, sizeOf } from "../arrays/tensor.ts"
import type { Binary } from "../autodiff/declare.ts"
import { isNum, isScalar, shapeOf, type Num } from "../autodiff/num.ts"
import { concat, reshape } from "../autodiff/structure.ts"
import { add, mul } from "../primitives/arithmetic.ts"
import { abs } from "../primitives/elementary.ts"
import * as binary from "../primitives/selection.ts"
import * as reductions from "../primitives/reductions.ts"
import { alongBack } from "../primitives/reductions.ts"
import { keepAxes } from "../primitives/rows.ts"
import { argsortRows, sortRows } from "../primitives/scans.ts"
import { flatten } from "../primitives/shaping.ts"
import { kindOf } from "../values/kinds.ts"
import { leavesOf, zipLeaves } from "../values/structure.ts"
import { BuiltinFunction, isStructure, List, type Named, type Value } from "../values/values.ts"
import { asBooleans, asNumbers, axesOption, axisOf, count, counted, flag, numeric } from "./arguments.ts"

/** All axes of the common ranks. */
const everyAxis: readonly (readonly number[])[] = [[], [0], [0, 1], [0, 1, 2]]

/** Runs a reduction over the axes asked for; a number counts as an array of one. */
function reduce(name: string, x: Num, named: Named, f: (x: Num, axes: readonly number[]) => Num): Num {
  const shape = shapeOf(x)
  if (shape.length === 0) {
    axesOption(name, named, 0)
    return f(reshape(x, [1]), [0])
  }
  if (named.size === 0) return f(x, everyAxis[shape.length] ?? axesOption(name, named, shape.length))
  const axes = axesOption(name, named, shape.length)
  if (axes.length === 0) return f(reshape(x, [...shape, 1]), [shape.length])
  return keepAxes(f(x, axes), axes, shape, flag(name, named, "keep"))
}

/** Raises where a reduction without a neutral element has nothing to reduce. */
function nonempty(name: string, x: Num, named: Named): Num {
  const shape = shapeOf(x)
  const axes = axesOption(name, named, shape.length)
  const size = sizeOf(axes.map((axis) => shape[axis]!))
  if (size === 0 && sizeOf(withoutAxes(shape, axes)) > 0)
    raise(faults.wrongArgument(name, "a", "at least one element", kindOf(x)))
  return x
}

function reducer(
  name: string,
  doc: string,
  read: (name: string, parameter: string, value: Value | undefined) => Num,
  f: (x: Num, axes: readonly number[]) => Num,
  check: (name: string, x: Num, named: Named) => Num = (_name, x) => x,
): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["a"],
    options: ["axis", "keep"],
    retains: false,
    call: (_runtime, [a], named) => reduce(name, check(name, read(name, "a", a), named), named, f),
  })
}

const withAxis = " `axis:` names an axis or several, `keep: true` keeps them at length 1."

const sums = [
  reducer("sum", `\`sum(a)\`: the sum of all elements; true counts as 1.${withAxis}`, counted, (x, axes) =>
    reductions.sum([x], { axes }),
  ),
  reducer("mean", `\`mean(a)\`: the mean of all elements; true counts as 1.${withAxis}`, counted, reductions.mean),
  reducer("prod", `\`prod(a)\`: ${reductions.prodRows.primitive.doc}${withAxis}`, numeric, reductions.prod),
  reducer(
    "logsumexp",
    `\`logsumexp(a)\`: ${reductions.logsumexpRows.primitive.doc}${withAxis}`,
    numeric,
    reductions.logsumexp,
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
    reductions.variance,
  ),
  spread(
    "stddev",
    `\`stddev(a)\`: the square root of the variance; derivative 0 where all elements are equal; \`ddof: 1\` divides by n - 1.${withAxis}`,
    reductions.stddev,
  ),
]

const places = [
  reducer("argmax", `\`argmax(a)\`: ${reductions.argmaxRows.primitive.doc}`, counted, reductions.argmax, nonempty),
  reducer("argmin", `\`argmin(a)\`: ${reductions.argminRows.primitive.doc}`, counted, reductions.argmin, nonempty),
]

/** `max` and `min`: of one argument a reduction, of several elementwise. */
function extreme(
  name: string,
  doc: string,
  pick: Binary,
  f: (x: Num, axes: readonly number[]) => Num,
): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["a", "b..."],
    primitive: pick.primitive,
    options: ["axis", "keep"],
    retains: false,
    call: (_runtime, args, named) => {
      const items = args.map((x, i) => numeric(name, i === 0 ? "a" : "b", x))
      if (items.length === 1) return reduce(name, nonempty(name, items[0]!, named), named, f)
      for (const option of named.keys()) raise(faults.unknownArgument(`${name}(a, b)`, option, []))
      return items.reduce((x, y) => pick(x, y))
    },
  })
}

const extremes = [
  extreme(
    "max",
    `\`max(a, b, …)\`: the greatest, elementwise; \`max(a)\`: of all elements. Ties share the derivative equally, the rest gets none.${withAxis}`,
    binary.max,
    reductions.maxOf,
  ),
  extreme(
    "min",
    `\`min(a, b, …)\`: the least, elementwise; \`min(a)\`: of all elements. Ties share the derivative equally, the rest gets none.${withAxis}`,
    binary.min,
    reductions.minOf,
  ),
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
  truthReduction("all", `\`all(a)\`: are all booleans true? Of none: true.${withAxis}`, reductions.prod),
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
  scan("cumsum", `\`cumsum(a)\`: running sums.${alongLast}`, counted, reductions.cumsum),
  scan(
    "cumprod",
    `\`cumprod(a)\`: running products; right to every order also where elements are 0.${alongLast}`,
    numeric,
    reductions.cumprod,
  ),
  scan(
    "softmax",
    `\`softmax(a)\`: exp(a)/Σ exp(a); derivatives are exact where it saturates.${alongLast}`,
    numeric,
    reductions.softmax,
    true,
  ),
  scan(
    "log_softmax",
    `\`log_softmax(a)\`: ln(softmax(a)) without overflow or cancellation.${alongLast}`,
    numeric,
    reductions.logSoftmax,
    true,
  ),
  scan(
    "argsort",
    `\`argsort(a)\`: the indices that sort, ascending and stable; nan last; no derivative.${alongLast}`,
    counted,
    alongBack((rows) => argsortRows([rows], undefined)),
  ),
]

const sortAlong = alongBack((rows) => sortRows([rows], undefined))

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

// ---------------------------------------------------------------- norms and products of whole values

/** All numbers of a structure as one vector; an array or number as it is. */
function whole(name: string, value: Value | undefined): Num {
  if (value === undefined || !isStructure(value)) return numeric(name, "x", value)
  return leavesOf(value)
    .filter((leaf) => isNum(leaf))
    .map(flatten)
    .reduce((a, b) => concat(a, b), reshape(0, [1]))
}

const norm = new BuiltinFunction({
  name: "norm",
  doc: "`norm(x)`: the 2-norm (of a matrix Frobenius, of a structure that of all its numbers), without overflow; derivative 0 at 0. `norm(x, p)`: (Σ|x|^p)^(1/p), `inf` for the greatest. `axis:` and `keep:` as for `sum`.",
  params: ["x", "p?"],
  options: ["axis", "keep"],
  retains: false,
  call: (_runtime, [value, p], named) => {
    const x = whole("norm", value)
    if (p === undefined || p === 2)
      return isScalar(x) && named.size === 0 ? abs(x) : reduce("norm", x, named, reductions.norm)
    const power = numeric("norm", "p", p)
    if (!isScalar(power)) raise(faults.wrongArgument("norm", "p", "a number", kindOf(p)))
    return reduce("norm", x, named, (rows, axes) => reductions.normP(rows, power, axes))
  },
})

const squaredNorm = new BuiltinFunction({
  name: "squared_norm",
  doc: "`squared_norm(x)`: the sum of the squares of all numbers in x, which may be a structure; smooth at 0.",
  params: ["x"],
  retains: false,
  call: (_runtime, [value]) => reductions.squaredNorm(whole("squared_norm", value)),
})

function innerProduct(x: Num, y: Num): Num {
  const a = shapeOf(x)
  const b = shapeOf(y)
  if (!sameShape(a, b)) raise(faults.shapeMismatch("dot", a, b))
  return a.length === 0 ? mul(x, y) : reductions.innerProduct(x, y)
}

const dot = new BuiltinFunction({
  name: "dot",
  doc: "`dot(x, y)`: the sum of the products of corresponding numbers of two arrays of one shape, or of two structures of one form.",
  params: ["x", "y"],
  retains: false,
  call: (_runtime, [x, y]) => {
    if (!isStructure(x!) || !isStructure(y!)) return innerProduct(numeric("dot", "x", x), numeric("dot", "y", y))
    let total: Num | undefined
    zipLeaves(
      x,
      y,
      (a, b, differ) => {
        if (isNum(a) !== isNum(b)) differ()
        if (isNum(a) && isNum(b)) {
          const product = innerProduct(a, b)
          total = total === undefined ? product : add(total, product)
        }
        return a
      },
      "dot",
    )
    return total ?? 0
  },
})

/** Reductions, scans, norms. */
export const reductionBuiltins: readonly BuiltinFunction[] = [
  ...sums,
  ...spreads,
  ...extremes,
  ...places,
  ...truths,
  ...scans,
  sort,
  norm,
  squaredNorm,
  dot,
]
