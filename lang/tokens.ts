/**
 * The words and signs of the language, and the lexer that finds them.
 * Strings with `{…}` inside come out as pieces (`"a {`, `} b {`, `} c"`) with ordinary tokens between, which is the one thing that needs memory while reading.
 * It must not know where statements end nor which word is a keyword where: that is the business of `layout.ts`.
 */

import {
  createToken,
  Lexer,
  type CustomPatternMatcherReturn,
  type IToken,
  type ITokenConfig,
  type TokenPattern,
  type TokenType,
} from "chevrotain"

/** Codes of first characters for words in any script: the lexer's index has one place for each 256 codes. */
const LETTERS: (string | number)[] = ["_"]
const ANY: number[] = []
for (let code = 0; code < 256; code++) {
  ANY.push(code)
  if (/[A-Za-z]/.test(String.fromCharCode(code)) || code > 127) LETTERS.push(code)
}
for (let code = 256; code < 65536; code += 128) {
  ANY.push(code)
  LETTERS.push(code)
}

const WORD = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy

function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
}

/** What `matchWord` returns, read before the next word is looked for. */
const word: [string] = [""]

function matchWord(text: string, offset: number): [string] | null {
  let end = offset
  let code = text.charCodeAt(end)
  if (!(code >= 48 && code <= 57)) while (isAsciiWord(code)) code = text.charCodeAt(++end)
  if (!(code > 127)) {
    if (end === offset) return null
    word[0] = text.slice(offset, end)
    return word
  }
  WORD.lastIndex = offset
  const found = WORD.exec(text)
  return found === null ? null : [found[0]]
}

/** Where a block comment that begins at `offset` ends; comments nest. The length of the text if it never does. */
export function blockCommentEnd(text: string, offset: number): number {
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

// What the lexer remembers while it reads one text: the depth of braces, and for each string that is being interpolated the depth
// at which its `{` stands and where its line ends. Reset by `scan`.
let depth = 0
const strings: number[] = []
let lineEnd = -1
let pieceAt = -1
let pieceEnd = -1
let pieceOpens = false
let pieceClosed = false

/** A string ends with its line, and so does what is interpolated in it. */
function forgetBrokenStrings(offset: number): void {
  if (strings.length > 0 && offset > lineEnd) strings.length = 0
}

/** Reads a piece of a string behind its opening `"` or the `}` of an interpolation; says in `piece…` what it found. */
function readPiece(text: string, offset: number, plain: boolean): void {
  if (pieceAt === offset) return
  pieceAt = offset
  pieceOpens = false
  pieceClosed = false
  let at = offset + 1
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) {
      pieceClosed = true
      at++
      break
    }
    if (code === 10) break
    if (code === 92 && at + 1 < text.length && text.charCodeAt(at + 1) !== 10) {
      // `\u{…}` holds braces that are no interpolation
      if (text.charCodeAt(at + 1) === 117 && text.charCodeAt(at + 2) === 123) at += 2
      else at += 1
    } else if (code === 123 && !plain) {
      pieceOpens = true
      at++
      break
    }
  }
  pieceEnd = at
}

/** The names of tests and imports do not interpolate; no other string follows a word directly. */
function isPlain(text: string, offset: number, before: IToken[]): boolean {
  const last = before[before.length - 1]
  if (last === undefined || last.tokenType !== Name) return false
  if (last.image !== "test" && last.image !== "bench" && last.image !== "import" && last.image !== "from") return false
  return !text.slice(last.startOffset + last.image.length, offset).includes("\n")
}

function piece(text: string, offset: number): CustomPatternMatcherReturn {
  const match = [text.slice(offset, pieceEnd)] as unknown as CustomPatternMatcherReturn
  if (!pieceOpens && !pieceClosed) match.payload = "unclosed"
  return match
}

function matchString(text: string, offset: number, before: IToken[]): CustomPatternMatcherReturn | null {
  if (text.charCodeAt(offset) !== 34) return null
  readPiece(text, offset, isPlain(text, offset, before))
  return pieceOpens ? null : piece(text, offset)
}

function matchStringOpen(text: string, offset: number): CustomPatternMatcherReturn | null {
  if (pieceAt !== offset || !pieceOpens) return null
  forgetBrokenStrings(offset)
  strings.push(depth)
  if (offset > lineEnd) {
    const newline = text.indexOf("\n", offset)
    lineEnd = newline === -1 ? text.length : newline
  }
  return piece(text, offset)
}

