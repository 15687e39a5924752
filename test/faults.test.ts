/**
 * Every fault of the catalogue is brought about, and reads as it should: the texts stand in faults.out, where a person can read them. UPDATE=1 accepts what
 * is shown. A fault that nothing brings about, or that has no text, does not pass.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it, test } from "vitest"
import { deeds, programs, removeFiles, shownBy } from "./faults-programs.ts"

const golden = join(import.meta.dirname, "faults.out")
const catalogue = join(import.meta.dirname, "../lang/report/catalogue")

const codes = [
  ...new Set(
    readdirSync(catalogue).flatMap((file) =>
      [...readFileSync(join(catalogue, file), "utf8").matchAll(/"([EW]\d{4})"/g)].map((found) => found[1]!),
    ),
  ),
].sort()

const shown = new Map<string, string>()
beforeAll(async () => {
  for (const [code, program] of Object.entries(programs)) shown.set(code, shownBy(code, program))
  for (const [code, deed] of Object.entries(deeds)) shown.set(code, await deed())
  if (process.env["UPDATE"] === "1")
    writeFileSync(golden, codes.map((code) => `${shown.get(code) ?? `nothing brings about ${code}`}\n`).join("\n"))
}, 60_000)
afterAll(removeFiles)

it("knows no codes but those of the catalogue", () => {
  expect([...shown.keys()].filter((code) => !codes.includes(code))).toEqual([])
})

test.each(codes)("%s", (code) => {
  const text = shown.get(code)
  expect(text).toMatch(new RegExp(`^(error|warning)\\[${code}\\]: `))
  expect(text).not.toMatch(/\[object |undefined|NaN|\bat .*\.ts:\d|tangent slot|dual|tape|tracer/)
  expect(`\n${readFileSync(golden, "utf8")}`).toContain(`\n${text!}\n`)
})

/** What is written first by those who come from other languages, and the hint that leads on. */
test.each([
  ["E0201", "derivative(sin)(1)", "here it is called `diff`"],
  ["E0201", "slope = sin'(1)", "a new name is bound by `let slope = …`"],
  ["E0201", "var total = 1\ntotl = 2", "did you mean `total`?"],
  ["E0212", "let f(x) = 2", "a function is defined by `fn f(…) = …`"],
  ["E0301", "jvp(sin, 1)", "its parameters: `fn jvp(f, x, v)`"],
  ["E0120", "let a, b = (1, 2)", "several names at once are bound by a pattern: `let (a, b) = …`"],
  ["E0121", "var i = 1\ni--", "counted down by `x -= 1`"],
  ["E0121", "var i = 1\nif true { i++ }", "counted up by `x += 1`"],
  ["E0307", "var i = 1\ni++\ni", "a variable is counted up by `x += 1`"],
  ["E0216", 'import { minimize } from "std/optimize"', "did you mean `std/optim`?"],
  ["E0303", "grad(x => x^2, argnums: 0)(3)", "picked by `wrt`, as in `grad(f, wrt: 0)`"],
  ["E0303", "grad(x => (x^2, x), has_aux: true)(3)", "let through by `aux: true`"],
  ["E0306", "let x = 3\nwhile x { x }", "compare it: `x != 0`"],
  ["E0320", "let (a, b) = [1, 2]", "a tuple is taken apart by `(…)`, a list or an array by `[…]`"],
  ["E0320", "let [a, b] = (1, 2)", "a list or an array is taken apart by `[…]`, a tuple by `(…)`"],
  ["E0316", "[1, 2].length", "functions stand before what they take: `len(a)`"],
])("%s has a hint for %s", (code, program, hint) => {
  expect(shownBy(code, program)).toContain(hint)
})
