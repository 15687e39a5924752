/**
 * `:why expr`: what made a derivative zero or nan.
 * The expression is a derivative as one writes it, `grad(f)(0)`, `f'(0)`, `jvp(f, 0, 1)`, or a call, whose gradient is meant; it is looked through to the function and the point.
 * It must not know how reasons are found.
 */

import type { CallExpr, Expr } from "../../lang/ast.ts"
import type { Fault } from "../../lang/report/fault.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { why as findWhy, type Finding, type Reason } from "../../interpreter/explain/why.ts"
import { isFunction, noNamed, Tuple, type Value } from "../../interpreter/values/values.ts"
import { kindOf } from "../../interpreter/values/kinds.ts"
import { applicationOf, evaluated, expressionOf, written, type Call } from "./call.ts"
import type { Workspace } from "./workspace.ts"

const usage = ":why grad(f)(x)  or  :why f'(x)"

/** Operators that give a function of f's arguments, and those that take the point as well. */
const transforming = new Set("diff grad value_and_grad jacobian jacfwd jacrev hessian gradn".split(" "))
const pointed = new Set("jvp vjp linearize hvp taylor numdiff gradcheck trace".split(" "))

export function why(workspace: Workspace, argument: string): undefined {
  const call = outermostCall(expressionOf(argument, usage))
  const { target, wrt } = looked(workspace, call)
  const found = workspace.engine.enter(() => findWhy(applicationOf(workspace, "why", target, wrt)))
  for (const finding of found) {
    workspace.tell({ kind: "reason", title: titleOf(finding), reasons: finding.reasons.map(asFault) })
  }
}

function titleOf({ input, derivative, verdict }: Finding): string {
  const head = `the derivative with respect to ${input} is ${derivative}`
  return verdict === "other" ? `${head}: neither zero nor nan` : head
}

function asFault({ text, place }: Reason): Fault {
  const stack = place?.stack ?? []
  return { severity: "warning", code: "", message: text, span: place?.span ?? null, labels: [], hint: null, stack }
}

/** `grad(f)(x)[0]`, `grad(f)(p).w`: the call that it is a part of. */
function outermostCall(expression: Expr): CallExpr {
  let at = expression
  while (at.kind === "index" || at.kind === "field") at = at.target
  if (at.kind !== "call")
    raise(apartFaults.commandArgument("this command takes a derivative at a point, or a call", usage))
  return at
}

/** The differentiated function with its arguments. */
function looked(workspace: Workspace, call: CallExpr): { target: Call; wrt: Value | undefined } {
  const { callee } = call
  if (callee.kind === "derivative") {
    const { args, named } = evaluated(workspace, call)
    return {
      target: { f: functionOf(workspace, callee.target), args, named, text: written(callee.target) },
      wrt: undefined,
    }
  }
  if (callee.kind === "call" && callee.callee.kind === "name" && transforming.has(callee.callee.name)) {
    const [inner] = callee.args
    if (inner === undefined) raise(apartFaults.commandArgument(`\`${callee.callee.name}\` lacks its function`, usage))
    const { args, named } = evaluated(workspace, call)
    const wrt = callee.named.find(({ name }) => name === "wrt")
    return {
      target: { f: functionOf(workspace, inner), args, named, text: written(inner) },
      wrt: wrt === undefined ? undefined : workspace.value(written(wrt.value)),
    }
  }
  if (callee.kind === "name" && pointed.has(callee.name) && call.args.length >= 2) {
    const f = functionOf(workspace, call.args[0]!)
    const x = workspace.value(written(call.args[1]!))
    return {
      target: { f, args: x instanceof Tuple ? x.values : [x], named: noNamed, text: written(call.args[0]!) },
      wrt: undefined,
    }
  }
  return { target: evaluated(workspace, call), wrt: undefined }
}

function functionOf(workspace: Workspace, expression: Expr): Call["f"] {
  const f = workspace.value(written(expression))
  if (!isFunction(f))
    raise(apartFaults.commandArgument(`\`${written(expression)}\` is ${kindOf(f)}, no function`, usage))
  return f
}
