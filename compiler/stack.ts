/**
 * Arrays and lists of values that are all there, in the specialiser: array literals.
 * Numbers become a small array, arrays of one shape an array with one axis more, structures of one form a list. It must not know where the values come from.
 */

import type { ArrayCore } from "../lang/core.ts"
import {
  atomsOf,
  countedLoop,
  formOf,
  held,
  isStructure,
  leavesOf,
  leavesOfForm,
  num,
  sameDims,
  sizeOfDims,
  type Abs,
  type ArrayAbs,
  type VectorAbs,
} from "./abstract.ts"
import { concat, indexValue } from "./arrays.ts"
import { typeOf, unsupported } from "./builder.ts"
import type { Frame } from "./frame.ts"
import { severalOf } from "./several.ts"
import type { Specialiser } from "./specialise.ts"
import type { Atom, Var } from "./sir.ts"
import { truths } from "./truths.ts"

export function arrayOf(s: Specialiser, items: ArrayCore["items"], f: Frame): Abs {
  const parts: Abs[] = []
  let values: Abs[] = []
  const close = (): void => {
    if (values.length > 0) parts.push(stack(s, values))
    values = []
  }
  for (const item of items) {
    if (item.kind !== "spread") {
      values.push(s.evaluate(item, f))
      continue
    }
    const spread = s.evaluate(item.value, f)
    if (spread.kind === "vector")
      for (let k = 0; k < spread.dims[0]!; k++) values.push(indexValue(s.b, spread, [num(k)]) as Abs)
    else if (spread.kind === "range" || (spread.kind === "array" && spread.dims.length === 1)) {
      close()
      parts.push(held(spread))
    } else return unsupported(`a spread of a ${spread.kind}`)
  }
  if (parts.length === 0) return stack(s, values)
  close()
  return parts.reduce((left, right) => concat(s.b, left, right))
}

/** An array or list of values. */
export function stack(s: Specialiser, values: readonly Abs[]): Abs {
  const first = values[0]
  if (first === undefined) return { kind: "vector", dims: [0], items: [] }
  if (values.every((value) => value.kind === "num"))
    return { kind: "vector", dims: [values.length], items: values.map((value) => (value as { atom: Atom }).atom) }
  if (values.every((value) => value.kind === "bool"))
    return truths(
      s.b,
      values.map((value) => (value as { atom: Atom }).atom),
    )
  if (values.every((value) => formOf(value) === formOf(first))) {
    if (first.kind === "vector")
      return {
        kind: "vector",
        dims: [values.length, ...first.dims],
        items: values.flatMap((value) => (value as VectorAbs).items),
      }
    if (first.kind === "array") return stackBuffers(s, values as ArrayAbs[])
    if (listable(first)) return listOf(s, values)
  }
  return severalOf(values) ?? unsupported("an array of values of different kinds")
}

/** May values of this form stand in columns? */
export function listable(form: Abs): boolean {
  return (isStructure(form) || form.kind === "closure") && leavesOf(form) !== null
}

function stackBuffers(s: Specialiser, arrays: readonly ArrayAbs[]): Abs {
  const first = arrays[0]!
  for (const array of arrays) sameDims(s.b, first, array)
  const size = sizeOfDims(s.b, first.dims)
  const buf = s.b.alloc(s.b.mul(size, arrays.length))
  arrays.forEach((array, k) => {
    countedLoop(s.b, 0, size, (i) => {
      s.b.store(buf, s.b.add(s.b.mul(size, k), i), s.b.load(array.buf, s.b.add(array.offset, i)))
    })
  })
  return { kind: "array", buf, offset: 0, dims: [arrays.length, ...first.dims], fresh: true }
}

function listOf(s: Specialiser, values: readonly Abs[]): Abs {
  const form = values[0]!
  const sizes = leavesOfForm(form)
  const columns = sizes.map((size) => s.b.alloc(size * values.length))
  values.forEach((value, i) => {
    intoColumns(s, columns, sizes, value, i)
  })
  return { kind: "list", length: values.length, form, columns }
}

export function intoColumns(
  s: Specialiser,
  columns: readonly Var[],
  sizes: readonly number[],
  value: Abs,
  place: Atom,
): void {
  const atoms = atomsOf(value).map((atom) => (typeOf(atom) === "bool" ? s.b.let("toNumber", [atom]) : atom))
  let next = 0
  sizes.forEach((size, k) => {
    for (let j = 0; j < size; j++) {
      s.b.store(columns[k]!, size === 1 ? place : s.b.add(s.b.mul(place, size), j), atoms[next++]!)
    }
  })
}
