/**
 * Built-in functions in the specialiser.
 * The elementwise ones are their primitives; a few read shapes, make arrays or reduce them; what is not here stays in tier 0. It must not know how
 * derivatives are taken.
 */

import { elementwise as elementwisePrimitives } from "../interpreter/primitives/index.ts"
import { done } from "../interpreter/builtins/effects.ts"
import { max, min } from "../interpreter/primitives/selection.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"
import {
  countedLoop,
  held,
  inBuffer,
  isArray,
  num,
  sizeOfDims,
  unitAbs,
  type Abs,
  type ArrayAbs,
  type MadeAbs,
} from "./abstract.ts"
import { indexValue, sumInLanes } from "./arrays.ts"
import { operators } from "./operators.ts"
import { elementwise, operateOn } from "./operate.ts"
import { mostNormed, norm } from "./norms.ts"
import { ravel } from "./ravel.ts"
import { logsumexpRow, normRow, sumRow } from "./rows.ts"
import { Unsupported, unsupported } from "./builder.ts"
import { callOpaque } from "./opaque.ts"
import { filter, fold, iterate, map, scan, zip } from "./sequences.ts"
import type { Specialiser } from "./specialise.ts"
import { chooseElements } from "./truths.ts"
import { eachCase } from "./unions.ts"
import { snapshot } from "./updates.ts"
import { isVar, type Atom } from "./sir.ts"

type Named = ReadonlyMap<string, Abs>
type Handler = (s: Specialiser, args: readonly Abs[], named: Named) => Abs

function lengthOf(s: Specialiser, a: Abs): Atom {
  if (a.kind === "array" || a.kind === "vector" || a.kind === "bools") return a.dims[0]!
  if (a.kind === "range") return s.b.trips(a.from, a.to)
  if (a.kind === "list") return a.length
  if (a.kind === "tuple" || a.kind === "several") return a.items.length
  return unsupported(`the length of a ${a.kind}`)
}

/** A shape argument: a count or an array of counts. */
function shapeArgument(s: Specialiser, a: Abs): Atom[] {
  if (a.kind === "num") return [count(s, a.atom)]
  if (a.kind === "vector" && a.dims.length === 1) return a.items.map((n) => count(s, n))
  return unsupported("a shape of unknown rank")
}

function count(s: Specialiser, atom: Atom): Atom {
  const n = s.b.let("integer", [atom])
  s.b.guard(s.b.let(operators.lessEqual, [0, n]))
  if (isVar(n)) n.natural = true
  return n
}

function filled(s: Specialiser, shape: Abs, value: Atom): Abs {
  const dims = shapeArgument(s, shape)
  const size = sizeOfDims(s.b, dims)
  if (typeof size === "number" && size <= 8 && dims.every((n): n is number => typeof n === "number")) {
    return { kind: "vector", dims, items: new Array<Atom>(size).fill(value) }
  }
  const buf = s.b.alloc(size)
  if (value !== 0) {
    countedLoop(s.b, 0, size, (i) => {
      s.b.store(buf, i, value)
    })
  }
  return { kind: "array", buf, offset: 0, dims, fresh: true }
}

/** A reduction of a whole array to one number. */
function reduce(s: Specialiser, a: Abs, row: typeof sumRow): Atom {
  const array = inBuffer(s.b, a)
  return s.b.row(row, array.buf, array.offset, sizeOfDims(s.b, array.dims))
}

function sum(s: Specialiser, a: Abs): Atom {
  if (a.kind === "vector" && a.items.length <= 64) return sumInLanes(s.b, a.items)
  return reduce(s, a, sumRow)
}

/** A reduction of a whole array by `f`, or of each row or column of a matrix by `each`. */
function whole(
  s: Specialiser,
  args: readonly Abs[],
  named: Named,
  f: (a: Abs) => Atom,
  each: (row: (of: typeof sumRow) => Atom, n: Atom) => Atom,
): Abs {
  const axis = named.get("axis")
  if (named.size === 1 && axis?.kind === "num" && args.length === 1) {
    if (axis.atom === 1 || axis.atom === -1) return rowwise(s, args[0]!, each)
    if (axis.atom === 0 || axis.atom === -2) return rowwise(s, transpose(s, args[0]!), each)
  }
  if (named.size > 0 || args.length !== 1) return unsupported("a reduction along an axis")
  const [a] = args as [Abs]
  if (a.kind === "num") return unsupported("a reduction of a number")
  if (!isArray(a)) return unsupported(`a reduction of a ${a.kind}`)
  return num(f(a))
}

