/**
 * Faults E01xx: what cannot be read as a program.
 * Each says what stands there, what was expected, and where possible how to write what was meant.
 * They must not use words of a parser: no tokens, rules or productions.
 */

import type { FaultText } from "../fault.ts"

function isVisible(code: number): boolean {
  return code > 32 && !(code >= 127 && code < 161) && !(code >= 0xd800 && code < 0xe000) && code !== 0xfffd
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" }

export const syntaxFaults = {
  // The text itself.
  unexpectedCharacter: (code: number): FaultText => ({
    code: "E0101",
    message: isVisible(code)
      ? `the character \`${String.fromCodePoint(code)}\` has no meaning here`
      : code >= 0xd800 && code < 0xe000
        ? "half of a character stands here: the text is damaged"
        : `an invisible character (U+${code.toString(16).toUpperCase().padStart(4, "0")}) stands here`,
    hint:
      code === 0
        ? "is this a text file?"
        : code === 35
          ? "a comment begins with `//`"
          : code === 63
            ? "a choice is written `if c { a } else { b }`"
            : code === 0x201c || code === 0x201d
              ? 'strings are written with straight quotes: `"`'
              : code === 96
                ? 'strings are written `"…"`, with `{…}` inside for values'
                : undefined,
  }),
  unclosedString: (): FaultText => ({
    code: "E0102",
    message: "this string is not closed on its line",
    hint: 'end it with `"`; a line break inside is written `\\n`',
  }),
  unclosedComment: (): FaultText => ({
    code: "E0103",
    message: "this comment is never closed",
    hint: "comments nest: every `/*` needs its own `*/`",
  }),
  trailingPoint: (number: string): FaultText => ({
    code: "E0104",
    message: "a point belongs to a number only before a digit",
    hint: `write \`${number}.0\` or \`${number}\``,
  }),
  leadingPoint: (digits: string): FaultText => ({
    code: "E0105",
    message: "a number does not begin with a point",
    hint: `write \`0.${digits}\``,
  }),
  wordAfterNumber: (number: string, word: string): FaultText => ({
    code: "E0106",
    message: `\`${number}${word}\` is neither a number nor a name`,
    hint: /^_/.test(word)
      ? "`_` in a number stands between two digits"
      : number === "0" && /^[xXbBoO]/.test(word)
        ? "numbers are written in decimal"
        : /^[eE]$/.test(word)
          ? `an exponent needs digits: \`${number}e6\``
          : `a product is written \`${number} * ${word}\``,
  }),
  dottedIndex: (index: string): FaultText => ({
    code: "E0107",
    message: "a field's name cannot be a number",
    hint: `an element is taken by \`[${index.replace(".", "][")}]\``,
  }),
  unknownEscape: (escape: string): FaultText => ({
    code: "E0108",
    message: `\`${escape}\` is no escape`,
    hint: 'there are `\\n` `\\t` `\\r` `\\"` `\\\\` `\\{` `\\}` and `\\u{…}`',
  }),
  unicodeEscape: (): FaultText => ({
    code: "E0109",
    message: "`\\u{…}` needs the hexadecimal number of a character, at most 10FFFF",
    hint: "such as `\\u{3b1}` for α",
  }),
  emptyInterpolation: (): FaultText => ({
    code: "E0110",
    message: "there is nothing between `{` and `}` in this string",
    hint: "braces that mean themselves are written `\\{` and `\\}`",
  }),
  foreignOperator: (written: string, meant: string): FaultText => ({
    code: "E0111",
    message: `\`${written}\` is no operator`,
    hint: `it is written \`${meant}\``,
  }),
  lookAlike: (written: string, meant: string): FaultText => ({
    code: "E0112",
    message: `\`${written}\` is no operator`,
    hint: `it is written \`${meant}\``,
  }),
  singleQuote: (closed: boolean): FaultText => ({
    code: "E0113",
    message: closed ? "a string is written with double quotes" : "`'` has nothing before it to differentiate",
    hint: closed ? 'write `"…"`; `f\'` is the derivative of f' : "it stands directly behind a function: `f'`",
  }),
  detachedPrime: (): FaultText => ({
    code: "E0114",
    message: "`'` stands without a blank after what it differentiates",
    hint: "write `f'`",
  }),

  // Brackets.
  unclosedBracket: (bracket: string): FaultText => ({
    code: "E0115",
    message: `this \`${bracket}\` is never closed`,
    hint: CLOSING[bracket] === undefined ? undefined : `a \`${CLOSING[bracket]}\` is missing`,
  }),
  strayBracket: (bracket: string): FaultText => ({
    code: "E0116",
    message: `this \`${bracket}\` closes nothing`,
  }),
  nestedTooDeeply: (limit: number): FaultText => ({
    code: "E0117",
    message: `this nests more than ${String(limit)} deep`,
    hint: "give parts of it names with `let` or `fn`",
  }),
  tooLong: (limit: number): FaultText => ({
    code: "E0118",
    message: `this expression chains more than ${String(limit)} operations`,
    hint: "give parts of it names with `let`, or compute it in a loop",
  }),

  // What may stand where.
  expected: (what: string, found: string, hint?: string): FaultText => ({
    code: "E0120",
    message: `expected ${what}, but found ${found}`,
    hint,
  }),
  expectedExpression: (found: string, hint?: string): FaultText => ({
    code: "E0121",
    message: `expected an expression, but found ${found}`,
    hint,
  }),
  expectedPattern: (found: string, hint?: string): FaultText => ({
    code: "E0122",
    message: `expected a pattern, but found ${found}`,
    hint,
  }),
  expectedName: (what: string, found: string, hint?: string): FaultText => ({
    code: "E0123",
    message: `expected ${what}, but found ${found}`,
    hint,
  }),
  reservedWord: (word: string): FaultText => ({
    code: "E0124",
    message: `\`${word}\` is a reserved word and cannot be a name here`,
    hint: `\`${word}_\` would do`,
  }),
  unfinishedStatement: (found: string, hint?: string): FaultText => ({
    code: "E0125",
    message: `the statement should end before ${found}`,
    hint: hint ?? "statements are separated by a new line or `;`",
  }),
  missingComma: (found: string, closing: string, hint?: string): FaultText => ({
    code: "E0126",
    message: `expected \`,\` or \`${closing}\` before ${found}`,
    hint,
  }),
  lineStartBracket: (bracket: string): FaultText => ({
    code: "E0127",
    message: `this \`${bracket}\` begins a new line, so it belongs to nothing`,
    hint: `the \`${bracket}\` of a call or an index stands on the line of what it follows`,
  }),
  blockAsValue: (): FaultText => ({
    code: "E0128",
    message: "`{` begins a record here, and this is no record",
    hint: "a block as an expression is written `do { … }`",
  }),
  afterBlock: (what: string): FaultText => ({
    code: "E0129",
    message: `${what} cannot stand directly behind a block`,
    hint: "put the whole expression in parentheses",
  }),

  // Expressions.
  unaryPlus: (): FaultText => ({
    code: "E0130",
    message: "there is no unary `+`",
    hint: "leave it out",
  }),
  mixedComparisons: (first: string, second: string): FaultText => ({
    code: "E0131",
    message: `\`${first}\` and \`${second}\` cannot be chained`,
    hint: "a chain of comparisons runs in one direction, as in `0 < x <= 1`; join others by `and`",
  }),
  chainedRange: (): FaultText => ({
    code: "E0132",
    message: "a range does not chain",
    hint: "with a step: `range(a, b, step)`",
  }),
  openRange: (): FaultText => ({
    code: "E0133",
    message: "a range needs both bounds here",
    hint: "only directly inside an index may a bound be left out, as in `a[2..]`",
  }),
  lambdaOperand: (): FaultText => ({
    code: "E0134",
    message: "a function cannot stand beside an operator like this",
    hint: "put it in parentheses: `(x => …)`",
  }),
  lambdaInHead: (head: string): FaultText => ({
    code: "E0135",
    message: `a function in the head of \`${head}\` needs parentheses`,
    hint: "`=>` would take the block for its body",
  }),
  pipeTarget: (): FaultText => ({
    code: "E0136",
    message: "right of `|>` stands a function or a call",
    hint: "put anything else in parentheses: `x |> (…)`",
  }),
  afterPipe: (operator: string): FaultText => ({
    code: "E0137",
    message: `\`${operator}\` cannot follow what is piped`,
    hint: "`|>` binds loosest: put `x |> f` in parentheses",
  }),
  notOperand: (operator: string): FaultText => ({
    code: "E0138",
    message: `\`not\` binds more loosely than \`${operator}\``,
    hint: "put it in parentheses: `(not x)`",
  }),
  singleTuple: (): FaultText => ({
    code: "E0139",
    message: "a tuple has two elements or more",
    hint: "leave the comma out",
  }),
  positionalAfterNamed: (): FaultText => ({
    code: "E0140",
    message: "an argument without a name follows one with a name",
    hint: "named arguments come last",
  }),
  comprehensionNotAlone: (): FaultText => ({
    code: "E0141",
    message: "a comprehension without brackets must be the only argument",
    hint: "put it in brackets: `[… for … in …]`",
  }),
  comprehensionItems: (): FaultText => ({
    code: "E0142",
    message: "a comprehension has one element",
    hint: "for pairs, put them in parentheses: `[(a, b) for … in …]`",
  }),
  emptyIndex: (): FaultText => ({
    code: "E0143",
    message: "an index is missing between `[` and `]`",
    hint: "everything along an axis is `a[..]`",
  }),
  wildcardValue: (): FaultText => ({
    code: "E0144",
    message: "`_` is a pattern only and has no value",
  }),
  loneSpread: (): FaultText => ({
    code: "E0145",
    message: "`...` stands only in an array or a record",
    hint: "a range is written `a..b`",
  }),

  // Statements and patterns.
  /** `called` is the name of the function where the left side is a call. */
  assignmentTarget: (called: string | null): FaultText => ({
    code: "E0150",
    message:
      called === null
        ? "only a `var` or a part of one can be assigned to"
        : `the value of a call of \`${called}\` cannot be assigned to`,
    hint:
      called === null
        ? "an assignment is written `v = …`, `v[i] = …` or `v.w = …`; a comparison `==`"
        : `a function is defined by \`fn ${called}(…) = …\`; a comparison is written \`==\``,
  }),
  assignmentInExpression: (): FaultText => ({
    code: "E0151",
    message: "an assignment is a statement and has no value",
    hint: "a comparison is written `==`, an argument by its name `name: value`",
  }),
  topLevelOnly: (what: string): FaultText => ({
    code: "E0152",
    message: `${what} stands at top level only`,
  }),
  statementAsExpression: (word: string): FaultText => ({
    code: "E0153",
    message: `\`${word}\` is a statement and cannot stand in an expression`,
    hint: word === "fn" ? "a function as a value is written `x => …`" : "put it in a block: `{ … }`",
  }),
  functionArrow: (name: string): FaultText => ({
    code: "E0154",
    message: "the body of an `fn` stands after `=` or in braces",
    hint: `write \`fn ${name}(…) = …\``,
  }),
  patternInterpolation: (): FaultText => ({
    code: "E0155",
    message: "a string in a pattern cannot hold `{…}`",
    hint: "a brace that means itself is written `\\{`",
  }),
  twoRests: (): FaultText => ({
    code: "E0156",
    message: "an array pattern has at most one `...`",
  }),
  importForm: (): FaultText => ({
    code: "E0157",
    message: "an import needs a name for the module or a list of what to take from it",
    hint: 'write `import "std/optim" as optim` or `import { adam } from "std/optim"`',
  }),
  emptyMatch: (): FaultText => ({
    code: "E0158",
    message: "this `match` has no arms",
    hint: "an arm is written `pattern => value`",
  }),
  variantField: (found: string): FaultText => ({
    code: "E0159",
    message: `the fields of a variant are names, but found ${found}`,
    hint: "fields have no types: `Circle(r)`",
  }),
}
