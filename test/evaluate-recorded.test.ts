/**
 * Scalar code recorded as few rows: the same derivatives as with a row for each operation, which is how a program runs that stops at nan.
 * Random bodies of loops over slots, constants and elements are differentiated in both ways.
 */

import fc from "fast-check"
import { expect, test } from "vitest"
import { runProgram } from "./evaluate-program.ts"

/** A tree of up to four leaves. */
const tree = fc
  .array(
    fc.tuple(
      fc.constantFrom("s", "t", "x[i]", "x[2]", "A[i, 1]", "A[i][j]", "w[i]", "0.5", "1"),
      fc.nat(3),
      fc.boolean(),
    ),
    {
      minLength: 2,
      maxLength: 4,
    },
  )
  .map((parts) =>
    parts.reduce((text, [leaf, op, isLeft], k) => {
      if (k === 0) return leaf
      // A divisor that is never near 0.
      if (op === 3) return isLeft ? `(${text}) / 1.5` : `(${text} + ${leaf}) / 2`
      const symbol = "+-*"[op]!
      return isLeft ? `(${text}) ${symbol} ${leaf}` : `${leaf} ${symbol} (${text})`
    }, ""),
  )

/** A function that repeats some assignments of trees, and its gradients. */
function program(trees: readonly string[], call: string): string {
  return `
fn f(x, A) {
  let w = [0.3, -0.2, 0.9]
  var s = 0.7
  var t = x[0]
  for i in 0..3 {
    for j in 0..3 {
${trees.map((text, k) => `      ${k % 2 === 0 ? "s" : "t"} = ${text}\n      ${k % 2 === 0 ? "t" : "s"} = tanh(s) - 0.3 * t`).join("\n")}
    }
  }
  s + 2 * t
}
let x = [0.4, -0.6, 0.8]
let A = [[0.1, 0.5, -0.3], [0.7, -0.4, 0.2], [-0.9, 0.6, 0.3]]
${call}`
}

const numbers = (shown: readonly string[]): number[] =>
  Array.from(shown.join(" ").matchAll(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|nan|inf/g), ([text]) => Number(text))

function close(text: string): void {
  const [quick, plain] = [false, true].map((traps) => runProgram(text, {}, null, traps))
  expect(plain!.fault).toBe(null)
  expect(quick!.fault).toBe(null)
  const [a, b] = [numbers(quick!.shown), numbers(plain!.shown)]
  expect(a.length).toBe(b.length)
  expect(a.length).toBeGreaterThan(2)
  const size = Math.max(...b.map(Math.abs))
  a.forEach((value, k) => expect(Math.abs(value - b[k]!)).toBeLessThanOrEqual(1e-9 * size))
}

const calls = [
  "grad(f, wrt: [0, 1])(x, A)",
  "jacobian(x => grad(f)(x, A))(x)",
  "grad(x => sum(grad(f, wrt: 0)(x, A)))(x)",
  "grad(x => checkpoint(f)(x, A) * x[1] * x[1] + x[0] * x[0])(x)",
]

for (const call of calls) {
  test(`random trees, ${call}`, () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), (trees) => close(program(trees, call))),
      { numRuns: 60 },
    )
  })
}

test("elements that are read in a checkpoint and outside it", () => {
  const { shown } = runProgram(`
fn inner(x) {
  var s = 0
  for i in 0..20 { s = s + x[0] * x[1] }
  s
}
fn outer(x, g) {
  var s = g(x)
  for i in 0..20 { s = s + x[0] * x[1] }
  s = s * x[0]
  for i in 0..20 { s = s + x[1] * x[1] }
  s
}
grad(x => outer(x, inner))([2, 3])
grad(x => outer(x, checkpoint(inner)))([2, 3])
grad(x => outer(x, checkpoint(y => outer(y, checkpoint(inner)))))([2, 3])
grad(x => outer(x, y => outer(y, inner)))([2, 3])`)
  expect(shown[1]).toBe(shown[0])
  expect(shown[2]).toBe(shown[3])
})
