/**
 * The operators of differentiation in the specialiser: a function is specialised into a region of the code being written, and the region is reversed
 * or pushed forward where it stands.
 * A derivative that is not finite abandons the run: only tier 0 knows which zeros were absent, and factors that were put together may have run over.
 * It must not know how modes transform code.
 */

import { equal } from "../interpreter/primitives/arithmetic.ts"
import {
  atomRoles,
  atomsOf,
  countedLoop,
  inBuffer,
  isArray,
  isStructure,
  num,
  numbersOf,
  sameDims,
  unitAbs,
  withAtoms,
  type Abs,
  type DerivedAbs,
} from "./abstract.ts"
import type { Handler } from "./builtins.ts"
import { settledChange } from "./changes.ts"
import { negated, typeOf, type Builder, unsupported } from "./builder.ts"
import { pushForward } from "./jvp.ts"
import { straysRow } from "./rows.ts"
import { reverse } from "./vjp.ts"
import type { Specialiser } from "./specialise.ts"
import { onlyCase } from "./unions.ts"
import { isVar, type Atom, type Scope, type Var } from "./sir.ts"

export type Named = ReadonlyMap<string, Abs>
const none: Named = new Map()

interface Params {
  readonly name: string | null
  readonly required: boolean
}

function paramsOf(f: Abs): readonly Params[] {
  switch (f.kind) {
    case "closure":
      return f.code.params
    case "derived":
      return f.params
    case "builtin":
      return f.fn.params.slice(0, f.fn.most === Infinity ? Math.max(1, f.fn.required) : undefined)
    case "constructor":
      return f.variant.fields.map((name) => ({ name, required: true }))
    default:
      return unsupported("a derivative of what may be no function")
  }
}

/** The places of the arguments that a derivative is with respect to. */
export function placesOf(f: Abs, wrt: Abs | undefined): { places: number[]; single: boolean } {
  const params = paramsOf(f)
  if (wrt === undefined) {
    const places = params.flatMap((p, k) => (p.required ? [k] : []))
    if (places.length === 0) unsupported("a derivative with respect to nothing")
    return { places, single: places.length === 1 }
  }
  const items: readonly Abs[] = wrt.kind === "tuple" ? wrt.items : wrt.kind === "vector" ? wrt.items.map(num) : [wrt]
  const places = items.map((item) => {
    const k =
      item.kind === "string"
        ? params.findIndex((p) => p.name === item.value)
        : item.kind === "num" && typeof item.atom === "number"
          ? item.atom
          : -1
    return params[k] === undefined ? unsupported("a `wrt` that is not known before") : k
  })
  return { places, single: places.length === 1 }
}

/** A function applied, in a region of its own. */
export interface Applied {
  readonly region: Scope
  /** The selected arguments. */
  readonly point: readonly Abs[]
  /** Their numbers, as inputs of the region. */
  readonly inputs: readonly Var[]
  readonly out: Abs
}

export function apply(s: Specialiser, f: Abs, args: readonly Abs[], named: Named, places: readonly number[]): Applied {
  const { b } = s
  const params = paramsOf(f)
  const placed: (Abs | undefined)[] = [...args]
  const rest = new Map(named)
  params.forEach((p, k) => {
    if (placed[k] === undefined && p.name !== null && rest.has(p.name)) {
      placed[k] = rest.get(p.name)
      rest.delete(p.name)
    }
  })
  const point = places.map((place) =>
    dense(b, placed[place] ?? unsupported("a derivative at an argument that is not there")),
  )
  const inputs: Var[] = []
  const result: { out: Abs } = { out: unitAbs }
  const region = b.within("region", () => {
    places.forEach((place, k) => {
      const value = point[k]!
      const roles = atomRoles(value)
      const atoms = atomsOf(value).map((atom, j) => {
        if (roles[j] === "shape" || typeOf(atom) === "bool") return atom
        const input = b.let("alias", [atom]) as Var
        inputs.push(input)
        return input
      })
      placed[place] = withAtoms(value, atoms)
    })
    const given = placed.map((value) => value ?? unsupported("an argument left out before others"))
    result.out = withNumbers(s, s.call(f, given, rest))
  })
  return { region, point, inputs, out: result.out }
}

