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
const cutShort: Outcome = { ok: false, journal: "none", names: null, preview: null, interrupted: true }

/** The sources run as they are; a bundle has the thread's code beside it. */
const entry = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./repl-worker.mjs", import.meta.url)

export class Evaluator {
  /** What is in scope from the beginning, once that is known. */
  catalogue: Catalogue = { names: [], modules: [] }
  /** What the session defined. */
  names: readonly Entry[] = []
  private invocation: Invocation
  private readonly onEvent: (event: Event) => void
  /** Told when the thread died by itself and a new one was started. */
  private readonly onLoss: (reason: string) => void
  private readonly shared = new Int32Array(new SharedArrayBuffer(8))
  private readonly journal: Input[] = []
  private worker: Worker
  private started: Promise<void>
  private pending: {
    readonly id: number
    readonly request: Request
    readonly resolve: (outcome: Outcome) => void
  } | null = null
  private last = 0

  constructor(invocation: Invocation, on: { event: (event: Event) => void; loss: (reason: string) => void }) {
    this.invocation = invocation
    this.onEvent = on.event
    this.onLoss = on.loss
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

  /** Has the thread read the library? */
  get ready(): Promise<void> {
    return this.started
  }

  /** Sends a request; one at a time. */
  async send(request: Request): Promise<Outcome> {
    await this.started
    const id = ++this.last
    Atomics.store(this.shared, 0, 0)
    const outcome = await new Promise<Outcome>((resolve) => {
      this.pending = { id, request, resolve }
      this.worker.postMessage({ id, request } satisfies Question)
    })
    if (outcome.journal === "keep" && request.kind === "run") this.journal.push(request.input)
    else if (outcome.journal === "drop") this.journal.pop()
    else if (outcome.journal === "clear") this.journal.length = 0
    if (outcome.names !== null) this.names = outcome.names
    return outcome
  }

  /** Asks the running request to stop; what it defined so far stays. */
  interrupt(): void {
    Atomics.store(this.shared, 0, 1)
    Atomics.notify(this.shared, 1)
  }

  /** Ends the thread and starts another, which goes through what was run before; `flags` change its limits. */
  async restart(flags: Invocation["flags"] = this.invocation.flags): Promise<void> {
    this.invocation = { ...this.invocation, flags }
    const old = this.worker
    old.removeAllListeners()
    const stopped = old.terminate()
    this.settle(cutShort)
    Atomics.store(this.shared, 0, 0)
    Atomics.store(this.shared, 1, 0)
    ;({ worker: this.worker, started: this.started } = this.start())
    await stopped
    await this.started
  }

  async close(): Promise<void> {
    this.worker.removeAllListeners()
    this.settle(cutShort)
    await this.worker.terminate()
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
            this.onEvent(answer.event)
          }
        }
      })
      worker.on("error", (error: Error & { code?: string }) => {
        reject(error)
        this.lost(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "the evaluation ran out of memory" : error.message)
      })
    })
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
