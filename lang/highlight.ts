/**
 * A text as coloured pieces, for editors and the session.
 * It works on the tokens alone, so that half-typed text is as good as any; pieces are in order, do not overlap, and leave out blanks.
 * It must not know colours.
 */

import type { IToken, TokenType } from "chevrotain"
import { layout } from "./layout.ts"
import type { Source } from "./report/span.ts"
import { scan } from "./scan.ts"
import * as T from "./tokens.ts"
import { endOf } from "./tokens.ts"

export type TokenClass =
  | "keyword"
  | "number"
  | "string"
  | "escape"
  | "boolean"
  | "name"
  | "function"
  | "variant"
  | "field"
  | "label"
  | "parameter"
  | "operator"
  | "bracket"
  | "punctuation"
  | "comment"
  | "doc"
  | "error"

/** A piece of a text; `[start, end)` are UTF-16 offsets. */
export interface Token {
  readonly class: TokenClass
  readonly start: number
  readonly end: number
}

const CLASSES: ReadonlyMap<TokenType, TokenClass> = new Map<TokenType, TokenClass>([
  [T.NumberWord, "number"],
  [T.StringWhole, "string"],
  [T.StringOpen, "string"],
  [T.StringMiddle, "string"],
  [T.StringClose, "string"],
  [T.True, "boolean"],
  [T.False, "boolean"],
  [T.Label, "label"],
  [T.Parameter, "parameter"],
  [T.Operator, "operator"],
  [T.Prefix, "operator"],
  [T.OpenRange, "operator"],
  [T.Spread, "operator"],
  [T.Prime, "operator"],
  [T.Bar, "operator"],
  [T.Arrow, "operator"],
  [T.Assign, "operator"],
  [T.AssignOperator, "operator"],
  [T.Foreign, "error"],
  [T.Unknown, "error"],
  [T.Comma, "punctuation"],
  [T.Colon, "punctuation"],
  [T.Semicolon, "punctuation"],
  [T.Dot, "punctuation"],
])
for (const type of [T.LParen, T.RParen, T.LBracket, T.RBracket, T.LBrace, T.RBrace]) bracket(type)
for (const type of [T.CallParen, T.LambdaParen, T.IndexBracket, T.BodyBrace]) bracket(type)

function bracket(type: TokenType): void {
  ;(CLASSES as Map<TokenType, TokenClass>).set(type, "bracket")
}

/** Splits a text into classified pieces. Never fails, whatever the text. */
export function tokenize(source: Source): Token[] {
  const { text } = source
  const { tokens: found, comments, docs } = scan(text)
  // The layout drops what has no place and repairs the rest; both kinds are coloured.
  const roles = new Map<number, TokenType>()
  const laidOut = layout(source).tokens
  for (const token of laidOut) if (token.image !== "") roles.set(token.startOffset, token.tokenType)

  const out: Token[] = []
  for (const [i, token] of found.entries()) {
    const type = roles.get(token.startOffset) ?? early(token)
    const kind = CLASSES.get(type) ?? (type === T.Name ? nameClass(found, i) : "keyword")
    if (kind === "string") pieces(token, out)
    else if (kind === "operator" && /^[a-z]/.test(token.image)) push(out, "keyword", token)
    else push(out, kind, token)
  }
  for (const comment of comments) push(out, "comment", comment)
  for (const doc of docs) push(out, "doc", doc)
  return out.sort((a, b) => a.start - b.start)
}

function push(out: Token[], kind: TokenClass, token: IToken): void {
  out.push({ class: kind, start: token.startOffset, end: endOf(token) })
}

/** The type of a token that the layout did not reach. */
function early(token: IToken): TokenType {
  return token.tokenType === T.Name ? (T.KEYWORDS.get(token.image) ?? T.Name) : token.tokenType
}

function nameClass(tokens: readonly IToken[], i: number): TokenClass {
  const token = tokens[i]
  if (token === undefined) return "name"
  if (tokens[i - 1]?.tokenType === T.Dot) return "field"
  if (/^\p{Lu}/u.test(token.image) && token.image.length > 1) return "variant"
  const next = tokens[i + 1]
  const called = next?.startOffset === endOf(token) && (next.image === "(" || next.image === "'")
  return called ? "function" : "name"
}

/** A piece of a string: its escapes stand out, and so do the braces around what is interpolated. */
function pieces(token: IToken, out: Token[]): void {
  const { image, startOffset } = token
  let from = 0
  const text = (to: number): void => {
    if (to > from) out.push({ class: "string", start: startOffset + from, end: startOffset + to })
  }
  const apart = (kind: TokenClass, at: number, length: number): void => {
    text(at)
    out.push({ class: kind, start: startOffset + at, end: startOffset + at + length })
    from = at + length
  }
  const opens = image.endsWith("{") && (token.tokenType === T.StringOpen || token.tokenType === T.StringMiddle)
  if (image.startsWith("}")) apart("bracket", 0, 1)
  for (const found of image.matchAll(/\\(?:u\{[0-9a-fA-F]*\}?|[^])/g)) apart("escape", found.index, found[0].length)
  const end = opens ? image.length - 1 : image.length
  text(end)
  if (opens) out.push({ class: "bracket", start: startOffset + end, end: startOffset + end + 1 })
}
