/**
 * The form of values as plain data, and what it means without an engine.
 * Nodes refer to each other by number. Reading the JavaScript form of a value needs nothing else, so that the side of a worker that only looks stays small.
 * It must not know how values are made nor how they run.
 */

import type { VariantInfo } from "../lang/core.ts"

/** A value, or the names of a session, as data that `structuredClone` and messages between threads can copy. */
export interface Serialized {
  /** Version of the form. */
  readonly adl: 1
  /** For the engine's own use. @internal */
  readonly root: Slot
  /** For the engine's own use. @internal */
  readonly nodes: readonly SerialNode[]
}

/** A simple value itself; a node as its number in a list of one; the empty list where there is nothing. */
export type Slot = number | string | boolean | null | readonly [number] | readonly []

export type SerialNode =
  | { readonly is: "tensor"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly is: "booleans"; readonly shape: readonly number[]; readonly data: Uint8Array }
  | { readonly is: "list"; readonly items: readonly Slot[]; readonly witness: number }
  | { readonly is: "tuple"; readonly items: readonly Slot[] }
  | { readonly is: "record"; readonly names: readonly string[]; readonly items: readonly Slot[] }
  | { readonly is: "variant"; readonly variant: Slot; readonly items: readonly Slot[] }
  | { readonly is: "constructor"; readonly text: string; readonly variant: Slot }
  | { readonly is: "closure"; readonly text: string; readonly code: Slot; readonly items: readonly Slot[] }
  | { readonly is: "builtin"; readonly text: string; readonly name: string }
  | {
      readonly is: "made"
      readonly text: string
      readonly maker: Slot
      readonly items: readonly Slot[]
      readonly named: readonly (readonly [string, Slot])[]
      readonly part: number | null
    }
  | TypeNode
  | { readonly is: "variantInfo"; readonly type: Slot; readonly index: number }
  | { readonly is: "array"; readonly items: readonly Slot[] }
  | { readonly is: "map"; readonly items: readonly Slot[] }
  | { readonly is: "object"; readonly names: readonly string[]; readonly items: readonly Slot[] }

export interface TypeNode {
  readonly is: "type"
  readonly name: string
  readonly doc: string | null
  readonly variants: readonly Pick<VariantInfo, "name" | "fields" | "doc">[]
}

/** A value's JavaScript form, as `toJS` gives it; functions are handed to `wrap`, as data. */
export function plainOf(data: Serialized, wrap: (data: Serialized, text: string) => unknown): unknown {
  const { nodes } = data
  const made = nodes.map((node, i) => shellOf(node, i, data, wrap))
  const at = (slot: Slot): unknown =>
    Array.isArray(slot) ? (slot.length === 0 ? undefined : made[(slot as readonly [number])[0]]) : slot
  nodes.forEach((node, i) => {
    const target = made[i]
    if (node.is === "list" || node.is === "tuple") (target as unknown[]).push(...node.items.map(at))
    if (node.is === "record") put(target as object, node.names, node.items.map(at))
    if (node.is === "variant") {
      const { name, fields } = variantAt(nodes, node.variant)
      put(target as object, ["$variant", ...fields], [name, ...node.items.map(at)])
    }
  })
  return at(data.root)
}

function shellOf(
  node: SerialNode,
  i: number,
  data: Serialized,
  wrap: (data: Serialized, text: string) => unknown,
): unknown {
  switch (node.is) {
    case "tensor":
      return node.shape.length === 1 ? node.data.slice() : { shape: [...node.shape], data: node.data.slice() }
    case "booleans": {
      const bits = Array.from(node.data, (bit) => bit === 1)
      return node.shape.length === 1 ? bits : { shape: [...node.shape], data: bits }
    }
    case "list":
    case "tuple":
      return []
    case "record":
    case "variant":
      return {}
    case "closure":
    case "builtin":
    case "made":
    case "constructor":
      return wrap({ adl: 1, root: [i], nodes: data.nodes }, node.text)
    default:
      return undefined
  }
}

/** Own properties, whatever they are called. */
function put(target: object, names: readonly string[], values: readonly unknown[]): void {
  names.forEach((name, i) => {
    Object.defineProperty(target, name, { value: values[i], enumerable: true, writable: true, configurable: true })
  })
}

function variantAt(nodes: readonly SerialNode[], slot: Slot): Pick<VariantInfo, "name" | "fields"> {
  const info = nodes[(slot as readonly [number])[0]]!
  if (info.is !== "variantInfo") throw new Error("a variant without its description")
  const type = nodes[(info.type as readonly [number])[0]]!
  if (type.is !== "type") throw new Error("a variant without its type")
  return type.variants[info.index]!
}
