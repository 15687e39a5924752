/**
 * Working along axes: the axes in question are moved to the end, joined to one, and the primitive runs over the last axis alone.
 * So every reduction and every scan is written, and differentiated, for rows only. It must not know what is done with a row.
 */

import {
  inverseOrder,
  isIdentityOrder,
  offsetsInOrder,
  orderWithLast,
  withoutAxes,
  withUnitAxes,
} from "../arrays/axes.ts"
import { zeroed } from "../arrays/fresh.ts"
import { sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { LinearRule, Nary, Plain } from "../autodiff/declare.ts"
import { broadcastTo, masked, nary, scale } from "../autodiff/lift.ts"
import { changeShape, Masked, shapeOf, type Change, type Num, type Truth } from "../autodiff/num.ts"
import { region, reshape } from "../autodiff/structure.ts"
import { sumAt } from "../kernels/sums.ts"

// ---------------------------------------------------------------- moving axes

/** The array whose axis i is axis `order[i]` of `a`. */
export function permute(a: Num, order: readonly number[]): Num {
  if (isIdentityOrder(order)) return a
  const shape = shapeOf(a)
  return region(
    a,
    offsetsInOrder(shape, order),
    order.map((axis) => shape[axis]!),
  )
}

/** The transpose: all axes in the opposite order. */
export function transpose(a: Num): Num {
  const rank = shapeOf(a).length
  if (rank < 2) return a
  return permute(
    a,
    Array.from({ length: rank }, (_, i) => rank - 1 - i),
  )
}

/** `a` with `axes` (at least one) joined to one last axis. */
export function axesLast(a: Num, axes: readonly number[]): Num {
  const shape = shapeOf(a)
  if (axes.length === 1 && axes[0] === shape.length - 1) return a
  const n = sizeOf(axes.map((axis) => shape[axis]!))
  return reshape(permute(a, orderWithLast(shape.length, axes)), [...withoutAxes(shape, axes), n])
}

/** `axesLast` of a plain array that is only read: without a copy where the axes stand last already. */
export function rowsOf(a: Tensor, axes: readonly number[]): Tensor {
  const kept = a.shape.length - axes.length
  if (axes.length === 1 && axes[0] === kept) return a
  if (axes.some((axis, i) => axis !== kept + i)) return axesLast(a, axes) as Tensor
  const shape = a.shape.slice(0, kept)
  return new Tensor([...shape, sizeOf(a.shape.slice(kept))], a.data)
}

/** The inverse of `axesLast` for an array of the original `shape`. */
export function axesBack(a: Num, axes: readonly number[], shape: Shape): Num {
  if (axes.length === 1 && axes[0] === shape.length - 1) return a
  const order = orderWithLast(shape.length, axes)
  return permute(
    reshape(
      a,
      order.map((axis) => shape[axis]!),
    ),
    inverseOrder(order),
  )
}

/** A result of reducing `axes` of an array of `shape`, with those axes kept at length 1 if wanted. */
export function keepAxes(out: Num, axes: readonly number[], shape: Shape, keep: boolean): Num {
  return keep ? reshape(out, withUnitAxes(shape, axes)) : out
}

// ---------------------------------------------------------------- the last axis

/** Length of the last axis. */
export function lastOf(shape: Shape): number {
  return shape[shape.length - 1]!
}

/** One value a row, repeated along a new last axis of length n. */
export function expand(x: Num, n: number): Num {
  const shape = shapeOf(x)
  if (shape.length === 0) return broadcastTo([x], { shape: [n] })
  return broadcastTo([reshape(x, [...shape, 1])], { shape: [...shape, n] })
}

/**
 * Applies a linear map without negative weights to a partly absent change: an element of the result is absent where nothing that is there reaches it.
 */
export function through(change: Num | Masked, f: (x: Num) => Num): Change {
  if (!(change instanceof Masked)) return f(change)
  const present = Float64Array.from(change.absent, (bit) => 1 - bit)
  const reached = f(new Tensor(changeShape(change), present)) as Plain
  if (typeof reached === "number") return reached === 0 ? undefined : f(change.value)
  return masked(
    f(change.value),
    Uint8Array.from(reached.data, (weight) => (weight === 0 ? 1 : 0)),
  )
}

/**
 * Applies a linear map to a partly absent change, where another map without negative weights, of zeros and ones, says what reaches what: elements of
 * the result that nothing reaches are absent.
 */
export function reaching(change: Masked, f: (x: Num) => Num, reach: (present: Num) => Num): Change {
  const pattern = through(change, reach)
  if (pattern === undefined) return undefined
  const value = f(change.value)
  return pattern instanceof Masked ? masked(value, pattern.absent) : value
}

/** The rule of a linear map without negative weights, from the map and its transpose. */
export function linearRule<Options>(
  map: (x: Num, args: readonly (Num | Truth)[], options: Options) => Num,
  transposed: (ct: Num, args: readonly (Num | Truth)[], options: Options) => Num,
): LinearRule {
  const push = (dx: Num | Masked, args: readonly (Num | Truth)[], _out: Num, options: Options): Change =>
    through(dx, (x) => map(x, args, options))
  const pull = (ct: Num | Masked, args: readonly (Num | Truth)[], _out: Num, options: Options): Change =>
    through(ct, (x) => transposed(x, args, options))
  return { push, pushMasked: push, pull, pullMasked: pull }
}

/** The sum of each row. */
export const sumRows: Nary<undefined> = nary<undefined>({
  name: "sum_rows",
  doc: "The sum along the last axis.",
  inner: true,
  eval: ([x]) => reduceRows(x as Tensor, sumAt),
  rule: () =>
    linearRule(
      (x) => sumRows([x], undefined),
      (ct, [x]) => expand(ct, lastOf(shapeOf(x as Num))),
    ),
  shape: ([shape]) => shape!.slice(0, -1),
  linear: true,
  at: [
    { args: [[1, 2, 4]] },
    {
      args: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
    },
  ],
})

/** The sum of each row of a change; absent where all of the row is. */
export function sumRowsChange(x: Change): Change {
  return x === undefined ? undefined : through(x, (value) => sumRows([value], undefined))
}

/** `expand` of a change, whose absent elements stay absent. */
export function expandChange(x: Num | Masked, n: number): Change {
  return through(x, (value) => expand(value, n))
}

/** One number a row. */
export function reduceRows(x: Tensor, f: (data: Float64Array, from: number, n: number) => number): Plain {
  const n = lastOf(x.shape)
  if (x.shape.length === 1) return f(x.data, 0, n)
  const shape = x.shape.slice(0, -1)
  const out = zeroed(sizeOf(shape))
  for (let i = 0; i < out.length; i++) out[i] = f(x.data, i * n, n)
  return new Tensor(shape, out)
}

/** A reduction of the last axis whose derivative is a sum of partials, one an element. */
export function reduction(declaration: {
  readonly name: string
  readonly doc: string
  readonly inner?: true
  readonly row: (data: Float64Array, from: number, n: number) => number
  readonly partials: (x: Num, out: Num, n: number) => Change
  readonly at: readonly (readonly number[] | readonly (readonly number[])[])[]
}): Nary<undefined> {
  const { name, doc, row, partials, at } = declaration
  const push = (dx: Num | Masked, args: readonly unknown[], out: Num): Change => {
    const x = args[0] as Num
    return sumRowsChange(scale(dx, partials(x, out, lastOf(shapeOf(x)))))
  }
  const pull = (ct: Num | Masked, args: readonly unknown[], out: Num): Change => {
    const x = args[0] as Num
    const n = lastOf(shapeOf(x))
    const whole = expandChange(ct, n)
    return whole === undefined ? undefined : scale(whole, partials(x, out, n))
  }
  return nary<undefined>({
    name,
    doc,
    ...(declaration.inner === true ? { inner: true } : {}),
    eval: ([x]) => reduceRows(x as Tensor, row),
    rule: () => ({ push, pushMasked: push, pull, pullMasked: pull }),
    shape: ([shape]) => shape!.slice(0, -1),
    at: at.map((x) => ({ args: [x] })),
  })
}

/** The sum of a run, in the order of every sum. */
export const sumRun: (data: Float64Array, from: number, n: number) => number = sumAt

/** A reduction of rows, along any axes. */
export function along(primitive: Nary<undefined>): (x: Num, axes: readonly number[]) => Num {
  return (x, axes) => primitive([axesLast(x, axes)], undefined)
}
