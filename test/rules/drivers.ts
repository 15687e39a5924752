/**
 * Derivatives of a primitive's scalarised value in every mode, and finite differences to compare them with.
 * A case is a function of a list of numbers and arrays; its results are summed with fixed weights, so that one number stands for all. It must not know
 * any primitive.
 */

import { sizeOf, Tensor, type Shape } from "../../interpreter/arrays/tensor.ts"
import { add, mul } from "../../interpreter/autodiff/lift.ts"
import { filled, forward, reverse } from "../../interpreter/autodiff/modes.ts"
import { taylor } from "../../interpreter/autodiff/series.ts"
import { primalOf, shapeOf, type Change, type Num } from "../../interpreter/autodiff/num.ts"
import { sum } from "../../interpreter/primitives/reductions.ts"

export type Args = readonly Num[]
/** A scalar function of a list of numbers and arrays. */
export type Scalar = (xs: Args) => Num

/** A reproducible sequence of numbers in (-1, 1), away from 0. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const x = state / 2 ** 31 - 1
    return x + Math.sign(x) * 0.05
  }
}

export function randomLike(x: Num, next: () => number): Num {
  const shape = shapeOf(x)
  return shape.length === 0 ? next() : randomArray(shape, next)
}

export function randomArray(shape: Shape, next: () => number): Tensor {
  return new Tensor(shape, Float64Array.from({ length: sizeOf(shape) }, next))
}

function total(x: Num): Num {
  const shape = shapeOf(x)
  return shape.length === 0 ? x : sum([x], { axes: shape.map((_, i) => i) })
}

/** Σ weights · results. */
export function scalarise(f: (xs: Args) => readonly Num[], weights: readonly Num[]): Scalar {
  return (xs) =>
    f(xs)
      .map((y, i) => total(mul(y, weights[i]!)))
      .reduce((a, b) => add(a, b), 0)
}

export function number(x: Num): number {
  const primal = primalOf(x)
  if (typeof primal !== "number") throw new Error("not a number")
  return primal
}

/** Φ'(x; v) by forward mode. */
export function alongForward(f: Scalar, v: Args): Scalar {
  return (xs) => filled(forward((ys) => [f(ys)], xs, v).tangents[0], 0)
}

/** Φ'(x; v) by reverse mode. */
export function alongReverse(f: Scalar, v: Args): Scalar {
  return (xs) => {
    const { pull } = reverse((ys) => [f(ys)], xs)
    return inner(pull([1]), v)
  }
}

function inner(changes: readonly Change[], v: Args): Num {
  return v.map((dx, i) => total(mul(filled(changes[i], dx), dx))).reduce((a, b) => add(a, b), 0)
}

/** Coefficients 0 … n of t ↦ Φ(x + t v). */
export function taylorAlong(f: Scalar, xs: Args, v: Args, n: number): number[] {
  return taylor((ys) => [f(ys)], xs, v, n)[0]!.map(number)
}

export function moved(xs: Args, v: Args, t: number): Num[] {
  return xs.map((x, i) => add(x, mul(t, v[i]!)))
}

/** A derivative by finite differences with an estimate of its error (Ridders 1982). */
export function ridders(f: (t: number) => number, h: number): { value: number; error: number } {
  const shrink = 1.4
  const rows = 12
  const table: number[][] = []
  let best = { value: NaN, error: Infinity }
  for (let i = 0; i < rows; i++) {
    const row = [(f(h) - f(-h)) / (2 * h)]
    let factor = shrink * shrink
    for (let j = 1; j <= i; j++) {
      row.push((row[j - 1]! * factor - table[i - 1]![j - 1]!) / (factor - 1))
      factor *= shrink * shrink
      const error = Math.max(Math.abs(row[j]! - row[j - 1]!), Math.abs(row[j]! - table[i - 1]![j - 1]!))
      if (error <= best.error) best = { value: row[j]!, error }
    }
    table.push(row)
    h /= shrink
  }
  return best
}
