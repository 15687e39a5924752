/**
 * Random programs find wrong compilers: each of these mistakes shows itself within 2,000 programs.
 */

import { afterEach, expect, test } from "vitest"
import { compare, sabotage } from "./differential.ts"
import { randomProgram } from "./differential-generator.ts"
import { mutants } from "./differential-mutants.ts"

afterEach(() => {
  sabotage.spoil = null
})

/** How many programs it takes to find the compiler that is wrong now. */
function programsUntilFound(most: number): number {
  for (let seed = 0; seed < most; seed++) {
    try {
      const comparison = compare(randomProgram(seed))
      if (comparison !== null && comparison.disagreements.length + comparison.notes.length > 0) return seed + 1
    } catch {
      return seed + 1
    }
  }
  return Infinity
}

test("there are twenty of them or more", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(20)
})

test.each(mutants)("$name", ({ spoil }) => {
  sabotage.spoil = spoil
  expect(programsUntilFound(2000)).toBeLessThanOrEqual(2000)
})
