/**
 * From where the grammar stopped to what a person should read.
 * Each function looks at what was found and what stood before it, and picks the catalogue entry that helps most.
 * It must not know how reading goes on afterwards.
 */

import type { IToken, TokenType } from "chevrotain"
import type { Statement } from "./ast.ts"
import { syntaxFaults as say } from "./report/catalogue/syntax.ts"
import type { FaultText } from "./report/fault.ts"
import * as T from "./tokens.ts"

/** The name that a token gives; letters that are written in several ways are one. */
export function nameOf(token: IToken): string {
  const { image } = token
  for (let i = 0; i < image.length; i++) if (image.charCodeAt(i) > 127) return image.normalize("NFC")
  return image
}

const STATEMENT_WORDS = new Set<TokenType>([
  T.Let,
  T.Var,
  T.Fn,
  T.For,
  T.While,
  T.Break,
  T.Continue,
  T.Return,
  T.Type,
  T.Import,
  T.Test,
  T.Bench,
])

/** What was found, as a phrase. */
export function describe(token: IToken): string {
  const type = token.tokenType
  if (type === T.EOF) return "the end of the input"
  if (type === T.Label) return `\`${short(token.image)}:\``
  if (type === T.Newline) return "the end of the line"
  if (token.image === "") return "something else"
  if (type === T.StringWhole || type === T.StringOpen) return "a string"
  if (type === T.StringMiddle || type === T.StringClose) return "the end of `{…}`"
  if (type === T.NumberWord) return `the number \`${short(token.image)}\``
  return `\`${short(token.image)}\``
}

function short(image: string): string {
  return image.length > 40 ? `${image.slice(0, 37)}…` : image
}

function isReserved(token: IToken): boolean {
  return T.KEYWORDS.get(token.image) === token.tokenType
}

const EXPECTED: Readonly<Record<string, string>> = {
  Assign: "`=`",
  Arrow: "`=>`",
  In: "`in`",
  LBrace: "`{`",
  RBrace: "`}`",
  RParen: "`)`",
  RBracket: "`]`",
  Colon: "`:`",
  Comma: "`,`",
  CallParen: "`(`",
  From: "`from` and the module's name",
  As: "`as`",
  StringWhole: "a name in quotes",
  NumberWord: "a number",
  If: "`if`",
  StringClose: "`}`",
}

/** Words of other languages that stand before what a person defines or asks. */
const FOREIGN_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    const: "a name is bound by `let`",
    def: "a function is defined by `fn name(…) = …`",
    function: "a function is defined by `fn name(…) = …`",
    func: "a function is defined by `fn name(…) = …`",
    fun: "a function is defined by `fn name(…) = …`",
    lambda: "a function as a value is written `x => …`",
    elif: "it is written `else if`",
    elsif: "it is written `else if`",
    import: 'write `import "std/optim" as optim` or `import { adam } from "std/optim"`',
  }),
)

/** What stands last where a person counted as in other languages. */
const COUNTING: ReadonlyMap<string, string> = new Map([
  ["++", "a variable is counted up by `x += 1`"],
  ["-", "a second number is missing; a variable is counted down by `x -= 1`"],
])

const NO_TYPES = "names, parameters and results have no types"

