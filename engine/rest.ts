/**
 * What an engine can begin without: `adl-lang` loads it after itself, `adl-lang/full` with itself.
 * The built-ins that are needed less often, for which there are stand-ins until then, the texts of the standard modules, the way to plain data and back, derivatives of host functions, the second driver, and what makes
 * programs quicker without changing a bit: the SIMD module and loops that run as a whole. It must not know who loads it.
 */

export { scalarWhole as loops } from "../interpreter/evaluate/scalar.ts"
export { deserialize, restore } from "./arrival.ts"
export * as hostRules from "./hostrules.ts"
export { serialize } from "./serial.ts"
export { render } from "../lang/report/render.ts"
export { sources } from "../stdlib/sources.ts"

import { furtherBuiltins } from "../interpreter/builtins/further.ts"
import { specialBuiltins } from "../interpreter/builtins/special.ts"
import type * as Arrivals from "./arrival.ts"
import type { render as Render } from "../lang/report/render.ts"
import type * as HostRules from "./hostrules.ts"
import type * as Departures from "./serial.ts"
import type { Deep } from "../interpreter/evaluate/deep.ts"
import { runProgram } from "../interpreter/evaluate/machine.ts"
import { programOf } from "../interpreter/evaluate/program.ts"
import { KERNELS } from "../interpreter/kernels/wasm/module.ts"
import { simdVectors } from "../interpreter/kernels/wasm/vectors.ts"
import type { Vectors } from "../interpreter/kernels/vectors.ts"
import type { LoopMaker } from "../interpreter/evaluate/quick.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"

export const vectors: Vectors = simdVectors(() => KERNELS)

/** Programs on an explicit stack. */
export const deep: Deep = { programOf, runProgram }

export const special: readonly BuiltinFunction[] = [...furtherBuiltins, ...specialBuiltins]

/** What is here, for those who have it from elsewhere. */
export interface Rest {
  /** The built-ins that are needed less often. */
  readonly special: readonly BuiltinFunction[]
  /** The texts of the standard modules by specifier. */
  readonly sources: ReadonlyMap<string, string>
  /** A value as plain data. */
  readonly serialize: typeof Departures.serialize
  /** A value from plain data. */
  readonly deserialize: typeof Arrivals.deserialize
  /** The names of a session from its snapshot. */
  readonly restore: typeof Arrivals.restore
  /** Derivatives of host functions. */
  readonly hostRules: typeof HostRules
  /** How errors are drawn. */
  readonly render: typeof Render
  /** How calls go on when native stack has run out. */
  readonly deep: Deep
  /** How loops of nothing but numbers run as a whole. */
  readonly loops: LoopMaker
  /** By what long arrays are done. */
  readonly vectors: Vectors
}
