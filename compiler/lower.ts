/**
 * SIR → LIR.
 * Before: each scalar is assigned once, loops carry parameters, saving is a push or pop of one value. After: carried values are locals that are assigned at the end of
 * a turn, values are saved and restored in groups, and room on a stack is made once for a block or, where the number of turns is known, for a whole loop. It must
 * not know what language follows.
 */

import { add, mul, sub } from "../interpreter/primitives/arithmetic.ts"
import { typeOf } from "./builder.ts"
import { madeIn } from "./induction.ts"
import { runProduct } from "./products.ts"
import type { LirFunction, LirRoutine, LirStmt, Local, Operand } from "./lir.ts"
import {
  argsOf,
  isVar,
  routinesOf,
  walk,
  blocksOf,
  type Atom,
  type Block,
  type CutStmt,
  type ForStmt,
  type LoopStmt,
  type Op,
  type PopStmt,
  type PushStmt,
  type SirFunction,
  type Stmt,
  type Var,
} from "./sir.ts"

/** What anything in a function reads: what is not read need not be given. */
function readIn(fn: SirFunction): Set<Atom> {
  const read = new Set<Atom>(fn.body.results)
  for (const stmt of walk(fn.body)) {
    for (const arg of argsOf(stmt)) read.add(arg)
    for (const block of blocksOf(stmt)) for (const result of block.results) read.add(result)
  }
  return read
}

function isScalar(atom: Atom): boolean {
  return typeOf(atom) !== "buf" && typeOf(atom) !== "box"
}

/** Boxes are saved beside numbers, where room makes itself. */
function takesRoom(stmt: Stmt): stmt is PushStmt {
  return stmt.kind === "push" && typeOf(stmt.value) !== "box"
}

/** Scalars that are pushed or popped in a row on one stack, from the k-th statement on. */
function groupAt(stmts: readonly Stmt[], k: number): (PushStmt | PopStmt)[] {
  const first = stmts[k]!
  const group: (PushStmt | PopStmt)[] = []
  if (first.kind !== "push" && first.kind !== "pop") return group
  for (let j = k; j < stmts.length; j++) {
    const stmt = stmts[j]!
    if ((stmt.kind !== "push" && stmt.kind !== "pop") || stmt.kind !== first.kind || stmt.stack !== first.stack) break
    if (!isScalar(stmt.kind === "push" ? stmt.value : stmt.out)) break
    group.push(stmt)
  }
  return group
}

/** How many numbers a run of a block saves on a stack at most; infinitely many where a buffer or a loop in it says how many. */
function savedIn(block: Block, stack: number): number {
  let saved = 0
  for (const stmt of block.stmts) {
    if (takesRoom(stmt) && stmt.stack === stack) saved += typeOf(stmt.value) === "buf" ? Infinity : 1
    else if (stmt.kind === "call" && stmt.routine.stacks.includes(stack)) saved = Infinity
    else if (stmt.kind === "if") saved += Math.max(savedIn(stmt.then, stack), savedIn(stmt.else, stack))
    else if (blocksOf(stmt).some((inner) => savedIn(inner, stack) > 0)) saved = Infinity
  }
  return saved
}

/** How many numbers are saved: so many, and in each turn of these loops. */
interface Savings {
  readonly fixed: number
  readonly loops: readonly { readonly loop: ForStmt; readonly each: Savings }[]
}

/** How many numbers a run of a block saves on a stack, whatever it meets; null where that is not known before a loop that makes `inside`, or where it takes some back. */
function savingsOf(block: Block, stack: number, inside: ReadonlySet<Atom>): Savings | null {
  let fixed = 0
  const loops: { loop: ForStmt; each: Savings }[] = []
  for (const stmt of block.stmts) {
    if (isOn(stmt, stack)) {
      if (stmt.kind !== "push" || typeOf(stmt.value) === "buf") return null
      if (takesRoom(stmt)) fixed++
    } else if (stmt.kind === "call" && stmt.routine.stacks.includes(stack)) return null
    else if (blocksOf(stmt).some((inner) => usesStack(inner, stack))) {
      if (stmt.kind !== "for" || stmt.exits || inside.has(stmt.from) || inside.has(stmt.to)) return null
      const each = savingsOf(stmt.body, stack, inside)
      if (each === null) return null
      loops.push({ loop: stmt, each })
    }
  }
  return { fixed, loops }
}

/** Does a statement put something on a stack or take something from it? */
function isOn(stmt: Stmt, stack: number): stmt is PushStmt | PopStmt | CutStmt {
  return (stmt.kind === "push" || stmt.kind === "pop" || stmt.kind === "cut") && stmt.stack === stack
}

