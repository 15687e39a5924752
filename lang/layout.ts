/**
 * From what the lexer found to what the grammar reads: which words are keywords, where statements end, which bracket belongs to which.
 * Every decision that needs more than one token ahead is taken here once (`x =>`, `name:`, `f(` against `(`), so that the grammar needs a single one.
 * Brackets leave here balanced; what did not fit is a fault already. It must not know expressions or statements beyond their first word.
 */

import type { IToken, TokenType } from "chevrotain"
import { closeBrackets, closerOf, isCloser, isOpener, opens } from "./brackets.ts"
import { documentation } from "./documentation.ts"
import { syntaxFaults as say } from "./report/catalogue/syntax.ts"
import { faultOf, type Fault, type FaultText } from "./report/fault.ts"
import type { Source } from "./report/span.ts"
import { scan } from "./scan.ts"
import * as T from "./tokens.ts"
import { endOf } from "./tokens.ts"

/** Brackets may nest this deep; the grammar uses the native stack. */
export const MAX_NESTING = 100

export interface Layout {
  readonly tokens: IToken[]
  readonly faults: Fault[]
  /** Documentation by the offset of the token that it stands before. */
  readonly docs: ReadonlyMap<number, string>
  readonly moduleDoc: string | null
  /** A bracket or a comment is open at the end, so that more input could help. */
  readonly open: boolean
  /** The text is beyond reading; the tokens are not worth parsing. */
  readonly hopeless: boolean
}

/** A statement may end behind it. */
const ENDS = 1
/** It cannot begin a statement. */
const CONTINUES = 2
/** An operand ends with it, so that `-` behind it subtracts and `(` calls. */
const OPERAND = 4
/** It begins a statement and can stand nowhere inside `(` or `[`. */
const STATEMENT = 8
const OPENER = 16
const CLOSER = 32

const FLAGS = new Uint8Array(1 + Math.max(...T.VOCABULARY.map((type) => type.tokenTypeIdx ?? 0)))
function flag(bits: number, types: readonly TokenType[]): void {
  for (const type of types) FLAGS[type.tokenTypeIdx ?? 0]! |= bits
}
flag(ENDS | OPERAND, [T.Name, T.NumberWord, T.StringWhole, T.StringClose, T.RParen, T.RBracket, T.RBrace, T.Prime])
flag(ENDS | OPERAND, [T.True, T.False])
flag(ENDS, [T.Break, T.Continue, T.Return])
flag(CONTINUES, [T.RParen, T.RBracket, T.RBrace, T.Comma, T.Operator, T.Bar, T.Dot, T.Assign, T.AssignOperator])
flag(CONTINUES, [T.Arrow, T.Else, T.ElseIf, T.In, T.Colon, T.Semicolon, T.Spread, T.Prime, T.StringMiddle])
flag(CONTINUES, [T.StringClose])
flag(STATEMENT, [T.Let, T.Var, T.Fn, T.While, T.Break, T.Continue, T.Return, T.Type, T.Import])
flag(OPENER, T.VOCABULARY.filter(isOpener))
flag(CLOSER, T.VOCABULARY.filter(isCloser))

function has(type: TokenType | null, bits: number): boolean {
  return type !== null && (FLAGS[type.tokenTypeIdx ?? 0]! & bits) !== 0
}

const FOREIGN: ReadonlyMap<string, readonly [TokenType, string]> = new Map([
  ["&&", [T.Operator, "and"]],
  ["||", [T.Operator, "or"]],
  ["!", [T.Prefix, "not"]],
  ["**", [T.Operator, "^"]],
  ["===", [T.Operator, "=="]],
  ["!==", [T.Operator, "!="]],
  ["->", [T.Arrow, "=>"]],
  [":=", [T.Assign, "="]],
])

function retype(token: IToken, type: TokenType): void {
  token.tokenType = type
  token.tokenTypeIdx = type.tokenTypeIdx ?? -1
}

/** A token that is not in the text. */
export function inserted(type: TokenType, offset: number): IToken {
  return { image: "", startOffset: offset, tokenTypeIdx: type.tokenTypeIdx ?? -1, tokenType: type }
}

