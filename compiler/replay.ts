/**
 * Which loops can be made again behind their end, and what that takes.
 * A loop belongs to the one that takes back what it saves, as deep in other loops as itself. Its turns can be made again where they have what it carries, numbers and arrays
 * that they read, kept once where those are out of reach by then or may have changed, and arrays that they change, kept with what it carries; arrays that they only fill are left
 * alone. It must not know how segments are written.
 *
 * A loop that cannot: its turns call routines, save or read variants from outside, take back what was saved before, save for more than one other loop, or change an array under
 * more than one name.
 */

import { Buffers } from "./aliases.ts"
import { definedIn } from "./copy.ts"
import {
  argsOf,
  blocksOf,
  isVar,
  outsOf,
  walk,
  type Atom,
  type Block,
  type ForStmt,
  type LoopStmt,
  type SirFunction,
  type Stmt,
  type Var,
} from "./sir.ts"
import { typeOf } from "./builder.ts"

/** Where statements are: the blocks around each, with the statement of that block that it is or is in, and the loops. */
export type Sites = ReadonlyMap<Stmt, Place>
interface Place {
  readonly blocks: readonly { readonly block: Block; readonly stmt: Stmt }[]
  readonly loops: readonly LoopStmt[]
}

/** A loop that saves, the one that takes back, and the stacks that they use. */
export interface Pair {
  readonly loop: LoopStmt
  readonly back: ForStmt
  readonly stacks: readonly number[]
  /** Where it saves. */
  readonly pushes: ReadonlySet<number>
  /** How many numbers a turn saves at most, if that is known. */
  readonly each: number | null
}

/** What turns that are made again need beside what the loop carries. */
export interface Turns {
  /** Statements that they do without. */
  readonly left: ReadonlySet<Stmt>
  /** Arrays from outside that turns change and read. */
  readonly changed: readonly Var[]
  /** What is out of reach where the turns are made again, or may have changed by then. */
  readonly kept: readonly Var[]
}

export function sitesIn(body: Block): Sites {
  const sites = new Map<Stmt, Place>()
  const visit = (block: Block, { blocks, loops }: Place): void => {
    for (const stmt of block.stmts) {
      const place = { blocks: [...blocks, { block, stmt }], loops }
      sites.set(stmt, place)
      const around = stmt.kind === "for" || stmt.kind === "while" ? [...loops, stmt] : loops
      for (const inner of blocksOf(stmt)) visit(inner, { blocks: place.blocks, loops: around })
    }
  }
  visit(body, { blocks: [], loops: [] })
  return sites
}

export function pairOf(loop: LoopStmt, sites: Sites): Pair | null {
  const own = openIn(loop.body)
  if (own === null || own.pops.size > 0 || own.pushes.size === 0) return null
  const depth = sites.get(loop)!.loops.length
  let back: LoopStmt | undefined
  let taken = 0
  for (const [stmt, { loops }] of sites) {
    if (stmt.kind !== "pop" || !own.pushes.has(stmt.site)) continue
    if (loops[depth] === undefined || loops[depth] === loop || (taken > 0 && loops[depth] !== back)) return null
    back = loops[depth]
    taken++
  }
  if (back?.kind !== "for" || back.exits || taken !== own.pushes.size) return null
  const other = openIn(back.body)
  if (other === null || [...other.pops.keys()].some((site) => !own.pushes.has(site))) return null
  const pushes = new Set(own.pushes.keys())
  const each = savedIn(loop.body, pushes)
  return { loop, back, stacks: [...new Set(own.pushes.values())], pushes, each: each === Infinity ? null : each }
}

/** How many numbers a block saves at most; infinitely many where a loop or an array says how many. */
function savedIn(block: Block, pushes: ReadonlySet<number>): number {
  let saved = 0
  for (const stmt of block.stmts) {
    if (stmt.kind === "push" && pushes.has(stmt.site)) saved += typeOf(stmt.value) === "buf" ? Infinity : 1
    else if (stmt.kind === "if") saved += Math.max(savedIn(stmt.then, pushes), savedIn(stmt.else, pushes))
    else if (blocksOf(stmt).some((inner) => savedIn(inner, pushes) > 0)) saved = Infinity
  }
  return saved
}

/** What a turn saves for others, and what it takes back of others, by site with the stack; null where it calls or saves what cannot be made again. */
function openIn(body: Block): { pushes: Map<number, number>; pops: Map<number, number> } | null {
  const pushes = new Map<number, number>()
  const pops = new Map<number, number>()
  for (const stmt of walk(body)) {
    if (stmt.kind === "call") return null
    if (stmt.kind === "push" && typeOf(stmt.value) === "box") return null
    if (stmt.kind === "push") pushes.set(stmt.site, stmt.stack)
    else if (stmt.kind === "pop") pops.set(stmt.site, stmt.stack)
  }
  for (const site of [...pushes.keys()]) if (pops.delete(site)) pushes.delete(site)
  return { pushes, pops }
}

