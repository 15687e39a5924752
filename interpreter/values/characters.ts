/**
 * Strings as sequences of characters, which are Unicode code points.
 * Most strings have a character in every place of JavaScript's strings and are indexed as they are; the others are split once, and the last one is kept, so that a
 * loop over indices does not split again. It must not know values other than strings.
 */

import { reserve, spend } from "../arrays/work.ts"

export interface Characters {
  readonly length: number
  /** Character i in 0 … length - 1. */
  at(i: number): string
}

/** Strings shorter than this are not worth keeping. */
const short = 32

let lastText = ""
let lastCharacters: Characters = { length: 0, at: () => "" }

/** The characters of a string. */
export function charactersOf(text: string): Characters {
  if (text.length >= short && text === lastText) return lastCharacters
  spend(text.length)
  const characters = /[\ud800-\udfff]/.test(text) ? split(text) : { length: text.length, at: (i: number) => text[i]! }
  if (text.length >= short) {
    lastText = text
    lastCharacters = characters
  }
  return characters
}

function split(text: string): Characters {
  reserve(text.length)
  const parts = Array.from(text)
  return { length: parts.length, at: (i) => parts[i]! }
}
