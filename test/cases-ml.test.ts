/**
 * 08-ml: hypergradients, nested objectives, sequence models, fixed points, Monte Carlo and ODE sensitivities, in every
 * mode and with modes mixed inside.
 */
import { describe, expect, test } from "vitest"
import { differences } from "./cases/compare.ts"
import { mlDecisions } from "./cases/decisions.ts"
import { modes, operators } from "./cases/modes.ts"
import { bindings, programs, suite } from "./cases/programs.ts"
import { evaluate } from "./cases/run.ts"

const file = suite("08-ml")
const cases = new Map(file.cases.map((entry) => [entry.id, entry]))
const all = programs("ml.adl").programs
const extrapolated = all.find(({ name }) => name === "extrapolated")?.body ?? ""

test("every case of 08-ml has a program", () => {
  const names = new Set(all.map(({ name }) => name))
  for (const id of cases.keys()) expect(names).toContain(id)
})

/** What each part of the expected record is in terms of the program's f at x. */
const computed: Record<string, string> = {
  value: "f(x)",
  gradient: "G1(f)(x)",
  hessian: "H1(f)(x)",
  state: "f(x)",
  jacobian: "J1(f)(x)",
}

for (const mode of modes) {
  describe(`08-ml, ${mode}`, () => {
    for (const { name, variant, body } of all) {
      const entry = cases.get(name)
      if (entry === undefined) continue
      test(variant === "" ? name : `${name}#${variant}`, { timeout: 60_000 }, () => {
        const wanted = Object.entries(entry.expect as Record<string, unknown>).map(
          ([key, value]) => [key.split(" ")[0] ?? key, value] as const,
        )
        const record = `{ ${wanted.map(([key]) => `${key}: ${computed[key]}`).join(", ")} }\n`
        const helpers = body.includes("extrapolated(") ? extrapolated : ""
        const actual = evaluate(operators(mode) + bindings(entry.inputs ?? {}) + helpers + body + record)
        const tol = mlDecisions[name]?.tol ?? entry.tol ?? file.tolerance_default ?? {}
        expect(differences(actual, Object.fromEntries(wanted), tol).join("\n")).toBe("")
      })
    }
  })
}
