/**
 * SIR: what the compiler works on.
 * Structured code with loops kept: scalars are assigned once, arrays are flat buffers whose shapes are scalars beside them, structures are gone; every
 * fault is a `bail`, after which the call is run again by tier 0. It must not know Core, nor what is printed from it.
 */

import type { VariantInfo } from "../lang/core.ts"
import type { Runtime, VariantValue } from "../interpreter/values/values.ts"
import type { NativeCall } from "./native.ts"
import type { Extents } from "./products.ts"
import type { BinaryPrimitive, PredicatePrimitive, UnaryPrimitive } from "../interpreter/autodiff/declare.ts"

/** Numbers and booleans are scalars; a buffer is a flat run of float64; a box is a value of tier 0, which should be a variant, or the changes of one. */
export type Type = "num" | "bool" | "buf" | "box"

/** A scalar assigned once, or a buffer (whose contents may change: see `mutable`). */
export class Var {
  readonly id: number
  readonly type: Type
  readonly name: string
  /** An integer for certain, and not -0. */
  int = false
  /** Not negative for certain. */
  natural = false
  /** For the index of a counted loop: from ≤ i < to. */
  range: { readonly from: Atom; readonly to: Atom } | null = null
  /** Where a scalar comes from, if it is an operation. */
  def: LetStmt | null = null
  /** For a box: what it was made of, if it was made here. */
  parts: MakeStmt | null = null
  /** For a box: the function of two others that gave it, if one did. */
  result: BoxesStmt | null = null
  /** For a buffer: it may be changed after it was filled. */
  mutable = false
  /** For a buffer: it is one of zeros that numbers are added to, and nothing else is done to it. Then it has no -0. */
  gathered = false
  /** For a buffer: how many elements, where known. */
  length: Atom | null = null
  home: Scope

  constructor(id: number, type: Type, name: string, home: Scope) {
    this.id = id
    this.type = type
    this.name = name
    this.home = home
  }
}

/** An operand: a variable or a constant; null stands for a box of changes where nothing is changed. */
export type Atom = Var | number | boolean | null

/** A pure operation: an elementwise primitive, or one of the few that are no primitive of the language. */
export type Op = UnaryPrimitive | BinaryPrimitive | PredicatePrimitive | PlainOp
/**
 * `select c a b`; `alias a` (the same value under a new name, so that a differentiation has inputs of its own); `index t n`: the place that index t means
 * in n elements, bails where it is none; `integer t`: t, bails where it is no integer; `toNumber b`: 1 or 0;
 * `small t`: the integer t, where it takes no more than 32 bits or does not matter; `lane t`: in which of eight lanes of a sum element t goes;
 * `norm t x y …`: the 2-norm of numbers the sum of whose squares is t; `unit x n`: x / n, 0 where the norm n is 0.
 */
export type PlainOp =
  | "select"
  | "not"
  | "and"
  | "or"
  | "same"
  | "alias"
  | "index"
  | "integer"
  | "small"
  | "lane"
  | "toNumber"
  | "max"
  | "norm"
  | "unit"
  | "toBool"

