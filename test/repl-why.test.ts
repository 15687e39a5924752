/** `:why`: every zero and every nan is answered with the operation, branch or convention that made it, and the place where it stands. */

import { describe, expect, it } from "vitest"
import { createEngine } from "../engine/index.ts"
import { position } from "../lang/report/span.ts"
import { Workspace, type Plots } from "../repl/workspace/workspace.ts"
import type { Event } from "../repl/workspace/protocol.ts"

const window = { columns: 100, rows: 40, colour: false, images: null }
const plots: Plots = { text: () => null, file: () => "" }

interface Answer {
  readonly title: string
  readonly reasons: readonly { readonly text: string; readonly at: string | null; readonly line: number | null }[]
}

/** What `:why` answers after a program. */
function ask(program: string, question: string): Answer[] {
  const events: Event[] = []
  const workspace = new Workspace(createEngine(), [], plots, (event) => events.push(event))
  workspace.handle({ kind: "run", input: { text: program, name: "<program>" }, window })
  expect(events.filter(({ kind }) => kind === "error")).toEqual([])
  events.length = 0
  workspace.handle({ kind: "command", name: "why", argument: question, window })
  return events.flatMap((event) =>
    event.kind !== "reason"
      ? []
      : [
          {
            title: event.title,
            reasons: event.reasons.map(({ message, span }) => ({
              text: message,
              at: span === null ? null : span.source.text.slice(span.start, span.end),
              line: span === null ? null : position(span.source, span.start).line,
            })),
          },
        ],
  )
}

interface Case {
  readonly name: string
  readonly program: string
  readonly question: string
  readonly title: string
  readonly text: string
  readonly at: string
  readonly line: number
}

const cases: readonly Case[] = [
  {
    name: "rounding",
    program: "fn f(x) {\n  let n = round(x)\n  n * 2\n}",
    question: "grad(f)(1.3)",
    title: "with respect to x is 0",
    text: "`round` is constant between its jumps",
    at: "round(x)",
    line: 2,
  },
  {
    name: "a branch taken by equality",
    program: "fn f(x) =\n  if x == 1 { 1 } else { x^2 }",
    question: "f'(1)",
    title: "is 0",
    text: "the branch was chosen by 1 == 1 (true)",
    at: "x == 1",
    line: 2,
  },
  {
    name: "a branch taken by order",
    program: "fn f(x) {\n  if x < 0 { return 0 }\n  x\n}",
    question: "f'(-2)",
    title: "is 0",
    text: "the branch was chosen by -2 < 0 (true)",
    at: "x < 0",
    line: 2,
  },
  {
    name: "the other argument of max",
    program: "fn f(x, y) {\n  let m = max(x, y)\n  3 * m\n}",
    question: "grad(f)(1, 2)",
    title: "with respect to x is 0",
    text: "`max` took the other argument: of 1 and 2 the greater",
    at: "max(x, y)",
    line: 2,
  },
  {
    name: "relu below 0",
    program: "fn f(x) =\n  relu(x - 3)",
    question: "f'(1)",
    title: "is 0",
    text: "`relu` is constant below 0, and its argument is -2",
    at: "relu(x - 3)",
    line: 2,
  },
  {
    name: "the kink of abs",
    program: "fn f(x) = 2 *\n  abs(x)",
    question: "f'(0)",
    title: "is 0",
    text: "`abs` has a kink at 0, where its derivative is 0 by convention",
    at: "abs(x)",
    line: 2,
  },
  {
    name: "the kink of norm",
    program: "fn f(v) =\n  norm(v)",
    question: "grad(f)(zeros(3))",
    title: "with respect to v is 0",
    text: "`norm` has no derivative at 0, where it is 0 by convention",
    at: "norm(v)",
    line: 2,
  },
  {
    name: "a flow that was cut",
    program: "fn f(x) {\n  let c = stop_gradient(x)\n  c * 3\n}",
    question: "f'(2)",
    title: "is 0",
    text: "`stop_gradient` lets no derivative through",
    at: "stop_gradient(x)",
    line: 2,
  },
  {
    name: "the arm that where did not take",
    program: "fn f(x) =\n  where(x > 0, sqrt(x), 0)",
    question: "f'(0)",
    title: "is 0",
    text: "`where` took the other arm (its condition is false)",
    at: "where(x > 0, sqrt(x), 0)",
    line: 2,
  },
  {
    name: "an index",
    program: "fn f(x) =\n  [10, 20, 30][x]",
    question: "f'(1)",
    title: "is 0",
    text: "it is used as an index",
    at: "[10, 20, 30][x]",
    line: 2,
  },
  {
    name: "uses that cancel",
    program: "fn f(x) {\n  let y = 3 * x\n  y - 3 * x\n}",
    question: "f'(2)",
    title: "is 0",
    text: "the contributions of its uses cancel",
    at: "3 * x",
    line: 3,
  },
  {
    name: "a factor of 0",
    program: "fn f(x, y) =\n  x * y",
    question: "grad(f)(0, 3)",
    title: "with respect to y is 0",
    text: "the other factor of `*` is 0",
    at: "x * y",
    line: 2,
  },
  {
    name: "a stationary point",
    program: "fn f(x) =\n  cos(x)",
    question: "f'(0)",
    title: "is 0",
    text: "the derivative of `cos` is 0 at 0",
    at: "cos(x)",
    line: 2,
  },
  {
    name: "a slope too small for a number",
    program: "fn f(x) =\n  exp(x)",
    question: "f'(-1000)",
    title: "is 0",
    text: "the derivative of `exp` is 0 at -1000, or too small for a number to hold",
    at: "exp(x)",
    line: 2,
  },
  {
    name: "a computed 0 against an infinite slope",
    program: "fn f(x) {\n  let r2 = x * x\n  sqrt(r2)\n}",
    question: "f'(0)",
    title: "is nan",
    text: "what comes back to it is inf: 0 · inf is nan",
    at: "x * x",
    line: 2,
  },
  {
    name: "an infinite slope against a computed 0",
    program: "fn f(x) {\n  let r = sqrt(x)\n  r^2\n}",
    question: "f'(0)",
    title: "is nan",
    text: "the derivative of `sqrt(0)` is inf, and what comes back to it is a computed 0: inf · 0 is nan",
    at: "sqrt(x)",
    line: 2,
  },
  {
    name: "a value that is nan already",
    program: "fn f(x) {\n  let a = x - 2\n  ln(a) + 1\n}",
    question: "grad(f)(1)",
    title: "is nan",
    text: "`ln(-1)` is nan",
    at: "ln(a)",
    line: 3,
  },
  {
    name: "0 / 0",
    program: "fn f(x) =\n  sin(x) / x",
    question: "f'(0)",
    title: "is nan",
    text: "`0 / 0` is nan",
    at: "sin(x) / x",
    line: 2,
  },
  {
    name: "in a function that is called",
    program: "fn g(x) =\n  floor(x)\nfn f(x) = g(x) + 1",
    question: "f'(1.5)",
    title: "is 0",
    text: "`floor` is constant between the integers",
    at: "floor(x)",
    line: 2,
  },
  {
    name: "a field of a record",
    program: "fn loss(p) =\n  p.w * p.b",
    question: "grad(loss)({ w: 2, b: 0 })",
    title: "with respect to p.w is 0",
    text: "the other factor of `*` is 0",
    at: "p.w * p.b",
    line: 2,
  },
]

