/**
 * What the specialiser knows of a value: its structure, with SIR atoms where numbers are.
 * Records, tuples, variants, lists and functions exist here only; in SIR they are their leaves. It must not know Core nodes.
 */

import type { Code, TypeInfo, VariantInfo } from "../lang/core.ts"
import type { BuiltinFunction, Layout, Value } from "../interpreter/values/values.ts"
import { typeOf, Unsupported, unsupported, type Builder } from "./builder.ts"
import type { Atom, Var } from "./sir.ts"

export interface NumAbs {
  readonly kind: "num"
  readonly atom: Atom
}
export interface BoolAbs {
  readonly kind: "bool"
  readonly atom: Atom
}
/** A dense array in a buffer, row by row from `offset`. */
export interface ArrayAbs {
  readonly kind: "array"
  readonly buf: Var
  readonly offset: Atom
  readonly dims: readonly Atom[]
  /** Nobody else holds the buffer, so that a variable may change it. */
  readonly fresh: boolean
}
/** An array of booleans: ones and zeros in a buffer, row by row. It never carries a derivative. */
export interface BoolsAbs {
  readonly kind: "bools"
  readonly buf: Var
  readonly dims: readonly Atom[]
}
/** A small array of fixed shape, element by element. */
export interface VectorAbs {
  readonly kind: "vector"
  readonly dims: readonly number[]
  readonly items: readonly Atom[]
}
export interface RangeAbs {
  readonly kind: "range"
  readonly from: Atom
  readonly to: Atom
}
/** A list whose elements have one form: a column (one axis more) for each leaf of the form. */
export interface ListAbs {
  readonly kind: "list"
  readonly length: Atom
  readonly form: Abs
  readonly columns: readonly Var[]
}
/** How many elements a list has at most that has one form for each. */
export const mostElements = 16
/** A list of a few elements, each of a form of its own. */
export interface SeveralAbs {
  readonly kind: "several"
  readonly items: readonly Abs[]
}
export interface TupleAbs {
  readonly kind: "tuple"
  readonly items: readonly Abs[]
}
export interface RecordAbs {
  readonly kind: "record"
  readonly layout: Layout
  readonly items: readonly Abs[]
}
export interface VariantAbs {
  readonly kind: "variant"
  readonly variant: VariantInfo
  readonly items: readonly Abs[]
}
/** A variant of a type whose values hold others of the type, as deep as they may be. */
export interface BoxedAbs {
  readonly kind: "boxed"
  readonly of: BoxedType
  readonly atom: Atom
}
/**
 * What is known of the values of such a type: the kinds of the fields of those variants that were met. It is one for all values of a compilation, and never more than a
 * guess: what is read from a box is looked at there.
 */
export interface BoxedType {
  readonly type: TypeInfo
  readonly fields: Map<VariantInfo, FieldKind[]>
}
/** Null for what a field may hold beside; a unit stands in the changes of what is no number. */
export type FieldKind = "num" | "bool" | "unit" | BoxedType | null
export interface ClosureAbs {
  readonly kind: "closure"
  readonly code: Code
  readonly captures: (Abs | undefined)[]
  /** The value, where there is one. */
  readonly value: Value | null
}
export interface BuiltinAbs {
  readonly kind: "builtin"
  readonly fn: BuiltinFunction
}
export interface ConstructorAbs {
  readonly kind: "constructor"
  readonly variant: VariantInfo
}
/** What an operator of differentiation gave: a function. */
export interface DerivedAbs {
  readonly kind: "derived"
  readonly name: string
  readonly params: readonly { readonly name: string | null; readonly required: boolean }[]
  readonly call: (args: readonly Abs[], named: ReadonlyMap<string, Abs>) => Abs
  /** What the operator was given, which calls may read: none of its atoms is an atom of this value. */
  readonly of: readonly Abs[]
}
/** A function that an operator made of others, not looked into yet. */
export interface MadeAbs {
  readonly kind: "made"
  readonly by: BuiltinFunction
  readonly args: readonly Abs[]
  readonly named: ReadonlyMap<string, Abs>
  /** Which part of what the operator gave, where that was a tuple. */
  readonly part: number | null
}
/** A value that may be of several kinds: `tag` says of which, and the others hold any value of theirs. */
export interface UnionAbs {
  readonly kind: "union"
  readonly tag: Atom
  readonly cases: readonly Abs[]
}
export interface UnitAbs {
  readonly kind: "unit"
}
export interface StringAbs {
  readonly kind: "string"
  /** Null where it is made while running. */
  readonly value: string | null
}
/** No value: the code before it always bails; or two arms that do not fit. */
export interface NoneAbs {
  readonly kind: "never" | "mixed"
}

