/**
 * The engine: what other programs embed.
 * One engine is one library of built-ins, one set of limits and one loader of modules; it is synchronous, reaches nothing but what its host gave it, and
 * every failure is an `AdlError`. It must not know files, terminals or threads.
 */

import type { CoreModule } from "../lang/core.ts"
import { faults } from "../lang/report/catalogue.ts"
import { FaultError, raise, type Fault } from "../lang/report/fault.ts"
import { position, type Span } from "../lang/report/span.ts"
import type { Scope } from "../lang/scope.ts"
import { Tensor } from "../interpreter/arrays/tensor.ts"
import { Evaluation, type Limits } from "../interpreter/evaluate/runtime.ts"
import { trapNan } from "../interpreter/evaluate/trap.ts"
import * as derivatives from "../interpreter/builtins/derivatives.ts"
import * as jacobians from "../interpreter/builtins/jacobians.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import { show as showValue } from "../interpreter/values/show.ts"
import { toJson } from "../interpreter/values/json.ts"
import {
  isFunction,
  List,
  Tuple,
  type BuiltinFunction,
  type FunctionValue,
  type Value,
} from "../interpreter/values/values.ts"
import { sources } from "../stdlib/sources.ts"
import { fromJs, toJs, type Conversion } from "./convert.ts"
import { guarded } from "./error.ts"
import { checkExample, examplesOf } from "./examples.ts"
import { Library } from "./library.ts"
import { Loader, SessionScope, type Located } from "./loader.ts"

export interface EngineOptions {
  /** Steps, milliseconds for each call into the engine, depth of calls, bytes. None holds unless given, but for depth (10,000) and memory (1 GiB). */
  readonly limits?: Limits
  /** The text of an import as written, for the module named `from`; never asked for `std/`. A string is known by its specifier. */
  readonly modules?: (specifier: string, from: string) => string | Located | null
  /** More built-in functions, such as files. */
  readonly builtins?: readonly BuiltinFunction[]
  /** More names in scope everywhere, with their values. */
  readonly values?: Readonly<Record<string, unknown>>
  /** Where printed text goes, a line at a time; nowhere by default. */
  readonly print?: (text: string) => void
  /** Element 0 is set to 1 to interrupt a run; over shared memory, from another thread. */
  readonly interrupt?: Int32Array
  readonly tier?: "auto" | 0 | 1 | 2
  /** Bytes in use by the process, where the host can tell. */
  readonly memoryInUse?: () => number
  /** Stop at the first operation that makes a nan. */
  readonly trapNan?: boolean
  /** Milliseconds from a fixed moment; `Date.now` unless given. */
  readonly now?: () => number
}

/** Which arguments a prepared derivative is with respect to. */
export interface Wrt {
  readonly wrt?: string | number | readonly (string | number)[]
}

/** A value of the language in the host's hands. */
export class AdlValue {
  /** For the engine's own use. */
  readonly value: Value
  private readonly conversion: Conversion

  constructor(value: Value, conversion: Conversion) {
    this.value = value
    this.conversion = conversion
  }

  /** Its JavaScript form: see the guide to embedding. */
  toJS(): unknown {
    return toJs(this.value, this.conversion)
  }

  /** As the REPL shows it. */
  toString(): string {
    return showValue(this.value)
  }

  /** In the JSON form of the command line. */
  toJSON(): unknown {
    return JSON.parse(toJson(this.value)) as unknown
  }

  /** What a person calls its kind: `a number`, `an array of shape (3)`. */
  get type(): string {
    return kindOf(this.value)
  }
}

/** One function of a module, with every derivative as a prepared object. */
export interface AdlFunction<Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  (...args: Args): Result
  readonly value: AdlValue
  grad(options?: Wrt): (...args: Args) => unknown
  valueAndGrad(options?: Wrt): (...args: Args) => { value: Result; grad: unknown }
  jvp(options?: Wrt): (...args: readonly unknown[]) => { value: Result; tangent: Result }
  vjp(options?: Wrt): (...args: Args) => { value: Result; pullback: (ct: unknown) => unknown }
  hvp(options?: Wrt): (...args: readonly unknown[]) => unknown
  jacobian(options?: Wrt): (...args: Args) => unknown
  hessian(options?: Wrt): (...args: Args) => unknown
}

export class Engine {
  readonly runtime: Evaluation
  readonly loader: Loader
  readonly conversion: Conversion
  private readonly tier: "auto" | 0 | 1 | 2
  private loading: Promise<void> | null = null

