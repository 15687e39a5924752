/**
 * What is the same in every turn is computed before the loop.
 * Before: an operation in a loop has operands that are all from outside of it. After: it stands before the loop, and before the loops around that for which the same is true.
 * Only operations that cannot give up are moved: a loop may make no turn. It must not know what they are for.
 */

import {
  blocksOf,
  isVar,
  mayBail,
  outsOf,
  routinesOf,
  type Block,
  type SirFunction,
  type Stmt,
  type Var,
} from "./sir.ts"

/** Moves what it can out of a block that is run again and again; gives what was moved. */
function invariant(block: Block, given: readonly Var[]): Stmt[] {
  const inside = new Set(given)
  const moved: Stmt[] = []
  block.stmts = block.stmts.filter((stmt) => {
    if (stmt.kind === "let" && !mayBail(stmt) && !stmt.args.some((arg) => isVar(arg) && inside.has(arg))) {
      moved.push(stmt)
      return false
    }
    for (const out of outsOf(stmt)) inside.add(out)
    return true
  })
  return moved
}

function visit(block: Block): void {
  block.stmts = block.stmts.flatMap((stmt) => {
    blocksOf(stmt).forEach(visit)
    if (stmt.kind === "for") return [...invariant(stmt.body, [stmt.index, ...stmt.params]), stmt]
    if (stmt.kind === "while") {
      const before = invariant(stmt.condition, stmt.params)
      const made = stmt.condition.stmts.flatMap(outsOf)
      return [...before, ...invariant(stmt.body, [...stmt.params, ...made]), stmt]
    }
    return [stmt]
  })
}

export function hoistInvariants(fn: SirFunction): void {
  for (const { body } of [fn, ...routinesOf(fn)]) visit(body)
}
