/**
 * 05-nist: nonlinear regression of the NIST Statistical Reference Datasets, with the models of
 * examples/nist and the Levenberg-Marquardt of std/optim. Both starting points must reach ten certified digits.
 */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { differences } from "./cases/compare.ts"
import { modes, operators } from "./cases/modes.ts"
import { literal, suite, text, type Case } from "./cases/programs.ts"
import { evaluate } from "./cases/run.ts"

interface Regression extends Case {
  readonly name: string
  readonly start1: number[]
  readonly start2: number[]
  readonly certified: { params: string[]; rss: string }
  readonly refined: { params: number[]; rss: number }
  readonly at_start1: { rss: number; grad_rss: number[] }
  readonly at_start2: { rss: number; grad_rss: number[] }
  readonly data: { x: number[]; y: number[] }
}

const cases = suite("05-nist").cases as Regression[]
const solver = 'import { levenberg_marquardt } from "std/optim"\n'
const models = text("../../examples/nist/models.adl")
const starts = ["start1", "start2"] as const

function problem({ name, data }: Regression): string {
  return `${models}let (x, y) = (${literal(data.x)}, ${literal(data.y)})\nlet residuals = p => y - sets.${name}.model(p, x)\n`
}

describe.each(cases)("$id", (entry) => {
  for (const start of starts) {
    for (const mode of modes) {
      test(`${start}: sum of squares and gradient, ${mode}`, () => {
        const program = `let f = p => squared_norm(residuals(p))\nlet p = ${literal(entry[start])}\n{ rss: f(p), grad_rss: G1(f)(p) }\n`
        const actual = evaluate(operators(mode) + problem(entry) + program)
        expect(differences(actual, entry[`at_${start}`], { rel: 1e-10 }).join("\n")).toBe("")
      })
    }
    test(`${start}: fitted to the certified digits`, { timeout: 60_000 }, () => {
      const program = `levenberg_marquardt(residuals, ${literal(entry[start])})\n`
      const fit = evaluate(solver + problem(entry) + program) as { x: number[]; value: number }
      const certified = entry.certified.params.map(Number)
      expect(differences(fit.x, certified, { rel: 1e-10 }).join("\n")).toBe("")
      expect(differences(fit.x, entry.refined.params, { rel: 1e-10 }).join("\n")).toBe("")
      // the certified sum of Lanczos1, whose data are exact, is nothing but rounding
      if (entry.name === "Lanczos1") expect(fit.value).toBeLessThan(2e-25)
      else expect(differences(fit.value, Number(entry.certified.rss), { rel: 1e-10 }).join("\n")).toBe("")
    })
  }
})

test("examples/nist/fit.adl reads the CSV files and fits all sets from both starts", { timeout: 120_000 }, () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url))
  const args = ["bin/adl.cjs", "examples/nist/fit.adl", "--", "all"]
  const lines = execFileSync(process.execPath, args, { cwd, encoding: "utf8" }).split("\n")
  const fitted = lines.filter((line) => /^ {2}b\d/.test(line)).map((line) => Number(line.split(/\s+/).at(-1)))
  expect(lines.filter((line) => line.startsWith("  start"))).toHaveLength(2 * cases.length)
  expect(fitted).toHaveLength(2 * cases.reduce((sum, { certified }) => sum + certified.params.length, 0))
  expect(Math.min(...fitted)).toBeGreaterThan(9.9)
})
