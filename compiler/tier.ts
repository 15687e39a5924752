/**
 * The compiled tier: which calls are compiled, and what becomes of those that could not go on.
 * Code is made for forms of arguments and kept with the function; a function that cannot be compiled is not tried again. Whatever goes wrong inside, tier 0
 * does the call. It must not know how code is made.
 */

import type { Code } from "../lang/core.ts"
import { declined, type CompiledTier, type DirectGift, type Selected } from "../interpreter/values/compiled.ts"
import { FaultError } from "../lang/report/fault.ts"
import { Tuple, unit, type Closure, type Runtime, type Value } from "../interpreter/values/values.ts"
import { unitAbs } from "./abstract.ts"
import { Unsupported } from "./builder.ts"
import { compile, type Compiled, type Request, type SteppedRuntime } from "./compile.ts"
import { gradientOf } from "./derive.ts"

/** How many forms of arguments one function is compiled for. */
const mostForms = 8
/** Forms that differ in small dimensions only, before dimensions no longer count. */
const mostShapes = 3
/** A function whose code gave up this often more than it came through is left to tier 0. */
const mostBails = 4

function gradientKey(selected: Selected, aux: boolean): string {
  return `gradient ${String(aux)} ${selected.places.join(",")} ${String(selected.single)}`
}

class Version {
  readonly entries: Compiled[] = []
  /** Why it stays in tier 0. */
  reason: string | null = null
  bails = 0
}

/** What is told of a function: for profiles and `check --tiers`. */
export interface Report {
  readonly name: string
  readonly request: string
  readonly compiled: boolean
  readonly reason: string | null
}

export class Tier implements CompiledTier {
  private readonly library: ReadonlyMap<string, Value>
  private readonly versions = new Map<Code, Map<string, Version>>()
  /** Internal errors are told here; a compiler that errs is no reason for a program to fail. */
  private readonly note: (text: string) => void
  /** Calls of a function before it is compiled. */
  private readonly patience: number
  private readonly calls = new WeakMap<Code, number>()
  private possible = true

  constructor(library: ReadonlyMap<string, Value>, options: { note?: (text: string) => void; patience?: number } = {}) {
    this.library = library
    this.note = options.note ?? (() => undefined)
    this.patience = options.patience ?? 2
    try {
      // Where code may not be generated, everything stays in tier 0.
      new Function("return 1")
    } catch {
      this.possible = false
    }
  }

  call(runtime: Runtime, f: Closure, args: readonly Value[]): Value | undefined {
    if (!this.possible || f.code.code.effects) return undefined
    const { code } = f.code
    const before = this.calls.get(code) ?? 0
    if (before < this.patience) {
      this.calls.set(code, before + 1)
      return undefined
    }
    return this.run(runtime, "call", f, args, (s, fn, given) => s.call(fn, given, new Map()))
  }

  gradient(
    runtime: Runtime,
    f: Closure,
    args: readonly Value[],
    selected: Selected,
    aux: boolean,
  ): { value: Value; aux: Value; gradient: Value } | undefined {
    if (!this.possible || f.code.code.effects) return undefined
    const key = gradientKey(selected, aux)
    const out = this.run(runtime, key, f, args, (s, fn, given) => {
      const g = gradientOf(s, fn, given, new Map(), selected, aux)
      return { kind: "tuple", items: [g.value, g.aux ?? unitAbs, g.gradient] }
    })
    if (!(out instanceof Tuple)) return undefined
    const [value, extra, gradient] = out.values as [Value, Value, Value]
    return { value, aux: aux ? extra : unit, gradient }
  }

  direct(
    runtime: Runtime,
    f: Closure,
    give: DirectGift,
    selected: Selected | null,
  ): (args: readonly unknown[]) => unknown {
    const { code } = f.code
    const key = selected === null ? "call" : gradientKey(selected, false)
    let version: Version | undefined
    let known = 0
    const calls: ((args: readonly unknown[]) => unknown)[] = []
    return (args) => {
      version ??= this.versions.get(code)?.get(key)
      if (version === undefined || version.reason !== null) return declined
      for (; known < version.entries.length; known++) {
        const call = version.entries[known]!.direct(runtime as SteppedRuntime, f, give)
        if (call !== null) calls.push(call)
      }
      for (const call of calls) {
        const out = call(args)
        if (out !== declined) return out
      }
      return declined
    }
  }

  /** What was compiled and what was not. */
  reports(): Report[] {
    const out: Report[] = []
    for (const [code, versions] of this.versions) {
      for (const [request, version] of versions)
        out.push({ name: code.name, request, compiled: version.entries.length > 0, reason: version.reason })
    }
    return out
  }

  /** The code of a function for `--emit`. */
  compiledOf(code: Code): Compiled[] {
    return [...(this.versions.get(code)?.values() ?? [])].flatMap((version) => version.entries)
  }

  codeOf(code: Code): string {
    return this.compiledOf(code)
      .map((entry) => entry.js.source)
      .join("\n\n")
  }

  private run(runtime: Runtime, key: string, f: Closure, args: readonly Value[], request: Request): Value | undefined {
    const { code } = f.code
    let versions = this.versions.get(code)
    if (versions === undefined) this.versions.set(code, (versions = new Map()))
    let version = versions.get(key)
    if (version === undefined) versions.set(key, (version = new Version()))
    if (version.reason !== null) return undefined
    try {
      for (const entry of version.entries) {
        const inputs = entry.inputs(f, args)
        if (inputs !== null) return this.enter(runtime, version, entry, inputs)
      }
      if (version.entries.length >= mostForms) return undefined
      const entry = compile(this.library, f, args, request, version.entries.length >= mostShapes)
      version.entries.push(entry)
      const inputs = entry.inputs(f, args)
      return inputs === null ? undefined : this.enter(runtime, version, entry, inputs)
    } catch (error) {
      if (error instanceof FaultError) throw error
      version.reason = error instanceof Unsupported ? error.reason : "an error inside the compiler"
      if (!(error instanceof Unsupported))
        this.note(
          `\`${code.name}\` stays interpreted: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        )
      return undefined
    }
  }

  private enter(runtime: Runtime, version: Version, entry: Compiled, inputs: unknown[]): Value | undefined {
    const out = entry.call(runtime as SteppedRuntime, inputs)
    if (out !== undefined) version.bails = Math.max(0, version.bails - 1)
    else if (++version.bails >= mostBails) version.reason = "its code gave up again and again"
    return out
  }
}
