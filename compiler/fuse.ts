/**
 * Loops over the same range become one loop.
 * Before: every operation on arrays is a loop of its own that fills a buffer, and sums and additions of buffers go over them once more. After: loops that meet element by
 * element are one, where an element is used as it was computed; a buffer that only loops handed to each other is gone, and a sum is taken in the lanes of the language
 * while its elements are made. Whatever is added to one number is added in the same order as before. It must not know what is computed.
 */

import { add, mul } from "../interpreter/primitives/arithmetic.ts"
import { Buffers } from "./aliases.ts"
import { forwardElements, isPlain, isTouching, renamed, scatteredIn, type Elements, type Plain } from "./elements.ts"
import { isInt } from "./builder.ts"
import { constant, plus, polynomialOf, times, variable, type Polynomial } from "./polynomials.ts"
import { straysRow, sumRow } from "./rows.ts"
import {
  argsOf,
  blocksOf,
  greatestId,
  isVar,
  outsOf,
  scopeOf,
  Var,
  walk,
  type AddBufStmt,
  type Atom,
  type Block,
  type ForStmt,
  type GuardStmt,
  type RowStmt,
  type SirFunction,
  type Stmt,
  type Type,
} from "./sir.ts"

/** How far back a loop looks for another, and how long a turn may become. */
const farthest = 200
/** In a function of so many statements it looks less far: there, looking would take longer than all else. */
const large = 2000
const farthestInLarge = 40
const longest = 300

function rootOf(buf: Var): Var {
  let at = buf
  while (at.def?.op === "alias") at = at.def.args[0] as Var
  return at
}

/** Integers that guards found to be the same. */
class Equalities {
  private same: Map<Var, Atom>
  /** Equal for integers that are the same polynomial; null for what is none. Those of the block around hold where nothing more is known here. */
  private readonly names: Map<Atom, string | null>

  constructor(outer: Equalities | null, block: Block) {
    this.same = outer?.same ?? new Map<Var, Atom>()
    let shared = true
    // A run in which a guard fails is thrown away, also what it did before the guard.
    for (const stmt of block.stmts) {
      const asked = stmt.kind === "guard" && isVar(stmt.condition) ? stmt.condition.def : null
      if (asked?.op !== "same") continue
      const [x, y] = asked.args.map((arg) => this.find(arg)) as [Atom, Atom]
      if (x === y || !isInt(x) || !isInt(y)) continue
      if (shared) this.same = new Map(this.same)
      shared = false
      if (isVar(x) && (!isVar(y) || y.id < x.id)) this.same.set(x, y)
      else if (isVar(y)) this.same.set(y, x)
    }
    this.names = shared && outer !== null ? outer.names : new Map()
  }

  private find(atom: Atom): Atom {
    let at = atom
    while (isVar(at) && this.same.has(at)) at = this.same.get(at)!
    return at
  }

  private nameOf(atom: Atom): string | null {
    let name = this.names.get(atom)
    if (name === undefined) {
      const terms = this.taken(atom)
      name =
        terms &&
        Array.from(terms, ([vars, { factor }]) => `${String(factor)} ${vars}`)
          .sort()
          .join("+")
      this.names.set(atom, name)
    }
    return name
  }

  private taken(atom: Atom): Polynomial | null {
    let sum = constant(0)
    for (const { factor, vars } of polynomialOf(atom)?.values() ?? []) {
      let term: Polynomial | null = constant(factor)
      for (const v of vars) {
        const found = this.find(v)
        term = term && times(term, isVar(found) ? variable(found) : constant(found as number))
      }
      if (term === null) return null
      sum = plus(sum, term)
    }
    return sum
  }

  equal(x: Atom, y: Atom): boolean {
    if (x === y) return true
    if ((!isVar(x) && !isVar(y)) || !isInt(x) || !isInt(y)) return false
    const name = this.nameOf(x)
    return name !== null && name === this.nameOf(y)
  }
}

/** What a statement, with what is in it, makes, reads and changes; what is made and read inside it alone does not count. */
interface Effects {
  readonly makes: readonly Var[]
  readonly needs: readonly Var[]
  readonly looksAt: readonly Var[]
  readonly changes: readonly (Var | "stacks")[]
  /** The buffers, by what their names share, that occur at all. */
  readonly buffers: readonly Var[]
}
const nothing: readonly never[] = []

