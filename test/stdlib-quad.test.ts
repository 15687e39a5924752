/** std/quad: rules exact where they should be, hard integrals against closed forms, and derivatives by limits and captured variables. */

import { describe, expect, it } from "vitest"
import { differences } from "./cases/compare.ts"
import { plain } from "./cases/run.ts"
import { createEngine } from "../engine/index.ts"

const engine = createEngine()
const prelude = 'import "std/quad" as quad\n'

function evaluate(program: string): unknown {
  return plain(engine.evaluate(prelude + program).toJS())
}

function agree(program: string, expected: string, tol = 1e-9): void {
  expect(differences(evaluate(program), evaluate(expected), { rel: tol, abs: tol }).join("\n")).toBe("")
}

describe("Gauss and Legendre", () => {
  it.each([1, 2, 3, 5, 16, 64, 301])("with %d nodes is exact to degree 2n - 1 and symmetric", (n) => {
    const { nodes, weights } = evaluate(`quad.legendre(${String(n)})`) as { nodes: number[]; weights: number[] }
    for (const degree of [0, 1, n, 2 * n - 2, 2 * n - 1]) {
      const sum = nodes.reduce((total, x, i) => total + weights[i]! * x ** degree, 0)
      expect(sum).toBeCloseTo(degree % 2 === 0 ? 2 / (degree + 1) : 0, 13)
    }
  })
})

it("Kronrod's fifteen nodes are exact to degree 22, their seven to degree 13", () => {
  for (let degree = 0; degree <= 22; degree++)
    agree(
      `quad.integral(x => x^${String(degree)}, -1, 2, max_intervals: 1).value`,
      `(2^(${String(degree)} + 1) - (-1)^(${String(degree)} + 1)) / (${String(degree)} + 1)`,
      1e-14,
    )
})

describe("integrals", () => {
  it.each([
    ["quad.integrate(x => x^-0.5, 0, 1)", "2"],
    ["quad.integrate(ln, 0, 1)", "-1"],
    ["quad.integrate(x => abs(x - 0.3), 0, 1)", "0.29"],
    ["quad.integrate(sin, -1, 1)", "0"],
    ["quad.integrate(x => 0, -1, 1)", "0"],
    ["quad.integrate(x => cos(50 * x), 0, 10)", "sin(500) / 50"],
    ["quad.integrate(x => 1 / (1 + x^2), -inf, inf)", "pi"],
    ["quad.integrate(x => 1 / (1 + x^2), -inf, 1)", "0.75 * pi"],
    ["quad.integrate(x => exp(-x) / sqrt(x), 0, inf)", "sqrt(pi)"],
    ["quad.integrate(x => exp(-(x - 3)^2), -inf, inf)", "sqrt(pi)"],
    ["quad.integrate(exp, 1, 0)", "1 - e"],
    ["quad.integrate(exp, 1, 1)", "0"],
    ["quad.integrate(exp, 1, -inf)", "-e"],
    ["quad.integrate(x => { a: [x, 1], b: (x^2, 3) }, 0, 2)", "{ a: [2, 2], b: (8 / 3, 6) }"],
    ["quad.gauss_legendre(x => (x, [x^2, exp(x)]), 0, 2)", "(2, [8 / 3, e^2 - 1])"],
    [
      "quad.integrate(x => quad.integrate(y => exp(x * y), 0, x), 0, 1)",
      "quad.gauss_legendre(x => (exp(x^2) - 1) / x, 0, 1)",
    ],
    ["quad.trapezoid([1, 3, 2], [0, 2, 3])", "6.5"],
    ["quad.trapezoid([1, 3, 2])", "4.5"],
    ["quad.simpson((0..=4)^3, 1)", "64"],
    ["quad.cumulative_trapezoid([1, 3, 2], [0, 2, 3])", "[0, 4, 6.5]"],
  ])("%s", (program, expected) => {
    agree(program, expected)
  })

  it("says how far off it is", () => {
    for (const [f, truth] of [
      ["x => exp(-x^2) * cos(3 * x)", "sqrt(pi) * exp(-9 / 4)"],
      ["x => 1 / cosh(x)", "pi"],
    ]) {
      const { value, error } = evaluate(`quad.integral(${f}, -inf, inf)`) as { value: number; error: number }
      expect(Math.abs(value - (evaluate(truth!) as number))).toBeLessThan(Math.max(error, 1e-14))
    }
  })
})

