/**
 * What the partials of a primitive are on plain numbers, as far as that is known beforehand.
 * A rule never looks at values, so what it makes of stand-ins says what it makes of any numbers: a constant, one of the numbers themselves, or something to be
 * computed. It must not know any primitive.
 */

import type { Shape } from "../arrays/tensor.ts"
import type { BinaryPrimitive, PartialRule, UnaryPrimitive } from "./declare.ts"
import { Staged, type Change, type Num, type Truth } from "./num.ts"

class StandIn extends Staged {
  readonly shape: Shape | null = null

  apply(): Num | Truth {
    return new StandIn()
  }

  choose(): Change {
    return new StandIn()
  }
}

/** How a partial is found: it is a constant, the first or the second argument, the value, or what the rule gives. */
export const FIXED = 0
export const FIRST = 1
export const SECOND = 2
export const VALUE = 3
export const RULE = 4

/** One partial. A constant other than ±1 is found by its rule as well. */
export interface Form {
  readonly how: number
  readonly constant: number
  readonly rule: PartialRule
}

const absent: PartialRule = () => undefined

function formOf(rule: PartialRule | null): Form {
  if (rule === null) return { how: RULE, constant: 1, rule: absent }
  const x = new StandIn()
  const y = new StandIn()
  const out = new StandIn()
  const partial = rule(x, y, out)
  if (partial === 1 || partial === -1) return { how: FIXED, constant: partial, rule }
  const how = partial === x ? FIRST : partial === y ? SECOND : partial === out ? VALUE : RULE
  return { how, constant: 1, rule }
}

/** The forms of the partials of a primitive; a primitive of one number depends on no second. */
export function formsOf(primitive: UnaryPrimitive | BinaryPrimitive): readonly [Form, Form] {
  if (primitive.kind === "binary") return [formOf(primitive.partials[0]), formOf(primitive.partials[1])]
  const { partial } = primitive
  return [formOf(partial === null ? null : (x, _y, out) => partial(x, out)), formOf(null)]
}
