/**
 * Places in a text: characters as a person sees them, words, lines, and columns of a terminal.
 * Offsets are UTF-16; a place is never inside a character made of several code points. It must not know cursors nor keys.
 */

import { columns } from "../../lang/report/render.ts"

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" })
/** A character longer than this is treated as several: combining marks can be piled up without end. */
const longest = 64

/** Where the character that begins at `at` ends. */
export function after(text: string, at: number): number {
  if (at >= text.length) return text.length
  const code = text.charCodeAt(at)
  const next = text.charCodeAt(at + 1)
  if (code < 0x300 && !(next >= 0x300)) return at + (code === 13 && next === 10 ? 2 : 1)
  const first = segmenter
    .segment(text.slice(at, at + longest))
    [Symbol.iterator]()
    .next()
  return first.done === true ? text.length : at + first.value.segment.length
}

/** Where the character that ends at `at` begins. */
export function before(text: string, at: number): number {
  if (at <= 1) return 0
  if (text.charCodeAt(at - 1) < 0x300 && text.charCodeAt(at - 1) !== 10) return at - 1
  const from = Math.max(0, at - longest)
  const part = text.slice(from, at)
  return from + (segmenter.segment(part).containing(part.length - 1)?.index ?? part.length - 1)
}

/** The nearest place at or before `at` that is between two characters. */
export function between(text: string, at: number): number {
  if (at <= 0) return 0
  if (at >= text.length) return text.length
  const begin = before(text, at)
  return after(text, begin) > at ? begin : at
}

const word = /[\p{L}\p{N}\p{M}_]/u

/** Is there a letter, a digit or `_` at this offset? */
export function isWordAt(text: string, at: number): boolean {
  const code = text.codePointAt(at)
  return code !== undefined && word.test(String.fromCodePoint(code))
}

/** The end of the word at or after `at`. */
export function wordAfter(text: string, at: number): number {
  while (at < text.length && !isWordAt(text, at)) at = after(text, at)
  while (at < text.length && isWordAt(text, at)) at = after(text, at)
  return at
}

/** The beginning of the word at or before `at`. */
export function wordBefore(text: string, at: number): number {
  while (at > 0 && !isWordAt(text, before(text, at))) at = before(text, at)
  while (at > 0 && isWordAt(text, before(text, at))) at = before(text, at)
  return at
}

/** The offset where the line of `at` begins. */
export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1
}

/** The offset of the newline that ends the line of `at`, or of the end of the text. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at)
  return end < 0 ? text.length : end
}

/** Columns that a piece of a line takes in a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (let at = 0; at < text.length; at = after(text, at)) width += widthAt(text, at)
  return width
}

/** Columns of the character that begins at `at`. A control character is shown as one column. */
export function widthAt(text: string, at: number): number {
  const code = text.codePointAt(at)!
  if (code < 32 || code === 127) return 1
  // U+FE0F asks for the wide form of a character.
  const next = text.charCodeAt(at + (code > 0xffff ? 2 : 1))
  return next === 0xfe0f ? 2 : columns(code)
}

/** The place in the line that begins at `start` whose column is nearest to, and not beyond, `column`. */
export function placeAt(text: string, start: number, column: number): number {
  const end = lineEnd(text, start)
  let width = 0
  let at = start
  while (at < end) {
    width += widthAt(text, at)
    if (width > column) break
    at = after(text, at)
  }
  return at
}
