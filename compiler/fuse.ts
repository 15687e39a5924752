/**
 * Loops over the same range become one loop.
 * Before: every operation on arrays is a loop of its own that fills a buffer, and sums and additions of buffers go over them once more. After: loops that meet element by
 * element are one, where an element is used as it was computed; a buffer that only loops handed to each other is gone, and a sum is taken in the lanes of the language
 * while its elements are made. Whatever is added to one number is added in the same order as before. It must not know what is computed.
 */

import { add } from "../interpreter/primitives/arithmetic.ts"
import { forwardElements, isPlain, renamed, stays, type Elements, type Plain } from "./elements.ts"
import { isInt } from "./builder.ts"
import { constant, plus, polynomialOf, times, variable, type Polynomial } from "./polynomials.ts"
import { sumRow } from "./rows.ts"
import {
  argsOf,
  blocksOf,
  greatestId,
  isVar,
  outsOf,
  scopeOf,
  Var,
  walk,
  type Atom,
  type Block,
  type ForStmt,
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

/** Buffers and the names that they have. */
class Buffers {
  private readonly up = new Map<Var, Var>()

  constructor(block: Block) {
    for (const stmt of walk(block)) {
      if (stmt.kind === "let" && stmt.out.type === "buf") this.join(stmt.out, stmt.args[0]!)
      else if (stmt.kind === "if") {
        stmt.outs.forEach((out, k) => {
          this.join(out, stmt.then.results[k]!)
          this.join(out, stmt.else.results[k]!)
        })
      } else if (stmt.kind === "for" || stmt.kind === "while") {
        stmt.params.forEach((param, k) => {
          this.join(param, stmt.inits[k]!)
          this.join(param, stmt.body.results[k]!)
          this.join(param, stmt.outs[k]!)
        })
      }
    }
  }

  private join(v: Var, w: Atom): void {
    if (v.type === "buf" && isVar(w) && this.leader(v) !== this.leader(w)) this.up.set(this.leader(v), this.leader(w))
  }

  readonly leader = (v: Var): Var => {
    let at = v
    for (let next = this.up.get(at); next !== undefined; next = this.up.get(at)) at = next
    return at
  }
}

function rootOf(buf: Var): Var {
  let at = buf
  while (at.def?.op === "alias") at = at.def.args[0] as Var
  return at
}

/** Integers that guards found to be the same. */
class Equalities {
  private readonly same: Map<Var, Atom>

  constructor(outer: Equalities | null, block: Block) {
    this.same = new Map(outer?.same)
    // A run in which a guard fails is thrown away, also what it did before the guard.
    for (const stmt of block.stmts) {
      const asked = stmt.kind === "guard" && isVar(stmt.condition) ? stmt.condition.def : null
      if (asked?.op !== "same") continue
      const [x, y] = asked.args.map((arg) => this.find(arg)) as [Atom, Atom]
      if (x === y || !isInt(x) || !isInt(y)) continue
      if (isVar(x) && (!isVar(y) || y.id < x.id)) this.same.set(x, y)
      else if (isVar(y)) this.same.set(y, x)
    }
  }

  private find(atom: Atom): Atom {
    let at = atom
    while (isVar(at) && this.same.has(at)) at = this.same.get(at)!
    return at
  }

  private polynomial(atom: Atom): Polynomial | null {
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
    if (!isInt(x) || !isInt(y)) return false
    const p = this.polynomial(x)
    const q = this.polynomial(y)
    return p !== null && q !== null && plus(p, q, -1).size === 0
  }
}

/** What a statement, with what is in it, makes, reads and changes. */
interface Effects {
  readonly makes: ReadonlySet<Var>
  readonly needs: ReadonlySet<Atom>
  readonly looksAt: ReadonlySet<Var>
  readonly changes: ReadonlySet<Var | "stacks">
  /** The buffers, by what their names share, that occur at all. */
  readonly buffers: ReadonlySet<Var>
}

function meet<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a]
  for (const each of few) if (many.has(each)) return true
  return false
}

function apart(a: Effects, b: Effects): boolean {
  return (
    !meet<Atom>(a.makes, b.needs) &&
    !meet<Atom>(b.makes, a.needs) &&
    !meet(a.changes, b.changes) &&
    !meet<Var | "stacks">(a.looksAt, b.changes) &&
    !meet<Var | "stacks">(b.looksAt, a.changes)
  )
}

class Fusing {
  private readonly buffers: Buffers
  private readonly elements: Elements
  private readonly effects = new WeakMap<Stmt, Effects>()
  private readonly reach: number
  private next: number

