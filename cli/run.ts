/**
 * `adl run`: runs a file, a text or standard input and shows the value of each top-level expression.
 * Output appears as it is made. It must not know how programs are run.
 */

import { readFileSync } from "node:fs"
import { toJson } from "../interpreter/values/json.ts"
import { faults } from "../lang/report/catalogue.ts"
import { faultOf } from "../lang/report/fault.ts"
import { AdlError } from "../engine/error.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { progressBar } from "./progress.ts"
import { reporting, writeLine } from "./report.ts"

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
    if (error instanceof TypeError) throw new AdlError([faultOf(faults.notText(path))])
    const code = (error as { code?: string }).code
    const reason =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : error instanceof Error
            ? error.message
            : String(error)
    throw new AdlError([faultOf(faults.cannotRead(path, reason))])
  }
}

export async function run(invocation: Invocation): Promise<number> {
  const { flags, positionals } = invocation
  const json = flags["json"] === true
  const given = flags["eval"] as readonly string[] | undefined
  if (given === undefined && positionals.length === 0) throw new UsageError("run needs a file", "run")
  if (given !== undefined ? positionals.length > 0 : positionals.length > 1) {
    throw new UsageError("arguments of the program stand after `--`", "run")
  }
  const bar = progressBar(process.stderr)
  const say = (text: string): void => {
    bar.clear()
    writeLine(text)
  }
  const engine = hostEngine(invocation, {
    print: (text) => {
      say(json ? JSON.stringify({ print: text }) : text)
    },
    progress: bar.show,
  })
  // The compiled tier is loaded only where it is asked for.
  if (flags["tier"] !== undefined) await engine.ready
  return reporting(json, () => {
    const { name, text } =
      given === undefined ? readProgram(positionals[0]!) : { name: "<eval>", text: given.join("\n") }
    try {
      engine.run(text, {
        name,
        onValue: (value, line) => {
          say(json ? `{"value": ${toJson(value.value)}, "line": ${String(line)}}` : value.toString())
        },
      })
    } finally {
      bar.clear()
    }
    return 0
  })
}
