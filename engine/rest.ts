/**
 * What an engine can begin without: `adl-lang` loads it after itself, `adl-lang/full` with itself.
 * The built-ins of the larger families, for which there are stand-ins until then, the texts of the standard modules, and the kernels whose twins in JavaScript
 * do until then, with the same bits. It must not know who loads it.
 */

export { specialBuiltins as special } from "../interpreter/builtins/special.ts"
export { KERNELS as kernels } from "../interpreter/kernels/wasm/module.ts"
export { sources } from "../stdlib/sources.ts"

import type { BuiltinFunction } from "../interpreter/values/values.ts"

/** What is here, for those who have it from elsewhere. */
export interface Rest {
  /** The built-ins of the larger families. */
  readonly special: readonly BuiltinFunction[]
  /** The texts of the standard modules by specifier. */
  readonly sources: ReadonlyMap<string, string>
  /** The SIMD module. */
  readonly kernels: string
}
