import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type * as Ast from "../lang/ast.ts"
import type { Expr, Pattern, Statement } from "../lang/ast.ts"
import { parse } from "../lang/parse.ts"
import { print, printExpr, printNumber } from "../lang/print.ts"
import { plain } from "./lang-tree.ts"

const span = { source: { name: "made", text: "" }, start: 0, end: 0 }

// ── random trees of the kind that the parser makes ──────────────────────────────────────────────────────────────────

const word = fc.constantFrom("a", "b", "xs", "f", "loss", "α", "T1", "type", "test", "from", "as", "Leaf", "_p")
const label = fc.oneof(word, fc.constantFrom("if", "in", "true", "match"))
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("{", "}", "\\", '"', "\n", "a{b}c", "\u0000", "é\t"),
)
const number = fc.double({ noNaN: true, min: 0 }).map(Math.abs)

const { expr, pattern, block } = fc.letrec<{
  expr: Expr
  block: Ast.BlockExpr
  inner: Statement
  pattern: Pattern
  param: Ast.Param
  spread: Ast.Spread
  slice: Ast.Slice
}>((tie) => {
  const sub = tie("expr")
  const many = fc.array(sub, { maxLength: 3 })
  const name = word.map((name): Expr => ({ kind: "name", name, span }))
  const clause = fc
    .record({ pattern: tie("pattern"), source: sub })
    .map((c): Ast.ComprehensionClause => ({ ...c, span }))
  const comprehension = (bare: boolean): fc.Arbitrary<Expr> =>
    fc
      .record({
        element: sub,
        clauses: fc.array(clause, { minLength: 1, maxLength: 2 }),
        condition: fc.option(sub),
      })
      .map((c): Expr => ({ kind: "comprehension", ...c, bare, span }))
  const named = fc.array(
    fc.record({ name: label, value: sub }).map((n): Ast.NamedArgument => ({ ...n, nameSpan: span, span })),
    { maxLength: 2 },
  )
  const args = fc.oneof(
    fc.record({ args: many, named }),
    comprehension(true).map((c) => ({ args: [c], named: [] as Ast.NamedArgument[] })),
  )
  return {
    expr: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      name,
      number.map((value): Expr => ({ kind: "number", value, span })),
      fc.boolean().map((value): Expr => ({ kind: "boolean", value, span })),
      fc.constant<Expr>({ kind: "unit", span }),
      fc
        .array(
          fc.oneof(
            text.filter((t) => t !== ""),
            sub,
          ),
          { maxLength: 3 },
        )
        .map((parts): Expr => {
          const joined: (string | Expr)[] = []
          for (const part of parts) {
            const last = joined.at(-1)
            if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part
            else joined.push(part)
          }
          return { kind: "string", parts: joined, span }
        }),
      fc.array(fc.oneof(sub, tie("spread")), { maxLength: 3 }).map((items): Expr => ({ kind: "array", items, span })),
      fc.array(sub, { minLength: 2, maxLength: 3 }).map((items): Expr => ({ kind: "tuple", items, span })),
      fc
        .array(
          fc.oneof(
            fc
              .record({ name: label, value: sub })
              .map((f): Ast.RecordField => ({ kind: "recordField", ...f, nameSpan: span, span })),
            word.map((name): Ast.RecordField => ({
              kind: "recordField",
              name,
              value: { kind: "name", name, span },
              nameSpan: span,
              span,
            })),
            tie("spread"),
          ),
          { maxLength: 3 },
        )
        .map((fields): Expr => ({ kind: "record", fields, span })),
      fc
        .record({ params: fc.array(tie("param"), { maxLength: 3 }), body: fc.oneof(sub, tie("block")) })
        .map((l): Expr => ({ kind: "lambda", ...l, span })),
      fc
        .record({ callee: sub, args })
        .map(({ callee, args }): Expr => ({ kind: "call", callee, ...args, piped: false, span })),
      fc.record({ callee: sub, args, first: sub }).map(({ callee, args, first }): Expr => ({
        kind: "call",
        callee,
        args: [first, ...args.args],
        named: args.named,
        piped: true,
        span,
      })),
      fc
        .record({ target: sub, items: fc.array(fc.oneof(sub, tie("slice")), { minLength: 1, maxLength: 2 }) })
        .map((i): Expr => ({ kind: "index", ...i, span })),
      fc.record({ target: sub, name: label }).map((f): Expr => ({ kind: "field", ...f, nameSpan: span, span })),
      sub.map((target): Expr => ({ kind: "derivative", target, span })),
      fc
        .record({ op: fc.constantFrom("-" as const, "not" as const), operand: sub })
        .map((u): Expr => ({ kind: "unary", ...u, span })),
      fc
        .record({
          op: fc.constantFrom<Ast.BinaryOperator>("+", "-", "*", "/", "%", "@", "^", "++"),
          left: sub,
          right: sub,
        })
        .map((b): Expr => ({ kind: "binary", ...b, opSpan: span, span })),
      fc
        .record({ op: fc.constantFrom("and" as const, "or" as const), left: sub, right: sub })
        .map((l): Expr => ({ kind: "logic", ...l, span })),
      fc
        .constantFrom<Ast.CompareOperator[]>(
          ["=="],
          ["!="],
          ["<"],
          [">="],
          ["<", "<="],
          ["==", ">"],
          [">", ">="],
          ["==", "=="],
        )
        .chain((ops) =>
          fc.array(sub, { minLength: ops.length + 1, maxLength: ops.length + 1 }).map((operands): Expr => ({
            kind: "compare",
            ops: ops.map((op) => ({ op, span })),
            operands,
            span,
          })),
        ),
      fc.record({ from: sub, to: sub, inclusive: fc.boolean() }).map((r): Expr => ({ kind: "range", ...r, span })),
      fc
        .record({ condition: sub, then: tie("block"), else: fc.option(tie("block")) })
        .map((i): Expr => ({ kind: "if", ...i, span })),
      fc
        .record({
          subject: sub,
          arms: fc.array(
            fc
              .record({ pattern: tie("pattern"), guard: fc.option(sub), body: fc.oneof(sub, tie("block")) })
              .map((a): Ast.MatchArm => ({ ...a, span })),
            { minLength: 1, maxLength: 3 },
          ),
        })
        .map((m): Expr => ({ kind: "match", ...m, span })),
      tie("block"),
      comprehension(false),
    ),
    spread: sub.map((value): Ast.Spread => ({ kind: "spread", value, span })),
    slice: fc.oneof(
      fc
        .record({ from: fc.option(sub), to: sub, inclusive: fc.boolean() })
        .map((s): Ast.Slice => ({ kind: "slice", ...s, span })),
      fc.option(sub).map((from): Ast.Slice => ({ kind: "slice", from, to: null, inclusive: false, span })),
    ),
    block: fc
      .array(tie("inner"), { maxLength: 3 })
      .map((statements): Ast.BlockExpr => ({ kind: "block", statements, span })),
    inner: fc.oneof(
      { maxDepth: 4 },
      sub.map((value): Statement => ({ kind: "expr", value, silent: false, span })),
      fc
        .record({ pattern: tie("pattern"), value: sub })
        .map((l): Statement => ({ kind: "let", ...l, doc: null, span })),
      fc.record({ name: word, value: sub }).map((v): Statement => ({ kind: "var", ...v, nameSpan: span, span })),
      fc
        .record({
          name: word,
          path: fc.array(
            fc.oneof(
              label.map((name): Ast.PathStep => ({ kind: "field", name, span })),
              fc
                .array(fc.oneof(sub, tie("slice")), { minLength: 1, maxLength: 2 })
                .map((items): Ast.PathStep => ({ kind: "index", items, span })),
            ),
            { maxLength: 2 },
          ),
          op: fc.constantFrom<Ast.AssignOperator>("=", "+=", "-=", "*=", "/=", "^=", "++="),
          value: sub,
        })
        .map((a): Statement => ({ kind: "assign", ...a, nameSpan: span, span })),
      fc
        .record({ name: word, params: fc.array(tie("param"), { maxLength: 2 }), body: fc.oneof(sub, tie("block")) })
        .map((f): Statement => ({ kind: "fn", ...f, nameSpan: span, doc: null, span })),
      fc
        .record({ pattern: tie("pattern"), source: sub, body: tie("block") })
        .map((f): Statement => ({ kind: "for", ...f, span })),
      fc.record({ condition: sub, body: tie("block") }).map((w): Statement => ({ kind: "while", ...w, span })),
      fc.constantFrom<Statement>({ kind: "break", span }, { kind: "continue", span }),
      fc.option(sub).map((value): Statement => ({ kind: "return", value, span })),
    ),
    param: fc.record({ pattern: tie("pattern"), default: fc.option(sub) }).map((p): Ast.Param => ({ ...p, span })),
    pattern: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      word.map((name): Pattern => ({ kind: "namePattern", name, span })),
      fc.constant<Pattern>({ kind: "wildcard", span }),
      fc
        .oneof(
          number,
          number.map((n) => -n),
          text,
          fc.boolean(),
          fc.constant(null),
        )
        .map((value): Pattern => ({ kind: "literalPattern", value, span })),
      fc
        .array(tie("pattern"), { minLength: 2, maxLength: 3 })
        .map((items): Pattern => ({ kind: "tuplePattern", items, span })),
      fc
        .array(
          fc.oneof(
            fc.record({ name: label, pattern: tie("pattern") }).map((f) => ({ ...f, span })),
            word.map((name) => ({ name, pattern: { kind: "namePattern" as const, name, span }, span })),
          ),
          { maxLength: 3 },
        )
        .map((fields): Pattern => ({ kind: "recordPattern", fields, span })),
      fc
        .record({
          name: fc.oneof(word, fc.constant("m.Leaf")),
          fields: fc.array(
            fc.record({ name: fc.option(label), nameSpan: fc.constant(span), pattern: tie("pattern") }),
            {
              maxLength: 2,
            },
          ),
        })
        .map((v): Pattern => ({ kind: "variantPattern", ...v, nameSpan: span, span })),
      fc
        .record({
          before: fc.array(tie("pattern"), { maxLength: 2 }),
          rest: fc.option(fc.option(word)),
          after: fc.array(tie("pattern"), { maxLength: 2 }),
        })
        .map(({ before, rest, after }): Pattern => ({
          kind: "arrayPattern",
          before: rest === null ? [...before, ...after] : before,
          rest: rest === null ? null : { name: rest, span },
          after: rest === null ? [] : after,
          span,
        })),
      fc
        .array(tie("pattern"), { minLength: 2, maxLength: 3 })
        .map((alternatives): Pattern => ({ kind: "orPattern", alternatives, span })),
    ),
  }
})

