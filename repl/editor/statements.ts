/**
 * A text taken apart into its statements, as they are echoed one by one when several are run at once.
 * The parser says where they are; comments belong to what follows them. It must not know what running means.
 */

import { parse } from "../../lang/parse.ts"

export interface Piece {
  readonly text: string
  /** Its last line, counted from 1. */
  readonly line: number
}

/** The statements of a text in order; the whole text as one where it cannot be parsed. */
export function piecesOf(text: string): Piece[] {
  const { program, faults } = parse({ name: "<input>", text })
  const pieces: Piece[] = []
  let from = 0
  let line = 1
  const add = (end: number): void => {
    const piece = text.slice(from, end)
    line += piece.split("\n").length - 1
    const trimmed = piece.replace(/^\s*\n/, "").trimEnd()
    if (trimmed.trim() !== "") pieces.push({ text: trimmed, line })
    from = end
  }
  if (faults.length === 0) {
    for (const statement of program.statements) {
      // What ends the statement, and a comment on its last line, belong to it.
      const rest = /^[ \t]*;?[ \t]*(?:\/\/[^\n]*)?/.exec(text.slice(statement.span.end))![0]
      add(statement.span.end + rest.length)
    }
  }
  add(text.length)
  return pieces
}
