/**
 * Operators on values of the specialiser: numbers, arrays element by element, structures leaf by leaf.
 * An operation on small arrays is written out, one on others is a loop. It must not know what the operators compute: that is declared.
 */

import type { BinaryPrimitive, PredicatePrimitive, UnaryPrimitive } from "../interpreter/autodiff/declare.ts"
import { mod } from "../interpreter/primitives/arithmetic.ts"
import { lifted, operators } from "../interpreter/primitives/index.ts"
import type { Num } from "../interpreter/autodiff/num.ts"
import {
  bool,
  countedLoop,
  formOf,
  inBuffer,
  isArray,
  num,
  isStructure,
  sameDims,
  sizeOfDims,
  type Abs,
  type ArrayAbs,
  type RangeAbs,
  type VectorAbs,
} from "./abstract.ts"
import { concat } from "./arrays.ts"
import { applyOpaque } from "./opaque.ts"
import { isInt, unsupported } from "./builder.ts"
import { product } from "./products.ts"
import { prove } from "./proofs.ts"
import { alike, spread } from "./spread.ts"
import type { Specialiser } from "./specialise.ts"
import { isVar, type Atom } from "./sir.ts"
import { caseHolds, eachCase } from "./unions.ts"
import { compareArrays, equalValues, notOf } from "./truths.ts"

const arithmetic: ReadonlyMap<string, UnaryPrimitive | BinaryPrimitive> = new Map<
  string,
  UnaryPrimitive | BinaryPrimitive
>([
  ["add", operators.add.primitive],
  ["sub", operators.sub.primitive],
  ["mul", operators.mul.primitive],
  ["div", operators.div.primitive],
  ["mod", operators.mod.primitive],
  ["pow", operators.pow.primitive],
  ["neg", operators.neg.primitive],
])
const predicates: ReadonlyMap<string, PredicatePrimitive> = new Map([
  ["less", operators.less.primitive],
  ["less_equal", operators.lessEqual.primitive],
  ["greater", operators.greater.primitive],
  ["greater_equal", operators.greaterEqual.primitive],
])

/** The value of an operator of Core. */
export function operateOn(s: Specialiser, op: string, args: readonly Abs[]): Abs {
  const { b } = s
  const several = args.findIndex((arg) => arg.kind === "union")
  if (several >= 0 && op !== "equals" && op !== "differs")
    return eachCase(s, args[several]!, op === "matmul" ? isArray : isOperand, (arg) =>
      operateOn(s, op, args.with(several, arg)),
    )
  const [x, y] = args as [Abs, Abs]
  const predicate = predicates.get(op)
  if (predicate !== undefined) {
    if (x.kind === "num" && y.kind === "num") return bool(b.let(predicate, [x.atom, y.atom]))
    return compareArrays(s, op, predicate, x, y)
  }
  const primitive = arithmetic.get(op)
  if (primitive !== undefined) return structural(s, op, primitive, args)
  switch (op) {
    case "not":
      return x.kind === "bools" ? notOf(s, x) : bool(b.let("not", [s.condition(x)]))
    case "equals":
      return bool(equals(s, x, y))
    case "differs":
      return bool(b.let("not", [equals(s, x, y)]))
    case "concat":
      return concat(b, x, y)
    case "matmul":
      // A number is no operand: tier 0 finds the fault.
      if (x.kind === "num" || y.kind === "num") {
        b.guard(false)
        return { kind: "never" }
      }
      if (isArray(x) && isArray(y) && rankOf(x) <= 2 && rankOf(y) <= 2) return product(b, x, y)
      return applyOpaque(s, "@", [x, y], (_, [p, q]) => operators.matmul(p as Num, q as Num))
    case "diff":
      return s.call(s.world.abstract(s.world.library.get("diff") ?? unsupported("no diff")), [x], new Map())
    default:
      return unsupported(`the operator ${op}`)
  }
}

/** Is it a value that may be compared with one of another kind? */
function isPlain(a: Abs): boolean {
  return (
    a.kind === "num" || a.kind === "bool" || a.kind === "string" || isArray(a) || isStructure(a) || a.kind === "list"
  )
}

function rankOf(a: ArrayAbs | VectorAbs | RangeAbs): number {
  return a.kind === "range" ? 1 : a.dims.length
}

/** May operators be asked for it? */
function isOperand(a: Abs): boolean {
  return a.kind !== "unit" && a.kind !== "closure" && a.kind !== "builtin" && a.kind !== "constructor"
}

function equals(s: Specialiser, x: Abs, y: Abs): Atom {
  if (x.kind === "union") return caseHolds(s, x, (a) => equals(s, a, y))
  if (y.kind === "union") return caseHolds(s, y, (a) => equals(s, x, a))
  if (x.kind === "unit" && y.kind === "unit") return true
  if ((x.kind === "unit" && isPlain(y)) || (y.kind === "unit" && isPlain(x))) return false
  if (x.kind === "num" && y.kind === "num") return s.b.let(operators.equal.primitive, [x.atom, y.atom])
  if (x.kind === "bool" && y.kind === "bool") return s.b.let("same", [x.atom, y.atom])
  if (x.kind === "string" && y.kind === "string" && x.value !== null && y.value !== null) return x.value === y.value
  return equalValues(s, x, y)
}

