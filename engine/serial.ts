/**
 * Values as plain data that crosses a worker, and back.
 * A value is a graph: its parts, the code of its functions and what that code refers to become numbered nodes, so that sharing, recursion and depth do not
 * matter. Built-ins are known by name, and functions that an operator made by the call that made them. It must not know engines.
 */

import type { Code, TypeInfo, VariantInfo } from "../lang/core.ts"
import { faults } from "../lang/report/catalogue.ts"
import { FaultError, raise } from "../lang/report/fault.ts"
import { BoolArray, sizeOf, Tensor } from "../interpreter/arrays/tensor.ts"
import { isNum } from "../interpreter/autodiff/num.ts"
import { codeFor } from "../interpreter/evaluate/code.ts"
import { kindOf, nameOf } from "../interpreter/values/kinds.ts"
import { show } from "../interpreter/values/show.ts"
import {
  BuiltinFunction,
  Closure,
  Layout,
  List,
  RecordValue,
  Tuple,
  VariantConstructor,
  VariantValue,
  type FunctionCode,
  type Runtime,
  type Value,
} from "../interpreter/values/values.ts"
import { nameOf as nameOfHost } from "./convert.ts"
import type { Serialized, SerialNode, Slot, TypeNode } from "./serialform.ts"

type Library = ReadonlyMap<string, Value>

// ---------------------------------------------------------------- out

/** A value, or a map of what a session's names stand for, as data. What cannot live anywhere else is a fault that names it. */
export function serialize(root: unknown, library: Library): Serialized {
  const ids = new Map<object, number>()
  const pending: object[] = []
  const slot = (x: unknown): Slot => {
    if (x === undefined) return []
    if (x === null || typeof x === "number" || typeof x === "string" || typeof x === "boolean") return x
    if (typeof x !== "object") return raise(faults.hostSerial(`a ${typeof x}`))
    let id = ids.get(x)
    if (id === undefined) {
      ids.set(x, (id = pending.length))
      pending.push(x)
    }
    return [id]
  }
  const start = slot(root)
  const nodes: SerialNode[] = []
  for (let i = 0; i < pending.length; i++) nodes.push(nodeOf(pending[i]!, slot, library))
  return { adl: 1, root: start, nodes }
}

function nodeOf(x: object, slot: (x: unknown) => Slot, library: Library): SerialNode {
  const slots = (items: readonly unknown[]): Slot[] => items.map(slot)
  if (x instanceof Tensor) return { is: "tensor", shape: x.shape, data: x.data.slice() }
  if (x instanceof BoolArray) return { is: "booleans", shape: x.shape, data: x.data.slice() }
  if (x instanceof List) return { is: "list", items: slots(x.items), witness: x.witness }
  if (x instanceof Tuple) return { is: "tuple", items: slots(x.values) }
  if (x instanceof RecordValue) return { is: "record", names: x.layout.names, items: slots(x.values) }
  if (x instanceof VariantValue) return { is: "variant", variant: slot(x.variant), items: slots(x.values) }
  if (x instanceof VariantConstructor) return { is: "constructor", text: show(x), variant: slot(x.variant) }
  if (x instanceof Closure) {
    return { is: "closure", text: show(x), code: slot(x.code.code), items: slots(x.captures) }
  }
  if (x instanceof BuiltinFunction) return builtinNode(x, slot, library)
  if (isNum(x)) return raise(faults.hostActive())
  if (Array.isArray(x)) return { is: "array", items: slots(x) }
  if (x instanceof Map) return { is: "map", items: slots([...(x as Map<unknown, unknown>)].flat()) }
  if (isType(x)) return typeNode(x)
  if (isVariant(x)) return { is: "variantInfo", type: slot(x.type), index: x.type.variants.indexOf(x) }
  // Of a module only what others may see: its statements have run.
  const plain = "statements" in x && "exports" in x ? { name: (x as { name?: unknown }).name, exports: x.exports } : x
  return { is: "object", names: Object.keys(plain), items: slots(Object.values(plain)) }
}

