/** Host functions: derivatives of each kind in each mode, checked on registration; and hosts that misbehave, which get a clear error and harm nothing. */

import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, it, test } from "vitest"
import { createEngine as createEngineInNode } from "../cli/node.ts"
import type { Closure } from "../interpreter/values/values.ts"
import { AdlError, createEngine, type EngineOptions, type HostFunction } from "../engine/index.ts"

/** Code and message of the error that `f` ends with. */
function failure(f: () => unknown): { code: string; message: string; error: AdlError } {
  try {
    f()
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    const [first] = error.diagnostics
    return { code: first!.code, message: first!.message, error }
  }
  throw new Error("no error")
}

function shown(text: string, host: Readonly<Record<string, HostFunction>>): string {
  return createEngine({ host, tier: 0 }).evaluate(text).toString()
}

const cube: Record<string, HostFunction> = {
  jvp: { call: (x: number) => x ** 3, jvp: (x: number, dx: number) => 3 * x * x * dx, pure: true },
  vjp: { call: (x: number) => x ** 3, vjp: (x: number, ct: number) => 3 * x * x * ct, pure: true },
  rule: { call: (x: number) => x ** 3, rule: "x => 3 * x^2", pure: true },
}

describe("derivatives of host functions", () => {
  test.each(Object.keys(cube))("%s serves both modes", (kind) => {
    const host = { cube: cube[kind]! }
    expect(shown("cube(2)", host)).toBe("8")
    expect(shown("cube'(2)", host)).toBe("12")
    expect(shown("grad(cube)(2)", host)).toBe("12")
    expect(shown("grad(x => sin(cube(x)) * x)(1)", host)).toBe(shown("grad(x => sin(x^3) * x)(1)", {}))
    expect(shown("jacobian(v => [cube(x) * v[0] for x in v])([1, 2])", host)).toBe(
      shown("jacobian(v => [x^3 * v[0] for x in v])([1, 2])", {}),
    )
  })

  test("a rule in ADL serves every order, also Taylor mode", () => {
    const host = { cube: cube["rule"]! }
    expect(shown("cube'''(2)", host)).toBe("6")
    expect(shown("grad(x => cube'(x))(2)", host)).toBe("12")
    expect(shown("hessian(v => cube(v[0] * v[1]))([2, 3])", host)).toBe(
      shown("hessian(v => (v[0] * v[1])^3)([2, 3])", {}),
    )
    expect(shown("taylor(x => cube(x) + x, 1, 3)", host)).toBe(shown("taylor(x => x^3 + x, 1, 3)", {}))
  })

  test.each(["jvp", "vjp"])("a higher order of %s is an error that says so", (kind) => {
    const engine = createEngine({ host: { cube: cube[kind]! } })
    for (const text of ["cube''(2)", "grad(x => grad(cube)(x))(2)", "taylor(cube, 2, 2)", "hvp(cube, 2, 1)"]) {
      const { code, error } = failure(() => engine.evaluate(text))
      expect(code).toBe("E0702")
      expect(error.render()).toContain("`rule` in ADL serves every order")
    }
    // Linear in what stands outside: that is still a first derivative of the host's function.
    expect(engine.evaluate("grad(a => a * cube(2))(1)").toString()).toBe("8")
    expect(engine.evaluate("grad(v => jvp(cube, 3, v)[1])(1)").toString()).toBe("27")
  })

  test("several arguments, arrays and records", () => {
    const host: Record<string, HostFunction> = {
      mixed: { call: (x: number, y: number) => x * y * y, rule: "(x, y) => (y^2, 2 * x * y)" },
      mixed_jvp: { call: (x: number, y: number) => x * y * y, jvp: (x, y, dx, dy) => y * y * dx + 2 * x * y * dy },
      mixed_vjp: { call: (x: number, y: number) => x * y * y, vjp: (x, y, ct) => [y * y * ct, 2 * x * y * ct] },
      energy: {
        call: (q: Float64Array) => q.reduce((sum, x) => sum + x ** 2, 0),
        rule: "q => 2 * q",
        at: [[[1, 2, 3]]],
      },
      twist: {
        call: (q: Float64Array) => [q[0]! * q[1]!, q[1]!],
        jvp: (q: Float64Array, dq: Float64Array) => [q[0]! * dq[1]! + q[1]! * dq[0]!, dq[1]!],
        at: [[[1, 2]]],
      },
      twist_rule: {
        call: (q: Float64Array) => [q[0]! * q[1]!, q[1]!],
        rule: "q => [[q[1], q[0]], [0, 1]]",
        at: [[[1, 2]]],
      },
      affine: {
        call: (p: { w: number; b: number }, x: number) => p.w * x + p.b,
        vjp: (p: { w: number; b: number }, x: number, ct: number) => [{ w: x * ct, b: ct }, p.w * ct],
        at: [[{ w: 2, b: 1 }, 3]],
      },
    }
    const engine = createEngine({ host, tier: 0 })
    const value = (text: string): string => engine.evaluate(text).toString()
    for (const name of ["mixed", "mixed_jvp", "mixed_vjp"]) {
      expect(value(`grad(${name})(2, 3)`)).toBe("(9, 12)")
      expect(value(`jvp(${name}, (2, 3), (1, 0))`)).toBe("(18, 9)")
      expect(value(`grad(x => ${name}(x, x))(2)`)).toBe("12")
    }
    expect(value("grad(energy)([1, 2])")).toBe("[2, 4]")
    expect(value("hessian(energy)([1, 2])")).toBe("[[2, 0], [0, 2]]")
    for (const name of ["twist", "twist_rule"]) {
      expect(value(`jacrev(${name})([3, 4])`)).toBe("[[4, 3], [0, 1]]")
      expect(value(`jacfwd(${name})([3, 4])`)).toBe("[[4, 3], [0, 1]]")
    }
    expect(value("grad(affine)({ w: 2, b: 1 }, 3)")).toBe("({ w: 3, b: 1 }, 2)")
    expect(value("jvp(affine, ({ w: 2, b: 1 }, 3), ({ w: 1, b: 0 }, 0))")).toBe("(7, 3)")
  })

  test("what was not used contributes nothing", () => {
    const host = { root: { call: Math.sqrt, rule: "x => 0.5 / sqrt(x)" } }
    expect(shown("grad(x => where(x > 0, root(x), 0))(0)", host)).toBe("0")
  })

  test("none is an error where one is needed, and only there", () => {
    const engine = createEngine({ host: { plain: (x: number) => x + 1, name_of: (_x: number) => "a" } })
    expect(engine.evaluate("plain(1) + grad(x => x * plain(2))(1)").toString()).toBe("5")
    expect(failure(() => engine.evaluate("grad(plain)(1)")).code).toBe("E0703")
    expect(engine.evaluate("grad(x => x * plain(stop_gradient(x)))(3)").toString()).toBe("4")
  })

  test("a function on its way through the host does not lose a derivative silently", () => {
    const host: Record<string, HostFunction> = { call_it: (f: { toJS(): unknown }) => typeof f.toJS() }
    const engine = createEngine({ host })
    expect(engine.evaluate("call_it(x => x)").toJS()).toBe("object")
    expect(failure(() => engine.evaluate("grad(x => do { let s = call_it(y => x * y)\n x })(1)")).message).toContain(
      "`x`",
    )
  })
})

