/**
 * Chains of operators: arithmetic, comparisons, `and` and `or`.
 * Before: `a < f(x) < c`. After: `set t := f(x); a < t and t < c`. Chains lean to the left and may be long, so they are walked in loops; the right operand of
 * `and` and `or` runs only if the left does not decide. It must not know calls.
 */

import type * as ast from "../ast.ts"
import type { Core } from "../core.ts"
import type { Span } from "../report/span.ts"
import { ASSIGNS, LIFTS } from "../scope.ts"
import { choose, constant, isAtom, local, operate, test, unit } from "./build.ts"
import { abilities, HOLD, lifts, READ, type Lowering } from "./lowering.ts"

const BINARY: Readonly<Record<ast.BinaryOperator, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
  "@": "matmul",
  "^": "pow",
  "++": "concat",
}
const COMPARE: Readonly<Record<ast.CompareOperator, string>> = {
  "==": "equals",
  "!=": "differs",
  "<": "less",
  "<=": "less_equal",
  ">": "greater",
  ">=": "greater_equal",
}

/** The operator of a compound assignment; null for `=`. */
export function assignOperator(op: ast.AssignOperator): string | null {
  return op === "=" ? null : BINARY[op.slice(0, -1) as ast.BinaryOperator]
}

/** A slot that an assignment may change. */
export function isVariable(lowering: Lowering, core: Core): boolean {
  return core.kind === "local" && lowering.frame.slotNames[core.slot] !== null
}

/** Keeps a value while `later` is evaluated, in a temporary if that is necessary. */
function keep(lowering: Lowering, core: Core, mark: number, later: ast.Expr): Core {
  const can = abilities(lowering, later)
  const kept = isAtom(core) ? (can & ASSIGNS) !== 0 && isVariable(lowering, core) : (can & LIFTS) !== 0
  return kept ? lowering.frame.spill(core, mark, core.span) : core
}

/** A chain of operators leans to the left and may be very long. */
export function binary(lowering: Lowering, node: ast.BinaryExpr): Core {
  const steps: ast.BinaryExpr[] = []
  let first: ast.Expr = node
  while (first.kind === "binary") {
    steps.push(first)
    first = first.left
  }
  const mark = lowering.frame.mark()
  let left: Core | null = null
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if (left === null) {
      const [a, b] = lowering.operands([first, step.right].map(read))
      left = operate(BINARY[step.op], [a ?? unit(step.span), b ?? unit(step.span)], step.span)
      continue
    }
    left = keep(lowering, left, mark, step.right)
    left = operate(BINARY[step.op], [left, lowering.value(step.right, READ)], step.span)
  }
  return left ?? unit(node.span)
}

export function logicChain(lowering: Lowering, node: ast.LogicExpr): Core {
  const steps: ast.LogicExpr[] = []
  let first: ast.Expr = node
  while (first.kind === "logic") {
    steps.push(first)
    first = first.left
  }
  const mark = lowering.frame.mark()
  let left = lowering.value(first, READ)
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { op, right, span } = step
    left = keep(lowering, left, mark, right)
    left = lowering.logic(op, left, lifts(lowering, right), () => lowering.value(right, READ), span)
    if (lowering.frame.tookJump()) lowering.frame.guard(span)
  }
  return left
}

/** `left op right`, where `right` is evaluated only if `left` does not decide. */
export function logic(
  lowering: Lowering,
  op: "and" | "or",
  left: Core,
  rightLifts: boolean,
  right: () => Core,
  span: Span,
): Core {
  if (!rightLifts) return { kind: "logic", op, left, right: right(), span }
  const { frame } = lowering
  const known = isAtom(left) ? left : frame.spill(left, frame.mark(), left.span)
  const slot = frame.slot(null)
  const decides = op === "or"
  const then = frame.inRegion(false, span, () => {
    frame.set(slot, constant(decides, span), span)
  })
  const otherwise = frame.inRegion(false, span, () => {
    const core = right()
    frame.set(slot, { kind: "logic", op, left: known, right: core, span }, span)
  })
  frame.emit(choose(test(known, { kind: "literal", value: decides }, span), then, otherwise, span))
  return local(slot, span)
}

/** `a < b < c` is `a < b and b < c`, with `b` evaluated once. */
export function compare(lowering: Lowering, node: ast.CompareExpr): Core {
  const { frame } = lowering
  const { ops, operands: nodes, span } = node
  const last = nodes.length - 1
  if (last === 1) return operate(compareName(ops[0]), lowering.operands(nodes.map(read)), span)
  /** Does anything from operand `i` on become statements? */
  const emits: boolean[] = []
  for (let i = last; i >= 0; i--) {
    const operand = nodes[i]
    const own = operand !== undefined && (lifts(lowering, operand) || (i > 0 && i < last && !isAtomicNode(operand)))
    emits[i] = own || emits[i + 1] === true
  }
  /** Everything from the comparison of `left` with operand `i` on. */
  const from = (i: number, left: Core): Core => {
    const right = nodes[i] ?? node
    const mark = frame.mark()
    let core = lowering.value(right, i < last && right.kind !== "name" ? HOLD : READ)
    if (i < last && !isAtom(core)) core = frame.spill(core, mark, right.span)
    const here = operate(compareName(ops[i - 1]), [left, core], span)
    return i === last ? here : lowering.logic("and", here, emits[i + 1] === true, () => from(i + 1, core), span)
  }
  const mark = frame.mark()
  const [first] = nodes
  if (first === undefined) return unit(span)
  let left = lowering.value(first, emits[1] === true && first.kind !== "name" ? HOLD : READ)
  if (emits[1] === true && !(isAtom(left) && !isVariable(lowering, left))) left = frame.spill(left, mark, first.span)
  return from(1, left)
}

const read = (node: ast.Expr): { node: ast.Expr; use: typeof READ } => ({ node, use: READ })

function compareName(op: ast.CompareExpr["ops"][number] | undefined): string {
  return op === undefined ? "equals" : COMPARE[op.op]
}

function isAtomicNode(node: ast.Expr): boolean {
  return node.kind === "number" || node.kind === "boolean" || node.kind === "unit" || node.kind === "name"
}