/** What may be of several kinds, as the only one of these that has numbers. */
function withNumbers(s: Specialiser, out: Abs): Abs {
  const has = (a: Abs): boolean => numbersOf(a).length > 0
  return out.kind === "union" && out.cases.filter(has).length === 1 ? onlyCase(s, out, has) : out
}

/** A value whose arrays are whole buffers. */
export function dense(b: Builder, a: Abs): Abs {
  switch (a.kind) {
    case "array": {
      if (a.offset === 0 && !a.buf.mutable) return a
      const size = a.dims.reduce<Atom>((n, dim) => b.mul(n, dim), 1)
      return { kind: "array", buf: b.copy(a.buf, a.offset, size), offset: 0, dims: a.dims, fresh: false }
    }
    case "several":
    case "tuple":
    case "record":
    case "variant":
      return { ...a, items: a.items.map((item) => dense(b, item)) }
    case "range":
      return unsupported("a derivative at a range")
    case "union":
      return unsupported("a derivative at a value that may be of several kinds")
    default:
      return a
  }
}

/** A value with changes in the places of its numbers; `()` at leaves that are none. */
export function formed(a: Abs, changes: readonly Atom[]): Abs {
  let next = 0
  const form = (x: Abs): Abs => {
    switch (x.kind) {
      case "num":
        return num(changes[next++]!)
      case "array":
        return { ...x, buf: changes[next++] as Var, fresh: true }
      case "vector":
        return { ...x, items: x.items.map(() => changes[next++]!) }
      case "list":
        return { ...x, columns: x.columns.map(() => changes[next++] as Var) }
      case "several":
      case "tuple":
      case "record":
      case "variant":
        return { ...x, items: x.items.map(form) }
      case "boxed":
        return { ...x, atom: changes[next++]! }
      case "closure":
      case "builtin":
      case "constructor":
      case "derived":
      case "made":
        return unsupported("a derivative that is a function")
      default:
        return unitAbs
    }
  }
  return form(a)
}

/** Is there something in it whose tangent is not made here: a function, whose tangent is one too, or a range, whose tangent is an array? */
function beyond(a: Abs): boolean {
  if (isStructure(a)) return a.items.some(beyond)
  return ["closure", "builtin", "constructor", "derived", "range", "union"].includes(a.kind)
}

/**
 * Bails where a derivative is not finite. A derivative of a derivative is not finite where the inner one is not, as far as it depends on it: where only its own
 * derivative is used, the inner one is not asked.
 */
export function trust(b: Builder, changes: readonly Atom[]): void {
  for (const change of changes) {
    if (typeOf(change) === "box") continue
    if (!isVar(change)) {
      b.guard(Number.isFinite(Number(change)))
      continue
    }
    if (change.type === "num") {
      // Sums take what is negated in its place: that is what may be left of it.
      const inner = negated(change)
      const of = inner !== null && isVar(inner) ? inner : change
      b.guard(b.let(equal.primitive, [b.mul(of, 0), 0]), of)
    } else if (change.length !== null)
      b.guard(b.let(equal.primitive, [b.row(straysRow, change, 0, change.length), 0]), change)
  }
}

function checkedScalar(s: Specialiser, given: Abs): Atom {
  const out = onlyCase(s, given, ({ kind }) => kind === "num")
  return out.kind === "num" ? out.atom : unsupported("a gradient of what may be no number")
}

export interface Gradient {
  readonly value: Abs
  readonly aux: Abs | null
  readonly gradient: Abs
}

export function gradientOf(
  s: Specialiser,
  f: Abs,
  args: readonly Abs[],
  named: Named,
  selected: { readonly places: readonly number[]; readonly single: boolean },
  aux: boolean,
): Gradient {
  const { places, single } = selected
  const { region, point, inputs, out } = apply(s, f, args, named, places)
  let value = out
  let extra: Abs | null = null
  if (aux) {
    if (out.kind !== "tuple" || out.items.length !== 2) return unsupported("an `aux` function that gives no pair")
    value = out.items[0]!
    extra = out.items[1]!
  }
  s.b.merge(region)
  const scalar = checkedScalar(s, value)
  const gradients = reverse(s.b, region.block, inputs, [scalar], [1])
  trust(s.b, gradients)
  const forms = inForms(point, gradients)
  return { value, aux: extra, gradient: single ? forms[0]! : { kind: "tuple", items: forms } }
}