function rowwise(s: Specialiser, a: Abs, each: (row: (of: typeof sumRow) => Atom, n: Atom) => Atom): Abs {
  const { b } = s
  if (!isArray(a) || a.kind === "range" || a.dims.length !== 2)
    return unsupported("a reduction along an axis of no matrix")
  const { buf, offset, dims } = inBuffer(b, a)
  const [m, n] = dims as [Atom, Atom]
  const out = b.alloc(m)
  countedLoop(b, 0, m, (i) => {
    b.store(
      out,
      i,
      each((of) => b.row(of, buf, b.add(offset, b.mul(i, n)), n), n),
    )
  })
  return { kind: "array", buf: out, offset: 0, dims: [m], fresh: true }
}

/** The elements of an array that has few of them for certain. */
function fewIn(s: Specialiser, a: Abs): readonly Atom[] | null {
  const size = a.kind === "vector" ? a.items.length : a.kind === "array" ? sizeOfDims(s.b, a.dims) : 0
  if (typeof size !== "number" || size < 1 || size > mostNormed) return null
  if (a.kind === "vector") return a.items
  const { buf, offset } = a as ArrayAbs
  return Array.from({ length: size }, (_, k) => s.b.load(buf, s.b.add(offset, k)))
}

function transpose(s: Specialiser, a: Abs): Abs {
  const { b } = s
  if (!isArray(a) || a.kind === "range" || a.dims.length !== 2) return unsupported("a transpose of no matrix")
  const { buf, offset, dims } = inBuffer(b, a)
  const [m, n] = dims as [Atom, Atom]
  const out = b.alloc(b.mul(m, n))
  countedLoop(b, 0, m, (i) => {
    countedLoop(b, 0, n, (j) => {
      b.store(out, b.add(b.mul(j, m), i), b.load(buf, b.add(offset, b.add(b.mul(i, n), j))))
    })
  })
  return { kind: "array", buf: out, offset: 0, dims: [n, m], fresh: true }
}

/** The same elements in another shape, of which one length may be left to be found: it is given as -1. */
function reshape(s: Specialiser, a: Abs, shape: Abs): Abs {
  const { b } = s
  if (!isArray(a)) return unsupported(`\`reshape\` of a ${a.kind}`)
  const given =
    shape.kind === "num" ? [shape.atom] : shape.kind === "vector" && shape.dims.length === 1 ? shape.items : null
  if (given === null) return unsupported("a shape of unknown rank")
  const size = a.kind === "range" ? lengthOf(s, a) : sizeOfDims(b, a.dims)
  const open = given.filter((n) => n === -1).length
  if (open > 1) return unsupported("a shape with two lengths that are to be found")
  const known = given.map((n) => (n === -1 ? 1 : count(s, n)))
  const found = open === 0 ? 1 : count(s, b.let(operators.div, [size, sizeOfDims(b, known)]))
  const dims = given.map((n, k) => (n === -1 ? found : known[k]!))
  const same = b.let("same", [size, sizeOfDims(b, dims)])
  b.guard(same)
  if (same === false) return { kind: "never" }
  // An array of no axes is a number.
  if (dims.length === 0) return indexValue(b, a, a.kind === "range" ? [num(0)] : a.dims.map(() => num(0)))
  if (a.kind === "vector" && dims.every((n) => typeof n === "number")) return { ...a, dims }
  return { ...inBuffer(b, snapshot(s, a)), dims, fresh: false }
}

function extreme(p: typeof max.primitive): Handler {
  return (s, args, named) => {
    if (named.size > 0 || args.length < 2) return unsupported("the extreme of an array")
    return args.reduce((a, b) => elementwise(s, p, [a, b]))
  }
}