const doc = fc.option(fc.constantFrom("One line.", "Two\n\nlines.", "> f(1)\n2"))
const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({ value: expr, silent: fc.boolean() }).map((s): Statement => ({ kind: "expr", ...s, span })),
  fc.record({ pattern, value: expr, doc }).map((l): Statement => ({ kind: "let", ...l, span })),
  fc
    .record({ name: word, body: block, doc })
    .map((f): Statement => ({ kind: "fn", ...f, params: [], nameSpan: span, span })),
  fc
    .record({
      name: word,
      variants: fc.array(
        fc.record({ name: word, fields: fc.array(word, { maxLength: 2 }), doc }).map((v) => ({ ...v, span })),
        { minLength: 1, maxLength: 3 },
      ),
      doc,
    })
    .map((t): Statement => ({ kind: "type", ...t, nameSpan: span, span })),
  fc
    .record({ specifier: text, namespace: word })
    .map((i): Statement => ({ kind: "import", ...i, names: null, specifierSpan: span, span })),
  fc
    .record({
      specifier: text,
      names: fc.array(
        fc.record({ name: word, as: word }).map((n) => ({ ...n, span })),
        { maxLength: 3 },
      ),
    })
    .map((i): Statement => ({ kind: "import", ...i, namespace: null, specifierSpan: span, span })),
  fc.record({ name: text, body: block }).map((t): Statement => ({ kind: "test", ...t, span })),
)