function builtinNode(f: BuiltinFunction, slot: (x: unknown) => Slot, library: Library): SerialNode {
  if (library.get(f.name) === f) return { is: "builtin", text: show(f), name: f.name }
  const { origin } = f
  if (origin === null) return raise(faults.hostSerial(`${kindOf(f)}, \`${nameOf(f)}\``))
  return {
    is: "made",
    text: show(f),
    maker: slot(origin.maker),
    items: origin.args.map(slot),
    named: [...origin.named].map(([name, value]) => [name, slot(value)]),
    part: origin.part,
  }
}

function isType(x: object): x is TypeInfo {
  return "variants" in x && !("kind" in x)
}

function isVariant(x: object): x is VariantInfo {
  return "fields" in x && "type" in x && !("kind" in x)
}

function typeNode({ name, doc, variants }: TypeInfo): TypeNode {
  return { is: "type", name, doc, variants: variants.map((v) => ({ name: v.name, fields: v.fields, doc: v.doc })) }
}

// ---------------------------------------------------------------- in

/** What there is where the data arrives. */
export interface Arrival {
  readonly library: Library
  readonly runtime: Runtime
  /** A type that is known here under that name. */
  type(name: string): TypeInfo | undefined
  /** Told of types that were not. */
  met(type: TypeInfo): void
}

/** The value, or the map of names, that the data stands for. */
export function deserialize(data: Serialized, arrival: Arrival): unknown {
  const known: unknown = data
  if (typeof known !== "object" || known === null || (known as Partial<Serialized>).adl !== 1) {
    raise(faults.hostOption("data", "what `serialize` or `snapshot` gave", nameOfHost(known)))
  }
  try {
    return new Arriving(data, arrival).root()
  } catch (error) {
    if (error instanceof FaultError) throw error
    return raise(faults.hostOption("data", "what `serialize` or `snapshot` gave", "an object of another form"))
  }
}

/** The two types say the same of their variants. */
export function sameType(a: Pick<TypeNode, "name" | "variants">, b: Pick<TypeNode, "name" | "variants">): boolean {
  const form = ({ name, variants }: Pick<TypeNode, "name" | "variants">): string =>
    JSON.stringify([name, variants.map((v) => [v.name, v.fields])])
  return form(a) === form(b)
}

class Arriving {
  private readonly data: Serialized
  private readonly arrival: Arrival
  /** One object a node, empty at first, so that whatever refers to whatever. */
  private readonly made: unknown[]

  constructor(data: Serialized, arrival: Arrival) {
    this.data = data
    this.arrival = arrival
    this.made = data.nodes.map((node) => this.shell(node))
    // Types first, then plain data with the code in it, then functions of the program, and last what operators make of those.
    this.each((node, i) => {
      if (node.is === "variantInfo") this.made[i] = (this.at(node.type) as TypeInfo).variants[node.index]
    })
    this.each((node, i) => {
      if (node.is === "variant") this.made[i] = new VariantValue(this.at(node.variant) as VariantInfo, [])
      if (node.is === "constructor") this.made[i] = new VariantConstructor(this.at(node.variant) as VariantInfo)
    })
    this.each((node, i) => {
      if (node.is !== "closure") this.fill(i)
    })
    this.each((node, i) => {
      if (node.is === "closure") this.fill(i)
    })
    this.each((_node, i) => {
      this.make(i)
    })
    this.each((_node, i) => {
      this.fill(i)
    })
  }

  private each(f: (node: SerialNode, i: number) => void): void {
    this.data.nodes.forEach(f)
  }

  root(): unknown {
    return this.at(this.data.root)
  }

  private at(slot: Slot): unknown {
    if (!Array.isArray(slot)) return slot
    return slot.length === 0 ? undefined : this.made[(slot as readonly [number])[0]]
  }

