/**
 * Where code is being written: the calls and loops of the program that are around it.
 * A loop is written again when an assumption about it, or about a loop around it, was wrong; what was found out about it is kept with its place, so that it need not be
 * found out once more. It must not know how loops are written.
 */

import type { Core } from "../lang/core.ts"
import type { Abs } from "./abstract.ts"

/** What is known of a variable that a loop carries. */
export interface Finding {
  /** The form that holds every value it has, of which these atoms change. */
  readonly form: Abs
  readonly varying: readonly boolean[]
  readonly lengths: "carried" | "unknown" | undefined
  readonly likeness: Abs | undefined
}

export class Site {
  /** By the slot of the variable. */
  readonly findings = new Map<number, Finding>()
  private readonly inner = new Map<Core, Site>()

  at(core: Core): Site {
    let site = this.inner.get(core)
    if (site === undefined) this.inner.set(core, (site = new Site()))
    return site
  }
}
