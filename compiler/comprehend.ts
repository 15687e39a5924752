/**
 * Comprehensions in the specialiser, and what else makes an array element by element.
 * A short one of known length is written out; any other is a loop that fills buffers made before it. It must not know what the elements are.
 */

import { less } from "../interpreter/primitives/arithmetic.ts"
import type { ComprehendCore } from "../lang/core.ts"
import {
  countedLoop,
  inBuffer,
  isArray,
  leavesOfForm,
  num,
  sameDims,
  sizeOfDims,
  unitAbs,
  type Abs,
  type ArrayAbs,
} from "./abstract.ts"
import { concat } from "./arrays.ts"
import { unsupported } from "./builder.ts"
import { restore, type Frame } from "./frame.ts"
import { accumulate, sourceOf } from "./loops.ts"
import type { Specialiser } from "./specialise.ts"
import { isVar, type Atom, type Scope, type Var } from "./sir.ts"
import { intoColumns, stack } from "./stack.ts"

export const mostUnrolled = 8

export function comprehend(s: Specialiser, core: ComprehendCore, f: Frame): Abs {
  const { condition } = core
  const [clause] = core.clauses
  if (clause === undefined) return unsupported("a comprehension over nothing")
  const { from, to, at } = sourceOf(s, s.evaluate(clause.source, f))
  const before = [...f.slots]
  if (core.clauses.length > 1) return overSeveral(s, core, f, { from, to, at })
  // The element may be written more than once: nothing is left of the time before.
  const enter = (i: Atom): void => {
    restore(f, before)
    f.slots[clause.slot] = at(i)
    if (clause.prologue !== null) s.evaluate(clause.prologue, f)
  }
  const out =
    condition === null
      ? collect(s, from, to, (i) => {
          s.b.steps(1)
          enter(i)
          return s.evaluate(core.element, f)
        })
      : chosen(
          s,
          from,
          to,
          (i) => {
            enter(i)
            return s.condition(s.evaluate(condition, f))
          },
          () => s.evaluate(core.element, f),
        )
  restore(f, before)
  return out
}

/** With a condition on several sources, the first of which has few elements: what each of them gives, one after the other. */
function overSeveral(s: Specialiser, core: ComprehendCore, f: Frame, first: ReturnType<typeof sourceOf>): Abs {
  const [clause, ...inner] = core.clauses as [ComprehendCore["clauses"][number], ...ComprehendCore["clauses"]]
  const { from, to, at } = first
  if (core.condition === null || typeof from !== "number" || typeof to !== "number" || to - from > mostUnrolled)
    return unsupported("a condition on several sources")
  const before = [...f.slots]
  const parts: Abs[] = []
  for (let i = from; i < to; i++) {
    restore(f, before)
    s.b.steps(1)
    f.slots[clause.slot] = at(i)
    if (clause.prologue !== null) s.evaluate(clause.prologue, f)
    parts.push(comprehend(s, { ...core, clauses: inner }, f))
  }
  restore(f, before)
  if (parts.length === 0) return unsupported("a condition on no elements")
  return parts.reduce((left, right) => concat(s.b, left, right))
}

/**
 * The array or list of `element(i)` for those from ≤ i < to for which the condition holds: a loop that counts what it has found, and puts it into buffers that
 * would hold all.
 */
