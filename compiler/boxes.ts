/**
 * Variants of any depth.
 * A variant whose form is known comes apart; where values grow by recursion there is no end to their forms, and they become boxes, which are made and asked while
 * running. It must not know derivatives.
 */

import type { TypeInfo } from "../lang/core.ts"
import type { Abs, BoolAbs, BoxedAbs, NumAbs } from "./abstract.ts"
import { unsupported, type Builder } from "./builder.ts"
import type { Atom, Scope } from "./sir.ts"

/** A variant, or one of several of its type, as a box. */
export function boxed(b: Builder, a: Abs): BoxedAbs {
  if (a.kind === "boxed") return a
  if (a.kind === "union") return boxedCase(b, a.tag, a.cases, 0)
  if (a.kind !== "variant") return unsupported("a variant of any depth that may be something else")
  const parts = a.items.map((item): BoxedAbs | NumAbs | BoolAbs => {
    if (item.kind === "num" || item.kind === "bool") return item
    return boxableType(item) === null
      ? unsupported("a variant of any depth that holds more than numbers")
      : boxed(b, item)
  })
  b.boxedTypes.met(
    a.variant,
    parts.map((part) => (part.kind === "boxed" ? part.of : part.kind)),
  )
  const atom = b.make(
    a.variant,
    parts.map((part) => part.atom),
  )
  return { kind: "boxed", of: b.boxedTypes.of(a.variant.type), atom }
}

function boxedCase(b: Builder, tag: Atom, cases: readonly Abs[], k: number): BoxedAbs {
  const one = cases[k]!
  if (k === cases.length - 1) return boxed(b, one)
  const arm = (make: () => BoxedAbs): { box: BoxedAbs; scope: Scope } => {
    const made: { box: BoxedAbs | null } = { box: null }
    const scope = b.within("arm", ({ block }) => {
      made.box = make()
      block.results = [made.box.atom]
    })
    return { box: made.box!, scope }
  }
  const then = arm(() => boxed(b, one))
  const otherwise = arm(() => boxedCase(b, tag, cases, k + 1))
  return { ...then.box, atom: b.if(b.let("same", [tag, k]), then.scope, otherwise.scope)[0]! }
}

/** The type of which a value is certain to be a variant; null where it may be something else. */
export function boxableType(a: Abs): TypeInfo | null {
  if (a.kind === "boxed") return a.of.type
  if (a.kind === "variant") return a.variant.type
  if (a.kind !== "union") return null
  const types = new Set(a.cases.map(boxableType))
  return types.size === 1 ? boxableType(a.cases[0]!) : null
}

/** A value with boxes in the places of its variants. */
export function boxesIn(b: Builder, a: Abs): Abs {
  if (boxableType(a) !== null) return boxed(b, a)
  return a.kind === "tuple" || a.kind === "record" ? { ...a, items: a.items.map((item) => boxesIn(b, item)) } : a
}

/** Are there variants in it that could be boxes? */
export function mayBox(a: Abs): boolean {
  if (a.kind === "tuple" || a.kind === "record") return a.items.some(mayBox)
  return a.kind !== "boxed" && boxableType(a) !== null
}

/** A box of this type in it. */
export function boxIn(a: Abs, type: TypeInfo): BoxedAbs | null {
  if (a.kind === "boxed") return a.of.type === type ? a : null
  const parts = a.kind === "union" ? a.cases : a.kind === "variant" ? a.items : []
  for (const part of parts) {
    const box = boxIn(part, type)
    if (box !== null) return box
  }
  return null
}