  constructor(options: EngineOptions = {}) {
    this.tier = options.trapNan === true ? 0 : (options.tier ?? "auto")
    const library = new Library(options.builtins ?? [], new Map(given(options.values ?? {})))
    if (options.trapNan === true) trapNan(library.values)
    this.runtime = new Evaluation({
      limits: options.limits ?? {},
      print: options.print ?? (() => undefined),
      interrupt: options.interrupt ?? null,
      library: library.values,
      memoryInUse: options.memoryInUse ?? null,
      ...(options.now === undefined ? {} : { now: options.now }),
    })
    this.loader = new Loader(library, this.runtime, (specifier, from) => {
      if (specifier.startsWith("std/")) {
        const text = sources.get(specifier)
        return text === undefined ? null : { name: specifier, text }
      }
      const found = options.modules?.(specifier, from) ?? null
      return typeof found === "string" ? { name: specifier, text: found } : found
    })
    this.conversion = conversionIn(library)
  }

  /** Loads the compiler where a tier allows it, and resolves when it is there; calls before that run in tier 0. */
  get ready(): Promise<void> {
    if (this.tier === 0) return Promise.resolve()
    this.loading ??= import("../compiler/tier.ts").then(({ Tier }) => {
      this.runtime.compiled = new Tier(this.runtime.library, { patience: this.tier === "auto" ? 2 : 0 })
    })
    return this.loading
  }

  /** Runs a module and gives its functions. */
  load(source: string, options: { name?: string } = {}): AdlModule {
    const name = options.name ?? "<module>"
    return new AdlModule(this, name, this.loaded(source, name).scope)
  }

  /** Runs a module without showing values: what it became, and the names it defined. */
  private loaded(source: string, name: string): { module: CoreModule; scope: SessionScope } {
    return this.enter(() => {
      const { module } = this.loader.prepare({ name, text: source })
      this.loader.run(module, null)
      const scope = new SessionScope(this.loader.library)
      scope.adopt(module)
      return { module, scope }
    })
  }

  /** Runs a program as its main file: every value that a top-level expression shows is handed over as it comes. */
  run(source: string, options: { name?: string; onValue?: OnValue } = {}): void {
    this.enter(() => {
      const { module } = this.loader.prepare({ name: options.name ?? "<program>", text: source })
      this.loader.run(module, (value, span) => {
        options.onValue?.(new AdlValue(value, this.conversion), lineOf(span))
      })
    })
  }

  /** Every fault and warning that can be found without running (imported modules do run). */
  check(source: string, name: string): readonly Fault[] {
    try {
      return this.runtime.within(() => this.loader.prepare({ name, text: source }).warnings)
    } catch (error) {
      if (error instanceof FaultError) return error.faults
      throw error
    }
  }

  /** A text as Core. */
  prepare(source: string, name: string): CoreModule {
    return this.enter(() => this.loader.prepare({ name, text: source }).module)
  }

  /** Runs a module's statements without showing values, and gives its test blocks and documentation examples, ready to run. */
  tests(source: string, name: string): { title: string; run: () => void }[] {
    const { module, scope } = this.loaded(source, name)
    const blocks = module.tests.map((test) => ({
      title: test.name,
      run: () => {
        this.enter(() => this.loader.evaluate(test.code))
      },
    }))
    const examples = examplesOf({ name, text: source }).map((example) => ({
      title: `example \`${example.expression}\``,
      run: () => {
        this.enter(() => {
          checkExample(this.loader, scope, example)
        })
      },
    }))
    return [...blocks, ...examples]
  }

  /**
   * Runs a module's statements and gives its bench blocks. One whose value is a pair `(f, x)` is the call f(x) with its gradient; any other is
   * timed as it stands.
   */
  benches(source: string, name: string): { title: string; value: () => void; gradient: (() => void) | null }[] {
    const { module } = this.loaded(source, name)
    return module.benches.map((block) => {
      const evaluate = (): Value => this.enter(() => this.loader.evaluate(block.code))
      const first = evaluate()
      const f = first instanceof Tuple && first.values.length === 2 ? first.values[0] : undefined
      if (!(first instanceof Tuple) || !isFunction(f)) return { title: block.name, value: evaluate, gradient: null }
      const x = first.values[1] as Value
      const args = x instanceof Tuple ? x.values : [x]
      const gradient = this.enter(() => this.runtime.call(derivatives.valueAndGrad, [f]))
      return {
        title: block.name,
        value: () => this.enter(() => this.runtime.call(f, args)),
        gradient: () => this.enter(() => this.runtime.call(gradient, args)),
      }
    })
  }

