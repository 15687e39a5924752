/**
 * 03-primitives and 03-conventions: value, gradient and second derivatives of primitives at ordinary, edge, singular
 * and tie points, in every mode. In 03-conventions the language's rules decide (cases/decisions.ts).
 */
import { describe, expect, test } from "vitest"
import { differences, type Tolerance } from "./cases/compare.ts"
import { conventionDecisions } from "./cases/decisions.ts"
import { modes, operators } from "./cases/modes.ts"
import { literal, programs, suite, text, type Case } from "./cases/programs.ts"
import { evaluate } from "./cases/run.ts"

const all = programs("primitives.adl").programs

/** The parts a row asks for, as an ADL record. */
function parts(entry: Case, wanted: Record<string, unknown>): string {
  const args = (entry.args ?? []).map(literal)
  const at = args.join(", ")
  const scalar = typeof entry.args?.[0] === "number" || typeof entry.args?.[0] === "string"
  const computed: Record<string, string> = {
    value: `f(${at})`,
    grad: scalar && args.length === 1 ? `[D1(f)(${at})]` : `G1(f)(${at})`,
    grad2: `D1(D2(f))(${at})`,
    hessian: `H1(f)(${at})`,
  }
  return `{ ${Object.keys(wanted).map((name) => `${name}: ${computed[name]}`)} }\n`
}

/** First derivatives by the row's tolerance, second ones by ten times that of first ones, as the file says. */
function tolerance(name: string, tol: Tolerance): Tolerance {
  return name === "grad2" || name === "hessian" ? { ...tol, rel: Math.max(tol.rel ?? 0, 1e-12) } : tol
}

function check(entry: Case, mode: (typeof modes)[number], body: string, wanted: unknown, tol: Tolerance) {
  const weights = entry.weights === undefined ? "" : `let weights = ${literal(entry.weights)}\n`
  const source = `${operators(mode)}${weights}let f = ${body.trim()}\n`
  if (wanted === "error") {
    const attempted = `match attempt(() => f(${(entry.args ?? []).map(literal)})) { Done(_) => "value", Failed(_) => "error" }\n`
    expect(evaluate(source + attempted)).toBe("error")
    return
  }
  const record = wanted as Record<string, unknown>
  const actual = evaluate(source + parts(entry, record)) as Record<string, unknown>
  const found = Object.keys(record).flatMap((name) =>
    differences(actual[name], record[name], tolerance(name, tol), name),
  )
  expect(found.join("\n")).toBe("")
}

const primitives = suite("03-primitives")
const conventions = suite("03-conventions")

/** What a row of 03-conventions must give: the decision, else the truth, else the suggestion. */
function decided({ id, truth, suggested }: Case): unknown {
  const decision = conventionDecisions[id]?.expect
  return decision ?? { ...(suggested as object | undefined), ...(truth as object | undefined) }
}

test("every row has its function", () => {
  const names = new Set(all.map(({ name }) => name))
  for (const { fn } of [...primitives.cases, ...conventions.cases]) expect(names).toContain(fn)
})

test("every decision is in decisions.md", () => {
  const page = text("decisions.md").replaceAll("\\|", "|")
  for (const id of Object.keys(conventionDecisions)) expect(page).toContain(`\`${id}\``)
})

for (const mode of modes) {
  describe(`03-primitives, ${mode}`, () => {
    for (const entry of primitives.cases) {
      for (const { variant, body } of all.filter(({ name }) => name === entry.fn)) {
        test(variant === "" ? entry.id : `${entry.id}#${variant}`, () => {
          check(entry, mode, body, entry.expect, entry.tol ?? primitives.tolerance_default ?? {})
        })
      }
    }
  })
  describe(`03-conventions, ${mode}`, () => {
    for (const entry of conventions.cases) {
      for (const { variant, body } of all.filter(({ name }) => name === entry.fn)) {
        test(variant === "" ? entry.id : `${entry.id}#${variant}`, () => {
          check(entry, mode, body, decided(entry), { rel: 1e-13 })
        })
      }
    }
  })
}
