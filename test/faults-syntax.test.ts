/**
 * Every syntax fault: the shortest program that shows it, what it says, and what it points at.
 */

import { describe, expect, test } from "vitest"
import { parse } from "../lang/parse.ts"
import { faults as catalogue, warnings } from "../lang/report/catalogue.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { syntaxFaults } from "../lang/report/catalogue/syntax.ts"
import type { FaultText } from "../lang/report/fault.ts"

/** Code, program, what is underlined, what the message says, what the hint says. */
const shown: [string, string, string, string, string?][] = [
  ["E0101", "let a = # 1", "#", "the character `#` has no meaning here", "a comment begins with `//`"],
  [
    "E0101",
    "a\u0000\u0000\u0000",
    "\u0000\u0000\u0000",
    "an invisible character (U+0000) stands here",
    "is this a text file?",
  ],
  ["E0101", "\ud800", "\ud800", "half of a character stands here: the text is damaged"],
  ["E0102", 'f("abc', '"abc', "this string is not closed on its line", 'end it with `"`'],
  ["E0102", '"{a', '"{a', "this string is not closed on its line"],
  ["E0102", '"a {b"\nc', '"a {b"', "this string is not closed on its line"],
  ["E0103", "a /* b /* c */", "/*", "this comment is never closed", "comments nest"],
  ["E0104", "2.", "2.", "a point belongs to a number only before a digit", "write `2.0` or `2`"],
  ["E0105", ".5", ".5", "a number does not begin with a point", "write `0.5`"],
  ["E0106", "2x", "2x", "`2x` is neither a number nor a name", "a product is written `2 * x`"],
  ["E0106", "1__0", "1__0", "`1__0` is neither a number nor a name", "stands between two digits"],
  ["E0107", "t.0", ".0", "a field's name cannot be a number", "an element is taken by `[0]`"],
  ["E0108", '"\\q"', "\\q", "`\\q` is no escape", "there are `\\n`"],
  ["E0109", '"\\u{110000}"', "\\u{110000}", "needs the hexadecimal number of a character", "such as"],
  ["E0109", '"\\u{d800}"', "\\u{d800}", "needs the hexadecimal number of a character"],
  ["E0110", '"a {} b"', "{}", "there is nothing between `{` and `}`", "are written `\\{` and `\\}`"],
  ["E0111", "a && b", "&&", "`&&` is no operator", "it is written `and`"],
  ["E0111", "a ** b", "**", "`**` is no operator", "it is written `^`"],
  ["E0112", "a − b", "−", "`−` is no operator", "it is written `-`"],
  ["E0113", "let s = 'abc'", "'abc'", "a string is written with double quotes"],
  ["E0113", "'", "'", "`'` has nothing before it to differentiate"],
  ["E0114", "f '", "'", "`'` stands without a blank", "write `f'`"],
  ["E0115", "f(1, 2", "(", "this `(` is never closed", "a `)` is missing"],
  ["E0115", "fn f() {\n  a", "{", "this `{` is never closed", "a `}` is missing"],
  ["E0116", "a)", ")", "this `)` closes nothing"],
  ["E0117", "[".repeat(300), "[", "this nests more than 100 deep", "give parts of it names"],
  ["E0117", "x => ".repeat(500) + "x", "x", "this nests more than 220 deep"],
  ["E0118", `1${" + 1".repeat(3000)}`, "+", "chains more than 1000 operations", "give parts of it names"],
  ["E0118", `f${"(1)".repeat(3000)}`, "(", "chains more than 2000 operations"],
  ["E0120", "let a b", "b", "expected `=`, but found `b`"],
  ["E0120", "if a\n{ b }", "", "expected `{`, but found the end of the line", "on the line of its head"],
  ["E0120", "let a = if b then c", "then", "expected `{`, but found `then`", "followed by its block"],
  ["E0120", "match v { A => 1; B => 2 }", ";", "expected the end of this arm, but found `;`", "a new line or a comma"],
  ["E0121", "let a =", "", "expected an expression, but found the end of the input"],
  ["E0121", "a * / b", "/", "expected an expression, but found `/`"],
  ["E0122", "let = 1", "=", "expected a pattern, but found `=`"],
  ["E0122", "fn f(x: number) = x", "x", "expected a pattern, but found `x:`", "have no types"],
  ["E0122", "match v { x > 0 => 1 }", ">", "expected a pattern, but found `>`", "a condition stands in a guard"],
  ["E0123", "p.(x)", "(", "expected a name, but found `(`"],
  ["E0123", '{ "a": 1 }', '"a"', "expected the name of a field, but found a string", "without quotes"],
  ["E0124", "let if = 1", "if", "`if` is a reserved word and cannot be a name here"],
  ["E0125", "let a = 1 let b = 2", "let", "the statement should end before `let`", "separated by a new line or `;`"],
  ["E0125", "a b", "b", "the statement should end before `b`", "a call is written `a(b)`"],
  ["E0125", "const a = 1", "a", "the statement should end before `a`", "bound by `let`"],
  ["E0126", "[1 2]", "2", "expected `,` or `]` before the number `2`"],
  ["E0121", "v[:, 0]", ":", "expected an expression, but found `:`", "a slice is written `a..b`"],
  ["E0151", "max(v, axis=0)", "=", "an assignment is a statement and has no value", "`name: value`"],
  ["E0126", "v[1:2]", ":", "expected `,` or `]` before `:`", "a slice is written `a[i..j]`"],
  ["E0127", "[f\n(x)]", "(", "this `(` begins a new line, so it belongs to nothing", "stands on the line"],
  ["E0128", "let a = { b; c }", "{", "`{` begins a record here, and this is no record", "`do { … }`"],
  ["E0129", "if a { f }(x)", "(", "a call cannot stand directly behind a block", "in parentheses"],
  ["E0129", "[do { f }[0]]", "[", "an index cannot stand directly behind a block", "in parentheses"],
  ["E0130", "+1", "+", "there is no unary `+`", "leave it out"],
  ["E0131", "0 < x > 1", "< x >", "`<` and `>` cannot be chained", "in one direction"],
  ["E0132", "1..2..3", "..", "a range does not chain", "range(a, b, step)"],
  ["E0133", "f(..3)", "..", "a range needs both bounds here", "inside an index"],
  ["E0134", "1 + x => x", "x => x", "a function cannot stand beside an operator", "`(x => …)`"],
  ["E0135", "if x => y { z }", "x", "a function in the head of `if` needs parentheses"],
  ["E0136", "x |> -f", "-", "right of `|>` stands a function or a call", "in parentheses"],
  ["E0137", "x |> f + 1", "|> f +", "`+` cannot follow what is piped", "binds loosest"],
  ["E0138", "a == not b", "not", "`not` binds more loosely than `==`", "`(not x)`"],
  ["E0139", "(a,)", "(a,)", "a tuple has two elements or more", "leave the comma out"],
  ["E0140", "f(a: 1, 2)", "2", "an argument without a name follows one with a name", "come last"],
  ["E0141", "f(1, x for x in xs)", "x for x in xs", "must be the only argument", "in brackets"],
  ["E0142", "[1, x for x in xs]", "for", "a comprehension has one element", "in parentheses"],
  ["E0143", "a[]", "[]", "an index is missing", "`a[..]`"],
  ["E0144", "_ + 1", "_", "`_` is a pattern only and has no value"],
  ["E0145", "f(...xs)", "...", "`...` stands only in an array or a record"],
  ["E0150", "f(x) = 1", "f(x)", "the value of a call of `f` cannot be assigned to", "`fn f(…) = …`"],
  ["E0150", "x + 1 = 2", "x + 1", "only a `var` or a part of one can be assigned to", "a comparison `==`"],
  ["E0151", "if a = 1 { b }", "=", "an assignment is a statement and has no value", "`==`"],
  ["E0152", "do { type T = A }", "type", "a type stands at top level only"],
  ["E0153", "x => return x", "return", "`return` is a statement", "put it in a block"],
  ["E0154", "fn f(x) => x", "=>", "stands after `=` or in braces", "write `fn f(…) = …`"],
  ["E0155", 'match v { "{a}" => 1 }', '"{', "a string in a pattern cannot hold `{…}`"],
  ["E0156", "let [...a, ...b] = c", "...", "at most one `...`"],
  ["E0157", 'import "x"', 'import "x"', "an import needs a name for the module", "as optim"],
  ["E0158", "match v {}", "match v {}", "this `match` has no arms", "`pattern => value`"],
  ["E0159", "type T = A(1)", "1", "the fields of a variant are names", "have no types"],
]

