/**
 * Expressions: what may run user code is lifted out of them into statements, strictly from left to right.
 * Before: `g(x) + 2 * h(y)`. After: `set t0 = g(x); set t1 = h(y); t0 + 2 * t1`. What stands to the left of something that is lifted is kept in a temporary
 * unless it is an atom. It must not know statements or patterns.
 */

import type * as ast from "../ast.ts"
import { choose, constant, isAtom, local, operate, unit } from "./build.ts"
import type { CallCore, Core, CoreSlice, CoreSpread } from "../core.ts"
import {
  abilities,
  HOLD,
  into,
  isDirect,
  isQuiet,
  lifts,
  PART,
  READ,
  type Dest,
  type Lowering,
  type Use,
} from "./lowering.ts"
import { binary, compare, isVariable, logicChain } from "./chains.ts"
import type { Span } from "../report/span.ts"
import { ASSIGNS, LEAVES, LIFTS, type Variable } from "../scope.ts"

/** The value of an expression; what it needs first is emitted. */
export function value(lowering: Lowering, node: ast.Expr, use: Use): Core {
  const { span } = node
  switch (node.kind) {
    case "number":
    case "boolean":
      return constant(node.value, span)
    case "unit":
    case "error":
      return unit(span)
    case "string":
      return string(lowering, node)
    case "name":
      return name(lowering, node, use)
    case "array":
      return array(lowering, node)
    case "tuple":
      return { kind: "tuple", items: lowering.operands(node.items.map(held)), span }
    case "record":
      return record(lowering, node)
    case "lambda":
      return lowering.lambda(node)
    case "call":
      return placed(lowering, node, () => lowering.call(node))
    case "index": {
      const [target, ...rest] = lowering.operands([
        { node: node.target, use: use === READ ? READ : PART },
        ...indexOperands(node.items),
      ])
      return { kind: "index", target: target ?? unit(span), items: indexItems(node.items, rest), span }
    }
    case "field": {
      if (lowering.facts.meanings.has(node)) return name(lowering, node, use)
      return { kind: "field", target: lowering.value(node.target, use === READ ? READ : PART), name: node.name, span }
    }
    case "derivative":
      return operate("diff", [lowering.value(node.target, HOLD)], span)
    case "unary": {
      if (node.op === "-" && node.operand.kind === "number") return constant(-node.operand.value, span)
      return operate(node.op === "-" ? "neg" : "not", [lowering.value(node.operand, READ)], span)
    }
    case "binary":
      return binary(lowering, node)
    case "compare":
      return compare(lowering, node)
    case "logic":
      return logicChain(lowering, node)
    case "range": {
      const [from, to] = lowering.operands([read(node.from), read(node.to)])
      return { kind: "range", from: from ?? unit(span), to: to ?? unit(span), inclusive: node.inclusive, span }
    }
    case "if":
      return lifts(lowering, node) ? inTemporary(lowering, node) : pureIf(lowering, node, use)
    case "block": {
      const [only] = node.statements
      if (only === undefined) return unit(span)
      if (node.statements.length === 1 && only.kind === "expr") return lowering.value(only.value, use)
      return inTemporary(lowering, node)
    }
    case "match":
      return inTemporary(lowering, node)
    case "comprehension":
      return placed(lowering, node, () => lowering.comprehension(node))
  }
}

const held = (node: ast.Expr): { node: ast.Expr; use: Use } => ({ node, use: HOLD })
const read = (node: ast.Expr): { node: ast.Expr; use: Use } => ({ node, use: READ })

/** A call or comprehension: in place, or lifted if it may run user code. */
function placed(lowering: Lowering, node: ast.CallExpr | ast.ComprehensionExpr, make: () => Core): Core {
  const mark = lowering.frame.mark()
  const core = make()
  return staysInside(lowering, node, core) ? core : lowering.frame.spill(core, mark, node.span)
}

/** True if a call or comprehension may stand in an expression. */
export function staysInside(lowering: Lowering, node: ast.CallExpr | ast.ComprehensionExpr, core: Core): boolean {
  if (node.kind === "comprehension") return isQuiet(lowering, node)
  if (core.kind !== "call") return true
  if (core.callee.kind === "constructor") return true
  if (core.callee.kind !== "builtin") return false
  const meaning = lowering.facts.meanings.get(node.callee)
  return meaning?.kind === "builtin" && !meaning.callsBack
}

/** A construct that is statements, its value in a temporary. */
function inTemporary(lowering: Lowering, node: ast.Expr): Core {
  const slot = lowering.frame.slot(null)
  lowering.put(node, into(slot))
  return local(slot, node.span)
}

