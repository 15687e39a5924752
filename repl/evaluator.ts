/**
 * The session's computing side in a thread of its own: requests, interruption, and a new beginning.
 * Interruption is a flag in shared memory; a thread that does not heed it is ended, and a new one goes through the record of what was run. It must not know what requests
 * mean nor how answers are shown.
 */

import { Worker } from "node:worker_threads"
import type { Invocation } from "../cli/invocation.ts"
import type { Catalogue, Entry } from "./editor/catalogue.ts"
import type { Event, Input, Outcome, Request } from "./workspace/protocol.ts"

/** What a thread is started with. */
export interface Start {
  readonly invocation: Invocation
  /** Element 0: interrupt. Element 1: how many events were seen. */
  readonly shared: Int32Array
  readonly journal: readonly Input[]
}

export interface Question {
  readonly id: number
  readonly request: Request
}

export type Answer =
  | { readonly kind: "ready"; readonly catalogue: Catalogue; readonly names: readonly Entry[] }
  | { readonly kind: "event"; readonly id: number; readonly event: Event }
  | { readonly kind: "outcome"; readonly id: number; readonly outcome: Outcome }

/** How a request ends whose thread was ended. */
const cutShort: Outcome = { ok: false, journal: "none", kept: "", names: null, preview: null, interrupted: true }

/** The sources run as they are; a bundle has the thread's code beside it. */
const entry = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./repl-worker.mjs", import.meta.url)

export class Evaluator {
  /** What is in scope from the beginning, once that is known. */
  catalogue: Catalogue = { names: [], modules: [] }
  /** What the session defined. */
  names: readonly Entry[] = []
  /** How much of the running input has run. */
  private done = 0
  /** Milliseconds that the latest request took. */
  took = 0
  private invocation: Invocation
  private readonly onEvent: (event: Event) => void
  /** Told when the thread died by itself and a new one was started. */
  private readonly onLoss: (reason: string) => void
  private readonly shared = new Int32Array(new SharedArrayBuffer(8))
  private readonly journal: Input[] = []
  /** Milliseconds that each input of the journal took. */
  private readonly times: number[] = []
  private worker: Worker
  private started: Promise<void>
  private pending: {
    readonly id: number
    readonly request: Request
    readonly resolve: (outcome: Outcome) => void
  } | null = null
  /** How many threads were ended; `ended` resolves with the present one, by `end`. */
  private generation = 0
  private end: () => void = () => undefined
  private ended: Promise<void>
  private asked = 0
  private last: Promise<unknown> = Promise.resolve()

  constructor(invocation: Invocation, on: { event: (event: Event) => void; loss: (reason: string) => void }) {
    this.invocation = invocation
    this.onEvent = on.event
    this.onLoss = on.loss
    this.ended = this.untilEnd()
    ;({ worker: this.worker, started: this.started } = this.start())
  }

  /** Is a request being worked on? */
  get busy(): boolean {
    return this.pending !== null
  }

  /** What was run, in order. */
  get inputs(): readonly Input[] {
    return this.journal
  }

  /** Resolves when the thread has read the library; rejects where it cannot, as with wrong flags. */
  get ready(): Promise<void> {
    return this.started
  }

  /** Sends a request once those before are done. */
  send(request: Request): Promise<Outcome> {
    const outcome = this.last.then(() => this.ask(request))
    this.last = outcome
    return outcome
  }

  private async ask(request: Request): Promise<Outcome> {
    const { generation } = this
    await Promise.race([this.started, this.ended])
    // The thread was ended while this waited for it to begin.
    if (generation !== this.generation) return cutShort
    const id = ++this.asked
    Atomics.store(this.shared, 0, 0)
    const began = Date.now()
    this.done = 0
    const outcome = await new Promise<Outcome>((resolve) => {
      this.pending = { id, request, resolve }
      this.worker.postMessage({ id, request } satisfies Question)
    })
    this.took = Date.now() - began
    this.record(request, outcome, this.took)
    if (outcome.names !== null) this.names = outcome.names
    return outcome
  }

  /** Milliseconds that running the journal again would take. */
  get cost(): number {
    return this.times.reduce((sum, time) => sum + time, 0)
  }

  private record(request: Request, outcome: Outcome, took: number): void {
    if (outcome.journal === "keep" && request.kind === "run") {
      this.journal.push({ ...request.input, text: outcome.kept })
      this.times.push(took)
    } else if (outcome.journal === "drop") {
      this.journal.pop()
      this.times.pop()
    } else if (outcome.journal === "clear") {
      this.journal.length = 0
      this.times.length = 0
    }
  }

  /** Asks the running request to stop; what it defined so far stays. */
  interrupt(): void {
    if (this.pending === null) this.cancel()
    Atomics.store(this.shared, 0, this.pending === null ? 0 : 1)
    Atomics.notify(this.shared, 1)
  }

  /** Ends the thread and starts another, which goes through what was run before; `flags` change its limits. */
  async restart(flags: Invocation["flags"] = this.invocation.flags): Promise<void> {
    this.invocation = { ...this.invocation, flags }
    const old = this.worker
    old.removeAllListeners()
    const stopped = old.terminate()
    this.cancel()
    // The statements before the one that was cut short have run.
    const input = this.pending?.request.kind === "run" ? this.pending.request.input : null
    if (input !== null && this.done > 0) {
      this.journal.push({ ...input, text: input.text.slice(0, this.done) })
      this.times.push(0)
    }
    this.settle(cutShort)
    Atomics.store(this.shared, 0, 0)
    Atomics.store(this.shared, 1, 0)
    ;({ worker: this.worker, started: this.started } = this.start())
    await stopped
    await this.started
  }

  async close(): Promise<void> {
    this.worker.removeAllListeners()
    this.cancel()
    this.settle(cutShort)
    await this.worker.terminate()
  }

  /** Requests that wait for a thread to begin are given up; the thread begins all the same. */
  private cancel(): void {
    this.generation++
    this.end()
    this.ended = this.untilEnd()
  }

  private untilEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.end = resolve
    })
  }

  private settle(outcome: Outcome): void {
    const { pending } = this
    this.pending = null
    pending?.resolve(outcome)
  }

  private start(): { worker: Worker; started: Promise<void> } {
    const data: Start = { invocation: this.invocation, shared: this.shared, journal: this.journal }
    const worker = new Worker(entry, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: 4096 } })
    const started = new Promise<void>((resolve, reject) => {
      worker.on("message", (answer: Answer) => {
        if (answer.kind === "ready") {
          this.catalogue = answer.catalogue
          this.names = answer.names
          resolve()
        } else if (answer.id === this.pending?.id) {
          if (answer.kind === "outcome") this.settle(answer.outcome)
          else {
            Atomics.add(this.shared, 1, 1)
            Atomics.notify(this.shared, 1)
            if (answer.event.kind === "statement") this.done = answer.event.done
            this.onEvent(answer.event)
          }
        }
      })
      worker.on("error", (error: Error & { code?: string }) => {
        reject(error)
        this.lost(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "the evaluation ran out of memory" : error.message)
      })
    })
    // Whoever waits is told; that nobody does is no fault of its own.
    started.catch(() => undefined)
    return { worker, started }
  }

  private lost(reason: string): void {
    // A thread that cannot even start is no use starting again.
    if (this.pending === null) return
    void this.restart().then(() => {
      this.onLoss(reason)
    })
  }
}
