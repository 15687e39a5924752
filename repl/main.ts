/**
 * The REPL, line by line: reads a text until it is complete, runs it, shows its values.
 * The same session in a terminal, through a pipe and for editors (`--json`); nothing typed can end it but `:quit` and the end of input. It must not know
 * how programs run.
 */

import { createInterface } from "node:readline"
import { AdlError, type AdlValue } from "../engine/index.ts"
import { toJson } from "../interpreter/values/json.ts"
import { isIncomplete } from "../lang/parse.ts"
import { hostEngine } from "../cli/host.ts"
import type { Invocation } from "../cli/invocation.ts"
import { errorJson, renderError, writeLine } from "../cli/report.ts"
import { version } from "../cli/version.ts"
import { runCommand } from "./commands.ts"

const first = "adl> "
const more = "  .. "

export function repl(invocation: Invocation): Promise<number> {
  const json = invocation.flags["json"] === true
  const terminal = process.stdin.isTTY === true && !json
  const engine = hostEngine(invocation, {
    print: (text) => {
      writeLine(json ? JSON.stringify({ print: text }) : text)
    },
  })
  const session = engine.session()
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal,
    prompt: terminal ? first : "",
  })
  let pending = ""

  const show = (value: AdlValue, line: number): void => {
    writeLine(json ? `{"value": ${toJson(value.value)}, "line": ${String(line)}}` : value.toString())
  }
  const fail = (error: AdlError): void => {
    if (json) for (const diagnostic of error.diagnostics) writeLine(JSON.stringify(errorJson(diagnostic)))
    else process.stderr.write(`${renderError(error)}\n`)
  }
  const ready = (): void => {
    if (json) writeLine(JSON.stringify({ ready: true }))
    if (!terminal) return
    lines.setPrompt(pending === "" ? first : more)
    lines.prompt()
  }
  const run = (text: string): void => {
    try {
      session.run(text, { onValue: show })
    } catch (error) {
      if (!(error instanceof AdlError)) throw error
      fail(error)
    }
  }

  return new Promise((resolve) => {
    if (terminal) writeLine(`ADL ${version} — :help for help, :quit to leave`)
    lines.on("line", (line) => {
      if (pending === "" && line.trimStart().startsWith(":")) {
        if (runCommand(line.trim(), { engine, session, run }) === "quit") {
          lines.close()
          return
        }
      } else {
        pending = pending === "" ? line : `${pending}\n${line}`
        if (pending.trim() === "") pending = ""
        else if (!isIncomplete({ name: "<input>", text: pending })) {
          const text = pending
          pending = ""
          run(text)
        }
      }
      ready()
    })
    lines.on("SIGINT", () => {
      if (pending === "" && lines.line === "") writeLine("\n(:quit or Ctrl-D to leave)")
      pending = ""
      lines.write(null, { ctrl: true, name: "u" })
      ready()
    })
    lines.on("close", () => {
      // What was begun and never finished is reported, not lost silently.
      if (pending !== "") run(pending)
      resolve(0)
    })
    ready()
  })
}
