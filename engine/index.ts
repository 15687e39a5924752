/**
 * The embedding interface: what `adl-lang` exports.
 * See docs/embedding.md. Nothing here imports Node.
 */

import { Engine } from "./engine.ts"
import type { EngineOptions } from "./options.ts"
import type { Rest } from "./rest.ts"
import { arrive, standIns } from "./special.ts"
import { furtherNames, specialNames } from "./special-names.ts"

/** What came after the first engine, for all. */
let rest: Rest | null = null

const loaded = (): Rest["special"] | null => rest?.special ?? null
const special = standIns([...furtherNames, ...specialNames], loaded)

async function load(): Promise<void> {
  rest = await import("./rest.ts")
  arrive(special, loaded)
}

/** Makes an engine. It answers at once; what is loaded apart is there when `ready` has resolved. */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(options, { rest: () => rest, special, load })
}

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
