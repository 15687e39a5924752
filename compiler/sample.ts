/**
 * What values may be like when the code runs, found out from the operands that it is compiled for.
 * Operations of tier 0 say what forms they give by being tried: on the real operands where those are known, on arrays of the right shape elsewhere. Nothing
 * that runs relies on it: forms are checked. It must not know which operations there are.
 */

import { BoolArray, sizeOf, Tensor, type Shape } from "../interpreter/arrays/tensor.ts"
import { FaultError } from "../lang/report/fault.ts"
import { RecordValue, Tuple, unit, type Runtime, type Value } from "../interpreter/values/values.ts"
import { unitAbs, type Abs, type ArrayAbs } from "./abstract.ts"
import { unsupported, WithoutForm, type Builder } from "./builder.ts"
import type { Apply } from "./native.ts"
import { normOf } from "./rows.ts"
import { isVar, type Atom, type Var } from "./sir.ts"

type Known = number | boolean | Float64Array

/** A runtime for trying: nothing has an effect and nothing is counted. */
const trying: Runtime = {
  call: () => unsupported("a call of a function by an operation that stays in tier 0"),
  step: () => undefined,
  poll: () => undefined,
  charge: () => undefined,
  release: () => undefined,
  print: () => undefined,
  quietly: (f) => f(),
  again: (f) => f(),
  quiet: true,
}

/** A dimension past this is tried with a shorter one. */
const longest = 64

/** How operands are made up for a try: with long dimensions made shorter; of the real elements, where those are known. */
interface Trial {
  readonly short: boolean
  readonly real: boolean
}
/** Where the real elements give a fault, others may not: what finds that fault when it runs has a form too. */
const trials: readonly Trial[] = [
  { short: true, real: true },
  { short: false, real: true },
  { short: true, real: false },
]

export class Samples {
  private readonly known = new Map<Var, Known>()

  set(v: Atom, value: unknown): void {
    if (!isVar(v)) return
    if (typeof value === "number" || typeof value === "boolean" || value instanceof Float64Array)
      this.known.set(v, value)
  }

  /** What the atom is for the operands that code is compiled for; undefined where that is not known. */
  of(atom: Atom): Known | undefined {
    if (!isVar(atom)) return atom ?? undefined
    const known = this.known.get(atom)
    if (known !== undefined || atom.def === null) return known
    const { op } = atom.def
    const args = atom.def.args.map((arg) => this.of(arg))
    if (args.some((arg) => arg === undefined || arg instanceof Float64Array)) return undefined
    const value = compute(op, args as (number | boolean)[])
    if (value !== undefined) this.known.set(atom, value)
    return value
  }

  /** The form of what `apply` gives for operands of these forms. */
  result(b: Builder, name: string, apply: Apply, operands: readonly Abs[]): Abs {
    for (const trial of trials) {
      try {
        const out = apply(
          trying,
          operands.map((operand) => this.value(operand, trial)),
        )
        return this.form(b, out, !operands.every(fixed))
      } catch (error) {
        if (!(error instanceof FaultError)) throw error
      }
    }
    throw new WithoutForm(`\`${name}\`, whose result has no form that can be told before`)
  }

  private value(a: Abs, trial: Trial): Value {
    switch (a.kind) {
      case "num": {
        const known = this.of(a.atom)
        return typeof known === "number" ? known : isVar(a.atom) && a.atom.int ? 2 : 0.5
      }
      case "bool":
        return this.of(a.atom) === true
      case "array":
        return this.array(a, trial)
      case "bools": {
        const { shape, data } = this.array({ ...a, kind: "array", offset: 0, fresh: false }, trial)
        return new BoolArray(
          shape,
          Uint8Array.from(data, (x) => (x > 0 ? 1 : 0)),
        )
      }
      case "tuple":
        return new Tuple(a.items.map((item) => this.value(item, trial)))
      case "record":
        return new RecordValue(
          a.layout,
          a.items.map((item) => this.value(item, trial)),
        )
      case "string":
        return a.value ?? unsupported("a string that is made while running")
      case "unit":
        return unit
      default:
        return unsupported(`a ${a.kind} for an operation that stays in tier 0`)
    }
  }

  private array(a: ArrayAbs, { short, real }: Trial): Tensor {
    const dims = a.dims.map((dim) => {
      const n = this.of(dim)
      return typeof n === "number" && n >= 0 ? n : 3
    })
    const data = this.of(a.buf)
    if (real && data instanceof Float64Array && data.length === sizeOf(dims))
      if (!short || data.length <= longest * longest) return new Tensor(dims, data)
    const shape = short ? dims.map((n) => (n > longest ? 48 + (n % 16) : n)) : dims
    const rows = shape.at(-2) ?? 1
    const columns = shape.at(-1) ?? 1
    const values = new Float64Array(sizeOf(shape))
    // Positive numbers; square matrices are symmetric and positive definite.
    for (let k = 0; k < values.length;)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) values[k++] = i === j ? columns + 1 : 1 / (1 + Math.abs(i - j))
    return new Tensor(shape, values)
  }

  /** The form of a value, with variables for its numbers; `open`: other operands may give other dimensions. */
  private form(b: Builder, value: Value, open: boolean): Abs {
    if (typeof value === "number") return { kind: "num", atom: b.fresh("num", "y") }
    if (typeof value === "boolean") return { kind: "bool", atom: b.fresh("bool", "y") }
    if (value === unit) return unitAbs
    const dimsOf = (shape: Shape): Atom[] =>
      shape.map((n) => {
        if (!open) return n
        const dim = b.fresh("num", "n")
        dim.int = dim.natural = true
        this.set(dim, n)
        return dim
      })
    if (value instanceof BoolArray) return { kind: "bools", buf: b.fresh("buf", "y"), dims: dimsOf(value.shape) }
    if (value instanceof Tensor) {
      const dims = dimsOf(value.shape)
      return { kind: "array", buf: b.fresh("buf", "y"), offset: 0, dims, fresh: true }
    }
    if (value instanceof Tuple) return { kind: "tuple", items: value.values.map((item) => this.form(b, item, open)) }
    if (value instanceof RecordValue)
      return { kind: "record", layout: value.layout, items: value.values.map((item) => this.form(b, item, open)) }
    return unsupported("an operation that stays in tier 0 and gives other values than numbers and arrays")
  }
}

/** Is the shape of a value part of its form? */
function fixed(a: Abs): boolean {
  if (a.kind === "array" || a.kind === "bools") return a.dims.every((n) => typeof n === "number")
  if (a.kind === "tuple" || a.kind === "record") return a.items.every(fixed)
  return true
}

function compute(op: NonNullable<Var["def"]>["op"], args: readonly (number | boolean)[]): number | boolean | undefined {
  const [x, y, z] = args
  if (typeof op !== "string") return op.kind === "unary" ? op.eval(x as number) : op.eval(x as number, y as number)
  switch (op) {
    case "alias":
    case "integer":
      return x
    case "index":
      return (x as number) < 0 ? (x as number) + (y as number) : x
    case "max":
      return Math.max(x as number, y as number)
    case "select":
      return x === true ? y : z
    case "not":
      return x !== true
    case "and":
      return x === true && y === true
    case "or":
      return x === true || y === true
    case "same":
      return x === y
    case "toNumber":
      return x === true ? 1 : 0
    case "toBool":
      return x === 1
    case "norm":
      return normOf(...(args.slice(1) as number[]))
    case "unit":
      return y === 0 ? 0 : (x as number) / (y as number)
  }
}
