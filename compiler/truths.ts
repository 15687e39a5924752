/**
 * Arrays of booleans in the specialiser: comparisons of arrays, and what is chosen by them.
 * Where shapes are alike they are loops, elsewhere operations of tier 0. It must not know derivatives: booleans have none.
 */

import { where } from "../interpreter/autodiff/choose.ts"
import type { PredicatePrimitive } from "../interpreter/autodiff/declare.ts"
import type { Num, Truth } from "../interpreter/autodiff/num.ts"
import { equals, logic, operators } from "../interpreter/evaluate/operators.ts"
import {
  countedLoop,
  inBuffer,
  isArray,
  sameDims,
  sizeOfDims,
  type Abs,
  type ArrayAbs,
  type BoolsAbs,
} from "./abstract.ts"
import { unsupported, type Builder } from "./builder.ts"
import { applyOpaque } from "./opaque.ts"
import type { Specialiser } from "./specialise.ts"
import type { Atom } from "./sir.ts"

/** A comparison of arrays, element by element. */
export function compareArrays(s: Specialiser, op: string, predicate: PredicatePrimitive, x: Abs, y: Abs): Abs {
  const operands = [x, y].map((operand) => numbers(s, operand))
  const dims = commonDims(s.b, operands)
  if (dims === null) return applyOpaque(s, op, [x, y], (_, [a, b]) => operators.get(op)!(a!, b!))
  return fill(s.b, dims, (i) => s.b.let(predicate, [at(s.b, operands[0]!, i), at(s.b, operands[1]!, i)]))
}

/** Are two arrays, tuples or records one value? */
export function equalValues(s: Specialiser, x: Abs, y: Abs): Atom {
  const out = applyOpaque(s, "==", [x, y], (_, [a, b]) => equals(a!, b!))
  return out.kind === "bool" ? out.atom : unsupported("a comparison that gives no boolean")
}

/** `not`, `and`, `or` where arrays are among the operands. */
export function notOf(s: Specialiser, x: BoolsAbs): Abs {
  return fill(s.b, x.dims, (i) => s.b.let("not", [truthAt(s.b, x, i)]))
}

export function logicOf(s: Specialiser, op: "and" | "or", x: Abs, y: Abs): Abs {
  return applyOpaque(s, op, [x, y], (_, [a, b]) => logic(op, a!, b!))
}

/** `where` by an array of booleans. */
export function chooseElements(s: Specialiser, c: BoolsAbs, x: Abs, y: Abs): Abs {
  const { b } = s
  const operands = [x, y].map((operand) => numbers(s, operand))
  const like: ArrayAbs = { kind: "array", buf: c.buf, offset: 0, dims: c.dims, fresh: false }
  if (commonDims(b, [like, ...operands]) === null)
    return applyOpaque(s, "where", [c, x, y], (_, [t, p, q]) => where(t as Truth, p as Num, q as Num))
  const size = sizeOfDims(b, c.dims)
  const out = b.alloc(size)
  countedLoop(b, 0, size, (i) => {
    b.store(out, i, b.let("select", [truthAt(b, c, i), at(b, operands[0]!, i), at(b, operands[1]!, i)]))
  })
  return { kind: "array", buf: out, offset: 0, dims: c.dims, fresh: true }
}

/** The row of these booleans. */
export function truths(b: Builder, values: readonly Atom[]): BoolsAbs {
  const buf = b.alloc(values.length)
  values.forEach((value, k) => {
    b.store(buf, k, b.let("toNumber", [value]))
  })
  return { kind: "bools", buf, dims: [values.length] }
}

/** Element `i`. */
export function truthAt(b: Builder, { buf }: BoolsAbs, i: Atom): Atom {
  return b.let("toBool", [b.load(buf, i)])
}

function fill(b: Builder, dims: readonly Atom[], truth: (i: Atom) => Atom): BoolsAbs {
  const size = sizeOfDims(b, dims)
  const buf = b.alloc(size)
  countedLoop(b, 0, size, (i) => {
    b.store(buf, i, b.let("toNumber", [truth(i)]))
  })
  return { kind: "bools", buf, dims }
}

/** A number, or an array in a buffer. */
function numbers(s: Specialiser, a: Abs): Abs {
  if (a.kind === "num") return a
  return isArray(a) ? inBuffer(s.b, a) : unsupported(`a comparison with a ${a.kind}`)
}

function at(b: Builder, a: Abs, i: Atom): Atom {
  if (a.kind === "num") return a.atom
  return a.kind === "array" ? b.load(a.buf, b.add(a.offset, i)) : unsupported("an element of such a value")
}

/** The shape of all arrays among the operands, checked where it is not known; null where they are not alike. */
function commonDims(b: Builder, operands: readonly Abs[]): readonly Atom[] | null {
  const arrays = operands.filter((operand): operand is ArrayAbs => operand.kind === "array")
  const first = arrays[0]!
  const alike = (array: ArrayAbs): boolean =>
    array.dims.length === first.dims.length &&
    array.dims.every((n, k) => typeof n !== "number" || typeof first.dims[k] !== "number" || n === first.dims[k])
  if (!arrays.every(alike)) return null
  for (const array of arrays) sameDims(b, first, array)
  return first.dims
}
