/**
 * Is plain data what `serialize` could have given?
 * Each node is compared with the form of what its place asks for: a value, a name of a session, a piece of code. Code is walked as the tree that it has to be,
 * so that circles and nodes used over and over end the walk. It must not know what becomes of the nodes.
 */

import { sizeOf } from "../interpreter/arrays/tensor.ts"
import { operators } from "../interpreter/evaluate/operators.ts"
import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import { isName } from "../lang/tokens.ts"
import type { Serialized, SerialNode, Slot } from "./serialform.ts"

/** Thrown where data has another form; `message` says of what. */
export class OtherForm extends Error {}

/** What is checked at a place; `inside` is the code that the place belongs to. */
type Form = (look: Looking, slot: Slot, inside: Frame) => void

/** How many slots and captures the code has that is looked at. */
interface Frame {
  readonly slots: number
  readonly captures: number
}

const nowhere: Frame = { slots: 0, captures: 0 }

function refuse(what: string): never {
  throw new OtherForm(what)
}

class Looking {
  readonly nodes: readonly SerialNode[]
  /** The nodes that something refers to. */
  readonly reached = new Set<number>()
  /** Is there a built-in of that name? */
  readonly known: (name: string) => boolean
  private readonly pending: { form: Form; slot: Slot; inside: Frame }[] = []
  private readonly met = new Map<Form, Set<number>>()
  /** How often a node of a piece of code may be met yet: hardly more often than there are nodes. */
  private left: number

  constructor(nodes: readonly SerialNode[], known: (name: string) => boolean) {
    this.nodes = nodes
    this.known = known
    this.left = 64 + 8 * nodes.length
  }

  /** Checks a place, and whatever it refers to. */
  all(form: Form, slot: Slot): void {
    this.later(form, slot, nowhere)
    for (let next = this.pending.pop(); next !== undefined; next = this.pending.pop())
      next.form(this, next.slot, next.inside)
  }

  later(form: Form, slot: Slot, inside: Frame): void {
    this.pending.push({ form, slot, inside })
  }

  /** Is this place the first that asks for this form of its node? */
  first(form: Form, slot: Slot): boolean {
    const index = this.index(slot)
    let seen = this.met.get(form)
    if (seen === undefined) this.met.set(form, (seen = new Set()))
    return seen.size !== seen.add(index).size
  }

  index(slot: Slot): number {
    const index = Array.isArray(slot) && slot.length === 1 ? (slot[0] as unknown) : undefined
    if (typeof index !== "number" || !Object.hasOwn(this.nodes, index)) refuse("a reference that leads nowhere")
    if (this.reached.has(index)) return index
    for (const part of ["items", "names", "named", "shape", "variants"]) {
      const list: unknown = (this.nodes[index] as unknown as Readonly<Record<string, unknown>>)[part]
      if (list !== undefined && !Array.isArray(list)) refuse(`${part} that are no list`)
    }
    this.reached.add(index)
    return index
  }

  node<Is extends SerialNode["is"]>(slot: Slot, is: Is): SerialNode & { is: Is } {
    const node = this.nodes[this.index(slot)]!
    return node.is === is ? (node as SerialNode & { is: Is }) : refuse(`${node.is} where ${is} is to be`)
  }

  spend(): void {
    if (--this.left < 0) refuse("code that is no tree")
  }
}

// ---------------------------------------------------------------- simple forms

const simple =
  (test: (slot: unknown) => boolean, what: string): Form =>
  (_look, slot) => {
    if (!test(slot)) refuse(`no ${what}`)
  }
const isText = (x: unknown): x is string => typeof x === "string"
const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0

const text = simple(isText, "text")
const flag = simple((x) => typeof x === "boolean", "flag")
const count = simple(isCount, "count")
const place = simple((x) => Number.isSafeInteger(x), "index")
const literal = simple((x) => x === null || ["number", "string", "boolean"].includes(typeof x), "literal")
const one = (...names: readonly string[]): Form => simple((x) => names.includes(x as string), names.join(" or "))

const slotHere: Form = (_look, slot, { slots }) => {
  if (!isCount(slot) || slot >= slots) refuse("no slot of its code")
}
const captureHere: Form = (_look, slot, { captures }) => {
  if (!isCount(slot) || slot >= captures) refuse("no capture of its code")
}
const maybe =
  (form: Form): Form =>
  (look, slot, inside) => {
    if (slot !== null) form(look, slot, inside)
  }
