/**
 * Elementwise built-ins of two numbers whose parameters have names of their own, or of which the first is an integer.
 * All else about them is as for any other. It must not know which families are loaded when.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { primalOf, type Num } from "../autodiff/num.ts"
import { BuiltinFunction, type Value } from "../values/values.ts"
import { integers, numeric } from "./arguments.ts"
import type { BinaryMaker } from "./elementwise.ts"

/** Names of parameters where x and y would mislead. */
const parameterNames: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["atan2", ["y", "x"]],
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

export const binaryByName: BinaryMaker = (name, f) => {
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
