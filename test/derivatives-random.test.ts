/**
 * Random programs: forward mode against reverse mode against finite differences, along one direction.
 * The program's `line(t)` is its value at the inputs moved by t along the direction. Where the line has a kink or is too curved for the step, finite
 * differences say nothing; few programs are like that. A failure shows its seed and the smallest program it was shrunk to.
 */

import { expect, test } from "vitest"
import { createEngine } from "../engine/index.ts"
import { AdlError } from "../engine/index.ts"
import type { Tuple, Value } from "../interpreter/values/values.ts"
import { randomProgram } from "./differential-generator.ts"
import { shrink } from "./shrink.ts"

interface Slopes {
  readonly forward: number
  readonly reverse: number
  /** Null where differences are not to be trusted. */
  readonly difference: number | null
}

/** The slope along the line in three ways; null where the program has no value there, or no finite slope. */
function slopesOf(text: string): Slopes | null {
  const engine = createEngine({ tier: 0, limits: { steps: 300_000 } })
  try {
    const module = engine.load(text, { name: "random.adl" })
    const at = (name: string, args: readonly Value[]): number => {
      const f = module.value(name).value
      return engine.enter(() => engine.runtime.call(f, args)) as number
    }
    const inputs = module.value("inputs").value
    const { code } = module.value("pushed").value as unknown as { code: { code: { params: readonly unknown[] } } }
    const args = code.code.params.length === 1 ? [inputs] : (inputs as Tuple).values
    const forward = at("pushed", args)
    const reverse = at("pulled", args)
    if (!Number.isFinite(forward) || !Number.isFinite(reverse)) return null
    return { forward, reverse, difference: differenceAt((t) => at("line", [t])) }
  } catch (error) {
    if (error instanceof AdlError) return null
    throw error
  }
}

/** The slope at 0 by central differences; null where steps of different length or side disagree. */
function differenceAt(line: (t: number) => number): number | null {
  const h = 1e-4
  const [far, near, here, behind, back] = [h, h / 2, 0, -h / 2, -h].map(line) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const wide = (far - back) / (2 * h)
  const narrow = (near - behind) / h
  const scale = 1 + Math.abs(narrow)
  const sides = Math.abs((far - here) / h - (here - back) / h)
  return Math.abs(wide - narrow) <= 1e-6 * scale && sides <= 1e-2 * scale ? (4 * narrow - wide) / 3 : null
}

/** What is wrong with a program; null where nothing is. */
function failureOf(text: string, counts?: { conclusive: number }): string | null {
  const slopes = slopesOf(text)
  if (slopes === null) return null
  const { forward, reverse, difference } = slopes
  const scale = 1 + Math.abs(forward)
  if (!(Math.abs(forward - reverse) <= 1e-9 * scale)) return `forward ${String(forward)}, reverse ${String(reverse)}`
  if (difference === null) return null
  if (counts !== undefined) counts.conclusive++
  if (!(Math.abs(forward - difference) <= 1e-5 * scale))
    return `forward ${String(forward)}, by differences ${String(difference)}`
  return null
}

const programs = 400

test("forward mode, reverse mode and finite differences agree on random programs", () => {
  const counts = { conclusive: 0 }
  for (let seed = 0; seed < programs; seed++) {
    const text = randomProgram(seed, true)
    const failure = failureOf(text, counts)
    if (failure === null) continue
    const kind = (words: string | null): string | null => words && words.replace(/-?[\d.]+(e-?\d+)?/g, "#")
    const smallest = shrink(text, (smaller) => kind(failureOf(smaller)) === kind(failure))
    expect.fail(`seed ${String(seed)}: ${failure}\n\n${smallest}\n${failureOf(smallest) ?? ""}`)
  }
  expect(counts.conclusive).toBeGreaterThan(0.8 * programs)
})
