/**
 * The values of the language.
 * A value is a Num (number or dense array, possibly carrying a derivative), a boolean, a boolean array, a string, `()`, a list, a tuple, a record, a
 * variant or a function; holders of other values carry the `owner` that lets one variable change them in place. It must not know how code runs.
 */

import type { BoolArray } from "../arrays/tensor.ts"
import type { BinaryPrimitive, UnaryPrimitive } from "../autodiff/declare.ts"
import type { Num } from "../autodiff/num.ts"
import type { CompiledTier } from "./compiled.ts"
import type { Code, VariantInfo } from "../../lang/core.ts"

/** `()`. */
export type Unit = null
export const unit: Unit = null

export type Value = Num | BoolArray | boolean | string | Unit | Structure | FunctionValue
/** Values made of values. */
export type Structure = List | Tuple | RecordValue | VariantValue
export type FunctionValue = Closure | BuiltinFunction | VariantConstructor

/**
 * Any sequence that is no dense array. `witness` says why: the index of an element that cannot stand in one array with element 0 (0 itself where that
 * element cannot stand in any); -1 where nobody has looked, as after `list(…)`.
 */
export class List {
  items: Value[]
  owner: object | null = null
  witness: number

  constructor(items: Value[], witness = -1) {
    this.items = items
    this.witness = witness
  }
}

/** Two values or more, of fixed number. */
export class Tuple {
  readonly values: Value[]
  owner: object | null = null

  constructor(values: Value[]) {
    this.values = values
  }
}

/** The names of a record's fields in order, interned: records of one form share one layout. */
export class Layout {
  readonly names: readonly string[]
  readonly index: ReadonlyMap<string, number>
  private readonly longer = new Map<string, Layout>()

  private constructor(names: readonly string[]) {
    this.names = names
    this.index = new Map(names.map((name, i) => [name, i]))
  }

  static readonly empty = new Layout([])

  /** The layout with one field more at the end. */
  with(name: string): Layout {
    let next = this.longer.get(name)
    if (next === undefined) {
      next = new Layout([...this.names, name])
      // Records used as dictionaries have unboundedly many forms; those are not kept.
      if (this.longer.size < 256) this.longer.set(name, next)
    }
    return next
  }

  static of(names: readonly string[]): Layout {
    let layout = Layout.empty
    if (names.length > 64) return new Layout(names)
    for (const name of names) layout = layout.with(name)
    return layout
  }
}

export class RecordValue {
  readonly layout: Layout
  readonly values: Value[]
  owner: object | null = null

  constructor(layout: Layout, values: Value[]) {
    this.layout = layout
    this.values = values
  }

  /** The field's value, or undefined where there is none of that name. */
  get(name: string): Value | undefined {
    const i = this.layout.index.get(name)
    return i === undefined ? undefined : this.values[i]
  }
}

/** A record from names and values. */
export function recordOf(fields: Iterable<readonly [string, Value]>): RecordValue {
  const names: string[] = []
  const values: Value[] = []
  for (const [name, value] of fields) {
    names.push(name)
    values.push(value)
  }
  return new RecordValue(Layout.of(names), values)
}

/**
 * A variant with its fields: as a list, or, of compiled code, up to two in itself. Then it is one object where it would be three, until somebody wants the list.
 */
export class VariantValue {
  readonly variant: VariantInfo
  owner: object | null = null
  /** The fields of one without a list; undefined where there is one. */
  first: Value | undefined
  second: Value | undefined
  private list: Value[] | null

  constructor(variant: VariantInfo, list: Value[] | null, first?: Value, second?: Value) {
    this.variant = variant
    this.list = list
    this.first = first
    this.second = second
  }

  /** The fields, to be read and changed. */
  get values(): Value[] {
    return this.list ?? this.listed()
  }

  private listed(): Value[] {
    const list = [this.first, this.second].slice(0, this.variant.fields.length) as Value[]
    this.list = list
    this.first = this.second = undefined
    return list
  }

  /** The k-th field. */
  at(k: number): Value {
    return (this.list === null ? (k === 0 ? this.first : this.second) : this.list[k]) as Value
  }
}
/** Fields of a variant that compiled code puts into the value itself. */
export const mostInside = 2

/** What a tier makes of the code of a function. */
export abstract class FunctionCode {
  abstract readonly code: Code
}

