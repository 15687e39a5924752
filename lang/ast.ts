/**
 * The abstract syntax: what was written, with spans, before any name is resolved.
 * One interface a form, `kind` tells them apart; operators already stand in their precedence, pipes are already calls.
 * It must not know scopes, values or types.
 */

import type { Span } from "./report/span.ts"

export type Expr =
  | NumberExpr
  | StringExpr
  | BooleanExpr
  | UnitExpr
  | NameExpr
  | ArrayExpr
  | TupleExpr
  | RecordExpr
  | LambdaExpr
  | CallExpr
  | IndexExpr
  | FieldExpr
  | DerivativeExpr
  | UnaryExpr
  | BinaryExpr
  | CompareExpr
  | LogicExpr
  | RangeExpr
  | IfExpr
  | MatchExpr
  | BlockExpr
  | ComprehensionExpr
  | ErrorExpr

interface Node {
  readonly span: Span
}

export interface NumberExpr extends Node {
  readonly kind: "number"
  readonly value: number
}
/** `"a {x} b"`: text already unescaped; a plain string has one part or none. */
export interface StringExpr extends Node {
  readonly kind: "string"
  readonly parts: readonly (string | Expr)[]
}
export interface BooleanExpr extends Node {
  readonly kind: "boolean"
  readonly value: boolean
}
/** `()` */
export interface UnitExpr extends Node {
  readonly kind: "unit"
}
export interface NameExpr extends Node {
  readonly kind: "name"
  readonly name: string
}
/** `...xs` in an array or a record. */
export interface Spread extends Node {
  readonly kind: "spread"
  readonly value: Expr
}
export interface ArrayExpr extends Node {
  readonly kind: "array"
  readonly items: readonly (Expr | Spread)[]
}
export interface TupleExpr extends Node {
  readonly kind: "tuple"
  readonly items: readonly Expr[]
}
/** `name: value`, or `name` alone (then `value` is that name). */
export interface RecordField extends Node {
  readonly kind: "recordField"
  readonly name: string
  readonly nameSpan: Span
  readonly value: Expr
}
export interface RecordExpr extends Node {
  readonly kind: "record"
  readonly fields: readonly (RecordField | Spread)[]
}
export interface Param extends Node {
  readonly pattern: Pattern
  readonly default: Expr | null
}
export interface LambdaExpr extends Node {
  readonly kind: "lambda"
  readonly params: readonly Param[]
  readonly body: Expr
}
export interface NamedArgument extends Node {
  readonly name: string
  readonly nameSpan: Span
  readonly value: Expr
}
/** `f(a, b, k: c)`; `piped` when the first argument came from the left of `|>`. */
export interface CallExpr extends Node {
  readonly kind: "call"
  readonly callee: Expr
  readonly args: readonly Expr[]
  readonly named: readonly NamedArgument[]
  readonly piped: boolean
}
/** `from..to` directly inside an index; either bound may be missing; `..=` includes `to`. */
export interface Slice extends Node {
  readonly kind: "slice"
  readonly from: Expr | null
  readonly to: Expr | null
  readonly inclusive: boolean
}
export interface IndexExpr extends Node {
  readonly kind: "index"
  readonly target: Expr
  readonly items: readonly (Expr | Slice)[]
}
export interface FieldExpr extends Node {
  readonly kind: "field"
  readonly target: Expr
  readonly name: string
  readonly nameSpan: Span
}
/** `f'` */
export interface DerivativeExpr extends Node {
  readonly kind: "derivative"
  readonly target: Expr
}
export interface UnaryExpr extends Node {
  readonly kind: "unary"
  readonly op: "-" | "not"
  readonly operand: Expr
}
export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "@" | "^" | "++"
export interface BinaryExpr extends Node {
  readonly kind: "binary"
  readonly op: BinaryOperator
  readonly opSpan: Span
  readonly left: Expr
  readonly right: Expr
}
export type CompareOperator = "==" | "!=" | "<" | "<=" | ">" | ">="
/** `a < b <= c`: one operator fewer than operands. */
export interface CompareExpr extends Node {
  readonly kind: "compare"
  readonly ops: readonly { readonly op: CompareOperator; readonly span: Span }[]
  readonly operands: readonly Expr[]
}
export interface LogicExpr extends Node {
  readonly kind: "logic"
  readonly op: "and" | "or"
  readonly left: Expr
  readonly right: Expr
}
export interface RangeExpr extends Node {
  readonly kind: "range"
  readonly from: Expr
  readonly to: Expr
  readonly inclusive: boolean
}
export interface IfExpr extends Node {
  readonly kind: "if"
  readonly condition: Expr
  readonly then: BlockExpr
  readonly else: IfExpr | BlockExpr | null
}
export interface MatchArm extends Node {
  readonly pattern: Pattern
  readonly guard: Expr | null
  readonly body: Expr
}
export interface MatchExpr extends Node {
  readonly kind: "match"
  readonly subject: Expr
  readonly arms: readonly MatchArm[]
}
/** `do { … }` and every body in braces. */
export interface BlockExpr extends Node {
  readonly kind: "block"
  readonly statements: readonly Statement[]
}
export interface ComprehensionClause extends Node {
  readonly pattern: Pattern
  readonly source: Expr
}
/** `[e for i in A, j in B if c]`; `bare` where a call's parentheses stood for the brackets. */
export interface ComprehensionExpr extends Node {
  readonly kind: "comprehension"
  readonly element: Expr
  readonly clauses: readonly ComprehensionClause[]
  readonly condition: Expr | null
  readonly bare: boolean
}
/** Where the parser recovered; never reaches Core. */
export interface ErrorExpr extends Node {
  readonly kind: "error"
}

