/**
 * Statements in order, and where what follows a statement goes.
 * Before: `if c { return a }; rest`. After: `if c { a } else { rest }`. Where what follows would have to be copied, the exit is remembered in a flag instead, and
 * what follows happens only if it is not set. It must not know expressions, patterns or loops.
 */

import type * as ast from "../ast.ts"
import { isAtom, local, operate, unit } from "./build.ts"
import type { Core, CoreStep } from "../core.ts"
import {
  abilities,
  DISCARD,
  exits,
  HOLD,
  into,
  isDirect,
  READ,
  TAIL,
  type Cursor,
  type Dest,
  type Lowering,
} from "./lowering.ts"
import { makeFunctions, patchFunctions } from "./hoist.ts"
import { asStatement } from "./patterns.ts"
import type { Span } from "../report/span.ts"
import { ASSIGNS, LEAVES } from "../scope.ts"
import { assignOperator } from "./chains.ts"
import { indexItems, indexOperands } from "./sequence.ts"

/** A block as an expression or a statement. */
export function block(lowering: Lowering, node: ast.BlockExpr, dest: Dest): void {
  const mark = lowering.frame.mark()
  lowering.statements(lowering.cursor(node, null), dest)
  lowering.frame.release(mark)
}

/** The beginning of a block. */
export function cursor(lowering: Lowering, node: ast.BlockExpr, next: Cursor | null): Cursor {
  const facts = lowering.facts.blocks.get(node)
  return {
    statements: node.statements,
    index: 0,
    block: facts === undefined ? null : { facts, patches: new Map() },
    next,
  }
}

/** All statements from a place on; the last gives the value. */
export function statements(lowering: Lowering, from: Cursor, dest: Dest): void {
  let here: Cursor = from
  for (;;) {
    const { statements: list, block, next } = here
    const node = list[here.index]
    if (node === undefined) {
      if (next === null) {
        lowering.finish(unit(endOf(list)), dest)
        return
      }
      here = next
      continue
    }
    if (block !== null) makeFunctions(lowering, block, here.index)
    const after: Cursor = { ...here, index: here.index + 1 }
    const last = (after.index === list.length && next === null) || (abilities(lowering, node) & LEAVES) !== 0
    if (!last && node.kind === "expr" && exits(lowering, node)) {
      const next = inBranch(lowering, node.value, dest, after)
      if (next === null) return
      if (next !== false) {
        here = next
        continue
      }
    }
    statement(lowering, node, last ? dest : DISCARD)
    if (block !== null) patchFunctions(lowering, block, here.index)
    if (last) return
    here = after
  }
}

function endOf(list: readonly ast.Statement[]): Span {
  const last = list.at(-1)
  return last?.span ?? { source: { name: "", text: "" }, start: 0, end: 0 }
}

/**
 * Puts what follows a statement that may be left into the one branch that comes to its end. Gives where to go on in this region, null if all is
 * done, and false if more than one branch comes to its end.
 */
function inBranch(lowering: Lowering, node: ast.Expr, dest: Dest, after: Cursor): Cursor | null | false {
  const { frame } = lowering
  const leaves = (part: ast.Expr | null): boolean => part !== null && (abilities(lowering, part) & LEAVES) !== 0
  if (node.kind === "block") return lowering.cursor(node, after)
  if (node.kind === "match") {
    if (node.arms.filter((arm) => !leaves(arm.body)).length > 1) return false
    lowering.match(node, dest, after)
    if (frame.tookJump() && !isDirect(dest)) frame.guard(node.span)
    return null
  }
  if (node.kind !== "if") return false
  const { condition, then, else: otherwise, span } = node
  // In the middle of an expression, what comes after the block goes on in this region, so only the `else` may take it.
  if (!leaves(then) && (!leaves(otherwise) || !isDirect(dest))) return false
  const test = lowering.value(condition, READ)
  const rest = leaves(then) ? null : after
  const tail = frame.inTail
  const first = frame.inRegion(tail, then.span, () => {
    lowering.statements(lowering.cursor(then, rest), tail ? TAIL : dest)
  })
  if (frame.tookJump() && !tail && !isDirect(dest)) frame.jumped()
  frame.otherwise(test, first, span)
  const next = rest === null ? after : null
  if (otherwise?.kind === "block") return lowering.cursor(otherwise, next)
  if (otherwise === null && next !== null) return next
  return { statements: otherwise === null ? [] : [asStatement(otherwise)], index: 0, block: null, next }
}

