/**
 * Reading the arguments of numeric built-ins: numbers, arrays, axes, counts and shapes.
 * Each reader gives what the primitive needs or raises the fault that names function, parameter and what was given. It must not know what is computed.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { isNum, primalOf, shapeOf, type Num } from "../autodiff/num.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { List, type Named, type Runtime, type Value } from "../values/values.ts"

/** What a message says of an argument: a plain number itself, else its kind. */
export function shown(value: Value | undefined): string {
  return typeof value === "number" ? String(value) : kindOf(value)
}

/** A number or numeric array; a list of numbers counts as the array it would make. */
export function numeric(name: string, parameter: string, value: Value | undefined): Num {
  if (isNum(value)) return value
  if (value instanceof List) {
    const array = build([...value.items])
    if (isNum(array)) return array
  }
  raise(faults.wrongArgument(name, parameter, "a number or an array of numbers", kindOf(value)))
}

/** The same, where true counts as 1. */
export function counted(name: string, parameter: string, value: Value | undefined): Num {
  if (typeof value === "boolean") return value ? 1 : 0
  return value instanceof BoolArray ? asNumbers(value) : numeric(name, parameter, value)
}

/** An array of rank 1 or more. */
export function array(name: string, parameter: string, value: Value | undefined): Num {
  const x = numeric(name, parameter, value)
  if (shapeOf(x).length === 0) raise(faults.wrongArgument(name, parameter, "an array", kindOf(value)))
  return x
}

export function vector(name: string, parameter: string, value: Value | undefined): Num {
  const x = numeric(name, parameter, value)
  if (shapeOf(x).length !== 1) raise(faults.wrongArgument(name, parameter, "a vector", kindOf(value)))
  return x
}

export function matrix(name: string, parameter: string, value: Value | undefined): Num {
  const x = numeric(name, parameter, value)
  if (shapeOf(x).length !== 2) raise(faults.wrongArgument(name, parameter, "a matrix", kindOf(value)))
  return x
}

export function squareMatrix(name: string, parameter: string, value: Value | undefined): Num {
  const x = numeric(name, parameter, value)
  const shape = shapeOf(x)
  if (shape.length !== 2 || shape[0] !== shape[1])
    raise(faults.wrongArgument(name, parameter, "a square matrix", kindOf(value)))
  return x
}

/** Booleans as zeros and ones. */
export function asNumbers(value: BoolArray): Tensor {
  return new Tensor(value.shape, Float64Array.from(value.data))
}

/** Zeros and ones as booleans. */
export function asBooleans(value: Num): BoolArray | boolean {
  const plain = primalOf(value)
  if (typeof plain === "number") return plain !== 0
  if (plain instanceof Tensor)
    return new BoolArray(
      plain.shape,
      Uint8Array.from(plain.data, (x) => (x === 0 ? 0 : 1)),
    )
  throw new Error("booleans are never staged as numbers")
}

/** Applies a function that only moves elements to an array of numbers or of booleans. */
export function moved(name: string, parameter: string, value: Value | undefined, f: (x: Num) => Num): Value {
  if (value instanceof BoolArray) return asBooleans(f(asNumbers(value)))
  return f(array(name, parameter, value))
}

/** An integer by its primal: no derivative passes through counts, indices and shapes. */
export function integer(name: string, parameter: string, value: Value | undefined): number {
  const x = isNum(value) ? primalOf(value) : value
  if (typeof x !== "number") raise(faults.wrongArgument(name, parameter, "an integer", kindOf(value)))
  if (!Number.isInteger(x)) raise(faults.notAnInteger(`\`${parameter}\` of \`${name}\``, x))
  return x
}

/** An integer of at least `least`. */
export function count(name: string, parameter: string, value: Value | undefined, least = 0): number {
  const n = integer(name, parameter, value)
  if (n < least) raise(faults.wrongArgument(name, parameter, `a count of ${String(least)} or more`, String(n)))
  return n
}

/** An array of integers, by its primals; a number counts as an array of one. */
export function integers(name: string, parameter: string, value: Value | undefined): number[] {
  const x = primalOf(numeric(name, parameter, value))
  if (typeof x === "number") return [integer(name, parameter, x)]
  if (!(x instanceof Tensor)) raise(faults.wrongArgument(name, parameter, "integers", kindOf(value)))
  return Array.from(x.data, (n) => integer(name, parameter, n))
}

/** A shape: a count, or an array of counts. */
export function shapeArgument(name: string, value: Value | undefined, parameter = "shape"): Shape {
  const shape = integers(name, parameter, value)
  const wrong = shape.find((n) => n < 0)
  if (wrong !== undefined) raise(faults.wrongArgument(name, parameter, "counts of 0 or more", String(wrong)))
  return shape
}

/** Makes sure that there may be an array of this shape before it is made. */
export function admit(runtime: Runtime, shape: Shape): Shape {
  const size = sizeOf(shape)
  if (!(size <= 2 ** 30)) raise(faults.arrayTooLarge(shape))
  if (size > 4096) runtime.charge(size * 8)
  return shape
}

/** One axis, negative from the end. */
export function axisOf(name: string, value: Value | undefined, rank: number, fallback: number): number {
  if (value === undefined) return fallback < 0 ? fallback + rank : fallback
  const axis = integer(name, "axis", value)
  if (axis >= rank || axis < -rank) {
    const expected = rank === 1 ? "the axis 0" : `an axis from 0 to ${String(rank - 1)}`
    raise(faults.wrongArgument(name, "axis", expected, String(axis)))
  }
  return axis < 0 ? axis + rank : axis
}

/** The axes that the option `axis` names, in ascending order; all of them where it is absent. */
export function axesOption(name: string, named: Named, rank: number): number[] {
  const value = named.get("axis")
  if (value === undefined) return Array.from({ length: rank }, (_, i) => i)
  const axes = isNum(value) && shapeOf(value).length === 1 ? integers(name, "axis", value) : [value]
  const out = axes.map((axis) => axisOf(name, axis, rank, 0)).sort((a, b) => a - b)
  if (out.some((axis, i) => axis === out[i - 1])) raise(faults.repeatedArgument(name, "axis"))
  return out
}

/** An option that is true or false. */
export function flag(name: string, named: Named, option: string): boolean {
  const value = named.get(option)
  if (value === undefined) return false
  if (typeof value !== "boolean") raise(faults.wrongArgument(name, option, "true or false", kindOf(value)))
  return value
}