/** Lays a text out for the grammar. */
export function layout(source: Source): Layout {
  const { text } = source
  const { tokens: raw, comments, docs: docTokens } = scan(text)
  const faults: Fault[] = []
  const out: IToken[] = []
  const stack: IToken[] = []
  /** The opening bracket that the last closing one belongs to. */
  let closed: IToken | null = null
  let importing = false
  /** How many brackets were open where the import began. */
  let importDepth = 0
  let last: IToken | null = null
  let lastType: TokenType | null = null
  let end = 0

  const fault = (text: FaultText, start: number, stop: number): void => {
    const said = faults.at(-1)
    if (said?.code === text.code && said.span?.start === start) return
    if (faults.length < 200) faults.push(faultOf(text, { source, start, end: stop }))
  }
  const unclosed = (opener: IToken): void => {
    // a string that runs to the end of the line took the closing bracket with it
    const stop = lineEnd(text, opener.startOffset)
    const cause = faults.findLast((f) => f.code === "E0102")?.span?.start ?? -1
    if (cause > opener.startOffset && cause < stop) return
    fault(say.unclosedBracket(opener.image), opener.startOffset, endOf(opener))
  }
  const result = (open: boolean, hopeless = false): Layout => ({
    tokens: out,
    faults,
    ...documentation(text, docTokens, out),
    open,
    hopeless,
  })

  for (let i = 0; i < raw.length; i++) {
    const token = raw[i]!
    let type = token.tokenType
    const start = token.startOffset
    const newline: boolean = last !== null && hasNewline(text, end, start)
    const inBrackets: boolean = stack.length > 0 && !isBrace(stack[stack.length - 1]!.tokenType)

    if (newline && stack.length <= importDepth) importing = false

    // 1. What is this token?
    if (type === T.Name) {
      if (lastType !== T.Dot) {
        if (isLabel(text, endOf(token))) type = T.Label
        else type = T.KEYWORDS.get(token.image) ?? contextual(text, raw, i, lastType, newline, importing)
      }
      if (type === T.Else && raw[i + 1]?.image === "if") type = T.ElseIf
    } else if (type === T.Unknown) {
      if (!fixCharacter(token, fault)) {
        end = endOf(token)
        continue
      }
      type = token.tokenType
    } else if (type === T.Foreign) {
      const meant = FOREIGN.get(token.image)!
      fault(say.foreignOperator(token.image, meant[1]), start, endOf(token))
      type = meant[0]
      token.image = meant[1]
    }
    if (type === T.Operator) {
      if (token.image === "-") {
        const continuing = newline && !inBrackets && !isBlank(text.charCodeAt(start + 1))
        if (continuing || !has(lastType, OPERAND)) type = T.Prefix
      } else if (token.image === ".." || token.image === "..=") {
        if (!has(lastType, OPERAND) || isOpenEnd(raw[i + 1])) type = T.OpenRange
      }
    }

    // 2. Does a statement end before it?
    if (newline) {
      const broken = stack.length === 0 ? -1 : stack.findIndex((opener) => opener.tokenType === T.StringOpen)
      if (broken >= 0) {
        const opener = stack[broken]!
        fault(say.unclosedString(), opener.startOffset, lineEnd(text, opener.startOffset))
        out.push(...closeBrackets(stack.splice(broken), end))
        lastType = T.StringClose
      } else if (inBrackets && has(type, STATEMENT)) {
        let keep = stack.length
        while (keep > 0 && !isBrace(stack[keep - 1]!.tokenType)) keep--
        const opener = stack[keep]!
        unclosed(opener)
        out.push(...closeBrackets(stack.splice(keep), end))
        lastType = closerOf(opener.tokenType)
      }
      const brace = stack.length === 0 || isBrace(stack[stack.length - 1]!.tokenType)
      if (brace && has(lastType, ENDS) && !has(type, CONTINUES)) {
        out.push(inserted(T.Newline, end))
        lastType = T.Newline
        importing = false
      }
    }
    if (type === T.Import) {
      importing = true
      importDepth = stack.length
    } else if (type === T.Semicolon) importing = false

    // 3. Is it whole, and does it stand where it may?
    if (type === T.NumberWord) {
      i = checkNumber(text, raw, i, fault)
    } else if (type === T.Dot && isDigit(text.charCodeAt(start + 1)) && raw[i + 1]?.startOffset === start + 1) {
      const after = raw[i + 1]!
      const attached = has(lastType, OPERAND) && end === start
      fault(attached ? say.dottedIndex(after.image) : say.leadingPoint(after.image), start, endOf(after))
      if (attached) {
        end = endOf(after)
        i++
      }
      continue
    } else if (type === T.Prime) {
      if (!has(lastType, OPERAND)) {
        const closing = quoteEnd(text, start)
        fault(say.singleQuote(closing !== null), start, closing ?? start + 1)
        if (closing === null) continue
        while (i + 1 < raw.length && raw[i + 1]!.startOffset < closing) i++
        const quoted: IToken = inserted(T.StringWhole, start)
        quoted.image = `"${text.slice(start + 1, closing - 1).replaceAll('"', "'")}"`
        out.push(quoted)
        last = quoted
        lastType = T.StringWhole
        end = closing
        continue
      }
      if (end !== start) fault(say.detachedPrime(), start, start + 1)
    } else if ((type === T.StringWhole || type === T.StringClose) && token.payload === "unclosed") {
      // inside another string that one is reported, at the end of the line
      const outer = findString(stack)
      if (outer === null) fault(say.unclosedString(), start, endOf(token))
      else if (type === T.StringClose) fault(say.unclosedString(), outer.startOffset, endOf(token))
    }

    // 4. Brackets.
    if (has(type, OPENER)) {
      if (type === T.LParen && !newline && has(lastType, OPERAND)) type = T.CallParen
      else if (type === T.LBracket && !newline && has(lastType, OPERAND)) type = T.IndexBracket
      else if (type === T.LBrace && lastType === T.Arrow && !isRecordAhead(text, raw, i)) type = T.BodyBrace
      if (stack.length >= MAX_NESTING) {
        fault(say.nestedTooDeeply(MAX_NESTING), start, start + 1)
        return result(false, true)
      }
      stack.push(token)
    } else if (has(type, CLOSER)) {
      let at = stack.length - 1
      while (at >= 0 && !opens(stack[at]!.tokenType, type)) at--
      if (at < 0) {
        fault(say.strayBracket(token.image.charAt(0)), start, start + 1)
        end = endOf(token)
        continue
      }
      if (at < stack.length - 1) {
        const opener = stack[at + 1]!
        if (opener.tokenType !== T.StringOpen) unclosed(opener)
        else fault(say.unclosedString(), opener.startOffset, lineEnd(text, opener.startOffset))
        out.push(...closeBrackets(stack.splice(at + 1), end))
      }
      if (type !== T.StringMiddle) closed = stack.pop() ?? null
    } else if (type === T.Arrow && last !== null) {
      if (lastType === T.Name && out[out.length - 2]?.tokenType !== T.Dot) retype(last, T.Parameter)
      else if (lastType === T.RParen && closed?.tokenType === T.LParen) retype(closed, T.LambdaParen)
    }

    if (type !== token.tokenType) retype(token, type)
    out.push(token)
    last = token
    lastType = type
    end = Math.max(end, endOf(raw[i]!))
  }

  for (const comment of comments) {
    if (comment.tokenType === T.BlockComment && !isClosedComment(comment.image)) {
      fault(say.unclosedComment(), comment.startOffset, comment.startOffset + 2)
      return { ...result(true), open: faults.length === 1 }
    }
  }
  if (stack.length > 0) {
    const broken = findString(stack)
    const first = broken ?? stack[0]!
    if (broken === null) unclosed(first)
    else fault(say.unclosedString(), first.startOffset, lineEnd(text, first.startOffset))
    out.push(...closeBrackets(stack.splice(0), end))
    return result(faults.length === 1 && faults[0]?.code === "E0115")
  }
  return result(false)
}

