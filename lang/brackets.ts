/**
 * Which bracket closes which.
 * A string with an interpolation counts as a bracket too, from its `{` to its `}`.
 * It must not know where brackets may stand.
 */

import type { IToken, TokenType } from "chevrotain"
import * as T from "./tokens.ts"

const CLOSER: ReadonlyMap<TokenType, TokenType> = new Map([
  [T.LParen, T.RParen],
  [T.CallParen, T.RParen],
  [T.LambdaParen, T.RParen],
  [T.LBracket, T.RBracket],
  [T.IndexBracket, T.RBracket],
  [T.LBrace, T.RBrace],
  [T.BodyBrace, T.RBrace],
  [T.StringOpen, T.StringClose],
])
const CLOSERS = new Set<TokenType>([T.RParen, T.RBracket, T.RBrace, T.StringMiddle, T.StringClose])

export function isOpener(type: TokenType): boolean {
  return CLOSER.has(type)
}

export function isCloser(type: TokenType): boolean {
  return CLOSERS.has(type)
}

/** The type that closes an opening bracket. */
export function closerOf(opener: TokenType): TokenType {
  return CLOSER.get(opener) ?? T.RBrace
}

/** Does `closer` fit `opener`? The middle piece of a string closes one interpolation and opens the next. */
export function opens(opener: TokenType, closer: TokenType): boolean {
  const fitting = CLOSER.get(opener)
  return fitting === closer || (closer === T.StringMiddle && fitting === T.StringClose)
}

/** The closing brackets that are missing for these open ones, as tokens without text. */
export function closeBrackets(open: readonly IToken[], offset: number): IToken[] {
  return open.toReversed().map((opener) => {
    const type = closerOf(opener.tokenType)
    return { image: "", startOffset: offset, tokenTypeIdx: type.tokenTypeIdx ?? -1, tokenType: type }
  })
}
