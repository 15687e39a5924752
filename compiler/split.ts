/**
 * Functions too large for JavaScript's optimisers, in pieces.
 * Before: one function of any size. After: none has much more than `most` statements; runs of statements of a body are functions of their own, which are given what they read of
 * others and give what others read of them. An engine interprets whatever it finds too large, at a fiftieth of the speed. It must not know what is computed.
 */

import {
  bodiesOf,
  isLocal,
  readBy,
  statementsIn,
  writtenBy,
  type LirFunction,
  type LirStmt,
  type Local,
  type Operand,
} from "./lir.ts"

/** Statements of one function: V8 gives up at 60 kB of bytecode, which is about 1,500. */
const most = 1500
/** Shorter runs of statements stay where they are. */
const fewest = 100

export function splitLarge(fn: LirFunction): void {
  if (sizeOf(fn.body) > most) new Splitting(fn).body(fn.body)
}

function sizeOf(body: readonly LirStmt[]): number {
  let size = 0
  for (const stmt of statementsIn(body)) size += stmt.kind === "call" ? 1 + stmt.args.length + stmt.to.length : 1
  return size
}

class Splitting {
  private readonly fn: LirFunction
  private next = 0

  constructor(fn: LirFunction) {
    this.fn = fn
  }

  /** Makes a body short enough: the bodies in it first, then runs of its statements. */
  body(body: LirStmt[]): void {
    for (const stmt of body) for (const inner of bodiesOf(stmt)) if (sizeOf(inner) > most) this.body(inner)
    if (sizeOf(body) <= most) return
    const stmts = body.splice(0)
    let run: LirStmt[] = []
    let size = 0
    const runs: LirStmt[][] = []
    const end = (): void => {
      if (run.length > 0) runs.push(run)
      run = []
      size = 0
    }
    for (const stmt of stmts) {
      const more = sizeOf([stmt])
      if (size + more > most) end()
      if (stmt.kind === "leave") {
        end()
        runs.push([stmt])
        continue
      }
      run.push(stmt)
      size += more
    }
    end()
    // each run sees the others as they were: what they read and make does not change
    body.push(...stmts)
    for (const each of runs) {
      if (sizeOf(each) < fewest) continue
      const call = this.pieceOf(each)
      body.splice(body.indexOf(each[0]!), each.length, call)
    }
  }

  /** A run of statements as a call of a function. */
  private pieceOf(run: LirStmt[]): LirStmt {
    const made = new Set<Local>()
    const read = new Set<Local>()
    const moved = new Set<Local>()
    const see = (operand: Operand): void => {
      if (isLocal(operand)) read.add(operand)
    }
    for (const stmt of statementsIn(run)) {
      readBy(stmt).forEach(see)
      if (stmt.kind === "move") moved.add(stmt.to)
      else if (stmt.kind === "call") for (const local of stmt.moved) moved.add(local)
      else for (const local of writtenBy(stmt)) made.add(local)
      if (stmt.kind === "call") for (const local of stmt.to) made.add(local)
    }
    const assigned = [...moved].filter((local) => !made.has(local))
    const outside = this.usedOutside(run)
    return {
      kind: "call",
      name: `f${String(this.next++)}`,
      args: [...new Set([...read, ...assigned])].filter((local) => !made.has(local)),
      to: [...made].filter((local) => outside.has(local)),
      moved: assigned,
      body: run,
    }
  }

  /** What statements outside of a run read or assign. */
  private usedOutside(run: readonly LirStmt[]): Set<Operand> {
    const used = new Set<Operand>(this.fn.results)
    const first = run[0]!
    const visit = (body: readonly LirStmt[]): void => {
      const at = body.indexOf(first)
      body.forEach((stmt, k) => {
        if (at >= 0 && k >= at && k < at + run.length) return
        readBy(stmt).forEach((operand) => used.add(operand))
        if (stmt.kind === "move") used.add(stmt.to)
        if (stmt.kind === "call") stmt.moved.forEach((local) => used.add(local))
        bodiesOf(stmt).forEach(visit)
      })
    }
    visit(this.fn.body)
    return used
  }
}
