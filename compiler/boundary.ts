/**
 * Between values and SIR: arguments become inputs and are read into them at each call; results become values again.
 * An argument of another form than the code was made for is refused. It must not know what the code does.
 */

import { BoolArray, Tensor } from "../interpreter/arrays/tensor.ts"
import { isActive } from "../interpreter/autodiff/num.ts"
import { build, conflict } from "../interpreter/values/build.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import {
  BuiltinFunction,
  childrenOf,
  Closure,
  isFunction,
  isStructure,
  List,
  type Origin,
  RecordValue,
  Tuple,
  unit,
  VariantConstructor,
  VariantValue,
  type Value,
} from "../interpreter/values/values.ts"
import {
  atomsOf,
  bool,
  leavesOf,
  leavesOfForm,
  mostElements,
  num,
  unitAbs,
  type Abs,
  type BoxedType,
  type FieldKind,
  type ListAbs,
} from "./abstract.ts"
import { CarriesDerivative, Unsupported, type Builder } from "./builder.ts"
import { isVar, type Atom, type Var } from "./sir.ts"

/** Reads a value into the inputs that stand for it; false where it has another form. */
export type Reader = (value: Value | undefined, out: unknown[]) => boolean

/**
 * A form that the host's own values are read in without becoming values of the language: a scalar, a dense array with the dimensions that are fixed, or a
 * plain object with just these properties in this order.
 */
export type HostForm =
  | { readonly kind: "scalar"; readonly type: "number" | "boolean" }
  | { readonly kind: "array"; readonly dims: readonly (number | null)[] }
  | { readonly kind: "record"; readonly names: readonly string[]; readonly items: readonly HostForm[] }

export interface Input {
  readonly abs: Abs
  readonly read: Reader
  readonly host?: HostForm
}

/** How deep variants in variants are taken apart, each with its own form; and how many are looked at where they go deeper. */
const mostTakenApart = 5
const mostLookedAt = 1000

/** Values of more parts are left alone: code for such a form is large, and the next value would have another. */
const mostParts = 600

/** Trailing dimensions up to this are part of the form: small rows can then be taken apart. */
const fixedDimension = 16
/** An operand of so few elements is them, as one that is made in the code is. */
const fewElements = 4

export class Inputs {
  readonly params: Var[] = []
  private readonly b: Builder
  private readonly depth = new Set<Value>()
  private readonly general: boolean
  /** Are small arrays read element by element? Only where all of the code stands behind. */
  apart = false
  /** May a string be any other? */
  private anyText = false
  private parts = 0

  /** `general`: no dimension is part of the form. */
  constructor(b: Builder, general: boolean) {
    this.b = b
    this.general = general
  }

  private param(type: "num" | "bool" | "buf" | "box", name: string): Var {
    const v = this.b.fresh(type, name)
    this.params.push(v)
    return v
  }

  private count(): Var {
    const v = this.param("num", "n")
    v.int = v.natural = true
    return v
  }

