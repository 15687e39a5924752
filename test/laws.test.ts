/**
 * What derivatives obey whatever the function: linearity, adjointness, the chain rule, symmetry of second derivatives, and that modes agree.
 * Functions are random compositions of lifted primitives on a vector, smooth everywhere, so that every law holds to rounding.
 */

import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Tensor } from "../interpreter/arrays/tensor.ts"
import { filled, forward, reverse } from "../interpreter/autodiff/modes.ts"
import { taylor } from "../interpreter/autodiff/series.ts"
import { primalOf, type Num } from "../interpreter/autodiff/num.ts"
import { concat, element, reshape } from "../interpreter/autodiff/structure.ts"
import { sigmoid, softplus } from "../interpreter/primitives/activations.ts"
import { add, div, mul, pow, sub } from "../interpreter/primitives/arithmetic.ts"
import { cos, sin } from "../interpreter/primitives/circular.ts"
import { asinh, atan, hypot } from "../interpreter/primitives/inverses.ts"
import { exp, ln, sqrt, square } from "../interpreter/primitives/elementary.ts"
import { tanh } from "../interpreter/primitives/hyperbolic.ts"
import { det } from "../interpreter/primitives/determinants.ts"
import { matmul, outer } from "../interpreter/primitives/matrices.ts"
import * as norms from "../interpreter/primitives/norms.ts"
import * as reductions from "../interpreter/primitives/reductions.ts"
import * as scans from "../interpreter/primitives/scans.ts"
import * as softmax from "../interpreter/primitives/softmax.ts"
import { transpose } from "../interpreter/primitives/rows.ts"
import { reverse as reversed } from "../interpreter/primitives/rearranging.ts"
import { erf } from "../interpreter/primitives/special.ts"

const n = 3
/** A map from vectors of n numbers to such vectors. */
type Map = (x: Num) => Num

const mixing = new Tensor([n, n], Float64Array.of(0.5, -0.3, 0.2, 0.1, 0.4, -0.6, -0.2, 0.3, 0.5))
const vectorOf = (x: readonly number[]): Tensor => new Tensor([x.length], Float64Array.from(x))

/** Steps that keep vectors near the unit cube. */
const steps: readonly (readonly [string, Map])[] = [
  ["sin", sin],
  ["cos", cos],
  ["tanh", tanh],
  ["atan", atan],
  ["asinh", asinh],
  ["erf", erf],
  ["sigmoid", sigmoid],
  ["softplus", softplus],
  ["exp tanh", (x) => exp(tanh(x))],
  ["ln(1 + x²)", (x) => ln(add(1, square(x)))],
  ["√(1 + x²)", (x) => sqrt(add(1, square(x)))],
  ["x/(1 + x²)", (x) => div(x, add(1, square(x)))],
  ["(1 + x²)^-0.7", (x) => pow(add(1, square(x)), -0.7)],
  ["(1 + x²)^tanh x", (x) => pow(add(1, square(x)), tanh(x))],
  ["x³/(1 + x²)", (x) => div(pow(x, 3), add(1, square(x)))],
  ["hypot(x, 1) - |x|₂", (x) => sub(hypot(x, 1), norms.norm(concat(x, vectorOf([1])), [0]))],
  ["mixing", (x) => matmul(mixing, x)],
  ["outer products", (x) => matmul(transpose(outer(tanh(x), sin(x))), x)],
  ["det", (x) => mul(x, det([add(outer(tanh(x), sin(x)), mixing)], undefined))],
  ["softmax", (x) => softmax.softmax(x, [0])],
  ["log softmax", (x) => sub(softmax.logSoftmax(x, [0]), x)],
  ["logsumexp", (x) => sub(x, softmax.logsumexp(x, [0]))],
  ["cumsum", (x) => scans.cumsum(tanh(x), [0])],
  ["cumprod", (x) => scans.cumprod(sin(x), [0])],
  ["prod", (x) => mul(x, scans.prod(cos(x), [0]))],
  ["variance", (x) => mul(x, norms.variance(tanh(x), [0], 0))],
  ["reversed", (x) => reversed(x, [0])],
  ["elements", (x) => concat(reshape(mul(element(x, 0), element(x, 2)), [1]), reshape(concat(x, x), [2 * n]))],
]

const twoSteps = fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 4 }).map((chosen) => ({
  toString: () => chosen.map(([name]) => name).join(" · "),
  run: (x: Num): Num =>
    chosen.reduce<Num>((y, [, f]) => {
      const out = f(y)
      const length = (primalOf(out) as Tensor).data.length
      return length === n
        ? out
        : matmul(
            new Tensor(
              [n, length],
              Float64Array.from({ length: n * length }, (_, i) => Math.sin(i + 1)),
            ),
            out,
          )
    }, x),
}))
const vector = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n, maxLength: n }).map(vectorOf)
const small = fc.double({ min: -3, max: 3, noNaN: true })

