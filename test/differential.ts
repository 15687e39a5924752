/**
 * One program in every tier: what each of its functions gives, or the fault that ends it, what is printed, and the steps taken.
 * Tier 0 is the reference; where the program's function is named `rough…`, numbers may differ by the rounding of contributions to cotangents.
 * It must not know where programs come from.
 */

import { checks, Compiled } from "../compiler/compile.ts"
import { shortest } from "../compiler/segments.ts"
import type { SirFunction } from "../compiler/sir.ts"
import { Tier } from "../compiler/tier.ts"
import { createEngine, type Engine } from "../engine/index.ts"
import { AdlError, type AdlModule } from "../engine/index.ts"
import { Tensor } from "../interpreter/arrays/tensor.ts"
import {
  childrenOf,
  isStructure,
  RecordValue,
  type Tuple,
  VariantValue,
  type Value,
} from "../interpreter/values/values.ts"
import { contributions } from "./shaken.ts"
import { show } from "../interpreter/values/show.ts"

/** What a call gave. */
export interface Answer {
  readonly value: Value | undefined
  /** `code at start..end: message`. */
  readonly fault: string | null
  readonly printed: readonly string[]
  readonly steps: number
}

export interface Disagreement {
  readonly name: string
  readonly reference: string
  readonly found: string
}

/** What became of a program. */
export interface Comparison {
  readonly disagreements: readonly Disagreement[]
  /** Functions that gave a value. */
  readonly evaluated: number
  readonly calls: number
  /** Functions of which compiled code gave a value. */
  readonly compiled: number
  /** What the compiler said of an error in itself. */
  readonly notes: readonly string[]
  /** Why it left something to tier 0. */
  readonly reasons: readonly string[]
  /** What ran. */
  readonly code: readonly Compiled[]
}

/** Code that came through since this was emptied. */
const ran = new Set<Compiled>()
/** Spoils code that is about to run for the first time, to see whether that is found. */
export const sabotage: { spoil: ((code: SirFunction) => void) | null } = { spoil: null }
const spoilt = new WeakMap<Compiled, Compiled>()
const plainCall = Reflect.get(Compiled.prototype, "call") as Compiled["call"]
Compiled.prototype.call = function (this: Compiled, ...given: Parameters<Compiled["call"]>) {
  const out = plainCall.apply(sabotage.spoil === null ? this : replaced(this, sabotage.spoil), given)
  if (out !== undefined) ran.add(this)
  return out
}

function replaced(code: Compiled, spoil: (code: SirFunction) => void): Compiled {
  let other = spoilt.get(code)
  if (other === undefined) {
    spoil(code.sir)
    const parts = ["sir", "reading", "result"].map((name) => Reflect.get(code, name) as unknown)
    spoilt.set(code, (other = Reflect.construct(Compiled, parts) as Compiled))
  }
  return other
}

/** Bytes that compiled code may save before its loops are put in segments. */
export const surroundings: { tapeMemory: number | undefined } = { tapeMemory: undefined }

/** From here on, whatever saves is put in segments as short as can be. */
export function shortSegments(): void {
  surroundings.tapeMemory = 0
  checks.stack = 1
  shortest.segment = 3
}

const limits = { steps: 300_000 }

function faultText(error: unknown): string {
  if (!(error instanceof AdlError)) throw error
  const fault = error.faults[0]!
  return `${fault.code} at ${fault.span === null ? "nowhere" : `${String(fault.span.start)}..${String(fault.span.end)}`}: ${fault.message}`
}

/** A program loaded in one tier. */
class Side {
  readonly tier: Tier | null
  /** Null where the program has a fault. */
  readonly module: AdlModule | null
  private readonly engine: Engine
  private readonly printed: string[] = []

  constructor(text: string, tier: ((library: ReadonlyMap<string, Value>) => Tier) | null = null) {
    this.engine = createEngine({
      tier: 0,
      limits,
      ...(surroundings.tapeMemory === undefined ? {} : { tapeMemory: surroundings.tapeMemory }),
      print: (line) => this.printed.push(line),
    })
    const { runtime } = this.engine
    this.tier = tier === null ? null : tier(runtime.library)
    runtime.compiled = this.tier
    let module: AdlModule | null = null
    try {
      module = this.engine.load(text, { name: "random.adl" })
    } catch (error) {
      faultText(error)
    }
    this.module = module
  }

