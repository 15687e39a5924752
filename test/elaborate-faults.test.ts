/**
 * What elaboration finds wrong with a program, and what it only warns of: the code and the words that are underlined.
 */

import { describe, expect, test } from "vitest"
import { wholeLibrary } from "../engine/builtins.ts"
import { elaborate } from "../lang/elaborate.ts"
import { parse } from "../lang/parse.ts"
import { nameFaults } from "../lang/report/catalogue/names.ts"
import { warnings } from "../lang/report/catalogue/warnings.ts"
import { faultOf, FaultError } from "../lang/report/fault.ts"
import { faults as catalogue } from "../lang/report/catalogue.ts"

const library = wholeLibrary()

function findings(text: string): string[] {
  const { program, faults } = parse({ name: "test", text })
  const found = elaborate(program, {
    scope: library,
    moduleName: "test",
    session: false,
    resolveImport: (specifier) => {
      if (specifier === "./none.adl") throw new FaultError([faultOf(catalogue.unknownModule(specifier))])
      if (specifier === "./round.adl") throw new FaultError([faultOf(catalogue.circularImport(["a", "b", "a"]))])
      const cell = { name: "adam", value: 1, kind: "let" as const, span: null, doc: null }
      return { name: specifier, exports: new Map([["adam", { kind: "cell" as const, cell }]]) }
    },
  }).faults
  return [...faults, ...found].map(
    ({ code, span }) => `${code} ${span === null ? "" : (text.slice(span.start, span.end).split("\n")[0] ?? "")}`,
  )
}

const shape = "type Shape = Circle(r) | Rect(w, h) | Empty\n"

