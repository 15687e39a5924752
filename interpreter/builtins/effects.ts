/**
 * Built-ins that speak or stop: `print progress error assert attempt`.
 * All that leaves the program goes through the runtime's `print`; faults raised here are the program's own. It must not know terminals.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { FaultError, raise } from "../../lang/report/fault.ts"
import type { TypeInfo, VariantInfo } from "../../lang/core.ts"
import { kindOf } from "../values/kinds.ts"
import { BuiltinFunction, unit, VariantValue, type BuiltinSteps, type Value } from "../values/values.ts"
import { textArgument, textOf } from "./text.ts"

export const print = new BuiltinFunction({
  name: "print",
  doc: "`print(x, …)`: prints the values as text, with blanks between, and ends the line.",
  params: ["x..."],
  effect: true,
  call: (runtime, args) => {
    runtime.print(args.map(textOf).join(" "))
    return unit
  },
})

function labelOf(label: Value | undefined): string {
  return label === undefined ? "" : textArgument("progress", "label", label)
}

export const progress = new BuiltinFunction({
  name: "progress",
  doc: '`progress(xs, label: "…")`: xs; a loop or comprehension over it shows how far it is where the host has a place for that.',
  params: ["xs", "label?"],
  effect: true,
  turns: labelOf,
  call: (_runtime, [xs, label]) => {
    labelOf(label)
    return xs!
  },
})

export const error = new BuiltinFunction({
  name: "error",
  doc: "`error(message)`: stops with that message; `attempt` can go on.",
  params: ["message"],
  call: (_runtime, [message]) => raise(faults.userError(textOf(message!))),
})

export const assert = new BuiltinFunction({
  name: "assert",
  doc: "`assert(c, message)`: stops unless c is true.",
  params: ["c", "message?"],
  call: (_runtime, [c, message]) => {
    if (typeof c !== "boolean") raise(faults.notABoolean(kindOf(c)))
    if (!c) raise(faults.assertionFailed(message === undefined ? null : textOf(message)))
    return unit
  },
})

// ---------------------------------------------------------------- attempt

/** `Done(value) | Failed(message)`, what `attempt` gives. */
export const attemptType: TypeInfo = { name: "Attempt", variants: [], doc: "What `attempt` gives." }
export const done: VariantInfo = {
  name: "Done",
  type: attemptType,
  fields: ["value"],
  doc: "The value of what was attempted.",
}
const failed: VariantInfo = { name: "Failed", type: attemptType, fields: ["message"], doc: "Why it failed." }
attemptType.variants.push(done, failed)

export const attempt = new BuiltinFunction({
  name: "attempt",
  doc: "`attempt(() => e)`: `Done(value)`, or `Failed(message)` where e stops with an error; limits and interruption pass through.",
  params: ["f"],
  *steps(_runtime, [f]): BuiltinSteps {
    try {
      return new VariantValue(done, [yield { fn: f!, args: [] }])
    } catch (problem) {
      if (!(problem instanceof FaultError) || !problem.catchable) throw problem
      return new VariantValue(failed, [problem.message])
    }
  },
})
