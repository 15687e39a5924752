/**
 * Where tier 0 asks the compiled tier to go on in its place: at the entry of a function and at the head of a loop.
 * Asking costs more than a turn, so that it is done after some calls and turns, and less often where the answer is no. It must not know what compiled code
 * is.
 */

import type { Core } from "../../lang/core.ts"
import type { Value } from "../values/values.ts"
import { registers, type CompiledCode, type Frame, type Node, type SteppedRuntime } from "./frame.ts"

/** Calls until a function asks again that found no compiled tier. */
const callsUntilLoaded = 64
/** Turns of a loop before it asks where no compiled tier says otherwise, and at most between two questions. */
const firstTurns = 500
const mostTurns = 200_000

/** A body that asks for the compiled tier first, as often as that wants to be asked; the body itself where there will be none. */
export function asking(code: CompiledCode, body: Node): Node {
  const { runtime } = registers as { readonly runtime: SteppedRuntime | null }
  if (runtime !== null && !runtime.compiles && runtime.compiler() === null) return body
  return (frame) => {
    if (--code.patience < 0) {
      const taken = takeOver(code, body, frame)
      if (taken !== undefined) return taken
    }
    return body(frame)
  }
}

function takeOver(code: CompiledCode, body: Node, frame: Frame): Value | undefined {
  const { runtime } = registers
  const compiler = runtime.compiler()
  if (compiler === null) {
    if (runtime.compiles) code.patience = callsUntilLoaded
    else code.body = body
    return undefined
  }
  const out = compiler.call(runtime, code, frame)
  if (code.patience === Infinity) code.body = body
  return out
}

/** The head of one loop of the program. */
export class LoopHead {
  private readonly code: CompiledCode
  private readonly core: Core
  private turns = 0
  private wait = 0

  constructor(code: CompiledCode, core: Core) {
    this.code = code
    this.core = core
  }

  /** Counts turns to come; true where it is time to ask. */
  hot(turns: number): boolean {
    this.turns += turns
    return this.turns >= this.wait && turns > 0
  }

  /**
   * The value of the loop, from what the frame holds to its end; undefined where tier 0 has to go on. `over`: what it runs over, as a value or as the bounds of
   * a range; nothing for a `while`.
   */
  take(frame: Frame, over: readonly Value[]): Value | undefined {
    const { runtime } = registers
    const compiler = runtime.compiler(this.turns)
    const first = compiler === null ? firstTurns : compiler.turns
    if (this.turns < first) {
      this.wait = first
      return undefined
    }
    const out = compiler?.loop(runtime, this.code, this.core, frame, over)
    this.turns = 0
    this.wait = out === undefined ? Math.min(mostTurns, 4 * Math.max(this.wait, first)) : 0
    return out
  }
}
