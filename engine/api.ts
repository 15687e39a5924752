/**
 * The embedding interface: what `adl-lang` exports beside `createEngine`, which differs in how much is there from the start.
 * See docs/embedding.md. Nothing here imports Node.
 */

export { Engine } from "./engine.ts"
export { AdlError } from "./error.ts"
export type { Diagnostic, DiagnosticSpan } from "./error.ts"
export type { AdlFunction, Wrt } from "./function.ts"
export type { HostCall, HostDeclaration, HostFunction } from "./host.ts"
export type { Located } from "./loader.ts"
export type { EngineOptions } from "./options.ts"
export type { Limits } from "../interpreter/evaluate/runtime.ts"
export type { RenderOptions, Style } from "../lang/report/render.ts"
export { AdlModule, Session } from "./session.ts"
export type { Serialized } from "./serialform.ts"
export type { OnValue } from "./session.ts"
export { AdlValue } from "./value.ts"
