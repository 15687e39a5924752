/** What contributions to cotangents add up to is measured: for sums that cancel, in arrays, in every order, and zero for what no reverse mode computes. */

import { expect, test } from "vitest"
import { createEngine } from "../engine/index.ts"
import { contributions } from "./shaken.ts"

/** The root of the sum of the squares of the contributions, as measured, over `expected`. */
function measured(source: string, expected: number): number {
  const f = createEngine({ tier: 0 }).load(source).fn("f")
  const [sum] = contributions(() => [f(0.7) as number])
  return sum! / expected
}

test.each([
  ["one contribution", "fn f(x) = grad(y => 1000 * y)(x)", 1000],
  ["contributions that cancel", "fn f(x) = grad(y => 1000 * y - 1000 * y)(x)", 1000 * Math.SQRT2],
  ["elements", "fn f(x) = grad(y => do { let v = [y, 0]\n 1000 * v[0] - 1000 * v[0] })(x)", 1000 * Math.SQRT2],
  ["what is so small that its square is 0", "fn f(x) = grad(y => 1e-200 * y)(x)", 1e-200],
  ["arrays", "fn f(x) = grad(y => sum(full(4, y) * [1000, -1000, 1000, -1000]))(x)", 2000],
  ["a gradient in a gradient", "fn f(x) = grad(z => grad(y => 1000 * y * y - 1000 * y * y)(z))(x)", 4000],
  ["a tangent of a gradient", "fn f(x) = jvp(grad(y => 1000 * y * y - 1000 * y * y), x, 1)[1]", 4000],
  ["what is computed from gradients", "fn f(x) = 1000 * grad(y => y - y)(x) + 5", 1000 * Math.SQRT2],
])("%s", (_, source, expected) => {
  const ratio = measured(source, expected)
  expect(ratio).toBeGreaterThan(0.3)
  expect(ratio).toBeLessThan(3)
})

test("values and tangents are none", () => {
  expect(measured("fn f(x) = jvp(y => sin(y) * y - y * sin(y) + y, x, 1)[1]", 1)).toBe(0)
})

test("runs are the same before and after", () => {
  const f = createEngine({ tier: 0 }).load("fn f(x) = grad(y => y * sin(y))(x)").fn("f")
  const before = f(0.7)
  expect(contributions(() => [f(0.7) as number])).toEqual(contributions(() => [f(0.7) as number]))
  expect(f(0.7)).toBe(before)
})
