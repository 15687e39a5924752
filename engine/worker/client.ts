/**
 * The engine off the main thread: the same interface with promises.
 * Everything is a request to a worker in which an engine lives; what a restart needs (modules, sessions, their inputs) is kept and done again. It must not
 * load the language.
 */

import { render } from "../../lang/report/render.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { guarded, hosted, offerRenderer } from "../error.ts"
import type { Wrt } from "../function.ts"
import type { EngineOptions } from "../options.ts"
import { plainOf, type Serialized } from "../serialform.ts"
import { Link, type RequestOptions } from "./link.ts"
import type { Boot, FunctionCall, Operator } from "./offered.ts"
import { sharedMemory, spawnAt, webThread, type Spawn, type WebWorker } from "./threads.ts"
import { pack, unpack, type Packed, type WireValue } from "./wire.ts"

export interface WorkerEngineOptions extends Pick<EngineOptions, "limits" | "tier" | "trapNan" | "values"> {
  /** Texts of modules by specifier. */
  readonly modules?: Readonly<Record<string, string>>
  /** A module that the worker imports; its default export holds `host` and `modules` as for `createEngine`. */
  readonly host?: URL | string
  /** Where printed text goes, a line at a time. */
  readonly print?: (text: string) => void
  /** Starts the worker, where a bundler needs to see it: `() => new Worker(new URL("adl-lang/thread", import.meta.url), { type: "module" })`. */
  readonly worker?: () => unknown
  /** False: a run is interrupted by ending the worker, also where memory could be shared. */
  readonly sharedMemory?: boolean
  /** Milliseconds that an interrupted run has to answer before its worker is ended; 1000 unless given. */
  readonly patience?: number
}

/** An abort of `signal` ends the request, whether it runs or still waits. */
export interface Abortable {
  /** What is aborted when the request is to end. */
  readonly signal?: AbortSignal
}

/** A value of the language that came from a worker; it may be an argument of any request. */
export class WorkerValue {
  /** For the engine's own use. @internal */
  readonly wire: WireValue

  /** For the engine's own use. @internal */
  constructor(wire: WireValue) {
    this.wire = wire
  }

  /** Its JavaScript form: see the guide to embedding. */
  toJS(): unknown {
    const { data } = this.wire
    return data === null ? this : plainOf(data, nested)
  }

  /** As the REPL shows it. */
  toString(): string {
    return this.wire.text
  }

  /** What a person calls its kind: `a number`, `an array of shape (3)`. */
  get type(): string {
    return this.wire.type
  }
}

function nested(data: Serialized, text: string): WorkerValue {
  return new WorkerValue({ data, text, type: "a function" })
}

/** One function of a module in a worker, with its derivatives. */
export interface WorkerFunction<Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  (...args: Args): Promise<Result>
  /** The gradient of a scalar function, in the form of the one argument, or an array with one entry for each. */
  grad(options?: Wrt & Abortable): (...args: Args) => Promise<unknown>
  /** The value and the gradient of one call. */
  valueAndGrad(options?: Wrt & Abortable): (...args: Args) => Promise<{ value: Result; grad: unknown }>
  /** Takes the function's arguments, then the direction. */
  jvp(options?: Wrt & Abortable): (...args: readonly unknown[]) => Promise<{ value: Result; tangent: Result }>
  /** The value, and a function from a cotangent of the result to those of the arguments. */
  vjp(options?: Wrt & Abortable): (...args: Args) => Promise<{
    value: Result
    /** Takes a cotangent of the result; gives that of the one argument, or an array with one for each. */
    pullback: (ct: unknown) => Promise<unknown>
  }>
  /** Takes the function's arguments, then the direction; gives the product of the Hessian with it. */
  hvp(options?: Wrt & Abortable): (...args: readonly unknown[]) => Promise<unknown>
  /** All partial derivatives of the result. */
  jacobian(options?: Wrt & Abortable): (...args: Args) => Promise<unknown>
  /** All second derivatives of a scalar function. */
  hessian(options?: Wrt & Abortable): (...args: Args) => Promise<unknown>
}

/** Makes an engine in a worker. */
export function createWorkerEngine(options: WorkerEngineOptions = {}): WorkerEngine {
  return new WorkerEngine(options)
}

/** An engine in a worker: the interface of `Engine` with promises. */
export class WorkerEngine {
  private readonly link: Link
  private readonly print: (text: string) => void
  private lastId = 0