describe("each fault of syntax", () => {
  test.each(shown)("%s: %.40s", (code, text, underlined, message, hint) => {
    const { faults } = parse({ name: "test", text })
    expect(faults.map((fault) => fault.code)).toEqual([code])
    const [fault] = faults
    expect(text.slice(fault?.span?.start, fault?.span?.end)).toBe(underlined)
    expect(fault?.message).toContain(message)
    if (hint !== undefined) expect(fault?.hint).toContain(hint)
  })

  test("has a program here", () => {
    // any argument will do: only the code is looked at
    const code = Object.assign(new String("a"), { valueOf: () => 97 })
    const all = Object.values(syntaxFaults).map((entry) => (entry as (...args: unknown[]) => FaultText)(code, "b").code)
    expect(new Set(shown.map(([code]) => code))).toEqual(new Set(all))
  })

  test("speaks no parser's jargon", () => {
    for (const [, text] of shown) {
      for (const { message, hint } of parse({ name: "test", text }).faults) {
        expect(`${message} ${hint ?? ""}`).not.toMatch(/token|parse|production|EOF|Expecting|Redundant|undefined/i)
      }
    }
  })
})

test("no code is given twice in the catalogue", () => {
  const numbered = [...Object.values(catalogue), ...Object.values(apartFaults), ...Object.values(warnings)].map(
    (entry) => {
      const found = /code: "([EW]\d{4})"/.exec(String(entry))
      return found?.[1]
    },
  )
  expect(numbered).not.toContain(undefined)
  expect(numbered.filter((code, i) => numbered.indexOf(code) !== i)).toEqual([])
})

