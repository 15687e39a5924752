/**
 * Values from plain data, which may come from anywhere.
 * What has the form of what `serialize` gives becomes values, after memory was charged for them; all else is a fault, and nothing has happened then. It must not
 * know engines.
 */

import type { Code, TypeInfo, VariantInfo } from "../lang/core.ts"
import { faults } from "../lang/report/catalogue.ts"
import { FaultError, raise } from "../lang/report/fault.ts"
import { BoolArray, Tensor } from "../interpreter/arrays/tensor.ts"
import { codeFor } from "../interpreter/evaluate/code.ts"
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
import { checkArrival, OtherForm } from "./arrivalcheck.ts"
import { nameOf } from "./convert.ts"
import type { SessionNames } from "./session.ts"
import type { Serialized, SerialNode, Slot, TypeNode } from "./serialform.ts"

type Library = ReadonlyMap<string, Value>

/** What there is where the data arrives. */
export interface Arrival {
  readonly library: Library
  readonly runtime: Runtime
  /** A type that is known here under that name. */
  type(name: string): TypeInfo | undefined
  /** Told of types that were not. */
  met(type: TypeInfo): void
  /** Told that functions are among it: their form is checked and their sense is not. */
  metCode(): void
}

/** The value that the data stands for. */
export function deserialize(data: Serialized, arrival: Arrival): Value {
  return arrived(data, arrival, "data", "serialize") as Value
}

/** What the names of a session stand for, from its snapshot. */
export function restore(data: Serialized, arrival: Arrival): SessionNames {
  return arrived(data, arrival, "snapshot", "snapshot") as SessionNames
}

function arrived(data: Serialized, arrival: Arrival, what: string, by: "serialize" | "snapshot"): unknown {
  const expected = `what \`${by}\` gave`
  const known: unknown = data
  if (typeof known !== "object" || known === null || (known as Partial<Serialized>).adl !== 1) {
    raise(faults.hostOption(what, expected, nameOf(known)))
  }
  try {
    const reached = checkArrival(data, by === "snapshot", (name) => arrival.library.has(name))
    return new Arriving(data, reached, arrival).root()
  } catch (error) {
    if (error instanceof FaultError) throw error
    const why = error instanceof OtherForm ? `, with ${error.message}` : ""
    return raise(faults.hostOption(what, expected, `an object of another form${why}`))
  }
}

/** The two types say the same of their variants. */
function sameType(a: Pick<TypeNode, "name" | "variants">, b: Pick<TypeNode, "name" | "variants">): boolean {
  const form = ({ name, variants }: Pick<TypeNode, "name" | "variants">): string =>
    JSON.stringify([name, variants.map((v) => [v.name, v.fields])])
  return form(a) === form(b)
}

class Arriving {
  private readonly data: Serialized
  private readonly arrival: Arrival
  /** One object a node, empty at first, so that whatever refers to whatever. */
  private readonly made: unknown[]
  /** The nodes that belong to it. */
  private readonly reached: readonly number[]

  constructor(data: Serialized, reached: ReadonlySet<number>, arrival: Arrival) {
    this.data = data
    this.arrival = arrival
    this.reached = [...reached].sort((a, b) => a - b)
    arrival.runtime.charge(this.reached.reduce((sum, i) => sum + bytesOf(data.nodes[i]!), 0))
    this.made = []
    this.each((node, i) => {
      this.made[i] = this.shell(node)
    })
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
    for (const i of this.reached) f(this.data.nodes[i]!, i)
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
        return new Tensor([...node.shape], node.data.slice())
      case "booleans":
        return new BoolArray(
          [...node.shape],
          node.data.map((bit) => (bit === 0 ? 0 : 1)),
        )
      case "list":
        return new List([], node.witness)
      case "tuple":
        return new Tuple([])
      case "record":
        return new RecordValue(Layout.of(node.names), [])
      case "closure":
        this.arrival.metCode()
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
      const args = node.items.map((slot) => this.argument(slot))
      const named = new Map(node.named.map(([name, slot]) => [name, this.argument(slot)]))
      const maker = this.argument(node.maker)
      if (!(maker instanceof BuiltinFunction) || !maker.makes) throw new OtherForm("a maker that is none")
      const out = maker.call(this.arrival.runtime, args, named)
      const part = node.part === null ? out : out instanceof Tuple ? out.values[node.part] : undefined
      if (!(part instanceof BuiltinFunction)) throw new OtherForm("a part that is not made")
      this.made[top] = part
      waiting.pop()
    }
  }

  /** An argument of the call that made a function; one that is not there was none, unless it waits for that very function. */
  private argument(slot: Slot): Value {
    const value = this.at(slot) as Value
    if (value === undefined && Array.isArray(slot) && slot.length > 0)
      throw new OtherForm("functions that make each other")
    return value
  }

  private reachedFrom(start: SerialNode): number[] {
    const seen = new Set<number>()
    const pending = [start]
    while (pending.length > 0) {
      this.arrival.runtime.poll()
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

/** About what a node takes when it has become a value. */
function bytesOf(node: SerialNode): number {
  return 64 + ("items" in node ? 8 * node.items.length : 0) + ("data" in node ? node.data.byteLength : 0)
}

const noCode = null as unknown as FunctionCode
