/**
 * What is known of elements in one turn of a loop.
 * Before: a turn stores an element and loads it again, or adds to it piece by piece. After: an element that was stored or loaded is used as the number that it is, one that is
 * added to several times is stored once, and one of a buffer that begins with zeros is not loaded for that. The order of additions stays. It must not know how loops met.
 */

import { add } from "../interpreter/primitives/arithmetic.ts"
import {
  isVar,
  type AccumStmt,
  type Atom,
  type ForStmt,
  type LetStmt,
  type LoadStmt,
  type PopStmt,
  type PushStmt,
  type Stmt,
  type StoreStmt,
  type Type,
  type Var,
} from "./sir.ts"

/** The statements of a turn that does nothing but compute with numbers and elements, and save numbers or take them back. */
export type Plain = Touching | LetStmt | PushStmt | PopStmt
type Touching = LoadStmt | StoreStmt | AccumStmt

/** Those that touch an element. */
export function isTouching(stmt: Plain): stmt is Touching {
  return stmt.kind === "load" || stmt.kind === "store" || stmt.kind === "accum"
}

export interface Elements {
  /** The one buffer behind a name, as far as that is known. */
  readonly root: (buf: Var) => Var
  /** What all names that a buffer may have share. */
  readonly leader: (buf: Var) => Var
  readonly fresh: (name: string, type?: Type) => Var
  /** Is told what is used in place of a number, or of elements of a buffer. */
  readonly replaced: (before: Var, now: Atom) => void
}

export function isPlain(stmt: Stmt): stmt is Plain {
  if (stmt.kind === "push") return isNumber(stmt.value)
  if (stmt.kind === "pop") return isNumber(stmt.out)
  return stmt.kind === "let" || stmt.kind === "load" || stmt.kind === "store" || stmt.kind === "accum"
}

function isNumber(atom: Atom): boolean {
  return !isVar(atom) || atom.type === "num" || atom.type === "bool"
}

/** Puts other numbers in the place of those that a statement computes with. */
function substitute(stmt: LetStmt | PushStmt | PopStmt, now: (atom: Atom) => Atom): void {
  if (stmt.kind === "let") stmt.args = stmt.args.map(now)
  else if (stmt.kind === "push") stmt.value = now(stmt.value)
}

/** Rewrites the body of a loop of plain statements; `zero` are buffers that have only zeros when the loop begins. */
export function forwardElements(
  loop: ForStmt,
  zero: ReadonlySet<Var>,
  { root, leader, fresh, replaced }: Elements,
): void {
  const { body, index } = loop
  const stmts = body.stmts as Plain[]
  const names = new Map<Var, Set<Var>>()
  const touched = new Map<Var, number>()
  const scattered = new Set<Var>()
  for (const stmt of stmts) {
    if (!isTouching(stmt)) continue
    const buf = stmt.buf as Var
    const known = names.get(leader(buf))
    if (known === undefined) names.set(leader(buf), new Set([root(buf)]))
    else known.add(root(buf))
    touched.set(root(buf), (touched.get(root(buf)) ?? 0) + 1)
    if (stmt.index !== index) scattered.add(leader(buf))
  }
  const tame = (buf: Var): boolean => !scattered.has(leader(buf)) && names.get(leader(buf))!.size === 1
  /** Elements at this turn's place, by buffer. */
  const elements = new Map<Var, Atom>()
  /** The last store to such an element, which another one makes useless. */
  const stores = new Map<Var, Plain>()
  const useless = new Set<Plain>()
  const numbers = new Map<Atom, Atom>()
  const now = (atom: Atom): Atom => numbers.get(atom) ?? atom
  const out: Plain[] = []
  const put = (buf: Var, value: Atom): void => {
    const before = stores.get(root(buf))
    if (before !== undefined) useless.add(before)
    const store: StoreStmt = { kind: "store", buf, index, value }
    elements.set(root(buf), value)
    stores.set(root(buf), store)
    out.push(store)
  }
  for (const stmt of stmts) {
    if (!isTouching(stmt)) {
      substitute(stmt, now)
      out.push(stmt)
      continue
    }
    const buf = stmt.buf as Var
    stmt.index = now(stmt.index)
    if (stmt.kind !== "load") stmt.value = now(stmt.value)
    if (!tame(buf)) {
      out.push(stmt)
      continue
    }
    const known = elements.get(root(buf))
    if (stmt.kind === "load") {
      if (known === undefined) {
        elements.set(root(buf), stmt.out)
        out.push(stmt)
      } else {
        numbers.set(stmt.out, known)
        replaced(stmt.out, known)
        replaced(root(buf), known)
      }
      continue
    }
    if (stmt.kind === "store") {
      put(buf, stmt.value)
      continue
    }
    let before = known ?? (zero.has(root(buf)) ? 0 : undefined)
    if (before === undefined) {
      if (touched.get(root(buf)) === 1) {
        out.push(stmt)
        continue
      }
      const loaded = fresh("x")
      out.push({ kind: "load", out: loaded, buf, index })
      before = loaded
    }
    if (typeof before === "number" && typeof stmt.value === "number") {
      put(buf, before + stmt.value)
      continue
    }
    const sum = fresh("v")
    const adding: LetStmt = { kind: "let", out: sum, op: add.primitive, args: [before, stmt.value] }
    sum.def = adding
    out.push(adding)
    put(buf, sum)
  }
  body.stmts = out.filter((stmt) => !useless.has(stmt))
  body.results = body.results.map(now)
}

/** Puts one variable in the place of another in plain statements. */
export function renamed(stmts: readonly Plain[], from: Var, to: Var): void {
  const now = (atom: Atom): Atom => (atom === from ? to : atom)
  for (const stmt of stmts) {
    if (!isTouching(stmt)) substitute(stmt, now)
    else {
      stmt.index = now(stmt.index)
      if (stmt.kind !== "load") stmt.value = now(stmt.value)
    }
  }
}

/** The buffers, by their leaders, of which a turn of the loop may touch another element than its own. */
export function scatteredIn(loop: ForStmt, leader: (buf: Var) => Var): Set<Var> {
  const out = new Set<Var>()
  for (const stmt of loop.body.stmts as Plain[])
    if (isTouching(stmt) && isVar(stmt.buf) && stmt.index !== loop.index) out.add(leader(stmt.buf))
  return out
}
