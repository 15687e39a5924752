/**
 * Statements in order, and what leaving them early means.
 * Before: `if c { return a }; rest`. After: `if c { a } else { rest }`. Where what follows would have to be copied, or a loop is left, the exit is remembered
 * in a flag, and what follows happens only if it is not set. It must not know expressions or patterns.
 */

import type * as ast from "./ast.ts"
import { choose, constant, isAtom, local, operate, sequence, unit } from "./build.ts"
import type { Core, CoreStep } from "./core.ts"
import type { LoopFrame } from "./frame.ts"
import {
  abilities,
  DISCARD,
  exits,
  HOLD,
  into,
  isDirect,
  lifts,
  PART,
  READ,
  TAIL,
  TURN,
  type BlockState,
  type Cursor,
  type Dest,
  type Lowering,
} from "./lowering.ts"
import { asStatement } from "./patterns.ts"
import type { Span } from "./report/span.ts"
import { ASSIGNS, LEAVES, type Variable } from "./scope.ts"
import { assignOperator, indexItems, indexOperands } from "./sequence.ts"

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
    const { jumps } = frame
    lowering.match(node, dest, after)
    if (isDirect(dest)) frame.jumps = jumps
    else if (frame.jumps !== jumps) frame.guard(node.span)
    return null
  }
  if (node.kind !== "if") return false
  const { condition, then, else: otherwise, span } = node
  // In the middle of an expression, what comes after the block goes on in this region, so only the `else` may take it.
  if (!leaves(then) && (!leaves(otherwise) || !isDirect(dest))) return false
  const test = lowering.value(condition, READ)
  const rest = leaves(then) ? null : after
  const tail = frame.inTail
  const { jumps } = frame
  const first = frame.inRegion(tail, then.span, () => {
    lowering.statements(lowering.cursor(then, rest), tail ? TAIL : dest)
  })
  if (tail || isDirect(dest)) frame.jumps = jumps
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

// Loops and exits.

/** `for` and `while`. */
export function loop(lowering: Lowering, node: ast.ForStatement | ast.WhileStatement, dest: Dest): void {
  const { frame } = lowering
  const { span } = node
  const facts = lowering.facts.loops.get(node)
  if (facts === undefined) return
  const mark = frame.mark()
  const source = node.kind === "for" ? lowering.value(node.source, facts.changesSource ? HOLD : PART) : null
  frame.release(mark)
  const asks = node.kind === "while" && lifts(lowering, node.condition)
  let exit: number | null = null
  if (facts.breaks || asks) {
    exit = frame.slot(null)
    frame.set(exit, constant(false, span), span)
  } else if (facts.returns) exit = frame.returning(span).returned
  const state = frame.enterLoop(exit, facts.continues)
  const { jumps, returns } = frame
  const turn = (): void => {
    lowering.statements(lowering.cursor(node.body, null), TURN)
  }
  let slot = -1
  let condition: Core = constant(true, span)
  if (node.kind === "while" && !asks) condition = lowering.value(node.condition, READ)
  let body = frame.inRegion(false, node.body.span, () => {
    if (node.kind === "for") slot = element(lowering, node.pattern)
    if (node.kind === "for" || !asks) turn()
    else {
      const test = lowering.value(node.condition, READ)
      const then = frame.inRegion(false, node.body.span, turn)
      const stop = frame.inRegion(false, span, () => {
        if (exit !== null) frame.set(exit, constant(true, span), span)
      })
      frame.emit(choose(test, then, stop, node.condition.span))
    }
  })
  if (state.prologue.length > 0) body = sequence([...state.prologue, body], node.body.span)
  frame.loops.pop()
  frame.jumps = jumps
  const carried = [...state.carried].sort((a, b) => a - b)
  if (source === null) frame.emit({ kind: "while", condition, body, exit, carried, span })
  else frame.emit({ kind: "for", slot, source, body, exit, carried, span })
  if (frame.returns !== returns) afterReturn(lowering, dest, span)
  frame.release(mark)
}

/** The slot of a loop's element; a pattern is taken apart. */
function element(lowering: Lowering, pattern: ast.Pattern): number {
  const variable = lowering.facts.variables.get(pattern)
  if (variable !== undefined) {
    lowering.allocate(pattern)
    return variable.slot
  }
  const slot = lowering.frame.slot(null)
  lowering.destructure(pattern, () => local(slot, pattern.span), "for")
  return slot
}

