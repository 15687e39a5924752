/**
 * Is a piece of Core what `lang/core.ts` promises?
 * Calls stand where they may, slots and captures exist, every slot is filled before it is read, and loops name what they carry. It gives a list of complaints,
 * empty if all is well. It must not know how Core was made.
 */

import type { Code, Core, CoreModule, CoreSlice } from "../lang/core.ts"

/** Does a built-in call functions it is given? */
export type CallsBack = (name: string) => boolean

/** Everything that is wrong with a module. */
export function verifyModule(module: CoreModule, callsBack: CallsBack): string[] {
  const codes = [...module.statements, ...module.tests, ...module.benches].map((part) => part.code)
  return codes.flatMap((code) => new Verifier(code, callsBack).run())
}

type Place = "expression" | "statement" | "tail" | "last"

class Verifier {
  private readonly code: Code
  private readonly callsBack: CallsBack
  private readonly complaints: string[] = []

  constructor(code: Code, callsBack: CallsBack) {
    this.code = code
    this.callsBack = callsBack
  }

  run(): string[] {
    const { code } = this
    if (code.slotNames.length !== code.slots) this.complain("slotNames has another length than slots")
    code.params.forEach((param, i) => {
      if (param.slot !== i) this.complain(`parameter ${String(i)} is in slot ${String(param.slot)}`)
    })
    this.check(code.body, "tail")
    this.filled(code.body, new Set(code.params.map((param) => param.slot)))
    this.live(code.body, new Map())
    return this.complaints
  }

  private complain(text: string): void {
    this.complaints.push(`${this.code.name}: ${text}`)
  }

  private slot(slot: number): void {
    if (slot < 0 || slot >= this.code.slots) this.complain(`slot ${String(slot)} does not exist`)
  }

  /** Does each part stand where it may? */
  private check(core: Core, place: Place): void {
    const inside = (part: Core): void => {
      this.check(part, "expression")
    }
    const statement = (): void => {
      if (place === "expression") this.complain(`${core.kind} stands in an expression`)
    }
    switch (core.kind) {
      case "local":
        this.slot(core.slot)
        return
      case "capture":
        if (core.index >= this.code.captureNames.length) this.complain(`capture ${String(core.index)} does not exist`)
        return
      case "call": {
        const stays =
          core.callee.kind === "constructor" || (core.callee.kind === "builtin" && !this.callsBack(core.callee.name))
        if (!stays && (place === "expression" || place === "last")) this.complain("a call stands in an expression")
        if (core.tail !== (!stays && place === "tail"))
          this.complain(`a call has tail ${String(core.tail)} in ${place}`)
        break
      }
      case "lambda":
        if (core.captures.length !== core.code.captureNames.length) this.complain("captures and their names differ")
        for (const capture of core.captures)
          if (capture !== null && capture.kind !== "local" && capture.kind !== "capture")
            this.complain(`a capture is ${capture.kind}`)
        this.complaints.push(...new Verifier(core.code, this.callsBack).run())
        break
      case "if":
        inside(core.condition)
        this.check(core.then, place)
        this.check(core.else, place)
        return
      case "seq":
        statement()
        core.items.forEach((item, i) => {
          this.check(item, i === core.items.length - 1 ? place : "statement")
        })
        return
      case "set":
        statement()
        this.slot(core.slot)
        this.value(core.value)
        return
      case "default":
        statement()
        this.slot(core.slot)
        this.check(core.value, "last")
        return
      case "update":
        statement()
        this.slot(core.slot)
        this.slot(core.owner)
        break
      case "for":
        statement()
        this.slot(core.slot)
        inside(core.source)
        this.check(core.body, "statement")
        return
      case "while":
        statement()
        inside(core.condition)
        this.check(core.body, "statement")
        return
      case "comprehend":
        this.comprehension(core, place)
        return
      case "setGlobal":
      case "patch":
        statement()
        break
      default:
    }
    for (const part of parts(core)) inside(part)
  }

  private value(core: Core): void {
    if (core.kind === "call") {
      this.check({ ...core, tail: false }, "statement")
      if (core.tail) this.complain("the value of a set is a tail call")
    } else this.check(core, core.kind === "comprehend" ? "statement" : "expression")
  }

