/**
 * Between JavaScript values and values of the language.
 * Numbers, strings and booleans are themselves; typed arrays and nested arrays become dense arrays, objects records, `{ $variant }` variants; every
 * refusal names the path to what it refuses. It must not know functions of the host nor how anything is evaluated.
 */

import { faults } from "../lang/report/catalogue.ts"
import { FaultError, raise } from "../lang/report/fault.ts"
import type { VariantInfo } from "../lang/core.ts"
import { BoolArray, sizeOf, Tensor, type Shape } from "../interpreter/arrays/tensor.ts"
import { isActive, isNum, primalOf } from "../interpreter/autodiff/num.ts"
import { build } from "../interpreter/values/build.ts"
import {
  isFunction,
  Layout,
  List,
  RecordValue,
  Tuple,
  unit,
  VariantValue,
  type Value,
} from "../interpreter/values/values.ts"

/** What conversion asks of its surroundings. */
export interface Conversion {
  /** A value of the language that the host holds (an engine's own wrapper), or undefined where `x` is none. */
  unwrap(x: object): Value | undefined
  /** A value that has no JavaScript form, such as a function, for the host to hold. */
  wrap(value: Value): unknown
  /** The variant of that name, if the program knows one. */
  variant(name: string): VariantInfo | undefined
}

// ---------------------------------------------------------------- out

/** The JavaScript form of a value: rank 1 as Float64Array, higher rank as `{ shape, data }`, lists and tuples as arrays, records as objects. */
export function toJs(value: Value, conversion: Pick<Conversion, "wrap">): unknown {
  if (value === unit) return null
  if (typeof value === "string" || typeof value === "boolean") return value
  if (isNum(value)) {
    if (isActive(value)) raise(faults.hostActive())
    const primal = primalOf(value)
    if (typeof primal === "number") return primal
    if (!(primal instanceof Tensor)) return conversion.wrap(value)
    const data = primal.data.slice()
    return primal.shape.length === 1 ? data : { shape: [...primal.shape], data }
  }
  if (value instanceof BoolArray) {
    const data = Array.from(value.data, (bit) => bit === 1)
    return value.shape.length === 1 ? data : { shape: [...value.shape], data }
  }
  if (isFunction(value)) return conversion.wrap(value)
  return structureToJs(value, conversion)
}

/** Structures with an explicit stack: they may be deeper than the host's. */
function structureToJs(value: Value, conversion: Pick<Conversion, "wrap">): unknown {
  interface Level {
    readonly source: List | Tuple | RecordValue | VariantValue
    readonly parts: readonly Value[]
    readonly out: unknown[]
  }
  const levels: Level[] = []
  let current = value
  for (;;) {
    let done: unknown
    if (
      current instanceof List ||
      current instanceof Tuple ||
      current instanceof RecordValue ||
      current instanceof VariantValue
    ) {
      levels.push({ source: current, parts: current instanceof List ? current.items : current.values, out: [] })
      done = undefined
    } else {
      done = toJs(current, conversion)
      levels.at(-1)!.out.push(done)
    }
    for (;;) {
      const top = levels.at(-1)!
      if (top.out.length < top.parts.length) {
        current = top.parts[top.out.length]!
        break
      }
      levels.pop()
      const made = assembled(top.source, top.out)
      const above = levels.at(-1)
      if (above === undefined) return made
      above.out.push(made)
    }
  }
}

function assembled(source: List | Tuple | RecordValue | VariantValue, parts: unknown[]): unknown {
  if (source instanceof List || source instanceof Tuple) return parts
  // fromEntries defines own properties, so that a field named `__proto__` is a field like any other.
  if (source instanceof RecordValue) return Object.fromEntries(source.layout.names.map((name, i) => [name, parts[i]]))
  return Object.fromEntries([
    ["$variant", source.variant.name],
    ...source.variant.fields.map((name, i): [string, unknown] => [name, parts[i]]),
  ])
}

// ---------------------------------------------------------------- in

/** A structure of the host that is being converted: what it is made of, where its parts stand, and what they become. */
interface Opened {
  readonly source: object
  readonly parts: readonly unknown[]
  /** How part i is written behind the structure's name: `.w`, `[3]`. */
  readonly step: (i: number) => string
  readonly done: Value[]
  readonly close: (values: Value[]) => Value
}

