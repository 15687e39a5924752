/**
 * Which variables carry derivatives: those that depend on an input, and those that a result depends on.
 * Both are sets that grow until nothing changes. It must not know rules beyond where derivatives stop.
 */

import { straysRow, placeRow } from "./rows.ts"
import { blocksOf, isVar, walk, type Atom, type Block, type Stmt, type Var } from "./sir.ts"

/** Does a derivative pass from the arguments of this operation to its result? */
function passes(stmt: Stmt & { kind: "let" }): boolean {
  const { op } = stmt
  if (typeof op === "string") return op === "alias" || op === "select" || op === "norm" || op === "unit"
  if (op.kind === "unary") return op.partial !== null
  return op.kind === "binary" && op.partials.some((rule) => rule !== null)
}

/** Can it carry a derivative? */
function carries(atom: Atom): boolean {
  return isVar(atom) && atom.type !== "bool"
}

interface Flow {
  /** Says that derivatives flow from one to the other. */
  (from: Atom, to: Atom): void
}

function flows(block: Block, flow: Flow): void {
  for (const stmt of block.stmts) {
    switch (stmt.kind) {
      case "let":
        if (passes(stmt)) for (const arg of stmt.args) if (isVar(arg) && arg.type !== "bool") flow(arg, stmt.out)
        break
      case "copy":
        flow(stmt.from, stmt.out)
        break
      case "load":
        flow(stmt.buf, stmt.out)
        break
      case "field":
      case "change":
        if (carries(stmt.out)) flow(stmt.box, stmt.out)
        break
      case "make":
        for (const arg of stmt.args) if (carries(arg)) flow(arg, stmt.out)
        break
      case "boxes":
        for (const k of stmt.op.linear) flow(stmt.args[k]!, stmt.out)
        break
      case "row":
        if (stmt.row !== placeRow && stmt.row !== straysRow) flow(stmt.buf, stmt.out)
        break
      case "product":
        flow(stmt.left, stmt.out)
        flow(stmt.right, stmt.out)
        break
      case "native":
        for (const from of stmt.numbers) for (const to of stmt.results) flow(from, to)
        break
      case "call":
        for (const from of stmt.args) {
          if (!carries(from)) continue
          for (const to of stmt.outs) if (carries(to)) flow(from, to)
          // Buffers that it adds to.
          stmt.routine.params.forEach((param, k) => {
            if (param.mutable) flow(from, stmt.args[k]!)
          })
        }
        break
      case "store":
      case "accum":
        flow(stmt.value, stmt.buf)
        break
      case "addbuf":
        flow(stmt.other, stmt.buf)
        break
      case "if":
        stmt.outs.forEach((out, k) => {
          flow(stmt.then.results[k]!, out)
          flow(stmt.else.results[k]!, out)
        })
        break
      case "checkpoint":
        stmt.outs.forEach((out, k) => {
          flow(stmt.body.results[k]!, out)
        })
        break
      case "for":
      case "while":
        stmt.params.forEach((param, k) => {
          flow(stmt.inits[k]!, param)
          flow(stmt.body.results[k]!, param)
          flow(stmt.inits[k]!, stmt.outs[k]!)
          flow(stmt.body.results[k]!, stmt.outs[k]!)
          flow(param, stmt.outs[k]!)
        })
        break
    }
    for (const inner of blocksOf(stmt)) flows(inner, flow)
  }
}

function pushes(block: Block, sites: Map<number, Atom>, pops: Map<number, Var>): void {
  for (const stmt of block.stmts) {
    if (stmt.kind === "push") sites.set(stmt.site, stmt.value)
    if (stmt.kind === "pop") pops.set(stmt.site, stmt.out)
    for (const inner of blocksOf(stmt)) pushes(inner, sites, pops)
  }
}

