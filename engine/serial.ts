/**
 * Values as plain data that crosses a worker.
 * A value is a graph: its parts, the code of its functions and what that code refers to become numbered nodes, so that sharing, recursion and depth do not
 * matter. Built-ins are known by name, and functions that an operator made by the call that made them. It must not know how data arrives.
 */

import type { TypeInfo, VariantInfo } from "../lang/core.ts"
import { faults } from "../lang/report/catalogue.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { raise } from "../lang/report/fault.ts"
import { BoolArray, Tensor } from "../interpreter/arrays/tensor.ts"
import { isNum } from "../interpreter/autodiff/num.ts"
import { kindOf, nameOf } from "../interpreter/values/kinds.ts"
import { show } from "../interpreter/values/show.ts"
import {
  BuiltinFunction,
  Closure,
  List,
  RecordValue,
  Tuple,
  VariantConstructor,
  VariantValue,
  type Value,
} from "../interpreter/values/values.ts"
import type { Serialized, SerialNode, Slot, TypeNode } from "./serialform.ts"

type Library = ReadonlyMap<string, Value>

/** A value, or a map of what a session's names stand for, as data. What cannot live anywhere else is a fault that names it. */
export function serialize(root: unknown, library: Library): Serialized {
  const ids = new Map<object, number>()
  const pending: object[] = []
  const slot = (x: unknown): Slot => {
    if (x === undefined) return []
    if (x === null || typeof x === "number" || typeof x === "string" || typeof x === "boolean") return x
    if (typeof x !== "object") return raise(apartFaults.hostSerial(`a ${typeof x}`))
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
  if (origin === null) return raise(apartFaults.hostSerial(`${kindOf(f)}, \`${nameOf(f)}\``))
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
