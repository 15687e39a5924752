/**
 * Reading, joining and multiplying arrays in the specialiser.
 * Elements of small arrays are known, those of others are loads at a place that was checked; a row is the same buffer from another offset. It must not
 * know Core.
 */

import {
  bool,
  countedLoop,
  formOf,
  inBuffer,
  leavesOfForm,
  listItem,
  num,
  sameDims,
  sizeOfDims,
  type Abs,
  type ArrayAbs,
  type ListAbs,
  type VectorAbs,
} from "./abstract.ts"
import { isInt, Unsupported, type Builder } from "./builder.ts"
import { less, lessEqual } from "../interpreter/primitives/arithmetic.ts"
import { prove } from "./proofs.ts"
import { below } from "./ranges.ts"
import { isVar, type Atom } from "./sir.ts"
import { truthAt } from "./truths.ts"

export interface Slice {
  readonly kind: "slice"
  readonly from: Atom | null
  readonly to: Atom | null
  readonly inclusive: boolean
}
export type IndexItem = Abs | Slice
/** Where in its buffer an element is. */
export interface Place {
  readonly kind: "place"
  readonly index: Atom
}

export function sliceBounds(from: Atom, to: Atom): Slice {
  return { kind: "slice", from, to, inclusive: false }
}

/** An index of a dimension of n, checked and counted from the start. */
export function checkedIndex(b: Builder, t: Atom, n: Atom): Atom {
  if (typeof t === "number" && isInt(t)) {
    if (t < 0) {
      below(b, -t - 1, n)
      return b.add(n, t)
    }
    below(b, t, n)
    return t
  }
  if (isInt(t) && prove(t, 0)) {
    below(b, t, n)
    return t
  }
  return b.let("index", [t, n])
}

/** A bound of a slice, checked and counted from the start. */
function checkedBound(b: Builder, t: Atom, n: Atom): Atom {
  if (typeof t === "number") {
    if (t < 0) {
      below(b, -t - 1, n)
      return b.add(n, t)
    }
    below(b, t, b.add(n, 1))
    return t
  }
  if (isInt(t) && prove(t, 0)) {
    below(b, t, b.add(n, 1))
    return t
  }
  const place = b.let("integer", [t])
  const out = b.let("select", [b.let(less.primitive, [place, 0]), b.add(place, n), place])
  b.guard(b.let(lessEqual.primitive, [0, out]))
  b.guard(b.let(lessEqual.primitive, [out, n]))
  if (isVar(out)) out.natural = true
  return out
}

/** Where a slice of a dimension of n begins and ends. */
function bounds(b: Builder, item: Slice, n: Atom): [Atom, Atom] {
  const from = item.from === null ? 0 : checkedBound(b, item.from, n)
  const to = item.to === null ? n : checkedBound(b, item.to, n)
  return [from, item.inclusive ? b.add(to, 1) : to]
}

/** Some rows of a matrix, and of them some columns or one. */
function block(b: Builder, target: ArrayAbs, rows: Slice, columns: IndexItem): Abs {
  const [m, n] = target.dims as [Atom, Atom]
  const [top, bottom] = bounds(b, rows, m)
  const whole = columns.kind === "slice"
  const one = columns.kind === "num" ? checkedIndex(b, columns.atom, n) : null
  if (!whole && one === null) throw new Unsupported("such an index")
  const [left, right] = whole ? bounds(b, columns, n) : [one!, b.add(one!, 1)]
  const dims = [b.trips(top, bottom), b.trips(left, right)] as const
  const buf = b.alloc(b.mul(...dims))
  countedLoop(b, 0, dims[0], (i) => {
    const from = b.add(target.offset, b.add(b.mul(b.add(top, i), n), left))
    countedLoop(b, 0, dims[1], (j) => {
      b.store(buf, b.add(b.mul(i, dims[1]), j), b.load(target.buf, b.add(from, j)))
    })
  })
  return { kind: "array", buf, offset: 0, dims: whole ? dims : [dims[0]], fresh: true }
}

