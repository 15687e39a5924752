/**
 * What `a[i]`, `a[1..3]`, `a[i, j]`, `a[indices]` and `a[mask]` mean.
 * Every index becomes a pick along one axis, picks become flat offsets, and offsets are read by the structural primitives, so that derivatives pass.
 * It must not know nodes nor assignment.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { ends, indexing } from "../autodiff/cuts.ts"
import { isNum, primalOf, shapeOf, type Num } from "../autodiff/num.ts"
import { element, region, run } from "../autodiff/structure.ts"
import { build } from "../values/build.ts"
import { charactersOf } from "../values/characters.ts"
import { kindOf } from "../values/kinds.ts"
import { disown } from "../values/ownership.ts"
import { List, RecordValue, Tuple, VariantValue, type Value } from "../values/values.ts"

/** `from..to` inside an index; null where a bound was left out. */
export class Slice {
  readonly from: number | null
  readonly to: number | null
  readonly inclusive: boolean

  constructor(from: number | null, to: number | null, inclusive: boolean) {
    this.from = from
    this.to = to
    this.inclusive = inclusive
  }
}
export type IndexItem = Value | Slice

/** What one index takes from an axis: one position, or several in a shape of their own. */
export type Pick = number | { readonly positions: Int32Array; readonly shape: Shape }

/** The integer that a value is; `what` names its role. */
export function integerOf(value: Value, what: string): number {
  const x = typeof value === "number" ? value : isNum(value) ? primalOf(value) : null
  if (typeof x !== "number") raise(faults.wrongOperand(what, kindOf(value), "an integer"))
  if (!Number.isSafeInteger(x)) raise(faults.notAnInteger(what, x))
  ends(indexing, value, x)
  return x
}

/** A position from 0; negative ones count from the end. */
export function positionOf(index: number, length: number): number {
  if (!Number.isInteger(index)) raise(faults.notAnInteger("an index", index))
  const at = index < 0 ? index + length : index
  if (at < 0 || at >= length) raise(faults.indexOutOfRange(index, length))
  return at === 0 ? 0 : at
}

/** What an index takes from an axis of `length`. */
export function pick(item: IndexItem, length: number): Pick {
  if (typeof item === "number") return positionOf(item, length)
  if (item instanceof Slice) {
    const [from, to] = boundsOf(item, length)
    const count = Math.max(0, to - from)
    return { positions: run(from, count), shape: [count] }
  }
  if (item instanceof BoolArray) return { positions: selected(item, [length]), shape: [countOf(item)] }
  const primal = isNum(item) ? primalOf(item) : item
  ends(indexing, item, primal)
  if (typeof primal === "number") return positionOf(primal, length)
  if (primal instanceof Tensor) {
    const positions = new Int32Array(primal.data.length)
    for (let i = 0; i < positions.length; i++) positions[i] = positionOf(primal.data[i]!, length)
    return { positions, shape: primal.shape }
  }
  return raise(
    faults.wrongOperand("an index", kindOf(item), "integers, slices, arrays of integers, or a boolean array"),
  )
}

function boundsOf(slice: Slice, length: number): [number, number] {
  const end = (bound: number): number => (bound < 0 ? bound + length : bound)
  const from = slice.from === null ? 0 : end(slice.from)
  const to = slice.to === null ? length : end(slice.to) + (slice.inclusive ? 1 : 0)
  if (from < 0 || from > length || to < 0 || to > length) {
    raise(faults.sliceOutOfRange(slice.from ?? 0, slice.to ?? length, length))
  }
  return [from, to]
}

function countOf(mask: BoolArray): number {
  let count = 0
  for (const bit of mask.data) count += bit
  return count
}

/** The flat positions where a mask is true. */
function selected(mask: BoolArray, shape: Shape): Int32Array {
  if (mask.shape.length !== shape.length || mask.shape.some((n, i) => n !== shape[i])) {
    raise(faults.shapeMismatch("a selection by booleans", shape, mask.shape))
  }
  const positions = new Int32Array(countOf(mask))
  let next = 0
  for (let i = 0; i < mask.data.length; i++) if (mask.data[i] === 1) positions[next++] = i
  return positions
}

/** The flat offsets that indices take from an array, and the shape they make; `[]` for one element. */
export interface Offsets {
  readonly offsets: Int32Array
  readonly shape: Shape
}

export function offsetsOf(shape: Shape, items: readonly IndexItem[]): Offsets {
  const [only] = items
  if (items.length === 1 && only instanceof BoolArray && only.shape.length === shape.length) {
    const offsets = selected(only, shape)
    return { offsets, shape: [offsets.length] }
  }
  if (items.length > shape.length) raise(faults.tooManyIndices(items.length, shape.length))
  const out: number[] = []
  let offsets: Int32Array = Int32Array.of(0)
  let block = sizeOf(shape)
  for (let axis = 0; axis < items.length; axis++) {
    const length = shape[axis]!
    block = length === 0 ? 0 : block / length
    const taken = pick(items[axis]!, length)
    if (typeof taken === "number") {
      if (taken > 0) for (let i = 0; i < offsets.length; i++) offsets[i]! += taken * block
      continue
    }
    out.push(...taken.shape)
    offsets = outerSum(offsets, taken.positions, block)
  }
  if (items.length < shape.length) {
    const rest = shape.slice(items.length)
    out.push(...rest)
    offsets = outerSum(offsets, run(0, sizeOf(rest)), 1)
  }
  return { offsets, shape: out }
}

