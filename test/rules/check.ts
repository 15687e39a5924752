/**
 * Checks the derivatives of a function at a point: every mode against every other and against finite differences, to third order, and its Taylor series.
 * The function need only take and give numbers and arrays. It must not know which function it is.
 */

import { expect } from "vitest"
import type { Num } from "../../interpreter/autodiff/num.ts"
import {
  alongForward,
  alongReverse,
  generator,
  moved,
  number,
  randomLike,
  ridders,
  scalarise,
  taylorAlong,
  type Args,
  type Scalar,
} from "./drivers.ts"

export interface Case {
  readonly title: string
  readonly f: (xs: Args) => readonly Num[]
  readonly xs: Args
}

export function close(actual: number, expected: number, scale: number, tolerance: number, what: string): void {
  const ok = Math.abs(actual - expected) <= tolerance * Math.max(scale, Math.abs(expected))
  expect(ok ? "agrees" : `${what}: ${String(actual)}, but ${String(expected)}`).toBe("agrees")
}

/** Compares with a finite difference of a function of one number; says nothing where the difference is worth nothing. */
function closeToDifference(actual: number, g: (t: number) => number, scale: number, what: string): void {
  const { value, error } = [0.02, 1e-4].map((h) => ridders(g, h)).reduce((a, b) => (a.error <= b.error ? a : b))
  expect(error, `${what}: finite differences`).toBeLessThan(1e-4 * Math.max(scale, Math.abs(value)))
  close(actual, value, scale, 1e-8 + (20 * error) / Math.max(scale, Math.abs(value)), what)
}

export function check(c: Case): void {
  const next = generator(c.title.length * 7919 + 13)
  const ys = c.f(c.xs)
  const weights = ys.map((y) => randomLike(y, next))
  const phi: Scalar = scalarise(c.f, weights)
  const [u, v, w] = [0, 1, 2].map(() => c.xs.map((x) => randomLike(x, next))) as [Num[], Num[], Num[]]
  const at = (g: Scalar): number => number(g(c.xs))
  const differ = (g: Scalar, along: Args) => (t: number) => number(g(moved(c.xs, along, t)))
  const size = Math.max(1, Math.abs(at(phi)))

  // First order.
  const F = alongForward
  const R = alongReverse
  const first = at(F(phi, v))
  close(at(R(phi, v)), first, 1e-3 * size, 1e-12, "reverse and forward")
  closeToDifference(first, differ(phi, v), size, "first derivative")

  // Second order, in four pairs of modes.
  const second = at(F(F(phi, v), w))
  const scale2 = Math.max(size, Math.abs(first))
  closeToDifference(second, differ(F(phi, v), w), scale2, "second derivative")
  close(at(F(R(phi, v), w)), second, scale2, 1e-11, "forward over reverse")
  close(at(R(F(phi, v), w)), second, scale2, 1e-11, "reverse over forward")
  close(at(R(R(phi, v), w)), second, scale2, 1e-11, "reverse over reverse")

  // Third order.
  const third = at(F(F(F(phi, v), w), u))
  const scale3 = Math.max(scale2, Math.abs(second))
  closeToDifference(third, differ(F(F(phi, v), w), u), scale3, "third derivative")
  close(at(R(F(R(phi, v), w), u)), third, scale3, 1e-10, "mixed third derivative")
  close(at(F(R(F(phi, v), w), u)), third, scale3, 1e-10, "mixed third derivative")

  // Taylor series against repeated forward mode.
  let derivative: Scalar = phi
  let factorial = 1
  let scale = size
  const coefficients = taylorAlong(phi, c.xs, v, 4)
  coefficients.forEach((coefficient, k) => {
    const expected = at(derivative) / factorial
    scale = Math.max(scale, Math.abs(expected))
    close(coefficient, expected, scale, 1e-10, `Taylor coefficient ${String(k)}`)
    derivative = F(derivative, v)
    factorial *= k + 1
  })
}
