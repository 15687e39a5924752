/**
 * What a script finds besides the language and files: standard input.
 * It must not know what the program does with it.
 */

import { readFileSync } from "node:fs"
import { BuiltinFunction } from "../interpreter/values/values.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { raise } from "../lang/report/fault.ts"

export const readStdin = new BuiltinFunction({
  name: "read_stdin",
  doc: "`read_stdin()`: all of standard input as text.",
  params: [],
  effect: true,
  call: (runtime) => {
    try {
      const text = readFileSync(0, "utf8")
      runtime.charge(text.length * 2)
      return text
    } catch (error) {
      raise(apartFaults.cannotRead("standard input", error instanceof Error ? error.message : String(error)))
    }
  },
})
