/**
 * Inverse circular functions, hyperbolic functions and their inverses, and lengths and angles in the plane.
 * Slopes that are quotients of squares are written without overflow, underflow or cancellation. It must not know modes or syntax.
 */

import type { Binary, Unary } from "../autodiff/declare.ts"
import { binary, unary } from "../autodiff/lift.ts"
import { add, div, mul, neg, sub } from "./arithmetic.ts"
import { nonnegative, sqrt, square } from "./elementary.ts"
import { cosh as coshAt, sinh as sinhAt } from "../kernels/hyperbolic.ts"
import {
  acos as acosAt,
  acosh as acoshAt,
  asin as asinAt,
  asinh as asinhAt,
  atan as atanAt,
  atan2 as atan2At,
  atanh as atanhAt,
} from "../kernels/inverses.ts"

/** 1 - x² without cancellation, and its slope without rounding. */
export const oneMinusSquare: Unary = unary({
  name: "one_minus_square",
  doc: "1 - x².",
  inner: true,
  written: (x) => `(1 - ${x}) * (1 + ${x})`,
  eval: (x) => (1 - x) * (1 + x),
  partial: (x) => mul(-2, x),
  at: [-0.75, 0, 0.5],
})

export const asin: Unary = unary({
  name: "asin",
  doc: "The angle in [-π/2, π/2] with a given sine; derivative inf at -1 and 1, nan outside.",
  eval: asinAt,
  partial: (x) => div(1, sqrt(oneMinusSquare(x))),
  at: [-0.75, 0, 0.5],
})

export const acos: Unary = unary({
  name: "acos",
  doc: "The angle in [0, π] with a given cosine; derivative -inf at -1 and 1, nan outside.",
  eval: acosAt,
  partial: (x) => neg(div(1, sqrt(oneMinusSquare(x)))),
  at: [-0.75, 0, 0.5],
})

/** The slope of atan. Its own is -2 x/(1 + x²) times itself, and with that factor it is closed under derivatives, none of which leaves the range. */
export const cauchy: Unary = unary({
  name: "cauchy",
  doc: "1/(1 + x²).",
  inner: true,
  written: (x) => `1 / (1 + ${x}^2)`,
  eval: (x) => 1 / (1 + x * x),
  partial: (x, out) => mul(-2, mul(cauchyMoment(x), out)),
  at: [-3, 0, 0.5],
})

export const cauchyMoment: Unary = unary({
  name: "cauchy_moment",
  doc: "x/(1 + x²).",
  inner: true,
  written: (x) => `${x} / (1 + ${x}^2)`,
  eval: (x) => (Math.abs(x) > 1e150 ? 1 / x : x / (1 + x * x)),
  partial: (x) => {
    const slope = cauchy(x)
    return mul(slope, sub(mul(2, slope), 1))
  },
  at: [-3, 0, 0.5],
})

export const atan: Unary = unary({
  name: "atan",
  doc: "The angle in (-π/2, π/2) with a given tangent.",
  eval: atanAt,
  partial: (x) => cauchy(x),
  at: [-3, 0, 0.5],
})

/** √(x² + y²) within one last digit; squares that would over- or underflow are scaled by powers of two. */
function hypotAt(x: number, y: number): number {
  const a = Math.abs(x)
  const b = Math.abs(y)
  const large = a > b ? a : b
  if (a === Infinity || b === Infinity) return Infinity
  if (large > 1e150) return 2 ** 600 * hypotAt(x * 2 ** -600, y * 2 ** -600)
  if (large < 1e-140) return large === 0 ? 0 : 2 ** -600 * hypotAt(x * 2 ** 600, y * 2 ** 600)
  return Math.sqrt(a * a + b * b)
}

/** The slope of hypot, x/√(x² + y²): its own slopes are products of such, so that nothing cancels at any order. */
export const direction: Binary = binary({
  name: "direction",
  doc: "x/hypot(x, y); 0 at the origin.",
  inner: true,
  written: (x, y) => `${x} / hypot(${x}, ${y})`,
  eval: (x, y) => {
    const length = hypotAt(x, y)
    if (length === Infinity) return Number.isFinite(x) ? 0 : Number.isFinite(y) ? Math.sign(x) : NaN
    return length === 0 ? 0 : x / length
  },
  partials: [
    (x, y) => div(square(direction(y, x)), hypot(x, y)),
    (x, y, out) => neg(div(mul(out, direction(y, x)), hypot(x, y))),
  ],
  at: [
    [3, 4],
    [-1e-9, 2],
  ],
})

