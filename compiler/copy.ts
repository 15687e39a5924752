/**
 * SIR written once more.
 * Every statement is a new one, and so is what it defines, if that is wanted: then each copy has variables of its own, as each is assigned once. It must not know what
 * the code is for.
 */

import { argsOf, blocksOf, isVar, outsOf, Var, walk, type Atom, type Block, type Stmt } from "./sir.ts"

/** The variable in the place of another. */
export type Renaming = (v: Var) => Var

/** The same statements as new ones, without those for which `leaves` says so. */
export function copyBlock(block: Block, rename: Renaming, leaves: (stmt: Stmt) => boolean = () => false): Block {
  const stmts = block.stmts.filter((stmt) => !leaves(stmt)).map((stmt) => copyStmt(stmt, rename, leaves))
  return { stmts, results: block.results.map((atom) => renamed(atom, rename)) }
}

function renamed(atom: Atom, rename: Renaming): Atom {
  return isVar(atom) ? rename(atom) : atom
}

function copyStmt(stmt: Stmt, rename: Renaming, leaves: (stmt: Stmt) => boolean): Stmt {
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(stmt) as [string, unknown][]) {
    if (value instanceof Var) copy[key] = rename(value)
    else if (Array.isArray(value)) copy[key] = (value as Atom[]).map((atom) => renamed(atom, rename))
    else if (key === "extents") {
      const sizes = Object.entries(value as Record<string, Atom>)
      copy[key] = Object.fromEntries(sizes.map(([name, size]) => [name, renamed(size, rename)]))
    } else copy[key] = isBlock(value) ? copyBlock(value, rename, leaves) : value
  }
  return copy as unknown as Stmt
}

function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && "stmts" in value
}

/** What a block reads of what is from outside. */
export function freeIn(block: Block): Set<Var> {
  const defined = definedIn(block)
  const free = new Set<Var>()
  const see = (atom: Atom): void => {
    if (isVar(atom) && !defined.has(atom)) free.add(atom)
  }
  for (const stmt of walk(block)) {
    argsOf(stmt).forEach(see)
    for (const inner of blocksOf(stmt)) inner.results.forEach(see)
  }
  block.results.forEach(see)
  return free
}

/** What the statements of a block and of those in it define, with what loops carry. */
export function definedIn(block: Block): Set<Var> {
  const defined = new Set<Var>()
  for (const stmt of walk(block)) {
    for (const out of outsOf(stmt)) defined.add(out)
    if (stmt.kind === "for") defined.add(stmt.index)
    if (stmt.kind === "for" || stmt.kind === "while") for (const param of stmt.params) defined.add(param)
  }
  return defined
}