describe("the check on registration", () => {
  it("shows the figures of a wrong rule", () => {
    const wrong: HostFunction = { call: (x: number) => x * x, jvp: (x: number, dx: number) => x * dx }
    const { code, message } = failure(() => createEngine({ host: { wrong } }))
    expect(code).toBe("E0707")
    expect(message).toMatch(/`wrong` is wrong: at 0\.7 it gives 0\.7, finite differences give 1\.(4|3999)/)
    expect(failure(() => createEngine({ host: { wrong: { call: (x: number) => x * x, vjp: () => 1 } } })).code).toBe(
      "E0707",
    )
    expect(failure(() => createEngine({ host: { wrong: { call: Math.sin, rule: "sin" } } })).message).toContain(
      "`wrong`",
    )
  })

  it("can be left out, and says where it could not be done", () => {
    const wrong: HostFunction = { call: (x: number) => x * x, jvp: (x: number, dx: number) => x * dx, check: false }
    expect(shown("wrong'(2)", { wrong })).toBe("2")
    const total: HostFunction = { call: (q: Float64Array) => q.reduce((a, b) => a + b), rule: "q => ones(len(q))" }
    expect(failure(() => createEngine({ host: { total } })).code).toBe("E0708")
    expect(shown("grad(total)([1, 2])", { total: { ...total, at: [[[1, 2]]] } as HostFunction })).toBe("[1, 1]")
  })

  it("refuses a rule that is no function, or no program", () => {
    expect(failure(() => createEngine({ host: { f: { call: Math.sin, rule: "3" } } })).code).toBe("E0713")
    const broken = failure(() => createEngine({ host: { f: { call: Math.sin, rule: "x => (" } } }))
    expect(broken.error.diagnostics[0]?.span?.file).toBe("<rule of f>")
  })
})

