/** An engine of `adl-lang` before what is loaded apart has come: it says what it lacks, gives no other results, and goes on when all is there. */

import { beforeEach, expect, it, vi } from "vitest"
import { allKnown } from "../bin/special.ts"
import { knownFrom } from "../engine/special.ts"
import { furtherNames, specialNames } from "../engine/special-names.ts"
import { furtherBuiltins } from "../interpreter/builtins/further.ts"
import { specialBuiltins } from "../interpreter/builtins/special.ts"
import { simd } from "../interpreter/kernels/wasm/load.ts"
import type { AdlError, createEngine as Make } from "../engine/page.ts"

let createEngine: typeof Make

beforeEach(async () => {
  // modules anew, as in a process that has just begun
  vi.resetModules()
  ;({ createEngine } = await import("../engine/page.ts"))
})

const quadrature = 'import "std/quad" as quad\nquad.integrate(x => x^2, 0, 3)'

it("says what a program asks for too early, and where", async () => {
  const engine = createEngine()
  expect([engine.complete, engine.compiles]).toEqual([false, false])
  let error: AdlError | undefined
  try {
    engine.evaluate(`let a = 1\n${quadrature}`)
  } catch (thrown) {
    error = thrown as AdlError
  }
  expect(error?.diagnostics[0]).toMatchObject({
    code: "E0717",
    message: "`std/quad` is not loaded yet",
    span: { line: 2, column: 8 },
  })
  expect(error?.diagnostics[0]?.hint).toContain("await engine.ready")
  await engine.ready
  expect([engine.complete, engine.compiles]).toEqual([true, true])
  expect(engine.evaluate(quadrature).toJS()).toBeCloseTo(9, 12)
})

it("engine/special-names.ts is up to date: `npm run special`", () => {
  expect(furtherNames).toEqual(allKnown(furtherBuiltins))
  expect(specialNames).toEqual(allKnown(specialBuiltins))
})

it("says of every built-in that is loaded apart that it is not there, and has it later", async () => {
  const engine = createEngine({ tier: 0 })
  for (const { name, params } of [...furtherNames, ...specialNames].map(knownFrom)) {
    const args = params.filter((param) => !/[?.]$/.test(param)).map((_, i) => String(i + 1))
    let codes: unknown = "none"
    try {
      engine.evaluate(`${name}(${args.join(", ")})`)
    } catch (error) {
      codes = (error as AdlError).diagnostics.map(({ code, message }) => [code, message])
    }
    expect([name, codes]).toEqual([name, [["E0717", `\`${name}\` is not loaded yet`]]])
  }
  const module = engine.load(`fn f(x) = gamma(x) + lgamma(x)
fn g(xs) = map(xs, erf)
fn h(a) { let (_, s, _) = svd(a)\n s }
fn draw(n) = function_plot(f, 1, n)
fn careful() = attempt(() => gamma(3))`)
  expect(() => module.fn("f")(3)).toThrow("not loaded yet")
  expect(() => module.fn("draw")(2)).toThrow("not loaded yet")
  expect(() => module.fn("careful")()).toThrow("not loaded yet")
  await engine.ready
  const { createEngine: whole } = await import("../engine/full.ts")
  const there = whole({ tier: 0 }).load(
    "fn f(x) = gamma(x) + lgamma(x)\nfn g(xs) = map(xs, erf)\nfn h(a) { let (_, s, _) = svd(a)\n s }",
  )
  expect(module.fn("f").grad()(3)).toEqual(there.fn("f").grad()(3))
  expect(module.fn("g")([0.5, 1])).toEqual(there.fn("g")([0.5, 1]))
  expect(String(module.fn("careful")())).not.toContain("Failed")
  expect(module.fn("draw")(2)).toMatchObject({ $variant: "Plot" })
  const rows = { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }
  expect(module.fn("h")(rows)).toEqual(there.fn("h")(rows))
  const elsewhere = whole({ tier: 0 })
  const gamma = elsewhere.deserialize(engine.serialize(engine.evaluate("gamma")))
  expect(elsewhere.evaluate("f(5)", { scope: { f: gamma } }).toJS()).toBe(24)
})