function structural(s: Specialiser, op: string, p: UnaryPrimitive | BinaryPrimitive, args: readonly Abs[]): Abs {
  const structures = args.filter((arg) => isStructure(arg) || arg.kind === "list")
  if (structures.length === 0) return elementwise(s, p, args)
  const [x, y] = args as [Abs, Abs]
  if (structures.some((arg) => arg.kind === "list")) return unsupported("arithmetic on lists")
  if (op === "neg" && isStructure(x)) return { ...x, items: x.items.map((item) => structural(s, op, p, [item])) }
  if ((op === "add" || op === "sub") && isStructure(x) && isStructure(y) && x.items.length === y.items.length) {
    if (x.kind === "record" && y.kind === "record" && x.layout !== y.layout)
      return unsupported("arithmetic on records of different forms")
    if (x.kind === "variant" && y.kind === "variant" && x.variant !== y.variant)
      return unsupported("arithmetic on different variants")
    if (x.kind !== y.kind) return unsupported("arithmetic on structures of different kinds")
    return { ...x, items: x.items.map((item, k) => leafwise(s, op, p, [item, y.items[k]!])) }
  }
  if (op === "mul" && x.kind === "num" && isStructure(y))
    return { ...y, items: y.items.map((item) => leafwise(s, op, p, [x, item])) }
  if ((op === "mul" || op === "div") && y.kind === "num" && isStructure(x))
    return { ...x, items: x.items.map((item) => leafwise(s, op, p, [item, y])) }
  return unsupported("such arithmetic on structures")
}

function leafwise(s: Specialiser, op: string, p: UnaryPrimitive | BinaryPrimitive, args: readonly Abs[]): Abs {
  for (const arg of args) {
    if (arg.kind === "num" || arg.kind === "array" || arg.kind === "vector" || arg.kind === "range" || isStructure(arg))
      continue
    return unsupported("arithmetic on structures with other leaves than numbers")
  }
  return structural(s, op, p, args)
}

/** An elementwise primitive on numbers and arrays. */
export function elementwise(s: Specialiser, p: UnaryPrimitive | BinaryPrimitive, args: readonly Abs[]): Abs {
  const { b } = s
  for (const arg of args) {
    if (arg.kind === "never") return arg
    if (arg.kind !== "num" && arg.kind !== "array" && arg.kind !== "vector" && arg.kind !== "range")
      unsupported(`\`${p.name}\` of a ${arg.kind}`)
  }
  if (args.every((arg) => arg.kind === "num")) {
    const atoms = args.map((arg) => (arg as { atom: Atom }).atom)
    const out = b.let(p, atoms)
    const [x, y] = atoms
    if (p === mod.primitive && isVar(out) && typeof y === "number" && isInt(y) && y > 0 && isInt(x!) && prove(x!, 0))
      out.int = true
    return num(out)
  }
  const vectors = args.filter((arg): arg is VectorAbs => arg.kind === "vector")
  if (
    args.every((arg) => arg.kind === "num" || arg.kind === "vector") &&
    vectors.every((v) => formOf(v) === formOf(vectors[0]!))
  ) {
    const first = vectors[0]!
    return {
      kind: "vector",
      dims: first.dims,
      items: first.items.map((_, k) =>
        b.let(
          p,
          args.map((arg) => (arg.kind === "vector" ? arg.items[k]! : (arg as { atom: Atom }).atom)),
        ),
      ),
    }
  }
  const operands = args.map((arg) => (arg.kind === "num" ? arg : inBuffer(b, arg)))
  const arrays = operands.filter((arg): arg is ArrayAbs => arg.kind === "array")
  const first = arrays[0]!
  if (!alike(s, arrays)) {
    const made = spread(s, operands, (elements) => b.let(p, elements))
    return made ?? applyOpaque(s, p.name, operands, (_, values) => lift(p, values as Num[]))
  }
  for (const array of arrays) sameDims(b, first, array)
  const size = sizeOfDims(b, first.dims)
  const out = b.alloc(size)
  countedLoop(b, 0, size, (i) => {
    b.store(
      out,
      i,
      b.let(
        p,
        operands.map((arg) => (arg.kind === "array" ? b.load(arg.buf, b.add(arg.offset, i)) : arg.atom)),
      ),
    )
  })
  return { kind: "array", buf: out, offset: 0, dims: first.dims, fresh: true }
}

/** The function that a primitive is on every Num. */
function lift(p: UnaryPrimitive | BinaryPrimitive, values: readonly Num[]): Num {
  return (lifted.get(p.name) as unknown as (...args: readonly Num[]) => Num)(...values)
}