function matchStringMiddle(text: string, offset: number): CustomPatternMatcherReturn | null {
  forgetBrokenStrings(offset)
  if (strings[strings.length - 1] !== depth) return null
  readPiece(text, offset, false)
  return pieceOpens ? piece(text, offset) : null
}

function matchStringClose(text: string, offset: number): CustomPatternMatcherReturn | null {
  if (strings.length === 0 || strings[strings.length - 1] !== depth || pieceAt !== offset || pieceOpens) return null
  strings.pop()
  return piece(text, offset)
}

function matchLeftBrace(text: string, offset: number): [string] | null {
  if (text.charCodeAt(offset) !== 123) return null
  depth++
  return ["{"]
}

function matchRightBrace(text: string, offset: number): [string] | null {
  if (text.charCodeAt(offset) !== 125) return null
  if (depth > 0) depth--
  return ["}"]
}

function matchBlockComment(text: string, offset: number): [string] | null {
  return text.startsWith("/*", offset) ? [text.slice(offset, blockCommentEnd(text, offset))] : null
}

/** A run of one character that means nothing; a pair of surrogates stays together. */
function matchUnknown(text: string, offset: number): [string] {
  const code = text.codePointAt(offset) ?? 0
  if (code > 0xffff) return [text.slice(offset, offset + 2)]
  let end = offset + 1
  while (end < text.length && text.charCodeAt(end) === code) end++
  return [text.slice(offset, end)]
}

interface Shape {
  /** Characters that the pattern can begin with, for patterns that are functions. */
  readonly starts?: (string | number)[]
  /** Tokens of a group are kept apart from the rest. */
  readonly group?: string
  readonly lines?: boolean
}

/** All types of token have the same properties in the same order, or reading any of them would be slow. */
function define(name: string, pattern: TokenPattern, { starts, group, lines = false }: Shape = {}): TokenType {
  return createToken({ name, pattern, group, line_breaks: lines, start_chars_hint: starts } as ITokenConfig)
}

export const Blank = define("Blank", /[ \t\r\n\f\u00a0\ufeff]+/, { group: Lexer.SKIPPED, lines: true })
export const Shebang = define("Shebang", (text, offset) => (offset === 0 ? /^#![^\n]*/.exec(text) : null), {
  starts: ["#"],
  group: "comments",
})
export const DocComment = define("DocComment", /\/\/\/(?!\/)[^\n]*/, { group: "docs" })
export const LineComment = define("LineComment", /\/\/[^\n]*/, { group: "comments" })
export const BlockComment = define("BlockComment", matchBlockComment, {
  starts: ["/"],
  group: "comments",
  lines: true,
})

/** Every word at first; `layout.ts` tells keywords and the roles of names apart. */
export const Name = define("Name", matchWord, { starts: LETTERS })
export const NumberWord = define("NumberWord", /\d+(_\d+)*(\.\d+(_\d+)*)?([eE][+-]?\d+(_\d+)*)?/)
export const StringWhole = define("StringWhole", matchString, { starts: ['"'] })
export const StringOpen = define("StringOpen", matchStringOpen, { starts: ['"'] })
export const StringMiddle = define("StringMiddle", matchStringMiddle, { starts: ["}"] })
export const StringClose = define("StringClose", matchStringClose, { starts: ["}"] })

export const LParen = define("LParen", "(")
export const RParen = define("RParen", ")")
export const LBracket = define("LBracket", "[")
export const RBracket = define("RBracket", "]")
export const LBrace = define("LBrace", matchLeftBrace, { starts: ["{"] })
export const RBrace = define("RBrace", matchRightBrace, { starts: ["}"] })

export const Comma = define("Comma", ",")
export const Colon = define("Colon", ":")
export const Semicolon = define("Semicolon", ";")
export const Prime = define("Prime", "'")
export const Spread = define("Spread", "...")
/** All binary operators, `-` too; what they are is in the image. */
export const Operator = define("Operator", /\+\+|==|!=|<=|>=|\|>|\.\.=|\.\.|[*/%@^<>+-]/)
export const Dot = define("Dot", ".")
export const Bar = define("Bar", "|")
export const Arrow = define("Arrow", "=>")
export const AssignOperator = define("AssignOperator", /\+\+=|[+\-*/^]=/)
export const Assign = define("Assign", "=")
/** Operators of other languages, for a helpful answer. */
export const Foreign = define("Foreign", /&&|\|\||\*\*|===|!==|->|:=|!(?!=)/)
export const Unknown = define("Unknown", matchUnknown, { starts: ANY })