export interface LetStmt {
  readonly kind: "let"
  readonly out: Var
  readonly op: Op
  args: Atom[]
}
/** A new buffer of zeros. */
export interface AllocStmt {
  readonly kind: "alloc"
  readonly out: Var
  length: Atom
  /** Every element is stored before anything looks at one. */
  filled?: boolean
}
/** A new buffer with `length` elements of another from `offset` on. */
export interface CopyStmt {
  readonly kind: "copy"
  readonly out: Var
  from: Atom
  offset: Atom
  length: Atom
}
export interface LoadStmt {
  readonly kind: "load"
  readonly out: Var
  buf: Atom
  index: Atom
}
export interface StoreStmt {
  readonly kind: "store"
  buf: Atom
  index: Atom
  value: Atom
}
/** `buf[index] += value`. */
export interface AccumStmt {
  readonly kind: "accum"
  buf: Atom
  index: Atom
  value: Atom
}
/** `buf += other`, element by element. */
export interface AddBufStmt {
  readonly kind: "addbuf"
  buf: Atom
  other: Atom
}
/** A function of `length` elements of a buffer from `offset` on. */
export interface RowStmt {
  readonly kind: "row"
  readonly out: Var
  readonly row: RowOp
  buf: Atom
  offset: Atom
  length: Atom
}
/** A new buffer with the product of two matrices in buffers, as products.ts says. */
export interface ProductStmt {
  readonly kind: "product"
  readonly out: Var
  left: Atom
  right: Atom
  readonly extents: Extents
  /** Of the product. */
  length: Atom
}
/** A function of tier 0, called on values made of the arguments: see native.ts. */
export interface NativeStmt {
  readonly kind: "native"
  readonly call: NativeCall
  args: Atom[]
  readonly outs: readonly Var[]
  /** Which of the arguments and of what it gives are numbers that may carry a derivative. */
  readonly numbers: readonly Atom[]
  readonly results: readonly Atom[]
  /** Null where the code cannot go on. */
  readonly run: NativeRun
}
export type NativeRun = (runtime: Runtime, args: readonly unknown[]) => readonly unknown[] | null
export interface RowOp {
  readonly name: string
  readonly run: (data: Float64Array, from: number, n: number) => number
}
/** Is a box this variant? */
export interface IsStmt {
  readonly kind: "is"
  readonly out: Var
  box: Atom
  readonly variant: VariantInfo
}
/** A field of a box that is known to be such a variant; abandons the run where it is of another kind. */
export interface FieldStmt {
  readonly kind: "field"
  readonly out: Var
  readonly variant: VariantInfo
  box: Atom
  readonly index: number
}
/** A box of its fields; `marks` one of changes that is settled as it is: see changes.ts. */
export interface MakeStmt {
  readonly kind: "make"
  readonly out: Var
  readonly variant: VariantInfo
  args: Atom[]
  readonly marks: boolean
}
/** A field of a box of changes: 0 or null where nothing is changed. */
export interface ChangeStmt {
  readonly kind: "change"
  readonly out: Var
  readonly variant: VariantInfo
  box: Atom
  readonly index: number
}
/** A function of two boxes, of which the last is one of changes; abandons the run where that gives nothing. */
export interface BoxesStmt {
  readonly kind: "boxes"
  readonly out: Var
  readonly op: BoxOp
  args: Atom[]
}
export interface BoxOp {
  readonly name: string
  readonly run: (x: VariantValue | null, y: VariantValue | null) => VariantValue | null | undefined
  /** In which arguments it is linear; the others carry no derivative. */
  readonly linear: readonly number[]
}
/** Abandons the run where the condition is false. */
export interface GuardStmt {
  readonly kind: "guard"
  condition: Atom
  /** What the condition is asked of: where nothing else needs that, the question is not needed either. */
  of: Var | null
}
/** Saves a scalar, or the contents of a buffer, on stack `stack`; the `pop` of the same site gives it back in reverse order. */
export interface PushStmt {
  readonly kind: "push"
  readonly stack: number
  readonly site: number
  value: Atom
}
export interface PopStmt {
  readonly kind: "pop"
  readonly stack: number
  readonly site: number
  readonly out: Var
  /** For a buffer. */
  length: Atom | null
}
/** How many numbers stand on a stack. */
export interface LevelStmt {
  readonly kind: "level"
  readonly out: Var
  readonly stack: number
}
/** Takes from a stack what stands above so many numbers. */
export interface CutStmt {
  readonly kind: "cut"
  readonly stack: number
  to: Atom
}
export interface IfStmt {
  readonly kind: "if"
  condition: Atom
  readonly then: Block
  readonly else: Block
  /** What the arms' results become. */
  outs: Var[]
}
/** A block of which the reverse pass keeps nothing: it is run again there. Until code is complete; then it is written where it stands. */
export interface CheckpointStmt {
  readonly kind: "checkpoint"
  readonly body: Block
  outs: Var[]
}
/** A counted loop, upwards or downwards. `exit`, if any, is looked at after each turn and is the last of the body's results. */
export interface ForStmt {
  readonly kind: "for"
  readonly index: Var
  from: Atom
  to: Atom
  readonly down: boolean
  params: Var[]
  inits: Atom[]
  readonly body: Block
  outs: Var[]
  readonly exits: boolean
  /** How many turns were made, where that is not known before. */
  readonly count: Var | null
}
/** Loops while `condition` (evaluated with the parameters before each turn) holds; with `exits` as in `for`. */
export interface WhileStmt {
  readonly kind: "while"
  params: Var[]
  inits: Atom[]
  readonly condition: Block
  readonly body: Block
  outs: Var[]
  readonly exits: boolean
  readonly count: Var
}
/** A call of a routine. */
export interface CallStmt {
  readonly kind: "call"
  routine: Routine
  args: Atom[]
  outs: Var[]
  /** Calls of the program that it stands for: its own and those of the functions that were inlined around it. */
  readonly depth: number
}
/** Counts steps of the program; `again`: made before, so that only time passes. */
export interface StepsStmt {
  readonly kind: "steps"
  count: Atom
  again?: boolean
}

