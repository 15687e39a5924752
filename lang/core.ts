/**
 * Core: what every tier reads.
 * A handful of expression nodes over numbered slots; names, patterns, `break`, `continue`, `return` and sugar are gone, and a call that may run
 * user code stands only as a whole statement, as the value of a `set`, or in tail position (so that a driver with an explicit stack needs to
 * know few places). It must not know values beyond literals, nor mathematics: operators are names of the primitive table.
 */

import type { Span } from "./report/span.ts"

/** One variant of a `type`: plain data, compared by identity. */
export interface VariantInfo {
  readonly name: string
  readonly type: TypeInfo
  readonly fields: readonly string[]
  readonly doc: string | null
}
export interface TypeInfo {
  readonly name: string
  readonly variants: VariantInfo[]
  readonly doc: string | null
}

/** A top-level binding: a box that the tiers read. A new `fn` of a name refills its box, a new `let` gets a new one. */
export interface Cell {
  readonly name: string
  /** What is bound; undefined until the definition has run. */
  value: unknown
  readonly kind: "fn" | "let" | "var"
  readonly span: Span | null
  readonly doc: string | null
}

/** One parameter: the value arrives in `slot` (the sentinel "missing" for an absent optional one); patterns and defaults are the body's prologue. */
export interface CoreParam {
  /** Name for named arguments, or null for a pattern. */
  readonly name: string | null
  readonly slot: number
  readonly required: boolean
  /** As written, for signatures. */
  readonly text: string
}

/** The code of one function, or of one top-level statement (then without parameters). */
export interface Code {
  readonly name: string
  readonly params: readonly CoreParam[]
  /** Parameters occupy slots 0 … params.length - 1. */
  readonly slots: number
  /** Names of the slots, for messages; null for temporaries. */
  readonly slotNames: readonly (string | null)[]
  readonly captureNames: readonly string[]
  readonly body: Core
  readonly span: Span
  readonly doc: string | null
  /** True if a call may have an effect (prints, files, host functions, progress), as far as names tell; unknown callees do not count. */
  readonly effects: boolean
}

export type Core =
  | ConstCore
  | LocalCore
  | CaptureCore
  | GlobalCore
  | BuiltinCore
  | ConstructorCore
  | OperateCore
  | CallCore
  | IndexCore
  | FieldCore
  | RangeCore
  | LogicCore
  | ArrayCore
  | TupleCore
  | RecordCore
  | StringCore
  | LambdaCore
  | IfCore
  | SeqCore
  | SetCore
  | SetGlobalCore
  | PatchCore
  | DefaultCore
  | UpdateCore
  | ForCore
  | WhileCore
  | ComprehendCore
  | TestCore
  | PartCore
  | FailCore

interface Node {
  readonly span: Span
}

/** A literal: number, boolean, string, or null for `()`. */
export interface ConstCore extends Node {
  readonly kind: "const"
  readonly value: number | boolean | string | null
}
/**
 * A slot of the running frame. `holds` is true where reading a `var` that is assigned in part makes another holder of its value (stored, captured,
 * returned, passed on), or of a part of it if the `var` is assigned deeper than one step; reads for indexing, built-in operators, `len` and iteration do
 * not, unless the loop's body assigns to parts of what is iterated.
 */
export interface LocalCore extends Node {
  readonly kind: "local"
  readonly slot: number
  readonly holds: boolean
}
/** A value the closure captured. Undefined at run time means "used before its `let` has run". */
export interface CaptureCore extends Node {
  readonly kind: "capture"
  readonly index: number
}
export interface GlobalCore extends Node {
  readonly kind: "global"
  readonly cell: Cell
}
/** A name of the primitive table or another built-in function, not shadowed. */
export interface BuiltinCore extends Node {
  readonly kind: "builtin"
  readonly name: string
}
/** A variant as a value: a function of its fields, or the variant itself where it has none. */
export interface ConstructorCore extends Node {
  readonly kind: "constructor"
  readonly variant: VariantInfo
}
/** An operator: `add sub mul div mod pow matmul neg not concat equals differs less less_equal greater greater_equal diff`. */
export interface OperateCore extends Node {
  readonly kind: "operate"
  readonly op: string
  readonly args: readonly Core[]
}
/**
 * A call. `args` and `named` are evaluated left to right after `callee`. In tail position (`tail`) it replaces the running frame.
 * A call whose callee is a `builtin` that takes no function, or a `constructor`, stays inside expressions; every other call is a statement, the value of a
 * `set`, or a tail call. A comprehension that contains such a call is a statement, the value of a `set`, or in tail position, too.
 */
