/**
 * Rounding: piecewise constant, so that derivatives are 0 wherever they exist and by convention at the jumps.
 * Each says why, which is what a program is told that asks for the reason of a zero. It must not know modes or syntax.
 */

import type { Unary } from "../autodiff/declare.ts"
import { unary } from "../autodiff/lift.ts"

/** The nearest integer; of two the even one. */
function halfToEven(x: number): number {
  const down = Math.floor(x)
  const rest = x - down
  if (rest < 0.5) return rest === 0 ? x : down === 0 && x < 0 ? -0 : down
  if (rest > 0.5 || down % 2 !== 0) return Math.ceil(x)
  return down
}

export const floor: Unary = unary({
  name: "floor",
  doc: "The greatest integer not above x; derivative 0.",
  eval: Math.floor,
  partial: null,
  at: [-1.5, 2.25],
  zeroBecause: "`floor` is constant between the integers",
})

export const ceil: Unary = unary({
  name: "ceil",
  doc: "The least integer not below x; derivative 0.",
  eval: Math.ceil,
  partial: null,
  at: [-1.5, 2.25],
  zeroBecause: "`ceil` is constant between the integers",
})

export const round: Unary = unary({
  name: "round",
  doc: "The nearest integer, halves to the even one; derivative 0.",
  eval: halfToEven,
  partial: null,
  at: [-1.75, 2.25],
  zeroBecause: "`round` is constant between its jumps",
})

export const trunc: Unary = unary({
  name: "trunc",
  doc: "The integer part, towards 0; derivative 0.",
  eval: Math.trunc,
  partial: null,
  at: [-1.75, 2.25],
  zeroBecause: "`trunc` is constant between the integers",
})
