/**
 * Derivatives of derivatives in the compiled tier: every word of two and three modes over loops, branches, arrays, updates and recursion is compiled, with the
 * values, faults and steps of tier 0.
 * It must not know how code is made.
 */

import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import "./everything.ts"
import { compare } from "./differential.ts"
import { number, programs, words } from "./nested-programs.ts"

beforeAll(() => {
  checks.verify = true
})

describe("words of modes are compiled", () => {
  test.each(programs)("%s", (_name, text) => {
    const { disagreements, notes, calls, compiled } = compare(text)!
    expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
  })
})

test.each([
  "[x - 0.7, 2 * (x - 0.7)]",
  "[x / 0, 1]",
  "[0 * x / 0, 1]",
  "[-0 * x, 0]",
  "[1e200 * x, x]",
  "[1e-200 * x, 0]",
])("the norm of %s", (numbers) => {
  const asked = "fn exact1(x) = f(x)\nfn exact2(x) = jvp(f, x, along)\nfn rough(x) = value_and_grad(f)(x)\n"
  const { disagreements, notes } = compare(
    `${number}fn f(x) = norm(${numbers}) + x\n${asked}${numbers.includes("e") ? "" : words}`,
  )!
  // The second derivative of what is nearly straight is what rounding leaves.
  expect([disagreements.filter(({ name }) => !/rough[12]/.test(name)), notes]).toEqual([[], []])
})

test("derivatives of functions that operators made before", () => {
  const text = `let inputs = 0.7
fn f(x) = sin(x) * x
let g = grad(f)
let h = diff(f)
let c = checkpoint(f)
fn rough0(x) = value_and_grad(g)(x)
fn rough1(x) = grad(c)(x)
fn rough2(x) = jvp(g, x, 1)
fn exact(x) = jvp(h, x, 1)`
  const { disagreements, notes, calls, compiled } = compare(text)!
  expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
})