export type Stmt =
  | LetStmt
  | AllocStmt
  | CopyStmt
  | LoadStmt
  | StoreStmt
  | AccumStmt
  | AddBufStmt
  | RowStmt
  | ProductStmt
  | NativeStmt
  | IsStmt
  | FieldStmt
  | MakeStmt
  | ChangeStmt
  | BoxesStmt
  | GuardStmt
  | PushStmt
  | PopStmt
  | LevelStmt
  | CutStmt
  | IfStmt
  | CheckpointStmt
  | ForStmt
  | WhileStmt
  | CallStmt
  | StepsStmt
export type LoopStmt = ForStmt | WhileStmt

/** Statements and what they give to the construct around them. */
export interface Block {
  stmts: Stmt[]
  results: Atom[]
}

/** A whole function: inputs, body, results. */
export interface SirFunction {
  readonly name: string
  readonly params: readonly Var[]
  readonly body: Block
}

/** A function that others call, and itself: what is recursive cannot be inlined. It reads nothing but its parameters. */
export class Routine implements SirFunction {
  readonly name: string
  params: Var[] = []
  body: Block = { stmts: [], results: [] }
  /** Calls of the program that may be running inside it beside itself, not counting those of other routines. */
  reach = 0
  /** The stacks on which it saves what its reverse takes back, or from which it takes that; last the one that it shares with all routines of the same reversal. */
  stacks: readonly number[] = []

  /** That stack, which tells routines that save and take back for each other from others; null where it does neither. */
  get knot(): number | null {
    return this.stacks.at(-1) ?? null
  }

  constructor(name: string) {
    this.name = name
  }
}

/** The routines that a function calls, directly or through others. */
export function routinesOf(fn: SirFunction): Routine[] {
  const found = new Set<Routine>()
  const visit = (block: Block): void => {
    for (const stmt of walk(block)) if (stmt.kind === "call") found.add(stmt.routine)
  }
  visit(fn.body)
  for (const routine of found) visit(routine.body)
  return [...found]
}

/** A place where code is being written: a block with the operations that are known there. */
export class Scope {
  readonly parent: Scope | null
  /** `region` is a stretch of the block around it, `arm` a branch, `loop` the body of a loop. */
  readonly kind: "root" | "region" | "arm" | "loop"
  readonly block: Block = { stmts: [], results: [] }
  readonly known = new Map<string | number, Atom>()
  /** For `loop`: the number of turns is known before it begins. */
  counted: { readonly from: Atom; readonly to: Atom; readonly index: Var } | null = null
  merged: Scope | null = null

  constructor(parent: Scope | null, kind: "root" | "region" | "arm" | "loop") {
    this.parent = parent
    this.kind = kind
    scopes.set(this.block, this)
  }

  /** The scope that this one has become a part of. */
  get self(): Scope {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    let scope: Scope = this
    while (scope.merged !== null) scope = scope.merged
    return scope
  }

  get outer(): Scope | null {
    return this.self.parent?.self ?? null
  }
}

