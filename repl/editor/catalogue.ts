/**
 * What can be completed: the names of a session as plain data.
 * The engine's side makes a catalogue after every input; the editor reads it at every key, also while something runs. It must not know values.
 */

export type EntryKind =
  | "function"
  | "value"
  | "variant"
  | "type"
  | "module"
  | "keyword"
  | "command"
  | "file"
  | "argument"
  | "field"
  | "letter"

/** Something that has a name. */
export interface Entry {
  readonly name: string
  readonly kind: EntryKind
  /** How it is called, or what kind of value it is: `fn f(x, steps = 3)`, `an array of shape (3)`. */
  readonly signature: string
  /** The first line of its documentation, or nothing. */
  readonly doc: string
  /** Names that may stand before a colon in a call. */
  readonly parameters?: readonly string[]
  /** What may stand behind a dot. */
  readonly fields?: readonly Entry[]
}

export interface Catalogue {
  /** Names in scope: the session's own first. */
  readonly names: readonly Entry[]
  /** What `import "…"` knows besides files. */
  readonly modules: readonly Entry[]
}

/** A command as the editor sees it. */
export interface CommandEntry extends Entry {
  /** What its argument is. */
  readonly argument: "expression" | "name" | "file" | "command" | "none"
}

/** The first sentence of a documentation text, on one line and without the marks of Markdown. */
export function firstLine(doc: string | null | undefined): string {
  const line = (doc ?? "")
    .split(/\n\s*\n/, 1)[0]!
    .replace(/\s+/g, " ")
    .trim()
  return line
}