  answer(name: string): Answer {
    const { engine, module } = this
    this.printed.length = 0
    let value: Value | undefined
    let fault: string | null = null
    try {
      const f = module!.value(name).value
      const inputs = module!.value("inputs").value
      const arity = (f as { code: { code: { params: readonly unknown[] } } }).code.code.params.length
      const args = arity === 1 ? [inputs] : (inputs as Tuple).values
      value = engine.enter(() => engine.runtime.call(f, args))
    } catch (error) {
      fault = faultText(error)
    }
    return { value, fault, printed: [...this.printed], steps: engine.runtime.steps }
  }
}

/** Runs a program in both tiers and compares; null where it does not load. */
export function compare(text: string): Comparison | null {
  const plain = new Side(text)
  if (plain.module === null) return null
  const notes: string[] = []
  const fast = new Side(text, (library) => new Tier(library, { note: (note) => notes.push(note) }))
  if (fast.module === null) throw new Error("a program that loads in tier 0 only")
  const disagreements: Disagreement[] = []
  let [evaluated, calls, compiled] = [0, 0, 0]
  const code: Compiled[] = []
  for (const name of plain.module.names().filter((n) => /^(exact|rough)/.test(n))) {
    calls++
    const reference = plain.answer(name)
    ran.clear()
    const found = fast.answer(name)
    code.push(...ran)
    if (reference.fault === null) {
      evaluated++
      if (ran.size > 0) compiled++
    }
    const difference = differenceOf(reference, found, name.startsWith("rough") ? () => plain.answer(name) : null)
    if (difference !== null) disagreements.push({ name, ...difference })
  }
  const reasons = fast.tier!.reports().flatMap(({ reason }) => (reason === null ? [] : [reason]))
  return { disagreements, evaluated, calls, compiled, notes, reasons, code }
}

/** What an answer consists of: everything but its numbers as text, and the numbers in their order. */
interface Parts {
  readonly form: string
  readonly numbers: readonly number[]
}

/** `again` gives the reference once more, for numbers that may differ by rounding; null where they may not. */
function differenceOf(x: Answer, y: Answer, again: (() => Answer) | null): { reference: string; found: string } | null {
  const of = (reference: string, found: string): { reference: string; found: string } => ({ reference, found })
  if (x.fault !== y.fault) return of(x.fault ?? text(x.value!), y.fault ?? text(y.value!))
  const [xs, ys] = [partsOf(x), partsOf(y)]
  if (xs.form !== ys.form || !equalNumbers(xs.numbers, ys.numbers, again === null ? null : () => partsOf(again()))) {
    const [xText, yText] = [x, y].map(({ value, printed }) => [
      ...printed,
      ...(value === undefined ? [] : [text(value)]),
    ])
    return of(xText!.join("\n"), yText!.join("\n"))
  }
  if (x.steps !== y.steps) return of(`${String(x.steps)} steps`, `${String(y.steps)} steps`)
  return null
}

/** A value with every digit. */
function text(value: Value): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value)
  if (value instanceof Tensor) return `[${value.shape.join("×")}: ${[...value.data].map((x) => text(x)).join(", ")}]`
  if (isStructure(value)) return `${value.constructor.name}(${childrenOf(value).map(text).join(", ")})`
  return show(value)
}

function partsOf({ value, printed }: Answer): Parts {
  const numbers: number[] = []
  const number = (x: number): string => {
    numbers.push(x)
    return "#"
  }
  const formOf = (value: Value): string => {
    if (typeof value === "number") return number(value)
    if (value instanceof Tensor) {
      value.data.forEach(number)
      return `[${value.shape.join("×")}]`
    }
    if (!isStructure(value)) return show(value)
    const names =
      value instanceof RecordValue ? value.layout.names : value instanceof VariantValue ? [value.variant.name] : []
    return `${value.constructor.name} ${names.join()}(${childrenOf(value).map(formOf).join()})`
  }
  const lines = printed.map((line) => (line === "" || Number.isNaN(Number(line)) ? line : number(Number(line))))
  return { form: [...lines, value === undefined ? "" : formOf(value)].join("\n"), numbers }
}

/** Below this, rounding is not by a share of a number but by a fixed amount, and what comes through there may be lost. */
const smallestNormal = 2 ** -1022

/** Are numbers the same, or as near as the rounding of contributions allows: 1e-12 of what these add up to in absolute value? */
function equalNumbers(xs: readonly number[], ys: readonly number[], again: (() => Parts) | null): boolean {
  if (xs.every((x, k) => Object.is(x, ys[k]))) return true
  if (again === null) return false
  const sums = contributions(() => again().numbers)
  return xs.every((x, k) => Object.is(x, ys[k]) || Math.abs(x - ys[k]!) <= 1e-12 * sums[k]! + smallestNormal)
}