export interface CallCore extends Node {
  readonly kind: "call"
  readonly callee: Core
  readonly args: readonly Core[]
  readonly named: readonly { readonly name: string; readonly value: Core }[]
  readonly tail: boolean
}
export interface CoreSlice {
  readonly kind: "slice"
  readonly from: Core | null
  readonly to: Core | null
  readonly inclusive: boolean
  readonly span: Span
}
export interface IndexCore extends Node {
  readonly kind: "index"
  readonly target: Core
  readonly items: readonly (Core | CoreSlice)[]
}
export interface FieldCore extends Node {
  readonly kind: "field"
  readonly target: Core
  readonly name: string
}
export interface RangeCore extends Node {
  readonly kind: "range"
  readonly from: Core
  readonly to: Core
  readonly inclusive: boolean
}
/** `and`, `or`: short-circuit on booleans, elementwise on boolean arrays. */
export interface LogicCore extends Node {
  readonly kind: "logic"
  readonly op: "and" | "or"
  readonly left: Core
  readonly right: Core
}
export interface CoreSpread {
  readonly kind: "spread"
  readonly value: Core
  readonly span: Span
}
export interface ArrayCore extends Node {
  readonly kind: "array"
  readonly items: readonly (Core | CoreSpread)[]
}
export interface TupleCore extends Node {
  readonly kind: "tuple"
  readonly items: readonly Core[]
}
export interface RecordCore extends Node {
  readonly kind: "record"
  readonly fields: readonly ({ readonly kind: "field"; readonly name: string; readonly value: Core } | CoreSpread)[]
}
/** Interpolation: the parts are shown and joined. */
export interface StringCore extends Node {
  readonly kind: "string"
  readonly parts: readonly (string | Core)[]
}
/**
 * Makes a closure; a capture is `local` or `capture`, or null where a later `patch` fills it. Local `fn`s are made at their definition or, if something above
 * mentions them, before that; patches follow the closures of a group (recursion), the `let`s that a function sees, and its definition (`var`s).
 */
export interface LambdaCore extends Node {
  readonly kind: "lambda"
  readonly code: Code
  readonly captures: readonly (Core | null)[]
}
/**
 * The condition must be a boolean. As an expression, both branches are expressions; as a statement or in tail position, they are bodies.
 * `else` chains may be long.
 */
export interface IfCore extends Node {
  readonly kind: "if"
  readonly condition: Core
  readonly then: Core
  readonly else: Core
}
/** Evaluates all, gives the last (unit when empty). */
export interface SeqCore extends Node {
  readonly kind: "seq"
  readonly items: readonly Core[]
}
/** Fills a slot: a `let`, a `var`, an assignment of a whole `var`, a temporary. Gives unit. */
export interface SetCore extends Node {
  readonly kind: "set"
  readonly slot: number
  readonly value: Core
}
/** Fills a top-level cell; only in the code of a top-level statement, after all else succeeded. */
export interface SetGlobalCore extends Node {
  readonly kind: "setGlobal"
  readonly cell: Cell
  readonly value: Core
}
/** Fills capture `index` of the closure in `slot`. */
export interface PatchCore extends Node {
  readonly kind: "patch"
  readonly slot: number
  readonly index: number
  readonly value: Core
}
/** Prologue of an optional parameter: if `slot` is missing, evaluates and stores the default. `value` is a body: statements, then an expression. */
export interface DefaultCore extends Node {
  readonly kind: "default"
  readonly slot: number
  readonly value: Core
}
export type CoreStep =
  | { readonly kind: "index"; readonly items: readonly (Core | CoreSlice)[]; readonly span: Span }
  | { readonly kind: "field"; readonly name: string; readonly span: Span }
/**
 * Assignment to a part of the `var` in `slot`: `v[i].w = e`, `v[i] += e` (`op` is then `add` …), and `v ++= e` (`op` `concat`, empty path).
 * In place where the variable owns what it changes: `owner` is a slot that the tier may use to remember that; it is always `slot + 1`, and nothing
 * else uses it.
 * Order: index expressions, then `value`, then the change.
 */
