/**
 * Threads, as Node and browsers have them.
 * The one place that knows the difference: how a worker is started, how it is spoken to, and whether memory can be shared. It must not know messages.
 */

/** A thread as seen from the side that started it. */
export interface Thread {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void
  terminate(): void
}

/** Told what a thread sends, and when it ended without being asked to. */
export interface Listener {
  message(data: unknown): void
  ended(reason: string): void
}

/** How a thread is started; hosts with a bundler of their own may give another. */
export type Spawn = (listener: Listener) => Thread

/** What a thread needs to speak to who started it. */
export interface Port {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void
  listen(receive: (data: unknown) => void): void
}

/** What there is of a Web Worker here, on either side. */
export interface WebWorker {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void
  addEventListener(type: string, listener: (event: { data?: unknown; message?: string }) => void): void
  terminate(): void
}

interface NodeThread {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void
  on(type: string, listener: (data: unknown) => void): void
  terminate(): Promise<unknown>
  unref(): void
  ref(): void
}

interface NodeThreads {
  readonly Worker: new (url: URL, options?: object) => NodeThread
  readonly parentPort: NodeThread | null
}

interface Globals {
  readonly Worker?: new (url: URL, options: { type: "module" }) => WebWorker
  readonly crossOriginIsolated?: boolean
  readonly process?: { getBuiltinModule?: (name: string) => unknown }
}

const globals = globalThis as unknown as Globals & WebWorker

/** Node's threads, where this is Node. */
function nodeThreads(): NodeThreads | null {
  return (globals.process?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined) ?? null
}

/** Can two threads look at one memory? Always in Node; in a browser where the page is isolated. */
export function sharedMemory(): boolean {
  return typeof SharedArrayBuffer === "function" && (nodeThreads() !== null || globals.crossOriginIsolated === true)
}

/** Starts the thread whose file stands at `url`. */
export function spawnAt(url: URL): Spawn {
  return (listener) => {
    const node = nodeThreads()
    return node === null
      ? webThread(new globals.Worker!(url, { type: "module" }), listener)
      : nodeThread(node, url, listener)
  }
}

/** A Web Worker as a thread. */
export function webThread(worker: WebWorker, listener: Listener): Thread {
  worker.addEventListener("message", ({ data }) => {
    listener.message(data)
  })
  worker.addEventListener("error", ({ message }) => {
    listener.ended(message ?? "it could not be loaded")
  })
  return {
    post: (message, transfer = []) => {
      worker.postMessage(message, transfer)
    },
    terminate: () => {
      worker.terminate()
    },
  }
}

function nodeThread(node: NodeThreads, url: URL, listener: Listener): Thread {
  const worker = new node.Worker(url)
  let told = false
  const ended = (reason: string): void => {
    if (!told) listener.ended(reason)
    told = true
  }
  // A program that has nothing else to do may end.
  worker.unref()
  worker.on("message", (data) => {
    listener.message(data)
  })
  worker.on("error", (error) => {
    ended(error instanceof Error ? error.message : String(error))
  })
  worker.on("exit", () => {
    ended("its thread exited")
  })
  return {
    post: (message, transfer = []) => {
      worker.postMessage(message, transfer)
    },
    terminate: () => {
      told = true
      void worker.terminate()
    },
  }
}

/** The way back, inside a thread. */
export function parentPort(): Port {
  const port = nodeThreads()?.parentPort ?? null
  if (port !== null) {
    return {
      post: (message, transfer = []) => {
        port.postMessage(message, transfer)
      },
      listen: (receive) => {
        port.on("message", receive)
      },
    }
  }
  return {
    post: (message, transfer = []) => {
      globals.postMessage(message, transfer)
    },
    listen: (receive) => {
      globals.addEventListener("message", ({ data }) => {
        receive(data)
      })
    },
  }
}
