/**
 * Functions of about ten operations, with their gradients by hand.
 * There is so little to compute that what a call from outside costs shows.
 * It must not know how it is timed.
 */

/** exp(-0.3 x) cos(1.5 x) + x^2 / (1 + x^2). */
export function wave(x: number): number {
  return Math.exp(-0.3 * x) * Math.cos(1.5 * x) + (x * x) / (1 + x * x)
}

/** Its slope. */
export function waveGrad(x: number): number {
  const decay = Math.exp(-0.3 * x)
  const square = x * x
  const below = 1 + square
  return decay * (-0.3 * Math.cos(1.5 * x) - 1.5 * Math.sin(1.5 * x)) + (2 * x * (below - square)) / (below * below)
}

/** Ten numbers with names. */
export interface Ten {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
  readonly f: number
  readonly g: number
  readonly h: number
  readonly i: number
  readonly j: number
}

/** Products of pairs, a sine and a square. */
export function springs(p: Ten): number {
  return p.a * p.b + p.c * p.d + p.e * p.f + p.g * p.h + p.i * p.j + Math.sin(p.a * p.j) - (p.c * p.c) / 2
}

/** Its gradient, in the form of the parameter. */
export function springsGrad(p: Ten): Ten {
  const slope = Math.cos(p.a * p.j)
  return {
    a: p.b + slope * p.j,
    b: p.a,
    c: p.d - p.c,
    d: p.c,
    e: p.f,
    f: p.e,
    g: p.h,
    h: p.g,
    i: p.j,
    j: p.i + slope * p.a,
  }
}