/**
 * The value of a JavaScript value. `path` is how the host would write where it stands: `params.w[3]`. Structures wait on a stack of their own, so that
 * depth does not matter.
 */
export function fromJs(x: unknown, path: string, conversion: Conversion): Value {
  const open: Opened[] = []
  const refuse: Refuse = (problem, step = "") => {
    const at = open.reduce((text, level) => joined(text, level.step(level.done.length)), path)
    return raise(faults.hostInput(joined(at, step), problem))
  }
  try {
    return converted(x, open, conversion, refuse)
  } catch (error) {
    if (error instanceof FaultError) throw error
    // A property or a proxy of the host may do anything.
    return refuse(`it cannot be read: ${error instanceof Error ? String(error.message) : "something was thrown"}`)
  }
}

/** The value of `x`; structures that are under way wait in `open`. */
function converted(x: unknown, open: Opened[], conversion: Conversion, refuse: Refuse): Value {
  const inside = new Set<object>()
  let current = x
  for (;;) {
    let value = simple(current, conversion, refuse)
    if (value === undefined) {
      const source = current as object
      if (inside.has(source)) refuse("it holds itself")
      inside.add(source)
      open.push(opened(source, conversion, refuse))
    }
    for (;;) {
      const top = open.at(-1)
      if (top === undefined) return value as Value
      if (value !== undefined) top.done.push(value)
      if (top.done.length < top.parts.length) {
        current = top.parts[top.done.length]
        break
      }
      open.pop()
      inside.delete(top.source)
      value = top.close(top.done)
    }
  }
}

function joined(path: string, step: string): string {
  return path === "" && step.startsWith(".") ? step.slice(1) : path + step
}

/** Raises the fault that names where the conversion stands, or `step` behind it. */
type Refuse = (problem: string, step?: string) => never

/** A value without parts to convert, or undefined for a structure. */
function simple(x: unknown, conversion: Conversion, refuse: Refuse): Value | undefined {
  if (typeof x === "number" || typeof x === "string" || typeof x === "boolean") return x
  if (x === null || x === undefined) return unit
  if (typeof x !== "object") refuse(`expected a value, got ${nameOf(x)}`)
  const own = conversion.unwrap(x)
  if (own !== undefined) return own
  if (ArrayBuffer.isView(x)) return typedArray(x, refuse)
  if (Array.isArray(x)) {
    // The usual case: plain numbers.
    return x.length > 0 && allNumbers(x) ? new Tensor([x.length], Float64Array.from(x)) : undefined
  }
  return isShaped(x) ? shaped(x, refuse) : undefined
}

/** Holes count as elements, which `every` would leave out. */
function allNumbers(x: readonly unknown[]): x is readonly number[] {
  for (let i = 0; i < x.length; i++) if (typeof x[i] !== "number") return false
  return true
}

/** What a thing of the host is, with its article, for messages. */
export function nameOf(x: unknown): string {
  if (x === undefined || x === null) return String(x)
  if (typeof x === "string") return JSON.stringify(x.length > 30 ? `${x.slice(0, 30)}…` : x)
  if (typeof x === "number" || typeof x === "boolean") return String(x)
  if (Array.isArray(x)) return "an array"
  if (typeof x === "object") {
    const prototype: unknown = Object.getPrototypeOf(x)
    if (prototype === null || prototype === Object.prototype) return "an object"
    const { constructor } = prototype as { constructor?: unknown }
    return typeof constructor === "function" ? `an object of class ${constructor.name}` : "an object"
  }
  return typeof x === "undefined" ? "undefined" : `a ${typeof x}`
}

function typedArray(x: ArrayBufferView, refuse: Refuse): Value {
  if (x instanceof Float64Array) return new Tensor([x.length], x)
  if (x instanceof DataView || x instanceof BigInt64Array || x instanceof BigUint64Array) {
    refuse(`expected numbers, got ${nameOf(x)}`)
  }
  const numbers = x as unknown as ArrayLike<number>
  return new Tensor([numbers.length], Float64Array.from(numbers))
}

