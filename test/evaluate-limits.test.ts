import { describe, expect, test } from "vitest"
import { wholeLibrary } from "../engine/builtins.ts"
import { Loader } from "../engine/loader.ts"
import { watched } from "../interpreter/arrays/work.ts"
import { Recording } from "../interpreter/autodiff/modes.ts"
import type { Num } from "../interpreter/autodiff/num.ts"
import { Evaluation } from "../interpreter/evaluate/runtime.ts"
import { mul } from "../interpreter/primitives/arithmetic.ts"
import { faultOfProgram, runProgram, shownBy } from "./evaluate-program.ts"

describe("depth", () => {
  const list = "type L = Nil | Cons(h, t)\nfn make(n) { var l = Nil\n for i in 0..n { l = Cons(i, l) }\n l }\n"
  test.each([
    ["a function", "fn f(n) = if n == 0 { 0 } else { f(n - 1) + 1 }\nf(9990)", "9990"],
    ["a function with a default", "fn f(n, step = 1) = if n <= 0 { 0 } else { f(n - step) + step }\nf(9990)", "9990"],
    ["named arguments", "fn f(n, k = 0) = if n == 0 { k } else { f(k: k, n: n - 1) + 1 }\nf(9990)", "9990"],
    [
      "a match over data",
      `${list}fn total(l) = match l { Nil => 0\n Cons(h, t) => h + total(t) }\ntotal(make(9900))`,
      "49000050",
    ],
    ["a loop", "fn f(n) { var s = 0\n for i in 0..1 { if n > 0 { s += f(n - 1) + 1 } }\n s }\nf(9900)", "9900"],
    [
      "a while with return",
      "fn f(n) { while true { if n == 0 { return 0 }\n return f(n - 1) + 1 }\n 0 }\nf(9900)",
      "9900",
    ],
    ["a comprehension", "fn f(n) = if n == 0 { 0 } else { sum([f(k) for k in [n - 1]]) + 1 }\nf(9900)", "9900"],
    [
      "a comprehension with a condition",
      "fn f(n) = if n == 0 { 0 } else { sum([f(k) for k in [n - 1] if k >= 0]) + 1 }\nf(9900)",
      "9900",
    ],
    ["map", "fn f(n) = if n == 0 { 0 } else { sum(map([n - 1], f)) + 1 }\nf(9900)", "9900"],
    ["fold", "fn f(n) = if n == 0 { 0 } else { fold([n - 1], 0, (acc, x) => acc + f(x)) + 1 }\nf(4900)", "4900"],
    [
      "attempt",
      'fn f(n) = if n == 0 { error("end") } else { f(n - 1) + 1 }\nfn g(n) = match attempt(() => f(n)) { Done(v) => v\n Failed(m) => m }\nfn h(n) = if n == 0 { g(2000) } else { let r = h(n - 1)\n r }\nh(7000)',
      '"end"',
    ],
    ["closures", "fn f(n) { let g = () => if n == 0 { 0 } else { f(n - 1) + 1 }\n let r = g()\n r }\nf(4900)", "4900"],
    [
      "tail calls without end in sight",
      "fn f(n, s) = if n == 0 { s } else { f(n - 1, s + n) }\nf(300000, 0)",
      "45000150000",
    ],
    [
      "tail calls from deep down",
      "fn t(n) = if n == 0 { 0 } else { t(n - 1) }\nfn f(n) = if n == 0 { t(100000) } else { f(n - 1) + 1 }\nf(9900)",
      "9900",
    ],
    [
      "a gradient",
      `${list}fn total(l) = match l { Nil => 0\n Cons(h, t) => h * h + total(t) }\ngrad(total)(make(3000)).h`,
      "5998",
    ],
  ])("%s", { timeout: 30_000 }, (_name, program, shown) => {
    expect(shownBy(program).at(-1)).toBe(shown)
  })

  test("past the limit is a fault and the runtime goes on", () => {
    expect(faultOfProgram("fn f(n) = f(n + 1) + 1\nf(0)")).toContain("E0501: calls nest deeper than 10,000")
    expect(faultOfProgram("fn f(n) = f(n + 1) + 1\nf(0)", { depth: 50 })).toContain("deeper than 50")
    expect(faultOfProgram("fn f(n) = sum(map([n], f)) + 1\nf(0)")).toContain("E0501")
    expect(
      faultOfProgram("fn f(n) = f(n + 1) + 1\nmatch attempt(() => f(0)) { Done(v) => v, Failed(m) => m }"),
    ).toContain("E0501")
  })

  test.each([
    ["attempt", "fn f(n) = attempt(() => f(n))\nf(1)"],
    ["fold", "fn f(n) = fold([n], 0, (a, x) => f(x))\nf(1)"],
    ["map", "fn f(n) = map([n], x => f(x))\nf(1)"],
    ["grad", "fn f(n) = grad(x => f(x))(n)\nf(1)"],
    ["fold and grad", "fn f(n) = fold([n], 0, (a, x) => grad(y => f(y))(x))\nf(1)"],
    ["a built-in under another name", "fn f(n, g) = g(() => f(n, g))\nf(1, attempt)"],
  ])("tail calls on both sides of a built-in are counted: %s", { timeout: 30_000 }, (_name, program) => {
    expect(faultOfProgram(program)).toContain("E0501: calls nest deeper than 10,000")
    expect(faultOfProgram(program, { depth: 50 })).toContain("E0501: calls nest deeper than 50")
  })

  test.each([50, 10_000])("a built-in in tail position is as deep on either stack: %i", (depth) => {
    const program = (n: number): string =>
      `fn f(n) = if n == 0 { 7 } else { fold([n - 1], 0, (a, x) => f(x)) }\nf(${String(n)})`
    expect(shownBy(program(depth - 1), { depth })).toEqual(["7"])
    expect(faultOfProgram(program(depth), { depth })).toContain("E0501")
    const twice = `${program(depth - 1)}\nf(${String(depth - 1)})`
    expect(shownBy(twice, { depth })).toEqual(["7", "7"])
    const loop = `fn g(n) = if n == 0 { 1 } else { fold([1], 0, (a, x) => 0)\n g(n - 1) }\ng(${String(3 * depth)})`
    expect(shownBy(loop, { depth })).toEqual(["1"])
  })

  test("a limit of a million", { timeout: 120_000 }, () => {
    const program = "fn f(n) = if n == 0 { 0 } else { f(n - 1) + 1 }\nf(300000)"
    expect(shownBy(program, { depth: 1_000_000 }).at(-1)).toBe("300000")
  })
})