/** What the parser would have made of a made tree: a tree is compared only in what can be written. */
function readBack(text: string): unknown {
  const { program, faults } = parse({ name: "printed", text })
  if (faults.length > 0) throw new Error(`${faults[0]?.message ?? ""} at ${String(faults[0]?.span?.start)}:\n${text}`)
  return plain(program)
}

/** The first definition in the text keeps its documentation only if it is not the module's. */
const program = fc.array(statement, { maxLength: 4 }).map((statements): Ast.Program => ({
  statements: [{ kind: "expr", value: { kind: "unit", span }, silent: false, span }, ...statements],
  span,
  doc: null,
}))

describe("what is printed reads back as the same tree", () => {
  test("programs", () => {
    fc.assert(
      fc.property(program, (made) => {
        expect(readBack(print(made))).toEqual(plain(made))
      }),
      { numRuns: 400 },
    )
  }, 60_000)
  test("programs in a narrow window", () => {
    fc.assert(
      fc.property(program, (made) => {
        expect(readBack(print(made, { width: 20 }))).toEqual(plain(made))
      }),
      { numRuns: 400 },
    )
  }, 60_000)
  test("expressions on one line", () => {
    fc.assert(
      fc.property(expr, (made) => {
        const text = printExpr(made)
        expect(text).not.toContain("\n")
        const read = readBack(text) as { statements: unknown[] }
        expect(read.statements).toEqual([
          (plain({ statements: [{ kind: "expr", value: made, silent: false, span }], span, doc: null }) as typeof read)
            .statements[0],
        ])
      }),
      { numRuns: 400 },
    )
  }, 60_000)
  test("printing settles at once", () => {
    fc.assert(
      fc.property(program, (made) => {
        const text = print(made)
        expect(print(parse({ name: "printed", text }).program)).toBe(text)
      }),
      { numRuns: 100 },
    )
  }, 60_000)
})

