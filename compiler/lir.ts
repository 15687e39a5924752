/**
 * LIR: what is printed.
 * Imperative and typed: locals that may be assigned again, loops, loads and stores, typed stacks, calls of kernels; every operand is a local or a constant,
 * so that a printer needs no thought. It must not know SIR's scopes, nor which language it is printed in.
 */

import type { VariantInfo } from "../lang/core.ts"
import type { ProductRun } from "./products.ts"
import type { BoxOp, NativeRun, Op, RowOp } from "./sir.ts"

/** A number, an integer held exactly, an integer modulo 2^32 that says where in a buffer, a truth, a flat run of float64, or a variant. */
export type LirType = "num" | "int" | "place" | "bool" | "buf" | "box"

export interface Local {
  readonly name: string
  type: LirType
}

export type Operand = Local | number | boolean | null

/** A new local that is never assigned again, with the value of an operation. */
export interface DefineStmt {
  readonly kind: "define"
  readonly to: Local
  readonly op: Op
  readonly args: readonly Operand[]
}
/** A new local that may be assigned again. */
export interface BeginStmt {
  readonly kind: "begin"
  readonly to: Local
  /** Undefined where every way to its uses assigns it. */
  readonly value: Operand | undefined
}
/** Assigns a local. */
export interface MoveStmt {
  readonly kind: "move"
  readonly to: Local
  readonly value: Operand
}
export interface LoadStmt {
  readonly kind: "load"
  readonly to: Local
  readonly buf: Local
  readonly index: Operand
}
/** `buf[index] = value`; with `add`, `buf[index] += value`. */
export interface StoreStmt {
  readonly kind: "store"
  readonly buf: Local
  readonly index: Operand
  readonly value: Operand
  readonly add: boolean
}
/** A new buffer of zeros; with `kept`, the buffer of that number of the call before where it is as long, with whatever is in it. */
export interface AllocStmt {
  readonly kind: "alloc"
  readonly to: Local
  readonly length: Operand
  /** Every element is stored before anything looks at one. */
  readonly filled: boolean
  readonly kept: number | null
  /** It is a result of the function. */
  result?: boolean
}
/** Fills a buffer with zeros. */
export interface ClearStmt {
  readonly kind: "clear"
  readonly buf: Local
}
export interface CopyStmt {
  readonly kind: "copy"
  readonly to: Local
  readonly from: Local
  readonly offset: Operand
  readonly length: Operand
}
/** `buf += other`, element by element. */
export interface AddStmt {
  readonly kind: "add"
  readonly buf: Local
  readonly other: Local
}
export interface RowStmt {
  readonly kind: "row"
  readonly to: Local
  readonly row: RowOp
  readonly buf: Local
  readonly offset: Operand
  readonly length: Operand
}
/** A function of tier 0. */
export interface NativeStmt {
  readonly kind: "native"
  readonly name: string
  readonly run: NativeRun
  readonly to: readonly Local[]
  readonly args: readonly Operand[]
}
/** Fills a buffer with the product of two others: of these and m, k, n. */
export interface ProductStmt {
  readonly kind: "product"
  readonly buf: Local
  readonly run: ProductRun
  readonly args: readonly Operand[]
}
export interface IsStmt {
  readonly kind: "is"
  readonly to: Local
  readonly box: Operand
  readonly variant: VariantInfo
}
/** A field of a variant; gives up where it is no such value. */
export interface FieldStmt {
  readonly kind: "field"
  readonly to: Local
  readonly variant: VariantInfo
  readonly box: Operand
  readonly index: number
}
export interface MakeStmt {
  readonly kind: "make"
  readonly to: Local
  readonly variant: VariantInfo
  readonly args: readonly Operand[]
  /** Of changes: marked where it is settled as it is. */
  readonly marks: boolean
}
/** A field of changes of a variant. */
export interface ChangeStmt {
  readonly kind: "change"
  readonly to: Local
  readonly box: Operand
  readonly index: number
}
/** A function of two variants; gives up where it gives nothing. */
export interface BoxesStmt {
  readonly kind: "boxes"
  readonly to: Local
  readonly op: BoxOp
  readonly args: readonly Operand[]
}
export interface GuardStmt {
  readonly kind: "guard"
  readonly condition: Operand
}
/** Makes room on a stack for `each` numbers `times` times. */
export interface RoomStmt {
  readonly kind: "room"
  readonly stack: number
  readonly each: number
  readonly times: Operand
}
/** Numbers or truths put on a stack at once, the first lowest. */
export interface SaveStmt {
  readonly kind: "save"
  readonly stack: number
  readonly values: readonly Operand[]
}
/** Takes as many as there are locals from a stack; the last was highest. */
export interface RestoreStmt {
  readonly kind: "restore"
  readonly stack: number
  readonly to: readonly Local[]
}
/** Puts a box on the stack of boxes beside a stack. */
export interface SaveBoxStmt {
  readonly kind: "saveBox"
  readonly stack: number
  readonly box: Operand
}
export interface RestoreBoxStmt {
  readonly kind: "restoreBox"
  readonly stack: number
  readonly to: Local
}
/** Puts a buffer and its length on a stack, making room. */
export interface SaveBufStmt {
  readonly kind: "saveBuf"
  readonly stack: number
  readonly buf: Local
}
export interface RestoreBufStmt {
  readonly kind: "restoreBuf"
  readonly stack: number
  readonly to: Local
}
/** The same into a buffer that is there, and as long. */
export interface RefillStmt {
  readonly kind: "refill"
  readonly stack: number
  readonly buf: Local
}
/** How many numbers stand on a stack. */
export interface LevelStmt {
  readonly kind: "level"
  readonly stack: number
  readonly to: Local
}
/** Takes from a stack what stands above so many numbers. */
export interface CutStmt {
  readonly kind: "cut"
  readonly stack: number
  readonly level: Operand
}
export interface StepsStmt {
  readonly kind: "steps"
  readonly count: Operand
}
/** Looks whether the run may go on, if enough steps were made since the last look. */
export interface PollStmt {
  readonly kind: "poll"
}
/** So many statements, or as many as a buffer is long, bring the next look nearer as steps do; `looks`: at once, if it is due now. */
export interface WorkStmt {
  readonly kind: "work"
  readonly statements: Operand
  readonly looks: boolean
}
export interface IfStmt {
  readonly kind: "if"
  readonly condition: Operand
  readonly then: LirStmt[]
  readonly else: LirStmt[]
}
/**
 * Counts `index` from `from` up to below `to`, or `down` from below `to` to `from`; between stretches of so many turns it looks whether the run may go on, if
 * it can be as long as that.
 */