/** Changes of all numbers of some values, in the forms of these. */
function inForms(values: readonly Abs[], changes: readonly Atom[]): Abs[] {
  let next = 0
  return values.map((value) => {
    const count = numbersOf(value).length
    next += count
    return formed(value, changes.slice(next - count, next))
  })
}

/** A tangent as a value. */
function settled(b: Builder, of: Atom, change: Atom): Atom {
  return typeOf(of) === "box" ? b.boxes(settledChange, [of, change]) : unsigned(b, change)
}

/** A change whose zeros are 0, not -0. */
export function unsigned(b: Builder, change: Atom): Atom {
  if (!isVar(change) || change.type === "num") return b.add(change, 0)
  if (change.gathered) return change
  const { length } = change
  if (length === null) return unsupported("a tangent of unknown length")
  const out = b.alloc(length)
  countedLoop(b, 0, length, (i) => {
    b.store(out, i, b.add(b.load(change, i), 0))
  })
  return out
}

/** Value and tangent of `f` along directions at the selected arguments; `directions` are in their forms. */
export function tangentOf(
  s: Specialiser,
  f: Abs,
  args: readonly Abs[],
  named: Named,
  places: readonly number[],
  directions: readonly Abs[],
): { value: Abs; tangent: Abs } {
  const { region, point, inputs, out } = apply(s, f, args, named, places)
  const tangents = directions.flatMap((direction, k) => matching(s, point[k]!, direction))
  if (tangents.length !== inputs.length) unsupported("a direction of another form than the point")
  if (beyond(out)) return unsupported("a derivative of a function or a range")
  const numbers = numbersOf(out)
  const pushed = pushForward(s.b, region.block, inputs, tangents, atomsOf(out), numbers)
  trust(s.b, pushed.tangents)
  // The region itself is not written: the lengths of the tangent's arrays are those of the value too.
  const value = withAtoms(out, pushed.primals)
  return {
    value,
    tangent: formed(
      value,
      numbersOf(value).map((of, k) => settled(s.b, of, pushed.tangents[k]!)),
    ),
  }
}

/** The numbers of a direction in the form of the point. */
function matching(s: Specialiser, point: Abs, direction: Abs): Atom[] {
  if (point.kind === "num")
    return direction.kind === "num" ? [direction.atom] : unsupported("a direction of another form")
  if (point.kind === "array") {
    const d = dense(s.b, isArray(direction) ? inBuffer(s.b, direction) : direction)
    if (d.kind !== "array") return unsupported("a direction of another form")
    sameDims(s.b, point, d)
    return [d.buf]
  }
  if (point.kind === "vector") {
    if (!isArray(direction)) return unsupported("a direction of another form")
    if (direction.kind === "vector" && direction.items.length === point.items.length) return [...direction.items]
    const { buf, offset, dims } = inBuffer(s.b, direction)
    sameDims(s.b, point, { dims })
    return point.items.map((_, k) => s.b.load(buf, s.b.add(offset, k)))
  }
  if (isStructure(point) && isStructure(direction) && point.kind === direction.kind) {
    if (point.items.length !== direction.items.length) return unsupported("a direction of another form")
    return point.items.flatMap((item, k) => matching(s, item, direction.items[k]!))
  }
  if (point.kind === "boxed" && direction.kind === "boxed")
    return [s.b.boxes(settledChange, [point.atom, direction.atom])]
  if (numbersOf(point).length === 0) return []
  return unsupported("a direction of another form")
}

export function mirrored(name: string, f: Abs, call: DerivedAbs["call"]): DerivedAbs {
  return { kind: "derived", name, params: paramsOf(f), call, of: [f] }
}

export function split(named: Named, known: readonly string[]): [Named, Named] {
  const own = new Map<string, Abs>()
  const rest = new Map<string, Abs>()
  for (const [name, value] of named) (known.includes(name) ? own : rest).set(name, value)
  return [own, rest]
}

function auxOf(own: Named): boolean {
  const aux = own.get("aux")
  if (aux === undefined) return false
  return aux.kind === "bool" && typeof aux.atom === "boolean"
    ? aux.atom
    : unsupported("an `aux` that is not known before")
}

