/**
 * What every program finds in scope: the built-in functions and constants, by name.
 * Values for the tiers and bindings for the elaborator are made from one list of built-ins. It must not know hosts nor modules.
 */

import type { Binding, BuiltinSignature, Scope } from "../lang/scope.ts"
import { numericBuiltins } from "../interpreter/builtins/numeric.ts"
import * as derivatives from "../interpreter/builtins/derivatives.ts"
import * as effects from "../interpreter/builtins/effects.ts"
import * as functional from "../interpreter/builtins/functional.ts"
import * as text from "../interpreter/builtins/text.ts"
import { showFunction } from "../interpreter/values/show.ts"
import { BuiltinFunction, type Value } from "../interpreter/values/values.ts"

/** The built-ins that are there from the start, in the order of the files that declare them. Exporting a built-in from its file is registering it. */
export const basicBuiltins: readonly BuiltinFunction[] = [
  ...numericBuiltins,
  ...[functional, text, effects, derivatives].flatMap((module) =>
    (Object.values(module) as unknown[]).filter((value) => value instanceof BuiltinFunction),
  ),
]

export const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["tau", 2 * Math.PI],
  ["e", Math.E],
  ["inf", Infinity],
  ["nan", NaN],
  ["eps", Number.EPSILON],
])

/** How the elaborator sees a built-in. */
export function bindingOf(builtin: BuiltinFunction): Binding {
  return {
    kind: "builtin",
    name: builtin.name,
    callsBack: builtin.callsBack,
    effect: builtin.effect,
    keeps: builtin.retains,
    signature: signatureOf(builtin),
  }
}

function signatureOf(builtin: BuiltinFunction): BuiltinSignature {
  return {
    required: builtin.required,
    max: builtin.most,
    names: builtin.anyNamed ? null : [...builtin.params.map((p) => p.name), ...builtin.options],
    text: showFunction(builtin),
  }
}

/** The names in scope everywhere, with more built-ins and values of the host. */
export class Library implements Scope {
  /** Values by name, for the tiers. */
  readonly values: ReadonlyMap<string, Value>
  /** Bindings that are no built-in functions; those are made when they are first looked up, for most programs use few. */
  private readonly bindings = new Map<string, Binding>()

  /** `special` are the built-ins that are loaded apart, or stand-ins for them; `more` those of a host, `given` its values. */
  constructor(
    special: readonly BuiltinFunction[],
    more: readonly BuiltinFunction[] = [],
    given: ReadonlyMap<string, Value> = new Map(),
  ) {
    const values = new Map<string, Value>(constants)
    for (const builtin of [...basicBuiltins, ...special]) values.set(builtin.name, builtin)
    for (const builtin of more) values.set(builtin.name, builtin)
    for (const [name, value] of constants) this.bindings.set(name, { kind: "constant", value })
    for (const builtin of more) this.bindings.set(builtin.name, bindingOf(builtin))
    this.bindings.set(effects.attemptType.name, { kind: "type", type: effects.attemptType })
    for (const variant of effects.attemptType.variants) this.bindings.set(variant.name, { kind: "variant", variant })
    for (const [name, value] of given) {
      this.bindings.set(name, { kind: "cell", cell: { name, value, kind: "let", span: null, doc: null } })
    }
    this.values = values
  }

  lookup(name: string): Binding | undefined {
    const known = this.bindings.get(name)
    if (known !== undefined) return known
    const builtin = this.values.get(name)
    if (!(builtin instanceof BuiltinFunction)) return undefined
    const binding = bindingOf(builtin)
    this.bindings.set(name, binding)
    return binding
  }

  names(): Iterable<string> {
    return new Set([...this.values.keys(), ...this.bindings.keys()])
  }
}
