/**
 * Places where a derivative ends although nothing is computed: cuts that a program asks for, and uses of a value as an index or for comparison.
 * Whoever looks on is told as if a function without derivative had been applied; values are not touched. It must not know who looks on.
 */

import type { UnaryPrimitive } from "./declare.ts"
import { tell } from "./lift.ts"
import { isActive } from "./num.ts"

export interface Cut {
  readonly primitive: UnaryPrimitive
}

function cut(name: string, zeroBecause: string): Cut {
  return { primitive: { kind: "unary", name, doc: zeroBecause, eval: (x) => x, partial: null, at: [], zeroBecause } }
}

export const stopping = cut("stop_gradient", "`stop_gradient` lets no derivative through")
export const indexing = cut(
  "index",
  "it is used as an index, a bound or a count, which are integers and pass no derivative on",
)
export const matching = cut(
  "match",
  "it is compared with a pattern, which passes no derivative on; `match` follows the arm taken",
)

/** Tells that `x` was used in that way, with what came of it. */
export function ends(way: Cut, x: unknown, out: unknown): void {
  if (isActive(x)) tell(way.primitive, [x], out, undefined)
}
