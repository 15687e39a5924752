/**
 * What can be known of integers without running: whether one is at least another.
 * Integers are read as sums of variables with factors; an index of a loop is replaced by the end of its range that makes the sum least. It must
 * not know why anyone asks.
 */

import { add, mul, neg, sub } from "../interpreter/primitives/arithmetic.ts"
import { isVar, type Atom, type Var } from "./sir.ts"

interface Linear {
  constant: number
  readonly factors: Map<Var, number>
}

function addTo(sum: Linear, atom: Atom, factor: number): boolean {
  if (typeof atom === "number") {
    sum.constant += factor * atom
    return Number.isInteger(atom)
  }
  if (!isVar(atom) || !atom.int) return false
  const def = atom.def
  if (def !== null) {
    const [x, y] = def.args as [Atom, Atom]
    if (def.op === add.primitive) return addTo(sum, x, factor) && addTo(sum, y, factor)
    if (def.op === sub.primitive) return addTo(sum, x, factor) && addTo(sum, y, -factor)
    if (def.op === neg.primitive) return addTo(sum, x, -factor)
    if (def.op === "alias") return addTo(sum, x, factor)
    if (def.op === mul.primitive) {
      if (typeof x === "number") return addTo(sum, y, factor * x)
      if (typeof y === "number") return addTo(sum, x, factor * y)
    }
  }
  const next = (sum.factors.get(atom) ?? 0) + factor
  if (next === 0) sum.factors.delete(atom)
  else sum.factors.set(atom, next)
  return true
}

/** Is x ≥ y for certain, where the loops around make a turn? */
export function prove(x: Atom, y: Atom): boolean {
  const sum: Linear = { constant: 0, factors: new Map() }
  if (!addTo(sum, x, 1) || !addTo(sum, y, -1)) return false
  for (let round = 0; round < 16; round++) {
    let index: Var | null = null
    for (const v of sum.factors.keys()) if (v.range !== null && (index === null || v.id > index.id)) index = v
    if (index === null) break
    const factor = sum.factors.get(index)!
    sum.factors.delete(index)
    const { from, to } = index.range!
    if (factor > 0) {
      if (!addTo(sum, from, factor)) return false
    } else {
      if (!addTo(sum, to, factor)) return false
      sum.constant -= factor
    }
  }
  if (sum.constant < 0) {
    // A product of naturals times a positive factor cannot make up for a negative constant.
    return false
  }
  for (const [v, factor] of sum.factors) if (factor < 0 || !natural(v)) return false
  return true
}

function natural(v: Var): boolean {
  if (v.natural) return true
  if (v.def === null) return false
  if (v.def.op === mul.primitive) return v.def.args.every((arg) => prove(arg, 0))
  return v.def.op === "max" && v.def.args[1] === 0
}
