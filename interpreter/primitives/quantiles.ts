/**
 * The inverses of the incomplete gamma and beta functions.
 * With x' = 1/f for the density f, every derivative of an inverse x(p) is x'^n P_n, where P_1 = 1 and P_(n+1) = n h P_n + dP_n/dx with h = -f'/f: a
 * polynomial in 1/x (and in 1/(1 - x)) whose coefficients are written down, because the chain rule would reach its small ones as differences of large
 * ones: x(p) is nearly p^(1/a) at 0, and where 1/a is an integer, all but the first derivatives of that vanish. It must not know modes or syntax.
 */

import { choose } from "../autodiff/choose.ts"
import type { Binary, Nary } from "../autodiff/declare.ts"
import { binary } from "../autodiff/lift.ts"
import type { Num } from "../autodiff/num.ts"
import {
  betaincinv as betaincinvAt,
  betaincinvRest as betaincinvRestAt,
  gammaincinv as gammaincinvAt,
} from "../kernels/special/index.ts"
import { add, div, equal, less, mul, neg, sub } from "./arithmetic.ts"
import { betaDensity, betaincSlope, gammaDensity, gammaincSlope, repeated } from "./incomplete.ts"
import { ln } from "./elementary.ts"
import { digamma, lgamma } from "./special.ts"
import { ternary } from "./ternary.ts"

/** A slope in a parameter, on which the ends p = 0 and p = 1 do not depend. */
function inside(p: Num, slope: () => Num): Num {
  return choose(equal(mul(p, sub(1, p)), 0), () => 0, slope) as Num
}

/** n (1 - a) - i, exact where the whole is 0. */
function factor(n: number, a: Num, i: number): Num {
  return sub(mul(n, sub(1, a)), i)
}

/** Σ c_i x^i y^(m-i), lowest i first, without products that leave the range before their terms do. */
function homogeneous(c: readonly Num[], x: Num, y: Num): Num {
  return c.slice(1).reduce<{ sum: Num; power: Num }>(
    ({ sum, power }, ci) => {
      const next = mul(power, x)
      return { sum: add(mul(sum, y), mul(ci, next)), power: next }
    },
    { sum: c[0]!, power: 1 },
  ).sum
}

/** The n-th derivative of x(p) where P(a, x) = p, given x: h = 1 + (1 - a)/x. */
function gammaFormula(n: number, a: Num, x: Num): Num {
  let c: Num[] = [1]
  for (let k = 1; k < n; k++)
    c = [...c, 0].map((ci, i) => add(mul(k, ci), i === 0 ? 0 : mul(factor(k, a, i - 1), c[i - 1]!)))
  const slope = div(1, gammaDensity(a, x))
  return mul(slope, homogeneous(c, div(slope, x), slope))
}

/** Below, P(a, x) is x^a/Γ(a + 1) far beyond rounding, and powers of 1/x may leave the range. */
const tiny = 1e-90

function isPower(x: Num, then: () => Num, otherwise: () => Num): Num {
  return choose(less(x, tiny), then, otherwise) as Num
}

/** The slope of ln x(a) where x is (p Γ(a + 1))^(1/a). */
function powerSlope(a: Num, p: Num): Num {
  const next = add(a, 1)
  return div(sub(digamma(next), div(add(ln(p), lgamma(next)), a)), a)
}

/** There the n-th derivative in p: x c (c - 1) … (c - n + 1)/p^n with c = 1/a. */
function powerFormula(n: number, a: Num, p: Num): Num {
  let value: Num = gammaincinv(a, p)
  for (let k = 0; k < n; k++) value = div(mul(value, sub(div(1, a), k)), p)
  return value
}

const gammaDerivatives: Binary[] = []

function gammaDerivative(n: number): Binary {
  return (gammaDerivatives[n] ??= binary({
    name: `gammaincinv_derivative_${String(n)}`,
    doc: "A derivative of gammaincinv in p.",
    inner: true,
    eval: (a, p) => gammaFormula(n, a, gammaincinvAt(a, p)) as number,
    partials: [
      (a, p) =>
        isPower(
          gammaincinv(a, p),
          () => repeated((t) => powerFormula(n, t, p), 1)(a),
          () => repeated((t) => gammaFormula(n, t, gammaincinv(t, p)), 1)(a),
        ),
      (a, p) => gammaDerivative(n + 1)(a, p),
    ],
    at: [
      [0.5, 0.25],
      [3, 0.6],
    ],
  }))
}