function outerSum(a: Int32Array, b: Int32Array, stride: number): Int32Array {
  const out = new Int32Array(a.length * b.length)
  let next = 0
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) out[next++] = a[i]! + b[j]! * stride
  return out
}

/** `target[items…]`. What comes out of a holder still belongs to the variable that owns it: see `disown`. */
export function indexValue(target: Value, items: readonly IndexItem[]): Value {
  if (target instanceof BoolArray) return indexBooleans(target, items)
  if (typeof target !== "number" && isNum(target)) {
    const shape = shapeOf(target)
    if (shape.length > 0) return indexArray(target, shape, items)
  }
  const [first] = items
  if (target instanceof List) return indexSequence(target.items, items)
  if (target instanceof Tuple) {
    if (first instanceof Slice)
      return build(indexMany(target.values, pick(first, target.values.length) as Exclude<Pick, number>))
    const item = target.values[positionOf(integerOf(first!, "an index"), target.values.length)]!
    return items.length === 1 ? item : indexValue(item, items.slice(1))
  }
  if (typeof target === "string") return indexText(target, items)
  if ((target instanceof RecordValue || target instanceof VariantValue) && typeof first === "string") {
    const item = fieldOf(target, first)
    return items.length === 1 ? item : indexValue(item, items.slice(1))
  }
  return raise(faults.notIndexable(kindOf(target)))
}

function indexArray(target: Num, shape: Shape, items: readonly IndexItem[]): Value {
  const [first] = items
  if (target instanceof Tensor && items.length === 1 && first instanceof Slice) {
    const [from, to] = boundsOf(first, shape[0]!)
    const count = Math.max(0, to - from)
    const block = sizeOf(shape.slice(1))
    return new Tensor([count, ...shape.slice(1)], target.data.slice(from * block, (from + count) * block))
  }
  const taken = offsetsOf(shape, items)
  return taken.shape.length === 0 ? element(target, taken.offsets[0]!) : region(target, taken.offsets, taken.shape)
}

function indexBooleans(target: BoolArray, items: readonly IndexItem[]): Value {
  const { offsets, shape } = offsetsOf(target.shape, items)
  if (shape.length === 0) return target.data[offsets[0]!] === 1
  return new BoolArray(
    shape,
    Uint8Array.from(offsets, (offset) => target.data[offset]!),
  )
}

function indexMany(values: readonly Value[], taken: Exclude<Pick, number>): Value[] {
  return Array.from(taken.positions, (at) => disown(values[at]!))
}

function indexSequence(values: readonly Value[], items: readonly IndexItem[]): Value {
  const taken = pick(items[0]!, values.length)
  const rest = items.slice(1)
  if (typeof taken === "number") return rest.length === 0 ? values[taken]! : indexValue(values[taken]!, rest)
  const chosen = indexMany(values, taken)
  return build(rest.length === 0 ? chosen : chosen.map((value) => disown(indexValue(value, rest))))
}

function indexText(text: string, items: readonly IndexItem[]): Value {
  if (items.length > 1) raise(faults.tooManyIndices(items.length, 1))
  const characters = charactersOf(text)
  const taken = pick(items[0]!, characters.length)
  if (typeof taken === "number") return characters.at(taken)
  return Array.from(taken.positions, (at) => characters.at(at)).join("")
}

/** `target.name`. */
export function fieldOf(target: Value, name: string): Value {
  if (target instanceof RecordValue) {
    const value = target.get(name)
    if (value !== undefined) return value
    return raise(faults.noField("this record", name, target.layout.names))
  }
  if (target instanceof VariantValue) {
    const i = target.variant.fields.indexOf(name)
    if (i >= 0) return target.at(i)
    return raise(faults.noField(`\`${target.variant.name}\``, name, target.variant.fields))
  }
  if (name === "T" && isNum(target)) return transpose(target)
  return raise(faults.noField(kindOf(target), name))
}

/** The axes in reverse order. */
export function transpose(array: Num): Num {
  const shape = shapeOf(array)
  const rank = shape.length
  if (rank < 2) return array
  const reversed = shape.slice().reverse()
  // Strides of the array, by axis of the result.
  const strides: number[] = []
  for (let stride = 1, i = rank - 1; i >= 0; i--) {
    strides.push(stride)
    stride *= shape[i]!
  }
  const offsets = new Int32Array(sizeOf(shape))
  const counter = new Array<number>(rank).fill(0)
  let at = 0
  for (let k = 0; k < offsets.length; k++) {
    offsets[k] = at
    for (let axis = rank - 1; axis >= 0; axis--) {
      at += strides[axis]!
      if (++counter[axis]! < reversed[axis]!) break
      at -= strides[axis]! * reversed[axis]!
      counter[axis] = 0
    }
  }
  return region(array, offsets, reversed)
}
