/**
 * The array rule: what elements in a row become.
 * Numbers or numeric arrays of one shape make a dense array, booleans likewise a boolean array, anything else a list; equal elements always give
 * the same kind, however they came together. It must not know who collects the elements.
 */

import { zeroed } from "../arrays/fresh.ts"
import { BoolArray, sameShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { isNum, shapeOf, type Num } from "../autodiff/num.ts"
import { stack } from "../autodiff/structure.ts"
import { List, type Value } from "./values.ts"

/** `[]`. */
export function emptyArray(): Tensor {
  return new Tensor([0], new Float64Array(0))
}

/** The array, boolean array or list of these elements. The array given is kept by a list: pass a fresh one. */
export function build(items: Value[]): Value {
  const first = items[0]
  if (first === undefined) return emptyArray()
  if (typeof first === "number") return buildNumbers(items)
  const witness = conflict(items)
  if (witness >= 0) return new List(items, witness)
  if (isNum(first)) return stack(items as Num[])
  if (typeof first === "boolean") {
    const data = new Uint8Array(items.length)
    for (let i = 0; i < data.length; i++) data[i] = items[i] === true ? 1 : 0
    return new BoolArray([items.length], data)
  }
  const shape = (first as BoolArray).shape
  const size = sizeOf(shape)
  const data = new Uint8Array(size * items.length)
  items.forEach((item, k) => {
    data.set((item as BoolArray).data, k * size)
  })
  return new BoolArray([items.length, ...shape], data)
}

/** The common case: the first is a plain number. */
function buildNumbers(items: Value[]): Value {
  const data = zeroed(items.length)
  for (let i = 0; i < data.length; i++) {
    const item = items[i]
    if (typeof item !== "number") {
      const witness = conflict(items)
      return witness >= 0 ? new List(items, witness) : stack(items as Num[])
    }
    data[i] = item
  }
  return new Tensor([data.length], data)
}

/** May these two stand in one array? */
function together(a: Value, b: Value): boolean {
  if (isNum(a)) return isNum(b) && sameShape(shapeOf(a), shapeOf(b))
  if (typeof a === "boolean") return typeof b === "boolean"
  return a instanceof BoolArray && b instanceof BoolArray && sameShape(a.shape, b.shape)
}

/** The index of an element that keeps these from being one array, or -1 where they can be one (see `List.witness`). */
export function conflict(items: readonly Value[]): number {
  const first = items[0]
  if (first === undefined) return -1
  if (!isNum(first) && typeof first !== "boolean" && !(first instanceof BoolArray)) return 0
  for (let i = 1; i < items.length; i++) if (!together(first, items[i]!)) return i
  return -1
}

/** A list after element `i` was replaced: itself, or the array its elements now make. O(1) unless `i` was what made it a list. */
export function settle(list: List, i: number): Value {
  if (list.witness > 0 ? i !== 0 && i !== list.witness : list.witness === 0 && i !== 0) return list
  list.witness = conflict(list.items)
  return list.witness >= 0 ? list : build(list.items)
}

/** Shape of a numeric or boolean array, or null. */
export function arrayShape(value: Value): Shape | null {
  if (value instanceof BoolArray) return value.shape
  if (typeof value === "number" || !isNum(value)) return null
  const shape = shapeOf(value)
  return shape.length === 0 ? null : shape
}
