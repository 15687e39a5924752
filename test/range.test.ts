/**
 * Every elementwise primitive from 1e-150 to 1e150: values and first derivatives against those of mpmath at 420 digits.
 * The names come from the declarations, so that a primitive without a row in the oracle fails; nothing that is a double may come out as an infinity
 * or nan. Functions of whole arrays are held to what they do to a scaled argument. It must not know any algorithm.
 */

import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { createEngine } from "../engine/index.ts"
import { applyBinary, applyUnary } from "../interpreter/autodiff/lift.ts"
import { filled, forward, reverse } from "../interpreter/autodiff/modes.ts"
import type { Num } from "../interpreter/autodiff/num.ts"
import { elementwise } from "../interpreter/primitives/index.ts"
import { number } from "./rules/drivers.ts"

type Row = readonly [arguments: readonly number[], value: number | null, slopes: readonly (number | null)[]]
const oracle = JSON.parse(readFileSync(new URL("./oracle/range.json", import.meta.url), "utf8")) as Record<
  string,
  Row[]
>

/** Whole numbers, signs and remainders, which are exact by definition; and inverses, which their functions are the oracles of. */
const elsewhere = new Set(["sign", "ceil", "floor", "round", "trunc", "idiv", "mod", "gammaincinv"])

/** What a difference is measured against: the value itself, or 1 where a function oscillates. */
const oscillating = new Set(["sin", "cos", "tan", "bessel_j", "bessel_y"])

function apply(name: string, xs: readonly Num[]): Num {
  const { primitive } = elementwise.get(name)!
  return primitive.kind === "unary" ? applyUnary(primitive, xs[0]!) : applyBinary(primitive, xs[0]!, xs[1]!)
}

function off(name: string, got: number, truth: number): boolean {
  if (Object.is(got, truth) || got === truth) return false
  if (!Number.isFinite(got)) return true
  const size = oscillating.has(name) ? Math.max(1, Math.abs(truth)) : Math.abs(truth)
  return Math.abs(got - truth) > 1e-11 * size + 1e-307
}

function slopes(name: string, xs: readonly number[]): number[][] {
  return xs.map((_, i) => {
    const f = (y: readonly Num[]): Num =>
      apply(
        name,
        xs.map((x, j) => (j === i ? y[0]! : x)),
      )
    const along = number(filled(forward((y) => [f(y)], [xs[i]!], [1]).tangents[0], 0))
    const back = number(filled(reverse((y) => [f(y)], [xs[i]!]).pull([1])[0], 0))
    return [along, back]
  })
}

describe("from 1e-150 to 1e150", () => {
  test("no elementwise primitive is left out", () => {
    const missing = [...elementwise.keys()].filter((name) => !(name in oracle) && !elsewhere.has(name))
    expect(missing).toEqual([])
  })

  test.each(Object.keys(oracle))("%s", (name) => {
    const wrong: string[] = []
    for (const [xs, value, truths] of oracle[name]!) {
      if (value === null) continue
      const got = number(apply(name, xs))
      if (off(name, got, value)) wrong.push(`${name}(${xs.join(", ")}) = ${got}, not ${value}`)
      slopes(name, xs).forEach(([along, back], i) => {
        const truth = truths[i]
        if (truth === null || truth === undefined) return
        if (off(name, along!, truth))
          wrong.push(`forward slope ${i} of ${name}(${xs.join(", ")}) = ${along}, not ${truth}`)
        if (off(name, back!, truth))
          wrong.push(`reverse slope ${i} of ${name}(${xs.join(", ")}) = ${back}, not ${truth}`)
      })
    }
    expect(wrong.slice(0, 40).join("\n")).toBe("")
  })
})

test("the density of a beta distribution has its digits where the distribution function is 0 to rounding", async () => {
  const engine = createEngine()
  await engine.ready
  const slope = engine.evaluate("(x => betainc(2.5, 1, x))'(1e-150)").toJS() as number
  expect(Math.abs(slope / 2.5e-225 - 1)).toBeLessThan(1e-13)
})

describe("functions of arrays do to a scaled argument what they should", () => {
  const engine = createEngine()
  /** What must be the same for every scale s = 2^k. */
  const same = [
    "norm(s * x) / s",
    "norm(s * x, 3) / s",
    "norm(s * x, inf) / s",
    "grad(norm)(s * x)",
    "grad(x => norm(x, 3))(s * x)",
    "grad(x => (x / norm(x))[0])(s * x) * s",
    "stddev(s * x) / s",
    "grad(stddev)(s * x)",
    "cumsum(s * x) / s",
    "dot(s * x, x / s)",
    "[grad(hypot)(s, s)[0]]",
    "solve(s * A, x) * s",
    "inv(s * A) * s",
    "cholesky(s * A) / sqrt(s)",
    "logdet(s * A) - 3 * ln(s)",
    "grad(logdet)(s * A) * s",
    "qr(s * A)[1] / s",
    "svd(s * A)[1] / s",
    "eigh(s * A)[0] / s",
    "grad(M => eigh(M)[0][0])(s * A)",
    "grad(M => svd(M)[1][0])(s * A)",
    "lstsq(s * A, x) * s",
    "pinv(s * A) * s",
    "solve_triangular(s * A, x) * s",
    "slogdet(s * A)[1] - 3 * ln(s)",
    "(s * A) @ (x / s)",
    "kron(s * A, A / s)",
    "mean(s * x) / s",
    "sort(s * x) / s",
    "quantile(s * x, 0.3) / s",
    "interp(1.2 * s, s * [1, 2, 3], x)",
    "grad(t => interp(t, s * [1, 2, 3], x))(1.2 * s) * s",
    "grad(x => norm(softmax(x / s)))(s * x) * s",
    "grad(x => logsumexp(x / s))(s * x) * s",
    "grad(M => sum(solve(M, x)))(s * A) * s * s",
    "grad(M => sum(solve_triangular(M, x)))(s * A) * s * s",
    "grad(M => sum(inv(M)))(s * A) * s * s",
    "grad(M => sum(cholesky(M)))(s * A) * sqrt(s)",
    "grad(M => sum(qr(M)[1]))(s * A)",
    "grad(M => sum(qr(M)[0]))(s * A) * s",
    "grad(M => sum(pinv(M)))(s * A) * s * s",
    "grad(M => sum(lstsq(M, x)))(s * A) * s * s",
    "grad(M => sum(svd(M)[0]^2 * A))(s * A) * s",
    "grad(M => sum(eigh(M)[1]^2 * A))(s * A) * s",
    "fft((s * x, 0 * x))[0] / s",
  ]
  const at = (of: string, k: number): readonly number[] => {
    const set = `let x = [1.5, -2, 3]\nlet A = [[4, 1, 0.5], [1, 3, -0.2], [0.5, -0.2, 2]]\nlet s = 2^${k}\n`
    const value = engine.evaluate(`${set}ravel(${of})[0]`).toJS() as number | Iterable<number>
    return typeof value === "number" ? [value] : [...value]
  }

  test.each(same)("%s", async (of) => {
    await engine.ready
    const plain = at(of, 0)
    for (const k of [-490, -200, 200, 490]) {
      at(of, k).forEach((value, i) => {
        expect(Math.abs(value - plain[i]!), `${of} for s = 2^${k}: ${value}, not ${plain[i]}`).toBeLessThan(1e-11)
      })
    }
  })
})
