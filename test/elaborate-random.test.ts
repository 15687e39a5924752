/**
 * Random programs, run from Core and by the reference interpreter: they print the same in the same order, and their Core is what it promises.
 */

import { describe, expect, test } from "vitest"
import { createEngine } from "../engine/index.ts"
import { wholeLibrary } from "../engine/builtins.ts"
import { elaborate } from "../lang/elaborate.ts"
import { parse } from "../lang/parse.ts"
import { randomProgram } from "./random-program.ts"
import { interpret, TooLong, type Plain } from "./reference.ts"
import { verifyModule } from "./verify-core.ts"

const library = wholeLibrary()
const callsBack = (name: string): boolean => {
  const binding = library.lookup(name)
  return binding?.kind === "builtin" && binding.callsBack
}

/** What a program prints, then what it shows. */
function run(text: string): { printed: Plain[]; shown: Plain[] } {
  const printed: Plain[] = []
  const shown: Plain[] = []
  const engine = createEngine({ tier: 0, print: (line) => printed.push(Number(line)) })
  engine.run(text, { onValue: (value) => shown.push(value.toJS() as Plain) })
  return { printed, shown }
}

/** Without the sign of zero, which printing shows and the reference does not. */
function unsigned(values: readonly Plain[]): Plain[] {
  return values.map((value) => (value === 0 ? 0 : value))
}

const groups = 8
const each = 50

describe("random programs", () => {
  test.each(Array.from({ length: groups }, (_, i) => i))("group %i agrees with the reference", (group) => {
    for (let seed = group * each; seed < (group + 1) * each; seed++) {
      const text = randomProgram(seed)
      const { program, faults } = parse({ name: "random", text })
      expect(faults, text).toEqual([])
      let expected: { printed: Plain[]; shown: Plain[] }
      try {
        expected = interpret(program)
      } catch (error) {
        if (error instanceof TooLong) continue
        throw error
      }
      const elaborated = elaborate(program, {
        scope: library,
        moduleName: "random",
        session: false,
        resolveImport: () => {
          throw new Error("no imports")
        },
      })
      expect(
        elaborated.faults.filter((fault) => fault.severity === "error"),
        text,
      ).toEqual([])
      expect(verifyModule(elaborated.module, callsBack), text).toEqual([])
      const actual = run(text)
      expect(unsigned(actual.printed), text).toEqual(unsigned(expected.printed))
      expect(unsigned(actual.shown), text).toEqual(unsigned(expected.shown))
    }
  })
})
