/**
 * The engine: what other programs embed.
 * One engine is one library of built-ins, one set of limits and one loader of modules; it is synchronous, reaches nothing but what its host gave it, and
 * every failure is an `AdlError`. It must not know files, terminals or threads.
 */

import type { CoreModule } from "../lang/core.ts"
import { faults } from "../lang/report/catalogue.ts"
import { FaultError, raise, type Fault } from "../lang/report/fault.ts"
import { Evaluation } from "../interpreter/evaluate/runtime.ts"
import type { Profiler } from "../compiler/profile.ts"
import type * as CompilerModule from "../compiler/tier.ts"
import { offerVectors } from "../interpreter/kernels/vectors.ts"
import { offerDeep } from "../interpreter/evaluate/deep.ts"
import { offerLoops } from "../interpreter/evaluate/quick.ts"
import { trapNan } from "../interpreter/evaluate/trap.ts"
import type { BuiltinFunction, Value } from "../interpreter/values/values.ts"
import type { Arrival } from "./arrival.ts"
import { fromJs, nameOf, type Conversion } from "./convert.ts"
import { guarded, hosted, offerRenderer } from "./error.ts"
import { HostFunctions } from "./host.ts"
import { Library } from "./library.ts"
import { Loader, SessionScope, type Located } from "./loader.ts"
import { callOptions, checkOptions, textOption, type EngineOptions } from "./options.ts"
import type { Rest } from "./rest.ts"
import type { Serialized } from "./serialform.ts"
import { isSpecial } from "./special.ts"
import { AdlModule, lineOf, Session, type OnValue } from "./session.ts"
import { templated, templateName } from "./template.ts"
import { AdlValue, conversionIn } from "./value.ts"

/** The module of the compiler. */
type Compiler = typeof CompilerModule

/** What is loaded apart from the engine. */
export interface Apart {
  /** What is there of it by now. */
  readonly rest: () => Rest | null
  /** The built-ins that belong to it: themselves, or stand-ins. */
  readonly special: readonly BuiltinFunction[]
  /** Loads what is missing of it. */
  readonly load?: () => Promise<void>
  /** The compiler, where it is there already: it makes the engine ready at once. */
  readonly compiler?: Compiler
  /** Loads the compiler while a program waits, once its run is long enough for that. */
  readonly compilerInTime?: () => Compiler
}

/** An engine: one library of built-ins, one set of limits, one loader of modules. It is synchronous, and every failure is an `AdlError`. */
export class Engine {
  /** For the engine's own use. @internal */
  readonly runtime: Evaluation
  /** For the engine's own use. @internal */
  readonly loader: Loader
  /** For the engine's own use. @internal */
  readonly conversion: Conversion
  private readonly tier: "auto" | 0 | 1 | 2
  private readonly note: ((text: string) => void) | null
  private readonly apart: Apart
  private readonly host: HostFunctions
  private loading: Promise<void> | null = null
  private disposed = false

  /** For the engine's own use. @internal */
  constructor(options: EngineOptions, apart: Apart) {
    this.apart = apart
    this.settle()
    guarded(() => {
      checkOptions(options, (name) => prelude.lookup(name) !== undefined || isSpecial(name))
    })
    this.tier = options.trapNan === true ? 0 : (options.tier ?? "auto")
    const { host, library } = guarded(() => surroundings(options, apart.special))
    this.host = host
    if (options.trapNan === true) trapNan(library.values)
    const { print, progress, memoryInUse, now } = options
    this.runtime = new Evaluation({
      limits: options.limits ?? {},
      tapeMemory: options.tapeMemory,
      print: (text) => {
        if (print !== undefined) hosted("print", () => print(text))
      },
      progress: (done, total, label) => {
        if (progress !== undefined)
          hosted("progress", () => {
            progress(done, total, label)
          })
      },
      interrupt: options.interrupt ?? null,
      library: library.values,
      memoryInUse: memoryInUse === undefined ? null : (first) => hosted("memoryInUse", () => memoryInUse(first)),
      ...(now === undefined ? {} : { now: () => hosted("now", now) }),
    })
    this.runtime.compiles = this.tier !== 0
    this.note = options.note ?? null
    this.loader = new Loader(library, this.runtime, (specifier, from) =>
      located(options, apart.rest(), specifier, from),
    )
    this.conversion = conversionIn(library)
    if (apart.compiler !== undefined && this.tier !== 0) this.install(apart.compiler)
    const { compilerInTime } = apart
    if (compilerInTime !== undefined && this.tier !== 0)
      this.runtime.loadCompiler = () => {
        this.install(compilerInTime())
        return this.runtime.compiled
      }
    this.settleHost()
  }

