/**
 * Calls put back into the expressions they were taken out of.
 * Core fills a temporary with every call before the expression that reads it, for the machine's sake; closures nest calls as they please, which spares the
 * slot its writing and reading. It must not know nodes.
 */

import type { Core, SetCore } from "../../lang/core.ts"
import { visitCore } from "./scan.ts"

/** How often each slot of a body is read. */
export function readsOf(body: Core): ReadonlyMap<number, number> {
  const reads = new Map<number, number>()
  visitCore(body, (core) => {
    if (core.kind === "local") reads.set(core.slot, (reads.get(core.slot) ?? 0) + 1)
    return true
  })
  return reads
}

/** The statements with every call that only the operator behind it reads as the operand itself; `spare` is told the slots that this leaves unused. */
export function withCallsInPlace(
  items: readonly Core[],
  reads: ReadonlyMap<number, number>,
  spare: (slot: number) => void,
): readonly Core[] {
  const out: Core[] = []
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!
    const next = out.at(-1)
    if (next !== undefined && item.kind === "set" && item.value.kind === "call" && reads.get(item.slot) === 1) {
      const joined = inPlace(item, next)
      if (joined !== null) {
        spare(item.slot)
        out[out.length - 1] = joined
        continue
      }
    }
    out.push(item)
  }
  return out.reverse()
}

/** `next` with the value of `set` in place of its slot, if nothing that is evaluated before it could tell the difference. */
function inPlace({ slot, value }: SetCore, next: Core): Core | null {
  if (next.kind !== "operate" || next.args.length !== 2) return null
  const [left, right] = next.args as [Core, Core]
  if (left.kind === "local" && left.slot === slot) return { ...next, args: [value, right] }
  const isStable = left.kind === "local" || left.kind === "const"
  return isStable && right.kind === "local" && right.slot === slot ? { ...next, args: [left, value] } : null
}
