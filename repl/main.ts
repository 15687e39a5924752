/**
 * The session that `adl` opens: chooses the screen it is shown on.
 * A terminal gets the editor with colours, which is loaded only here; a pipe, a dumb terminal, a screen reader or a continuous integration get lines, and editors JSON. It
 * must not know how any of them works.
 */

import type { Invocation } from "../cli/invocation.ts"

/** May the cursor be moved, and is there somebody to see it? */
function isTerminal(invocation: Invocation): boolean {
  const { env } = process
  return (
    process.stdin.isTTY === true &&
    process.stdout.isTTY === true &&
    invocation.flags["plain"] !== true &&
    env["TERM"] !== "dumb" &&
    env["INK_SCREEN_READER"] !== "true" &&
    (env["CI"] === undefined || env["CI"] === "" || env["CI"] === "false")
  )
}

/** A reader that went away (`adl … | head`) ends the session quietly. */
function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0)
    throw error
  })
}

/** What was written to the streams has left the process. */
async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write("", done))
}

export async function repl(invocation: Invocation): Promise<number> {
  endWithReader()
  const status = await session(invocation)
  await flushed()
  return status
}

async function session(invocation: Invocation): Promise<number> {
  if (invocation.flags["json"] === true) return (await import("./json.ts")).jsonSession(invocation)
  if (isTerminal(invocation)) {
    // At once, so that what is typed while the editor is loaded comes key by key.
    process.stdin.setRawMode(true)
    return (await import("./terminal/session.ts")).terminalSession(invocation)
  }
  return (await import("./lines.ts")).lineSession(invocation)
}
