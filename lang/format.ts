/**
 * The one layout for a text that a person wrote: comments, empty lines, spellings and chosen parentheses stay.
 * Comments belong to the statement or arm that they stand before, behind or inside; one that holds a comment in its midst is kept as it was written.
 * It must not change what the program means, and formatting twice changes nothing.
 */

import type { Expr, MatchArm, Program, Statement } from "./ast.ts"
import { isCloser, isOpener } from "./brackets.ts"
import { layout } from "./layout.ts"
import { parse } from "./parse.ts"
import { print, type BlockLike } from "./print.ts"
import type { Fault } from "./report/fault.ts"
import type { Source, Span } from "./report/span.ts"
import { scan } from "./scan.ts"
import { endOf } from "./tokens.ts"
import * as T from "./tokens.ts"

/** Lays a text out; a text with faults is returned as it is, with them. */
export function format(source: Source, width = 100): { text: string; faults: readonly Fault[] } {
  const { program, faults } = parse(source)
  if (faults.length > 0) return { text: source.text, faults }
  const keeper = new Keeper(source)
  const body = print(program, {
    width,
    spelling: (node) => keeper.spelling(node),
    inParentheses: (node) => keeper.inParentheses(node),
    before: (node, block) => keeper.before(node, block),
    behind: (node) => keeper.behind(node),
    verbatim: (node) => keeper.verbatim(node),
  })
  const text = keeper.shebang + body
  return { text: isFaithful(source, program, text) ? text : source.text, faults }
}

/** The same tree and the same comments; what would not be is left as it was written. */
function isFaithful(source: Source, program: Program, text: string): boolean {
  const read = parse({ name: source.name, text })
  return (
    read.faults.length === 0 &&
    withoutPlaces(read.program) === withoutPlaces(program) &&
    commentsOf(text).join("\n") === commentsOf(source.text).join("\n")
  )
}

function withoutPlaces(program: Program): string {
  return JSON.stringify(program, (key, value: unknown) =>
    key === "span" || key.endsWith("Span") || (key === "doc" && value === null) ? undefined : value,
  )
}

function commentsOf(text: string): string[] {
  const { comments, docs } = scan(text)
  return [...comments, ...docs]
    .sort((a, b) => a.startOffset - b.startOffset)
    .map(({ image }) => image.replace(/\s+/g, " ").trim())
}

interface Comment {
  readonly start: number
  readonly end: number
  readonly image: string
}

type Item = Statement | MatchArm

/** What of the text is to stay, asked node by node while it is printed. */
class Keeper {
  readonly shebang: string
  private readonly text: string
  private readonly comments: Comment[]
  /** Where the bracket that opens at an offset closes, and the other way round. */
  private readonly partners = new Map<number, number>()
  private readonly openers = new Map<number, number>()
  /** Where the next or the last token stands, for what is around an item. */
  private readonly starts: number[] = []
  private readonly ends: number[] = []

  constructor(source: Source) {
    this.text = source.text
    const { tokens, comments, docs } = scan(source.text)
    const first = comments.find((comment) => comment.tokenType === T.Shebang)
    this.shebang = first === undefined ? "" : `${first.image.trimEnd()}\n`
    this.comments = [...comments.filter((comment) => comment !== first), ...docs]
      .map((comment) => ({ start: comment.startOffset, end: endOf(comment), image: comment.image.trimEnd() }))
      .sort((a, b) => a.start - b.start)
    for (const token of tokens) {
      this.starts.push(token.startOffset)
      this.ends.push(endOf(token))
    }
    const open: number[] = []
    for (const token of layout(source).tokens) {
      const type = token.tokenType
      if (isOpener(type)) open.push(token.startOffset)
      else if (isCloser(type) && type !== T.StringMiddle) {
        const opener = open.pop()
        if (opener === undefined) continue
        this.partners.set(opener, endOf(token))
        this.openers.set(endOf(token), opener)
      }
    }
  }

  spelling(node: Expr): string | null {
    const { start, end } = node.span
    const written = this.text.slice(start, end)
    if (node.kind === "number") return /^[\d._eE+-]+$/.test(written) ? written : null
    return node.kind === "string" && written.startsWith('"') ? written : null
  }

  /** Spans include the parentheses around an expression. */
  inParentheses({ kind, span }: Expr): boolean {
    if (this.text[span.start] !== "(" || this.partners.get(span.start) !== span.end) return false
    if (kind !== "tuple" && kind !== "unit") return true
    // these have parentheses of their own
    const inner = this.starts[lowerBound(this.starts, span.start + 1)]
    const innerEnd = this.ends[lowerBound(this.ends, span.end) - 1]
    return inner !== undefined && this.text[inner] === "(" && this.partners.get(inner) === innerEnd
  }

  // ── comments and empty lines around statements and arms ────────────────────────────────────────────────────────────

  before(node: Item | null, block: BlockLike): readonly string[] {
    const to = node === null ? this.closing(block) : node.span.start
    const from = this.tokenEndBefore(to)
    const out: string[] = []
    let at = from
    for (const comment of this.within(from, to)) {
      if (this.isTrailing(comment)) {
        at = comment.end
        continue
      }
      if (this.hasEmptyLine(at, comment.start)) out.push("")
      out.push(...commentLines(comment, this.indentation(comment.start)))
      at = comment.end
    }
    if (node !== null && this.hasEmptyLine(at, to)) out.push("")
    return out
  }

