/**
 * Nodes that make values: arrays, tuples, records, strings, ranges, closures.
 * Parts are evaluated from left to right, and arrays follow the array rule. It must not know how values are read or changed.
 */

import type { ArrayCore, LambdaCore, RangeCore, RecordCore, StringCore, TupleCore } from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { locate, raise } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import { zeroed } from "../arrays/fresh.ts"
import { Tensor } from "../arrays/tensor.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { disown } from "../values/ownership.ts"
import { sequenceOf } from "../values/sequence.ts"
import { show } from "../values/show.ts"
import { Closure, Layout, RecordValue, Tuple, VariantValue, type Value } from "../values/values.ts"
import type { Compiling } from "./compiling.ts"
import { registers, type Frame, type Node } from "./frame.ts"
import { integerAt } from "./reading.ts"

/** Runs `f`; a fault that has no position yet gets `span`. */
export function at<T>(span: Span, f: () => T): T {
  try {
    return f()
  } catch (error) {
    locate(error, span)
    throw error
  }
}

export function compileArray(core: ArrayCore, c: Compiling): Node {
  const { items, span } = core
  const nodes = items.map((item) => (item.kind === "spread" ? c.read(item.value) : c.value(item)))
  if (items.some((item) => item.kind === "spread")) {
    return (f) => {
      const out: Value[] = []
      for (let k = 0; k < nodes.length; k++) {
        const value = nodes[k]!(f)
        const item = items[k]!
        if (item.kind === "spread") spreadInto(out, value, item.span)
        else out.push(value)
      }
      return at(span, () => build(out))
    }
  }
  return (f) => {
    const out = new Array<Value>(nodes.length)
    let plain = nodes.length > 0
    for (let k = 0; k < nodes.length; k++) {
      const value = nodes[k]!(f)
      if (typeof value !== "number") plain = false
      out[k] = value
    }
    if (plain) return new Tensor([out.length], Float64Array.from(out as number[]))
    return at(span, () => build(out))
  }
}

function spreadInto(out: Value[], value: Value, span: Span): void {
  const sequence = typeof value === "string" || value instanceof Tuple ? null : sequenceOf(value)
  if (sequence === null) raise(faults.spreadOf(kindOf(value), "an array"), span)
  for (let i = 0; i < sequence.length; i++) out.push(sequence.at(i))
}

export function compileTuple(core: TupleCore, c: Compiling): Node {
  const nodes = core.items.map((item) => c.value(item))
  const [first, second] = nodes
  if (nodes.length === 2) return (f) => new Tuple([first!(f), second!(f)])
  return (f) => new Tuple(nodes.map((node) => node(f)))
}

export function compileRecord(core: RecordCore, c: Compiling): Node {
  const { fields } = core
  const nodes = fields.map((field) => c.value(field.value))
  const names = fields.map((field) => (field.kind === "field" ? field.name : null))
  if (names.every((name) => name !== null) && new Set(names).size === names.length) {
    const layout = Layout.of(names)
    return (f) => {
      const values = new Array<Value>(nodes.length)
      for (let k = 0; k < nodes.length; k++) values[k] = nodes[k]!(f)
      return new RecordValue(layout, values)
    }
  }
  return (f) => recordWithSpread(fields, nodes, f)
}

function recordWithSpread(fields: RecordCore["fields"], nodes: readonly Node[], f: Frame): Value {
  const found = new Map<string, Value>()
  // `{ ...s, r: 3 }` of a variant is that variant with other fields.
  let variant: VariantValue | null = null
  for (let k = 0; k < nodes.length; k++) {
    const field = fields[k]!
    const value = nodes[k]!(f)
    if (field.kind === "field") {
      if (variant !== null && !variant.variant.fields.includes(field.name)) {
        raise(faults.noField(`\`${variant.variant.name}\``, field.name, variant.variant.fields), field.value.span)
      }
      found.set(field.name, value)
    } else if (value instanceof RecordValue && variant === null) {
      value.layout.names.forEach((name, i) => found.set(name, disown(value.values[i]!)))
    } else if (value instanceof VariantValue && found.size === 0) {
      variant = value
      value.variant.fields.forEach((name, i) => found.set(name, disown(value.values[i]!)))
    } else raise(faults.spreadOf(kindOf(value), "a record"), field.span)
  }
  const values = [...found.values()]
  return variant === null
    ? new RecordValue(Layout.of([...found.keys()]), values)
    : new VariantValue(variant.variant, values)
}

export function compileString(core: StringCore, c: Compiling): Node {
  const parts = core.parts.map((part) => (typeof part === "string" ? part : c.read(part)))
  return (f) => {
    let out = ""
    for (const part of parts) out += typeof part === "string" ? part : show(part(f), { bare: true })
    return out
  }
}

/** Largest number of elements of one array. */
const mostElements = 2 ** 31 - 1

/** Bounds of a range as integers: from, and the first number not in it. */
export function rangeBounds(core: RangeCore, from: Value, to: Value): [number, number] {
  const start = integerAt(from, "a range bound", core.from.span)
  const end = integerAt(to, "a range bound", core.to.span) + (core.inclusive ? 1 : 0)
  return [start, Math.max(start, end)]
}

export function compileRange(core: RangeCore, c: Compiling): Node {
  const from = c.read(core.from)
  const to = c.read(core.to)
  const { span } = core
  return (f) => {
    const first = from(f)
    const [start, end] = rangeBounds(core, first, to(f))
    const length = end - start
    if (length > mostElements) raise(faults.arrayTooLarge([length]), span)
    at(span, () => {
      registers.runtime.charge(8 * length)
    })
    const data = zeroed(length)
    for (let i = 0; i < length; i++) data[i] = start + i
    return new Tensor([length], data)
  }
}

export function compileLambda(core: LambdaCore, c: Compiling): Node {
  const code = c.nested(core.code)
  const captures = core.captures.map((capture) => (capture === null ? null : c.value(capture)))
  const [first] = captures
  if (captures.length === 0) return () => new Closure(code, [])
  // A captured value that is not there yet stays undefined until a later statement fills it in.
  if (captures.length === 1 && first !== null) return (f) => new Closure(code, [first!(f)])
  return (f) =>
    new Closure(
      code,
      captures.map((capture) => (capture === null ? undefined : capture(f))),
    )
}
