/**
 * Text to tokens: one pass, in which the first character decides what can begin.
 * Strings with `{…}` inside come out as pieces (`"a {`, `} b {`, `} c"`) with ordinary tokens between, which is the one thing that needs memory while reading.
 * It must not know where statements end nor which word is a keyword where: that is the business of `layout.ts`.
 */

import type { IToken, TokenType } from "chevrotain"
import * as T from "./tokens.ts"

/** What a text consists of, without blanks: tokens, comments apart, documentation apart. */
export interface Scan {
  readonly tokens: IToken[]
  readonly comments: readonly IToken[]
  readonly docs: readonly IToken[]
}

/** Splits a text into tokens. Never fails: what means nothing becomes `Unknown`. */
export function scan(text: string): Scan {
  return new Scanner(text).read()
}

const NUMBER = /\d+(_\d+)*(\.\d+(_\d+)*)?([eE][+-]?\d+(_\d+)*)?/y

/** Everything that is written the same each time. Of those that begin alike the first that fits counts. */
const SIGNS: readonly (readonly [string, TokenType])[] = [
  ["(", T.LParen],
  [")", T.RParen],
  [",", T.Comma],
  ["[", T.LBracket],
  ["]", T.RBracket],
  ["...", T.Spread],
  ["=>", T.Arrow],
  ...["&&", "||", "**", "===", "!==", "->", ":="].map((sign) => [sign, T.Foreign] as const),
  ...["++=", "+=", "-=", "*=", "/=", "^="].map((sign) => [sign, T.AssignOperator] as const),
  ...["++", "==", "!=", "<=", ">=", "|>", "..=", ".."].map((sign) => [sign, T.Operator] as const),
  ...[..."*/%@^<>+-"].map((sign) => [sign, T.Operator] as const),
  ["!", T.Foreign],
  ["=", T.Assign],
  [".", T.Dot],
  [":", T.Colon],
  [";", T.Semicolon],
  ["'", T.Prime],
  ["|", T.Bar],
]

/** The signs that begin with a character, by its code. */
const SIGNS_OF: (readonly [string, TokenType])[][] = []
for (const sign of SIGNS) (SIGNS_OF[sign[0].charCodeAt(0)] ??= []).push(sign)

const [NEWLINE, QUOTE, HASH, SLASH, BACKSLASH, OPEN, CLOSE] = [10, 34, 35, 47, 92, 123, 125]

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13 || code === 12 || code === 0xa0 || code === 0xfeff
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || isDigit(code) || code === 95
}

