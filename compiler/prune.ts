/**
 * Takes away what nothing needs.
 * Before: any SIR. After: no statement whose results are unused and that has no effect; values that are saved and never looked at are not saved; loops carry
 * only what is read, and routines are given and give only that. Guards and counted steps stay.
 */

import {
  argsOf,
  blocksOf,
  isVar,
  walk,
  mayBail,
  outsOf,
  routinesOf,
  type Atom,
  type Block,
  type CallStmt,
  type Routine,
  type SirFunction,
  type Stmt,
  type Var,
} from "./sir.ts"

/** What takes each saved value back. */
function popsIn(bodies: readonly Block[]): Map<number, Var> {
  const sites = new Map<number, Var>()
  for (const body of bodies) for (const stmt of walk(body)) if (stmt.kind === "pop") sites.set(stmt.site, stmt.out)
  return sites
}

/** Finds what is needed, from the results and effects backwards, until nothing is added. */
function neededIn(fn: SirFunction, routines: readonly Routine[], sites: ReadonlyMap<number, Var>): Set<Var> {
  const needed = new Set<Var>()
  /** What was asked about too early, should it be needed after all: then all is gone through once more. */
  const missed = new Set<Var>()
  let again = true
  const need = (atom: Atom): void => {
    if (!isVar(atom) || needed.has(atom)) return
    needed.add(atom)
    if (missed.has(atom)) again = true
  }
  const isNeeded = (v: Var | null | undefined): boolean => {
    if (v === undefined || v === null) return false
    if (needed.has(v)) return true
    missed.add(v)
    return false
  }
  /** Asks about all of them: each may be needed later. */
  const anyNeeded = (vars: readonly Var[]): boolean => {
    let any = false
    for (const v of vars) if (isNeeded(v)) any = true
    return any
  }
  const visit = (block: Block): boolean => {
    let effect = false
    for (let k = block.stmts.length - 1; k >= 0; k--) {
      const stmt = block.stmts[k]!
      let keep = anyNeeded(outsOf(stmt))
      switch (stmt.kind) {
        case "let":
        case "native":
          keep ||= mayBail(stmt)
          break
        case "guard":
          keep = stmt.of === null || isNeeded(stmt.of)
          break
        case "steps":
          keep = true
          break
        case "store":
        case "accum":
        case "addbuf":
          keep = isNeeded(stmt.buf as Var)
          break
        case "push":
          keep = isNeeded(sites.get(stmt.site))
          break
        case "call": {
          const { params, body } = stmt.routine
          keep = effect = true
          params.forEach((param, j) => {
            // What is stored in a buffer that is given is stored for the giver.
            if (param.mutable && isNeeded(stmt.args[j] as Var)) need(param)
            if (isNeeded(param)) need(stmt.args[j]!)
          })
          stmt.outs.forEach((out, j) => {
            if (isNeeded(out)) need(body.results[j]!)
          })
          break
        }
        case "if": {
          stmt.outs.forEach((out, j) => {
            if (!isNeeded(out)) return
            need(stmt.then.results[j]!)
            need(stmt.else.results[j]!)
          })
          const then = visit(stmt.then)
          const otherwise = visit(stmt.else)
          keep ||= then || otherwise
          break
        }
        case "for":
        case "while": {
          stmt.params.forEach((param, j) => {
            const given = isNeeded(stmt.outs[j])
            if (!isNeeded(param) && !given) return
            need(param)
            need(stmt.body.results[j]!)
            need(stmt.inits[j]!)
          })
          keep = visit(stmt.body) || keep
          if (stmt.kind === "while") {
            visit(stmt.condition)
            // Whether a `while` ends is part of what it does.
            keep = true
            need(stmt.condition.results[0]!)
          }
          if (keep && stmt.exits) need(stmt.body.results.at(-1)!)
          if (keep && stmt.kind === "for") {
            need(stmt.from)
            need(stmt.to)
          }
          break
        }
      }
      if (!keep) continue
      if (mayBail(stmt) || (stmt.kind !== "pop" && outsOf(stmt).length === 0)) effect = true
      if (stmt.kind === "for" || stmt.kind === "while" || stmt.kind === "if") {
        effect = true
        if (stmt.kind === "if") need(stmt.condition)
      } else if (stmt.kind !== "call") argsOf(stmt).forEach(need)
      if (stmt.kind === "pop") effect = true
    }
    return effect
  }
  fn.body.results.forEach(need)
  while (again) {
    again = false
    visit(fn.body)
    for (const { body } of routines) visit(body)
  }
  return needed
}

export function prune(fn: SirFunction): void {
  const routines = routinesOf(fn)
  const sites = popsIn([fn, ...routines].map(({ body }) => body))
  const needed = neededIn(fn, routines, sites)
  const sweep = (block: Block): void => {
    block.stmts = block.stmts.filter((stmt): boolean => {
      blocksOf(stmt).forEach(sweep)
      return kept(stmt)
    })
  }
  const kept = (stmt: Stmt): boolean => {
    switch (stmt.kind) {
      case "guard":
        return stmt.of === null || needed.has(stmt.of)
      case "steps":
      case "while":
      case "call":
        break
      case "store":
      case "accum":
      case "addbuf":
        return needed.has(stmt.buf as Var)
      case "push":
        return needed.has(sites.get(stmt.site)!)
      case "if":
        if (stmt.then.stmts.length === 0 && stmt.else.stmts.length === 0 && !stmt.outs.some((out) => needed.has(out)))
          return false
        break
      case "for":
        if (stmt.body.stmts.length === 0 && !outsOf(stmt).some((out) => needed.has(out))) return false
        break
      default:
        return mayBail(stmt) || outsOf(stmt).some((out) => needed.has(out))
    }
    if (stmt.kind === "if") {
      const keep = stmt.outs.map((out) => needed.has(out))
      const pick = <T>(list: readonly T[]): T[] => list.filter((_, k) => keep[k])
      stmt.then.results = pick(stmt.then.results)
      stmt.else.results = pick(stmt.else.results)
      stmt.outs = pick(stmt.outs)
    } else if (stmt.kind === "for" || stmt.kind === "while") {
      const keep = stmt.params.map((param, k) => needed.has(param) || needed.has(stmt.outs[k]!))
      const pick = <T>(list: readonly T[]): T[] => list.filter((_, k) => keep[k] !== false)
      stmt.body.results = pick(stmt.body.results)
      stmt.params = pick(stmt.params)
      stmt.inits = pick(stmt.inits)
      stmt.outs = pick(stmt.outs)
    }
    return true
  }
  sweep(fn.body)
  for (const { body } of routines) sweep(body)
  narrow([fn, ...routines], needed)
}

/** Takes from routines the parameters that they do not need and the results that no call needs. */
function narrow(fns: readonly SirFunction[], needed: ReadonlySet<Var>): void {
  const calls = new Map<Routine, CallStmt[]>()
  for (const { body } of fns)
    for (const stmt of walk(body))
      if (stmt.kind === "call") calls.set(stmt.routine, [...(calls.get(stmt.routine) ?? []), stmt])
  for (const [routine, of] of calls) {
    const given = routine.params.map((param) => needed.has(param))
    const wanted = routine.body.results.map((_, k) => of.some(({ outs }) => needed.has(outs[k]!)))
    const pick = <T>(list: readonly T[], keep: readonly boolean[]): T[] => list.filter((_, k) => keep[k])
    routine.params = pick(routine.params, given)
    routine.body.results = pick(routine.body.results, wanted)
    for (const call of of) {
      call.args = pick(call.args, given)
      call.outs = pick(call.outs, wanted)
    }
  }
}
