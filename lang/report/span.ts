/**
 * Where something stands in a source text.
 * A span is a half-open range of UTF-16 offsets in one named source; lines and columns are computed only when a person reads them.
 * It must not know what the text means.
 */

/** One text that was given to the parser: a file, a module, a line typed in a session. */
export interface Source {
  /** What a person calls it: a path as given, `std/optim`, `<input 3>`. */
  readonly name: string
  readonly text: string
}

/** A half-open range `[start, end)` of offsets in a source. */
export interface Span {
  readonly source: Source
  readonly start: number
  readonly end: number
}

/** The smallest span that covers both. */
export function cover(a: Span, b: Span): Span {
  return { source: a.source, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) }
}

/** Line and column of an offset, both counted from 1; columns count UTF-16 units. */
export function position(source: Source, offset: number): { line: number; column: number } {
  const before = offset === 0 ? -1 : source.text.lastIndexOf("\n", offset - 1)
  let line = 1
  for (let at = source.text.indexOf("\n"); at !== -1 && at < offset; at = source.text.indexOf("\n", at + 1)) line++
  return { line, column: offset - before }
}
