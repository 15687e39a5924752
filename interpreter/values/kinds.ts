/**
 * What a person calls a value's kind.
 * One phrase a kind, with its article, as messages need it (`a number`, `an array of shape (2, 3)`).
 * It must not know any message.
 */

import { BoolArray, showShape, Tensor } from "../arrays/tensor.ts"
import { isNum, primalOf } from "../autodiff/num.ts"
import { Closure, isFunction, List, RecordValue, Tuple, VariantValue, type Value } from "./values.ts"

/** The kind of a value with its article. */
export function kindOf(value: Value | undefined): string {
  if (value === undefined) return "nothing"
  if (value === null) return "()"
  if (typeof value === "boolean") return "a boolean"
  if (typeof value === "string") return "a string"
  if (isNum(value)) {
    const primal = primalOf(value)
    if (typeof primal === "number") return "a number"
    if (primal instanceof Tensor) return `an array of shape ${showShape(primal.shape)}`
    return primal.shape === null ? "a number" : `an array of shape ${showShape(primal.shape)}`
  }
  if (value instanceof BoolArray) return `a boolean array of shape ${showShape(value.shape)}`
  if (value instanceof List)
    return `a list of ${String(value.items.length)} element${value.items.length === 1 ? "" : "s"}`
  if (value instanceof Tuple) return `a tuple of ${String(value.values.length)}`
  if (value instanceof RecordValue) return "a record"
  if (value instanceof VariantValue) return `the variant \`${value.variant.name}\``
  return "a function"
}

/** Name of a function for messages and displays. */
export function nameOf(value: Value): string {
  if (value instanceof Closure) return value.code.code.name
  if (isFunction(value)) return "variant" in value ? value.variant.name : value.name
  return kindOf(value)
}
