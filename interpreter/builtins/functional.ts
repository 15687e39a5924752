/**
 * Built-ins that run functions over sequences and structures: `map filter fold scan iterate vmap tree_map …`.
 * Each yields the calls it wants made, so that recursion through it may go as deep as any other. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { itemsOf, sequenceOf, type Sequence } from "../values/sequence.ts"
import {
  BuiltinFunction,
  isFunction,
  Tuple,
  type BuiltinSteps,
  type FunctionValue,
  type Value,
} from "../values/values.ts"

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

export function functionAt(name: string, value: Value | undefined): FunctionValue {
  if (!isFunction(value)) raise(faults.wrongArgument(name, "f", "a function", kindOf(value)))
  return value
}

export function truthOf(name: string, value: Value): boolean {
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
