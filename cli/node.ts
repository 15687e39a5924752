/**
 * `adl-lang/node`: an engine that knows the process it runs in.
 * Memory is limited by what the process really uses, and on demand programs read and write files below the current folder and import modules from disk, as
 * they do on the command line. It must not know commands.
 */

import * as compiler from "../compiler/tier.ts"
import { Engine } from "../engine/engine.ts"
import type { EngineOptions } from "../engine/options.ts"
import { whole } from "../engine/whole.ts"
import { locate, memoryInUse } from "./disk.ts"
import { fileBuiltins } from "./files.ts"

/** What an engine in Node may be told when it is made. */
export interface NodeOptions extends EngineOptions {
  /** True: `read_csv`, `write_json` and their kin work below the current folder, and `import "./x.adl"` reads modules; false unless given. */
  readonly files?: boolean
}

/** Makes an engine that is ready at once. `limits.memory` counts what the process takes beyond what it took when a call began. */
export function createEngine(options: NodeOptions = {}): Engine {
  const { files = false, ...others } = options
  let before = 0
  return new Engine(
    {
      memoryInUse: (first) => {
        const now = memoryInUse()
        // What was garbage when the call began is no longer in use.
        before = first ? now : Math.min(before, now)
        return now - before
      },
      ...(files ? { modules: locate } : {}),
      ...others,
      builtins: [...(files ? fileBuiltins(true) : []), ...(others.builtins ?? [])],
    },
    { ...whole, compiler },
  )
}

export * from "../engine/api.ts"
