/**
 * The code of one function while it is being made: its slots, and the statements emitted so far.
 * Slots follow scopes: a mark is taken, slots are allocated, and releasing to the mark gives them back; a slot is used again only for a variable of the same
 * name, or for another temporary, so that `slotNames` is true. Statements go to the open region; a guard puts everything that follows into its `else`. It must
 * not know the syntax.
 */

import { choose, constant, isUnit, local, sequence, set, unit } from "./build.ts"
import type { CallCore, Core } from "../core.ts"
import type { Span } from "../report/span.ts"
import type { FunctionFacts, Variable } from "../scope.ts"

/** A run of statements that is being emitted: a body, a branch. */
interface Region {
  /** Its last item is the value of the function. */
  readonly tail: boolean
  /** Left for good: what is emitted after that is never reached. */
  left: boolean
  /** Something in it was left by setting a flag. */
  jumped: boolean
  /** So was something in a region inside it, and what follows is not guarded yet. */
  innerJumped: boolean
  items: Core[]
  /** The statements before each guard, outermost first. */
  readonly guards: {
    readonly before: Core[]
    readonly condition: Core
    readonly then: Core
    /** Without anything after it, it need not be there. */
    readonly idle: boolean
    readonly span: Span
  }[]
}

/** A loop whose body is being emitted. */
export interface LoopFrame {
  /** The slot that ends the loop. */
  readonly exit: number | null
  /** A `continue` that is not at the end of the body needs a slot of its own; otherwise `exit` serves. */
  readonly continues: boolean
  away: number | null
  /** What the body begins with. */
  readonly prologue: Core[]
  readonly start: number
  readonly carried: Set<number>
}

/** The frame of one function. */
export class Frame {
  readonly fn: FunctionFacts
  readonly slotNames: (string | null)[] = []
  /** Slots of the top-level `var`s that this code keeps in slots. */
  readonly globals = new Map<Variable, number>()
  readonly loops: LoopFrame[] = []
  /** Statements that the whole body begins with. */
  readonly prologue: Core[] = []
  effects = false
  /** How much was emitted so far in this region: to check that an expression emitted nothing. */
  emitted = 0
  /** How many of them were a `return`. */
  returns = 0
  private readonly births: number[] = []
  private readonly free = new Map<string | null, number[]>()
  private readonly live: { readonly slot: number; readonly pool: string | null }[] = []
  private clock = 0
  private region: Region = { tail: true, left: false, jumped: false, innerJumped: false, items: [], guards: [] }
  private flags: { readonly returned: number; readonly result: number } | null = null
  /** What a `return` that is under way may give: calls, each with the flag that says so, or the value in `result`. */
  private leaving: { readonly calls: { readonly flag: number; readonly call: CallCore }[]; value: boolean } = {
    calls: [],
    value: false,
  }

  constructor(fn: FunctionFacts) {
    this.fn = fn
  }

  // Slots.

  /** A slot for a variable, or without a name for a temporary. */
  slot(name: string | null): number {
    return this.take(name, name)
  }

  /** A slot for a `var` that is assigned in part: the slot after it is its owner slot. */
  ownedSlot(name: string): number {
    const reused = this.free.get(`${name}+`)?.pop()
    const slot = reused ?? this.fresh(name)
    if (reused === undefined) this.fresh(null)
    this.births[slot] = this.clock++
    this.live.push({ slot, pool: `${name}+` })
    return slot
  }

  private take(name: string | null, pool: string | null): number {
    const slot = this.free.get(pool)?.pop() ?? this.fresh(name)
    this.births[slot] = this.clock++
    this.live.push({ slot, pool })
    return slot
  }

  /** A slot that was never used and is never given back. */
  fresh(name: string | null): number {
    this.births.push(this.clock++)
    return this.slotNames.push(name) - 1
  }

  mark(): number {
    return this.live.length
  }

  /** Gives back every slot taken since the mark. */
  release(mark: number): void {
    while (this.live.length > mark) {
      const last = this.live.pop()
      if (last === undefined) return
      const pool = this.free.get(last.pool)
      if (pool === undefined) this.free.set(last.pool, [last.slot])
      else pool.push(last.slot)
    }
  }

  // Statements.

  emit(core: Core): void {
    this.emitted++
    if (!this.region.left) this.region.items.push(core)
  }

  /** Is nothing emitted here ever reached? */
  get isLeft(): boolean {
    return this.region.left
  }

  get inTail(): boolean {
    return this.region.tail
  }

  set(slot: number, value: Core, span: Span): void {
    this.emit(set(slot, value, span))
    this.changes(slot)
  }

  /** Keeps a value in a temporary, which may take the place of those since the mark. */
  spill(core: Core, mark: number, span: Span): Core {
    this.release(mark)
    const slot = this.slot(null)
    this.set(slot, core, span)
    return local(slot, span)
  }

