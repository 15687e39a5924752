/**
 * What every part of the grammar needs: places, faults, recovery, and the bounds on what the native stack carries.
 * Where a statement or an arm cannot be read, the rest of it is skipped and reading goes on behind it, so that one run finds several faults.
 * It must not know any construct of the language.
 */

import type { IToken, TokenType } from "chevrotain"
import type { Expr } from "../ast.ts"
import { isCloser, isOpener } from "../brackets.ts"
import { explain } from "../complaints.ts"
import { unescape } from "../escapes.ts"
import type { Layout } from "../layout.ts"
import { Complaint, complain } from "../operators.ts"
import { syntaxFaults as say } from "../report/catalogue/syntax.ts"
import { faultOf, type Fault } from "../report/fault.ts"
import type { Source, Span } from "../report/span.ts"
import * as T from "../tokens.ts"
import { endOf } from "../tokens.ts"
import { Mismatch, Recognizer } from "./recognizer.ts"

/** Expressions may nest this deep, whatever they nest in: the grammar uses the native stack. */
const MAX_DEPTH = 220
/** Calls, fields or indices in one chain, arms of `else if`. */
export const MAX_CHAIN = 2000
/** Operators between operands. */
export const MAX_OPERATORS = 1000
/** After so many faults reading stops. */
export const MAX_FAULTS = 50

/** Alternatives of a rule that all give one kind of node. */
export type Alternatives<Node> = { ALT: () => Node; GATE?: () => boolean }[]

export const NOWHERE: Source = { name: "", text: "" }

export abstract class Reading extends Recognizer {
  protected source: Source = NOWHERE
  protected laidOut: Layout | null = null
  protected faults: Fault[] = []
  /** Faults at the very end of the input, which more input might cure. */
  protected atEnd = 0
  /** What stood in parentheses last. */
  protected parenthesised: Expr | null = null
  /** The word whose head is being read, in which `=>` belongs to no function; null elsewhere. */
  protected head: string | null = null
  protected depth = 0

  /** Gets ready for one text. */
  protected begin(source: Source, laidOut: Layout): void {
    this.open(laidOut.tokens)
    this.source = source
    this.laidOut = laidOut
    this.faults = []
    this.atEnd = 0
    this.parenthesised = null
    this.head = null
    this.depth = 0
  }

  /** Lets go of the text. */
  protected finish(): void {
    this.open([])
    this.source = NOWHERE
    this.laidOut = null
    this.parenthesised = null
  }

  protected at(): number {
    const token = this.LA(1)
    return token.tokenType === T.EOF ? this.source.text.length : token.startOffset
  }

  protected span(start: number): Span {
    const last = this.LA(0)
    return { source: this.source, start, end: Math.max(start, endOf(last)) }
  }

  protected spanOf(token: IToken): Span {
    if (token.tokenType === T.EOF || token.startOffset < 0) {
      const end = this.source.text.trimEnd().length
      return { source: this.source, start: end, end }
    }
    return { source: this.source, start: token.startOffset, end: endOf(token) }
  }

  protected sees(type: TokenType): boolean {
    return this.LA(1).tokenType === type
  }

  protected docAt(offset: number): string | null {
    return this.laidOut?.docs.get(offset) ?? null
  }

  /** Behind an item of a list: a comma, or the bracket that closes it. */
  protected separated(closer: TokenType, hint?: string): void {
    if (this.RECORDING_PHASE) return
    const found = this.LA(1)
    if (this.LA(0).tokenType === T.Comma || found.tokenType === closer) return
    const closing = closer === T.RParen ? ")" : closer === T.RBracket ? "]" : "}"
    const ahead = found.tokenType
    if ((ahead === T.LParen || ahead === T.LBracket || ahead === T.LambdaParen) && this.startsLine(found)) {
      complain(say.lineStartBracket(found.image), this.spanOf(found))
    }
    complain(explain.separator(found, this.LA(0), closing, hint), this.spanOf(found))
  }

  protected startsLine(token: IToken): boolean {
    const between = this.source.text.slice(endOf(this.LA(0)), token.startOffset)
    return between.includes("\n")
  }

  protected report(fault: Fault, start: number): void {
    // What the layout has already said about this stretch is not said twice.
    const end = fault.span?.end ?? start
    const said =
      this.laidOut?.faults.some((f) => f.span !== null && f.span.start >= start && f.span.start <= end) ?? false
    if (said) return
    if (fault.span !== null && fault.span.start >= this.source.text.trimEnd().length) this.atEnd++
    this.faults.push(fault)
  }

  /** Turns what was thrown while reading from `first` on into a fault; anything that is none goes on. */
  protected recover(error: unknown, first: IToken): void {
    const start = this.spanOf(first).start
    if (error instanceof Complaint) this.report(error.fault, start)
    else if (error instanceof Mismatch) {
      const found = this.LA(1)
      this.report(faultOf(explain.mismatch(error.expected, error.rule, found, this.LA(0)), this.spanOf(found)), start)
    } else throw error
    this.head = null
  }

  /** Skips to where the statement or arm that began with `first` ends: one of `ends` outside its brackets, or the bracket around it. */
  protected skip(first: IToken, ends: readonly TokenType[]): void {
    const { tokens } = this
    const stop = this.LA(1)
    let nesting = 0
    for (let i = tokens.indexOf(first); i < tokens.length && tokens[i] !== stop; i++) {
      const type = tokens[i]!.tokenType
      if (isOpener(type)) nesting++
      else if (isCloser(type) && type !== T.StringMiddle) nesting--
    }
    for (let token = this.LA(1); token.tokenType !== T.EOF; token = this.SKIP_TOKEN()) {
      const type = token.tokenType
      if (nesting <= 0 && (ends.includes(type) || (isCloser(type) && type !== T.StringMiddle))) return
      if (isOpener(type)) nesting++
      else if (isCloser(type) && type !== T.StringMiddle) nesting--
    }
  }

  /** Enough faults: the rest is left unread. */
  protected skipAll(): void {
    while (!this.sees(T.EOF)) this.SKIP_TOKEN()
  }

  protected enter(): void {
    if (++this.depth > MAX_DEPTH) complain(say.nestedTooDeeply(MAX_DEPTH), this.spanOf(this.LA(1)))
  }

  protected chain(length: number, most = MAX_CHAIN): void {
    if (length > most) complain(say.tooLong(most), this.spanOf(this.LA(1)))
  }

  /** The text of a piece of a string without `before` and `after` characters. */
  protected textOf(token: IToken, before: number, after: number): string {
    if (this.RECORDING_PHASE) return ""
    const { image, startOffset } = token
    return unescape(image.slice(before, image.length - after), (text, from, to) => {
      const start = startOffset + before
      this.faults.push(faultOf(text, { source: this.source, start: start + from, end: start + to }))
    })
  }
}

/** The number that was written. */
export function numberOf(token: IToken): number {
  const value = Number(token.image)
  return Number.isNaN(value) ? Number(token.image.replaceAll("_", "")) : value
}
