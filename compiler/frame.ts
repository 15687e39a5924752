/**
 * The frame of a function that is being specialised: what its slots hold at the place where code is written now.
 * It must not know how code is specialised.
 */

import type { Code, UpdateCore } from "../lang/core.ts"
import type { Abs } from "./abstract.ts"

export interface Slots {
  readonly slots: (Abs | undefined)[]
}
export interface Frame extends Slots {
  readonly code: Code
  readonly captures: readonly (Abs | undefined)[]
}

/** Puts the slots back to what they held. */
export function restore(f: Slots, slots: readonly (Abs | undefined)[]): void {
  for (let k = 0; k < slots.length; k++) f.slots[k] = slots[k]
}

const updated = new WeakMap<Code, ReadonlySet<number>>()

/** The slots of a function that it assigns in part. */
export function updatedSlots(code: Code): ReadonlySet<number> {
  let slots = updated.get(code)
  if (slots === undefined) {
    const found = new Set<number>()
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) node.forEach(visit)
      else if (typeof node === "object" && node !== null) {
        const kind = (node as { kind?: unknown }).kind
        if (kind === "update") found.add((node as UpdateCore).slot)
        if (kind === "lambda") {
          visit((node as { captures: unknown }).captures)
          return
        }
        if (kind === "global" || kind === "constructor" || kind === "test") return
        for (const [name, value] of Object.entries(node)) if (name !== "span") visit(value)
      }
    }
    visit(code.body)
    slots = found
    updated.set(code, slots)
  }
  return slots
}
