/**
 * Bessel functions of integer order, exponential integrals and Lambert's function.
 * Slopes are neighbours in the same family, so that every order has its own accurate value. It must not know modes or syntax.
 */

import type { Binary, Unary } from "../autodiff/declare.ts"
import { binary, unary } from "../autodiff/lift.ts"
import {
  besselI as besselIAt,
  besselJ as besselJAt,
  besselK as besselKAt,
  besselY as besselYAt,
  expintEi as expintEiAt,
  expintEn as expintEnAt,
  exponentialQuotient as exponentialQuotientAt,
  lambertW as lambertWAt,
  lambertWGap as lambertWGapAt,
  lambertWMinus1 as lambertWMinus1At,
  lambertWMinus1Gap as lambertWMinus1GapAt,
  lambertWMinus1Slope as lambertWMinus1SlopeAt,
  lambertWSlope as lambertWSlopeAt,
  mostOrder,
} from "../kernels/special/index.ts"
import { add, div, mul, neg, sub } from "./arithmetic.ts"
import { square } from "./elementary.ts"

const orderBecause = "the order of the function is an integer"
const ordinary = [
  [0, 1.5],
  [1, 0.5],
  [3, 7],
] as const

export const besselJ: Binary = binary({
  name: "bessel_j",
  doc: "Bessel function of the first kind of integer order n; nan for orders beyond 100,000.",
  eval: besselJAt,
  partials: [null, (n, x) => mul(0.5, sub(besselJ(sub(n, 1), x), besselJ(add(n, 1), x)))],
  at: [...ordinary, [2, -1.5]],
  zeroBecause: orderBecause,
})

/** The k-th derivative of Yn(x), Σ (-1)^j (k over j) Y(n - k + 2j)(x)/2^k: where it leaves the range, the infinity of its largest term. */
function besselYDerivativeAt(k: number, n: number, x: number): number {
  const top = n >= 0 ? besselYAt(n + k, x) : besselYAt(n - k, x)
  if (!Number.isFinite(top)) return n >= 0 && k % 2 === 1 ? -top : top
  let sum = 0
  let choices = 1
  for (let j = 0; j <= k; j++) {
    sum += choices * besselYAt(n - k + 2 * j, x)
    choices *= -(k - j) / (j + 1)
  }
  return sum / 2 ** k
}

const besselYDerivatives: Binary[] = []

function besselYDerivative(k: number): Binary {
  return (besselYDerivatives[k] ??= binary({
    name: `bessel_y_derivative_${String(k)}`,
    doc: "A derivative of bessel_y.",
    inner: true,
    eval: (n, x) => besselYDerivativeAt(k, n, x),
    partials: [null, (n, x) => besselYDerivative(k + 1)(n, x)],
    at: ordinary,
    zeroBecause: orderBecause,
  }))
}

export const besselY: Binary = binary({
  name: "bessel_y",
  doc: "Bessel function of the second kind of integer order n, for x > 0; nan for orders beyond 100,000; -inf at 0, nan below.",
  eval: besselYAt,
  partials: [null, (n, x) => besselYDerivative(1)(n, x)],
  at: ordinary,
  zeroBecause: orderBecause,
})

export const besselI: Binary = binary({
  name: "bessel_i",
  doc: "Modified Bessel function of the first kind of integer order n; nan for orders beyond 100,000.",
  eval: besselIAt,
  partials: [null, (n, x) => mul(0.5, add(besselI(sub(n, 1), x), besselI(add(n, 1), x)))],
  at: [...ordinary, [2, -1.5]],
  zeroBecause: orderBecause,
})

export const besselK: Binary = binary({
  name: "bessel_k",
  doc: "Modified Bessel function of the second kind of integer order n, for x > 0; nan for orders beyond 100,000; inf at 0, nan below.",
  eval: besselKAt,
  partials: [null, (n, x) => mul(-0.5, add(besselK(sub(n, 1), x), besselK(add(n, 1), x)))],
  at: ordinary,
  zeroBecause: orderBecause,
})

