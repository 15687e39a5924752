/**
 * Reading programs from files and from standard input.
 * What goes wrong is an `AdlError` that names the file as the user did. It must not know what becomes of the text.
 */

import { readFileSync } from "node:fs"
import { AdlError } from "../engine/error.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { faultOf } from "../lang/report/fault.ts"

/** A program's text and what it is called. */
export interface Text {
  readonly name: string
  readonly text: string
}

/** Reads a program from a file; the failure is an `AdlError`. */
export function readProgram(path: string): Text {
  try {
    const bytes = readFileSync(path === "-" ? 0 : path)
    return { name: path === "-" ? "<stdin>" : path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) }
  } catch (error) {
    if (error instanceof TypeError) throw new AdlError([faultOf(apartFaults.notText(path))])
    const code = (error as { code?: string }).code
    const reason =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : error instanceof Error
            ? error.message
            : String(error)
    throw new AdlError([faultOf(apartFaults.cannotRead(path, reason))])
  }
}
