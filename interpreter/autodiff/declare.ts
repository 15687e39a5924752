/**
 * What a primitive is: a leaf of every program, declared once.
 * A declaration holds the value on plain numbers, the derivative as a rule written with lifted primitives, and its documentation; modes, orders,
 * tiers and tests follow from it. It must not know how any mode works.
 *
 * A rule never asks a JavaScript `if` about a value: it uses `choose` (lift.ts), so that it runs on arrays and on code as well.
 */

import type { BoolArray, Shape, Tensor } from "../arrays/tensor.ts"
import type { Loops } from "../kernels/operations.ts"
import type { Change, Masked, Num, Truth } from "./num.ts"

export type Plain = number | Tensor
/** Arguments of an nary primitive under all derivatives; booleans and boolean arrays are never active. */
export type PlainArgument = number | Tensor | boolean | BoolArray

interface Declared {
  readonly name: string
  /** One sentence, in Markdown; what it gives, its domain, its convention where the derivative does not exist. */
  readonly doc: string
  /** Appears in rules only: it has no name in the language. */
  readonly inner?: true
  /** The operator it is written with, if it is one. */
  readonly symbol?: string
  /** How an inner primitive is written in the language, from its arguments as written (each is safe to stand in a product). */
  readonly written?: (x: string, y: string) => string
}

/**
 * Elementwise function of one number. `partial` gives f'(x) (x is the argument, out the result); null: the derivative is zero wherever it exists.
 * `at` are ordinary points for the tests, `edges` points where the value is tested but the derivative is singular.
 */
export interface UnaryPrimitive extends Declared {
  readonly kind: "unary"
  readonly eval: (x: number) => number
  readonly partial: ((x: Num, out: Num) => Change) | null
  readonly at: readonly number[]
  /** Array kernel with the same bits as `eval`, if there is one. */
  readonly kernel?: (x: Float64Array, out: Float64Array) => void
  /** The function is linear: `neg`. */
  readonly linear?: true
  /** Why it has no derivative, if it has none: shown when a program explains a zero. */
  readonly zeroBecause?: string
}

/** Elementwise function of two numbers, broadcasting; one partial an argument, each computed only where that argument is perturbed. */
export interface BinaryPrimitive extends Declared {
  readonly kind: "binary"
  readonly eval: (x: number, y: number) => number
  readonly partials: readonly [PartialRule | null, PartialRule | null]
  readonly at: readonly (readonly [number, number])[]
  /** Loops over arrays with the same bits as `eval`, if there are any. */
  readonly loops?: Loops
  readonly linear?: true
  readonly bilinear?: true
  /** out · y = x: Taylor mode divides series. */
  readonly quotient?: true
  /** Partials in terms of `out`, for Taylor mode where the primals allow it. */
  readonly seriesPartials?: readonly [PartialRule, PartialRule]
  readonly zeroBecause?: string
}
export type PartialRule = (x: Num, y: Num, out: Num) => Change

/** The derivative with respect to one argument as a pair of linear maps, each other's transposes. */
export interface LinearRule {
  /** Tangent of the result from the tangent of the argument. */
  readonly push: (dx: Num, args: readonly (Num | Truth)[], out: Num, options: never) => Change
  /** Cotangent of the argument from the cotangent of the result. */
  readonly pull: (ct: Num, args: readonly (Num | Truth)[], out: Num, options: never) => Change
  /** Like push and pull on partly absent changes; without them absent elements count as zeros. */
  readonly pushMasked?: (dx: Masked, args: readonly (Num | Truth)[], out: Num, options: never) => Change
  readonly pullMasked?: (ct: Masked, args: readonly (Num | Truth)[], out: Num, options: never) => Change
}

/** Any other function of numbers and arrays with one result. `options` are never active (axis, offsets, shapes). */
export interface NaryPrimitive extends Declared {
  readonly kind: "nary"
  readonly eval: (args: readonly PlainArgument[], options: never) => Plain
  /** Rule for argument k, or null where none of it is differentiable (its derivative is zero). */
  readonly rule: (k: number) => LinearRule | null
  /** Shape of the result; raises the fault for arguments that do not fit. */
  readonly shape: (shapes: readonly Shape[], options: never) => Shape
  /** Jointly linear in its active arguments. */
  readonly linear?: true
  /** Linear in each of its two arguments. */
  readonly bilinear?: true
  /** Sample arguments for the tests. */
  readonly at: readonly { readonly args: readonly SampleArgument[]; readonly options?: unknown }[]
}
export type SampleArgument = number | boolean | readonly number[] | readonly (readonly number[])[]

/** Reads primals only and gives a truth. */
export interface PredicatePrimitive extends Declared {
  readonly kind: "predicate"
  readonly eval: (x: number, y: number) => boolean
}

/**
 * A function with several results, such as (Q, R). `push` takes the tangents of all arguments (undefined where absent) and gives those of all results;
 * `pull` the reverse. Absent elements of a cotangent count as zeros; `absent` tells of each result which they are, where there are any.
 */
export interface MultiPrimitive extends Declared {
  readonly kind: "multi"
  readonly results: number
  readonly eval: (args: readonly Plain[], options: never) => readonly Plain[]
  readonly push: (
    dxs: readonly (Num | undefined)[],
    args: readonly Num[],
    outs: readonly Num[],
    options: never,
  ) => readonly (Num | undefined)[]
  readonly pull: (
    cts: readonly (Num | undefined)[],
    args: readonly Num[],
    outs: readonly Num[],
    options: never,
    absent: readonly (Uint8Array | undefined)[],
  ) => readonly (Num | undefined)[]
  readonly shape: (shapes: readonly Shape[], options: never) => readonly Shape[]
  readonly at: readonly { readonly args: readonly SampleArgument[]; readonly options?: unknown }[]
}

export type Primitive = UnaryPrimitive | BinaryPrimitive | NaryPrimitive | PredicatePrimitive | MultiPrimitive

/** Lifted functions: callable on every Num, with their declaration beside. */
export type Unary = ((x: Num) => Num) & { readonly primitive: UnaryPrimitive }
export type Binary = ((x: Num, y: Num) => Num) & { readonly primitive: BinaryPrimitive }
export type Nary<Options> = ((args: readonly (Num | Truth)[], options: Options) => Num) & {
  readonly primitive: NaryPrimitive
}
export type Predicate = ((x: Num, y: Num) => Truth) & { readonly primitive: PredicatePrimitive }
export type Multi<Options> = ((args: readonly Num[], options: Options) => readonly Num[]) & {
  readonly primitive: MultiPrimitive
}
