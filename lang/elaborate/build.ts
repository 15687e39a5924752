/**
 * Makers of Core nodes, and what can be said of a node at a glance.
 * They keep Core small: a sequence of one is that one, an empty one is unit.
 * They must not know frames or names.
 */

import type { ConstCore, Core, IfCore, LocalCore, OperateCore, PartCore, SeqCore, SetCore, TestCore } from "../core.ts"
import type { Span } from "../report/span.ts"

export const constant = (value: ConstCore["value"], span: Span): ConstCore => ({ kind: "const", value, span })
export const unit = (span: Span): ConstCore => constant(null, span)
export const local = (slot: number, span: Span, holds = false): LocalCore => ({ kind: "local", slot, holds, span })
export const operate = (op: string, args: readonly Core[], span: Span): OperateCore => ({
  kind: "operate",
  op,
  args,
  span,
})
export const set = (slot: number, value: Core, span: Span): SetCore => ({ kind: "set", slot, value, span })
export const choose = (condition: Core, then: Core, otherwise: Core, span: Span): IfCore => ({
  kind: "if",
  condition,
  then,
  else: otherwise,
  span,
})
export const test = (target: Core, form: TestCore["form"], span: Span): TestCore => ({
  kind: "test",
  target,
  form,
  span,
})
export const part = (target: Core, of: PartCore["part"], span: Span): PartCore => ({
  kind: "part",
  target,
  part: of,
  span,
})
export const and = (left: Core, right: Core, span: Span): Core => ({ kind: "logic", op: "and", left, right, span })

/** The items one after the other; the last is the value. */
export function sequence(items: readonly Core[], span: Span): Core {
  const [first] = items
  if (first === undefined) return unit(span)
  const seq: SeqCore = { kind: "seq", items, span }
  return items.length === 1 ? first : seq
}

/** Evaluating it twice or later changes nothing, as long as no slot is filled in between. */
export function isAtom(core: Core): boolean {
  switch (core.kind) {
    case "const":
    case "local":
    case "capture":
    case "global":
    case "builtin":
    case "constructor":
      return true
    default:
      return false
  }
}

/** True if it is the unit constant. */
export function isUnit(core: Core): boolean {
  return core.kind === "const" && core.value === null
}