function usesStack(block: Block, stack: number): boolean {
  for (const stmt of walk(block))
    if (isOn(stmt, stack) || (stmt.kind === "call" && stmt.routine.stacks.includes(stack))) return true
  return false
}

/** The stacks that a block itself saves on. */
function stacksOf(block: Block): Set<number> {
  return new Set(block.stmts.flatMap((stmt) => (takesRoom(stmt) ? [stmt.stack] : [])))
}

/** The stacks that anything in a block saves on. */
function allStacksOf(block: Block): Set<number> {
  return new Set([...walk(block)].flatMap((stmt) => (takesRoom(stmt) ? [stmt.stack] : [])))
}

class Lowering {
  private readonly read: ReadonlySet<Atom>
  private out: LirStmt[] = []
  private readonly locals = new Map<Var, Local>()
  private extra = 0
  /** Loops around the statements here. */
  private depth = 0
  /** Stacks that have room for whatever the statements here save on them. */
  private roomy: ReadonlySet<number> = new Set()

  constructor(fn: SirFunction) {
    this.read = readIn(fn)
  }

  body(block: Block): LirStmt[] {
    return this.into(() => {
      this.withRoom(block)
    })
  }

  local(v: Var): Local {
    let local = this.locals.get(v)
    if (local === undefined) {
      local = { name: `${v.name}${String(v.id)}`, type: v.type === "num" && v.int ? "int" : v.type }
      this.locals.set(v, local)
    }
    return local
  }

  operand(atom: Atom): Operand {
    return isVar(atom) ? this.local(atom) : atom
  }

  private operands(atoms: readonly Atom[]): Operand[] {
    return atoms.map((atom) => this.operand(atom))
  }

  private fresh(type: Local["type"]): Local {
    return { name: `z${String(this.extra++)}`, type }
  }

  private into(write: () => void): LirStmt[] {
    const before = this.out
    const written: LirStmt[] = []
    this.out = written
    write()
    this.out = before
    return written
  }

  private block(block: Block): void {
    const { stmts } = block
    for (let k = 0; k < stmts.length; k++) {
      const group = groupAt(stmts, k)
      if (group.length === 0) this.statement(stmts[k]!)
      else {
        const { kind, stack } = group[0]!
        if (kind === "push" && !this.roomy.has(stack))
          this.out.push({ kind: "room", stack, each: group.length, times: 1 })
        this.group(group)
        k += group.length - 1
      }
    }
  }

  private group(group: readonly (PushStmt | PopStmt)[]): void {
    const { stack } = group[0]!
    if (group[0]!.kind === "push") {
      this.out.push({ kind: "save", stack, values: (group as PushStmt[]).map((push) => this.operand(push.value)) })
    } else {
      this.out.push({ kind: "restore", stack, to: (group as PopStmt[]).map((pop) => this.local(pop.out)).reverse() })
    }
  }

