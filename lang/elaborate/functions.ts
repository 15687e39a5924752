/**
 * Functions become code, and comprehensions become one node.
 * Parameters are the first slots; defaults and patterns are the prologue, in the order of the parameters, so that each sees those before it. It must not know
 * statements.
 */

import type * as ast from "../ast.ts"
import { local, unit } from "./build.ts"
import type { Code, ComprehendCore, Core, CoreParam } from "../core.ts"
import { Frame } from "./frame.ts"
import { HOLD, isQuiet, LAST, lifts, PART, TAIL, type Lowering } from "./lowering.ts"
import type { Span } from "../report/span.ts"
import type { FunctionFacts } from "../scope.ts"

/** A closure made where the lambda stands. */
export function lambda(lowering: Lowering, node: ast.LambdaExpr): Core {
  const { span } = node
  const fn = lowering.facts.functions.get(node)
  if (fn === undefined) return unit(span)
  const code = lowering.code(node, fn)
  return { kind: "lambda", code, captures: fn.captures.map((variable) => lowering.read(variable, span, HOLD)), span }
}

/** The code of a function. */
export function code(lowering: Lowering, node: ast.LambdaExpr | ast.FnStatement, fn: FunctionFacts): Code {
  const doc = node.kind === "fn" ? node.doc : null
  return framed(lowering, fn, { name: fn.name, span: node.span, doc }, (frame) => {
    const params = node.params.map((param): CoreParam => {
      const { pattern, span } = param
      const name = pattern.kind === "namePattern" ? pattern.name : null
      const slot = frame.slot(name)
      const variable = lowering.facts.variables.get(pattern)
      if (variable !== undefined) variable.slot = slot
      return { name, slot, required: param.default === null, text: span.source.text.slice(span.start, span.end) }
    })
    for (const [slot, param] of node.params.entries()) {
      const { pattern, default: standard } = param
      if (standard !== null) {
        const value = frame.inRegion(false, standard.span, () => {
          lowering.put(standard, LAST)
        })
        frame.emit({ kind: "default", slot, value, span: param.span })
      }
      if (pattern.kind !== "namePattern") lowering.destructure(pattern, () => local(slot, pattern.span), "parameter")
    }
    lowering.put(node.body, TAIL)
    return params
  })
}

/** Code made in a frame of its own; effects of what it contains are effects of what contains it. */
export function framed(
  lowering: Lowering,
  fn: FunctionFacts,
  about: { readonly name: string; readonly span: Span; readonly doc: string | null },
  fill: (frame: Frame) => readonly CoreParam[],
): Code {
  const outer = lowering.frame
  const frame = new Frame(fn)
  lowering.frame = frame
  const params = fill(frame)
  const body = frame.finish(about.span)
  lowering.frame = outer
  outer.effects ||= frame.effects
  return {
    ...about,
    params,
    slots: frame.slotNames.length,
    slotNames: frame.slotNames,
    captureNames: fn.captures.map((variable) => variable.name),
    body,
    effects: frame.effects,
  }
}

/** `[e for i in A, j in B]` nests; with a condition the clauses stay in one node and the result is flat. */
export function comprehension(lowering: Lowering, node: ast.ComprehensionExpr): Core {
  const { frame } = lowering
  const mark = frame.mark()
  const core = node.condition === null ? nested(lowering, node, 0) : flat(lowering, node, node.condition)
  // In an expression the slots stay taken until the expression has been evaluated.
  if (!isQuiet(lowering, node)) frame.release(mark)
  return core
}

/** Something emitted as a body of its own, its value last. */
function body(lowering: Lowering, node: ast.Expr): Core {
  return lowering.frame.inRegion(false, node.span, () => {
    lowering.put(node, LAST)
  })
}

function nested(lowering: Lowering, node: ast.ComprehensionExpr, depth: number): Core {
  const { frame } = lowering
  const clause = node.clauses[depth]
  if (clause === undefined) return unit(node.span)
  const last = depth === node.clauses.length - 1
  const source = lowering.value(clause.source, PART)
  const { slot, prologue } = elementOf(lowering, clause.pattern)
  const element = last
    ? body(lowering, node.element)
    : frame.inRegion(false, node.span, () => {
        const mark = frame.mark()
        const inner = nested(lowering, node, depth + 1)
        const quiet = !innerLifts(lowering, node, depth + 1)
        frame.emit(quiet ? inner : frame.spill(inner, mark, node.span))
      })
  return { kind: "comprehend", clauses: [{ slot, source, prologue }], condition: null, element, span: node.span }
}

/** May what is inside clause `depth` run user code? */
function innerLifts(lowering: Lowering, node: ast.ComprehensionExpr, depth: number): boolean {
  return lifts(lowering, node.element) || node.clauses.slice(depth + 1).some((clause) => lifts(lowering, clause.source))
}

function flat(lowering: Lowering, node: ast.ComprehensionExpr, condition: ast.Expr): Core {
  const clauses = node.clauses.map((clause, i): ComprehendCore["clauses"][number] => {
    const source = i === 0 ? lowering.value(clause.source, PART) : body(lowering, clause.source)
    return { source, ...elementOf(lowering, clause.pattern) }
  })
  return {
    kind: "comprehend",
    clauses,
    condition: body(lowering, condition),
    element: body(lowering, node.element),
    span: node.span,
  }
}

/** The slot of a clause's element, and what takes it apart. */
function elementOf(lowering: Lowering, pattern: ast.Pattern): { slot: number; prologue: Core | null } {
  const { frame } = lowering
  const variable = lowering.facts.variables.get(pattern)
  if (variable !== undefined) {
    lowering.allocate(pattern)
    return { slot: variable.slot, prologue: null }
  }
  const slot = frame.slot(null)
  if (pattern.kind === "wildcard") return { slot, prologue: null }
  lowering.allocate(pattern)
  const prologue = frame.inRegion(false, pattern.span, () => {
    lowering.destructure(pattern, () => local(slot, pattern.span), "for")
  })
  return { slot, prologue }
}
