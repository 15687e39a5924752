/**
 * How much of a run was compiled, and what kept the rest in tier 0: the numbers of a profile that add up over programs.
 * It must not know where profiles come from.
 */

import type { Row } from "../../compiler/profile.ts"

export interface Summary {
  compiled: number
  interpreted: number
  /** Steps by reason. */
  readonly reasons: Record<string, number>
}

export function summaryOf(rows: readonly Row[]): Summary {
  const out: Summary = { compiled: 0, interpreted: 0, reasons: {} }
  for (const row of rows) {
    out.compiled += row.compiledSteps
    out.interpreted += row.interpretedSteps
    for (const { reason, steps } of row.reasons.values()) out.reasons[reason] = (out.reasons[reason] ?? 0) + steps
  }
  return out
}

export function add(into: Summary, more: Summary): void {
  into.compiled += more.compiled
  into.interpreted += more.interpreted
  for (const [reason, steps] of Object.entries(more.reasons)) into.reasons[reason] = (into.reasons[reason] ?? 0) + steps
}