/** Where a block comment that begins at `offset` ends; comments nest. The length of the text if it never does. */
function blockCommentEnd(text: string, offset: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = offset
  let depth = 0
  for (;;) {
    const found = mark.exec(text)
    if (found === null) return text.length
    depth += found[0] === "/*" ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
}

class Scanner {
  private readonly tokens: IToken[] = []
  private readonly comments: IToken[] = []
  private readonly docs: IToken[] = []
  private at = 0
  /** The depth of braces. */
  private depth = 0
  /** For each string that is being interpolated the depth at which its `{` stands. */
  private readonly strings: number[] = []
  /** Where the line of these strings ends. */
  private lineEnd = -1

  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  read(): Scan {
    const { text, tokens, comments, docs } = this
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at)
      if (isBlank(code)) this.at++
      else if (isAsciiWord(code) || code > 127) this.wordOrNumber(code)
      else if (code === QUOTE) this.stringStart()
      else if (code === OPEN) {
        this.depth++
        this.take(T.LBrace, this.at + 1)
      } else if (code === CLOSE) this.closingBrace()
      else if (!this.comment(code)) this.sign(code)
    }
    return { tokens, comments, docs }
  }

  /** The token from here to `end`. */
  private token(type: TokenType, end: number): IToken {
    const startOffset = this.at
    this.at = end
    const image = this.text.slice(startOffset, end)
    return { image, startOffset, tokenTypeIdx: type.tokenTypeIdx ?? -1, tokenType: type }
  }

  private take(type: TokenType, end: number): void {
    this.tokens.push(this.token(type, end))
  }

  private endOfLine(): number {
    const newline = this.text.indexOf("\n", this.at)
    return newline < 0 ? this.text.length : newline
  }

  private wordOrNumber(first: number): void {
    const { text } = this
    if (isDigit(first)) {
      NUMBER.lastIndex = this.at
      NUMBER.test(text)
      this.take(T.NumberWord, NUMBER.lastIndex)
      return
    }
    let end = this.at
    let code = first
    while (isAsciiWord(code)) code = text.charCodeAt(++end)
    if (code > 127) {
      // made only where it is needed, for the classes of Unicode take long to look up
      const word = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy
      word.lastIndex = this.at
      if (!word.test(text)) {
        this.unknown()
        return
      }
      end = word.lastIndex
    }
    this.take(T.Name, end)
  }

  /** A comment or a first line `#!…`; false if none begins here. */
  private comment(code: number): boolean {
    const { text, at } = this
    if (code === HASH) {
      if (at !== 0 || !text.startsWith("#!")) return false
      this.comments.push(this.token(T.Shebang, this.endOfLine()))
    } else if (code === SLASH && text.charCodeAt(at + 1) === SLASH) {
      const documents = text.startsWith("///", at) && text.charCodeAt(at + 3) !== SLASH
      if (documents) this.docs.push(this.token(T.DocComment, this.endOfLine()))
      else this.comments.push(this.token(T.LineComment, this.endOfLine()))
    } else if (code === SLASH && text.startsWith("/*", at)) {
      this.comments.push(this.token(T.BlockComment, blockCommentEnd(text, at)))
    } else return false
    return true
  }

  private sign(code: number): void {
    for (const [sign, type] of SIGNS_OF[code] ?? []) {
      if (sign.length > 1 && !this.text.startsWith(sign, this.at)) continue
      this.take(type, this.at + sign.length)
      return
    }
    this.unknown()
  }

  /** A run of one character that means nothing; a pair of surrogates stays together. */
  private unknown(): void {
    const { text, at } = this
    const code = text.codePointAt(at) ?? 0
    let end = at + (code > 0xffff ? 2 : 1)
    if (code <= 0xffff) while (end < text.length && text.charCodeAt(end) === code) end++
    this.take(T.Unknown, end)
  }

  private stringStart(): void {
    const opens = this.piece(T.StringWhole, T.StringOpen, this.isPlain())
    if (!opens) return
    this.forgetBrokenStrings()
    this.strings.push(this.depth)
    if (this.at > this.lineEnd) this.lineEnd = this.endOfLine()
  }

  /** `}` of a block or record, or of an interpolation, behind which the string goes on. */
  private closingBrace(): void {
    this.forgetBrokenStrings()
    if (this.strings[this.strings.length - 1] === this.depth) {
      if (!this.piece(T.StringClose, T.StringMiddle, false)) this.strings.pop()
      return
    }
    if (this.depth > 0) this.depth--
    this.take(T.RBrace, this.at + 1)
  }

  /** A string ends with its line, and so does what is interpolated in it. */
  private forgetBrokenStrings(): void {
    if (this.strings.length > 0 && this.at > this.lineEnd) this.strings.length = 0
  }

  /**
   * A piece of a string behind its opening `"` or the `}` of an interpolation: the last of its kind if it ends with `"`, or with the line,
   * which is noted. Answers whether it ends with `{`.
   */
  private piece(last: TokenType, opening: TokenType, plain: boolean): boolean {
    const { text } = this
    for (let end = this.at + 1; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === NEWLINE) return this.unclosed(last, end)
      if (code === QUOTE) {
        this.take(last, end + 1)
        return false
      }
      if (code === BACKSLASH && end + 1 < text.length && text.charCodeAt(end + 1) !== NEWLINE) {
        // `\u{…}` holds braces that are no interpolation
        end += text.startsWith("u{", end + 1) ? 2 : 1
      } else if (code === OPEN && !plain) {
        this.take(opening, end + 1)
        return true
      }
    }
    return this.unclosed(last, text.length)
  }

  private unclosed(type: TokenType, end: number): false {
    const token = this.token(type, end)
    token.payload = "unclosed"
    this.tokens.push(token)
    return false
  }

  /** The names of tests and imports do not interpolate; no other string follows a word directly. */
  private isPlain(): boolean {
    const last = this.tokens[this.tokens.length - 1]
    if (last === undefined || last.tokenType !== T.Name) return false
    if (last.image !== "test" && last.image !== "bench" && last.image !== "import" && last.image !== "from")
      return false
    return !this.text.slice(T.endOf(last), this.at).includes("\n")
  }
}
