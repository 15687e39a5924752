/**
 * The form that two values have in common, and values brought into it.
 * Arrays of one rank meet in a buffer, structures in their parts; values of different kinds in a union, which says by its tag which of them it is and holds any value
 * in place of the others. It must not know where values meet.
 */

import {
  atomsOf,
  formOf,
  inBuffer,
  isArray,
  isStructure,
  sizeOfDims,
  withAtoms,
  type Abs,
  type ArrayAbs,
  type BoxedAbs,
  type UnionAbs,
} from "./abstract.ts"
import { boxableType, boxed, boxIn } from "./boxes.ts"
import { typeOf, type Builder } from "./builder.ts"
import { absent } from "./changes.ts"
import { isVar, Scope, Var, type Atom } from "./sir.ts"

/** Of how many kinds a value may be, and how many atoms it may have then; strings are many kinds of no atoms, and there may be many functions to choose from. */
const mostCases = 4
const mostOfOneSort = 16
const mostAtoms = 256

/** Stands for the buffer of a form that is no value. */
const noBuffer = new Var(-1, "buf", "none", new Scope(null, "root"))

/** A form that both values can be brought into; null where there is none. Its atoms mean nothing. */
export function commonForm(x: Abs, y: Abs): Abs | null {
  if (formOf(x) === formOf(y)) return x
  const alike = kin(x, y)
  if (alike !== null) return alike
  const box = commonBox(x, y)
  if (box !== null) return box
  const cases = [...casesOf(x)]
  for (const other of casesOf(y)) {
    if (other.kind === "never" || other.kind === "mixed") return null
    const merged = cases.map((known) => kin(known, other))
    const k = merged.findIndex((form) => form !== null)
    cases.splice(k < 0 ? cases.length : k, 1, merged[k] ?? other)
  }
  const union: UnionAbs = { kind: "union", tag: 0, cases }
  const mixed = cases.some(({ kind }) => kind === "never" || kind === "mixed")
  const strings = cases.filter(({ kind }) => kind === "string").length
  const functions = cases.filter(isFunction).length
  const many = cases.length - strings - functions > mostCases || Math.max(strings, functions) > mostOfOneSort
  return mixed || many || atomsOf(union).length > mostAtoms ? null : union
}

/** Is it a function of any kind? */
export function isFunction({ kind }: Abs): boolean {
  return kind === "closure" || kind === "builtin" || kind === "derived" || kind === "made" || kind === "constructor"
}

/** The kinds that a value may be of. */
function casesOf(a: Abs): readonly Abs[] {
  return a.kind === "union" ? a.cases : [a]
}

/** Values of a type of which one is a box, or holds one of its own type, are boxes. */
function commonBox(x: Abs, y: Abs): BoxedAbs | null {
  const type = boxableType(x)
  return type === null || boxableType(y) !== type ? null : (boxIn(x, type) ?? boxIn(y, type))
}

/** The common form of two values of one kind; null where they are of different kinds. */
function kin(x: Abs, y: Abs): Abs | null {
  if (formOf(x) === formOf(y)) return x
  if (isArray(x) && isArray(y)) return rankOf(x) === rankOf(y) ? arrayForm(x.kind === "array" ? x : y) : null
  if (isStructure(x)) {
    if (x.kind !== y.kind || x.items.length !== (y as typeof x).items.length) return null
    if (x.kind === "record" && x.layout !== (y as typeof x).layout) return null
    if (x.kind === "variant" && x.variant !== (y as typeof x).variant) return null
    return withItems(x, x.items, (y as typeof x).items)
  }
  return null
}

function withItems(x: Extract<Abs, { items: readonly Abs[] }>, xs: readonly Abs[], ys: readonly Abs[]): Abs | null {
  const items = xs.map((item, k) => commonForm(item, ys[k]!))
  return items.every((item) => item !== null) ? { ...x, items } : null
}

function rankOf(a: Abs): number {
  return a.kind === "array" || a.kind === "vector" ? a.dims.length : 1
}

