/**
 * Bundle adjustment (ADBench): reprojection errors, and hand-written 2 x 15 Jacobians.
 * A row of the Jacobian is one cotangent pulled back through the projection and the rotation.
 * It must not know how it is timed.
 */
import { at, indexAt } from "./checked.ts"

/** Cameras (11 numbers each), points (3), and for each observation a weight, a feature (2) and whom it concerns. */
export interface Scene {
  readonly cameras: Float64Array
  readonly points: Float64Array
  readonly weights: Float64Array
  readonly features: Float64Array
  readonly camera: Int32Array
  readonly point: Int32Array
}

/** The errors of all observations, two each. */
export function residuals(s: Scene): Float64Array {
  const n = s.weights.length
  const out = new Float64Array(2 * n)
  for (let i = 0; i < n; i++) residual(s, i, out)
  return out
}

function residual(s: Scene, i: number, out: Float64Array): void {
  const cam = s.cameras
  const c = 11 * indexAt(s.camera, i)
  const q = 3 * indexAt(s.point, i)
  const r0 = at(cam, c)
  const r1 = at(cam, c + 1)
  const r2 = at(cam, c + 2)
  const x0 = at(s.points, q) - at(cam, c + 3)
  const x1 = at(s.points, q + 1) - at(cam, c + 4)
  const x2 = at(s.points, q + 2) - at(cam, c + 5)
  const square = r0 * r0 + r1 * r1 + r2 * r2
  let y0: number, y1: number, y2: number
  if (square !== 0) {
    const angle = Math.sqrt(square)
    const cos = Math.cos(angle)
    const sin = Math.sin(angle)
    const u0 = r0 / angle
    const u1 = r1 / angle
    const u2 = r2 / angle
    const along = (u0 * x0 + u1 * x1 + u2 * x2) * (1 - cos)
    y0 = x0 * cos + (u1 * x2 - u2 * x1) * sin + u0 * along
    y1 = x1 * cos + (u2 * x0 - u0 * x2) * sin + u1 * along
    y2 = x2 * cos + (u0 * x1 - u1 * x0) * sin + u2 * along
  } else {
    y0 = x0 + r1 * x2 - r2 * x1
    y1 = x1 + r2 * x0 - r0 * x2
    y2 = x2 + r0 * x1 - r1 * x0
  }
  const p0 = y0 / y2
  const p1 = y1 / y2
  const radius = p0 * p0 + p1 * p1
  const reach = at(cam, c + 6) * (1 + at(cam, c + 9) * radius + at(cam, c + 10) * radius * radius)
  const w = at(s.weights, i)
  out[2 * i] = w * (p0 * reach + at(cam, c + 7) - at(s.features, 2 * i))
  out[2 * i + 1] = w * (p1 * reach + at(cam, c + 8) - at(s.features, 2 * i + 1))
}

/** The Jacobians of all observations: 2 x 15 each, the columns camera (11), point (3), weight. */
export function jacobians(s: Scene): Float64Array {
  const n = s.weights.length
  const out = new Float64Array(30 * n)
  for (let i = 0; i < n; i++) block(s, i, out)
  return out
}

