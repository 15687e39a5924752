import { describe, expect, test } from "vitest"
import { scan } from "../lang/scan.ts"
import { Newline, VOCABULARY } from "../lang/tokens.ts"
import { codes, one, tree } from "./lang-tree.ts"

describe("the scanner", () => {
  test("names every token that a text can hold", () => {
    const text = '#!x\n/// a\n// b\n/* c */ f 1 "s" "a {b} c {d} e" ( ) [ ] { } , : ; \' ... + . | => += = && ~'
    const { tokens, comments, docs } = scan(text)
    const found = new Set([...tokens, ...comments, ...docs].map(({ tokenType }) => tokenType.name))
    const ofText = VOCABULARY.slice(0, VOCABULARY.indexOf(Newline)).map(({ name }) => name)
    expect([...found].sort()).toEqual(ofText.sort())
  })
})

/** Text and tree. */
const trees: [string, string][] = [
  // precedence, loosest to tightest
  ["a or b and not c == d", "(or a (and b (not (== c d))))"],
  ["not a == b", "(not (== a b))"],
  ["not not a", "(not (not a))"],
  ["a and not b", "(and a (not b))"],
  ["a < b + 1", "(< a (+ b 1))"],
  ["0 < x <= 1", "(< <= 0 x 1)"],
  ["a == b == c", "(== == a b c)"],
  ["a == b < c", "(== < a b c)"],
  ["3 > x >= y", "(> >= 3 x y)"],
  ["0..n + 1", "(.. 0 (+ n 1))"],
  ["0..=n == xs", "(== (..= 0 n) xs)"],
  ["a - b - c", "(- (- a b) c)"],
  ["a ++ b + c", "(+ (++ a b) c)"],
  ["a / b * c % d @ e", "(@ (% (* (/ a b) c) d) e)"],
  ["a + b * c", "(+ a (* b c))"],
  ["-x^2", "(- (^ x 2))"],
  ["2^-1", "(^ 2 (- 1))"],
  ["2^-x^2", "(^ 2 (- (^ x 2)))"],
  ["2^3^2", "(^ 2 (^ 3 2))"],
  ["2^-1 * 3", "(* (^ 2 (- 1)) 3)"],
  ["-a * b", "(* (- a) b)"],
  ["a * -b", "(* a (- b))"],
  ["a - -b", "(- a (- b))"],
  ["--a", "(- (- a))"],
  ["a -b", "(- a b)"],
  ["-1..-n", "(.. (- 1) (- n))"],
  ["f'(x)^2", "(^ (call (' f) x) 2)"],
  ["f''(x)", "(call (' (' f)) x)"],
  // pipes
  ["x |> f", "(|> f x)"],
  ["x |> f(y, k: 1)", "(|> f x y k: 1)"],
  ["x |> f |> g(2)", "(|> g (|> f x) 2)"],
  ["a + b |> f", "(|> f (+ a b))"],
  ["a or b |> f", "(|> f (or a b))"],
  ["x |> f'", "(|> (' f) x)"],
  ["x |> m.f", "(|> (. m f) x)"],
  ["x |> m.f(y)", "(|> (. m f) x y)"],
  ["x |> f(y)(z)", "(|> (call f y) x z)"],
  ["x |> (grad(loss))", "(|> (call grad loss) x)"],
  ["x |> grad(loss)", "(|> grad x loss)"],
  ["x |> (y => y + 1)", "(|> (\\y -> (+ y 1)) x)"],
  ["x |> fs[0]", "(|> (index fs 0) x)"],
  // functions
  ["x => x + 1", "(\\x -> (+ x 1))"],
  ["x => y => x + y", "(\\x -> (\\y -> (+ x y)))"],
  ["_ => 1", "(\\_ -> 1)"],
  ["() => 1", "(\\ -> 1)"],
  ["(x, y = 1) => { x + y }", "(\\x, y = 1 -> { (+ x y) })"],
  ["((a, b), { w }) => a", "(\\(tuple a b), {w: w} -> a)"],
  ["(x,) => x", "(\\x -> x)"],
  ["([a, ...r]) => r", "(\\[a, ...r] -> r)"],
  ["map(xs, x => x^2, n: 1)", "(call map xs (\\x -> (^ x 2)) n: 1)"],
  ["x => x |> f", "(\\x -> (|> f x))"],
  ["(x => x)(1)", "(call (\\x -> x) 1)"],
  // braces after `=>`
  ["x => { w }", "(\\x -> { w })"],
  ["x => {}", "(\\x -> {  })"],
  ["p => { w: p.w }", "(\\p -> {w: (. p w)})"],
  ["p => { w, b }", "(\\p -> {w: w, b: b})"],
  ["p => { ...p, w: 1 }", "(\\p -> {...p, w: 1})"],
  ["p => {\n  w: 1\n}", "(\\p -> {w: 1})"],
  ["p => { if: 1 }", "(\\p -> {if: 1})"],
  ["x => { let y = x\n y }", "(\\x -> { let y = x; y })"],
  ["x => { x } + 1", "(\\x -> (+ { x } 1))"],
  // records, arrays, tuples
  ["{ w: 1, b: 2 }", "{w: 1, b: 2}"],
  ["{ w, b }", "{w: w, b: b}"],
  ["{}", "{}"],
  ["{ w }", "{w: w}"],
  ["{ ...p, w: 3, }", "{...p, w: 3}"],
  ["{ match: 1, true: 2 }.match", "(. {match: 1, true: 2} match)"],
  ["[]", "[]"],
  ["[1, 2,]", "[1, 2]"],
  ["[...xs, y]", "[...xs, y]"],
  ["()", "()"],
  ['(1, "a")', '(tuple 1 "a")'],
  ["(1)", "1"],
  // calls, fields, indices
  ["f()", "(call f)"],
  ["f(x, steps: 10,)", "(call f x steps: 10)"],
  ["f(if: 1)", "(call f if: 1)"],
  ["p.if.w", "(. (. p if) w)"],
  ["a[i, j]", "(index a i j)"],
  ["a[1..4]", "(index a <1..4>)"],
  ["a[1..=4]", "(index a <1..=4>)"],
  ["a[2..]", "(index a <2..>)"],
  ["a[..3]", "(index a <..3>)"],
  ["a[..=3]", "(index a <..=3>)"],
  ["a[..]", "(index a <..>)"],
  ["a[.., j]", "(index a <..> j)"],
  ["a[i.., ..j]", "(index a <i..> <..j>)"],
  ["a[..-1]", "(index a <..(- 1)>)"],
  ["a[(1..3)]", "(index a (.. 1 3))"],
  ["a[f(1..3)]", "(index a (call f (.. 1 3)))"],
  ["a[[1, 2]]", "(index a [1, 2])"],
  ["a[i + 1..n - 1]", "(index a <(+ i 1)..(- n 1)>)"],
  ['"ab"[0]', '(index "ab" 0)'],
  ["1..3", "(.. 1 3)"],
  ["f (x)", "(call f x)"],
  // blocks
  ["if a { 1 } else if b { 2 } else { 3 }", "(if a { 1 } (if b { 2 } { 3 }))"],
  ["if a { 1 }", "(if a { 1 })"],
  ["if a { 1 } else { 2 } + 3", "(+ (if a { 1 } { 2 }) 3)"],
  ["do { 1 } * 2", "(* { 1 } 2)"],
  ["2 * if a { 1 } else { 2 }", "(* 2 (if a { 1 } { 2 }))"],
  ["(if a { f } else { g })(x)", "(call (if a { f } { g }) x)"],
  ["if a == { w: 1 } { 1 }", "(if (== a {w: 1}) { 1 })"],
  ["if any(x => x > 0) { 1 }", "(if (call any (\\x -> (> x 0))) { 1 })"],
  ["if (x => x)(a) { 1 }", "(if (call (\\x -> x) a) { 1 })"],
  // comprehensions
  ["[x^2 for x in xs]", "(for (^ x 2) | x in xs)"],
  ["[a * b for a in A, b in f(a)]", "(for (* a b) | a in A, b in (call f a))"],
  ["[x for x in xs if x > 0]", "(for x | x in xs if (> x 0))"],
  ["[x for (x, _) in zip(a, b),]", "(for x | (tuple x _) in (call zip a b))"],
  ["sum(a[i] * b[i] for i in 0..n)", "(call sum (bare for (* (index a i) (index b i)) | i in (.. 0 n)))"],
  ["[[x for x in r] for r in rows]", "(for (for x | x in r) | r in rows)"],
  ["[x => i * x for i in 0..3]", "(for (\\x -> (* i x)) | i in (.. 0 3))"],
  ["sum(\n  x\n  for x in xs\n  if x > 0\n)", "(call sum (bare for x | x in xs if (> x 0)))"],
  // strings
  ['"loss = {loss}\\n"', '"loss = {loss}\n"'],
  ['"{a}{b}"', '"{a}{b}"'],
  ['"x {f("y {z} {"}"}") + 1} w"', '"x {(+ (call f "y {z} {"}"}") 1)} w"'],
  ['"{ { a: 1 }.a }"', '"{(. {a: 1} a)}"'],
  ['"\\{ \\} \\" \\\\ \\t \\u{3b1}\\u{1F600}"', '"{ } " \\ \t α😀"'],
  ['"} alone"', '"} alone"'],
  ['""', '""'],
  ['"{do { let a = 1; a }}"', '"{{ let a = 1; a }}"'],
  // numbers
  ["1_000_000", "1000000"],
  ["1e-3", "0.001"],
  ["2.5E+2", "250"],
  ["0.1", "0.1"],
  ["1_0.2_5", "10.25"],
  ["1e999", "Infinity"],
  // names
  ["α + β_1 + naïve + x₁", "(+ (+ (+ α β_1) naïve) x₁)"],
  ["type + import + as + test + bench + from", "(+ (+ (+ (+ (+ type import) as) test) bench) from)"],
]