  /** For the engine's own use. @internal */
  constructor(options: WorkerEngineOptions = {}) {
    offerRenderer(render)
    guarded(() => {
      if (typeof (options as unknown) !== "object" || (options as unknown) === null)
        raise(faults.hostOption("options", "an object", String(options)))
    })
    const { limits, tier, trapNan, worker } = options
    this.print = options.print ?? (() => undefined)
    const boot: Boot = {
      options: {
        ...(limits === undefined ? {} : { limits }),
        ...(tier === undefined ? {} : { tier }),
        ...(trapNan === undefined ? {} : { trapNan }),
      },
      values: guarded(() => packed(options.values ?? {}, "values")),
      modules: options.modules ?? {},
      host: options.host === undefined ? null : String(options.host),
    }
    const spawn: Spawn =
      worker === undefined
        ? spawnAt(new URL("./thread.ts", import.meta.url))
        : (listener) => webThread(started(worker), listener)
    this.link = new Link({
      spawn,
      boot,
      shared: (options.sharedMemory ?? true) && sharedMemory(),
      ...(options.patience === undefined ? {} : { patience: options.patience }),
    })
  }

  /** Resolves when the worker has loaded its compiler. */
  get ready(): Promise<void> {
    return this.ask("ready", {}, { keep: true }) as Promise<void>
  }

  /** The value of the last expression of a text; `scope` gives names values. */
  async evaluate(
    text: string,
    options: { scope?: Readonly<Record<string, unknown>>; name?: string } & Abortable = {},
  ): Promise<WorkerValue> {
    const scope = guarded(() => packed(options.scope ?? {}, "scope"))
    return new WorkerValue((await this.ask("evaluate", { text, name: options.name, scope }, options)) as WireValue)
  }

  /** The value of a program that is written as a template literal: what is interpolated becomes a constant, never text. */
  readonly adl = async (strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<WorkerValue> => {
    const given = guarded(() => packed(values, "values"))
    return new WorkerValue((await this.ask("adl", { pieces: strings.raw, values: given })) as WireValue)
  }

  /** Runs a program as its main file: every value that a top-level expression shows is handed over as it comes. */
  async run(
    text: string,
    options: { name?: string; onValue?: (value: WorkerValue, line: number) => void } & Abortable = {},
  ): Promise<void> {
    await this.ask("run", { text, name: options.name }, { signal: options.signal, onEvent: shown(options.onValue) })
  }

  /** Runs a module and gives its functions. */
  async load(source: string, options: { name?: string } & Abortable = {}): Promise<WorkerModule> {
    const id = ++this.lastId
    const { signal } = options
    const { name, names } = (await this.ask("load", { id, source, name: options.name }, { signal, keep: true })) as {
      name: string
      names: string[]
    }
    return new WorkerModule(this, id, name, names)
  }

  /** A session: texts one after the other, each seeing what those before defined. */
  async session(scope: Readonly<Record<string, unknown>> = {}): Promise<WorkerSession> {
    const id = ++this.lastId
    await this.ask("session", { id, scope: guarded(() => packed(scope, "scope")) }, { keep: true })
    return new WorkerSession(this, id)
  }

  /** A session that goes on where `snapshot` was taken. */
  async restore(snapshot: Serialized): Promise<WorkerSession> {
    const id = ++this.lastId
    await this.ask("restore", { id, snapshot }, { keep: true })
    return new WorkerSession(this, id)
  }

  /** A value as plain data, for another engine. */
  async serialize(value: unknown): Promise<Serialized> {
    return (await this.ask("serialize", { value: guarded(() => packed(value, "value")) })) as Serialized
  }

  /** What `serialize` gave, as a value of this engine. */
  async deserialize(data: Serialized): Promise<WorkerValue> {
    return new WorkerValue((await this.ask("deserialize", { data })) as WireValue)
  }

  /** Ends what runs now, as an error; what waits behind it goes on. */
  interrupt(): void {
    this.link.interrupt()
  }

  /** Ends the worker at once; a new one is brought to where the last request left off. */
  restart(): void {
    this.link.restart()
  }

  /** Ends the worker for good. */
  dispose(): void {
    this.link.close()
  }

  /** For modules and sessions. @internal */
  ask(method: string, payload: unknown, options: RequestOptions = {}): Promise<unknown> {
    const { onEvent } = options
    return this.link.request(method, payload, {
      ...options,
      onEvent: (name, data) => {
        if (name === "print") this.print(data as string)
        else onEvent?.(name, data)
      },
    })
  }

  /** A number that names something in the worker. @internal */
  newId(): number {
    return ++this.lastId
  }
}

/** What the host's `worker` started, if that is a worker. */
function started(worker: () => unknown): WebWorker {
  const made: unknown = hosted("worker", worker)
  const { addEventListener, postMessage } = (made ?? {}) as Partial<WebWorker>
  if (typeof addEventListener !== "function" || typeof postMessage !== "function")
    raise(faults.hostOption("worker()", "a worker", made === undefined ? "nothing" : "what it gave"))
  return made as WebWorker
}

function shown(onValue: ((value: WorkerValue, line: number) => void) | undefined): RequestOptions["onEvent"] {
  return (_name, data) => {
    const { value, line } = data as { value: WireValue; line: number }
    onValue?.(new WorkerValue(value), line)
  }
}

function packed(x: unknown, name: string): Packed {
  return pack(x, name, (item) => (item instanceof WorkerValue ? item.wire : undefined))
}

function unpacked(result: unknown): unknown {
  return unpack(result as Packed, (value) => new WorkerValue(value))
}

/** A module in a worker: its names with their values, and its functions. */
export class WorkerModule {
  readonly name: string
  private readonly engine: WorkerEngine
  private readonly id: number
  private readonly own: readonly string[]

