/** std/ode: solutions against closed forms and a stiff reference, orders, derivatives through the steps and by the adjoint, and bad input. */

import { describe, expect, it } from "vitest"
import { differences } from "./cases/compare.ts"
import { plain } from "./cases/run.ts"
import { createEngine } from "../engine/index.ts"

const engine = createEngine()
const prelude = 'import "std/ode" as ode\n'

function evaluate(program: string): unknown {
  return plain(engine.evaluate(prelude + program).toJS())
}

function agree(program: string, expected: string, tol = 1e-7): void {
  expect(differences(evaluate(program), evaluate(expected), { rel: tol, abs: tol }).join("\n")).toBe("")
}

const solvers = [
  "ode.rk4(f, y0, times, steps: 60)",
  "ode.dopri5(f, y0, times)",
  "ode.stiff(f, y0, times, relative: 1e-9)",
]

describe.each(solvers)("%s", (solver) => {
  const solved = (f: string, y0: string, times: string): string =>
    `let f = ${f}\nlet y0 = ${y0}\nlet times = ${times}\n${solver}`

  it.each([
    ["(t, y) => -y", "2", "[0, 0.5, 1]", "2 * exp(-[0, 0.5, 1])"],
    ["(t, y) => -y", "2", "[1, 0]", "[2, 2 * e]"],
    ["(t, y) => -y", "2", "[1]", "[2]"],
    ["(t, y) => 2 * t", "0", "[0, 1, 3]", "[0, 1, 9]"],
    ["(t, y) => t * y", "1", "[0, 1, 2]", "exp([0, 0.5, 2])"],
    ["(t, v) => [v[1], -v[0]]", "[1, 0]", "[0, 1, 2.5]", "[[cos(t), -sin(t)] for t in [0, 1, 2.5]]"],
    ["(t, { x, v }) => { x: v, v: -x }", "{ x: 1, v: 0 }", "[0, 1]", "list({ x: 1, v: 0 }, { x: cos(1), v: -sin(1) })"],
    ["(t, A) => A @ [[0, 1], [-1, 0]]", "eye(2)", "[0, 1]", "[eye(2), [[cos(1), sin(1)], [-sin(1), cos(1)]]]"],
  ])("%s from %s at %s", (f, y0, times, expected) => {
    agree(solved(f, y0, times), expected, 2e-7)
  })

  it.each([
    ["by a captured variable", "f(3)", "exp(-6)"],
    ["forward", "f'(3)", "-2 * exp(-6)"],
    ["reverse", "grad(f)(3)", "-2 * exp(-6)"],
    ["second order", "grad(f)'(3)", "4 * exp(-6)"],
  ])("derivatives: %s", (_, operator, expected) => {
    const call = solver.replace("times", "[0, 1, 2]").replace("f, y0", "(t, y) => -k * y, 1")
    agree(`let f = k => ${call}[2]\n${operator}`, expected, 1e-7)
  })

  it("derivatives by the start, the time of the start and of the end", () => {
    const call = solver.replace("times", "[a, b]").replace("f, y0", "(t, y) => t * y, y")
    agree(
      `grad((y, a, b) => ${call}[1])(2, 0.5, 1.5)`,
      "grad((y, a, b) => y * exp((b^2 - a^2) / 2))(2, 0.5, 1.5)",
      1e-6,
    )
  })
})

describe("orders", () => {
  const error = (program: string): number => Math.abs((evaluate(program) as number) - Math.exp(-1))

  it("rk4: half the step, a sixteenth of the error", () => {
    const at = (steps: number): number => error(`ode.rk4((t, y) => -y, 1, [0, 1], steps: ${String(steps)})[1]`)
    expect(at(10) / at(20)).toBeCloseTo(16, -0.5)
  })

  it.each(["dopri5", "stiff"])("%s: the error follows the tolerance", (method) => {
    for (const tolerance of [1e-4, 1e-6, 1e-8]) {
      const options = `relative: ${String(tolerance)}, absolute: ${String(tolerance)}`
      expect(error(`ode.${method}((t, y) => -y, 1, [0, 1], ${options})[1]`)).toBeLessThan(5 * tolerance)
    }
  })

  it("dopri5: the states between steps are as good as those at steps", () => {
    agree(
      "ode.dopri5((t, v) => [v[1], -v[0]], [0, 1], linspace(0, 6, 100))",
      "[[sin(t), cos(t)] for t in linspace(0, 6, 100)]",
      3e-7,
    )
  })

  it("solution: a function of time that can be differentiated", () => {
    agree(
      "let y = ode.solution((t, y) => -y, 1, 0, 2)\n(y(0), y(0.777), y(2), y'(0.777))",
      "(1, exp(-0.777), exp(-2), -exp(-0.777))",
      1e-6,
    )
    expect(() => evaluate("ode.solution((t, y) => -y, 1, 0, 2)(3)")).toThrow("from 0 to 2, not at 3")
  })
})

