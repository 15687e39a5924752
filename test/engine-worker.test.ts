/** The engine in a worker: the same results, interruption with and without shared memory, and what is there after a restart. */

import { afterAll, describe, expect, it, test } from "vitest"
import { AdlError, createEngine } from "../engine/index.ts"
import {
  createWorkerEngine,
  WorkerValue,
  type WorkerEngine,
  type WorkerEngineOptions,
} from "../engine/worker/client.ts"

const made: WorkerEngine[] = []

function engineWith(options: WorkerEngineOptions = {}): WorkerEngine {
  const engine = createWorkerEngine(options)
  made.push(engine)
  return engine
}

afterAll(() => {
  for (const engine of made) engine.dispose()
})

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string; error: AdlError }> {
  try {
    await promise
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    const [first] = error.diagnostics
    return { code: first!.code, message: first!.message, error }
  }
  throw new Error("no error")
}

const program = `type Tree = Leaf(value) | Node(left, right)
fn total(t) = match t { Leaf(v) => v^2, Node(l, r) => total(l) + total(r) }
fn loss(p, xs, ys) = mean((p.w * xs + p.b - ys)^2)
fn cube(x) = x^3
fn scaled(f, k) = x => k * f(x)
let limit = 3`

describe("the same results", () => {
  const engine = engineWith()
  const local = createEngine().load(program)

  it("of functions and every derivative", async () => {
    const module = await engine.load(program, { name: "model.adl" })
    expect(module.name).toBe("model.adl")
    expect(module.names()).toEqual(local.names())
    const xs = Float64Array.of(0, 1, 2)
    const ys = Float64Array.of(1, 3, 5)
    const there = module.fn("loss")
    const here = local.fn("loss")
    const args = [{ w: 1, b: 0 }, xs, ys] as const
    expect(await there(...args)).toEqual(here(...args))
    for (const operator of ["grad", "valueAndGrad", "hessian", "jacobian"] as const) {
      expect(await there[operator]({ wrt: "p" })(...args)).toEqual(here[operator]({ wrt: "p" })(...args))
    }
    const direction = { w: 1, b: 2 }
    expect(await there.jvp({ wrt: "p" })(...args, direction)).toEqual(here.jvp({ wrt: "p" })(...args, direction))
    expect(await there.hvp({ wrt: "p" })(...args, direction)).toEqual(here.hvp({ wrt: "p" })(...args, direction))
    const { value, pullback } = await there.vjp({ wrt: "p" })(...args)
    const reversed = here.vjp({ wrt: "p" })(...args)
    expect(value).toEqual(reversed.value)
    expect(await pullback(2)).toEqual(reversed.pullback(2))
    const tree = { $variant: "Node", left: { $variant: "Leaf", value: 1 }, right: { $variant: "Leaf", value: 2 } }
    expect(await module.fn("total").grad()(tree)).toEqual(local.fn("total").grad()(tree))
    expect((await module.value("limit")).toJS()).toBe(3)
  })

  test.each([
    "[1, 2; 3]",
    "1 / 0",
    "[[1, 2], [3, 4]]",
    "list(1, 2)",
    '(1, (2, [true, false]), "a")',
    "{ a: 1, __proto__: [1], constructor: { toString: 2 } }",
    "[[true, false], [false, true]]",
    "()",
    "attempt(() => 3)",
  ])("of %s", async (text) => {
    const one = createEngine()
    let here: unknown
    try {
      const value = one.evaluate(text)
      here = [value.toJS(), value.toString(), value.type]
    } catch (error) {
      here = (error as AdlError).render()
    }
    const there = await engine.evaluate(text).then(
      (value) => [value.toJS(), value.toString(), value.type],
      (error: unknown) => (error as AdlError).render(),
    )
    expect(there).toEqual(here)
  })

  it("functions come back, go in again and cross to other engines", async () => {
    const f = await engine.evaluate("x => x^2 + 1")
    expect(f.type).toBe("a function")
    expect(f.toJS()).toBeInstanceOf(WorkerValue)
    expect((await engine.evaluate("grad(f)(3)", { scope: { f } })).toJS()).toBe(6)
    const module = await engine.load(program)
    const scaled = (await module.fn("scaled")(f, 10)) as typeof f
    expect((await engine.evaluate("g(2)", { scope: { g: scaled } })).toJS()).toBe(50)
    const record = (await engine.evaluate("{ f: sin', n: 1 }")).toJS() as { f: typeof f; n: number }
    expect(record.n).toBe(1)
    expect((await engine.evaluate("f(0)", { scope: record })).toJS()).toBe(1)
    // Into the main thread, and into another worker.
    const data = await engine.serialize(f)
    expect(
      createEngine()
        .evaluate("f(2)", { scope: { f: createEngine().deserialize(data) } })
        .toJS(),
    ).toBe(5)
    const other = engineWith()
    expect((await other.evaluate("f(2)", { scope: { f: await other.deserialize(data) } })).toJS()).toBe(5)
  })

  it("sessions, printed text and shown values, as they come", async () => {
    const lines: string[] = []
    const printing = engineWith({ print: (text) => lines.push(text) })
    const session = await printing.session({ k: 4 })
    const shown: string[] = []
    const last = await session.run('print("a")\n1 + k\nprint("b")\nfn f(x) = k * x\nf(2)', {
      onValue: (value, line) => shown.push(`${String(line)}: ${value.toString()}`),
    })
    expect(lines).toEqual(["a", "b"])
    expect(shown).toEqual(["2: 5", "5: 8"])
    expect(last.toJS()).toBe(8)
    await session.define("z", [1, 2])
    expect(await session.names()).toEqual(["k", "f", "z"])
    const again = await printing.restore(await session.snapshot())
    expect((await again.run("f(z)")).toString()).toBe("[4, 8]")
    const values: string[] = []
    await printing.run("1\n2", { onValue: (value) => values.push(value.toString()) })
    expect(values).toEqual(["1", "2"])
  })

  it("errors, with their places", async () => {
    const found = await failure(engine.evaluate("let a = [1, 2]\na[5]", { name: "x.adl" }))
    expect(found.error.diagnostics).toEqual(
      (() => {
        try {
          createEngine().evaluate("let a = [1, 2]\na[5]", { name: "x.adl" })
        } catch (error) {
          return (error as AdlError).diagnostics
        }
        return null
      })(),
    )
    expect((await failure(engine.evaluate("f", { scope: { f: () => 1 } }))).message).toContain("`scope.f`")
    expect((await failure(engine.load("fn f(x) = ("))).code).toMatch(/^E01/)
    const module = await engine.load(program)
    expect((await failure(module.fn("lost")(1))).code).toBe("E0706")
    expect((await failure(module.fn("cube")([1, "b"]))).message).toContain("`x[1]`: expected a number")
  })

  it("limits, after which the engine works on", async () => {
    const limited = engineWith({ limits: { steps: 10_000, memory: 2 ** 24 } })
    expect((await failure(limited.evaluate("while true { }"))).code).toBe("E0502")
    expect((await failure(limited.evaluate("zeros(10^8)"))).code).toBe("E0504")
    expect((await limited.evaluate("1 + 1")).toJS()).toBe(2)
  })

  it("host functions and modules from a module of the host", async () => {
    const hosted = engineWith({
      host: new URL("./fixtures/worker-host.ts", import.meta.url),
      modules: { "./own.adl": "fn third(x) = x / 3" },
      values: { k: 6 },
    })
    const text =
      'import { half } from "./lib.adl"\nimport { third } from "./own.adl"\nhalf(triple(k)) + third(k) + triple\'(1)'
    expect((await hosted.evaluate(text)).toJS()).toBe(14)
    const missing = engineWith({ host: new URL("./fixtures/none.ts", import.meta.url) })
    expect((await failure(missing.evaluate("1"))).message).toMatch(/none\.ts/)
  })
})

