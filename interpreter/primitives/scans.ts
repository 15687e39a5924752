/**
 * Scans: what runs along a row and remembers.
 * All of them are one recurrence, y_i = a_i y_(i-1) + b_i, whose derivatives are recurrences again; so products keep their derivatives at zeros, to
 * every order, without a division. It must not know modes or syntax.
 */

import { zeroed } from "../arrays/fresh.ts"
import { spend } from "../arrays/work.ts"
import { sizeOf, Tensor } from "../arrays/tensor.ts"
import type { LinearRule, Nary } from "../autodiff/declare.ts"
import { mul, nary } from "../autodiff/lift.ts"
import { shapeOf, type Num } from "../autodiff/num.ts"
import { sortNumbers } from "../kernels/sorting.ts"
import { alongBack, firstColumn, flip, mapRows } from "./rowmaps.ts"
import { along, lastOf, linearRule, reaching, reduction } from "./rows.ts"

const stepOf = (options: unknown): 1 | -1 => (options as { by: 1 | -1 }).by

/** Every row moved by one place, with a 0 (and no derivative) coming in. */
export const shift: Nary<{ by: 1 | -1 }> = nary<{ by: 1 | -1 }>({
  name: "shift",
  doc: "Every row moved by one place to the right or left.",
  inner: true,
  eval: ([x], options) => {
    const by = stepOf(options)
    return mapRows(x as Tensor, (from, out, at, n) => {
      if (by === 1) for (let i = 1; i < n; i++) out[at + i] = from[at + i - 1]!
      else for (let i = 1; i < n; i++) out[at + i - 1] = from[at + i]!
    })
  },
  rule: () =>
    linearRule(
      (x, _args, options: { by: 1 | -1 }) => shift([x], options),
      (ct, _args, { by }: { by: 1 | -1 }) => shift([ct], { by: by === 1 ? -1 : 1 }),
    ),
  shape: ([shape]) => shape!,
  linear: true,
  at: [
    { args: [[1, 2, 3]], options: { by: 1 } },
    { args: [[1, 2, 3]], options: { by: -1 } },
  ],
})

/** The transpose of the recurrence in b: from the end backwards. */
function backwards(a: Num, ct: Num): Num {
  return flip(recurrence([shift([flip(a)], { by: 1 }), flip(ct)], undefined))
}

/** y_i = a_i y_(i-1) + b_i along every row, from y_(-1) = 0. */
export const recurrence: Nary<undefined> = nary<undefined>({
  name: "recurrence",
  doc: "The sequence y_i = a_i y_(i-1) + b_i, along the last axis.",
  inner: true,
  eval: ([a, b]) => {
    const factors = (a as Tensor).data
    return mapRows(b as Tensor, (from, out, at, n) => {
      let y = from[at]!
      out[at] = y
      for (let i = at + 1; i < at + n; i++) {
        y = factors[i]! * y + from[i]!
        out[i] = y
      }
    })
  },
  rule: (k) => {
    // What happens at one place reaches all later ones.
    const masks = (rule: LinearRule): LinearRule => ({
      ...rule,
      pushMasked: (dx, args, out, options) =>
        reaching(
          dx,
          (x) => rule.push(x, args, out, options) as Num,
          (present) => cumsumRows([present], { back: false }),
        ),
      pullMasked: (ct, args, out, options) =>
        reaching(
          ct,
          (x) => rule.pull(x, args, out, options) as Num,
          (present) => cumsumRows([present], { back: true }),
        ),
    })
    return k === 0
      ? masks({
          push: (da, [a], out) => recurrence([a as Num, mul(da, shift([out], { by: 1 }))], undefined),
          pull: (ct, [a], out) => mul(backwards(a as Num, ct), shift([out], { by: 1 })),
        })
      : masks({
          push: (db, [a]) => recurrence([a as Num, db], undefined),
          pull: (ct, [a]) => backwards(a as Num, ct),
        })
  },
  shape: ([a]) => a!,
  at: [
    {
      args: [
        [0.5, -2, 3],
        [1, 2, -1],
      ],
    },
  ],
})

/** The product of all earlier elements of the row; 1 for the first. */
export function productBefore(x: Num): Num {
  return recurrence([shift([x], { by: 1 }), firstColumn(shapeOf(x))], undefined)
}

/** The product of all other elements of the row. */
export function productOfOthers(x: Num): Num {
  return mul(productBefore(x), flip(productBefore(flip(x))))
}

/** Running products along the last axis. */
export function cumprodRows(x: Num): Num {
  return mul(productBefore(x), x)
}

const backOf = (options: unknown): boolean => (options as { back: boolean }).back

/** Running sums along the last axis, from the end if `back`. */
export const cumsumRows: Nary<{ back: boolean }> = nary<{ back: boolean }>({
  name: "cumsum",
  doc: "Running sums along an axis.",
  eval: ([x], options) => {
    const back = backOf(options)
    return mapRows(x as Tensor, (from, out, at, n) => {
      let sum = 0
      if (back) for (let i = at + n - 1; i >= at; i--) out[i] = sum += from[i]!
      else for (let i = at; i < at + n; i++) out[i] = sum += from[i]!
    })
  },
  rule: () =>
    linearRule(
      (x, _args, options: { back: boolean }) => cumsumRows([x], options),
      (ct, _args, { back }: { back: boolean }) => cumsumRows([ct], { back: !back }),
    ),
  shape: ([shape]) => shape!,
  linear: true,
  at: [
    { args: [[1, 2, 4]], options: { back: false } },
    { args: [[1, 2, 4]], options: { back: true } },
  ],
})

