/**
 * A small printer of documents that fit a width.
 * A document is text with places where a line may break; a group breaks at all of its places or at none (Wadler, Oppen), which is decided from the outside in.
 * It must not know what it prints.
 */

export type Doc = string | readonly Doc[] | Line | Group | Indent | Either | Verbatim

interface Line {
  readonly kind: "line"
  /** What stands there when the line does not break. */
  readonly flat: string
  readonly hard: boolean
}
interface Group {
  readonly kind: "group"
  readonly doc: Doc
}
interface Indent {
  readonly kind: "indent"
  readonly doc: Doc
}
interface Either {
  readonly kind: "either"
  readonly broken: Doc
  readonly flat: Doc
}
/** Lines that are printed as they are, moved as a whole by the indentation. */
interface Verbatim {
  readonly kind: "verbatim"
  readonly lines: readonly string[]
}

/** A blank, or a new line. */
export const line: Doc = { kind: "line", flat: " ", hard: false }
/** Nothing, or a new line. */
export const softline: Doc = { kind: "line", flat: "", hard: false }
/** Always a new line, except where everything must stand on one: there `; `. */
export const hardline: Doc = { kind: "line", flat: "; ", hard: true }

export const group = (doc: Doc): Doc => ({ kind: "group", doc })
export const indent = (doc: Doc): Doc => ({ kind: "indent", doc })
export const either = (broken: Doc, flat: Doc): Doc => ({ kind: "either", broken, flat })
export const verbatim = (lines: readonly string[]): Doc => ({ kind: "verbatim", lines })

export function join(docs: readonly Doc[], separator: Doc): Doc {
  const out: Doc[] = []
  docs.forEach((doc, i) => {
    if (i > 0) out.push(separator)
    out.push(doc)
  })
  return out
}

const INDENT = "  "

interface Item {
  readonly doc: Doc
  readonly depth: number
  readonly flat: boolean
}

/** Prints a document within `width` columns where that is possible; `flat` puts everything on one line. */
export function layOut(doc: Doc, width = 100, flat = false): string {
  const out: string[] = []
  let column = 0
  const todo: Item[] = [{ doc, depth: 0, flat }]
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { doc: at, depth } = item
    if (typeof at === "string") {
      out.push(at)
      column += at.length
    } else if (isList(at)) {
      for (let i = at.length - 1; i >= 0; i--) todo.push({ doc: at[i] ?? "", depth, flat: item.flat })
    } else {
      switch (at.kind) {
        case "line":
          if (item.flat && !(at.hard && !flat)) {
            out.push(at.flat)
            column += at.flat.length
          } else {
            trimEnd(out)
            out.push("\n", INDENT.repeat(depth))
            column = INDENT.length * depth
          }
          break
        case "indent":
          todo.push({ doc: at.doc, depth: depth + 1, flat: item.flat })
          break
        case "group":
          todo.push({ doc: at.doc, depth, flat: item.flat || fits(at.doc, width - column, todo) })
          break
        case "either":
          todo.push({ doc: item.flat ? at.flat : at.broken, depth, flat: item.flat })
          break
        case "verbatim":
          at.lines.forEach((text, i) => {
            if (i > 0) out.push("\n", text === "" ? "" : INDENT.repeat(depth))
            out.push(text)
          })
          column = width
          break
      }
    }
  }
  return out.join("")
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc)
}

function trimEnd(out: string[]): void {
  for (let i = out.length - 1; i >= 0; i--) {
    const text = out[i] ?? ""
    if (text === "\n") return
    const trimmed = text.replace(/ +$/, "")
    out[i] = trimmed
    if (trimmed !== "") return
  }
}

/** Does the document fit flat, with what follows up to the next place where a line may break? */
function fits(doc: Doc, room: number, after: readonly Item[]): boolean {
  const todo: Doc[] = [doc]
  let left = room
  let next = after.length - 1
  let inside = true
  while (left >= 0) {
    let at = todo.pop()
    if (at === undefined) {
      const follower = after[next--]
      if (follower === undefined) return true
      inside = false
      at = follower.doc
    }
    if (typeof at === "string") left -= at.length
    else if (isList(at)) for (let i = at.length - 1; i >= 0; i--) todo.push(at[i] ?? "")
    else {
      switch (at.kind) {
        case "line":
          if (!inside) return true
          if (at.hard) return false
          left -= at.flat.length
          break
        case "either":
          todo.push(inside ? at.flat : at.broken)
          break
        case "verbatim":
          if (at.lines.length > 1) return !inside
          left -= at.lines[0]?.length ?? 0
          break
        default:
          todo.push(at.doc)
      }
    }
  }
  return false
}
