import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { tokenize } from "../lang/highlight.ts"
import { parse } from "../lang/parse.ts"
import { faultOf, type Fault } from "../lang/report/fault.ts"
import { render, renderAll } from "../lang/report/render.ts"
import { position, type Source } from "../lang/report/span.ts"
import { editDistance, nearest } from "../lang/report/suggest.ts"

const fault = (source: Source, start: number, end: number, extra: Partial<Fault> = {}): Fault => ({
  ...faultOf({ code: "E0000", message: "something is wrong" }, { source, start, end }),
  ...extra,
})

describe("rendering", () => {
  test("shows code, place, line, mark and hint", () => {
    const source = { name: "a.adl", text: "let a = 1\nlet b = a +* 2\n" }
    expect(renderAll(parse(source).faults)).toBe(
      [
        "error[E0121]: expected an expression, but found `*`",
        "  --> a.adl:2:12",
        "  |",
        "2 | let b = a +* 2",
        "  |            ^",
      ].join("\n"),
    )
  })

  test("counts columns as a terminal shows them", () => {
    const source = { name: "a.adl", text: '\tlet 数 = "日本e\u0301" + !' }
    const at = source.text.indexOf("!")
    const [, , , line, mark] = render(fault(source, at, at + 1)).split("\n")
    // the tab takes two columns, wide characters two, the accent none
    expect(line).toBe('1 |   let 数 = "日本e\u0301" + !')
    expect(mark?.indexOf("^")).toBe('1 |   let xx = "xxxxe" + '.length)
  })

  test("marks several lines, and of many the first and the last", () => {
    const source = { name: "a.adl", text: "f(\n  1,\n  2,\n  3,\n  4\n)\n" }
    expect(
      render(fault(source, 0, 24))
        .split("\n")
        .slice(2),
    ).toEqual(["  |", "1 | f(", "  | ^^", " ...", "6 | )", "  | ^"])
    expect(
      render(fault(source, 0, 9))
        .split("\n")
        .slice(2),
    ).toEqual(["  |", "1 | f(", "  | ^^", "2 |   1,", "  | ^^^^", "3 |   2,", "  | ^"])
  })

  test("cuts long lines around the mark", () => {
    const source = { name: "a.adl", text: `${"x".repeat(5_000_000)} + y + ${"z".repeat(5_000_000)}` }
    const text = render(fault(source, 5_000_003, 5_000_004), { width: 60 })
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(62)
    const [, , , line, mark] = text.split("\n")
    expect(line?.[mark?.indexOf("^") ?? 0]).toBe("y")
  })

  test("shows labels, also in other files", () => {
    const a = { name: "a.adl", text: "f(1)" }
    const b = { name: "b.adl", text: "\nfn f() = 1" }
    expect(
      render(
        fault(a, 0, 4, { labels: [{ span: { source: b, start: 1, end: 7 }, message: "defined here" }], hint: "h" }),
      ),
    ).toBe(
      [
        "error[E0000]: something is wrong",
        "  --> a.adl:1:1",
        "  |",
        "1 | f(1)",
        "  | ^^^^",
        "  ::: b.adl:2:1",
        "  |",
        "2 | fn f() = 1",
        "  | ^^^^^^ defined here",
        "  = hint: h",
      ].join("\n"),
    )
  })

  test("counts calls that repeat", () => {
    const source = { name: "a.adl", text: "f(1)" }
    const call = (name: string): { name: string; span: { source: Source; start: number; end: number } } => ({
      name,
      span: { source, start: 0, end: 4 },
    })
    const stack = [
      ...Array.from({ length: 50 }, () => call("f")),
      call("g"),
      ...Array.from({ length: 20 }, () => [call("even"), call("odd")]).flat(),
    ]
    expect(
      render({ ...fault(source, 0, 1), stack })
        .split("\n")
        .slice(5),
    ).toEqual([
      "  in `f`, called at a.adl:1:1 (50 times)",
      "  in `g`, called at a.adl:1:1",
      "  in `even`, called at a.adl:1:1, `odd`, called at a.adl:1:1 (20 times)",
    ])
  })

  test("styles pieces, and lets no control character through", () => {
    const source = { name: "a.adl", text: "a\u001b[31mb" }
    const text = render(
      { ...fault(source, 1, 2), message: "bad \u001b[0m" },
      { style: (piece, style) => `<${style}>${piece}</>` },
    )
    expect(text).toContain("<error>error[E0000]</>")
    expect(text).toContain("<mark>^</>")
    expect(text).not.toContain("\u001b")
  })

  test("any span of any text can be shown", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(30), fc.nat(30), (text, start, length) => {
        const from = Math.min(start, text.length)
        const to = Math.min(from + length, text.length)
        expect(render(fault({ name: "a", text }, from, to), { width: 40 })).toContain("E0000")
      }),
      { numRuns: 50 },
    )
  })
})

