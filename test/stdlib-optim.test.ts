/** std/optim: every method on the classical functions, boxes, constraints, structures, and what it says of bad input. */

import { describe, expect, it } from "vitest"
import { differences } from "./cases/compare.ts"
import { literal, programs, suite, type Case } from "./cases/programs.ts"
import { plain } from "./cases/run.ts"
import { createEngine } from "../engine/index.ts"

const engine = createEngine()
const prelude = `import "std/optim" as optim
let rosenbrock = x => sum(100 * (x[1..] - x[..-1]^2)^2 + (1 - x[..-1])^2)
let beale = (x, y) => (1.5 - x + x * y)^2 + (2.25 - x + x * y^2)^2 + (2.625 - x + x * y^3)^2
`

function evaluate(program: string): unknown {
  return plain(engine.evaluate(prelude + program).toJS())
}

interface Found {
  readonly x: unknown
  readonly value: number
  readonly converged: boolean
  readonly reason: string
  readonly iterations: number
}

function near(actual: unknown, expected: unknown, abs = 1e-6): void {
  expect(differences(actual, expected, { rel: abs, abs }).join("\n")).toBe("")
}

describe.each(["lbfgs", "conjugate_gradient", "newton", "trust_region"])("%s", (method) => {
  it("finds the minimum of Rosenbrock's function", () => {
    const found = evaluate(`optim.${method}(rosenbrock, [-1.2, 1])`) as Found
    expect(found.converged).toBe(true)
    near(found.x, [1, 1])
  })

  it("finds the minimum of Beale's function of two parameters", () => {
    const found = evaluate(`optim.${method}(beale, (1, 1))`) as Found
    expect(found.converged).toBe(true)
    near(found.x, [3, 0.5])
  })
})

describe.each([
  ["gradient_descent", ""],
  ["adam", "rate: 0.1, "],
  ["momentum", "rate: 1e-3, decay: 0.98, "],
])("%s", (method, options) => {
  it("comes down the valley of Rosenbrock's function", () => {
    const found = evaluate(`optim.${method}(rosenbrock, [-1.2, 1], ${options}tolerance: 1e-3)`) as Found
    expect(found.converged).toBe(true)
    near(found.x, [1, 1], 3e-3)
  })
})

it.each(["gradient_descent", "adam", "momentum"])("%s finds the minimum of a bowl in any structure", (method) => {
  const bowl = "p => (p.a - 1)^2 + 3 * squared_norm(p.b + [0, 1])"
  const options = `method: "${method}", rate: 0.1, decay: 0.5, tolerance: 1e-6`
  const found = evaluate(`optim.minimize(${bowl}, { a: 0, b: [1, 2] }, ${options})`) as Found
  expect(found.converged).toBe(true)
  near(found.x, { a: 1, b: [0, -1] })
})

describe("least squares", () => {
  it.each(["gauss_newton", "levenberg_marquardt"])("%s solves Rosenbrock's equations", (method) => {
    const found = evaluate(`optim.${method}(x => [10 * (x[1] - x[0]^2), 1 - x[0]], [-1.2, 1])`) as Found
    near(found.x, [1, 1])
    expect(found.converged).toBe(true)
  })

  it.each(["gauss_newton", "levenberg_marquardt"])("%s stays inside a box", (method) => {
    const found = evaluate(
      `optim.${method}(x => [10 * (x[1] - x[0]^2), 1 - x[0]], [-1.2, 1], upper: [0.5, inf])`,
    ) as Found
    near(found.x, [0.5, 0.25])
  })

  it("takes residuals and parameters of any structure", () => {
    const found = evaluate(
      `optim.levenberg_marquardt((a, b) => { p: a.w - 2, q: [b - 1, a.w * b - 2] }, ({ w: 1 }, 5))`,
    ) as Found
    near(found.x, [{ w: 2 }, 1])
  })
})

/** The functions of Moré, Garbow and Hillstrom whose standard start leads a descent method to the least value. */
describe("the functions of Moré, Garbow and Hillstrom", () => {
  interface Minimisation extends Case {
    readonly start: number[]
    readonly data?: unknown
    readonly found_min: { f: number }
  }
  const cases = suite("06-mgh").cases as Minimisation[]
  const all = new Map(programs("mgh.adl").programs.map(({ name, body }) => [name, body]))

  describe.each(cases.filter(({ data }) => data === undefined))("$id", ({ id, start, found_min: { f } }) => {
    const problem = `let f = do { let residuals = ${all.get(id)?.trim()}; x => squared_norm(residuals(x)) }\n`
    it.each(["lbfgs", "newton", "trust_region"])("%s", (method) => {
      const found = evaluate(`${problem}optim.minimize(f, ${literal(start)}, method: "${method}")`) as Found
      expect(found.converged).toBe(true)
      near(found.value, f)
    })
  })
})

describe("boxes", () => {
  it.each(["lbfgs", "newton", "gradient_descent", "conjugate_gradient"])("%s stops at the wall", (method) => {
    const found = evaluate(
      `optim.minimize(rosenbrock, [-1.2, 1], method: "${method}", upper: [0.5, inf], lower: -2)`,
    ) as Found
    expect(found.converged).toBe(true)
    near(found.x, [0.5, 0.25])
  })

  it("begins inside, wherever the start is", () => {
    near((evaluate("optim.minimize(x => x^2, 50, lower: 2, upper: 10)") as Found).x, 2)
  })
})

