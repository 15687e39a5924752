/**
 * Patterns become tests and parts.
 * Before: `Node(l, r) if l > 0 => e`. After: `set hit = s is Node; if hit { set l = s.0; set r = s.1; set hit = l > 0 }; if hit { e } else { next arm }`.
 * A condition is one expression, so that no arm is copied. It must not know where a value goes.
 */

import type * as ast from "../ast.ts"
import { and, choose, constant, isAtom, local, part, test, unit } from "./build.ts"
import type { Core, PartCore, TestCore } from "../core.ts"
import { abilities, HOLD, lifts, PART, READ, type Cursor, type Dest, type Lowering, type Use } from "./lowering.ts"
import { subpatterns } from "./names.ts"
import type { Span } from "../report/span.ts"
import { ASSIGNS, LEAVES, type Variable } from "../scope.ts"

/** Code that gives the value being taken apart. */
type Subject = (use: Use) => Core

/** `match`: the arms one after the other, each in the `else` of the one before; `rest` goes to the arm that comes to its end. */
export function match(lowering: Lowering, node: ast.MatchExpr, dest: Dest, rest: Cursor | null): void {
  const { frame } = lowering
  const subject = subjectOf(lowering, node)
  const tail = dest.kind === "tail"
  const body = (arm: ast.MatchArm): void => {
    if (rest === null || (abilities(lowering, arm.body) & LEAVES) !== 0) lowering.put(arm.body, dest)
    else lowering.statements({ statements: [asStatement(arm.body)], index: 0, block: null, next: rest }, dest)
  }
  const core = frame.inRegion(tail, node.span, () => {
    for (const arm of node.arms) {
      const { pattern, guard } = arm
      const condition = conditionOf(lowering, pattern, subject)
      const binds = variablesOf(lowering, pattern).length > 0
      if (guard === null && condition === null) {
        bind(lowering, pattern, subject)
        body(arm)
        return
      }
      let fits: Core
      if (guard === null) fits = condition ?? constant(true, pattern.span)
      else if (!binds && !lifts(lowering, guard)) {
        const guarded = lowering.value(guard, READ)
        fits = condition === null ? guarded : and(condition, guarded, guard.span)
      } else {
        const hit = frame.slot(null)
        allocate(lowering, pattern)
        const ask = (): void => {
          bind(lowering, pattern, subject)
          frame.set(hit, lowering.value(guard, READ), guard.span)
        }
        if (condition === null) ask()
        else {
          frame.set(hit, condition, pattern.span)
          frame.emit(
            choose(local(hit, pattern.span), frame.inRegion(false, guard.span, ask), unit(guard.span), guard.span),
          )
          if (frame.tookJump()) frame.guard(guard.span)
        }
        fits = local(hit, guard.span)
      }
      const then = frame.inBranch(tail, arm.span, () => {
        // After a guard once more: what a slot holds must not depend on which branch was taken before.
        if (guard === null || condition !== null) bind(lowering, pattern, subject)
        body(arm)
      })
      frame.otherwise(fits, then, arm.span)
    }
    frame.emit({ kind: "fail", what: "match", target: subject(READ), expected: "", span: node.subject.span })
  })
  if (core.kind === "seq") for (const item of core.items) frame.emit(item)
  else frame.emit(core)
}

/** An expression as a statement. */
export function asStatement(value: ast.Expr): ast.ExprStatement {
  return { kind: "expr", value, silent: false, span: value.span }
}

function subjectOf(lowering: Lowering, node: ast.MatchExpr): Subject {
  const { frame } = lowering
  const { span } = node.subject
  const mark = frame.mark()
  const named = node.subject.kind === "name"
  const assigned = node.arms.some((arm) => arm.guard !== null && (abilities(lowering, arm.guard) & ASSIGNS) !== 0)
  const core = lowering.value(node.subject, named && !assigned ? READ : HOLD)
  if (!isAtom(core) || (assigned && core.kind === "local")) {
    const kept = frame.spill(core, mark, span)
    return () => kept
  }
  return named ? (use) => lowering.value(node.subject, use) : () => core
}

/** Takes apart a value that must fit. */
export function destructure(
  lowering: Lowering,
  pattern: ast.Pattern,
  subject: Subject,
  what: "let" | "for" | "parameter",
): void {
  const { frame } = lowering
  const { span } = pattern
  const condition = conditionOf(lowering, pattern, subject)
  if (condition !== null) {
    const expected = span.source.text.slice(span.start, span.end)
    frame.emit(choose(condition, unit(span), { kind: "fail", what, target: subject(READ), expected, span }, span))
  }
  bind(lowering, pattern, subject)
}

/** Gives the names of a pattern their slots, unless they have them. */
export function allocate(lowering: Lowering, pattern: ast.Pattern): void {
  for (const variable of variablesOf(lowering, pattern))
    if (variable.slot === -1) variable.slot = lowering.frame.slot(variable.name)
}

function bind(lowering: Lowering, pattern: ast.Pattern, subject: Subject): void {
  allocate(lowering, pattern)
  for (const [variable, core] of bindingsOf(lowering, pattern, subject))
    lowering.frame.set(variable.slot, core, variable.span)
}

