/**
 * Built-ins that run functions over sequences and structures: `map filter fold scan iterate vmap tree_map …`.
 * Each yields the calls it wants made, so that recursion through it may go as deep as any other. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { isNum, shapeOf, type Num } from "../autodiff/num.ts"
import { concat, region, reshape, run } from "../autodiff/structure.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { itemsOf, sequenceOf, type Sequence } from "../values/sequence.ts"
import { leavesOf, mapLeaves, withLeaves } from "../values/structure.ts"
import {
  BuiltinFunction,
  isFunction,
  List,
  RecordValue,
  Tuple,
  unit,
  VariantValue,
  type BuiltinSteps,
  type FunctionValue,
  type Runtime,
  type Value,
} from "../values/values.ts"
import { functionNamed, mirrored } from "./application.ts"

export function sequenceArgument(name: string, parameter: string, value: Value | undefined): Sequence {
  const sequence = value === undefined ? null : sequenceOf(value)
  if (sequence === null) raise(faults.wrongArgument(name, parameter, "something to iterate", kindOf(value)))
  return sequence
}

export function countArgument(name: string, parameter: string, value: Value | undefined): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value
  raise(
    faults.wrongArgument(
      name,
      parameter,
      "a count of 0 or more",
      typeof value === "number" ? String(value) : kindOf(value),
    ),
  )
}

function functionAt(name: string, value: Value | undefined): FunctionValue {
  if (!isFunction(value)) raise(faults.wrongArgument(name, "f", "a function", kindOf(value)))
  return value
}

function truthOf(name: string, value: Value): boolean {
  if (typeof value !== "boolean") raise(faults.wrongResult(name, "true or false", kindOf(value)))
  return value
}

export const map = new BuiltinFunction({
  name: "map",
  doc: "`map(xs, f)`: f of every element, as the comprehension `[f(x) for x in xs]`.",
  params: ["xs", "f"],
  *steps(runtime, [xs, fn]): BuiltinSteps {
    const sequence = sequenceArgument("map", "xs", xs)
    const f = functionAt("map", fn)
    const items: Value[] = []
    for (let i = 0; i < sequence.length; i++) {
      runtime.step(1)
      items.push(yield { fn: f, args: [sequence.at(i)] })
    }
    runtime.charge(items.length * 8)
    return build(items)
  },
})

export const filter = new BuiltinFunction({
  name: "filter",
  doc: "`filter(xs, f)`: the elements for which f is true.",
  params: ["xs", "f"],
  *steps(runtime, [xs, fn]): BuiltinSteps {
    const sequence = sequenceArgument("filter", "xs", xs)
    const f = functionAt("filter", fn)
    const items: Value[] = []
    for (let i = 0; i < sequence.length; i++) {
      runtime.step(1)
      const item = sequence.at(i)
      if (truthOf("filter", yield { fn: f, args: [item] })) items.push(item)
    }
    return build(items)
  },
})

export const fold = new BuiltinFunction({
  name: "fold",
  doc: "`fold(xs, init, f)`: f(accumulated, x) over the elements from left to right, beginning with init; the last value.",
  params: ["xs", "init", "f"],
  *steps(runtime, [xs, init, fn]): BuiltinSteps {
    const sequence = sequenceArgument("fold", "xs", xs)
    const f = functionAt("fold", fn)
    let sum = init as Value
    for (let i = 0; i < sequence.length; i++) {
      runtime.step(1)
      sum = yield { fn: f, args: [sum, sequence.at(i)] }
    }
    return sum
  },
})

export const scan = new BuiltinFunction({
  name: "scan",
  doc: "`scan(xs, init, f)`: like `fold`, but every accumulated value, one for each element.",
  params: ["xs", "init", "f"],
  *steps(runtime, [xs, init, fn]): BuiltinSteps {
    const sequence = sequenceArgument("scan", "xs", xs)
    const f = functionAt("scan", fn)
    const items: Value[] = []
    let sum = init as Value
    for (let i = 0; i < sequence.length; i++) {
      runtime.step(1)
      sum = yield { fn: f, args: [sum, sequence.at(i)] }
      items.push(sum)
    }
    runtime.charge(items.length * 8)
    return build(items)
  },
})

export const iterate = new BuiltinFunction({
  name: "iterate",
  doc: "`iterate(x, n, f)`: f applied n times to x; the last value.",
  params: ["x", "n", "f"],
  *steps(runtime, [x, n, fn]): BuiltinSteps {
    const times = countArgument("iterate", "n", n)
    const f = functionAt("iterate", fn)
    let value = x as Value
    for (let i = 0; i < times; i++) {
      runtime.step(1)
      value = yield { fn: f, args: [value] }
    }
    return value
  },
})

export const find = new BuiltinFunction({
  name: "find",
  doc: "`find(xs, f)`: the index of the first element for which f is true, or -1.",
  params: ["xs", "f"],
  *steps(runtime, [xs, fn]): BuiltinSteps {
    const sequence = sequenceArgument("find", "xs", xs)
    const f = functionAt("find", fn)
    for (let i = 0; i < sequence.length; i++) {
      runtime.step(1)
      if (truthOf("find", yield { fn: f, args: [sequence.at(i)] })) return i
    }
    return -1
  },
})

export const zip = new BuiltinFunction({
  name: "zip",
  doc: "`zip(xs, ys, …)`: the list of tuples of elements at the same place; all must be equally long.",
  params: ["xs", "ys", "more..."],
  call: (runtime, args) => {
    const sequences = args.map((arg, i) => sequenceArgument("zip", ["xs", "ys"][i] ?? `argument ${String(i + 1)}`, arg))
    const n = sequences[0]!.length
    for (const sequence of sequences) if (sequence.length !== n) raise(faults.lengthsDiffer("zip", n, sequence.length))
    runtime.charge(n * 32)
    const items: Value[] = []
    for (let i = 0; i < n; i++) items.push(new Tuple(sequences.map((sequence) => sequence.at(i))))
    return build(items)
  },
})

export const enumerate = new BuiltinFunction({
  name: "enumerate",
  doc: "`enumerate(xs)`: the list of tuples (index, element).",
  params: ["xs"],
  call: (runtime, [xs]) => {
    const sequence = sequenceArgument("enumerate", "xs", xs)
    runtime.charge(sequence.length * 32)
    return build(itemsOf(sequence).map((item, i) => new Tuple([i, item])))
  },
})

export const compose = new BuiltinFunction({
  name: "compose",
  doc: "`compose(f, g, …)`: x ↦ f(g(…(x))), the last function first.",
  params: ["f", "more..."],
  makes: true,
  call: (_runtime, args) => {
    const functions = args.map((arg) => functionAt("compose", arg))
    const first = functions.at(-1)!
    return new BuiltinFunction({
      name: functions.map(functionNamed).join(" ∘ "),
      doc: "A composition of functions.",
      params: mirrored(first),
      anyNamed: true,
      *steps(_inner, values, named): BuiltinSteps {
        let value: Value = yield { fn: first, args: values, named }
        for (let i = functions.length - 2; i >= 0; i--) value = yield { fn: functions[i]!, args: [value] }
        return value
      },
    })
  },
})

export const first = new BuiltinFunction({
  name: "first",
  doc: "`first(xs)`: the first element.",
  params: ["xs"],
  call: (_runtime, [xs]) => {
    const sequence = sequenceArgument("first", "xs", xs)
    if (sequence.length === 0) raise(faults.indexOutOfRange(0, 0))
    return sequence.at(0)
  },
})

export const last = new BuiltinFunction({
  name: "last",
  doc: "`last(xs)`: the last element.",
  params: ["xs"],
  call: (_runtime, [xs]) => {
    const sequence = sequenceArgument("last", "xs", xs)
    if (sequence.length === 0) raise(faults.indexOutOfRange(-1, 0))
    return sequence.at(sequence.length - 1)
  },
})

// ---------------------------------------------------------------- structures

export const treeMap = new BuiltinFunction({
  name: "tree_map",
  doc: "`tree_map(p, f)`: f of every number and array in a structure, in the same structure; other leaves stay.",
  params: ["p", "f"],
  *steps(runtime, [p, fn]): BuiltinSteps {
    const f = functionAt("tree_map", fn)
    const leaves: Value[] = []
    for (const leaf of leavesOf(p!)) {
      runtime.step(1)
      leaves.push(isNum(leaf) || leaf instanceof BoolArray ? yield { fn: f, args: [leaf] } : leaf)
    }
    return withLeaves(p!, leaves)
  },
})

/** A number or array as a vector. */
function flat(x: Num): Num {
  const shape = shapeOf(x)
  return shape.length === 1 ? x : reshape(x, [sizeOf(shape)])
}

