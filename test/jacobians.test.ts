/** Jacobians and Hessians by several directions at a time: each column is what a run of its own gives, to the last bit. */

import { describe, expect, it } from "vitest"
import { createEngine } from "../engine/index.ts"

/** Functions of a vector of 37 elements, more than twice what one run carries. */
const programs: Readonly<Record<string, string>> = {
  elementwise: "x => sin(x) * exp(-x^2) + where(x > 0.3, sqrt(x), 0)",
  "a loop over elements": "x => do { var s = 0; for i in 0..len(x) { s = s + x[i] * cos(s) }; [s, s^2] }",
  "elements assigned": "x => do { var v = zeros(len(x)); for i in 0..len(x) { v[i] = x[i] * x[(i + 1) % len(x)] }; v }",
  "elements overwritten in place":
    "x => do { var v = 2 * x; for i in 1..len(x) { v[i] = v[i - 1] * 0.5 + v[i]; v[0] = v[i] }; v }",
  "elements appended":
    "x => do { var v = []; for i in 0..len(x) { if x[i] > 0.2 { v ++= [x[i]^2] } else { v ++= [1] } }; v }",
  "slices assigned": "x => do { var v = x; v[2..5] = v[0..3] * x[7..10]; v[3..5] = 1; v }",
  matrices: "x => do { let A = outer(x[0..6], x[6..12]) + eye(6); A @ x[0..6] + solve(A + 9 * eye(6), x[12..18]) }",
  factorizations:
    "x => do { let A = outer(x[0..5], x[0..5]) + eye(5); let (Q, R) = qr(A); let (v, V) = eigh(A); v + R[0] + Q[0] }",
  "reductions and norms": "x => [sum(x^2), prod(x[0..4]), norm(x), max(x), logsumexp(x), cumsum(x)[5]]",
  structures: "x => { a: x[0] * x[1], b: [sin(x), cos(x)], c: (x[2], true) }",
  "a rule of its own": "x => custom_jvp(u => [sum(u^3), u[0]], (u, y, v) => [sum(3 * u^2 * v), v[0]])(x)",
  checkpoints: "x => checkpoint(u => sin(u) * sum(u))(x)",
  "an inner derivative": "x => grad(u => sum(u^3) * u[0])(x)",
  "an inner Jacobian": "x => jacfwd(u => u[0..3] * sum(u^2))(x) @ x",
  comprehensions: "x => [a * b for a in x[0..3], b in x]",
  "mapped functions": "x => map(x, t => if t > 0.5 { t^2 } else { sin(t) })",
  transforms: "x => do { let (re, im) = fft(x); re * im }",
}

const n = 37
const at = `map(0..${String(n)}, i => 0.5 + 0.45 * sin(3 * i + 1))`
const engine = createEngine({ tier: 0 })

/** The numbers of a value in order, whatever its form. */
function numbers(x: unknown): number[] {
  if (typeof x === "number") return [x]
  if (x instanceof Float64Array) return Array.from(x)
  if (Array.isArray(x)) return x.flatMap(numbers)
  if (typeof x !== "object" || x === null) return []
  return "data" in x && "shape" in x ? numbers(x.data) : Object.values(x).flatMap(numbers)
}

function evaluated(source: string): number[] {
  return numbers(engine.evaluate(source).toJS())
}

/** Entry (row, i) of each column i, from a Jacobian whose last axis is the input's. */
function column(jacobian: readonly number[], i: number): number[] {
  return jacobian.filter((_, k) => k % n === i)
}

describe("columns together", () => {
  it.each(Object.entries(programs))("%s: the Jacobian", (_name, f) => {
    const whole = evaluated(`jacfwd(${f})(${at})`)
    expect(whole.length).toBeGreaterThanOrEqual(n)
    for (let i = 0; i < n; i++) {
      const alone = evaluated(`jvp(${f}, ${at}, scatter(${String(n)}, [${String(i)}], [1]))[1]`)
      expect(column(whole, i), `column ${String(i)}`).toEqual(alone)
    }
  })

  it.each(Object.entries(programs))("%s: the Hessian of a sum over it", (_name, f) => {
    const scalar = `x => do { let (v, _) = ravel((${f})(x)); sum(v^2) }`
    const whole = evaluated(`hessian(${scalar})(${at})`)
    for (const i of [0, 1, 15, 16, 31, 32, 36]) {
      const alone = evaluated(`hvp(${scalar}, ${at}, scatter(${String(n)}, [${String(i)}], [1]))`)
      expect(column(whole, i), `column ${String(i)}`).toEqual(alone)
    }
  })

  it("sixteen columns take one run", () => {
    let runs = 0
    const counting = createEngine({ tier: 0, print: () => (runs += 1) })
    counting.evaluate(`jacfwd(x => do { print("run"); 2 * x })(${at})`)
    expect(runs).toBe(Math.ceil(n / 16))
  })

  it("absence stays along the direction that has it", () => {
    expect(evaluated("jacfwd(x => [where(x[0] > 0, sqrt(x[0]), 0), x[1]])([0, 2])")).toEqual([0, 0, 0, 1])
    expect(evaluated("jacfwd(x => x[0] * stop_gradient(x[1]) + sqrt(x[2] * 0))([2, 3, 4])")[0]).toBe(3)
  })
})
