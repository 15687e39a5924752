/**
 * Asks the terminal whether it has sixels, before anything is drawn, for later its answer would be taken for keys.
 * What is typed in the meantime is given back to the input. It must not know how pictures are made.
 */

import { smallCell, type Cell } from "../images.ts"

/** What a terminal said of itself. */
export interface Terminal {
  readonly sixel: boolean
  readonly cell: Cell
}

/** Asks for the size of a cell (which not every terminal answers) and for the attributes (which all do, and after the size). */
export const question = "\u001b[16t\u001b[c"
const attributes = /\u001b\[\?([\d;]*)c/
const cellSize = /\u001b\[6;(\d+);(\d+)t/

/** Is there something to be asked? Not where pictures are not wanted, or another protocol is. */
export function asksForSixel(env: Readonly<Record<string, string | undefined>>): boolean {
  const wanted = env["ADL_IMAGES"] ?? ""
  if (wanted !== "") return wanted === "sixel"
  return !env["NO_COLOR"] && env["TERM"] !== "dumb"
}

/** What an answer says, and what else stood beside it; null as long as it is not all there. */
export function answered(text: string): { readonly terminal: Terminal; readonly rest: string } | null {
  const found = attributes.exec(text)
  if (found === null) return null
  const size = cellSize.exec(text)
  const cell = size === null ? smallCell : { width: Number(size[2]), height: Number(size[1]) }
  const rest = text.replace(attributes, "").replace(cellSize, "")
  return { terminal: { sixel: found[1]!.split(";").includes("4"), cell }, rest }
}

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