describe("expressions", () => {
  test.each(trees)("%s", (text, expected) => {
    expect(one(text)).toBe(expected)
  })

  test("a name is the same however its letters are composed", () => {
    expect(one("e\u0301")).toBe("\u00e9")
  })

  test("commas may end every list", () => {
    for (const text of [
      "f(a,)",
      "[a,]",
      "(a, b,)",
      "{ a: 1, }",
      "a[i,]",
      "(x,) => x",
      "fn f(a,) = a",
      "let [a,] = b",
    ]) {
      expect(codes(text)).toEqual([])
    }
  })

  test("match takes every pattern", () => {
    const text = `match v {
      0 => a
      -1.5 => b
      "s" | "t" => c, true => d
      () => e
      Leaf(v) if v > 0 => f
      Node(left: l, right: Leaf(_)) => g
      (x, y) if (x > y) => h
      { x, y: 0 | 1 } => i
      [] => j
      [only] => k
      [first, ...rest] => l
      [...init, last] => m
      [a, ..., b] => n
      shapes.Circle(r) => o
      shapes.Empty => p
      x if x => { q }
      _ => { w: 1 }
    }`
    expect(one(text)).toBe(
      '(match v [0 => a] [-1.5 => b] [(| "s" "t") => c] [true => d] [() => e] [Leaf(v) if (> v 0) => f] ' +
        "[Node(left: l, right: Leaf(_)) => g] [(tuple x y) if (> x y) => h] [{x: x, y: (| 0 1)} => i] [[] => j] [[only] => k] " +
        "[[first, ...rest] => l] [[...init, last] => m] [[a, ..._, b] => n] [shapes.Circle(r) => o] [shapes.Empty() => p] " +
        "[x if x => { q }] [_ => {w: 1}])",
    )
  })

  test("an arm may go on over lines", () => {
    expect(one("match v {\n  A\n  | B => 1\n    + 2\n  C => 3 }")).toBe("(match v [(| A B) => (+ 1 2)] [C => 3])")
  })

  test("a match may stand on one line", () => {
    expect(one("match v { A => 1, B => 2, }")).toBe("(match v [A => 1] [B => 2])")
  })

  test("a guard's parentheses are no parameters", () => {
    expect(one("match v { x if (a) => 1, _ => 2 }")).toBe("(match v [x if a => 1] [_ => 2])")
    expect(one("match v { x if p.ok => 1, _ => 2 }")).toBe("(match v [x if (. p ok) => 1] [_ => 2])")
    expect(one("match v { x if f(y => y) => 1, _ => 2 }")).toBe("(match v [x if (call f (\\y -> y)) => 1] [_ => 2])")
  })

  test("spans cover what was written, parentheses included", () => {
    const text = "let a = (b + c) * d"
    expect(tree(text)).toEqual(["let a = (* (+ b c) d)"])
  })
})
