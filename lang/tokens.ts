/**
 * The words and signs of the language, as types of token.
 * Those above "roles" are what `scan.ts` finds in a text; the roles are what `layout.ts` makes of them where it knows more. It must not know how either works.
 */

import type { IToken, TokenType } from "chevrotain"

let defined = 0

function define(name: string): TokenType {
  return { name, tokenTypeIdx: ++defined }
}

/** Before and behind every text. */
export const EOF = define("EOF")

export const Shebang = define("Shebang")
export const DocComment = define("DocComment")
export const LineComment = define("LineComment")
export const BlockComment = define("BlockComment")

/** Every word at first; `layout.ts` tells keywords and the roles of names apart. */
export const Name = define("Name")
export const NumberWord = define("NumberWord")
/** A string without `{…}`, or what is left of one that does not end on its line. */
export const StringWhole = define("StringWhole")
/** `"…{` */
export const StringOpen = define("StringOpen")
/** `}…{` */
export const StringMiddle = define("StringMiddle")
/** `}…"` */
export const StringClose = define("StringClose")

export const LParen = define("LParen")
export const RParen = define("RParen")
export const LBracket = define("LBracket")
export const RBracket = define("RBracket")
export const LBrace = define("LBrace")
export const RBrace = define("RBrace")

export const Comma = define("Comma")
export const Colon = define("Colon")
export const Semicolon = define("Semicolon")
export const Prime = define("Prime")
export const Spread = define("Spread")
/** All binary operators, `-` too; what they are is in the image. */
export const Operator = define("Operator")
export const Dot = define("Dot")
export const Bar = define("Bar")
export const Arrow = define("Arrow")
export const AssignOperator = define("AssignOperator")
export const Assign = define("Assign")
/** Operators of other languages, for a helpful answer. */
export const Foreign = define("Foreign")
export const Unknown = define("Unknown")

// Roles: what `layout.ts` makes of the above; never found in a text as such.

/** The end of a statement. */
export const Newline = define("Newline")
/** A unary operator: `-` or `not`. */
export const Prefix = define("Prefix")
/** A word before `:`. */
export const Label = define("Label")
/** A word before `=>`. */
export const Parameter = define("Parameter")
/** `(` on the line of what it follows. */
export const CallParen = define("CallParen")
/** `(` whose `)` stands before `=>`. */
export const LambdaParen = define("LambdaParen")
/** `[` on the line of what it follows. */
export const IndexBracket = define("IndexBracket")
/** `{` of a block after `=>`. */
export const BodyBrace = define("BodyBrace")
/** `..` or `..=` without a bound on one side. */
export const OpenRange = define("OpenRange")
export const Let = define("Let")
export const Var = define("Var")
export const Fn = define("Fn")
export const Match = define("Match")
export const If = define("If")
export const Else = define("Else")
/** `else` before `if`. */
export const ElseIf = define("ElseIf")
export const For = define("For")
export const In = define("In")
export const While = define("While")
export const Break = define("Break")
export const Continue = define("Continue")
export const Return = define("Return")
export const Do = define("Do")
export const True = define("True")
export const False = define("False")
export const Type = define("Type")
export const Import = define("Import")
export const As = define("As")
export const From = define("From")
export const Test = define("Test")
export const Bench = define("Bench")

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

/** Can a program write this as the name of a variable? */
export function isName(text: string): boolean {
  if (text === "_" || KEYWORDS.has(text)) return false
  return /^[A-Za-z_]\w*$/.test(text) || /^[\p{L}_][\p{L}\p{N}\p{M}_]*$/u.test(text)
}

/** Every type of token that the grammar may see. */
export const VOCABULARY: TokenType[] = [
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

/** The offset behind a token. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length
}
