/**
 * From source text to a module that has run: parse, elaborate, import, evaluate.
 * A module runs once for each loader, when it is first imported; a circle of imports is a fault that shows the circle. It must not know where
 * sources come from: it asks.
 */

import type { CoreModule, TypeInfo } from "../lang/core.ts"
import { elaborate } from "../lang/elaborate.ts"
import { parse } from "../lang/parse.ts"
import { faults } from "../lang/report/catalogue.ts"
import { FaultError, raise, type Fault } from "../lang/report/fault.ts"
import type { Source, Span } from "../lang/report/span.ts"
import type { Binding, ModuleExports, Scope } from "../lang/scope.ts"
import { codeFor } from "../interpreter/evaluate/code.ts"
import type { Evaluation } from "../interpreter/evaluate/runtime.ts"
import { Closure, type Value } from "../interpreter/values/values.ts"
import type { Code } from "../lang/core.ts"
import type { Library } from "./library.ts"

/** What an import leads to: the module's own name, by which it is known and imports from it are resolved, and its text. */
export interface Located {
  readonly name: string
  readonly text: string
}

/** Finds the source of an import, or null. `from` is the name of the importing module. */
export type Locate = (specifier: string, from: string) => Located | null

/** Told of each value that a top-level expression of the main module shows. */
export type Show = (value: Value, span: Span) => void

export class Loader {
  readonly library: Library
  readonly runtime: Evaluation
  private readonly locate: Locate
  private readonly loaded = new Map<string, CoreModule>()
  private readonly loading: string[] = []
  /** The types that were met last under their names, to know those that come from elsewhere. */
  readonly types = new Map<string, TypeInfo>()

  constructor(library: Library, runtime: Evaluation, locate: Locate) {
    this.library = library
    this.runtime = runtime
    this.locate = locate
  }

  /** Parses and elaborates; every error at once. `scope` is what is in scope before the text begins. */
  prepare(source: Source, scope: Scope = this.library, session = false): CoreModule {
    const { module, faults: found } = this.read(source, scope, session)
    const errors = found.filter((fault) => fault.severity === "error")
    if (errors.length > 0) throw new FaultError(errors)
    for (const [name, bound] of module.bindings) if (bound.kind === "type") this.types.set(name, bound.type)
    return module
  }

  /** Every error and warning of a text. */
  examine(source: Source): readonly Fault[] {
    return this.read(source, this.library, false).faults
  }

  private read(source: Source, scope: Scope, session: boolean): { module: CoreModule; faults: readonly Fault[] } {
    const { program, faults: syntax } = parse(source)
    if (syntax.length > 0) throw new FaultError(syntax)
    this.loading.push(source.name)
    try {
      return elaborate(program, {
        scope,
        moduleName: source.name,
        session,
        resolveImport: (specifier, span) => this.import(specifier, span, source.name),
      })
    } finally {
      this.loading.pop()
    }
  }

  /** Runs the statements of a prepared module in order. */
  run(module: CoreModule, show: Show | null): void {
    for (const statement of module.statements) {
      const value = this.evaluate(statement.code)
      if (show !== null && statement.shows && value !== null) show(value, statement.span)
    }
  }

  /** Runs the code of a statement, a test or a benchmark. */
  evaluate(code: Code): Value {
    try {
      return this.runtime.call(new Closure(codeFor(code, this.library.values), []), [])
    } catch (error) {
      if (error instanceof FaultError) error.faults = error.faults.map((fault) => withoutCaller(fault, code.name))
      throw error
    }
  }

  /** What a module exports, loading and running it if that has not happened. */
  private import(specifier: string, span: Span, from: string): ModuleExports {
    const located = this.locate(specifier, from)
    if (located === null) raise(faults.unknownModule(specifier), span)
    const known = this.loaded.get(located.name)
    if (known !== undefined) return known
    const at = this.loading.indexOf(located.name)
    if (at >= 0) raise(faults.circularImport([...this.loading.slice(at), located.name]), span)
    const module = this.prepare({ name: located.name, text: located.text })
    this.run(module, null)
    this.loaded.set(located.name, module)
    return module
  }
}

/** The stack of a fault without the statement that it began in: its place is known from the call that it made. */
function withoutCaller(fault: Fault, name: string): Fault {
  const outermost = fault.stack.at(-1)
  if (outermost?.span !== null || outermost.name !== name) return fault
  return { ...fault, stack: fault.stack.slice(0, -1) }
}

/** The names of a session: what it defined so far, over the library. */
export class SessionScope implements Scope {
  private readonly below: Scope
  private readonly own: Map<string, Binding>

  constructor(below: Scope, names: ReadonlyMap<string, Binding> = new Map()) {
    this.below = below
    this.own = new Map(names)
  }

  lookup(name: string): Binding | undefined {
    return this.own.get(name) ?? this.below.lookup(name)
  }

  *names(): Iterable<string> {
    yield* this.own.keys()
    yield* this.below.names()
  }

  /** Takes over what a module defined and has run. */
  adopt(module: Pick<CoreModule, "bindings">): void {
    for (const [name, entry] of module.bindings)
      if (entry.kind !== "cell" || entry.cell.value !== undefined) this.own.set(name, entry)
  }

  /** Gives a name a value. */
  define(name: string, value: Value): void {
    this.own.set(name, { kind: "cell", cell: { name, value, kind: "let", span: null, doc: null } })
  }

  /** The names the session itself defined. */
  defined(): ReadonlyMap<string, Binding> {
    return this.own
  }
}