test("positions count from one", () => {
  const source = { name: "a", text: "\nab\n" }
  expect(position(source, 0)).toEqual({ line: 1, column: 1 })
  expect(position(source, 2)).toEqual({ line: 2, column: 2 })
  expect(position(source, 4)).toEqual({ line: 3, column: 1 })
})

describe("suggestions", () => {
  test("find the nearest name", () => {
    const names = ["softmax", "softplus", "sum", "sin", "cos", "reshape", "transpose"]
    expect(nearest("sofmax", names)).toBe("softmax")
    expect(nearest("Sin", names)).toBe("sin")
    expect(nearest("rehsape", names)).toBe("reshape")
    expect(nearest("xyz", names)).toBeNull()
    expect(nearest("x", names)).toBeNull()
    expect(nearest("sum", names)).toBeNull()
  })
  test("distance is a metric with swaps", () => {
    expect(editDistance("ab", "ba")).toBe(1)
    expect(editDistance("kitten", "sitting")).toBe(3)
    expect(editDistance("", "abc")).toBe(3)
  })
})

describe("highlighting", () => {
  const pieces = (text: string): string[] =>
    tokenize({ name: "test", text }).map((token) => `${token.class} ${text.slice(token.start, token.end)}`)

  test("tells the roles of words apart", () => {
    expect(pieces("let f = x => a.if and not g(b: 1_0) // c")).toEqual([
      "keyword let",
      "name f",
      "operator =",
      "parameter x",
      "operator =>",
      "name a",
      "punctuation .",
      "field if",
      "keyword and",
      "keyword not",
      "function g",
      "bracket (",
      "label b",
      "punctuation :",
      "number 1_0",
      "bracket )",
      "comment // c",
    ])
    expect(pieces("type = 1\ntype T = Leaf(v)")).toEqual([
      "name type",
      "operator =",
      "number 1",
      "keyword type",
      "name T",
      "operator =",
      "variant Leaf",
      "bracket (",
      "name v",
      "bracket )",
    ])
  })
  test("takes strings to pieces", () => {
    expect(pieces('"a\\n{x}\\u{41}b"')).toEqual([
      'string "a',
      "escape \\n",
      "bracket {",
      "name x",
      "bracket }",
      "escape \\u{41}",
      'string b"',
    ])
  })
  test("copes with what is half typed", () => {
    expect(pieces('f("ab')).toEqual(["function f", "bracket (", 'string "ab'])
    expect(pieces("let a = (1 + ")).toEqual([
      "keyword let",
      "name a",
      "operator =",
      "bracket (",
      "number 1",
      "operator +",
    ])
    expect(pieces("/* a")).toEqual(["comment /* a"])
    expect(pieces("a ? \u0000")).toEqual(["name a", "error ?", "error \u0000"])
  })
  test("pieces are in order, do not overlap, and leave out only blanks", () => {
    const piece = fc.constantFrom(
      '"',
      "{",
      "}",
      "(",
      ")",
      "a",
      "1",
      ".",
      "..",
      "'",
      "\n",
      " ",
      "=>",
      "let",
      "//",
      "/*",
      "*/",
      "\\",
      "#",
      "type",
      "é",
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (parts) => {
        const text = parts.join("")
        let end = 0
        for (const token of tokenize({ name: "test", text })) {
          expect(text.slice(end, token.start)).toMatch(/^\s*$/)
          expect(token.end).toBeGreaterThan(token.start)
          end = token.end
        }
        expect(text.slice(end)).toMatch(/^\s*$/)
      }),
      { numRuns: 1000 },
    )
  })
})

test("parsing any sequence of words ends with a program and faults in order", () => {
  const piece = fc.constantFrom(
    ..."let var fn match if else for in while break return do true and not type import test as from x f Leaf 1 2.5 _ ( ) [ ] { } , : ; ' . .. ... = => + - * ^ == < |> | |".split(
      " ",
    ),
    '"s"',
    '"{',
    '}"',
    "\n",
    "\n",
    "//",
    "++=",
    "..=",
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
      const text = parts.join(" ")
      const { faults, program } = parse({ name: "test", text })
      expect(Array.isArray(program.statements)).toBe(true)
      let before = 0
      for (const { span } of faults) {
        expect(span).not.toBeNull()
        expect(span?.start).toBeGreaterThanOrEqual(before)
        expect(span?.end).toBeLessThanOrEqual(text.length)
        before = span?.start ?? 0
      }
    }),
    { numRuns: 3000 },
  )
}, 60_000)