const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ["len", (s, [a]) => num(lengthOf(s, a!))],
  [
    "shape",
    (s, [a]) => {
      if (a!.kind === "array" || a!.kind === "vector")
        return { kind: "vector", dims: [a!.dims.length], items: [...a!.dims] }
      if (a!.kind === "range") return { kind: "vector", dims: [1], items: [lengthOf(s, a!)] }
      return unsupported("the shape of a list")
    },
  ],
  [
    "size",
    (s, [a]) =>
      isArray(a)
        ? num(a.kind === "range" ? lengthOf(s, a) : sizeOfDims(s.b, a.dims))
        : unsupported("the size of such a value"),
  ],
  ["zeros", (s, [shape]) => filled(s, shape!, 0)],
  ["ones", (s, [shape]) => filled(s, shape!, 1)],
  [
    "full",
    (s, [shape, value]) => (value?.kind === "num" ? filled(s, shape!, value.atom) : unsupported("full of no number")),
  ],
  [
    "sum",
    (s, args, named) =>
      whole(
        s,
        args,
        named,
        (a) => sum(s, a),
        (row) => row(sumRow),
      ),
  ],
  [
    "mean",
    (s, args, named) =>
      whole(
        s,
        args,
        named,
        (a) =>
          s.b.let(operators.div, [
            sum(s, a),
            isArray(a) && a.kind !== "range" ? sizeOfDims(s.b, a.dims) : lengthOf(s, a),
          ]),
        (row, n) => s.b.let(operators.div, [row(sumRow), n]),
      ),
  ],
  [
    "logsumexp",
    (s, args, named) =>
      whole(
        s,
        args,
        named,
        (a) => reduce(s, a, logsumexpRow),
        (row) => row(logsumexpRow),
      ),
  ],
  [
    "transpose",
    (s, args, named) =>
      named.size > 0 || args.length !== 1 ? unsupported("a transpose of axes") : transpose(s, args[0]!),
  ],
  [
    "reshape",
    (s, args, named) =>
      named.size > 0 || args.length !== 2 ? unsupported("such a reshape") : reshape(s, args[0]!, args[1]!),
  ],
  ["flatten", (s, [a]) => reshape(s, a!, num(-1))],
  [
    "dot",
    (s, [x, y]) => {
      if (!isArray(x) || !isArray(y)) return unsupported("dot of structures")
      return num(sum(s, elementwise(s, operators.mul, [x, y])))
    },
  ],
  ["matmul", (s, [x, y]) => operateOn(s, "matmul", [x!, y!])],
  [
    "squared_norm",
    (s, [x]) =>
      isArray(x)
        ? num(sum(s, elementwise(s, elementwisePrimitives.get("square")!.primitive, [x])))
        : unsupported("squared_norm of such a value"),
  ],
  [
    "norm",
    (s, args, named) => {
      const items = args.length === 1 && named.size === 0 ? fewIn(s, args[0]!) : null
      if (items !== null) return num(norm(s.b, items))
      const [x] = args
      if (x?.kind !== "array" || args.length > 1 || named.size > 0) return unsupported("such a norm")
      // Its derivative reads the elements: a variable that changes them in part has a copy.
      const size = sizeOfDims(s.b, x.dims)
      const still = x.buf.mutable ? s.b.copy(x.buf, x.offset, size) : x.buf
      return num(s.b.row(normRow, still, still === x.buf ? x.offset : 0, size))
    },
  ],
  ["max", extreme(max.primitive)],
  ["min", extreme(min.primitive)],
  ["clamp", (s, [x, lo, hi]) => elementwise(s, min.primitive, [elementwise(s, max.primitive, [x!, lo!]), hi!])],
  [
    "where",
    (s, [c, a, b]) => {
      if (c?.kind === "bools") return chooseElements(s, c, a!, b!)
      return c?.kind === "bool" && a?.kind === "num" && b?.kind === "num"
        ? num(s.b.let("select", [c.atom, a.atom, b.atom]))
        : unsupported("where of arrays")
    },
  ],
  [
    "equal",
    (s, [x, y]) =>
      x?.kind === "num" && y?.kind === "num" ? operateOn(s, "equals", [x, y]) : unsupported("equal of arrays"),
  ],
  [
    "assert",
    (s, [c]) => {
      s.b.guard(s.condition(c!))
      return unitAbs
    },
  ],
  [
    "error",
    (s) => {
      s.b.guard(false)
      return { kind: "never" }
    },
  ],
  [
    // What fails is found out by tier 0, where the code gives up.
    "attempt",
    (s, [f]) => {
      const value = s.call(f!, [], new Map())
      return value.kind === "never" ? value : { kind: "variant", variant: done, items: [held(value)] }
    },
  ],
  ["map", (s, [xs, f]) => map(s, xs!, f!)],
  ["filter", (s, [xs, f]) => filter(s, xs!, f!)],
  ["fold", (s, [xs, init, f]) => fold(s, xs!, init!, f!)],
  ["scan", (s, [xs, init, f]) => scan(s, xs!, init!, f!)],
  [
    "iterate",
    (s, [x, n, f]) =>
      n?.kind === "num" ? iterate(s, x!, count(s, n.atom), f!) : unsupported("a count that may be no number"),
  ],
  ["zip", (s, args) => zip(s, args)],
  ["enumerate", (s, [xs]) => zip(s, [{ kind: "range", from: 0, to: lengthOf(s, xs!) }, xs!])],
  ["ravel", (s, [p]) => ravel(s, p!)],
  ["first", (s, [xs]) => indexValue(s.b, xs!, [num(0)])],
  ["last", (s, [xs]) => indexValue(s.b, xs!, [num(-1)])],
])

