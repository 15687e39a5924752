/**
 * Asks the terminal what it can show, before anything is drawn, for later its answer would be taken for keys.
 * What is typed in the meantime is given back to the input. It must not know what the answer means.
 */

import { answered, question, type Terminal } from "../sixel.ts"

/** A terminal that has not answered by then, in milliseconds, does not answer. */
const patience = 150

/** What the terminal says of itself, or null if it says nothing. */
export function askTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Promise<Terminal | null> {
  return new Promise((resolve) => {
    let text = ""
    stdin.setRawMode(true)
    const finish = (terminal: Terminal | null, rest: string): void => {
      clearTimeout(late)
      stdin.off("data", take)
      stdin.pause()
      if (rest !== "") stdin.unshift(Buffer.from(rest, "latin1"))
      resolve(terminal)
    }
    const take = (chunk: Buffer): void => {
      text += chunk.toString("latin1")
      const answer = answered(text)
      if (answer !== null) finish(answer.terminal, answer.rest)
    }
    const late = setTimeout(() => {
      finish(null, text)
    }, patience)
    stdin.on("data", take)
    stdout.write(question)
  })
}