/** What several statements do together. */
class Union {
  readonly makes = new Set<Var>()
  readonly needs = new Set<Var>()
  readonly looksAt = new Set<Var>()
  readonly changes = new Set<Var | "stacks">()

  constructor(...all: readonly Effects[]) {
    for (const effects of all) this.add(effects)
  }

  add({ makes, needs, looksAt, changes }: Effects): void {
    for (const v of makes) this.makes.add(v)
    for (const v of needs) this.needs.add(v)
    for (const buf of looksAt) this.looksAt.add(buf)
    for (const buf of changes) this.changes.add(buf)
  }

  touches(buf: Var): boolean {
    return this.looksAt.has(buf) || this.changes.has(buf)
  }

  /** May a statement change places with these? */
  apart({ makes, needs, looksAt, changes }: Effects): boolean {
    for (const v of makes) if (this.needs.has(v)) return false
    for (const v of needs) if (this.makes.has(v)) return false
    for (const buf of looksAt) if (this.changes.has(buf)) return false
    for (const buf of changes) if (this.changes.has(buf) || (buf !== "stacks" && this.looksAt.has(buf))) return false
    return true
  }
}

class Fusing {
  private readonly buffers: Buffers
  private readonly elements: Elements
  private readonly effects = new WeakMap<Stmt, Effects>()
  private readonly scattering = new WeakMap<ForStmt, ReadonlySet<Var>>()
  private readonly simple = new WeakMap<ForStmt, boolean>()
  private readonly reach: number
  private next: number

  constructor(fn: SirFunction) {
    this.buffers = new Buffers(fn.body)
    this.next = greatestId(fn) + 1
    const scope = scopeOf(fn.body)
    const fresh = (name: string, type: Type = "num"): Var => new Var(this.next++, type, name, scope)
    let size = 0
    const asked = new Map<Var, GuardStmt[]>()
    for (const stmt of walk(fn.body)) {
      size++
      if (stmt.kind === "guard" && stmt.of !== null) listed(asked, rootOf(stmt.of), [stmt])
    }
    this.reach = size < large ? farthest : farthestInLarge
    // A question that is asked of elements matters where they are used, as elements or not.
    const replaced = (before: Var, now: Atom): void => {
      const guards = asked.get(before)
      if (guards === undefined) return
      asked.delete(before)
      for (const guard of guards) guard.of = isVar(now) ? now : null
      if (isVar(now)) listed(asked, rootOf(now), guards)
    }
    this.elements = { root: rootOf, leader: this.buffers.leader, fresh, replaced }
  }

  block(block: Block, outer: Equalities | null): void {
    const known = new Equalities(outer, block)
    for (const stmt of block.stmts) for (const inner of blocksOf(stmt)) this.block(inner, known)
    // Loops that became one may meet others.
    for (let before = Infinity, loops = loopsIn(block); loops > 0 && loops < before; loops = loopsIn(block)) {
      before = loops
      const out: Stmt[] = []
      for (const stmt of block.stmts) if (!this.joined(out, stmt, known)) out.push(stmt)
      block.stmts = out
    }
  }

  /** Puts one more into a loop among the statements before it, where that goes. */
  private joined(out: Stmt[], stmt: Stmt, known: Equalities): boolean {
    if (stmt.kind === "for") return this.fused(out, stmt, known)
    if (stmt.kind === "row" && stmt.row === sumRow && stmt.offset === 0) return this.summed(out, stmt, known)
    if (stmt.kind === "row" && stmt.row === straysRow && stmt.offset === 0) return this.asked(out, stmt, known)
    const loop = stmt.kind === "addbuf" ? this.adding(stmt) : null
    return loop !== null && this.fused(out, loop, known)
  }

  /** The addition of a buffer as a loop. */
  private adding(stmt: AddBufStmt): ForStmt | null {
    const { buf, other } = stmt as { buf: Var; other: Var }
    const length = buf.length ?? other.length
    if (length === null || buf === other) return null
    return this.over(length, (index) => {
      const x = this.elements.fresh("x")
      return [
        { kind: "load", out: x, buf: other, index },
        { kind: "accum", buf, index, value: x },
      ]
    })
  }