  /** A slot is filled here: the loops that it was there before carry it. */
  changes(slot: number): void {
    if (this.region.left) return
    const birth = this.births[slot] ?? 0
    for (let i = this.loops.length - 1; i >= 0; i--) {
      const loop = this.loops[i]
      if (loop === undefined || birth >= loop.start) return
      loop.carried.add(slot)
    }
  }

  /** What `walk` emits, as one piece of code. */
  inRegion(tail: boolean, span: Span, walk: () => void): Core {
    const outer = this.region
    this.region = { tail, left: outer.left, jumped: false, innerJumped: false, items: [], guards: [] }
    const mark = this.mark()
    const { emitted } = this
    walk()
    this.release(mark)
    const core = this.close(span)
    outer.innerJumped ||= this.region.jumped || this.region.innerJumped
    this.region = outer
    this.emitted = emitted
    return core
  }

  /** A region whose end is the end of the region around it: what it left by a flag, that one left. */
  inBranch(tail: boolean, span: Span, walk: () => void): Core {
    const core = this.inRegion(tail, span, walk)
    if (this.tookJump()) this.jumped()
    return core
  }

  /** Everything emitted from here on in this region happens only where `condition` is false; where it is true, `then` does. */
  otherwise(condition: Core, then: Core, span: Span, idle = false): void {
    const { region } = this
    this.emitted++
    if (region.left) return
    region.guards.push({ before: region.items, condition, then, idle, span })
    region.items = []
  }

  private close(span: Span): Core {
    const { region } = this
    let items = region.items
    for (let guard = region.guards.pop(); guard !== undefined; guard = region.guards.pop()) {
      const rest = sequence(items, guard.span)
      items = guard.before
      if (!(guard.idle && isUnit(rest) && isUnit(guard.then)))
        items.push(choose(guard.condition, guard.then, rest, guard.span))
    }
    return sequence(items, span)
  }

  /** The whole body; the frame is done. */
  finish(span: Span): Core {
    const body = this.close(span)
    if (this.prologue.length === 0) return body
    return sequence([...this.prologue, ...(body.kind === "seq" ? body.items : [body])], span)
  }

  // Leaving early.

  /** The slots that remember a `return` that is not at the end of the function. */
  returning(span: Span): { readonly returned: number; readonly result: number } {
    if (this.flags === null) {
      const returned = this.lasting()
      const result = this.lasting()
      this.prologue.push(set(returned, constant(false, span), span))
      this.flags = { returned, result }
    }
    return this.flags
  }

  /** A slot that outlives every loop. */
  lasting(): number {
    const slot = this.fresh(null)
    this.births[slot] = -1
    return slot
  }

  /** The function may end with the value in `result`. */
  leaveWithValue(): void {
    this.leaving.value = true
  }

  /** The flag to set where the function ends with this call. */
  leaveWithCall(call: CallCore): number {
    const flag = this.lasting()
    this.prologue.push(set(flag, constant(false, call.span), call.span))
    this.leaving.calls.push({ flag, call })
    return flag
  }

  /** What the function gives where a `return` was met since this was last asked. */
  private outcome(span: Span): Core {
    const { calls, value } = this.leaving
    this.leaving = { calls: [], value: false }
    let outcome: Core | null = value || calls.length === 0 ? local(this.returning(span).result, span) : null
    for (const { flag, call } of calls)
      outcome = outcome === null ? call : choose(local(flag, call.span), call, outcome, call.span)
    return outcome ?? unit(span)
  }

  enterLoop(exit: number | null, continues: boolean): LoopFrame {
    const loop: LoopFrame = { exit, continues, away: null, prologue: [], start: this.clock++, carried: new Set() }
    this.loops.push(loop)
    return loop
  }

  /** The slot that says that the rest of this turn is left out. */
  away(loop: LoopFrame, span: Span): number {
    if (loop.away === null) {
      if (loop.continues || loop.exit === null) {
        loop.away = this.fresh(null)
        loop.prologue.push(set(loop.away, constant(false, span), span))
      } else loop.away = loop.exit
    }
    return loop.away
  }

  /** A flag was set that whoever contains this has to ask. */
  jumped(): void {
    this.region.jumped = true
  }

  /** Was a flag set in a region inside this one since this was last asked? */
  tookJump(): boolean {
    const { innerJumped } = this.region
    this.region.innerJumped = false
    return innerJumped
  }

  /** After something that has left on every way: there is no rest. */
  stop(span: Span): void {
    this.jumped()
    if (this.inTail) this.emit(this.outcome(span))
    this.region.left = true
  }

  /** After something that may have left: the rest happens only if it did not. */
  guard(span: Span): void {
    this.jumped()
    const loop = this.loops.at(-1)
    if (loop !== undefined) this.otherwise(local(this.away(loop, span), span), unit(span), span, true)
    else {
      const { returned } = this.returning(span)
      this.otherwise(local(returned, span), this.inTail ? this.outcome(span) : unit(span), span, !this.inTail)
    }
  }
}
