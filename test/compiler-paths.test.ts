/**
 * Functions that are left early, and variables that are filled on some paths only or with values of different kinds: compiled, with every composition of
 * modes, and the same as interpreted.
 * Each program is a function `f` of x with an input and a direction. It must not know how code is made.
 */

import { createEngine } from "../engine/index.ts"
import { Tier } from "../compiler/tier.ts"
import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { compare } from "./differential.ts"
import { questions } from "./nested-programs.ts"

beforeAll(() => {
  checks.verify = true
})

const row = "[0.3, 0.4, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]"

const scalar = "let inputs = 1.3\nlet along = 0.7\n"
const array = `let inputs = ${row}\nlet along = inputs\n`

const programs: Record<string, string> = {
  "a return in a loop": `${scalar}fn f(x) {
    var v = x
    for i in 0..20 {
      if v > 3 { return v * x }
      v *= 1.2
    }
    v
  }`,
  "a return in a loop in a loop, with a break": `${scalar}fn f(x) {
    var v = x
    for i in 0..5 {
      for j in 0..5 {
        if v > 3 { return v * x * i }
        v = v * 1.2 + j * 0.01
      }
      if v > 2.5 { break }
    }
    v
  }`,
  "returns among breaks and continues": `${scalar}fn f(x) {
    var v = x
    for i in 0..20 {
      if i % 3 == 0 { continue }
      for j in 0..3 {
        if j == 1 { continue }
        if v * j > 5 { return v + j }
        if v > 4 { break }
        v += 0.1 * x
      }
      v *= 1.1
    }
    v * 2
  }`,
  "a return of a small array": `${scalar}fn g(x) {
    var v = [x, 2 * x, x * x, 1, 2]
    for i in 0..20 {
      if v[0] > 3 { return v * x }
      v *= 1.2
    }
    v
  }
  fn f(x) = sum(g(x) * [1, 2, 3, 4, 5])`,
  "a return of an array": `${array}fn g(x) {
    var v = x
    for i in 0..20 {
      if v[0] > 3 { return v * x }
      v *= 1.2
    }
    x
  }
  fn f(x) = sum(g(x) * [i for i in 0..len(x)])`,
  "returns of tuples with arrays from a loop without end": `${array}fn g(x) {
    var v = x
    while true {
      if v[0] > 3 { return (v * x, v[1]) }
      v *= 1.2
      if v[2] > 100 { return (x, x[0]) }
    }
    (x, 1)
  }
  fn f(x) {
    let (a, b) = g(x)
    sum(a) * b
  }`,
  "a return of a row": `let inputs = [${row}, 1 + ${row}]
  let along = inputs
  fn g(m) {
    for r in m { if r[0] > 1 { return r } }
    m[0]
  }
  fn f(x) = sum(g(x) * [i for i in 0..20])`,
  "a return of an array that grows": `${scalar}fn g(x) {
    var v = [x]
    for i in 0..20 {
      v ++= [x * i]
      if sum(v) > 10 { return v * v }
    }
    v
  }
  fn f(x) {
    let v = g(x)
    sum(v) + v[1] * len(v)
  }`,
  "a return of an array that is changed in part": `${scalar}fn g(x) {
    var v = [i * x for i in 0..20]
    for i in 0..20 {
      v[i] = v[i] * x
      if v[i] > 9 { return v }
    }
    v
  }
  fn f(x) = sum(g(x) * g(x * 1.1))`,
  "a return of a list": `${scalar}fn g(x) {
    for i in 0..5 { if x * i > 3 { return [{ p: x, q: i }, { p: x * i, q: 2 }] } }
    [{ p: x, q: 1 }]
  }
  fn f(x) {
    var s = 0
    for { p, q } in g(x) { s += p * q }
    s
  }`,
  "a return of a number from a loop without end": `${array}fn f(x) {
    while true {
      let a = x * x
      return sum(a * a)
    }
    1
  }`,
  "a return of an array from a loop without end": `${array}fn g(x) {
    while true { if x[0] < 10 { return x * x } }
    x
  }
  fn f(x) = sum(g(x) * g(2 * x))`,
  "a return of a call": `${scalar}fn h(x, k) = x * x + k
  fn f(x) {
    for i in 0..20 { if x * i > 5 { return h(x, i) } }
    h(x, 100)
  }`,
  "a record where one is found": `${scalar}fn g(x) {
    for i in 0..20 { if x * i > 3 { return ({ a: x * i, w: [x, x * i] }, i) } }
    ((), 20)
  }
  fn f(x) {
    let (found, n) = g(x)
    if found == () { return x }
    found.a * sum(found.w) + n
  }`,
  "no record where none is found": `${scalar}fn g(x) {
    for i in 0..2 { if x * i > 3 { return ({ a: x * i, w: [x, x * i] }, i) } }
    ((), 20)
  }
  fn f(x) {
    let (found, n) = g(x)
    if found == () { return x * n }
    found.a * sum(found.w) + n
  }`,
  "a variable that becomes a record in a loop": `${scalar}fn f(x) {
    var low = { t: 0, s: x }
    var high = ()
    for i in 0..20 {
      let here = { t: i * x, s: x * x }
      if here.t > 7 { high = here } else { low = here }
      if high != () { if high.t - low.t < 100 { return high.t * low.s } }
    }
    low.t
  }`,
  "one of two variants": `type Shape = Dot(r) | Bar(w, h)
  ${scalar}fn g(x) {
    if x > 1 { return Dot(x) }
    Bar(x, 2 * x)
  }
  fn f(x) = match g(x) { Dot(r) => r * r, Bar(w, h) => w * h }`,
  "variants that take turns": `type Shape = Dot(r) | Bar(w, h)
  ${scalar}fn f(x) {
    var s = Dot(x)
    for i in 0..7 { s = match s { Dot(r) => Bar(r * 1.1, x), Bar(w, h) => Dot(w * h) } }
    match s { Dot(r) => r * r, Bar(w, h) => w * h }
  }`,
  "one of two functions": `${scalar}fn f(x) {
    let g = if x > 1 { sin } else { y => y * x }
    g(x) * g(2 * x)
  }`,
  "an array that only one branch made": `${scalar}fn f(x) {
    let base = [i * x for i in 0..20]
    var r = if x > 10 { { w: base * 2 } } else { { w: base } }
    r.w[0] = 5
    base[0] + sum(r.w * r.w)
  }`,
}

describe("functions with several ways out", () => {
  test.each(Object.entries(programs))("%s", (_name, text) => {
    const { disagreements, notes, evaluated, compiled, calls } = compare(text + questions)!
    expect(notes).toEqual([])
    expect(disagreements).toEqual([])
    expect([evaluated, compiled]).toEqual([calls, calls])
  })
})

test("a comprehension that keeps few of very many takes no memory for the others", () => {
  const [reference, found] = [false, true].map((compiling) => {
    const engine = createEngine({ tier: 0, limits: { memory: 2 ** 20 } })
    if (compiling) engine.runtime.compiled = new Tier(engine.runtime.library)
    return engine.load("fn f(n) = sum([i for i in 0..n if i < 9])").fn<[number], number>("f")(500_000)
  })
  expect(found).toBe(36)
  expect(found).toBe(reference)
})