  /** A loop of plain statements. */
  private over(to: Atom, write: (index: Var) => Plain[]): ForStmt {
    const index = this.elements.fresh("i")
    index.int = true
    const body: Block = { stmts: write(index), results: [] }
    const rest = { down: false, params: [], inits: [], outs: [], exits: false, count: null }
    return { kind: "for", index, from: 0, to, body, ...rest }
  }

  /** A sum in the lanes of `sumAt`, beside the loop that makes what is added. */
  private summed(out: Stmt[], { out: total, buf, length }: RowStmt, known: Equalities): boolean {
    const lanes = this.elements.fresh("l", "buf")
    const loop = this.over(length, (index) => {
      const x = this.elements.fresh("x")
      const lane = this.elements.fresh("v")
      lane.int = true
      return [
        { kind: "load", out: x, buf, index },
        (lane.def = { kind: "let", out: lane, op: "lane", args: [index] }),
        { kind: "accum", buf: lanes, index: lane, value: x },
      ]
    })
    out.push({ kind: "alloc", out: lanes, length: 8 })
    if (!this.fused(out, loop, known, buf as Var)) {
      out.pop()
      return false
    }
    const parts = Array.from({ length: 8 }, (_, k): Var => {
      const part = this.elements.fresh("x")
      out.push({ kind: "load", out: part, buf: lanes, index: k })
      return part
    })
    const plus = (x: Var, y: Var, sum = this.elements.fresh("v")): Var => {
      sum.def = { kind: "let", out: sum, op: add.primitive, args: [x, y] }
      out.push(sum.def)
      return sum
    }
    const [a, b, c, d, e, f, g, h] = parts as [Var, Var, Var, Var, Var, Var, Var, Var]
    const even = plus(plus(a, e), plus(c, g))
    plus(even, plus(plus(b, f), plus(d, h)), total)
    return true
  }

  /** Whether all elements are finite, beside the loop that makes them: these times 0 add up to 0, in any order, and anything else to nan. */
  private asked(out: Stmt[], { out: strays, buf, length }: RowStmt, known: Equalities): boolean {
    return [false, true].some((down) => {
      const [x, times, before, sum] = ["x", "v", "p", "v"].map((name) => this.elements.fresh(name)) as [
        Var,
        Var,
        Var,
        Var,
      ]
      const loop = this.over(length, (index) => [
        { kind: "load", out: x, buf, index },
        (times.def = { kind: "let", out: times, op: mul.primitive, args: [x, 0] }),
        (sum.def = { kind: "let", out: sum, op: add.primitive, args: [before, times] }),
      ])
      loop.body.results.push(sum)
      return this.fused(out, { ...loop, down, params: [before], inits: [0], outs: [strays] }, known, buf as Var)
    })
  }

  /** Puts the loop into one of the statements, where it goes into one. `made`: only into one that makes elements of this buffer. */
  private fused(out: Stmt[], loop: ForStmt, known: Equalities, made: Var | null = null): boolean {
    if (!this.isSimple(loop)) return false
    let own: Union | null = null
    for (let k = out.length - 1; k >= 0 && out.length - k <= this.reach; k--) {
      const before = out[k]!
      if (before.kind !== "for" && before.kind !== "addbuf") continue
      own ??= new Union(this.effectsOf(loop))
      if (before.kind === "addbuf" && !own.touches(this.buffers.leader(before.buf as Var))) continue
      const first = before.kind === "addbuf" ? this.adding(before) : before
      if (first === null || !meetsInRange(first, loop, known) || !this.isSimple(first)) continue
      if (!this.fit(first, loop, own)) continue
      if (made !== null && !this.effectsOf(first).changes.includes(this.buffers.leader(made))) continue
      const around = this.around(out, k, loop)
      if (around === null) continue
      out.length = k
      for (const stmt of around.before) out.push(stmt)
      this.merge(out, first, loop, known)
      for (const stmt of around.behind) out.push(stmt)
      return true
    }
    return false
  }

  /** Loops in a block are looked at when those in them are what they will be. */
  private isSimple(loop: ForStmt): boolean {
    let simple = this.simple.get(loop)
    if (simple === undefined) this.simple.set(loop, (simple = isSimple(loop)))
    return simple
  }