it("writes and reads plain data once all is there", async () => {
  const engine = createEngine({ tier: 0 })
  const { createEngine: whole } = await import("../engine/full.ts")
  const data = whole({ tier: 0 }).serialize([1, 2])
  expect(() => engine.serialize([1, 2])).toThrow("`serialize` is not loaded yet")
  expect(() => engine.session().snapshot()).toThrow("`snapshot` is not loaded yet")
  expect(() => engine.deserialize(data)).toThrow("`deserialize` is not loaded yet")
  expect(() => engine.restore(data)).toThrow("`restore` is not loaded yet")
  await engine.ready
  expect(engine.deserialize(data).toString()).toBe("[1, 2]")
  expect(engine.deserialize(engine.serialize([1, 2])).toString()).toBe("[1, 2]")
})

it("takes derivatives of host functions once they are checked, and none that is wrong", async () => {
  const good = createEngine({ host: { twice: { call: (x: number) => 2 * x, rule: "x => 2" } } })
  const bad = createEngine({ host: { twice: { call: (x: number) => 2 * x, jvp: (_x: number, dx: number) => 3 * dx } } })
  for (const engine of [good, bad]) {
    expect(engine.evaluate("twice(4)").toJS()).toBe(8)
    expect(() => engine.evaluate("twice'(4)")).toThrow("`twice'` is not loaded yet")
  }
  await good.ready
  expect(good.evaluate("twice'(4)").toJS()).toBe(2)
  await expect(bad.ready).rejects.toThrow("twice")
  expect(bad.evaluate("twice(4)").toJS()).toBe(8)
  expect(() => bad.evaluate("twice'(4)")).toThrow()
  expect(() => createEngine({ host: { twice: { call: (x: number) => 2 * x, rule: "x => 3" } } })).toThrow("twice")
})

it("lets operators that come later be prepared later", async () => {
  const engine = createEngine({ tier: 0 })
  const f = engine.load("fn f(x) = x^3").fn<[number], number>("f")
  expect([f.grad()(2), f.jvp()(2, 1)]).toEqual([12, { value: 8, tangent: 12 }])
  for (const operator of ["jacobian", "hessian"] as const)
    expect(() => f[operator]()(2)).toThrow(`\`${operator}\` is not loaded yet`)
  expect(() => f.hvp()(2, 1)).toThrow("`hvp` is not loaded yet")
  await engine.ready
  expect([f.jacobian()(2), f.hessian()(2), f.hvp()(2, 1)]).toEqual([12, 12, 12])
})

it("names a fault, its place and what to do before, and draws the place after", async () => {
  const engine = createEngine({ tier: 0 })
  const rendered = (): string => {
    try {
      return engine.evaluate("let a = 1\nsum(b)", { name: "p.adl" }).toString()
    } catch (error) {
      return (error as AdlError).render()
    }
  }
  const before = rendered()
  expect(before).toMatch(/^error\[E0201\]: .*\n --> p\.adl:2:5(\n = hint: .*)?$/)
  await engine.ready
  expect(rendered()).toContain("2 | sum(b)")
  expect(rendered().split("\n")[0]).toBe(before.split("\n")[0])
})

it("says of a recursion that is too deep for now that it has to wait", async () => {
  const engine = createEngine({ tier: 0 })
  const sum = engine.load("fn sum_to(n) = if n == 0 { 0 } else { n + sum_to(n - 1) }").fn<[number], number>("sum_to")
  expect(sum(100)).toBe(5050)
  expect(() => sum(5000)).toThrow("`deep recursion` is not loaded yet")
  await engine.ready
  expect(sum(5000)).toBe(12502500)
})

it("computes the same bits before and after", async () => {
  const program = `let x = linspace(-3, 3, 4000)
let a = reshape(sin(x), [40, 100])
[sum(exp(x)), dot(x, tanh(x)), sum(a @ transpose(a)), grad(v => sum(log1p(v * v)))(x)[17]]`
  const before = createEngine().evaluate(program).toString()
  const engine = createEngine({ tier: 0 })
  await engine.ready
  const load = await import("../interpreter/kernels/wasm/load.ts")
  expect(load.simd).not.toBe(simd)
  expect(load.simd()).not.toBeNull()
  expect(engine.evaluate(program).toString()).toBe(before)
})

it("has everything at once for the engines made after the first was ready, and in adl-lang/full", async () => {
  await createEngine({ tier: 0 }).ready
  expect(createEngine().evaluate(quadrature).toJS()).toBeCloseTo(9, 12)
  vi.resetModules()
  const full = await import("../engine/full.ts")
  const engine = full.createEngine()
  expect([engine.complete, engine.compiles]).toEqual([true, true])
  expect(engine.evaluate(quadrature).toJS()).toBeCloseTo(9, 12)
})
