/**
 * The text being edited: cursor, selection, what was cut, and what can be undone.
 * A buffer is a plain value; every change makes a new one, and changes of one kind that follow each other are undone together. It must not know keys, history
 * or completion.
 */

import { after, before, between, lineEnd, lineStart, placeAt, widthOf, wordAfter, wordBefore } from "./text.ts"

/** What one step of undoing restores. */
interface Moment {
  readonly text: string
  readonly cursor: number
}

export interface Buffer {
  readonly text: string
  readonly cursor: number
  /** The other end of the selection. */
  readonly anchor: number | null
  /** The column that moving up and down keeps to. */
  readonly goal: number | null
  /** What was cut, the latest last. */
  readonly kills: readonly string[]
  /** What the latest yank put in, for exchanging it against an earlier cut. */
  readonly yanked: { readonly start: number; readonly end: number; readonly index: number } | null
  readonly past: readonly Moment[]
  readonly future: readonly Moment[]
  /** The kind of the latest change; the next of the same kind joins it. */
  readonly last: "type" | "cut" | "delete" | null
}

export const emptyBuffer: Buffer = {
  text: "",
  cursor: 0,
  anchor: null,
  goal: null,
  kills: [],
  yanked: null,
  past: [],
  future: [],
  last: null,
}

const mostMoments = 500
const mostKills = 60

/** A buffer with this text and the cursor at its end; what was cut stays. */
export function withText(buffer: Buffer, text: string, cursor: number = text.length): Buffer {
  return { ...emptyBuffer, kills: buffer.kills, text, cursor: between(text, cursor) }
}

/** The selection as a range, or null. */
export function selection(buffer: Buffer): { start: number; end: number } | null {
  const { anchor, cursor } = buffer
  if (anchor === null || anchor === cursor) return null
  return { start: Math.min(anchor, cursor), end: Math.max(anchor, cursor) }
}

/** The buffer after `[start, end)` became `text`; the cursor stands behind it. */
export function replace(buffer: Buffer, start: number, end: number, text: string, kind: Buffer["last"] = null): Buffer {
  const joins = kind !== null && kind === buffer.last
  const moment = momentOf(buffer)
  const next = buffer.text.slice(0, start) + text + buffer.text.slice(end)
  return {
    ...buffer,
    text: next,
    cursor: start + text.length,
    anchor: null,
    goal: null,
    yanked: null,
    past: joins ? buffer.past : [...buffer.past.slice(-mostMoments), moment],
    future: [],
    last: kind,
  }
}

/** Typed text, in place of the selection. */
export function insert(buffer: Buffer, text: string): Buffer {
  const range = selection(buffer)
  if (range !== null) return replace(buffer, range.start, range.end, text, "type")
  // A word is undone at a time.
  const kind = text === " " || text.includes("\n") ? null : "type"
  return replace(buffer, buffer.cursor, buffer.cursor, text, kind)
}

/** Where a movement leads. */
export type Movement =
  "left" | "right" | "word-left" | "word-right" | "line-start" | "line-end" | "start" | "end" | "up" | "down"

const places: Readonly<Record<Exclude<Movement, "up" | "down">, (text: string, at: number) => number>> = {
  left: before,
  right: after,
  "word-left": wordBefore,
  "word-right": wordAfter,
  "line-start": lineStart,
  "line-end": lineEnd,
  start: () => 0,
  end: (text) => text.length,
}

/** Moves the cursor; with `select` the selection grows or shrinks. */
export function move(buffer: Buffer, by: Movement, select = false): Buffer {
  const anchor = select ? (buffer.anchor ?? buffer.cursor) : null
  const still = { ...buffer, anchor, yanked: null, last: null }
  if (by === "up" || by === "down") {
    const { text, cursor } = buffer
    const start = lineStart(text, cursor)
    const goal = buffer.goal ?? widthOf(text.slice(start, cursor))
    const target = by === "up" ? (start === 0 ? null : lineStart(text, start - 1)) : nextLine(text, cursor)
    return target === null ? still : { ...still, cursor: placeAt(text, target, goal), goal }
  }
  // Without extending it, a selection collapses to its nearer end.
  const range = select ? null : selection(buffer)
  if (range !== null && by === "left") return { ...still, cursor: range.start, goal: null }
  if (range !== null && by === "right") return { ...still, cursor: range.end, goal: null }
  return { ...still, cursor: places[by](buffer.text, buffer.cursor), goal: null }
}