  /** Can the turns of two loops over one range be made together? `own`: what the second does. */
  private fit(first: ForStmt, loop: ForStmt, own: Union): boolean {
    const { makes, looksAt, changes } = this.effectsOf(first)
    if (makes.some((v) => own.needs.has(v))) return false
    if (first.down !== loop.down && !this.isFree(first) && !this.isFree(loop)) return false
    let meeting = false
    for (const buf of [...looksAt, ...changes]) {
      if (buf === "stacks") {
        // What is saved comes back in the opposite order.
        if (own.changes.has(buf)) return false
        continue
      }
      if (!own.touches(buf)) continue
      if (this.stays(first, buf) && this.stays(loop, buf)) meeting = true
      else if (changes.includes(buf) || own.changes.has(buf)) return false
    }
    return meeting
  }

  /** Is every element that the loop touches of a buffer that of its own turn? */
  private stays(loop: ForStmt, leader: Var): boolean {
    let scattered = this.scattering.get(loop)
    if (scattered === undefined) this.scattering.set(loop, (scattered = scatteredIn(loop, this.buffers.leader)))
    return !scattered.has(leader)
  }

  /** Do its turns change nothing that another turn reads or changes? */
  private isFree(loop: ForStmt): boolean {
    if (loop.params.length > 0) return false
    return this.effectsOf(loop).changes.every((buf) => buf !== "stacks" && this.stays(loop, buf))
  }

  /** What of the statements behind statement k stands before and behind a loop that takes its place and that of one that follows them all; null where there is no such place. */
  private around(out: readonly Stmt[], k: number, loop: ForStmt): { before: Stmt[]; behind: Stmt[] } | null {
    const before: Stmt[] = []
    const behind: Stmt[] = []
    const first = new Union(this.effectsOf(out[k]!))
    const waiting = new Union()
    for (let j = k + 1; j < out.length; j++) {
      const stmt = out[j]!
      const effects = this.effectsOf(stmt)
      if (first.apart(effects) && waiting.apart(effects)) before.push(stmt)
      else {
        waiting.add(effects)
        behind.push(stmt)
      }
    }
    return waiting.apart(this.effectsOf(loop)) ? { before, behind } : null
  }

  /** Puts one loop in the place of two behind the statements. */
  private merge(out: Stmt[], first: ForStmt, loop: ForStmt, known: Equalities): void {
    const { down } = this.isFree(first) ? loop : first
    renamed(loop.body.stmts as Plain[], loop.index, first.index)
    const { body } = first
    for (const stmt of loop.body.stmts) body.stmts.push(stmt)
    body.results.push(...loop.body.results.map((result) => (result === loop.index ? first.index : result)))
    const one: ForStmt = {
      ...first,
      down,
      params: [...first.params, ...loop.params],
      inits: [...first.inits, ...loop.inits],
      outs: [...first.outs, ...loop.outs],
    }
    forwardElements(one, this.freshFor(out, one, known), this.elements)
    out.push(one)
  }

  /** Makes the buffers that a loop fills last and as long as it is; gives those that have only zeros when it begins. */
  private freshFor(out: Stmt[], loop: ForStmt, known: Equalities): Set<Var> {
    const zero = new Set<Var>()
    const made: Stmt[] = []
    const open = new Set<Var>()
    for (const stmt of loop.body.stmts as Plain[]) if (isTouching(stmt)) open.add(this.buffers.leader(stmt.buf as Var))
    const { length } = out
    for (let k = length - 1; k >= 0 && open.size > 0 && length - k <= this.reach; k--) {
      const stmt = out[k]!
      if (stmt.kind === "alloc" && open.has(this.buffers.leader(stmt.out))) {
        zero.add(stmt.out)
        if (loop.from === 0 && known.equal(stmt.length, loop.to)) {
          out.splice(k, 1)
          made.unshift({ ...stmt, length: loop.to })
        }
      }
      for (const buf of this.effectsOf(stmt).buffers) open.delete(buf)
    }
    out.push(...made)
    return zero
  }

  private effectsOf(stmt: Stmt): Effects {
    let effects = this.effects.get(stmt)
    if (effects === undefined) this.effects.set(stmt, (effects = this.found(stmt)))
    return effects
  }

  private found(stmt: Stmt): Effects {
    const blocks = blocksOf(stmt)
    return blocks.length === 0 ? this.foundIn(stmt) : this.foundAround(stmt, blocks)
  }

