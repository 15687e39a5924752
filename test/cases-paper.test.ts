/**
 * 01-paper: every numeric example of the survey (Baydin et al. 2018), in forward mode, reverse mode and the mixtures.
 * A variant of a program may give a part of the expected record; what it gives must agree.
 */
import { describe, expect, test } from "vitest"
import { differences, type Tolerance } from "./cases/compare.ts"
import { modes, operators } from "./cases/modes.ts"
import { bindings, programs, suite, type Case } from "./cases/programs.ts"
import { evaluate } from "./cases/run.ts"

const file = suite("01-paper")
const all = programs("paper.adl").programs

/** The columns of Tables 2 and 3 in the order in which the program gives them. */
const columns = ["v-1", "v0", "v1", "v2", "v3", "v4", "v5"]

function expected(entry: Case): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry.expect as Record<string, unknown>).map(([name, field]) => [
      name,
      typeof field === "object" && field !== null && "v0" in field
        ? columns.map((column) => (field as Record<string, unknown>)[column])
        : field,
    ]),
  )
}

/**
 * The expanded polynomial cancels: its terms add up to 64 Σ |cₖ xᵏ|, of which each of the sixteen operations may lose
 * half a unit in the last place, so that this bound replaces the case's tolerance for it.
 */
function tolerance(entry: Case, variant: string): Tolerance {
  if (variant !== "simplified") return entry.tol ?? file.tolerance_default ?? {}
  const x = entry.inputs?.["x"] as number
  const size = [1, 42, 504, 2640, 7040, 9984, 7168, 2048].reduce((sum, c, k) => sum + c * x ** k, 0)
  return { abs: 16 * 64 * size * 2 ** -53 }
}

test("every case of 01-paper has a program", () => {
  for (const { id } of file.cases) expect(all.some(({ name }) => id.split("/")[1] === name)).toBe(true)
})

for (const mode of modes) {
  describe(`01-paper, ${mode}`, () => {
    for (const entry of file.cases) {
      const kind = entry.id.split("/")[1]
      for (const { name, variant, modes: only, body } of all) {
        if (name !== kind || (only.length > 0 && !only.includes(mode))) continue
        test(variant === "" ? entry.id : `${entry.id}#${variant}`, () => {
          const actual = evaluate(operators(mode) + bindings(entry.inputs ?? {}) + body) as Record<string, unknown>
          const wanted = Object.entries(expected(entry)).filter(([key]) => variant === "" || key in actual)
          expect(wanted.length).toBeGreaterThan(0)
          expect(differences(actual, Object.fromEntries(wanted), tolerance(entry, variant)).join("\n")).toBe("")
        })
      }
    }
  })
}