  /**
   * Loads the built-ins that are needed less often, the standard modules, the fast kernels and, where a tier allows it, the compiler, and resolves when they are
   * there; rejects where a derivative of a host function is wrong. Calls before that run in tier 0.
   */
  get ready(): Promise<void> {
    this.loading ??= Promise.all([this.complete ? undefined : this.apart.load?.(), this.compiler()]).then(() => {
      this.settle()
      if (!this.disposed) this.settleHost()
    })
    return this.loading
  }

  private async compiler(): Promise<void> {
    if (this.tier !== 0) this.install(await import("../compiler/tier.ts"))
  }

  private settle(): void {
    const rest = this.apart.rest()
    if (rest === null) return
    offerVectors(rest.vectors)
    offerLoops(rest.loops)
    offerDeep(rest.deep)
    offerRenderer(rest.render)
  }

  /** Derivatives of host functions are compiled and checked as soon as that is possible. */
  private settleHost(): void {
    const rest = this.apart.rest()
    if (rest === null) return
    this.enter(() => {
      this.host.settle(rest.hostRules, this.runtime, (text, name) => this.session().run(text, { name }).value)
    })
  }

  /** Are the standard modules and the fast kernels there by now? */
  get complete(): boolean {
    return this.apart.rest() !== null
  }

  /** Are calls compiled by now, where that is worth it? */
  get compiles(): boolean {
    return this.runtime.compiled !== null
  }

  private install({ Tier }: Compiler): void {
    this.runtime.compiled ??= new Tier(this.runtime.library, {
      patience: this.tier === "auto" ? 100 : 0,
      reports: false,
      ...this.wishes(),
    })
  }

  /** What the options of the engine ask of its compiled tier. */
  private wishes(): Pick<CompilerModule.TierOptions, "statements" | "note"> {
    return { statements: this.tier !== "auto", ...(this.note === null ? {} : { note: this.note }) }
  }

  /** Compiles what can be compiled from here on, and takes the time and the reasons for what cannot. @internal */
  async profile(): Promise<Profiler> {
    const [{ Tier }, { Profiler }] = await Promise.all([
      import("../compiler/tier.ts"),
      import("../compiler/profile.ts"),
    ])
    const tier = new Tier(this.runtime.library, this.wishes())
    const profiler = new Profiler(tier, () => performance.now())
    this.runtime.compiled = profiler
    return profiler
  }

  /** Runs a module and gives its functions. */
  load(source: string, options: { name?: string } = {}): AdlModule {
    const name = options.name ?? "<module>"
    return new AdlModule(this, name, this.loaded(source, name).scope)
  }

  /** Runs a module without showing values: what it became, and the names it defined. @internal */
  loaded(source: string, name: string): { module: CoreModule; scope: SessionScope } {
    return this.enter(() => {
      const module = this.loader.prepare({ name, text: textOption("source", source) })
      this.loader.run(module, null)
      const scope = new SessionScope(this.loader.library)
      scope.adopt(module)
      return { module, scope }
    })
  }

  /** Runs a program as its main file: every value that a top-level expression shows is handed over as it comes. */
  run(source: string, options: { name?: string; onValue?: OnValue } = {}): void {
    this.enter(() => {
      callOptions(options)
      const module = this.loader.prepare({ name: options.name ?? "<program>", text: textOption("source", source) })
      this.loader.run(module, (value, span) => {
        const { onValue } = options
        if (onValue !== undefined)
          hosted("onValue", () => {
            onValue(new AdlValue(value, this.conversion), lineOf(span))
          })
      })
    })
  }

  /** Every fault and warning that can be found without running (imported modules do run). @internal */
  check(source: string, name: string): readonly Fault[] {
    try {
      return this.runtime.within(() => this.loader.examine({ name, text: source }))
    } catch (error) {
      if (error instanceof FaultError) return error.faults
      throw error
    }
  }

  /** A text as Core. @internal */
  prepare(source: string, name: string): CoreModule {
    return this.enter(() => this.loader.prepare({ name, text: source }))
  }

