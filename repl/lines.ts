/**
 * A session line by line: through a pipe, in a dumb terminal, for a screen reader.
 * Nothing but text is written, lines are gathered until they are complete, and what was begun and never finished is reported at the end. It must not know how programs
 * run.
 */

import { createInterface } from "node:readline"
import type { Invocation } from "../cli/invocation.ts"
import { version } from "../cli/version.ts"
import { Console, type Screen } from "./console.ts"
import { historyPath, machine } from "./machine.ts"
import { plain } from "./theme.ts"
import { gathered } from "./gathered.ts"

const first = "adl> "
const more = "  .. "

export function lineSession(invocation: Invocation): Promise<number> {
  const terminal = process.stdin.isTTY === true
  let pending = ""
  let offered = ""
  const screen: Screen = {
    paint: plain,
    echoes: false,
    window: () => ({
      columns: process.stdout.columns ?? 100,
      rows: process.stdout.rows ?? 40,
      colour: false,
      images: null,
    }),
    write: (text, kind) => {
      const stream = kind === "error" ? process.stderr : process.stdout
      stream.write(`${text}\n`)
    },
    offer: (text) => {
      offered = text
      process.stdout.write(`${text}\n`)
      if (!text.startsWith(":")) process.stdout.write("(an empty line runs it)\n")
    },
    changed: () => undefined,
    suspended: (f) => {
      f()
      return Promise.resolve()
    },
  }
  const session = new Console(invocation, screen, machine(terminal ? historyPath() : null))
  const lines = createInterface({ input: process.stdin, terminal: false })
  const ask = (): void => {
    if (terminal) process.stdout.write(pending === "" ? first : more)
  }

  return new Promise((resolve) => {
    session.evaluator.ready.catch((error: unknown) => {
      lines.close()
      process.stderr.write(`adl: ${error instanceof Error ? error.message : String(error)}\n`)
      resolve(2)
    })
    // Lines are taken one after the other: each waits for what the one before started.
    let work: Promise<unknown> = Promise.resolve()
    let over = false
    const finish = (): void => {
      if (over) return
      over = true
      void session.close().then(() => {
        resolve(0)
      })
    }
    const take = async (line: string): Promise<void> => {
      if (over) return
      if (pending === "" && line.trim() === "" && offered !== "") line = offered
      offered = ""
      if (pending === "" && line.trimStart().startsWith(":")) {
        if (await session.submit(line.trim())) {
          lines.close()
          finish()
          return
        }
      } else {
        const { input, ...rest } = gathered(pending, line)
        pending = rest.pending
        if (input !== null) await session.submit(input)
      }
      ask()
    }
    if (terminal) {
      process.stdout.write(`ADL ${version} — :help for help, :quit to leave\n`)
      process.on("SIGINT", () => {
        pending = ""
        if (!session.running) process.stdout.write("\n")
        session.interrupt()
        if (!session.running) ask()
      })
    }
    lines.on("line", (line) => {
      work = work.then(() => take(line))
    })
    lines.on("close", () => {
      work = work.then(() => (pending === "" || over ? false : session.submit(pending))).then(finish)
    })
    ask()
  })
}