  private foundIn(stmt: Stmt): Effects {
    const makes = outsOf(stmt)
    const needs = argsOf(stmt).filter(isVar)
    const buffers: Var[] = []
    for (const vars of [makes, needs]) for (const v of vars) if (v.type === "buf") buffers.push(this.buffers.leader(v))
    if (stmt.kind === "let") return { makes, needs, looksAt: nothing, changes: nothing, buffers }
    const changed = changedBy(stmt)
    const looksAt: Var[] = []
    for (const v of needs) if (v.type === "buf" && !changed.includes(v)) looksAt.push(this.buffers.leader(v))
    const changes: (Var | "stacks")[] = usesStacks(stmt) ? ["stacks"] : []
    for (const buf of changed) changes.push(this.buffers.leader(buf))
    return { makes, needs, looksAt, changes, buffers }
  }

  private foundAround(stmt: Stmt, blocks: readonly Block[]): Effects {
    const inside = new Union()
    const makes = outsOf(stmt)
    const needs = new Set(argsOf(stmt).filter(isVar))
    for (const block of blocks) {
      // Plain statements may be rewritten with the loop around them: what is found of them is not kept.
      for (const inner of block.stmts) {
        if (blocksOf(inner).length > 0) inside.add(this.effectsOf(inner))
        else this.see(inside, inner)
      }
      for (const result of block.results) if (isVar(result)) inside.needs.add(result)
    }
    for (const v of inside.needs) if (!inside.makes.has(v)) needs.add(v)
    const buffers = new Set<Var>(inside.looksAt)
    for (const buf of inside.changes) if (buf !== "stacks") buffers.add(buf)
    for (const vars of [makes, needs]) for (const v of vars) if (v.type === "buf") buffers.add(this.buffers.leader(v))
    const { looksAt, changes } = inside
    return { makes, needs: [...needs], looksAt: [...looksAt], changes: [...changes], buffers: [...buffers] }
  }

  /** Adds what a statement without blocks does. */
  private see({ makes, needs, looksAt, changes }: Union, stmt: Stmt): void {
    const changed = changedBy(stmt)
    for (const buf of changed) changes.add(this.buffers.leader(buf))
    if (usesStacks(stmt)) changes.add("stacks")
    for (const v of outsOf(stmt)) makes.add(v)
    for (const arg of argsOf(stmt)) {
      if (!isVar(arg)) continue
      needs.add(arg)
      if (arg.type === "buf" && !changed.includes(arg) && stmt.kind !== "let") looksAt.add(this.buffers.leader(arg))
    }
  }
}

/** The buffers of which a statement changes elements. */
function changedBy(stmt: Stmt): readonly Var[] {
  if (stmt.kind === "call")
    return stmt.args.filter((arg, k): arg is Var => isVar(arg) && stmt.routine.params[k]!.mutable)
  if (stmt.kind !== "store" && stmt.kind !== "accum" && stmt.kind !== "addbuf") return nothing
  return isVar(stmt.buf) ? [stmt.buf] : nothing
}

function usesStacks({ kind }: Stmt): boolean {
  return kind === "push" || kind === "pop" || kind === "level" || kind === "cut" || kind === "call"
}

function listed<K, V>(lists: Map<K, V[]>, key: K, values: readonly V[]): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [...values])
  else list.push(...values)
}

function loopsIn({ stmts }: Block): number {
  let count = 0
  for (const { kind } of stmts) if (kind === "for") count++
  return count
}

/** Are these two loops over one range and short enough to be one? */
function meetsInRange(first: ForStmt, loop: ForStmt, known: Equalities): boolean {
  return (
    first.body.stmts.length + loop.body.stmts.length <= longest &&
    known.equal(first.from, loop.from) &&
    known.equal(first.to, loop.to)
  )
}

/** Is it a counted loop of plain statements that carries numbers, if anything? */
function isSimple(loop: ForStmt): boolean {
  return (
    !loop.exits &&
    loop.count === null &&
    loop.params.every((param) => param.type !== "buf") &&
    loop.body.stmts.every((stmt) => isPlain(stmt))
  )
}

export function fuseLoops(fn: SirFunction): void {
  new Fusing(fn).block(fn.body, null)
}
