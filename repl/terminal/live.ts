/**
 * The part of the screen that changes: what runs, the prompt, and a menu, a search or a hint below it.
 * It is a list of rows, each as wide as the window at most and together lower than it, and the place of the cursor. It must not know how rows get to a terminal.
 */

import { selection } from "../editor/buffer.ts"
import type { Entry } from "../editor/catalogue.ts"
import type { Menu, Prompt, Search } from "../editor/prompt.ts"
import { after, lineEnd, lineStart, widthAt, widthOf } from "../editor/text.ts"
import type { Paint, Role } from "../theme.ts"

/** Columns and rows of the window. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Live {
  readonly rows: readonly string[]
  readonly cursor: { readonly x: number; readonly y: number } | null
}

/** What is shown beside the prompt. */
export interface Beside {
  /** What runs, or nothing. */
  readonly status: string
  /** The value that the text would have. */
  readonly preview: string
  /** The function whose arguments are being written. */
  readonly called: Entry | null
  /** Coloured pieces of a text; in order, without overlap. */
  pieces(text: string): readonly { readonly class: Role; readonly start: number; readonly end: number }[]
}

export const mostMenuRows = 8
const margin = 5
/** Of a longer line only the part around the cursor is shown. */
const longestLine = 4000

/** The rows for a window. */
export function liveRows(prompt: Prompt, beside: Beside, window: Size, paint: Paint): Live {
  const columns = Math.max(12, window.columns)
  // One row stays free, so that the region is always lower than the window.
  const height = Math.max(2, window.rows - 1)
  const above = beside.status === "" ? [] : [paint(cut(beside.status, columns), "dim")]
  const room = Math.max(1, height - above.length - 1)
  if (prompt.search !== null) {
    const { rows, cursor } = searchRows(prompt.search, columns, Math.min(room, mostMenuRows + 1), paint)
    return { rows: [...above, ...rows], cursor: { x: cursor, y: above.length } }
  }
  const below =
    prompt.menu !== null
      ? menuRows(prompt.menu, columns, Math.min(mostMenuRows, Math.max(1, room - 1)), paint)
      : hintRows(beside, columns, room > 1, paint)
  const text = textRows(prompt, beside, columns, Math.max(1, height - above.length - below.length), paint)
  return {
    rows: [...above, ...text.rows, ...below],
    cursor: { x: text.x, y: above.length + text.y },
  }
}

/** A text cut to a width. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return ""
  let width = 0
  for (let at = 0; at < text.length;) {
    const next = after(text, at)
    width += widthAt(text, at)
    if (width > columns) {
      // The ellipsis needs a column itself.
      let end = at
      let used = width - widthAt(text, at)
      while (used > columns - 1 && end > 0) {
        end--
        used = widthOf(text.slice(0, end))
      }
      return `${text.slice(0, end)}…`
    }
    at = next
  }
  return text
}

// ---------------------------------------------------------------- the text

interface Row {
  readonly start: number
  readonly end: number
  /** What stands in front of it. */
  readonly lead: "first" | "next" | "wrapped"
}

/** The rows of one line of the text, broken at the width. */
function wrap(text: string, start: number, columns: number, cursor: number): Row[] {
  const stop = lineEnd(text, start)
  let from = start
  let end = stop
  if (stop - start > longestLine) {
    const middle = Math.min(Math.max(cursor, start), stop)
    from = Math.max(start, middle - longestLine / 2)
    end = Math.min(stop, middle + longestLine / 2)
  }
  const lead = start === 0 ? "first" : "next"
  const rows: Row[] = []
  let width = 0
  let begin = from
  for (let at = from; at < end;) {
    const size = widthAt(text, at)
    if (width + size > columns) {
      rows.push({ start: begin, end: at, lead: rows.length === 0 ? lead : "wrapped" })
      begin = at
      width = 0
    }
    width += size
    at = after(text, at)
  }
  return [...rows, { start: begin, end, lead: rows.length === 0 ? lead : "wrapped" }]
}

/** As many rows around the cursor as there is room for. */
function textRows(
  prompt: Prompt,
  beside: Beside,
  columns: number,
  most: number,
  paint: Paint,
): { rows: string[]; x: number; y: number } {
  const { text, cursor } = prompt.buffer
  const width = Math.max(4, columns - margin - 1)
  const own = lineStart(text, cursor)
  const rows = wrap(text, own, width, cursor)
  let first = own
  let last = lineEnd(text, own)
  // Lines are added above and below in turn until the room is full.
  while (rows.length < most && (first > 0 || last < text.length)) {
    if (first > 0) {
      first = lineStart(text, first - 1)
      rows.unshift(...wrap(text, first, width, cursor))
    }
    if (last < text.length && rows.length < most) {
      rows.push(...wrap(text, last + 1, width, cursor))
      last = lineEnd(text, last + 1)
    }
  }
  let at = rows.findLastIndex((row) => row.start <= cursor && cursor <= row.end)
  if (at < 0) at = 0
  const begin = Math.max(0, Math.min(at - Math.floor(most / 2), rows.length - most))
  const shown = rows.slice(begin, begin + most)
  const parts = colouring(prompt, beside)
  const painted = shown.map((row) => lead(row, paint) + paintRow(text, row, parts, paint))
  const row = rows[at]!
  return { rows: painted, x: margin + widthOf(text.slice(row.start, cursor)), y: at - begin }
}

function lead(row: Row, paint: Paint): string {
  if (row.lead === "first") return paint("adl> ", "prompt")
  return row.lead === "next" ? paint("  .. ", "dim") : "     "
}

interface Part {
  readonly start: number
  readonly end: number
  readonly role: Role
}

