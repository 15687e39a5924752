/**
 * Nodes that loop: `for`, `while`, comprehensions.
 * A range is counted and never made; every turn is a step; a loop ends early when its exit slot holds true. It must not know what bodies do.
 */

import type { CallCore, ComprehendCore, Core, ForCore, WhileCore } from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import { Tensor } from "../arrays/tensor.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { sequenceOf, type Sequence } from "../values/sequence.ts"
import { BuiltinFunction, unit, type Value } from "../values/values.ts"
import type { Compiling } from "./compiling.ts"
import { refuel, registers, type Frame, type Node } from "./frame.ts"
import { at, rangeBounds } from "./making.ts"
import { QuickLoop } from "./quick.ts"
import { assignsPart } from "./scan.ts"
import { LoopHead } from "./takeover.ts"

/** Under a name of this file: hosts take that for a constant, but not what is imported. */
const own = registers

/** The elements that a loop runs over; a range is counted. */
export function compileSource(core: Core, c: Compiling, body: readonly Core[]): (f: Frame) => Sequence {
  if (core.kind === "range") {
    const from = c.read(core.from)
    const to = c.read(core.to)
    return (f) => {
      const first = from(f)
      const [start, end] = rangeBounds(core, first, to(f))
      return { length: end - start, at: (i) => start + i }
    }
  }
  const tracked = core.kind === "call" ? compileTracked(core, c, body) : null
  if (tracked !== null) return tracked
  // The loop goes on over the value that it began with, whatever its body assigns.
  const source = body.some((part) => assignsPart(part)) ? c.value(core) : c.read(core)
  const { span } = core
  return (f) => iterable(source(f), span)
}

/** A call such as `progress(xs, label)` as a source: its elements, with the host told of each turn. Null where the call is not of that form. */
function compileTracked(core: CallCore, c: Compiling, body: readonly Core[]): ((f: Frame) => Sequence) | null {
  const { args, named } = core
  const fn = core.callee.kind === "builtin" ? c.library.get(core.callee.name) : undefined
  if (!(fn instanceof BuiltinFunction) || fn.turns === null) return null
  const { turns, params } = fn
  const [xs, label] = [...args, ...named.filter(({ name }) => name === params[1]?.name).map(({ value }) => value)]
  const count = label === undefined ? 1 : 2
  if (xs === undefined || args.length === 0 || args.length + named.length !== count) return null
  const elements = compileSource(xs, c, body)
  const labelNode = label === undefined ? null : c.read(label)
  const { span } = core
  return (f) => {
    const sequence = elements(f)
    const { length } = sequence
    const text = at(span, () => turns(labelNode === null ? undefined : labelNode(f)))
    return {
      length,
      // Every turn is shown: such a loop is not handed over.
      value: unit,
      at: (i) => {
        registers.runtime.progress(i + 1, length, text)
        return sequence.at(i)
      },
    }
  }
}

/** What a loop over these elements is handed over with: they are not made again. */
function runningOver({ length, at, value }: Sequence): readonly Value[] {
  if (value !== undefined) return [value]
  const first = at(0) as number
  return [first, first + length]
}

export function iterable(value: Value, span: Span): Sequence {
  return sequenceOf(value) ?? raise(faults.notIterable(kindOf(value)), span)
}

export function compileFor(core: ForCore, c: Compiling): Node {
  const slot = core.slot + 1
  const exit = core.exit === null ? 0 : core.exit + 1
  const { span, source } = core
  const body = c.value(core.body)
  const head = new LoopHead(c.nested(c.code), core)
  if (source.kind === "range") {
    const from = c.read(source.from)
    const to = c.read(source.to)
    const quick = new QuickLoop(core, c)
    return (f) => {
      const first = from(f)
      const [start, end] = rangeBounds(source, first, to(f))
      if (head.hot(end - start)) {
        const taken = head.take(f, [start, end])
        if (taken !== undefined) return taken
      }
      if (quick.run(f, start, end)) return unit
      if (exit === 0) {
        for (let i = start; i < end; i++) {
          if (--own.fuel < 0) refuel(span)
          f[slot] = i
          body(f)
        }
        return unit
      }
      for (let i = start; i < end; i++) {
        if (--own.fuel < 0) refuel(span)
        f[slot] = i
        body(f)
        if (leaves(f[exit], span)) break
      }
      return unit
    }
  }
  const elements = compileSource(source, c, [core.body])
  return (f) => {
    const sequence = elements(f)
    const { length } = sequence
    if (head.hot(length)) {
      const taken = head.take(f, runningOver(sequence))
      if (taken !== undefined) return taken
    }
    for (let i = 0; i < length; i++) {
      if (--own.fuel < 0) refuel(span)
      f[slot] = sequence.at(i)
      body(f)
      if (exit !== 0 && leaves(f[exit], span)) break
    }
    return unit
  }
}