  /** The value of the last expression of a text; `scope` gives names values. */
  evaluate(source: string, options: { scope?: Readonly<Record<string, unknown>>; name?: string } = {}): AdlValue {
    return this.session(options.scope).run(source, options.name === undefined ? {} : { name: options.name })
  }

  /** A session: texts one after the other, each seeing what those before defined. */
  session(scope: Readonly<Record<string, unknown>> = {}): Session {
    return new Session(this, scope)
  }

  /** One call from outside: limits count from here, faults come out as `AdlError`s. */
  enter<T>(f: () => T): T {
    return guarded(() => {
      this.runtime.restart()
      return this.runtime.within(f)
    })
  }
}

/** Conversion for a scope in which variants have names. */
function conversionIn(scope: Pick<Scope, "lookup">): Conversion {
  const conversion: Conversion = {
    unwrap: (x) => (x instanceof AdlValue ? x.value : undefined),
    wrap: (value) => new AdlValue(value, conversion),
    variant: (name) => {
      const found = scope.lookup(name)
      return found?.kind === "variant" ? found.variant : undefined
    },
  }
  return conversion
}

/** Values of the host that have no program yet: variants have no names here. */
function given(values: Readonly<Record<string, unknown>>): [string, Value][] {
  const conversion = conversionIn({ lookup: () => undefined })
  return guarded(() => Object.entries(values).map(([name, value]) => [name, fromJs(value, name, conversion)]))
}

export class AdlModule {
  readonly name: string
  private readonly engine: Engine
  private readonly scope: SessionScope
  private readonly conversion: Conversion

  constructor(engine: Engine, name: string, scope: SessionScope) {
    this.engine = engine
    this.name = name
    this.scope = scope
    this.conversion = conversionIn(scope)
  }

  /** Names of what the module defines. */
  names(): string[] {
    return [...this.scope.defined().keys()]
  }

  /** The value of a top-level name. */
  value(name: string): AdlValue {
    return guarded(() => {
      const binding = this.scope.defined().get(name)
      if (binding?.kind !== "cell") raise(faults.notExported(this.name, name, this.names()))
      return new AdlValue(binding.cell.value as Value, this.conversion)
    })
  }

  /** A function of the module, called with JavaScript values. */
  fn<Args extends readonly unknown[] = readonly unknown[], Result = unknown>(name: string): AdlFunction<Args, Result> {
    return guarded(() => {
      const binding = this.scope.defined().get(name)
      const value = binding?.kind === "cell" ? (binding.cell.value as Value) : undefined
      if (!isFunction(value)) raise(faults.noSuchFunction(name, this.name))
      return prepared<Args, Result>(this.engine, value, name, this.conversion)
    })
  }
}

/** A function value as a function of the host. */
function prepared<Args extends readonly unknown[], Result>(
  engine: Engine,
  f: FunctionValue,
  name: string,
  conversion: Conversion,
): AdlFunction<Args, Result> {
  const { runtime } = engine
  const into = (args: readonly unknown[]): Value[] => args.map((arg, i) => fromJs(arg, parameterName(f, i), conversion))
  const call = (g: Value, args: readonly unknown[]): Value => engine.enter(() => runtime.call(g, into(args)))
  const out = (value: Value): unknown => guarded(() => toJs(value, conversion))
  const derived = (operator: BuiltinFunction, options: Wrt): Value =>
    engine.enter(() =>
      runtime.call(
        operator,
        [f],
        options.wrt === undefined ? new Map() : new Map([["wrt", fromJs(options.wrt, "wrt", conversion)]]),
      ),
    )
  const simple =
    (operator: BuiltinFunction) =>
    (options: Wrt = {}) => {
      const g = derived(operator, options)
      return (...args: readonly unknown[]) => out(call(g, args))
    }
  const pair = (value: Value): [Value, Value] => (value as Tuple).values as [Value, Value]
  return Object.assign((...args: Args) => out(call(f, args)) as Result, {
    value: new AdlValue(f, conversion),
    grad: simple(derivatives.grad),
    jacobian: simple(jacobians.jacobian),
    hessian: simple(jacobians.hessian),
    valueAndGrad: (options: Wrt = {}) => {
      const g = derived(derivatives.valueAndGrad, options)
      return (...args: Args) => {
        const [value, grad] = pair(call(g, args))
        return { value: out(value) as Result, grad: out(grad) }
      }
    },
    jvp:
      (options: Wrt = {}) =>
      (...args: readonly unknown[]) => {
        const result = along(engine, derivatives.jvp, f, into(args), options, conversion)
        const [value, tangent] = pair(result)
        return { value: out(value) as Result, tangent: out(tangent) as Result }
      },
    hvp:
      (options: Wrt = {}) =>
      (...args: readonly unknown[]) =>
        out(along(engine, jacobians.hvp, f, into(args), options, conversion)),
    vjp:
      (options: Wrt = {}) =>
      (...args: Args) => {
        const values = into(args)
        const g = restricted(engine, f, values, options, conversion)
        const [value, pullback] = pair(engine.enter(() => runtime.call(derivatives.vjp, [g.fn, g.point])))
        return {
          value: out(value) as Result,
          pullback: (given: unknown) => {
            const ct = guarded(() => fromJs(given, "cotangent", conversion))
            const fitting = value instanceof Tuple ? entries(ct, value.values.length) : ct
            return out(engine.enter(() => runtime.call(pullback, [fitting])))
          },
        }
      },
  }) as AdlFunction<Args, Result>
}