const push = (f: Map, x: Num, v: Num): Num => {
  const { values, tangents } = forward(([y]) => [f(y!)], [x], [v])
  return filled(tangents[0], values[0]!)
}
const pull = (f: Map, x: Num, ct: Num): Num => filled(reverse(([y]) => [f(y!)], [x]).pull([ct])[0], x)
const dot = (x: Num, y: Num): Num => reductions.dot([x, y], undefined)
const data = (x: Num): number[] => {
  const plain = primalOf(x)
  return typeof plain === "number" ? [plain] : [...(plain as Tensor).data]
}

function close(a: Num, b: Num, scale: number): void {
  const x = data(a)
  const y = data(b)
  const size = Math.max(1, scale, ...x.map(Math.abs), ...y.map(Math.abs))
  x.forEach((xi, i) => {
    if (!(Math.abs(xi - y[i]!) <= 1e-11 * size)) expect(x).toEqual(y)
  })
}

const runs = { numRuns: 150 }

describe("first derivatives", () => {
  test("are linear in the direction", () => {
    fc.assert(
      fc.property(twoSteps, vector, vector, vector, small, small, (f, x, u, v, a, b) => {
        const whole = push(f.run, x, add(mul(a, u), mul(b, v)))
        close(whole, add(mul(a, push(f.run, x, u)), mul(b, push(f.run, x, v))), 0)
      }),
      runs,
    )
  })

  test("forward and reverse are each other's transposes", () => {
    fc.assert(
      fc.property(twoSteps, vector, vector, vector, (f, x, v, ct) => {
        close(dot(ct, push(f.run, x, v)), dot(pull(f.run, x, ct), v), 0)
      }),
      runs,
    )
  })

  test("obey the chain rule", () => {
    fc.assert(
      fc.property(twoSteps, twoSteps, vector, vector, (f, g, x, v) => {
        const composed = push((y) => f.run(g.run(y)), x, v)
        close(composed, push(f.run, g.run(x), push(g.run, x, v)), 0)
        close(
          pull((y) => f.run(g.run(y)), x, v),
          pull(g.run, x, pull(f.run, g.run(x), v)),
          0,
        )
      }),
      runs,
    )
  })

  test("obey the product rule", () => {
    fc.assert(
      fc.property(twoSteps, twoSteps, vector, vector, (f, g, x, v) => {
        const product = push((y) => mul(f.run(y), g.run(y)), x, v)
        close(product, add(mul(push(f.run, x, v), g.run(x)), mul(f.run(x), push(g.run, x, v))), 0)
      }),
      runs,
    )
  })
})

describe("second derivatives", () => {
  const phi =
    (f: Map): Map =>
    (x) =>
      dot(vectorOf([0.3, -0.7, 0.5]), f(x))
  const curvature: Record<string, (f: Map, x: Num, u: Num, v: Num) => Num> = {
    "forward over forward": (f, x, u, v) => push((y) => push(phi(f), y, u), x, v),
    "forward over reverse": (f, x, u, v) =>
      dot(
        push((y) => pull(phi(f), y, 1), x, v),
        u,
      ),
    "reverse over forward": (f, x, u, v) =>
      dot(
        pull((y) => push(phi(f), y, u), x, 1),
        v,
      ),
    "reverse over reverse": (f, x, u, v) =>
      dot(
        pull((y) => dot(pull(phi(f), y, 1), u), x, 1),
        v,
      ),
  }

  test.each(Object.entries(curvature))("are symmetric by %s", (_name, second) => {
    fc.assert(
      fc.property(twoSteps, vector, vector, vector, (f, x, u, v) => {
        const scale = Math.max(...data(push((y) => push(phi(f.run), y, u), x, u)).map(Math.abs))
        close(second(f.run, x, u, v), second(f.run, x, v, u), scale)
      }),
      { numRuns: 60 },
    )
  })

  test("are the same in all four pairs of modes, and in a Taylor series", () => {
    fc.assert(
      fc.property(twoSteps, vector, vector, (f, x, v) => {
        const [first, ...others] = Object.values(curvature).map((second) => second(f.run, x, v, v))
        for (const other of others) close(first!, other, 0)
        const coefficients = taylor(([y]) => [phi(f.run)(y!)], [x], [v], 2)[0]!
        close(mul(2, coefficients[2]!), first!, 0)
      }),
      { numRuns: 60 },
    )
  })
})
