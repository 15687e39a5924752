/**
 * Elementwise built-ins, made from the table of primitives.
 * Exporting a primitive from its family's file is all it takes for it to be callable by its name. It must not know which families are loaded when.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import type { Binary, Unary } from "../autodiff/declare.ts"
import { isNum, primalOf, type Num } from "../autodiff/num.ts"
import { BuiltinFunction, type Value } from "../values/values.ts"
import { integers, numeric } from "./arguments.ts"

/** Primitives that are written as operators, and those that have a built-in of their own for more forms. */
const elsewhere = new Set(["add", "sub", "mul", "div", "neg", "max", "min"])

/** Names of parameters where x and y would mislead. */
const parameterNames: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["atan2", ["y", "x"]],
  ["pow", ["x", "y"]],
  ["polygamma", ["n", "x"]],
  ["beta", ["a", "b"]],
  ["lbeta", ["a", "b"]],
  ["bessel_j", ["n", "x"]],
  ["bessel_y", ["n", "x"]],
  ["bessel_i", ["n", "x"]],
  ["bessel_k", ["n", "x"]],
  ["expint_n", ["n", "x"]],
  ["gammainc", ["a", "x"]],
  ["gammaincc", ["a", "x"]],
  ["gammaincinv", ["a", "p"]],
])

/** Primitives whose first argument is an integer: its primal counts, and no derivative passes. */
const integerFirst = new Set(["polygamma", "bessel_j", "bessel_y", "bessel_i", "bessel_k", "expint_n"])

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

function binaryBuiltin(name: string, f: Binary): BuiltinFunction {
  const { doc } = f.primitive
  const [first, second] = parameterNames.get(name) ?? ["x", "y"]
  return new BuiltinFunction({
    name,
    doc: `\`${name}(${first}, ${second})\`: ${doc}`,
    params: [first, second],
    ...(!integerFirst.has(name) && { primitive: f.primitive }),
    retains: false,
    call: (_runtime, [x, y]) =>
      f(integerFirst.has(name) ? integerOf(name, first, x) : numeric(name, first, x), numeric(name, second, y)),
  })
}

/** Orders beyond it would take as many steps. */
const greatestOrder = 100_000

/** An integer argument, or an array of integers, without derivatives. */
function integerOf(name: string, parameter: string, value: Value | undefined): Num {
  const least = name === "polygamma" ? 0 : -greatestOrder
  const wrong = integers(name, parameter, value).find((n) => n < least || n > greatestOrder)
  if (wrong !== undefined)
    raise(
      faults.wrongArgument(
        name,
        parameter,
        `an integer from ${String(least)} to ${String(greatestOrder)}`,
        String(wrong),
      ),
    )
  return primalOf(numeric(name, parameter, value))
}

/** A built-in for each primitive of a table that has none elsewhere. */
export function elementwiseBuiltins(elementwise: ReadonlyMap<string, Unary | Binary>): BuiltinFunction[] {
  const out: BuiltinFunction[] = []
  for (const [name, f] of elementwise) {
    if (elsewhere.has(name)) continue
    if (f.primitive.kind === "unary") {
      out.push(unaryBuiltin(name, f as Unary))
      if (name === "ln") out.push(unaryBuiltin("log", f as Unary))
    } else out.push(binaryBuiltin(name, f as Binary))
  }
  return out
}
