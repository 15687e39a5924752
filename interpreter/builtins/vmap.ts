/**
 * `vmap`: a function over the leading axis of its arguments, or others.
 * It is the comprehension over slices, with structures taken apart and put together leaf by leaf. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, sizeOf, type Shape } from "../arrays/tensor.ts"
import { isNum, shapeOf } from "../autodiff/num.ts"
import { region, reshape } from "../autodiff/structure.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { itemsOf } from "../values/sequence.ts"
import { leavesOf, mapLeaves, withLeaves } from "../values/structure.ts"
import {
  BuiltinFunction,
  List,
  unit,
  type BuiltinSteps,
  type FunctionValue,
  type Runtime,
  type Value,
} from "../values/values.ts"
import { functionNamed, mirrored } from "./application.ts"
import { countArgument, functionAt, sequenceArgument } from "./functional.ts"

// ---------------------------------------------------------------- vmap

/** Element i of every number and array in a structure, along an axis. */
function sliceAt(value: Value, axis: number, i: number): Value {
  return mapLeaves(value, (leaf) => {
    if (leaf instanceof BoolArray) {
      const { offsets, shape } = offsetsAlong(leaf.shape, axis, i)
      return shape.length === 0
        ? leaf.data[offsets[0]!] === 1
        : new BoolArray(
            shape,
            Uint8Array.from(offsets, (offset) => leaf.data[offset]!),
          )
    }
    if (!isNum(leaf)) return leaf
    const { offsets, shape } = offsetsAlong(shapeOf(leaf), axis, i)
    const part = region(leaf, offsets, [offsets.length])
    return reshape(part, shape)
  })
}

function offsetsAlong(shape: Shape, axis: number, i: number): { offsets: Int32Array; shape: Shape } {
  const inner = sizeOf(shape.slice(axis + 1))
  const outer = sizeOf(shape.slice(0, axis))
  const n = shape[axis]!
  const offsets = new Int32Array(outer * inner)
  for (let a = 0; a < outer; a++) for (let b = 0; b < inner; b++) offsets[a * inner + b] = (a * n + i) * inner + b
  return { offsets, shape: [...shape.slice(0, axis), ...shape.slice(axis + 1)] }
}

/** The length of a structure along an axis: that of its arrays, which must agree. */
function lengthAlong(value: Value, axis: number, before: number | null): number | null {
  let length = before
  for (const leaf of leavesOf(value)) {
    const shape = leaf instanceof BoolArray ? leaf.shape : isNum(leaf) ? shapeOf(leaf) : null
    if (shape === null) continue
    const n = shape[axis]
    if (n === undefined)
      raise(faults.wrongArgument("vmap", "axes", `arrays with an axis ${String(axis)}`, kindOf(leaf)))
    if (length !== null && length !== n) raise(faults.lengthsDiffer("vmap", length, n))
    length = n
  }
  return length
}

function axesOf(axes: Value | undefined, count: number): (number | null)[] {
  if (axes === undefined) return new Array<number | null>(count).fill(0)
  if (typeof axes === "number") return new Array<number | null>(count).fill(countArgument("vmap", "axes", axes))
  const items = itemsOf(sequenceArgument("vmap", "axes", axes))
  if (items.length !== count) raise(faults.lengthsDiffer("vmap", count, items.length))
  return items.map((item) => (item === unit ? null : countArgument("vmap", "axes", item)))
}

/** The results of all turns as one structure: leaves that are numbers stacked along a new first axis. */
function stackAll(results: readonly Value[]): Value {
  const like = results[0]!
  const columns = results.map(leavesOf)
  const leaves = columns[0]!.map((leaf, k) => {
    const items = columns.map((column) => column[k]!)
    return isNum(leaf) || typeof leaf === "boolean" || leaf instanceof BoolArray ? build(items) : new List(items)
  })
  return columns.every((column) => column.length === leaves.length) ? withLeaves(like, leaves) : new List([...results])
}

function* mapped(runtime: Runtime, f: FunctionValue, args: readonly Value[], axes: Value | undefined): BuiltinSteps {
  const chosen = axesOf(axes, args.length)
  let length: number | null = null
  args.forEach((arg, k) => {
    const axis = chosen[k]
    if (axis !== null && axis !== undefined) {
      if (arg instanceof List) {
        if (length !== null && length !== arg.items.length)
          raise(faults.lengthsDiffer("vmap", length, arg.items.length))
        length = arg.items.length
      } else length = lengthAlong(arg, axis, length)
    }
  })
  if (length === null) raise(faults.wrongArgument("vmap", "arguments", "at least one array", "none"))
  const results: Value[] = []
  for (let i = 0; i < (length as number); i++) {
    runtime.step(1)
    const turn = args.map((arg, k) => {
      const axis = chosen[k]
      if (axis === null || axis === undefined) return arg
      return arg instanceof List ? arg.items[i]! : sliceAt(arg, axis, i)
    })
    results.push(yield { fn: f, args: turn })
  }
  return results.length === 0 ? build([]) : stackAll(results)
}

export const vmap = new BuiltinFunction({
  name: "vmap",
  doc: "`vmap(f)`: f over the leading axis of every argument, structures included; `axes:` names another axis for each, `()` for an argument that is not mapped. The results are stacked, leaf by leaf: the same as a comprehension.",
  params: ["f"],
  makes: true,
  options: ["axes"],
  call: (_runtime, [fn], named) => {
    const f = functionAt("vmap", fn)
    const axes = named.get("axes")
    return new BuiltinFunction({
      name: `vmap(${functionNamed(f)})`,
      doc: `\`${functionNamed(f)}\` over the leading axis of its arguments.`,
      params: mirrored(f),
      steps: (runtime, args) => mapped(runtime, f, args, axes),
    })
  },
})
