/**
 * What an engine in a worker offers: each method of the engine, of its modules and sessions, as a request.
 * Modules, sessions and pullbacks are known by numbers that the other side chose, so that they are the same after a restart. It must not know threads.
 */

import { Engine } from "../engine.ts"
import type { AdlFunction, Wrt } from "../function.ts"
import { hosted } from "../error.ts"
import type { EngineOptions } from "../options.ts"
import { whole } from "../whole.ts"
import type { AdlModule, Session } from "../session.ts"
import type { Serialized } from "../serialform.ts"
import { AdlValue } from "../value.ts"
import { raise } from "../../lang/report/fault.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import type { Exchange, Methods } from "./serve.ts"
import { pack, unpack, type Packed, type WireValue } from "./wire.ts"

/** What a worker is told when it starts. */
export interface Boot {
  readonly options: Pick<EngineOptions, "limits" | "tier" | "trapNan">
  readonly values: Packed
  /** Texts of modules by specifier. */
  readonly modules: Readonly<Record<string, string>>
  /** The module whose default export has `host` and `modules`, as for `createEngine`. */
  readonly host: string | null
}

/** What the module of a host may give by default. */
export type WorkerHost = Pick<EngineOptions, "host" | "modules" | "builtins">

/** Which derivative of which function, and the arguments. */
export interface FunctionCall {
  readonly module: number
  readonly name: string
  readonly operator: Operator | null
  readonly wrt: Wrt
  readonly args: Packed
  /** For `vjp`: what its pullback is known by. */
  readonly pullback?: number
}

export type Operator = "grad" | "valueAndGrad" | "jvp" | "vjp" | "hvp" | "jacobian" | "hessian"

export async function offered(boot: Boot, interrupt: Int32Array | null): Promise<Methods> {
  const host = boot.host === null ? {} : await hostAt(boot.host)
  let hear: Exchange | null = null
  const engine = new Engine(
    {
      ...boot.options,
      ...host,
      values: boot.values.data as Record<string, unknown>,
      modules: (specifier, from) =>
        Object.hasOwn(boot.modules, specifier) ? boot.modules[specifier]! : (host.modules?.(specifier, from) ?? null),
      print: (text) => hear?.event("print", text),
      ...(interrupt === null ? {} : { interrupt }),
    },
    whole,
  )
  return methodsOf(engine, (exchange) => {
    hear = exchange
  })
}

/** What the module of a host gives; a module that cannot be loaded is the host's mistake. */
async function hostAt(address: string): Promise<WorkerHost> {
  let module: { default?: WorkerHost }
  try {
    module = (await import(/* @vite-ignore */ address)) as { default?: WorkerHost }
  } catch (error) {
    return hosted(address, () => {
      throw error
    })
  }
  return module.default ?? {}
}

function methodsOf(engine: Engine, listen: (exchange: Exchange) => void): Methods {
  const modules = new Map<number, AdlModule>()
  const sessions = new Map<number, Session>()
  const pullbacks = new Map<number, (ct: unknown) => unknown>()
  const wire = (value: AdlValue): WireValue => {
    let data: Serialized | null = null
    try {
      data = engine.serialize(value)
    } catch {
      // A function that lives here alone can still be looked at.
    }
    return { data, text: value.toString(), type: value.type }
  }
  const out = (x: unknown): Packed => pack(x, "result", (item) => (item instanceof AdlValue ? wire(item) : undefined))
  const into = (packed: Packed): unknown =>
    unpack(packed, ({ data, text }) => {
      if (data === null) raise(apartFaults.hostSerial(text))
      return engine.deserialize(data)
    })
  const record = (packed: Packed): Record<string, unknown> => into(packed) as Record<string, unknown>
  const functionOf = ({ module, name }: Pick<FunctionCall, "module" | "name">): AdlFunction =>
    found(modules, module).fn(name)
  const shows = (exchange: Exchange) => (value: AdlValue, line: number) => {
    exchange.event("value", { value: wire(value), line })
  }
  const call = (request: FunctionCall): unknown => {
    const f = functionOf(request)
    const args = into(request.args) as unknown[]
    const result = request.operator === null ? f(...args) : f[request.operator](request.wrt)(...args)
    if (request.operator !== "vjp") return result
    const { value, pullback } = result as { value: unknown; pullback: (ct: unknown) => unknown }
    if (request.pullback !== undefined) pullbacks.set(request.pullback, pullback)
    return value
  }
  const methods = {
    ready: () => engine.ready,
    evaluate: ({ text, name, scope }: { text: string; name?: string; scope: Packed }) =>
      wire(engine.evaluate(text, { scope: record(scope), ...(name === undefined ? {} : { name }) })),
    adl: ({ pieces, values }: { pieces: readonly string[]; values: Packed }) =>
      wire(engine.adl(Object.assign([...pieces], { raw: pieces }), ...(into(values) as unknown[]))),
    run: ({ text, name }: { text: string; name?: string }, exchange: Exchange) => {
      engine.run(text, { onValue: shows(exchange), ...(name === undefined ? {} : { name }) })
    },
    load: ({ id, source, name }: { id: number; source: string; name?: string }) => {
      const module = engine.load(source, name === undefined ? {} : { name })
      modules.set(id, module)
      return { name: module.name, names: module.names() }
    },
    value: ({ module, name }: { module: number; name: string }) => wire(found(modules, module).value(name)),
    fn: (request: Pick<FunctionCall, "module" | "name">) => {
      functionOf(request)
    },
    prepare: ({ operator, wrt, ...request }: Omit<FunctionCall, "args">) => {
      if (operator !== null) functionOf(request)[operator](wrt)
    },
    call: (request: FunctionCall) => out(call(request)),
    pull: ({ request, ct }: { request: FunctionCall & { pullback: number }; ct: Packed }) => {
      // After a restart the pullback is made again.
      if (!pullbacks.has(request.pullback)) call(request)
      return out(pullbacks.get(request.pullback)!(into(ct)))
    },
    forget: ({ modules: ms = [], sessions: ss = [], pullbacks: ps = [] }: Record<string, number[]>) => {
      for (const id of ms) modules.delete(id)
      for (const id of ss) sessions.delete(id)
      for (const id of ps) pullbacks.delete(id)
    },
    session: ({ id, scope }: { id: number; scope: Packed }) => {
      sessions.set(id, engine.session(record(scope)))
    },
    restore: ({ id, snapshot }: { id: number; snapshot: Serialized }) => {
      sessions.set(id, engine.restore(snapshot))
    },
    sessionRun: ({ id, text, name }: { id: number; text: string; name?: string }, exchange: Exchange) =>
      wire(found(sessions, id).run(text, { onValue: shows(exchange), ...(name === undefined ? {} : { name }) })),
    sessionDefine: ({ id, name, value }: { id: number; name: string; value: Packed }) => {
      found(sessions, id).define(name, into(value))
    },
    sessionNames: ({ id }: { id: number }) => found(sessions, id).names(),
    snapshot: ({ id }: { id: number }) => found(sessions, id).snapshot(),
    serialize: ({ value }: { value: Packed }) => engine.serialize(into(value)),
    deserialize: ({ data }: { data: Serialized }) => wire(engine.deserialize(data)),
  }
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (payload: never, exchange: Exchange): unknown => {
        listen(exchange)
        return (method as (payload: never, exchange: Exchange) => unknown)(payload, exchange)
      },
    ]),
  )
}

function found<T>(map: ReadonlyMap<number, T>, id: number): T {
  const item = map.get(id)
  if (item === undefined) throw new Error(`there is nothing known by the number ${String(id)}`)
  return item
}