/** A function of the program with the values it captured. */
export class Closure {
  readonly code: FunctionCode
  readonly captures: (Value | undefined)[]

  constructor(code: FunctionCode, captures: (Value | undefined)[]) {
    this.code = code
    this.captures = captures
  }
}

/** A variant as a function of its fields. */
export class VariantConstructor {
  readonly variant: VariantInfo

  constructor(variant: VariantInfo) {
    this.variant = variant
  }
}

/** Named arguments of a call, in the order written. */
export type Named = ReadonlyMap<string, Value>
export const noNamed: Named = new Map<string, Value>()

/** What running code offers to the built-in functions it calls. */
export interface Runtime {
  /** Calls a function value. */
  call(fn: Value, args: readonly Value[], named?: Named): Value
  /** Counts steps: one for each turn of a loop inside a built-in that a program would otherwise have written itself. */
  step(count: number): void
  /** Looks at time and interruption after work that counts as no step; cheap. */
  poll(): void
  /** Reports memory about to be taken; raises the fault where that is too much. */
  charge(bytes: number): void
  /** Gives back what `charge` took, for memory known to be free again. */
  release(bytes: number): void
  print(text: string): void
  /** Runs `f` without effects: what it prints is not printed again (see checkpoint). */
  quietly<T>(f: () => T): T
  /** Runs what was run before: quietly, and without taking steps. */
  again<T>(f: () => T): T
  /** True inside `quietly`: built-ins with effects do nothing then. */
  readonly quiet: boolean
  /** Does calls in compiled code, where there is one. */
  readonly compiled?: CompiledTier | null
}

/** A request of a built-in that is suspended in a call: see `BuiltinFunction.steps`. */
export interface CallRequest {
  readonly fn: Value
  readonly args: readonly Value[]
  readonly named?: Named
}
export type BuiltinSteps = Generator<CallRequest, Value, Value>

export interface BuiltinParameter {
  readonly name: string
  readonly required: boolean
}

export interface BuiltinDeclaration {
  readonly name: string
  readonly doc: string
  /** Positional parameters, which named arguments may fill too: `"xs"` is required, `"n?"` is not. The last may end in `"..."`: any number more. */
  readonly params: readonly string[]
  /** Options given by name only. */
  readonly options?: readonly string[]
  /** Takes any other named argument too (derivative operators hand them to their function). */
  readonly anyNamed?: boolean
  /** May call function values. */
  readonly callsBack?: boolean
  /** Takes derivatives when it is called: the compiled tier may do that. */
  readonly differentiates?: boolean
  /** Prints, touches files, or is a host function that is not pure. */
  readonly effect?: boolean
  /** A loop over a call of it runs over its first argument and tells the host of every turn, with the label that this makes of the second. */
  readonly turns?: (label: Value | undefined) => string
  /** The elementwise primitive that it is on as many numbers as that takes: spares the argument list. */
  readonly primitive?: UnaryPrimitive | BinaryPrimitive
  /** The result is a function, or a tuple with one: each remembers the call that made it, so that it can be made again elsewhere. */
  readonly makes?: boolean
  /** The result (or anything else that lives on) may hold an argument or a part of it. False for what only reads arrays. */
  readonly retains?: boolean
  /**
   * The value. `args` holds the positional arguments in order of `params`; an absent optional one is undefined or beyond the end. `named` holds the options.
   */
  readonly call?: (runtime: Runtime, args: readonly Value[], named: Named) => Value
  /**
   * The same for a built-in that calls functions, as a generator that yields each call and receives its value, so that recursion through it
   * may go as deep as any other. Where `call` is absent it is made from this.
   */
  readonly steps?: (runtime: Runtime, args: readonly Value[], named: Named) => BuiltinSteps
}

/** The call that made a function: which built-in of which arguments, and which part of its result where that is a tuple. */
export interface Origin {
  readonly maker: BuiltinFunction
  readonly args: readonly Value[]
  readonly named: Named
  readonly part: number | null
}

