/**
 * The particle of Siskind and Pearlmutter, scalarised: force and its derivative as formulas on local variables.
 * The outer derivative has one input, so it is carried forward beside the simulation.
 * It must not know how it is timed.
 */

/** Where the particle lands, squared, for a charge placed at w. */
export function miss(w: number): number {
  const c = 10 - w
  const dt = 0.1
  let x0 = 0
  let x1 = 8
  let v0 = 0.75
  let v1 = 0
  let n0 = x0 + dt * v0
  let n1 = x1 + dt * v1
  while (n1 > 0) {
    const d0 = x0 - 10
    const a1 = x1 - c
    const sa = d0 * d0 + a1 * a1
    const sb = d0 * d0 + x1 * x1
    const a = 1 / (sa * Math.sqrt(sa))
    const b = 1 / (sb * Math.sqrt(sb))
    v0 += dt * (d0 * a + d0 * b)
    v1 += dt * (a1 * a + x1 * b)
    x0 = n0
    x1 = n1
    n0 = x0 + dt * v0
    n1 = x1 + dt * v1
  }
  const hit = x0 - (x1 / v1) * v0
  return hit * hit
}

/** The derivative of `miss`, carried forward. */
export function missSlope(w: number): number {
  const c = 10 - w
  const dt = 0.1
  let x0 = 0
  let x1 = 8
  let v0 = 0.75
  let v1 = 0
  let dx0 = 0
  let dx1 = 0
  let dv0 = 0
  let dv1 = 0
  let n0 = x0 + dt * v0
  let n1 = x1 + dt * v1
  while (n1 > 0) {
    const d0 = x0 - 10
    const a1 = x1 - c
    const da1 = dx1 + 1
    const sa = d0 * d0 + a1 * a1
    const sb = d0 * d0 + x1 * x1
    const a = 1 / (sa * Math.sqrt(sa))
    const b = 1 / (sb * Math.sqrt(sb))
    const da = ((-3 * a) / sa) * (d0 * dx0 + a1 * da1)
    const db = ((-3 * b) / sb) * (d0 * dx0 + x1 * dx1)
    v0 += dt * (d0 * a + d0 * b)
    v1 += dt * (a1 * a + x1 * b)
    const e0 = dx0 + dt * dv0
    const e1 = dx1 + dt * dv1
    dv0 += dt * (dx0 * (a + b) + d0 * (da + db))
    dv1 += dt * (da1 * a + a1 * da + dx1 * b + x1 * db)
    dx0 = e0
    dx1 = e1
    x0 = n0
    x1 = n1
    n0 = x0 + dt * v0
    n1 = x1 + dt * v1
  }
  const time = x1 / v1
  const hit = x0 - time * v0
  return 2 * hit * (dx0 - time * dv0 - ((dx1 - time * dv1) / v1) * v0)
}

/** The place of the charge for which the particle lands at the origin. */
export function particle(): number {
  let w = 0
  let f = miss(w)
  let g = missSlope(w)
  let eta = 1e-5
  let i = 0
  while (Math.abs(g) > 1e-5) {
    if (i === 10) {
      eta *= 2
      i = 0
      continue
    }
    const n = w - eta * g
    if (Math.abs(w - n) <= 1e-5) break
    const next = miss(n)
    if (next < f) {
      w = n
      f = next
      g = missSlope(w)
      i++
    } else {
      eta /= 2
      i = 0
    }
  }
  return w
}
