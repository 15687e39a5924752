/**
 * The compiled tier: which calls, loops and derivatives are compiled, and what becomes of those that could not go on.
 * Code is made for forms of operands and kept with the function; what cannot be compiled is asked for less and less often. Whatever goes wrong inside, tier 0
 * does the work. It must not know how code is made.
 */

import type { Code, Core } from "../lang/core.ts"
import { FaultError } from "../lang/report/fault.ts"
import type { Span } from "../lang/report/span.ts"
import { Tensor } from "../interpreter/arrays/tensor.ts"
import { MISSING, type CompiledCode } from "../interpreter/evaluate/frame.ts"
import { declined, type CompiledTier, type DirectCalls, type DirectGift } from "../interpreter/values/compiled.ts"
import {
  BuiltinFunction,
  Closure,
  RecordValue,
  Tuple,
  type FunctionCode,
  type FunctionValue,
  type Named,
  type Runtime,
  type Value,
} from "../interpreter/values/values.ts"
import { CarriesDerivative, Unsupported } from "./builder.ts"
import { checks, compile, type Compiled, type Operands, type Request, type SteppedRuntime } from "./compile.ts"
import { bodyOf } from "./calls.ts"
import type { DirectCall } from "./direct.ts"
import { LoopRequest } from "./piece.ts"
import { isStatement, StatementRequest } from "./statement.ts"

/** For how many forms of operands the code of one request is kept. */
const mostForms = 8
/** With all of these in use, the code that was not used for the longest time makes room, if what was made so far came through so many steps or runs each. */
const [worthwhileSteps, worthwhileRuns] = [200, 4]
/** Forms that differ in small dimensions only, before dimensions no longer count. */
const mostShapes = 3
/** Code that gave up this often more than it came through is left out for so many requests, then for twice as many, and so on. */
const [mostBails, firstWait] = [4, 4]
/** A request that could not be compiled for so many forms, or whose code for so many gave up, is not tried again. */
const mostFailures = 3
/** A call with so many elements more is worth as much as another call. */
const elementsOfCall = 1000
/** Calls until a function asks again: where a number carries a derivative, and where it stays in tier 0. */
const untilPlain = 8
const never = Infinity

/** One thing that was asked of a function. */
export class Version {
  /** `call`, `grad`, a loop: what was asked. */
  readonly request: string
  readonly entries: Compiled[] = []
  /** Why it stays in tier 0, and where the reason is. */
  reason: string | null = null
  span: Span | null = null
  failures = 0
  /** It is not tried again. */
  gone = false
  /** How often more code gave up than it came through, where it did. */
  private readonly bails = new Map<Compiled, number>()
  /** For how many more requests code that did is left out, and for how many it was before. */
  private readonly waits = new Map<Compiled, { left: number; length: number }>()
  /** For how many forms it was compiled. */
  made = 0
  /** Runs that came through, and the steps in them. */
  runs = 0
  steps = 0

  constructor(request: string) {
    this.request = request
  }

  failed(times = 1): void {
    this.failures += times
    this.gone ||= this.failures >= mostFailures
  }

  isUseless(entry: Compiled): boolean {
    return this.bails.size > 0 && (this.bails.get(entry) ?? 0) >= mostBails
  }

  /** Is it not its turn? Where code gave up again and again, what it could not do may be over: a search begins far from where it ends. */
  isLeftOut(entry: Compiled): boolean {
    if (!this.isUseless(entry)) return false
    const wait = this.waits.get(entry) ?? { left: firstWait, length: firstWait }
    this.waits.set(entry, wait)
    if (wait.left-- > 0) return true
    wait.length *= 2
    wait.left = wait.length
    return false
  }

  cameThrough(entry: Compiled, steps: number): void {
    this.runs++
    this.steps += steps
    const before = this.bails.size > 0 ? this.bails.get(entry) : undefined
    if (before === 1) this.bails.delete(entry)
    else if (before !== undefined) this.bails.set(entry, before - 1)
  }

