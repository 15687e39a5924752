/** std/interp: curves against closed forms and the conditions that define them, their derivatives, and bad input. */

import { describe, expect, it } from "vitest"
import { differences } from "./cases/compare.ts"
import { plain } from "./cases/run.ts"
import { createEngine } from "../engine/index.ts"

const engine = createEngine()
const prelude = `import "std/interp" as interp
let xs = [0, 0.7, 1.5, 3, 3.2, 5]
let ys = [1, 3, 2.5, -1, 0, 4]
`

function evaluate(program: string): unknown {
  return plain(engine.evaluate(prelude + program).toJS())
}

function agree(program: string, expected: string, tol = 1e-11): void {
  expect(differences(evaluate(program), evaluate(expected), { rel: tol, abs: tol }).join("\n")).toBe("")
}

const curves = [
  "interp.linear(xs, ys)",
  "interp.cubic(xs, ys)",
  'interp.cubic(xs, ys, ends: "natural")',
  'interp.cubic(xs, ys, ends: "clamped", slopes: (2, -1))',
  "interp.pchip(xs, ys)",
  "interp.hermite(xs, ys, [1, 0, -1, 0, 2, 0])",
  "interp.polynomial(xs, ys)",
]

describe.each(curves)("%s", (curve) => {
  it("goes through the points", () => {
    agree(`let f = ${curve}\n[f(x) for x in xs]`, "ys", 1e-9)
  })

  it("of an array is that of its elements", () => {
    agree(`let f = ${curve}\nf([[-1, 0.3], [3.1, 9]])`, `let f = ${curve}\n[[f(-1), f(0.3)], [f(3.1), f(9)]]`)
  })

  it.each(["x", "xs", "ys"])("has the derivative of finite differences in %s", (name) => {
    const f = `${name} => sum(${curve}(${name === "x" ? "x" : "[0.4, 2.2, 3.1, 4]"}))`
    const at = name === "x" ? "[0.4, 2.2, 3.1, 4]" : name
    agree(`grad(${f})(${at})`, `numdiff(${f}, ${at})`, 1e-6)
  })
})

describe("cubic splines", () => {
  const smooth = (ends: string): string => `let f = interp.cubic(xs, ys${ends})\n`

  it.each(["", ', ends: "natural"', ', ends: "clamped"'])("have two continuous derivatives: %s", (ends) => {
    agree(
      `${smooth(ends)}[(f'(x - 1e-9) - f'(x + 1e-9), f''(x - 1e-9) - f''(x + 1e-9)) for x in xs[1..-1]]`,
      "[(0, 0) for x in xs[1..-1]]",
      1e-5,
    )
  })

  it("natural: no curvature at the ends", () => {
    agree(`${smooth(', ends: "natural"')}(f''(0), f''(5))`, "(0, 0)")
  })

  it("clamped: the slopes given", () => {
    agree(`${smooth(', ends: "clamped", slopes: (2, -1)')}(f'(0), f'(5))`, "(2, -1)")
  })

  it("not-a-knot: the outer third derivatives agree, and cubics are themselves", () => {
    agree(`${smooth("")}[diff(f, 3)(0.1) - diff(f, 3)(0.8), diff(f, 3)(3.1) - diff(f, 3)(4)]`, "[0, 0]", 1e-9)
    agree("let f = interp.cubic(xs, xs^3 - 2 * xs)\nf([0.3, 2, 4, 7])", "(x => x^3 - 2 * x)([0.3, 2, 4, 7])", 1e-10)
  })

  it("not-a-knot with three points is the parabola", () => {
    agree("interp.cubic([0, 1, 3], [0, 1, 9])([0.5, 2, 4])", "[0.25, 4, 16]")
  })
})

it("pchip does not overshoot", () => {
  const values = evaluate("interp.pchip([0, 1, 2, 3, 4], [0, 0, 1, 5, 5])(linspace(0, 4, 401))") as number[]
  expect(values.every((v, i) => i === 0 || v >= values[i - 1]! - 1e-12)).toBe(true)
  expect(Math.max(...values)).toBeLessThanOrEqual(5)
})

describe("outside", () => {
  it.each([
    ["extend", "[0, 2]"],
    ["constant", "[1, 2]"],
  ])("%s", (outside, expected) => {
    agree(`interp.linear([1, 2], [1, 2], outside: "${outside}")([0, 2])`, expected)
  })

  it("error", () => {
    expect(() => evaluate('interp.linear([1, 2], [1, 2], outside: "error")(3)')).toThrow("from 1 to 2, not at 3")
  })
})

it("nearest", () => {
  agree("interp.nearest(xs, ys)([-1, 0.34, 0.36, 3.1, 9])", "[1, 1, 3, -1, 4]")
})

describe("bad input", () => {
  it.each([
    ["interp.linear([0, 1], [0, 1, 2])", "shapes [2] and [3]"],
    ["interp.linear([0], [0])", "at least 2 points, not 1"],
    ["interp.cubic([0, 2, 1], [0, 1, 2])", "strictly ascending"],
    ["interp.cubic([0, nan, 1], [0, 1, 2])", "strictly ascending"],
    ['interp.cubic([0, 1, 2], [0, 1, 2], ends: "free")', 'not "free"'],
    ['interp.linear([0, 1], [0, 1], outside: "wrap")', 'not "wrap"'],
    ["interp.hermite([0, 1], [0, 1], [0])", "one slope for each of 2 points"],
  ])("%s", (program, message) => {
    expect(() => evaluate(program)).toThrow(message)
  })
})