  /** One that stands in an expression contains no calls of user code. */
  private comprehension(core: Core & { kind: "comprehend" }, place: Place): void {
    const loud = new Set<Core>()
    if (place === "expression" || place === "last") {
      const pending: Core[] = [core]
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        if (next.kind === "call" && next.callee.kind !== "constructor")
          if (next.callee.kind !== "builtin" || this.callsBack(next.callee.name)) loud.add(next)
        pending.push(...parts(next))
      }
    }
    if (loud.size > 0) this.complain("a comprehension that calls stands in an expression")
    core.clauses.forEach((clause, i) => {
      this.slot(clause.slot)
      this.check(clause.source, i === 0 ? "expression" : "last")
      if (clause.prologue !== null) this.check(clause.prologue, "statement")
    })
    if (core.condition !== null) this.check(core.condition, "last")
    this.check(core.element, "last")
  }

  /** Walks forward with the slots that may be filled, and complains of reads of others. */
  private filled(core: Core, slots: Set<number>): void {
    switch (core.kind) {
      case "local":
        if (!slots.has(core.slot)) this.complain(`slot ${String(core.slot)} is read before it is filled`)
        return
      case "update":
        for (const part of parts(core)) this.filled(part, slots)
        if (!slots.has(core.slot)) this.complain(`slot ${String(core.slot)} is updated before it is filled`)
        return
      case "for":
        this.filled(core.source, slots)
        slots.add(core.slot)
        this.filled(core.body, slots)
        this.exit(core.exit, slots)
        return
      case "while":
        this.filled(core.condition, slots)
        this.filled(core.body, slots)
        this.exit(core.exit, slots)
        return
      case "comprehend":
        for (const { slot, source, prologue } of core.clauses) {
          this.filled(source, slots)
          slots.add(slot)
          if (prologue !== null) this.filled(prologue, slots)
        }
        if (core.condition !== null) this.filled(core.condition, slots)
        this.filled(core.element, slots)
        return
      case "patch":
        if (!slots.has(core.slot)) this.complain(`slot ${String(core.slot)} is patched before it is filled`)
        break
      default:
    }
    for (const part of parts(core)) this.filled(part, slots)
    if (core.kind === "set" || core.kind === "default") slots.add(core.slot)
  }

  private exit(exit: number | null, slots: ReadonlySet<number>): void {
    if (exit !== null && !slots.has(exit)) this.complain("the exit slot is never filled")
  }

  /** Walks backward with the slots that are read later; gives those read before this. Checks what loops carry. */
  private live(core: Core, after: Reads): Reads {
    switch (core.kind) {
      case "local":
        return new Map([...after, [core.slot, new Set<number>()]])
      case "seq":
        return backwards(core.items, after, (item, later) => this.live(item, later))
      case "set":
        return this.live(core.value, beforeSet(after, core.slot, core.value))
      case "if": {
        const { condition } = core
        const flag = condition.kind === "local" ? condition.slot : null
        const ruledOut = (flags: ReadonlySet<number>): boolean => flag !== null && flags.has(flag)
        const otherwise = this.live(core.else, after)
        const then = new Map([...this.live(core.then, after)].filter(([, flags]) => !ruledOut(flags)))
        return this.live(condition, either(then, flag === null ? otherwise : unless(otherwise, flag)))
      }
      case "update":
      case "patch":
        return backwards(parts(core), new Map([...after, [core.slot, new Set<number>()]]), (part, later: Reads) =>
          this.live(part, later),
        )
      case "fail":
        return this.live(core.target, new Map())
      case "comprehend": {
        const before = new Map(backwards(parts(core), after, (part, later: Reads) => this.live(part, later)))
        for (const { slot } of core.clauses) before.delete(slot)
        return before
      }
      case "for":
      case "while":
        return this.loop(core, after)
      default:
        return backwards(parts(core), after, (part, later) => this.live(part, later))
    }
  }

  private loop(core: Core & { kind: "for" | "while" }, after: Reads): Reads {
    const head = core.kind === "while" ? core.condition : null
    /** What is read from the end of a turn on. */
    const turn = (next: Reads): Reads => {
      if (core.exit === null) return next
      return new Map([...either(after, unless(next, core.exit)), [core.exit, new Set<number>()]])
    }
    let before: Reads = after
    for (let round = 0; round < 4; round++) {
      const body = new Map(this.live(core.body, turn(before)))
      if (core.kind === "for") body.delete(core.slot)
      const start = either(body, after)
      before = head === null ? start : this.live(head, start)
    }
    const changed = fills(core.body)
    for (const slot of changed)
      if ((before.has(slot) || slot === core.exit) && !core.carried.includes(slot))
        this.complain(`a loop does not carry slot ${String(slot)}`)
    for (const slot of core.carried)
      if (!changed.has(slot)) this.complain(`a loop carries slot ${String(slot)}, which it does not fill`)
    return core.kind === "for" ? this.live(core.source, before) : before
  }
}

