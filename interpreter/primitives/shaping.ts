/**
 * Making arrays and changing their form.
 * Everything here moves elements and computes nothing, so it is offsets handed to the structural operations. It must not know modes or syntax.
 */

import { zeroed } from "../arrays/fresh.ts"
import { allAxes } from "../arrays/axes.ts"
import { sizeOf, Tensor } from "../arrays/tensor.ts"
import { shapeOf, type Num } from "../autodiff/num.ts"
import { concat, reshape, stack } from "../autodiff/structure.ts"
import { permute } from "./rows.ts"

/** n numbers from a to b, both included. */
export function linspace(a: number, b: number, n: number): Tensor {
  const out = zeroed(n)
  for (let i = 0; i < n; i++) out[i] = n === 1 ? a : i === n - 1 ? b : a + (b - a) * (i / (n - 1))
  return new Tensor([n], out)
}

/** a, a + step, … without b. */
export function range(a: number, b: number, step: number): Tensor {
  const n = Math.max(0, Math.ceil((b - a) / step - 1e-10))
  const out = zeroed(n)
  for (let i = 0; i < n; i++) out[i] = a + i * step
  return new Tensor([n], out)
}

/** Several arrays joined along an axis; the others agree. */
export function concatAlong(items: readonly Num[], axis: number): Num {
  const front = (x: Num): Num => moveAxis(x, axis, 0)
  const joined = items.map(front).reduce((a, b) => concat(a, b))
  return moveAxis(joined, 0, axis)
}

/** Arrays of one shape as the slices of a new axis. */
export function stackAlong(items: readonly Num[], axis: number): Num {
  return moveAxis(stack(items), 0, axis)
}

/** The array with one axis put to another place. */
export function moveAxis(a: Num, from: number, to: number): Num {
  const order = allAxes(shapeOf(a)).filter((i) => i !== from)
  order.splice(to, 0, from)
  return permute(a, order)
}

/** All elements in row-major order as a vector. */
export function flatten(a: Num): Num {
  return reshape(a, [sizeOf(shapeOf(a))])
}
