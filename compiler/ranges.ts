/**
 * Checks of indices, made as early as can be.
 * That a polynomial is 0 or more in every turn of a counted loop is asked of its least values before that loop, and so on outwards; where a loop inside makes no
 * turn, nothing is asked of it. It must not know what is indexed.
 */

import { lessEqual } from "../interpreter/primitives/arithmetic.ts"
import { unsupported, type Builder } from "./builder.ts"
import {
  along,
  at,
  constant,
  constantOf,
  isConstant,
  plus,
  polynomialOf,
  variablesOf,
  type Polynomial,
} from "./polynomials.ts"
import { extentOf, lowest, provenNatural, type Extent } from "./proofs.ts"
import type { Atom, Scope, Var } from "./sir.ts"

/** Abandons the run unless t < n, for integers. */
export function below(b: Builder, t: Atom, n: Atom): void {
  const place = polynomialOf(t) ?? unsupported("an index that is no integer")
  const end = polynomialOf(n) ?? unsupported("a length that is no integer")
  demand(b, plus(plus(end, constant(-1)), place, -1), [])
}

/** Abandons the run unless the polynomial is 0 or more, or one of the loops that the question came out of makes no turn. */
function demand(b: Builder, p: Polynomial, left: readonly Extent[]): void {
  if (provenNatural(p)) return
  let scope = b.scope.self
  while (scope.kind === "region") scope = scope.outer!
  const raised = scope.kind === "loop" && scope.counted !== null ? raise(b, p, left, scope, scope.counted) : null
  if (raised === null) {
    guard(b, p, left)
    return
  }
  const inside = b.scope
  b.scope = scope.outer!
  for (const q of raised.demands) demand(b, q, raised.left)
  b.scope = inside
}

/** What to ask before the loop; null where it has to be asked in each turn. */
function raise(
  b: Builder,
  p: Polynomial,
  left: readonly Extent[],
  scope: Scope,
  counted: NonNullable<Scope["counted"]>,
): { demands: readonly Polynomial[]; left: readonly Extent[] } | null {
  const { index } = counted
  const inside = b.scope
  b.scope = scope.outer!
  const known = (q: Polynomial): boolean => [...variablesOf(q)].every((v) => v === index || b.visible(v))
  const early = known(p) && left.every(({ first, last }) => known(first) && known(last))
  b.scope = inside
  if (!early) return null
  let extent = extentOf(counted)
  if (extent === null) return null
  const kept: Extent[] = []
  for (const inner of left) {
    const turns = plus(inner.last, inner.first, -1)
    if (!variablesOf(turns).has(index)) {
      if (variablesOf(inner.first).has(index)) kept.push({ first: constant(0), last: turns })
      else kept.push(inner)
      continue
    }
    extent = narrowed(extent, turns, index)
    if (extent === null) return null
  }
  const line = along(p, index)
  if (!variablesOf(p).has(index)) return { demands: [p], left: [...kept, extent] }
  const ends = lowest(line, extent, provenNatural)
  if (ends === null) return null
  const demands = ends.map((end) => at(line, end))
  if (demands.includes(null)) return null
  return { demands: demands as Polynomial[], left: [...kept, extent] }
}

/** The part of an extent where `turns`, linear in the index, is 0 or more; null where that part is not known. */
function narrowed(extent: Extent, turns: Polynomial, index: Var): Extent | null {
  const { square, slope, rest } = along(turns, index)
  if (square !== 0 || !isConstant(slope) || Math.abs(constantOf(slope)) !== 1) return null
  if (constantOf(slope) === 1) {
    // index ≥ -rest
    const first = plus(constant(0), rest, -1)
    if (provenNatural(plus(first, extent.first, -1))) return { ...extent, first }
    return provenNatural(plus(extent.first, first, -1)) ? extent : null
  }
  // index ≤ rest
  if (provenNatural(plus(extent.last, rest, -1))) return { ...extent, last: rest }
  return provenNatural(plus(rest, extent.last, -1)) ? extent : null
}

function guard(b: Builder, p: Polynomial, left: readonly Extent[]): void {
  let unless: Atom = false
  for (const { first, last } of left) {
    const turns = plus(last, first, -1)
    if (!provenNatural(turns)) unless = b.let("or", [unless, b.let("not", [atLeastZero(b, turns)])])
  }
  b.guard(b.let("or", [unless, atLeastZero(b, p)]))
}

/** p ≥ 0, with what is subtracted on the other side. */
function atLeastZero(b: Builder, p: Polynomial): Atom {
  let less: Atom = 0
  let more: Atom = 0
  for (const { factor, vars } of p.values()) {
    const term = vars.reduce<Atom>((product, v) => b.mul(product, v), Math.abs(factor))
    if (factor < 0) less = b.add(less, term)
    else more = b.add(more, term)
  }
  return b.let(lessEqual.primitive, [less, more])
}