function isShaped(x: object): x is { shape: unknown; data: unknown } {
  const names = Object.keys(x)
  return (
    names.length === 2 &&
    "shape" in x &&
    "data" in x &&
    Array.isArray(x.shape) &&
    (ArrayBuffer.isView(x.data) || Array.isArray(x.data))
  )
}

function shaped(x: { shape: unknown; data: unknown }, refuse: Refuse): Value {
  const shape = x.shape as unknown[]
  if (!shape.every((n): n is number => typeof n === "number" && Number.isInteger(n) && n >= 0)) {
    refuse("expected counts of 0 or more", ".shape")
  }
  const data = x.data as ArrayLike<unknown>
  const size = sizeOf(shape as Shape)
  if (data.length !== size) refuse(`${String(data.length)} elements for the shape (${shape.join(", ")})`, ".data")
  if (data.length > 0 && typeof data[0] === "boolean") {
    return new BoolArray(
      shape as Shape,
      Uint8Array.from(data as ArrayLike<boolean>, (bit) => (bit ? 1 : 0)),
    )
  }
  if (Array.isArray(data)) {
    const wrong = data.findIndex((item) => typeof item !== "number")
    if (wrong >= 0) refuse(`expected a number, got ${nameOf(data[wrong])}`, `.data[${String(wrong)}]`)
  }
  const flat = ArrayBuffer.isView(data)
    ? (typedArray(data as ArrayBufferView, refuse) as Tensor).data
    : Float64Array.from(data as ArrayLike<number>)
  return shape.length === 0 ? flat[0]! : new Tensor(shape as Shape, flat)
}

/** Takes a structure apart. */
function opened(x: object, conversion: Conversion, refuse: Refuse): Opened {
  if (Array.isArray(x)) return openedArray(x, refuse)
  if (Object.hasOwn(x, "$variant")) return openedVariant(x as { $variant: unknown }, conversion, refuse)
  const prototype: unknown = Object.getPrototypeOf(x)
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    refuse(`expected a value, got ${nameOf(x)}`)
  }
  const names = Object.keys(x)
  const [only] = names
  if (names.length === 1 && (only === "$list" || only === "$tuple")) {
    const items: unknown = (x as Record<string, unknown>)[only]
    if (!Array.isArray(items)) refuse(`expected an array, got ${nameOf(items)}`, `.${only}`)
    const close =
      only === "$list" ? (values: Value[]) => new List(values) : (values: Value[]) => tupleOf(values, refuse)
    return { source: x, parts: items as unknown[], step: (i) => `.${only}[${String(i)}]`, done: [], close }
  }
  return {
    source: x,
    parts: names.map((name) => (x as Record<string, unknown>)[name]),
    step: (i) => `.${names[i]!}`,
    done: [],
    close: (values) => new RecordValue(Layout.of(names), values),
  }
}

function tupleOf(values: Value[], refuse: Refuse): Tuple {
  if (values.length < 2) refuse("a tuple holds two values or more")
  return new Tuple(values)
}

/** An array that begins with a number is meant to hold numbers: anything else in it is a mistake, not a list. */
function openedArray(x: readonly unknown[], refuse: Refuse): Opened {
  if (typeof x[0] === "number") {
    const wrong = x.findIndex((item) => typeof item !== "number" && !(item instanceof Object))
    if (wrong >= 0) refuse(`expected a number, got ${nameOf(x[wrong])}`, `[${String(wrong)}]`)
  }
  return { source: x, parts: x, step: (i) => `[${String(i)}]`, done: [], close: build }
}

function openedVariant(x: { $variant: unknown }, conversion: Conversion, refuse: Refuse): Opened {
  const name = x.$variant
  const variant = typeof name === "string" ? conversion.variant(name) : undefined
  if (variant === undefined) refuse(`${nameOf(name)} names no variant`, ".$variant")
  const fields = x as unknown as Record<string, unknown>
  const missing = variant.fields.find((field) => !Object.hasOwn(fields, field))
  if (missing !== undefined) refuse(`the field \`${missing}\` of \`${variant.name}\` is missing`)
  return {
    source: x,
    parts: variant.fields.map((field) => fields[field]),
    step: (i) => `.${variant.fields[i]!}`,
    done: [],
    close: (values) => new VariantValue(variant, values),
  }
}