  input(value: Value): Input {
    if (++this.parts > mostParts) throw new Unsupported("a value of very many parts")
    if (typeof value === "number") {
      const v = this.param("num", "x")
      return {
        abs: num(v),
        read: (x, out) => typeof x === "number" && out.push(x) > 0,
        host: { kind: "scalar", type: "number" },
      }
    }
    if (typeof value === "boolean") {
      const v = this.param("bool", "c")
      return {
        abs: bool(v),
        read: (x, out) => typeof x === "boolean" && out.push(x) > 0,
        host: { kind: "scalar", type: "boolean" },
      }
    }
    if (typeof value === "string") {
      if (this.anyText) return { abs: { kind: "string", value: null }, read: (x) => typeof x === "string" }
      return { abs: { kind: "string", value }, read: (x) => x === value }
    }
    if (value === unit) return { abs: unitAbs, read: (x) => x === unit }
    if (value instanceof Tensor) return this.tensor(value)
    if (value instanceof BoolArray) return this.booleans(value)
    if (value instanceof List) return this.list(value)
    if (value instanceof Tuple) {
      const items = value.values.map((item) => this.input(item))
      return {
        abs: { kind: "tuple", items: items.map((item) => item.abs) },
        read: (x, out) =>
          x instanceof Tuple &&
          x.values.length === items.length &&
          items.every((item, k) => item.read(x.values[k], out)),
      }
    }
    if (value instanceof RecordValue) {
      const { layout } = value
      const items = value.values.map((item) => this.input(item))
      const host = recordForm(layout.names, items)
      return {
        abs: { kind: "record", layout, items: items.map((item) => item.abs) },
        read: (x, out) =>
          x instanceof RecordValue && x.layout === layout && items.every((item, k) => item.read(x.values[k], out)),
        ...(host === null ? {} : { host }),
      }
    }
    if (value instanceof VariantValue) {
      const { variant } = value
      const of = this.boxedType(value)
      if (of !== null) {
        const { type } = of
        const read: Reader = (x, out) => x instanceof VariantValue && x.variant.type === type && out.push(x) > 0
        return { abs: { kind: "boxed", of, atom: this.param("box", "t") }, read }
      }
      this.depth.add(value)
      const items = value.values.map((item) => this.input(item))
      this.depth.delete(value)
      return {
        abs: { kind: "variant", variant, items: items.map((item) => item.abs) },
        read: (x, out) =>
          x instanceof VariantValue && x.variant === variant && items.every((item, k) => item.read(x.at(k), out)),
      }
    }
    if (value instanceof Closure) {
      const { code } = value
      if (this.depth.has(value)) throw new Unsupported("a function that holds itself")
      this.depth.add(value)
      const captures = value.captures.map((capture) => (capture === undefined ? null : this.input(capture)))
      this.depth.delete(value)
      return {
        abs: { kind: "closure", code: code.code, captures: captures.map((capture) => capture?.abs), value: null },
        read: (x, out) =>
          x instanceof Closure &&
          x.code === code &&
          captures.every((capture, k) => capture === null || capture.read(x.captures[k], out)),
      }
    }
    if (value instanceof BuiltinFunction) {
      return value.origin === null
        ? { abs: { kind: "builtin", fn: value }, read: (x) => x === value }
        : this.made(value.origin)
    }
    if (value instanceof VariantConstructor)
      return {
        abs: { kind: "constructor", variant: value.variant },
        read: (x) => x instanceof VariantConstructor && x.variant === value.variant,
      }
    if (isActive(value)) throw new CarriesDerivative("a number that carries a derivative")
    throw new Unsupported(`${kindOf(value)} as an argument`)
  }

  /** What is known of the type of a value with variants in each other deeper than a few; null for any other value. */
  private boxedType(value: VariantValue): BoxedType | null {
    const types = this.b.boxedTypes
    const waiting = [{ value, depth: 1 }]
    let deepest = 0
    for (let looked = 0; looked < mostLookedAt; looked++) {
      const next = waiting.pop()
      if (next === undefined) break
      const { value: met, depth } = next
      deepest = Math.max(deepest, depth)
      const { variant } = met
      types.met(
        variant,
        variant.fields.map((_, k): FieldKind => {
          const field = met.at(k)
          if (typeof field === "number") return "num"
          if (typeof field === "boolean") return "bool"
          if (field === unit) return "unit"
          if (isActive(field)) throw new CarriesDerivative("a number that carries a derivative")
          if (!(field instanceof VariantValue)) return null
          waiting.push({ value: field, depth: depth + 1 })
          return types.of(field.variant.type)
        }),
      )
    }
    return deepest + this.depth.size > mostTakenApart ? types.of(value.variant.type) : null
  }

  /** What an operator made: functions, and what else it was made of where the operator calls none, are looked into; everything else is part of the form. */
  private made({ maker, args, named, part }: Origin): Input {
    const option = (value: Value): Input => (isFunction(value) ? this.input(value) : this.constant(value))
    const inputs = args.map((value) => (maker.callsBack ? option(value) : this.input(value)))
    const options = [...named].map(([name, value]) => ({ name, ...option(value) }))
    return {
      abs: {
        kind: "made",
        by: maker,
        args: inputs.map((input) => input.abs),
        named: new Map(options.map(({ name, abs }) => [name, abs])),
        part,
      },
      read: (x, out) => {
        const origin = x instanceof BuiltinFunction ? x.origin : null
        return (
          origin?.maker === maker &&
          origin.part === part &&
          origin.args.length === inputs.length &&
          origin.named.size === options.length &&
          inputs.every((input, k) => input.read(origin.args[k], out)) &&
          options.every(({ name, read }) => read(origin.named.get(name), out))
        )
      },
    }
  }