  gaveUp(entry: Compiled): void {
    this.bails.set(entry, (this.bails.get(entry) ?? 0) + 1)
    if (!this.isUseless(entry)) return
    this.reason = gaveUp
    this.gone ||= this.entries.length >= mostFailures && this.entries.every((each) => this.isUseless(each))
  }

  /** Makes room for code of other forms. */
  forgetFirst(): void {
    const first = this.entries.shift()!
    this.bails.delete(first)
    this.waits.delete(first)
  }
}

/** What is told of a function: for profiles and `check --tiers`. */
export interface Report {
  readonly code: Code
  readonly name: string
  readonly request: string
  readonly compiled: boolean
  readonly reason: string | null
  readonly span: Span | null
  readonly runs: number
  readonly steps: number
}

/** Why the last request was declined. */
export interface Declined {
  readonly reason: string
  readonly span: Span | null
  /** It was asked for numbers that carry a derivative of tier 0. */
  readonly carriesDerivative?: boolean
}

export interface TierOptions {
  /** Internal errors are told here; a compiler that errs is no reason for a program to fail. */
  readonly note?: (text: string) => void
  /** Calls of a function, and turns of a loop, before it is compiled. */
  readonly patience?: number
  /** Top-level statements are compiled as well, though each runs once. */
  readonly statements?: boolean
  /** False: nothing is reported, and functions that nobody holds are forgotten with their code. */
  readonly reports?: boolean
}

export class Tier implements CompiledTier {
  readonly turns: number
  /** Set whenever a request is declined. */
  declined: Declined = { reason: "", span: null }
  /** Bytes that the last run kept for the reverse pass. */
  saved = 0
  /** Milliseconds that were spent on compiling, also where nothing came of it. */
  compiling = 0
  private readonly library: ReadonlyMap<string, Value>
  /** Held by their functions: an engine may see many programs come and go. */
  private readonly versions = new WeakMap<Code, Map<string | Core, Version>>()
  /** Functions of which something was asked, where that is to be reported. */
  private readonly codes: Code[] | null
  private readonly loops = new WeakMap<Core, LoopRequest>()
  private readonly statements: boolean
  private readonly note: (text: string) => void
  private readonly patience: number
  private readonly asked = new WeakSet<FunctionCode>()
  private readonly possible: boolean

  constructor(library: ReadonlyMap<string, Value>, options: TierOptions = {}) {
    this.library = library
    this.note = options.note ?? (() => undefined)
    this.patience = options.patience ?? 0
    this.statements = options.statements ?? false
    this.codes = options.reports === false ? null : []
    this.turns = 4 * this.patience
    this.possible = mayGenerateCode()
  }

  call(runtime: Runtime, given: FunctionCode, frame: Value[]): Value | undefined {
    const of = given as CompiledCode
    const { code } = of
    const reason = !this.possible ? noCode : code.effects ? "it has effects" : null
    if (reason !== null || isStatement(code)) {
      of.patience = never
      const version = this.version(code, "call")
      const request = reason === null && this.statements ? new StatementRequest(code, this.library) : null
      if (request?.calls === true) {
        const closure = new Closure(of, frame[0] as unknown as Value[])
        const out = this.run(runtime, version, code.name, [closure], request.run, StatementRequest.budget)
        return out instanceof Tuple ? request.finish(out) : undefined
      }
      // A top-level statement runs once: what it calls and its loops are compiled on their own.
      version.reason = reason ?? "it runs once"
      return this.decline(version.reason)
    }
    if (this.patience > 0 && !this.asked.has(of)) {
      this.asked.add(of)
      of.patience = Math.floor(
        this.patience / (1 + elementsIn(frame.slice(1, code.params.length + 1)) / elementsOfCall),
      )
      return this.decline("it has not been called often")
    }
    const version = this.version(code, "call")
    const closure = new Closure(of, frame[0] as unknown as Value[])
    const args = frame.slice(1, code.params.length + 1).map((arg) => (arg === MISSING ? undefined : arg))
    const out = this.run(runtime, version, code.name, [closure, ...args], (s, [fn, ...given]) => bodyOf(s, fn!, given))
    of.patience = version.gone ? never : out === undefined ? untilPlain : 0
    return out
  }

