/**
 * Buffers that are made once and used again.
 * Before: each turn of a loop makes its buffers, each call makes all of them. After: one that no later turn sees is made before the loop; one that only the next turn sees is
 * one of two that take turns; and one that is no result is kept from call to call. Where a buffer has to begin with zeros it is cleared. It must not know what is
 * computed in them.
 */

import {
  bodiesOf,
  isLocal,
  readBy,
  statementsIn,
  writtenBy,
  type AllocStmt,
  type CountStmt,
  type LirFunction,
  type LirStmt,
  type Local,
  type MoveStmt,
  type Operand,
  type RepeatStmt,
} from "./lir.ts"

type Loop = CountStmt | RepeatStmt

/** Where a statement stands. */
interface Place {
  readonly body: LirStmt[]
  /** The loops around it, from the outermost, each with the body that it stands in. */
  readonly loops: readonly { readonly loop: Loop; readonly body: LirStmt[] }[]
}

class Reuse {
  private readonly fn: LirFunction
  private readonly homes = new Map<Local, Place>()
  private readonly allocs: { readonly stmt: AllocStmt; readonly place: Place }[] = []
  /** Buffers that may be the same: each points to another, the last to itself. */
  private readonly same = new Map<Local, Local>()
  /** Where the names of a buffer are, by their leader, and the leaders of those that are seen outside. */
  private readonly places = new Map<Local, Place[]>()
  private readonly outer = new Set<Local>()
  /** Every use of a buffer as another local's value. */
  private readonly handed = new Map<Local, LirStmt[]>()
  /** Buffers that functions of tier 0 are given. */
  private readonly given: Local[] = []
  /** Locals that are assigned again. */
  private readonly moved = new Set<Operand>()
  private next = 0

  constructor(fn: LirFunction) {
    this.fn = fn
    const top: Place = { body: fn.body, loops: [] }
    for (const param of fn.params) this.homes.set(param, top)
    this.visit(fn.body, top)
  }

  private visit(body: LirStmt[], place: Place): void {
    for (const stmt of body) {
      for (const local of writtenBy(stmt)) if (!this.homes.has(local)) this.homes.set(local, place)
      if (stmt.kind === "native" || stmt.kind === "invoke")
        for (const arg of stmt.args) if (isLocal(arg) && arg.type === "buf") this.given.push(arg)
      if (stmt.kind === "move") this.moved.add(stmt.to)
      if (stmt.kind === "alloc") this.allocs.push({ stmt, place })
      if (stmt.kind === "define" || stmt.kind === "begin" || stmt.kind === "move") {
        const value = stmt.kind === "define" ? stmt.args[0] : stmt.value
        if (stmt.to.type === "buf" && value != null && isLocal(value)) {
          this.same.set(this.leader(stmt.to), this.leader(value))
          this.handed.set(value, [...(this.handed.get(value) ?? []), stmt])
        }
      }
      const loop = stmt.kind === "count" || stmt.kind === "repeat" ? stmt : null
      const loops = loop === null ? place.loops : [...place.loops, { loop, body }]
      for (const inner of bodiesOf(stmt)) this.visit(inner, { body: inner, loops })
    }
  }

  private leader(local: Local): Local {
    let at = local
    for (let up = this.same.get(at); up !== undefined && up !== at; up = this.same.get(at)) at = up
    return at
  }

  /** Can the buffer of this alloc be seen outside of the innermost loops around it, `depth` of them? */
  private staysWithin(buf: Local, depth: number, loops: Place["loops"]): boolean {
    const leader = this.leader(buf)
    if (this.outer.has(leader)) return false
    const loop = loops[depth - 1]?.loop
    return loop === undefined || this.places.get(leader)!.every((home) => home.loops[depth - 1]?.loop === loop)
  }

  run(): void {
    const results = new Set(this.fn.results.flatMap((result) => (isLocal(result) ? [this.leader(result)] : [])))
    for (const operand of [...this.fn.params, ...this.fn.results, ...this.given])
      if (isLocal(operand) && operand.type === "buf") this.outer.add(this.leader(operand))
    for (const [local, home] of this.homes) {
      if (local.type !== "buf") continue
      const places = this.places.get(this.leader(local))
      if (places === undefined) this.places.set(this.leader(local), [home])
      else places.push(home)
    }
    for (const { stmt, place } of this.allocs) {
      const { loops } = place
      if (results.has(this.leader(stmt.to))) stmt.result = true
      // A length that changes is that of its own turn.
      if (this.moved.has(stmt.length)) continue
      if (this.staysWithin(stmt.to, loops.length, loops)) this.keep(stmt, place)
      else if (loops.length > 0) this.alternate(stmt, place)
    }
  }

