/**
 * `adl-lang` where a host downloads what it imports, as a page does: the same engine, which begins with what a first formula needs.
 * The rest comes with `ready`; until then there are stand-ins, which say so. Nothing here imports Node.
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

export * from "./api.ts"
