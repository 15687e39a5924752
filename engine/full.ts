/**
 * `adl-lang/full`: the same engine with everything in it from the start.
 * The compiler is imported statically, so that the first call may be compiled. Nothing here imports Node.
 */

import * as compiler from "../compiler/tier.ts"
import { sources } from "../stdlib/sources.ts"
import { Engine } from "./engine.ts"
import type { EngineOptions } from "./options.ts"

/** Makes an engine that is ready at once. */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(options, { sources: () => sources, compiler })
}

// All else is the same; `createEngine` above takes the place of the one there.
export * from "./index.ts"