const scopes = new WeakMap<Block, Scope>()

/** The scope that a block was written in. */
export function scopeOf(block: Block): Scope {
  const scope = scopes.get(block)
  if (scope === undefined) throw new Error("a block that no scope wrote")
  return scope
}

/** May it abandon the run? Then it is needed even if its result is not. */
export function mayBail(stmt: Stmt): boolean {
  if (stmt.kind === "native") return stmt.call.faults
  if (stmt.kind === "call") return true
  return stmt.kind === "guard" || (stmt.kind === "let" && (stmt.op === "index" || stmt.op === "integer"))
}

export function isVar(atom: Atom): atom is Var {
  return typeof atom === "object" && atom !== null
}

/** The blocks inside a statement. */
export function blocksOf(stmt: Stmt): readonly Block[] {
  if (stmt.kind === "if") return [stmt.then, stmt.else]
  if (stmt.kind === "for" || stmt.kind === "checkpoint") return [stmt.body]
  if (stmt.kind === "while") return [stmt.condition, stmt.body]
  return noBlocks
}
const noBlocks: readonly Block[] = []

/** What a statement itself defines. */
export function outsOf(stmt: Stmt): readonly Var[] {
  switch (stmt.kind) {
    case "let":
    case "alloc":
    case "copy":
    case "load":
    case "pop":
    case "row":
    case "product":
    case "is":
    case "field":
    case "make":
    case "change":
    case "boxes":
    case "level":
      return [stmt.out]
    case "if":
    case "native":
    case "call":
    case "checkpoint":
      return stmt.outs
    case "for":
      return stmt.count === null ? stmt.outs : [...stmt.outs, stmt.count]
    case "while":
      return [...stmt.outs, stmt.count]
    default:
      return []
  }
}

/** What a statement reads, not counting the blocks inside it. */
export function argsOf(stmt: Stmt): readonly Atom[] {
  switch (stmt.kind) {
    case "let":
      return stmt.args
    case "alloc":
      return [stmt.length]
    case "copy":
      return [stmt.from, stmt.offset, stmt.length]
    case "row":
      return [stmt.buf, stmt.offset, stmt.length]
    case "product":
      return [stmt.left, stmt.right, stmt.extents.m, stmt.extents.k, stmt.extents.n, stmt.length]
    case "native":
    case "call":
      return stmt.args
    case "is":
    case "field":
    case "change":
      return [stmt.box]
    case "make":
    case "boxes":
      return stmt.args
    case "load":
      return [stmt.buf, stmt.index]
    case "store":
    case "accum":
      return [stmt.buf, stmt.index, stmt.value]
    case "addbuf":
      return [stmt.buf, stmt.other]
    case "guard":
      return [stmt.condition]
    case "push":
      return [stmt.value]
    case "pop":
      return stmt.length === null ? [] : [stmt.length]
    case "level":
    case "checkpoint":
      return []
    case "cut":
      return [stmt.to]
    case "if":
      return [stmt.condition]
    case "for":
      return [stmt.from, stmt.to, ...stmt.inits]
    case "while":
      return stmt.inits
    case "steps":
      return [stmt.count]
  }
}

/** Every statement of a block, outer ones before what is in them. */
export function* walk(block: Block): Generator<Stmt> {
  const open = [{ block, next: 0 }]
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const stmt = at.block.stmts[at.next++]
    if (stmt === undefined) {
      open.pop()
      continue
    }
    yield stmt
    const inner = blocksOf(stmt)
    for (let k = inner.length - 1; k >= 0; k--) open.push({ block: inner[k]!, next: 0 })
  }
}

/** The greatest number that a variable of the function has. */
export function greatestId(fn: SirFunction): number {
  let most = 0
  const see = (v: Var): void => {
    most = Math.max(most, v.id)
  }
  fn.params.forEach(see)
  for (const stmt of walk(fn.body)) {
    outsOf(stmt).forEach(see)
    if (stmt.kind === "for") see(stmt.index)
    if (stmt.kind === "for" || stmt.kind === "while") stmt.params.forEach(see)
  }
  return most
}