  /** How many of the loops have to be around what needs this operand. */
  private depthOf(operand: Operand): number {
    return isLocal(operand) ? this.homes.get(operand)!.loops.length : 0
  }

  /** Makes the buffer before the loops, or keeps it from call to call. */
  private keep(stmt: AllocStmt, { body, loops }: Place): void {
    const depth = this.depthOf(stmt.length)
    const at = body.indexOf(stmt)
    const clear: LirStmt[] = overwritten(stmt, body, at) ? [] : [{ kind: "clear", buf: stmt.to }]
    const kept = depth === 0 ? this.next++ : null
    const made: AllocStmt = { ...stmt, kept }
    const around = loops[depth]
    if (around === undefined) {
      body.splice(at, 1, made, ...(kept === null ? [] : clear))
      return
    }
    body.splice(at, 1, ...clear)
    around.body.splice(around.body.indexOf(around.loop), 0, made)
  }

  /** Two buffers that take turns, where a turn gives the buffer to the next and to nobody else. */
  private alternate(stmt: AllocStmt, { body, loops }: Place): void {
    const { loop, body: outside } = loops.at(-1)!
    if (this.given.some((local) => this.leader(local) === this.leader(stmt.to))) return
    const moves = this.handed.get(stmt.to) ?? []
    const move = moves[0]
    if (moves.length !== 1 || move?.kind !== "move" || !loop.body.includes(move) || body !== loop.body) return
    const param = move.to
    const home = this.homes.get(param)!
    const assigned = [...this.handed.values()].flat().filter((given): given is MoveStmt => given.kind === "move")
    if (home.body !== outside || assigned.filter((given) => given.to === param).length !== 1) return
    const inside = new Set<LirStmt>(statementsIn(loop.body))
    if ((this.handed.get(param) ?? []).some((given) => inside.has(given))) return
    if (this.depthOf(stmt.length) >= loops.length) return
    const local = (name: string): Local => ({ name: `${name}_${stmt.to.name}`, type: "buf" })
    const [first, second, now, spare, other] = ["f", "g", "h", "e", "t"].map(local) as [
      Local,
      Local,
      Local,
      Local,
      Local,
    ]
    const at = body.indexOf(stmt)
    const clear: LirStmt[] = overwritten(stmt, body, at) ? [] : [{ kind: "clear", buf: stmt.to }]
    body.splice(at, 1, { kind: "define", to: stmt.to, op: "alias", args: [now] }, ...clear)
    body.splice(
      body.indexOf(move) + 1,
      0,
      { kind: "define", to: other, op: "alias", args: [spare] },
      { kind: "move", to: spare, value: now },
      { kind: "move", to: now, value: other },
    )
    outside.splice(
      outside.indexOf(loop),
      0,
      { ...stmt, to: first },
      { ...stmt, to: second },
      { kind: "begin", to: now, value: first },
      { kind: "begin", to: spare, value: second },
    )
  }
}

/** Is every element stored before anything looks at the buffer? */
function overwritten({ to, length, filled }: AllocStmt, body: readonly LirStmt[], from: number): boolean {
  if (filled) return true
  const touches = (stmt: LirStmt): boolean => {
    for (const inner of statementsIn([stmt])) if (readBy(inner).includes(to)) return true
    return false
  }
  for (const stmt of body.slice(from + 1)) {
    if (!touches(stmt)) continue
    if (stmt.kind === "refill") return true
    if (stmt.kind !== "count" || stmt.from !== 0 || stmt.to !== length) return false
    if ([...statementsIn(stmt.body)].some((inner) => inner.kind === "leave")) return false
    const first = stmt.body.find(touches)
    return first?.kind === "store" && !first.add && first.buf === to && first.index === stmt.index && first.value !== to
  }
  return true
}

export function reuseBuffers(fn: LirFunction): void {
  new Reuse(fn).run()
}
