/**
 * Calls with the host's own values go a way of their own once a function is compiled: it gives what the long way gives.
 * Each call is made several times, the first ones interpreted. It must not know how values are read.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, test } from "vitest"
import { createEngine, type Engine } from "../engine/index.ts"

async function pair(): Promise<{ plain: Engine; quick: Engine }> {
  const quick = createEngine({ tier: 1 })
  await quick.ready
  return { plain: createEngine({ tier: 0 }), quick }
}

const m = (shape: number[], ...data: number[]) => ({ shape, data: Float64Array.from(data) })
const v = (...data: number[]) => Float64Array.from(data)

const calls: readonly {
  readonly name: string
  readonly source: string
  readonly args: readonly (readonly unknown[])[]
}[] = [
  {
    name: "numbers",
    source: "fn f(x, y) = x * y + x",
    args: [
      [2, 3],
      [4, -1],
      [0.1, 0.2],
    ],
  },
  {
    name: "truths",
    source: "fn f(x, c) = if c { x * x } else { -x }",
    args: [
      [2, true],
      [2, false],
      [3, true],
    ],
  },
  {
    name: "vectors of several lengths",
    source: "fn f(a) { var s = 0\n for x in a { s += x * x }\n s }",
    args: [[v(1, 2)], [v(1, 2, 3)], [v()], [v(5)]],
  },
  {
    name: "matrices of several shapes",
    source:
      "fn f(a) { var s = 0\n for i in 0..len(a) { for j in 0..shape(a)[1] { s += a[i, j] * a[i, j] * (i + 1) } }\n s }",
    args: [[m([2, 2], 1, 2, 3, 4)], [m([1, 2], 1, 2)], [m([2, 3], 1, 2, 3, 4, 5, 6)], [m([2, 2], 5, 6, 7, 8)]],
  },
  {
    name: "shapes and data that are almost of the form",
    source: "fn f(a) = a[0, 0] * a[1, 0]",
    args: [
      [m([2, 1], 2, 3)],
      [{ data: v(4, 5), shape: [2, 1] }],
      [{ ...m([2, 1], 2, 3), more: 1 }],
      [{ data: v(4, 5) }],
      [{ data: v(4, 5), size: [2, 1] }],
      [Object.create(m([2, 1], 2, 3))],
      [Object.assign(Object.create({ data: v(4, 5) }) as object, { shape: [2, 1] })],
      [Object.assign(Object.create(null), m([2, 1], 6, 7))],
      [Object.defineProperty(m([2, 1], 2, 3), "data", { enumerable: false })],
      [
        new (class Matrix {
          shape = [2, 1]
          data = v(8, 9)
        })(),
      ],
      [null],
      [m([2, 1], 2, 3)],
    ],
  },
  {
    name: "more or fewer arguments than parameters",
    source: "fn f(x, y) = x * y",
    args: [[2, 3], [2], [], [2, undefined], [2, 3, 4], [2, 3, undefined], [1, 2, 3, 4, 5, 6], [4, 5]],
  },
  {
    name: "many arguments",
    source: "fn f(a, b, c, d, e, g) = a * b + c * d + e * g",
    args: [
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5, 6, 7],
      [6, 5, 4, 3, 2, 1],
    ],
  },
  {
    name: "as many arguments as stay apart, and one of them optional",
    source: "fn f(a, b, c, d = 2) = a * b + c * d",
    args: [
      [1, 2, 3, 4],
      [1, 2, 3],
      [1, 2],
      [1, 2, 3, 4, 5],
      [4, 3, 2, 1],
    ],
  },
  {
    name: "other forms in between",
    source: "fn f(p) = p * p",
    args: [[2], [3], [v(1, 2)], [4], [[1, 2, 3]]],
  },
  {
    name: "records",
    source: "fn f(p) = p.x * p.x + p.y",
    args: [[{ x: 1, y: 2 }], [{ x: 3, y: 4 }], [{ y: 3, x: 4 }]],
  },
  {
    name: "records in records, with arrays",
    source: "fn f(p, k) = p.w[0] * p.in.x * k + p.in.y",
    args: [
      [{ w: v(1, 2), in: { x: 3, y: 4 } }, 2],
      [{ w: v(5), in: { x: 3, y: -1 } }, 3],
      [{ w: v(5), in: { x: 3, y: v(1, 2) } }, 3],
      [{ w: v(5), in: { x: 3 } }, 3],
    ],
  },
  {
    name: "objects that are almost of the form",
    source: "fn f(p) = p.x * p.x + p.y",
    args: [
      [{ x: 1, y: 2 }],
      [{ x: 1, y: 2, z: 3 }],
      [{ x: 1 }],
      [{ x: 1, y: "2" }],
      [Object.assign(Object.create(null), { x: 5, y: 6 })],
      [Object.create({ x: 1, y: 2 })],
      [Object.assign(Object.create({ y: 2 }) as object, { x: 1 })],
      [
        new (class P {
          x = 1
          y = 2
        })(),
      ],
      [null],
      [3],
    ],
  },
  {
    name: "fields that the host computes, and cannot",
    source: "fn f(p) = p.x * p.x + p.y",
    args: [
      [{ x: 1, y: 2 }],
      [
        {
          get x() {
            return 4
          },
          y: 2,
        },
      ],
      [
        {
          get x(): number {
            throw new Error("not today")
          },
          y: 2,
        },
      ],
      [new Proxy({ x: 3, y: 4 }, {})],
      [
        new Proxy(
          { x: 3, y: 4 },
          {
            getPrototypeOf() {
              throw new Error("no parents")
            },
          },
        ),
      ],
      [{ x: 1, y: 3 }],
    ],
  },
  {
    name: "names that mean something to JavaScript",
    source:
      "fn f(p) = { __proto__: p.__proto__ * p.constructor, toString: p.toString ^ 2, constructor: p.hasOwnProperty, hasOwnProperty: 1 }.__proto__ * p.toString + p.hasOwnProperty",
    args: [1, 2].map((x) => [
      JSON.parse(`{ "__proto__": ${String(x)}, "constructor": 3, "toString": 5, "hasOwnProperty": 7 }`),
    ]),
  },
  {
    name: "an argument given back",
    source: "fn f(a, x) = (a, x)",
    args: [
      [v(1, 2), 3],
      [v(4, 5), 6],
    ],
  },
  { name: "part of an argument", source: "fn f(a) = a[1..3]", args: [[v(1, 2, 3)], [v(4, 5, 6, 7)]] },
  { name: "small arrays", source: "fn f(x) = [[x, x * x], [1, 2]]", args: [[2], [3]] },
  {
    name: "what a module defines",
    source: "let k = [1, 2, 3]\nfn f(x) { var s = 0\n for y in k { s += x * y }\n s }",
    args: [[2], [3]],
  },
  {
    name: "a buffer that begins with zeros in every call",
    source:
      "fn f(x) { var v = zeros(len(x))\n for i in 0..len(x) { v[i * i % len(x)] += x[i] }\n var s = 0\n for i in 0..len(x) { s += v[i] * v[i] * (i + 1) }\n s }",
    args: [[v(1, 2, 3, 4)], [v(4, 3, 2, 1)], [v(1, 2, 3)]],
  },
  {
    name: "a buffer in each turn",
    source:
      "fn f(x) { var s = 0\n for k in 0..3 { var v = zeros(len(x))\n for i in 0..len(x) { v[i * k % len(x)] += x[i] }\n for i in 0..len(x) { s += v[i] * v[i] * (i + k) } }\n s }",
    args: [[v(1, 2, 3, 4)], [v(4, 3, 2, 1)], [v(1, 2, 3)]],
  },
  {
    name: "arrays of the last turn and the one before",
    source:
      "fn f(x, n) { var a = x\n var b = [2 * y for y in x]\n for t in 0..n { let c = [b[i] * 0.5 + a[i] * a[0] for i in 0..len(x)]\n a = b\n b = c }\n dot(a, b) }",
    args: [
      [v(1, 2, 3), 0],
      [v(1, 2, 3), 1],
      [v(1, 2, 3), 2],
      [v(3, 1, 2), 5],
    ],
  },
  {
    name: "an array of the last turn",
    source:
      "fn f(x, n) { var a = x\n for t in 0..n { let b = a\n a = [b[i] * b[len(x) - 1 - i] - 0.3 * b[0] for i in 0..len(x)] }\n (a, sum(x)) }",
    args: [
      [v(1, 2, 3), 0],
      [v(1, 2, 3), 1],
      [v(1, 2, 3), 2],
      [v(0.3, 1, 0.2), 3],
    ],
  },
  {
    name: "a buffer that grows from turn to turn",
    source:
      "fn f(x) { var n = 1\n var s = 0\n while n < 20 { var v = zeros(n)\n for i in 0..n { v[i] += x * i }\n for i in 0..n { s += v[i] * v[n - 1 - i] }\n n = 2 * n + 1 }\n s }",
    args: [[2], [3]],
  },
  {
    name: "turns of a short loop before and after it is looked at limits",
    source: "fn f(x) { var s = x * x\n while abs(s) < 270000 { s += x }\n s }",
    args: [[1], [-2]],
  },
  { name: "an error after results", source: "fn f(a) = a[1] * a[1]", args: [[v(1, 2)], [v(1, 2)], [v(1)], [v(3, 4)]] },
]

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return (error as Error).message
  }
}

describe("direct calls", () => {
  for (const { name, source, args } of calls) {
    test(name, async () => {
      const { plain, quick } = await pair()
      const [f, g] = [plain, quick].map((engine) => engine.load(source, { name: "direct.adl" }).fn("f"))
      const forms = [
        [f!, g!],
        [f!.valueAndGrad(), g!.valueAndGrad()],
        [f!.grad(), g!.grad()],
        [f!.grad({ wrt: [0] }), g!.grad({ wrt: [0] })],
      ] as const
      for (const given of [...args, ...args]) {
        for (const [slow, fast] of forms) {
          const want = attempt(() => slow(...given))
          expect(attempt(() => fast(...given))).toEqual(want)
          expect(quick.runtime.steps).toBe(plain.runtime.steps)
        }
      }
    })
  }

  test("a record that is a result has the properties that its fields say", async () => {
    const { quick } = await pair()
    const f = quick.load("fn f(x) = { __proto__: x, b: { constructor: x * x } }").fn("f")
    for (let k = 0; k < 4; k++) {
      const r = f(3) as object
      expect(JSON.stringify(r)).toBe('{"__proto__":3,"b":{"constructor":9}}')
      expect(Object.getPrototypeOf(r)).toBe(Object.prototype)
    }
  })

  test("results are no arguments", async () => {
    const { quick } = await pair()
    const f = quick.load("fn f(a) = (a, a[1..])").fn("f")
    const a = v(1, 2, 3)
    for (let k = 0; k < 4; k++) {
      const [whole, part] = f(a) as [Float64Array, Float64Array]
      whole[0] = part[0] = 99
      expect(a).toEqual(v(1, 2, 3))
    }
  })

  test.each([5, 20, 64, 100])("%i numbers come in memory of their own, which the host may hand on", async (n) => {
    const { quick } = await pair()
    const f = quick.load("fn f(x, n) = [sin(x * i) for i in 0..n]").fn<[number, number], Float64Array>("f")
    for (let k = 0; k < 5; k++) {
      const before = f(0.5, n)
      const out = f(0.3, n)
      expect(out.buffer.byteLength).toBe(8 * n)
      const copy = out.slice()
      expect(structuredClone(out, { transfer: [out.buffer as ArrayBuffer] })).toEqual(copy)
      expect(before).toHaveLength(n)
    }
  })

  const held: readonly (readonly [name: string, source: string, ...args: unknown[]])[] = [
    ["a product", "fn f(a, x) = a @ x"],
    ["a product that is made of", "fn f(a, x) { let y = a @ x\n y * 2 + x @ a }"],
    ["products of products", "fn f(a, x) = a @ (a @ (x @ a))"],
    ["a product that each turn makes of the last", "fn f(a, x) { var y = x\n for i in 0..4 { y = a @ y / 2 }\n y }"],
    [
      "two that take turns",
      "fn f(a, x) { var y = x\n var z = a @ x\n for i in 0..5 { let t = a @ z - y\n y = z\n z = t }\n (y, z) }",
    ],
    ["rows that a loop stacks", "fn f(a, x) = [a @ (x * i) for i in 0..3]"],
    [
      "the largest so far",
      "fn f(a, x) { var best = x\n for i in 0..4 { let y = a @ (x - i)\n if y[0] > best[0] { best = y } }\n best }",
    ],
    ["matrices", "fn f(a, x) = ((a @ a) @ (a @ a), a @ a)"],
    ["powers of a matrix", "fn f(a, x) { var p = a\n for i in 0..3 { p = p @ a }\n p }"],
    ["what is changed in part", "fn f(a, x) { var y = a @ x\n let z = y\n y[0] = 7\n (y, z) }"],
    ["records", "fn f(a, x) { let y = a @ x\n { y, twice: [y, y + 1], sum: sum(y) } }"],
  ]
  test.each(held)("what the host holds stays as it was: %s", async (_name, source) => {
    const { plain, quick } = await pair()
    const size = 12
    const given = [0, 1, 2, 3].map((k) => [
      m([size, size], ...Array.from({ length: size * size }, (_, i) => Math.sin(i * (k + 1)))),
      Float64Array.from({ length: size }, (_, i) => Math.cos(i + k)),
    ])
    const total = `${source}\nfn g(a, x) { let y = a @ (x @ a)\n sum(y * y * x) }`
    for (const name of ["f", "g"]) {
      const [slow, fast] = [plain, quick].map((engine) => {
        const fn = engine.load(total).fn(name)
        return name === "f" ? fn : fn.valueAndGrad()
      }) as [(...args: unknown[]) => unknown, (...args: unknown[]) => unknown]
      const seen = [0, 1].flatMap(() => given.map((args) => fast(...args)))
      const wanted = [0, 1].flatMap(() => given.map((args) => slow(...args)))
      expect(JSON.stringify(seen)).toBe(JSON.stringify(wanted))
    }
  })

  test("arrays that a module holds stay its own", async () => {
    const { quick } = await pair()
    const f = quick.load("let k = [1, 2, 3]\nfn f(x) = if x > 0 { k } else { [x] }").fn("f")
    for (let n = 0; n < 4; n++) {
      const k = f(1) as Float64Array
      expect(k).toEqual(v(1, 2, 3))
      k[0] = 99
    }
  })

  test("a binding that changes is seen", async () => {
    const { quick } = await pair()
    const session = quick.session()
    session.run("let k = 2\nfn f(x) = k * x")
    const f = session.run("f")
    const call = () => quick.session({ f }).run("[f(3), f(4)]").toJS()
    for (let n = 0; n < 4; n++) expect(call()).toEqual(v(6, 8))
  })

  test("a limit is met at the same step as in tier 0", async () => {
    for (const steps of [1, 2, 11, 12, 13]) {
      const plain = createEngine({ tier: 0, limits: { steps } })
      const quick = createEngine({ tier: 1, limits: { steps } })
      await quick.ready
      const [f, g] = [plain, quick].map((engine) =>
        engine.load("fn f(n) { var s = 0\n for i in 0..n { s += i }\n s }").fn("f"),
      )
      for (const n of [0, 1, 2, 9, 10, 11, 12, 13, 10, 9]) {
        const want = attempt(() => f!(n))
        expect(attempt(() => g!(n))).toEqual(want)
      }
    }
  })

  test("limits hold and an engine that ended refuses", async () => {
    const engine = createEngine({ tier: 1, limits: { steps: 1000 } })
    await engine.ready
    const f = engine.load("fn f(n) { var s = 0\n for i in 0..n { s += i }\n s }").fn("f")
    for (let k = 0; k < 4; k++) expect(f(10)).toBe(45)
    expect(() => f(5000)).toThrow(/steps/)
    for (let k = 0; k < 4; k++) expect(f(10)).toBe(45)
    engine.dispose()
    expect(() => f(10)).toThrow()
  })
})

/** Bytes of the heap that a call takes once it is optimised: the middle of 25 counts over 4000 calls each. */
function bytesPerCall(call: (x: number) => unknown): number {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  let last: unknown
  const repeat = (times: number): void => {
    for (let k = 0; k < times; k++) last = call(k + 0.5)
  }
  repeat(400_000)
  const counts = Array.from({ length: 25 }, () => {
    collect()
    const before = getHeapStatistics().used_heap_size
    repeat(4000)
    return (getHeapStatistics().used_heap_size - before) / 4000
  })
  expect(last).not.toBe(undefined)
  return counts.sort((a, b) => a - b)[12]!
}

describe("calls take from the heap no more than their results", () => {
  /** A number outside of code is a box of 16 bytes: one for the result, one for the argument, and as much for what else there is. */
  const most = 48
  const cases: readonly (readonly [name: string, source: string, other?: unknown])[] = [
    ["a number", "fn f(x) = x * x + 1"],
    ["two numbers", "fn f(x, y) = x * y + 1", 2.5],
    ["a vector", "fn f(x, a) { var s = 0\n for y in a { s += y * y }\n s * x }", v(1, 2, 3)],
    ["a matrix", "fn f(x, a) = a[0, 1] * a[1, 0] * x", m([2, 2], 1, 2, 3, 4)],
    ["a record", "fn f(x, p) = p.x * p.y * x", { x: 1.5, y: 2.5 }],
  ]
  for (const [name, source, other] of cases) {
    test(name, async () => {
      const { quick } = await pair()
      const f = quick.load(source, { name: "bytes.adl" }).fn("f")
      const derivative = f.grad({ wrt: "x" })
      for (const g of [f, derivative]) {
        const call = other === undefined ? (x: number) => g(x) : (x: number) => g(x, other)
        expect(bytesPerCall(call)).toBeLessThanOrEqual(most)
      }
    })
  }
})
