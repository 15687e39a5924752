/**
 * Loops, and what leaving them early means.
 * Before: `for x in xs { if x > c { return x } }`. After: `for … until returned { if x > c { result := x; returned := true } }; if returned { result }`. A
 * `break` or `continue` at the end of a turn needs no flag, one in the middle of things sets a flag that guards what follows. A call in a `return` is kept until
 * the loop is over, so that it replaces the running frame. It must not know expressions or patterns.
 */

import type * as ast from "../ast.ts"
import { choose, constant, isAtom, local, sequence } from "./build.ts"
import type { Core } from "../core.ts"
import type { LoopFrame } from "./frame.ts"
import { HOLD, into, isDirect, lifts, PART, READ, TURN, type Dest, type Lowering } from "./lowering.ts"
import type { Span } from "../report/span.ts"

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
  const { returns } = frame
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
  frame.tookJump()
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
  const { returned } = frame.returning(span)
  const outer = frame.loops.at(-1)
  if (outer === undefined) {
    frame.guard(span)
    return
  }
  const then = frame.inRegion(false, span, () => {
    if (outer.exit !== null && outer.exit !== returned) frame.set(outer.exit, constant(true, span), span)
    if (!isDirect(dest)) leaveTurn(lowering, outer, span)
  })
  frame.otherwise(local(returned, span), then, span, true)
  if (!isDirect(dest)) frame.jumped()
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
    const { returned } = frame.returning(span)
    keepResult(lowering, value)
    if (frame.isLeft) return
    frame.returns++
    frame.set(returned, constant(true, span), span)
    if (loop !== undefined && loop.exit !== null && loop.exit !== returned)
      frame.set(loop.exit, constant(true, span), span)
  } else if (loop === undefined) return
  else if (node.kind === "break" && loop.exit !== null) frame.set(loop.exit, constant(true, span), span)
  if (isDirect(dest)) return
  if (loop !== undefined) leaveTurn(lowering, loop, span)
  frame.stop(span)
}

/** Keeps what a `return` gives until the function is left: its value, or a call of a function of the program with its arguments. */
function keepResult(lowering: Lowering, node: ast.Expr): void {
  const { frame } = lowering
  const mark = frame.mark()
  const { result } = frame.returning(node.span)
  const call = node.kind === "call" ? lowering.call(node) : null
  if (call === null) lowering.put(node, into(result))
  else if (call.kind !== "call" || call.callee.kind === "builtin" || call.callee.kind === "constructor")
    frame.set(result, call, node.span)
  else if (!frame.isLeft) {
    const keep = (core: Core): Core => {
      if (isAtom(core) && core.kind !== "local") return core
      const slot = frame.lasting()
      frame.set(slot, core, core.span)
      return local(slot, core.span)
    }
    const callee = keep(call.callee)
    const args = call.args.map(keep)
    const named = call.named.map(({ name, value }) => ({ name, value: keep(value) }))
    frame.set(frame.leaveWithCall({ ...call, callee, args, named, tail: true }), constant(true, node.span), node.span)
    frame.release(mark)
    return
  }
  frame.release(mark)
  if (!frame.isLeft) frame.leaveWithValue()
}