describe("constraints", () => {
  it("equalities, with their multipliers", () => {
    const found = evaluate("optim.minimize((x, y) => x + y, (1, 0), equality: (x, y) => x^2 + y^2 - 2)") as Found & {
      multipliers: { equality: number }
    }
    near(found.x, [-1, -1])
    // the gradient of f is the multiplier times that of the constraint: 1 = λ 2 x
    near(found.multipliers.equality, -0.5)
    expect(found.converged).toBe(true)
  })

  it("inequalities beside a box (Nocedal and Wright, example 16.4)", () => {
    const rows = "x => [x[0] - 2 * x[1] + 2, -x[0] - 2 * x[1] + 6, -x[0] + 2 * x[1] + 2]"
    const found = evaluate(
      `optim.minimize(x => (x[0] - 1)^2 + (x[1] - 2.5)^2, [2, 0], inequality: ${rows}, lower: 0)`,
    ) as Found & { multipliers: { inequality: number[] } }
    near(found.x, [1.4, 1.7])
    near(found.multipliers.inequality, [0.8, 0, 0])
  })

  it("that cannot hold are not claimed to", () => {
    const found = evaluate("optim.minimize(x => x^2, 1, equality: x => x^2 + 1, max_iterations: 200)") as Found
    expect(found.converged).toBe(false)
    expect(found.reason).toBe("no point was found where the constraints hold")
  })
})

describe("reasons to stop", () => {
  it.each([
    ["x => -x", "1", "", "the value falls without bound"],
    ["x => (x - 1)^2", "0", ", max_iterations: 0", "the limit of iterations is reached"],
    ["x => ln(x)", "-1", "", "the value or the gradient is not finite"],
    ["x => cosh(x - 1.1) + 1e6", "0", ", tolerance: 0", "the value no longer changes"],
    ["x => x^4", "0", "", "the gradient is within the tolerance"],
  ])("%s from %s%s", (f, x0, options, reason) => {
    expect((evaluate(`optim.minimize(${f}, ${x0}${options})`) as Found).reason).toBe(reason)
  })

  it("too high a rate is seen", () => {
    const found = evaluate("optim.momentum(x => x^4, 10, rate: 1)") as Found
    expect([found.converged, found.reason]).toEqual([false, "the value or the gradient is not finite"])
  })

  it("a point where f stops with an error is avoided", () => {
    const found = evaluate('optim.minimize(x => if x < 0 { error("outside") } else { x - ln(x) }, 0.01)') as Found
    near(found.x, 1)
  })

  it("the history has a value for every iteration", () => {
    const found = evaluate("optim.minimize(rosenbrock, [-1.2, 1])") as Found & { history: { value: number[] } }
    expect(found.history.value).toHaveLength(found.iterations + 1)
    expect(found.history.value[0]).toBeCloseTo(24.2, 10)
  })
})

describe("bad input", () => {
  it.each([
    ['optim.minimize(x => x^2, 1, method: "simplex")', 'no method "simplex" of `minimize`; there are lbfgs'],
    ["optim.minimize(x => x^2, ())", "must hold a number"],
    ["optim.minimize(x => [x[0], 1], [1])", "scalar"],
    ["optim.minimize(p => p, { a: 1 })", "must give a number"],
    ["optim.minimize(x => x^2, 1, lower: 3, upper: 2)", "`lower` must not be above `upper`"],
    ["optim.minimize(x => sum(x^2), [1, 2, 3], lower: [1, 2])", "it holds 2 numbers, the start 3"],
    ["optim.minimize(x => x^2, 1, tolerance: -1)", "tolerances"],
    ['optim.minimize(x => [x], 1, method: "gauss_newton", equality: x => x)', "constraints go with"],
    ['optim.minimize(x => x^2, 1, method: "trust_region", lower: 0)', "knows no bounds"],
  ])("%s", (program, message) => {
    expect(() => evaluate(program)).toThrow(message)
  })
})

it("is followed by derivatives: the minimum of (x - a)² + x² moves with a / 2", () => {
  const program = (mode: string): string =>
    `${mode}(a => optim.minimize(x => (x - a)^2 + x^2, 0, method: "newton").x)(3)`
  near(evaluate(program("grad")), 0.5, 1e-9)
  near(evaluate(program("diff")), 0.5, 1e-9)
})

describe("a method with a fixed rate gives the best point that it saw", () => {
  it.each(['"momentum"', '"adam", rate: 0.9, max_iterations: 7'])("%s", (method) => {
    const program = `let r = optim.minimize(rosenbrock, [-1.2, 1], method: ${method})\n(r.converged, r.value, min(r.history.value), rosenbrock(r.x))`
    const [converged, value, least, there] = evaluate(program) as readonly [boolean, number, number, number]
    expect(converged).toBe(false)
    expect(value).toBe(least)
    expect(there).toBe(value)
  })
})
