/**
 * Where compiled code looks at clock and interruption beside where it counts steps.
 * Before: loops and passes over buffers, however long. After: a counted loop that may be long runs in stretches, with a look between two of them, which are
 * shorter the more there is to do in a turn; that is known, or computed before the outermost loop that does not change it, and only what differs from turn to
 * turn brings the next look nearer where it is done. It must not know what is computed.
 */

import { add, div, mul, neg, sub } from "../interpreter/primitives/arithmetic.ts"
import {
  isLocal,
  statementsIn,
  writtenBy,
  type CountStmt,
  type LirFunction,
  type LirStmt,
  type Local,
  type Operand,
  type RepeatStmt,
} from "./lir.ts"
import type { Op } from "./sir.ts"

/** Statements between two looks: a look takes tens of nanoseconds, and so many statements a millisecond at most. */
const mostWork = 65_536

/** So many statements need not be told what is around them. */
const little = 256

/** For how many statements a call of a function of numbers counts. */
const workOfCall = 32

/** Statements that are run one after the other: a body, or a branch. */
interface Scope {
  readonly level: number
  readonly stmts: LirStmt[]
}

/** What is run again and again as a whole, the body of a loop or a routine, and how many statements that is: so many, and what these operands hold. */
interface Turn {
  readonly level: number
  fixed: number
  readonly counted: Operand[]
}

/** At most `to` - `from` + `more` turns. */
interface Extent {
  readonly from: Operand
  readonly to: Operand
  readonly more: number
}

export function spaceLooks(fn: LirFunction): void {
  new Spacing(fn).all(false)
  for (const routine of fn.routines) new Spacing(routine).all(true)
}

class Spacing {
  private readonly fn: Pick<LirFunction, "params" | "body">
  private readonly scopes: Scope[] = []
  private turn: Turn | null = null
  /** Where a local is there from. */
  private readonly homes = new Map<Local, Scope>()
  /** What is assigned again stands for nothing but where it is read. */
  private readonly assigned = new Set<Local>()
  private readonly loops = new Map<Local, CountStmt>()
  private readonly lengths = new Map<Local, Operand>()
  private extra = 0

  constructor(fn: Pick<LirFunction, "params" | "body">) {
    this.fn = fn
    for (const stmt of statementsIn(fn.body)) if (stmt.kind === "move") this.assigned.add(stmt.to)
  }

  all(isRoutine: boolean): void {
    const { params, body } = this.fn
    if (isRoutine) this.inTurn(body, params)
    else this.inside(body, params)
  }

  /** What a run of a body that is run again and again comes to. */
  private inTurn(body: LirStmt[], given: readonly Local[]): Turn {
    const outer = this.turn
    const turn: Turn = { level: this.scopes.length, fixed: 1, counted: [] }
    this.turn = turn
    this.inside(body, given)
    this.turn = outer
    return turn
  }

  private inside(body: LirStmt[], given: readonly Local[]): void {
    const scope: Scope = { level: this.scopes.length, stmts: [] }
    this.scopes.push(scope)
    for (const local of given) this.homes.set(local, scope)
    for (const stmt of body) {
      this.statement(stmt)
      scope.stmts.push(stmt)
      for (const local of writtenBy(stmt)) this.homes.set(local, scope)
    }
    this.scopes.pop()
    body.splice(0, body.length, ...scope.stmts)
  }

  /** Sees to what is in a statement; what has to be computed for it goes before it, or before what it is in. */
  private statement(stmt: LirStmt): void {
    if (this.turn !== null) this.turn.fixed += stmt.kind === "define" ? workOf(stmt.op) : 1
    switch (stmt.kind) {
      case "count":
        this.count(stmt)
        return
      case "repeat":
        this.repeat(stmt)
        return
      case "if":
        this.inside(stmt.then, [])
        this.inside(stmt.else, [])
        return
      case "alloc":
        this.lengths.set(stmt.to, stmt.length)
        return
      case "clear":
      case "add":
      case "saveBuf":
        this.pass(this.lengths.get(stmt.buf) ?? stmt.buf)
        return
      case "copy":
      case "row":
        this.pass(stmt.length)
        return
      default:
        return
    }
  }

