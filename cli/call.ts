/**
 * A call named on the command line: a file, one of its functions, and arguments as expressions.
 * It must not know what is done with the call.
 */

import type { Engine } from "../engine/index.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { readProgram } from "./text.ts"
import { applicationAt, type Application } from "../interpreter/builtins/application.ts"
import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import { isFunction, Tuple, type Value } from "../interpreter/values/values.ts"

/** Runs `use` with the call that the command line names. */
export function withCall<T>(
  command: string,
  invocation: Invocation,
  use: (application: Application, engine: Engine) => T,
): T {
  const [path, name, ...args] = invocation.positionals
  if (path === undefined || name === undefined) throw new UsageError(`${command} needs a file and a function`, command)
  const engine = hostEngine(invocation, { print: () => undefined })
  const { text } = readProgram(path)
  const session = engine.session()
  session.run(text, { name: path })
  const value = (source: string, what: string): Value => session.run(source, { name: `<${what}>` }).value
  const f = value(name, "function")
  const point = args.map((arg, i) => value(arg, `argument ${String(i + 1)}`))
  return engine.enter(() => {
    if (!isFunction(f)) raise(faults.wrongArgument(command, "FUNCTION", "a function", kindOf(f)))
    const x = point.length === 1 ? point[0]! : new Tuple(point)
    return use(applicationAt(engine.runtime, command, f, x, new Map()), engine)
  })
}
