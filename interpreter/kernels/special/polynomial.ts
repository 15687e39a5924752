/**
 * Polynomials and exact arguments of the circle functions, the two tools every special function here is made of.
 * Coefficients stand lowest degree first, and a polynomial is evaluated by Horner's rule.
 * It must not know which function it is part of.
 */
import { sin, cos } from "../circle.ts"

/** c[0] + c[1] x + c[2] x² + … */
export function polynomial(x: number, c: readonly number[]): number {
  let sum = 0
  for (let i = c.length - 1; i >= 0; i--) sum = sum * x + c[i]!
  return sum
}

/** sin(πx), with the argument reduced exactly: 0 at every integer (DLMF 4.21). */
export function sinpi(x: number): number {
  if (!Number.isFinite(x)) return NaN
  const sign = x < 0 ? -1 : 1
  let r = Math.abs(x) % 2
  let flip = sign
  if (r >= 1) {
    r -= 1
    flip = -flip
  }
  if (r === 0) return x === 0 ? x : 0 * flip
  if (r > 0.5) r = 1 - r
  return flip * (r <= 0.25 ? sin(Math.PI * r) : cos(Math.PI * (0.5 - r)))
}

/** cos(πx), with the argument reduced exactly: 0 at every half of an odd integer. */
export function cospi(x: number): number {
  if (!Number.isFinite(x)) return NaN
  let r = Math.abs(x) % 2
  if (r > 1) r = 2 - r
  if (r <= 0.25) return cos(Math.PI * r)
  if (r < 0.75) return sin(Math.PI * (0.5 - r))
  return -cos(Math.PI * (1 - r))
}

/** tan(πx): poles at the halves of odd integers answer an infinity. */
export function tanpi(x: number): number {
  return sinpi(x) / cospi(x)
}

/** c[0] T0(t) + c[1] T1(t) + … for t in [-1, 1], by Clenshaw's recurrence (DLMF 3.11.15). */
export function chebyshev(t: number, c: readonly number[]): number {
  let b1 = 0
  let b2 = 0
  for (let i = c.length - 1; i >= 1; i--) {
    const b = 2 * t * b1 - b2 + c[i]!
    b2 = b1
    b1 = b
  }
  return t * b1 - b2 + c[0]!
}
