/**
 * A top-level statement as a request of its own: from the values of top-level bindings to its own value and those of the bindings that it makes.
 * It runs once, so that it is compiled only where everything is, and only where its code stays short: what a long one calls serves others too, and is compiled on its
 * own. It must not know how the statement is compiled.
 */

import type { Cell, Code } from "../lang/core.ts"
import { visitCore } from "../interpreter/evaluate/scan.ts"
import { BuiltinFunction, type Tuple, type Value } from "../interpreter/values/values.ts"
import { unitAbs, type Abs } from "./abstract.ts"
import { bodyOf } from "./calls.ts"
import type { Specialiser } from "./specialise.ts"

/** Is this the code of a top-level statement? */
export function isStatement({ name, span }: Code): boolean {
  return name === span.source.name
}

export class StatementRequest {
  /** How many statements of SIR may be written for it. */
  static readonly budget = 1000
  /** Does it call functions of the program? Anything else that takes steps is a loop, and that is compiled anyway. */
  readonly calls: boolean
  private readonly cells: readonly Cell[]

  constructor(code: Code, library: ReadonlyMap<string, Value>) {
    const cells = new Set<Cell>()
    let calls = false
    visitCore(code.body, (node) => {
      if (node.kind === "setGlobal") cells.add(node.cell)
      if (node.kind === "call") {
        const fn = node.callee.kind === "builtin" ? library.get(node.callee.name) : undefined
        calls ||= !(fn instanceof BuiltinFunction) || fn.callsBack
      }
      return true
    })
    this.cells = [...cells]
    this.calls = calls
  }

  readonly run = (s: Specialiser, [closure]: readonly (Abs | undefined)[]): Abs => {
    const value = bodyOf(s, closure!, [])
    if (value.kind === "never") return value
    return { kind: "tuple", items: [value, ...this.cells.map((cell) => s.filled.get(cell) ?? unitAbs)] }
  }

  /** Fills the bindings and gives the value of the statement. */
  finish(out: Tuple): Value {
    const [value, ...made] = out.values
    this.cells.forEach((cell, k) => {
      cell.value = made[k]!
    })
    return value!
  }
}