export function turnsOf(fn: SirFunction, { loop, back }: Pair, sites: Sites): Turns | null {
  if (loop.params.some(({ type }) => type === "box")) return null
  const names = namesIn(loop)
  const found = changesIn(loop, names, new Buffers(fn.body).leader)
  if (found === null) return null
  const seen = visibleAt(back, fn, sites)
  const kept: Var[] = []
  for (const v of names.outer) {
    // An array may be another by then, though no turn changes it.
    if ((seen.has(v) && !v.mutable) || found.changed.includes(v)) continue
    if (!names.readWithout(found.left).has(v)) continue
    if (v.type === "box") return null
    kept.push(v)
  }
  return { ...found, kept }
}

interface Names {
  /** What turns read of what is from outside, and is not carried. */
  readonly outer: ReadonlySet<Var>
  /** Buffers that a turn makes. */
  readonly made: ReadonlySet<Var>
  readonly readWithout: (left: ReadonlySet<Stmt>) => ReadonlySet<Var>
}

function namesIn(loop: LoopStmt): Names {
  const inside = definedIn(loop.body)
  for (const param of loop.params) inside.add(param)
  if (loop.kind === "for") inside.add(loop.index)
  const readWithout = (left: ReadonlySet<Stmt>): Set<Var> => {
    const read = new Set<Var>()
    const see = (atom: Atom): void => {
      if (isVar(atom) && !inside.has(atom)) read.add(atom)
    }
    for (const stmt of walk(loop.body)) {
      if (left.has(stmt)) continue
      argsOf(stmt).forEach(see)
      for (const block of blocksOf(stmt)) block.results.forEach(see)
    }
    loop.body.results.forEach(see)
    return read
  }
  const made = new Set<Var>()
  for (const stmt of walk(loop.body))
    if (blocksOf(stmt).length === 0 && !isAlias(stmt)) for (const out of outsOf(stmt)) made.add(out)
  return { outer: readWithout(new Set()), made, readWithout }
}

function isAlias(stmt: Stmt): boolean {
  return stmt.kind === "let" && stmt.out.type === "buf"
}

/** The arrays that turns change: those to keep, and the statements that need not be made again; null where one has several names. */
function changesIn(
  loop: LoopStmt,
  { outer, made }: Names,
  leader: (buf: Var) => Var,
): { changed: Var[]; left: Set<Stmt> } | null {
  const changes = new Map<Var, Stmt[]>()
  const left = new Set<Stmt>()
  for (const stmt of walk(loop.body)) {
    if (stmt.kind === "guard") left.add(stmt)
    if (stmt.kind !== "store" && stmt.kind !== "accum" && stmt.kind !== "addbuf") continue
    const buf = stmt.buf as Var
    if (!made.has(buf)) changes.set(leader(buf), [...(changes.get(leader(buf)) ?? []), stmt])
  }
  // The turns are looked at together.
  countedIn(loop.body).forEach((stmt) => left.add(stmt))
  const changed: Var[] = []
  for (const [group, stmts] of changes) {
    const isOf = (v: Var): boolean => v.type === "buf" && leader(v) === group
    const outside = [...outer].filter(isOf)
    const carried = loop.params.filter(isOf)
    if (outside.length + carried.length > 1) return null
    const array = outside[0]
    if (array === undefined) continue
    // What never changes once it was filled is as it was when it was read.
    if (array.mutable && isRead(loop.body, isOf)) changed.push(array)
    else for (const stmt of stmts) left.add(stmt)
  }
  return { changed, left }
}

/** Where a turn counts steps, but for those of loops in it. */
function countedIn({ stmts }: Block): Stmt[] {
  return stmts.flatMap((stmt) =>
    stmt.kind === "steps" ? [stmt] : stmt.kind === "if" ? [stmt.then, stmt.else].flatMap(countedIn) : [],
  )
}

/** Does anything look at such a buffer, or give it another name? */
function isRead(body: Block, isOf: (v: Var) => boolean): boolean {
  const reads = (atom: Atom): boolean => isVar(atom) && isOf(atom)
  for (const stmt of walk(body)) {
    const target = stmt.kind === "store" || stmt.kind === "accum" || stmt.kind === "addbuf" ? stmt.buf : null
    if (argsOf(stmt).some((arg) => arg !== target && reads(arg))) return true
    if (blocksOf(stmt).some((block) => block.results.some(reads))) return true
  }
  return body.results.some(reads)
}

/** What is known where a statement stands. */
function visibleAt(stmt: Stmt, fn: SirFunction, sites: Sites): Set<Var> {
  const { blocks, loops } = sites.get(stmt)!
  const seen = new Set<Var>(fn.params)
  for (const { block, stmt: last } of blocks) {
    for (const each of block.stmts) {
      if (each === last) break
      for (const out of outsOf(each)) seen.add(out)
    }
  }
  for (const loop of loops) {
    for (const param of loop.params) seen.add(param)
    if (loop.kind === "for") seen.add(loop.index)
  }
  return seen
}
