/**
 * A session in a terminal: starts the model, has ink draw it, and waits until it is left.
 * It must not know what is drawn.
 */

import { render } from "ink"
import { createElement } from "react"
import type { Invocation } from "../../cli/invocation.ts"
import { colourful } from "../../cli/report.ts"
import { version } from "../../cli/version.ts"
import { filesNear, historyPath, machine, readHistory } from "../machine.ts"
import { showsImages } from "../images.ts"
import { coloured, plain } from "../theme.ts"
import type { Window } from "../workspace/protocol.ts"
import { asksForSixel, askTerminal } from "./ask.ts"
import { SessionModel } from "./model.ts"
import { View } from "./view.ts"

/** The pictures that the terminal shows: known by its name, or else asked for. */
async function imagesOf(env: NodeJS.ProcessEnv): Promise<Window["images"]> {
  if (showsImages(env)) return "kitty"
  if (!asksForSixel(env)) return null
  const terminal = await askTerminal(process.stdin, process.stdout)
  return terminal?.sixel === true ? terminal.cell : null
}

export async function terminalSession(invocation: Invocation): Promise<number> {
  const { stdout } = process
  const history = historyPath()
  const paint = colourful(stdout) ? coloured : plain
  const images = await imagesOf(process.env)
  return await new Promise((resolve) => {
    const model = new SessionModel(invocation, {
      history: readHistory(history),
      machine: machine(history),
      paint,
      window: () => ({ columns: stdout.columns, rows: stdout.rows, colour: paint !== plain, images }),
      files: filesNear,
      leave: () => {
        resolve(0)
      },
    })
    stdout.write(
      `${paint(`ADL ${version}`, "title")}  ${paint(":help lists commands, :tour shows the language", "dim")}\n`,
    )
    const view = render(createElement(View, { model }), {
      exitOnCtrlC: false,
      patchConsole: false,
      maxFps: 250,
      interactive: true,
    })
    model.session.evaluator.ready.catch((error: unknown) => {
      view.unmount()
      process.stderr.write(`adl: ${error instanceof Error ? error.message : String(error)}\n`)
      resolve(2)
    })
  })
}