describe("stiff equations", () => {
  const robertson = `let f = (t, [a, b, c]) => do {
  let slow = 0.04 * a
  let fast = 1e4 * b * c
  let own = 3e7 * b^2
  [fast - slow, slow - fast - own, own]
}
`

  it("Robertson's reaction, against the reference of Hairer and Wanner", () => {
    agree(
      `${robertson}ode.stiff(f, [1, 0, 0], [0, 40], absolute: 1e-12)[1] / [0.7158270688, 9.185534765e-6, 0.2841637457]`,
      "[1, 1, 1]",
      1e-5,
    )
  })

  it("van der Pol's oscillator with 1000, against its slow motion ln x - x²/2 = t / 1000 + …", () => {
    agree(
      "ode.stiff((t, [x, v]) => [v, 1000 * (1 - x^2) * v - x], [2, 0], [0, 500])[1][0]",
      'import "std/roots" as roots\nroots.newton(x => ln(x) - x^2 / 2 - (ln(2) - 2 + 0.5), 1.6)',
      1e-5,
    )
  })

  it("the gradient of a stiff solution", () => {
    const end = "k => ode.stiff((t, y) => -k * (y - cos(t)), 0, [0, 1], relative: 1e-8)[1]"
    agree(`(${end})'(1000)`, "(k => (k^2 * cos(1) + k * sin(1)) / (1 + k^2) - k^2 / (1 + k^2) * exp(-k))'(1000)", 1e-9)
  })
})

describe("adjoint", () => {
  const through = "(y0, p) => last(ode.dopri5((t, y) => f(t, y, p), y0, [0, 1.5], relative: 1e-10, absolute: 1e-12))"
  const adjoint = "(y0, p) => ode.adjoint(f, y0, 0, 1.5, p)"
  const systems = [
    ["(t, y, p) => -p * y", "1, 2"],
    ["(t, y, p) => [y[1], -p.k * sin(y[0]) - p.c * y[1] + sin(t)]", "[1, 0], { k: 2, c: 0.3 }"],
    ["(t, { a, b }, (p, q)) => { a: p * a - a * b, b: q * a * b - b }", "{ a: 1, b: 2 }, (1.1, 0.4)"],
  ] as const

  it.each(systems)("%s at %s: gradient as through the steps", (f, x) => {
    const gradient = (how: string): string =>
      `let f = ${f}\nlet end = ${how}\ngrad((y0, p) => squared_norm(end(y0, p)))(${x})`
    agree(gradient(adjoint), gradient(through), 1e-7)
  })

  it("to second order", () => {
    const end = "(y0, p) => ode.adjoint((t, y, p) => -p * y, y0, 0, 1, p, relative: 1e-6, absolute: 1e-8)"
    agree(`hessian(${end})(1, 2)`, "hessian((y0, p) => y0 * exp(-p))(1, 2)", 1e-5)
  })

  it.each(systems)("%s at %s: in the times too", (f, x) => {
    const gradient = (solver: string): string =>
      `let f = ${f}\nlet (y0, p) = (${x})\ngrad((from, to) => squared_norm(${solver}))(0.25, 1.5)`
    const through = "last(ode.dopri5((t, y) => f(t, y, p), y0, [from, to], relative: 1e-10, absolute: 1e-12))"
    agree(gradient("ode.adjoint(f, y0, from, to, p)"), gradient(through), 1e-7)
  })

  it("forward mode too", () => {
    agree("jvp((y0, p) => ode.adjoint((t, y, p) => -p * y, y0, 0, 1, p), (1, 2), (1, 1))[1]", "0", 1e-8)
  })
})

describe("bad input", () => {
  it.each([
    ["ode.dopri5((t, y) => y^2, 1, [0, 2])", "cannot go on at time"],
    ["ode.dopri5((t, y) => y, 1, [0, 1, 1])", "must rise or fall"],
    ["ode.rk4((t, y) => y, 1, 3)", "must be a vector"],
    ["ode.rk4((t, y) => y, 1, [0, 1], steps: 0)", "at least 1, not 0"],
    [
      "ode.dopri5((t, y) => -1e6 * (y - cos(t)), 0, [0, 1], max_steps: 1000)",
      "1000 steps brought the solution only to time",
    ],
    ["ode.dopri5((t, y) => y, (), [0, 1])", "must hold a number"],
    ["ode.dopri5((t, y) => [y, y], 1, [0, 1])", "f gives 2 numbers for a state of 1"],
    ["ode.dopri5((t, y) => -y, 1, [0, inf])", "`times` must be finite, not [0, inf]"],
    ["grad(k => ode.adjoint((t, y, p) => -k * y, 1, 0, 1, k))(2)", "k"],
  ])("%s", (program, message) => {
    expect(() => evaluate(program)).toThrow(message)
  })
})
