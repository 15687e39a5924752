/**
 * From a call to compiled code: specialise, transform, prune, print, link.
 * The whole way of the compiled tier on one screen. It must not know when it is worth going.
 */

import type { DirectGift } from "../interpreter/values/compiled.ts"
import { FaultError } from "../lang/report/fault.ts"
import { isOutOfMemory, isOutOfStack } from "../interpreter/evaluate/leaving.ts"
import type { FunctionValue, Runtime, Value } from "../interpreter/values/values.ts"
import { atomsOf, bool, num, type Abs } from "./abstract.ts"
import { checkResult, Inputs, valueOf, type Input, type Reader } from "./boundary.ts"
import { Builder, Unsupported } from "./builder.ts"
import { provideOperators } from "./builtins.ts"
import { derivatives } from "./derive.ts"
import { jacobians } from "./jacobians.ts"
import { directCall, type DirectCall } from "./direct.ts"
import { fuseLoops } from "./fuse.ts"
import { hoistInvariants } from "./hoist.ts"
import { advancePlaces } from "./induction.ts"
import { link, printJavaScript, untilLook, type JsFunction, type Support } from "./javascript.ts"
import type { LirFunction } from "./lir.ts"
import { spaceLooks } from "./looks.ts"
import { lower } from "./lower.ts"
import { findPlaces } from "./places.ts"
import { prune } from "./prune.ts"
import { reuseBuffers } from "./reuse.ts"
import { Specialiser } from "./specialise.ts"
import { Samples } from "./sample.ts"
import type { SirFunction } from "./sir.ts"
import { mostStatements, splitLarge } from "./split.ts"
import { verifyLir } from "./verify-lir.ts"
import { verify } from "./verify.ts"

// Said here, where bundlers keep it: a file that is imported for what it does alone may be left out.
provideOperators(derivatives)
provideOperators(jacobians)

/** Thrown by compiled code that cannot go on. */
export class Bail extends Error {}
const bailing = new Bail("bail")

/** What code is made for: values that every run may have anew. Undefined: an argument left out. */
export type Operands = readonly (Value | undefined)[]

/** What is to be done with the operands. */
export type Request = (s: Specialiser, operands: readonly (Abs | undefined)[]) => Abs

export interface SteppedRuntime extends Runtime {
  /** Steps taken, and steps that may still be taken. */
  readonly steps: number
  readonly stepsLeft: number
  /** Calls that may still be made inside those that are running. */
  readonly depthLeft: number
  holds(bytes: number): boolean
  readonly running: boolean
  /** Steps count from here, with so many made. */
  restart(steps?: number): void
  took(steps: number): void
}

/** What of a call is read how. */
interface Reading {
  /** Null: left out. */
  readonly inputs: readonly (Input | null)[]
  readonly globals: ReadonlyMap<{ readonly value: unknown }, unknown>
  readonly fixed: readonly { readonly read: Reader; readonly value: Value }[]
}

export class Compiled {
  readonly sir: SirFunction
  readonly lir: LirFunction
  readonly js: JsFunction
  /** Gives the one result, or an array of several. */
  private readonly run: (...args: unknown[]) => unknown
  private readonly reading: Reading
  private readonly result: Abs
  private readonly stacks: Float64Array[] = []
  /** Whose run is under way. */
  private readonly current: { runtime: SteppedRuntime | null } = { runtime: null }

  constructor(sir: SirFunction, reading: Reading, result: Abs) {
    this.sir = sir
    this.lir = lower(sir)
    if (checks.verify) verifyLir(this.lir)
    reuseBuffers(this.lir)
    if (checks.verify) verifyLir(this.lir)
    findPlaces(this.lir)
    if (checks.verify) verifyLir(this.lir)
    spaceLooks(this.lir)
    if (checks.verify) verifyLir(this.lir)
    splitLarge(this.lir, checks.mostStatements)
    if (checks.verify) verifyLir(this.lir)
    this.js = printJavaScript(this.lir)
    this.reading = reading
    this.result = result
    this.run = link(this.js, this.support())
  }

  /** The inputs for a run, or null where its operands have another form. */
  inputs(operands: Operands): unknown[] | null {
    const { globals, fixed, inputs } = this.reading
    for (const [cell, value] of globals) if (cell.value !== value) return null
    const out: unknown[] = []
    if (operands.length !== inputs.length) return null
    for (let k = 0; k < inputs.length; k++) {
      const input = inputs[k]!
      if (input === null ? operands[k] !== undefined : !input.read(operands[k], out)) return null
    }
    for (const { read, value } of fixed) if (!read(value, out)) return null
    return out
  }

  /** Runs the code; undefined where it could not go on. Whatever it throws but a fault has had no effect, so that the call can be made again. */
  call(runtime: SteppedRuntime, inputs: unknown[]): Value | undefined {
    const { current } = this
    const before = current.runtime
    const { steps } = runtime
    current.runtime = runtime
    try {
      const out = this.run(...inputs)
      return valueOf(this.result, this.lir.results.length === 1 ? [out] : (out as unknown[]), inputs)
    } catch (error) {
      if (error instanceof FaultError) throw error
      // What operations of tier 0 counted is done again.
      runtime.took(steps - runtime.steps)
      if (!isGivingUp(error)) throw error
      return undefined
    } finally {
      current.runtime = before
    }
  }

