/**
 * Values as text, for built-ins that print or ask for a string.
 * What else can be done with strings is in `strings.ts`, which is loaded apart. It must not know numbers beyond showing them.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { kindOf } from "../values/kinds.ts"
import { show } from "../values/show.ts"
import { BuiltinFunction, type Value } from "../values/values.ts"

export function textArgument(name: string, parameter: string, value: Value | undefined): string {
  if (typeof value !== "string") raise(faults.wrongArgument(name, parameter, "a string", kindOf(value)))
  return value
}

/** A value as text: a string is itself, anything else is shown in full. */
export function textOf(value: Value): string {
  return typeof value === "string" ? value : show(value)
}

export const str = new BuiltinFunction({
  name: "str",
  doc: "`str(x)`: x as text, as it is shown; a string is itself.",
  params: ["x"],
  call: (_runtime, [x]) => textOf(x!),
})