function arrayForm(a: Abs): ArrayAbs {
  if (a.kind === "array") return a
  return { kind: "array", buf: noBuffer, offset: 0, dims: a.kind === "vector" ? a.dims : [0], fresh: true }
}

/** The value in a form that it has in common with another; what has to be made for it is made here. */
export function inForm(b: Builder, value: Abs, form: Abs): Abs {
  if (formOf(value) === formOf(form)) return value
  if (form.kind === "boxed") return boxed(b, value)
  if (form.kind === "union") return inUnion(b, value, form)
  if (isStructure(form) && isStructure(value))
    return { ...value, items: value.items.map((item, k) => inForm(b, item, form.items[k]!)) }
  return inBuffer(b, value)
}

function inUnion(b: Builder, value: Abs, form: UnionAbs): UnionAbs {
  const given = casesOf(value)
  const places = given.map((known) => form.cases.findIndex((other) => kin(known, other) !== null))
  const cases = form.cases.map((other, k) => {
    const own = given[places.indexOf(k)]
    return own === undefined ? blank(b, other) : inForm(b, own, other)
  })
  if (value.kind !== "union") return { kind: "union", tag: places[0]!, cases }
  const tag = places.reduceRight<Atom>(
    (rest, place, k) => (rest === place ? rest : b.let("select", [isCase(b, value, k), place, rest])),
    places.at(-1)!,
  )
  return { kind: "union", tag: places.every((place, k) => place === k) ? value.tag : tag, cases }
}

/** The first of two values of one form, with the arrays fresh that are so in both. */
export function freshInBoth(a: Abs, b: Abs): Abs {
  if (a.kind === "array") return { ...a, fresh: a.fresh && (b as ArrayAbs).fresh }
  if (isStructure(a)) return { ...a, items: a.items.map((item, k) => freshInBoth(item, (b as typeof a).items[k]!)) }
  if (a.kind === "union") return { ...a, cases: a.cases.map((one, k) => freshInBoth(one, (b as UnionAbs).cases[k]!)) }
  return a
}

/** Is the value of the k-th of its kinds? */
export function isCase(b: Builder, { tag }: UnionAbs, k: number): Atom {
  return typeof tag === "number" ? tag === k : b.let("same", [tag, k])
}

/** Any value of a form: arrays have the dimensions of the form where these are known here, and no elements elsewhere. */
export function blank(b: Builder, form: Abs): Abs {
  const all = (items: readonly Abs[]): Abs[] => items.map((item) => blank(b, item))
  const dimsOf = (dims: readonly Atom[]): Atom[] =>
    dims.every((n) => !isVar(n) || b.visible(n)) ? [...dims] : dims.map(() => 0)
  switch (form.kind) {
    case "num":
      return { kind: "num", atom: 0 }
    case "bool":
      return { kind: "bool", atom: false }
    case "boxed":
      return { ...form, atom: null }
    case "array":
    case "bools": {
      const dims = dimsOf(form.dims)
      const buf = b.alloc(sizeOfDims(b, dims))
      return form.kind === "bools" ? { kind: "bools", buf, dims } : { kind: "array", buf, offset: 0, dims, fresh: true }
    }
    case "vector":
      return { ...form, items: form.items.map(() => 0) }
    case "range":
      return { kind: "range", from: 0, to: 0 }
    case "list":
      return { ...form, length: 0, columns: form.columns.map(() => b.alloc(0)) }
    case "several":
    case "tuple":
    case "record":
    case "variant":
      return { ...form, items: all(form.items) }
    case "union":
      return { kind: "union", tag: 0, cases: all(form.cases) }
    case "closure":
    case "made":
      return withAtoms(
        form,
        atomsOf(form).map((atom) =>
          typeOf(atom) === "buf" ? b.alloc(0) : typeOf(atom) === "bool" ? false : absent(atom),
        ),
        true,
      )
    default:
      return form
  }
}
