/**
 * Faults as text for a person: code, message, place, the line with the span underlined, hint, call stack.
 * Columns are counted as a terminal shows them (tabs, wide characters), and a line too long for the window is cut around what matters.
 * It must not know the catalogue, nor terminals: colour comes in as a function.
 */

import { clean } from "./brief.ts"
import type { Fault, StackFrame } from "./fault.ts"
import { position, type Source, type Span } from "./span.ts"

/** What a piece of the rendering is, for those who colour it. */
export type Style = "error" | "warning" | "code" | "place" | "gutter" | "mark" | "label" | "hint" | "plain"

/** How errors are written as text. */
export interface RenderOptions {
  /** Wraps a piece of text in colour; nothing by default. */
  readonly style?: (text: string, style: Style) => string
  /** Columns of the window, 100 by default; lines of source are cut to it. */
  readonly width?: number
}

type Paint = (text: string, style: Style) => string

/** One fault as lines of text, without a newline at the end. */
export function render(fault: Fault, options: RenderOptions = {}): string {
  const paint: Paint = options.style ?? ((text) => text)
  const width = Math.max(40, options.width ?? 100)
  const lines = [
    `${paint(`${fault.severity}[${fault.code}]`, fault.severity)}${paint(`: ${clean(fault.message)}`, "plain")}`,
  ]
  const { span } = fault
  const gutter = gutterWidth(fault)
  if (span !== null) {
    const { line, column } = position(span.source, span.start)
    lines.push(
      `${" ".repeat(gutter)}${paint("-->", "gutter")} ${paint(`${span.source.name}:${String(line)}:${String(column)}`, "place")}`,
    )
    lines.push(...frame(span, "", gutter, width, paint, fault.severity))
  }
  for (const label of fault.labels) {
    if (span === null || label.span.source !== span.source) {
      const { line, column } = position(label.span.source, label.span.start)
      const place = `${label.span.source.name}:${String(line)}:${String(column)}`
      lines.push(`${" ".repeat(gutter)}${paint(":::", "gutter")} ${paint(place, "place")}`)
    }
    lines.push(...frame(label.span, label.message, gutter, width, paint, "label"))
  }
  if (fault.hint !== null)
    lines.push(`${" ".repeat(gutter)}${paint("=", "gutter")} ${paint("hint:", "hint")} ${clean(fault.hint)}`)
  lines.push(...stack(fault.stack, gutter, paint))
  return lines.join("\n")
}

/** Several faults, with empty lines between. */
export function renderAll(faults: readonly Fault[], options: RenderOptions = {}): string {
  return faults.map((fault) => render(fault, options)).join("\n\n")
}

function gutterWidth(fault: Fault): number {
  let most = 1
  for (const span of [fault.span, ...fault.labels.map((label) => label.span)]) {
    if (span !== null) most = Math.max(most, position(span.source, lastOffset(span)).line)
  }
  return String(most).length + 1
}

function lastOffset(span: Span): number {
  return Math.max(span.start, Math.min(span.end, span.source.text.length) - 1)
}

/** Lines of source with the span marked; of a long one the first and the last two. */
function frame(span: Span, message: string, gutter: number, width: number, paint: Paint, style: Style): string[] {
  const { source } = span
  const first = position(source, span.start)
  const last = position(source, lastOffset(span))
  const bar = paint("|", "gutter")
  const margin = `${" ".repeat(gutter)}${bar}`
  const out = [margin]
  const shown = lineNumbers(first.line, last.line)
  let begin = span.start - (first.column - 1)
  let number = first.line
  for (const line of shown) {
    if (line === null) {
      out.push(`${" ".repeat(gutter - 1)}${paint("...", "gutter")}`)
      continue
    }
    for (; number < line; number++) begin = source.text.indexOf("\n", begin) + 1
    const stop = lineStop(source, begin)
    const from = Math.max(span.start, begin) - begin
    const to = Math.min(span.end, stop) - begin
    const excerpt = cut(source.text.slice(begin, stop), from, Math.max(to, from), width - gutter - 3)
    out.push(`${paint(String(line).padStart(gutter - 1), "gutter")} ${bar} ${excerpt.text}`)
    const note = line === last.line && message !== "" ? ` ${paint(clean(message), style)}` : ""
    out.push(
      `${margin} ${" ".repeat(excerpt.from)}${paint("^".repeat(Math.max(1, excerpt.to - excerpt.from)), style === "label" ? "label" : "mark")}${note}`,
    )
  }
  return out
}

function lineNumbers(first: number, last: number): (number | null)[] {
  if (last - first <= 3) return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  return [first, null, last]
}

