/**
 * Calls in the specialiser.
 * A function of the program is inlined: its body is written where the call stands, on the values of the arguments. It must not know what bodies do.
 */

import type { Code } from "../lang/core.ts"
import { held, type Abs, type ClosureAbs, type MadeAbs } from "./abstract.ts"
import { unsupported } from "./builder.ts"
import { callBuiltin } from "./builtins.ts"
import { updatedSlots, type Frame } from "./frame.ts"
import type { Specialiser } from "./specialise.ts"
import { owned } from "./updates.ts"

/** The functions that are being inlined, outermost first. */
export type Running = Code[]

const mostInlined = 48

export function callFunction(
  s: Specialiser,
  fn: Abs,
  args: readonly (Abs | undefined)[],
  named: ReadonlyMap<string, Abs>,
): Abs {
  switch (fn.kind) {
    case "closure":
      return inline(s, fn, args, named)
    case "builtin":
      return callBuiltin(s, fn.fn, present(args), named)
    case "derived":
      return fn.call(present(args), named)
    case "made":
      return s.call(madeBy(s, fn), args, named)
    case "constructor": {
      const { fields } = fn.variant
      const items = fields.map((name, k) => args[k] ?? named.get(name) ?? unsupported("a variant without a field"))
      return { kind: "variant", variant: fn.variant, items: items.map(held) }
    }
    default:
      return unsupported("a call of what may be no function")
  }
}

function inline(
  s: Specialiser,
  fn: ClosureAbs,
  args: readonly (Abs | undefined)[],
  named: ReadonlyMap<string, Abs>,
  counted = true,
): Abs {
  const { code } = fn
  if (code.effects) unsupported(`\`${code.name}\` has effects`)
  if (s.running.includes(code) && s.running.filter((c) => c === code).length > 6)
    unsupported(`\`${code.name}\` is recursive`)
  if (s.running.length >= mostInlined) unsupported("calls are nested too deeply")
  s.running.push(code)
  if (counted) s.b.steps(1)
  const slots: (Abs | undefined)[] = new Array<Abs | undefined>(code.slots).fill(undefined)
  if (args.length > code.params.length) unsupported("a call with too many arguments")
  code.params.forEach((param, k) => {
    const value = args[k] ?? (param.name === null ? undefined : named.get(param.name))
    if (value === undefined && param.required) unsupported("a call with too few arguments")
    slots[param.slot] = value === undefined ? undefined : held(value)
  })
  for (const name of named.keys())
    if (!code.params.some((param) => param.name === name)) unsupported("an unknown named argument")
  const frame: Frame = { code, slots, captures: fn.captures }
  for (const slot of updatedSlots(code)) {
    const value = slots[slot]
    if (value !== undefined) slots[slot] = owned(s, value)
  }
  const out = s.evaluate(code.body, frame)
  s.running.pop()
  return out
}

/** What is left of a call of the function that has begun: its body. */
export function bodyOf(s: Specialiser, fn: Abs, args: readonly (Abs | undefined)[]): Abs {
  return fn.kind === "closure"
    ? inline(s, fn, args, new Map(), false)
    : unsupported("a call of what may be no function")
}

/** The function that an operator made: the steps that took were counted when it was made. */
function madeBy(s: Specialiser, { by, args, named, part }: MadeAbs): Abs {
  const out = s.b.uncounted(() => callBuiltin(s, by, args, named))
  if (part === null) return out
  return (out.kind === "tuple" ? out.items[part] : undefined) ?? unsupported(`a part of what \`${by.name}\` gave`)
}

/** The arguments of what has no parameters to leave out. */
function present(args: readonly (Abs | undefined)[]): Abs[] {
  return args.map((arg) => arg ?? unsupported("an argument left out before others"))
}
