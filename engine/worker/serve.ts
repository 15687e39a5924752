/**
 * The other end of the line: answers requests, one after the other.
 * A request names a method; whatever it throws goes back as faults. It must not know what the methods do.
 */

import { errorOf } from "../error.ts"
import type { FromWorker, ToWorker } from "./link.ts"
import type { Port } from "./threads.ts"

/** What a method may do besides returning: send events, unless its request is only done again. */
export interface Exchange {
  readonly quiet: boolean
  event(name: string, data: unknown): void
}

export type Methods = Readonly<Record<string, (payload: never, exchange: Exchange) => unknown>>

/** Serves `port`: `boot` makes the methods of what it is told first. */
export function serve(
  port: Port,
  boot: (given: never, interrupt: Int32Array | null) => Methods | Promise<Methods>,
): void {
  let methods: Promise<Methods> | null = null
  let last: Promise<unknown> = Promise.resolve()
  port.listen((data) => {
    const message = data as ToWorker
    if (message.kind === "boot") {
      const { interrupt } = message
      methods = Promise.resolve().then(() => boot(message.boot as never, interrupt))
      // Whoever asks first is told what went wrong.
      methods.catch(() => undefined)
      return
    }
    last = last.then(() => answer(port, methods, message))
  })
}

async function answer(
  port: Port,
  methods: Promise<Methods> | null,
  { id, method, payload, quiet }: Extract<ToWorker, { kind: "request" }>,
): Promise<void> {
  const post = (message: FromWorker): void => {
    port.post(message)
  }
  const exchange: Exchange = {
    quiet,
    event: (name, data) => {
      if (!quiet) post({ kind: "event", id, name, data })
    },
  }
  try {
    const known = await methods
    const f = known !== null && Object.hasOwn(known, method) ? known[method] : undefined
    if (f === undefined) throw new Error(`there is no method ${method}`)
    const result = await f(payload as never, exchange)
    post({ kind: "done", id, result: quiet ? null : result })
  } catch (error) {
    const { faults, cause, catchable } = errorOf(error)
    try {
      post({ kind: "failed", id, faults, catchable, ...(cause === undefined ? {} : { cause }) })
    } catch {
      // A cause that cannot be copied stays here.
      post({ kind: "failed", id, faults, catchable })
    }
  }
}
