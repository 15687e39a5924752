/**
 * Shortens the chain of cotangents that a loop carries.
 * Before: a turn multiplies and adds its way from the carried cotangent a to the next, and each turn waits for all of it. After: next = a · (…), where what stands in
 * brackets waits for no other turn. Only reverse code may be changed so, as the last bits of its numbers are free. It must not know where cotangents come from.
 */

import { add, div, mul, neg, sub } from "../interpreter/primitives/arithmetic.ts"
import type { Builder } from "./builder.ts"
import { argsOf, blocksOf, walk, type Atom, type LetStmt, type Scope, type Stmt, type Var } from "./sir.ts"

const ADD = add.primitive
const SUB = sub.primitive
const MUL = mul.primitive
const DIV = div.primitive
const NEG = neg.primitive

/** Is the operation linear in the atoms that are multiples of one number, and its result again such a multiple? */
function multiplies({ op, args }: LetStmt, multiple: (atom: Atom) => boolean): boolean {
  const [x, y] = args as [Atom, Atom]
  if (op === ADD || op === SUB) return multiple(x) && multiple(y)
  if (op === MUL) return multiple(x) !== multiple(y)
  if (op === DIV) return multiple(x) && !multiple(y)
  if (op === NEG || op === "alias") return multiple(x)
  return false
}

/** Everything in a body that is a multiple of `a`, with the number of operations that lead there. */
function multiplesOf(a: Var, stmts: readonly Stmt[]): Map<Atom, number> {
  const depth = new Map<Atom, number>([[a, 0]])
  for (const stmt of stmts) {
    if (stmt.kind === "let" && multiplies(stmt, (atom) => depth.has(atom)))
      depth.set(stmt.out, 1 + Math.max(...stmt.args.map((arg) => depth.get(arg) ?? 0)))
  }
  return depth
}

/** Are there multiples among what is read by other statements than operations and changes of buffers? */
function buried(stmts: readonly Stmt[], multiples: ReadonlyMap<Atom, number>): boolean {
  const reads = (atoms: readonly Atom[]): boolean => atoms.some((atom) => multiples.has(atom))
  for (const stmt of stmts) {
    const blocks = blocksOf(stmt)
    const plain = stmt.kind === "let" || stmt.kind === "store" || stmt.kind === "accum"
    if (!plain && reads(argsOf(stmt))) return true
    for (const block of blocks) {
      if (reads(block.results)) return true
      for (const inner of walk(block)) {
        if (reads(argsOf(inner)) || blocksOf(inner).some((deeper) => reads(deeper.results))) return true
      }
    }
  }
  return false
}

/** Rewrites the body that was written into `scope`, where `params` are carried and code is written now. */
export function factor(b: Builder, scope: Scope, params: readonly Var[]): void {
  const { block } = scope
  for (const [k, a] of params.entries()) {
    const next = block.results[k]!
    const multiples = multiplesOf(a, block.stmts)
    if (a.type !== "num" || next === a || (multiples.get(next) ?? 0) < 2) continue
    if (buried(block.stmts, multiples)) continue
    const factors = new Map<Atom, Atom>([[a, 1]])
    const products = new Map<Atom, Atom>([[a, a]])
    const product = (atom: Atom): Atom => {
      if (!multiples.has(atom)) return atom
      let made = products.get(atom)
      if (made === undefined) products.set(atom, (made = b.mul(a, factors.get(atom)!)))
      return made
    }
    const { stmts } = block
    block.stmts = []
    scope.known.clear()
    for (const stmt of stmts) {
      if (stmt.kind === "let" && multiples.has(stmt.out)) {
        factors.set(
          stmt.out,
          b.let(
            stmt.op,
            stmt.args.map((arg) => factors.get(arg) ?? arg),
          ),
        )
        continue
      }
      if (stmt.kind === "let") stmt.args = stmt.args.map(product)
      else if (stmt.kind === "store" || stmt.kind === "accum") stmt.value = product(stmt.value)
      block.stmts.push(stmt)
    }
    block.results = block.results.map(product)
    return
  }
}
