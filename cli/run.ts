/**
 * `adl run`: runs a file, a text or standard input and shows the value of each top-level expression.
 * Output appears as it is made. It must not know how programs are run.
 */

import { toJson } from "../interpreter/values/json.ts"
import { compilerForLater } from "./beside.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { shownText } from "./plots.ts"
import { progressBar } from "./progress.ts"
import { writeLine } from "./output.ts"
import { reporting } from "./report.ts"
import { readProgram } from "./text.ts"

export async function run(invocation: Invocation): Promise<number> {
  const { flags, positionals } = invocation
  const json = flags["json"] === true
  const given = flags["eval"] as readonly string[] | undefined
  if (given === undefined && positionals.length === 0) throw new UsageError("run needs a file", "run")
  if (given !== undefined ? positionals.length > 0 : positionals.length > 1) {
    throw new UsageError("arguments of the program stand after `--`", "run")
  }
  const bar = progressBar(() => process.stderr)
  const say = (text: string): void => {
    bar.clear()
    writeLine(text)
  }
  const engine = hostEngine(invocation, {
    print: (text) => {
      say(json ? JSON.stringify({ print: text }) : text)
    },
    progress: bar.show,
    compiler: await compilerForLater(),
  })
  if (flags["tier"] === "1") await engine.ready
  return reporting(json, () => {
    const { name, text } =
      given === undefined ? readProgram(positionals[0]!) : { name: "<eval>", text: given.join("\n") }
    try {
      engine.run(text, {
        name,
        onValue: (value, line) => {
          say(json ? `{"value": ${toJson(value.value)}, "line": ${String(line)}}` : shownText(value))
        },
      })
    } finally {
      bar.clear()
    }
    return 0
  })
}