  /** The value of the last expression of a text; `scope` gives names values. */
  evaluate(source: string, options: { scope?: Readonly<Record<string, unknown>>; name?: string } = {}): AdlValue {
    guarded(() => callOptions(options))
    return this.session(options.scope).run(source, options.name === undefined ? {} : { name: options.name })
  }

  /**
   * The value of a program that is written as a template literal: ``engine.adl`grad(${f})(${[1, 2]})` ``. What is interpolated crosses as an argument
   * would and becomes a constant, never text, so that no value can change what the program says. Backslashes are the program's own.
   */
  readonly adl = (strings: TemplateStringsArray, ...values: readonly unknown[]): AdlValue => {
    const { text, scope } = this.enter(() => templated(strings, values))
    return this.evaluate(text, { scope, name: templateName })
  }

  /** A session: texts one after the other, each seeing what those before defined. */
  session(scope: Readonly<Record<string, unknown>> = {}): Session {
    return new Session(this, scope)
  }

  /** A value, of whatever form, as plain data that crosses a worker; `deserialize` reads it, in this engine or another. */
  serialize(value: unknown): Serialized {
    return this.enter(() => {
      const plain = fromJs(value, "value", this.conversion)
      return this.needed("serialize").serialize(plain, this.runtime.library)
    })
  }

  /** What `serialize` gave, as a value of this engine; types that say the same are the same. */
  deserialize(data: Serialized): AdlValue {
    return new AdlValue(
      this.enter(() => this.needed("deserialize").deserialize(data, this.arrival())),
      this.conversion,
    )
  }

  /** A session that goes on where `snapshot` was taken. */
  restore(snapshot: Serialized): Session {
    return new Session(
      this,
      {},
      this.enter(() => this.needed("restore").restore(snapshot, this.arrival())),
    )
  }

  /** What is loaded apart, for a method that needs it. @internal */
  needed(method: string): Rest {
    return this.apart.rest() ?? raise(faults.notLoadedYet(method))
  }

  private arrival(): Arrival {
    const { library, types } = this.loader
    return {
      library: library.values,
      runtime: this.runtime,
      type: (name) => {
        const binding = library.lookup(name)
        return binding?.kind === "type" ? binding.type : types.get(name)
      },
      met: (type) => types.set(type.name, type),
      metCode: () => {
        this.runtime.arrived = true
      },
    }
  }

  /** Ends the engine: what it made refuses every further call. */
  dispose(): void {
    this.disposed = true
    this.runtime.compiled = null
  }

  /** One call from outside: limits count from here, unless a host function calls back; faults come out as `AdlError`s. @internal */
  enter<T>(f: () => T): T {
    return guarded(() => {
      if (this.disposed) raise(faults.hostDisposed())
      if (!this.runtime.running) this.runtime.restart()
      return this.runtime.within(f)
    }, this.runtime)
  }
}

/** What every program finds, to know which names a host may not give. */
const prelude = new Library([])

/** The library of an engine: the language's own, and what its host gave. */
function surroundings(
  options: EngineOptions,
  special: readonly BuiltinFunction[],
): { host: HostFunctions; library: Library } {
  // Values of the host have no program yet: variants of the library only have names here.
  const conversion = conversionIn({ lookup: (name) => library.lookup(name) })
  const host = new HostFunctions(options.host ?? {}, conversion)
  const values = Object.entries(options.values ?? {}).map(([name, value]): [string, Value] => [
    name,
    fromJs(value, name, conversionIn(prelude)),
  ])
  const library: Library = new Library(special, [...(options.builtins ?? []), ...host.builtins], new Map(values))
  return { host, library }
}

/** Where an import leads: into the library of modules, or wherever the host says. */
function located(options: EngineOptions, rest: Rest | null, specifier: string, from: string): Located | null {
  if (specifier.startsWith("std/")) {
    if (rest === null) raise(faults.notLoadedYet(specifier))
    const text = rest.sources.get(specifier)
    if (text === undefined) raise(faults.unknownModule(specifier, rest.sources.keys()))
    return { name: specifier, text }
  }
  const found: unknown = hosted("modules", () => options.modules?.(specifier, from) ?? null)
  if (found === null) return null
  if (typeof found === "string") return { name: specifier, text: found }
  const { name, text } = found as Partial<Located>
  if (typeof name !== "string" || typeof text !== "string") {
    raise(faults.hostOption("modules(…)", "a text, `{ name, text }` or null", nameOf(found)))
  }
  return { name, text }
}
