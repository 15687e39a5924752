/**
 * What small programs become: the shape of Core where others rely on it, and what programs mean where the way to Core could get it wrong.
 */

import { describe, expect, test } from "vitest"
import { createEngine } from "../engine/index.ts"
import { wholeLibrary } from "../engine/builtins.ts"
import { elaborate } from "../lang/elaborate.ts"
import { parse } from "../lang/parse.ts"
import { printModule } from "../lang/printcore.ts"
import { verifyModule } from "./verify-core.ts"

const library = wholeLibrary()

/** The Core of a program, printed, after checking it. */
function core(text: string): string {
  const { program, faults } = parse({ name: "test", text })
  const { module, faults: found } = elaborate(program, {
    scope: library,
    moduleName: "test",
    session: false,
    resolveImport: () => expect.unreachable(),
  })
  expect([...faults, ...found].filter((fault) => fault.severity === "error")).toEqual([])
  const callsBack = (name: string): boolean => {
    const binding = library.lookup(name)
    return binding?.kind === "builtin" && binding.callsBack
  }
  expect(verifyModule(module, callsBack)).toEqual([])
  return printModule(module)
}

/** The body of the only function of a program, without indentation of the module. */
function body(text: string): string {
  const lines = core(text).split("\n").slice(2, -2)
  return lines.map((line) => line.slice(4)).join("\n")
}

/** What a program shows. */
function shown(text: string, modules: Readonly<Record<string, string>> = {}): string[] {
  const values: string[] = []
  const engine = createEngine({ tier: 0, modules: (specifier) => modules[specifier] ?? null })
  engine.run(text, { onValue: (value) => values.push(value.toString()) })
  return values
}

/** The values of the inputs of a session, the text of the fault where one fails. */
function session(...inputs: string[]): string[] {
  const running = createEngine({ tier: 0 }).session()
  return inputs.map((input) => {
    try {
      return running.run(input).toString()
    } catch (error) {
      return (error as Error).message.split("\n")[0] ?? ""
    }
  })
}

describe("calls are lifted from left to right, and nothing else", () => {
  test("built-ins and constructors stay", () => {
    expect(body("fn f(x) = sin(x) + 2 * cos(x)")).toBe("sin(x.0) + (2 * cos(x.0))")
  })
  test("an atom needs no temporary, anything else to the left does", () => {
    expect(body("fn f(x, g) = x + g(x)")).toBe("t2 := g.1(x.0)\nx.0 + t2")
    expect(body("fn f(x, g) = x * 2 + g(x)")).toBe("t2 := x.0 * 2\nt3 := g.1(x.0)\nt2 + t3")
  })
  test("the last call is a tail call, in every branch", () => {
    expect(body("fn f(x, g) = if x > 0 { g(g(x)) } else { g(1) }")).toBe(
      "if x.0 > 0 {\n  t2 := g.1(x.0)\n  tail g.1(t2)\n} else {\n  tail g.1(1)\n}",
    )
  })
  test("the right operand of `or` runs only if it must", () => {
    expect(body("fn f(x, g) = x < 1 or g(x)")).toBe(
      "t2 := x.0 < 1\nif t2 is true {\n  t3 := true\n} else {\n  t4 := g.1(x.0)\n  t3 := t2 or t4\n}\nt3",
    )
  })
  test("a condition with calls moves into the loop", () => {
    expect(body("fn f(x, g) { while g(x) < 3 { print(x) } }")).toBe(
      "t2 := false\nwhile true until t2 carrying t2 {\n  t3 := g.1(x.0)\n  if t3 < 3 {\n    print(x.0)\n  } else {\n    t2 := true\n  }\n}\n()",
    )
  })
  test("a variable that is assigned in between is kept first", () => {
    expect(shown("fn t(x) = x\nvar v = 1\nv + do { v = 5; t(v) }\nlet r = [v, do { v = 7; v }, v]\nr")).toEqual([
      "6",
      "[5, 7, 7]",
    ])
  })
})

