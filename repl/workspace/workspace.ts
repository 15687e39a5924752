/**
 * The side of a session that computes: runs inputs and commands, and tells what comes of them.
 * What an input defines stays also when a later statement of it fails, every state before an input can be had back, and whatever goes wrong is an event. It
 * must not know threads or terminals.
 */

import { AdlError, type Engine } from "../../engine/index.ts"
import { builtins } from "../../engine/builtins.ts"
import { Loader, SessionScope } from "../../engine/loader.ts"
import { Evaluation } from "../../interpreter/evaluate/runtime.ts"
import { disown } from "../../interpreter/values/ownership.ts"
import { isPlot } from "../../interpreter/builtins/plot.ts"
import { toJson } from "../../interpreter/values/json.ts"
import { isFunction, type BuiltinFunction, type Closure, type Value } from "../../interpreter/values/values.ts"
import type { Binding } from "../../lang/scope.ts"
import type { CoreModule } from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { FaultError, faultOf } from "../../lang/report/fault.ts"
import { position } from "../../lang/report/span.ts"
import type { Catalogue, Entry } from "../editor/catalogue.ts"
import { commandNamed } from "./commands.ts"
import { brief, display } from "./display.ts"
import { builtinEntries, moduleEntries, sessionEntries } from "./names.ts"
import type { Event, Input, Outcome, Request, Window } from "./protocol.ts"

type State = ReadonlyMap<string, { readonly binding: Binding; readonly value: unknown }>

/** States before inputs that are kept for `:undo`. */
const mostStates = 100
/** What a preview may cost. */
const previewLimits = { steps: 20_000, ms: 20, memory: 2 ** 24, depth: 500 }

/** How plots become text and files. */
export interface Plots {
  text(plot: Value, window: Window): string | null
  file(plot: Value, path: string): string | Uint8Array
}

const nothing: Outcome = { ok: true, journal: "none", kept: "", names: null, preview: null, interrupted: false }

export class Workspace {
  readonly engine: Engine
  /** Told of everything that happens. */
  readonly tell: (event: Event) => void
  readonly plots: Plots
  /** The latest plot that was shown. */
  plot: Value | null = null
  private scope: SessionScope
  private readonly states: State[] = []
  private readonly fixed: readonly Entry[]
  private readonly library: readonly Entry[]
  private readonly previews: Loader
  /** The latest value, for `:more`; and how much of it was shown. */
  private last: Value | undefined
  private pages: { readonly lines: readonly string[]; at: number } | null = null

  constructor(engine: Engine, more: readonly BuiltinFunction[], plots: Plots, tell: (event: Event) => void) {
    this.engine = engine
    this.tell = tell
    this.plots = plots
    this.scope = new SessionScope(engine.loader.library)
    this.fixed = builtinEntries([...builtins, ...more])
    this.library = moduleEntries()
    const small = new Evaluation({ limits: previewLimits, library: engine.runtime.library })
    this.previews = new Loader(engine.loader.library, small, () => null)
  }

  /** Works on a request to its end. */
  handle(request: Request): Outcome {
    switch (request.kind) {
      case "run":
        return this.run(request.input, request.window)
      case "command":
        return this.command(request.name, request.argument, request.window)
      case "preview":
        return { ...nothing, preview: this.preview(request.text, request.columns) }
    }
  }

  /** What is in scope from the beginning. */
  catalogue(): Catalogue {
    return { names: this.fixed, modules: this.library }
  }

  /** What the session defined, for completion. */
  entries(): readonly Entry[] {
    return sessionEntries(this.scope)
  }

  // ---------------------------------------------------------------- inputs

  private run(input: Input, window: Window): Outcome {
    const before = this.state()
    let kept = ""
    const outcome = this.reporting(() => {
      this.engine.enter(() => {
        const { loader } = this.engine
        const module = loader.prepare(input, this.scope, true)
        try {
          for (const { code, shows, span } of module.statements) {
            const { line } = position(span.source, span.start)
            if (module.statements.length > 1) this.tell({ kind: "statement", line, done: kept.length })
            const value = loader.evaluate(code)
            kept = input.text.slice(0, span.end)
            if (shows && value !== null) this.show(value, line, window)
          }
          kept = input.text
        } finally {
          this.scope.adopt(module)
        }
      })
    })
    if (kept.trim() === "") return outcome
    this.states.push(before)
    if (this.states.length > mostStates) this.states.shift()
    return { ...outcome, journal: "keep", kept, names: this.entries() }
  }

  /** Tells of a value, and keeps it as `it`. */
  show(value: Value, line: number, window: Window): void {
    const drawing = isPlot(value) ? this.plots.text(value, window) : null
    const json = toJson(value)
    if (drawing === null) this.tell({ kind: "value", ...display(value, window), code: true, line, json })
    else {
      this.plot = value
      this.tell({ kind: "value", text: drawing, note: ":save FILE.svg keeps it", code: false, line, json })
    }
    this.scope.define("it", disown(value))
    this.last = value
    this.pages = null
  }