describe("derivatives", () => {
  const both = (operator: string): string[] => [`diff${operator}`, `grad${operator}`]

  it.each([
    ...both("(b => quad.integrate(x => sin(x^2), 0, b))(1.3)").map((program) => [program, "sin(1.69)"]),
    ...both("(a => quad.integrate(x => sin(x^2), a, 2))(1.3)").map((program) => [program, "-sin(1.69)"]),
    ...both("(a => quad.integrate(x => exp(-x), a, inf))(1.3)").map((program) => [program, "-exp(-1.3)"]),
    ...both("(k => quad.integrate(x => exp(-k * x^2), -inf, inf))(2)").map((program) => [
      program,
      "-0.25 * sqrt(pi / 2)",
    ]),
    ...both("(a => quad.integrate(x => sqrt(x), 0, a))(2)").map((program) => [program, "sqrt(2)"]),
    ["diff(b => quad.integrate(x => x * sin(b * x), 0, b), 3)(1.2)", "diff(b => sin(b^2) / b^2 - cos(b^2), 3)(1.2)"],
    [
      "hessian((a, b) => quad.integrate(x => exp(a * x), a, b))(1, 2)",
      "hessian((a, b) => (exp(a * b) - exp(a * a)) / a)(1, 2)",
    ],
    ["grad(grad(a => quad.integrate(x => abs(x - a), 0, 1, at: [a])))(0.3)", "2"],
    ["grad(a => quad.integrate(x => abs(x - a), 0, 1, at: [a]))(0.3)", "-0.4"],
    ["jvp((a, b) => quad.integrate(x => [x, x^2], a, b), (1, 2), (1, 1))[1]", "[1, 3]"],
    ["grad(b => quad.integrate(x => quad.integrate(y => x * y * b, 0, x * b), 0, b))(1.5)", "diff(b => b^7 / 8)(1.5)"],
    ["grad(y => quad.trapezoid(y, [0, 1, 3]))([1, 2, 3])", "[0.5, 1.5, 1]"],
  ])("%s", (program, expected) => {
    agree(program!, expected!, 1e-8)
  })

  it("at a limit where the integrand is infinite, or fails, there is none", () => {
    const failing = 'x => if x <= 0 { error("no") } else { 1 / sqrt(x) }'
    expect(evaluate(`(b => quad.integrate(${failing}, b, 1))(0)`)).toBeCloseTo(2, 8)
    expect(evaluate(`(b => quad.integrate(${failing}, b, 1))'(0)`)).toBeNaN()
    expect(evaluate("(a => quad.integrate(x => 1 / sqrt(x - a), a, 1))(0)")).toBeCloseTo(2, 8)
    expect(evaluate("(b => quad.integrate(x => 1 / sqrt(x), b, 1))'(0)")).toBeNaN()
    expect(evaluate("grad(b => quad.integrate(x => 1 / sqrt(x), b, 1))(0)")).toBeNaN()
  })
})

describe("bad input", () => {
  it.each([
    ["quad.integrate(x => 1 / x, 0, 1)", "500 intervals are not enough"],
    ["quad.integrate(x => 1 / abs(x), -1, 1)", "not finite"],
    ["quad.integrate(x => x, nan, 1)", "must not be nan"],
    ["quad.legendre(0)", "at least 1, not 0"],
    ["quad.legendre(2.5)", "not 2.5"],
    ["quad.trapezoid([1, 2], [1, 2, 3])", "2 values at 3 places"],
    ["quad.simpson([1, 2])", "odd number"],
  ])("%s", (program, message) => {
    expect(() => evaluate(program)).toThrow(message)
  })
})
