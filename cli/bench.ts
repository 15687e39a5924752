/**
 * `adl bench`: times the bench blocks of a file.
 * A block's value is timed; where it is a function of no required arguments, its gradient has no meaning, so a block that evaluates to a pair
 * `(f, x)` is timed as the value f(x), its gradient, and their ratio. It must not know how programs run.
 */

import { AdlError } from "../engine/error.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { reporting, writeLine } from "./report.ts"
import { readProgram } from "./run.ts"

/** Median time of a run in milliseconds, of at least `least` runs over at least a fifth of a second. */
function median(run: () => void, least = 5): number {
  run()
  const times: number[] = []
  const end = performance.now() + 200
  while (times.length < least || (performance.now() < end && times.length < 2000)) {
    const start = performance.now()
    run()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return times[times.length >> 1]!
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
        const value = median(block.value)
        const gradient = block.gradient === null ? null : median(block.gradient)
        if (json) writeLine(JSON.stringify({ bench: block.title, value_ms: value, gradient_ms: gradient }))
        else {
          const more =
            gradient === null ? "" : `   gradient ${shown(gradient)}   ratio ${(gradient / value).toFixed(2)}`
          writeLine(`${block.title}: value ${shown(value)}${more}`)
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