describe("hosts that misbehave", () => {
  const misbehaving: [string, HostFunction, string, RegExp][] = [
    ["a promise", () => Promise.resolve(1), "E0704", /returned a promise/],
    ["a symbol", () => Symbol("x"), "E0705", /`f\(…\)`: expected a value, got a symbol/],
    ["a function", () => () => 1, "E0705", /got a function/],
    ["a Map", () => new Map(), "E0705", /class Map/],
    ["rubbish deep inside", () => ({ a: [1, { b: new Set() }] }), "E0705", /`f\(…\)\.a\[1\]\.b`/],
    ["a string among numbers", () => [1, 2, "abc"], "E0705", /`f\(…\)\[2\]`: expected a number, got "abc"/],
    ["a bigint", () => 3n, "E0705", /bigint/],
    [
      "itself",
      () => {
        const a: unknown[] = []
        a.push(a)
        return a
      },
      "E0705",
      /holds itself/,
    ],
    [
      "an exception",
      () => {
        throw new Error("no luck")
      },
      "E0701",
      /`f` failed: no luck/,
    ],
    [
      "a string thrown",
      () => {
        throw "bad" as unknown
      },
      "E0701",
      /failed: bad/,
    ],
    [
      "an object thrown",
      () => {
        throw { a: 1 } as unknown
      },
      "E0701",
      /failed: it threw no Error/,
    ],
  ]
  test.each(misbehaving)("%s", (_what, f, code, message) => {
    const engine = createEngine({ host: { f } })
    const session = engine.session()
    session.run("let before = 1")
    const found = failure(() => session.run("let a = 2\nf()\nlet b = 3"))
    expect(found.code).toBe(code)
    expect(found.message).toMatch(message)
    expect(found.message).not.toContain("[object")
    expect(found.error.diagnostics[0]?.span?.line).toBe(2)
    expect(session.run("before + a").toJS()).toBe(3)
  })

  it("an exception comes back as the cause, and attempt can go on", () => {
    const problem = new TypeError("out of range")
    const engine = createEngine({
      host: {
        f: () => {
          throw problem
        },
      },
    })
    expect(failure(() => engine.evaluate("f()")).error.cause).toBe(problem)
    expect(engine.evaluate("attempt(() => f())").toString()).toContain("out of range")
  })

  it("wrong options are named", () => {
    const options: [EngineOptions, string][] = [
      [{ limits: { steps: -1 } }, "limits.steps"],
      [{ limits: { ms: "2" as unknown as number } }, "limits.ms"],
      [{ tier: 7 as unknown as 0 }, "tier"],
      [{ print: 3 as unknown as () => void }, "print"],
      [{ host: { f: 3 as unknown as HostFunction } }, "host.f"],
      [{ host: { f: { call: Math.sin, jvp: 1 as unknown as () => void } } }, "host.f.jvp"],
      [{ host: { "a b": Math.sin } }, "a b"],
      [{ host: { sin: Math.cos } }, "sin"],
      [{ values: { pi: 3 } }, "pi"],
      [{ values: { v: { a: [1, Symbol("s")] } } }, "v.a[1]"],
      [null as unknown as EngineOptions, "options"],
      [{ limits: null as unknown as object }, "limits"],
      [{ limits: 3 as unknown as object }, "limits"],
      [{ limits: { step: 1000 } as object }, "limits.step"],
      [{ lmits: { steps: 1000 } } as object, "lmits"],
      [{ host: { f: { call: Math.sin, params: "a" as unknown as string[] } } }, "host.f.params"],
      [{ host: { f: { call: Math.sin, rule: "cos", at: [3] as unknown as number[][] } } }, "host.f.at"],
    ]
    for (const [wrong, name] of options) expect(failure(() => createEngine(wrong)).message).toContain(`\`${name}\``)
  })

  it("rubbish where a text or a module belongs", () => {
    const engine = createEngine({ modules: () => Promise.resolve("") as unknown as string })
    expect(failure(() => engine.evaluate(3 as unknown as string)).code).toBe("E0713")
    expect(failure(() => engine.load(null as unknown as string)).code).toBe("E0713")
    expect(failure(() => engine.evaluate('import { a } from "./x.adl"')).code).toBe("E0713")
    const throwing = createEngine({
      modules: () => {
        throw new Error("offline")
      },
    })
    expect(failure(() => throwing.evaluate('import { a } from "./x.adl"')).message).toContain("offline")
  })

  it("wrong arguments and missing names of prepared functions", () => {
    const model = createEngine().load("fn loss(p, x) = p.w * x")
    const loss = model.fn("loss")
    expect(failure(() => loss({ w: [1, 2, "abc"] }, 1)).message).toBe('`p.w[2]`: expected a number, got "abc"')
    expect(failure(() => loss({ w: () => 1 }, 1)).message).toContain("`p.w`")
    expect(failure(() => loss({ w: 1 })).code).toBe("E0301")
    expect(failure(() => loss({ v: 1 }, 1)).code).toBe("E0316")
    expect(failure(() => loss.grad({ wrt: "q" })).code).toBe("E0404")
    expect(failure(() => loss.jvp()()).code).toBe("E0302")
    expect(failure(() => loss.jvp({ wrt: "x" })({ w: 1 }, 1, "x")).code).toBe("E0407")
    expect(failure(() => loss.vjp({ wrt: "x" })({ w: 1 }, 1).pullback("x")).code).toBe("E0407")
    expect(failure(() => model.fn("lost")).code).toBe("E0706")
    expect(failure(() => model.value("lost")).code).toMatch(/^E02/)
    expect(loss({ w: 2 }, 3)).toBe(6)
  })

  it("what throws while it is read, holes, and options that are none", () => {
    const engine = createEngine()
    const model = engine.load("fn f(p) = p.w")
    const f = model.fn("f")
    const thrower = {
      get w(): number {
        throw new Error("no luck")
      },
    }
    expect(failure(() => f(thrower)).message).toBe("`p`: it cannot be read: no luck")
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(failure(() => f(proxy)).code).toBe("E0705")
    expect(failure(() => f({ w: [1, , 3] })).message).toContain("`p.w[1]`: expected a number, got undefined")
    const nothing = null as unknown as object
    for (const call of [
      () => engine.evaluate("1", nothing),
      () => engine.evaluate("1", { scope: nothing as Record<string, unknown> }),
      () => {
        engine.run("1", nothing)
      },
      () => engine.session().run("1", nothing),
      () => f.grad(nothing),
      () => f.jvp(nothing),
      () => model.fn(nothing as unknown as string),
      () => model.value(nothing as unknown as string),
      () => engine.deserialize({ adl: 1, root: [0], nodes: [{ is: "tensor", shape: [3], data: new Float64Array(1) }] }),
      () => engine.deserialize({ adl: 1, root: [0], nodes: [{ is: "closure", text: "", code: 3, items: [] }] }),
    ])
      expect(failure(call).code).toBe("E0713")
    expect(f({ w: 2 })).toBe(2)
  })

  it("a clock or a look at memory that throws, and an error whose message is none", () => {
    const broken = (): never => {
      throw new Error("broken")
    }
    const busy = "sum([i for i in 0..10^6])"
    expect(failure(() => createEngine({ memoryInUse: broken }).evaluate(busy)).message).toContain(
      "`memoryInUse` failed",
    )
    expect(failure(() => createEngine({ now: broken, limits: { ms: 5 } }).evaluate(busy)).message).toContain(
      "`now` failed",
    )
    const odd = Object.assign(new Error(), { message: {} as unknown as string })
    const f = (): never => {
      throw odd
    }
    expect(failure(() => createEngine({ host: { f } }).evaluate("f()")).message).toBe(
      "the host function `f` failed: it threw no Error",
    )
  })

  it("limits hold across a host function that calls back, and cannot be caught on the way", () => {
    const engine = createEngine({
      limits: { steps: 10_000 },
      host: {
        again: (n: number) => {
          try {
            return engine.evaluate(`do { var s = 0\n for i in 0..${String(n)} { s += i }\n s }`).toJS()
          } catch {
            return -1
          }
        },
      },
    })
    expect(engine.evaluate("again(10)").toJS()).toBe(45)
    // Each call alone is within the limit; together they are not.
    expect(failure(() => engine.evaluate("for i in 0..100 { again(1000) }")).code).toBe("E0502")
    expect(failure(() => engine.evaluate("attempt(() => again(20000)) == again(20000)")).code).toBe("E0502")
    expect(engine.evaluate("again(3)").toJS()).toBe(3)
  })

  it("a host function may call the function that called it, and another engine", () => {
    const other = createEngine({
      host: { back: (x: number) => (x > 0 ? engine.evaluate(`out(${String(x - 1)})`).toJS() : 7) },
    })
    const engine = createEngine({ host: { out: (x: number) => other.evaluate(`back(${String(x)}) + 1`).toJS() } })
    expect(engine.evaluate("out(3)").toJS()).toBe(11)
    const f = createEngine({ host: { g: (x: number): number => (x <= 0 ? 0 : f(x - 1) + 1) } })
      .load("fn f(x) = g(x) + 1")
      .fn<[number], number>("f")
    expect(f(20)).toBe(41)
  })

  it("a callback that throws ends the run as an AdlError and leaves the session whole", () => {
    const engine = createEngine({
      print: () => {
        throw new Error("closed")
      },
    })
    const session = engine.session()
    expect(failure(() => session.run('let a = 1\nprint("x")')).message).toContain("closed")
    expect(
      failure(() =>
        session.run("a", {
          onValue: () => {
            throw new Error("gone")
          },
        }),
      ).message,
    ).toContain("gone")
    expect(session.run("a").toJS()).toBe(1)
  })

  it("an engine that was disposed of says so", () => {
    const engine = createEngine()
    const f = engine.load("fn f(x) = x").fn("f")
    const session = engine.session()
    engine.dispose()
    for (const call of [
      () => engine.evaluate("1"),
      () => f(1),
      () => session.run("1"),
      () => f.grad(),
      () => engine.load(""),
    ])
      expect(failure(call).code).toBe("E0710")
  })

  it("two engines share nothing", () => {
    const one = createEngine({ values: { scale: 2 }, host: { f: (x: number) => x + 1 } })
    const two = createEngine()
    one.session().run("let hidden = 1")
    expect(failure(() => two.evaluate("scale")).code).toBe("E0201")
    expect(failure(() => two.evaluate("f(1)")).code).toBe("E0201")
    expect(failure(() => two.evaluate("hidden")).code).toBe("E0201")
  })
})