function isBrace(type: TokenType): boolean {
  return type === T.LBrace || type === T.BodyBrace
}

function findString(stack: readonly IToken[]): IToken | null {
  return stack.find((opener) => opener.tokenType === T.StringOpen) ?? null
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** A blank for `- c` against `-c`: also the end of the line or of the text. */
function isBlank(code: number): boolean {
  return !(code > 32) || code === 160
}

function hasNewline(text: string, from: number, to: number): boolean {
  if (from === to || (to === from + 1 && text.charCodeAt(from) === 32)) return false
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === 10) return true
  return false
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf("\n", from)
  return at === -1 ? text.length : at
}

function isLabel(text: string, at: number): boolean {
  let code = text.charCodeAt(at)
  while (code === 32 || code === 9) code = text.charCodeAt(++at)
  return code === 58 && text.charCodeAt(at + 1) !== 61
}

/** Nothing that could be a bound follows. */
function isOpenEnd(next: IToken | undefined): boolean {
  if (next === undefined) return false
  const type = next.tokenType
  return type === T.RBracket || type === T.Comma || type === T.RParen
}

/** `{` after `=>`: a record if `...`, `name:` or `name,` follows. */
function isRecordAhead(text: string, raw: readonly IToken[], i: number): boolean {
  const first = raw[i + 1]
  if (first === undefined) return false
  if (first.tokenType === T.Spread) return true
  if (first.tokenType !== T.Name) return false
  return isLabel(text, endOf(first)) || raw[i + 2]?.tokenType === T.Comma
}

