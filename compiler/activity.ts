/**
 * Which variables carry derivatives: those that depend on an input, and those that a result depends on.
 * Both are sets that grow until nothing changes. It must not know rules beyond where derivatives stop.
 */

import { straysRow, topRow } from "./rows.ts"
import { blocksOf, isVar, type Atom, type Block, type Stmt, type Var } from "./sir.ts"

/** Does a derivative pass from the arguments of this operation to its result? */
function passes(stmt: Stmt & { kind: "let" }): boolean {
  const { op } = stmt
  if (typeof op === "string") return op === "alias" || op === "select"
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
      case "row":
        if (stmt.row !== topRow && stmt.row !== straysRow) flow(stmt.buf, stmt.out)
        break
      case "native":
        for (const from of stmt.numbers) for (const to of stmt.results) flow(from, to)
        break
      case "call":
        for (const from of stmt.args) for (const to of stmt.outs) if (carries(from) && carries(to)) flow(from, to)
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

function edges(block: Block): [Var, Var][] {
  const out: [Var, Var][] = []
  const flow: Flow = (from, to) => {
    if (isVar(from) && isVar(to)) out.push([from, to])
  }
  flows(block, flow)
  const sites = new Map<number, Atom>()
  const pops = new Map<number, Var>()
  pushes(block, sites, pops)
  for (const [site, value] of sites) {
    const popped = pops.get(site)
    if (popped !== undefined) flow(value, popped)
  }
  return out
}

function closure(seeds: Iterable<Var>, links: readonly [Var, Var][], from: 0 | 1): Set<Var> {
  const next = new Map<Var, Var[]>()
  for (const link of links) {
    const list = next.get(link[from])
    if (list === undefined) next.set(link[from], [link[1 - from]!])
    else list.push(link[1 - from]!)
  }
  const found = new Set(seeds)
  for (const v of found) for (const w of next.get(v) ?? []) found.add(w)
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
export function activeIn(block: Block, inputs: Iterable<Var>): Set<Var> {
  const links = edges(block)
  sameBuffers(block, (from, to) => {
    if (isVar(to)) links.push([from, to])
  })
  return closure(inputs, links, 0)
}

/** What the results depend on. */
export function usefulFor(block: Block, results: readonly Atom[]): Set<Var> {
  return closure(results.filter(isVar), edges(block), 1)
}