describe("an engine that lives long", () => {
  it("keeps nothing of programs that are gone, compiled or not", async () => {
    setFlagsFromString("--expose-gc")
    const collect = runInNewContext("gc") as () => void
    const engine = createEngine({ tier: 1 })
    await engine.ready
    const functions = Array.from({ length: 20 }, (_, i) => {
      const module = engine.load(`fn f(x) = ${String(i)} * x^2`)
      for (let k = 0; k < 3; k++) expect(module.fn("f").grad()(k)).toBe(2 * i * k)
      return new WeakRef((module.value("f").value as Closure).code.code)
    })
    for (let tries = 0; tries < 20 && functions.some((f) => f.deref() !== undefined); tries++) {
      await new Promise((done) => setTimeout(done, 10))
      collect()
    }
    // What ran last may still be looked at by something.
    expect(functions.filter((f) => f.deref() !== undefined).length).toBeLessThanOrEqual(1)
  })

  it("counts as a call's memory what the call takes, not what the process has taken meanwhile", () => {
    const engine = createEngineInNode({ limits: { memory: 2 ** 25 } })
    const held = Array.from({ length: 10 }, () => new Float64Array(2 ** 20).fill(1))
    expect(engine.evaluate("do { var s = 0\n for i in 0..10^6 { s += i }\n s }").toJS()).toBe(499999500000)
    expect(engine.evaluate("len([i for i in 0..10^6])").toJS()).toBe(1e6)
    expect(failure(() => engine.evaluate("do { var v = [1]\n while true { v = v ++ v } }")).code).toBe("E0504")
    expect(failure(() => engine.evaluate("do { var n = ()\n while true { n = (1, n) } }")).code).toBe("E0504")
    expect(held).toHaveLength(10)
  })
})

describe("interruption", () => {
  const interrupt = new Int32Array(new SharedArrayBuffer(4))

  it("ends one run, uncatchably, and is over then", () => {
    const engine = createEngine({ interrupt })
    Atomics.store(interrupt, 0, 1)
    expect(failure(() => engine.evaluate("attempt(() => do { while true { } })")).code).toBe("E0505")
    expect(Atomics.load(interrupt, 0)).toBe(0)
    expect(engine.evaluate("sum(0..10000)").toJS()).toBe(49995000)
  })

  it("reaches the outer run also through a host function that looks away", () => {
    const engine = createEngine({
      interrupt,
      limits: { steps: 1e7 },
      host: {
        quiet: () => {
          Atomics.store(interrupt, 0, 1)
          try {
            engine.evaluate("while true { }")
          } catch {
            return 1
          }
          return 2
        },
      },
    })
    expect(failure(() => engine.evaluate("quiet()\nwhile true { }")).code).toBe("E0505")
  })
})
