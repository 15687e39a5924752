/**
 * Loops that may run in a quicker way, which is loaded apart.
 * Until that is there, and wherever it declines, the ordinary nodes do the work, with the same results. It must not know what the way is.
 */

import type { ForCore, WhileCore } from "../../lang/core.ts"
import type { Compiling } from "./compiling.ts"
import type { Frame } from "./frame.ts"

/** A loop of the program, run as a whole. */
export interface WholeLoop {
  /** Runs a range from `start` to before `end`, or a `while`; false where the ordinary nodes have to. */
  run(f: Frame, start: number, end: number): boolean
}

/** Makes a loop so that it can run as a whole, or null where it cannot. */
export type LoopMaker = (core: ForCore | WhileCore, c: Compiling) => WholeLoop | null

let offered: LoopMaker | null = null

/** Says how loops are made to run as a whole. */
export function offerLoops(make: LoopMaker): void {
  offered ??= make
}

/** A loop that is made to run as a whole at the first run for which that way is there. */
export class QuickLoop {
  private readonly core: ForCore | WhileCore
  private readonly c: Compiling
  private made: WholeLoop | null | undefined

  constructor(core: ForCore | WhileCore, c: Compiling) {
    this.core = core
    this.c = c
  }

  /** As `WholeLoop` has it. */
  run(f: Frame, start: number, end: number): boolean {
    if (this.made === undefined) {
      if (offered === null) return false
      this.made = offered(this.core, this.c)
    }
    return this.made !== null && this.made.run(f, start, end)
  }
}