const list =
  (form: Form): Form =>
  (look, slot, inside) => {
    look.spend()
    for (const item of look.node(slot, "array").items) look.later(form, item, inside)
  }

type Fields = Readonly<Record<string, Form>>

/** The fields of a plain object, each once; those of `optional` may be missing. */
function fieldsOf(look: Looking, slot: Slot): ReadonlyMap<string, Slot> {
  const { names, items } = look.node(slot, "object")
  const fields = new Map(names.map((name, i) => [name, items[i]!]))
  return fields.size === names.length && names.length === items.length ? fields : refuse("fields without a value")
}

function checkFields(
  look: Looking,
  given: ReadonlyMap<string, Slot>,
  inside: Frame,
  fields: Fields,
  optional: Fields = {},
): void {
  for (const name of Object.keys(fields)) if (!given.has(name)) refuse(`nothing for ${name}`)
  for (const [name, slot] of given) {
    const from = Object.hasOwn(fields, name) ? fields : optional
    if (!Object.hasOwn(from, name)) refuse(`the field ${name}`)
    look.later(from[name]!, slot, inside)
  }
}

const object =
  (fields: Fields, optional: Fields = {}): Form =>
  (look, slot, inside) => {
    look.spend()
    checkFields(look, fieldsOf(look, slot), inside, fields, optional)
  }

/** Objects told apart by their `kind`; all have what is `common`. */
const kinds =
  (table: () => Readonly<Record<string, Fields>>, common: Fields = {}, optional: Fields = {}): Form =>
  (look, slot, inside) => {
    look.spend()
    const given = fieldsOf(look, slot)
    const kind = given.get("kind")
    const fields = isText(kind) && Object.hasOwn(table(), kind) ? table()[kind]! : refuse("a kind that is not known")
    checkFields(look, given, inside, { kind: text, ...common, ...fields }, optional)
  }

/** What many places may share is checked once. */
const shared = (form: Form): Form => {
  const once: Form = (look, slot) => {
    if (look.first(once, slot)) look.later(form, slot, nowhere)
  }
  return once
}

// ---------------------------------------------------------------- what code refers to

const source = shared(object({ name: text, text }))
const span = shared((look, slot) => {
  const given = fieldsOf(look, slot)
  checkFields(look, given, nowhere, { source, start: count, end: count })
  const [start, end] = [given.get("start"), given.get("end")]
  const { names, items } = look.node(given.get("source")!, "object")
  const written = items[names.indexOf("text")]
  if (!isCount(start) || !isCount(end) || !isText(written) || start > end || end > written.length) refuse("no span")
})
const type = shared((look, slot) => {
  const { name, variants } = look.node(slot, "type")
  const plain = (x: unknown): boolean => x === null || isText(x)
  const known = variants.every((v) => isText(v.name) && v.fields.every(isText) && plain(v.doc))
  if (!isText(name) || !known) refuse("no type")
})
const variant = shared((look, slot) => {
  const { type: of, index } = look.node(slot, "variantInfo")
  look.later(type, of, nowhere)
  if (!Object.hasOwn(look.node(of, "type").variants, index)) refuse("no variant of its type")
})
const cell = shared(
  object({
    name: text,
    kind: one("fn", "let", "var"),
    span: maybe(span),
    doc: maybe(text),
    value: (look, slot) => {
      filled(look, slot, nowhere)
    },
  }),
)

// ---------------------------------------------------------------- code

const core: Form = (look, slot, inside) => {
  coreOf(look, slot, inside)
  const node = look.node(slot, "object")
  const at = (name: string): Slot => node.items[node.names.indexOf(name)] ?? null
  const many = (name: string): number => look.node(at(name), "array").items.length
  switch (at("kind")) {
    case "operate": {
      const count = many("args")
      ;(count === 1 ? prefix : binary)(look, at("op"), inside)
      if (count !== 1 && count !== 2) refuse("an operator with other operands")
      break
    }
    case "builtin": {
      const name = at("name")
      if (isText(name) && !look.known(name)) raise(faults.unknownName(name))
      break
    }
    case "comprehend":
      if (many("clauses") === 0) refuse("a comprehension over nothing")
      break
    case "lambda": {
      const names = fieldsOf(look, at("code")).get("captureNames") ?? null
      if (many("captures") !== look.node(names, "array").items.length) refuse("a function with other captures")
      break
    }
    default:
  }
}
const either =
  (name: string, other: Form): Form =>
  (look, slot, inside) => {
    const is = look.nodes[look.index(slot)]!
    const kind = is.is === "object" ? is.items[is.names.indexOf("kind")] : undefined
    ;(kind === name ? other : core)(look, slot, inside)
  }
