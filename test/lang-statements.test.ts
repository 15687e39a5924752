import { describe, expect, test } from "vitest"
import { isIncomplete, parse } from "../lang/parse.ts"
import { codes, one, tree } from "./lang-tree.ts"

describe("where statements end", () => {
  /** Text and the statements it has. */
  const cases: [string, string[]][] = [
    ["a\nb", ["a", "b"]],
    ["a; b", ["a;", "b"]],
    ["a\n;\nb", ["a;", "b"]],
    ["\n\n a \n\n b \n", ["a", "b"]],
    // (a) the innermost open bracket is ( or [
    ["f(\n  a\n  ,\n  b\n)", ["(call f a b)"]],
    ["[\n1\n,\n2\n]", ["[1, 2]"]],
    ["(a\n-b)", ["(- a b)"]],
    ["f(x => {\n  let y = x\n  -y\n})", ["(call f (\\x -> { let y = x; (- y) }))"]],
    // (b) the token before cannot end a statement
    ["a +\nb", ["(+ a b)"]],
    ["let a =\n  b", ["let a = b"]],
    ["a and\nb", ["(and a b)"]],
    ["x =>\n  y", ["(\\x -> y)"]],
    ["a.\nb", ["(. a b)"]],
    ["not\na", ["(not a)"]],
    ["a |>\nf", ["(|> f a)"]],
    // (c) the next token cannot begin one
    ["a\n+ b", ["(+ a b)"]],
    ["a\n* b\n/ c", ["(/ (* a b) c)"]],
    ["a\n- b", ["(- a b)"]],
    ["a\n-b", ["a", "(- b)"]],
    ["a\n-\nb", ["(- a b)"]],
    ["a\n(b)", ["a", "b"]],
    ["a\n[b]", ["a", "[b]"]],
    ["x\n|> f\n|> g", ["(|> g (|> f x))"]],
    ["a\n.b", ["(. a b)"]],
    ["0\n..n", ["(.. 0 n)"]],
    ["let a\n= b", ["let a = b"]],
    ["x\n=> y", ["(\\x -> y)"]],
    ["if a { b }\nelse { c }", ["(if a { b } { c })"]],
    ["a\nand b\nor c", ["(or (and a b) c)"]],
    ["a\nnot b", ["a", "(not b)"]],
    ["v\n= 1", ["v = 1"]],
    ["v\n+= 1", ["v += 1"]],
    // a field's name is no keyword
    ["a.if\nb", ["(. a if)", "b"]],
    ["a.let\n(b)", ["(. a let)", "b"]],
    // a new line in a comment counts
    ["a /* \n */ b", ["a", "b"]],
    ["a // c\nb", ["a", "b"]],
    ["return\n1", ["return", "1"]],
    ["f'\ng", ["(' f)", "g"]],
    ['"s"\n"{t}"\nu', ['"s"', '"{t}"', "u"]],
    ["if a { b }\n- c", ["(- (if a { b }) c)"]],
    ["a\r\nb\r\n", ["a", "b"]],
  ]
  test.each(cases)("%j", (text, expected) => {
    expect(tree(text)).toEqual(expected)
  })

  test("`;` silences at top level only", () => {
    expect(tree("do { a; b };")).toEqual(["{ a; b };"])
  })
})