  behind(node: Item): string | null {
    const end = this.separatorEnd(node.span.end)
    const stop = this.lineEnd(end)
    const found: string[] = []
    for (const comment of this.within(node.span.end, stop)) {
      const tokenBetween = this.starts[lowerBound(this.starts, end)] ?? Infinity
      if (comment.start < stop && comment.start < tokenBetween && !comment.image.includes("\n"))
        found.push(comment.image)
    }
    return found.length === 0 ? null : found.join(" ")
  }

  verbatim(node: Item): readonly string[] | null {
    const { span } = node
    const inner = this.within(span.start, span.end)
    if (inner.length === 0 || inner.every((comment) => this.isInBlock(node, comment))) return null
    const silent = "silent" in node && node.silent ? ";" : ""
    const rows = (this.text.slice(span.start, span.end) + silent).replaceAll("\r", "").split("\n")
    const shift = this.indentation(span.start)
    return rows.map((row, i) => (i === 0 ? row.trimEnd() : unindent(row, shift).trimEnd()))
  }

  /** Is the comment the one behind a statement on its line? */
  private isTrailing(comment: Comment): boolean {
    if (comment.image.includes("\n")) return false
    const lineStart = this.text.lastIndexOf("\n", comment.start - 1) + 1
    const before = this.ends[lowerBound(this.ends, comment.start + 1) - 1] ?? -1
    if (before <= lineStart || comment.start < before) return false
    const token = this.text[before - 1]
    return token !== "{" && !(this.text.slice(before - 2, before) === "=>")
  }

  private tokenEndBefore(offset: number): number {
    return this.ends[lowerBound(this.ends, offset + 1) - 1] ?? 0
  }

  /** Where the brace stands that closes a block or a match; the end of a program. */
  private closing(block: BlockLike): number {
    return "kind" in block ? this.braces(block.span).to : this.text.length
  }

  /** The braces that a block or a match ends with; the span may go on with closing parentheses. */
  private braces(span: Span): { from: number; to: number } {
    let last = lowerBound(this.ends, span.end)
    while (last > 0 && this.text[this.starts[last] ?? 0] !== "}") last--
    return { from: this.openers.get(this.ends[last] ?? 0) ?? span.start, to: this.starts[last] ?? span.end }
  }

  /** Does the comment stand in a block or between the arms inside the node, where it will be met again? */
  private isInBlock(node: Item, comment: Comment): boolean {
    return blocksOf(node).some((span) => {
      const { from, to } = this.braces(span)
      return comment.start >= from && comment.end <= to
    })
  }

  /** Behind a `;` or `,` that follows. */
  private separatorEnd(offset: number): number {
    const next = this.starts[lowerBound(this.starts, offset)]
    return next !== undefined && (this.text[next] === ";" || this.text[next] === ",") && next < this.lineEnd(offset)
      ? next + 1
      : offset
  }

  private within(from: number, to: number): readonly Comment[] {
    const first = lowerBoundBy(this.comments, from)
    const out: Comment[] = []
    for (let i = first; i < this.comments.length; i++) {
      const comment = this.comments[i]
      if (comment === undefined || comment.start >= to) break
      out.push(comment)
    }
    return out
  }

  private lineEnd(offset: number): number {
    const at = this.text.indexOf("\n", offset)
    return at === -1 ? this.text.length : at
  }

  private hasEmptyLine(from: number, to: number): boolean {
    return /\n[ \t\r]*\n/.test(this.text.slice(from, to))
  }

  /** The blanks at the beginning of the line on which an offset stands. */
  private indentation(offset: number): number {
    const start = this.text.lastIndexOf("\n", offset - 1) + 1
    let at = start
    while (this.text[at] === " " || this.text[at] === "\t") at++
    return Math.min(at, offset) - start
  }
}

function commentLines(comment: Comment, indentation: number): string[] {
  return comment.image
    .replaceAll("\r", "")
    .split("\n")
    .map((row, i) => (i === 0 ? row : unindent(row, indentation)).trimEnd())
}

function unindent(row: string, by: number): string {
  let at = 0
  while (at < by && (row[at] === " " || row[at] === "\t")) at++
  return row.slice(at)
}

/** The blocks and matches directly in a statement or arm, however deep in its expressions. */
function blocksOf(node: Item): Span[] {
  const out: Span[] = []
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== "object") return
    const at = value as { readonly kind?: string; readonly span?: Span; readonly subject?: Expr }
    if ((at.kind === "block" || at.kind === "match") && at.span !== undefined) {
      out.push(at.span)
      visit(at.subject)
      return
    }
    for (const [key, part] of Object.entries(value)) if (key !== "span" && !key.endsWith("Span")) visit(part)
  }
  for (const [key, part] of Object.entries(node)) if (key !== "span") visit(part)
  return out
}

/** The first index whose value is at least `least`. */
function lowerBound(sorted: readonly number[], least: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}

function lowerBoundBy(sorted: readonly Comment[], least: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle]?.start ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}