  /** A value that is part of the form: an option of an operator. */
  constant(value: Value): Input {
    if (typeof value === "number") return { abs: num(value), read: (x) => Object.is(x, value) }
    if (typeof value === "boolean") return { abs: bool(value), read: (x) => x === value }
    if (typeof value === "string") return { abs: { kind: "string", value }, read: (x) => x === value }
    const items =
      value instanceof List || value instanceof Tuple
        ? childrenOf(value)
        : value instanceof Tensor
          ? [...value.data]
          : null
    if (items === null) throw new Unsupported("an option of such a kind")
    const parts = items.map((item) => this.constant(item))
    return {
      abs: { kind: "tuple", items: parts.map((part) => part.abs) },
      read: (x, out) => {
        const found = x instanceof List || x instanceof Tuple ? childrenOf(x) : x instanceof Tensor ? [...x.data] : []
        return found.length === parts.length && parts.every((part, k) => part.read(found[k], out))
      },
    }
  }

  private tensor(value: Tensor): Input {
    const rank = value.shape.length
    const buf = this.param("buf", "a")
    const few = this.apart && rank === 1 && value.data.length <= fewElements
    const fixed = value.shape.map((n, k) => (k > 0 || few) && n <= fixedDimension && !this.general)
    const dims: Atom[] = value.shape.map((n, k) => (fixed[k] === true ? n : this.count()))
    buf.length = this.product(dims)
    const { shape } = value
    const whole: Abs = { kind: "array", buf, offset: 0, dims, fresh: false }
    const items = few && !this.general ? Array.from(value.data, (_, k) => this.b.load(buf, k)) : null
    return {
      abs: items === null ? whole : { kind: "vector", dims: shape, items },
      host: { kind: "array", dims: shape.map((n, k) => (fixed[k] === true ? n : null)) },
      read: (x, out) => {
        if (!(x instanceof Tensor) || x.shape.length !== rank) return false
        out.push(x.data)
        for (let k = 0; k < rank; k++) {
          if (fixed[k] !== true) out.push(x.shape[k]!)
          else if (x.shape[k] !== shape[k]) return false
        }
        return true
      },
    }
  }

  private booleans(value: BoolArray): Input {
    const rank = value.shape.length
    const buf = this.param("buf", "c")
    const dims = value.shape.map(() => this.count())
    buf.length = this.product(dims)
    return {
      abs: { kind: "bools", buf, dims },
      read: (x, out) =>
        x instanceof BoolArray && x.shape.length === rank && out.push(Float64Array.from(x.data), ...x.shape) > 0,
    }
  }

  private product(dims: readonly Atom[]): Atom {
    return dims.reduce((a, n) => this.b.mul(a, n))
  }

  private list(value: List): Input {
    const first = value.items[0]
    if (first === undefined) throw new Unsupported("an empty list")
    if (holdsArrays(first)) return this.several(value)
    const element = this.elementOf(value, first, false) ?? this.elementOf(value, first, true)
    const sizes = element === null ? null : leavesOf(element.abs)
    if (element === null || sizes?.every((size) => size === 1) !== true) return this.several(value)
    const length = this.count()
    const columns = sizes.map(() => {
      const column = this.param("buf", "a")
      column.length = length
      return column
    })
    const abs: ListAbs = { kind: "list", length, form: element.abs, columns }
    return {
      abs,
      read: (x, out) => {
        if (!(x instanceof List)) return false
        const n = x.items.length
        const filled = columns.map(() => new Float64Array(n))
        const row: unknown[] = []
        for (let i = 0; i < n; i++) {
          row.length = 0
          if (!element.read(x.items[i], row)) return false
          for (let k = 0; k < filled.length; k++) filled[k]![i] = Number(row[k])
        }
        out.push(n, ...filled)
        return true
      },
    }
  }

