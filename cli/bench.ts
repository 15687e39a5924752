/**
 * `adl bench`: times the bench blocks of a file.
 * The first part of a block is its yardstick: the others are shown with their ratio to it, taken in turns so that a busy machine slows all alike.
 * It must not know how programs run.
 */

import { AdlError } from "../engine/error.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { reporting, writeLine } from "./report.ts"
import { readProgram } from "./text.ts"

/** Median times of runs in milliseconds, taken in turns, of at least `least` turns over at least a fifth of a second each. */
function medians(runs: readonly (() => void)[], least = 5): number[] {
  for (const run of runs) run()
  const times = runs.map((): number[] => [])
  const end = performance.now() + 200 * runs.length
  for (let turn = 0; turn < least || (performance.now() < end && turn < 2000); turn++) {
    for (const [i, run] of runs.entries()) {
      const start = performance.now()
      run()
      times[i]!.push(performance.now() - start)
    }
  }
  return times.map((each) => each.sort((x, y) => x - y)[each.length >> 1]!)
}

function shown(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toPrecision(3)} s`
  return ms >= 1 ? `${ms.toPrecision(3)} ms` : `${(ms * 1000).toPrecision(3)} µs`
}

export function bench(invocation: Invocation): number {
  const [path] = invocation.positionals
  const json = invocation.flags["json"] === true
  if (path === undefined) throw new UsageError("bench needs a file", "bench")
  return reporting(json, () => {
    const engine = hostEngine(invocation, { print: () => undefined })
    const { name, text } = readProgram(path)
    const blocks = engine.benches(text, name)
    if (blocks.length === 0 && !json) writeLine(`${path} has no \`bench "name" { … }\` blocks`)
    let status = 0
    for (const block of blocks) {
      try {
        const times = medians(block.parts.map(({ run }) => run))
        const named = block.parts.map(({ label }, i) => ({ label, ms: times[i]! }))
        if (json) {
          const fields = named.map(({ label, ms }) => [`${label}_ms`, ms] as const)
          writeLine(JSON.stringify({ bench: block.title, ...Object.fromEntries(fields) }))
        } else {
          const texts = named.map(
            ({ label, ms }, i) => `${label} ${shown(ms)}${i === 0 ? "" : ` (${(ms / times[0]!).toPrecision(3)})`}`,
          )
          writeLine(`${block.title}: ${texts.join("   ")}`)
        }
      } catch (error) {
        if (!(error instanceof AdlError)) throw error
        status = 1
        writeLine(`${block.title}: ${error.message}`)
      }
    }
    return status
  })
}
