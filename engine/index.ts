/**
 * The embedding interface: what `adl-lang` exports.
 * See docs/embedding.md. Nothing here imports Node.
 */

export { AdlModule, AdlValue, createEngine, Engine, Session } from "./engine.ts"
export type { AdlFunction, EngineOptions, OnValue, Wrt } from "./engine.ts"
export { AdlError } from "./error.ts"
export type { Diagnostic, DiagnosticSpan } from "./error.ts"
