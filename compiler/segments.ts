/**
 * Long loops that keep little for the reverse pass: checkpointing in two levels (Griewank and Walther, ch. 12).
 * Before: a loop saves what its turns computed, and a loop behind it takes that back, turn by turn. After: the first keeps only what it carries, and that only at the start
 * of each segment; the second takes up segment by segment from the last, makes its turns once more, which save, and then their reverse. A segment is as long as all that was
 * kept before it takes, and not shorter than is quick: so both grow as the square root of the turns, also where nobody knows how many there will be. It must not know
 * what is computed, nor when this is worth while; `replay.ts` says which loops can be made again.
 */

import { add, greater, greaterEqual, less, sub } from "../interpreter/primitives/arithmetic.ts"
import { copyBlock, definedIn } from "./copy.ts"
import { pairOf, sitesIn, turnsOf, type Pair, type Sites, type Turns } from "./replay.ts"
import {
  blocksOf,
  greatestId,
  routinesOf,
  scopeOf,
  Var,
  walk,
  type Atom,
  type Block,
  type ForStmt,
  type LoopStmt,
  type Op,
  type Scope,
  type SirFunction,
  type Stmt,
  type Type,
  type WhileStmt,
} from "./sir.ts"

/** Numbers that a segment saves at least: what the caches hold, so that saving costs next to nothing. Tests make it small. */
export const shortest = { segment: 2 ** 15 }

/** The function with its loops in segments, down to those with `depth` loops around them; null where there are none so deep that can be. */
export function inSegments(fn: SirFunction, depth: number): SirFunction | null {
  const copy = { ...fn, body: copyBlock(fn.body, (v) => v) }
  return new Segmenting(copy, scopeOf(fn.body)).run(depth) ? copy : null
}

/** Code that is written for one pair of loops, and what both of them know. */
interface Marks {
  readonly stack: number
  /** Where at the start of a segment each carried value is kept, and last the number of turns before it. */
  readonly sites: readonly number[]
  readonly carried: readonly Var[]
  /** Where, once, what is out of reach behind the loop is kept. */
  readonly kept: readonly number[]
}

/** What says that a segment is long enough: `now` is `shortest` more than `begun`, which is `first` before the first. */
interface Measure {
  readonly first: Atom
  readonly now: Atom
  readonly begun: Atom
  readonly shortest: number
  /** What is done behind the loop. */
  readonly forget: readonly Stmt[]
}

class Segmenting {
  private readonly fn: SirFunction
  private readonly home: Scope
  private nextVar: number
  private nextStack: number
  private nextSite: number
  private readonly divided = new Set<LoopStmt>()

  constructor(fn: SirFunction, home: Scope) {
    this.fn = fn
    this.home = home
    const fns = [fn, ...routinesOf(fn)]
    this.nextVar = 1 + Math.max(...fns.map(greatestId))
    this.nextStack = this.nextSite = 0
    for (const { body } of fns) {
      for (const stmt of walk(body)) {
        if (stmt.kind !== "push" && stmt.kind !== "pop") continue
        this.nextStack = Math.max(this.nextStack, stmt.stack + 1)
        this.nextSite = Math.max(this.nextSite, stmt.site + 1)
      }
    }
  }

  /** From the innermost loops outwards: what those keep goes into the segments of these. */
  run(depth: number): boolean {
    let deepest = false
    for (let level = depth; level >= 0; level--) {
      for (const [stmt, { loops }] of sitesIn(this.fn.body))
        if ((stmt.kind === "for" || stmt.kind === "while") && loops.length === level) this.divide(stmt)
      deepest ||= level === depth && this.divided.size > 0
    }
    return deepest
  }

  private divide(loop: LoopStmt): void {
    if (this.divided.has(loop)) return
    const sites = sitesIn(this.fn.body)
    const pair = pairOf(loop, sites)
    const turns = pair === null || this.divided.has(pair.back) ? null : turnsOf(this.fn, pair, sites)
    if (pair === null || turns === null) return
    const carried = [...loop.params, ...turns.changed]
    const marks: Marks = {
      stack: this.nextStack++,
      sites: [...carried, null].map(() => this.nextSite++),
      carried,
      kept: turns.kept.map(() => this.nextSite++),
    }
    const again = this.again(loop, turns, carried)
    if (loop.kind === "for" && !loop.exits && pair.each !== null)
      this.savingApart({ ...pair, loop }, turns, marks, sites)
    else this.saving(pair, turns, marks, sites)
    this.takingBack(pair, turns, marks, again, sites)
    this.divided.add(loop).add(pair.back)
  }

  // ------------------------------------------------------------ the turns once more

