/**
 * What can be known of integers without running: whether one is at least another.
 * A difference is a polynomial; the index of the innermost loop is replaced by the end of its range that makes the polynomial least, until no index is left.
 * It must not know why anyone asks.
 */

import { mul } from "../interpreter/primitives/arithmetic.ts"
import {
  along,
  at,
  constant,
  constantOf,
  plus,
  polynomialOf,
  step,
  variablesOf,
  type Parabola,
  type Polynomial,
} from "./polynomials.ts"
import type { Atom, Var } from "./sir.ts"

/** Lower bounds of variables that are known while a proof goes on. */
type Bounds = ReadonlyMap<Var, number>

/** How many replacements a proof may take. */
const patience = 24

/** Is x ≥ y for certain, where the loops around make a turn? */
export function prove(x: Atom, y: Atom): boolean {
  const p = polynomialOf(x)
  const q = polynomialOf(y)
  return p !== null && q !== null && provenNatural(plus(p, q, -1))
}

/** Is the polynomial 0 or more for certain, where the loops of its indices make a turn? */
export function provenNatural(p: Polynomial): boolean {
  return proven(p, new Map(), { left: patience })
}

/** Where a range begins and what its last index is, as polynomials. */
export interface Extent {
  readonly first: Polynomial
  readonly last: Polynomial
}

export function extentOf({ from, to }: { readonly from: Atom; readonly to: Atom }): Extent | null {
  const first = polynomialOf(from)
  const end = polynomialOf(to)
  return first === null || end === null ? null : { first, last: plus(end, constant(-1)) }
}

/** The ends of the extent of which one makes the parabola least, where that is known; null where the least value may lie within. */
export function lowest(p: Parabola, { first, last }: Extent, known: (q: Polynomial) => boolean): Polynomial[] | null {
  if (p.square < 0) return [first, last]
  const rising = step(p, first)
  if (known(rising)) return [first]
  const falling = step(p, plus(last, constant(-1)))
  if (known(plus(constant(0), falling, -1))) return [last]
  return p.square === 0 ? [first, last] : null
}

function proven(p: Polynomial, bounds: Bounds, steps: { left: number }): boolean {
  if (--steps.left < 0) return false
  let index: Var | null = null
  for (const v of variablesOf(p)) if (v.range !== null && (index === null || v.id > index.id)) index = v
  if (index === null) return naturalAt(p, bounds)
  const extent = extentOf(index.range!)
  if (extent === null) return false
  const least = bounds.get(index)
  const first = least !== undefined && provenBelow(extent.first, least) ? constant(least) : extent.first
  // The loop makes a turn: its end lies behind its beginning.
  const more = withFact(bounds, plus(extent.last, first, -1))
  const known = (q: Polynomial): boolean => proven(q, more, steps)
  const line = along(p, index)
  const ends = lowest(line, { first, last: extent.last }, known)
  return (
    ends?.every((end) => {
      const value = at(line, end)
      return value !== null && known(value)
    }) ?? false
  )
}

function provenBelow(first: Polynomial, bound: number): boolean {
  return variablesOf(first).size === 0 && constantOf(first) <= bound
}

/** Bounds with the knowledge that v + c ≥ 0. */
function withFact(bounds: Bounds, fact: Polynomial): Bounds {
  const [v, ...others] = variablesOf(fact)
  if (v === undefined || others.length > 0) return bounds
  const { square, slope } = along(fact, v)
  if (square !== 0 || variablesOf(slope).size > 0 || constantOf(slope) !== 1) return bounds
  const least = -constantOf(fact)
  return least > (bounds.get(v) ?? -Infinity) ? new Map(bounds).set(v, least) : bounds
}

/** Every term grows with its variables, which are naturals or have bounds: the least value is that at the bounds. */
function naturalAt(p: Polynomial, bounds: Bounds): boolean {
  let sum = 0
  for (const { factor, vars } of p.values()) {
    if (vars.length > 0 && factor < 0) return false
    let product = factor
    for (const v of vars) {
      const least = Math.max(bounds.get(v) ?? -Infinity, natural(v) ? 0 : -Infinity)
      if (least < 0) return false
      product *= least
    }
    sum += product
  }
  return sum >= 0
}

function natural(v: Var): boolean {
  if (v.natural) return true
  if (v.def === null) return false
  if (v.def.op === mul.primitive) return v.def.args.every((arg) => prove(arg, 0))
  return v.def.op === "max" && v.def.args[1] === 0
}
