/**
 * Derivatives to third order at the edges of the range, beside singularities and branch points, in every mode and both tiers.
 * The truth is mpmath's, at as many digits as differences need (oracle/orders.py); what overflows must be an infinity of its sign, never nan. It must not
 * know any algorithm.
 */

import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { createEngine } from "../engine/index.ts"
import { applyBinary, applyUnary } from "../interpreter/autodiff/lift.ts"
import { filled, forward, reverse } from "../interpreter/autodiff/modes.ts"
import { taylor } from "../interpreter/autodiff/series.ts"
import type { Num } from "../interpreter/autodiff/num.ts"
import { elementwise, lifted, type Lifted } from "../interpreter/primitives/index.ts"
import { number } from "./rules/drivers.ts"

type Row = readonly [arguments: readonly number[], results: readonly (number | null)[]]
const oracle = JSON.parse(readFileSync(new URL("./oracle/orders.json", import.meta.url), "utf8")) as Record<
  string,
  Row[]
>

/** A function of all its arguments, and its derivative in one of them by either mode. */
type Of = (xs: readonly Num[]) => Num
const modes: Readonly<Record<string, (f: Of, i: number) => Of>> = {
  f: (f, i) => (xs) => filled(forward(([x]) => [f(xs.with(i, x!))], [xs[i]!], [1]).tangents[0], 0),
  r: (f, i) => (xs) => filled(reverse((ys) => [f(ys)], xs).pull([1])[i], 0),
}
/** The arguments in which derivatives are taken, in the order of the oracle: of one, or of the second alone where the first is an integer. */
function ordersOf(count: number, results: number): (readonly number[])[] {
  const first = results === 4 ? count - 1 : 0
  const next = (places: readonly (readonly number[])[]): number[][] =>
    places.flatMap((before) => {
      const from = before.at(-1) ?? first
      return Array.from({ length: count - from }, (_, i) => [...before, from + i])
    })
  const once = next([[]])
  const twice = next(once)
  return [...once, ...twice, ...next(twice)]
}
const mixtures = ["fff", "rrr", "rff", "frr"]

/** What a difference is measured against: the value itself, or 1 where a function oscillates. */
const oscillating = new Set(["sin", "cos", "tan", "sinc", "bessel_j", "bessel_y"])

function off(name: string, got: number, truth: number | null | undefined): boolean {
  if (truth == null || got === truth) return false
  if (!Number.isFinite(got)) return true
  const size = oscillating.has(name) ? Math.max(1, Math.abs(truth)) : Math.abs(truth)
  return Math.abs(got - truth) > 1e-11 * size + 1e-307
}

/** What is known to be off, and why it stays so. */
const excused: Readonly<Record<string, (xs: readonly number[], order: number) => boolean>> = {
  // y (y - 1) (y - 2) x^(y - 3) overflows in its last factor where the first is as small.
  pow: (xs, order) => order === 3 && Math.abs(xs[0]!) === 1e-150 && Math.abs(xs[1]!) === 1e-150,
  // 1/B(1, b) is b, 1/B(a, 1) is a: what is left of second derivatives vanishes with x or 1 - x beside what cancels. Beside 0 in a parameter the function
  // is a step with small corners, whose digits are those of 1.
  betainc: ([a, b, x], order) =>
    Math.min(a!, b!) <= 1e-8 ||
    (order > 1 && ((a === 1 && x! <= 1e-10) || (b === 1 && 1 - x! < 1e-9) || (a === b && x === 0.5))),
  betaincinv: ([a, , p], order) => order > 1 && a === 1 && p === 1e-10,
  // A parameter's second derivative is a small rest of large ones.
  gammaincinv: ([a], order) => order > 1 && a === 1000,
  // The second derivative in the parameter changes its sign near there.
  gammainc: ([a, x], order) => order > 1 && a === 200 && x === 200,
  gammaincc: ([a, x], order) => order > 1 && a === 200 && x === 200,
}

describe("in every mode", () => {
  test.each(Object.keys(oracle))("%s", (name) => {
    const of = lifted.get(name) as Lifted & ((xs: readonly Num[], settings: undefined) => Num)
    const { primitive } = of
    const f: Of = (xs) =>
      primitive.kind === "unary"
        ? applyUnary(primitive, xs[0]!)
        : primitive.kind === "binary"
          ? applyBinary(primitive, xs[0]!, xs[1]!)
          : (of(xs, undefined) as Num)
    const wrong: string[] = []
    oracle[name]!.forEach(([xs, truths], row) => {
      const known = ordersOf(xs.length, truths.length)
      const see = (how: string, got: number, truth: number | null | undefined, order: number): void => {
        if (off(name, got, truth) && excused[name]?.(xs, order) !== true)
          wrong.push(`${name}(${xs.join(", ")}) ${how} = ${got}, not ${truth}`)
      }
      see("", number(f(xs)), truths[0], 0)
      known.forEach((places, k) => {
        for (const mixture of row % 3 === 0 ? mixtures : mixtures.slice(0, 2)) {
          const derivative = places.reduce<Of>((g, i, level) => modes[mixture[level]!]!(g, i), f)
          see(`${mixture} in ${places.join("")}`, number(derivative(xs)), truths[k + 1], places.length)
        }
      })
      if (xs.length > 1) return
      const [series] = taylor(([x]) => [f([x!])], xs, [1], 3)
      ;[1, 2, 6].forEach((factorial, k) => {
        const truth = truths[k + 1]
        see("as a series", number(series![k + 1]!), truth == null ? null : truth / factorial, k + 1)
      })
    })
    expect(wrong.slice(0, 40).join("\n")).toBe("")
  })
})