describe("statements", () => {
  const cases: [string, string][] = [
    ["let (a, { b, c: [d] }) = e", "let (tuple a {b: b, c: [d]}) = e"],
    ["let _ = e", "let _ = e"],
    ["let Circle(r) = s", "let Circle(r) = s"],
    ["var v = 1", "var v = 1"],
    ["v = 1", "v = 1"],
    ["v[i, j] += e", "v[i, j] += e"],
    ["v[1..3] = e", "v[<1..3>] = e"],
    ["v[i].w.u ++= e", "v[i].w.u ++= e"],
    ["v ^= 2", "v ^= 2"],
    ["v /= 2", "v /= 2"],
    ["fn f() = 1", "fn f() 1"],
    ["fn f(x, y = 2) { x }", "fn f(x, y = 2) { x }"],
    ["fn f((a, b), _) = { a, b }", "fn f((tuple a b), _) {a: a, b: b}"],
    ["for i in 0..n { a }", "for i in (.. 0 n) { a }"],
    ["for (i, x) in enumerate(xs) {}", "for (tuple i x) in (call enumerate xs) {  }"],
    ["while a < b { break }", "while (< a b) { break }"],
    ["fn f(x) { while true { continue }\n return x }", "fn f(x) { while true { continue }; return x }"],
    ["type T = A", "type T = A()"],
    ["type Shape = Circle(r) | Rect(w, h,) | Empty", "type Shape = Circle(r) | Rect(w, h) | Empty()"],
    ["type T =\n  | A(x)\n  | B", "type T = A(x) | B()"],
    ["type T\n  = A\n  | B", "type T = A() | B()"],
    ['import "std/optim" as optim', "import std/optim as optim{}"],
    ['import { adam, lbfgs as quasi } from "std/optim"', "import std/optim as {adam:adam, lbfgs:quasi}"],
    ['import {\n  as as as,\n  from,\n} from "./{x}"', "import ./{x} as {as:as, from:from}"],
    ['test "adds {1}" { assert(a) }', "test adds {1} { (call assert a) }"],
    ['bench "b" { f(1) }', "bench b { (call f 1) }"],
    ["type(x)", "(call type x)"],
    ["test = 1", "test = 1"],
    ["import + 1", "(+ import 1)"],
    ["bench(x)", "(call bench x)"],
  ]
  test.each(cases)("%s", (text, expected) => {
    expect(one(text)).toBe(expected)
  })

  test("a first line #! is skipped, and so is a byte order mark", () => {
    expect(tree("#!/usr/bin/env adl\na")).toEqual(["a"])
    expect(tree("\ufeffa")).toEqual(["a"])
  })

  test("comments nest", () => {
    expect(tree("a /* x /* y */ z */ + b // c /*\nd")).toEqual(["(+ a b)", "d"])
  })
})

describe("documentation", () => {
  const docs = (text: string): unknown[] => {
    const { program, faults } = parse({ name: "test", text })
    expect(faults).toEqual([])
    return [program.doc, ...program.statements.map((s) => ("doc" in s ? s.doc : undefined))]
  }

  test("belongs to the definition that follows", () => {
    expect(docs("/// One.\n/// Two.\nfn f() = 1\n/// A.\nlet a = 1\nlet b = 2")).toEqual([
      null,
      "One.\nTwo.",
      "A.",
      null,
    ])
  })
  test("at the top, set apart, belongs to the module", () => {
    expect(docs("/// The module.\n\n/// f.\nfn f() = 1")).toEqual(["The module.", "f."])
    expect(docs("/// The module.\n\nfn f() = 1")).toEqual(["The module.", null])
    expect(docs('/// The module.\nimport "a" as a')).toEqual(["The module.", undefined])
  })
  test("belongs to variants too", () => {
    const { program } = parse({ name: "test", text: "/// T.\ntype T =\n  /// A.\n  | A(x)\n  /// B.\n  | B" })
    const [type] = program.statements
    expect(type?.kind === "type" && [type.doc, ...type.variants.map((v) => v.doc)]).toEqual(["T.", "A.", "B."])
  })
  test("four slashes are a plain comment", () => {
    expect(docs("//// no\nfn f() = 1")).toEqual([null, null])
  })
})

describe("is more input needed?", () => {
  test.each([
    "fn f(x) {",
    "f(",
    "[1,",
    "1 +",
    "let a =",
    "if a {\n b",
    "/* open",
    "x =>",
    "fn f(x)",
    "match v {",
    "a |>",
    "type T =",
  ])("yes: %s", (text) => {
    expect(isIncomplete({ name: "test", text })).toBe(true)
  })
  test.each([
    "",
    "a",
    "f(x)",
    "let a = 1",
    '"open',
    "f(]",
    "1 2 +",
    "let = (",
    ")",
    "if a { b }",
    "2.",
    "f(x\nlet y = 1",
  ])("no: %s", (text) => {
    expect(isIncomplete({ name: "test", text })).toBe(false)
  })
})

describe("recovery", () => {
  test("finds a fault in each statement, and goes on", () => {
    expect(codes("let a = (1 +\nlet b = 2 3\nlet c = 4\nfn f(x) {\n  let = 1\n  y +* 2\n}\nd e")).toEqual([
      "E0115",
      "E0125",
      "E0122",
      "E0121",
      "E0125",
    ])
  })
  test("finds a fault in each arm", () => {
    expect(codes("match v {\n  A => +1\n  if => 2\n  C => 3 4\n}")).toEqual(["E0130", "E0124", "E0120"])
  })
  test("keeps what is sound", () => {
    const { program } = parse({ name: "test", text: "let a = 1\nlet b = = 2\nlet c = 3" })
    expect(program.statements.map((s) => s.kind)).toEqual(["let", "expr", "let"])
  })
  test("a missing brace at the end is one fault", () => {
    expect(codes("fn f(x) {\n  if x {\n    1\n}\n")).toEqual(["E0115"])
  })
})