  loop(runtime: Runtime, given: FunctionCode, core: Core, frame: Value[], over: readonly Value[]): Value | undefined {
    if (!this.possible) return this.decline(noCode)
    const { code } = given
    let request = this.loops.get(core)
    if (request === undefined) this.loops.set(core, (request = new LoopRequest(code, core, over.length)))
    const version = this.version(code, request.name, core)
    if (version.gone) return this.decline(version.reason ?? "", version.span)
    const closure = new Closure(given, frame[0] as unknown as Value[])
    const out = this.run(runtime, version, code.name, request.operands(closure, frame, over), request.run)
    if (!(out instanceof Tuple)) return undefined
    // A function with a loop that is worth it is worth it as a whole, if it is called once more.
    const of = given as CompiledCode
    if (this.asked.has(of) && this.versions.get(code)?.has("call") !== true) of.patience = Math.min(of.patience, 1)
    return request.finish(out, frame)
  }

  derive(runtime: Runtime, operator: BuiltinFunction, args: readonly Value[], named: Named): Value | undefined {
    if (!this.possible) return this.decline(noCode)
    const root = rootOf(operator.origin?.args[0] ?? args[0])
    if (root === null) return this.decline("it is no function of the program")
    const names = [...named.keys()]
    const request = operator.origin === null ? operator.name : operatorsOf(operator)
    const version = this.version(root, names.length === 0 ? request : `${request} with ${names.join(", ")}`)
    return this.run(runtime, version, root.name, [operator, ...args, ...named.values()], (s, [fn, ...given]) =>
      s.call(fn!, given.slice(0, args.length), new Map(names.map((name, k) => [name, given[args.length + k]!]))),
    )
  }

  direct(runtime: Runtime, f: FunctionValue, give: DirectGift): DirectCalls {
    const root = rootOf(f)
    const key = f instanceof Closure ? "call" : operatorsOf(f)
    let version: Version | undefined
    let known = 0
    const ways = new Map<Compiled, DirectCall>()
    const none: DirectCall = () => declined
    const calls: DirectCalls = {
      last: none,
      any: (count, ...args) => {
        calls.last = none
        version ??= root === null ? undefined : this.versions.get(root)?.get(key)
        if (version === undefined || version.gone) return declined
        if (known < version.made) {
          known = version.made
          for (const entry of ways.keys()) if (!version.entries.includes(entry)) ways.delete(entry)
          for (const entry of version.entries) {
            if (ways.has(entry)) continue
            const way = entry.direct(runtime as SteppedRuntime, f, f instanceof Closure ? 1 : 0, give)
            if (way !== null) ways.set(entry, way)
          }
        }
        for (const way of ways.values()) {
          const out = way(count, ...args)
          if (out === declined) continue
          calls.last = way
          return out
        }
        return declined
      },
    }
    return calls
  }

  /** What was asked for and what became of it. */
  reports(): Report[] {
    const out: Report[] = []
    for (const code of this.codes ?? []) {
      for (const version of this.versions.get(code)!.values()) {
        const { request, reason, span, runs, steps } = version
        out.push({ code, name: code.name, request, compiled: version.entries.length > 0, reason, span, runs, steps })
      }
    }
    return out
  }

  /** The code made for a function, for `--emit`. */
  compiledOf(code: Code): { readonly request: string; readonly entry: Compiled }[] {
    const versions = [...(this.versions.get(code)?.values() ?? [])]
    return versions.flatMap(({ request, entries }) => entries.map((entry) => ({ request, entry })))
  }

  codeOf(code: Code): string {
    return this.compiledOf(code)
      .map(({ entry }) => entry.js.source)
      .join("\n\n")
  }

  private decline(reason: string, span: Span | null = null, carriesDerivative = false): undefined {
    this.declined = { reason, span, carriesDerivative }
    return undefined
  }