export function chosen(
  s: Specialiser,
  from: Atom,
  to: Atom,
  condition: (i: Atom) => Atom,
  element: (i: Atom) => Abs,
): Abs {
  const { b } = s
  const n = b.trips(from, to)
  const outer = b.scope
  const kept: { form: Abs; columns: readonly Var[] } = { form: num(0), columns: [] }
  const found = accumulate(s, from, to, { kind: "range", from: 0, to: 0 }, (i, state) => {
    const place = lengthOf(state)
    const holds = condition(i)
    const keep = (): Atom => {
      kept.form = element(i)
      const sizes = leavesOfForm(kept.form)
      const here = b.scope
      b.scope = outer
      kept.columns = sizes.map((size) => b.alloc(b.mul(n, size)))
      b.scope = here
      intoColumns(s, kept.columns, sizes, kept.form, place)
      return b.add(place, 1)
    }
    if (typeof holds === "boolean") return { kind: "range", from: 0, to: holds ? keep() : place }
    const then = b.within("arm", (scope) => {
      scope.block.results = [keep()]
    })
    const otherwise = b.within("arm", (scope) => {
      scope.block.results = [place]
    })
    return { kind: "range", from: 0, to: b.if(holds, then, otherwise)[0]! }
  })
  const count = lengthOf(found)
  const { form, columns } = kept
  const [column] = columns
  if (column === undefined) return unsupported("a condition that never holds")
  const exact = (buf: Var, size: number): Var => b.copy(buf, 0, b.mul(count, size))
  if (form.kind === "num") return { kind: "array", buf: exact(column, 1), offset: 0, dims: [count], fresh: true }
  some(s, count, outer)
  if (form.kind === "bool") return { kind: "bools", buf: exact(column, 1), dims: [count] }
  if (form.kind === "vector")
    return {
      kind: "array",
      buf: exact(column, form.items.length),
      offset: 0,
      dims: [count, ...form.dims],
      fresh: true,
    }
  const sizes = leavesOfForm(form)
  return { kind: "list", length: count, form, columns: columns.map((buf, k) => exact(buf, sizes[k]!)) }
}

/** How much was counted; the range is the form that a count is carried in. */
function lengthOf(state: Abs): Atom {
  if (state.kind !== "range") return unsupported("a count that is none")
  if (isVar(state.to)) state.to.int = state.to.natural = true
  return state.to
}

/** The array or list of `element(i)` for from ≤ i < to. */
export function collect(s: Specialiser, from: Atom, to: Atom, element: (i: Atom) => Abs): Abs {
  if (typeof from === "number" && typeof to === "number" && to - from <= mostUnrolled) {
    const values: Abs[] = []
    for (let i = from; i < to; i++) values.push(element(i))
    return stack(s, values)
  }
  const out = s.b.attempt(() => tabulate(s, from, to, element, null))
  if (out !== null) return out
  // How long the rows are is known when there is one: one more is made before the others.
  some(s, s.b.trips(from, to), s.b.scope)
  const first = s.b.uncounted(() => element(from))
  return (
    (isArray(first) ? tabulate(s, from, to, element, inBuffer(s.b, first).dims) : null) ??
    unsupported("rows of different lengths")
  )
}

/** `known`: the dimensions of a row, where it does not have them from outside; null where they would be needed. */
function tabulate(
  s: Specialiser,
  from: Atom,
  to: Atom,
  element: (i: Atom) => Abs,
  known: readonly Atom[] | null,
): Abs | null {
  let open = false
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
      case "bool":
        fill([], 1, () => s.b.let("toNumber", [value.atom]), 1)
        out = { kind: "bools", buf: (out as ArrayAbs).buf, dims: [n] }
        return
      case "vector":
        some(s, n, outer)
        fill(value.dims, value.items.length, (k) => value.items[k as number]!, value.items.length)
        return
      case "range":
      case "array": {
        const array = inBuffer(s.b, value)
        open = known === null && array.dims.some((dim) => isVar(dim) && dim.home.self === index.home.self)
        if (open) return
        const dims = known ?? array.dims
        sameDims(s.b, { dims }, array)
        some(s, n, outer)
        fill(dims, sizeOfDims(s.b, dims), (k) => s.b.load(array.buf, s.b.add(array.offset, k)), null)
        return
      }
      case "record":
      case "tuple":
      case "variant":
      case "closure": {
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
  return open ? null : out
}

/** Bails where there is no element: an empty array has no form. */
function some(s: Specialiser, n: Atom, at: Scope): void {
  const here = s.b.scope
  s.b.scope = at
  s.b.guard(s.b.let(less.primitive, [0, n]))
  s.b.scope = here
}
