/**
 * `adl-lang/full`: the same engine with everything in it from the start.
 * Compiler, kernels and standard modules are imported statically, so that the first call may use them. Nothing here imports Node.
 */

import * as compiler from "../compiler/tier.ts"
import { Engine } from "./engine.ts"
import type { EngineOptions } from "./options.ts"
import { whole } from "./whole.ts"

/** Makes an engine that is ready at once. */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(options, { ...whole, compiler })
}

export * from "./api.ts"
