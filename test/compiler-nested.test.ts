/**
 * Derivatives of derivatives in the compiled tier: every word of two and three modes over loops, branches, arrays, updates and recursion is compiled, with the
 * values, faults and steps of tier 0.
 * It must not know how code is made.
 */

import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { Tier } from "../compiler/tier.ts"
import { createEngine } from "../engine/index.ts"
import "./everything.ts"
import { compare } from "./differential.ts"
import { number, programs, words } from "./nested-programs.ts"

beforeAll(() => {
  checks.verify = true
})

describe("words of modes are compiled", () => {
  test.each(programs)("%s", (_name, text) => {
    const { disagreements, notes, calls, compiled } = compare(text)!
    expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
  })
})

test.each([
  "[x - 0.7, 2 * (x - 0.7)]",
  "[x / 0, 1]",
  "[0 * x / 0, 1]",
  "[-0 * x, 0]",
  "[1e200 * x, x]",
  "[1e-200 * x, 0]",
])("the norm of %s", (numbers) => {
  const asked = "fn exact1(x) = f(x)\nfn exact2(x) = jvp(f, x, along)\nfn rough(x) = value_and_grad(f)(x)\n"
  const { disagreements, notes } = compare(
    `${number}fn f(x) = norm(${numbers}) + x\n${asked}${numbers.includes("e") ? "" : words}`,
  )!
  // The second derivative of what is nearly straight is what rounding leaves.
  expect([disagreements.filter(({ name }) => !/rough[12]/.test(name)), notes]).toEqual([[], []])
})

test("derivatives of functions that operators made before", () => {
  const text = `let inputs = 0.7
fn f(x) = sin(x) * x
let g = grad(f)
let h = diff(f)
let c = checkpoint(f)
fn rough0(x) = value_and_grad(g)(x)
fn rough1(x) = grad(c)(x)
fn rough2(x) = jvp(g, x, 1)
fn exact(x) = jvp(h, x, 1)`
  const { disagreements, notes, calls, compiled } = compare(text)!
  expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
})

test.each(["ones(n)", "[i * 0.5 for i in 0..n]", "0..n", "v"])(
  "a direction that is known as a whole, at a point of a few numbers: %s",
  (direction) => {
    const source = `fn d(v, n) = jvp(v => sum(sin(v) * v), [v[0], v[1], v[2] * n], ${direction})[1]`
    const reference = createEngine({ tier: 0 }).load(source).fn("d")([0.1, 0.2, 0.3], 3)
    const engine = createEngine({ tier: 0 })
    const tier = new Tier(engine.runtime.library)
    engine.runtime.compiled = tier
    const d = engine.load(source).fn("d")
    for (let k = 0; k < 3; k++) expect(d([0.1, 0.2, 0.3], 3)).toBe(reference)
    const [report] = tier.reports().filter(({ name, runs }) => name === "d" && runs > 0)
    expect(report?.compiled).toBe(true)
  },
)

test("a direction of another length is a fault of tier 0", () => {
  const { disagreements, notes, evaluated } = compare(
    "let inputs = ([0.1, 0.2], 3)\nfn exact(v, n) = jvp(v => sum(sin(v)), v, ones(n))",
  )!
  expect({ disagreements, notes, evaluated }).toEqual({ disagreements: [], notes: [], evaluated: 0 })
})

test("the curvature of logsumexp where it is nearly straight", () => {
  // s(1 - s) where s is 1 up to 1e-5, and the third derivative s(1 - s)(1 - 2s).
  const source = "fn f(u) = logsumexp([u, 1])\nfn d2(u) = jvp(grad(f), u, 1)[1]\nfn d3(u) = grad(grad(grad(f)))(u)"
  const engine = createEngine({ tier: 0 })
  const tier = new Tier(engine.runtime.library)
  engine.runtime.compiled = tier
  const program = engine.load(source)
  const small = 1 / (1 + Math.exp(11))
  const curvature = small * (1 - small)
  for (let k = 0; k < 3; k++) {
    expect(Math.abs((program.fn("d2")(12) as number) / curvature - 1)).toBeLessThan(1e-15)
    expect(Math.abs((program.fn("d3")(12) as number) / (curvature * (2 * small - 1)) - 1)).toBeLessThan(1e-15)
  }
  expect(tier.reports().some(({ name, compiled, runs }) => name === "d2" && compiled && runs > 0)).toBe(true)
})

test("an inner product whose factors are perturbed together below a gradient of one", () => {
  const points = Array.from({ length: 20 }, (_, k) => k / 10)
  const { disagreements, notes } = compare(`let inputs = ${JSON.stringify(points)}
fn h(x) { let (y, pull) = vjp(z => dot([x, z], full(2, sum(full(3, x)))), 1)
 y }
fn exact(points) = [jvp(h, x, 1.997)[1] for x in points]
fn twice(x) = jvp(y => jvp(z => dot([z, x, y], [y * 0.3, y, y * y]), x, 1.3)[1], x, 0.7)[1]
fn exact2(points) = [twice(x) for x in points]`)!
  expect({ disagreements, notes }).toEqual({ disagreements: [], notes: [] })
})

test.each([
  [
    "diff",
    "fn exact(x) { var v = [x for i in 0..2, j in 0..2]\n if 0 == 0 { if x <= 2 { return diff(y => v[1, 0] * y * y)(x) } } else { v[1] += x }\n x }",
  ],
  ["grad", "fn exact(x) { if 0 == 0 { if x < 2 { let k = exp(x)\n return grad(t => t * k * t)(x) } }\n x }"],
  [
    "one of two",
    "fn exact(x) { let g = if x < 2 { let k = sin(x * 2)\n diff(t => t * k * t) } else { let m = cos(x * 3)\n diff(t => t * m) }\n g(x) }",
  ],
  [
    "pullback",
    "fn exact(x) { var p = u => u\n if x < 2 { let (y, pull) = vjp(t => t * sin(x * 5) * t, x)\n p = pull }\n p(2) }",
  ],
])("a derivative that is made in an arm of a choice and called behind it: %s", (_, source) => {
  for (const x of [1.6, 2.5]) {
    const { disagreements, notes, evaluated } = compare(`let inputs = ${String(x)}\n${source}`)!
    expect({ disagreements, notes, evaluated }).toEqual({ disagreements: [], notes: [], evaluated: 1 })
  }
})
