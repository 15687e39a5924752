/**
 * Nests of loops in which nothing is called, not even to look at the clock.
 * Before: an engine looks at a typed array, at what it is, how long and where, in each turn of a loop that holds other loops, for whatever is called may change
 * that; it takes out of the innermost loops what it looks at, and nothing out of those around them. After: such a nest begins by reading an element of each
 * buffer that it uses, so that all of this is known wherever in it, and where a turn is little work its inner loops do not look whether the run may go on. It
 * must not know what the loops compute.
 */

import { isInline } from "./javascript.ts"
import { isLocal, readBy, writtenBy, type CountStmt, type LirFunction, type LirStmt, type Local } from "./lir.ts"

/** So many statements may stand twice in the text: for much work and for little. */
const mostTwice = 128

/** What a body, with all that is in it, has to do with buffers. */
interface Survey {
  /** Nothing is called but to look whether the run may go on between stretches of the loops in it. */
  quiet: boolean
  looks: boolean
  size: number
  /** Quiet loops that may have to stand by themselves. */
  readonly nests: Nest[]
  /** Buffers, and stacks by their numbers. */
  readonly used: Set<Local | number>
  readonly made: Set<Local>
}

interface Nest {
  readonly loop: CountStmt
  readonly inside: Survey
}

export function touchBuffers(fn: LirFunction): void {
  for (const { body } of [fn, ...fn.routines]) survey(body).nests.forEach(touch)
}

/** Surveys a body, and sees to the nests in it where it is no part of one. */
function survey(body: readonly LirStmt[]): Survey {
  const all: Survey = { quiet: true, looks: false, size: 0, nests: [], used: new Set(), made: new Set() }
  const visit = (stmts: readonly LirStmt[]): void => {
    for (const stmt of stmts) {
      all.size++
      for (const local of writtenBy(stmt)) if (local.type === "buf") all.made.add(local)
      for (const operand of readBy(stmt)) if (isLocal(operand) && operand.type === "buf") all.used.add(operand)
      if ("stack" in stmt) all.used.add(stmt.stack)
      if (stmt.kind === "if") {
        visit(stmt.then)
        visit(stmt.else)
      } else if (stmt.kind === "count" || stmt.kind === "repeat") {
        const inside = survey(stmt.body)
        if (stmt.kind === "count" && inside.quiet) all.nests.push({ loop: stmt, inside })
        all.quiet &&= inside.quiet && stmt.kind === "count"
        all.looks ||= inside.looks || (stmt.kind === "count" && stmt.stretch !== null)
        all.size += inside.size
        inside.used.forEach((buf) => all.used.add(buf))
        inside.made.forEach((buf) => all.made.add(buf))
      } else all.quiet &&= isQuiet(stmt)
    }
  }
  visit(body)
  if (!all.quiet) all.nests.splice(0).forEach(touch)
  return all
}

/** Makes a quiet loop that holds loops begin with its buffers; where the loops in it would look at the clock and cannot do without, it is left to them. */
function touch({ loop, inside }: Nest): void {
  if (inside.nests.length === 0) return
  if (inside.looks) {
    if (!isLocal(loop.work) || inside.size > mostTwice) {
      inside.nests.forEach(touch)
      return
    }
    loop.hurries = true
  }
  loop.touches = [...inside.used].filter((buf) => typeof buf === "number" || !inside.made.has(buf))
}

function isQuiet(stmt: LirStmt): boolean {
  switch (stmt.kind) {
    case "define":
      return isInline(stmt.op)
    case "begin":
    case "move":
    case "load":
    case "store":
    case "clear":
    case "add":
    case "save":
    case "restore":
    case "cut":
    case "level":
    case "refill":
    case "is":
    case "field":
    case "guard":
    case "steps":
    case "leave":
      return true
    case "work":
      return !stmt.looks
    default:
      return false
  }
}