describe("in both tiers", () => {
  const engines = [0, 1].map((tier) => createEngine({ tier: tier as 0 | 1 }))
  const simple = Object.keys(oracle).filter((name) => oracle[name]!.every(([xs]) => xs.length === 1))
  test.each(simple)("%s", async (name) => {
    const [first, second] = await Promise.all(
      engines.map(async (engine) => {
        await engine.ready
        const text = `
          fn once(x) = grad(t => ${name}(t))(x)
          fn twice(x) = grad(once)(x)
          fn thrice(x) = grad(twice)(x)
          fn all(x) = list(${name}'(x), ${name}''(x), ${name}'''(x), once(x), twice(x), thrice(x))`
        const all = engine.load(text).fn<[number], Iterable<number>>("all")
        return oracle[name]!.map(([xs]) => [...all(xs[0]!)])
      }),
    )
    const wrong: string[] = []
    oracle[name]!.forEach(([xs, truths], i) => {
      second![i]!.forEach((got, k) => {
        const reference = first![i]![k]!
        const same = Object.is(got, reference) || (k > 2 && Math.abs(got - reference) <= 1e-12 * Math.abs(reference))
        if (!same || (off(name, got, truths[1 + (k % 3)]) && excused[name]?.(xs, 1 + (k % 3)) !== true))
          wrong.push(`${name}(${xs.join(", ")}), ${k}: ${got}, in tier 0 ${reference}, truly ${truths[1 + (k % 3)]}`)
      })
    })
    expect(wrong.slice(0, 20).join("\n")).toBe("")
  })
})

describe("at infinity derivatives are their limits", () => {
  test.each([
    ["atan", Infinity, [Math.PI / 2, 0, 0, 0]],
    ["asinh", -Infinity, [-Infinity, 0, 0, 0]],
    ["acosh", Infinity, [Infinity, 0, 0, 0]],
    ["cbrt", Infinity, [Infinity, 0, 0, 0]],
    ["erf", Infinity, [1, 0, 0, 0]],
    ["erfc", -Infinity, [2, 0, 0, 0]],
    ["normal_cdf", Infinity, [1, 0, 0, 0]],
    ["log_normal_cdf", Infinity, [0, 0, 0, 0]],
    ["log_normal_cdf", -Infinity, [-Infinity, Infinity, -1, 0]],
    ["gelu", Infinity, [Infinity, 1, 0, 0]],
    ["gelu", -Infinity, [0, 0, 0, 0]],
    ["silu", Infinity, [Infinity, 1, 0, 0]],
    ["silu", -Infinity, [0, 0, 0, 0]],
    ["gamma", Infinity, [Infinity, Infinity, Infinity, Infinity]],
    ["expint", Infinity, [0, 0, 0, 0]],
    ["expint_ei", Infinity, [Infinity, Infinity, Infinity, Infinity]],
    ["lambertw", Infinity, [Infinity, 0, 0, 0]],
    ["lambertw_lower", 0, [-Infinity, -Infinity, -Infinity]],
    ["cbrt", 0, [0, Infinity, -Infinity, Infinity]],
  ] as const)("%s at %d", (name, x, expected) => {
    const { primitive } = elementwise.get(name)!
    if (primitive.kind !== "unary") throw new Error(name)
    expected.forEach((truth, order) => {
      for (const mode of ["f", "r"]) {
        let f: Of = ([y]) => applyUnary(primitive, y!)
        for (let k = 0; k < order; k++) f = modes[mode]!(f, 0)
        const got = number(f([x]))
        expect(got === truth ? truth : got, `${mode} ${String(order)}`).toBe(truth)
      }
    })
  })
})

test.each([
  ["gammaincinv", [2, 0]],
  ["gammaincinv", [2, 1]],
  ["betaincinv", [2, 3, 0]],
  ["betaincinv", [2, 3, 1]],
] as const)("%s at %s: the ends do not depend on the parameters", async (name, xs) => {
  for (const tier of [0, 1] as const) {
    const engine = createEngine({ tier })
    await engine.ready
    const names = ["a", "b", "p"].slice(3 - xs.length).join(", ")
    const slopes = `ravel(grad((${names}) => ${name}(${names}))(${xs.join(", ")}))[0]`
    expect(engine.evaluate(`all(equal(${slopes}[..${String(xs.length - 1)}], 0))`).toJS()).toBe(true)
  }
})

test.each([
  [10, -0.5, -42108.858768975492],
  [6, -20.4, 413775.16706902087],
  [2, -2.500000001, -0.10820424638961974],
  [40, -3000.5, -1.6555487153803775e-93],
])("polygamma(%d, %d) keeps its digits between poles that pull in opposite directions", (n, x, truth) => {
  const { primitive } = elementwise.get("polygamma")!
  if (primitive.kind !== "binary") throw new Error("polygamma")
  expect(Math.abs(primitive.eval(n, x) / truth - 1)).toBeLessThan(1e-13)
})
