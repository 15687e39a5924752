/**
 * `if` on a comparison of plain numbers, in one closure.
 * The operands are slots or constants; if they turn out to be anything else, the ordinary node of the condition decides. It must not know what the arms do.
 */

import type { Core } from "../../lang/core.ts"
import type { Compiling } from "./compiling.ts"
import type { Node } from "./frame.ts"
import { refuseCondition } from "./loops.ts"
import { operandOf } from "./operate.ts"

const comparisons = ["less", "less_equal", "greater", "greater_equal", "equals", "differs"]

function holds(comparison: number, x: number, y: number): boolean {
  if (comparison === 0) return x < y
  if (comparison === 1) return x <= y
  if (comparison === 2) return x > y
  if (comparison === 3) return x >= y
  return comparison === 4 ? x === y : x !== y
}

/** The closure for such an `if`, or null where the condition is of another form. */
export function compileBranch(
  core: Core,
  condition: Node,
  then: Node,
  otherwise: Node,
  place: number,
  c: Compiling,
): Node | null {
  if (core.kind !== "operate" || core.args.length !== 2) return null
  const comparison = comparisons.indexOf(core.op)
  const left = operandOf(core.args[0]!, c)
  const right = operandOf(core.args[1]!, c)
  if (comparison < 0 || left.kind !== "slot" || right.kind === "any") return null
  const i = left.at
  const { span } = core
  const j = right.kind === "slot" ? right.at : 0
  const constant = right.kind === "number" ? right.value : 0
  const k = place
  return (f) => {
    const x = f[i]
    const y = j === 0 ? constant : f[j]
    if (typeof x === "number" && typeof y === "number") {
      if (!holds(comparison, x, y)) return otherwise(f)
      return k === 0 ? then(f) : f[k]!
    }
    const truth = condition(f)
    if (truth === true) return then(f)
    return truth === false ? otherwise(f) : refuseCondition(truth, span)
  }
}