export type Abs =
  | NumAbs
  | BoolAbs
  | ArrayAbs
  | BoolsAbs
  | VectorAbs
  | RangeAbs
  | ListAbs
  | SeveralAbs
  | TupleAbs
  | RecordAbs
  | VariantAbs
  | BoxedAbs
  | ClosureAbs
  | BuiltinAbs
  | ConstructorAbs
  | DerivedAbs
  | MadeAbs
  | UnionAbs
  | UnitAbs
  | StringAbs
  | NoneAbs

export const unitAbs: UnitAbs = { kind: "unit" }
export const num = (atom: Atom): NumAbs => ({ kind: "num", atom })
export const bool = (atom: Atom): BoolAbs => ({ kind: "bool", atom })

let nextKey = 0
const keys = new WeakMap<object, string>()
function keyOfObject(object: object): string {
  let key = keys.get(object)
  if (key === undefined) keys.set(object, (key = String(nextKey++)))
  return key
}

/** Functions that are being looked into, outermost first: a function may hold itself, or others that hold it. */
const open: ClosureAbs[] = []

/** What `look` finds in a function's captures; `again` where that is inside the function itself. */
function inside<T>(a: ClosureAbs, again: (k: number) => T, look: () => T): T {
  const k = open.indexOf(a)
  if (k >= 0) return again(k)
  open.push(a)
  try {
    return look()
  } finally {
    open.pop()
  }
}

/** Equal for values that differ in their atoms only. */
export function formOf(a: Abs): string {
  switch (a.kind) {
    case "array":
    case "bools":
      return `${a.kind}${String(a.dims.length)}`
    case "vector":
      return `vector[${a.dims.join(",")}]`
    case "list":
      return `list(${formOf(a.form)})`
    case "several":
      return `[${a.items.map(formOf).join(",")}]`
    case "tuple":
      return `(${a.items.map(formOf).join(",")})`
    case "record":
      return `{${keyOfObject(a.layout)}:${a.items.map(formOf).join(",")}}`
    case "variant":
      return `<${keyOfObject(a.variant)}:${a.items.map(formOf).join(",")}>`
    case "closure":
      return inside(
        a,
        (k) => `closure^${String(open.length - k)}`,
        () => `closure${keyOfObject(a.code)}(${a.captures.map((c) => (c === undefined ? "_" : formOf(c))).join(",")})`,
      )
    case "boxed":
      return `boxed${keyOfObject(a.of.type)}`
    case "builtin":
      return `builtin${keyOfObject(a.fn)}`
    case "constructor":
      return `constructor${keyOfObject(a.variant)}`
    case "derived":
      return `derived${keyOfObject(a)}`
    case "made":
      return `made${keyOfObject(a.by)}.${String(a.part)}(${[...a.named.keys()].join(",")}:${operandsOf(a).map(formOf).join(",")})`
    case "union":
      return `[${a.cases.map(formOf).join("|")}]`
    case "string":
      return `string${String(a.value)}`
    default:
      return a.kind
  }
}

function operandsOf(a: MadeAbs): Abs[] {
  return [...a.args, ...a.named.values()]
}

/** The atoms of a value, in an order that only its form determines. */
export function atomsOf(a: Abs): Atom[] {
  switch (a.kind) {
    case "num":
    case "bool":
    case "boxed":
      return [a.atom]
    case "array":
      return [a.buf, a.offset, ...a.dims]
    case "bools":
      return [a.buf, ...a.dims]
    case "vector":
      return [...a.items]
    case "range":
      return [a.from, a.to]
    case "list":
      return [a.length, ...a.columns]
    case "several":
    case "tuple":
    case "record":
    case "variant":
      return a.items.flatMap(atomsOf)
    case "closure":
      return inside(
        a,
        () => [],
        () => a.captures.flatMap((c) => (c === undefined ? [] : atomsOf(c))),
      )
    case "made":
      return operandsOf(a).flatMap(atomsOf)
    case "union":
      return [a.tag, ...a.cases.flatMap(atomsOf)]
    default:
      return []
  }
}

/** Every derived function in a value, at any depth. */
export function derivedIn(a: Abs | undefined, seen = new Set<Abs>()): DerivedAbs[] {
  if (a === undefined || seen.has(a)) return []
  seen.add(a)
  const all = (parts: readonly (Abs | undefined)[]): DerivedAbs[] => parts.flatMap((part) => derivedIn(part, seen))
  switch (a.kind) {
    case "derived":
      return [a, ...all(a.of)]
    case "closure":
      return all(a.captures)
    case "made":
      return all(operandsOf(a))
    case "several":
    case "tuple":
    case "record":
    case "variant":
      return all(a.items)
    case "union":
      return all(a.cases)
    default:
      return []
  }
}