export const ravel = new BuiltinFunction({
  name: "ravel",
  doc: "`ravel(p)`: `(vector, unravel)`: all numbers of a structure in one vector, and the function that puts such a vector back into the structure.",
  params: ["p"],
  makes: true,
  call: (_runtime, [p]) => {
    const leaves = leavesOf(p!).filter(isNum)
    const shapes = leaves.map(shapeOf)
    const vector = joinAll(leaves.map(flat))
    const size = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0)
    const unravel = new BuiltinFunction({
      name: "unravel",
      doc: "Puts a vector back into the structure it was taken from.",
      params: ["vector"],
      call: (_inner, [v]) => {
        if (!isNum(v) || shapeOf(v).length !== 1 || shapeOf(v)[0] !== size) {
          raise(faults.wrongArgument("unravel", "vector", `an array of shape (${String(size)})`, kindOf(v)))
        }
        let at = 0
        let next = 0
        return mapLeaves(p!, (leaf) => {
          if (!isNum(leaf)) return leaf
          const shape = shapes[next++]!
          const n = sizeOf(shape)
          const part = region(v, run(at, n), [n])
          at += n
          return reshape(part, shape)
        })
      },
    })
    return new Tuple([vector, unravel])
  },
})

/** Vectors joined pairwise, so that many cost little more than one. */
function joinAll(vectors: readonly Num[]): Num {
  if (vectors.length === 0) return new Tensor([0], new Float64Array(0))
  let level = [...vectors]
  while (level.length > 1) {
    const next: Num[] = []
    for (let i = 0; i < level.length; i += 2)
      next.push(i + 1 < level.length ? concat(level[i]!, level[i + 1]!) : level[i]!)
    level = next
  }
  return level[0]!
}

export const keys = new BuiltinFunction({
  name: "keys",
  doc: "`keys(r)`: the names of a record's or variant's fields, in order.",
  params: ["r"],
  call: (_runtime, [r]) => {
    if (r instanceof RecordValue) return new List([...r.layout.names])
    if (r instanceof VariantValue) return new List([...r.variant.fields])
    raise(faults.wrongArgument("keys", "r", "a record", kindOf(r)))
  },
})

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
