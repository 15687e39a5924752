/**
 * The 2-norm of a few numbers that are all there.
 * One operation of the sum of their squares and of the numbers, which are looked at only where squares may overflow or underflow; its slope is an operation too, so that
 * both have derivatives of every order, those of tier 0 to the bit. It must not know where the numbers come from.
 */

import { sumInLanes } from "./arrays.ts"
import type { Builder } from "./builder.ts"
import { operators } from "./operators.ts"
import type { Atom } from "./sir.ts"

/** The most numbers whose norm is such an operation. */
export const mostNormed = 8

/** The norm of at least one number. */
export function norm(b: Builder, xs: readonly Atom[]): Atom {
  const total = xs.map((x) => b.mul(x, x)).reduce((sum, square) => b.add(sum, square))
  return b.let("norm", [total, ...xs])
}

/** The tangent of the norm n, from the numbers that have tangents. */
export function normTangent(b: Builder, n: Atom, xs: readonly Atom[], tangents: readonly (Atom | null)[]): Atom {
  return sumInLanes(
    b,
    xs.map((x, k) => {
      const tangent = tangents[k]
      return tangent == null ? 0 : b.mul(b.let("unit", [x, n]), tangent)
    }),
  )
}

/** The tangent of u = x / n. */
export function unitTangent(b: Builder, u: Atom, n: Atom, dx: Atom, dn: Atom): Atom {
  return b.let(operators.div, [b.sub(dx, b.mul(u, dn)), n])
}