describe.each([
  ["over shared memory", true],
  ["by ending the worker", false],
])("interruption %s", (_how, sharedMemory) => {
  it("ends one run, and what was defined before stays", async () => {
    const engine = engineWith({ sharedMemory })
    const module = await engine.load(program)
    const session = await engine.session()
    await session.run("let a = 41\nfn f(x) = x + 1")
    const endless = failure(session.run("while true { }"))
    const waiting = session.run("f(a)")
    setTimeout(() => {
      engine.interrupt()
    }, 100)
    expect((await endless).code).toBe("E0505")
    expect((await waiting).toJS()).toBe(42)
    expect(await module.fn("cube")(2)).toBe(8)
  })

  it("by a signal, also of a request that waits", async () => {
    const engine = engineWith({ sharedMemory })
    const running = new AbortController()
    const waiting = new AbortController()
    const one = failure(engine.evaluate("while true { }", { signal: running.signal }))
    const two = failure(engine.evaluate("1", { signal: waiting.signal }))
    const three = engine.evaluate("2")
    waiting.abort("no longer")
    expect((await two).error.cause).toBe("no longer")
    setTimeout(() => {
      running.abort()
    }, 50)
    expect((await one).code).toBe("E0505")
    expect((await three).toJS()).toBe(2)
    expect((await failure(engine.evaluate("3", { signal: AbortSignal.abort() }))).code).toBe("E0505")
    const module = await engine.load("fn spin(x) { var k = x\n while true { k += 1 }\n k }")
    const timed = failure(module.fn("spin", { signal: AbortSignal.timeout(50) }).grad()(1))
    expect((await timed).code).toBe("E0505")
    expect((await engine.evaluate("4")).toJS()).toBe(4)
  })
})

