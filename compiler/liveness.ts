/**
 * What is read behind a choice or a loop: which slots of the frame, and whether anything takes its value.
 * One walk backwards over a function, in which a loop is walked until nothing is added. Whatever is not read there need not be brought into one form by the
 * branches. It must not know values or forms.
 */

import type { Code, Core } from "../lang/core.ts"
import { partsOf } from "../interpreter/evaluate/scan.ts"

export interface Needs {
  /** Is the slot read before it is filled anew? */
  readonly slot: (slot: number) => boolean
  /** Is the value of the node itself used? */
  readonly value: boolean
}

type Slots = bigint

const found = new WeakMap<Code, ReadonlyMap<Core, Needs>>()

/** What is needed behind a choice or a loop of a function. */
export function needsOf(code: Code, core: Core): Needs {
  let all = found.get(code)
  if (all === undefined) {
    const walk = new Walk()
    walk.before(code.body, 0n, true)
    found.set(code, (all = walk.needs))
  }
  return all.get(core) ?? everything
}

/** Where nothing is known of what follows. */
export const everything: Needs = { slot: () => true, value: true }

class Walk {
  readonly needs = new Map<Core, Needs>()

  private keep(core: Core, after: Slots, value: boolean): void {
    this.needs.set(core, { slot: (slot) => ((after >> BigInt(slot)) & 1n) === 1n, value })
  }

  /** What is read from a node on, for what is read behind it. */
  before(core: Core, after: Slots, used: boolean): Slots {
    switch (core.kind) {
      case "local":
        return after | bit(core.slot)
      case "set":
        return this.before(core.value, after & ~bit(core.slot), true)
      case "seq": {
        const last = core.items.length - 1
        return core.items.reduceRight((live, item, k) => this.before(item, live, used && k === last), after)
      }
      case "if": {
        this.keep(core, after, used)
        const live = this.before(core.then, after, used) | this.before(core.else, after, used)
        return this.before(core.condition, live, true)
      }
      case "for": {
        this.keep(core, after, false)
        const exit = core.exit === null ? 0n : bit(core.exit)
        const head = this.loop(after | exit, (end) => this.before(core.body, end, false) & ~bit(core.slot))
        return this.before(core.source, head, true)
      }
      case "while": {
        this.keep(core, after, false)
        const exit = core.exit === null ? 0n : bit(core.exit)
        return this.loop(after | exit, (end) => this.before(core.condition, this.before(core.body, end, false), true))
      }
      case "comprehend":
        return this.loop(after, (end) => this.parts(core, end))
      default:
        return this.parts(core, after)
    }
  }

  /** `turn` gives what is read from the start of a turn on; behind a turn comes another, or what follows the loop. */
  private loop(after: Slots, turn: (end: Slots) => Slots): Slots {
    let end = after
    for (;;) {
      const next = end | turn(end)
      if (next === end) return end
      end = next
    }
  }

  private parts(core: Core, after: Slots): Slots {
    const own = core.kind === "update" || core.kind === "patch" || core.kind === "default" ? bit(core.slot) : 0n
    return partsOf(core).reduceRight((live, part) => this.before(part, live, true), after | own)
  }
}

function bit(slot: number): Slots {
  return 1n << BigInt(slot)
}
