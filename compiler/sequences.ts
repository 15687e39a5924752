/**
 * Built-ins on sequences, in the specialiser: `map filter fold scan iterate`, which run a function, `zip` and `enumerate`.
 * The former are the loops that they stand for, with the function's body in them. It must not know what the function does.
 */

import { less } from "../interpreter/primitives/arithmetic.ts"
import { held, inBuffer, isArray, num, sizeOfDims, type Abs, type ListAbs } from "./abstract.ts"
import { unsupported } from "./builder.ts"
import { chosen, collect, mostUnrolled } from "./comprehend.ts"
import { accumulate, sourceOf } from "./loops.ts"
import type { Specialiser } from "./specialise.ts"
import { stack } from "./stack.ts"
import type { Atom } from "./sir.ts"

const none: ReadonlyMap<string, Abs> = new Map()

export function map(s: Specialiser, xs: Abs, f: Abs): Abs {
  const { from, to, at } = sourceOf(s, xs)
  return collect(s, from, to, (i) => {
    s.b.steps(1)
    return s.call(f, [at(i)], none)
  })
}

export function filter(s: Specialiser, xs: Abs, f: Abs): Abs {
  const { from, to, at } = sourceOf(s, xs)
  return chosen(s, from, to, (i) => s.condition(s.call(f, [at(i)], none)), at)
}

export function fold(s: Specialiser, xs: Abs, init: Abs, f: Abs): Abs {
  if (xs.kind === "several")
    return xs.items.reduce<Abs>((sum, item) => {
      s.b.steps(1)
      return held(s.call(f, [sum, held(item)], none))
    }, held(init))
  const { from, to, at } = sourceOf(s, xs)
  return accumulate(s, from, to, init, (i, sum) => s.call(f, [sum, at(i)], none))
}

export function iterate(s: Specialiser, x: Abs, times: Atom, f: Abs): Abs {
  return accumulate(s, 0, times, x, (_, value) => s.call(f, [value], none))
}

/** The list of tuples of elements at the same place. */
export function zip(s: Specialiser, sequences: readonly Abs[]): Abs {
  const { b } = s
  const few = sequences.find((xs) => xs.kind === "several")
  if (few !== undefined) return zipped(s, sequences, few.items.length)
  const parts = sequences.map((xs) => columnsOf(s, xs))
  const length = parts[0]!.length
  for (const part of parts) if (part.length !== length) b.guard(b.let("same", [length, part.length]))
  // A list without elements has no form.
  b.guard(b.let(less.primitive, [0, length]))
  return {
    kind: "list",
    length,
    form: { kind: "tuple", items: parts.map(({ form }) => form) },
    columns: parts.flatMap(({ columns }) => columns),
  }
}

/** The same where the elements of one sequence are so many, each of a form of its own. */
function zipped(s: Specialiser, sequences: readonly Abs[], n: number): Abs {
  const { b } = s
  const sources = sequences.map((xs) => sourceOf(s, xs))
  for (const { from, to } of sources) b.guard(b.let("same", [b.trips(from, to), n]))
  const items = Array.from({ length: n }, (_, k): Abs => ({
    kind: "tuple",
    items: sources.map(({ from, at }) => held(at(b.add(from, k)))),
  }))
  return { kind: "several", items }
}

/** The elements of an array or list as columns. */
function columnsOf(s: Specialiser, xs: Abs): Omit<ListAbs, "kind"> {
  if (xs.kind === "list") return xs
  if (xs.kind === "bools" && xs.dims.length === 1)
    return { length: xs.dims[0]!, form: { kind: "bool", atom: false }, columns: [xs.buf] }
  const { buf, offset, dims } = inBuffer(s.b, isArray(xs) ? xs : unsupported(`a sequence that is a ${xs.kind}`))
  const [length, ...rest] = dims as [Atom, ...Atom[]]
  if (!rest.every((n) => typeof n === "number")) return unsupported("rows of unknown length in a list")
  const size = rest.reduce((product, n) => product * n, 1)
  const form: Abs = rest.length === 0 ? num(0) : { kind: "vector", dims: rest, items: new Array<Atom>(size).fill(0) }
  const column = offset === 0 && !buf.mutable ? buf : s.b.copy(buf, offset, sizeOfDims(s.b, dims))
  return { length, form, columns: [column] }
}

export function scan(s: Specialiser, xs: Abs, init: Abs, f: Abs): Abs {
  const { b } = s
  const { from, to, at } = sourceOf(s, xs)
  if (typeof from === "number" && typeof to === "number" && to - from <= mostUnrolled) {
    const values: Abs[] = []
    let sum = init
    for (let i = from; i < to; i++) {
      b.steps(1)
      sum = held(s.call(f, [sum, at(i)], none))
      values.push(sum)
    }
    return stack(s, values)
  }
  if (init.kind !== "num") return unsupported("a scan of other values than numbers")
  const n = b.trips(from, to)
  const buf = b.alloc(n)
  accumulate(s, from, to, init, (i, sum) => {
    const next = s.call(f, [sum, at(i)], none)
    if (next.kind !== "num") return unsupported("a scan of other values than numbers")
    b.store(buf, b.sub(i, from), next.atom)
    return num(next.atom)
  })
  return { kind: "array", buf, offset: 0, dims: [n], fresh: true }
}