/** A program, and what is found in it. */
const cases: readonly (readonly [string, ...string[]])[] = [
  ["foo + 1", "E0201 foo"],
  ["let y = 1\ny = 2", "E0202 y"],
  ["fn f(x) { x += 3; x }", "E0202 x"],
  ["sin = 2", "E0202 sin"],
  ["var v = 1\nfn f() { v = 2 }\nfn g() = [do { v = 2; 1 } for i in 0..2]", "E0203 v", "E0203 v"],
  ["fn f(a) { var v = a; let s = sum([do { v = i; i } for i in 0..2]); s + v }", "E0203 v"],
  ["fn f() = 1\nfn f() = 2", "E0204 f"],
  ["fn f(a, (b, a)) = a + b", "E0205 a"],
  ["return 3", "E0207 return 3"],
  ["fn f(x = do { return 1 }) = x", "E0207 return 1"],
  ["fn f() { (() => { break })() }", "E0208 break"],
  ["if true { continue }", "E0208 continue"],
  ["[do { break; 1 } for i in 0..3]", "E0209 break"],
  ["for j in 0..3 { print([do { if j > i { continue }; 1 } for i in 0..3]) }", "E0209 continue"],
  ["type T = A | B\ntype U = B", "E0210 U"],
  ["{ a: 1, a: 2 }", "E0211 a"],
  [`${shape}fn f(s) = match s { Circl(r) => r, _ => 0 }`, "E0212 Circl"],
  [`${shape}fn f(s) = match s { Rect(w) => w, _ => 0 }`, "E0213 Rect(w)"],
  [`${shape}fn f(s) = match s { Rect(q: w) => w, _ => 0 }`, "E0214 q"],
  [`${shape}fn f(s) = match s { Circle(r: a, r: b) => a + b, _ => 0 }`, "E0211 r"],
  ["fn f(x) = match x { (a, 1) | (b, 2) => a, _ => 0 }", "E0215 (b, 2)", "E0215 (b, 2)"],
  ['import { a } from "./none.adl"', 'E0216 "./none.adl"'],
  ['import { sgd } from "std/optim"', "E0217 sgd"],
  ['import "std/optim" as optim\noptim.sgd', "E0217 sgd"],
  ['import { a } from "./round.adl"', 'E0218 "./round.adl"'],
  ['import "std/optim" as optim\noptim.adam\nprint(optim)', "E0219 optim"],
  ["fn f(x = 1, y) = x + y", "E0220 y"],
  ["fn f() = x\nlet x = 1", "E0221 x"],
  ["fn f() { let y = z; let z = 1; y + z }", "E0221 z"],
  [`${shape}Shape`, "E0222 Shape"],

  // Calls of what is known.
  ["fn f(x, y = 1) = x + y\nf()\nf(1, 2, 3)", "E0301 f()", "E0301 f(1, 2, 3)"],
  ["fn f(x, y = 1) = x + y\nf(1, z: 2)\nf(1, x: 2)\nf(y: 2)", "E0303 z", "E0304 x", "E0302 f(y: 2)"],
  ["fn g(x) { fn f(a) = a; f(x, 1) }", "E0301 f(x, 1)"],
  ["sin()\nsin(1, 2)\nmax(1, 2, 3)", "E0301 sin()", "E0301 sin(1, 2)"],
  [`${shape}Circle()\nRect(1, h: 2)\nRect(1, 2, 3)`, "E0301 Circle()", "E0301 Rect(1, 2, 3)"],
  ["2(3)", "E0305 2"],
  ["if 1 { 2 }\nwhile (1, 2) { }\nnot 3", "E0306 1", "E0306 (1, 2)", "E0306 3"],

  // Warnings.
  ["fn f(x) {\n  x + 1\n  sin(x)\n  (x)\n  x\n}", "W0101 x + 1", "W0101 sin(x)", "W0101 (x)"],
  ["fn f(x) { for i in 0..3 { x + i } }", "W0101 x + i"],
  ["1 + 1;\n2 + 2", "W0101 1 + 1"],
  ["fn f(x) { let a = 1; let (b, c) = x; var d = b; fn g() = 1; x }", "W0201 a", "W0201 d", "W0201 g"],
  ['import { adam } from "std/optim"', "W0201 adam"],
  [`${shape}fn f(s) = match s { Circle(r) => r, Rectangle => 0 }`, "W0202 Rectangle"],
  [`${shape}fn f(s) = match s { Circle(r) => r, Rect(w, _) => w }`, "W0203 s"],
  ["fn f(x) { var v = x; let g = () => v; v = 3; g() }", "W0204 v"],
  ["fn f(x) { return x; print(x) }", "W0205 print(x)"],
  [`${shape}fn f(s) = match s { Circle(r) => r, _ => 0, Empty => 1 }`, "W0205 Empty"],
  ["fn f(s) = match s { 1 => 2, 1 => 3, _ => 0 }", "W0205 1"],

  // Nothing wrong.
  ["fn f(x) { var v = x; let d = (p => p * v)(2); v = d; v }"],
  ["fn even(n) = n == 0 or odd(n - 1)\nfn odd(n) = n != 0 and even(n - 1)"],
  ["let sin = 3\nsin + 1"],
  [
    `${shape}fn f(s) = match s { Circle(_) => 1, Rect(..) => 2 }`.replace(
      "Rect(..)",
      "Rect(w, h) if w > h => 2, Rect(_, _)",
    ),
  ],
]

describe("findings", () => {
  test.each(cases)("%s", (text, ...expected) => {
    const found = findings(text)
    if (expected.length === 0) expect(found.filter((one) => !one.startsWith("W0203"))).toEqual([])
    else expect(found.filter((one) => expected.some((code) => one.startsWith(code.slice(0, 5))))).toEqual(expected)
  })

  test("every fault and warning about names has a case", () => {
    const tried = new Set(cases.flatMap(([, ...expected]) => expected.map((one) => one.slice(0, 5))))
    const atRunTime = new Set(["E0206"])
    const { circularImport, ...others } = nameFaults
    const { missingVariants, ...rest } = warnings
    const all = [
      circularImport([]),
      missingVariants(["a"]),
      ...[...Object.values(others), ...Object.values(rest)].map((entry) =>
        (entry as (...args: unknown[]) => { code: string })("a", "b", ["c"]),
      ),
    ].map((text) => text.code)
    expect(all.filter((code) => !tried.has(code) && !atRunTime.has(code))).toEqual([])
  })

  test("a misspelt name comes with the name that was meant", () => {
    const { program } = parse({ name: "test", text: "let radius = 1\nradios * 2" })
    const options = { scope: library, moduleName: "test", session: false, resolveImport: () => expect.unreachable() }
    expect(elaborate(program, options).faults[0]?.hint).toBe("did you mean `radius`?")
  })
})
