/**
 * n bodies under softened gravity on flat arrays, and the hand-written adjoint of their energy.
 * The adjoint saves the positions of every step on a reused stack; velocities are not needed again.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"

const SOFT = 0.01
let stack = new Float64Array(0)

/** Positions and velocities (three numbers a body) and masses. */
export interface Bodies {
  readonly position: Float64Array
  readonly velocity: Float64Array
  readonly mass: Float64Array
}

function advance(x: Float64Array, v: Float64Array, m: Float64Array, dt: number): void {
  const n = m.length
  for (let i = 0; i < n; i++) {
    const x0 = at(x, 3 * i)
    const x1 = at(x, 3 * i + 1)
    const x2 = at(x, 3 * i + 2)
    let a0 = 0
    let a1 = 0
    let a2 = 0
    for (let j = 0; j < n; j++) {
      const d0 = at(x, 3 * j) - x0
      const d1 = at(x, 3 * j + 1) - x1
      const d2 = at(x, 3 * j + 2) - x2
      const square = d0 * d0 + d1 * d1 + d2 * d2 + SOFT
      const pull = at(m, j) / (square * Math.sqrt(square))
      a0 += d0 * pull
      a1 += d1 * pull
      a2 += d2 * pull
    }
    v[3 * i] = at(v, 3 * i) + dt * a0
    v[3 * i + 1] = at(v, 3 * i + 1) + dt * a1
    v[3 * i + 2] = at(v, 3 * i + 2) + dt * a2
  }
  for (let i = 0; i < 3 * n; i++) x[i] = at(x, i) + dt * at(v, i)
}

function energy(x: Float64Array, v: Float64Array, m: Float64Array): number {
  const n = m.length
  let e = 0
  for (let i = 0; i < n; i++) {
    const v0 = at(v, 3 * i)
    const v1 = at(v, 3 * i + 1)
    const v2 = at(v, 3 * i + 2)
    const mi = at(m, i)
    e += 0.5 * mi * (v0 * v0 + v1 * v1 + v2 * v2)
    for (let j = i + 1; j < n; j++) {
      const d0 = at(x, 3 * j) - at(x, 3 * i)
      const d1 = at(x, 3 * j + 1) - at(x, 3 * i + 1)
      const d2 = at(x, 3 * j + 2) - at(x, 3 * i + 2)
      e -= (mi * at(m, j)) / Math.sqrt(d0 * d0 + d1 * d1 + d2 * d2 + SOFT)
    }
  }
  return e
}

/** The energy after some steps. */
export function nbody(bodies: Bodies, steps: number, dt: number): number {
  const x = bodies.position.slice()
  const v = bodies.velocity.slice()
  for (let t = 0; t < steps; t++) advance(x, v, bodies.mass, dt)
  return energy(x, v, bodies.mass)
}

/** The energy after some steps and its gradient with respect to the bodies as they were. */
export function nbodyGrad(bodies: Bodies, steps: number, dt: number): { value: number; grad: Bodies } {
  const m = bodies.mass
  const n = m.length
  const width = 3 * n
  const x = bodies.position.slice()
  const v = bodies.velocity.slice()
  if (stack.length < steps * width) stack = new Float64Array(steps * width)
  const saved = stack
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < width; i++) saved[t * width + i] = at(x, i)
    advance(x, v, m, dt)
  }
  const gx = new Float64Array(width)
  const gv = new Float64Array(width)
  const gm = new Float64Array(n)
  const value = energyBack(x, v, m, gx, gv, gm)
  for (let t = steps - 1; t >= 0; t--) {
    for (let i = 0; i < width; i++) gv[i] = at(gv, i) + dt * at(gx, i)
    pullBack(saved, t * width, m, dt, gx, gv, gm)
  }
  return { value, grad: { position: gx, velocity: gv, mass: gm } }
}

/** Adds what the accelerations of one step, of cotangent dt gv, send back to positions and masses. */
function pullBack(
  x: Float64Array,
  base: number,
  m: Float64Array,
  dt: number,
  gx: Float64Array,
  gv: Float64Array,
  gm: Float64Array,
): void {
  const n = m.length
  for (let i = 0; i < n; i++) {
    const x0 = at(x, base + 3 * i)
    const x1 = at(x, base + 3 * i + 1)
    const x2 = at(x, base + 3 * i + 2)
    const g0 = dt * at(gv, 3 * i)
    const g1 = dt * at(gv, 3 * i + 1)
    const g2 = dt * at(gv, 3 * i + 2)
    let s0 = 0
    let s1 = 0
    let s2 = 0
    for (let j = 0; j < n; j++) {
      const d0 = at(x, base + 3 * j) - x0
      const d1 = at(x, base + 3 * j + 1) - x1
      const d2 = at(x, base + 3 * j + 2) - x2
      const square = d0 * d0 + d1 * d1 + d2 * d2 + SOFT
      const inverse = 1 / (square * Math.sqrt(square))
      const pull = at(m, j) * inverse
      const gpull = g0 * d0 + g1 * d1 + g2 * d2
      gm[j] = at(gm, j) + gpull * inverse
      const bend = (-3 * gpull * pull) / square
      const h0 = g0 * pull + bend * d0
      const h1 = g1 * pull + bend * d1
      const h2 = g2 * pull + bend * d2
      gx[3 * j] = at(gx, 3 * j) + h0
      gx[3 * j + 1] = at(gx, 3 * j + 1) + h1
      gx[3 * j + 2] = at(gx, 3 * j + 2) + h2
      s0 += h0
      s1 += h1
      s2 += h2
    }
    gx[3 * i] = at(gx, 3 * i) - s0
    gx[3 * i + 1] = at(gx, 3 * i + 1) - s1
    gx[3 * i + 2] = at(gx, 3 * i + 2) - s2
  }
}

function energyBack(
  x: Float64Array,
  v: Float64Array,
  m: Float64Array,
  gx: Float64Array,
  gv: Float64Array,
  gm: Float64Array,
): number {
  const n = m.length
  let e = 0
  for (let i = 0; i < n; i++) {
    const mi = at(m, i)
    const v0 = at(v, 3 * i)
    const v1 = at(v, 3 * i + 1)
    const v2 = at(v, 3 * i + 2)
    const square = v0 * v0 + v1 * v1 + v2 * v2
    e += 0.5 * mi * square
    gv[3 * i] = mi * v0
    gv[3 * i + 1] = mi * v1
    gv[3 * i + 2] = mi * v2
    gm[i] = at(gm, i) + 0.5 * square
    for (let j = i + 1; j < n; j++) {
      const d0 = at(x, 3 * j) - at(x, 3 * i)
      const d1 = at(x, 3 * j + 1) - at(x, 3 * i + 1)
      const d2 = at(x, 3 * j + 2) - at(x, 3 * i + 2)
      const mj = at(m, j)
      const far = d0 * d0 + d1 * d1 + d2 * d2 + SOFT
      const inverse = 1 / Math.sqrt(far)
      e -= mi * mj * inverse
      gm[i] = at(gm, i) - mj * inverse
      gm[j] = at(gm, j) - mi * inverse
      const h = (mi * mj * inverse) / far
      gx[3 * j] = at(gx, 3 * j) + h * d0
      gx[3 * j + 1] = at(gx, 3 * j + 1) + h * d1
      gx[3 * j + 2] = at(gx, 3 * j + 2) + h * d2
      gx[3 * i] = at(gx, 3 * i) - h * d0
      gx[3 * i + 1] = at(gx, 3 * i + 1) - h * d1
      gx[3 * i + 2] = at(gx, 3 * i + 2) - h * d2
    }
  }
  return e
}
