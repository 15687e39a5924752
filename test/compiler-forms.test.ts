/**
 * Values and built-ins of every form that has code: compiled, with every composition of modes, and the same as interpreted.
 * Each program is a function `f` of x with an input and a direction. It must not know how code is made.
 */

import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { compare } from "./differential.ts"
import { questions } from "./nested-programs.ts"

beforeAll(() => {
  checks.verify = true
})

const four = "let inputs = [0.3, 1.4, -0.5, 2]\nlet along = [1, -0.5, 2, 0.25]\n"

const programs: Record<string, string> = {
  "a shape that is given": `${four}fn f(x) = sum(tanh(reshape(x, [2, 2]) @ reshape(x[..2], [2])))`,
  "a length that is to be found": `${four}fn f(x) = sum(reshape([y * y for y in [...x, ...x, ...x]], [-1, 3]) @ [1, 2, x[0]])`,
  "a shape that is known while running": `${four}fn g(x, n) = sum(sin(reshape(x * x, [n, -1])) @ x[n..])\nfn f(x) = g(x, len(x) / 2)`,
  "a variable in another shape, changed after that": `${four}fn f(x) {
    var rows = [y * i for y in x, i in 1..6]
    let flat = reshape(rows, [10, 2])
    rows[1, 2] = 7
    sum(flatten(rows) * flatten(flat)) + flat[1, 1] * rows[0, 2]
  }`,
  "a product of what is in another shape, in a loop": `${four}fn f(x) {
    var t = 0
    for [a, b] in [[1, 2], [0.5, -1], [2, 2]] {
      t += sum(tanh(reshape(x, [2, 2]) @ [a, b])) * norm([a * x[0], x[1], b]) + logsumexp(reshape(x, [2, 2])[1] * a)
    }
    t
  }`,
  "a product in a gradient in a loop": `${four}fn layer(w, x) = dot([1, 2], tanh(reshape(w, [2, 2]) @ x))
fn f(w) = sum(layer(w, p) + norm(grad(x => layer(w, x))(p)) for p in [[1, 2], [0.5, -1], [0.2, 0.1]])`,
  "a list of numbers and booleans": `let inputs = [0.3, 0.6]
let along = [1, -0.5]
fn flip(p) = [(p, true), (1 - p, false)]
fn f([p, q]) = sum([if heads { x * x } else { 3 * x } for (x, heads) in flip(p) ++ flip(p * q)])`,
  "a distribution of what another one gives": `let inputs = [0.3, 0.6]
let along = [1, -0.5]
fn certain(v) = [(1, v)]
fn flip(p) = [(p, true), (1 - p, false)]
fn bind(distribution, f) = [(p * q, w) for (p, v) in distribution, (q, w) in f(v) if true]
fn f([p, q]) {
  let program = bind(flip(p), first => if first { certain(0) } else { bind(flip(q), second => certain(if second { 1 } else { 2 })) })
  sum([w * w for (w, v) in program if v == 2]) + sum([sin(w) * v for (w, v) in program])
}`,
  "a condition on several sources": `${four}fn f(x) = sum([a * b for a in x[..3], b in x if a < b]) * sum([a for a in x, b in 0..9 if b > 3 and a > b / 4])`,
  "booleans beside numbers": `${four}fn f(x) {
    let positive = [y > 0 for y in x]
    sum([if c { y * y } else { -y } for (y, c) in zip(x, positive)]) + sum([if c { 1 } else { 2 } for c in [y > 1 for y in x if y < 3]]) * x[0]
  }`,
  "names of which nothing is asked": `${four}let model = { names: [${Array.from({ length: 40 }, (_, k) => `"b${String(k)}"`).join(", ")}], scale: 3 }
fn f(x) = sum(model.scale * x * x) + len(model.names)`,
  "rows joined to a matrix": `${four}fn f(x) {
    var path = [x]
    var p = x
    for i in 0..4 {
      p = sin(p) * x[i]
      path ++= [p]
    }
    sum(path * path) + sum((path ++ 2 * path)[3])
  }`,
  "matrices in a sequence that begins without any": `${four}fn f(x) {
    let m = reshape(x, [2, 2])
    var powers = []
    for i in 0..5 { powers ++= [if i < 1 { m } else { tanh(powers[i - 1] @ m) }] }
    sum(powers[3] @ m) + powers[2, 1, 0]
  }`,
}

describe("forms of values and what is done with them", () => {
  test.each(Object.entries(programs))("%s", (_name, text) => {
    const { disagreements, notes, evaluated, compiled, calls, reasons } = compare(text + questions)!
    expect(notes).toEqual([])
    expect(disagreements).toEqual([])
    expect([evaluated, compiled]).toEqual([calls, calls])
    expect(reasons.filter((reason) => reason !== "it runs once")).toEqual([])
  })
})

test("an element of logsumexp that is not finite has no weight that is a number", () => {
  for (const point of ["[inf, 0]", "[0, inf, inf]", "[-inf, -inf]", "[nan, 1]", "[-inf, 2]"]) {
    const answer = compare(`let inputs = ${point}\nfn f(x) = logsumexp(x)\nfn rough0(x) = value_and_grad(f)(x)`)!
    expect([answer.disagreements, answer.notes]).toEqual([[], []])
  }
})

test.each(["v", "[x * 2]", "[[v[0]]]", "0..1", "v * 2 + 1"])("an array of no axes is a number: %s", (array) => {
  const { disagreements, notes, calls, compiled } = compare(`let inputs = ([3], 1.5)
fn f(v, x) = reshape(${array}, shape(v)[..-1])
fn exact0(v, x) = (f(v, x), f(v, x) + 1, reshape(${array}, []))
fn rough1(v, x) = grad((v, x) => f(v, x) * x)(v, x)
fn exact2(v, x) = jvp(f, (v, x), (v, x))`)!
  expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
})

const faults: Record<string, string> = {
  "a shape with more elements": "reshape(x, [3, 2])",
  "a length that does not come out": "reshape(x, [-1, 3])",
  "a length below 0": "reshape(x, [-2, -2])",
  "rows of different lengths joined": "[x] ++ [[1, 2]]",
  "a product with a number": "x @ 2",
}

test.each(Object.entries(faults))("%s is the fault that it is interpreted", (_name, text) => {
  const answer = compare(`${four}fn f(x) = sum(${text})${questions}`)!
  expect([answer.disagreements, answer.notes, answer.evaluated]).toEqual([[], [], 0])
})
