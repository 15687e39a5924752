/**
 * A loop or comprehension of a running function, as a request of its own: from what the frame holds to what it carries.
 * Tier 0 hands over at the head of a loop, where all that matters is in the frame. It must not know how the loop is compiled.
 */

import type { Code, Core } from "../lang/core.ts"
import { MISSING, type Frame as Running } from "../interpreter/evaluate/frame.ts"
import { visitCore } from "../interpreter/evaluate/scan.ts"
import type { Closure, Tuple, Value } from "../interpreter/values/values.ts"
import { unitAbs, type Abs } from "./abstract.ts"
import { unsupported } from "./builder.ts"
import type { Operands } from "./compile.ts"
import { type Frame } from "./frame.ts"
import { needsOf } from "./liveness.ts"
import type { Specialiser } from "./specialise.ts"
import { owned } from "./updates.ts"

/** Which slots a piece of code reads or changes. */
function slotsOf(core: Core): number[] {
  const slots = new Set<number>()
  visitCore(core, (node) => {
    if (node.kind === "local" || node.kind === "update" || node.kind === "patch" || node.kind === "default")
      slots.add(node.slot)
    if ((node.kind === "for" || node.kind === "while") && node.exit !== null) slots.add(node.exit)
    return true
  })
  if (core.kind === "for" || core.kind === "while") for (const slot of core.carried) slots.add(slot)
  return [...slots].sort((a, b) => a - b)
}

/** A loop over what stands in slots behind those of its function: its source was evaluated already, and must not take its steps again. */
function over(core: Core, code: Code, count: number): Core {
  const at = (k: number): Core => ({ kind: "local", slot: code.slots + k, holds: false, span: core.span })
  const source: Core =
    count === 1 ? at(0) : { kind: "range", from: at(0), to: at(1), inclusive: false, span: core.span }
  if (core.kind === "for") return { ...core, source }
  if (core.kind === "comprehend") return { ...core, clauses: core.clauses.map((clause) => ({ ...clause, source })) }
  return core
}

export class LoopRequest {
  readonly name: string
  private readonly code: Code
  private readonly core: Core
  private readonly given: number
  private readonly slots: readonly number[]
  /** Variables that are assigned in part. */
  private readonly changed = new Set<number>()
  /** What the loop leaves in the frame for what follows it. */
  private readonly left: readonly number[]

  /** `given`: in how many values what it runs over is handed over. */
  constructor(code: Code, core: Core, given: number) {
    this.code = code
    this.core = over(core, code, given)
    this.given = given
    this.name = `${core.kind === "comprehend" ? "comprehension" : "loop"} at ${String(core.span.start)}`
    this.slots = slotsOf(this.core).filter((slot) => slot < code.slots)
    visitCore(core, (node) => {
      if (node.kind === "update") this.changed.add(node.slot)
      return true
    })
    const carried = core.kind === "for" || core.kind === "while" ? core.carried : []
    const needs = needsOf(code, core)
    this.left = carried.filter((slot) => needs.slot(slot))
  }

  operands(closure: Closure, frame: Running, over: readonly Value[]): Operands {
    return [closure, ...over, ...this.slots.map((slot) => (frame[slot + 1] === MISSING ? undefined : frame[slot + 1]))]
  }

  readonly run = (s: Specialiser, [closure, ...given]: readonly (Abs | undefined)[]): Abs => {
    if (closure?.kind !== "closure") return unsupported("a loop outside functions")
    const { code, core } = this
    const slots: (Abs | undefined)[] = new Array<Abs | undefined>(code.slots).fill(undefined)
    for (let k = 0; k < this.given; k++) slots[code.slots + k] = given[k]
    this.slots.forEach((slot, k) => {
      const value = given[this.given + k]
      slots[slot] = value !== undefined && this.changed.has(slot) ? owned(s, value) : value
    })
    const frame: Frame = { code, slots, captures: closure.captures }
    const value = s.evaluate(core, frame)
    // What is left without a value is not read.
    const after = this.left.map((slot) => slots[slot] ?? unitAbs)
    return { kind: "tuple", items: [value.kind === "never" ? unitAbs : value, ...after] }
  }

  /** Puts what the loop carried into the frame and gives its value. */
  finish(out: Tuple, frame: Running): Value {
    const [value, ...after] = out.values
    this.left.forEach((slot, k) => {
      frame[slot + 1] = after[k]!
    })
    return value!
  }
}