const operatorHandlers = new Map<string, Handler>()

/** Operators of differentiation are told what they do by the file that knows derivatives. */
export function provideOperators(more: ReadonlyMap<string, Handler>): void {
  for (const [name, handler] of more)
    operatorHandlers.set(name, (s, args, named) => {
      const given = args.map((arg) => (arg.kind === "made" ? madeBy(s, arg) : arg))
      return madeOf(handler(s, given, named), [...given, ...named.values()])
    })
}

/** What an operator gives, with what its functions were made of. */
function madeOf(out: Abs, of: readonly Abs[]): Abs {
  if (out.kind === "derived") return { ...out, of }
  return out.kind === "tuple" ? { ...out, items: out.items.map((item) => madeOf(item, of)) } : out
}

/** A built-in of which there is nothing special to know, or nothing for these operands, is left to tier 0. */
export function callBuiltin(s: Specialiser, fn: BuiltinFunction, args: readonly Abs[], named: Named): Abs {
  for (const arg of args) if (arg.kind === "never") return arg
  const several = args.findIndex((arg) => arg.kind === "union")
  if (several >= 0)
    return eachCase(
      s,
      args[several]!,
      (arg) => arg.kind !== "unit",
      (arg) => callBuiltin(s, fn, args.with(several, arg), named),
    )
  const handler = handlers.get(fn.name) ?? operatorHandlers.get(fn.name) ?? elementwiseHandler(fn, args, named)
  if (handler === null) return callOpaque(s, fn, args, named)
  try {
    return handler(s, args, named)
  } catch (error) {
    if (!(error instanceof Unsupported) || fn.effect || fn.callsBack) throw error
    return callOpaque(s, fn, args, named)
  }
}

/** The function that an operator made: the steps that took were counted when it was made. */
export function madeBy(s: Specialiser, { by, args, named, part }: MadeAbs): Abs {
  const out = s.b.uncounted(() => callBuiltin(s, by, args, named))
  if (part === null) return out
  return (out.kind === "tuple" ? out.items[part] : undefined) ?? unsupported(`a part of what \`${by.name}\` gave`)
}

function elementwiseHandler(fn: BuiltinFunction, args: readonly Abs[], named: Named): Handler | null {
  const f = elementwisePrimitives.get(fn.name === "log" ? "ln" : fn.name)
  if (f === undefined || named.size > 0 || args.length !== fn.params.length) return null
  return (s) => elementwise(s, f.primitive, args)
}

export type { ArrayAbs, Handler }