  /** Runs `f`; what a program does wrong becomes an event. */
  private reporting(f: () => void): Outcome {
    try {
      f()
      return nothing
    } catch (error) {
      const found = asAdlError(error)
      this.tell({ kind: "error", faults: found.faults })
      const interrupted = found.faults[0]?.code === faults.interrupted().code
      return { ...nothing, ok: false, interrupted }
    }
  }

  private command(name: string, argument: string, window: Window): Outcome {
    const command = commandNamed(name)
    if (command === undefined) return { ...nothing, ok: false }
    let journal: Outcome["journal"] = "none"
    const outcome = this.reporting(() => {
      journal = command(this, argument, window) ?? "none"
    })
    const changed = (journal as Outcome["journal"]) !== "none"
    return { ...outcome, journal, names: changed ? this.entries() : null }
  }

  // ---------------------------------------------------------------- what commands need

  /** The value of an expression; shows nothing and defines nothing. */
  value(text: string, name = "<expression>"): Value {
    return this.engine.enter(() => {
      const module = this.prepared(text, name)
      let last: Value = null
      this.engine.loader.run(module, (value) => {
        last = value
      })
      return last
    })
  }

  /** A text as a module in the scope of the session. */
  prepared(text: string, name = "<expression>"): CoreModule {
    return this.engine.loader.prepare({ name, text }, this.scope, true)
  }

  /** The code that a function was compiled to, or null. */
  compiledCode(f: Closure): string | null {
    const { compiled } = this.engine.runtime
    const text = compiled?.codeOf(f.code.code) ?? ""
    return text === "" ? null : text
  }

  /** What a name of the session stands for. */
  lookup(name: string): Binding | undefined {
    return this.scope.lookup(name)
  }

  /** Everything in scope. */
  names(): Iterable<string> {
    return this.scope.names()
  }

  /** The names that the session defined, in order. */
  defined(): ReadonlyMap<string, Binding> {
    return this.scope.defined()
  }

  /** The latest value shown. */
  latest(): Value | undefined {
    return this.last
  }

  /** The next lines of a long text; a new text begins at its beginning. */
  page(all: () => string, count: number): { readonly lines: readonly string[]; readonly left: number } {
    this.pages ??= { lines: all().split("\n"), at: 0 }
    const { lines, at } = this.pages
    this.pages.at = Math.min(lines.length, at + count)
    return { lines: lines.slice(at, at + count), left: lines.length - this.pages.at }
  }

  /** Takes back the latest input. False if there is none. */
  undo(): boolean {
    const state = this.states.pop()
    if (state === undefined) return false
    const scope = new SessionScope(this.engine.loader.library)
    const bindings = new Map<string, Binding>()
    for (const [name, { binding, value }] of state) {
      if (binding.kind === "cell") binding.cell.value = value
      bindings.set(name, binding)
    }
    scope.adopt({ bindings: bindings as CoreModule["bindings"] })
    this.scope = scope
    return true
  }

  /** Forgets everything. */
  reset(): void {
    this.scope = new SessionScope(this.engine.loader.library)
    this.states.length = 0
    this.last = undefined
    this.pages = null
  }

  private state(): State {
    return new Map(
      [...this.scope.defined()].map(([name, binding]) => [
        name,
        // Held here as well, a value is no longer its variable's alone to change.
        { binding, value: binding.kind === "cell" ? disown(binding.cell.value as Value) : undefined },
      ]),
    )
  }

  // ---------------------------------------------------------------- previews

  /** The value of an expression on one line, where it is cheap, without effect, and says more than what was typed. */
  private preview(text: string, columns: number): string | null {
    try {
      const module = this.previews.prepare({ name: "<preview>", text }, this.scope, true)
      const [statement] = module.statements
      if (module.statements.length !== 1 || statement?.shows !== true || statement.code.effects) return null
      const { runtime } = this.previews
      runtime.restart()
      const value = runtime.within(() => runtime.quietly(() => this.previews.evaluate(statement.code)))
      if (value === null || isFunction(value)) return null
      const shown = brief(value, columns)
      return shown === text.trim() ? null : shown
    } catch (error) {
      if (error instanceof FaultError) return null
      throw error
    }
  }
}

/** Whatever was thrown as an error that a person can read. */
function asAdlError(error: unknown): AdlError {
  if (error instanceof AdlError) return error
  if (error instanceof FaultError) return new AdlError(error.faults, error)
  return new AdlError([faultOf(faults.userError(error instanceof Error ? error.message : String(error)))])
}