export interface CountStmt {
  readonly kind: "count"
  readonly index: Local
  readonly from: Operand
  readonly to: Operand
  readonly down: boolean
  stretch: Operand
  /** How many statements a turn is at most, where that is known before the loop. */
  work: Operand
  /** Buffers, and stacks by their numbers, that are read from before the turns of a stretch. */
  touches: readonly (Local | number)[]
  /** Where a turn is little work, no loop in it looks whether the run may go on. */
  hurries: boolean
  readonly body: LirStmt[]
}
/** Repeats until a `leave`. */
export interface RepeatStmt {
  readonly kind: "repeat"
  readonly body: LirStmt[]
}
/** Leaves the innermost loop if the condition is `when`. */
export interface LeaveStmt {
  readonly kind: "leave"
  readonly condition: Operand
  readonly when: boolean
}
/** Statements as a function of their own: given `args`, it makes `to` and assigns `moved`. */
export interface CallStmt {
  readonly kind: "call"
  readonly name: string
  readonly args: readonly Local[]
  readonly to: readonly Local[]
  readonly moved: readonly Local[]
  readonly body: LirStmt[]
}

/** A call of a routine, which stands for so many calls of the program. */
export interface InvokeStmt {
  readonly kind: "invoke"
  readonly name: string
  readonly args: readonly Operand[]
  readonly to: readonly Local[]
  readonly depth: number
}

