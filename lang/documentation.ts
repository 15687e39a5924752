/**
 * `///` comments: which lines belong together and what they stand before.
 * Lines that follow each other are one text; it belongs to the next token, or to the module where it stands at the very top and is set apart.
 * It must not know what is documented: the grammar asks for the text at the token where a definition begins.
 */

import type { IToken } from "chevrotain"
import * as T from "./tokens.ts"
import { endOf } from "./tokens.ts"

const DOCUMENTED = new Set([T.Let, T.Fn, T.Type, T.Var])

/** Texts by the offset of the token that follows, and the module's own. */
export function documentation(
  text: string,
  comments: readonly IToken[],
  tokens: readonly IToken[],
): { docs: ReadonlyMap<number, string>; moduleDoc: string | null } {
  const docs = new Map<number, string>()
  let moduleDoc: string | null = null
  if (comments.length === 0) return { docs, moduleDoc }

  let next = 0
  for (let i = 0; i < comments.length;) {
    const first = comments[i]!
    const lines = [contents(first.image)]
    let end = endOf(first)
    i++
    for (
      ;
      i < comments.length && /^\s*$/.test(gap(text, end, comments[i]!)) && !isApart(text, end, comments[i]!);
      i++
    ) {
      lines.push(contents(comments[i]!.image))
      end = endOf(comments[i]!)
    }
    const doc = lines.join("\n")
    while (next < tokens.length && (tokens[next]!.startOffset < end || tokens[next]!.tokenType === T.Newline)) next++
    const token = tokens[next]
    const atTop = next === 0 || tokens[next - 1] === undefined
    const apart = token === undefined || !DOCUMENTED.has(token.tokenType) || isApart(text, end, token)
    if (atTop && moduleDoc === null && apart) moduleDoc = doc
    else if (token !== undefined) docs.set(token.startOffset, doc)
  }
  return { docs, moduleDoc }
}

function contents(image: string): string {
  return image.slice(image.startsWith("/// ") ? 4 : 3).trimEnd()
}

function gap(text: string, end: number, token: IToken): string {
  return text.slice(end, Math.min(token.startOffset, end + 200))
}

/** Is there an empty line between? */
function isApart(text: string, end: number, token: IToken): boolean {
  return /\n[ \t\r]*\n/.test(gap(text, end, token))
}
