/**
 * What a program becomes for its host: a module with functions, and a session that goes on from text to text.
 * Both are names with values over the library of the engine. They must not know how an engine is made.
 */

import type { Span } from "../lang/report/span.ts"
import { position } from "../lang/report/span.ts"
import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import type { Binding } from "../lang/scope.ts"
import { isName } from "../lang/tokens.ts"
import { isFunction, type Value } from "../interpreter/values/values.ts"
import { fromJs, nameOf, type Conversion } from "./convert.ts"
import { guarded, hosted } from "./error.ts"
import { prepared, type AdlFunction, type Entrance } from "./function.ts"
import { SessionScope, type Loader } from "./loader.ts"
import { callOptions, textOption } from "./options.ts"
import type { Rest } from "./rest.ts"
import type { Serialized } from "./serialform.ts"
import { AdlValue, conversionIn } from "./value.ts"

/** What modules and sessions need of their engine. */
export interface Surroundings extends Entrance {
  readonly loader: Loader
  /** What is loaded apart, for a method that needs it. */
  needed(method: string): Rest
}

/** A module that has run: its names with their values, and its functions. */
export class AdlModule {
  /** The name that the module was given. */
  readonly name: string
  private readonly engine: Surroundings
  private readonly scope: SessionScope
  private readonly conversion: Conversion

  /** For the engine's own use. @internal */
  constructor(engine: Surroundings, name: string, scope: SessionScope) {
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
      const binding = this.scope.defined().get(textOption("name", name))
      if (binding?.kind !== "cell") raise(faults.notExported(this.name, name, this.names()))
      return new AdlValue(binding.cell.value as Value, this.conversion)
    })
  }

  /** A function of the module, called with JavaScript values. */
  fn<Args extends readonly unknown[] = readonly unknown[], Result = unknown>(name: string): AdlFunction<Args, Result> {
    return guarded(() => {
      const binding = this.scope.defined().get(textOption("name", name))
      const value = binding?.kind === "cell" ? (binding.cell.value as Value) : undefined
      if (!isFunction(value)) raise(faults.noSuchFunction(name, this.name, this.names()))
      return prepared<Args, Result>(this.engine, value, name, this.conversion)
    })
  }
}

/** Told of each value that a session's input shows. */
export type OnValue = (value: AdlValue, line: number) => void

/** What the names of a session stand for. */
export type SessionNames = ReadonlyMap<string, Binding>

/** Texts one after the other, each seeing what those before defined. */
export class Session {
  private readonly engine: Surroundings
  private readonly scope: SessionScope
  private readonly conversion: Conversion
  private inputs = 0

  /** For the engine's own use. @internal */
  constructor(engine: Surroundings, initial: Readonly<Record<string, unknown>>, names: SessionNames = new Map()) {
    this.engine = engine
    this.scope = new SessionScope(engine.loader.library, names)
    this.conversion = conversionIn(this.scope)
    guarded(() => {
      if (typeof (initial as unknown) !== "object" || (initial as unknown) === null)
        raise(faults.hostOption("scope", "an object", nameOf(initial)))
    })
    for (const [name, value] of Object.entries(initial)) this.define(name, value)
  }

  /** Runs a text; gives the value of its last expression statement (unit if there is none). What succeeded stays, also when a later statement fails. */
  run(text: string, options: { name?: string; onValue?: OnValue } = {}): AdlValue {
    guarded(() => callOptions(options))
    this.inputs++
    const name = options.name ?? `<input ${String(this.inputs)}>`
    return this.engine.enter(() => {
      const { loader } = this.engine
      const module = loader.prepare({ name, text: textOption("text", text) }, this.scope, true)
      let last: Value = null
      const show = (value: Value, span: Span): void => {
        last = value
        const { onValue } = options
        if (onValue !== undefined)
          hosted("onValue", () => {
            onValue(new AdlValue(value, this.conversion), lineOf(span))
          })
      }
      try {
        loader.run(module, show)
      } finally {
        this.scope.adopt(module)
      }
      return new AdlValue(last, this.conversion)
    })
  }

  /** Gives a name a value. */
  define(name: string, value: unknown): void {
    this.engine.enter(() => {
      if (!isName(name)) raise(faults.hostName(name, "no program can write it"))
      this.scope.define(name, fromJs(value, name, this.conversion))
    })
  }

  /** Everything the session has defined, as plain data: `engine.restore` goes on from it, in this engine or another. */
  snapshot(): Serialized {
    const { engine } = this
    return engine.enter(() => engine.needed("snapshot").serialize(this.scope.defined(), engine.runtime.library))
  }

  /** Names the session has defined. */
  names(): string[] {
    return [...this.scope.defined().keys()]
  }
}

export function lineOf(span: Span): number {
  return position(span.source, span.start).line
}
