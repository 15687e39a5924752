import { describe, expect, test } from "vitest"
import { render } from "../lang/report/render.ts"
import { faultOfProgram, runProgram, shownBy } from "./evaluate-program.ts"

/** Programs and the one value that each shows last. */
function gives(rows: readonly (readonly [program: string, shown: string])[]): void {
  test.each(rows)("%s", (program, shown) => {
    expect(shownBy(program).at(-1)).toBe(shown)
  })
}

/** Programs and the start of their fault. */
function fails(rows: readonly (readonly [program: string, fault: string])[]): void {
  test.each(rows)("%s", (program, fault) => {
    expect(faultOfProgram(program)).toContain(fault)
  })
}

describe("strings are sequences of characters, also where JavaScript has two places for one", () => {
  const astral = '"😀a" ++ join(["é" for i in 0..40]) ++ "😀"'
  gives([
    ['len("añ😀b")', "4"],
    ['"añ😀b"[2]', '"😀"'],
    ['"añ😀b"[1..-1]', '"ñ😀"'],
    ['[c for c in "a😀"]', '["a", "😀"]'],
    ['split("a😀b", "")', '["a", "😀", "b"]'],
    [`let s = ${astral}\n(len(s), s[0], s[42], s[-1], s[1])`, '(43, "😀", "😀", "😀", "a")'],
    ['split("a,,b,", ",")', '["a", "", "b", ""]'],
    ['split("aaa", "aa")', '["", "a"]'],
    ['lines("a\\r\\nb\\rc\\n\\nd\\r")', '["a", "b", "c", "", "d"]'],
    ['lines("a\\r\\n")', '["a"]'],
    ['replace("a.b.c", ".", "--")', '"a--b--c"'],
    ['len(join([str(i) for i in 0..10000], ", "))', "58888"],
    ['join("abc", "-")', '"a-b-c"'],
    ["join([])", '""'],
  ])
})

describe("operators", () => {
  gives([
    ["1 + 2 * 3 ^ 2", "19"],
    ["-2^2", "-4"],
    ["2^-1", "0.5"],
    ["-7 % 3", "2"],
    ["1/0", "inf"],
    ["0/0", "nan"],
    ["5 % 0", "nan"],
    ["[1, 2] + 1", "[2, 3]"],
    ["[[1, 2], [3, 4]] * [10, 100]", "[[10, 200], [30, 400]]"],
    ["[1, 2] < [2, 1]", "[true, false]"],
    ["[1, 2] == [1, 2]", "true"],
    ['(1, "a") == (1, "b")', "false"],
    ["{ a: 1, b: 2 } == { b: 2, a: 1 }", "true"],
    ["nan == nan", "false"],
    ["not [true, false]", "[false, true]"],
    ["[true, false] and true", "[true, false]"],
    ["0 < 1 < 2 <= 2", "true"],
    ['"a" ++ "b"', '"ab"'],
    ["[1, 2] ++ [3]", "[1, 2, 3]"],
    ["[] ++ [[1, 2]]", "[[1, 2]]"],
    ['[1] ++ ["a"]', '[1, "a"]'],
    ["[[1, 2], [3, 4]] @ [1, 1]", "[3, 7]"],
    ["{ a: 1, b: [1, 2] } + { a: 2, b: [3, 4] }", "{ a: 3, b: [4, 6] }"],
    ['2 * { a: 1, b: (1, 2), s: "t" }', '{ a: 2, b: (2, 4), s: "t" }'],
    ['{ a: 1, s: "t" } - 0.5 * { a: 1, s: "t" }', '{ a: 0.5, s: "t" }'],
    ["-(1, [2, 3])", "(-1, [-2, -3])"],
    ["(1, 2) / 2", "(0.5, 1)"],
    ["1 + 2 + 3 - 4 - 5 + 6 * 2", "9"],
    ["sum(1 + 1" + " + 1".repeat(500) + ")", "502"],
  ])
  fails([
    ['1 + "a"', "E0307"],
    ["true + 1", "E0307"],
    ["[1, 2] + [1, 2, 3]", "E0313"],
    ["(1, 2) * (3, 4)", "E0315"],
    ["(1, 2) + 1", "E0314"],
    ["{ a: (1, { b: 2 }) } + { a: (1, { c: 2 }) }", "at `.a[1]`"],
    ["[1] == 1", "E0322"],
    ["sin == sin", "E0321"],
    ["1 @ 2", "E0307"],
    ["1 and true", "E0306"],
    ["if 1 { 2 } else { 3 }", "E0306"],
    ["while [true] { }", "E0306"],
    ["[1, 2]'", "E0328"],
  ])
})

