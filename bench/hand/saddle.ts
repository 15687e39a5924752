/**
 * The saddle of Siskind and Pearlmutter, scalarised: every vector is two local variables, every gradient a formula.
 * The inner search does not depend on the outer point, so that the outer gradient is that of the outer part.
 * It must not know how it is timed.
 */

/** The search over q: the maximum of |p|^2 - |q|^2 from (1, 1), as value and place. */
function inner(base: number): { value: number; q0: number; q1: number } {
  let q0 = 1
  let q1 = 1
  let f = -(base - (q0 * q0 + q1 * q1))
  let g0 = 2 * q0
  let g1 = 2 * q1
  let eta = 1e-5
  let i = 0
  while (Math.sqrt(g0 * g0 + g1 * g1) > 1e-5) {
    if (i === 10) {
      eta *= 2
      i = 0
      continue
    }
    const n0 = q0 - eta * g0
    const n1 = q1 - eta * g1
    const d0 = q0 - n0
    const d1 = q1 - n1
    if (Math.sqrt(d0 * d0 + d1 * d1) <= 1e-5) break
    const next = -(base - (n0 * n0 + n1 * n1))
    if (next < f) {
      q0 = n0
      q1 = n1
      f = next
      g0 = 2 * q0
      g1 = 2 * q1
      i++
    } else {
      eta /= 2
      i = 0
    }
  }
  return { value: base - (q0 * q0 + q1 * q1), q0, q1 }
}

/** p and q at the saddle: min over p of max over q of |p|^2 - |q|^2. */
export function saddle(): Float64Array {
  let p0 = 1
  let p1 = 1
  let f = inner(p0 * p0 + p1 * p1).value
  // a gradient runs the inner search again, as the program's own gradient does
  inner(p0 * p0 + p1 * p1)
  let g0 = 2 * p0
  let g1 = 2 * p1
  let eta = 1e-5
  let i = 0
  while (Math.sqrt(g0 * g0 + g1 * g1) > 1e-5) {
    if (i === 10) {
      eta *= 2
      i = 0
      continue
    }
    const n0 = p0 - eta * g0
    const n1 = p1 - eta * g1
    const d0 = p0 - n0
    const d1 = p1 - n1
    if (Math.sqrt(d0 * d0 + d1 * d1) <= 1e-5) break
    const next = inner(n0 * n0 + n1 * n1).value
    if (next < f) {
      p0 = n0
      p1 = n1
      f = next
      inner(p0 * p0 + p1 * p1)
      g0 = 2 * p0
      g1 = 2 * p1
      i++
    } else {
      eta /= 2
      i = 0
    }
  }
  const { q0, q1 } = inner(p0 * p0 + p1 * p1)
  return new Float64Array([p0, p1, q0, q1])
}
