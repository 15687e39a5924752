/**
 * Calls in the specialiser.
 * A function of the program is inlined: its body is written where the call stands, on the values of the arguments; one that calls itself becomes a routine. It must
 * not know what bodies do.
 */

import type { Code } from "../lang/core.ts"
import { atomsOf, formOf, held, type Abs, type ClosureAbs } from "./abstract.ts"
import { boxableType, boxed } from "./boxes.ts"
import { unsupported } from "./builder.ts"
import { callBuiltin, madeBy } from "./builtins.ts"
import { isFunction } from "./forms.ts"
import { updatedSlots, type Frame } from "./frame.ts"
import { isVar } from "./sir.ts"
import type { Specialiser } from "./specialise.ts"
import { eachCase } from "./unions.ts"
import { owned } from "./updates.ts"

/** The functions that are being inlined, outermost first; `key` is equal where a function is called with values of the same forms. */
export type Running = { readonly code: Code; readonly key: string }[]

const mostInlined = 48
/** How often a function is inlined into itself. */
const mostUnrolled = 6

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
    case "union":
      return eachCase(s, fn, isFunction, (one) => s.call(one, args, named))
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
): Abs {
  const { code } = fn
  if (code.effects) unsupported(`\`${code.name}\` has effects`)
  const bound = bind(fn, args, named)
  const key = keyOf(fn, bound)
  if (!wanders(s, code, key)) return inlineBound(s, fn, bound, key)
  const boxes = bound.map((value) => (value !== undefined && isUnboxed(value) ? boxed(s.b, value) : value))
  return inlineBound(s, fn, boxes)
}

/** Is the function called inside itself very often, or again and again with values of larger forms? */
function wanders(s: Specialiser, code: Code, key: string): boolean {
  const before = s.running.filter((running) => running.code === code)
  return before.length > mostUnrolled || (before.length > 1 && before.at(-1)!.key.length < key.length)
}

function isUnboxed(value: Abs): boolean {
  return value.kind !== "boxed" && boxableType(value) !== null
}

function inlineBound(s: Specialiser, fn: ClosureAbs, bound: readonly (Abs | undefined)[], key = keyOf(fn, bound)): Abs {
  const { code } = fn
  // With the same forms all over again, it may go on for as long as its numbers say.
  if (s.running.some((running) => running.key === key))
    return unrolled(s, fn, bound, key) ?? s.routines.call(s, fn, bound, key)
  if (s.running.filter((running) => running.code === code).length > mostUnrolled)
    unsupported(`\`${code.name}\` is recursive`)
  return runBody(s, fn, bound, key)
}

/** The arguments by parameter. */
function bind(
  { code }: ClosureAbs,
  args: readonly (Abs | undefined)[],
  named: ReadonlyMap<string, Abs>,
): (Abs | undefined)[] {
  if (args.length > code.params.length) unsupported("a call with too many arguments")
  for (const name of named.keys())
    if (!code.params.some((param) => param.name === name)) unsupported("an unknown named argument")
  return code.params.map((param, k) => {
    const value = args[k] ?? (param.name === null ? undefined : named.get(param.name))
    if (value === undefined && param.required) unsupported("a call with too few arguments")
    return value === undefined ? undefined : held(value)
  })
}

function keyOf(fn: ClosureAbs, bound: readonly (Abs | undefined)[]): string {
  return [fn, ...bound].map((value) => (value === undefined ? "_" : formOf(value))).join(" ")
}

/** A call that goes no deeper than a few calls, as constants among its arguments say; null where it does. */
function unrolled(s: Specialiser, fn: ClosureAbs, bound: readonly (Abs | undefined)[], key: string): Abs | null {
  if (!bound.some((value) => value !== undefined && atomsOf(value).some((atom) => !isVar(atom)))) return null
  const times = s.unrolling.get(key) ?? 0
  if (times >= mostUnrolled) throw new TooDeep(key)
  const depth = s.running.length
  s.unrolling.set(key, times + 1)
  try {
    return times > 0 ? runBody(s, fn, bound, key) : s.b.attempt(() => runBody(s, fn, bound, key))
  } catch (error) {
    if (times > 0 || !(error instanceof TooDeep) || error.key !== key) throw error
    s.running.length = depth
    return null
  } finally {
    s.unrolling.set(key, times)
  }
}

/** Thrown where unrolling does not come to an end. */
class TooDeep extends Error {
  readonly key: string

  constructor(key: string) {
    super()
    this.key = key
  }
}

/** Writes the body of a function on its arguments. */
export function runBody(
  s: Specialiser,
  fn: ClosureAbs,
  bound: readonly (Abs | undefined)[],
  key: string,
  counted = true,
): Abs {
  const { code } = fn
  if (s.running.length >= mostInlined) unsupported("calls are nested too deeply")
  s.running.push({ code, key })
  s.routines.entered(s.running.length)
  if (counted) s.b.steps(1)
  const slots: (Abs | undefined)[] = new Array<Abs | undefined>(code.slots).fill(undefined)
  code.params.forEach((param, k) => {
    slots[param.slot] = bound[k]
  })
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
  if (fn.kind !== "closure") return unsupported("a call of what may be no function")
  if (fn.code.effects) unsupported(`\`${fn.code.name}\` has effects`)
  const bound = bind(fn, args, new Map())
  return runBody(s, fn, bound, keyOf(fn, bound), false)
}

/** The arguments of what has no parameters to leave out. */
function present(args: readonly (Abs | undefined)[]): Abs[] {
  return args.map((arg) => arg ?? unsupported("an argument left out before others"))
}