  private statement(stmt: Stmt): void {
    const { out } = this
    switch (stmt.kind) {
      case "let":
        out.push({ kind: "define", to: this.local(stmt.out), op: stmt.op, args: this.operands(stmt.args) })
        return
      case "alloc":
        out.push({
          kind: "alloc",
          to: this.local(stmt.out),
          length: this.operand(stmt.length),
          filled: stmt.filled === true,
          kept: null,
        })
        return
      case "copy":
        out.push({
          kind: "copy",
          to: this.local(stmt.out),
          from: this.buffer(stmt.from),
          offset: this.operand(stmt.offset),
          length: this.operand(stmt.length),
        })
        return
      case "load":
        out.push({
          kind: "load",
          to: this.local(stmt.out),
          buf: this.buffer(stmt.buf),
          index: this.operand(stmt.index),
        })
        return
      case "store":
      case "accum":
        out.push({
          kind: "store",
          buf: this.buffer(stmt.buf),
          index: this.operand(stmt.index),
          value: this.operand(stmt.value),
          add: stmt.kind === "accum",
        })
        return
      case "addbuf":
        out.push({ kind: "add", buf: this.buffer(stmt.buf), other: this.buffer(stmt.other) })
        return
      case "is":
        out.push({ kind: "is", to: this.local(stmt.out), box: this.operand(stmt.box), variant: stmt.variant })
        return
      case "field":
        out.push({
          kind: "field",
          to: this.local(stmt.out),
          variant: stmt.variant,
          box: this.operand(stmt.box),
          index: stmt.index,
        })
        return
      case "make":
        out.push({
          kind: "make",
          to: this.local(stmt.out),
          variant: stmt.variant,
          args: this.operands(stmt.args),
          marks: stmt.marks,
        })
        return
      case "change":
        out.push({ kind: "change", to: this.local(stmt.out), box: this.operand(stmt.box), index: stmt.index })
        return
      case "boxes":
        out.push({ kind: "boxes", to: this.local(stmt.out), op: stmt.op, args: this.operands(stmt.args) })
        return
      case "row":
        out.push({
          kind: "row",
          to: this.local(stmt.out),
          row: stmt.row,
          buf: this.buffer(stmt.buf),
          offset: this.operand(stmt.offset),
          length: this.operand(stmt.length),
        })
        return
      case "product": {
        const { left, right, m, k, n } = stmt.extents
        const to = this.local(stmt.out)
        out.push({ kind: "alloc", to, length: this.operand(stmt.length), filled: true, kept: null })
        const args = this.operands([stmt.left, stmt.right, m, k, n])
        out.push({ kind: "product", buf: to, run: runProduct(left, right), args })
        return
      }
      case "native":
        out.push({
          kind: "native",
          name: stmt.call.name,
          run: stmt.run,
          to: stmt.outs.map((v) => this.local(v)),
          args: this.operands(stmt.args),
        })
        return
      case "guard":
        out.push({ kind: "guard", condition: this.operand(stmt.condition) })
        return
      case "push":
        if (typeOf(stmt.value) === "box")
          out.push({ kind: "saveBox", stack: stmt.stack, box: this.operand(stmt.value) })
        else out.push({ kind: "saveBuf", stack: stmt.stack, buf: this.buffer(stmt.value) })
        return
      case "pop":
        if (stmt.out.type === "box") out.push({ kind: "restoreBox", stack: stmt.stack, to: this.local(stmt.out) })
        else if (stmt.length === null) out.push({ kind: "restoreBuf", stack: stmt.stack, to: this.local(stmt.out) })
        else {
          const to = this.local(stmt.out)
          out.push({ kind: "alloc", to, length: this.operand(stmt.length), filled: true, kept: null })
          out.push({ kind: "refill", stack: stmt.stack, buf: this.local(stmt.out) })
        }
        return
      case "call": {
        const { routine, depth } = stmt
        const to = stmt.outs.map((v) => this.local(v))
        out.push({ kind: "invoke", name: routine.name, args: this.operands(stmt.args), to, depth })
        return
      }
      case "level":
        out.push({ kind: "level", stack: stmt.stack, to: this.local(stmt.out) })
        return
      case "cut":
        out.push({ kind: "cut", stack: stmt.stack, level: this.operand(stmt.to) })
        return
      case "steps":
        if (stmt.again === true) {
          out.push({ kind: "work", statements: this.operand(stmt.count), looks: false })
          return
        }
        out.push({ kind: "steps", count: this.operand(stmt.count) })
        // those of all turns of a loop that follows
        if (isVar(stmt.count) && this.depth === 0) out.push({ kind: "poll" })
        return
      case "if": {
        for (const v of stmt.outs) out.push({ kind: "begin", to: this.local(v), value: undefined })
        const arm = (block: Block): LirStmt[] =>
          this.into(() => {
            this.withRoom(block)
            stmt.outs.forEach((v, k) => {
              this.out.push({ kind: "move", to: this.local(v), value: this.operand(block.results[k]!) })
            })
          })
        out.push({
          kind: "if",
          condition: this.operand(stmt.condition),
          then: arm(stmt.then),
          else: arm(stmt.else),
        })
        return
      }
      case "for":
      case "while":
        this.loop(stmt)
        return
    }
  }

  private buffer(atom: Atom): Local {
    return this.local(atom as Var)
  }

  /** A block with room for what it saves: made once at its start for itself and its branches; where it cannot be known there, before each group. */
  private withRoom(block: Block): void {
    const before = this.roomy
    const roomy = new Set(before)
    for (const stack of stacksOf(block)) {
      const each = savedIn(block, stack)
      if (before.has(stack) || each === Infinity) continue
      this.out.push({ kind: "room", stack, each, times: 1 })
      roomy.add(stack)
    }
    this.roomy = roomy
    this.block(block)
    this.roomy = before
  }

  /** Makes room for all turns of a counted loop on the stacks where it is known what they save; gives the stacks with room. */
  private roomForTurns(loop: ForStmt): ReadonlySet<number> {
    const roomy = new Set(this.roomy)
    const stacks = allStacksOf(loop.body)
    if (stacks.size === 0) return roomy
    const inside = madeIn(loop)
    for (const stack of stacks) {
      const each = roomy.has(stack) ? null : savingsOf(loop.body, stack, inside)
      if (each === null) continue
      const times = this.difference(this.operand(loop.to), this.operand(loop.from))
      if (each.loops.length === 0) this.out.push({ kind: "room", stack, each: each.fixed, times })
      else this.out.push({ kind: "room", stack, each: 1, times: this.product(times, this.total(each)) })
      roomy.add(stack)
    }
    return roomy
  }