/** Words that mean something only where their statement can begin; `Name` otherwise. */
function contextual(
  text: string,
  raw: readonly IToken[],
  i: number,
  lastType: TokenType | null,
  newline: boolean,
  importing: boolean,
): TokenType {
  const { image } = raw[i]!
  if (image.length > 6) return T.Name
  const begins =
    newline || lastType === null || lastType === T.Semicolon || lastType === T.LBrace || lastType === T.BodyBrace
  const next = raw[i + 1]
  if (importing && image === "from" && lastType === T.RBrace) return T.From
  if (next === undefined) return T.Name
  if (begins && !importing && !hasNewline(text, endOf(raw[i]!), next.startOffset)) {
    const nextType = next.tokenType
    const isText = nextType === T.StringWhole || nextType === T.StringOpen
    if (image === "type" && nextType === T.Name && !T.KEYWORDS.has(next.image)) return T.Type
    if (image === "import" && (isText || nextType === T.LBrace)) return T.Import
    if (image === "test" && isText) return T.Test
    if (image === "bench" && isText) return T.Bench
  }
  if (importing) {
    if (image === "as" && (lastType === T.Name || lastType === T.StringWhole) && next.tokenType === T.Name) return T.As
  }
  return T.Name
}

type Report = (text: FaultText, start: number, stop: number) => void

/** Says what is wrong with a character, and makes an operator of it where it is a look-alike; false if it is to be left out. */
function fixCharacter(token: IToken, fault: Report): boolean {
  const start = token.startOffset
  const code = token.image.codePointAt(0) ?? 0
  const alike: Readonly<Record<string, readonly [TokenType, string]>> = {
    "−": [T.Operator, "-"],
    "–": [T.Operator, "-"],
    "×": [T.Operator, "*"],
    "·": [T.Operator, "*"],
    "÷": [T.Operator, "/"],
    "≤": [T.Operator, "<="],
    "≥": [T.Operator, ">="],
    "≠": [T.Operator, "!="],
    "′": [T.Prime, "'"],
    "’": [T.Prime, "'"],
  }
  const known = alike[String.fromCodePoint(code)]
  if (known !== undefined && token.image.length === 1) {
    fault(say.lookAlike(token.image, known[1]), start, start + 1)
    retype(token, known[0])
    token.image = known[1]
    return true
  }
  fault(say.unexpectedCharacter(code), start, endOf(token))
  return false
}

/** `2.`, `2x`, `1__0`: reports, and gives the index of the last token that belongs to the attempt. */
function checkNumber(text: string, raw: readonly IToken[], i: number, fault: Report): number {
  const token = raw[i]!
  const stop = endOf(token)
  const next = raw[i + 1]
  if (next?.startOffset !== stop) return i
  if (next.tokenType === T.Name) {
    fault(say.wordAfterNumber(token.image, next.image), token.startOffset, endOf(next))
    return i + 1
  }
  if (next.tokenType === T.Dot) {
    fault(say.trailingPoint(token.image), token.startOffset, stop + 1)
    const after = raw[i + 2]
    const attached = after?.startOffset === stop + 1 && after.tokenType === T.Name
    return attached ? i + 2 : i + 1
  }
  return i
}

/** Where `'…'` on one line ends, if that looks like a string of other languages. */
function quoteEnd(text: string, start: number): number | null {
  const at = text.indexOf("'", start + 1)
  return at === -1 || at > lineEnd(text, start) ? null : at + 1
}

function isClosedComment(image: string): boolean {
  let nesting = 0
  for (const [mark] of image.matchAll(/\/\*|\*\//g)) nesting += mark === "/*" ? 1 : -1
  return nesting === 0
}
