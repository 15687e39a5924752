/**
 * `adl profile`: where a run spends its time, and in which tier.
 * One line a function or derivative, the one that takes most time of its own first. It must not know how times are taken.
 */

import type { Row } from "../compiler/profile.ts"
import { position } from "../lang/report/span.ts"
import { duration } from "../repl/duration.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { writeLine } from "./output.ts"
import { reporting } from "./report.ts"
import { readProgram } from "./text.ts"
import { placeOf } from "./tiers.ts"

export async function profile(invocation: Invocation): Promise<number> {
  const [path] = invocation.positionals
  const json = invocation.flags["json"] === true
  if (path === undefined) throw new UsageError("profile needs a file", "profile")
  const engine = hostEngine(invocation, { print: () => undefined })
  const profiler = await engine.profile()
  return reporting(json, () => {
    const { name, text } = readProgram(path)
    engine.run(text, { name })
    const rows = profiler.rows()
    if (json) for (const row of rows) writeLine(JSON.stringify(entryOf(row)))
    else showRows(rows, name)
    return 0
  })
}

const title = {
  name: "function",
  tier: "tier",
  calls: "calls",
  own: "own time",
  total: "total",
  saved: "saved",
  ratio: "ratio",
}
const columns = ["name", "tier", "calls", "own", "total", "saved", "ratio"] as const

/** Prints rows as a table, with the reasons for what was interpreted below it. */
export function showRows(rows: readonly Row[], file: string, indent = ""): void {
  const cells = rows.map((row) => ({
    name: row.name,
    tier: tierOf(row),
    calls: String(row.calls),
    own: duration(row.own),
    total: duration(row.total),
    saved: row.saved === 0 ? "" : bytes(row.saved),
    ratio: row.ratio === null ? "" : row.ratio.toFixed(1),
  }))
  const width = (column: (typeof columns)[number]): number =>
    Math.max(title[column].length, ...cells.map((cell) => cell[column].length))
  const line = (cell: Readonly<Record<(typeof columns)[number], string>>): string =>
    columns
      .map((column, k) => (k < 2 ? cell[column].padEnd(width(column)) : cell[column].padStart(width(column))))
      .join("  ")
      .trimEnd()
  for (const cell of [title, ...cells]) writeLine(indent + line(cell))
  const compiled = rows.reduce((sum, row) => sum + row.compiledSteps, 0)
  const all = rows.reduce((sum, row) => sum + row.compiledSteps + row.interpretedSteps, 0)
  writeLine(`${indent}${all === 0 ? "0" : ((100 * compiled) / all).toFixed(1)} % of ${String(all)} steps ran compiled`)
  const reasons = rows
    .flatMap((row) => [...row.reasons.values()].map((reason) => ({ row, ...reason })))
    .filter(({ steps }) => steps > 0)
    .sort((a, b) => b.steps - a.steps)
  for (const { row, reason, span, steps } of reasons) {
    const where = span === null ? "" : ` (${placeOf(span, file)})`
    writeLine(`${indent}${String(steps)} steps of ${row.name} interpreted: ${reason}${where}`)
  }
}

function tierOf(row: Row): string {
  if (row.compiledSteps > 0 && row.interpretedSteps > 0) return "both"
  return row.compiledCalls > 0 || row.compiledSteps > 0 ? "compiled" : "interpreted"
}

/** A row as the `--json` of a command gives it. */
export function entryOf(row: Row): object {
  const { name, calls, compiledCalls, own, total, compiling, saved, ratio, compiledSteps, interpretedSteps } = row
  const reasons = [...row.reasons.values()].map(({ reason, span, steps, calls }) => {
    const at = span === null ? null : position(span.source, span.start)
    return { reason, line: at?.line ?? null, column: at?.column ?? null, steps, calls }
  })
  return {
    function: name,
    tier: tierOf(row),
    calls,
    compiled_calls: compiledCalls,
    own_ms: own,
    total_ms: total,
    compile_ms: compiling,
    saved_bytes: saved,
    ratio,
    compiled_steps: compiledSteps,
    interpreted_steps: interpretedSteps,
    reasons,
  }
}

function bytes(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toPrecision(3)} MB`
  return n >= 1000 ? `${(n / 1000).toPrecision(3)} kB` : `${String(n)} B`
}