  /** For the engine's own use. @internal */
  constructor(engine: WorkerEngine, id: number, name: string, names: readonly string[]) {
    this.engine = engine
    this.id = id
    this.name = name
    this.own = names
  }

  /** Names of what the module defines. */
  names(): string[] {
    return [...this.own]
  }

  /** The value of a top-level name. */
  async value(name: string): Promise<WorkerValue> {
    return new WorkerValue((await this.engine.ask("value", { module: this.id, name })) as WireValue)
  }

  /** A function of the module, called with JavaScript values; whether there is one shows when it is called. */
  fn<Args extends readonly unknown[] = readonly unknown[], Result = unknown>(
    name: string,
    options: Abortable = {},
  ): WorkerFunction<Args, Result> {
    const { engine, id: module } = this
    const request = (operator: Operator | null, { wrt }: Wrt, args: readonly unknown[]): FunctionCall => ({
      module,
      name,
      operator,
      wrt: wrt === undefined ? {} : { wrt },
      args: guarded(() => packed(args, "arguments")),
    })
    const call = async (
      operator: Operator | null,
      given: Wrt & Abortable,
      args: readonly unknown[],
    ): Promise<unknown> => unpacked(await engine.ask("call", request(operator, given, args), { signal: given.signal }))
    const derivative =
      (operator: Operator) =>
      (given: Wrt & Abortable = options) =>
      (...args: readonly unknown[]) =>
        call(operator, given, args)
    const vjp =
      (given: Wrt & Abortable = options) =>
      async (...args: Args) => {
        const made = { ...request("vjp", given, args), pullback: engine.newId() }
        const { signal } = given
        const value = unpacked(await engine.ask("call", made, { signal })) as Result
        const pullback = async (ct: unknown): Promise<unknown> =>
          unpacked(await engine.ask("pull", { request: made, ct: guarded(() => packed(ct, "cotangent")) }, { signal }))
        return { value, pullback }
      }
    return Object.assign((...args: Args) => call(null, options, args) as Promise<Result>, {
      grad: derivative("grad"),
      valueAndGrad: derivative("valueAndGrad"),
      jvp: derivative("jvp"),
      vjp,
      hvp: derivative("hvp"),
      jacobian: derivative("jacobian"),
      hessian: derivative("hessian"),
    }) as WorkerFunction<Args, Result>
  }
}

/** A session in a worker: texts one after the other, each seeing what those before defined. */
export class WorkerSession {
  private readonly engine: WorkerEngine
  private readonly id: number

  /** For the engine's own use. @internal */
  constructor(engine: WorkerEngine, id: number) {
    this.engine = engine
    this.id = id
  }

  /** Runs a text; gives the value of its last expression statement. What succeeded stays, also when a later statement fails. */
  async run(
    text: string,
    options: { name?: string; onValue?: (value: WorkerValue, line: number) => void } & Abortable = {},
  ): Promise<WorkerValue> {
    const { name, signal, onValue } = options
    const result = await this.engine.ask(
      "sessionRun",
      { id: this.id, text, name },
      {
        signal,
        keep: "always",
        onEvent: shown(onValue),
      },
    )
    return new WorkerValue(result as WireValue)
  }

  /** Gives a name a value. */
  async define(name: string, value: unknown): Promise<void> {
    await this.engine.ask(
      "sessionDefine",
      { id: this.id, name, value: guarded(() => packed(value, name)) },
      { keep: true },
    )
  }

  /** Names the session has defined. */
  async names(): Promise<string[]> {
    return (await this.engine.ask("sessionNames", { id: this.id })) as string[]
  }

  /** Everything the session has defined, as plain data. */
  async snapshot(): Promise<Serialized> {
    return (await this.engine.ask("snapshot", { id: this.id })) as Serialized
  }
}