function lineStop(source: Source, begin: number): number {
  const newline = source.text.indexOf("\n", begin)
  const stop = newline === -1 ? source.text.length : newline
  return stop > begin && source.text[stop - 1] === "\r" ? stop - 1 : stop
}

/** A line as the terminal shows it, cut to `width` columns around `from` … `to` (offsets in the line; columns in the result). */
function cut(line: string, from: number, to: number, width: number): { text: string; from: number; to: number } {
  // Only a window of the line is looked at: lines can be megabytes long.
  let start = 0
  let stop = line.length
  if (line.length > width) {
    const room = Math.max(0, width - (to - from))
    start = Math.max(0, Math.min(from - Math.floor(room / 2), line.length - width))
    if (from - start > width) start = from
    stop = Math.min(line.length, start + width)
  }
  if (start > 0 && isLowSurrogate(line, start)) start++
  if (stop < line.length && isLowSurrogate(line, stop)) stop--
  let text = start > 0 ? "…" : ""
  let column = text.length
  let begin = -1
  let end = -1
  for (let at = start; at < stop;) {
    if (at >= from && begin < 0) begin = column
    if (at >= to && end < 0) end = column
    const code = line.codePointAt(at) ?? 0
    const size = code > 0xffff ? 2 : 1
    if (code === 9) {
      text += "  "
      column += 2
    } else if (isControl(code)) {
      text += "\ufffd"
      column += 1
    } else {
      text += line.slice(at, at + size)
      column += columns(code)
    }
    at += size
  }
  if (begin < 0) begin = column
  if (end < 0) end = column
  if (stop < line.length) text += "…"
  return { text, from: begin, to: Math.max(end, begin + 1) }
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}

function isControl(code: number): boolean {
  return (
    code < 32 ||
    (code >= 127 && code < 160) ||
    (code >= 0xd800 && code < 0xe000) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  )
}

/** How many columns a character takes in a terminal. */
export function columns(code: number): number {
  if (code < 0x300) return 1
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(String.fromCodePoint(code))) return 0
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1f64f) ||
    (code >= 0x1f900 && code <= 0x1f9ff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return wide ? 2 : 1
}

/** The calls that led here, innermost first; repetitions are counted, and of a deep stack the ends are shown. */
function stack(frames: readonly StackFrame[], gutter: number, paint: Paint): string[] {
  if (frames.length === 0) return []
  const groups = collapse(frames)
  const shown = groups.length <= 12 ? groups : [...groups.slice(0, 8), null, ...groups.slice(-3)]
  const pad = " ".repeat(gutter)
  return shown.map((group) => {
    if (group === null) return `${pad}${paint(`… ${String(groups.length - 11)} more`, "gutter")}`
    const { text, times, omitted } = group
    const repeated = times > 1 ? ` (${omitted > 0 ? "more than " : ""}${times.toLocaleString("en-US")} times)` : ""
    return `${pad}${paint("in", "gutter")} ${text}${paint(repeated, "gutter")}`
  })
}

function collapse(frames: readonly StackFrame[]): { text: string; times: number; omitted: number }[] {
  const groups: { text: string; times: number; omitted: number }[] = []
  const lines = frames.map(frameText)
  for (let i = 0; i < lines.length;) {
    // a cycle of up to four calls that repeats
    let best = { size: 1, times: 1 }
    for (let size = 1; size <= 4; size++) {
      let times = 1
      while (repeats(lines, i, i + times * size, size)) times++
      if (times > 1 && times * size > best.times * best.size) best = { size, times }
    }
    const cycle = lines.slice(i, i + best.size)
    const all = frames.slice(i, i + best.size * best.times)
    const omitted = all.reduce((sum, frame) => sum + (frame.omitted ?? 0), 0)
    const times = best.size === 1 ? all.reduce((sum, frame) => sum + (frame.times ?? 1), 0) : best.times
    groups.push({ text: cycle.join(", "), times, omitted })
    i += all.length
  }
  return groups
}

function repeats(lines: readonly string[], a: number, b: number, size: number): boolean {
  if (b + size > lines.length) return false
  for (let k = 0; k < size; k++) if (lines[a + k] !== lines[b + k]) return false
  return true
}

const linesOf = new WeakMap<Span, string>()

function frameText({ name, span }: StackFrame): string {
  if (span === null) return `\`${name}\``
  let place = linesOf.get(span)
  if (place === undefined) {
    const { line, column } = position(span.source, span.start)
    place = `${span.source.name}:${String(line)}:${String(column)}`
    linesOf.set(span, place)
  }
  return `\`${name}\`, called at ${place}`
}