  /** The form that all elements of a list have; null where there is none. `anyText`: strings may differ. */
  private elementOf(value: List, first: Value, anyText: boolean): Input | null {
    const probe = new Inputs(this.b, false)
    probe.anyText = anyText
    const element = probe.input(first)
    return value.items.every((item) => element.read(item, [])) ? element : null
  }

  /** A list of a few elements of different forms. */
  private several(value: List): Input {
    if (value.items.length > mostElements) throw new Unsupported("a list of many values of different forms")
    const items = value.items.map((item) => this.input(item))
    return {
      abs: { kind: "several", items: items.map((item) => item.abs) },
      read: (x, out) =>
        x instanceof List && x.items.length === items.length && items.every((item, k) => item.read(x.items[k], out)),
    }
  }
}

/** Is there an array in a value, or in what a function in it holds, or is it deep? Then it has no place in columns. */
function holdsArrays(value: Value | undefined, around: readonly Value[] = []): boolean {
  if (value instanceof Tensor || value instanceof BoolArray || value instanceof List) return true
  const parts = value instanceof Closure ? value.captures : isStructure(value) ? childrenOf(value) : []
  if (around.length > mostTakenApart) return true
  return !around.includes(value!) && parts.some((part) => holdsArrays(part, [...around, value!]))
}

/** The quick form of a record; names such as `$variant` say that an object stands for something else. */
function recordForm(names: readonly string[], items: readonly Input[]): HostForm | null {
  const forms = items.flatMap(({ host }) => host ?? [])
  return forms.length < items.length || names.some((name) => name.startsWith("$"))
    ? null
    : { kind: "record", names, items: forms }
}

/** A value from the numbers and buffers that its atoms became; `inputs` are buffers of arguments, which may not be handed out. */
export function valueOf(abs: Abs, results: readonly unknown[], inputs: readonly unknown[]): Value {
  let next = 0
  const take = (): number => results[next++] as number
  const rebuild = (a: Abs): Value => {
    switch (a.kind) {
      case "num":
        return take()
      case "bool":
        // In a column of a list it is a number.
        return Boolean(results[next++])
      case "boxed":
        return results[next++] as Value
      case "unit":
        return unit
      case "string":
        if (a.value === null) throw new Unsupported("a result that is a string")
        return a.value
      case "array": {
        const data = results[next++] as Float64Array
        const offset = take()
        const shape = a.dims.map(take)
        const size = shape.reduce((x, n) => x * n, 1)
        const whole = offset === 0 && data.length === size && !inputs.includes(data)
        return new Tensor(shape, whole ? data : data.slice(offset, offset + size))
      }
      case "bools": {
        const data = results[next++] as Float64Array
        return new BoolArray(a.dims.map(take), Uint8Array.from(data))
      }
      case "vector":
        return new Tensor([...a.dims], Float64Array.from(a.items, take))
      case "range": {
        const from = take()
        const to = take()
        return new Tensor(
          [Math.max(0, to - from)],
          Float64Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i),
        )
      }
      case "list": {
        const n = take()
        const columns = a.columns.map(() => results[next++] as Float64Array)
        const sizes = leavesOfForm(a.form)
        const items: Value[] = []
        for (let i = 0; i < n; i++) {
          const row = columns.flatMap((column, k) => Array.from(column.subarray(i * sizes[k]!, (i + 1) * sizes[k]!)))
          items.push(valueOf(a.form, row, inputs))
        }
        return build(items)
      }
      case "several": {
        const items = a.items.map(rebuild)
        return new List(items, conflict(items))
      }
      case "tuple":
        return new Tuple(a.items.map(rebuild))
      case "record":
        return new RecordValue(a.layout, a.items.map(rebuild))
      case "variant":
        return new VariantValue(a.variant, a.items.map(rebuild))
      case "union": {
        const tag = take()
        return a.cases.map(rebuild)[tag]!
      }
      case "builtin":
        return a.fn
      case "constructor":
        return new VariantConstructor(a.variant)
      default:
        throw new Unsupported(`a result that is a ${a.kind}`)
    }
  }
  return rebuild(abs)
}

/** Refuses results that cannot be handed out. */
export function checkResult(abs: Abs): void {
  const zeros = atomsOf(abs).map((atom) => (isVar(atom) && atom.type === "buf" ? new Float64Array(0) : 0))
  valueOf(abs, zeros, [])
}