const slice = object({ kind: one("slice"), from: maybe(core), to: maybe(core), inclusive: flag, span })
const spread = object({ kind: one("spread"), value: core, span })
const items = list(either("slice", slice))
const step = kinds(() => ({ index: { items }, field: { name: text } }), { span })
const field = object({ kind: one("field"), name: text, value: core })
const test = kinds(() => ({
  variant: { variant },
  tuple: { size: count },
  record: { names: list(text) },
  array: { min: count, exact: flag },
  literal: { value: literal },
}))
const part = kinds(() => ({
  variantField: { index: count },
  tupleItem: { index: count },
  recordField: { name: text },
  arrayItem: { index: place },
  arrayRest: { from: count, drop: count },
}))
const parameter = object({ name: maybe(text), slot: slotHere, required: flag, text })
const binary = one(...operators.keys())
const prefix = one("neg", "not", "diff")

/** A piece of code with a frame of its own. */
const code: Form = (look, slot) => {
  look.spend()
  const given = fieldsOf(look, slot)
  const names = (name: string): number => look.node(given.get(name) ?? null, "array").items.length
  const inside: Frame = { slots: names("slotNames"), captures: names("captureNames") }
  if (given.get("slots") !== inside.slots || names("params") > inside.slots)
    refuse("code with other slots than it says")
  checkFields(look, given, inside, {
    name: text,
    params: list(parameter),
    slots: count,
    slotNames: list(maybe(text)),
    captureNames: list(text),
    body: core,
    span,
    doc: maybe(text),
    effects: flag,
  })
}

const coreOf = kinds((): Readonly<Record<string, Fields>> => coreKinds, { span })

const coreKinds: Readonly<Record<string, Fields>> = {
  const: { value: literal },
  local: { slot: slotHere, holds: flag },
  capture: { index: captureHere },
  global: { cell },
  builtin: { name: text },
  constructor: { variant },
  operate: { op: text, args: list(core) },
  call: { callee: core, args: list(core), named: list(object({ name: text, value: core })), tail: flag },
  index: { target: core, items },
  field: { target: core, name: text },
  range: { from: core, to: core, inclusive: flag },
  logic: { op: one("and", "or"), left: core, right: core },
  array: { items: list(either("spread", spread)) },
  tuple: { items: list(core) },
  record: {
    fields: list((look, slot, inside) => {
      const node = look.node(slot, "object")
      ;(node.items[node.names.indexOf("kind")] === "spread" ? spread : field)(look, slot, inside)
    }),
  },
  string: {
    parts: list((look, slot, inside) => {
      if (!isText(slot)) core(look, slot, inside)
    }),
  },
  lambda: { code, captures: list(maybe(core)) },
  if: { condition: core, then: core, else: core },
  seq: { items: list(core) },
  set: { slot: slotHere, value: core },
  setGlobal: { cell, value: core },
  patch: { slot: slotHere, index: count, value: core },
  default: { slot: slotHere, value: core },
  update: { slot: slotHere, owner: slotHere, path: list(step), op: maybe(binary), value: core },
  for: { slot: slotHere, source: core, body: core, exit: maybe(slotHere), carried: list(slotHere) },
  while: { condition: core, body: core, exit: maybe(slotHere), carried: list(slotHere) },
  comprehend: {
    clauses: list(object({ slot: slotHere, source: core, prologue: maybe(core) })),
    condition: maybe(core),
    element: core,
  },
  test: { target: core, form: test },
  part: { target: core, part },
  fail: { what: one("match", "let", "for", "parameter"), target: core, expected: text },
}

// ---------------------------------------------------------------- values