/** The variables that a pattern binds, each once. */
function variablesOf(lowering: Lowering, pattern: ast.Pattern): readonly Variable[] {
  const found = new Set<Variable>()
  const pending: ast.Pattern[] = [pattern]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const key of next.kind === "arrayPattern" && next.rest !== null ? [next, next.rest] : [next]) {
      const variable = lowering.facts.variables.get(key)
      if (variable !== undefined) found.add(variable)
    }
    pending.push(...[...subpatterns(next)].reverse())
  }
  return [...found]
}

/** What must hold for a pattern to fit, or null if it always fits. */
function conditionOf(lowering: Lowering, pattern: ast.Pattern, subject: Subject): Core | null {
  const { span } = pattern
  if (pattern.kind === "orPattern") {
    let any: Core | null = null
    for (const alternative of pattern.alternatives) {
      const one = conditionOf(lowering, alternative, subject)
      if (one === null) return null
      any = any === null ? one : { kind: "logic", op: "or", left: any, right: one, span }
    }
    return any
  }
  const form = formOf(lowering, pattern)
  let all: Core | null = form === null ? null : test(subject(READ), form, span)
  for (const [piece, inner] of piecesOf(lowering, pattern)) {
    const one = conditionOf(lowering, inner, () => part(subject(READ), piece, inner.span))
    if (one !== null) all = all === null ? one : and(all, one, inner.span)
  }
  return all
}

function formOf(lowering: Lowering, pattern: ast.Pattern): TestCore["form"] | null {
  switch (pattern.kind) {
    case "literalPattern":
      return { kind: "literal", value: pattern.value }
    case "tuplePattern":
      return { kind: "tuple", size: pattern.items.length }
    case "recordPattern":
      return { kind: "record", names: pattern.fields.map((field) => field.name) }
    case "arrayPattern":
      return { kind: "array", min: pattern.before.length + pattern.after.length, exact: pattern.rest === null }
    case "namePattern":
    case "variantPattern": {
      const variant = lowering.facts.variants.get(pattern)
      return variant === undefined ? null : { kind: "variant", variant }
    }
    case "wildcard":
    case "orPattern":
      return null
  }
}

/** The parts of a value that a pattern's own patterns are about. */
function piecesOf(lowering: Lowering, pattern: ast.Pattern): readonly (readonly [PartCore["part"], ast.Pattern])[] {
  switch (pattern.kind) {
    case "tuplePattern":
      return pattern.items.map((item, index) => [{ kind: "tupleItem", index }, item])
    case "recordPattern":
      return pattern.fields.map((field) => [{ kind: "recordField", name: field.name }, field.pattern])
    case "variantPattern": {
      const variant = lowering.facts.variants.get(pattern)
      return pattern.fields.map((field, i) => {
        const index = field.name === null ? i : (variant?.fields.indexOf(field.name) ?? i)
        return [{ kind: "variantField", index }, field.pattern]
      })
    }
    case "arrayPattern": {
      const { before, after } = pattern
      return [
        ...before.map((item, index): readonly [PartCore["part"], ast.Pattern] => [{ kind: "arrayItem", index }, item]),
        ...after.map((item, i): readonly [PartCore["part"], ast.Pattern] => [
          { kind: "arrayItem", index: i - after.length },
          item,
        ]),
      ]
    }
    default:
      return []
  }
}

/** What each variable of a pattern becomes, once the pattern fits. */
function bindingsOf(lowering: Lowering, pattern: ast.Pattern, subject: Subject): ReadonlyMap<Variable, Core> {
  const found = new Map<Variable, Core>()
  if (pattern.kind === "orPattern") return alternativeBindings(lowering, pattern, subject)
  const own = lowering.facts.variables.get(pattern)
  if (own !== undefined) found.set(own, subject(HOLD))
  for (const [piece, inner] of piecesOf(lowering, pattern))
    for (const [variable, core] of bindingsOf(lowering, inner, (use) => piecePart(subject, piece, use, inner.span)))
      found.set(variable, core)
  if (pattern.kind === "arrayPattern" && pattern.rest !== null) {
    const rest = lowering.facts.variables.get(pattern.rest)
    const piece = { kind: "arrayRest", from: pattern.before.length, drop: pattern.after.length } as const
    if (rest !== undefined) found.set(rest, piecePart(subject, piece, HOLD, pattern.rest.span))
  }
  return found
}

function piecePart(subject: Subject, piece: PartCore["part"], use: Use, span: Span): Core {
  return part(subject(use === READ ? READ : PART), piece, span)
}

/** In alternatives each variable comes from the first that fits. */
function alternativeBindings(
  lowering: Lowering,
  pattern: ast.OrPattern,
  subject: Subject,
): ReadonlyMap<Variable, Core> {
  let found: ReadonlyMap<Variable, Core> | null = null
  for (const alternative of [...pattern.alternatives].reverse()) {
    const own = bindingsOf(lowering, alternative, subject)
    const condition = conditionOf(lowering, alternative, subject)
    if (found === null || condition === null) found = own
    else {
      const merged = new Map<Variable, Core>()
      for (const [variable, core] of own)
        merged.set(variable, choose(condition, core, found.get(variable) ?? core, alternative.span))
      found = merged
    }
  }
  return found ?? new Map()
}
