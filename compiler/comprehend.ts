/**
 * Comprehensions in the specialiser, and what else makes an array element by element.
 * A short one of known length is written out; any other is a loop that fills buffers made before it. It must not know what the elements are.
 */

import { less } from "../interpreter/primitives/arithmetic.ts"
import type { ComprehendCore } from "../lang/core.ts"
import { countedLoop, inBuffer, leavesOfForm, sizeOfDims, unitAbs, type Abs } from "./abstract.ts"
import { unsupported } from "./builder.ts"
import { restore, type Frame } from "./frame.ts"
import { sourceOf } from "./loops.ts"
import type { Specialiser } from "./specialise.ts"
import { isVar, type Atom, type Scope, type Var } from "./sir.ts"
import { intoColumns, stack } from "./stack.ts"

const mostUnrolled = 8

export function comprehend(s: Specialiser, core: ComprehendCore, f: Frame): Abs {
  if (core.condition !== null || core.clauses.length !== 1) return unsupported("a comprehension with a condition")
  const clause = core.clauses[0]!
  const { from, to, at } = sourceOf(s, s.evaluate(clause.source, f))
  const element = (i: Atom): Abs => {
    s.b.steps(1)
    f.slots[clause.slot] = at(i)
    if (clause.prologue !== null) s.evaluate(clause.prologue, f)
    return s.evaluate(core.element, f)
  }
  const before = [...f.slots]
  const out = collect(s, from, to, element)
  restore(f, before)
  return out
}

/** The array or list of `element(i)` for from ≤ i < to. */
export function collect(s: Specialiser, from: Atom, to: Atom, element: (i: Atom) => Abs): Abs {
  if (typeof from === "number" && typeof to === "number" && to - from <= mostUnrolled) {
    const values: Abs[] = []
    for (let i = from; i < to; i++) values.push(element(i))
    return stack(s, values)
  }
  return tabulate(s, from, to, element)
}

function tabulate(s: Specialiser, from: Atom, to: Atom, element: (i: Atom) => Abs): Abs {
  const n = s.b.trips(from, to)
  const outer = s.b.scope
  let out: Abs = unitAbs
  countedLoop(s.b, from, to, (index) => {
    const value = element(index)
    const place = s.b.sub(index, from)
    const outside = (write: () => Var): Var => {
      const here = s.b.scope
      s.b.scope = outer
      const buf = write()
      s.b.scope = here
      return buf
    }
    const fill = (dims: readonly Atom[], size: Atom, item: (k: Atom) => Atom, count: number | null): void => {
      const buf = outside(() => s.b.alloc(s.b.mul(n, size)))
      const base = s.b.mul(place, size)
      if (count !== null) for (let k = 0; k < count; k++) s.b.store(buf, s.b.add(base, k), item(k))
      else {
        countedLoop(s.b, 0, size, (k) => {
          s.b.store(buf, s.b.add(base, k), item(k))
        })
      }
      out = { kind: "array", buf, offset: 0, dims: [n, ...dims], fresh: true }
    }
    switch (value.kind) {
      case "num":
        fill([], 1, () => value.atom, 1)
        return
      case "vector":
        some(s, n, outer)
        fill(value.dims, value.items.length, (k) => value.items[k as number]!, value.items.length)
        return
      case "range":
      case "array": {
        const array = inBuffer(s.b, value)
        for (const dim of array.dims)
          if (isVar(dim) && dim.home.self === index.home.self) unsupported("rows of different lengths")
        some(s, n, outer)
        fill(array.dims, sizeOfDims(s.b, array.dims), (k) => s.b.load(array.buf, s.b.add(array.offset, k)), null)
        return
      }
      case "record":
      case "tuple":
      case "variant": {
        some(s, n, outer)
        const sizes = leavesOfForm(value)
        const columns = sizes.map((size) => outside(() => s.b.alloc(s.b.mul(n, size))))
        intoColumns(s, columns, sizes, value, place)
        out = { kind: "list", length: n, form: value, columns }
        return
      }
      default:
        unsupported(`a comprehension of ${value.kind}s`)
    }
  })
  return out
}

/** Bails where there is no element: an empty array has no form. */
function some(s: Specialiser, n: Atom, at: Scope): void {
  const here = s.b.scope
  s.b.scope = at
  s.b.guard(s.b.let(less.primitive, [0, n]))
  s.b.scope = here
}
