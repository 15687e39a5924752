/**
 * A service that evaluates formulas of its users: `POST /` with `{ "formula": "x^2 * y", "at": { "x": 2, "y": 3 } }` gives value and gradient.
 * Users are strangers: each request has limits on steps, time and memory, and whatever a formula does comes back as a message.
 *
 *     node examples/embedding/service.ts 8080
 */

import { createServer, type IncomingMessage } from "node:http"
import { AdlError, createEngine } from "adl-lang/node"

const engine = createEngine({ limits: { steps: 1e6, ms: 1000, memory: 64 * 2 ** 20, depth: 1000 } })

interface Question {
  readonly formula: string
  readonly at: Readonly<Record<string, number>>
}

/** Value and gradient of a formula, or what is wrong with it. */
export function answer({ formula, at }: Question): object {
  const names = Object.keys(at)
  try {
    const f = engine.load(`fn f(${names.join(", ")}) = ${formula}`, { name: "formula" }).fn("f")
    const { value, grad } = f.valueAndGrad({ wrt: names })(...Object.values(at))
    const slopes = names.length === 1 ? [grad] : (grad as unknown[])
    return { value, gradient: Object.fromEntries(names.map((name, i) => [name, slopes[i]])) }
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    return { error: error.diagnostics.map(({ code, message, hint }) => ({ code, message, hint })) }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ""
  for await (const part of request) {
    text += String(part)
    if (text.length > 10_000) throw new Error("too long")
  }
  return text
}

function isQuestion(x: unknown): x is Question {
  if (typeof x !== "object" || x === null || !("formula" in x) || !("at" in x)) return false
  const { formula, at } = x
  return (
    typeof formula === "string" &&
    typeof at === "object" &&
    at !== null &&
    Object.entries(at).every(([name, value]) => /^[A-Za-z_]\w*$/.test(name) && typeof value === "number")
  )
}

/** The server, not yet listening. */
export const service = createServer((request, response) => {
  const reply = (status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
  }
  bodyOf(request)
    .then((text) => {
      const question: unknown = JSON.parse(text)
      if (isQuestion(question)) reply(200, answer(question))
      else reply(400, { error: "expected { formula, at: { name: number } }" })
    })
    .catch(() => {
      reply(400, { error: "expected JSON of at most 10 kB" })
    })
})

const port = process.argv[2]
if (import.meta.main && port !== undefined) service.listen(Number(port))
