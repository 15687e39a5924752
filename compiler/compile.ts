/**
 * From a call to compiled code: specialise, transform, prune, print, link.
 * The whole way of the compiled tier on one screen. It must not know when it is worth going.
 */

import type { DirectGift } from "../interpreter/values/compiled.ts"
import { FaultError } from "../lang/report/fault.ts"
import { isOutOfMemory, isOutOfStack } from "../interpreter/evaluate/leaving.ts"
import type { FunctionValue, Value } from "../interpreter/values/values.ts"
import { atomsOf, bool, num, type Abs } from "./abstract.ts"
import { checkResult, Inputs, valueOf, type Input, type Reader } from "./boundary.ts"
import { Builder, Unsupported } from "./builder.ts"
import { assignFirst } from "./contributions.ts"
import { provideOperators } from "./builtins.ts"
import { checkpoints, inlineCheckpoints } from "./checkpoint.ts"
import { derivatives } from "./derive.ts"
import { jacobians } from "./jacobians.ts"
import { directCall, type DirectCall } from "./direct.ts"
import { fuseLoops } from "./fuse.ts"
import { hoistInvariants } from "./hoist.ts"
import { advancePlaces } from "./induction.ts"
import type { JsFunction } from "./javascript.ts"
import { bailing, checks, Linked, savingTooMuch, type Current, type SteppedRuntime } from "./linked.ts"
import type { LirFunction } from "./lir.ts"
import { prune } from "./prune.ts"
import { inSegments } from "./segments.ts"
import { Specialiser } from "./specialise.ts"
import { Samples } from "./sample.ts"
import type { SirFunction } from "./sir.ts"
import { verify } from "./verify.ts"

// Said here, where bundlers keep it: a file that is imported for what it does alone may be left out.
provideOperators(derivatives)
provideOperators(jacobians)
provideOperators(checkpoints)

/** What code is made for: values that every run may have anew. Undefined: an argument left out. */
export type Operands = readonly (Value | undefined)[]

/** What is to be done with the operands. */
export type Request = (s: Specialiser, operands: readonly (Abs | undefined)[]) => Abs

export { checks, type SteppedRuntime } from "./linked.ts"

/** Loops around those that are put in segments at most. */
const deepest = 3

/** What of a call is read how. */
interface Reading {
  /** Null: left out. */
  readonly inputs: readonly (Input | null)[]
  readonly globals: ReadonlyMap<{ readonly value: unknown }, unknown>
  readonly fixed: readonly { readonly read: Reader; readonly value: Value }[]
}

export class Compiled {
  readonly sir: SirFunction
  private readonly code: Linked
  /** Where what it saves would be too much: with its loops in segments, as deep as was needed so far. */
  private readonly segmented: (Linked | null)[] = []
  private readonly reading: Reading
  private readonly result: Abs
  /** Whose run is under way. */
  private readonly current: Current = { runtime: null, forHost: false }

  constructor(sir: SirFunction, reading: Reading, result: Abs) {
    this.sir = sir
    this.reading = reading
    this.result = result
    this.code = new Linked(sir, this.current)
  }

  /** The function as it is, and with loops in segments where a run had to save too much. */
  get forms(): SirFunction[] {
    return [this.code, ...this.segmented].flatMap((code) => (code == null ? [] : [code.sir]))
  }

  get lir(): LirFunction {
    return this.code.lir
  }

  get js(): JsFunction {
    return this.code.js
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
    current.forHost = false
    try {
      const out = this.run(runtime, this.code, 0, inputs)
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

  /** Runs code; where that would save too much, from its start with loops in segments, `depth` deep to begin with. */
  private run(runtime: SteppedRuntime, code: Linked, depth: number, inputs: unknown[]): unknown {
    const { steps } = runtime
    try {
      return code.run(...inputs)
    } catch (error) {
      if (error !== savingTooMuch) throw error
    }
    runtime.took(steps - runtime.steps)
    code.forget()
    for (let next = depth; next <= deepest; next++) {
      if (this.segmented[next] === undefined) {
        const sir = inSegments(this.sir, next)
        if (sir !== null && checks.verify) verify(sir)
        this.segmented[next] = sir === null ? null : new Linked(sir, this.current)
      }
      const longer = this.segmented[next]
      if (longer != null) return this.run(runtime, longer, next + 1, inputs)
    }
    code.bounded = false
    return code.run(...inputs)
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
    const { current, result } = this
    const { run } = this.code
    return directCall({ forms, before, behind, assumptions, uncounted, runtime, current, run, result, give })
  }

  /** Bytes of the stacks on which runs save what the reverse pass reads. */
  get saved(): number {
    return Math.max(...[this.code, ...this.segmented].map((code) => code?.saved ?? 0))
  }
}

/** Does code end so that it cannot go on here? Where the native stack or memory runs out, tier 0 goes on without the one and names the other. */
function isGivingUp(error: unknown): boolean {
  return error === bailing || isOutOfStack(error) || isOutOfMemory(error)
}

/** Compiles a request for operands like these; throws Unsupported with the reason and its place where it cannot. */
export function compile(
  name: string,
  library: ReadonlyMap<string, Value>,
  operands: Operands,
  request: Request,
  general = false,
  budget?: number,
): Compiled {
  const b = new Builder(budget)
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
  inputs.apart = true
  const given = operands.map((value) => (value === undefined ? null : sampled(value)))
  inputs.apart = false
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
  inlineCheckpoints(sir)
  if (checks.verify) verify(sir)
  prune(sir)
  if (checks.verify) verify(sir)
  assignFirst(sir)
  if (checks.verify) verify(sir)
  fuseLoops(sir)
  if (checks.verify) verify(sir)
  advancePlaces(sir)
  hoistInvariants(sir)
  prune(sir)
  if (checks.verify) verify(sir)
  return new Compiled(sir, { inputs: given, globals, fixed }, result)
}
