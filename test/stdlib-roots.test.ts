/** std/roots: solutions, their derivatives to third order in every mode against closed forms, and what is said where there is none. */

import { describe, expect, it } from "vitest"
import { differences } from "./cases/compare.ts"
import { plain } from "./cases/run.ts"
import { createEngine } from "../engine/index.ts"

const engine = createEngine()
const prelude = 'import "std/roots" as roots\n'

function evaluate(program: string): unknown {
  return plain(engine.evaluate(prelude + program).toJS())
}

function agree(program: string, expected: string, tol = 1e-11): void {
  expect(differences(evaluate(program), evaluate(expected), { rel: tol, abs: tol }).join("\n")).toBe("")
}

/** The cube root of a, by every solver; a is only captured. */
const cubeRoots = [
  "roots.newton(x => x^3 - a, 1)",
  "roots.broyden(x => x^3 - a, 1)",
  "roots.bisection(x => x^3 - a, 0, 10)",
  "roots.brent(x => x^3 - a, 0, 10)",
  "roots.fixed_point(x => (2 * x + a / x^2) / 3, 1)",
  "roots.newton(p => { w: p.w^3 - a }, { w: 1 }).w",
  "roots.newton((x, y) => (x^3 - y, y - a), (1, 1))[0]",
]

const derivatives = [
  ["f", "the value"],
  ["f'", "forward"],
  ["grad(f)", "reverse"],
  ["f''", "forward over forward"],
  ["grad(f')", "reverse over forward"],
  ["grad(f)'", "forward over reverse"],
  ["grad(grad(f))", "reverse over reverse"],
  ["hessian(f)", "hessian"],
  ["diff(f, 3)", "third order"],
  ["grad(grad(f)')", "third order, mixed"],
  ["(a => jvp(f, a, 2)[1])", "jvp"],
  ["(a => vjp(f, a)[1](2))", "vjp"],
  ["(a => taylor(f, a, 3))", "taylor"],
] as const

describe.each(cubeRoots)("%s", (solver) => {
  it.each(derivatives)("%s, %s", (operator) => {
    agree(`let f = a => ${solver}\n${operator}(5)`, `let f = cbrt\n${operator}(5)`)
  })
})

describe("systems", () => {
  const found = "let f = (a, b) => roots.newton(p => [p.x + p.y - a, p.x * p.y - b], { x: 0, y: 10 })\n"
  const known = "let f = (a, b) => do { let d = sqrt(a^2 - 4 * b); { x: (a - d) / 2, y: (a + d) / 2 } }\n"

  it.each([
    "f(5, 3)",
    "jacobian(f)(5, 3)",
    "jacrev(f)(5, 3)",
    "hessian(f)(5, 3)",
    "hessian((a, b) => f(a, b).x * f(b, a / 10).y)(5, 3)",
    "jvp(f, (5, 3), (1, -1))",
    "hvp((a, b) => f(a, b).x, (5, 3), (1, 2))",
  ])("%s", (program) => {
    agree(found + program, known + program)
  })

  it("of arrays: the derivative of a linear system in its matrix and its right side", () => {
    const solved = (how: string): string =>
      `let f = (A, b) => sum(${how}^3)\nlet x = ([[3, 1], [1, 2]], [1, 4])\n(grad(f)(x[0], x[1]), hvp(f, x, ([[1, 0], [2, 1]], [1, 1])))`
    agree(solved("roots.newton(v => A @ v - b, [0, 0])"), solved("solve(A, b)"))
  })

  it("the minimum of a function moves as its gradient says", () => {
    const moved = (how: string): string => `let f = a => ${how}\n(f(2), f'(2), f''(2), grad(f)(2))`
    agree(moved("roots.newton(grad(x => x^4 / 4 - a * x), 1)"), moved("cbrt(a)"))
  })
})

