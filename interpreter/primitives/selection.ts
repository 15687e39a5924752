/**
 * Functions that pick one of their arguments.
 * What is not picked contributes nothing, element by element; a tie shares equally. It must not know modes or syntax.
 */

import { choose, where } from "../autodiff/choose.ts"
import type { Binary, Unary } from "../autodiff/declare.ts"
import { binary, unary } from "../autodiff/lift.ts"
import type { Num } from "../autodiff/num.ts"
import { less, lessEqual } from "./arithmetic.ts"

export { where }

/** The share of x in max(x, y), where it has one: 1, half at a tie, nan where one is nan. */
export const share: Binary = binary({
  name: "share",
  doc: "1 where x > y, 0.5 where x = y, 0 where x < y.",
  inner: true,
  written: (x, y) => `where(${x} > ${y}, 1, where(equal(${x}, ${y}), 0.5, 0))`,
  eval: (x, y) => (x > y ? 1 : x === y ? 0.5 : x < y ? 0 : NaN),
  partials: [null, null],
  at: [
    [1, 2],
    [2, 1],
  ],
  zeroBecause: "which of two is greater changes only in jumps",
})

export const max: Binary = binary({
  name: "max",
  doc: "The greater of two, elementwise; a tie shares the derivative equally.",
  eval: Math.max,
  partials: [
    (x, y) =>
      choose(
        less(x, y),
        () => undefined,
        () => share(x, y),
      ),
    (x, y) =>
      choose(
        less(y, x),
        () => undefined,
        () => share(y, x),
      ),
  ],
  at: [
    [1, 2],
    [2, -1],
  ],
})

export const min: Binary = binary({
  name: "min",
  doc: "The lesser of two, elementwise; a tie shares the derivative equally.",
  eval: Math.min,
  partials: [
    (x, y) =>
      choose(
        less(y, x),
        () => undefined,
        () => share(y, x),
      ),
    (x, y) =>
      choose(
        less(x, y),
        () => undefined,
        () => share(x, y),
      ),
  ],
  at: [
    [1, 2],
    [2, -1],
  ],
})

/** `min(max(x, lo), hi)`. */
export function clamp(x: Num, lo: Num, hi: Num): Num {
  return min(max(x, lo), hi)
}

export const relu: Unary = unary({
  name: "relu",
  doc: "max(x, 0), with derivative 0 at 0.",
  eval: (x) => (x > 0 ? x : x <= 0 ? 0 : NaN),
  partial: (x) =>
    choose(
      lessEqual(x, 0),
      () => undefined,
      () => 1,
    ),
  at: [-1.5, 2],
})
