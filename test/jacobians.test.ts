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
    "x => do { let A = outer(x[0..5], x[0..5]) + diag([1, 2, 3, 4, 5]); let (Q, R) = qr(A); let (v, V) = eigh(A); v + R[0] + Q[0] }",
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

// ---------------------------------------------------------------- sparsity

interface Sparse {
  readonly rows: Float64Array
  readonly columns: Float64Array
  readonly values: Float64Array
  readonly shape: Float64Array
  readonly colors: number
}

/** A sparse result written out in full. */
function whole({ rows, columns, values, shape }: Sparse): number[] {
  const out = new Array<number>(shape[0]! * shape[1]!).fill(0)
  rows.forEach((row, k) => {
    const at = row * shape[1]! + columns[k]!
    expect(out[at], "each place once").toBe(0)
    out[at] = values[k]!
  })
  return out
}

function sparseOf(source: string): Sparse {
  return engine.evaluate(source).toJS() as Sparse
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  actual.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!), `entry ${String(i)}`).toBeLessThanOrEqual(1e-12 + 1e-9 * Math.abs(expected[i]!))
  })
}

/** More functions, whose structure is not everything. */
const sparsePrograms: Readonly<Record<string, string>> = {
  "a stencil of slices": "x => x[..-2] - 2 * x[1..-1] + x[2..]",
  "a stencil by convolution": "x => conv1d(x, [1, -2, 1])",
  "a constant matrix": "x => eye(37) @ x + scatter(37, [3], [1]) * x[4]",
  "a banded loop": "x => [x[i] * x[i + 1] for i in 0..36]",
  "sums along an axis": "x => sum(reshape(x[..36], [12, 3])^2, axis: 1)",
  "sorted and shifted": "x => sort(x) + reverse(cumsum(x[..0] ++ x))",
  "independent parts": "x => { a: x[3]^2, b: 5, c: x[10..12] * 2, d: floor(x) }",
  "branches as taken": "x => map(x, t => if t > 0.5 { t } else { 1 })",
}