function parameterName(f: FunctionValue, i: number): string {
  if ("code" in f) return f.code.code.params[i]?.name ?? `argument ${String(i + 1)}`
  return `argument ${String(i + 1)}`
}

/** f as a function of the selected arguments alone, and the point they make. */
function restricted(
  engine: Engine,
  f: FunctionValue,
  args: readonly Value[],
  options: Wrt,
  conversion: Conversion,
): { fn: Value; point: Value } {
  const wrt = options.wrt === undefined ? undefined : fromJs(options.wrt, "wrt", conversion)
  return engine.enter(() => derivatives.restrict(engine.runtime, f, args, wrt))
}

function along(
  engine: Engine,
  operator: BuiltinFunction,
  f: FunctionValue,
  values: readonly Value[],
  options: Wrt,
  conversion: Conversion,
): Value {
  const direction = values.at(-1)
  if (direction === undefined) throw new FaultError([])
  const g = restricted(engine, f, values.slice(0, -1), options, conversion)
  const v = g.point instanceof Tuple ? entries(direction, g.point.values.length) : direction
  return engine.enter(() => engine.runtime.call(operator, [g.fn, g.point, v]))
}

/** What the host gives as an array for a tuple of n, such as a direction: of numbers or equal shapes it has become a dense array. */
function entries(direction: Value, n: number): Value {
  if (direction instanceof List) return new Tuple(direction.items)
  if (!(direction instanceof Tensor) || direction.shape[0] !== n) return direction
  const { data, shape } = direction
  const each = data.length / n
  return new Tuple(
    Array.from({ length: n }, (_, i) =>
      shape.length === 1 ? data[i]! : new Tensor(shape.slice(1), data.slice(i * each, (i + 1) * each)),
    ),
  )
}

/** Told of each value that a session's input shows. */
export type OnValue = (value: AdlValue, line: number) => void

export class Session {
  private readonly engine: Engine
  private readonly scope: SessionScope
  private readonly conversion: Conversion
  private inputs = 0

  constructor(engine: Engine, initial: Readonly<Record<string, unknown>>) {
    this.engine = engine
    this.scope = new SessionScope(engine.loader.library)
    this.conversion = conversionIn(this.scope)
    guarded(() => {
      for (const [name, value] of Object.entries(initial)) this.scope.define(name, fromJs(value, name, this.conversion))
    })
  }

  /** Runs a text; gives the value of its last expression statement (unit if there is none). What succeeded stays, also when a later statement fails. */
  run(text: string, options: { name?: string; onValue?: OnValue } = {}): AdlValue {
    this.inputs++
    const name = options.name ?? `<input ${String(this.inputs)}>`
    return this.engine.enter(() => {
      const { loader } = this.engine
      const { module } = loader.prepare({ name, text }, this.scope, true)
      let last: Value = null
      const show = (value: Value, span: Span): void => {
        last = value
        options.onValue?.(new AdlValue(value, this.conversion), lineOf(span))
      }
      try {
        loader.run(module, show)
      } finally {
        this.scope.adopt(module)
      }
      return new AdlValue(last, this.conversion)
    })
  }

  /** Names the session has defined. */
  names(): string[] {
    return [...this.scope.defined().keys()]
  }
}

function lineOf(span: Span): number {
  return position(span.source, span.start).line
}

/** Makes an engine. */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(options)
}