test("numbers read back to the bit", () => {
  for (const value of [0, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53, 123456789012345680000]) {
    expect(Number(printNumber(value))).toBe(value)
  }
  expect(printNumber(-0)).toBe("-0")
  expect(printNumber(NaN)).toBe("nan")
})

describe("the layout", () => {
  const printed = (text: string, width?: number): string =>
    print(parse({ name: "test", text }).program, width === undefined ? {} : { width })

  test("short things stay on a line", () => {
    expect(printed("fn  f( x ) { x+1 }")).toBe("fn f(x) { x + 1 }\n")
    expect(printed("if a{b}else{c}")).toBe("if a { b } else { c }\n")
  })
  test("long lists, chains and blocks break", () => {
    expect(printed("let total = first + second * third - fourth", 30)).toBe(
      "let total =\n  first\n    + second * third\n    - fourth\n",
    )
    expect(printed("f(first, second, third, fourth)", 20)).toBe("f(\n  first,\n  second,\n  third,\n  fourth,\n)\n")
    expect(printed("x |> first |> second(1) |> third", 20)).toBe("x\n  |> first\n  |> second(1)\n  |> third\n")
  })
  test("parentheses stand where they must", () => {
    expect(printed("((a + b)) * c - (d * e)")).toBe("(a + b) * c - d * e\n")
    expect(printed("x => ({ w })")).toBe("x => ({ w })\n")
    expect(printed("x => ({})")).toBe("x => ({})\n")
    expect(printed("(-x)^2")).toBe("(-x)^2\n")
    expect(printed("a[(1..2)]")).toBe("a[(1..2)]\n")
  })
})
