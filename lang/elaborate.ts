/**
 * AST → Core, on one screen.
 *
 *   resolveModule   what every name means, what every part can do      elaborate/resolve*.ts, names.ts
 *                   what is wrong with calls, what is odd in `match`   checkcall.ts, checkmatch.ts
 *   lowerModule     the top level; functions, local ones               lower.ts, functions.ts, hoist.ts
 *                   statements in order; loops, exits as flags         statements.ts, exits.ts
 *                   calls of user code lifted out, left to right       sequence.ts, chains.ts
 *                   patterns as tests and parts                        patterns.ts
 *                   slots and regions                                  frame.ts
 *
 * It reports every fault at once; with errors among them the module must not be run. It must not know values or mathematics.
 */

import type { Program } from "./ast.ts"
import type { CoreModule } from "./core.ts"
import { lowerModule } from "./elaborate/lower.ts"
import { faults } from "./report/catalogue.ts"
import { faultOf, type Fault } from "./report/fault.ts"
import { resolveModule, type ElaborateOptions } from "./elaborate/resolvemodule.ts"

export type { ElaborateOptions } from "./elaborate/resolvemodule.ts"

/** A module, and what is wrong with it. */
export interface Elaborated {
  readonly module: CoreModule
  readonly faults: readonly Fault[]
}

/** Makes Core of a program. */
export function elaborate(program: Program, options: ElaborateOptions): Elaborated {
  const { doc } = program
  const nothing: CoreModule = {
    name: options.moduleName,
    statements: [],
    tests: [],
    benches: [],
    exports: new Map(),
    bindings: new Map(),
    doc,
  }
  try {
    const resolved = resolveModule(program, options)
    const { exports, bindings } = resolved
    const broken = resolved.faults.some((fault) => fault.severity === "error")
    const code = broken ? {} : lowerModule(resolved)
    return { module: { ...nothing, exports, bindings, ...code }, faults: inOrder(resolved.faults) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // The native stack ended: a nesting that no limit of the grammar knows.
    return { module: nothing, faults: [faultOf(faults.nestedStructure(), program.span)] }
  }
}

/** In the order of the text. */
function inOrder(found: readonly Fault[]): readonly Fault[] {
  return [...found].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
}
