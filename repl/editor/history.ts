/**
 * Inputs of before, and finding one of them: by what it begins with, or by anything it contains.
 * The list is plain data, the latest last; where it is kept is not known here.
 */

/** How many inputs are remembered. */
export const mostEntries = 10_000

/** The list with one input more; one that repeats the latest is not added. */
export function remember(entries: readonly string[], text: string): readonly string[] {
  if (text.trim() === "" || entries.at(-1) === text) return entries
  return [...entries.slice(-(mostEntries - 1)), text]
}

/** Walking through the history: where one is, what was there before, and what entries must begin with. */
export interface Browsing {
  readonly at: number
  readonly draft: string
  readonly prefix: string
}

/** The nearest entry before (or after) a place that begins with the prefix and differs from `not`; its index, or null. */
export function neighbour(
  entries: readonly string[],
  from: number,
  step: -1 | 1,
  prefix: string,
  not: string,
): number | null {
  for (let i = from + step; i >= 0 && i < entries.length; i += step) {
    const entry = entries[i]!
    if (entry !== not && entry.startsWith(prefix)) return i
  }
  return null
}

export interface Match {
  readonly text: string
  /** Offsets in `text` of the characters that were asked for. */
  readonly marks: readonly number[]
}

const mostMatches = 50

/** Entries that contain the words of a query, latest first and each text once; those with all characters in order come after. */
export function search(entries: readonly string[], query: string): Match[] {
  const seen = new Set<string>()
  const whole: Match[] = []
  const loose: Match[] = []
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((part) => part !== "")
  for (let i = entries.length - 1; i >= 0 && whole.length < mostMatches; i--) {
    const text = entries[i]!
    if (seen.has(text)) continue
    seen.add(text)
    const folded = text.toLowerCase()
    const marks = folded.length === text.length ? (containing(folded, words) ?? scattered(folded, words)) : null
    if (marks === null) continue
    if (marks.whole) whole.push({ text, marks: marks.at })
    else if (loose.length < mostMatches) loose.push({ text, marks: marks.at })
  }
  return [...whole, ...loose].slice(0, mostMatches)
}

interface Marks {
  readonly whole: boolean
  readonly at: number[]
}

function containing(text: string, words: readonly string[]): Marks | null {
  const at: number[] = []
  for (const part of words) {
    const found = text.indexOf(part)
    if (found < 0) return null
    for (let k = 0; k < part.length; k++) at.push(found + k)
  }
  return { whole: true, at }
}

function scattered(text: string, words: readonly string[]): Marks | null {
  const at: number[] = []
  let from = 0
  for (const character of words.join("")) {
    const found = text.indexOf(character, from)
    if (found < 0) return null
    at.push(found)
    from = found + character.length
  }
  return { whole: false, at }
}