describe("restart", () => {
  it("brings sessions, modules, definitions and pullbacks back, and prints nothing twice", async () => {
    const lines: string[] = []
    const engine = engineWith({ print: (text) => lines.push(text) })
    const module = await engine.load(program)
    const session = await engine.session({ k: 2 })
    await session.run('print("once")\nvar n = 1\nn += k')
    await failure(session.run('let kept = 5\nerror("stop")'))
    const { pullback } = await module.fn("cube").vjp()(2)
    engine.restart()
    expect((await session.run("n + kept")).toJS()).toBe(8)
    expect(await pullback(1)).toBe(12)
    expect(lines).toEqual(["once"])
  })

  it("a run that does not listen is ended when patience is over", async () => {
    const engine = engineWith({ host: new URL("./fixtures/worker-host.ts", import.meta.url), patience: 50 })
    const session = await engine.session()
    await session.run("let a = 1")
    const started = Date.now()
    const busy = failure(session.run("busy(60000)"))
    setTimeout(() => {
      engine.interrupt()
    }, 50)
    expect((await busy).code).toBe("E0505")
    expect(Date.now() - started).toBeLessThan(10_000)
    expect((await session.run("a")).toJS()).toBe(1)
  })

  it("an engine that was disposed of refuses what waits and what comes", async () => {
    const engine = engineWith()
    const running = failure(engine.evaluate("while true { }"))
    const waiting = failure(engine.evaluate("1"))
    engine.dispose()
    expect((await running).code).toBe("E0710")
    expect((await waiting).code).toBe("E0710")
    expect((await failure(engine.evaluate("1"))).code).toBe("E0710")
  })

  it("a worker that cannot start says so", async () => {
    const engine = engineWith({ worker: () => new FailingWorker() })
    expect((await failure(engine.evaluate("1"))).message).toBe("the worker ended: no such file")
  })
})

/** A Web Worker whose file is not there. */
class FailingWorker {
  addEventListener(type: string, listener: (event: { message: string }) => void): void {
    if (type === "error")
      setTimeout(() => {
        listener({ message: "no such file" })
      })
  }
  postMessage(): void {
    // Nobody listens.
  }
  terminate(): void {
    // It never ran.
  }
}