export const hypot: Binary = binary({
  name: "hypot",
  doc: "√(x² + y²) without overflow; derivative 0 at the origin.",
  eval: hypotAt,
  partials: [(x, y) => direction(x, y), (x, y) => direction(y, x)],
  at: [
    [3, 4],
    [-1e-9, 2],
  ],
})

interface InversePower {
  readonly real: Binary
  readonly imaginary: Binary
}

const inversePowers: InversePower[] = []

/** 1/(x + i y)^n without overflow of the squares. */
function inversePowerAt(n: number, x: number, y: number): readonly [real: number, imaginary: number] {
  const r = hypotAt(x, y)
  const a = x / r
  const b = -y / r
  let real = a / r
  let imaginary = b / r
  for (let k = 1; k < n; k++) {
    // A square's real part is (a - b)(a + b), which does not cancel.
    const next = k === 1 ? (a - b) * (a + b) : real * a - imaginary * b
    const across = k === 1 ? 2 * a * b : real * b + imaginary * a
    real = k === 1 ? next / r / r : next / r
    imaginary = k === 1 ? across / r / r : across / r
  }
  return [real, imaginary]
}

/**
 * The real and the imaginary part of z^-n for z = x + i y. The angle's slopes are those of 1/z, and the slopes of z^-n are -n z^-(n+1), in y times i:
 * so that every derivative of an angle is one power, of which nothing cancels.
 */
function inversePower(n: number): InversePower {
  const name = `inverse_power_${String(n)}`
  const at = [
    [1, 2],
    [-1, 0.5],
    [-3, -1.5],
  ] as const
  return (inversePowers[n] ??= {
    real: binary({
      name: `${name}_real`,
      doc: "The real part of 1/(x + i y)^n.",
      inner: true,
      written: (x, y) =>
        n === 1 ? `${x} / (${x}^2 + ${y}^2)` : `cos(${String(n)} * atan2(${y}, ${x})) / hypot(${x}, ${y})^${String(n)}`,
      eval: (x, y) => inversePowerAt(n, x, y)[0],
      partials: [
        (x, y) => mul(-n, inversePower(n + 1).real(x, y)),
        (x, y) => mul(n, inversePower(n + 1).imaginary(x, y)),
      ],
      at,
    }),
    imaginary: binary({
      name: `${name}_imaginary`,
      doc: "The imaginary part of 1/(x + i y)^n.",
      inner: true,
      written: (x, y) =>
        n === 1
          ? `-${y} / (${x}^2 + ${y}^2)`
          : `-sin(${String(n)} * atan2(${y}, ${x})) / hypot(${x}, ${y})^${String(n)}`,
      eval: (x, y) => inversePowerAt(n, x, y)[1],
      partials: [
        (x, y) => mul(-n, inversePower(n + 1).imaginary(x, y)),
        (x, y) => mul(-n, inversePower(n + 1).real(x, y)),
      ],
      at,
    }),
  })
}

export const atan2: Binary = binary({
  name: "atan2",
  doc: "The angle of the point (x, y) = (second, first argument), counter-clockwise from the x axis, in [-π, π]; the derivative is smooth across the cut, nan at the origin.",
  eval: atan2At,
  partials: [(y, x) => inversePower(1).real(x, y), (y, x) => inversePower(1).imaginary(x, y)],
  at: [
    [1, 2],
    [-1, 0.5],
    [-3, -1.5],
  ],
})

export const sinh: Unary = unary({
  name: "sinh",
  doc: "Hyperbolic sine.",
  eval: sinhAt,
  partial: (x) => cosh(x),
  at: [-2, 0, 1],
})

export const cosh: Unary = unary({
  name: "cosh",
  doc: "Hyperbolic cosine.",
  eval: coshAt,
  partial: (x) => sinh(x),
  at: [-2, 0, 1],
})

export const asinh: Unary = unary({
  name: "asinh",
  doc: "Inverse of sinh.",
  eval: asinhAt,
  partial: (x) => div(1, hypot(x, 1)),
  at: [-2, 0, 1],
})

export const acosh: Unary = unary({
  name: "acosh",
  doc: "Inverse of cosh, at least 0; derivative inf at 1, nan below.",
  eval: acoshAt,
  partial: (x) => div(div(1, sqrt(sub(x, 1))), sqrt(add(x, 1))),
  at: [1.25, 2, 5],
})

export const atanh: Unary = unary({
  name: "atanh",
  doc: "Inverse of tanh; derivative inf at -1 and 1, nan outside.",
  eval: atanhAt,
  partial: (x) => div(1, nonnegative(oneMinusSquare(x))),
  at: [-0.75, 0, 0.5],
})