/** Part of a value by indices; with `place`, where an element is instead of its value. */
export function indexValue(b: Builder, target: Abs, items: readonly IndexItem[]): Abs
export function indexValue(b: Builder, target: Abs, items: readonly IndexItem[], place: true): Abs | Place
export function indexValue(b: Builder, target: Abs, items: readonly IndexItem[], place = false): Abs | Place {
  if (target.kind === "tuple" && items.length === 1) {
    const [item] = items as [IndexItem]
    if (item.kind !== "num" || typeof item.atom !== "number")
      throw new Unsupported("a tuple at an index that is no constant")
    const k = item.atom < 0 ? item.atom + target.items.length : item.atom
    const found = target.items[k]
    if (found === undefined) throw new Unsupported("a tuple at an index that it has not")
    return found
  }
  if (target.kind === "list" && items.length === 1) {
    const [item] = items as [IndexItem]
    if (item.kind !== "num") throw new Unsupported("a slice of a list")
    return listItem(b, target, checkedIndex(b, item.atom, target.length))
  }
  if (target.kind === "bools") {
    const [item] = items as [IndexItem]
    if (item.kind !== "num" || items.length > 1 || target.dims.length > 1)
      throw new Unsupported("a part of booleans that is not one")
    return bool(truthAt(b, target, checkedIndex(b, item.atom, target.dims[0]!)))
  }
  if (target.kind === "range") {
    const [item] = items as [IndexItem]
    if (item.kind === "num" && items.length === 1)
      return num(b.add(target.from, checkedIndex(b, item.atom, b.trips(target.from, target.to))))
    return indexValue(b, inBuffer(b, target), items)
  }
  if (target.kind === "vector") {
    const known = vectorPart(b, target, items)
    if (known !== null) return known
    return indexValue(b, inBuffer(b, target), items)
  }
  if (target.kind !== "array") throw new Unsupported(`an element of a ${target.kind}`)
  if (items.length > target.dims.length) throw new Unsupported("more indices than dimensions")
  const [rows, columns] = items
  if (rows?.kind === "slice" && columns !== undefined && items.length === 2 && target.dims.length === 2 && !place)
    return block(b, target, rows, columns)
  let offset: Atom = 0
  let k = 0
  for (; k < items.length; k++) {
    const item = items[k]!
    const n = target.dims[k]!
    if (item.kind === "num") {
      offset = b.add(b.mul(offset, n), checkedIndex(b, item.atom, n))
      continue
    }
    if (item.kind === "slice" && k === items.length - 1) {
      const [from, to] = bounds(b, item, n)
      const rest = target.dims.slice(k + 1)
      const size = sizeOfDims(b, rest)
      const start = b.add(target.offset, b.mul(b.add(b.mul(offset, n), from), size))
      return seen(
        b,
        { kind: "array", buf: target.buf, offset: start, dims: [b.trips(from, to), ...rest], fresh: false },
        place,
      )
    }
    throw new Unsupported("such an index")
  }
  const rest = target.dims.slice(k)
  const start = b.add(target.offset, b.mul(offset, sizeOfDims(b, rest)))
  if (rest.length > 0)
    return seen(b, { kind: "array", buf: target.buf, offset: start, dims: rest, fresh: false }, place)
  return place ? { kind: "place", index: start } : num(b.load(target.buf, start))
}

/** How many elements a row may have to be taken apart. */
const small = 16

/** A part as a value: small rows of fixed length element by element, parts of what may change as they are now. */
function seen(b: Builder, part: ArrayAbs, place: boolean): Abs {
  if (place) return part
  if (part.dims.every((n): n is number => typeof n === "number")) {
    const size = part.dims.reduce((a, n) => a * n, 1)
    if (size <= small) {
      return {
        kind: "vector",
        dims: part.dims,
        items: Array.from({ length: size }, (_, k) => b.load(part.buf, b.add(part.offset, k))),
      }
    }
  }
  if (!part.buf.mutable) return part
  return {
    kind: "array",
    buf: b.copy(part.buf, part.offset, sizeOfDims(b, part.dims)),
    offset: 0,
    dims: part.dims,
    fresh: true,
  }
}

/** Part of a small array at constant indices; null where an index is no constant. */
function vectorPart(b: Builder, target: VectorAbs, items: readonly IndexItem[]): Abs | null {
  let { dims, items: elements } = target as { dims: readonly number[]; items: readonly Atom[] }
  const kept: number[] = []
  for (const item of items) {
    const n = dims[0]
    if (n === undefined) throw new Unsupported("more indices than dimensions")
    const rest = dims.slice(1)
    const size = rest.reduce((a, m) => a * m, 1)
    if (kept.length > 0) return null
    if (item.kind === "num") {
      if (typeof item.atom !== "number") return null
      const k = item.atom < 0 ? item.atom + n : item.atom
      if (!Number.isInteger(k) || k < 0 || k >= n) {
        b.guard(false)
        return { kind: "never" }
      }
      elements = elements.slice(k * size, (k + 1) * size)
      dims = rest
    } else if (item.kind === "slice") {
      if ((item.from !== null && typeof item.from !== "number") || (item.to !== null && typeof item.to !== "number"))
        return null
      const bound = (t: number): number => (t < 0 ? t + n : t)
      const from = bound(item.from ?? 0)
      const to = (item.to === null ? n : bound(item.to)) + (item.inclusive ? 1 : 0)
      if (from < 0 || to > n || to < from) {
        b.guard(false)
        return { kind: "never" }
      }
      elements = elements.slice(from * size, to * size)
      kept.push(to - from)
      dims = rest
    } else throw new Unsupported("such an index")
  }
  const shape = [...kept, ...dims]
  return shape.length === 0 ? num(elements[0]!) : { kind: "vector", dims: shape, items: elements }
}

