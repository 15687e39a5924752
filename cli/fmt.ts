/**
 * `adl fmt`: one layout for every program.
 * Rewrites the files whose layout differs; with `--check` it only names them and gives status 1; `-` formats standard input to standard output.
 * It must not know what the layout is.
 */

import { writeFileSync } from "node:fs"
import { faultOf } from "../lang/report/fault.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { format } from "../lang/format.ts"
import { AdlError } from "../engine/error.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { write as writeOut, writeLine } from "./output.ts"
import { report } from "./report.ts"
import { readProgram } from "./text.ts"

export function fmt({ positionals, flags }: Invocation): number {
  const check = flags["check"] === true
  if (positionals.length === 0) throw new UsageError("fmt needs a file", "fmt")
  let status = 0
  for (const path of positionals) {
    try {
      const source = readProgram(path)
      const { text, faults: found } = format(source)
      if (found.length > 0) throw new AdlError(found)
      if (path === "-" && !check) writeOut(text)
      else if (text !== source.text) {
        if (check) status = 1
        else write(path, text)
        writeLine(path)
      }
    } catch (error) {
      if (!(error instanceof AdlError)) throw error
      report(error, false)
      status = 1
    }
  }
  return status
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new AdlError([faultOf(apartFaults.cannotWrite(path, error instanceof Error ? error.message : String(error)))])
  }
}