describe("leaving early", () => {
  test("a direct `return` becomes a branch", () => {
    expect(body("fn f(x) { if x < 0 { return 0 }; if x > 9 { return 9 }; x }")).toBe(
      "if x.0 < 0 {\n  0\n} else if x.0 > 9 {\n  9\n} else {\n  x.0\n}",
    )
  })
  test("`continue` and `break` at the end of a turn need no flag of their own", () => {
    expect(body("fn f(xs) { for x in xs { if x < 0 { continue }; if x > 9 { break }; print(x) } }")).toBe(
      "t1 := false\nfor x.2 in xs.0 until t1 carrying t1 {\n  if x.2 < 0 {} else if x.2 > 9 {\n    t1 := true\n  } else {\n    print(x.2)\n  }\n}\n()",
    )
  })
  test("a `return` in a loop is remembered", () => {
    expect(body("fn f(xs) { for x in xs { if x > 9 { return x } }; 0 }")).toBe(
      "t1 := false\nfor x.3 in xs.0 until t1 carrying t1, t2 {\n  if x.3 > 9 {\n    t2 := x.3\n    t1 := true\n  }\n}\nif t1 {\n  t2\n} else {\n  0\n}",
    )
  })
  test("a call returned from inside a loop is a tail call", () => {
    const program = "fn f(n) { while true { if n == 0 { return 7 }; if n > 0 { return f(n - 1) } } }\nf(100000)"
    expect(shown(program)).toEqual(["7"])
  })
  test("an early end in the middle of an expression", () => {
    expect(shown("fn f(x) = 10 * do { if x > 1 { return x }; x } + 1\n(f(1), f(2))")).toEqual(["(11, 2)"])
  })
  test("loops within loops", () => {
    const program = `fn f(n) {
      var out = []
      for i in 0..n {
        for j in 0..n {
          if j > i { break }
          if (i + j) % 2 == 1 { continue }
          if i * j > 8 { return (out, "left") }
          out ++= [10 * i + j]
        }
      }
      (out, "through")
    }
    f(3)
    f(5)`
    expect(shown(program)).toEqual(['([0, 11, 20, 22], "through")', '([0, 11, 20, 22, 31], "left")'])
  })
})

describe("what loops carry", () => {
  test("variables from outside that the body assigns, and no others", () => {
    expect(body("fn f(n) { var a = 0; var b = 0; for i in 0..n { var c = i; c += b; a += c }; a }")).toContain(
      "for i.3 in 0..n.0 carrying a.1 {",
    )
  })
})

describe("variables that are assigned in part", () => {
  test("reads that keep the value are marked, others are not", () => {
    const text = body("fn f(n) { var v = zeros(n); v[0] = sum(v) + len(v) + v[1]; let w = v; v[1] = 2; (w, v) }")
    expect(text).toContain("w.3 := v.1!")
    expect(text).toContain("(w.3, v.1!)")
    expect(text).not.toContain("v.1![")
  })
  test("a loop over what it assigns sees the old value", () => {
    expect(shown("var v = [1, 2, 3]\nfor x in v { v[2] = 10 * x; v ++= [x] }\nv")).toEqual(["[1, 2, 30, 1, 2, 3]"])
  })
})

describe("local functions", () => {
  test("recursion is patched right behind the closure", () => {
    expect(body("fn f(n) { fn g(k) = if k < 1 { 0 } else { g(k - 1) }; g(n) }")).toBe(
      "g.1 := fn g(k.0) [?] {\n  if k.0 < 1 {\n    0\n  } else {\n    tail ^g(k.0 - 1)\n  }\n}\npatch g.1.0 := g.1\ntail g.1(n.0)",
    )
  })
  test("one that is used above its definition is made there and sees later `let`s once they have run", () => {
    expect(shown("fn f() { let a = g(1); let b = 10; fn g(x) = x; fn h(x) = x + b; (a, h(1)) }\nf()")).toEqual([
      "(1, 11)",
    ])
    expect(session("fn f() { let a = h(1); let b = 10; fn h(x) = x + b; a }\nf()")[0]).toMatch(/`b`/)
  })
  test("captures a `var` as it is when its definition is reached", () => {
    expect(
      shown("fn f() { var v = 1; let a = g(0); v = 2; fn g(x) = if x > 0 { v } else { 0 }; v = 3; (a, g(1), v) }\nf()"),
    ).toEqual(["(0, 2, 3)"])
  })
  test("closures of a loop keep the variables of their turn", () => {
    expect(
      shown(
        "fn f() { var fs = list(); for i in 0..3 { var k = i; fs ++= [() => (i, k)]; k += 10 }; [g() for g in fs] }\nf()",
      ),
    ).toEqual(["[(0, 0), (1, 1), (2, 2)]"])
  })
})

