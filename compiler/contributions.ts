/**
 * Cotangents that begin with what is added to them first.
 * Before: a buffer of zeros is made, and the first that happens to it is that another one is added, or something to every element. After: it is that other buffer, where
 * nothing needs that one from there on, or what is first is stored. It must not know what is added.
 */

import { add } from "../interpreter/primitives/arithmetic.ts"
import { constant, plus, polynomialOf, times, variable, variablesOf, type Polynomial } from "./polynomials.ts"
import {
  argsOf,
  blocksOf,
  greatestId,
  isVar,
  outsOf,
  routinesOf,
  Var,
  walk,
  type AccumStmt,
  type AllocStmt,
  type Atom,
  type Block,
  type ForStmt,
  type SirFunction,
  type Stmt,
  type StoreStmt,
} from "./sir.ts"

/** Where in a block statements use a buffer, in themselves or in what is inside them. */
class Uses {
  private readonly at = new Map<Var, number[]>()

  constructor({ stmts, results }: Block) {
    stmts.forEach((stmt, k) => {
      const see = (inner: Stmt): void => {
        for (const arg of argsOf(inner)) if (isVar(arg)) this.add(arg, k)
        for (const block of blocksOf(inner)) for (const result of block.results) if (isVar(result)) this.add(result, k)
      }
      see(stmt)
      for (const block of blocksOf(stmt)) for (const inner of walk(block)) see(inner)
    })
    for (const result of results) if (isVar(result)) this.add(result, stmts.length)
  }

  private add(v: Var, k: number): void {
    if (v.type !== "buf") return
    const places = this.at.get(v)
    if (places === undefined) this.at.set(v, [k])
    else if (places.at(-1) !== k) places.push(k)
  }

  of(v: Var): readonly number[] {
    return this.at.get(v) ?? []
  }
}

/** Does a statement, with what is inside it, use buffers without giving them another name or to anything that may keep them? */
function keepsNames(stmt: Stmt): boolean {
  const plain = ({ kind }: Stmt): boolean =>
    kind === "store" || kind === "accum" || kind === "addbuf" || kind === "load" || kind === "row" || kind === "product"
  if (stmt.kind !== "for") return plain(stmt)
  for (const inner of walk(stmt.body)) {
    const bufs = argsOf(inner).some((arg) => isVar(arg) && arg.type === "buf")
    if (bufs && !plain(inner)) return false
    for (const block of blocksOf(inner)) if (block.results.some((v) => isVar(v) && v.type === "buf")) return false
  }
  return stmt.params.every((param) => param.type !== "buf")
}

/** A loop, or one in another, that comes to every element of a buffer once. */
interface Filling {
  readonly stmt: StoreStmt | AccumStmt
  /** The block that the statement stands in. */
  readonly within: Block
  /** How many elements there are. */
  readonly size: Polynomial
}

/**
 * The only statements on their buffers in a nest of loops that come to element i, or to element i · n + j with j < n, in their turns. `begins`: is a buffer
 * of zeros until there? Only such ones are looked for.
 */
function fillings(loop: ForStmt, begins: (buf: Atom) => boolean): Filling[] {
  const nest = [loop]
  let { body } = loop
  const inner = body.stmts.filter(({ kind }) => kind === "for")
  if (inner.length === 1) {
    nest.push(inner[0] as ForStmt)
    body = nest[1]!.body
  }
  if (!body.stmts.some((stmt) => (stmt.kind === "store" || stmt.kind === "accum") && begins(stmt.buf))) return []
  if (nest.some(({ from, exits, count }) => from !== 0 || exits || count !== null)) return []
  const turns = nest.map(({ to }) => polynomialOf(to))
  const [outer, within = constant(1)] = turns
  if (outer == null || within === null) return []
  const inside = new Set<Var>([loop.index, ...loop.body.stmts.flatMap(outsOf)])
  if (nest.length > 1 && [...variablesOf(within)].some((v) => inside.has(v))) return []
  const rows = times(variable(loop.index), within)
  const place = rows === null || nest.length === 1 ? rows : plus(rows, variable(nest[1]!.index))
  const size = times(outer, within)
  if (place === null || size === null) return []
  const touched = new Map<Atom, number>()
  for (const stmt of walk(loop.body)) {
    if (blocksOf(stmt).length > 0 && stmt !== nest[1]) return []
    for (const arg of argsOf(stmt)) touched.set(arg, (touched.get(arg) ?? 0) + 1)
  }
  return body.stmts.flatMap((stmt) => {
    if ((stmt.kind !== "store" && stmt.kind !== "accum") || touched.get(stmt.buf) !== 1) return []
    const at = polynomialOf(stmt.index)
    return at !== null && plus(at, place, -1).size === 0 ? [{ stmt, within: body, size }] : []
  })
}