/** Does the exit slot say that the loop ends? */
export function leaves(value: Value | undefined, span: Span): boolean {
  if (value === true) return true
  if (value === false || value === undefined) return false
  return raise(faults.notABoolean(kindOf(value)), span)
}

/** The condition of a `while` or `if` that is no plain boolean. */
export function refuseCondition(value: Value, span: Span): never {
  return raise(faults.notABoolean(kindOf(value)), span)
}

export function compileWhile(core: WhileCore, c: Compiling): Node {
  const exit = core.exit === null ? 0 : core.exit + 1
  const { span } = core
  const conditionSpan = core.condition.span
  const condition = c.read(core.condition)
  const body = c.value(core.body)
  const head = new LoopHead(c.nested(c.code), core)
  const quick = new QuickLoop(core, c)
  return (f) => {
    if (quick.run(f, 0, 0)) return unit
    for (;;) {
      if (head.hot(1)) {
        const taken = head.take(f, [])
        if (taken !== undefined) return taken
      }
      const goes = condition(f)
      if (goes !== true) {
        if (goes === false) return unit
        refuseCondition(goes, conditionSpan)
      }
      if (--own.fuel < 0) refuel(span)
      body(f)
      if (exit !== 0 && leaves(f[exit], span)) return unit
    }
  }
}

/** Collects elements: doubles as long as all are plain numbers, then values. */
export class Collector {
  private numbers: Float64Array
  private values: Value[] | null = null
  private count = 0

  constructor(expected: number) {
    this.numbers = new Float64Array(Math.max(4, Math.min(expected, 2 ** 20)))
  }

  push(value: Value): void {
    if (this.values !== null) {
      this.values.push(value)
      return
    }
    if (typeof value !== "number") {
      const values: Value[] = Array.from(this.numbers.subarray(0, this.count))
      values.push(value)
      this.values = values
      return
    }
    if (this.count === this.numbers.length) {
      registers.runtime.charge(16 * this.count)
      const grown = new Float64Array(2 * this.count)
      grown.set(this.numbers)
      this.numbers = grown
    }
    this.numbers[this.count++] = value
  }

  finish(): Value {
    if (this.values !== null) return build(this.values)
    const { count, numbers } = this
    return new Tensor([count], numbers.length === count ? numbers : numbers.slice(0, count))
  }
}

export function compileComprehend(core: ComprehendCore, c: Compiling): Node {
  const { clauses, span } = core
  const element = c.value(core.element)
  const condition = core.condition === null ? null : c.read(core.condition)
  const parts = clauses.map((clause) => ({
    slot: clause.slot + 1,
    source: compileSource(clause.source, c, []),
    prologue: clause.prologue === null ? null : c.value(clause.prologue),
  }))
  const conditionSpan = core.condition?.span ?? span
  const run = (f: Frame, k: number, out: Collector): void => {
    const { slot, source, prologue } = parts[k]!
    const sequence = source(f)
    const { length } = sequence
    const last = k === parts.length - 1
    for (let i = 0; i < length; i++) {
      if (--own.fuel < 0) refuel(span)
      f[slot] = sequence.at(i)
      if (prologue !== null) prologue(f)
      if (!last) {
        run(f, k + 1, out)
        continue
      }
      if (condition !== null) {
        const taken = condition(f)
        if (taken !== true) {
          if (taken !== false) refuseCondition(taken, conditionSpan)
          continue
        }
      }
      out.push(element(f))
    }
  }
  const head = new LoopHead(c.nested(c.code), core)
  if (parts.length > 1 || condition !== null) {
    return (f) => {
      const out = new Collector(16)
      run(f, 0, out)
      return at(span, () => out.finish())
    }
  }
  const { slot, source, prologue } = parts[0]!
  return (f) => {
    const sequence = source(f)
    const { length } = sequence
    if (head.hot(length)) {
      const taken = head.take(f, runningOver(sequence))
      if (taken !== undefined) return taken
    }
    at(span, () => {
      registers.runtime.charge(8 * length)
    })
    const out = new Collector(length)
    for (let i = 0; i < length; i++) {
      if (--own.fuel < 0) refuel(span)
      f[slot] = sequence.at(i)
      if (prologue !== null) prologue(f)
      out.push(element(f))
    }
    return at(span, () => out.finish())
  }
}
