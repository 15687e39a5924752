/**
 * Places in buffers as integers of 32 bits.
 * Before: a place is a sum of products of integers, each of which a machine has to watch for leaving its range. After: what is read as a place alone is computed modulo 2^32,
 * which a place is not changed by: it was asked before that it lies in its buffer, no buffer has 2^31 elements, and sums and products keep congruence. It must not know
 * what is loaded or stored.
 */

import { add, mul, neg, sub } from "../interpreter/primitives/arithmetic.ts"
import { isLocal, readBy, statementsIn, type DefineStmt, type LirFunction, type Local, type Operand } from "./lir.ts"
import type { Op } from "./sir.ts"

const congruent: ReadonlySet<Op> = new Set<Op>([
  add.primitive,
  sub.primitive,
  mul.primitive,
  neg.primitive,
  "alias",
  "small",
])

/** Can this operand be taken modulo 2^32 without a thought? */
function integral(operand: Operand): boolean {
  if (isLocal(operand)) return operand.type === "int"
  return typeof operand === "number" && (operand | 0) === operand
}

/** Is this an operation that gives the same place, whichever representatives of its operands it is given? */
function keepsCongruence({ to, op, args }: DefineStmt): boolean {
  return to.type === "int" && congruent.has(op) && args.every(integral)
}

export function findPlaces(fn: LirFunction): void {
  for (const each of [fn, ...fn.routines]) findPlacesIn(each)
}

/** Takes locals away that something reads as more than a place, until none is left. */
function findPlacesIn(fn: Omit<LirFunction, "routines">): void {
  const places = new Set<Local>()
  /** What a local reads as its own operands and values. */
  const sources = new Map<Local, Local[]>()
  const spoiled: Operand[] = [...fn.results]
  const reads = (to: Local, operands: readonly Operand[]): void => {
    const before = sources.get(to)
    if (before === undefined) sources.set(to, operands.filter(isLocal))
    else before.push(...operands.filter(isLocal))
  }
  for (const stmt of statementsIn(fn.body)) {
    switch (stmt.kind) {
      case "define":
        if (keepsCongruence(stmt)) {
          places.add(stmt.to)
          reads(stmt.to, stmt.args)
        } else spoiled.push(...stmt.args)
        break
      case "begin":
        if (stmt.to.type === "int") places.add(stmt.to)
        if (stmt.value !== undefined) {
          if (!integral(stmt.value)) spoiled.push(stmt.to)
          reads(stmt.to, [stmt.value])
        }
        break
      case "move":
        if (!integral(stmt.value)) spoiled.push(stmt.to)
        reads(stmt.to, [stmt.value])
        break
      case "load":
        break
      case "store":
        spoiled.push(stmt.value)
        break
      default:
        spoiled.push(...readBy(stmt))
    }
  }
  // what a value that is no place is made of is none either
  for (const [to, of] of sources) if (!places.has(to)) spoiled.push(...of)
  for (let operand = spoiled.pop(); operand !== undefined; operand = spoiled.pop()) {
    if (!isLocal(operand) || !places.delete(operand)) continue
    spoiled.push(...(sources.get(operand) ?? []))
  }
  for (const local of places) local.type = "place"
}
