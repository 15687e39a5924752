/**
 * The leaves of small trees of arithmetic: where a number comes from without effects.
 * A leaf is a slot, a constant, or an element of an array in a slot at indices that are slots or constants themselves. It must not know what is done with the
 * number.
 */

import type { Core, CoreSlice } from "../../lang/core.ts"

export const SLOT = 0
export const CONSTANT = 1
/** Of a vector, of a matrix. */
export const ELEMENT = 2
export const ELEMENT2 = 3

/** Constant indices stand in `i` and `j` as they are, slots by their position in the frame. */
export interface Leaf {
  readonly kind: number
  readonly at: number
  readonly value: number
  readonly i: number
  readonly j: number
  /** Are `i` and `j` positions in the frame? */
  readonly iSlot: boolean
  readonly jSlot: boolean
}

/** The leaf that a node of Core is, or null. */
export function leafOf(core: Core): Leaf | null {
  const none = { at: 0, value: 0, i: 0, j: 0, iSlot: false, jSlot: false }
  if (core.kind === "local") return { ...none, kind: SLOT, at: core.slot + 1 }
  if (core.kind === "const" && typeof core.value === "number") return { ...none, kind: CONSTANT, value: core.value }
  if (core.kind !== "index") return null
  const items: (Core | CoreSlice)[] = [...core.items]
  let { target } = core
  if (target.kind === "index" && items.length === 1 && target.items.length === 1) {
    items.unshift(target.items[0]!)
    target = target.target
  }
  if (target.kind !== "local" || items.length > 2) return null
  const [i, j] = items.map(indexOf)
  if (i === null || i === undefined || j === null) return null
  return {
    kind: j === undefined ? ELEMENT : ELEMENT2,
    at: target.slot + 1,
    value: 0,
    i: i.at,
    j: j?.at ?? 0,
    iSlot: i.isSlot,
    jSlot: j?.isSlot ?? false,
  }
}

function indexOf(core: Core | CoreSlice): { at: number; isSlot: boolean } | null {
  if (core.kind === "local") return { at: core.slot + 1, isSlot: true }
  if (core.kind === "const" && typeof core.value === "number") return { at: core.value, isSlot: false }
  return null
}

/** The value of an operation by its number: add, sub, mul, div. */
export function compute(op: number, x: number, y: number): number {
  if (op === 0) return x + y
  if (op === 1) return x - y
  if (op === 2) return x * y
  return x / y
}
