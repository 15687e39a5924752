/** An engine of `adl-lang` before what is loaded apart has come: it says what it lacks, gives no other results, and goes on when all is there. */

import { beforeEach, expect, it, vi } from "vitest"
import { simd } from "../interpreter/kernels/wasm/load.ts"
import type { AdlError, createEngine as Make } from "../engine/index.ts"

let createEngine: typeof Make

beforeEach(async () => {
  // modules anew, as in a process that has just begun
  vi.resetModules()
  ;({ createEngine } = await import("../engine/index.ts"))
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

it("computes the same bits before and after", async () => {
  const program = `let x = linspace(-3, 3, 4000)
let a = reshape(sin(x), [40, 100])
[sum(exp(x)), dot(x, tanh(x)), sum(a @ transpose(a)), grad(v => sum(log1p(v * v)))(x)[17], logdet(a @ transpose(a) + eye(40))]`
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
