/**
 * Errors of the engine itself in compiled code: the call is made again in tier 0, with the same value, output and steps, and said under `--verbose`.
 * Code that was made well is spoilt by hand. It must not know where such errors come from.
 */

import { expect, test } from "vitest"
import { createEngine, type AdlModule, type Engine } from "../engine/index.ts"
import type { Closure } from "../interpreter/values/values.ts"
import { Tier } from "../compiler/tier.ts"

const source = "fn f(x) { var s = x\n for i in 0..100 { s = sin(s) + x }\n s }"

function engines(): { plain: Engine; compiled: Engine; tier: Tier; notes: string[] } {
  const [plain, compiled] = [createEngine({ tier: 0 }), createEngine({ tier: 0 })]
  const notes: string[] = []
  const tier = new Tier(compiled.runtime.library, { note: (text) => notes.push(text) })
  compiled.runtime.compiled = tier
  return { plain, compiled, tier, notes }
}

/** Makes all code of `f` end in an exception, after it has counted some steps. */
function spoil(engine: Engine, tier: Tier, module: AdlModule, error: unknown): void {
  const made = tier.compiledOf((module.value("f").value as Closure).code.code)
  expect(made).toHaveLength(1)
  for (const { entry } of made) {
    Reflect.set(Reflect.get(entry, "code") as object, "run", () => {
      engine.runtime.took(7)
      throw error
    })
  }
}

const asked: readonly { readonly name: string; readonly ask: (module: AdlModule) => (x: number) => unknown }[] = [
  { name: "a call", ask: (module) => module.fn("f") },
  { name: "a gradient", ask: (module) => module.fn("f").grad() as (x: number) => unknown },
  { name: "a value with its gradient", ask: (module) => module.fn("f").valueAndGrad() },
]

test.each(asked)("$name is made again", ({ ask }) => {
  const { plain, compiled, tier, notes } = engines()
  const module = compiled.load(source)
  const [reference, found] = [ask(plain.load(source)), ask(module)]
  found(0.3)
  spoil(compiled, tier, module, new TypeError("no such variable"))
  expect(found(0.7)).toEqual(reference(0.7))
  expect(compiled.runtime.steps).toBe(plain.runtime.steps)
  expect(notes).toEqual([expect.stringMatching(/^`f` stays interpreted: TypeError: no such variable\n/)])
  expect(tier.reports().filter(({ reason }) => reason === "an error in its code")).toHaveLength(1)
  expect(found(0.7)).toEqual(reference(0.7))
  expect(notes).toHaveLength(1)
})

test.each([new RangeError("Maximum call stack size exceeded"), new RangeError("Array buffer allocation failed")])(
  "the end of the host's means is no error: $message",
  (error) => {
    const { plain, compiled, tier, notes } = engines()
    const module = compiled.load(source)
    const found = module.fn("f")
    found(0.3)
    spoil(compiled, tier, module, error)
    expect(found(0.7)).toBe(plain.load(source).fn("f")(0.7))
    expect(compiled.runtime.steps).toBe(plain.runtime.steps)
    expect(notes).toEqual([])
  },
)

test("a loop is gone on with", () => {
  const { plain, compiled, tier, notes } = engines()
  const program = `${source}\nvar t = 0\nfor k in 0..5 {\n  t += f(k)\n  print("{k}")\n}\nt`
  const call = Reflect.get(tier, "enter") as (...given: unknown[]) => unknown
  let runs = 0
  Reflect.set(tier, "enter", (...given: unknown[]) => {
    if (++runs === 3) throw new TypeError("no such variable")
    return call.apply(tier, given)
  })
  expect(compiled.evaluate(program).toJS()).toBe(plain.evaluate(program).toJS())
  expect(notes).toHaveLength(1)
})