// ---------------------------------------------------------------- order

/** Compares as sorting does: ascending, nan last. */
function compare(a: number, b: number): number {
  spend(4)
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a - b || 0
}

/** Places of a row's elements in ascending order; equal ones keep theirs, nan come last. No derivative. */
export const argsortRows: Nary<undefined> = nary<undefined>({
  name: "argsort",
  doc: "The indices that sort along an axis, ascending and stable; nan last; no derivative.",
  eval: ([x]) =>
    mapRows(x as Tensor, (from, out, at, n) => {
      const places = Array.from({ length: n }, (_, i) => i)
      places.sort((i, j) => {
        const a = from[at + i]!
        const b = from[at + j]!
        return compare(a, b) || i - j
      })
      out.set(places, at)
    }),
  rule: () => null,
  shape: ([shape]) => shape!,
  at: [{ args: [[3, 1, 2]] }],
})

const lengthOf = (options: unknown): number => (options as { length: number }).length

/** Elements of each row at given places of it; indices (…, k) choose from (…, n). */
export const takeAlong: Nary<undefined> = nary<undefined>({
  name: "take_along",
  doc: "Elements of each row at given places.",
  inner: true,
  eval: ([x, indices]) => {
    const from = (x as Tensor).data
    const n = lastOf((x as Tensor).shape)
    const { shape, data } = indices as Tensor
    const k = lastOf(shape)
    const out = zeroed(data.length)
    for (let i = 0; i < out.length; i++) out[i] = from[((i / k) | 0) * n + data[i]!]!
    return new Tensor(shape, out)
  },
  rule: (k) =>
    k === 1
      ? null
      : linearRule(
          (x, [, indices]) => takeAlong([x, indices as Num], undefined),
          (ct, [x, indices]) => putAlong([ct, indices as Num], { length: lastOf(shapeOf(x as Num)) }),
        ),
  shape: ([, indices]) => indices!,
  linear: true,
  at: [
    {
      args: [
        [1, 2, 3],
        [2, 0],
      ],
    },
  ],
})

/** The transpose of `takeAlong`: values added at given places of rows of zeros. */
export const putAlong: Nary<{ length: number }> = nary<{ length: number }>({
  name: "put_along",
  doc: "Rows of zeros with values added at given places.",
  inner: true,
  eval: ([x, indices], options) => {
    const from = (x as Tensor).data
    const n = lengthOf(options)
    const { shape, data } = indices as Tensor
    const k = lastOf(shape)
    const outShape = [...shape.slice(0, -1), n]
    const out = zeroed(sizeOf(outShape))
    for (let i = 0; i < from.length; i++) out[((i / k) | 0) * n + data[i]!]! += from[i]!
    return new Tensor(outShape, out)
  },
  rule: (k) =>
    k === 1
      ? null
      : linearRule(
          (x, [, indices], options: { length: number }) => putAlong([x, indices as Num], options),
          (ct, [, indices]) => takeAlong([ct, indices as Num], undefined),
        ),
  shape: ([, indices], options) => [...indices!.slice(0, -1), lengthOf(options)],
  linear: true,
  at: [
    {
      args: [
        [1, 2],
        [2, 0],
      ],
      options: { length: 3 },
    },
  ],
})

/** Rows in ascending order; the derivative goes with each element to its place, equal ones in their order. */
export const sortRows: Nary<undefined> = nary<undefined>({
  name: "sort",
  doc: "Ascending order along an axis, nan last; the derivative moves with the elements, equal ones keep their order.",
  eval: ([x]) =>
    mapRows(x as Tensor, (from, out, at, n) => {
      const row = out.subarray(at, at + n)
      row.set(from.subarray(at, at + n))
      sortNumbers(row)
    }),
  rule: () =>
    linearRule(
      (dx, [x]) => takeAlong([dx, argsortRows([x as Num], undefined)], undefined),
      (ct, [x]) => putAlong([ct, argsortRows([x as Num], undefined)], { length: lastOf(shapeOf(ct)) }),
    ),
  shape: ([shape]) => shape!,
  at: [{ args: [[3, 1, 2]] }],
})

export const prodRows: Nary<undefined> = reduction({
  name: "prod",
  doc: "The product of all elements, or along axes; right to every order also where elements are 0.",
  row: (data, from, n) => {
    let product = 1
    for (let i = from; i < from + n; i++) product *= data[i]!
    return product
  },
  partials: (x) => productOfOthers(x),
  at: [
    [1.5, -2, 3],
    [0, 2, 4],
    [
      [0, 0, 4],
      [1, 2, 3],
    ],
  ],
})

export const prod = along(prodRows)

export const cumsum = alongBack((rows) => cumsumRows([rows], { back: false }))

export const cumprod = alongBack(cumprodRows)
