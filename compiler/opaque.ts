/**
 * Built-ins and operators that the specialiser leaves to tier 0, as one statement in compiled code.
 * Their operands are numbers and whole arrays; what they give is a value like any other. It must not know what they compute.
 */

import { bindBuiltin } from "../interpreter/evaluate/call.ts"
import type { BuiltinFunction, Value } from "../interpreter/values/values.ts"
import { held, inBuffer, sizeOfDims, type Abs } from "./abstract.ts"
import { unsupported } from "./builder.ts"
import { measure, nativeStmt, type Apply } from "./native.ts"
import { isVar } from "./sir.ts"
import type { Specialiser } from "./specialise.ts"

/** Calls a built-in of tier 0. */
export function callOpaque(
  s: Specialiser,
  fn: BuiltinFunction,
  args: readonly Abs[],
  named: ReadonlyMap<string, Abs>,
): Abs {
  if (fn.effect || fn.callsBack || fn.origin !== null) return unsupported(`the built-in \`${fn.name}\``)
  const names = [...named.keys()]
  return applyOpaque(s, fn.name, [...args, ...named.values()], (runtime, values) => {
    const options = new Map(names.map((name, k): [string, Value] => [name, values[args.length + k]!]))
    const bound = bindBuiltin(fn, values.slice(0, args.length), options)
    return fn.call(runtime, bound.args, bound.named)
  })
}

/** Calls a function that computes on every Num. */
export function applyOpaque(s: Specialiser, name: string, args: readonly Abs[], apply: Apply): Abs {
  const { b } = s
  const operands = args.map((arg) => whole(s, name, arg))
  const result = s.samples.result(b, name, apply, operands)
  b.write(nativeStmt({ name, apply, operands: { kind: "tuple", items: operands }, result, faults: true }))
  measure(b, result)
  // Its derivative reads what it gave: a variable that changes it in part has a copy.
  return held(result)
}

/** A value as tier 0 is given it: arrays in buffers that nothing will change. */
function whole(s: Specialiser, name: string, a: Abs): Abs {
  switch (a.kind) {
    case "num":
    case "bool":
    case "bools":
    case "unit":
    case "string":
      return a
    case "vector": {
      const array = inBuffer(s.b, a)
      // A shape, say: what is made of it depends on what it is.
      if (!a.items.some(isVar)) s.samples.set(array.buf, Float64Array.from(a.items.map(Number)))
      return array
    }
    case "range":
      return inBuffer(s.b, a)
    case "array": {
      if (!a.buf.mutable) return a
      const buf = s.b.copy(a.buf, a.offset, sizeOfDims(s.b, a.dims))
      return { kind: "array", buf, offset: 0, dims: a.dims, fresh: false }
    }
    case "tuple":
    case "record":
      return { ...a, items: a.items.map((item) => whole(s, name, item)) }
    default:
      return unsupported(`\`${name}\` of a ${a.kind}`)
  }
}
