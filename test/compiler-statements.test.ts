/**
 * Top-level statements where everything is compiled: the same bindings, values, faults and steps as interpreted, and code only for those that are short and call
 * something.
 * Each program is run in both tiers statement by statement, by its text alone. It must not know how code is made.
 */

import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { Tier } from "../compiler/tier.ts"
import { createEngine } from "../engine/index.ts"

beforeAll(() => {
  checks.verify = true
})

interface Outcome {
  readonly shown: readonly string[]
  readonly fault: string
  readonly steps: number
}

function run(source: string, statements: boolean | null): Outcome & { readonly reports: ReturnType<Tier["reports"]> } {
  const engine = createEngine({ tier: 0 })
  const notes: string[] = []
  const note = (text: string): unknown => notes.push(text)
  const tier = new Tier(engine.runtime.library, { note, statements: statements === true })
  if (statements !== null) engine.runtime.compiled = tier
  const shown: string[] = []
  let fault = ""
  try {
    engine.run(source, { name: "statements.adl", onValue: (value) => shown.push(value.toString()) })
  } catch (error) {
    fault = `${(error as Error).message} ${JSON.stringify((error as { line?: unknown }).line)}`
  }
  expect(notes).toEqual([])
  return { shown, fault, steps: engine.runtime.steps, reports: tier.reports() }
}

const definitions = `fn f(x) = x * sin(x)
fn both(x) = (f(x), grad(f)(x))
fn pair(x) = { at: x, slope: f'(x) }
`

/** Statements with calls, all of which are compiled. */
const compiled: Record<string, string> = {
  "a value that is shown": "f(2) + grad(f)(3)",
  "a binding that the next one reads": "let a = f(2)\nlet b = f(a) + a\nb",
  "a pattern": "let (y, slope) = both(1.5)\nlet { at } = pair(y)\n[y, slope, at]",
  "a variable that is assigned": "var v = f(1)\nv = f(v)\nv += f(v) + v\nv",
  "a variable that is changed in part, and another holder of it":
    "var row = [f(1), f(2), f(3)]\nlet before = row\nrow[1] = f(row[0])\nrow[f(0)] += 1\n(row, before)",
  "a variable that a loop changes": "var total = 0\nfor i in 0..20 { total += f(total + i) }\ntotal",
  "a block that assigns two variables": "var p = 1\nvar q = 2\ndo { p = f(q)\n q = f(p) + p }\n(p, q)",
  "a function that reads what the statement assigns":
    "var scale = 2\nfn g(x) = scale * x\nscale = g(scale) + g(3)\nscale",
}

describe("statements that call functions are compiled as what they are", () => {
  for (const [name, text] of Object.entries(compiled)) {
    test(name, () => {
      const plain = run(definitions + text, null)
      const { reports, ...fast } = run(definitions + text, true)
      expect(fast).toEqual({ shown: plain.shown, fault: plain.fault, steps: plain.steps })
      const calls = reports.filter(({ name, request }) => name === "statements.adl" && request === "call")
      // Definitions have nothing to compile.
      expect(calls.flatMap(({ reason }) => (reason === "it runs once" ? [] : (reason ?? [])))).toEqual([])
      expect(calls.filter(({ runs }) => runs === 1).length).toBeGreaterThan(0)
      // Nothing was left for the functions themselves.
      expect(reports.filter(({ name }) => name === "f")).toEqual([])
    })
  }
})

test("a statement that fails leaves its bindings, and is as far as interpreted", () => {
  const text = `${definitions}var v = f(1)
fn check(x) { assert(x > 5, "too small")
 x }
v = f(v) + check(f(v))
v`
  const { reports: _, ...fast } = run(text, true)
  const { reports: __, ...plain } = run(text, null)
  expect(plain.fault).toContain("too small")
  expect(fast).toEqual(plain)
})

test("a long statement is interpreted, and what it calls compiled", () => {
  const text = `fn step(x) { var v = x\n for i in 0..3 { v = v * sin(v) + cos(v) - tan(v) / (1 + v * v) }\n v }
fn far(x) = ${"step(".repeat(30)}x${")".repeat(30)}
[${Array.from({ length: 20 }, (_, k) => `jvp(far, ${String(k)}, 1)[1]`).join(", ")}]`
  const { reports, ...fast } = run(text, true)
  const { reports: _, ...plain } = run(text, null)
  expect(fast).toEqual(plain)
  const reasons = reports.filter(({ name }) => name === "statements.adl").map(({ reason }) => reason)
  expect(reasons).toContain("the function is too large")
  expect(reports.find(({ name, request }) => name === "far" && request === "jvp")?.runs).toBe(20)
})

test("where functions are compiled when they are worth it, statements are not", () => {
  const { reports } = run(`${definitions}f(2) + f(3)`, false)
  expect(reports.find(({ name }) => name === "statements.adl")?.reason).toBe("it runs once")
  expect(reports.find(({ name }) => name === "f")?.runs).toBe(2)
})
