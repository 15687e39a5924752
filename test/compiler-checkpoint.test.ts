/**
 * `checkpoint` in the compiled tier: the same values as in tier 0 in every word of modes, and as many steps as without it.
 * It must not know how code is made.
 */

import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { Tier } from "../compiler/tier.ts"
import { createEngine } from "../engine/index.ts"
import "./everything.ts"
import { compare } from "./differential.ts"

beforeAll(() => {
  checks.verify = true
})

const functions = `let inputs = (0.7, [0.3, 0.4, 0.5])
fn f(x, a) { var v = x
 for i in 0..5 { v = v * v * 0.5 + x * sin(a[i % 3]) }
 v }
fn g(a) { var b = a
 for i in 0..4 { b = b * b * 0.5 + sin(b) }
 b }
`

describe("checkpoint is compiled", () => {
  test.each([
    ["a gradient", "rough(x, a) = value_and_grad(checkpoint(f))(x, a)"],
    ["the function alone", "exact(x, a) = checkpoint(f)(x, a)"],
    ["a function that gives back what it is given", "rough(x, a) = value_and_grad(checkpoint(x => x))(x)"],
    ["what it captures", "rough(x, a) = grad(x => { let h = checkpoint(y => f(y, a) * x)\n h(x) * h(x * 2) })(x)"],
    ["arrays", "rough(x, a) = grad(a => sum(checkpoint(g)(a) * a))(a)"],
    ["in a loop", "rough(x, a) = grad(a => { var v = a\n for i in 0..5 { v = checkpoint(g)(v * 0.5) }\n sum(v) })(a)"],
    [
      "in a branch",
      "rough(x, a) = grad(x => { var v = x\n for i in 0..5 { if v > 0.5 { v = checkpoint(y => f(y, a))(v) } else { v = v + x } }\n v })(x)",
    ],
    ["one in another", "rough(x, a) = grad(x => checkpoint(y => checkpoint(z => f(z, a))(y * 2) * y)(x))(x)"],
    [
      "structures",
      "rough(x, a) = grad(x => { let r = checkpoint(y => { p: f(y, a), q: (y * y, a) })(x)\n r.p * r.q[0] })(x)",
    ],
    ["forward", "exact(x, a) = jvp(checkpoint(g), a, a)"],
    ["forward over reverse", "rough(x, a) = jvp(grad(checkpoint(f)), (x, a), (1, a))"],
    ["reverse over reverse", "rough(x, a) = grad(x => grad(checkpoint(x => f(x, a)))(x))(x)"],
    ["reverse over forward", "rough(x, a) = grad(x => jvp(checkpoint(x => f(x, a)), x, 1)[1])(x)"],
    ["a Jacobian", "rough(x, a) = jacrev(checkpoint(g))(a)"],
    ["a Hessian", "rough(x, a) = hessian(a => sum(checkpoint(g)(a)))(a)"],
  ])("%s", (_name, asked) => {
    const { disagreements, notes, compiled } = compare(`${functions}fn ${asked}`)!
    expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: 1 })
  })
})

test.each([0, 1] as const)("what is done again takes no steps, tier %i", (kind) => {
  const steps = (wrap: string): number => {
    const engine = createEngine({ tier: 0 })
    if (kind === 1) engine.runtime.compiled = new Tier(engine.runtime.library)
    engine.load(`fn f(x) { var v = x\n for i in 0..50 { v = sin(v) * x }\n v }\nfn g(x) = grad(${wrap})(x)`).fn("g")(
      0.3,
    )
    return engine.runtime.steps
  }
  expect(steps("checkpoint(f)")).toBe(steps("f"))
})

test("it is not stopped by a limit on steps that the run keeps", () => {
  const engine = createEngine({ tier: 0, limits: { steps: 60 } })
  const f = engine.load(
    "fn f(x) { var v = x\n for i in 0..50 { v = sin(v) * x }\n v }\nfn g(x) = grad(checkpoint(f))(x)\nfn h(x) = g(x) + f(x)",
  )
  expect(f.fn("g")(0.3)).toBeTypeOf("number")
  expect(() => f.fn("h")(0.3)).toThrow("60 steps")
})

test("its turns are not kept beyond it", () => {
  const engine = createEngine({ tier: 0 })
  const tier = new Tier(engine.runtime.library)
  engine.runtime.compiled = tier
  const text = `fn part(x) { var v = x\n for i in 0..1000 { v = v * v * 0.5 + 0.3 }\n v }
fn f(x) { var v = x\n for i in 0..100 { v = checkpoint(part)(v) }\n v }
fn g(x) = grad(f)(x)`
  engine.load(text).fn("g")(0.3)
  // Ten thousand bytes a part, of which there are a hundred.
  expect(tier.saved).toBeGreaterThan(0)
  expect(tier.saved).toBeLessThan(40_000)
})
