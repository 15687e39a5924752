/**
 * The name of a captured value that is being differentiated.
 * Where a function goes somewhere that derivatives cannot follow, what it has captured would be a constant there: that is said instead. It must not know where
 * the function goes.
 */

import { isActive } from "../autodiff/num.ts"
import { leavesOf } from "../values/structure.ts"
import { Closure, type Value } from "../values/values.ts"

/** The name of a captured value that is being differentiated, or null. */
export function activeCapture(f: Value): string | null {
  const seen = new Set<Value>()
  const pending: { value: Value; name: string }[] = [{ value: f, name: "" }]
  while (pending.length > 0) {
    const { value, name } = pending.pop()!
    for (const leaf of leavesOf(value)) {
      if (isActive(leaf)) return name
      if (!(leaf instanceof Closure) || seen.has(leaf)) continue
      seen.add(leaf)
      leaf.captures.forEach((captured, i) => {
        if (captured !== undefined) pending.push({ value: captured, name: leaf.code.code.captureNames[i] ?? "a value" })
      })
    }
  }
  return null
}