/** A native function of the language: `len`, `map`, `sin`, `grad`, or what an operator returned. */
export class BuiltinFunction {
  readonly name: string
  readonly params: readonly BuiltinParameter[]
  /** How many positional arguments must be there. */
  readonly required: number
  /** How many there may be: Infinity for a variadic one. */
  readonly most: number
  readonly options: readonly string[]
  readonly anyNamed: boolean
  readonly callsBack: boolean
  readonly effect: boolean
  readonly retains: boolean
  // What follows changes only where a function takes the place of what stood in for it.
  doc!: string
  /** Do the functions that it gives remember the call? */
  makes!: boolean
  turns!: ((label: Value | undefined) => string) | null
  primitive!: UnaryPrimitive | BinaryPrimitive | null
  call!: (runtime: Runtime, args: readonly Value[], named: Named) => Value
  steps!: ((runtime: Runtime, args: readonly Value[], named: Named) => BuiltinSteps) | null
  private declaration!: BuiltinDeclaration
  /** Where it came from, if a built-in made it. */
  origin: Origin | null = null

  constructor(declaration: BuiltinDeclaration) {
    this.name = declaration.name
    const variadic = declaration.params.at(-1)?.endsWith("...") ?? false
    this.params = declaration.params.map((text) => ({
      name: text.replace(/\?$|\.\.\.$/, ""),
      required: !text.endsWith("?") && !text.endsWith("..."),
    }))
    this.required = this.params.filter((parameter) => parameter.required).length
    this.most = variadic ? Infinity : this.params.length
    this.options = declaration.options ?? []
    this.anyNamed = declaration.anyNamed ?? false
    this.callsBack = declaration.callsBack ?? declaration.steps !== undefined
    this.effect = declaration.effect ?? false
    this.retains = declaration.retains ?? true
    this.take(declaration)
  }

  /** From here on it is the function itself that it stood in for; those who hold it need not know. */
  become(itself: BuiltinFunction): void {
    this.take(itself.declaration)
  }

  private take(declaration: BuiltinDeclaration): void {
    this.declaration = declaration
    this.doc = declaration.doc
    this.makes = declaration.makes ?? false
    this.steps = declaration.steps ?? null
    this.turns = declaration.turns ?? null
    this.primitive = declaration.primitive ?? null
    const { call, steps } = declaration
    if (call !== undefined && this.makes) {
      this.call = (runtime, args, named) => this.remembered(call(runtime, args, named), args, named)
    } else if (call !== undefined && declaration.differentiates === true) {
      this.call = (runtime, args, named) =>
        runtime.compiled?.derive(runtime, this, args, named) ?? call(runtime, args, named)
    } else if (call !== undefined) this.call = call
    else if (steps !== undefined) this.call = (runtime, args, named) => drive(runtime, steps(runtime, args, named))
    else throw new Error(`the built-in ${declaration.name} has neither call nor steps`)
  }

  private remembered(made: Value, args: readonly Value[], named: Named): Value {
    if (made instanceof BuiltinFunction && !args.includes(made))
      made.origin ??= { maker: this, args, named, part: null }
    else if (made instanceof Tuple) {
      made.values.forEach((value, part) => {
        if (value instanceof BuiltinFunction) value.origin ??= { maker: this, args, named, part }
      })
    }
    return made
  }
}

/** Runs the calls that a suspended built-in asks for, to its end. */
function drive(runtime: Runtime, steps: BuiltinSteps): Value {
  let next = steps.next()
  while (next.done !== true) {
    let value: Value
    try {
      value = runtime.call(next.value.fn, next.value.args, next.value.named)
    } catch (error) {
      next = steps.throw(error)
      continue
    }
    next = steps.next(value)
  }
  return next.value
}

export function isFunction(value: unknown): value is FunctionValue {
  return value instanceof Closure || value instanceof BuiltinFunction || value instanceof VariantConstructor
}

export function isStructure(value: unknown): value is Structure {
  return (
    value instanceof List || value instanceof Tuple || value instanceof RecordValue || value instanceof VariantValue
  )
}

/** The values a structure is made of, in order. */
export function childrenOf(value: Structure): Value[] {
  return value instanceof List ? value.items : value.values
}

/** A structure of the same form with other parts. */
export function withChildren(value: Structure, children: Value[]): Structure {
  if (value instanceof List) return new List(children)
  if (value instanceof Tuple) return new Tuple(children)
  if (value instanceof RecordValue) return new RecordValue(value.layout, children)
  return new VariantValue(value.variant, children)
}
