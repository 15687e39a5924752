/**
 * Elementwise built-ins, made from the table of primitives.
 * Exporting a primitive from its family's file is all it takes for it to be callable by its name. It must not know which families are loaded when.
 */

import type { Binary, Unary } from "../autodiff/declare.ts"
import { isNum } from "../autodiff/num.ts"
import { BuiltinFunction } from "../values/values.ts"
import { numeric } from "./arguments.ts"

/** Primitives that are written as operators, and those that have a built-in of their own for more forms. */
const elsewhere = new Set(["add", "sub", "mul", "div", "neg", "max", "min"])

function unaryBuiltin(name: string, f: Unary): BuiltinFunction {
  const { doc } = f.primitive
  return new BuiltinFunction({
    name,
    doc: `\`${name}(x)\`: ${doc}`,
    params: ["x"],
    primitive: f.primitive,
    retains: false,
    call: (_runtime, args) => {
      const x = args[0]
      return f(isNum(x) ? x : numeric(name, "x", x))
    },
  })
}

/** Makes the built-in of a primitive of two numbers. */
export type BinaryMaker = (name: string, f: Binary) => BuiltinFunction

const binaryBuiltin: BinaryMaker = (name, f) => {
  const { doc } = f.primitive
  return new BuiltinFunction({
    name,
    doc: `\`${name}(x, y)\`: ${doc}`,
    params: ["x", "y"],
    primitive: f.primitive,
    retains: false,
    call: (_runtime, [x, y]) => f(numeric(name, "x", x), numeric(name, "y", y)),
  })
}

/** A built-in for each primitive of a table that has none elsewhere. */
export function elementwiseBuiltins(
  elementwise: ReadonlyMap<string, Unary | Binary>,
  binary: BinaryMaker = binaryBuiltin,
): BuiltinFunction[] {
  const out: BuiltinFunction[] = []
  for (const [name, f] of elementwise) {
    if (elsewhere.has(name)) continue
    if (f.primitive.kind === "unary") {
      out.push(unaryBuiltin(name, f as Unary))
      if (name === "ln") out.push(unaryBuiltin("log", f as Unary))
    } else out.push(binary(name, f as Binary))
  }
  return out
}