  constructor(fn: SirFunction) {
    this.buffers = new Buffers(fn.body)
    this.next = greatestId(fn) + 1
    const scope = scopeOf(fn.body)
    const fresh = (name: string, type: Type = "num"): Var => new Var(this.next++, type, name, scope)
    const stmts = [...walk(fn.body)]
    this.reach = stmts.length < large ? farthest : farthestInLarge
    const asked = stmts.filter((stmt) => stmt.kind === "guard")
    // A question that is asked of elements matters where they are used, as elements or not.
    const replaced = (before: Var, now: Atom): void => {
      for (const guard of asked)
        if (guard.of !== null && rootOf(guard.of) === before) guard.of = isVar(now) ? now : null
    }
    this.elements = { root: rootOf, leader: this.buffers.leader, fresh, replaced }
  }

  block(block: Block, outer: Equalities | null): void {
    const known = new Equalities(outer, block)
    for (const stmt of block.stmts) for (const inner of blocksOf(stmt)) this.block(inner, known)
    // Loops that became one may meet others.
    for (let before = Infinity; loopsIn(block) < before;) {
      before = loopsIn(block)
      let out: Stmt[] = []
      for (const stmt of block.stmts) out = this.append(out, stmt, known)
      block.stmts = out
    }
  }

  /** The statements with one more, in a loop before it where that goes. */
  private append(out: Stmt[], stmt: Stmt, known: Equalities): Stmt[] {
    if (stmt.kind === "for") return this.fused(out, stmt, known) ?? [...out, stmt]
    if (stmt.kind === "row" && stmt.row === sumRow && stmt.offset === 0)
      return this.summed(out, stmt, known) ?? [...out, stmt]
    if (stmt.kind === "addbuf") {
      const { buf, other } = stmt as { buf: Var; other: Var }
      const length = buf.length ?? other.length
      if (length !== null && buf !== other) {
        const loop = this.over(length, (index) => {
          const x = this.elements.fresh("x")
          return [
            { kind: "load", out: x, buf: other, index },
            { kind: "accum", buf, index, value: x },
          ]
        })
        const fused = this.fused(out, loop, known)
        if (fused !== null) return fused
      }
    }
    out.push(stmt)
    return out
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
  private summed(out: readonly Stmt[], { out: total, buf, length }: RowStmt, known: Equalities): Stmt[] | null {
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
    const fused = this.fused([...out, { kind: "alloc", out: lanes, length: 8 }], loop, known, buf as Var)
    if (fused === null) return null
    const parts = Array.from({ length: 8 }, (_, k): Var => {
      const part = this.elements.fresh("x")
      fused.push({ kind: "load", out: part, buf: lanes, index: k })
      return part
    })
    const plus = (x: Var, y: Var, sum = this.elements.fresh("v")): Var => {
      sum.def = { kind: "let", out: sum, op: add.primitive, args: [x, y] }
      fused.push(sum.def)
      return sum
    }
    const [a, b, c, d, e, f, g, h] = parts as [Var, Var, Var, Var, Var, Var, Var, Var]
    const even = plus(plus(a, e), plus(c, g))
    plus(even, plus(plus(b, f), plus(d, h)), total)
    return fused
  }

  /** The statements with the loop in one of them; null where it goes into none. `made`: only into one that makes elements of this buffer. */
  private fused(out: readonly Stmt[], loop: ForStmt, known: Equalities, made: Var | null = null): Stmt[] | null {
    if (!isSimple(loop)) return null
    for (let k = out.length - 1; k >= 0 && out.length - k <= this.reach; k--) {
      const first = out[k]!
      if (first.kind !== "for" || !this.fit(first, loop, known)) continue
      if (made !== null && !this.effectsOf(first).changes.has(this.buffers.leader(made))) continue
      const around = this.around(out, k, loop)
      if (around !== null) return [...this.merged(around.before, first, loop, known), ...around.behind]
    }
    return null
  }

  /** Can the turns of two loops be made together? */
  private fit(first: ForStmt, loop: ForStmt, known: Equalities): boolean {
    if (!isSimple(first) || first.body.stmts.length + loop.body.stmts.length > longest) return false
    if (!known.equal(first.from, loop.from) || !known.equal(first.to, loop.to)) return false
    const a = this.effectsOf(first)
    const b = this.effectsOf(loop)
    if (meet<Atom>(a.makes, b.needs)) return false
    if (first.down !== loop.down && !this.isFree(first) && !this.isFree(loop)) return false
    let meeting = false
    for (const buf of touched(a)) {
      if (!b.looksAt.has(buf) && !b.changes.has(buf)) continue
      if (this.stays(first, buf) && this.stays(loop, buf)) meeting = true
      else if (a.changes.has(buf) || b.changes.has(buf)) return false
    }
    return meeting
  }

  private stays(loop: ForStmt, leader: Var): boolean {
    return stays(loop, (buf) => this.buffers.leader(buf) === leader)
  }

  /** Do its turns change nothing that another turn reads or changes? */
  private isFree(loop: ForStmt): boolean {
    if (loop.params.length > 0) return false
    for (const buf of this.effectsOf(loop).changes) if (buf !== "stacks" && !this.stays(loop, buf)) return false
    return true
  }

  /** What stands before and behind a loop that takes the place of statement k and of one that follows them all; null where there is no such place. */
  private around(out: readonly Stmt[], k: number, loop: ForStmt): { before: Stmt[]; behind: Stmt[] } | null {
    const before = out.slice(0, k)
    const behind: Stmt[] = []
    const waiting = [this.effectsOf(out[k]!)]
    for (const stmt of out.slice(k + 1)) {
      const effects = this.effectsOf(stmt)
      if (waiting.every((other) => apart(other, effects))) before.push(stmt)
      else {
        waiting.push(effects)
        behind.push(stmt)
      }
    }
    const own = this.effectsOf(loop)
    return waiting.slice(1).every((other) => apart(other, own)) ? { before, behind } : null
  }

  /** The statements before a loop, and that of both. */
  private merged(before: readonly Stmt[], first: ForStmt, loop: ForStmt, known: Equalities): Stmt[] {
    renamed(loop.body.stmts as Plain[], loop.index, first.index)
    const both = this.isFree(first) ? loop : first
    const { body } = first
    const down = both.down && !(this.isFree(first) && this.isFree(loop))
    body.stmts.push(...loop.body.stmts)
    body.results.push(...loop.body.results.map((result) => (result === loop.index ? first.index : result)))
    const one: ForStmt = {
      ...first,
      down,
      params: [...first.params, ...loop.params],
      inits: [...first.inits, ...loop.inits],
      outs: [...first.outs, ...loop.outs],
    }
    const { head, zero } = this.withFresh(before, one, known)
    forwardElements(one, zero, this.elements)
    return [...head, one]
  }

  /** The statements before a loop, the buffers that it fills made last and as long as it is; with those that have only zeros when it begins. */
  private withFresh(before: readonly Stmt[], loop: ForStmt, known: Equalities): { head: Stmt[]; zero: Set<Var> } {
    const zero = new Set<Var>()
    const head = [...before]
    const made: Stmt[] = []
    const open = new Set(touched(this.effectsOf({ ...loop })))
    for (let k = head.length - 1; k >= 0 && open.size > 0 && before.length - k <= this.reach; k--) {
      const stmt = head[k]!
      if (stmt.kind === "alloc" && open.has(this.buffers.leader(stmt.out))) {
        zero.add(stmt.out)
        if (loop.from === 0 && known.equal(stmt.length, loop.to)) {
          head.splice(k, 1)
          made.unshift({ ...stmt, length: loop.to })
        }
      }
      const { buffers } = this.effectsOf(stmt)
      for (const buf of open) if (buffers.has(buf)) open.delete(buf)
    }
    return { head: [...head, ...made], zero }
  }

  private effectsOf(stmt: Stmt): Effects {
    let effects = this.effects.get(stmt)
    if (effects === undefined) this.effects.set(stmt, (effects = this.found(stmt)))
    return effects
  }

  private found(whole: Stmt): Effects {
    const makes = new Set<Var>()
    const needs = new Set<Atom>()
    const looksAt = new Set<Var>()
    const changes = new Set<Var | "stacks">()
    for (const stmt of walk({ stmts: [whole], results: [] })) {
      for (const out of outsOf(stmt)) makes.add(out)
      for (const arg of argsOf(stmt)) needs.add(arg)
      for (const block of blocksOf(stmt)) for (const result of block.results) needs.add(result)
      if (stmt.kind === "push" || stmt.kind === "pop" || stmt.kind === "call") changes.add("stacks")
      const changed = stmt.kind === "store" || stmt.kind === "accum" || stmt.kind === "addbuf" ? stmt.buf : null
      if (isVar(changed ?? 0)) changes.add(this.buffers.leader(changed as Var))
      if (stmt.kind === "let" || stmt.kind === "if" || stmt.kind === "for" || stmt.kind === "while") continue
      for (const arg of argsOf(stmt))
        if (isVar(arg) && arg.type === "buf" && arg !== changed) looksAt.add(this.buffers.leader(arg))
    }
    const buffers = new Set(looksAt)
    for (const atoms of [makes, needs, changes])
      for (const atom of atoms) if (atom instanceof Var && atom.type === "buf") buffers.add(this.buffers.leader(atom))
    return { makes, needs, looksAt, changes, buffers }
  }
}

function loopsIn({ stmts }: Block): number {
  return stmts.filter(({ kind }) => kind === "for").length
}

function touched({ looksAt, changes }: Effects): Var[] {
  return [...looksAt, ...[...changes].filter(isBuffer)]
}

function isBuffer(changed: Var | "stacks"): changed is Var {
  return changed !== "stacks"
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
