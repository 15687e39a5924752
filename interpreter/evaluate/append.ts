/**
 * `v ++= e`: a variable that grows.
 * Arrays grow inside a buffer with room to spare and lists in place, where the variable owns them, so that one element more costs O(1) on average. It must
 * not know nodes nor frames.
 */

import { BoolArray, sameShape, Tensor } from "../arrays/tensor.ts"
import { isNum, isScalar, shapeOf } from "../autodiff/num.ts"
import { append } from "../autodiff/structure.ts"
import { build, conflict } from "../values/build.ts"
import { copyOf, disown, isOwned, own } from "../values/ownership.ts"
import { sequenceOf } from "../values/sequence.ts"
import { List, Tuple, type Value } from "../values/values.ts"
import { registers } from "./frame.ts"
import { concat } from "./operators.ts"

/** `v ++ [item]` for the variable with `token`. */
export function extend(v: Value, item: Value, token: object): Value {
  if (v instanceof List) {
    const out = growing(v, token)
    const { length } = out.items
    // Charged whenever it doubles, since the charges of single elements would be forgotten.
    if (length >= 1024 && (length & (length - 1)) === 0) registers.runtime.charge(32 * length)
    out.items.push(item)
    return settled(out)
  }
  if (v instanceof BoolArray && typeof item === "boolean" && v.shape.length === 1) {
    const out = new BoolArray([v.data.length + 1], roomFor(v, v.data, Uint8Array, 1, token))
    out.data[v.data.length] = item ? 1 : 0
    own(out, token)
    return out
  }
  if (isNum(v) && isNum(item)) {
    const shape = shapeOf(v)
    if (shape.length === 1 && isScalar(item)) {
      const owned = isOwned(v, token)
      const out = append(v, item)
      // An array that others hold may share the buffer.
      if (owned) own(out, token)
      return out
    }
    if (v instanceof Tensor && item instanceof Tensor && sameShape(v.shape.slice(1), item.shape)) {
      const out = new Tensor(
        [v.shape[0]! + 1, ...item.shape],
        roomFor(v, v.data, Float64Array, item.data.length, token),
      )
      out.data.set(item.data, v.data.length)
      own(out, token)
      return out
    }
  }
  return joined(v, build([item]), token)
}

/** `v ++ e` for the variable with `token`. */
export function extendBy(v: Value, e: Value, token: object): Value {
  if (v instanceof List && typeof e !== "string" && !(e instanceof Tuple)) {
    const more = sequenceOf(e)
    if (more !== null) {
      // The elements first: e may be v itself.
      const items = Array.from({ length: more.length }, (_, i) => more.at(i))
      const out = growing(v, token)
      registers.runtime.charge(16 * (out.items.length + items.length))
      for (const item of items) out.items.push(item)
      return settled(out)
    }
  }
  if (
    v instanceof Tensor &&
    e instanceof Tensor &&
    v.data.length > 0 &&
    sameShape(v.shape.slice(1), e.shape.slice(1))
  ) {
    const { data } = e
    const out = new Tensor(
      [v.shape[0]! + e.shape[0]!, ...v.shape.slice(1)],
      roomFor(v, v.data, Float64Array, data.length, token),
    )
    out.data.set(data, v.data.length)
    own(out, token)
    return out
  }
  return joined(v, e, token)
}

function joined(v: Value, e: Value, token: object): Value {
  const out = concat(v, e)
  // Of an empty array and e, the result is e itself, which others may hold.
  if (out !== v && out !== e) own(out, token)
  return out
}

/** The list itself if the variable owns it, else a copy that it owns. */
function growing(list: List, token: object): List {
  if (isOwned(list, token)) return list
  const out = copyOf(list) as List
  own(out, token)
  return out
}

/** A list that grew: what kept it from being an array still does, unless nobody has looked. */
function settled(list: List): Value {
  if (list.witness >= 0) return list
  list.witness = conflict(list.items)
  return list.witness >= 0 ? list : build(list.items.map(disown))
}

interface BufferType<T> {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): T
  new (buffer: ArrayBufferLike, offset: number, length: number): T
}

/** The data with room for `more` at the end, in the same buffer if the variable owns it and it is large enough. */
function roomFor<T extends Float64Array | Uint8Array>(
  holder: Value,
  data: T,
  type: BufferType<T>,
  more: number,
  token: object,
): T {
  const length = data.length + more
  const size = type.BYTES_PER_ELEMENT
  if (isOwned(holder, token) && data.byteOffset === 0 && data.buffer.byteLength >= length * size) {
    return new type(data.buffer, 0, length)
  }
  const capacity = Math.max(8, length, 2 * data.length)
  registers.runtime.charge(capacity * size)
  const grown = new type(capacity)
  grown.set(data)
  return new type(grown.buffer, 0, length)
}
