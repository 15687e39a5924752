/**
 * Loops that run as scalar code: the same values, faults, steps and derivatives as the ordinary nodes give.
 * The same random program runs twice: a statement that is no arithmetic, in every loop of the second, keeps it from being scalar code.
 */

import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Limits } from "../interpreter/evaluate/runtime.ts"
import { runProgram, type Outcome } from "./evaluate-program.ts"

const { letrec } = fc
const numbers = [
  "s",
  "t",
  "k",
  "0.5",
  "2",
  "x[i]",
  "x[1]",
  "A[i, 1]",
  "A[j][i]",
  "A[j, i]",
  "w[j]",
  "c",
  "len(x)",
  "p.r",
  "p.q.v[i]",
]
const { statement } = letrec<{ value: string; condition: string; statement: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: fc.constantFrom(...numbers), weight: 3 },
    {
      arbitrary: fc
        .tuple(tie("value"), fc.constantFrom("+", "-", "*", "/"), tie("value"))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      weight: 5,
    },
    { arbitrary: fc.tuple(tie("value"), tie("value")).map(([a, b]) => `max(${a}, ${b})`), weight: 1 },
    { arbitrary: tie("value").map((a) => `tanh(${a})`), weight: 1 },
    { arbitrary: tie("value").map((a) => `-${a}`), weight: 1 },
    {
      arbitrary: fc
        .tuple(tie("condition"), tie("value"), tie("value"))
        .map(([c, a, b]) => `(if ${c} { ${a} } else { ${b} })`),
      weight: 1,
    },
  ),
  condition: fc.oneof(
    { maxDepth: 2 },
    fc
      .tuple(tie("value"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("value"))
      .map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(tie("condition"), fc.constantFrom("and", "or"), tie("condition")).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("condition").map((a) => `not (${a})`),
  ),
  statement: fc.oneof(
    { maxDepth: 2 },
    {
      arbitrary: fc
        .tuple(tie("condition"), fc.constantFrom("break", "continue", "done = true", "done = s < t"))
        .map(([c, exit]) => `if ${c} { ${exit} }`),
      weight: 1,
    },
    { arbitrary: tie("value").map((a) => `while not done {\nSTOP\ns = tanh(${a})\ndone = s < 2\n}`), weight: 1 },
    { arbitrary: fc.tuple(fc.constantFrom("s", "t"), tie("value")).map(([v, a]) => `${v} = tanh(${a})`), weight: 4 },
    {
      arbitrary: fc.tuple(fc.constantFrom("s", "t"), tie("value")).map(([v, a]) => `${v} += 0.1 * sin(${a})`),
      weight: 2,
    },
    {
      arbitrary: fc
        .tuple(tie("condition"), tie("statement"), tie("statement"))
        .map(([c, a, b]) => `if ${c} {\n${a}\n} else {\n${b}\n}`),
      weight: 1,
    },
    {
      arbitrary: fc
        .tuple(fc.constantFrom("0..2", "0..=1", "j..3", "0..len(w)"), tie("value"))
        .map(([range, a]) => `for k in ${range} {\nSTOP\ns = tanh(${a} + k)\n}`),
      weight: 1,
    },
    {
      arbitrary: tie("value").map((a) => `var m = 0\nwhile m < j {\nSTOP\nlet u = ${a}\nt = tanh(t + u)\nm += 1\n}`),
      weight: 1,
    },
  ),
}))

function program(statements: readonly string[], call: string, stop: string): string {
  return `
let w = [0.3, -0.2, 0.9]
let c = 0.25
let p = { r: 1.5, q: { v: [0.1, 0.2, -0.3] } }
fn f(x, A) {
  var s = 0.7
  var t = x[0]
  let k = 1
  var done = false
  for i in 0..3 {
    STOP
    for j in 1..=2 {
      STOP
${statements.join("\n")}
    }
  }
  if done { s } else { s + 2 * t }
}
let x = [0.4, -0.6, 0.8]
let A = [[0.1, 0.5, -0.3], [0.7, -0.4, 0.2], [-0.9, 0.6, 0.3]]
${call}`.replaceAll("STOP", stop)
}

/** No arithmetic, as long as `nothing`. */
const other = "let v = ()"
const nothing = " ".repeat(other.length)

/** A program as scalar code and by the ordinary nodes. */
function both(text: (stop: string) => string, limits: Limits = {}): readonly [Outcome, Outcome] {
  return [runProgram(text(nothing), limits), runProgram(text(other), limits)]
}

/** An outcome without the source text that its fault holds. */
function seen({ fault, ...rest }: Outcome): unknown {
  const text = fault === null ? null : JSON.stringify(fault).replaceAll(other, nothing)
  return { ...rest, text }
}

const all = fc.array(statement, { minLength: 1, maxLength: 4 })

