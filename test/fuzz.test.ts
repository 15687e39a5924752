/** No input brings about an exception of JavaScript, a hang or a crash: 2,000 new inputs, and every input that once did. `node test/fuzz-run.ts` runs more. */

import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { expect, it, test } from "vitest"
import { fuzz, tried } from "./fuzz.ts"

const corpus = join(import.meta.dirname, "fuzz")

it("2,000 inputs", () => {
  const problems: string[] = []
  const { evaluated, derived } = fuzz(0, 2000, (seed, kind, text, problem) => {
    problems.push(`seed ${String(seed)} (${kind}): ${problem}\n${text}`)
  })
  console.log(`${(100 * evaluated).toFixed(0)} % reach evaluation, ${(100 * derived).toFixed(0)} % a derivative`)
  expect(problems).toEqual([])
  expect(evaluated).toBeGreaterThan(0.3)
  expect(derived).toBeGreaterThan(0.1)
})

test.each(readdirSync(corpus).filter((file) => file.endsWith(".adl")))("what once failed: %s", (file) => {
  expect(tried(readFileSync(join(corpus, file), "utf8")).problem).toBeNull()
})
