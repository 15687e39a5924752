/**
 * Between JavaScript values and values of the language.
 * Numbers, strings and booleans are themselves; typed arrays and nested arrays become dense arrays, objects records, `{ $variant }` variants; every
 * refusal names the path to what it refuses. It must not know functions of the host nor how anything is evaluated.
 */

import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import type { VariantInfo } from "../lang/core.ts"
import { BoolArray, sizeOf, Tensor, type Shape } from "../interpreter/arrays/tensor.ts"
import { isNum, primalOf } from "../interpreter/autodiff/num.ts"
import { build } from "../interpreter/values/build.ts"
import {
  isFunction,
  List,
  recordOf,
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

const deepest = 10_000

/** The value of a JavaScript value. `path` is how the host would write where it stands: `params.w[3]`. */
export function fromJs(x: unknown, path: string, conversion: Conversion, depth = 0): Value {
  if (typeof x === "number" || typeof x === "string" || typeof x === "boolean") return x
  if (x === null || x === undefined) return unit
  if (depth > deepest) raise(faults.hostInput(path, "is nested too deeply"))
  if (typeof x !== "object") raise(faults.hostInput(path, `is ${nameOf(x)}, which has no meaning here`))
  const own = conversion.unwrap(x)
  if (own !== undefined) return own
  if (ArrayBuffer.isView(x)) return typedArray(x, path)
  if (Array.isArray(x)) return array(x, path, conversion, depth)
  if ("$variant" in x) return variant(x as { $variant: unknown }, path, conversion, depth)
  if (isShaped(x)) return shaped(x, path)
  const prototype: unknown = Object.getPrototypeOf(x)
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    raise(faults.hostInput(path, `is ${nameOf(x)}, which has no meaning here`))
  }
  return recordOf(
    Object.entries(x).map(([name, part]): [string, Value] => [
      name,
      fromJs(part, path === "" ? name : `${path}.${name}`, conversion, depth + 1),
    ]),
  )
}

function nameOf(x: unknown): string {
  if (typeof x === "object" && x !== null)
    return `an object of class ${(x.constructor as { name?: string } | undefined)?.name ?? "unknown"}`
  return `a ${typeof x}`
}

function typedArray(x: ArrayBufferView, path: string): Value {
  if (x instanceof Float64Array) return new Tensor([x.length], x)
  if (x instanceof DataView || x instanceof BigInt64Array || x instanceof BigUint64Array) {
    raise(faults.hostInput(path, `is ${nameOf(x)}, which holds no numbers`))
  }
  const numbers = x as unknown as ArrayLike<number>
  return new Tensor([numbers.length], Float64Array.from(numbers))
}

function array(x: readonly unknown[], path: string, conversion: Conversion, depth: number): Value {
  // The usual case first: plain numbers.
  if (x.length > 0 && x.every((item) => typeof item === "number"))
    return new Tensor([x.length], Float64Array.from(x as number[]))
  return build(x.map((item, i) => fromJs(item, `${path}[${String(i)}]`, conversion, depth + 1)))
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

function shaped(x: { shape: unknown; data: unknown }, path: string): Value {
  const shape = x.shape as unknown[]
  if (!shape.every((n): n is number => typeof n === "number" && Number.isInteger(n) && n >= 0)) {
    raise(faults.hostInput(`${path}.shape`, "must hold counts of 0 or more"))
  }
  const data = x.data as ArrayLike<unknown>
  const size = sizeOf(shape as Shape)
  if (data.length !== size) {
    raise(faults.hostInput(`${path}.data`, `has ${String(data.length)} elements for the shape (${shape.join(", ")})`))
  }
  if (data.length > 0 && typeof data[0] === "boolean") {
    return new BoolArray(
      shape as Shape,
      Uint8Array.from(data as ArrayLike<boolean>, (bit) => (bit ? 1 : 0)),
    )
  }
  const flat = fromJs(data, `${path}.data`, { unwrap: () => undefined, wrap: () => null, variant: () => undefined })
  if (!(flat instanceof Tensor)) raise(faults.hostInput(`${path}.data`, "must hold numbers"))
  return shape.length === 0 ? flat.data[0]! : new Tensor(shape as Shape, flat.data)
}

function variant(x: { $variant: unknown }, path: string, conversion: Conversion, depth: number): Value {
  const name = x.$variant
  const info = typeof name === "string" ? conversion.variant(name) : undefined
  if (info === undefined) raise(faults.hostInput(`${path}.$variant`, `names no variant: ${String(name)}`))
  const fields = x as unknown as Record<string, unknown>
  const values = info.fields.map((field) => {
    if (!Object.hasOwn(fields, field)) raise(faults.hostInput(path, `lacks the field \`${field}\` of \`${info.name}\``))
    return fromJs(fields[field], `${path}.${field}`, conversion, depth + 1)
  })
  return new VariantValue(info, values)
}
