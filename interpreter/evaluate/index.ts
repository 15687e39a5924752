/**
 * Tier 0: Core → closures → values.
 * A runtime with its limits, top-level statements run in it, and function values called from outside. It must not know texts nor files.
 */

import type { TopStatement } from "../../lang/core.ts"
import { Closure, noNamed, type Named, type Value } from "../values/values.ts"
import { runFrame } from "./call.ts"
import { codeFor } from "./code.ts"
import { newFrame } from "./frame.ts"
import type { Evaluation } from "./runtime.ts"

export { codeFor } from "./code.ts"
export { operators } from "./operators.ts"
export { trapNan } from "./trap.ts"
export { Evaluation, type Limits, type RuntimeOptions } from "./runtime.ts"

/** Runs a piece of code that has no parameters, such as that of a top-level statement or a `test` block, and gives its value. */
export function runCode(runtime: Evaluation, code: TopStatement["code"]): Value {
  return runtime.within(() => {
    const compiled = codeFor(code, runtime.library)
    compiled.prepare()
    return runFrame(compiled, newFrame(compiled.size, new Closure(compiled, [])), null)
  })
}

/** Runs a top-level statement and gives its value. */
export function runTop(runtime: Evaluation, statement: TopStatement): Value {
  return runCode(runtime, statement.code)
}

/** Calls a function value from outside. */
export function callFunction(runtime: Evaluation, fn: Value, args: readonly Value[], named: Named = noNamed): Value {
  return runtime.within(() => runtime.call(fn, args, named))
}
