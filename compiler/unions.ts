/**
 * Operations on values that may be of several kinds, in the specialiser.
 * Kinds that the operation does not take are ruled out by a guard, since tier 0 finds the fault there; for each of the others it is written once. It must not know
 * where such values come from.
 */

import type { Abs, UnionAbs } from "./abstract.ts"
import { branch } from "./choices.ts"
import { unsupported, WithoutForm } from "./builder.ts"
import { isCase } from "./forms.ts"
import type { Specialiser } from "./specialise.ts"
import type { Atom } from "./sir.ts"

/** What `f` gives for a value, whichever of the kinds that fit it is of. */
export function eachCase(s: Specialiser, value: Abs, fits: (a: Abs) => boolean, f: (a: Abs) => Abs): Abs {
  if (value.kind !== "union") return f(value)
  const fitting = value.cases.flatMap((one, k) => (fits(one) ? [k] : []))
  if (fitting.length === 0) unsupported("a value of several kinds, of which none fits")
  if (fitting.length < value.cases.length) s.b.guard(isOneOf(s, value, fitting))
  const from = (j: number): Abs => {
    const k = fitting[j]!
    const one = value.cases[k]!
    if (j === fitting.length - 1) return fitting.length === 1 ? f(one) : unlessWrong(s, () => f(one))
    return branch(
      s,
      isCase(s.b, value, k),
      () => unlessWrong(s, () => f(one)),
      () => from(j + 1),
    )
  }
  return from(0)
}

/** What `f` gives, but for an operation of tier 0 that finds a fault in all that it is tried on: it will be one of this kind too. */
function unlessWrong(s: Specialiser, f: () => Abs): Abs {
  const { at, running } = s
  const depth = running.length
  const out = s.b.attempt(() => {
    try {
      return f()
    } catch (error) {
      if (!(error instanceof WithoutForm)) throw error
      s.at = at
      running.length = depth
      return null
    }
  })
  if (out !== null) return out
  s.b.guard(false)
  return { kind: "never" }
}

/** The value as one of a kind that fits, where there is but one. */
export function onlyCase(s: Specialiser, value: Abs, fits: (a: Abs) => boolean): Abs {
  if (value.kind !== "union") return value
  const fitting = value.cases.flatMap((one, k) => (fits(one) ? [k] : []))
  if (fitting.length !== 1) unsupported("a value of several kinds")
  s.b.guard(isOneOf(s, value, fitting))
  return value.cases[fitting[0]!]!
}

/** Is what `holds` asks true of the value? It is asked of every kind that the value may be of, and must not fail for others. */
export function caseHolds(s: Specialiser, value: Abs, holds: (a: Abs) => Atom): Atom {
  if (value.kind !== "union") return holds(value)
  const { b } = s
  return value.cases.reduce<Atom>(
    (found, one, k) => b.let("or", [found, b.let("and", [isCase(b, value, k), holds(one)])]),
    false,
  )
}

function isOneOf(s: Specialiser, value: UnionAbs, cases: readonly number[]): Atom {
  return cases.reduce<Atom>((found, k) => s.b.let("or", [found, isCase(s.b, value, k)]), false)
}