  /** A call with the host's own values: see `direct.ts`. Null where they have no quick form. `uncounted`: steps that the code leaves to its caller. */
  direct(runtime: SteppedRuntime, f: FunctionValue, uncounted: number, give: DirectGift): DirectCall | null {
    const { globals, fixed, inputs } = this.reading
    const forms = inputs.slice(1).map((input) => input?.host)
    const before: unknown[] = []
    const behind: unknown[] = []
    if (!forms.every((form) => form !== undefined) || inputs[0]?.read(f, before) !== true) return null
    for (const { read, value } of fixed) if (!read(value, behind)) return null
    const assumptions = Array.from(globals, ([cell, value]) => ({ cell, value }))
    const { current, run, result } = this
    return directCall({ forms, before, behind, assumptions, uncounted, runtime, current, run, result, give })
  }

  /** Bytes of the stacks on which runs save what the reverse pass reads. */
  get saved(): number {
    return this.stacks.reduce((sum, stack) => sum + stack.byteLength, 0)
  }

  private support(): Support {
    const { stacks, current } = this
    const bail = (): never => {
      throw bailing
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
      return new Float64Array(n)
    }
    return {
      bail,
      index: (t, n) => {
        const i = t < 0 ? t + n : t
        if (!(i >= 0 && i < n) || Math.floor(i) !== i) bail()
        return i
      },
      integer: (t) => {
        if (!Number.isSafeInteger(t)) bail()
        return t + 0
      },
      alloc,
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
      stack: (k) => (stacks[k] ??= new Float64Array(1024)),
      native: (run, args) => {
        for (const arg of args) worked(arg instanceof Float64Array ? 8 * arg.length : 64)
        try {
          return run(runtime(), args) ?? bail()
        } catch (error) {
          // Tier 0 finds the fault where it is, and whatever catches it there.
          if (error instanceof FaultError && error.catchable) bail()
          throw error
        }
      },
      grow: (k, needed) => {
        const old = stacks[k]!
        const size = Math.max(needed, 2 * old.length)
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
      done: (steps) => {
        if (steps > runtime().stepsLeft) bail()
        runtime().took(steps)
      },
      depth: () => runtime().depthLeft,
    }
  }
}

/** Does code end so that it cannot go on here? Where the native stack or memory runs out, tier 0 goes on without the one and names the other. */
function isGivingUp(error: unknown): boolean {
  return error === bailing || isOutOfStack(error) || isOutOfMemory(error)
}

/** The longest buffer that calls leave to each other: 32 MB. */
const mostKept = 2 ** 22

/** Whether every pass is checked, and how large functions may be: tests turn the one on, and make the other small. */
export const checks = { verify: false, mostStatements }

/** Compiles a request for operands like these; throws Unsupported with the reason and its place where it cannot. */
export function compile(
  name: string,
  library: ReadonlyMap<string, Value>,
  operands: Operands,
  request: Request,
  general = false,
): Compiled {
  const b = new Builder()
  const inputs = new Inputs(b, general)
  const globals = new Map<{ readonly value: unknown }, unknown>()
  const fixed: { read: Reader; value: Value }[] = []
  const known = new Map<Value, Abs>()
  const samples = new Samples()
  const sampled = (value: Value): Input => {
    const first = inputs.params.length
    const input = inputs.input(value)
    const raw: unknown[] = []
    if (input.read(value, raw)) raw.forEach((known, k) => samples.set(inputs.params[first + k]!, known))
    return input
  }
  const given = operands.map((value) => (value === undefined ? null : sampled(value)))
  const s = new Specialiser(b, samples, {
    library,
    readGlobal: (cell) => {
      globals.set(cell, cell.value)
    },
    abstract: (value) => {
      if (typeof value === "number") return num(value)
      if (typeof value === "boolean") return bool(value)
      let abs = known.get(value)
      if (abs === undefined) {
        const here = b.scope
        let root = here
        while (root.outer !== null) root = root.outer
        b.scope = root
        const input = sampled(value)
        b.scope = here
        if (atomsOf(input.abs).length > 0) fixed.push({ read: input.read, value })
        known.set(value, (abs = input.abs))
      }
      return abs
    },
  })
  let result: Abs
  try {
    result = request(
      s,
      given.map((input) => input?.abs),
    )
    checkResult(result)
  } catch (error) {
    if (error instanceof Unsupported) error.span ??= s.at
    throw error
  }
  b.scope.block.results = atomsOf(result)
  const sir: SirFunction = { name, params: inputs.params, body: b.scope.block }
  if (checks.verify) verify(sir)
  prune(sir)
  if (checks.verify) verify(sir)
  fuseLoops(sir)
  if (checks.verify) verify(sir)
  advancePlaces(sir)
  hoistInvariants(sir)
  prune(sir)
  if (checks.verify) verify(sir)
  return new Compiled(sir, { inputs: given, globals, fixed }, result)
}
