/**
 * The embedding interface: what `adl-lang` exports.
 * See docs/embedding.md. Nothing here imports Node.
 */

import { sources } from "../stdlib/sources.ts"
import { Engine } from "./engine.ts"
import type { EngineOptions } from "./options.ts"

/** Makes an engine. */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(options, { sources: () => sources })
}

export { Engine } from "./engine.ts"
export { AdlError } from "./error.ts"
export type { Diagnostic, DiagnosticSpan } from "./error.ts"
export type { AdlFunction, Wrt } from "./function.ts"
export type { HostDeclaration, HostFunction } from "./host.ts"
export type { EngineOptions } from "./options.ts"
export { AdlModule, Session } from "./session.ts"
export type { Serialized } from "./serialform.ts"
export type { OnValue } from "./session.ts"
export { AdlValue } from "./value.ts"
