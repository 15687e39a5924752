/**
 * Long loops that make their turns again instead of saving them: the same values, steps and faults as in tier 0, and the same bits as where everything was saved.
 * Segments are as short as can be here, so that short programs have many. It must not know how segments are written.
 */

import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { walk } from "../compiler/sir.ts"
import { createEngine } from "../engine/index.ts"
import "./everything.ts"
import { compare, shortSegments } from "./differential.ts"
import { programs } from "./nested-programs.ts"

beforeAll(() => {
  checks.verify = true
  shortSegments()
})

/** Loops in segments in the code that ran: each asks for the level of a stack. */
function segmented({ code }: NonNullable<ReturnType<typeof compare>>): number {
  return code.filter(({ forms }) => forms.some(({ body }) => [...walk(body)].some(({ kind }) => kind === "level")))
    .length
}

describe("words of modes over loops in segments", () => {
  test.each(programs)("%s", (_name, text) => {
    const { disagreements, notes, calls, compiled } = compare(text)!
    expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
  })
})

const rough = "fn rough(x) = value_and_grad(f)(x)\n"

describe("loops that are put in segments", () => {
  test.each([
    ["a counted loop", "var v = x\n for i in 0..20 { v = v * v * 0.5 + x * i / 20 }\n v"],
    ["a counted loop that is left", "var v = x\n for i in 0..50 { v = v * v * 0.5 + x\n if v > 1.2 { break } }\n v"],
    ["while", "var v = x\n while v < 40 { v = v * 1.1 + v * v * 0.01 }\n v"],
    [
      "while, with a way out",
      "var v = x\n var k = 0\n while v < 40 { v = v * 1.1 + v * v * 0.01\n k += 1\n if k > 25 { break } }\n v",
    ],
    [
      "branches that save more and less",
      "var v = x\n for i in 0..20 { if i % 3 == 0 { v = sin(v * x) } else { v = v * v + exp(-v) } }\n v",
    ],
    ["a loop in a branch", "var v = x\n if x > 0.1 { for i in 0..8 { v = v * v * 0.5 + x } }\n v"],
    ["loops in loops", "var v = x\n for i in 0..6 { for j in 0..i { v = v * sin(v) + x * j } }\n v"],
    [
      "whiles in loops",
      "var v = x\n for i in 0..6 { var w = v\n while w < 5 { w = w * 1.5 + i }\n v = sin(w) * x }\n v",
    ],
    [
      "one after the other",
      "var v = x\n for i in 0..9 { v = v * v * 0.5 + x }\n for i in 0..9 { v = sin(v) * v + x }\n v",
    ],
    [
      "an array that turns change and read",
      "var a = [x * i for i in 0..12]\n for i in 1..12 { a[i] = a[i] * a[i - 1] + x }\n a[11] * a[3]",
    ],
    [
      "an array that changes behind it",
      "var a = [x * i for i in 0..12]\n var v = x\n for i in 0..12 { v = v * a[i] + x }\n a[3] = 7\n v + a[3]",
    ],
    [
      "an array that changes between its runs",
      "var a = [x * i for i in 0..12]\n var v = x\n for i in 0..6 { for j in 0..6 { v = sin(v * a[j] + x) }\n a[i] = v }\n v + a[3]",
    ],
    ["an array that turns only fill", "let a = [sin(x * i) * x for i in 0..12]\n sum(a * a)"],
    [
      "whole arrays that turns make",
      "var a = [x * i for i in 0..12]\n for i in 0..7 { a = a * a * 0.1 + sin(a) }\n sum(a)",
    ],
    ["a function of tier 0 in it", "var v = x\n for i in 0..7 { v = lgamma(v + 2) * x + det([[v, x], [1, v]]) }\n v"],
    [
      "a derivative in it",
      "var v = x\n for i in 0..7 { v = grad(y => { var w = y\n for k in 0..5 { w = sin(w) * y }\n w })(v) + x * v }\n v",
    ],
    [
      "truths that it carries",
      "var v = x\n var up = true\n for i in 0..20 { if up { v = v * v + 0.5 } else { v = v / 3 }\n up = v < 2 }\n v",
    ],
  ])("%s", (_name, body) => {
    const comparison = compare(`let inputs = 0.7\nfn f(x) {\n ${body} }\n${rough}`)!
    expect(comparison.disagreements).toEqual([])
    expect(comparison.notes).toEqual([])
    expect(segmented(comparison)).toBe(1)
  })
})

describe("the same bits as where everything is saved", () => {
  const loops: Readonly<Record<string, string>> = {
    counted: "var v = x\n for i in 0..3000 { v = 3.1 * v * (1 - v) }\n v",
    while: "var v = x\n var i = 0\n while i < 3000 { v = 3.1 * v * (1 - v)\n i += 1 }\n v",
    nested: "var v = x\n for i in 0..50 { for j in 0..60 { v = 3.1 * v * (1 - v) } }\n v",
  }
  test.each(Object.entries(loops))("%s", async (_name, body) => {
    const text = `fn f(x) {\n ${body} }`
    const answer = async (tapeMemory: number): Promise<unknown> => {
      const engine = createEngine({ tapeMemory })
      await engine.ready
      const { value, grad } = engine.load(text).fn("f").valueAndGrad()(0.3)
      return [value, grad]
    }
    expect(await answer(0)).toEqual(await answer(Infinity))
  })
})

test("a loop of many turns saves no more than it may", async () => {
  const engine = createEngine({ tapeMemory: 2 ** 20, limits: { memory: 2 ** 23 } })
  await engine.ready
  const f = engine.load("fn f(x, n) {\n var v = x\n for i in 0..n { v = 3 * v * (1 - v) }\n v }").fn("f")
  // Saved, they would take 80 MB.
  const { value } = f.valueAndGrad({ wrt: "x" })(0.3, 1e7)
  expect(value).toBe(f(0.3, 1e7))
})

test("clock and interruption are looked at all the way, which takes no steps", async () => {
  let looks = 0
  const now = (): number => looks++
  const limits = { ms: 1e9, steps: 1_000_001 }
  const engine = createEngine({ tapeMemory: 2 ** 20, limits, now })
  await engine.ready
  const f = engine.load("fn f(x, n) {\n var v = x\n for i in 0..n { v = 3 * v * (1 - v) }\n v }").fn("f")
  f.valueAndGrad({ wrt: "x" })(0.3, 1e6)
  // A millisecond apart at most, forwards and on the way back.
  expect(looks).toBeGreaterThan(50)
})

test("`tapeMemory` is a number of bytes", () => {
  expect(() => createEngine({ tapeMemory: -1 })).toThrow("tapeMemory")
})
