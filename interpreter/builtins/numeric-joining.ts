/**
 * Built-ins that join arrays: `concat stack`.
 * Whatever only moves elements takes arrays of booleans as well. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { withoutAxes } from "../arrays/axes.ts"
import { BoolArray, sameShape, sizeOf } from "../arrays/tensor.ts"
import { shapeOf } from "../autodiff/num.ts"
import * as shaping from "../primitives/shaping.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { sequenceOf } from "../values/sequence.ts"
import { BuiltinFunction, List, type Value } from "../values/values.ts"
import { array, asBooleans, asNumbers, axisOf, numeric } from "./arguments.ts"

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

/** Joining arrays. */
export const joiningBuiltins: readonly BuiltinFunction[] = [concat, stack]