export type LirStmt =
  | DefineStmt
  | BeginStmt
  | MoveStmt
  | LoadStmt
  | StoreStmt
  | AllocStmt
  | ClearStmt
  | CopyStmt
  | AddStmt
  | RowStmt
  | NativeStmt
  | ProductStmt
  | IsStmt
  | FieldStmt
  | MakeStmt
  | ChangeStmt
  | BoxesStmt
  | GuardStmt
  | RoomStmt
  | SaveStmt
  | RestoreStmt
  | SaveBoxStmt
  | RestoreBoxStmt
  | SaveBufStmt
  | RestoreBufStmt
  | RefillStmt
  | LevelStmt
  | CutStmt
  | StepsStmt
  | PollStmt
  | WorkStmt
  | IfStmt
  | CountStmt
  | RepeatStmt
  | LeaveStmt
  | CallStmt
  | InvokeStmt

export interface LirFunction {
  readonly name: string
  readonly params: readonly Local[]
  readonly body: LirStmt[]
  readonly results: readonly Operand[]
  readonly routines: readonly LirRoutine[]
}

/** A function that others and itself call; `reach`: calls of the program that may be running inside it, not counting those of other routines. */
export interface LirRoutine extends Omit<LirFunction, "routines"> {
  readonly reach: number
}

export function isLocal(operand: Operand): operand is Local {
  return typeof operand === "object" && operand !== null
}

/** The statement lists inside a statement; what a call calls is not inside. */
export function bodiesOf(stmt: LirStmt): readonly LirStmt[][] {
  if (stmt.kind === "if") return [stmt.then, stmt.else]
  if (stmt.kind === "count" || stmt.kind === "repeat") return [stmt.body]
  return noBodies
}
const noBodies: readonly LirStmt[][] = []

/** Every statement, outer ones before what is in them. */
export function* statementsIn(body: readonly LirStmt[]): Generator<LirStmt> {
  const open = [{ body, next: 0 }]
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const stmt = at.body[at.next++]
    if (stmt === undefined) {
      open.pop()
      continue
    }
    yield stmt
    const inner = bodiesOf(stmt)
    for (let k = inner.length - 1; k >= 0; k--) open.push({ body: inner[k]!, next: 0 })
  }
}

/** Every statement, also those of functions that are called. */
export function* everyStatementIn(body: readonly LirStmt[]): Generator<LirStmt> {
  for (const stmt of statementsIn(body)) {
    yield stmt
    if (stmt.kind === "call") yield* everyStatementIn(stmt.body)
  }
}

/** The locals that a statement itself makes or assigns. */
export function writtenBy(stmt: LirStmt): readonly Local[] {
  switch (stmt.kind) {
    case "define":
    case "begin":
    case "move":
    case "load":
    case "alloc":
    case "copy":
    case "row":
    case "restoreBuf":
    case "restoreBox":
    case "is":
    case "field":
    case "make":
    case "change":
    case "boxes":
    case "level":
      return [stmt.to]
    case "restore":
    case "native":
    case "call":
    case "invoke":
      return stmt.to
    case "count":
      return [stmt.index]
    default:
      return []
  }
}

/** What a statement itself reads. */
export function readBy(stmt: LirStmt): readonly Operand[] {
  switch (stmt.kind) {
    case "define":
    case "native":
    case "call":
    case "invoke":
    case "make":
    case "boxes":
      return stmt.args
    case "is":
    case "field":
    case "change":
    case "saveBox":
      return [stmt.box]
    case "begin":
      return stmt.value === undefined ? [] : [stmt.value]
    case "move":
      return [stmt.value]
    case "load":
      return [stmt.buf, stmt.index]
    case "store":
      return [stmt.buf, stmt.index, stmt.value]
    case "alloc":
      return [stmt.length]
    case "clear":
    case "saveBuf":
    case "refill":
      return [stmt.buf]
    case "copy":
      return [stmt.from, stmt.offset, stmt.length]
    case "add":
      return [stmt.buf, stmt.other]
    case "row":
      return [stmt.buf, stmt.offset, stmt.length]
    case "product":
      return [stmt.buf, ...stmt.args]
    case "guard":
    case "if":
    case "leave":
      return [stmt.condition]
    case "room":
      return [stmt.times]
    case "save":
      return stmt.values
    case "steps":
      return [stmt.count]
    case "work":
      return [stmt.statements]
    case "cut":
      return [stmt.level]
    case "count":
      return [stmt.from, stmt.to, stmt.stretch, stmt.work, ...stmt.touches]
    default:
      return []
  }
}