/** En(x), for n below 0 a derivative of e^-x/x. */
function exponentialIntegral(n: number, x: number): number {
  if (n >= 0) return expintEnAt(n, x)
  if (!(n >= -mostOrder) || Math.floor(n) !== n) return NaN
  return x > 0 ? -exponentialQuotientAt(-n, -x) : x === 0 ? Infinity : NaN
}

export const expintN: Binary = binary({
  name: "expint_n",
  doc: "Exponential integral of integer order n, the integral of exp(-x t)/t^n from 1 to inf, for x ≥ 0; nan for orders below -100,000.",
  eval: exponentialIntegral,
  partials: [null, (n, x) => neg(expintN(sub(n, 1), x))],
  at: [
    [1, 0.5],
    [2, 1.5],
    [0, 0.75],
  ],
  zeroBecause: orderBecause,
})

export const expint: Unary = unary({
  name: "expint",
  doc: "Exponential integral, the integral of exp(-t)/t from x to inf, for x > 0; inf at 0, nan below.",
  eval: (x) => expintEnAt(1, x),
  partial: (x) => neg(expintN(0, x)),
  at: [0.25, 1, 3],
})

/** The slope of Ei and its derivatives: the n-th of e^x/x. */
export const exponentialQuotient: Binary = binary({
  name: "exponential_quotient",
  doc: "The n-th derivative of exp(x)/x.",
  inner: true,
  written: (n, x) => {
    let series = ""
    for (let k = 1; k <= Number(n); k++) series = ` * (1 - ${String(k)} / ${x}${series})`
    return `exp(${x}) / ${x}${series}`
  },
  eval: exponentialQuotientAt,
  partials: [null, (n, x) => exponentialQuotient(add(n, 1), x)],
  at: [
    [0, 1.5],
    [1, -0.5],
    [3, 7],
  ],
  zeroBecause: "the order of a derivative is an integer",
})

export const expintEi: Unary = unary({
  name: "expint_ei",
  doc: "Principal value of the integral of exp(t)/t from -inf to x; -inf at 0, where the derivative is inf.",
  eval: expintEiAt,
  partial: (x) => exponentialQuotient(0, x),
  at: [-1, 0.25, 3],
})

/**
 * One branch of Lambert's function with its distance from the branch point, g = 1 + w, and its slope s = w/(x g): these have their digits where w is -1 to
 * rounding, and s' = -s² (1 + 1/g) with g' = s gives every order.
 */
function lambertBranch(
  declaration: { readonly name: string; readonly doc: string; readonly at: readonly number[] },
  branch: { value: (x: number) => number; gap: (x: number) => number; slope: (x: number) => number },
): Unary {
  const { name } = declaration
  const gap: Unary = unary({
    name: `${name}_gap`,
    doc: `1 + ${name}(x).`,
    inner: true,
    written: (x) => `(1 + ${name}(${x}))`,
    eval: branch.gap,
    partial: (x) => slope(x),
    at: declaration.at,
  })
  const slope: Unary = unary({
    name: `${name}_slope`,
    doc: `The slope of ${name}.`,
    inner: true,
    written: (x) => `1 / (${x} + exp(${name}(${x})))`,
    eval: branch.slope,
    partial: (x, out) => neg(mul(square(out), add(1, div(1, gap(x))))),
    at: declaration.at,
  })
  return unary({ ...declaration, eval: branch.value, partial: (x) => slope(x) })
}

export const lambertW: Unary = lambertBranch(
  {
    name: "lambertw",
    doc: "The w ≥ -1 with w exp(w) = x, for x ≥ -1/e; derivative inf at -1/e, nan below.",
    at: [-0.25, 0, 1, 5],
  },
  { value: lambertWAt, gap: lambertWGapAt, slope: lambertWSlopeAt },
)

export const lambertWLower: Unary = lambertBranch(
  {
    name: "lambertw_lower",
    doc: "The w ≤ -1 with w exp(w) = x, for -1/e ≤ x < 0; -inf at 0, nan elsewhere; derivative -inf at -1/e and 0.",
    at: [-0.3, -0.1],
  },
  { value: lambertWMinus1At, gap: lambertWMinus1GapAt, slope: lambertWMinus1SlopeAt },
)