  /** The loop as it is made once more, with variables of its own for whatever it does not share, and no way out: how many turns there are is known by then. */
  private again(loop: LoopStmt, { left, kept }: Turns, carried: readonly Var[]): { loop: ForStmt; of: Map<Var, Var> } {
    const of = new Map<Var, Var>()
    const index = this.int("i")
    if (loop.kind === "for") of.set(loop.index, index)
    for (const v of [...definedIn(loop.body), ...carried, ...kept]) of.set(v, this.fresh(v.type, v.name, v))
    const rename = (v: Var): Var => of.get(v) ?? v
    const body = copyBlock(loop.body, rename, (stmt) => left.has(stmt))
    // What was counted is not counted again.
    for (const stmt of walk(body)) if (stmt.kind === "steps") stmt.again = true
    body.results.length = loop.params.length
    const params = loop.params.map(rename)
    const outs = params.map((param) => this.fresh(param.type, "o", param))
    const down = loop.kind === "for" && loop.down
    return {
      of,
      loop: { kind: "for", index, from: 0, to: 0, down, params, inits: [], body, outs, exits: false, count: null },
    }
  }

  // ------------------------------------------------------------ the loop that saves

  /**
   * Before the first turn of a segment it keeps what it carries. Where turns save as much as each other, the turns are counted; else it saves all the same, to see how much
   * that is, and forgets it there.
   */
  private saving(pair: Pair, { kept }: Turns, marks: Marks, sites: Sites): void {
    const { loop } = pair
    const before: Stmt[] = []
    const first = this.level(before, marks.stack)
    const start: Stmt[] = []
    const turn: Stmt[] = []
    const made = this.turnsMade(loop, turn)
    const measure = pair.each === null ? this.byLevel(pair, before, start, turn) : this.byTurns(pair, made)
    this.push(start, marks.stack, marks.sites, [...marks.carried, made])
    const grown = this.operation(start, sub.primitive, [this.level(start, marks.stack), first])
    const length = this.operation(start, "max", [grown, measure.shortest])
    const next = this.operation(start, add.primitive, [measure.begun, length])

    const end = this.int("p")
    const due = this.fresh("bool", "v")
    turn.push({ kind: "let", out: due, op: greaterEqual.primitive, args: [measure.now, end] })
    const out = this.int("o")
    const then: Block = { stmts: start, results: [next] }
    turn.push({ kind: "if", condition: due, then, else: { stmts: [], results: [end] }, outs: [out] })

    loop.body.stmts.unshift(...turn)
    this.carry(loop, end, measure.first, out)
    const behind = [...measure.forget]
    this.push(behind, marks.stack, marks.kept, kept)
    put(sites, loop, [...before, loop, ...behind])
  }

  private byTurns({ loop, pushes, each }: Pair, made: Var): Measure {
    dropPushes(loop.body, pushes)
    return { first: 0, now: made, begun: made, shortest: Math.ceil(shortest.segment / each!), forget: [] }
  }

  /** A counted loop that saves as much each turn becomes a loop over segments, so that turns ask for nothing. */
  private savingApart(
    { loop, pushes, each }: Pair & { loop: ForStmt },
    { kept, changed }: Turns,
    marks: Marks,
    sites: Sites,
  ): void {
    dropPushes(loop.body, pushes)
    const before: Stmt[] = []
    const first = this.level(before, marks.stack)
    const turns = this.operation(before, sub.primitive, [loop.to, loop.from])

    const made = this.int("p")
    const params = loop.params.map((param) => this.fresh(param.type, "p", param))
    const left = this.fresh("bool", "v")
    const condition: Block = {
      stmts: [{ kind: "let", out: left, op: less.primitive, args: [made, turns] }],
      results: [left],
    }
    const body: Stmt[] = []
    this.push(body, marks.stack, marks.sites, [...params, ...changed, made])
    const grown = this.operation(body, sub.primitive, [this.level(body, marks.stack), first])
    const length = this.operation(body, "max", [grown, Math.ceil(shortest.segment / each!)])
    const next = this.operation(body, add.primitive, [made, length])
    const isLast = this.fresh("bool", "v")
    body.push({ kind: "let", out: isLast, op: less.primitive, args: [turns, next] })
    const end = this.operation(body, "select", [isLast, turns, next])
    const outs = params.map((param) => this.fresh(param.type, "o", param))
    const whole: WhileStmt = {
      kind: "while",
      params: [...params, made],
      inits: [...loop.inits, 0],
      condition,
      body: { stmts: body, results: [...outs, end] },
      outs: [...loop.outs, this.int("o")],
      exits: false,
      count: this.int("n"),
    }
    const behind: Stmt[] = []
    this.push(behind, marks.stack, marks.kept, kept)
    put(sites, loop, [...before, whole, ...behind])
    this.between(loop, made, end, body)
    loop.inits = params
    loop.outs = outs
    body.push(loop)
  }

  /** Makes a loop one over the turns from one number of turns made to another. */
  private between(loop: ForStmt, made: Var, end: Var, before: Stmt[], backwards = false): void {
    const [from, to] =
      loop.down === backwards
        ? [
            this.operation(before, add.primitive, [loop.from, made]),
            this.operation(before, add.primitive, [loop.from, end]),
          ]
        : [
            this.operation(before, sub.primitive, [loop.to, end]),
            this.operation(before, sub.primitive, [loop.to, made]),
          ]
    loop.from = from
    loop.to = to
  }

