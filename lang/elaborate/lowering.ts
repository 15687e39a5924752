/**
 * The contract between the passes that make Core from resolved syntax.
 * `value` gives an expression and emits in front of it what it needs; `put` emits everything and says where the value goes. The passes call one another only
 * through this interface. It must not know how any construct is lowered.
 */

import type * as ast from "../ast.ts"
import type { Code, Core } from "../core.ts"
import type { Frame } from "./frame.ts"
import { EXITS, LIFTS, type BlockFacts, type Facts, type FunctionFacts } from "../scope.ts"
import type { Variable } from "../scope.ts"

/**
 * What is done with a value that is read: nothing that keeps it (`READ`), something that may keep a part of it (`PART`), or something that keeps it (`HOLD`).
 */
export type Use = 0 | 1 | 2
export const READ: Use = 0
export const PART: Use = 1
export const HOLD: Use = 2

/**
 * Where a value goes: it is what the function returns (`tail`), the value of the body being emitted (`last`), what a slot holds (`into`), or nothing, in the
 * middle of things (`discard`) or at the end of a loop's body (`turn`).
 */
export type Dest =
  | { readonly kind: "tail" }
  | { readonly kind: "last" }
  | { readonly kind: "turn" }
  | { readonly kind: "discard" }
  | { readonly kind: "into"; readonly slot: number }

export const TAIL: Dest = { kind: "tail" }
export const LAST: Dest = { kind: "last" }
export const TURN: Dest = { kind: "turn" }
export const DISCARD: Dest = { kind: "discard" }
export const into = (slot: number): Dest => ({ kind: "into", slot })

/** A place in a list of statements, and what comes after the list. */
export interface Cursor {
  readonly statements: readonly ast.Statement[]
  readonly index: number
  readonly block: BlockState | null
  readonly next: Cursor | null
}

/** The functions of a block while it is being emitted. */
export interface BlockState {
  readonly facts: BlockFacts
  /** Captures to fill in after a statement. */
  readonly patches: Map<number, { readonly fn: Variable; readonly index: number; readonly variable: Variable }[]>
}

/** All passes, over one frame at a time. */
export interface Lowering {
  readonly facts: Facts
  frame: Frame
  value(node: ast.Expr, use: Use): Core
  put(node: ast.Expr, dest: Dest): void
  /** Sends a value that is already code where it goes. */
  finish(core: Core, dest: Dest): void
  read(variable: Variable, span: ast.Expr["span"], use: Use): Core
  /** A call, not yet placed. */
  call(node: ast.CallExpr): Core
  operands(items: readonly { readonly node: ast.Expr; readonly use: Use }[]): Core[]
  logic(op: "and" | "or", left: Core, lifts: boolean, right: () => Core, span: ast.Expr["span"]): Core
  /** `rest` is what follows; it is put where the expression comes to its end. */
  choose(node: ast.IfExpr, dest: Dest): void
  match(node: ast.MatchExpr, dest: Dest, rest: Cursor | null): void
  block(node: ast.BlockExpr, dest: Dest): void
  statements(from: Cursor, dest: Dest): void
  /** A block and what follows it. */
  cursor(node: ast.BlockExpr, next: Cursor | null): Cursor
  comprehension(node: ast.ComprehensionExpr): Core
  loop(node: ast.ForStatement | ast.WhileStatement, dest: Dest): void
  jump(node: ast.BreakStatement | ast.ContinueStatement | ast.ReturnStatement, dest: Dest): void
  assign(node: ast.AssignStatement): void
  lambda(node: ast.LambdaExpr): Core
  code(node: ast.LambdaExpr | ast.FnStatement, fn: FunctionFacts): Code
  /** Gives the names of a pattern their slots. */
  allocate(pattern: ast.Pattern): void
  /** Takes a value apart that must fit the pattern. */
  destructure(pattern: ast.Pattern, subject: (use: Use) => Core, what: "let" | "for" | "parameter"): void
}

/** What a part of the syntax can do. */
export function abilities(lowering: Lowering, node: ast.Expr | ast.Statement): number {
  return lowering.facts.abilities.get(node.kind === "expr" ? node.value : node) ?? 0
}

export function lifts(lowering: Lowering, node: ast.Expr): boolean {
  return (abilities(lowering, node) & LIFTS) !== 0
}

export function exits(lowering: Lowering, node: ast.Expr | ast.Statement): boolean {
  return (abilities(lowering, node) & EXITS) !== 0
}

/** True where leaving the statement at its end is leaving what is around it. */
export function isDirect(dest: Dest): boolean {
  return dest.kind === "tail" || dest.kind === "turn"
}

/** True if nothing inside a comprehension becomes statements, so that it may stand in an expression. */
export function isQuiet(lowering: Lowering, node: ast.ComprehensionExpr): boolean {
  return ![node.element, node.condition, ...node.clauses.slice(1).map((clause) => clause.source)].some(
    (part) => part !== null && lifts(lowering, part),
  )
}
