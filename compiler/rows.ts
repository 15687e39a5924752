/**
 * Functions of a whole row that SIR keeps as one operation, with the bits of tier 0.
 * Each runs the declaration of its primitive. It must not know how they are differentiated.
 */

import { Tensor } from "../interpreter/arrays/tensor.ts"
import type { NaryPrimitive } from "../interpreter/autodiff/declare.ts"
import { logsumexpRows, maxRows } from "../interpreter/primitives/reductions.ts"
import { sumRun } from "../interpreter/primitives/rows.ts"
import type { RowOp } from "./sir.ts"

function declared(name: string, p: NaryPrimitive): RowOp {
  return {
    name,
    run: (data, from, n) => {
      const row = n === data.length ? data : data.subarray(from, from + n)
      return p.eval([new Tensor([n], row)], undefined as never) as number
    },
  }
}

export const sumRow: RowOp = { name: "sum", run: sumRun }
export const logsumexpRow: RowOp = declared("logsumexp", logsumexpRows.primitive)
/** The greatest element as a scale, without derivative. */
export const topRow: RowOp = declared("top", maxRows.primitive)
/** How many elements are nan. */
export const nanRow: RowOp = {
  name: "count_nan",
  run: (data, from, n) => {
    let count = 0
    for (let i = from; i < from + n; i++) if (Number.isNaN(data[i]!)) count++
    return count
  },
}
