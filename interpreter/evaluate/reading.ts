/**
 * Nodes that read: names, indices, fields, patterns.
 * Elements of plain arrays and lists are found in the closure itself; everything else goes the general way of indexing.ts. It must not know how values
 * are changed.
 */

import type {
  BuiltinCore,
  Core,
  CoreSlice,
  FailCore,
  FieldCore,
  GlobalCore,
  IndexCore,
  PartCore,
  TestCore,
} from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { FaultError, faultOf, locate, raise } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import { BoolArray, Tensor } from "../arrays/tensor.ts"
import { ends, matching } from "../autodiff/cuts.ts"
import { isActive, isNum, primalOf, shapeOf } from "../autodiff/num.ts"
import { element } from "../autodiff/structure.ts"
import { build } from "../values/build.ts"
import { disown } from "../values/ownership.ts"
import { sequenceOf } from "../values/sequence.ts"
import { show } from "../values/show.ts"
import { List, RecordValue, Tuple, VariantValue, type Layout, type Value } from "../values/values.ts"
import type { Compiling } from "./compiling.ts"
import type { Frame, Node } from "./frame.ts"
import { fieldOf, indexValue, integerOf, Slice, type IndexItem } from "./indexing.ts"

// ---------------------------------------------------------------- names

export function compileLocal(slot: number, owner: number | null): Node {
  const at = slot + 1
  if (owner === null) return (f) => f[at]!
  // Someone else will hold the value: what the variable owned so far is no longer its own.
  return (f) => {
    f[owner] = null
    return f[at]!
  }
}

export function compileCapture(index: number, name: string, span: Span): Node {
  return (f) => {
    const value = (f[0] as unknown as (Value | undefined)[])[index]
    return value === undefined ? raise(faults.calledTooEarly(name), span) : value
  }
}

export function compileGlobal(core: GlobalCore): Node {
  const { cell, span } = core
  return (f) => {
    void f
    const { value } = cell
    return value === undefined ? raise(faults.usedBeforeDefinition(cell.name), span) : (value as Value)
  }
}

export function compileBuiltin(core: BuiltinCore, c: Compiling): Node {
  const value = c.library.get(core.name)
  if (value !== undefined) return () => value
  return () => raise(faults.unknownName(core.name, c.library.keys()), core.span)
}

// ---------------------------------------------------------------- indices and fields

/** Evaluates the items of an index from left to right. */
export function compileItems(items: readonly (Core | CoreSlice)[], c: Compiling): (f: Frame) => IndexItem[] {
  const nodes = items.map((item) => (item.kind === "slice" ? compileSlice(item, c) : c.read(item)))
  const [first, second] = nodes
  if (nodes.length === 1) return (f) => [first!(f)]
  if (nodes.length === 2) return (f) => [first!(f), second!(f)]
  return (f) => nodes.map((node) => node(f))
}

function compileSlice(core: CoreSlice, c: Compiling): (f: Frame) => Slice {
  const from = core.from === null ? null : bound(c.read(core.from), core.from.span)
  const to = core.to === null ? null : bound(c.read(core.to), core.to.span)
  const { inclusive } = core
  return (f) => new Slice(from === null ? null : from(f), to === null ? null : to(f), inclusive)
}

function bound(node: Node, span: Span): (f: Frame) => number {
  return (f) => integerAt(node(f), "a bound", span)
}

export function integerAt(value: Value, what: string, span: Span): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value
  try {
    return integerOf(value, what)
  } catch (error) {
    locate(error, span)
    throw error
  }
}

function indexAt(target: Value, items: readonly IndexItem[], span: Span): Value {
  try {
    return indexValue(target, items)
  } catch (error) {
    locate(error, span)
    throw error
  }
}

/** One index that is a number at most times. */
function indexOne(target: Value, item: IndexItem, span: Span): Value {
  if (isActive(target) && typeof item === "number") {
    const shape = shapeOf(target)
    if (shape.length === 1 && item >= 0 && item < shape[0]! && Number.isInteger(item)) return element(target, item)
  }
  return indexAt(target, [item], span)
}

export function compileIndex(core: IndexCore, c: Compiling, keeps: boolean): Node {
  const { items, span } = core
  const only = items[0]!
  const node = items.length === 1 && only.kind !== "slice" ? compileIndexOne(core, only, c) : compileIndexMany(core, c)
  if (!keeps) return node
  return (f) => {
    const value = node(f)
    return typeof value === "number" ? value : disown(value)
  }
  function compileIndexOne(outer: IndexCore, item: Core, c: Compiling): Node {
    const { target } = outer
    const y = c.read(item)
    if (target.kind === "index" && target.items.length === 1) {
      const inner = target.items[0]!
      if (inner.kind !== "slice") return compileIndexTwice(target.target, inner, target.span, y, c)
    }
    if (target.kind === "local") {
      const at = target.slot + 1
      return (f) => {
        const i = y(f)
        const a = f[at]!
        if (typeof i === "number") {
          if (a instanceof Tensor && a.shape.length === 1) {
            const x = a.data[i]
            if (x !== undefined) return x
          } else if (a instanceof List) {
            const x = a.items[i]
            if (x !== undefined) return x
          }
        }
        return indexOne(a, i, span)
      }
    }
    const x = c.read(target)
    return (f) => {
      const a = x(f)
      const i = y(f)
      if (typeof i === "number" && a instanceof Tensor && a.shape.length === 1) {
        const x = a.data[i]
        if (x !== undefined) return x
      }
      return indexOne(a, i, span)
    }
  }
  /** `a[i][j]`: of a matrix, its element, without making the row. */
  function compileIndexTwice(target: Core, first: Core, inner: Span, y: Node, c: Compiling): Node {
    const a = c.read(target)
    const x = c.read(first)
    return (f) => {
      const matrix = a(f)
      const i = x(f)
      if (matrix instanceof Tensor && matrix.shape.length === 2 && typeof i === "number") {
        const j = y(f)
        if (typeof j === "number") {
          const at = flat2(matrix, i, j)
          if (at >= 0) return matrix.data[at]!
        }
        return indexOne(indexOne(matrix, i, inner), j, span)
      }
      const row = indexOne(matrix, i, inner)
      return indexOne(row, y(f), span)
    }
  }
}

