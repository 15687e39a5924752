/**
 * Functions too large for JavaScript's optimisers, in pieces.
 * Before: one function of any size. After: none has much more than `most` statements; runs of statements of a body are functions of their own, which are given what they read of
 * others and give what others read of them. An engine interprets whatever it finds too large, at a fiftieth of the speed. It must not know what is computed.
 */

import {
  bodiesOf,
  everyStatementIn,
  isLocal,
  readBy,
  statementsIn,
  writtenBy,
  type LirFunction,
  type LirStmt,
  type Local,
  type Operand,
} from "./lir.ts"

/** Statements of one function: V8 gives up at 60 kB of bytecode, which is 1,500 to 5,000 with what a piece reads of others. */
export const mostStatements = 1000

export function splitLarge(fn: LirFunction, most: number): void {
  let pieces = 0
  const name = (): string => `f${String(pieces++)}`
  for (const { body, results } of [...fn.routines, fn]) {
    if (sizeOf(body) > most) new Splitting(body, results, most, name).body(body)
  }
}

function sizeOf(body: readonly LirStmt[]): number {
  let size = 0
  for (const stmt of statementsIn(body)) {
    size += stmt.kind === "call" ? 8 + stmt.moved.length : 1
    // stands there twice
    if (stmt.kind === "count" && stmt.hurries) size += sizeOf(stmt.body)
  }
  return size
}

class Splitting {
  private readonly most: number
  /** The same however the function is divided. */
  private readonly uses: ReadonlyMap<Local, number>
  /** A name that no piece has yet. */
  private readonly name: () => string

  constructor(body: readonly LirStmt[], results: readonly Operand[], most: number, name: () => string) {
    this.most = most
    this.uses = usesIn(body, results)
    this.name = name
  }

  /** Makes a body short enough: the bodies in it first, then runs of its statements. */
  body(body: LirStmt[]): void {
    const { most } = this
    // shorter runs stay where they are
    const fewest = Math.max(2, most / 10)
    for (const stmt of body) {
      // a function that is made of a part of a loop stands there once
      if (stmt.kind === "count" && sizeOf(stmt.body) > most) stmt.hurries = false
      for (const inner of bodiesOf(stmt)) if (sizeOf(inner) > most) this.body(inner)
    }
    if (sizeOf(body) <= most) return
    const runs: LirStmt[][] = [[]]
    let size = 0
    for (const stmt of body) {
      const more = sizeOf([stmt])
      if (size + more > most || stmt.kind === "leave") {
        runs.push([])
        size = 0
      }
      runs.at(-1)!.push(stmt)
      size += more
      if (stmt.kind === "leave") runs.push([])
    }
    body.splice(0, body.length, ...runs.flatMap((run) => (sizeOf(run) < fewest ? run : [this.pieceOf(run)])))
  }

  /** A run of statements as a call of a function. */
  private pieceOf(run: LirStmt[]): LirStmt {
    const made = new Set<Local>()
    const assigned = new Set<Local>()
    for (const stmt of everyStatementIn(run)) {
      if (stmt.kind === "move") assigned.add(stmt.to)
      else if (stmt.kind !== "call") for (const local of writtenBy(stmt)) made.add(local)
    }
    const inside = usesIn(run)
    return {
      kind: "call",
      name: this.name(),
      args: [...inside.keys()].filter((local) => !made.has(local)),
      to: [...made].filter((local) => (this.uses.get(local) ?? 0) > (inside.get(local) ?? 0)),
      moved: [...assigned].filter((local) => !made.has(local)),
      body: run,
    }
  }
}

/** How often each local is read or assigned again, in whichever function. */
function usesIn(body: readonly LirStmt[], results: readonly Operand[] = []): Map<Local, number> {
  const uses = new Map<Local, number>()
  const count = (operand: Operand): void => {
    if (isLocal(operand)) uses.set(operand, (uses.get(operand) ?? 0) + 1)
  }
  results.forEach(count)
  for (const stmt of everyStatementIn(body)) {
    if (stmt.kind === "call") continue
    readBy(stmt).forEach(count)
    if (stmt.kind === "move") count(stmt.to)
  }
  return uses
}