export const gammaincinv: Binary = binary({
  name: "gammaincinv",
  doc: "The x with gammainc(a, x) = p; 0 at 0, inf at 1, nan outside; differentiable in both, with slope inf at 0 for a > 1 and 0 for a < 1.",
  eval: gammaincinvAt,
  partials: [
    (a, p, out) =>
      inside(p, () =>
        isPower(
          out,
          () => mul(out, powerSlope(a, p)),
          () => neg(div(gammaincSlope(1)(a, out), gammaDensity(a, out))),
        ),
      ),
    (a, p) => gammaDerivative(1)(a, p),
  ],
  at: [
    [0.5, 0.25],
    [3, 0.6],
  ],
})

/** What is asked at x, or at 1 - x with the parameters exchanged: from the nearer end, where digits are. */
function nearer(a: Num, b: Num, x: Num, rest: Num, ask: (a: Num, b: Num, x: Num, exchanged: boolean) => Num): Num {
  return choose(
    less(x, 0.5),
    () => ask(a, b, x, false),
    () => ask(b, a, rest, true),
  ) as Num
}

/** The n-th derivative of x(p) where I_x(a, b) = p, given x and 1 - x: h = (1 - a)/x - (1 - b)/(1 - x), so P_n is homogeneous in the two quotients. */
function betaFormula(n: number, a: Num, b: Num, x: Num, rest: Num): Num {
  let c: Num[] = [1]
  for (let k = 1; k < n; k++)
    c = [...c, 0].map((_, i) => {
      const fromX = i === 0 ? 0 : mul(factor(k, a, i - 1), c[i - 1]!)
      return i === k ? fromX : sub(fromX, mul(factor(k, b, k - 1 - i), c[i]!))
    })
  const slope = div(
    1,
    nearer(a, b, x, rest, (s, t, y) => betaDensity([s, t, y], undefined)),
  )
  return mul(slope, homogeneous(c, div(slope, x), div(slope, rest)))
}

function betaFormulaAt(n: number, a: Num, b: Num, p: Num): Num {
  return betaFormula(n, a, b, betaincinv([a, b, p], undefined), betaincinvRest([a, b, p], undefined))
}

/** The derivative of x(p) in the k-th parameter, given x and 1 - x. */
function betaParameter(k: 0 | 1, a: Num, b: Num, x: Num, rest: Num): Num {
  return nearer(a, b, x, rest, (s, t, y, exchanged) => {
    const slope = (k === 0) === exchanged ? betaincSlope(0, 1) : betaincSlope(1, 0)
    const shift = div(slope([s, t, y], undefined), betaDensity([s, t, y], undefined))
    return exchanged ? shift : neg(shift)
  })
}

const betaDerivatives: Nary<undefined>[] = []

function betaDerivative(n: number): Nary<undefined> {
  return (betaDerivatives[n] ??= ternary({
    name: `betaincinv_derivative_${String(n)}`,
    doc: "A derivative of betaincinv in p.",
    inner: true,
    eval: (a, b, p) => betaFormulaAt(n, a, b, p) as number,
    partials: [
      (a, b, p) => repeated((t) => betaFormulaAt(n, t, b, p), 1)(a),
      (a, b, p) => repeated((t) => betaFormulaAt(n, a, t, p), 1)(b),
      (a, b, p) => betaDerivative(n + 1)([a, b, p], undefined),
    ],
    at: [
      [2, 3, 0.4],
      [0.75, 1.5, 0.7],
    ],
  }))
}

export const betaincinv: Nary<undefined> = ternary({
  name: "betaincinv",
  doc: "The x with betainc(a, b, x) = p; nan for p outside [0, 1].",
  eval: betaincinvAt,
  partials: [
    (a, b, p, out) => inside(p, () => betaParameter(0, a, b, out, betaincinvRest([a, b, p], undefined))),
    (a, b, p, out) => inside(p, () => betaParameter(1, a, b, out, betaincinvRest([a, b, p], undefined))),
    (a, b, p) => betaDerivative(1)([a, b, p], undefined),
  ],
  at: [
    [2, 3, 0.4],
    [0.75, 1.5, 0.7],
  ],
})

export const betaincinvRest: Nary<undefined> = ternary({
  name: "betaincinv_rest",
  doc: "1 - betaincinv(a, b, p).",
  inner: true,
  eval: betaincinvRestAt,
  partials: [
    (a, b, p, out) => inside(p, () => neg(betaParameter(0, a, b, betaincinv([a, b, p], undefined), out))),
    (a, b, p, out) => inside(p, () => neg(betaParameter(1, a, b, betaincinv([a, b, p], undefined), out))),
    (a, b, p) => neg(betaDerivative(1)([a, b, p], undefined)),
  ],
  at: [
    [2, 3, 0.4],
    [0.75, 1.5, 0.7],
  ],
})
