/**
 * 06-mgh: the least-squares functions of Moré, Garbow and Hillstrom: value, gradient and Hessian at the standard start
 * in every mode, and the minimum that Levenberg-Marquardt (std/optim) reaches from there.
 */
import { describe, expect, test } from "vitest"
import { differences, type Tolerance } from "./cases/compare.ts"
import { modes, operators } from "./cases/modes.ts"
import { literal, programs, suite, type Case } from "./cases/programs.ts"
import { evaluate } from "./cases/run.ts"

interface Minimisation extends Case {
  readonly start: number[]
  readonly data?: unknown
  readonly at_start: { value: number; grad: number[]; hessian: number[][] }
  readonly found_min: { f: number }
}

const file = suite("06-mgh")
const cases = file.cases as Minimisation[]
const solver = 'import { levenberg_marquardt } from "std/optim"\n'
const all = new Map(programs("mgh.adl").programs.map(({ name, body }) => [name, body]))

test("every case of 06-mgh has its function", () => {
  expect([...all.keys()]).toEqual(cases.map(({ id }) => id))
})

function problem({ id, data, start }: Minimisation): string {
  const given = data === undefined ? "" : `let data = ${literal(numbers(data))}\n`
  return `${given}let residuals = ${all.get(id)?.trim()}\nlet f = x => squared_norm(residuals(x))\nlet start = ${literal(start)}\n`
}

/** The data of these cases are printed numbers, kept as strings. */
function numbers(data: unknown): unknown {
  if (typeof data === "string") return Number(data)
  if (Array.isArray(data)) return data.map(numbers)
  if (data === null || typeof data !== "object") return data
  return Object.fromEntries(Object.entries(data).map(([name, field]) => [name, numbers(field)]))
}

/**
 * Entries that are zero in truth, where the oracle's differences left 1e-59 and ours the rounding of a sum of terms
 * as large as the other entries: they may be off by a few units of the largest.
 */
function differencesAround(actual: unknown, expected: number[][], tol: Tolerance, path: string): string[] {
  const largest = Math.max(...expected.flat().map(Math.abs))
  const cleaned = expected.map((row) => row.map((entry) => (Math.abs(entry) < 1e-20 * largest ? 0 : entry)))
  return differences(actual, cleaned, { ...tol, abs: 16 * largest * 2 ** -53 }, path)
}

describe.each(cases)("$id", (entry) => {
  const tol = entry.tol ?? file.tolerance_default ?? {}
  for (const mode of modes) {
    test(`at the start, ${mode}`, () => {
      const program = "{ value: f(start), grad: G1(f)(start), hessian: H1(f)(start) }\n"
      const actual = evaluate(operators(mode) + problem(entry) + program) as Record<string, unknown>
      const { value, grad, hessian } = entry.at_start
      expect(differences(actual["value"], value, tol).join("\n")).toBe("")
      expect(differencesAround([actual["grad"]], [grad], tol, "gradient").join("\n")).toBe("")
      expect(differencesAround(actual["hessian"], hessian, tol, "hessian").join("\n")).toBe("")
    })
  }
  test("minimum", { timeout: 60_000 }, () => {
    const program = "levenberg_marquardt(residuals, start, reach: 1)\n"
    const found = evaluate(solver + problem(entry) + program) as { value: number }
    expect(differences(found.value, entry.found_min.f, { rel: 1e-9, abs: 1e-20 }).join("\n")).toBe("")
  })
})
