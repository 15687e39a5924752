/**
 * `if` on a comparison of plain numbers, in one closure.
 * The operands are slots or constants; if they turn out to be anything else, the ordinary node does all. It must not know what the arms do.
 */

import type { Core } from "../../lang/core.ts"
import type { Compiling } from "./compiling.ts"
import type { Node } from "./frame.ts"
import { operandOf } from "./operate.ts"

/** Comparisons by the orders that satisfy them: less 1, equal 2, greater 4, none of these (nan) 8. */
const comparisons: ReadonlyMap<string, number> = new Map([
  ["less", 1],
  ["less_equal", 1 + 2],
  ["greater", 4],
  ["greater_equal", 2 + 4],
  ["equals", 2],
  ["differs", 1 + 4 + 8],
])

function order(x: number, y: number): number {
  return x < y ? 1 : x === y ? 2 : x > y ? 4 : 8
}

/** The closure for such an `if`, or null where the condition is of another form; `place` is that of the first arm's value, if it is no more than a slot. */
export function compileBranch(
  core: Core,
  then: Node,
  otherwise: Node,
  place: number,
  ordinary: Node,
  c: Compiling,
): Node | null {
  if (core.kind !== "operate" || core.args.length !== 2) return null
  const orders = comparisons.get(core.op)
  const left = operandOf(core.args[0]!, c)
  const right = operandOf(core.args[1]!, c)
  if (orders === undefined || left.kind !== "slot" || right.kind === "any") return null
  const i = left.at
  if (right.kind === "slot") {
    const j = right.at
    return (f) => {
      const x = f[i]
      const y = f[j]
      if (typeof x !== "number" || typeof y !== "number") return ordinary(f)
      return (orders & order(x, y)) === 0 ? otherwise(f) : then(f)
    }
  }
  const y = right.value
  const chosen: Node = place === 0 ? then : (f) => f[place]!
  return againstNumber(core.op, i, y, chosen, otherwise, ordinary)
}

/** A slot against a constant, which is what most loops and recursions end by: one comparison a closure, since an unforeseen jump costs more than all else here. */
function againstNumber(op: string, i: number, y: number, then: Node, otherwise: Node, ordinary: Node): Node {
  switch (op) {
    case "less":
      return (f) => {
        const x = f[i]
        return typeof x === "number" ? (x < y ? then(f) : otherwise(f)) : ordinary(f)
      }
    case "less_equal":
      return (f) => {
        const x = f[i]
        return typeof x === "number" ? (x <= y ? then(f) : otherwise(f)) : ordinary(f)
      }
    case "greater":
      return (f) => {
        const x = f[i]
        return typeof x === "number" ? (x > y ? then(f) : otherwise(f)) : ordinary(f)
      }
    case "greater_equal":
      return (f) => {
        const x = f[i]
        return typeof x === "number" ? (x >= y ? then(f) : otherwise(f)) : ordinary(f)
      }
    case "equals":
      return (f) => {
        const x = f[i]
        return typeof x === "number" ? (x === y ? then(f) : otherwise(f)) : ordinary(f)
      }
    default:
      return (f) => {
        const x = f[i]
        return typeof x === "number" ? (x !== y ? then(f) : otherwise(f)) : ordinary(f)
      }
  }
}