/** The value of the same form with other atoms; arrays in it are no longer fresh unless `fresh` says so. */
export function withAtoms(a: Abs, atoms: readonly Atom[], fresh = false): Abs {
  let next = 0
  const depth = open.length
  const rebuilt: ClosureAbs[] = []
  const rebuild = (x: Abs): Abs => {
    switch (x.kind) {
      case "num":
      case "bool":
        return { kind: x.kind, atom: atoms[next++]! }
      case "boxed":
        return { ...x, atom: atoms[next++]! }
      case "array":
        return {
          kind: "array",
          buf: atoms[next++] as Var,
          offset: atoms[next++]!,
          dims: x.dims.map(() => atoms[next++]!),
          fresh: fresh && x.fresh,
        }
      case "bools":
        return { kind: "bools", buf: atoms[next++] as Var, dims: x.dims.map(() => atoms[next++]!) }
      case "vector":
        return { ...x, items: x.items.map(() => atoms[next++]!) }
      case "range":
        return { kind: "range", from: atoms[next++]!, to: atoms[next++]! }
      case "list":
        return { ...x, length: atoms[next++]!, columns: x.columns.map(() => atoms[next++] as Var) }
      case "several":
      case "tuple":
      case "record":
      case "variant":
        return { ...x, items: x.items.map(rebuild) }
      case "closure":
        return inside<Abs>(
          x,
          (k) => rebuilt[k - depth]!,
          () => {
            const out: ClosureAbs = { ...x, value: null, captures: [] }
            rebuilt.push(out)
            for (const c of x.captures) out.captures.push(c === undefined ? undefined : rebuild(c))
            rebuilt.pop()
            return out
          },
        )
      case "made":
        return {
          ...x,
          args: x.args.map(rebuild),
          named: new Map([...x.named].map(([name, arg]) => [name, rebuild(arg)])),
        }
      case "union":
        return { kind: "union", tag: atoms[next++]!, cases: x.cases.map(rebuild) }
      default:
        return x
    }
  }
  return rebuild(a)
}

/** The same value with another holder. */
export function held(a: Abs): Abs {
  if (a.kind === "array") return a.fresh ? { ...a, fresh: false } : a
  if (isStructure(a)) return { ...a, items: a.items.map(held) }
  return a.kind === "union" ? { ...a, cases: a.cases.map(held) } : a
}

/** Which atoms are parts of the shape, or booleans: what is never differentiated. */
export function atomRoles(a: Abs): ("value" | "shape")[] {
  switch (a.kind) {
    case "num":
    case "bool":
    case "boxed":
      return ["value"]
    case "array":
      return ["value", "shape", ...a.dims.map(() => "shape" as const)]
    case "vector":
      return a.items.map(() => "value")
    case "bools":
      return ["shape", ...a.dims.map(() => "shape" as const)]
    case "range":
      return ["shape", "shape"]
    case "list":
      return ["shape", ...truthsIn(a.form).map((truth) => (truth ? "shape" : "value"))]
    case "several":
    case "tuple":
    case "record":
    case "variant":
      return a.items.flatMap(atomRoles)
    case "closure":
      return inside(
        a,
        () => [],
        () => a.captures.flatMap((c) => (c === undefined ? [] : atomRoles(c))),
      )
    case "made":
      return operandsOf(a).flatMap(atomRoles)
    case "union":
      return ["shape", ...a.cases.flatMap(atomRoles)]
    default:
      return []
  }
}

/** Is it an array of any kind? */
export function isArray(a: Abs | undefined): a is ArrayAbs | VectorAbs | RangeAbs {
  return a?.kind === "array" || a?.kind === "vector" || a?.kind === "range"
}

/** Is it made of other values, whose number is part of its form? */
export function isStructure(a: Abs): a is Extract<Abs, { items: readonly Abs[] }> {
  return a.kind === "tuple" || a.kind === "record" || a.kind === "variant" || a.kind === "several"
}

/** Bails unless two arrays have one shape. */
export function sameDims(b: Builder, x: { dims: readonly Atom[] }, y: { dims: readonly Atom[] }): void {
  if (x.dims.length !== y.dims.length) throw new Unsupported("arrays of different ranks")
  x.dims.forEach((n, k) => {
    if (n !== y.dims[k]) b.guard(b.let("same", [n, y.dims[k]!]))
  })
}

/** The numbers of a value, without shapes: what a derivative may be with respect to. */
export function numbersOf(a: Abs): Atom[] {
  const roles = atomRoles(a)
  return atomsOf(a).filter((atom, k) => roles[k] === "value" && typeOf(atom) !== "bool")
}

export function sizeOfDims(b: Builder, dims: readonly Atom[]): Atom {
  return dims.reduce<Atom>((product, n) => b.mul(product, n), 1)
}