  private shell(node: SerialNode): unknown {
    switch (node.is) {
      case "tensor":
        if (node.data.length !== sizeOf(node.shape)) throw new Error("elements that do not fill their shape")
        return new Tensor(node.shape, node.data)
      case "booleans":
        return new BoolArray(node.shape, node.data)
      case "list":
        return new List([], node.witness)
      case "tuple":
        return new Tuple([])
      case "record":
        return new RecordValue(Layout.of(node.names), [])
      case "closure":
        return new Closure(noCode, [])
      case "builtin": {
        const found = this.arrival.library.get(node.name)
        if (!(found instanceof BuiltinFunction)) raise(faults.unknownName(node.name))
        return found
      }
      case "type":
        return this.type(node)
      case "array":
        return []
      case "map":
        return new Map()
      case "object":
        return {}
      default:
        return undefined
    }
  }

  private type(node: TypeNode): TypeInfo {
    const here = this.arrival.type(node.name)
    if (here !== undefined && sameType(here, node)) return here
    const type: TypeInfo = { name: node.name, variants: [], doc: node.doc }
    for (const variant of node.variants) type.variants.push({ ...variant, type })
    this.arrival.met(type)
    return type
  }

  /** Puts the parts of a node into its object, as far as they are there. */
  private fill(i: number): void {
    const node = this.data.nodes[i]!
    const target = this.made[i]
    switch (node.is) {
      case "list":
        this.refill((target as List).items, node.items)
        break
      case "tuple":
      case "record":
      case "variant":
        this.refill((target as Tuple).values, node.items)
        break
      case "array":
        this.refill(target as unknown[], node.items)
        break
      case "closure": {
        const closure = target as Closure
        const code = codeFor(this.at(node.code) as Code, this.arrival.library)
        Object.assign(closure, { code } satisfies { code: FunctionCode })
        this.refill(closure.captures, node.items)
        break
      }
      case "map": {
        const map = target as Map<unknown, unknown>
        for (let i = 0; i < node.items.length; i += 2) map.set(this.at(node.items[i]!), this.at(node.items[i + 1]!))
        break
      }
      case "object":
        node.names.forEach((name, i) => {
          // Own properties whatever they are called.
          Object.defineProperty(target, name, {
            value: this.at(node.items[i]!),
            enumerable: true,
            writable: true,
            configurable: true,
          })
        })
        break
      default:
    }
  }

  private refill(target: unknown[], items: readonly Slot[]): void {
    for (let i = 0; i < items.length; i++) target[i] = this.at(items[i]!)
  }

  /** Makes a function that an operator gave; first those that the call that made it may have met. */
  private make(i: number): void {
    const waiting = [i]
    while (waiting.length > 0) {
      const top = waiting.at(-1)!
      const node = this.data.nodes[top]!
      if (node.is !== "made" || this.made[top] !== undefined) {
        waiting.pop()
        continue
      }
      const reached = this.reachedFrom(node)
      const needed = reached.filter(
        (k) => this.data.nodes[k]!.is === "made" && this.made[k] === undefined && !waiting.includes(k),
      )
      if (needed.length > 0) {
        waiting.push(...needed)
        continue
      }
      for (const k of reached) this.fill(k)
      const args = node.items.map((slot) => this.at(slot) as Value)
      const named = new Map(node.named.map(([name, slot]) => [name, this.at(slot) as Value]))
      const out = (this.at(node.maker) as BuiltinFunction).call(this.arrival.runtime, args, named)
      this.made[top] = node.part === null ? out : (out as Tuple).values[node.part]
      waiting.pop()
    }
  }

  private reachedFrom(start: SerialNode): number[] {
    const seen = new Set<number>()
    const pending = [start]
    while (pending.length > 0) {
      for (const slot of slotsOf(pending.pop()!)) {
        if (!Array.isArray(slot) || slot.length === 0) continue
        const [k] = slot as readonly [number]
        if (seen.has(k)) continue
        seen.add(k)
        pending.push(this.data.nodes[k]!)
      }
    }
    return [...seen]
  }
}

function slotsOf(node: SerialNode): readonly Slot[] {
  switch (node.is) {
    case "closure":
      return [node.code, ...node.items]
    case "made":
      return [node.maker, ...node.items, ...node.named.map(([, slot]) => slot)]
    default:
      return "items" in node ? node.items : []
  }
}

const noCode = null as unknown as FunctionCode