/** Colours of the text, with the selection and the brackets at the cursor on top. */
function colouring(prompt: Prompt, beside: Beside): Part[] {
  const { text } = prompt.buffer
  const parts = beside.pieces(text).map(({ class: role, start, end }): Part => ({ start, end, role }))
  const over: Part[] = []
  const range = selection(prompt.buffer)
  if (range !== null) over.push({ ...range, role: "selected" })
  else for (const at of bracketsAt(prompt, parts)) over.push({ start: at, end: at + 1, role: "match" })
  return over.reduce(overlay, parts)
}

/** Parts with one more on top. */
function overlay(parts: readonly Part[], top: Part): Part[] {
  const out: Part[] = []
  for (const part of parts) {
    if (part.end <= top.start || part.start >= top.end) out.push(part)
    else {
      if (part.start < top.start) out.push({ ...part, end: top.start })
      if (part.end > top.end) out.push({ ...part, start: top.end })
    }
  }
  out.push(top)
  return out.sort((a, b) => a.start - b.start)
}

/** The bracket left of the cursor, or at it, and its partner. */
function bracketsAt(prompt: Prompt, parts: readonly Part[]): number[] {
  const { text, cursor } = prompt.buffer
  const brackets = parts.filter((part) => part.role === "bracket").map((part) => part.start)
  const at = [cursor - 1, cursor].find((place) => brackets.includes(place))
  if (at === undefined) return []
  const step = "([{".includes(text[at]!) ? 1 : -1
  let depth = 0
  for (let i = brackets.indexOf(at); i >= 0 && i < brackets.length; i += step) {
    depth += "([{".includes(text[brackets[i]!]!) ? step : -step
    if (depth === 0) return i === brackets.indexOf(at) ? [] : [at, brackets[i]!]
  }
  return []
}

function paintRow(text: string, row: Row, parts: readonly Part[], paint: Paint): string {
  let out = ""
  let at = row.start
  for (const part of parts) {
    if (part.end <= at || part.start >= row.end) continue
    const start = Math.max(part.start, at)
    const end = Math.min(part.end, row.end)
    out += visible(text.slice(at, start)) + paint(visible(text.slice(start, end)), part.role)
    at = end
  }
  return out + visible(text.slice(at, row.end))
}

/** Control characters, which the prompt does not let in but a recalled text may hold, as one visible sign each. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, "\ufffd")
}

// ---------------------------------------------------------------- below the text

function hintRows(beside: Beside, columns: number, fits: boolean, paint: Paint): string[] {
  if (!fits) return []
  const { called, preview } = beside
  if (called !== null) {
    const doc = called.doc === "" ? "" : `  ${called.doc}`
    return [paint(cut(`${" ".repeat(margin)}${called.signature}${doc}`, columns - 1), "dim")]
  }
  return preview === "" ? [] : [paint(cut(`   = ${preview}`, columns - 1), "dim")]
}

/** The window of a list that shows what is chosen. */
function windowOf(count: number, chosen: number, most: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(chosen - Math.floor(most / 2), count - most))
  return { from, to: Math.min(count, from + most) }
}

function menuRows(menu: Menu, columns: number, most: number, paint: Paint): string[] {
  const { from, to } = windowOf(menu.items.length, menu.chosen, most)
  const shown = menu.items.slice(from, to)
  const width = Math.min(28, columns - margin - 3, Math.max(...shown.map((entry) => widthOf(entry.name))))
  return shown.map((entry, i) => {
    const chosen = from + i === menu.chosen
    const name = cut(entry.name, width)
    const padded = ` ${name}${" ".repeat(Math.max(0, width - widthOf(name)))} `
    const more = i === shown.length - 1 && to < menu.items.length ? `  (${String(menu.items.length - to)} more)` : ""
    const signature = entry.signature.replace(/^fn [^(]*/, "")
    const about = [signature === entry.name ? "" : signature, entry.doc].filter((part) => part !== "").join("  ")
    const room = Math.max(0, columns - margin - width - 3)
    const rest = room < more.length + 4 ? cut(more, room) : cut(about, room - more.length) + more
    return `${" ".repeat(margin - 1)}${paint(padded, chosen ? "chosen" : "name")} ${paint(rest, "dim")}`
  })
}

function searchRows(search: Search, columns: number, most: number, paint: Paint): { rows: string[]; cursor: number } {
  const head = columns < 40 ? "? " : "search history: "
  const query = cut(search.query, Math.max(1, columns - head.length - 2))
  const { from, to } = windowOf(search.matches.length, search.chosen, Math.max(1, most - 1))
  const rows = search.matches.slice(from, to).map((match, i) => {
    const chosen = from + i === search.chosen
    const line = match.text.replace(/\s*\n\s*/g, " ⏎ ")
    const text = cut(visible(line), columns - 4)
    // Marks point into the text itself; they hold as long as it is one line.
    const marked = line === match.text ? marks(text, match.marks, paint) : text
    return `${chosen ? paint(" ▸ ", "prompt") : "   "}${marked}`
  })
  const none = search.matches.length === 0 ? [paint(cut("   nothing found", columns), "dim")] : []
  return {
    rows: [paint(head, "prompt") + query, ...rows, ...none].slice(0, Math.max(1, most)),
    cursor: head.length + widthOf(query),
  }
}

function marks(text: string, at: readonly number[], paint: Paint): string {
  const places = new Set(at)
  let out = ""
  for (let i = 0; i < text.length; i = after(text, i)) {
    const character = text.slice(i, after(text, i))
    out += places.has(i) ? paint(character, "match") : character
  }
  return out
}