  /** So many numbers are gone through at once. */
  private pass(numbers: Operand): void {
    if (this.turn !== null) this.spend(this.turn, numbers)
    else if (typeof numbers !== "number" || numbers > little) this.tell(numbers)
  }

  private count(stmt: CountStmt): void {
    const { turn } = this
    this.loops.set(stmt.index, stmt)
    const inside = this.inTurn(stmt.body, [stmt.index])
    const each = this.sum(inside)
    stmt.work = each
    const turns = this.turns(stmt)
    if (typeof each !== "number") {
      const most = this.operation("small", [this.operation(div.primitive, [mostWork, each])])
      stmt.stretch = this.operation("max", [most, 1])
    } else if (typeof turns !== "number" || turns * each > mostWork)
      stmt.stretch = Math.max(1, Math.floor(mostWork / each))
    if (turn === null) return
    if (typeof turns === "number" && typeof each === "number") turn.fixed += turns * each
    else this.spend(turn, this.operation(mul.primitive, [this.value(turns), each]))
  }

  private repeat({ body }: RepeatStmt): void {
    const turn = this.inTurn(body, [])
    if (turn.fixed <= little && turn.counted.length === 0) return
    // Each turn looks for itself, at its head.
    const head = body.findIndex(({ kind }) => kind === "poll")
    body.splice(head + 1, 0, { kind: "work", statements: this.sum(turn), looks: head < 0 })
  }

  /** Adds to what a turn comes to, or tells of it here where it is known no earlier. */
  private spend(turn: Turn, statements: Operand): void {
    if (typeof statements === "number") turn.fixed += statements
    else if (isLocal(statements) && statements.type !== "buf" && this.homeOf(statements).level < turn.level)
      turn.counted.push(statements)
    else this.tell(statements)
  }

  private tell(statements: Operand): void {
    this.here.stmts.push({ kind: "work", statements, looks: true })
  }

  private get here(): Scope {
    return this.scopes.at(-1)!
  }

  private homeOf(local: Local): Scope {
    return this.assigned.has(local) ? this.here : this.homes.get(local)!
  }

  private sum({ fixed, counted }: Turn): Operand {
    return counted.reduce((sum, more) => this.operation(add.primitive, [sum, more]), fixed as Operand)
  }

  /** How many turns a loop makes at most, in whichever turn of the loops around it. */
  private turns({ from, to }: CountStmt): number | Extent {
    let more = 0
    for (let loop = this.loopOf(from); loop !== undefined; loop = this.loopOf(from)) from = loop.from
    for (let loop = this.loopOf(to); loop !== undefined; loop = this.loopOf(to)) {
      to = loop.to
      more--
    }
    return typeof from === "number" && typeof to === "number" ? Math.max(0, to + more - from) : { from, to, more }
  }

  private value(turns: number | Extent): Operand {
    if (typeof turns === "number") return turns
    let { to } = turns
    if (turns.from !== 0) to = this.operation(sub.primitive, [to, turns.from])
    if (turns.more !== 0) to = this.operation(add.primitive, [to, turns.more])
    return this.operation("max", [to, 0])
  }

  private loopOf(operand: Operand): CountStmt | undefined {
    return isLocal(operand) ? this.loops.get(operand) : undefined
  }

  /** The value of an operation, computed as early as its operands are there. */
  private operation(op: Op, args: readonly Operand[]): Local {
    let home = this.scopes[0]!
    for (const arg of args) if (isLocal(arg) && this.homeOf(arg).level > home.level) home = this.homeOf(arg)
    const to: Local = { name: `w${String(this.extra++)}`, type: "num" }
    this.homes.set(to, home)
    home.stmts.push({ kind: "define", to, op, args })
    return to
  }
}

/** Operations that a machine does in an instruction or two. */
const quick: ReadonlySet<Op> = new Set([add, sub, mul, div, neg].map(({ primitive }) => primitive))

function workOf(op: Op): number {
  return typeof op === "string" || op.kind === "predicate" || quick.has(op) ? 1 : workOfCall
}
