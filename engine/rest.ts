/**
 * What an engine can begin without: `adl-lang` loads it after itself, `adl-lang/full` with itself.
 * The built-ins of the larger families, for which there are stand-ins until then, the texts of the standard modules, the way back from plain data, and what makes programs quicker without
 * changing a bit: the SIMD module and loops that run as a whole. It must not know who loads it.
 */

export { specialBuiltins as special } from "../interpreter/builtins/special.ts"
export { scalarWhole as loops } from "../interpreter/evaluate/scalar.ts"
export { KERNELS as kernels } from "../interpreter/kernels/wasm/module.ts"
export { deserialize, restore } from "./arrival.ts"
export { sources } from "../stdlib/sources.ts"

import type * as Arrivals from "./arrival.ts"
import type { LoopMaker } from "../interpreter/evaluate/quick.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"

/** What is here, for those who have it from elsewhere. */
export interface Rest {
  /** The built-ins of the larger families. */
  readonly special: readonly BuiltinFunction[]
  /** The texts of the standard modules by specifier. */
  readonly sources: ReadonlyMap<string, string>
  /** A value from plain data. */
  readonly deserialize: typeof Arrivals.deserialize
  /** The names of a session from its snapshot. */
  readonly restore: typeof Arrivals.restore
  /** How loops of nothing but numbers run as a whole. */
  readonly loops: LoopMaker
  /** The SIMD module. */
  readonly kernels: string
}
