/**
 * Core → SIR, for known arguments.
 * The code is run on values whose structure is known and whose numbers are code: calls of known functions are inlined, structures come apart, loops stay.
 * What cannot be said in SIR is Unsupported, with the reason; it must not know derivatives beyond that some built-ins take them.
 */

import type { CallCore, Cell, Core, CoreSlice, VariantInfo } from "../lang/core.ts"
import type { Span } from "../lang/report/span.ts"
import { Layout, type Value } from "../interpreter/values/values.ts"
import { transpose } from "../interpreter/evaluate/indexing.ts"
import type { Num } from "../interpreter/autodiff/num.ts"
import { bool, held, isArray, num, unitAbs, type Abs } from "./abstract.ts"
import { indexValue } from "./arrays.ts"
import { unsupported, type Builder } from "./builder.ts"
import { callFunction, type Running } from "./calls.ts"
import { choose, logic } from "./choices.ts"
import { comprehend } from "./comprehend.ts"
import { updatedSlots, type Frame } from "./frame.ts"
import { forLoop, whileLoop } from "./loops.ts"
import { operateOn } from "./operate.ts"
import { applyOpaque } from "./opaque.ts"
import { partOf, testForm } from "./patterns.ts"
import { Routines } from "./routines.ts"
import type { Samples } from "./sample.ts"
import { arrayOf } from "./stack.ts"
import type { Atom } from "./sir.ts"
import { eachCase, onlyCase } from "./unions.ts"
import { elementOf } from "./several.ts"
import { Site } from "./sites.ts"
import { owned, snapshot, update } from "./updates.ts"

/** Where the specialiser gets what is not in the code. */
export interface World {
  readonly library: ReadonlyMap<string, Value>
  /** The value of a top-level binding or a value met in the code, as inputs of the function or as a constant. */
  abstract(value: Value): Abs
  /** A top-level binding was read: the code holds as long as it has this value. */
  readGlobal(cell: { readonly value: unknown }): void
}

interface Question {
  readonly path: string
  readonly variant: VariantInfo
}

export class Specialiser {
  readonly b: Builder
  readonly world: World
  readonly samples: Samples
  /** The functions that are being inlined, outermost first. */
  readonly running: Running = []
  readonly routines = new Routines()
  /** How often calls with these forms are being unrolled inside each other. */
  readonly unrolling = new Map<string, number>()
  /** The top-level bindings that a statement has filled so far. */
  readonly filled = new Map<Cell, Abs>()
  private place = new Site()
  /** What was asked of boxes, by the answer; and which variants they are where code is written now. */
  private readonly questions = new Map<Atom, readonly Question[]>()
  private readonly answers = new Map<string, VariantInfo>()
  /** The node that is being specialised: where a reason for staying in tier 0 is. */
  at: Span | null = null

  constructor(b: Builder, samples: Samples, world: World) {
    this.b = b
    this.samples = samples
    this.world = world
  }

  /** Writes where the condition holds. */
  where<T>(condition: Atom, write: () => T): T {
    const asked = this.questions.get(condition) ?? []
    const before = asked.map(({ path }) => this.answers.get(path))
    for (const { path, variant } of asked) this.answers.set(path, variant)
    try {
      return write()
    } finally {
      asked.forEach(({ path }, k) => {
        const variant = before[k]
        if (variant === undefined) this.answers.delete(path)
        else this.answers.set(path, variant)
      })
    }
  }

  /** Asks which variant a box is: where it is that one, its fields may be read. */
  asks(box: Atom, variant: VariantInfo): Atom {
    const answer = this.b.is(box, variant)
    this.questions.set(answer, [{ path: this.b.pathOf(box), variant }])
    return answer
  }

  /** Two conditions hold where this one does. */
  both(condition: Atom, one: Atom, other: Atom): void {
    const asked = [one, other].flatMap((each) => this.questions.get(each) ?? [])
    if (asked.length > 0) this.questions.set(condition, asked)
  }

  /** Which variant a box is here, if that is known. */
  answer(box: Atom): VariantInfo | undefined {
    return this.answers.get(this.b.pathOf(box))
  }