/** What `layout.ts` makes of the above; never found by the lexer itself. */
function role(name: string): TokenType {
  return define(name, Lexer.NA)
}
/** The end of a statement. */
export const Newline = role("Newline")
/** A unary operator: `-` or `not`. */
export const Prefix = role("Prefix")
/** A word before `:`. */
export const Label = role("Label")
/** A word before `=>`. */
export const Parameter = role("Parameter")
/** `(` on the line of what it follows. */
export const CallParen = role("CallParen")
/** `(` whose `)` stands before `=>`. */
export const LambdaParen = role("LambdaParen")
/** `[` on the line of what it follows. */
export const IndexBracket = role("IndexBracket")
/** `{` of a block after `=>`. */
export const BodyBrace = role("BodyBrace")
/** `..` or `..=` without a bound on one side. */
export const OpenRange = role("OpenRange")
export const Let = role("Let")
export const Var = role("Var")
export const Fn = role("Fn")
export const Match = role("Match")
export const If = role("If")
export const Else = role("Else")
/** `else` before `if`. */
export const ElseIf = role("ElseIf")
export const For = role("For")
export const In = role("In")
export const While = role("While")
export const Break = role("Break")
export const Continue = role("Continue")
export const Return = role("Return")
export const Do = role("Do")
export const True = role("True")
export const False = role("False")
export const Type = role("Type")
export const Import = role("Import")
export const As = role("As")
export const From = role("From")
export const Test = role("Test")
export const Bench = role("Bench")

/** The reserved words; `not`, `and` and `or` are operators. */
export const KEYWORDS: ReadonlyMap<string, TokenType> = new Map([
  ["let", Let],
  ["var", Var],
  ["fn", Fn],
  ["match", Match],
  ["if", If],
  ["else", Else],
  ["for", For],
  ["in", In],
  ["while", While],
  ["break", Break],
  ["continue", Continue],
  ["return", Return],
  ["do", Do],
  ["true", True],
  ["false", False],
  ["and", Operator],
  ["or", Operator],
  ["not", Prefix],
])

const FOUND = [
  Blank,
  Name,
  NumberWord,
  LParen,
  RParen,
  Comma,
  Shebang,
  DocComment,
  LineComment,
  BlockComment,
  StringWhole,
  StringOpen,
  StringMiddle,
  StringClose,
  LBracket,
  RBracket,
  LBrace,
  RBrace,
  Spread,
  Arrow,
  Foreign,
  AssignOperator,
  Operator,
  Assign,
  Dot,
  Colon,
  Semicolon,
  Prime,
  Bar,
  Unknown,
]

/** Every type of token that the grammar may see. */
export const VOCABULARY: TokenType[] = [
  ...FOUND,
  Newline,
  Prefix,
  Label,
  Parameter,
  CallParen,
  LambdaParen,
  IndexBracket,
  BodyBrace,
  OpenRange,
  Let,
  Var,
  Fn,
  Match,
  If,
  Else,
  ElseIf,
  For,
  In,
  While,
  Break,
  Continue,
  Return,
  Do,
  True,
  False,
  Type,
  Import,
  As,
  From,
  Test,
  Bench,
]

let lexer: Lexer | null = null

/** The lexer, made when first needed; `check` has it examine its own patterns. */
export function makeLexer(check: boolean): Lexer {
  // the check wants absent properties to be absent
  const copy = (type: TokenType): TokenType =>
    Object.fromEntries(Object.entries(type).filter(([, value]) => value !== undefined)) as unknown as TokenType
  return new Lexer(check ? FOUND.map(copy) : FOUND, {
    positionTracking: "onlyOffset",
    skipValidations: !check,
    ensureOptimizations: true,
    lineTerminatorCharacters: ["\n"],
    lineTerminatorsPattern: /\n/g,
  })
}

/** What a text consists of, without blanks: tokens, comments apart, documentation apart. */
export interface Scan {
  readonly tokens: IToken[]
  readonly comments: readonly IToken[]
  readonly docs: readonly IToken[]
}

/** Splits a text into tokens. Never fails: what means nothing becomes `Unknown`. */
export function scan(text: string): Scan {
  lexer ??= makeLexer(false)
  depth = 0
  strings.length = 0
  lineEnd = -1
  pieceAt = -1
  const { tokens, groups } = lexer.tokenize(text)
  return { tokens, comments: groups["comments"] ?? [], docs: groups["docs"] ?? [] }
}

/** The offset behind a token. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length
}
