/**
 * A value of the language in the host's hands.
 * It is opaque until it is asked for its JavaScript form, its text or its kind, and goes back into any call as an argument. It must not know engines.
 */

import type { Scope } from "../lang/scope.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import { show } from "../interpreter/values/show.ts"
import { toJson } from "../interpreter/values/json.ts"
import type { Value } from "../interpreter/values/values.ts"
import { toJs, type Conversion } from "./convert.ts"
import { guarded } from "./error.ts"

/** A value of the language in the hands of the host: opaque until it is asked, and an argument of any call. */
export class AdlValue {
  /** For the engine's own use. @internal */
  readonly value: Value
  private readonly conversion: Conversion

  /** For the engine's own use. @internal */
  constructor(value: Value, conversion: Conversion) {
    this.value = value
    this.conversion = conversion
  }

  /** Its JavaScript form: see the guide to embedding. */
  toJS(): unknown {
    return guarded(() => toJs(this.value, this.conversion))
  }

  /** As the REPL shows it. */
  toString(): string {
    return guarded(() => show(this.value))
  }

  /** In the JSON form of the command line. */
  toJSON(): unknown {
    return guarded(() => JSON.parse(toJson(this.value)) as unknown)
  }

  /** What a person calls its kind: `a number`, `an array of shape (3)`. */
  get type(): string {
    return kindOf(this.value)
  }
}

/** Conversion for a scope in which variants have names. */
export function conversionIn(scope: Pick<Scope, "lookup">): Conversion {
  const conversion: Conversion = {
    unwrap: (x) => (x instanceof AdlValue ? x.value : undefined),
    wrap: (value) => new AdlValue(value, conversion),
    variant: (name) => {
      const found = scope.lookup(name)
      return found?.kind === "variant" ? found.variant : undefined
    },
  }
  return conversion
}