/** The slots that are read later, each with the flags that rule the reading out where one of them is true. */
type Reads = ReadonlyMap<number, ReadonlySet<number>>

/** What is read on one of two ways. */
function either(a: Reads, b: Reads): Reads {
  const both = new Map(a)
  for (const [slot, flags] of b) {
    const other = a.get(slot)
    both.set(slot, other === undefined ? flags : new Set([...flags].filter((flag) => other.has(flag))))
  }
  return both
}

function unless(reads: Reads, flag: number): Reads {
  return new Map([...reads].map(([slot, flags]) => [slot, new Set([...flags, flag])]))
}

function beforeSet(after: Reads, slot: number, value: Core): Reads {
  const before = new Map<number, ReadonlySet<number>>()
  for (const [read, flags] of after) {
    if (read === slot) continue
    if (flags.has(slot) && value.kind === "const" && value.value === true) continue
    before.set(read, new Set([...flags].filter((flag) => flag !== slot)))
  }
  return before
}

function backwards<T>(items: readonly Core[], start: T, step: (item: Core, state: T) => T): T {
  let state = start
  for (const item of [...items].reverse()) state = step(item, state)
  return state
}

/** The slots that a piece of code fills. */
function fills(core: Core): ReadonlySet<number> {
  const found = new Set<number>()
  const pending: Core[] = [core]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === "set" || next.kind === "update" || next.kind === "default" || next.kind === "for")
      found.add(next.slot)
    pending.push(...parts(next))
  }
  return found
}

/** The nodes directly inside a node, in the order of evaluation; not the body of a lambda. */
function parts(core: Core): readonly Core[] {
  switch (core.kind) {
    case "const":
    case "local":
    case "capture":
    case "global":
    case "builtin":
    case "constructor":
      return []
    case "operate":
      return core.args
    case "call":
      return [core.callee, ...core.args, ...core.named.map((named) => named.value)]
    case "index":
      return [core.target, ...indices(core.items)]
    case "field":
    case "test":
    case "part":
    case "fail":
      return [core.target]
    case "range":
      return [core.from, core.to]
    case "logic":
      return [core.left, core.right]
    case "array":
      return core.items.map((item) => (item.kind === "spread" ? item.value : item))
    case "tuple":
    case "seq":
      return core.items
    case "record":
      return core.fields.map((field) => field.value)
    case "string":
      return core.parts.filter((part) => typeof part !== "string")
    case "lambda":
      return core.captures.filter((capture) => capture !== null)
    case "if":
      return [core.condition, core.then, core.else]
    case "set":
    case "setGlobal":
    case "patch":
    case "default":
      return [core.value]
    case "update":
      return [...core.path.flatMap((step) => (step.kind === "index" ? indices(step.items) : [])), core.value]
    case "for":
      return [core.source, core.body]
    case "while":
      return [core.condition, core.body]
    case "comprehend":
      return [
        ...core.clauses.flatMap(({ source, prologue }) => (prologue === null ? [source] : [source, prologue])),
        ...(core.condition === null ? [] : [core.condition]),
        core.element,
      ]
  }
}

function indices(items: readonly (Core | CoreSlice)[]): Core[] {
  return items.flatMap((item) =>
    item.kind === "slice" ? [item.from, item.to].filter((part) => part !== null) : [item],
  )
}