describe("hostile text", () => {
  const codesOf = (text: string): string[] => parse({ name: "test", text }).faults.map((fault) => fault.code)

  test.each([
    "(",
    "[",
    "{",
    "f(",
    "a[",
    "x => {",
    "if a {",
    '"{',
    "-",
    "not ",
    "(x) => ",
    "[...",
    "a[..",
    "match a { b => ",
  ])("100,000 × %s", (text) => {
    const codes = codesOf(text.repeat(100_000))
    expect(codes.length).toBeGreaterThan(0)
    expect(codes.length).toBeLessThan(300)
  })
  test("100,000 × else if", () => {
    expect(codesOf(`if a { b }${" else if a { b }".repeat(100_000)}`)).toEqual(["E0118"])
  })
  test("100,000 exponents, fields, primes, comparisons", () => {
    for (const piece of ["^2", ".a", "'", " < 1", " |> f", "..1"])
      expect(codesOf(`x${piece.repeat(100_000)}`)).toEqual(["E0118"])
  })
  test("100,000 signs before a number", () => {
    expect(codesOf(`${"-".repeat(100_000)}1`)).toEqual(["E0118"])
    expect(codesOf(`${"not ".repeat(100_000)}true`)).toEqual(["E0118"])
  })
  test("nested patterns", () => {
    expect(codesOf(`let ${"A(".repeat(90)}x${")".repeat(90)} = 1`)).toEqual([])
    expect(codesOf(`let ${"A(".repeat(10_000)}x${")".repeat(10_000)} = 1`)).toEqual(["E0117"])
  })
  test("what nests as deep as it may is read", () => {
    expect(codesOf(`${"(".repeat(99)}1${")".repeat(99)}`)).toEqual([])
    expect(codesOf(`${"f(x => [".repeat(49)}1${"])".repeat(49)}`)).toEqual([])
    expect(codesOf(`${"if a { ".repeat(99)}1${" }".repeat(99)}`)).toEqual([])
    expect(codesOf(`1${" + 1".repeat(900)}`)).toEqual([])
  })
  test("a line of 10 MB", () => {
    expect(codesOf("x".repeat(10_000_000))).toEqual([])
    expect(codesOf(`"${"x".repeat(10_000_000)}`)).toEqual(["E0102"])
    expect(codesOf("\u0000".repeat(10_000_000))).toEqual(["E0101"])
  }, 30_000)
  test("very many faults are reported in part", () => {
    const codes = codesOf("let = 1\n".repeat(20_000))
    expect(codes.length).toBeGreaterThan(10)
    expect(codes.length).toBeLessThan(300)
  })
  test("damaged characters everywhere", () => {
    expect(codesOf("\ud800\udc00\ud800 \udc00a").length).toBeGreaterThan(0)
  })
})