describe("derivatives inside and outside do not mix", () => {
  it("the equation may differentiate by what is being differentiated", () => {
    // x solves d/dy (a y²) at y = x equal to 1, that is x = 1 / (2 a)
    agree("(a => roots.newton(x => (y => a * y^2)'(x) - 1, 0.3))'(2)", "-1 / 8")
    agree("grad(a => a * roots.newton(x => grad(y => a * y^2)(x) - 1, 0.3))(2)", "0")
  })

  it("a solver inside an equation", () => {
    agree("grad(a => roots.brent(x => roots.newton(y => y^3 - x, 1) - a, 0.1, 10))(2)", "12")
  })
})

describe("solutions", () => {
  it.each([
    ["roots.bisection(x => x^2 - 2, 0, 2)", "sqrt(2)"],
    ["roots.bisection(x => x^2 - 2, 2, 0)", "sqrt(2)"],
    ["roots.brent(x => x^2 - 2, 2, 0)", "sqrt(2)"],
    ["roots.bisection(x => x, -1, 2)", "0"],
    ["roots.bisection(x => x - 1, 1, 2)", "1"],
    ["roots.brent(x => x^9, -1, 1.5)", "0"],
    ["roots.brent(x => atan(x) - 1, 0, 1e10)", "tan(1)"],
    ["roots.newton(x => atan(x), 20)", "0"],
    ["roots.newton(x => x^2, 1)", "0"],
    ["roots.fixed_point(x => cos(x), 1, memory: 3)", "roots.newton(x => cos(x) - x, 1)"],
    [
      "roots.fixed_point(v => [cos(v[1]), sin(v[0])], [0, 0], memory: 3)",
      "roots.fixed_point(v => [cos(v[1]), sin(v[0])], [0, 0])",
    ],
    [
      "roots.broyden(x => (3 - 2 * x) * x - [0, ...x[..-1]] - 2 * [...x[1..], 0] + 1, full(8, -1))",
      "roots.newton(x => (3 - 2 * x) * x - [0, ...x[..-1]] - 2 * [...x[1..], 0] + 1, full(8, -1))",
    ],
  ])("%s", (program, expected) => {
    agree(program, expected, 1e-7)
  })

  it("a double root is found, and has no derivative", () => {
    expect(evaluate("roots.bisection(x => x^3, -1, 2)")).toBeCloseTo(0, 5)
    expect(evaluate("(a => roots.implicit(x => (x - a)^2, 1))'(1)")).toBeNaN()
    expect(evaluate("grad(a => roots.implicit(x => (x - a)^2, 1))(1)")).toBeNaN()
    expect(evaluate("(a => roots.implicit(x => (x - a)^2, 1))(1)")).toBe(1)
  })
})

describe("bad input", () => {
  it.each([
    ["roots.bisection(x => x^2 + 1, 0, 2)", "same sign at both ends: f(0) is 1, f(2) is 5"],
    ["roots.brent(x => x^2 + 1, 0, 2)", "same sign"],
    ["roots.brent(x => ln(x), -1, 2)", "nan at an end"],
    ["roots.bisection(x => x, -1, inf)", "must be finite"],
    ["roots.newton(x => x^2 + 1, 3)", "found no solution"],
    ["roots.newton(x => 1 + 0 * x, 3)", "the Jacobian is singular at 3"],
    ["roots.newton(x => [x, x], 3)", "2 equations for 1 unknowns"],
    ["roots.broyden(x => x^2 + 1, 3)", "found no solution"],
    ["roots.fixed_point(x => 2 * x + 1, 3)", "no fixed point"],
    ["roots.fixed_point(x => [x, x], 3)", "2 numbers for 1"],
    ["roots.newton(x => x, ())", "must hold a number"],
    ["roots.newton(x => x^2 - 2, inf)", "the start must be finite: it is inf"],
    ["roots.newton(x => ln(x), -1)", "f is not finite at the start -1"],
    ["roots.bisection(x => 1 / (x - 0.3), 0, 1)", "f changes its sign at 0.29999999999999993 without a solution"],
    ["roots.brent(x => 1 / (x - 0.3), 0, 1)", "without a solution"],
    ["roots.bisection(x => if 0.2 < x < 0.8 { nan } else { x - 0.5 }, 0, 1)", "f is nan at 0.5"],
  ])("%s", (program, message) => {
    expect(() => evaluate(program)).toThrow(message)
  })
})