export interface UpdateCore extends Node {
  readonly kind: "update"
  readonly slot: number
  readonly owner: number
  readonly path: readonly CoreStep[]
  readonly op: string | null
  readonly value: Core
}
/**
 * A loop over a range or an array, list or string. `slot` receives the element (a pattern is taken apart by the body). After each turn the loop ends if slot
 * `exit` holds true; it is filled before the loop. Each turn is one step. Loops, like `set` and `update`, give unit.
 */
export interface ForCore extends Node {
  readonly kind: "for"
  readonly slot: number
  readonly source: Core
  readonly body: Core
  readonly exit: number | null
  /**
   * Slots that the body (or the condition) fills and that were there before the loop, ascending: variables, `exit`, the flag and the value of a `return`. The
   * value of a `return` may be unfilled before and after; it is read only where the flag is true. Owner slots are not listed.
   */
  readonly carried: readonly number[]
}
export interface WhileCore extends Node {
  readonly kind: "while"
  readonly condition: Core
  readonly body: Core
  readonly exit: number | null
  readonly carried: readonly number[]
}
/**
 * A comprehension. Without a condition there is one clause and the result stacks the elements; with one, the clauses nest and the result is flat.
 * `prologue` takes a pattern apart. `element`, `condition` and the sources after the first are bodies: statements, then an expression.
 */
export interface ComprehendCore extends Node {
  readonly kind: "comprehend"
  readonly clauses: readonly { readonly slot: number; readonly source: Core; readonly prologue: Core | null }[]
  readonly condition: Core | null
  readonly element: Core
}
/** Does a value have the form a pattern asks for? Gives a boolean and never fails. */
export interface TestCore extends Node {
  readonly kind: "test"
  readonly target: Core
  readonly form:
    | { readonly kind: "variant"; readonly variant: VariantInfo }
    | { readonly kind: "tuple"; readonly size: number }
    | { readonly kind: "record"; readonly names: readonly string[] }
    | { readonly kind: "array"; readonly min: number; readonly exact: boolean }
    | { readonly kind: "literal"; readonly value: number | boolean | string | null }
}
/** A part of a value whose form was tested. A negative index counts from the end; `rest` of an array: elements `from` … len - `drop`. */
export interface PartCore extends Node {
  readonly kind: "part"
  readonly target: Core
  readonly part:
    | { readonly kind: "variantField"; readonly index: number }
    | { readonly kind: "tupleItem"; readonly index: number }
    | { readonly kind: "recordField"; readonly name: string }
    | { readonly kind: "arrayItem"; readonly index: number }
    | { readonly kind: "arrayRest"; readonly from: number; readonly drop: number }
}
/** No pattern fits: in `match` (`what` "match") or in a `let`, `for`, parameter (`what` tells which). `expected` is the pattern as written. */
export interface FailCore extends Node {
  readonly kind: "fail"
  readonly what: "match" | "let" | "for" | "parameter"
  readonly target: Core
  readonly expected: string
}

/** One top-level statement, ready to run: evaluate `code`, then show its value if `shows`. */
export interface TopStatement {
  readonly code: Code
  readonly shows: boolean
  readonly span: Span
}
export interface Block {
  readonly name: string
  readonly code: Code
  readonly span: Span
}

/** What an imported name stands for. */
export type Export =
  | { readonly kind: "cell"; readonly cell: Cell }
  | { readonly kind: "type"; readonly type: TypeInfo }
  | { readonly kind: "variant"; readonly variant: VariantInfo }

/** What a name of a module stands for in the module itself and, in a session, in what comes after it. */
export type Bound =
  | { readonly kind: "cell"; readonly cell: Cell; readonly imported?: boolean }
  | { readonly kind: "type"; readonly type: TypeInfo }
  | { readonly kind: "variant"; readonly variant: VariantInfo }
  | {
      readonly kind: "module"
      readonly module: { readonly name: string; readonly exports: ReadonlyMap<string, Export> }
    }

/** A module after elaboration. */
export interface CoreModule {
  readonly name: string
  readonly statements: readonly TopStatement[]
  readonly tests: readonly Block[]
  readonly benches: readonly Block[]
  /** What others may import. */
  readonly exports: ReadonlyMap<string, Export>
  /** Every top-level name at the end of the module: also private names, imported ones and modules. */
  readonly bindings: ReadonlyMap<string, Bound>
  readonly doc: string | null
}
