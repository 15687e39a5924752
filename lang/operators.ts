/**
 * Precedence, in one place.
 * The grammar hands over operands and operators as they stand in a row; a loop over binding powers (Pratt) makes a tree of them.
 * It must not know tokens other than prefix and binary operators, nor where the operands come from.
 */

import type { IToken } from "chevrotain"
import type { BinaryOperator, CompareOperator, Expr } from "./ast.ts"
import { syntaxFaults as say } from "./report/catalogue/syntax.ts"
import { faultOf, type Fault, type FaultText } from "./report/fault.ts"
import { cover, type Source, type Span } from "./report/span.ts"

/** An operand, or a prefix or binary operator. */
export type FlatItem = Expr | IToken

/** Thrown where a row of tokens is no expression; carries what to say. */
export class Complaint {
  readonly fault: Fault
  constructor(fault: Fault) {
    this.fault = fault
  }
}

export function complain(text: FaultText, span: Span): never {
  throw new Complaint(faultOf(text, span))
}

/** How tightly each binary operator binds. */
export const POWER: Readonly<Record<string, number>> = {
  "|>": 1,
  or: 2,
  and: 3,
  "==": 5,
  "!=": 5,
  "<": 5,
  "<=": 5,
  ">": 5,
  ">=": 5,
  "..": 6,
  "..=": 6,
  "+": 7,
  "-": 7,
  "++": 7,
  "*": 8,
  "/": 8,
  "%": 8,
  "@": 8,
  "^": 10,
}
export const NOT = 4
export const COMPARE = 5
export const RANGE = 6
export const NEGATE = 9
export const POW = 10

const DIRECTION: Readonly<Record<string, number>> = { "<": 1, "<=": 1, ">": -1, ">=": -1, "==": 0 }

// The row that is being ordered; rows do not nest, for operands are finished before.
let source: Source = { name: "", text: "" }
let flat: readonly FlatItem[] = []
let calls: readonly Expr[] = []
let at = 0

/**
 * Orders a row that has at least one operator.
 * `callsBehindPipes` are those operands right of `|>` that are calls without parentheses, so that `x |> f(y)` is `f(x, y)`.
 */
export function order(from: Source, row: readonly FlatItem[], callsBehindPipes: readonly Expr[]): Expr {
  source = from
  flat = row
  calls = callsBehindPipes
  at = 0
  return expression(0, null)
}

function spanOf(token: IToken): Span {
  return { source, start: token.startOffset, end: token.startOffset + token.image.length }
}

function operator(): IToken | null {
  const item = flat[at]
  return item !== undefined && "image" in item ? item : null
}

/** What binds at least as tightly as `least`; `before` is the operator on the left, for messages. */
function expression(least: number, before: IToken | null): Expr {
  const prefix = operator()
  let left: Expr
  if (prefix === null) {
    left = flat[at++] as Expr
  } else {
    at++
    const not = prefix.image === "not"
    if (not && least > NOT) complain(say.notOperand(before?.image ?? "-"), spanOf(prefix))
    const operand = expression(not ? NOT : NEGATE, prefix)
    left = { kind: "unary", op: not ? "not" : "-", operand, span: cover(spanOf(prefix), operand.span) }
  }
  for (;;) {
    const token = operator()
    if (token === null) return left
    const op = token.image
    const power = POWER[op] ?? 0
    if (power < least) return left
    if (power === COMPARE) {
      left = comparison(left)
      continue
    }
    at++
    if (power === POW) {
      left = binary("^", token, left, expression(POW, token))
    } else if (power > RANGE) {
      left = binary(op as BinaryOperator, token, left, expression(power + 1, token))
    } else if (power === RANGE) {
      const to = expression(RANGE + 1, token)
      const next = operator()
      if (next !== null && POWER[next.image] === RANGE) complain(say.chainedRange(), spanOf(next))
      left = { kind: "range", from: left, to, inclusive: op === "..=", span: cover(left.span, to.span) }
    } else if (op === "|>") {
      left = pipe(left, token)
    } else {
      const right = expression(power + 1, token)
      left = { kind: "logic", op: op as "and" | "or", left, right, span: cover(left.span, right.span) }
    }
  }
}

function binary(op: BinaryOperator, token: IToken, left: Expr, right: Expr): Expr {
  return { kind: "binary", op, opSpan: spanOf(token), left, right, span: cover(left.span, right.span) }
}

function comparison(first: Expr): Expr {
  const operands = [first]
  const ops: { op: CompareOperator; span: Span }[] = []
  let direction = 0
  for (let token = operator(); token !== null && POWER[token.image] === COMPARE; token = operator()) {
    const op = token.image as CompareOperator
    const turn = DIRECTION[op]
    const before = ops.at(-1)
    if (before !== undefined) {
      const clash = turn === undefined || DIRECTION[before.op] === undefined || direction * turn < 0
      if (clash) complain(say.mixedComparisons(before.op, op), cover(before.span, spanOf(token)))
    }
    if (turn !== undefined && turn !== 0) direction = turn
    ops.push({ op, span: spanOf(token) })
    at++
    operands.push(expression(COMPARE + 1, token))
  }
  return { kind: "compare", ops, operands, span: cover(first.span, operands.at(-1)?.span ?? first.span) }
}

function pipe(left: Expr, token: IToken): Expr {
  const prefix = operator()
  if (prefix !== null) complain(say.pipeTarget(), spanOf(prefix))
  const target = flat[at++] as Expr
  const next = operator()
  if (next !== null && next.image !== "|>") complain(say.afterPipe(next.image), cover(spanOf(token), spanOf(next)))
  const span = cover(left.span, target.span)
  if (target.kind === "call" && calls.includes(target)) {
    return { ...target, args: [left, ...target.args], piped: true, span }
  }
  return { kind: "call", callee: target, args: [left], named: [], piped: true, span }
}