  /** An undefined argument is one left out. */
  call(fn: Abs, args: readonly (Abs | undefined)[], named: ReadonlyMap<string, Abs>): Abs {
    return callFunction(this, fn, args, named)
  }

  evaluate(core: Core, f: Frame): Abs {
    const outer = this.at
    this.at = core.span
    const out = this.node(core, f)
    this.at = outer
    return out
  }

  get site(): Site {
    return this.place
  }

  /** Writes what is called at a node, or the loop there. */
  inside<T>(core: Core, write: () => T): T {
    const outer = this.place
    this.place = outer.at(core)
    try {
      return write()
    } finally {
      this.place = outer
    }
  }

  private node(core: Core, f: Frame): Abs {
    switch (core.kind) {
      case "const": {
        const { value } = core
        if (typeof value === "number") return num(value)
        if (typeof value === "boolean") return bool(value)
        return value === null ? unitAbs : { kind: "string", value }
      }
      case "local": {
        const value = f.slots[core.slot] ?? unsupported("a variable that may not have a value")
        if (value.kind === "mixed") unsupported("a variable that is of two kinds")
        // Another holder of a variable that is changed in part sees it as it is now.
        return core.holds ? snapshot(this, value) : held(value)
      }
      case "capture": {
        return f.captures[core.index] ?? unsupported("a captured variable that may not have a value")
      }
      case "global": {
        const { cell } = core
        const filled = this.filled.get(cell)
        if (filled !== undefined) return filled
        if (cell.value === undefined) unsupported(`\`${cell.name}\` is not there yet`)
        this.world.readGlobal(cell)
        return this.world.abstract(cell.value as Value)
      }
      case "builtin": {
        const value = this.world.library.get(core.name) ?? unsupported(`no built-in ${core.name}`)
        return this.world.abstract(value)
      }
      case "constructor":
        return core.variant.fields.length === 0
          ? { kind: "variant", variant: core.variant, items: [] }
          : { kind: "constructor", variant: core.variant }
      case "operate":
        return operateOn(
          this,
          core.op,
          core.args.map((arg) => this.evaluate(arg, f)),
        )
      case "call":
        return this.evaluateCall(core, f)
      case "index": {
        const target = this.evaluate(core.target, f)
        const items = core.items.map((item) => this.item(item, f))
        const parts = (a: Abs): boolean =>
          (isArray(a) && (a.kind === "range" ? 1 : a.dims.length) >= items.length) ||
          ["tuple", "list", "several", "bools"].includes(a.kind)
        return eachCase(this, target, parts, (a) =>
          a.kind === "several" ? held(elementOf(this, a, items)) : indexValue(this.b, a, items),
        )
      }
      case "field":
        return this.field(this.evaluate(core.target, f), core.name)
      case "range": {
        const from = this.integer(this.evaluate(core.from, f))
        const to = this.integer(this.evaluate(core.to, f))
        return { kind: "range", from, to: core.inclusive ? this.b.add(to, 1) : to }
      }
      case "logic":
        return logic(this, core.op, core.left, core.right, f)
      case "array":
        return arrayOf(this, core.items, f)
      case "tuple":
        return { kind: "tuple", items: core.items.map((item) => this.evaluate(item, f)) }
      case "record": {
        const fields = new Map<string, Abs>()
        for (const field of core.fields) {
          let value = this.evaluate(field.value, f)
          if (field.kind === "spread") value = onlyCase(this, value, (a) => a.kind === "record")
          if (field.kind === "field") fields.set(field.name, value)
          else if (value.kind === "record")
            value.layout.names.forEach((name, k) => fields.set(name, held(value.items[k]!)))
          else unsupported("a spread of what may be no record")
        }
        return { kind: "record", layout: Layout.of([...fields.keys()]), items: [...fields.values()] }
      }
      case "string": {
        const parts = core.parts.map((part) => (typeof part === "string" ? part : this.evaluate(part, f)))
        return { kind: "string", value: parts.every((part) => typeof part === "string") ? parts.join("") : null }
      }
      case "lambda":
        return {
          kind: "closure",
          code: core.code,
          captures: core.captures.map((capture) => (capture === null ? undefined : this.evaluate(capture, f))),
          value: null,
        }
      case "if":
        return choose(this, core, f)
      case "seq": {
        let out: Abs = unitAbs
        for (const item of core.items) {
          out = this.evaluate(item, f)
          if (out.kind === "never") return out
        }
        return out
      }
      case "set": {
        const value = this.evaluate(core.value, f)
        if (value.kind === "never") return value
        f.slots[core.slot] = updatedSlots(f.code).has(core.slot) ? owned(this, value) : value
        return unitAbs
      }
      case "setGlobal": {
        const value = this.evaluate(core.value, f)
        if (value.kind !== "never") this.filled.set(core.cell, held(value))
        return value.kind === "never" ? value : unitAbs
      }
      case "patch": {
        const closure = f.slots[core.slot]
        if (closure?.kind !== "closure") unsupported("a function that is defined twice")
        closure.captures[core.index] = this.evaluate(core.value, f)
        return unitAbs
      }
      case "default":
        if (f.slots[core.slot] === undefined) f.slots[core.slot] = this.evaluate(core.value, f)
        return unitAbs
      case "update":
        return update(this, core, f)
      case "for":
        return this.inside(core, () => forLoop(this, core, f))
      case "while":
        return this.inside(core, () => whileLoop(this, core, f))
      case "comprehend":
        return this.inside(core, () => comprehend(this, core, f))
      case "test":
        return testForm(this, this.evaluate(core.target, f), core.form)
      case "part":
        return partOf(this, this.evaluate(core.target, f), core.part)
      case "fail":
        this.b.guard(false)
        return { kind: "never" }
    }
  }

