/**
 * The colours of a session: pieces of programs, messages, and what stands beside them.
 * Everything goes through one function from text and role to text, which is the identity where no colour is wanted. It must not know where text appears.
 */

import { paint as paintMessage } from "../cli/report.ts"
import { tokenize, type TokenClass } from "../lang/highlight.ts"
import type { Style } from "../lang/report/render.ts"

/** What a piece of text is: a part of a program, of a message, or of the session itself. */
export type Role = TokenClass | Style | "prompt" | "dim" | "chosen" | "selected" | "match" | "title"

export type Paint = (text: string, role: Role) => string

const codes: Readonly<Record<Exclude<Role, Style>, string>> = {
  keyword: "35",
  number: "36",
  string: "32",
  escape: "32;1",
  boolean: "36",
  name: "",
  function: "34",
  variant: "33",
  field: "",
  parameter: "3",
  operator: "",
  bracket: "",
  punctuation: "",
  comment: "2",
  doc: "2;3",
  prompt: "1;32",
  dim: "2",
  chosen: "7",
  selected: "7",
  match: "1;33",
  title: "1",
}

export const plain: Paint = (text) => text

export const coloured: Paint = (text, role) => {
  const code = Object.hasOwn(codes, role) ? codes[role as keyof typeof codes] : null
  if (code === null) return paintMessage(text, role as Style)
  return code === "" || text === "" ? text : `\u001b[${code}m${text}\u001b[0m`
}

/** Longer texts are left as they are. */
const mostHighlighted = 20_000

/** A piece of a program in colours. */
export function highlight(text: string, paint: Paint): string {
  if (paint === plain || text.length > mostHighlighted) return text
  let out = ""
  let at = 0
  for (const token of tokenize({ name: "<input>", text })) {
    out += text.slice(at, token.start) + perLine(text.slice(token.start, token.end), token.class, paint)
    at = token.end
  }
  return out + text.slice(at)
}

/** Colour ends with each line, so that lines can be taken apart. */
function perLine(text: string, role: Role, paint: Paint): string {
  return text
    .split("\n")
    .map((line) => paint(line, role))
    .join("\n")
}