export const explain = {
  /** What was found is not the type of token that was expected, or nothing that a rule can go on with. */
  mismatch(expected: TokenType | null, rule: string, found: IToken, before: IToken): FaultText {
    if (expected === null) {
      switch (rule) {
        case "pattern":
        case "simplePattern":
        case "namedPattern":
        case "arrayPattern":
        case "recordPattern":
          return explain.pattern(found, before)
        case "name":
          return explain.name(found)
        case "fnStatement":
          return say.expected("`=` or `{`", describe(found), found.tokenType === T.Colon ? NO_TYPES : undefined)
        case "importStatement":
          return say.importForm()
        default:
          return explain.operand(found, before)
      }
    }
    if (expected === T.Name) return explain.name(found)
    if (expected === T.LBrace) return explain.headEnd(found)
    if (expected === T.Arrow && found.tokenType === T.Operator) return explain.pattern(found, before)
    if (expected === T.In && (found.tokenType === T.RParen || found.tokenType === T.Comma)) {
      return say.expected(
        "`in`",
        describe(found),
        "an argument beside a comprehension needs brackets around that: `f([… for … in …], x)`",
      )
    }
    if (expected === T.Assign && found.tokenType === T.Comma)
      return say.expected("`=`", "`,`", "several names at once are bound by a pattern: `let (a, b) = …`")
    return say.expected(EXPECTED[expected.name] ?? expected.name, describe(found))
  },

  /** An expression should begin here. */
  operand(found: IToken, before: IToken): FaultText {
    const type = found.tokenType
    if (STATEMENT_WORDS.has(type)) return say.statementAsExpression(found.image)
    if (type === T.OpenRange) return say.openRange()
    if (type === T.Spread) return say.loneSpread()
    if (type === T.Operator && found.image === "+") return say.unaryPlus()
    if (type === T.Colon && before.tokenType === T.OpenRange) return say.expectedExpression("`:`")
    if (type === T.Colon) return say.expectedExpression("`:`", "a slice is written `a..b`, one of everything `..`")
    if (type === T.Operator && (found.image === ".." || found.image === "..=")) return say.openRange()
    if (type === T.Assign && before.tokenType === T.Operator) return say.expectedExpression("`=`")
    if (type === T.Else) return say.expectedExpression("`else`", "`else` stands behind the `}` of its `if`")
    if (type === T.Label) {
      return say.expectedExpression(`\`${found.image}:\``, "a field stands in a record, a named argument in a call")
    }
    return say.expectedExpression(describe(found), COUNTING.get(before.image))
  },

  pattern(found: IToken, before: IToken): FaultText {
    if (found.tokenType === T.StringOpen) return say.patternInterpolation()
    if (isReserved(found)) return say.reservedWord(found.image)
    if (found.tokenType === T.Label || found.tokenType === T.Colon)
      return say.expectedPattern(describe(found), NO_TYPES)
    if (found.tokenType === T.Operator && before.tokenType !== T.Bar) {
      return say.expectedPattern(describe(found), "a condition stands in a guard: `x if x > 0 => …`")
    }
    return say.expectedPattern(describe(found))
  },

  name(found: IToken): FaultText {
    if (isReserved(found)) return say.reservedWord(found.image)
    return say.expectedName("a name", describe(found))
  },

  field(found: IToken): FaultText {
    if (isReserved(found)) return say.reservedWord(found.image)
    const hint = found.tokenType === T.StringWhole ? "field names stand without quotes: `{ name: value }`" : undefined
    return say.expectedName("the name of a field", describe(found), hint)
  },

  variantField(found: IToken): FaultText {
    if (isReserved(found)) return say.reservedWord(found.image)
    return say.variantField(describe(found))
  },

  /** Something other than a comma or the closing bracket follows an item. */
  separator(found: IToken, before: IToken, closing: string, hint?: string): FaultText {
    const type = found.tokenType
    if (type === T.Assign || type === T.AssignOperator) return say.assignmentInExpression()
    if (type === T.Semicolon) return say.missingComma("`;`", closing, "the elements of a list are separated by commas")
    if (type === T.OpenRange) return say.openRange()
    const behind = before.tokenType === T.RBrace ? behindBlock(type) : null
    if (behind !== null) return behind
    if (type === T.Colon && closing === "]") return say.missingComma("`:`", closing, "a slice is written `a[i..j]`")
    return say.missingComma(describe(found), closing, hint ?? sideBySide(found, before))
  },

  /** The head of `if`, `while`, `for` or `match` goes on where its block should begin. */
  headEnd(found: IToken): FaultText {
    const type = found.tokenType
    if (type === T.Assign || type === T.AssignOperator) return say.assignmentInExpression()
    const hint =
      type === T.Newline
        ? "`{` stands on the line of its head"
        : found.image === "then" || type === T.Do
          ? "a head is followed by its block: `if c { … }`"
          : undefined
    return say.expected("`{`", describe(found), hint)
  },

  /** A statement is complete, and yet something follows on its line. */
  statementEnd(found: IToken, before: IToken, statement: Statement): FaultText {
    const type = found.tokenType
    const behind = before.tokenType === T.RBrace && endsWithBlock(statement) ? behindBlock(type) : null
    if (behind !== null) return behind
    if (type === T.Assign || type === T.AssignOperator) return say.assignmentInExpression()
    if (type === T.Arrow)
      return say.unfinishedStatement("`=>`", "the parameters of a function stand in parentheses: `(x, y) => …`")
    if (type === T.Comma)
      return say.unfinishedStatement("`,`", "several values or parameters stand in parentheses: `(a, b)`")
    if (type === T.Else || type === T.ElseIf)
      return say.unfinishedStatement("`else`", "`else` stands behind the `}` of its `if`")
    if (type === T.OpenRange) return say.openRange()
    if (type === T.Colon || type === T.Label) return say.unfinishedStatement(describe(found), NO_TYPES)
    if (type === T.LBrace && before.tokenType === T.RParen) {
      return say.unfinishedStatement("`{`", "a function is defined by `fn name(…) { … }`")
    }
    const foreign = FOREIGN_WORDS.get(before.image) ?? FOREIGN_WORDS.get(found.image)
    return say.unfinishedStatement(describe(found), foreign ?? sideBySide(found, before))
  },

  /** No statement begins like this. */
  noStatement(found: IToken, before: IToken): FaultText {
    const type = found.tokenType
    if (type === T.CallParen || type === T.IndexBracket) return say.unfinishedStatement(describe(found))
    return explain.operand(found, before)
  },

  afterClauses(found: IToken, closing: string): FaultText {
    if (found.tokenType === T.For) {
      return say.missingComma("`for`", closing, "further variables follow a comma: `for i in A, j in B`")
    }
    if (found.tokenType === T.If)
      return say.missingComma("`if`", closing, "one condition at the end; join others by `and`")
    return say.expected(`\`${closing}\``, describe(found))
  },

  armEnd(found: IToken): FaultText {
    const type = found.tokenType
    if (type === T.Assign || type === T.AssignOperator) {
      return say.expected("the end of this arm", describe(found), "statements stand in a block: `=> { … }`")
    }
    if (type === T.Semicolon) return say.expected("the end of this arm", "`;`", "arms end at a new line or a comma")
    return say.expected("the end of this arm", describe(found), "arms end at a new line or a comma")
  },
}

/** A call, an index, a field or `'` behind a block. */
function behindBlock(type: TokenType): FaultText | null {
  if (type === T.CallParen) return say.afterBlock("a call")
  if (type === T.IndexBracket) return say.afterBlock("an index")
  if (type === T.Prime) return say.afterBlock("`'`")
  return type === T.Dot ? say.afterBlock("a field") : null
}

/** Two operands side by side: what was probably meant. */
function sideBySide(found: IToken, before: IToken): string | undefined {
  const left = before.image
  const right = short(found.image)
  const type = found.tokenType
  if (type === T.Parameter) return "parameters stand in parentheses: `(x, y) => …`"
  if (type !== T.Name && type !== T.NumberWord) return undefined
  if (before.tokenType === T.Name && left.length < 20)
    return `a call is written \`${left}(${right})\`, a product \`${left} * ${right}\``
  if (before.tokenType === T.NumberWord || before.tokenType === T.RParen) return `a product is written with \`*\``
  return undefined
}

function endsWithBlock(statement: Statement): boolean {
  return statement.kind !== "expr" || ["if", "match", "block"].includes(statement.value.kind)
}
