/**
 * Buffers that are known all the way into a nest of loops.
 * Before: an engine looks at a typed array, at what it is, how long and where, in each turn of a loop that holds other loops; it takes out of the innermost
 * loops what it looks at, and nothing out of those around them. After: a nest in which nothing is called begins by reading an element of each buffer that it
 * uses, so that all of this is known wherever in it. It must not know what the loops compute.
 */

import { isInline } from "./javascript.ts"
import { isLocal, readBy, writtenBy, type CountStmt, type LirFunction, type LirStmt, type Local } from "./lir.ts"

/** What a body, with all that is in it, has to do with buffers. */
interface Survey {
  /** Nothing is called, so that nothing that is known of buffers is forgotten. */
  quiet: boolean
  loops: boolean
  /** Buffers, and stacks by their numbers. */
  readonly used: Set<Local | number>
  readonly made: Set<Local>
}

export function touchBuffers(fn: LirFunction): void {
  for (const { body } of [fn, ...fn.routines]) survey(body, true)
}

/** Surveys a body, in which loops that hold quiet loops alone are left to what is around them where that is quiet as well. */
function survey(body: readonly LirStmt[], outermost: boolean): Survey {
  const all: Survey = { quiet: true, loops: false, used: new Set(), made: new Set() }
  const nests: { loop: CountStmt; inside: Survey }[] = []
  const visit = (stmts: readonly LirStmt[]): void => {
    for (const stmt of stmts) {
      for (const local of writtenBy(stmt)) if (local.type === "buf") all.made.add(local)
      for (const operand of readBy(stmt)) if (isLocal(operand) && operand.type === "buf") all.used.add(operand)
      if ("stack" in stmt) all.used.add(stmt.stack)
      if (stmt.kind === "if") {
        visit(stmt.then)
        visit(stmt.else)
      } else if (stmt.kind === "count" || stmt.kind === "repeat") {
        const inside = survey(stmt.body, false)
        if (stmt.kind === "count" && inside.quiet) nests.push({ loop: stmt, inside })
        all.loops = true
        all.quiet &&= inside.quiet && stmt.kind === "count" && stmt.stretch === null
        inside.used.forEach((buf) => all.used.add(buf))
        inside.made.forEach((buf) => all.made.add(buf))
      } else all.quiet &&= isQuiet(stmt)
    }
  }
  visit(body)
  if (all.quiet && !outermost) return all
  for (const { loop, inside } of nests)
    if (inside.loops) loop.touches = [...inside.used].filter((buf) => typeof buf === "number" || !inside.made.has(buf))
  return all
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