const gradOperator =
  (give: (g: Gradient, aux: boolean) => Abs): Handler =>
  (s, [f], named) => {
    const [own, rest] = split(named, ["wrt", "aux"])
    const aux = auxOf(own)
    return mirrored("grad", f!, (args, more) =>
      give(gradientOf(s, f!, args, new Map([...rest, ...more]), placesOf(f!, own.get("wrt")), aux), aux),
    )
  }

function diff(s: Specialiser, f: Abs, named: Named): DerivedAbs {
  return mirrored("diff", f, (args, more) => {
    const { places } = placesOf(f, undefined)
    if (places.length !== 1 || args[places[0]!]?.kind !== "num")
      return unsupported("`diff` of a function of more than one number")
    return tangentOf(s, f, args, new Map([...named, ...more]), places, [num(1)]).tangent
  })
}

/** A function of one value that an operator gives beside another value. */
function madeFunction(name: string, param: string, call: (value: Abs) => Abs): DerivedAbs {
  return {
    kind: "derived",
    name,
    params: [{ name: param, required: true }],
    call: ([value]) => call(value ?? unsupported(`\`${name}\` of nothing`)),
    of: [],
  }
}

/** The arguments that the point of `jvp`, `vjp`, `hvp` stands for. */
function pointArgs(f: Abs, x: Abs): Abs[] {
  const { places, single } = placesOf(f, undefined)
  if (single) return [x]
  if (x.kind !== "tuple" || x.items.length !== places.length)
    return unsupported("a point that is no tuple of the arguments")
  return [...x.items]
}

/** The operators of one derivative. */
export const derivatives: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ["grad", gradOperator((g, aux) => (aux ? { kind: "tuple", items: [g.gradient, g.aux!] } : g.gradient))],
  [
    "value_and_grad",
    gradOperator((g, aux) => ({
      kind: "tuple",
      items: [aux ? { kind: "tuple", items: [g.value, g.aux!] } : g.value, g.gradient],
    })),
  ],
  [
    "diff",
    (s, [f, n], named) => {
      const times =
        n === undefined
          ? 1
          : n.kind === "num" && typeof n.atom === "number" && Number.isInteger(n.atom) && n.atom >= 0
            ? n.atom
            : unsupported("an order that is not known before")
      let out = f!
      for (let k = 0; k < times; k++) out = diff(s, out, k === 0 ? named : none)
      return out
    },
  ],
  [
    "jvp",
    (s, [f, x, v], named) => {
      const { places } = placesOf(f!, undefined)
      const { value, tangent } = tangentOf(s, f!, pointArgs(f!, x!), named, places, pointArgs(f!, v!))
      return { kind: "tuple", items: [value, tangent] }
    },
  ],
  [
    // The function is applied once more for each cotangent: what is saved for the reverse pass is popped but once.
    "vjp",
    (s, [f, x], named) => {
      const { places, single } = placesOf(f!, undefined)
      const args = pointArgs(f!, x!)
      const { region, out } = apply(s, f!, args, named, places)
      s.b.merge(region)
      const pullback = madeFunction("pullback", "u", (u) => {
        const again = s.b.uncounted(() => apply(s, f!, args, named, places))
        s.b.merge(again.region)
        const gradients = reverse(
          s.b,
          again.region.block,
          again.inputs,
          numbersOf(again.out),
          matching(s, again.out, u),
        )
        trust(s.b, gradients)
        const forms = inForms(again.point, gradients)
        return single ? forms[0]! : { kind: "tuple", items: forms }
      })
      return { kind: "tuple", items: [out, pullback] }
    },
  ],
  [
    "linearize",
    (s, [f, x], named) => {
      const { places } = placesOf(f!, undefined)
      const args = pointArgs(f!, x!)
      const { region, out } = apply(s, f!, args, named, places)
      s.b.merge(region)
      const pushforward = madeFunction(
        "pushforward",
        "v",
        (v) => tangentOf(s, f!, args, named, places, pointArgs(f!, v)).tangent,
      )
      return { kind: "tuple", items: [out, pushforward] }
    },
  ],
  [
    "hvp",
    (s, [f, x, v], named) => {
      const g: DerivedAbs = mirrored(
        "grad",
        f!,
        (args, more) => gradientOf(s, f!, args, more, placesOf(f!, undefined), false).gradient,
      )
      const { places } = placesOf(f!, undefined)
      return tangentOf(s, g, pointArgs(f!, x!), named, places, pointArgs(f!, v!)).tangent
    },
  ],
])