/** Behind a loop that may have met a `return`: leaves what is around it too. */
function afterReturn(lowering: Lowering, dest: Dest, span: Span): void {
  const { frame } = lowering
  const { returned, result } = frame.returning(span)
  const outer = frame.loops.at(-1)
  if (!isDirect(dest)) frame.jumps++
  if (outer === undefined) {
    frame.otherwise(local(returned, span), frame.inTail ? local(result, span) : unit(span), span, !frame.inTail)
    return
  }
  const then = frame.inRegion(false, span, () => {
    if (outer.exit !== null && outer.exit !== returned) frame.set(outer.exit, constant(true, span), span)
    if (!isDirect(dest)) leaveTurn(lowering, outer, span)
  })
  frame.otherwise(local(returned, span), then, span, true)
}

/** Remembers that the rest of the turn is left out. */
function leaveTurn(lowering: Lowering, loop: LoopFrame, span: Span): void {
  const { frame } = lowering
  const away = frame.away(loop, span)
  if (away !== loop.exit) frame.set(away, constant(true, span), span)
}

/** `return`, `break`, `continue`. */
export function jump(
  lowering: Lowering,
  node: ast.ReturnStatement | ast.BreakStatement | ast.ContinueStatement,
  dest: Dest,
): void {
  const { frame } = lowering
  if (frame.isLeft) return
  const { span } = node
  const loop = frame.loops.at(-1)
  if (node.kind === "return") {
    const value: ast.Expr = node.value ?? { kind: "unit", span }
    if (dest.kind === "tail") {
      lowering.put(value, dest)
      return
    }
    const { returned, result } = frame.returning(span)
    putInto(lowering, value, result)
    if (frame.isLeft) return
    frame.returns++
    frame.set(returned, constant(true, span), span)
    if (loop !== undefined && loop.exit !== null && loop.exit !== returned)
      frame.set(loop.exit, constant(true, span), span)
  } else if (loop === undefined) return
  else if (node.kind === "break" && loop.exit !== null) frame.set(loop.exit, constant(true, span), span)
  if (isDirect(dest)) return
  frame.jumps++
  if (loop !== undefined) leaveTurn(lowering, loop, span)
  frame.stop(span)
}

// Local functions.

/** Makes the functions whose time has come. */
function makeFunctions(lowering: Lowering, block: BlockState, index: number): void {
  const { frame } = lowering
  const group = block.facts.madeAt(index)
  if (group.length === 0) return
  for (const { variable } of group) variable.slot = frame.slot(variable.name)
  const made = new Set<Variable>()
  const later: { readonly slot: number; readonly index: number; readonly variable: Variable }[] = []
  const waiting = new Set(group.map((fn) => fn.variable))
  for (const { node, variable, index: defined } of group) {
    const facts = variable.fn
    if (facts === null) continue
    const code = lowering.code(node, facts)
    const captures = facts.captures.map((captured, i): Core | null => {
      if (waiting.has(captured) && !made.has(captured)) {
        later.push({ slot: variable.slot, index: i, variable: captured })
        return null
      }
      const when = patchTime(lowering, block, captured, index, defined)
      if (when === null) return lowering.read(captured, node.nameSpan, HOLD)
      const patches = block.patches.get(when) ?? []
      block.patches.set(when, [...patches, { fn: variable, index: i, variable: captured }])
      return null
    })
    frame.set(variable.slot, { kind: "lambda", code, captures, span: node.span }, node.span)
    made.add(variable)
  }
  for (const { slot, index: at, variable } of later) patch(lowering, slot, at, variable)
}

/** After which statement a capture can be filled in, or null if it can be now. */
function patchTime(
  lowering: Lowering,
  block: BlockState,
  captured: Variable,
  now: number,
  defined: number,
): number | null {
  if (captured.home !== lowering.frame.fn) return null
  if (captured.binder === "var") return defined > now ? defined : null
  return captured.block === block.facts && captured.binder !== "fn" && captured.index >= now ? captured.index : null
}

function patchFunctions(lowering: Lowering, block: BlockState, index: number): void {
  for (const { fn, index: at, variable } of block.patches.get(index) ?? []) patch(lowering, fn.slot, at, variable)
}

function patch(lowering: Lowering, slot: number, index: number, variable: Variable): void {
  const { span } = variable
  lowering.frame.emit({ kind: "patch", slot, index, value: lowering.read(variable, span, HOLD), span })
}