function pureIf(lowering: Lowering, node: ast.IfExpr, use: Use): Core {
  const steps: { condition: Core; then: Core; span: Span }[] = []
  let last: ast.IfExpr | ast.BlockExpr | null = node
  while (last?.kind === "if") {
    steps.push({
      condition: lowering.value(last.condition, READ),
      then: lowering.value(last.then, use),
      span: last.span,
    })
    last = last.else
  }
  let core = last === null ? unit(node.span) : lowering.value(last, use)
  for (const step of steps.reverse()) core = choose(step.condition, step.then, core, step.span)
  return core
}

function string(lowering: Lowering, node: ast.StringExpr): Core {
  if (node.parts.every((part) => typeof part === "string")) return constant(node.parts.join(""), node.span)
  const values = lowering.operands(node.parts.filter((part) => typeof part !== "string").map(read))
  const parts = node.parts.map((part) => (typeof part === "string" ? part : (values.shift() ?? "")))
  return { kind: "string", parts, span: node.span }
}

function name(lowering: Lowering, node: ast.NameExpr | ast.FieldExpr, use: Use): Core {
  const meaning = lowering.facts.meanings.get(node)
  const { span } = node
  switch (meaning?.kind) {
    case "variable":
      return lowering.read(meaning, span, use)
    case "builtin":
      lowering.frame.effects ||= meaning.effect
      return { kind: "builtin", name: meaning.name, span }
    case "variant":
      return { kind: "constructor", variant: meaning.variant, span }
    case "constant":
      return constant(meaning.value, span)
    default:
      return unit(span)
  }
}

/** The value of a variable at this place of the code. */
export function readVariable(lowering: Lowering, variable: Variable, span: Span, use: Use): Core {
  const { frame } = lowering
  const holds = use === HOLD ? variable.parts > 0 : use === PART && variable.parts === 2
  const index = frame.fn.captureIndex(variable)
  if (index !== undefined) return { kind: "capture", index, span }
  const slot = variable.cell === null ? variable.slot : frame.globals.get(variable)
  if (slot !== undefined) return { kind: "local", slot, holds, span }
  return variable.cell === null ? unit(span) : { kind: "global", cell: variable.cell, span }
}

function array(lowering: Lowering, node: ast.ArrayExpr): Core {
  const values = lowering.operands(
    node.items.map((item) => (item.kind === "spread" ? { node: item.value, use: PART } : held(item))),
  )
  const items = values.map((core, i): Core | CoreSpread => {
    const item = node.items[i]
    return item?.kind === "spread" ? { kind: "spread", value: core, span: item.span } : core
  })
  return { kind: "array", items, span: node.span }
}

function record(lowering: Lowering, node: ast.RecordExpr): Core {
  const values = lowering.operands(
    node.fields.map((field) => ({ node: field.value, use: field.kind === "spread" ? PART : HOLD })),
  )
  const fields = node.fields.map((field, i) => {
    const core = values[i] ?? unit(field.span)
    return field.kind === "spread"
      ? { kind: "spread" as const, value: core, span: field.span }
      : { kind: "field" as const, name: field.name, value: core }
  })
  return { kind: "record", fields, span: node.span }
}

/** The call with its callee and arguments evaluated; not yet placed. */
export function call(lowering: Lowering, node: ast.CallExpr): CallCore {
  const meaning = lowering.facts.meanings.get(node.callee)
  const use = meaning?.kind === "builtin" && meaning.keeps === false ? READ : HOLD
  const args = node.args.map((arg) => ({ node: arg, use }))
  const named = node.named.map((arg) => ({ node: arg.value, use }))
  const callee = { node: node.callee, use: READ }
  const first = args[0]
  const piped = node.piped && first !== undefined
  const order = piped ? [first, callee, ...args.slice(1), ...named] : [callee, ...args, ...named]
  const values = lowering.operands(order)
  const [target] = values.splice(piped ? 1 : 0, 1)
  return {
    kind: "call",
    callee: target ?? unit(node.span),
    args: values.slice(0, args.length),
    named: node.named.map((arg, i) => ({ name: arg.name, value: values[args.length + i] ?? unit(arg.span) })),
    tail: false,
    span: node.span,
  }
}

