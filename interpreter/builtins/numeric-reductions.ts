/**
 * Built-in reductions: `sum mean max min dot`, with the options `axis` and `keep`; `numeric-statistics.ts` has the others.
 * Reductions run over all elements unless `axis` names axes. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { withoutAxes } from "../arrays/axes.ts"
import { sameShape, sizeOf } from "../arrays/tensor.ts"
import type { Binary } from "../autodiff/declare.ts"
import { isNum, shapeOf, type Num } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import { add, mul } from "../primitives/arithmetic.ts"
import * as binary from "../primitives/selection.ts"
import * as reductions from "../primitives/reductions.ts"
import { keepAxes } from "../primitives/rows.ts"
import { kindOf } from "../values/kinds.ts"
import { zipLeaves } from "../values/structure.ts"
import { BuiltinFunction, isStructure, type Named, type Value } from "../values/values.ts"
import { axesOption, counted, flag, numeric } from "./arguments.ts"

/** All axes of the common ranks. */
const everyAxis: readonly (readonly number[])[] = [[], [0], [0, 1], [0, 1, 2]]

/** Runs a reduction over the axes asked for; a number counts as an array of one. */
export function reduce(name: string, x: Num, named: Named, f: (x: Num, axes: readonly number[]) => Num): Num {
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
export function nonempty(name: string, x: Num, named: Named): Num {
  const shape = shapeOf(x)
  const axes = axesOption(name, named, shape.length)
  const size = sizeOf(axes.map((axis) => shape[axis]!))
  if (size === 0 && sizeOf(withoutAxes(shape, axes)) > 0)
    raise(faults.wrongArgument(name, "a", "at least one element", kindOf(x)))
  return x
}

export function reducer(
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

export const withAxis = " `axis:` names an axis or several, `keep: true` keeps them at length 1."

const sums = [
  reducer("sum", `\`sum(a)\`: the sum of all elements; true counts as 1.${withAxis}`, counted, (x, axes) =>
    reductions.sum([x], { axes }),
  ),
  reducer("mean", `\`mean(a)\`: the mean of all elements; true counts as 1.${withAxis}`, counted, reductions.mean),
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

// ---------------------------------------------------------------- products of whole values

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
    if (isNum(x) && isNum(y)) return innerProduct(x, y)
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

/** Reductions that programs may need at once. */
export const reductionBuiltins: readonly BuiltinFunction[] = [...sums, ...extremes, dot]