/** One statement; `dest` is where its value goes if it is an expression. */
function statement(lowering: Lowering, node: ast.Statement, dest: Dest): void {
  const { frame } = lowering
  switch (node.kind) {
    case "expr": {
      const mark = frame.mark()
      lowering.put(node.value, dest)
      frame.release(mark)
      return
    }
    case "return":
    case "break":
    case "continue":
      lowering.jump(node, dest)
      return
    case "for":
    case "while":
      lowering.loop(node, dest)
      break
    case "let":
      letStatement(lowering, node)
      break
    case "var": {
      const variable = lowering.facts.variables.get(node)
      if (variable === undefined) break
      variable.slot = variable.parts > 0 ? frame.ownedSlot(node.name) : frame.slot(node.name)
      putInto(lowering, node.value, variable.slot)
      break
    }
    case "assign":
      lowering.assign(node)
      break
    case "fn":
    case "type":
    case "import":
    case "test":
    case "bench":
      break
  }
  if (dest.kind !== "discard" && dest.kind !== "turn") lowering.finish(unit(node.span), dest)
}

function putInto(lowering: Lowering, node: ast.Expr, slot: number): void {
  const mark = lowering.frame.mark()
  lowering.put(node, into(slot))
  lowering.frame.release(mark)
}

function letStatement(lowering: Lowering, node: ast.LetStatement): void {
  const { frame } = lowering
  lowering.allocate(node.pattern)
  const variable = lowering.facts.variables.get(node.pattern)
  if (variable !== undefined) {
    putInto(lowering, node.value, variable.slot)
    return
  }
  const mark = frame.mark()
  takeApart(lowering, node.pattern, node.value)
  frame.release(mark)
}

/** Evaluates a value and takes it apart. */
export function takeApart(lowering: Lowering, pattern: ast.Pattern, node: ast.Expr): void {
  const { frame } = lowering
  const mark = frame.mark()
  let core = lowering.value(node, HOLD)
  if (!isAtom(core)) core = frame.spill(core, mark, node.span)
  lowering.destructure(pattern, () => core, "let")
}

// Assignment.

/** `v = e`, `v += e`, `v[i].w = e`, `v ++= e`. */
export function assign(lowering: Lowering, node: ast.AssignStatement): void {
  const { frame } = lowering
  const variable = lowering.facts.variables.get(node)
  if (variable === undefined) return
  const slot = frame.globals.get(variable) ?? variable.slot
  const op = assignOperator(node.op)
  const { span } = node
  if (node.path.length === 0 && node.op === "=") {
    putInto(lowering, node.value, slot)
    return
  }
  const mark = frame.mark()
  if (node.path.length === 0 && op !== "concat") {
    frame.set(slot, compound(lowering, node, op ?? "add", local(slot, node.nameSpan)), span)
    frame.release(mark)
    return
  }
  const steps = node.path.map((step) => (step.kind === "index" ? indexOperands(step.items) : []))
  const values = lowering.operands([...steps.flat(), { node: node.value, use: op === null ? HOLD : READ }])
  const value = values.pop() ?? unit(span)
  const path = node.path.map((step): CoreStep =>
    step.kind === "field" ? step : { ...step, items: indexItems(step.items, values) },
  )
  frame.emit({ kind: "update", slot, owner: slot + 1, path, op, value, span })
  frame.changes(slot)
  frame.release(mark)
}

/** The new value of `v op= e`. */
export function compound(lowering: Lowering, node: ast.AssignStatement, op: string, old: Core): Core {
  const { frame } = lowering
  let left = old
  if ((abilities(lowering, node.value) & ASSIGNS) !== 0) left = frame.spill(left, frame.mark(), node.nameSpan)
  return operate(op, [left, lowering.value(node.value, READ)], node.span)
}
