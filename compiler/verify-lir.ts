/**
 * What every pass must keep true of LIR.
 * A local is made once, before it is read and where its reader sees it; only what was begun is assigned again; a loop is left from inside one; a place is
 * read to load, to store and to make other places. Tests run it after every pass. It must not know what passes do.
 */

import {
  bodiesOf,
  isLocal,
  readBy,
  writtenBy,
  type LirFunction,
  type LirStmt,
  type Local,
  type Operand,
} from "./lir.ts"

export function verifyLir(fn: LirFunction): void {
  for (const each of [fn, ...fn.routines]) verifyOne(each)
}

function verifyOne(fn: Omit<LirFunction, "routines">): void {
  const made = new Set<Local>(fn.params)
  const begun = new Set<Local>()
  const body = (stmts: readonly LirStmt[], around: ReadonlySet<Local>, inLoop: boolean): Set<Local> => {
    const seen = new Set(around)
    const check = (operand: Operand, where: string): void => {
      if (isLocal(operand) && !seen.has(operand)) fail(`${operand.name} is read before it is there (${where})`)
    }
    for (const stmt of stmts) {
      for (const operand of readBy(stmt)) {
        check(operand, stmt.kind)
        if (isLocal(operand) && operand.type === "place" && !asPlace(stmt, operand))
          fail(`${operand.name} is more than a place (${stmt.kind})`)
      }
      if (stmt.kind === "leave" && !inLoop) fail("a loop is left that is not there")
      if (stmt.kind === "move") {
        if (!begun.has(stmt.to)) fail(`${stmt.to.name} is assigned again`)
        check(stmt.to, "move")
        if ((stmt.to.type === "buf") !== (isLocal(stmt.value) && stmt.value.type === "buf"))
          fail(`${stmt.to.name} changes its type`)
        continue
      }
      if (stmt.kind === "call") {
        for (const local of stmt.moved) if (!begun.has(local)) fail(`${local.name} is assigned again`)
        const made = body(stmt.body, new Set(stmt.args), false)
        for (const local of stmt.to) {
          if (!made.has(local)) fail(`${stmt.name} does not give ${local.name}`)
          seen.add(local)
        }
        continue
      }
      const inner = stmt.kind === "count" ? new Set([...seen, stmt.index]) : seen
      for (const local of writtenBy(stmt)) {
        if (made.has(local)) fail(`${local.name} is made twice`)
        made.add(local)
        if (stmt.kind === "begin") begun.add(local)
        if (stmt.kind !== "count") seen.add(local)
      }
      if ("buf" in stmt && stmt.buf.type !== "buf") fail(`${stmt.kind} of ${stmt.buf.name}, which is no buffer`)
      for (const stmts of bodiesOf(stmt)) body(stmts, inner, inLoop || stmt.kind === "count" || stmt.kind === "repeat")
    }
    return seen
  }
  const seen = body(fn.body, new Set(fn.params), false)
  for (const result of fn.results) if (isLocal(result) && !seen.has(result)) fail(`${result.name} is no result`)
}

/** Does a statement read this operand as a place and no more? */
function asPlace(stmt: LirStmt, operand: Operand): boolean {
  if (stmt.kind === "load") return true
  if (stmt.kind === "store") return stmt.value !== operand
  if (stmt.kind === "call") return true
  return (stmt.kind === "define" || stmt.kind === "begin" || stmt.kind === "move") && stmt.to.type === "place"
}

function fail(message: string): never {
  throw new Error(`the compiler made invalid code: ${message}`)
}