/** An array of any kind in a buffer. */
export function inBuffer(b: Builder, a: Abs, mutable = false): ArrayAbs {
  if (a.kind === "array") {
    if (!mutable) return a
    const copy = b.copy(a.buf, a.offset, sizeOfDims(b, a.dims), true)
    return { kind: "array", buf: copy, offset: 0, dims: a.dims, fresh: true }
  }
  if (a.kind === "vector") {
    const buf = b.alloc(a.items.length, "b", mutable)
    a.items.forEach((item, k) => {
      b.store(buf, k, item)
    })
    return { kind: "array", buf, offset: 0, dims: a.dims, fresh: true }
  }
  if (a.kind === "range") {
    const n = b.trips(a.from, a.to)
    const buf = b.alloc(n, "b", mutable)
    countedLoop(b, 0, n, (i) => {
      b.store(buf, i, b.add(a.from, i))
    })
    return { kind: "array", buf, offset: 0, dims: [n], fresh: true }
  }
  throw new Unsupported("an array is wanted where something else is")
}

/** A loop that carries nothing. */
export function countedLoop(b: Builder, from: Atom, to: Atom, body: (index: Var) => void): void {
  const scope = b.prepare("loop")
  const index = b.fresh("num", "i", scope)
  index.int = true
  index.range = { from, to }
  scope.counted = { from, to, index }
  b.within(
    "loop",
    () => {
      body(index)
    },
    scope,
  )
  b.writeFor({
    kind: "for",
    index,
    from,
    to,
    down: false,
    params: [],
    inits: [],
    body: scope.block,
    outs: [],
    exits: false,
    count: null,
  })
}

/** A loop that carries scalars. */
export function foldingLoop(
  b: Builder,
  from: Atom,
  to: Atom,
  inits: readonly Atom[],
  body: (index: Var, params: readonly Var[]) => Atom[],
): Var[] {
  const scope = b.prepare("loop")
  const index = b.fresh("num", "i", scope)
  index.int = true
  index.range = { from, to }
  scope.counted = { from, to, index }
  const params = inits.map((init) => b.fresh(typeOf(init), "p", scope))
  b.within(
    "loop",
    () => {
      scope.block.results = body(index, params)
    },
    scope,
  )
  const outs = inits.map((init) => b.fresh(typeOf(init), "o"))
  b.writeFor({
    kind: "for",
    index,
    from,
    to,
    down: false,
    params,
    inits: [...inits],
    body: scope.block,
    outs,
    exits: false,
    count: null,
  })
  return outs
}

/** Element `index` (checked) of a list. */
export function listItem(b: Builder, list: ListAbs, index: Atom): Abs {
  const atoms: Atom[] = []
  const truths = truthsIn(list.form)
  leavesOfForm(list.form).forEach((size, k) => {
    const column = list.columns[k]!
    for (let j = 0; j < size; j++) {
      const element = b.load(column, size === 1 ? index : b.add(b.mul(index, size), j))
      atoms.push(truths[k] === true ? b.let("toBool", [element]) : element)
    }
  })
  return withAtoms(list.form, atoms)
}

/** Which leaves of an element's form are booleans: their columns are ones and zeros, which carry no derivative. */
export function truthsIn(form: Abs): boolean[] {
  const atoms = atomsOf(form)
  let next = 0
  return leavesOfForm(form).map((size) => {
    const truth = size === 1 && typeOf(atoms[next]!) === "bool"
    next += size
    return truth
  })
}

/** How many numbers each leaf of an element's form has; such a form has numbers and small arrays only. */
export function leavesOfForm(form: Abs): number[] {
  return leavesOf(form) ?? unsupported(`a list of ${form.kind}s`)
}

/** The same; null where the form is another. */
export function leavesOf(form: Abs): number[] | null {
  switch (form.kind) {
    case "num":
    case "bool":
      return [1]
    case "vector":
      return [form.items.length]
    case "tuple":
    case "record":
    case "variant":
      return leavesOfAll(form.items)
    case "closure":
      return inside<number[] | null>(
        form,
        () => [],
        () => leavesOfAll(form.captures),
      )
    case "union": {
      const leaves = leavesOfAll(form.cases)
      return leaves === null ? null : [1, ...leaves]
    }
    case "unit":
    case "string":
    case "builtin":
    case "constructor":
      return []
    default:
      return null
  }
}

function leavesOfAll(forms: readonly (Abs | undefined)[]): number[] | null {
  const leaves: number[] = []
  for (const form of forms) {
    const inner = form === undefined ? [] : leavesOf(form)
    if (inner === null) return null
    leaves.push(...inner)
  }
  return leaves
}