describe("limits", () => {
  test("the way back of a gradient looks at time and interruption", () => {
    const recording = new Recording([2])
    let y: Num = recording.inputs[0]!
    for (let i = 0; i < 300_000; i++) y = mul(y, 0.999)
    let looks = 0
    const before = watched({ poll: () => looks++, charge: () => undefined })
    recording.pull([y], [1])
    watched(before)
    expect(looks).toBeGreaterThanOrEqual(2)
  })

  test("steps are calls, turns and elements", () => {
    const steps = (program: string): number => runProgram(program).steps
    const base = steps("1")
    expect(steps("for i in 0..10 { }") - base).toBe(10)
    expect(steps("[i for i in 0..10]") - base).toBe(10)
    expect(steps("fn f(n) = n\nf(1)\nf(2)") - base).toBeGreaterThanOrEqual(2)
    const deep = (n: number): number => steps(`fn f(n) = if n == 0 { 0 } else { f(n - 1) + 1 }\nf(${String(n)})`)
    expect(deep(9000) - deep(8000)).toBe(1000)
    expect(deep(200) - deep(100)).toBe(100)
  })

  test.each([
    ["endless loop", "while true { }", { steps: 100_000 }, "E0502"],
    ["endless tail calls", "fn f(n) = f(n + 1)\nf(0)", { steps: 100_000 }, "E0502"],
    ["endless loop in time", "while true { }", { ms: 50 }, "E0503"],
    ["a loop inside attempt", "attempt(() => do { while true { } })", { steps: 100_000 }, "E0502"],
    ["a large array", "zeros(10^9)", { memory: 2 ** 20 }, "E0504"],
    ["a large range", "let a = 0..10^7", { memory: 2 ** 20 }, "E0504"],
    [
      "a growing array",
      "var v = []\nwhile true { v ++= [[1, 2, 3, 4]] }",
      { memory: 2 ** 24, steps: 10 ** 8 },
      "E0504",
    ],
    ["a doubling array", "var v = [1]\nwhile true { v = v ++ v }", { memory: 2 ** 26 }, "E0504"],
    ["a doubling string", 'var s = "abc"\nwhile true { s = s ++ s }', {}, "E0504"],
    ["a broadcast without end", "let n = 10^6\nlet a = reshape(zeros(n), [n, 1]) + zeros(n)", {}, "E0504"],
    ["a growing list", 'var v = list()\nwhile true { v ++= ["x"] }', { memory: 2 ** 20 }, "E0504"],
  ])("%s", (_name, program, limits, code) => {
    expect(faultOfProgram(program, limits)).toContain(code)
  })

  test("memory that is taken in small pieces", () => {
    const library = wholeLibrary()
    let inUse = 0
    const memoryInUse = (): number => (inUse += 2 ** 20)
    const runtime = new Evaluation({ library: library.values, limits: { memory: 2 ** 22 }, memoryInUse })
    const loader = new Loader(library, runtime, () => null)
    const module = loader.prepare({ name: "test", text: "var l = ()\nwhile true { l = (1, l) }" })
    expect(() => {
      loader.run(module, null)
    }).toThrow("needs more than 4 MiB")
  })

  test("interruption", () => {
    const flag = new Int32Array(new SharedArrayBuffer(4))
    Atomics.store(flag, 0, 1)
    expect(runProgram("while true { }", {}, flag).fault?.code).toBe("E0505")
  })
})
