/**
 * Core → programs of the machine.
 * Only what contains calls is taken apart, into instructions in a row; everything else stays one closure of the compiler, shared with the native way. Calls
 * stand only as statements, as values of `set` and in tail position, so few forms need taking apart. It must not know how programs run.
 */

import type { CallCore, Code, ComprehendCore, Core, ForCore, UpdateCore, WhileCore } from "../../lang/core.ts"
import type { Span } from "../../lang/report/span.ts"
import { BuiltinFunction, unit, type Named, type Value } from "../values/values.ts"
import { compileArgument, compileNamed } from "./calling.ts"
import type { Compiler } from "./compile.ts"
import { MISSING, type Frame, type Node } from "./frame.ts"
import { Collector, compileSource, leaves, refuseCondition } from "./loops.ts"
import type { Sequence } from "../values/sequence.ts"
import { at } from "./making.ts"
import { partsOf, visitCore } from "./scan.ts"

export type Instruction =
  | { readonly op: "run"; readonly node: Node }
  | { readonly op: "set"; readonly to: number; readonly node: Node }
  | { readonly op: "return"; readonly node: Node }
  | { readonly op: "jump"; target: number }
  /** Goes on where the node gives true, else at the target. */
  | { readonly op: "branch"; readonly node: Node; readonly span: Span; target: number }
  | {
      readonly op: "call"
      readonly callee: Node
      readonly args: readonly Node[]
      readonly named: (f: Frame) => Named
      /** Where the result goes; 0: nowhere. */
      readonly to: number
      readonly span: Span
    }
  | {
      readonly op: "tailCall"
      readonly callee: Node
      readonly args: readonly Node[]
      readonly named: (f: Frame) => Named
      readonly span: Span
    }
  /** One turn more of a loop: counts a step. */
  | { readonly op: "turn"; readonly span: Span }
  /** Takes the next element of the sequence in `sequence`, or jumps when there is none. */
  | { readonly op: "next"; readonly sequence: number; readonly to: number; readonly span: Span; target: number }

export interface Program {
  readonly name: string
  /** Length of a frame: the slots, and behind them what the machine keeps itself. */
  readonly size: number
  readonly instructions: readonly Instruction[]
}

type Destination =
  { readonly kind: "none" } | { readonly kind: "slot"; readonly to: number } | { readonly kind: "return" }
const nowhere: Destination = { kind: "none" }

/** A sequence under way, kept in a slot. */
export class Cursor {
  readonly sequence: Sequence
  next = 0

  constructor(sequence: Sequence) {
    this.sequence = sequence
  }
}

export function programOf(code: Code, compiler: Compiler): Program {
  const lowering = new Lowering(code, compiler)
  lowering.lower(code.body, { kind: "return" })
  return { name: code.name, size: lowering.free, instructions: lowering.instructions }
}

class Lowering {
  readonly instructions: Instruction[] = []
  private readonly compiler: Compiler
  /** The next free place of the frame: the machine's own values stand behind the slots. */
  free: number
  private readonly calling = new Map<Core, boolean>()

  constructor(code: Code, compiler: Compiler) {
    this.compiler = compiler
    this.free = code.slots + 1
  }

  /** May evaluating this call a function of the program? */
  private calls(core: Core): boolean {
    let found = this.calling.get(core)
    if (found === undefined) {
      found = false
      visitCore(core, (part) => {
        if (part.kind === "call" && this.isStepped(part)) found = true
        return found !== true
      })
      this.calling.set(core, found)
    }
    return found
  }

  private isStepped(core: CallCore): boolean {
    if (core.callee.kind !== "builtin") return true
    const fn = this.compiler.library.get(core.callee.name)
    return !(fn instanceof BuiltinFunction) || fn.callsBack
  }

  private emit(instruction: Instruction): Instruction {
    this.instructions.push(instruction)
    return instruction
  }

  private finish(node: Node, to: Destination): void {
    if (to.kind === "slot") this.emit({ op: "set", to: to.to, node })
    else this.emit({ op: to.kind === "return" ? "return" : "run", node })
  }

  private giveUnit(to: Destination): void {
    if (to.kind !== "none") this.finish(() => unit, to)
  }

  lower(core: Core, to: Destination): void {
    if (!this.calls(core)) {
      this.finish(this.compiler.value(core), to)
      return
    }
    switch (core.kind) {
      case "call":
        this.lowerCall(core, to)
        return
      case "seq":
        core.items.forEach((item, i) => {
          this.lower(item, i === core.items.length - 1 ? to : nowhere)
        })
        return
      case "if":
        this.lowerIf(this.condition(core.condition), core.condition.span, core.then, core.else, to)
        return
      case "set":
        this.lower(core.value, { kind: "slot", to: core.slot + 1 })
        this.giveUnit(to)
        return
      case "setGlobal": {
        const value = this.temporary(core.value)
        const { cell } = core
        this.emit({
          op: "run",
          node: (f) => {
            cell.value = f[value]
            return unit
          },
        })
        this.giveUnit(to)
        return
      }
      case "default": {
        const slot = core.slot + 1
        const branch = {
          op: "branch" as const,
          node: (f: Frame): Value => f[slot] === MISSING,
          span: core.span,
          target: 0,
        }
        this.emit(branch)
        this.lower(core.value, { kind: "slot", to: slot })
        branch.target = this.instructions.length
        this.giveUnit(to)
        return
      }
      case "update":
        this.lowerUpdate(core, to)
        return
      case "for":
        this.lowerFor(core)
        this.giveUnit(to)
        return
      case "while":
        this.lowerWhile(core)
        this.giveUnit(to)
        return
      case "comprehend":
        this.lowerComprehend(core, to)
        return
      default:
        // Calls inside other forms do not occur; if they did, they would run natively, on what is left of the stack.
        this.finish(this.compiler.value(core), to)
    }
  }