for (const call of ["f(x, A)", "jvp(f, (x, A), (x * 2, A))", "diff(h => f(x * h, A))(0.7)"]) {
  test(`the same values, ${call}`, () => {
    fc.assert(
      fc.property(all, (statements) => {
        const [quick, plain] = both((stop) => program(statements, call, stop))
        expect(quick.fault).toBe(null)
        expect(quick.shown).toEqual(plain.shown)
        expect(quick.steps).toBe(plain.steps)
      }),
      { numRuns: 150 },
    )
  })
}

for (const call of [
  "grad(f, wrt: [0, 1])(x, A)",
  "hessian(x => f(x, A))(x)",
  "grad(x => checkpoint(f)(x, A) * x[1])(x)",
]) {
  test(`the same derivatives, ${call}`, () => {
    fc.assert(
      fc.property(all, (statements) => {
        const [quick, plain] = both((stop) => program(statements, call, stop))
        expect(quick.fault).toBe(null)
        expect(quick.steps).toBe(plain.steps)
        const [a, b] = [quick, plain].map(({ shown }) => numbersIn(shown.join(" ")))
        expect(a!.length).toBe(b!.length)
        expect(a!.length).toBeGreaterThan(2)
        const size = Math.max(1, ...b!.filter(Number.isFinite).map(Math.abs))
        a!.forEach((x, k) => {
          if (Number.isFinite(b![k])) expect(Math.abs(x - b![k]!)).toBeLessThanOrEqual(1e-9 * size)
          else expect(x).toBe(b![k])
        })
      }),
      { numRuns: 80 },
    )
  })
}

describe("faults", () => {
  const bodies = [
    ["out of range", "s = s + x[i]"],
    ["the left of two", "s = x[9] + x[8]"],
    ["the left of two, the right one before an operation", "s = x[9] + sin(x[8])"],
    ["the left of two, the right one nested", "s = x[9] * s + (x[8] * s + x[7] * s)"],
    ["in a condition", "if x[i] > 0 or x[-9] > 0 { s = 1 } else { s = 2 }"],
    ["in the index of an index", "s = x[x[i + 1] * 0 + 7]"],
    ["no integer", "s = x[i + 0.5]"],
    ["a column", "s = A[i, 2]"],
    ["a row", "s = A[i - 3][0]"],
    ["of a field", "s = p.m[i]"],
    ["a field that is none", "s = p.q * p.m[i]"],
    ["a field of what changes", "p = { m: [i] }; s = s + p.m[i]"],
    ["a bound", "for k in 0..s { s = s + k }"],
    ["no arithmetic", "s = s + x"],
    ["after a way out", "if i == 2 { break }; s = x[3 * i]"],
    ["endless", "while s > 0 { s = s + 1 }"],
  ] as const
  for (const [name, body] of bodies) {
    for (const call of ["f([1, 2, 3])", "grad(f)([1, 2, 3])", "f([])", "attempt(() => f([1, 2, 3]))"]) {
      test(`${name}, ${call}`, () => {
        const [quick, plain] = both(
          (stop) => `
let A = [[1, 2], [3, 4]]
fn f(x) {
  var s = 0.5
  var p = { m: x }
  for i in 0..=len(x) {
    ${stop}
    ${body}
  }
  s * x[0]
}
${call}
f([1])`,
          { steps: 5000 },
        )
        expect(seen(quick)).toEqual(seen(plain))
      })
    }
  }
})

test("elements at negative indices, and of arrays that are recorded", () => {
  const [quick, plain] = both(
    (stop) => `
fn f(x) {
  var s = 1
  for i in 0..len(x) {
    ${stop}
    s = s * x[-1 - i] + x[i]
  }
  s
}
f([1, 2, 3])
grad(f)([1, 2, 3])`,
  )
  expect(seen(quick)).toEqual(seen(plain))
})

test("expressions of any length", () => {
  const terms = Array.from({ length: 900 }, (_, k) => `x[${String(k % 3)}]`)
  const { shown } = runProgram(`
fn f(x) {
  var s = 0
  for i in 0..2 { s += ${terms.join(" + ")} }
  s
}
f([1, 2, 3])
grad(f)([1, 2, 3])`)
  expect(shown).toEqual(["3600", "[600, 600, 600]"])
})

test("what the loop goes over may be a part of what it reads", () => {
  const { shown } = runProgram(`
fn f(x) {
  var s = 0
  for i in 1..=3 { for j in i..=3 { s += x[i - 1] * x[j - 1] } }
  s
}
f([1, 2, 3])
grad(f)([1, 2, 3])`)
  expect(shown).toEqual(["25", "[7, 8, 9]"])
})

function numbersIn(text: string): number[] {
  return Array.from(text.matchAll(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|nan|-?inf/g), ([found]) =>
    Number(found.replace("nan", "NaN").replace("inf", "Infinity")),
  )
}