/** The flat offset of an element of a matrix, or -1 where the indices are not plainly in range. */
function flat2(matrix: Tensor, i: number, j: number): number {
  const rows = matrix.shape[0]!
  const columns = matrix.shape[1]!
  return i >= 0 && i < rows && j >= 0 && j < columns && (i | 0) === i && (j | 0) === j ? i * columns + j : -1
}

function compileIndexMany(core: IndexCore, c: Compiling): Node {
  const { items, span } = core
  const target = c.read(core.target)
  const [first, second] = items
  if (items.length === 2 && first!.kind !== "slice" && second!.kind !== "slice") {
    const x = c.read(first as Core)
    const y = c.read(second as Core)
    return (f) => {
      const a = target(f)
      const i = x(f)
      const j = y(f)
      if (a instanceof Tensor && a.shape.length === 2 && typeof i === "number" && typeof j === "number") {
        const at = flat2(a, i, j)
        if (at >= 0) return a.data[at]!
      }
      return indexAt(a, [i, j], span)
    }
  }
  const all = compileItems(items, c)
  return (f) => {
    const a = target(f)
    return indexAt(a, all(f), span)
  }
}

export function compileField(core: FieldCore, c: Compiling, keeps: boolean): Node {
  const { name, span } = core
  const target = c.read(core.target)
  // Where the last record of this place had the field.
  let layout: Layout | null = null
  let position = 0
  const node: Node = (f) => {
    const record = target(f)
    if (record instanceof RecordValue) {
      if (record.layout === layout) return record.values[position]!
      const found = record.layout.index.get(name)
      if (found !== undefined) {
        layout = record.layout
        position = found
        return record.values[found]!
      }
    }
    try {
      return fieldOf(record, name)
    } catch (error) {
      locate(error, span)
      throw error
    }
  }
  if (!keeps) return node
  return (f) => {
    const value = node(f)
    return typeof value === "number" ? value : disown(value)
  }
}

// ---------------------------------------------------------------- patterns

export function compileTest(core: TestCore, c: Compiling): Node {
  const target = c.read(core.target)
  const { form } = core
  switch (form.kind) {
    case "variant": {
      const { variant } = form
      return (f) => {
        const value = target(f)
        return value instanceof VariantValue && value.variant === variant
      }
    }
    case "tuple": {
      const { size } = form
      return (f) => {
        const value = target(f)
        return value instanceof Tuple && value.values.length === size
      }
    }
    case "record": {
      const { names } = form
      return (f) => {
        const value = target(f)
        return value instanceof RecordValue && names.every((name) => value.layout.index.has(name))
      }
    }
    case "array": {
      const { min, exact } = form
      return (f) => {
        const length = lengthOf(target(f))
        return exact ? length === min : length >= min
      }
    }
    case "literal": {
      const { value: wanted } = form
      return (f) => {
        const value = target(f)
        if (!isActive(value)) return value === wanted
        const fits = primalOf(value) === wanted
        ends(matching, value, fits)
        return fits
      }
    }
  }
}

/** Number of elements of an array or list; -1 for anything else. */
function lengthOf(value: Value): number {
  if (value instanceof List) return value.items.length
  if (value instanceof BoolArray) return value.shape[0]!
  if (typeof value === "number" || !isNum(value)) return -1
  return shapeOf(value)[0] ?? -1
}

export function compilePart(core: PartCore, c: Compiling, keeps: boolean): Node {
  const node = partNode(core, c)
  if (!keeps) return node
  return (f) => {
    const value = node(f)
    return typeof value === "number" ? value : disown(value)
  }
}

function partNode(core: PartCore, c: Compiling): Node {
  const target = c.read(core.target)
  const { part } = core
  switch (part.kind) {
    case "variantField": {
      const { index } = part
      return (f) => (target(f) as VariantValue).at(index)
    }
    case "tupleItem": {
      const { index } = part
      return (f) => (target(f) as Tuple).values[index]!
    }
    case "recordField": {
      const { name } = part
      return (f) => (target(f) as RecordValue).get(name)!
    }
    case "arrayItem": {
      const { index } = part
      return (f) => {
        const value = target(f)
        if (value instanceof List) return value.items.at(index)!
        const sequence = sequenceOf(value)!
        return sequence.at(index < 0 ? sequence.length + index : index)
      }
    }
    case "arrayRest": {
      const { from, drop } = part
      return (f) => {
        const value = target(f)
        if (value instanceof List) return build(value.items.slice(from, value.items.length - drop).map(disown))
        return indexValue(value, [new Slice(from, lengthOf(value) - drop, false)])
      }
    }
  }
}

export function compileFail(core: FailCore, c: Compiling): Node {
  const target = c.read(core.target)
  const { what, expected, span } = core
  return (f) => {
    const shown = show(target(f), { most: 12 })
    const value = shown.length > 80 ? `${shown.slice(0, 77)}…` : shown
    const text = what === "match" ? faults.noMatch(value) : faults.patternMismatch(what, expected, value)
    throw new FaultError([faultOf(text, span)])
  }
}