export type Pattern =
  | NamePattern
  | WildcardPattern
  | LiteralPattern
  | TuplePattern
  | RecordPattern
  | VariantPattern
  | ArrayPattern
  | OrPattern

/** A bare name: binds, or in `match` is a variant of that name if one is in scope. */
export interface NamePattern extends Node {
  readonly kind: "namePattern"
  readonly name: string
}
export interface WildcardPattern extends Node {
  readonly kind: "wildcard"
}
/** A number (also negative), string, boolean or `()` (null). */
export interface LiteralPattern extends Node {
  readonly kind: "literalPattern"
  readonly value: number | string | boolean | null
}
export interface TuplePattern extends Node {
  readonly kind: "tuplePattern"
  readonly items: readonly Pattern[]
}
export interface FieldPattern extends Node {
  readonly name: string
  readonly pattern: Pattern
}
export interface RecordPattern extends Node {
  readonly kind: "recordPattern"
  readonly fields: readonly FieldPattern[]
}
/** `Node(l, r)` or `Rect(w: a, h: b)`; names are null for positional fields. */
export interface VariantPattern extends Node {
  readonly kind: "variantPattern"
  readonly name: string
  readonly nameSpan: Span
  readonly fields: readonly VariantFieldPattern[]
}
/** `w: pattern`; a pattern by its place has the name null, and its own span for it. */
export interface VariantFieldPattern {
  readonly name: string | null
  readonly nameSpan: Span
  readonly pattern: Pattern
}
/** `[a, b, ...rest]`, `[...init, last]`; `rest` binds null where it is `...` or `..._`. */
export interface ArrayPattern extends Node {
  readonly kind: "arrayPattern"
  readonly before: readonly Pattern[]
  readonly rest: { readonly name: string | null; readonly span: Span } | null
  readonly after: readonly Pattern[]
}
export interface OrPattern extends Node {
  readonly kind: "orPattern"
  readonly alternatives: readonly Pattern[]
}

export type Statement =
  | ExprStatement
  | LetStatement
  | VarStatement
  | AssignStatement
  | FnStatement
  | TypeStatement
  | ImportStatement
  | ForStatement
  | WhileStatement
  | BreakStatement
  | ContinueStatement
  | ReturnStatement
  | TestStatement
  | BenchStatement

/** An expression as a statement; `silent` when a `;` follows. */
export interface ExprStatement extends Node {
  readonly kind: "expr"
  readonly value: Expr
  readonly silent: boolean
}
export interface LetStatement extends Node {
  readonly kind: "let"
  readonly pattern: Pattern
  readonly value: Expr
  readonly doc: string | null
}
export interface VarStatement extends Node {
  readonly kind: "var"
  readonly name: string
  readonly nameSpan: Span
  readonly value: Expr
}
export type PathStep =
  | { readonly kind: "index"; readonly items: readonly (Expr | Slice)[]; readonly span: Span }
  | { readonly kind: "field"; readonly name: string; readonly span: Span }
export type AssignOperator = "=" | "+=" | "-=" | "*=" | "/=" | "^=" | "++="
export interface AssignStatement extends Node {
  readonly kind: "assign"
  readonly name: string
  readonly nameSpan: Span
  readonly path: readonly PathStep[]
  readonly op: AssignOperator
  readonly value: Expr
}
export interface FnStatement extends Node {
  readonly kind: "fn"
  readonly name: string
  readonly nameSpan: Span
  readonly params: readonly Param[]
  readonly body: Expr
  readonly doc: string | null
}
export interface VariantDeclaration extends Node {
  readonly name: string
  readonly fields: readonly string[]
  readonly doc: string | null
}
export interface TypeStatement extends Node {
  readonly kind: "type"
  readonly name: string
  readonly nameSpan: Span
  readonly variants: readonly VariantDeclaration[]
  readonly doc: string | null
}
export interface ImportStatement extends Node {
  readonly kind: "import"
  readonly specifier: string
  readonly specifierSpan: Span
  /** `as name`, or null. */
  readonly namespace: string | null
  /** `{ a, b as c }`, or null. */
  readonly names: readonly { readonly name: string; readonly as: string; readonly span: Span }[] | null
}
export interface ForStatement extends Node {
  readonly kind: "for"
  readonly pattern: Pattern
  readonly source: Expr
  readonly body: BlockExpr
}
export interface WhileStatement extends Node {
  readonly kind: "while"
  readonly condition: Expr
  readonly body: BlockExpr
}
export interface BreakStatement extends Node {
  readonly kind: "break"
}
export interface ContinueStatement extends Node {
  readonly kind: "continue"
}
export interface ReturnStatement extends Node {
  readonly kind: "return"
  readonly value: Expr | null
}
export interface TestStatement extends Node {
  readonly kind: "test"
  readonly name: string
  readonly body: BlockExpr
}
export interface BenchStatement extends Node {
  readonly kind: "bench"
  readonly name: string
  readonly body: BlockExpr
}

/** A whole source text. */
export interface Program {
  readonly statements: readonly Statement[]
  readonly span: Span
  /** The doc comment at the very top that belongs to the module, or null. */
  readonly doc: string | null
}
