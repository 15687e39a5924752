/**
 * Examples in documentation comments: `> expression` with its value on the next line.
 * nan equals nan, and a number that ends in `...` agrees to the digits written. It must not know test blocks.
 */

import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { raise } from "../lang/report/fault.ts"
import type { Source, Span } from "../lang/report/span.ts"
import { show } from "../interpreter/values/show.ts"
import type { Value } from "../interpreter/values/values.ts"
import type { Loader, SessionScope } from "./loader.ts"

export interface Example {
  readonly expression: string
  readonly expected: string
  readonly span: Span
}

/** The examples of a text, in order. */
export function examplesOf(source: Source): Example[] {
  const examples: Example[] = []
  const lines = source.text.split("\n")
  let at = 0
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    const found = /^\s*\/\/\/ ?> (.*)$/.exec(line)
    if (found !== null) {
      const next = /^\s*\/\/\/ ?(.*)$/.exec(lines[i + 1] ?? "")
      const start = at + line.indexOf("> ") + 2
      examples.push({
        expression: found[1]!.trim(),
        expected: (next?.[1] ?? "").trim(),
        span: { source, start, end: at + line.length },
      })
    }
    at += line.length + 1
  }
  return examples
}

/** Does a shown value agree with what an example says? Both are compared piece by piece: numbers by value, all else by text. */
export function agrees(actual: string, expected: string): boolean {
  const pieces = (text: string): string[] =>
    text.replace(/\s+/g, " ").match(/-?(?:\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?(?:\.\.\.)?)|\S/gi) ?? []
  const a = pieces(actual)
  const b = pieces(expected)
  if (a.length !== b.length) return false
  return a.every((piece, i) => {
    const want = b[i]!
    if (piece === want) return true
    if (want.endsWith("...")) return closeTo(Number(piece), want.slice(0, -3))
    const x = Number(piece)
    return /\d/.test(want) && x === Number(want)
  })
}

/** Is x the number whose first digits are written? */
function closeTo(x: number, digits: string): boolean {
  const [mantissa, exponent] = digits.toLowerCase().split("e")
  const places = mantissa!.includes(".") ? mantissa!.length - mantissa!.indexOf(".") - 1 : 0
  const unit = 10 ** (Number(exponent ?? 0) - places)
  return Math.abs(x - Number(digits)) <= unit * 1.000001
}

/** Evaluates an example in the scope of its module; a value that differs is a fault. */
export function checkExample(loader: Loader, scope: SessionScope, example: Example): void {
  const module = loader.prepare({ name: example.span.source.name, text: example.expression }, scope, true)
  let last: Value = null
  loader.run(module, (value) => {
    last = value
  })
  const actual = show(last)
  if (!agrees(actual, example.expected)) raise(apartFaults.exampleDiffers(example.expected, actual), example.span)
}