describe("indices", () => {
  const a = "let a = [[1, 2, 3], [4, 5, 6]]\n"
  gives([
    [`${a}a[1, 2]`, "6"],
    [`${a}a[1][2]`, "6"],
    [`${a}a[-1, -3]`, "4"],
    [`${a}a[.., 1]`, "[2, 5]"],
    [`${a}a[0]`, "[1, 2, 3]"],
    [`${a}a[1, ..2]`, "[4, 5]"],
    [`${a}a[0..1]`, "[[1, 2, 3]]"],
    [`${a}a[[1, 0, 1], 0]`, "[4, 1, 4]"],
    [`${a}a[a > 2]`, "[3, 4, 5, 6]"],
    [`${a}a.T[2]`, "[3, 6]"],
    [`${a}a[.., [true, false, true]]`, "[[1, 3], [4, 6]]"],
    ["(0..5)[1..=3]", "[1, 2, 3]"],
    ["(0..5)[..-1]", "[0, 1, 2, 3]"],
    ["(0..5)[5..]", "[]"],
    ['"héllo"[1]', '"é"'],
    ['"hello"[1..3]', '"el"'],
    ['list(1, "a", 2)[[2, 0]]', "[2, 1]"],
    ["[[1], [2, 3]][1, 0]", "2"],
    ['(1, "a")[1]', '"a"'],
    ['{ a: 1 }["a"]', "1"],
    ["[true, false][1]", "false"],
    ["(x => [x, x^2][1])'(3)", "6"],
    ["(i => [1, 2, 3][i])'(1)", "0"],
  ])
  fails([
    ["[1, 2][2]", "E0309: the index 2 is out of range"],
    ["[1, 2][-3]", "E0309"],
    ["[1, 2][0.5]", "E0311"],
    ["[1, 2][1..4]", "E0310"],
    ["[1, 2][0, 0]", "E0312"],
    ["3[0]", "E0317"],
    ["{ a: 1 }.b", "E0316"],
    ["0..1.5", "E0311"],
    ["0..10^15", "E0506"],
  ])
})

