/**
 * Functions of a whole row that SIR keeps as one operation, with the bits of tier 0.
 * Each is what the declaration of its primitive does to a run. It must not know how they are differentiated.
 */

import { normRun } from "../interpreter/primitives/norms.ts"
import { sumRun } from "../interpreter/primitives/rows.ts"
import { argmaxRun, logsumexpRun } from "../interpreter/primitives/softmax.ts"
import type { RowOp } from "./sir.ts"

export const sumRow: RowOp = { name: "sum", run: sumRun }
export const logsumexpRow: RowOp = { name: "logsumexp", run: logsumexpRun }
export const normRow: RowOp = { name: "norm", run: normRun }
/** The 2-norm of numbers. */
export function normOf(...xs: number[]): number {
  return normRun(Float64Array.from(xs), 0, xs.length)
}
/** Where the greatest element is: no derivative. */
export const placeRow: RowOp = { name: "argmax", run: argmaxRun }
/** 0 where all elements are finite numbers, and something else where not. */
export const straysRow: RowOp = {
  name: "count_strays",
  run: (data, from, n) => {
    // Finite numbers times 0 add up to 0, in four sums at once; anything else is looked at one by one.
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let i = from
    for (const end = from + n - 3; i < end; i += 4) {
      a += data[i]! * 0
      b += data[i + 1]! * 0
      c += data[i + 2]! * 0
      d += data[i + 3]! * 0
    }
    for (; i < from + n; i++) a += data[i]! * 0
    if (a + b + c + d === 0) return 0
    let count = 0
    for (let i = from; i < from + n; i++) if (!Number.isFinite(data[i]!)) count++
    return count
  },
}
