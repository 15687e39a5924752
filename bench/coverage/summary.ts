/**
 * How much of a run was compiled, what kept the rest in tier 0, and how long compiling took: the numbers of a profile that add up over programs.
 * It must not know where profiles come from.
 */

import type { Row } from "../../compiler/profile.ts"

export interface Summary {
  compiled: number
  interpreted: number
  /** Steps by reason. */
  readonly reasons: Record<string, number>
  /** The longest compilation, in milliseconds. */
  longest: { readonly name: string; readonly ms: number }
}

export function nothing(): Summary {
  return { compiled: 0, interpreted: 0, reasons: {}, longest: { name: "", ms: 0 } }
}

export function summaryOf(rows: readonly Row[]): Summary {
  const out = nothing()
  for (const row of rows) {
    out.compiled += row.compiledSteps
    out.interpreted += row.interpretedSteps
    if (row.compiling > out.longest.ms) out.longest = { name: row.name, ms: row.compiling }
    for (const { reason, steps } of row.reasons.values()) out.reasons[reason] = (out.reasons[reason] ?? 0) + steps
  }
  return out
}

export function add(into: Summary, more: Summary): void {
  into.compiled += more.compiled
  into.interpreted += more.interpreted
  if (more.longest.ms > into.longest.ms) into.longest = more.longest
  for (const [reason, steps] of Object.entries(more.reasons)) into.reasons[reason] = (into.reasons[reason] ?? 0) + steps
}
