/**
 * The primitives that every program may need at once, by name, and the operators of the language as functions on numbers.
 * Exporting is registering: what a family's file exports with a declaration beside it is in the table. `index.ts` adds the families that are loaded apart. It
 * must not know syntax.
 */

import type { Binary, Predicate, Primitive, Unary } from "../autodiff/declare.ts"
import type { Num } from "../autodiff/num.ts"
import { concat } from "../autodiff/structure.ts"
import * as activations from "./activations.ts"
import * as arithmetic from "./arithmetic.ts"
import * as circular from "./circular.ts"
import * as elementary from "./elementary.ts"
import * as hyperbolic from "./hyperbolic.ts"
import * as matrices from "./matrices.ts"
import * as reductions from "./reductions.ts"
import * as rounding from "./rounding.ts"
import * as rows from "./rows.ts"
import * as selection from "./selection.ts"
import * as shaping from "./shaping.ts"

export const basicFamilies: readonly Record<string, unknown>[] = [
  arithmetic,
  elementary,
  rounding,
  circular,
  hyperbolic,
  selection,
  activations,
  rows,
  reductions,
  shaping,
  matrices,
]

/** A lifted function with its declaration. */
export type Lifted = ((...args: never[]) => unknown) & { readonly primitive: Primitive }

function isLifted(value: unknown): value is Lifted {
  return typeof value === "function" && "primitive" in value
}

/** What these families declare, by name. */
export function collect(families: readonly Record<string, unknown>[]): ReadonlyMap<string, Lifted> {
  const table = new Map<string, Lifted>()
  for (const family of families)
    for (const value of Object.values(family)) {
      if (!isLifted(value)) continue
      const { name } = value.primitive
      if (table.has(name) && table.get(name) !== value) throw new Error(`two primitives are called ${name}`)
      table.set(name, value)
    }
  return table
}

/** The functions of one and two numbers among them that programs may call by name. */
export function elementwiseOf(lifted: ReadonlyMap<string, Lifted>): ReadonlyMap<string, Unary | Binary> {
  return new Map(
    [...lifted].filter(
      (entry): entry is [string, Unary | Binary] =>
        (entry[1].primitive.kind === "unary" || entry[1].primitive.kind === "binary") &&
        entry[1].primitive.inner !== true,
    ),
  )
}

/** What the operators of the language do with numbers and arrays. */
export const operators: {
  readonly add: Binary
  readonly sub: Binary
  readonly mul: Binary
  readonly div: Binary
  readonly mod: Binary
  readonly pow: Binary
  readonly neg: Unary
  readonly matmul: (a: Num, b: Num) => Num
  readonly concat: (a: Num, b: Num) => Num
  readonly equal: Predicate
  readonly less: Predicate
  readonly lessEqual: Predicate
  readonly greater: Predicate
  readonly greaterEqual: Predicate
} = {
  add: arithmetic.add,
  sub: arithmetic.sub,
  mul: arithmetic.mul,
  div: arithmetic.div,
  mod: arithmetic.mod,
  pow: arithmetic.pow,
  neg: arithmetic.neg,
  matmul: matrices.matmul,
  concat,
  equal: arithmetic.equal,
  less: arithmetic.less,
  lessEqual: arithmetic.lessEqual,
  greater: arithmetic.greater,
  greaterEqual: arithmetic.greaterEqual,
}
