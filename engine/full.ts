/**
 * `adl-lang/full`: the same engine with everything in it from the start.
 * The compiler is imported statically, so that the first call may be compiled. Nothing here imports Node.
 */

import * as compiler from "../compiler/tier.ts"
import { Engine } from "./engine.ts"
import type { EngineOptions } from "./options.ts"

/** Makes an engine that is ready at once. */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(options, compiler)
}

export { AdlError, AdlModule, AdlValue, Engine, Session } from "./index.ts"
export type {
  AdlFunction,
  Diagnostic,
  DiagnosticSpan,
  EngineOptions,
  HostDeclaration,
  HostFunction,
  OnValue,
  Serialized,
  Wrt,
} from "./index.ts"