  private byLevel({ stacks }: Pair, before: Stmt[], start: Stmt[], turn: Stmt[]): Measure {
    const bases = stacks.map((stack) => this.level(before, stack))
    const base = this.sum(before, bases)
    const forget = (): Stmt[] => stacks.map((stack, k) => ({ kind: "cut", stack, to: bases[k]! }))
    start.push(...forget())
    const now = this.sum(
      turn,
      stacks.map((stack) => this.level(turn, stack)),
    )
    return { first: base, now, begun: base, shortest: shortest.segment, forget: forget() }
  }

  /** How many turns were made before one. */
  private turnsMade(loop: LoopStmt, into: Stmt[]): Var {
    if (loop.kind === "for") {
      if (!loop.down) return this.operation(into, sub.primitive, [loop.index, loop.from])
      const last = this.operation(into, sub.primitive, [loop.to, 1])
      return this.operation(into, sub.primitive, [last, loop.index])
    }
    const made = this.int("p")
    const next = this.operation(loop.body.stmts, add.primitive, [made, 1])
    this.carry(loop, made, 0, next)
    return made
  }

  /** One more value that a loop carries. */
  private carry(loop: LoopStmt, param: Var, init: Atom, next: Atom): void {
    loop.body.results.splice(loop.params.length, 0, next)
    loop.params.push(param)
    loop.inits.push(init)
    loop.outs.push(this.fresh(param.type, "o", param))
  }

  // ------------------------------------------------------------ the loop that takes back

  /** A loop over segments, of which each is made again and then taken back. `again`: its turns. */
  private takingBack(
    { back }: Pair,
    { kept, changed }: Turns,
    marks: Marks,
    { loop: again, of }: { loop: ForStmt; of: ReadonlyMap<Var, Var> },
    sites: Sites,
  ): void {
    const before: Stmt[] = []
    const known = (v: Var): Var => of.get(v)!
    this.pop(before, marks.stack, marks.kept, kept.map(known))
    const turns = this.operation(before, sub.primitive, [back.to, back.from])

    // From the last segment to that with no turns before it.
    const end = this.int("p")
    const left = this.fresh("bool", "v")
    const condition: Block = {
      stmts: [{ kind: "let", out: left, op: greater.primitive, args: [end, 0] }],
      results: [left],
    }
    const body: Stmt[] = []
    const made = this.int("x")
    again.inits = again.params.map((param) => this.fresh(param.type, param.name, param))
    this.pop(body, marks.stack, marks.sites, [...(again.inits as Var[]), ...changed.map(known), made])
    const params = back.params.map((param) => this.fresh(param.type, "p", param))
    const whole: WhileStmt = {
      kind: "while",
      params: [...params, end],
      inits: [...back.inits, turns],
      condition,
      body: { stmts: body, results: [...back.params.map((param) => this.fresh(param.type, "o", param)), made] },
      outs: [...back.outs, this.int("o")],
      exits: false,
      count: this.int("n"),
    }
    put(sites, back, [...before, whole])
    ;[again.from, again.to] = [back.from, back.to]
    this.between(again, made, end, body)
    this.between(back, made, end, body, true)
    back.inits = params
    back.outs = whole.body.results.slice(0, params.length) as Var[]
    body.push(again, back)
  }

  // ------------------------------------------------------------ statements

  private fresh(type: Type, name: string, like?: Var): Var {
    const v = new Var(this.nextVar++, type, name, this.home)
    v.int = like?.int ?? false
    v.natural = like?.natural ?? false
    v.mutable = like?.mutable ?? false
    return v
  }

  private int(name: string): Var {
    const v = this.fresh("num", name)
    v.int = true
    return v
  }

  private operation(into: Stmt[], op: Op, args: Atom[]): Var {
    const out = this.int("v")
    into.push({ kind: "let", out, op, args })
    return out
  }

  private sum(into: Stmt[], [first, ...rest]: readonly Var[]): Var {
    return rest.reduce((sum, v) => this.operation(into, add.primitive, [sum, v]), first!)
  }

  private level(into: Stmt[], stack: number): Var {
    const out = this.int("l")
    into.push({ kind: "level", out, stack })
    return out
  }

  private push(into: Stmt[], stack: number, sites: readonly number[], values: readonly Var[]): void {
    values.forEach((value, k) => into.push({ kind: "push", stack, site: sites[k]!, value }))
  }

  private pop(into: Stmt[], stack: number, sites: readonly number[], outs: readonly Var[]): void {
    for (let k = outs.length - 1; k >= 0; k--)
      into.push({ kind: "pop", stack, site: sites[k]!, out: outs[k]!, length: null })
  }
}

function dropPushes(block: Block, sites: ReadonlySet<number>): void {
  block.stmts = block.stmts.filter((stmt) => stmt.kind !== "push" || !sites.has(stmt.site))
  for (const stmt of block.stmts) for (const inner of blocksOf(stmt)) dropPushes(inner, sites)
}

/** Puts statements in the place of one. */
function put(sites: Sites, stmt: Stmt, stmts: readonly Stmt[]): void {
  const { block } = sites.get(stmt)!.blocks.at(-1)!
  block.stmts.splice(block.stmts.indexOf(stmt), 1, ...stmts)
}