describe(":why", () => {
  it.each(cases)("$name", ({ program, question, title, text, at, line }) => {
    const answer = ask(program, question).find((candidate) => candidate.title.includes(title))
    expect(answer?.reasons[0]).toMatchObject({ at, line })
    expect(answer?.reasons[0]?.text).toContain(text)
  })

  it("says what was not used", () => {
    const [, second] = ask("fn f(x, y) = x * 2", "grad(f)(1, 1)")
    expect(second?.title).toBe("the derivative with respect to y is 0")
    expect(second?.reasons).toEqual([
      {
        text: "the result does not depend on it: it was not used, or only where no derivative passes",
        at: null,
        line: null,
      },
    ])
  })

  it("tells what any other derivative is the sum of", () => {
    const [answer] = ask("fn f(x) =\n  x^2 + 3 * x", "f'(2)")
    expect(answer?.title).toContain("is 7: neither zero nor nan")
    expect(answer?.reasons.map(({ text, at }) => [text, at])).toEqual([
      ["4 from this use", "x^2"],
      ["3 from this use", "3 * x"],
    ])
  })

  it("looks through every way to write a derivative", () => {
    const program = "fn f(x) = round(x)"
    const questions = [
      "f(1.2)",
      "f'(1.2)",
      "grad(f)(1.2)",
      "jvp(f, 1.2, 1)",
      "vjp(f, 1.2)",
      "value_and_grad(f)(1.2)[1]",
    ]
    for (const question of questions) expect(ask(program, question)[0]?.reasons[0]?.at).toBe("round(x)")
  })

  it("follows elements of an array", () => {
    const [answer] = ask("fn f(xs) = xs[0] * 2", "grad(f)([1, 2])")
    expect(answer?.title).toBe("the derivative with respect to xs[1] is 0")
    expect(answer?.reasons[0]?.text).toBe("this reads other elements")
  })
})
