/**
 * Functions of a whole row that SIR keeps as one operation, with the bits of tier 0.
 * Each runs the declaration of its primitive. It must not know how they are differentiated.
 */

import { Tensor } from "../interpreter/arrays/tensor.ts"
import type { NaryPrimitive } from "../interpreter/autodiff/declare.ts"
import { maxRows } from "../interpreter/primitives/reductions.ts"
import { logsumexpRows } from "../interpreter/primitives/softmax.ts"
import { normRows } from "../interpreter/primitives/norms.ts"
import { sumRun } from "../interpreter/primitives/rows.ts"
import type { RowOp } from "./sir.ts"

/** The longest buffer that is remembered as an array. */
const mostRemembered = 1024

function declared(name: string, p: NaryPrimitive): RowOp {
  // A buffer that is used again, turn after turn, is the same array.
  let last = new Tensor([0], new Float64Array(0))
  return {
    name,
    run: (data, from, n) => {
      let array = last
      if (n !== data.length) array = new Tensor([n], data.subarray(from, from + n))
      else if (array.data !== data) {
        array = new Tensor([n], data)
        if (n <= mostRemembered) last = array
      }
      return p.eval([array], undefined as never) as number
    },
  }
}

export const sumRow: RowOp = { name: "sum", run: sumRun }
export const logsumexpRow: RowOp = declared("logsumexp", logsumexpRows.primitive)
export const normRow: RowOp = declared("norm", normRows.primitive)
/** The 2-norm of numbers. */
export function normOf(...xs: number[]): number {
  return normRows.primitive.eval([new Tensor([xs.length], Float64Array.from(xs))], undefined as never) as number
}
/** The greatest element as a scale, without derivative. */
export const topRow: RowOp = declared("top", maxRows.primitive)
/** How many elements are no finite numbers. */
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