/** Expressions that are evaluated one after the other. */
export function operands(lowering: Lowering, items: readonly { readonly node: ast.Expr; readonly use: Use }[]): Core[] {
  const { frame } = lowering
  let lastLift = -1
  let lastAssign = -1
  for (const [i, { node }] of items.entries()) {
    const can = abilities(lowering, node)
    if ((can & LIFTS) !== 0) lastLift = i
    if ((can & ASSIGNS) !== 0) lastAssign = i
  }
  return items.map(({ node, use }, i) => {
    const kept = i < lastLift && (i < lastAssign || node.kind !== "name")
    const mark = frame.mark()
    const emitted = frame.emitted
    const core = lowering.value(node, kept ? HOLD : use)
    if (i > lastLift && frame.emitted !== emitted)
      throw new Error(`an expression of kind ${node.kind} was not expected to emit`)
    return kept && (!isAtom(core) || (i < lastAssign && isVariable(lowering, core)))
      ? frame.spill(core, mark, node.span)
      : core
  })
}

/** The expressions of an index, in order. */
export function indexOperands(items: readonly (ast.Expr | ast.Slice)[]): { node: ast.Expr; use: Use }[] {
  const found: { node: ast.Expr; use: Use }[] = []
  for (const item of items) {
    if (item.kind !== "slice") found.push(read(item))
    else {
      if (item.from !== null) found.push(read(item.from))
      if (item.to !== null) found.push(read(item.to))
    }
  }
  return found
}

/** The items of an index, from the values of its expressions, which are used up. */
export function indexItems(items: readonly (ast.Expr | ast.Slice)[], values: Core[]): (Core | CoreSlice)[] {
  return items.map((item) => {
    if (item.kind !== "slice") return values.shift() ?? unit(item.span)
    const from = item.from === null ? null : (values.shift() ?? null)
    const to = item.to === null ? null : (values.shift() ?? null)
    return { kind: "slice", from, to, inclusive: item.inclusive, span: item.span }
  })
}

/** Sends the value of an expression where it goes. */
export function put(lowering: Lowering, node: ast.Expr, dest: Dest): void {
  const { frame } = lowering
  switch (node.kind) {
    case "if":
    case "match": {
      if (node.kind === "if" && dest.kind === "into" && !lifts(lowering, node)) break
      if (node.kind === "if") lowering.choose(node, dest)
      else lowering.match(node, dest, null)
      if (!frame.tookJump() || isDirect(dest)) return
      if ((abilities(lowering, node) & LEAVES) !== 0) frame.stop(node.span)
      else frame.guard(node.span)
      return
    }
    case "block":
      lowering.block(node, dest)
      return
    case "call": {
      const mark = frame.mark()
      const core = lowering.call(node)
      if (core.kind !== "call" || staysInside(lowering, node, core)) lowering.finish(core, dest)
      else if (dest.kind === "tail") frame.emit({ ...core, tail: true })
      else if (dest.kind === "into") frame.set(dest.slot, core, node.span)
      else if (dest.kind === "last") lowering.finish(frame.spill(core, mark, node.span), dest)
      else frame.emit(core)
      return
    }
    case "comprehension": {
      if (dest.kind === "last") break
      lowering.finish(lowering.comprehension(node), dest)
      return
    }
    default:
  }
  lowering.finish(lowering.value(node, dest.kind === "discard" || dest.kind === "turn" ? READ : HOLD), dest)
}

/** Sends code that is a value where it goes. */
export function finish(lowering: Lowering, core: Core, dest: Dest): void {
  const { frame } = lowering
  if (dest.kind === "into") frame.set(dest.slot, core, core.span)
  else if (dest.kind === "tail" || dest.kind === "last") frame.emit(core)
  else if (!isAtom(core)) frame.emit(core)
}

/** `if`, with a chain of `else if` in one go. */
export function chooseInto(lowering: Lowering, node: ast.IfExpr, dest: Dest): void {
  const { frame } = lowering
  const tail = dest.kind === "tail"
  const core = frame.inRegion(tail, node.span, () => {
    let last: ast.IfExpr | ast.BlockExpr | null = node
    while (last?.kind === "if") {
      const { condition, then, span }: ast.IfExpr = last
      const mark = frame.mark()
      const test = lowering.value(condition, READ)
      frame.release(mark)
      const branch = frame.inBranch(tail, then.span, () => {
        lowering.put(then, dest)
      })
      frame.otherwise(test, branch, span)
      last = last.else
    }
    if (last === null) lowering.finish(unit(node.span), dest)
    else lowering.put(last, dest)
  })
  if (core.kind === "seq") for (const item of core.items) frame.emit(item)
  else frame.emit(core)
}
