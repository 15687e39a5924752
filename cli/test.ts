/**
 * `adl test`: runs the test blocks and the documentation examples of files.
 * Each test stands alone: it sees the module's definitions, and its failure stops no other. It must not know how examples are found.
 */

import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { AdlError } from "../engine/error.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { faultOf } from "../lang/report/fault.ts"
import { hostEngine } from "./host.ts"
import type { Invocation } from "./invocation.ts"
import { writeLine } from "./output.ts"
import { errorJson, renderError } from "./report.ts"
import { readProgram } from "./text.ts"
import { testsOf } from "../engine/blocks.ts"

/** The .adl files of a folder and those below it, in order. */
function filesOf(path: string): string[] {
  let folder: boolean
  try {
    folder = statSync(path).isDirectory()
  } catch {
    throw new AdlError([faultOf(apartFaults.cannotRead(path, "there is no such file or folder"))])
  }
  if (!folder) return [path]
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name === "node_modules" || entry.name.startsWith(".")) return []
      const inside = join(path, entry.name)
      if (entry.isDirectory()) return filesOf(inside)
      return entry.name.endsWith(".adl") ? [inside] : []
    })
}

export function test(invocation: Invocation): number {
  const json = invocation.flags["json"] === true
  let passed = 0
  let failed = 0
  const result = (file: string, name: string, error: AdlError | null): void => {
    if (error === null) passed++
    else failed++
    if (json) {
      const outcome = error === null ? {} : errorJson(error.diagnostics[0]!)
      writeLine(JSON.stringify({ test: name, file, ok: error === null, ...outcome }))
    } else if (error === null) writeLine(`ok    ${file}: ${name}`)
    else writeLine(`FAIL  ${file}: ${name}\n${renderError(error)}\n`)
  }
  const paths = invocation.positionals.length === 0 ? ["."] : invocation.positionals
  for (const path of paths) {
    let files: string[]
    try {
      files = filesOf(path)
    } catch (error) {
      if (!(error instanceof AdlError)) throw error
      result(path, "find", error)
      continue
    }
    for (const file of files) {
      const engine = hostEngine(invocation, {
        print: (text) => {
          if (!json) writeLine(text)
        },
      })
      try {
        const { name, text } = readProgram(file)
        for (const { title, run } of testsOf(engine, text, name)) {
          try {
            run()
            result(file, title, null)
          } catch (error) {
            if (!(error instanceof AdlError)) throw error
            result(file, title, error)
          }
        }
      } catch (error) {
        if (!(error instanceof AdlError)) throw error
        result(file, "load", error)
      }
    }
  }
  writeLine(json ? JSON.stringify({ passed, failed }) : `${String(passed)} passed, ${String(failed)} failed`)
  return failed > 0 ? 1 : 0
}
