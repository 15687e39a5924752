/**
 * A call that a command is given, as in `:trace f(2, 5)`: the function and its arguments, not yet called.
 * What stands in front of the parentheses may be any expression; an operator of differentiation around it can be looked through. It must not know what commands do
 * with the call.
 */

import type { CallExpr, Expr } from "../../lang/ast.ts"
import { parse } from "../../lang/parse.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { FaultError, raise } from "../../lang/report/fault.ts"
import { Application, select } from "../../interpreter/builtins/application.ts"
import { kindOf } from "../../interpreter/values/kinds.ts"
import { isFunction, noNamed, type FunctionValue, type Named, type Value } from "../../interpreter/values/values.ts"
import type { Workspace } from "./workspace.ts"

/** A function with the arguments of a call. */
export interface Call {
  readonly f: FunctionValue
  readonly args: readonly Value[]
  readonly named: Named
  /** The function as written. */
  readonly text: string
}

/** The one expression that a text is. */
export function expressionOf(text: string, usage: string): Expr {
  if (text.trim() === "") raise(apartFaults.commandArgument("this command needs an argument", usage))
  const { program, faults: found } = parse({ name: "<expression>", text })
  if (found.length > 0) throw new FaultError(found)
  const [statement] = program.statements
  if (program.statements.length !== 1 || statement?.kind !== "expr") {
    raise(apartFaults.commandArgument("this command takes one expression", usage))
  }
  return statement.value
}

/** The call that a text is; any other expression is a fault that shows how it is written. */
export function callOf(workspace: Workspace, text: string, usage: string): Call {
  const expression = expressionOf(text, usage)
  if (expression.kind !== "call") raise(apartFaults.commandArgument("this command takes a call of a function", usage))
  return evaluated(workspace, expression)
}

/** The parts of a call, evaluated. */
export function evaluated(workspace: Workspace, call: CallExpr): Call {
  const f = workspace.value(written(call.callee))
  if (!isFunction(f))
    raise(apartFaults.commandArgument(`\`${written(call.callee)}\` is ${kindOf(f)}, no function`, "f(x)"))
  const args = call.args.map((arg) => workspace.value(written(arg)))
  const named = new Map(call.named.map((arg) => [arg.name, workspace.value(written(arg.value))]))
  return { f, args, named: named.size === 0 ? noNamed : named, text: written(call.callee) }
}

/** An expression as it stands in its text. */
export function written(expression: Expr): string {
  const { source, start, end } = expression.span
  const text = source.text.slice(start, end)
  return expression.kind === "comprehension" && expression.bare ? `[${text}]` : text
}

/** A call as a differentiated application; `wrt` picks other arguments than the required ones. Call it within the engine. */
export function applicationOf(workspace: Workspace, operator: string, call: Call, wrt?: Value): Application {
  const { runtime } = workspace.engine
  return new Application(runtime, operator, call.f, call.args, call.named, select(operator, call.f, wrt))
}

/** The function that an expression is. */
export function functionIn(workspace: Workspace, text: string, usage: string): FunctionValue {
  expressionOf(text, usage)
  const f = workspace.value(text)
  if (!isFunction(f)) raise(apartFaults.commandArgument(`\`${text}\` is ${kindOf(f)}, no function`, usage))
  return f
}