  /** Code for how many numbers are saved. */
  private total({ fixed, loops }: Savings): Operand {
    return loops.reduce((sum: Operand, { loop, each }) => {
      const times = this.difference(this.operand(loop.to), this.operand(loop.from))
      const turns = typeof times === "number" ? Math.max(0, times) : this.operation("max", [times, 0])
      const more = this.product(turns, this.total(each))
      return sum === 0 ? more : this.operation(add.primitive, [sum, more])
    }, fixed)
  }

  private product(x: Operand, y: Operand): Operand {
    if (typeof x === "number" && typeof y === "number") return x * y
    return y === 1 ? x : this.operation(mul.primitive, [x, y])
  }

  private operation(op: Op, args: readonly Operand[]): Local {
    const to = this.fresh("num")
    this.out.push({ kind: "define", to, op, args })
    return to
  }

  private difference(to: Operand, from: Operand): Operand {
    if (from === 0) return to
    if (typeof to === "number" && typeof from === "number") return to - from
    const times = this.fresh("int")
    this.out.push({ kind: "define", to: times, op: sub.primitive, args: [to, from] })
    return times
  }

  private loop(stmt: LoopStmt): void {
    const { out } = this
    stmt.params.forEach((param, k) => {
      out.push({ kind: "begin", to: this.local(param), value: this.operand(stmt.inits[k]!) })
    })
    if (stmt.count !== null && this.read.has(stmt.count))
      out.push({ kind: "begin", to: this.local(stmt.count), value: 0 })
    const before = this.roomy
    this.depth++
    if (stmt.kind === "for") {
      const from = this.operand(stmt.from)
      const to = this.operand(stmt.to)
      this.roomy = this.roomForTurns(stmt)
      const body = this.into(() => {
        this.withRoom(stmt.body)
        this.carryOn(stmt)
      })
      const index = this.local(stmt.index)
      const open = { stretch: null, work: null, touches: [], hurries: false }
      out.push({ kind: "count", index, from, to, down: stmt.down, ...open, body })
    } else {
      const body = this.into(() => {
        this.block(stmt.condition)
        this.out.push({ kind: "leave", condition: this.operand(stmt.condition.results[0]!), when: false })
        this.out.push({ kind: "poll" })
        this.withRoom(stmt.body)
        this.carryOn(stmt)
      })
      out.push({ kind: "repeat", body })
    }
    this.roomy = before
    this.depth--
    stmt.outs.forEach((v, k) => {
      if (!this.read.has(v)) return
      out.push({ kind: "define", to: this.local(v), op: "alias", args: [this.local(stmt.params[k]!)] })
    })
  }

  /** The end of a turn: all carried variables change at once. */
  private carryOn(stmt: LoopStmt): void {
    const { results } = stmt.body
    const changes = stmt.params
      .map((param, k) => ({ param, next: results[k]! }))
      .filter(({ param, next }) => param !== next)
    // What would be read after it was assigned is read before.
    const kept = (atom: Atom, assigned: readonly { readonly param: Var }[]): Operand => {
      const value = this.operand(atom)
      if (!isVar(atom) || !assigned.some(({ param }) => param === atom)) return value
      const copy = this.fresh(this.local(atom).type)
      this.out.push({ kind: "define", to: copy, op: "alias", args: [value] })
      return copy
    }
    const values = changes.map(({ next }, k) => kept(next, changes.slice(0, k)))
    const exit = stmt.exits ? kept(results.at(-1)!, changes) : null
    changes.forEach(({ param }, k) => {
      this.out.push({ kind: "move", to: this.local(param), value: values[k]! })
    })
    if (stmt.count !== null && this.read.has(stmt.count)) {
      const next = this.fresh("int")
      this.out.push({ kind: "define", to: next, op: add.primitive, args: [this.local(stmt.count), 1] })
      this.out.push({ kind: "move", to: this.local(stmt.count), value: next })
    }
    if (exit !== null) this.out.push({ kind: "leave", condition: exit, when: true })
  }
}

export function lower(fn: SirFunction): LirFunction {
  const routines = routinesOf(fn).map((routine): LirRoutine => {
    const { name, params, body, results } = lowerOne(routine)
    return { name, params, body: [{ kind: "poll" }, ...body], results, reach: routine.reach }
  })
  return { ...lowerOne(fn), routines }
}

function lowerOne(fn: SirFunction): Omit<LirFunction, "routines"> {
  const lowering = new Lowering(fn)
  const params = fn.params.map((param) => lowering.local(param))
  const body = lowering.body(fn.body)
  return { name: fn.name, params, body, results: fn.body.results.map((result) => lowering.operand(result)) }
}