/** A value: a simple one, or a node of one. */
const value = shared((look, slot) => {
  const node = look.nodes[look.index(slot)]!
  switch (node.is) {
    case "tensor":
    case "booleans": {
      const numbers = node.is === "tensor" ? "Float64Array" : "Uint8Array"
      const { shape, data } = node
      if (!ArrayBuffer.isView(data) || data[Symbol.toStringTag] !== numbers) refuse("elements that are none")
      if (!shape.every(isCount) || sizeOf(shape) !== data.length) refuse("elements that do not fill their shape")
      return
    }
    case "list":
      if (!Number.isSafeInteger(node.witness)) refuse("a list without its reason")
      break
    case "tuple":
      break
    case "record":
      if (!node.names.every(isText) || new Set(node.names).size !== node.names.length) refuse("fields without a name")
      if (node.names.length !== node.items.length) refuse("fields without a value")
      break
    case "variant": {
      look.later(variant, node.variant, nowhere)
      const { type: of, index } = look.node(node.variant, "variantInfo")
      const fields = look.node(of, "type").variants[index]?.fields
      if (fields?.length !== node.items.length) refuse("a variant with other fields")
      break
    }
    case "constructor":
      look.later(variant, node.variant, nowhere)
      return
    case "closure": {
      look.later(code, node.code, nowhere)
      const names = fieldsOf(look, node.code).get("captureNames") ?? null
      if (look.node(names, "array").items.length !== node.items.length) refuse("a function with other captures")
      for (const item of node.items) look.later(filled, item, nowhere)
      return
    }
    case "builtin":
      if (!isText(node.name)) refuse("a function without a name")
      return
    case "made":
      look.later(value, node.maker, nowhere)
      if (!["builtin", "made"].includes(look.nodes[look.index(node.maker)]!.is)) refuse("a maker that is none")
      if (node.part !== null && !isCount(node.part)) refuse("no part")
      for (const [name, item] of node.named) {
        if (!isText(name)) refuse("an argument without a name")
        look.later(anyValue, item, nowhere)
      }
      for (const item of node.items) look.later(filled, item, nowhere)
      return
    default:
      refuse(`${String(node.is)} where a value is to be`)
  }
  for (const item of node.items) look.later(anyValue, item, nowhere)
})

const anyValue: Form = (look, slot) => {
  if (Array.isArray(slot)) value(look, slot, nowhere)
  else literal(look, slot, nowhere)
}

/** A value, or nothing where it has not come yet. */
const filled: Form = (look, slot) => {
  if (!Array.isArray(slot) || slot.length > 0) anyValue(look, slot, nowhere)
}

/** Refuses values that hold themselves; functions may, by what they captured. */
function checkCircles({ nodes, reached }: Looking): void {
  const open = 1
  const done = 2
  const states = new Uint8Array(nodes.length)
  const held = (i: number): readonly Slot[] => {
    const node = nodes[i]!
    return node.is === "list" || node.is === "tuple" || node.is === "record" || node.is === "variant" ? node.items : []
  }
  for (const start of reached) {
    const path = [start]
    while (path.length > 0) {
      const i = path.at(-1)!
      if (states[i] !== 0) {
        states[i] = done
        path.pop()
        continue
      }
      states[i] = open
      for (const slot of held(i)) {
        if (!Array.isArray(slot) || slot.length === 0) continue
        const k = (slot as readonly [number])[0]
        if (states[k] === open) refuse("a value that holds itself")
        if (states[k] === 0) path.push(k)
      }
    }
  }
}

// ---------------------------------------------------------------- the whole

const pairs =
  (form: Form): Form =>
  (look, slot) => {
    const { items } = look.node(slot, "map")
    if (items.length % 2 !== 0) refuse("a name without a meaning")
    items.forEach((item, i) => {
      if (i % 2 === 1) look.later(form, item, nowhere)
      else if (!isText(item) || !isName(item)) refuse("no name")
    })
  }
const own: Readonly<Record<string, Fields>> = { cell: { cell }, type: { type }, variant: { variant } }
const exported = kinds(() => own)
const module = shared(object({ name: text, exports: pairs(exported) }))
const bound = kinds(() => ({ ...own, module: { module } }), {}, { imported: flag })

/**
 * The nodes that a value is made of, or with `names` what the names of a session stand for. Raises `OtherForm` where it is neither, and a fault where it needs a
 * built-in that is not `known`.
 */
export function checkArrival(data: Serialized, names: boolean, known: (name: string) => boolean): ReadonlySet<number> {
  const { nodes, root } = data
  if (!Array.isArray(nodes)) refuse("no nodes")
  const look = new Looking(nodes, known)
  look.all(names ? pairs(bound) : anyValue, root)
  checkCircles(look)
  return look.reached
}
