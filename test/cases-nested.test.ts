/**
 * 02-nested: perturbation confusion and its kin, every program in forward mode, reverse mode and the mixtures. The
 * expected values are the case file's, or the decision where the file leaves it open.
 */
import { describe, expect, test } from "vitest"
import { differences } from "./cases/compare.ts"
import { nestedDecisions } from "./cases/decisions.ts"
import { modes, operators } from "./cases/modes.ts"
import { programs, suite } from "./cases/programs.ts"
import { evaluate } from "./cases/run.ts"

const file = suite("02-nested")
const cases = new Map(file.cases.map((entry) => [entry.id, entry]))
const all = programs("nested.adl").programs

test("every case of 02-nested has a program, and every program a case", () => {
  expect(new Set(all.map((program) => program.name))).toEqual(new Set(cases.keys()))
})

for (const mode of modes) {
  describe(`02-nested, ${mode}`, () => {
    for (const { name, variant, modes: only, body } of all) {
      if (only.length > 0 && !only.includes(mode)) continue
      const id = variant === "" ? name : `${name}#${variant}`
      test(id, { timeout: 30_000 }, () => {
        const entry = cases.get(name)
        const decision = nestedDecisions[id]
        const tolerance = decision?.tol ?? entry?.tol ?? file.tolerance_default ?? {}
        expect(
          differences(evaluate(operators(mode) + body), decision?.expect ?? entry?.expect, tolerance).join("\n"),
        ).toBe("")
      })
    }
  })
}
