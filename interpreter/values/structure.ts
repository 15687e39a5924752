/**
 * Walking structures leaf by leaf.
 * Lists, tuples, records and variants are taken apart and put together again with an explicit stack, however deep they are; everything else is a
 * leaf. It must not know what is done with the leaves.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { kindOf } from "./kinds.ts"
import {
  childrenOf,
  isStructure,
  List,
  RecordValue,
  Tuple,
  VariantValue,
  withChildren,
  type Structure,
  type Value,
} from "./values.ts"

/** A structure that is being walked: the parts still to come and the parts made so far. */
interface Level {
  readonly source: Structure
  readonly parts: readonly Value[]
  /** The parts of the other structure, in the order of these. */
  readonly others: readonly Value[]
  readonly out: Value[]
  next: number
}

/** The structure with every leaf replaced. */
export function mapLeaves(value: Value, f: (leaf: Value) => Value): Value {
  return walk(value, value, (leaf) => f(leaf), "map")
}

/**
 * Two structures of one form, leaf by leaf, in the form of the first. Where they differ in fields, lengths or variants the fault names `operation` and
 * the path; `f` may raise such a fault itself with `differ`.
 */
export function zipLeaves(
  a: Value,
  b: Value,
  f: (x: Value, y: Value, differ: () => never) => Value,
  operation: string,
): Value {
  return walk(a, b, f, operation)
}

function walk(a: Value, b: Value, f: (x: Value, y: Value, differ: () => never) => Value, operation: string): Value {
  const levels: Level[] = []
  let x = a
  let y = b
  const differ = (): never => {
    raise(faults.structureMismatch(operation, pathOf(levels), formOf(x), formOf(y)))
  }
  for (;;) {
    let done: Value
    if (isStructure(x)) {
      const others = x === y ? childrenOf(x) : partsLike(x, y)
      if (others === null) differ()
      levels.push({ source: x, parts: childrenOf(x), others: others!, out: [], next: 0 })
      done = null
    } else {
      done = f(x, y, differ)
      const top = levels.at(-1)
      if (top === undefined) return done
      top.out.push(done)
    }
    for (;;) {
      const top = levels.at(-1)!
      if (top.next < top.parts.length) {
        x = top.parts[top.next]!
        y = top.others[top.next]!
        top.next++
        break
      }
      levels.pop()
      done = withChildren(top.source, top.out)
      if (top.source instanceof List) (done as List).witness = top.source.witness
      const above = levels.at(-1)
      if (above === undefined) return done
      above.out.push(done)
    }
  }
}

/** The parts of `y` in the order of those of `x`, or null where the two are not of one form. */
function partsLike(x: Structure, y: Value): readonly Value[] | null {
  if (x instanceof List) return y instanceof List && y.items.length === x.items.length ? y.items : null
  if (x instanceof Tuple) return y instanceof Tuple && y.values.length === x.values.length ? y.values : null
  if (x instanceof VariantValue) return y instanceof VariantValue && y.variant === x.variant ? y.values : null
  if (!(y instanceof RecordValue) || y.values.length !== x.values.length) return null
  if (y.layout === x.layout) return y.values
  const parts: Value[] = []
  for (const name of x.layout.names) {
    const part = y.get(name)
    if (part === undefined) return null
    parts.push(part)
  }
  return parts
}

/** Where the walk is, as it would be written behind the structure's name: `.layers[2].w`. */
function pathOf(levels: readonly Level[]): string {
  return levels.map((level) => stepTo(level.source, level.next - 1)).join("")
}

/** How part i of a structure is written: `.w`, `[2]`. */
export function stepTo(source: Structure, i: number): string {
  if (source instanceof RecordValue) return `.${source.layout.names[i]!}`
  if (source instanceof VariantValue) return `.${source.variant.fields[i]!}`
  return `[${String(i)}]`
}

/** The kind of a value, and for a record its fields. */
function formOf(value: Value): string {
  if (value instanceof RecordValue) return `a record with ${value.layout.names.slice(0, 8).join(", ") || "no fields"}`
  return kindOf(value)
}

/** The leaves from left to right. */
export function leavesOf(value: Value): Value[] {
  const leaves: Value[] = []
  const pending: Value[] = [value]
  while (pending.length > 0) {
    const x = pending.pop()!
    if (!isStructure(x)) leaves.push(x)
    else {
      const parts = childrenOf(x)
      for (let i = parts.length - 1; i >= 0; i--) pending.push(parts[i]!)
    }
  }
  return leaves
}

/** The structure with its leaves replaced, from left to right. */
export function withLeaves(value: Value, leaves: readonly Value[]): Value {
  let next = 0
  return mapLeaves(value, () => leaves[next++]!)
}