/** `a ++ b`. */
export function concat(b: Builder, x: Abs, y: Abs): Abs {
  if (x.kind === "string" && y.kind === "string")
    return { kind: "string", value: x.value === null || y.value === null ? null : x.value + y.value }
  if (
    x.kind === "vector" &&
    y.kind === "vector" &&
    x.dims.length === y.dims.length &&
    x.dims.slice(1).every((n, k) => n === y.dims[k + 1])
  ) {
    return { kind: "vector", dims: [x.dims[0]! + y.dims[0]!, ...x.dims.slice(1)], items: [...x.items, ...y.items] }
  }
  if (x.kind === "list" && y.kind === "list") return joined(b, x, y)
  const isArray = (a: Abs): boolean => a.kind === "array" || a.kind === "vector" || a.kind === "range"
  if (!isArray(x) || !isArray(y)) throw new Unsupported("`++` of other values than arrays")
  const left = inBuffer(b, x)
  const right = inBuffer(b, y)
  // To one without elements, any may be joined.
  if (left.dims.length !== right.dims.length) {
    const [empty, other] = left.dims.length === 1 ? [left, right] : [right, left]
    if (empty.dims.length !== 1) throw new Unsupported("`++` of arrays of different ranks")
    b.guard(b.let("same", [empty.dims[0]!, 0]))
    return other
  }
  const [m, ...rest] = left.dims as [Atom, ...Atom[]]
  const [n] = right.dims as [Atom, ...Atom[]]
  sameDims(b, { dims: rest }, { dims: right.dims.slice(1) })
  const row = sizeOfDims(b, rest)
  const first = b.mul(m, row)
  const second = b.mul(n, row)
  const buf = b.alloc(b.add(first, second))
  countedLoop(b, 0, first, (i) => {
    b.store(buf, i, b.load(left.buf, b.add(left.offset, i)))
  })
  countedLoop(b, 0, second, (i) => {
    b.store(buf, b.add(first, i), b.load(right.buf, b.add(right.offset, i)))
  })
  return { kind: "array", buf, offset: 0, dims: [b.add(m, n), ...rest], fresh: true }
}

/** Two lists of elements of one form, column by column. */
function joined(b: Builder, x: ListAbs, y: ListAbs): ListAbs {
  if (formOf(x) !== formOf(y)) throw new Unsupported("`++` of lists of different forms")
  const sizes = leavesOfForm(x.form)
  const columns = sizes.map((size, k) => {
    const parts = [x, y].map((list) => ({ column: list.columns[k]!, n: b.mul(list.length, size) }))
    const buf = b.alloc(b.add(parts[0]!.n, parts[1]!.n))
    let start: Atom = 0
    for (const { column, n } of parts) {
      const from = start
      countedLoop(b, 0, n, (i) => {
        b.store(buf, b.add(from, i), b.load(column, i))
      })
      start = n
    }
    return buf
  })
  return { ...x, length: b.add(x.length, y.length), columns }
}

/**
 * The sum of numbers, to the bit as `sumAt` of the kernels adds: number k goes to lane k mod 8. Empty lanes are left out, and what their zeros do, to make
 * 0 of -0, is done once at the end.
 */
export function sumInLanes(b: Builder, terms: readonly Atom[]): Atom {
  const lanes = new Array<Atom | undefined>(8).fill(undefined)
  const plus = (x: Atom | undefined, y: Atom | undefined): Atom | undefined =>
    x === undefined ? y : y === undefined ? x : b.add(x, y)
  terms.forEach((term, k) => (lanes[k % 8] = plus(lanes[k % 8], term)))
  const [p, q, r, t, u, v, w, x] = lanes
  return b.add(plus(plus(plus(p, u), plus(r, w)), plus(plus(q, v), plus(t, x))) ?? 0, 0)
}
