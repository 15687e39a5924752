/**
 * `adl bench`: times the bench blocks of a file.
 * The first part of a block is its yardstick: the others are shown with their ratio to it, taken in turns so that a busy machine slows all alike.
 * Below it stands what ran in which tier. It must not know how programs run.
 */

import { AdlError } from "../engine/error.ts"
import { duration } from "../repl/duration.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { entryOf, showRows } from "./profile.ts"
import { writeLine } from "./output.ts"
import { reporting } from "./report.ts"
import { readProgram } from "./text.ts"
import { benchesOf } from "../engine/blocks.ts"

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

export async function bench(invocation: Invocation): Promise<number> {
  const [path] = invocation.positionals
  const json = invocation.flags["json"] === true
  if (path === undefined) throw new UsageError("bench needs a file", "bench")
  const engine = hostEngine(invocation, { print: () => undefined })
  await engine.ready
  // Taking a profile takes time: it is done in an engine of its own.
  const observed = hostEngine(invocation, { print: () => undefined })
  const profiler = await observed.profile()
  return reporting(json, () => {
    const { name, text } = readProgram(path)
    const blocks = benchesOf(engine, text, name)
    const twins = benchesOf(observed, text, name)
    if (blocks.length === 0 && !json) writeLine(`${path} has no \`bench "name" { … }\` blocks`)
    let status = 0
    for (const [k, block] of blocks.entries()) {
      try {
        profiler.clear()
        for (const { run } of twins[k]!.parts) run()
        const rows = profiler.rows()
        const times = medians(block.parts.map(({ run }) => run))
        const named = block.parts.map(({ label }, i) => ({ label, ms: times[i]! }))
        if (json) {
          const fields = named.map(({ label, ms }) => [`${label}_ms`, ms] as const)
          writeLine(JSON.stringify({ bench: block.title, ...Object.fromEntries(fields), functions: rows.map(entryOf) }))
        } else {
          const texts = named.map(
            ({ label, ms }, i) => `${label} ${duration(ms)}${i === 0 ? "" : ` (${(ms / times[0]!).toPrecision(3)})`}`,
          )
          writeLine(`${block.title}: ${texts.join("   ")}`)
          showRows(rows, name, "  ")
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