function nextLine(text: string, cursor: number): number | null {
  const end = lineEnd(text, cursor)
  return end === text.length ? null : end + 1
}

/** Is there a line above, or below, the cursor's? */
export function hasLine(buffer: Buffer, where: "up" | "down"): boolean {
  return where === "up"
    ? lineStart(buffer.text, buffer.cursor) > 0
    : lineEnd(buffer.text, buffer.cursor) < buffer.text.length
}

/** Deletes from the cursor to where a movement leads, or the selection. */
export function erase(buffer: Buffer, by: "left" | "right"): Buffer {
  const range = selection(buffer)
  if (range !== null) return replace(buffer, range.start, range.end, "")
  const to = places[by](buffer.text, buffer.cursor)
  return removed(buffer, to, "delete")
}

function removed(buffer: Buffer, to: number, kind: Buffer["last"]): Buffer {
  const start = Math.min(buffer.cursor, to)
  const end = Math.max(buffer.cursor, to)
  return start === end ? buffer : replace(buffer, start, end, "", kind)
}

/** Cuts from the cursor to where a movement leads, or the selection; cuts in a row make one. */
export function cut(buffer: Buffer, by: Exclude<Movement, "up" | "down">): Buffer {
  const range = selection(buffer)
  const { text, cursor } = buffer
  let to = places[by](text, cursor)
  // At the end of a line its newline goes.
  if (by === "line-end" && to === cursor) to = after(text, cursor)
  const start = range?.start ?? Math.min(cursor, to)
  const end = range?.end ?? Math.max(cursor, to)
  if (start === end) return buffer
  const piece = text.slice(start, end)
  const previous = buffer.kills.at(-1)
  const kills =
    buffer.last === "cut" && previous !== undefined
      ? [...buffer.kills.slice(0, -1), to < cursor ? piece + previous : previous + piece]
      : [...buffer.kills.slice(-mostKills), piece]
  return { ...replace(buffer, start, end, "", "cut"), kills }
}

/** The selection is remembered as if it had been cut. */
export function copy(buffer: Buffer): Buffer {
  const range = selection(buffer)
  if (range === null) return buffer
  return {
    ...buffer,
    kills: [...buffer.kills.slice(-mostKills), buffer.text.slice(range.start, range.end)],
    last: null,
  }
}

/** Puts in what was cut last. */
export function yank(buffer: Buffer): Buffer {
  return yankAt(buffer, selection(buffer) ?? { start: buffer.cursor, end: buffer.cursor }, buffer.kills.length - 1)
}

/** Right after a yank: what was cut before takes its place. */
export function yankEarlier(buffer: Buffer): Buffer {
  const { yanked, kills } = buffer
  if (yanked === null) return buffer
  return yankAt(buffer, yanked, (yanked.index + kills.length - 1) % kills.length)
}

function yankAt(buffer: Buffer, range: { start: number; end: number }, index: number): Buffer {
  const piece = buffer.kills[index]
  if (piece === undefined) return buffer
  const next = replace(buffer, range.start, range.end, piece)
  return { ...next, yanked: { start: range.start, end: range.start + piece.length, index } }
}

/** Exchanges the characters around the cursor. */
export function transpose(buffer: Buffer): Buffer {
  const { text, cursor } = buffer
  if (cursor === 0) return buffer
  const end = cursor === text.length ? cursor : after(text, cursor)
  const middle = cursor === text.length ? before(text, cursor) : cursor
  const start = before(text, middle)
  if (start === middle || text.slice(start, end).includes("\n")) return buffer
  return replace(buffer, start, end, text.slice(middle, end) + text.slice(start, middle))
}

function momentOf({ text, cursor }: Buffer): Moment {
  return { text, cursor }
}

/** A buffer at a moment of its own, between the moments `past` and `future`. */
function movedTo(buffer: Buffer, moment: Moment, past: readonly Moment[], future: readonly Moment[]): Buffer {
  return { ...buffer, ...moment, anchor: null, goal: null, yanked: null, past, future, last: null }
}

export function undo(buffer: Buffer): Buffer {
  const moment = buffer.past.at(-1)
  if (moment === undefined) return buffer
  return movedTo(buffer, moment, buffer.past.slice(0, -1), [...buffer.future, momentOf(buffer)])
}

export function redo(buffer: Buffer): Buffer {
  const moment = buffer.future.at(-1)
  if (moment === undefined) return buffer
  return movedTo(buffer, moment, [...buffer.past, momentOf(buffer)], buffer.future.slice(0, -1))
}
