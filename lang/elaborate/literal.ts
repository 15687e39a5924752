/**
 * What can be said of an expression without running it?
 * Its kind where it is written out, and whether evaluating it can do anything beside giving a value.
 * It must not know types beyond what literals show.
 */

import type { Expr } from "../ast.ts"
import type { Facts } from "../scope.ts"

/** What kind of value a literal is, in words, where it can be no boolean; otherwise null. */
export function literalKind(node: Expr): string | null {
  switch (node.kind) {
    case "number":
      return "a number"
    case "string":
      return "a string"
    case "unit":
      return "()"
    case "tuple":
      return "a tuple"
    case "record":
      return "a record"
    case "lambda":
    case "derivative":
      return "a function"
    case "range":
      return "an array"
    default:
      return null
  }
}

/** Built-ins that are called for what they refuse or show. */
const CALLED_FOR_EFFECT = /^(assert|error|debug)/

/** True if evaluating it gives a value and does nothing else; a call of an unknown function may do more. */
export function isPure(node: Expr, facts: Facts): boolean {
  const pending: Expr[] = [node]
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    switch (expr.kind) {
      case "unit":
        if (expr === node) return false
        break
      case "number":
      case "boolean":
      case "name":
      case "lambda":
        break
      case "string":
        for (const part of expr.parts) if (typeof part !== "string") pending.push(part)
        break
      case "array":
        for (const item of expr.items) pending.push(item.kind === "spread" ? item.value : item)
        break
      case "tuple":
        pending.push(...expr.items)
        break
      case "record":
        for (const field of expr.fields) pending.push(field.value)
        break
      case "index":
        pending.push(expr.target)
        for (const item of expr.items) {
          if (item.kind !== "slice") pending.push(item)
          else {
            if (item.from !== null) pending.push(item.from)
            if (item.to !== null) pending.push(item.to)
          }
        }
        break
      case "field":
        if (!facts.meanings.has(expr)) pending.push(expr.target)
        break
      case "derivative":
        pending.push(expr.target)
        break
      case "unary":
        pending.push(expr.operand)
        break
      case "binary":
      case "logic":
        pending.push(expr.left, expr.right)
        break
      case "compare":
        pending.push(...expr.operands)
        break
      case "range":
        pending.push(expr.from, expr.to)
        break
      case "call": {
        const meaning = facts.meanings.get(expr.callee)
        if (meaning?.kind === "builtin") {
          if (meaning.callsBack || meaning.effect || CALLED_FOR_EFFECT.test(meaning.name)) return false
        } else if (meaning?.kind !== "variant") return false
        pending.push(...expr.args)
        for (const { value } of expr.named) pending.push(value)
        break
      }
      case "comprehension":
        pending.push(expr.element)
        for (const { source } of expr.clauses) pending.push(source)
        if (expr.condition !== null) pending.push(expr.condition)
        break
      case "if":
      case "match":
      case "block":
      case "error":
        return false
    }
  }
  return true
}
