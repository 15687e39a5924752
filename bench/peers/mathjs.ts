/**
 * math.js: expressions compiled once, and its symbolic `derivative` of them, compiled once too.
 * It differentiates expressions of scalar variables and no functions or matrices, so that most gradients are out of its reach.
 * It must not know how it is timed.
 */
import { all, create, type MathNode } from "mathjs"
import * as data from "../data.ts"
import type { Peer, PeerRow } from "./peer.ts"

const math = create(all ?? {})
const tolerance = 1e-9

function fib(): PeerRow {
  const scope: Record<string, unknown> = {}
  math.evaluate("fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)", scope)
  const f = scope["fib"] as (n: number) => number
  return { primal: () => f(27), tolerance }
}

/** The energy written out over n scalar variables, as `derivative` needs it. */
function helmholtz(n: number): PeerRow {
  const { x, b, a } = data.fluid(n)
  const names = Array.from(x, (_, i) => `x${i}`)
  const bx = names.map((name, i) => `${b[i]} * ${name}`).join(" + ")
  const logs = names.map((name) => `log(${name} / (1 - bx))`).join(" + ")
  const xax = names.flatMap((p, i) => names.map((q, j) => `${a[i * n + j]} * ${p} * ${q}`)).join(" + ")
  const whole =
    `8.3144598 * 300 * (${logs}) - (${xax}) / (sqrt(8) * bx) * ` +
    `log((1 + ${1 + Math.SQRT2} * bx) / (1 + ${1 - Math.SQRT2} * bx))`
  const expression: MathNode = math.parse(whole.replaceAll("bx", `(${bx})`))
  const scope = new Map(names.map((name, i) => [name, x[i] as number]))
  const value = expression.compile()
  const slopes = names.map((name) => math.derivative(expression, name, { simplify: false }).compile())
  return {
    primal: () => value.evaluate(scope) as number,
    gradient: () => [value.evaluate(scope), ...slopes.map((s) => s.evaluate(scope) as number)],
    tolerance,
  }
}

/** Matrices as its expressions take them; only the values. */
function matrices(expression: string, scope: Record<string, unknown>): PeerRow {
  const code = math.compile(expression)
  return { primal: () => math.number(code.evaluate(scope) as number), gradient: "no gradient of matrices", tolerance }
}

function rows(x: Float64Array, n: number): number[][] {
  return Array.from({ length: n }, (_, i) => [...x.subarray((i * x.length) / n, ((i + 1) * x.length) / n)])
}

function helmholtzArray(n: number): PeerRow {
  const { x, b, a } = data.fluid(n)
  const scope = { x: [...x], b: [...b], a: rows(a, n), RT: 8.3144598 * 300, up: 1 + Math.SQRT2, down: 1 - Math.SQRT2 }
  return matrices(
    "RT * sum(map(x ./ (1 - dot(b, x)), f(t) = log(t))) - dot(x, a * x) / (sqrt(8) * dot(b, x))" +
      " * log((1 + up * dot(b, x)) / (1 + down * dot(b, x)))",
    Object.fromEntries(Object.entries(scope).map(([k, v]) => [k, Array.isArray(v) ? math.matrix(v) : v])),
  )
}

function elementwise(): PeerRow {
  const [a, b, c] = [71, 72, 73].map((seed) => math.matrix([...data.uniform(1e6, -1, 1, seed)]))
  const code = math.compile("a .* b + c .* a - b")
  return {
    primal: () => (code.evaluate({ a, b, c }) as { valueOf(): number[] }).valueOf(),
    gradient: "no gradient of matrices",
    tolerance,
  }
}

/** math.js. */
export const peer: Peer = {
  name: "mathjs",
  precision: "float64",
  missing: "not expressible",
  rows: {
    fib,
    "helmholtz-8": () => helmholtz(8),
    "helmholtz-50": () => helmholtzArray(50),
    "helmholtz-500": () => helmholtzArray(500),
    "helmholtz-array-50": () => helmholtzArray(50),
    "helmholtz-array-500": () => helmholtzArray(500),
    elementwise,
  },
}
