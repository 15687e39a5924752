/**
 * Values as sequences of elements: what `for`, comprehensions, spreads and `map` run over.
 * Arrays give their elements or rows, lists and tuples their values, strings their characters; an element is made when it is asked for.
 * It must not know indices as the language writes them.
 */

import { BoolArray, sizeOf, Tensor } from "../arrays/tensor.ts"
import { isNum, shapeOf } from "../autodiff/num.ts"
import { element, row } from "../autodiff/structure.ts"
import { charactersOf } from "./characters.ts"
import { disown } from "./ownership.ts"
import { List, Tuple, type Value } from "./values.ts"

export interface Sequence {
  readonly length: number
  /** Element i in 0 … length - 1; nobody owns it. */
  at(i: number): Value
  /** What has these elements; absent for a range that was never made. */
  readonly value?: Value
}

/** The elements of a value, or null where it has none. */
export function sequenceOf(value: Value): Sequence | null {
  if (value instanceof List) return { length: value.items.length, at: (i) => disown(value.items[i]!), value }
  if (value instanceof Tensor && value.shape.length === 1) {
    const { data } = value
    return { length: data.length, at: (i) => data[i]!, value }
  }
  if (value instanceof BoolArray) return { length: value.shape[0]!, at: (i) => boolRow(value, i), value }
  if (typeof value === "string") {
    const { length, at } = charactersOf(value)
    return { length, at, value }
  }
  if (value instanceof Tuple) return { length: value.values.length, at: (i) => disown(value.values[i]!), value }
  if (typeof value === "number" || !isNum(value)) return null
  const shape = shapeOf(value)
  if (shape.length === 0) return null
  const rest = shape.slice(1)
  if (rest.length === 0) return { length: shape[0]!, at: (i) => element(value, i), value }
  return { length: shape[0]!, at: (i) => row(value, i, rest), value }
}

/** The elements of a sequence, all at once. */
export function itemsOf(sequence: Sequence): Value[] {
  const items = new Array<Value>(sequence.length)
  for (let i = 0; i < items.length; i++) items[i] = sequence.at(i)
  return items
}

/** Element or row i of a boolean array. */
export function boolRow(array: BoolArray, i: number): boolean | BoolArray {
  if (array.shape.length === 1) return array.data[i] === 1
  const shape = array.shape.slice(1)
  const size = sizeOf(shape)
  return new BoolArray(shape, array.data.slice(i * size, (i + 1) * size))
}
