/**
 * Runs a piece of ADL and gives its last value as plain JavaScript. The one place where the cases meet the
 * engine; the environment variable ADL_TIER makes all of them run in one tier. It must not know any case.
 */
import { randomUUID } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, expect } from "vitest"
import { summaryOf } from "../../bench/coverage/summary.ts"
import { createEngine, type EngineOptions } from "../../engine/index.ts"

const tiers: Readonly<Record<string, EngineOptions["tier"]>> = { "0": 0, "1": 1, "2": 2 }
const notes: string[] = []
const engine = createEngine({
  tier: tiers[process.env["ADL_TIER"] ?? ""] ?? "auto",
  note: (text) => notes.push(text),
})
await engine.ready

// An error of the compiler is no error of a program, but of the project.
afterEach(() => {
  expect(notes.splice(0)).toEqual([])
})

// With ADL_COVERAGE, what was interpreted and why is written into that folder, a file for each file of tests.
const coverage = process.env["ADL_COVERAGE"]
if (coverage !== undefined) {
  const profiler = await engine.profile()
  afterAll(() => {
    writeFileSync(join(coverage, `${randomUUID()}.json`), JSON.stringify(summaryOf(profiler.rows())))
  })
}

/** The last value of a program: numbers, strings, booleans, nested arrays, plain objects. */
export function evaluate(source: string): unknown {
  return plain(engine.evaluate(source).toJS())
}

/** Typed arrays and `{ shape, data }` become nested arrays, in values of any depth. */
export function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as unknown as Iterable<number>)]
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== "object") return value
  const { shape, data } = value as { shape?: unknown; data?: unknown }
  if (shape !== undefined && data !== undefined)
    return nested([...(shape as Iterable<number>)], [...(data as Iterable<number>)])
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}

function nested(shape: number[], data: unknown[]): unknown {
  if (shape.length === 0) return data[0]
  const [length = 0, ...inner] = shape
  const size = data.length / Math.max(length, 1)
  return Array.from({ length }, (_, i) => nested(inner, data.slice(i * size, (i + 1) * size)))
}
