/**
 * Values as JSON text.
 * Numbers keep every digit needed to read them back, `inf` and `nan` are tagged objects, variants and functions too. It must not know
 * who reads it.
 */

import { BoolArray, Tensor } from "../arrays/tensor.ts"
import { isNum, primalOf } from "../autodiff/num.ts"
import { nameOf } from "./kinds.ts"
import { isFunction, List, RecordValue, Tuple, VariantValue, type Value } from "./values.ts"

type Piece = string | { readonly value: Value }

/** One line of JSON. Pieces wait on a stack, so that depth does not matter. */
export function toJson(value: Value): string {
  const out: string[] = []
  const pending: Piece[] = [{ value }]
  while (pending.length > 0) {
    const piece = pending.pop()!
    if (typeof piece === "string") out.push(piece)
    else expand(piece.value, out, pending)
  }
  return out.join("")
}

function expand(x: Value, out: string[], pending: Piece[]): void {
  if (x instanceof List) pushItems(pending, x.items)
  else if (x instanceof Tuple) pushItems(pending, x.values)
  else if (x instanceof RecordValue) pushFields(pending, x.layout.names, x.values, [])
  else if (x instanceof VariantValue)
    pushFields(pending, x.variant.fields, x.values, [`"$variant":${JSON.stringify(x.variant.name)}`])
  else if (isFunction(x)) out.push(`{"$function":${JSON.stringify(nameOf(x))}}`)
  else if (isNum(x)) {
    const primal = primalOf(x)
    if (typeof primal === "number") out.push(jsonNumber(primal))
    else if (primal instanceof Tensor) out.push(jsonArray(primal.shape, (i) => jsonNumber(primal.data[i]!)))
    else out.push("null")
  } else if (x instanceof BoolArray) out.push(jsonArray(x.shape, (i) => (x.data[i] === 1 ? "true" : "false")))
  else out.push(JSON.stringify(x))
}

function pushItems(pending: Piece[], values: readonly Value[]): void {
  pending.push("]")
  for (let i = values.length - 1; i >= 0; i--) {
    pending.push({ value: values[i]! })
    if (i > 0) pending.push(",")
  }
  pending.push("[")
}

function pushFields(pending: Piece[], names: readonly string[], values: readonly Value[], first: string[]): void {
  pending.push("}")
  for (let i = values.length - 1; i >= 0; i--) {
    pending.push({ value: values[i]! }, `${JSON.stringify(names[i]!)}:`)
    if (i > 0 || first.length > 0) pending.push(",")
  }
  pending.push(`{${first.join("")}`)
}

/** A number as JSON: tagged where JSON has none. */
export function jsonNumber(x: number): string {
  if (Number.isNaN(x)) return '{"$number":"nan"}'
  if (x === Infinity) return '{"$number":"inf"}'
  if (x === -Infinity) return '{"$number":"-inf"}'
  return Object.is(x, -0) ? "-0" : String(x)
}

function jsonArray(shape: readonly number[], cell: (i: number) => string): string {
  const size = shape.reduce((product, n) => product * n, 1)
  const write = (axis: number, from: number, block: number): string => {
    if (axis === shape.length) return cell(from)
    const length = shape[axis]!
    const step = length === 0 ? 0 : block / length
    return `[${Array.from({ length }, (_, i) => write(axis + 1, from + i * step, step)).join(",")}]`
  }
  return write(0, 0, size)
}
