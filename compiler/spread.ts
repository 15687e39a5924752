/**
 * Operations on arrays of different shapes in the specialiser: the smaller one is read again and again, by loops over rows and columns.
 * Which axes are spread is told by the operands that code is compiled for, and asked when it runs. It must not know what the operation computes.
 */

import { countedLoop, type Abs, type ArrayAbs } from "./abstract.ts"
import type { Specialiser } from "./specialise.ts"
import type { Atom } from "./sir.ts"

type Extents = readonly [Atom, Atom]

/** The array of what `operate` gives for the elements of operands that are no more than matrices; null where their shapes do not fit or are not known. */
export function spread(s: Specialiser, operands: readonly Abs[], operate: (elements: Atom[]) => Atom): Abs | null {
  const { b } = s
  const arrays = operands.filter((operand): operand is ArrayAbs => operand.kind === "array")
  const rank = Math.max(...arrays.map(({ dims }) => dims.length))
  if (rank > 2) return null
  const shapes = arrays.map(({ dims }) => [...new Array<Atom>(2 - dims.length).fill(1), ...dims] as unknown as Extents)
  const rows = common(s, shapes, 0)
  const columns = common(s, shapes, 1)
  if (rows === null || columns === null) return null
  const steps = shapes.map(([m, n]) => [reaches(s, m, rows) ? n : 0, reaches(s, n, columns) ? 1 : 0] as const)
  const buf = b.alloc(b.mul(rows, columns))
  countedLoop(b, 0, rows, (row) => {
    countedLoop(b, 0, columns, (column) => {
      const elements = operands.map((operand) => {
        if (operand.kind === "num") return operand.atom
        const array = operand as ArrayAbs
        const [down, along] = steps[arrays.indexOf(array)]!
        const place = b.add(b.mul(row, down), along === 0 ? 0 : column)
        return b.load(array.buf, b.add(array.offset, place))
      })
      b.store(buf, b.add(b.mul(row, columns), column), operate(elements))
    })
  })
  return { kind: "array", buf, offset: 0, dims: rank === 2 ? [rows, columns] : [columns], fresh: true }
}

/** The extent of an axis that is 1 in some arrays; null where it is not known, or not one. */
function common(s: Specialiser, shapes: readonly Extents[], axis: 0 | 1): Atom | null {
  let whole: Atom = 1
  for (const shape of shapes) {
    const n = s.samples.of(shape[axis])
    const before = s.samples.of(whole)
    if (typeof n !== "number" || (n !== 1 && before !== 1 && n !== before)) return null
    if (before === 1) whole = shape[axis]
  }
  return whole
}

/** Does an axis of n elements run along the whole? If not, it has one element for all. */
function reaches(s: Specialiser, n: Atom, whole: Atom): boolean {
  if (n === whole) return true
  const single = s.samples.of(n) === 1
  s.b.guard(s.b.let("same", [n, single ? 1 : whole]))
  return !single
}

/** Have arrays one shape, as far as can be told? */
export function alike(s: Specialiser, arrays: readonly ArrayAbs[]): boolean {
  const [first] = arrays
  return arrays.every(
    ({ dims }) =>
      dims.length === first!.dims.length &&
      dims.every((n, k) => {
        const [x, y] = [s.samples.of(n), s.samples.of(first!.dims[k]!)]
        return x === undefined || y === undefined || x === y
      }),
  )
}