  /** `key`: the loop itself where it is asked for, since several may begin at one place of the text. */
  private version(code: Code, request: string, key: string | Core = request): Version {
    let versions = this.versions.get(code)
    if (versions === undefined) {
      this.versions.set(code, (versions = new Map()))
      this.codes?.push(code)
    }
    let version = versions.get(key)
    if (version === undefined) versions.set(key, (version = new Version(request)))
    return version
  }

  private run(
    runtime: Runtime,
    version: Version,
    name: string,
    operands: Operands,
    request: Request,
    budget?: number,
  ): Value | undefined {
    if (version.gone) return this.decline(version.reason ?? "", version.span)
    let start: number | null = null
    try {
      const { entries } = version
      for (let k = 0; k < entries.length; k++) {
        const entry = entries[k]!
        const inputs = entry.inputs(operands)
        if (inputs === null) continue
        if (version.isLeftOut(entry)) return this.decline(gaveUp)
        // In the order of their last use, but for those near the end.
        if (entries.length === mostForms && k < mostForms / 2) entries.push(...entries.splice(k, 1))
        return this.enter(runtime, version, entry, inputs)
      }
      if (entries.length >= mostForms) {
        if (version.runs < worthwhileRuns * version.made && version.steps < worthwhileSteps * version.made) {
          version.reason = "its arguments have too many forms"
          return this.decline(version.reason)
        }
        version.forgetFirst()
      }
      start = performance.now()
      const entry = compile(name, this.library, operands, request, version.made >= mostShapes, budget)
      this.compiling += performance.now() - start
      start = null
      entries.push(entry)
      version.made++
      const inputs = entry.inputs(operands)
      return inputs === null
        ? this.decline("its arguments have no one form")
        : this.enter(runtime, version, entry, inputs)
    } catch (error) {
      if (error instanceof FaultError) throw error
      if (error instanceof Unsupported) {
        // A number that carries a derivative is no property of the code.
        if (error instanceof CarriesDerivative) return this.decline(error.reason, null, true)
        version.failed()
        version.reason = error.reason
        version.span = error.span
        return this.decline(error.reason, error.span)
      }
      if (checks.verify) throw error
      version.failed(mostFailures)
      version.reason = start === null ? "an error in its code" : "an error inside the compiler"
      this.note(
        `\`${name}\` stays interpreted: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      )
      return this.decline(version.reason)
    } finally {
      if (start !== null) this.compiling += performance.now() - start
    }
  }

  private enter(runtime: Runtime, version: Version, entry: Compiled, inputs: unknown[]): Value | undefined {
    const left = (runtime as SteppedRuntime).steps
    const out = entry.call(runtime as SteppedRuntime, inputs)
    if (out !== undefined) {
      this.saved = entry.saved
      version.cameThrough(entry, (runtime as SteppedRuntime).steps - left)
      return out
    }
    this.decline("its code gave up")
    version.gaveUp(entry)
    return undefined
  }
}

const noCode = "code may not be generated here"
const gaveUp = "its code gave up again and again"

/** Where code may not be generated, everything stays in tier 0. */
function mayGenerateCode(): boolean {
  try {
    new Function("return 1")
    return true
  } catch {
    return false
  }
}

/** Elements of arrays among values, and in structures of these. */
function elementsIn(values: readonly (Value | undefined)[]): number {
  let count = 0
  for (const value of values) {
    if (value instanceof Tensor) count += value.data.length
    else if (value instanceof Tuple || value instanceof RecordValue) count += elementsIn(value.values)
  }
  return count
}

/** The function of the program that operators were applied to. */
export function rootOf(value: Value | undefined): Code | null {
  if (value instanceof Closure) return value.code.code
  return value instanceof BuiltinFunction && value.origin !== null ? rootOf(value.origin.args[0]) : null
}

/** `grad of jvp`: the operators that made a function, outermost first. */
function operatorsOf(value: Value | undefined): string {
  if (!(value instanceof BuiltinFunction) || value.origin === null) return ""
  const inner = operatorsOf(value.origin.args[0])
  return inner === "" ? value.origin.maker.name : `${value.origin.maker.name} of ${inner}`
}
