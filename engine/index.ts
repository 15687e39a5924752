/**
 * `adl-lang` where programs lie on a disk: every built-in and standard module is there from the start.
 * Only the compiler, which is large and changes no result, comes with `ready`; `page.ts` stands here where everything is downloaded, `full.ts` has the compiler, too.
 * Nothing here imports Node.
 */

import { Engine } from "./engine.ts"
import type { EngineOptions } from "./options.ts"
import { whole } from "./whole.ts"

/** Makes an engine. It answers at once; the compiler is there when `ready` has resolved. */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(options, whole)
}

export * from "./api.ts"
