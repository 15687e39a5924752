/**
 * The operators on numbers: sum, difference, product, quotient, remainder, power, and comparisons.
 * Every rule is written with lifted primitives, one partial an argument, so it holds at every order and in every mode. It must not know modes or syntax.
 */

import { choose } from "../autodiff/choose.ts"
import type { Binary, Predicate, Unary } from "../autodiff/declare.ts"
import { add, binary, mul, predicate, unary } from "../autodiff/lift.ts"
import type { Num } from "../autodiff/num.ts"
import { log } from "../kernels/elementary.ts"
import { pow as powerAt } from "../kernels/powers.ts"
import { differences, negatives, quotients } from "../kernels/operations.ts"

export { add, mul }

export const neg: Unary = unary({
  name: "neg",
  symbol: "-",
  doc: "The negative of a number, array or structure.",
  eval: (x) => -x,
  kernel: negatives,
  partial: () => -1,
  at: [1.5, 0],
  linear: true,
})

export const sub: Binary = binary({
  name: "sub",
  symbol: "-",
  doc: "Difference of two numbers, arrays (broadcasting) or structures of one form.",
  eval: (x, y) => x - y,
  loops: differences,
  partials: [() => 1, () => -1],
  at: [
    [1.5, -2],
    [0, 3],
  ],
  linear: true,
})

export const div: Binary = binary({
  name: "div",
  symbol: "/",
  doc: "Quotient of two numbers or arrays; `1/0` is inf, `0/0` nan.",
  eval: (x, y) => x / y,
  loops: quotients,
  partials: [(_x, y) => div(1, y), (_x, y, out) => neg(div(out, y))],
  at: [
    [1.5, -2],
    [0, 3],
  ],
  quotient: true,
})

/** The remainder with the divisor's sign. */
function remainder(x: number, y: number): number {
  const r = x % y
  return r !== 0 && r < 0 !== y < 0 ? r + y : r
}

/** floor(x / y), exact where x and y are (Python's rule). */
function wholeQuotient(x: number, y: number): number {
  return y === 0 || !Number.isFinite(y) ? Math.floor(x / y) : Math.round((x - remainder(x, y)) / y)
}

export const idiv: Binary = binary({
  name: "idiv",
  doc: "The integer n with x = n y + (x % y), which is floor(x / y); derivative 0.",
  eval: wholeQuotient,
  partials: [null, null],
  at: [
    [7.5, 2],
    [-7.5, 2],
  ],
  zeroBecause: "`idiv` is constant between its jumps",
})

export const mod: Binary = binary({
  name: "mod",
  symbol: "%",
  doc: "Remainder with the divisor's sign: `-7.5 % 2` is 0.5. Differentiable in both between the jumps: 1 and -floor(x / y).",
  eval: remainder,
  partials: [() => 1, (x, y) => neg(idiv(x, y))],
  at: [
    [7.5, 2],
    [-7.5, 2],
    [5.25, -3],
  ],
})

export const equal: Predicate = predicate({
  name: "equal",
  symbol: "==",
  doc: "Elementwise equality; no derivative.",
  eval: (x, y) => x === y,
})
export const less: Predicate = predicate({
  name: "less",
  symbol: "<",
  doc: "Elementwise x < y; no derivative.",
  eval: (x, y) => x < y,
})
export const lessEqual: Predicate = predicate({
  name: "less_equal",
  symbol: "<=",
  doc: "Elementwise x <= y; no derivative.",
  eval: (x, y) => x <= y,
})
export const greater: Predicate = predicate({
  name: "greater",
  symbol: ">",
  doc: "Elementwise x > y; no derivative.",
  eval: (x, y) => x > y,
})
export const greaterEqual: Predicate = predicate({
  name: "greater_equal",
  symbol: ">=",
  doc: "Elementwise x >= y; no derivative.",
  eval: (x, y) => x >= y,
})

/** Where a power's slope y x^(y - 1) would be 0 · inf: the slope of the constant x^0. */
export const bothZero: Predicate = predicate({
  name: "both_zero",
  doc: "Elementwise: are both 0?",
  inner: true,
  eval: (x, y) => x === 0 && y === 0,
})

/** Logarithm of a positive base, for Taylor mode. */
export const baseLog: Unary = unary({
  name: "base_log",
  doc: "Natural logarithm.",
  inner: true,
  written: (x) => `ln(${x})`,
  eval: log,
  partial: (x) => div(1, x),
  at: [0.5, 2],
})

export const pow: Binary = binary({
  name: "pow",
  symbol: "^",
  doc: "Power x^y. A constant exponent is a constant: the derivative in x is y x^(y - 1), and 0 for y = 0 also at x = 0. In y it is x^y ln x, and 0 at x = 0 for y > 0.",
  eval: powerAt,
  partials: [
    (x, y) =>
      choose(
        bothZero(x, y),
        () => 0,
        () => mul(y, pow(x, sub(y, 1))),
      ),
    (x, y) => powerLog(1)(x, y),
  ],
  seriesPartials: [(x, y, out) => mul(y, div(out, x)), (x, _y, out) => mul(out, baseLog(x))],
  at: [
    [0.5, -1.5],
    [2, 3],
    [4, 0.5],
    [2, 0],
  ],
})

const powerLogs: Binary[] = []

/**
 * x^y (ln x)^k, 0 at x = 0 for y > 0: the k-th derivative of x^y in y. With pow as k = 0 they are closed under both derivatives, so that every
 * derivative of a power at x = 0 is the limit where there is one.
 */
export function powerLog(k: number): Binary {
  if (k === 0) return pow
  return (powerLogs[k] ??= binary({
    name: `power_log_${String(k)}`,
    doc: "A derivative of x^y in y: x^y (ln x)^k.",
    inner: true,
    written: (x, y) => `${x}^${y} * ln(${x})^${String(k)}`,
    eval: (x, y) => (x === 0 && y > 0 ? 0 : powerAt(x, y) * powerAt(log(x), k)),
    partials: [
      (x, y) => {
        const second = mul(k, powerLog(k - 1)(x, sub(y, 1)))
        return choose(
          bothZero(x, y),
          () => second,
          () => add(mul(y, powerLog(k)(x, sub(y, 1))), second),
        )
      },
      (x, y) => powerLog(k + 1)(x, y),
    ],
    at: [
      [0.5, -1.5],
      [2, 3],
      [2, 0],
    ],
  }))
}

/** Sums left to right. */
export function sumOf(...terms: readonly Num[]): Num {
  return terms.reduce((a, b) => add(a, b))
}

/** Sum of the terms that are there. */
export function total(...terms: readonly (Num | undefined)[]): Num | undefined {
  return terms.reduce<Num | undefined>(
    (sum, term) => (sum === undefined ? term : term === undefined ? sum : add(sum, term)),
    undefined,
  )
}
