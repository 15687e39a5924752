/**
 * A line to a worker: one request at a time, in order, and a way to end each.
 * What runs is interrupted over shared memory; where there is none, or it does not answer, the thread is ended, and a new one is given again what had
 * succeeded before and was to be kept. It must not know what is asked.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { FaultError, faultOf, type Fault } from "../../lang/report/fault.ts"
import { AdlError, errorOf } from "../error.ts"
import type { Listener, Spawn, Thread } from "./threads.ts"

/** To a worker: first what it is to be, then requests. A request that is `quiet` is done again: nothing is to be heard of it. */
export type ToWorker =
  | { readonly kind: "boot"; readonly boot: unknown; readonly interrupt: Int32Array | null }
  | {
      readonly kind: "request"
      readonly id: number
      readonly method: string
      readonly payload: unknown
      readonly quiet: boolean
    }

/** From a worker: events while a request runs, then its answer. */
export type FromWorker =
  | { readonly kind: "event"; readonly id: number; readonly name: string; readonly data: unknown }
  | { readonly kind: "done"; readonly id: number; readonly result: unknown }
  | {
      readonly kind: "failed"
      readonly id: number
      readonly faults: readonly Fault[]
      readonly catchable: boolean
      readonly cause?: unknown
    }

export interface LinkOptions {
  readonly spawn: Spawn
  /** What the worker needs to know at its start. */
  readonly boot: unknown
  /** Can memory be shared with the worker? */
  readonly shared: boolean
  /** Milliseconds that an interrupted request has to answer before its thread is ended. */
  readonly patience?: number
}

export interface RequestOptions {
  /** Done again after a restart, if it succeeded (or `always`): what it made is still needed. */
  readonly keep?: boolean | "always"
  readonly signal?: AbortSignal | undefined
  /** Told of what happens on the way. */
  readonly onEvent?: ((name: string, data: unknown) => void) | undefined
}

interface Request {
  readonly id: number
  readonly method: string
  readonly payload: unknown
  readonly options: RequestOptions
  readonly resolve: (result: unknown) => void
  readonly reject: (error: AdlError) => void
}

const usualPatience = 1000

export class Link {
  private readonly options: LinkOptions
  private readonly flag: Int32Array | null
  private thread: Thread | null = null
  private lastId = 0
  private queue: Request[] = []
  private current: Request | null = null
  private kept: Pick<Request, "method" | "payload">[] = []
  /** Requests that are being done again; their answers are nobody's. */
  private replaying = new Set<number>()
  private closed = false

  constructor(options: LinkOptions) {
    this.options = options
    this.flag = options.shared ? new Int32Array(new SharedArrayBuffer(4)) : null
  }

  /** Is the thread interrupted over shared memory, without being ended? */
  get shared(): boolean {
    return this.flag !== null
  }

  /** Asks the worker; an abort of `signal` takes the request back, wherever it is. */
  request(method: string, payload: unknown, options: RequestOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { signal } = options
      if (this.closed) {
        reject(new AdlError([faultOf(faults.hostDisposed())]))
        return
      }
      if (signal?.aborted === true) {
        reject(interrupted(signal.reason))
        return
      }
      const abort = (): void => {
        this.abort(request, interrupted(signal?.reason))
      }
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal?.removeEventListener("abort", abort)
          settle(value)
        }
      const request: Request = {
        id: ++this.lastId,
        method,
        payload,
        options,
        resolve: settled(resolve),
        reject: settled(reject),
      }
      signal?.addEventListener("abort", abort)
      this.queue.push(request)
      this.next()
    })
  }

  /** Ends what runs now; what waits behind it goes on. */
  interrupt(): void {
    if (this.current !== null) this.abort(this.current, interrupted())
  }

  /** Ends the thread and what it runs at once; a new one is brought to where the last request left off. */
  restart(): void {
    const { current } = this
    this.end()
    current?.reject(interrupted())
    this.next()
  }

  /** Ends the thread for good; whatever waits is refused. */
  close(): void {
    this.closed = true
    const waiting = this.current === null ? this.queue : [this.current, ...this.queue]
    this.queue = []
    this.end()
    for (const request of waiting) request.reject(new AdlError([faultOf(faults.hostDisposed())]))
  }

  private abort(request: Request, error: AdlError): void {
    const waits = this.queue.indexOf(request)
    if (waits >= 0) {
      this.queue.splice(waits, 1)
      request.reject(error)
      return
    }
    if (this.current !== request) return
    // While a new thread is still being brought up, an interruption would end the wrong request.
    if (this.flag === null || this.replaying.size > 0) {
      this.end()
      request.reject(error)
      this.next()
      return
    }
    Atomics.store(this.flag, 0, 1)
    setTimeout(() => {
      if (this.current === request) this.restart()
    }, this.options.patience ?? usualPatience)
  }

  private end(): void {
    this.thread?.terminate()
    this.thread = null
    this.current = null
    this.replaying.clear()
  }

  private next(): void {
    if (this.closed || this.current !== null) return
    const request = this.queue.shift()
    if (request === undefined) return
    if (this.flag !== null) Atomics.store(this.flag, 0, 0)
    this.current = request
    try {
      this.thread ??= this.start()
      this.post(request.id, request, false)
    } catch (error) {
      // What cannot be copied to another thread says so here.
      this.current = null
      const message = error instanceof Error ? error.message : String(error)
      if (error instanceof FaultError) request.reject(errorOf(error))
      else request.reject(new AdlError([faultOf(faults.hostInput("arguments", message))], error))
      this.next()
    }
  }

  private start(): Thread {
    const thread: Thread = this.options.spawn(this.listener(() => this.thread === thread))
    thread.post({ kind: "boot", boot: this.options.boot, interrupt: this.flag } satisfies ToWorker)
    this.thread = thread
    for (const request of this.kept) {
      const id = ++this.lastId
      this.replaying.add(id)
      this.post(id, request, true)
    }
    return thread
  }

  private post(id: number, { method, payload }: Pick<Request, "method" | "payload">, quiet: boolean): void {
    this.thread?.post({ kind: "request", id, method, payload, quiet } satisfies ToWorker)
  }

  /** Hears a thread for as long as it is the current one. */
  private listener(isCurrent: () => boolean): Listener {
    return {
      message: (data) => {
        if (isCurrent()) this.receive(data as FromWorker)
      },
      ended: (reason) => {
        if (!isCurrent()) return
        const { current } = this
        this.end()
        current?.reject(new AdlError([faultOf(apartFaults.hostWorker(reason))]))
        this.next()
      },
    }
  }

  private receive(message: FromWorker): void {
    if (message.kind !== "event" && this.replaying.delete(message.id)) return
    const { current } = this
    if (current === null || message.id !== current.id) return
    const { keep = false } = current.options
    switch (message.kind) {
      case "event":
        current.options.onEvent?.(message.name, message.data)
        return
      case "done":
        if (keep !== false) this.kept.push(current)
        this.current = null
        current.resolve(message.result)
        break
      case "failed":
        // What ran into a limit, or was interrupted, might not end a second time.
        if (keep === "always" && message.catchable) this.kept.push(current)
        this.current = null
        current.reject(new AdlError(message.faults, message.cause, message.catchable))
        break
    }
    this.next()
  }
}

function interrupted(reason?: unknown): AdlError {
  return new AdlError([faultOf(faults.interrupted())], reason)
}
