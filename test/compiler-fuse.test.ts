/**
 * Loops over the same range as one loop: the same bits as tier 0, and how many loops are left.
 * Lengths from nothing to several turns of the eight lanes, arrays that are one array under two names, and loops that must stay apart. It must not know how loops are joined.
 */
import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { walk } from "../compiler/sir.ts"
import { Tier } from "../compiler/tier.ts"
import { createEngine } from "../engine/index.ts"
import { leaves } from "../bench/answers.ts"

beforeAll(() => {
  checks.verify = true
})

interface Program {
  readonly name: string
  readonly source: string
  readonly args: (n: number) => readonly unknown[]
  /** Loops that are left in the function and in its gradient; null where there are as many as there may be. */
  readonly loops: readonly [number, number] | null
}

const row = (n: number, seed: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(seed + 1.7 * i))
const table = (n: number, m: number, seed: number) => ({ shape: [n, m], data: row(n * m, seed) })

const programs: readonly Program[] = [
  {
    name: "a chain of operations and its sum",
    source: "fn f(a, b, c) = sum(a * b + c * a - b)",
    args: (n) => [row(n, 1), row(n, 2), row(n, 3)],
    loops: [1, 1],
  },
  {
    name: "one array under several names",
    source: "fn f(a, b, c) = sum(a * b + c * a - b)",
    args: (n) => {
      const a = row(n, 1)
      return [a, a, a]
    },
    loops: [1, 1],
  },
  {
    name: "a sum that what follows needs",
    source: "fn f(a, b) { let s = sum(a * b)\n sum(exp(a / (2 + s))) }",
    args: (n) => [row(n, 1), row(n, 2)],
    loops: [2, 3],
  },
  {
    name: "matrices whose dimensions are found to be the same",
    source: "fn f(a, b) = sum((a - b) * (b + a) * a)",
    args: (n) => [table(n, 20, 1), table(n, 20, 2)],
    loops: [1, 1],
  },
  {
    name: "a mean, a product and a squared norm",
    source: "fn f(a, b) = mean(a * a) * dot(a, b) + squared_norm(a - b)",
    args: (n) => [row(n + 1, 1), row(n + 1, 2)],
    loops: null,
  },
  {
    name: "an array that is summed twice and given too",
    source: "fn f(a, b) { let c = a * b\n { total: sum(c), squares: sum(c * c), c }.total }",
    args: (n) => [row(n, 1), row(n, 2)],
    loops: null,
  },
  {
    name: "loops that carry numbers",
    source:
      "fn f(a, b) { let c = a * b\n var s = 1\n for i in 0..len(c) { s = s * 0.9 + c[i] }\n var t = 0\n for i in 0..len(c) { t += c[i] * s }\n t }",
    args: (n) => [row(n, 1), row(n, 2)],
    loops: null,
  },
  {
    name: "an array that is read from its end",
    source: "fn f(a) { let c = a * a\n let n = len(a)\n let d = [c[n - 1 - i] * a[i] for i in 0..n]\n sum(d + c) }",
    args: (n) => [row(n, 1)],
    loops: null,
  },
  {
    name: "elements that are scattered and added to",
    source:
      "fn f(a) { var v = zeros(len(a) + 1)\n for i in 0..len(a) { v[i + 1] = v[i] + a[i] }\n for i in 0..len(a) { v[i] = v[i] * a[i] }\n let w = v * v\n sum(w) }",
    args: (n) => [row(n, 1)],
    loops: null,
  },
  {
    name: "an array that is changed between two that use it",
    source:
      "fn f(a) { var v = a * 2\n let w = v * a\n for i in 0..len(a) { v[i] = v[i] + w[i] * i }\n let z = v * w\n sum(z) + sum(w) }",
    args: (n) => [row(n, 1)],
    loops: null,
  },
  {
    name: "loops in a loop",
    source:
      "fn f(a, b) { var s = 0\n for k in 0..3 { let c = a * b + k\n s += sum(c * c) / (1 + sum(a)) }\n s + len(a) }",
    args: (n) => [row(n, 1), row(n, 2)],
    loops: null,
  },
  {
    name: "zeros with signs",
    source: "fn f(a, b) = sum(-(a * 0) - b * 0)",
    args: (n) => [row(n, 1), row(n, 2)],
    loops: [1, 1],
  },
  {
    name: "arrays of different lengths",
    source: "fn f(a, b) = sum(a * a + b * b)",
    args: (n) => [row(n + 2, 1), row(n + 3, 2)],
    loops: null,
  },
]

function loopsOf(tier: Tier, request: string): number {
  const found = tier.reports().find((report) => report.request === request && report.compiled)
  const { entry } = tier.compiledOf(found!.code).find((each) => each.request === request)!
  return [...walk(entry.sir.body)].filter(({ kind }) => kind === "for").length
}

function result(run: () => unknown): number[] | string {
  try {
    return leaves(run())
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe("loops over the same range", () => {
  for (const { name, source, args, loops } of programs) {
    test.each([0, 1, 7, 8, 9, 17, 40])(`${name}, n = %i`, (n) => {
      const plain = createEngine({ tier: 0 })
      const compiled = createEngine({ tier: 0 })
      const notes: string[] = []
      const tier = new Tier(compiled.runtime.library, { note: (text) => notes.push(text) })
      compiled.runtime.compiled = tier
      const [f, g] = [plain, compiled].map((engine) => engine.load(source).fn("f"))
      const given = args(n)
      const value = result(() => f!(...given))
      expect(result(() => g!(...given))).toEqual(value)
      expect(compiled.runtime.steps).toBe(plain.runtime.steps)
      const slope = result(() => f!.grad()(...given))
      const found = result(() => g!.grad()(...given))
      if (typeof slope === "string" || typeof found === "string") expect(found).toEqual(slope)
      else {
        expect(found.length).toBe(slope.length)
        slope.forEach((x, k) => {
          expect(Math.abs(x - found[k]!)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(x)))
        })
      }
      expect(notes).toEqual([])
      if (loops !== null && n > 4) expect([loopsOf(tier, "call"), loopsOf(tier, "grad")]).toEqual(loops)
    })
  }
})

test("cotangents begin with what is added to them first, not with zeros", () => {
  const engine = createEngine({ tier: 0 })
  const tier = new Tier(engine.runtime.library)
  engine.runtime.compiled = tier
  const f = engine.load("fn f(w, b, x) = sum(tanh(x @ w + b))").fn("f")
  f.grad({ wrt: ["w", "b"] })(table(20, 30, 1), row(30, 2), table(40, 20, 3))
  const [report] = tier.reports().filter(({ request, compiled }) => request.startsWith("grad") && compiled)
  const code = tier.codeOf(report!.code)
  // Only what is added up over rows begins with zeros, beside the one result that a product fills; nothing is added or cleared as a whole.
  const made = Array.from(code.matchAll(/const (\w+) = \$\.(?:alloc|result)\(/g), ([, name]) => name!)
  expect(made).toHaveLength(2)
  expect(made.filter((name) => new RegExp(`\\$\\.product\\(k\\d+, ${name},`).test(code))).toHaveLength(1)
  expect(code).not.toMatch(/z\+\+/)
})
