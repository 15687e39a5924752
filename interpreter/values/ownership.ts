/**
 * Which variable may change a value in place.
 * A holder with the token of a variable as its `owner` is reachable through that variable alone; whatever takes a value out of a variable, or copies
 * what holds it, clears the mark first. It must not know how variables keep their tokens.
 */

import { BoolArray, Tensor } from "../arrays/tensor.ts"
import { isActive } from "../autodiff/num.ts"
import { ownedBy, setOwner } from "../autodiff/structure.ts"
import {
  childrenOf,
  isStructure,
  List,
  RecordValue,
  Tuple,
  VariantValue,
  type Structure,
  type Value,
} from "./values.ts"

/** The value, after it got a second holder: no variable owns it any longer. */
export function disown<T extends Value>(value: T): T {
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Tensor || value instanceof BoolArray || isStructure(value)) value.owner = null
  else if (isActive(value)) setOwner(value, null)
  return value
}

/** Does the variable with this token own the value? */
export function isOwned(value: Value, token: object): boolean {
  if (value instanceof Tensor || value instanceof BoolArray || isStructure(value)) return value.owner === token
  return isActive(value) && ownedBy(value, token)
}

/** Marks a value that was just made, or changed by the variable with this token. */
export function own(value: Value, token: object): void {
  if (value instanceof Tensor || value instanceof BoolArray || isStructure(value)) value.owner = token
  else if (isActive(value)) setOwner(value, token)
}

/** A copy of a holder; its parts, now held twice, lose their owner. */
export function copyOf(value: Structure): Structure {
  const parts = childrenOf(value).slice()
  for (const part of parts) disown(part)
  if (value instanceof List) return new List(parts, value.witness)
  if (value instanceof Tuple) return new Tuple(parts)
  if (value instanceof RecordValue) return new RecordValue(value.layout, parts)
  return new VariantValue(value.variant, parts)
}