describe("patterns", () => {
  test("alternatives bind the same names", () => {
    const program = `type T = A(x, y) | B(y, x) | C
    fn f(t) = match t { A(x, 1) | B(1, x) if x > 2 => x, A(x, y) | B(y, x) => x * 100 + y, C => 0 }
    (f(A(3, 1)), f(B(1, 4)), f(A(1, 1)), f(B(7, 8)), f(C))`
    expect(shown(program)).toEqual(["(3, 4, 101, 807, 0)"])
  })
  test("arrays, records, literals", () => {
    const program = `fn f(v) = match v {
      [] => "none"
      [x] => "one {x}"
      [first, ...middle, last] if len(middle) > 1 => "{first} … {last}"
      [_, ...rest] => "then {rest}"
      { name, size: (w, h) } => "{name} {w}x{h}"
      "a" | "b" => "letter"
      -1 | true | () => "other"
      (a, (b, c)) => "{a}{b}{c}"
    }
    [f(v) for v in list([], [1], [1, 2, 3, 4], [1, 2], { name: "n", size: (2, 3), more: 1 }, "b", -1, true, (), (1, (2, 3)))]`
    expect(shown(program)[0]).toContain("none")
    expect(shown(program)[0]).toContain("1 … 4")
    expect(shown(program)[0]).toContain("n 2x3")
    expect(shown(program)[0]).toContain("123")
  })
  test("parameters, defaults that see earlier parameters, and calls in defaults", () => {
    expect(
      shown(
        "fn t(x) = 2 * x\nfn f((a, b), { w }, c = t(a), d = do { let e = t(c); e + w }) = (a, b, w, c, d)\nf((1, 2), { w: 3 })",
      ),
    ).toEqual(["(1, 2, 3, 2, 7)"])
  })
})

describe("the top level", () => {
  test("a function may be called above its definition", () => {
    expect(shown("f(3)\nfn f(n) = if n == 0 { 0 } else { g(n) }\nfn g(n) = 1 + f(n - 1)")).toEqual(["3"])
  })
  test("calling it before a `let` that it needs has run is an error", () => {
    expect(session("f()\nlet a = 1\nfn f() = a")[0]).toMatch(/`a`/)
  })
  test("a function keeps the value of a `var` from when it was defined", () => {
    expect(shown("var v = 1\nfn f() = v\nlet g = () => v\nv = 2\n(f(), g(), v)")).toEqual(["(1, 1, 2)"])
  })
  test("a new `fn` replaces the old, a new `let` does not", () => {
    expect(session("fn f() = 1", "fn g() = f()", "fn f() = 2", "g()").at(-1)).toBe("2")
    expect(session("let a = 1", "fn g() = a", "let a = 2", "g()").at(-1)).toBe("1")
  })
  test("a loop that fails leaves the session as it was", () => {
    expect(session("var v = 1", 'for i in 0..3 { v += 1; if i == 1 { error("stop") } }', "v")).toEqual([
      "()",
      "stop",
      "1",
    ])
  })
  test("imports", () => {
    const modules = {
      "./m.adl": "type T = A(x) | B\nfn f(t) = match t { A(x) => x, B => 0 }\nlet _hidden = 1\nlet k = 5",
    }
    expect(
      shown('import { T, f as g } from "./m.adl"\nimport "./m.adl" as m\n(g(A(2)), m.f(m.B), m.k)', modules),
    ).toEqual(["(2, 0, 5)"])
    expect(() => shown('import { _hidden } from "./m.adl"', modules)).toThrow(/_hidden/)
  })
  test("private names and modules stay visible in a session", () => {
    expect(session("let _a = 3", "_a + 1").at(-1)).toBe("4")
  })
})

describe("large programs", () => {
  const many = (count: number, line: (i: number) => string, separator = "\n"): string =>
    Array.from({ length: count }, (_, i) => line(i)).join(separator)
  test.each([
    ["statements", many(20_000, (i) => `let x${String(i)} = ${String(i)}`)],
    ["functions", many(5_000, (i) => `fn f${String(i)}(x) = f${String((i * 7) % 5_000)}(x)`)],
    ["local functions", `fn g() {\n${many(2_000, (i) => `fn f${String(i)}(x) = f${String((i * 7) % 2_000)}(x)`)}\n}`],
    ["early returns", `fn g(x) {\n${many(2_000, (i) => `if x == ${String(i)} { return ${String(i)} }`)}\n}`],
    ["else if", `fn g(x) = ${many(2_000, (i) => `if x == ${String(i)} { ${String(i)} }`, " else ")} else { 0 }`],
    ["arms", `fn g(x) = match x {\n${many(2_000, (i) => `${String(i)} => ${String(i)}`)}\n_ => 0 }`],
    ["calls in an array", `fn f(x) = x\n[${many(10_000, (i) => `f(${String(i)})`, ", ")}]`],
    ["a long sum of calls", `fn f(x) = x\n${many(400, () => "f(1)", " + ")}`],
  ])("%s", (_, text) => {
    const { program, faults } = parse({ name: "test", text })
    expect(faults).toEqual([])
    const options = { scope: library, moduleName: "test", session: true, resolveImport: () => expect.unreachable() }
    expect(elaborate(program, options).faults).toEqual([])
  })
})