describe("statements", () => {
  gives([
    ["fn f() { var s = 0\n for i in 0..5 { if i == 3 { break }\n s += i }\n s }\nf()", "3"],
    ["fn f() { var s = 0\n for i in 0..5 { if i == 3 { continue }\n s += i }\n s }\nf()", "7"],
    ["fn f(n) { for i in 0..n { if i * i > 10 { return i } }\n -1 }\nf(10)", "4"],
    ["fn f() { var n = 1\n while n < 100 { n *= 2 }\n n }\nf()", "128"],
    ["fn f() { var s = 0\n for row in [[1, 2], [3, 4]] { s += row[1] }\n s }\nf()", "6"],
    ['fn f() { var s = ""\n for c in "abc" { s = c ++ s }\n s }\nf()', '"cba"'],
    ["[x * y for x in 0..3, y in 0..2]", "[[0, 0], [0, 1], [0, 2]]"],
    ["[(x, y) for x in 0..2, y in 0..2 if x != y]", "[(0, 1), (1, 0)]"],
    ["[x for x in 0..0]", "[]"],
    ["sum(x for x in 0..4)", "6"],
    ["match (1, [2, 3, 4]) { (a, [b, ...rest]) => (a, b, rest) }", "(1, 2, [3, 4])"],
    ['match "x" { "y" => 1, _ => 2 }', "2"],
    ["match { a: 1, b: 2 } { { b } if b > 1 => b, _ => 0 }", "2"],
    ["type T = A(x) | B\nmatch B { A(x) => x\n B => 7 }", "7"],
    ["type T = A(x, y) | B\nlet t = A(y: 1, x: 2)\n{ ...t, y: 5 }", "A(2, 5)"],
    ["fn f(a, b = a + 1, c = b * 2) = (a, b, c)\nf(1, c: 0)", "(1, 2, 0)"],
    ["let f = (x, y = 10) => x + y\nf(1) + f(1, 2)", "14"],
    ["fn outer() { let k = 3\n fn inner(n) = if n == 0 { k } else { inner(n - 1) }\n inner(5) }\nouter()", "3"],
    [
      "fn even(n) = if n == 0 { true } else { odd(n - 1) }\nfn odd(n) = if n == 0 { false } else { even(n - 1) }\neven(200001)",
      "false",
    ],
    ["let fs = [(() => i) for i in 0..3]\n[f() for f in fs]", "[0, 1, 2]"],
    ["fn f() { var a = 1\n let g = () => a\n a = 2\n (g(), a) }\nf()", "(1, 2)"],
    ["max(3, 1, 2)", "3"],
    ['"{1 + 1} and {"in" ++ "ner"} {[1, "a"]}"', '"2 and inner [1, \\"a\\"]"'],
  ])
  fails([
    ["fn f(x) = x\nf()", "E0301"],
    ["fn f(x) = x\nlet g = f\ng(1, 2)", "E0301"],
    ["fn f(x) = x\nlet g = f\ng(1, y: 2)", "E0303"],
    ["fn f(x) = x\nlet g = f\ng(1, x: 2)", "E0304"],
    ["let x = 3\nx(1)", "E0305"],
    ["match 3 { 1 => 2 }", "E0319"],
    ["let (a, b) = (1, 2, 3)", "E0320"],
    ["for x in 3 { }", "E0318"],
    ["[...3]", "E0324"],
    ["fn f() { let r = g()\n let k = 2\n fn g() = k\n r }\nf()", "E0327"],
  ])
})

describe("faults", () => {
  test("name the place and the calls that led there", () => {
    const { fault, under } = runProgram("fn inner(a) = a[5]\nfn outer(a) { let r = inner(a)\n r + 1 }\nouter([1, 2])")
    expect(under).toBe("a[5]")
    expect(fault?.stack.map((frame) => frame.name).slice(0, 2)).toEqual(["inner", "outer"])
  })

  test("a fault deep down keeps the innermost and the outermost calls", () => {
    const { fault } = runProgram("fn f(n) = if n == 0 { [1][2] } else { f(n - 1) + 1 }\nf(9000)")
    expect(fault?.code).toBe("E0309")
    expect(fault?.stack.map((frame) => frame.times ?? 1)).toEqual([9000, 1])
  })

  test("of calls that differ the ends are kept, and the others counted", () => {
    const { fault } = runProgram(
      "fn f(n) = if n == 0 { [1][2] } else { g(n - 1) + 1 }\nfn g(n) = if n == 0 { [1][2] } else { f(n - 1) + 1 }\nf(9000)",
    )
    const stack = fault?.stack ?? []
    expect(stack.length).toBeLessThan(1000)
    expect(stack.reduce((sum, frame) => sum + (frame.times ?? 1) + (frame.omitted ?? 0), 0)).toBe(9001)
    expect(render(fault!)).toContain("(more than 250 times)")
  })
})

describe("trapping nan", () => {
  test("names the first operation that makes one", () => {
    const { fault, under } = runProgram("fn f(x) { let a = x - 3\n let b = sqrt(a)\n b * 2 }\nf(1)", {}, null, true)
    expect(fault?.code).toBe("E0332")
    expect(under).toBe("sqrt(a)")
    expect(runProgram("fn f(x) = (x + 1) * (x / x)\nf(0)", {}, null, true).under).toBe("(x / x)")
  })
})
