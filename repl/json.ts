/**
 * A session for editors: requests and answers as JSON, one a line.
 * A line that is a JSON object is a request (`{"run": text}`, `{"complete": text, "cursor": n}`, `{"interrupt": true}`), and its `id` comes back with every answer; any other
 * line is program text, gathered until it is complete. It must not know how programs run.
 */

import { createInterface } from "node:readline"
import type { Invocation } from "../cli/invocation.ts"
import { writeLine } from "../cli/output.ts"
import { errorJson } from "../cli/report.ts"
import { diagnosticOf } from "../engine/error.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { faultOf } from "../lang/report/fault.ts"
import { commandEntries, commandInfo } from "./commands.ts"
import { complete } from "./editor/complete.ts"
import { Evaluator } from "./evaluator.ts"
import { filesNear } from "./machine.ts"
import type { Event, Outcome } from "./workspace/protocol.ts"
import { gathered } from "./gathered.ts"

interface Asked {
  readonly id?: unknown
  readonly run?: unknown
  readonly name?: unknown
  readonly command?: unknown
  readonly complete?: unknown
  readonly cursor?: unknown
  readonly interrupt?: unknown
}

function requestIn(line: string): Asked | null {
  if (!line.trimStart().startsWith("{")) return null
  try {
    const value = JSON.parse(line) as unknown
    return typeof value === "object" && value !== null ? value : null
  } catch {
    return null
  }
}

export function jsonSession(invocation: Invocation): Promise<number> {
  let id: unknown
  const answer = (body: object): void => {
    writeLine(JSON.stringify(id === undefined ? body : { id, ...body }))
  }
  const evaluator = new Evaluator(invocation, {
    event: (event) => {
      tell(event)
    },
    loss: (reason) => {
      answer({ print: reason })
    },
  })
  const tell = (event: Event): void => {
    switch (event.kind) {
      case "value":
        // The value is JSON already, with every digit.
        writeLine(
          `{${id === undefined ? "" : `"id": ${JSON.stringify(id)}, `}"value": ${event.json}, "line": ${String(event.line)}}`,
        )
        return
      case "print":
      case "text":
        answer({ print: event.text })
        return
      case "error":
        for (const fault of event.faults) answer(errorJson(diagnosticOf(fault)))
        return
      case "reason":
        answer({ why: event.title, reasons: event.reasons.map((reason) => errorJson(diagnosticOf(reason))) })
        return
      case "file":
        answer({ file: event.path, content: String(event.content) })
        return
      case "progress":
        answer({ progress: { label: event.label, done: event.done, of: event.of } })
        return
      case "statement":
    }
  }
  const window = { columns: 100, rows: 40, colour: false, images: null }
  let pending = ""
  let inputs = 0
  const run = (text: string, name = `<input ${String(++inputs)}>`): Promise<Outcome> =>
    evaluator.send({ kind: "run", input: { text, name }, window })

  const command = async (line: string): Promise<boolean> => {
    const found = /^:?\s*(\S*)\s*([^]*)$/.exec(line.trim())!
    if (found[1] === "quit") return true
    if (commandInfo(found[1]!) === undefined)
      answer(errorJson(diagnosticOf(faultOf(apartFaults.unknownCommand(found[1]!, null)))))
    else await evaluator.send({ kind: "command", name: found[1]!, argument: found[2]!, window })
    return false
  }

  const take = async (line: string): Promise<boolean> => {
    const asked = pending === "" ? requestIn(line) : null
    id = asked?.id
    if (asked !== null && typeof asked.run === "string") {
      await run(asked.run, typeof asked.name === "string" ? asked.name : undefined)
    } else if (asked !== null && typeof asked.command === "string") {
      if (await command(asked.command)) return true
    } else if (asked !== null && typeof asked.complete === "string") {
      await evaluator.ready
      const { names, modules } = evaluator.catalogue
      const catalogue = { names: [...evaluator.names, ...names], modules }
      const cursor = typeof asked.cursor === "number" ? asked.cursor : asked.complete.length
      const found = complete(asked.complete, cursor, { catalogue, commands: commandEntries, files: filesNear })
      answer({ completions: found?.items ?? [], from: found?.from ?? cursor })
    } else if (pending === "" && line.trimStart().startsWith(":")) {
      if (await command(line)) return true
    } else {
      const { input, ...rest } = gathered(pending, line)
      pending = rest.pending
      if (input !== null) await run(input)
    }
    if (pending === "") answer({ ready: true })
    return false
  }

  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: false })
    let work: Promise<boolean> = evaluator.ready.then(
      () => {
        answer({ ready: true })
        return false
      },
      () => true,
    )
    evaluator.ready.catch((error: unknown) => {
      lines.close()
      answer({ error: { code: null, message: error instanceof Error ? error.message : String(error) } })
      resolve(2)
    })
    const finish = (): void => {
      lines.close()
      void evaluator.close().then(() => {
        resolve(0)
      })
    }
    lines.on("line", (line) => {
      // Interruption does not wait for what it is to interrupt.
      if (requestIn(line)?.interrupt === true) {
        evaluator.interrupt()
        return
      }
      work = work.then(async (over) => {
        if (over) return true
        if (!(await take(line))) return false
        finish()
        return true
      })
    })
    lines.on("close", () => {
      void work.then(async (over) => {
        if (!over && pending !== "") await run(pending)
        finish()
      })
    })
  })
}