describe("sparse", () => {
  it.each(Object.entries({ ...programs, ...sparsePrograms }))("%s: the Jacobian", (_name, f) => {
    const found = sparseOf(`jacobian(${f}, sparse: true)(${at})`)
    expectClose(whole(found), evaluated(`jacfwd(${f})(${at})`))
  })

  it.each(Object.entries({ ...programs, ...sparsePrograms }))("%s: the Hessian of a sum over it", (_name, f) => {
    const scalar = `x => do { let (v, _) = ravel((${f})(x)); sum(v^2) }`
    expectClose(whole(sparseOf(`hessian(${scalar}, sparse: true)(${at})`)), evaluated(`hessian(${scalar})(${at})`))
  })

  it.each([
    ["x => x[..-2] - 2 * x[1..-1] + x[2..]", 3],
    ["x => conv1d(x, [1, -2, 1])", 3],
    ["x => sum(reshape(x[..36], [12, 3])^2, axis: 1)", 1],
    ["x => sin(x)", 1],
    ["x => sum(x^2) * x[0]", 1],
    ["x => x * x[0]", 2],
  ])("%s takes %i colors", (f, colors) => {
    expect(sparseOf(`jacobian(${f}, sparse: true)(${at})`).colors).toBe(colors)
  })

  it.each([
    ["v => v * sum(v)"],
    ["v => [sum(v)]"],
    ["v => [mean(v), v[0]]"],
    ["v => v - mean(v)"],
    ["v => cumsum(v)"],
    ["v => conv1d(v ++ v, [1, -2, 1])"],
    ["v => conv1d(v ++ v, [-1, 3, -3, 1])"],
  ])("sums whose middle is their mean, and differences, are found out at every small size: %s", (f) => {
    for (let n = 2; n <= 7; n++) {
      const point = `linspace(0.5, 2, ${String(n)})`
      expectClose(whole(sparseOf(`jacobian(${f}, sparse: true)(${point})`)), evaluated(`jacfwd(${f})(${point})`))
      const scalar = `v => sum((${f})(v)^2)`
      expectClose(
        whole(sparseOf(`hessian(${scalar}, sparse: true)(${point})`)),
        evaluated(`hessian(${scalar})(${point})`),
      )
    }
  })

  it.each([
    ["checkpoint(v => v^2 * sin(v))", 1],
    ["v => checkpoint(w => w[1..] - w[..-1])(v^2)", 2],
    ["custom_jvp(v => exp(v), (x, y, dx) => y * dx)", 1],
    ["custom_vjp(v => exp(v), (x, y) => u => u * y)", 1],
    ["custom_vjp(v => v[1..] - v[..-1], (x, y) => u => concat([0], u) - concat(u, [0]))", 2],
    ["custom_jvp(v => v * sum(v), (x, y, dx) => dx * sum(x) + x * sum(dx))", 37],
    ["v => custom_jvp((a, b) => (2 * a, b * b), (p, y, d) => (2 * d[0], 2 * p[1] * d[1]))(v[0..2], v[2..])[0]", 1],
  ])("blocks done again and rules of the program's own keep their structure: %s", (f, colors) => {
    const found = sparseOf(`jacobian(${f}, sparse: true)(${at})`)
    expect(found.colors).toBe(colors)
    expectClose(whole(found), evaluated(`jacfwd(${f})(${at})`))
    const scalar = `v => sum((${f})(v)^2)`
    expectClose(whole(sparseOf(`hessian(${scalar}, sparse: true)(${at})`)), evaluated(`hessian(${scalar})(${at})`))
  })

  it("random bipartite structures agree with the dense Jacobian", () => {
    for (let seed = 1; seed <= 30; seed++) {
      let state = seed
      const random = (k: number): number => (state = (state * 48271) % 2147483647) % k
      const terms = Array.from({ length: 1 + random(12) }, () => {
        const [i, j, k] = [random(12), random(12), random(12)]
        return ["x[i] * x[j] + sin(x[k])", "exp(x[i]) / (1 + x[j]^2)", "x[k]", "7", "x[i] * x[j] * x[k]"]
          [random(5)]!.replace("[i]", `[${String(i)}]`)
          .replace("[j]", `[${String(j)}]`)
          .replace("[k]", `[${String(k)}]`)
      })
      const f = `x => [${terms.join(", ")}]`
      const point = "linspace(0.1, 2, 12)"
      const context = `seed ${String(seed)}: ${f}`
      const jacobian = whole(sparseOf(`jacobian(${f}, sparse: true)(${point})`))
      expect(jacobian.length, context).toBe(12 * terms.length)
      expectClose(jacobian, evaluated(`jacfwd(${f})(${point})`))
      const scalar = `x => sum((${f})(x))`
      expectClose(
        whole(sparseOf(`hessian(${scalar}, sparse: true)(${point})`)),
        evaluated(`hessian(${scalar})(${point})`),
      )
    }
  })

  it("ten thousand variables cost as many runs as a hundred", () => {
    const runs = (n: number): number => {
      let count = 0
      const counting = createEngine({ tier: 0, print: () => (count += 1) })
      const f = "x => do { print(1); sum(100 * (x[1..] - x[..-1]^2)^2 + (1 - x[..-1])^2) }"
      const { colors, values } = counting
        .evaluate(`hessian(${f}, sparse: true)(linspace(-1, 1, ${String(n)}))`)
        .toJS() as Sparse
      expect(colors).toBe(3)
      expect(values.length).toBe(3 * n - 2)
      return count
    }
    expect(runs(10_000)).toBe(2)
    expect(runs(100)).toBe(2)
  })

  it("may itself be differentiated", () => {
    const f = "(x, k) => [k * x[0]^2, k * x[1]]"
    const by = "grad(k => sum(jacobian(x => F(x, k), sparse: true)([3, 5]).values))(0)".replace("F", `(${f})`)
    expect(evaluated(by)).toEqual([7])
  })

  it("structures count through their numbers in order", () => {
    const { rows, columns, values, shape } = sparseOf(
      "jacobian(p => { u: p.b * 2, v: [p.a, p.b^2] }, sparse: true)({ a: 3, b: 4 })",
    )
    expect([...rows]).toEqual([0, 1, 2])
    expect([...columns]).toEqual([1, 0, 1])
    expect([...values]).toEqual([2, 1, 8])
    expect([...shape]).toEqual([3, 2])
  })

  it("a function that depends on nothing has no entries", () => {
    expect(sparseOf("jacobian(x => [1, 2], sparse: true)([1, 2, 3])").values.length).toBe(0)
  })

  it("wants true or false", () => {
    expect(() => engine.evaluate("jacobian(x => x, sparse: 3)")).toThrow("`jacobian` needs true or false for `sparse`")
  })
})
