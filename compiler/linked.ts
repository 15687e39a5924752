/**
 * Code that can run: SIR lowered, printed and linked, with the stacks on which it saves and what else it finds beside its arguments.
 * Stacks and buffers live from call to call. It must not know where SIR comes from, nor what is done where code cannot go on.
 */

import { few, zeroed } from "../interpreter/arrays/fresh.ts"
import { FaultError } from "../lang/report/fault.ts"
import type { Runtime } from "../interpreter/values/values.ts"
import { findPlaces } from "./places.ts"
import { link, printJavaScript, untilLook, type JsFunction, type Support } from "./javascript.ts"
import type { LirFunction } from "./lir.ts"
import { spaceLooks } from "./looks.ts"
import { lower } from "./lower.ts"
import { reuseBuffers } from "./reuse.ts"
import type { SirFunction } from "./sir.ts"
import { mostStatements, splitLarge } from "./split.ts"
import { touchBuffers } from "./touch.ts"
import { verifyLir } from "./verify-lir.ts"

/** Thrown by compiled code that cannot go on. */
class Bail extends Error {}
export const bailing = new Bail("bail")
/** Thrown where code would save more for the reverse pass than it may. */
export const savingTooMuch = new Bail("too much to save")

export interface SteppedRuntime extends Runtime {
  /** Steps taken, and steps that may still be taken. */
  readonly steps: number
  readonly stepsLeft: number
  /** Calls that may still be made inside those that are running. */
  readonly depthLeft: number
  holds(bytes: number): boolean
  /** Bytes that a run may save for the reverse pass before loops make their turns again instead. */
  readonly tapeMemory: number
  readonly running: boolean
  /** Steps count from here, with so many made. */
  restart(steps?: number): void
  took(steps: number): void
}

/** The run that is under way: whose it is, and whether the host itself is given what comes of it. */
export interface Current {
  runtime: SteppedRuntime | null
  forHost: boolean
}

/** The longest buffer that calls leave to each other: 32 MB. */
const mostKept = 2 ** 22

/**
 * Whether every pass is checked, how large functions may be, and for how many numbers a stack has room at first: tests turn the one on, and make the others small.
 */
export const checks = { verify: false, mostStatements, stack: 1024 }

export class Linked {
  readonly sir: SirFunction
  readonly lir: LirFunction
  readonly js: JsFunction
  /** Gives the one result, or an array of several. */
  readonly run: (...args: unknown[]) => unknown
  /** May it not save more than the runtime says? */
  bounded = true
  private readonly stacks: Float64Array[] = []
  private readonly current: Current

  constructor(sir: SirFunction, current: Current) {
    this.current = current
    this.sir = sir
    this.lir = lower(sir)
    if (checks.verify) verifyLir(this.lir)
    reuseBuffers(this.lir)
    if (checks.verify) verifyLir(this.lir)
    findPlaces(this.lir)
    if (checks.verify) verifyLir(this.lir)
    spaceLooks(this.lir)
    touchBuffers(this.lir)
    if (checks.verify) verifyLir(this.lir)
    splitLarge(this.lir, checks.mostStatements)
    if (checks.verify) verifyLir(this.lir)
    this.js = printJavaScript(this.lir)
    this.run = link(this.js, this.support())
  }

  /** Bytes of its stacks. */
  get saved(): number {
    return this.stacks.reduce((sum, stack) => sum + stack.byteLength, 0)
  }

  /** Gives the memory of its stacks back. */
  forget(): void {
    this.stacks.length = 0
  }

  private support(): Support {
    const { stacks, current } = this
    const bail = (): never => {
      throw bailing
    }
    // Tier 0 finds the fault where it is, and whatever catches it there.
    const failed = (error: unknown): never => {
      throw error instanceof FaultError && error.catchable ? bailing : error
    }
    const runtime = (): SteppedRuntime => current.runtime!
    const kept: Float64Array[] = []
    let work = 0
    // Numbers that are made or read beside steps: time passes with them as well.
    const worked = (n: number): void => {
      work += n
      if (work <= untilLook) return
      work = 0
      runtime().poll()
    }
    const alloc = (n: number): Float64Array => {
      worked(n)
      if (n > 1024) {
        // Tier 0 may do with less: it knows what is left when elements were chosen.
        if (!runtime().holds(8 * n)) bail()
        runtime().charge(8 * n)
      }
      return zeroed(n)
    }
    return {
      bailing,
      integer: (t) => {
        if (!Number.isSafeInteger(t)) bail()
        return t + 0
      },
      alloc,
      // What the host is handed has memory of its own, so that it need not be copied there.
      result: (n) => (current.forHost && n <= few ? new Float64Array(n) : alloc(n)),
      kept: (k, n) => {
        const before = kept[k]
        if (before?.length === n) {
          worked(n)
          return before
        }
        const made = alloc(n)
        if (n <= mostKept) kept[k] = made
        return made
      },
      stack: (k) => (stacks[k] ??= new Float64Array(checks.stack)),
      native: (run, args) => {
        for (const arg of args) worked(arg instanceof Float64Array ? 8 * arg.length : 64)
        try {
          return run(runtime(), args) ?? bail()
        } catch (error) {
          return failed(error)
        }
      },
      product: (run, out, x, y, m, k, n) => {
        worked(8 * (x.length + y.length))
        try {
          run(out, x, y, m, k, n)
        } catch (error) {
          failed(error)
        }
      },
      grow: (k, needed) => {
        const old = stacks[k]!
        const room = this.bounded ? old.length + (runtime().tapeMemory - this.saved) / 8 : Infinity
        if (needed > room) throw savingTooMuch
        const size = Math.max(needed, Math.min(2 * old.length, Math.floor(room)))
        runtime().charge(8 * size)
        const grown = new Float64Array(size)
        grown.set(old)
        stacks[k] = grown
        return grown
      },
      poll: (steps) => {
        if (steps > runtime().stepsLeft) bail()
        runtime().poll()
        return steps + untilLook
      },
      look: (steps) => {
        if (steps > runtime().stepsLeft) bail()
        runtime().poll()
      },
      done: (steps) => {
        if (steps > runtime().stepsLeft) bail()
        runtime().took(steps)
      },
      depth: () => runtime().depthLeft,
    }
  }
}
