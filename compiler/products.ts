/**
 * Products of vectors and matrices in the specialiser, and how they run.
 * A product is one statement on whole buffers, of which either factor may be taken as its transpose, so that its tangents and cotangents are products too. Every element
 * is summed from left to right, as all kernels do, so that each shape has the kernel that is quickest. It must not know higher ranks.
 */

import { matmul } from "../interpreter/kernels/matmul.ts"
import { inBuffer, num, sizeOfDims, type Abs, type ArrayAbs, type RangeAbs, type VectorAbs } from "./abstract.ts"
import type { Builder } from "./builder.ts"
import { unsupported } from "./builder.ts"
import type { Atom, Var } from "./sir.ts"

/** `x @ y`, for vectors and matrices. */
export function product(b: Builder, x: ArrayAbs | VectorAbs | RangeAbs, y: ArrayAbs | VectorAbs | RangeAbs): Abs {
  const left = whole(b, x)
  const right = whole(b, y)
  if (left.dims.length > 2 || right.dims.length > 2) return unsupported("a product of more than matrices")
  const n = right.dims[1] ?? 1
  const [m, k] = left.dims.length === 1 ? [1, left.dims[0]!] : (left.dims as [Atom, Atom])
  if (k !== right.dims[0]) b.guard(b.let("same", [k, right.dims[0]!]))
  const buf = b.product(left.buf, right.buf, { m, k, n, left: false, right: false })
  const dims = [...left.dims.slice(0, -1), ...right.dims.slice(1)]
  // A variable that changes it in part has a copy: its tangent is another product.
  return dims.length === 0 ? num(b.load(buf, 0)) : { kind: "array", buf, offset: 0, dims, fresh: false }
}

/** An array that is all of a buffer which nothing will change. */
function whole(b: Builder, a: Abs): ArrayAbs {
  const array = inBuffer(b, a)
  if (array.offset === 0 && !array.buf.mutable) return array
  return { ...array, buf: b.copy(array.buf, array.offset, sizeOfDims(b, array.dims)), offset: 0, fresh: true }
}

/** The factors of a product: m by k and k by n, each in its buffer as its transpose where that is said. */
export interface Extents {
  readonly m: Atom
  readonly k: Atom
  readonly n: Atom
  readonly left: boolean
  readonly right: boolean
}

/** What is added to the cotangent of the left (0) or right (1) factor, for the other one and a cotangent of the product. */
export function factorCotangent(b: Builder, place: 0 | 1, other: Var, ct: Var, extents: Extents): Var {
  const { m, k, n, left, right } = extents
  if (place === 0)
    return left
      ? b.product(other, ct, { m: k, k: n, n: m, left: right, right: true })
      : b.product(ct, other, { m, k: n, n: k, left: false, right: !right })
  return right
    ? b.product(ct, other, { m: n, k: m, n: k, left: true, right: left })
    : b.product(other, ct, { m: k, k: m, n, left: !left, right: false })
}

/** Fills `out` with the product of both buffers, which are none of them the same, whatever it held. */
export type ProductRun = (
  out: Float64Array,
  x: Float64Array,
  y: Float64Array,
  m: number,
  k: number,
  n: number,
) => Float64Array

/** What generated code calls. */
export function runProduct(left: boolean, right: boolean): ProductRun {
  return (out, x, y, m, k, n) => matmul(x, y, m, k, n, left, right, out)
}