/** What one routine saves another takes back: whatever goes into one of those that share a stack may come out of any. */
function knots(block: Block, flow: Flow): void {
  const middles = new Map<number, Var>()
  for (const stmt of walk(block)) {
    if (stmt.kind !== "call") continue
    const { args, outs, routine } = stmt
    const { knot } = routine
    if (knot === null) continue
    const changed = args.filter((arg, k): arg is Var => isVar(arg) && routine.params[k]!.mutable)
    const given = [...outs.filter(carries), ...changed]
    const middle = middles.get(knot) ?? given[0]
    if (middle === undefined) continue
    middles.set(knot, middle)
    for (const arg of args) if (carries(arg)) flow(arg, middle)
    for (const out of given) flow(middle, out)
  }
}

/** From and to, one after the other, in the order of the program. */
function edges(block: Block): Var[] {
  const out: Var[] = []
  const flow: Flow = (from, to) => {
    if (isVar(from) && isVar(to)) out.push(from, to)
  }
  flows(block, flow)
  const sites = new Map<number, Atom>()
  const pops = new Map<number, Var>()
  pushes(block, sites, pops)
  knots(block, flow)
  for (const [site, value] of sites) {
    const popped = pops.get(site)
    if (popped !== undefined) flow(value, popped)
  }
  return out
}

/** A set of variables, as marks by their numbers. */
export class Marked {
  private readonly marks: Uint8Array

  constructor(count: number) {
    this.marks = new Uint8Array(count)
  }

  has(v: Var): boolean {
    return this.marks[v.id] === 1
  }

  /** False where it was there already. */
  add(v: Var): boolean {
    if (this.marks[v.id] === 1) return false
    this.marks[v.id] = 1
    return true
  }

  /** What both have. */
  and(other: Marked): Marked {
    const both = new Marked(this.marks.length)
    for (let k = 0; k < this.marks.length; k++) both.marks[k] = this.marks[k]! & (other.marks[k] ?? 0)
    return both
  }
}

/** What can be reached from the seeds along edges, or against them. Swept in the order in which most of it follows, again while loops bring more. */
function closure(seeds: readonly Var[], links: readonly Var[], along: boolean): Marked {
  let count = 0
  for (const v of seeds) count = Math.max(count, v.id + 1)
  for (const v of links) count = Math.max(count, v.id + 1)
  const found = new Marked(count)
  for (const v of seeds) found.add(v)
  for (let more = true; more;) {
    more = false
    if (along) {
      for (let k = 0; k < links.length; k += 2) if (found.has(links[k]!) && found.add(links[k + 1]!)) more = true
    } else {
      for (let k = links.length - 2; k >= 0; k -= 2) if (found.has(links[k + 1]!) && found.add(links[k]!)) more = true
    }
  }
  return found
}

/** Buffers under two names: what is stored behind a loop or branch under the name that it gave stands in the buffer that it was given. */
function sameBuffers(block: Block, link: (from: Var, to: Atom) => void): void {
  for (const stmt of block.stmts) {
    if (stmt.kind === "if") {
      for (const [k, out] of stmt.outs.entries()) {
        if (!out.mutable) continue
        link(out, stmt.then.results[k]!)
        link(out, stmt.else.results[k]!)
      }
    } else if (stmt.kind === "for" || stmt.kind === "while") {
      for (const [k, out] of stmt.outs.entries()) {
        if (!out.mutable) continue
        link(out, stmt.body.results[k]!)
        link(out, stmt.params[k]!)
        link(out, stmt.inits[k]!)
      }
    }
    for (const inner of blocksOf(stmt)) sameBuffers(inner, link)
  }
}

/** What depends on the inputs. */
export function activeIn(block: Block, inputs: readonly Var[]): Marked {
  const links = edges(block)
  sameBuffers(block, (from, to) => {
    if (isVar(to)) links.push(from, to)
  })
  return closure(inputs, links, true)
}

/** What the results depend on. */
export function usefulFor(block: Block, results: readonly Atom[]): Marked {
  return closure(results.filter(isVar), edges(block), false)
}
