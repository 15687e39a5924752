/**
 * Does a call fit the function it calls, where that is known before the program runs?
 * Known are built-in functions, constructors and `fn`s; everything else is found out when the call happens.
 * It must not know what arguments are.
 */

import type { CallExpr } from "../ast.ts"
import { literalKind } from "./literal.ts"
import { faults } from "../report/catalogue.ts"
import type { FaultText } from "../report/fault.ts"
import type { Span } from "../report/span.ts"
import type { BuiltinSignature, Meaning } from "../scope.ts"

type Report = (text: FaultText, span: Span) => void

/** Reports what is wrong with the number and the names of a call's arguments. */
export function callFaults(node: CallExpr, callee: Meaning | undefined, report: Report): void {
  if (callee === undefined) {
    const kind = literalKind(node.callee)
    if (kind !== null && kind !== "a function") report(faults.notAFunction(kind), node.callee.span)
  } else if (callee.kind === "constant") report(faults.notAFunction("a number"), node.callee.span)
  else if (callee.kind === "builtin") {
    if (callee.signature !== undefined) builtinFaults(node, callee.name, callee.signature, report)
  } else if (callee.kind === "variant") {
    const params = callee.variant.fields.map((name) => ({ name, required: true, text: name }))
    parameterFaults(node, callee.variant.name, params, report)
  } else if (callee.kind === "variable" && callee.fn?.known != null)
    parameterFaults(node, callee.name, callee.fn.known.params, report)
}

function builtinFaults(node: CallExpr, name: string, signature: BuiltinSignature, report: Report): void {
  const { required, max, names, text } = signature
  const given = node.args.length
  if (given > max || given + node.named.length < required)
    report(faults.wrongArity(name, countInWords(required, max), given, text), node.span)
  if (names === null) return
  for (const named of node.named)
    if (!names.includes(named.name)) report(faults.unknownArgument(name, named.name, names), named.nameSpan)
}

interface Parameter {
  readonly name: string | null
  readonly required: boolean
  readonly text: string
}

function parameterFaults(node: CallExpr, name: string, params: readonly Parameter[], report: Report): void {
  const signature = `${name}(${params.map((param) => param.text).join(", ")})`
  const required = params.filter((param) => param.required).length
  if (node.args.length > params.length) {
    report(faults.wrongArity(name, countInWords(required, params.length), node.args.length, signature), node.span)
    return
  }
  const names = params.map((param) => param.name).filter((param) => param !== null)
  let unknown = false
  for (const named of node.named) {
    const index = params.findIndex((param) => param.name === named.name)
    if (index === -1) {
      unknown = true
      report(faults.unknownArgument(name, named.name, names), named.nameSpan)
    } else if (index < node.args.length) report(faults.repeatedArgument(name, named.name), named.nameSpan)
  }
  if (unknown) return
  const missing = params.filter(
    (param, i) => param.required && i >= node.args.length && !node.named.some((named) => named.name === param.name),
  )
  const [first] = missing
  if (first === undefined) return
  if (node.named.length === 0)
    report(faults.wrongArity(name, countInWords(required, params.length), node.args.length, signature), node.span)
  else report(faults.missingArgument(name, first.text, signature), node.span)
}

/** `2`, `1 to 3`, `at least 2`. */
function countInWords(required: number, max: number): string {
  if (required === max) return String(required)
  return max === Infinity ? `at least ${String(required)}` : `${String(required)} to ${String(max)}`
}