function block(s: Scene, i: number, out: Float64Array): void {
  const cam = s.cameras
  const c = 11 * indexAt(s.camera, i)
  const q = 3 * indexAt(s.point, i)
  const r0 = at(cam, c)
  const r1 = at(cam, c + 1)
  const r2 = at(cam, c + 2)
  const x0 = at(s.points, q) - at(cam, c + 3)
  const x1 = at(s.points, q + 1) - at(cam, c + 4)
  const x2 = at(s.points, q + 2) - at(cam, c + 5)
  const square = r0 * r0 + r1 * r1 + r2 * r2
  const turned = square !== 0
  let angle = 0
  let cos = 1
  let sin = 0
  let u0 = 0
  let u1 = 0
  let u2 = 0
  let inner = 0
  let y0: number, y1: number, y2: number
  let t0 = 0
  let t1 = 0
  let t2 = 0
  if (turned) {
    angle = Math.sqrt(square)
    cos = Math.cos(angle)
    sin = Math.sin(angle)
    u0 = r0 / angle
    u1 = r1 / angle
    u2 = r2 / angle
    inner = u0 * x0 + u1 * x1 + u2 * x2
    const along = inner * (1 - cos)
    const k0 = u1 * x2 - u2 * x1
    const k1 = u2 * x0 - u0 * x2
    const k2 = u0 * x1 - u1 * x0
    y0 = x0 * cos + k0 * sin + u0 * along
    y1 = x1 * cos + k1 * sin + u1 * along
    y2 = x2 * cos + k2 * sin + u2 * along
    // the derivative of the turned point with respect to the angle
    t0 = (u0 * inner - x0) * sin + k0 * cos
    t1 = (u1 * inner - x1) * sin + k1 * cos
    t2 = (u2 * inner - x2) * sin + k2 * cos
  } else {
    y0 = x0 + r1 * x2 - r2 * x1
    y1 = x1 + r2 * x0 - r0 * x2
    y2 = x2 + r0 * x1 - r1 * x0
  }
  const z = 1 / y2
  const p0 = y0 * z
  const p1 = y1 * z
  const radius = p0 * p0 + p1 * p1
  const f = at(cam, c + 6)
  const k1 = at(cam, c + 9)
  const k2 = at(cam, c + 10)
  const distortion = 1 + k1 * radius + k2 * radius * radius
  const w = at(s.weights, i)
  const wf = w * f
  const bend = 2 * wf * (k1 + 2 * k2 * radius)
  const straight = wf * distortion
  for (let o = 0; o < 2; o++) {
    const po = o === 0 ? p0 : p1
    const row = 30 * i + 15 * o
    const gp0 = bend * po * p0 + (o === 0 ? straight : 0)
    const gp1 = bend * po * p1 + (o === 0 ? 0 : straight)
    const g0 = gp0 * z
    const g1 = gp1 * z
    const g2 = -(gp0 * p0 + gp1 * p1) * z
    // x x g, shared by both branches
    const m0 = x1 * g2 - x2 * g1
    const m1 = x2 * g0 - x0 * g2
    const m2 = x0 * g1 - x1 * g0
    let gx0: number, gx1: number, gx2: number
    if (turned) {
      const gu = g0 * u0 + g1 * u1 + g2 * u2
      const rest = 1 - cos
      const a = rest * inner
      const b = rest * gu
      const h0 = sin * m0 + a * g0 + b * x0
      const h1 = sin * m1 + a * g1 + b * x1
      const h2 = sin * m2 + a * g2 + b * x2
      const uh = u0 * h0 + u1 * h1 + u2 * h2
      const turn = g0 * t0 + g1 * t1 + g2 * t2
      out[row] = (h0 - u0 * uh) / angle + u0 * turn
      out[row + 1] = (h1 - u1 * uh) / angle + u1 * turn
      out[row + 2] = (h2 - u2 * uh) / angle + u2 * turn
      gx0 = g0 * cos + (g1 * u2 - g2 * u1) * sin + u0 * b
      gx1 = g1 * cos + (g2 * u0 - g0 * u2) * sin + u1 * b
      gx2 = g2 * cos + (g0 * u1 - g1 * u0) * sin + u2 * b
    } else {
      out[row] = m0
      out[row + 1] = m1
      out[row + 2] = m2
      gx0 = g0 + g1 * r2 - g2 * r1
      gx1 = g1 + g2 * r0 - g0 * r2
      gx2 = g2 + g0 * r1 - g1 * r0
    }
    out[row + 3] = -gx0
    out[row + 4] = -gx1
    out[row + 5] = -gx2
    out[row + 6] = w * po * distortion
    out[row + 7] = o === 0 ? w : 0
    out[row + 8] = o === 0 ? 0 : w
    out[row + 9] = wf * po * radius
    out[row + 10] = wf * po * radius * radius
    out[row + 11] = gx0
    out[row + 12] = gx1
    out[row + 13] = gx2
    out[row + 14] = po * f * distortion + at(cam, c + 7 + o) - at(s.features, 2 * i + o)
  }
}