  private evaluateCall(core: CallCore, f: Frame): Abs {
    const fn = this.evaluate(core.callee, f)
    const args = core.args.map((arg) => this.evaluate(arg, f))
    const named = new Map(core.named.map(({ name, value }) => [name, this.evaluate(value, f)]))
    return this.inside(core, () => this.call(fn, args, named))
  }

  item(item: Core | CoreSlice, f: Frame): Parameters<typeof indexValue>[2][number] {
    if (item.kind !== "slice") return onlyCase(this, this.evaluate(item, f), isNumeric)
    const bound = (core: Core | null): Atom | null => (core === null ? null : this.integer(this.evaluate(core, f)))
    return { kind: "slice", from: bound(item.from), to: bound(item.to), inclusive: item.inclusive }
  }

  integer(given: Abs): Atom {
    const a = onlyCase(this, given, isNumeric)
    if (a.kind !== "num") return unsupported("an integer that may be something else")
    return this.b.let("integer", [a.atom])
  }

  condition(given: Abs): Atom {
    const a = onlyCase(this, given, ({ kind }) => kind === "bool")
    if (a.kind !== "bool") return unsupported("a condition that may be no boolean")
    return a.atom
  }

  field(given: Abs, name: string): Abs {
    return eachCase(
      this,
      given,
      (a) =>
        (a.kind === "record" && a.layout.index.has(name)) || (a.kind === "variant" && a.variant.fields.includes(name)),
      (a) => this.fieldOf(a, name),
    )
  }

  private fieldOf(target: Abs, name: string): Abs {
    if (target.kind === "record") {
      const k = target.layout.index.get(name)
      return k === undefined ? unsupported(`a record without field \`${name}\``) : held(target.items[k]!)
    }
    if (target.kind === "variant") {
      const k = target.variant.fields.indexOf(name)
      return k < 0 ? unsupported(`a variant without field \`${name}\``) : held(target.items[k]!)
    }
    if (name === "T" && isArray(target)) return applyOpaque(this, ".T", [target], (_, [a]) => transpose(a as Num))
    return unsupported(`the field \`${name}\` of a ${target.kind}`)
  }
}

function isNumeric(a: Abs): boolean {
  return a.kind === "num" || isArray(a)
}