  /** A place of its own for the value of a node. */
  private temporary(core: Core): number {
    const place = this.free++
    this.lower(core, { kind: "slot", to: place })
    return place
  }

  private condition(core: Core): Node {
    if (!this.calls(core)) return this.compiler.read(core)
    const place = this.temporary(core)
    return (f) => f[place]!
  }

  private lowerCall(core: CallCore, to: Destination): void {
    const { compiler } = this
    const { callee, span } = core
    const builtin = callee.kind === "builtin" ? compiler.library.get(callee.name) : null
    const fn = compiler.value(callee)
    const args = core.args.map((arg) =>
      builtin instanceof BuiltinFunction ? compileArgument(arg, builtin, compiler) : compiler.value(arg),
    )
    const named = compileNamed(core, compiler)
    if (to.kind === "return" && core.tail) this.emit({ op: "tailCall", callee: fn, args, named, span })
    else if (to.kind === "return") {
      const place = this.free++
      this.emit({ op: "call", callee: fn, args, named, to: place, span })
      this.emit({ op: "return", node: (f) => f[place]! })
    } else this.emit({ op: "call", callee: fn, args, named, to: to.kind === "slot" ? to.to : 0, span })
  }

  private lowerIf(node: Node, span: Span, then: Core, otherwise: Core, to: Destination): void {
    const branch = { op: "branch" as const, node, span, target: 0 }
    this.emit(branch)
    this.lower(then, to)
    const jump = { op: "jump" as const, target: 0 }
    if (to.kind !== "return") this.emit(jump)
    branch.target = this.instructions.length
    this.lower(otherwise, to)
    jump.target = this.instructions.length
  }

  private lowerUpdate(core: UpdateCore, to: Destination): void {
    if (
      !partsOf(core)
        .slice(0, -1)
        .some((part) => this.calls(part))
    ) {
      const place = this.temporary(core.value)
      const value: Core = { kind: "local", slot: place - 1, holds: true, span: core.value.span }
      this.finish(this.compiler.value({ ...core, value }), to)
    } else this.finish(this.compiler.value(core), to)
  }

  /** Puts a cursor over the elements of a source into a place of its own. */
  private cursor(core: Core, body: readonly Core[]): number {
    const place = this.free++
    if (this.calls(core)) {
      const value = this.temporary(core)
      const local: Core = { kind: "local", slot: value - 1, holds: true, span: core.span }
      core = local
    }
    const source = compileSource(core, this.compiler, body)
    this.emit({ op: "set", to: place, node: (f) => new Cursor(source(f)) as unknown as Value })
    return place
  }

  private lowerFor(core: ForCore): void {
    const sequence = this.cursor(core.source, [core.body])
    const start = this.instructions.length
    const next = { op: "next" as const, sequence, to: core.slot + 1, span: core.span, target: 0 }
    this.emit(next)
    this.lower(core.body, nowhere)
    this.lowerExit(core.exit, core.span, start, (end) => {
      next.target = end
    })
  }

  /** The end of a loop's body: leaves if the exit slot holds true, else goes back to the start. */
  private lowerExit(exit: number | null, span: Span, start: number, ended: (end: number) => void): void {
    if (exit !== null) {
      const slot = exit + 1
      this.emit({ op: "branch", node: (f) => leaves(f[slot], span), span, target: start })
    } else this.emit({ op: "jump", target: start })
    ended(this.instructions.length)
  }

  private lowerWhile(core: WhileCore): void {
    const start = this.instructions.length
    const node = this.condition(core.condition)
    const branch = { op: "branch" as const, node, span: core.condition.span, target: 0 }
    this.emit(branch)
    this.emit({ op: "turn", span: core.span })
    this.lower(core.body, nowhere)
    this.lowerExit(core.exit, core.span, start, (end) => {
      branch.target = end
    })
  }

  private lowerComprehend(core: ComprehendCore, to: Destination): void {
    const out = this.free++
    const { span } = core
    this.emit({ op: "set", to: out, node: () => new Collector(16) as unknown as Value })
    const lowerClause = (k: number): void => {
      const clause = core.clauses[k]
      if (clause === undefined) {
        let branch: { op: "branch"; node: Node; span: Span; target: number } | null = null
        if (core.condition !== null) {
          branch = { op: "branch", node: this.condition(core.condition), span: core.condition.span, target: 0 }
          this.emit(branch)
        }
        const value = this.temporary(core.element)
        this.emit({
          op: "run",
          node: (f) => {
            ;(f[out] as unknown as Collector).push(f[value]!)
            return unit
          },
        })
        if (branch !== null) branch.target = this.instructions.length
        return
      }
      const sequence = this.cursor(clause.source, [])
      const start = this.instructions.length
      const next = { op: "next" as const, sequence, to: clause.slot + 1, span, target: 0 }
      this.emit(next)
      if (clause.prologue !== null) this.lower(clause.prologue, nowhere)
      lowerClause(k + 1)
      this.emit({ op: "jump", target: start })
      next.target = this.instructions.length
    }
    lowerClause(0)
    this.finish((f) => at(span, () => (f[out] as unknown as Collector).finish()), to)
  }
}

/** What a branch does with its node's value. */
export function isTrue(value: Value, span: Span): boolean {
  return value === true || (value !== false && refuseCondition(value, span))
}