function sameSize(length: Atom | null, size: Polynomial): boolean {
  const known = length === null ? null : polynomialOf(length)
  return known !== null && plus(known, size, -1).size === 0
}

class Assigning {
  private next: number
  constructor(next: number) {
    this.next = next
  }

  block(block: Block): void {
    for (const stmt of block.stmts) for (const inner of blocksOf(stmt)) this.block(inner)
    const { stmts } = block
    const uses = new Uses(block)
    /** What made each buffer of the block, and what made the one that it became. */
    const made = new Map<Var, Stmt>()
    const gone = new Set<Stmt>()
    for (const stmt of stmts) for (const out of outsOf(stmt)) if (out.type === "buf") made.set(out, stmt)
    /** Is it all zeros until statement k? */
    const begins = (buf: Atom, k: number): AllocStmt | null => {
      const zeros = isVar(buf) ? made.get(buf) : undefined
      return zeros?.kind === "alloc" && zeros.out === buf && uses.of(buf)[0] === k ? zeros : null
    }
    /** Is it a buffer that nothing uses behind statement k, by whatever name? */
    const ends = (buf: Var, k: number): boolean => {
      const source = made.get(buf)
      if (source?.kind !== "alloc" && source?.kind !== "product") return false
      const places = uses.of(buf)
      return places.at(-1) === k && places.every((place) => keepsNames(stmts[place]!))
    }
    const become = (zeros: AllocStmt, other: Var): Stmt => {
      const { out } = zeros
      gone.add(zeros)
      made.set(out, made.get(other)!)
      made.delete(other)
      other.mutable ||= out.mutable
      out.def = { kind: "let", out, op: "alias", args: [other] }
      return out.def
    }
    const written = stmts.flatMap((stmt, k): Stmt[] => {
      if (stmt.kind === "addbuf") {
        const zeros = begins(stmt.buf, k)
        return zeros !== null && ends(stmt.other as Var, k) ? [become(zeros, stmt.other as Var)] : [stmt]
      }
      if (stmt.kind !== "for") return [stmt]
      const behind: Stmt[] = []
      for (const filling of fillings(stmt, (buf) => begins(buf, k) !== null)) {
        const zeros = begins(filling.stmt.buf, k)
        if (zeros === null || !sameSize(zeros.length, filling.size)) continue
        const copied = this.copied(stmt, filling)
        if (copied !== null && ends(copied, k)) {
          behind.push(become(zeros, copied))
          const { within } = filling
          within.stmts = within.stmts.filter((each) => each !== filling.stmt)
        } else this.store(zeros, filling)
      }
      return [stmt, ...behind]
    })
    block.stmts = written.filter((stmt) => !gone.has(stmt))
  }

  /** The buffer that is copied by this, element by element, and that nothing in the loop changes. */
  private copied(loop: ForStmt, { stmt, within, size }: Filling): Var | null {
    const load = within.stmts.find((other) => other.kind === "load" && other.out === stmt.value)
    if (load?.kind !== "load" || load.index !== stmt.index || !sameSize((load.buf as Var).length, size)) return null
    for (const other of walk(loop.body)) if (other.kind !== "load" && argsOf(other).includes(load.buf)) return null
    return load.buf as Var
  }

  /** What is added to zeros is stored: to -0 that is not the same. */
  private store(zeros: AllocStmt, { stmt, within }: Filling): void {
    zeros.filled = true
    if (stmt.kind === "store") return
    const sum = new Var(this.next++, "num", "v", zeros.out.home)
    sum.def = { kind: "let", out: sum, op: add.primitive, args: [0, stmt.value] }
    within.stmts.splice(within.stmts.indexOf(stmt), 1, sum.def, { ...stmt, kind: "store", value: sum })
  }
}

export function assignFirst(fn: SirFunction): void {
  const assigning = new Assigning(greatestId(fn) + 1)
  for (const { body } of [fn, ...routinesOf(fn)]) assigning.block(body)
}
