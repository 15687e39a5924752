/**
 * Maps of rows to rows of the same length, along any axis.
 * Each is written for the last axis, and a row of a change is there where any of its elements is. It must not know what is done with a row.
 */

import { zeroed } from "../arrays/fresh.ts"
import { sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { LinearRule } from "../autodiff/declare.ts"
import { shapeOf, type Num } from "../autodiff/num.ts"
import { region } from "../autodiff/structure.ts"
import { axesBack, axesLast, expand, lastOf, reaching, sumRows } from "./rows.ts"

/** A rule whose maps mix the elements of each row, and of nothing else: a row that is absent stays so. */
export function rowRule(rule: LinearRule): LinearRule {
  const whole = (present: Num): Num => expand(sumRows([present], undefined), lastOf(shapeOf(present)))
  return {
    ...rule,
    pushMasked: (dx, args, out, options) => reaching(dx, (x) => rule.push(x, args, out, options) as Num, whole),
    pullMasked: (ct, args, out, options) => reaching(ct, (x) => rule.pull(x, args, out, options) as Num, whole),
  }
}

/** Every row replaced: `f` reads n numbers of `from` from `at` on and writes `out` there. */
export function mapRows(x: Tensor, f: (from: Float64Array, out: Float64Array, at: number, n: number) => void): Tensor {
  const n = lastOf(x.shape)
  const out = zeroed(x.data.length)
  if (n > 0) for (let at = 0; at < out.length; at += n) f(x.data, out, at, n)
  return new Tensor(x.shape, out)
}

/** Every row backwards. */
export function flip(x: Num): Num {
  const shape = shapeOf(x)
  const n = lastOf(shape)
  const offsets = new Int32Array(sizeOf(shape))
  for (let i = 0; i < offsets.length; i++) offsets[i] = i - (i % n) + (n - 1 - (i % n))
  return region(x, offsets, shape)
}

/** The array that is 1 in the first column and 0 elsewhere. */
export function firstColumn(shape: Shape): Tensor {
  const out = zeroed(sizeOf(shape))
  for (let at = 0; at < out.length; at += lastOf(shape)) out[at] = 1
  return new Tensor(shape, out)
}

/** A function from rows to rows, along any axes. */
export function alongBack(f: (rows: Num) => Num): (x: Num, axes: readonly number[]) => Num {
  return (x, axes) => axesBack(f(axesLast(x, axes)), axes, shapeOf(x))
}
