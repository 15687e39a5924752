/**
 * The numbers that programs compute with: plain, or carrying a derivative.
 * A `Num` is a number or array, possibly wrapped once for each derivative being taken; the newest tag is outermost, so that
 * perturbations of different applications never meet. It must not know any primitive.
 */

import type { BoolArray } from "../arrays/tensor.ts"
import { Tensor, type Shape } from "../arrays/tensor.ts"
import type { Tape } from "./tape.ts"
import type { Primitive } from "./declare.ts"

/** A real number or array of reals, possibly active. */
export type Num = number | Tensor | Staged | Dual | Node | Series

/** The result of a predicate: a truth for numbers, an array of them for arrays, code for code. */
export type Truth = boolean | BoolArray | Staged

/** Forward mode: a primal with the tangent of one application. Siskind and Pearlmutter 2005. */
export class Dual {
  readonly tag: number
  readonly primal: Num
  readonly tangent: Tangent

  constructor(tag: number, primal: Num, tangent: Tangent) {
    this.tag = tag
    this.primal = primal
    this.tangent = tangent
  }
}

/** Is there a differentiation in forward mode that perturbs both, or parts of them that other differentiations wrap? */
export function perturbedTogether(x: Num, y: Num): boolean {
  if (!isActive(x) || !isActive(y)) return false
  if (x instanceof Dual && y instanceof Dual && x.tag === y.tag) return true
  const tags = new Set(perturbing(x))
  return perturbing(y).some((tag) => tags.has(tag))
}

/** The tags of the differentiations in forward mode that perturb a value. */
function perturbing(x: Change | Bundle): number[] {
  if (x instanceof Dual) return [x.tag, ...perturbing(x.primal), ...perturbing(x.tangent)]
  if (x instanceof Node) return perturbing(x.primal)
  if (x instanceof Masked) return perturbing(x.value)
  if (x instanceof Bundle) return x.parts.flatMap(perturbing)
  return []
}

/** Reverse mode: a primal with its place on the tape of one application. */
export class Node {
  readonly tape: Tape
  readonly index: number
  readonly primal: Num

  constructor(tape: Tape, index: number, primal: Num) {
    this.tape = tape
    this.index = index
    this.primal = primal
  }

  get tag(): number {
    return this.tape.tag
  }
}

/** Taylor mode: the coefficients of a truncated power series in the one variable of an application; see series.ts. */
export abstract class Series {
  readonly tag: number
  /** Coefficient 0, the value at the point. */
  readonly primal: Num

  constructor(tag: number, primal: Num) {
    this.tag = tag
    this.primal = primal
  }
}

/** Code instead of a value: an expression of `symbolic`, a value of the compiler. Rules run on it unchanged and build code. */
export abstract class Staged {
  /** Shape if it is an array; null for a number. */
  abstract readonly shape: Shape | null
  /** Applies a primitive to arguments of which at least one is staged. */
  abstract apply(primitive: Primitive, args: readonly (Num | Truth)[], options: unknown): Num | Truth
  /** As a condition: the code that takes one arm or the other; an absent arm stays a branch that contributes nothing. */
  abstract choose(then: () => Change, otherwise: () => Change): Change
}

/** A tangent or cotangent of an array some of whose elements are absent: those hold 0 and take no part, whatever they would meet. */
export class Masked {
  readonly value: Num
  /** 1 where absent, in row-major order. */
  readonly absent: Uint8Array

  constructor(value: Num, absent: Uint8Array) {
    this.value = value
    this.absent = absent
  }
}

/**
 * The tangents of one value along several directions, which one run of a function carries together (Khan and Barton 2015, vector forward mode).
 * Every tangent of an application is a bundle or none is; linear maps go through the parts one by one, so that each is what a run of its own would give.
 */
export class Bundle {
  readonly parts: readonly Change[]

  constructor(parts: readonly Change[]) {
    this.parts = parts
  }
}

/** What a Dual carries. */
export type Tangent = Num | Masked | Bundle

/** A tangent, a cotangent or a partial: a Num, a partly absent array, or nothing at all. */
export type Change = Num | Masked | undefined

/** The tag of a Num: 0 for plain values. */
export function tagOf(x: Num): number {
  if (typeof x === "number") return 0
  if (x instanceof Node) return x.tape.tag
  if (x instanceof Dual || x instanceof Series) return x.tag
  return 0
}

/** Is there a derivative on this value? */
export function isActive(x: unknown): x is Dual | Node | Series {
  return x instanceof Node || x instanceof Dual || x instanceof Series
}

/** Is this value a Num at all? */
export function isNum(x: unknown): x is Num {
  return typeof x === "number" || x instanceof Tensor || isActive(x) || x instanceof Staged
}

/** The value under all derivatives. */
export function primalOf(x: Num): number | Tensor | Staged {
  while (x instanceof Node || x instanceof Dual || x instanceof Series) x = x.primal
  return x
}

const scalarShape: Shape = []

/** Shape of the value; `[]` for a number. */
export function shapeOf(x: Num): Shape {
  const p = primalOf(x)
  if (typeof p === "number") return scalarShape
  return p.shape ?? scalarShape
}

export function isScalar(x: Num): boolean {
  const p = primalOf(x)
  return typeof p === "number" || (p instanceof Staged && p.shape === null)
}

let lastTag = 0

/** A tag newer than every other: one for each application of a derivative operator. */
export function freshTag(): number {
  return ++lastTag
}

/** Shape of a tangent or cotangent that is there. */
export function changeShape(x: Num | Masked): Shape {
  return shapeOf(x instanceof Masked ? x.value : x)
}
