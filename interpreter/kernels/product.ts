/**
 * The matrix product in JavaScript, the twin of the SIMD one.
 * Each element is summed strictly from left to right, starting from what C holds; blocks of two rows and four columns keep eight
 * sums in registers. That order is the language's, so blocking never changes a bit.
 * It must not know shapes or broadcasting.
 */

import { spend } from "../arrays/work.ts"

/** C += sign A B for A (m by k) and B (k by n) with row and column strides; C has rows `ld` apart. */
export function product(
  m: number,
  n: number,
  k: number,
  A: Float64Array,
  a: number,
  ars: number,
  acs: number,
  B: Float64Array,
  b: number,
  brs: number,
  bcs: number,
  C: Float64Array,
  c: number,
  ld: number,
  sign: number,
): void {
  let j = 0
  for (; j + 4 <= n; j += 4) {
    let i = 0
    for (; i + 2 <= m; i += 2) {
      const top = c + i * ld + j
      const low = top + ld
      let c00 = C[top]!
      let c01 = C[top + 1]!
      let c02 = C[top + 2]!
      let c03 = C[top + 3]!
      let c10 = C[low]!
      let c11 = C[low + 1]!
      let c12 = C[low + 2]!
      let c13 = C[low + 3]!
      let pa = a + i * ars
      let pb = b + j * bcs
      for (let p = 0; p < k; p++) {
        const x = sign * A[pa]!
        const y = sign * A[pa + ars]!
        const b0 = B[pb]!
        const b1 = B[pb + bcs]!
        const b2 = B[pb + 2 * bcs]!
        const b3 = B[pb + 3 * bcs]!
        c00 += x * b0
        c01 += x * b1
        c02 += x * b2
        c03 += x * b3
        c10 += y * b0
        c11 += y * b1
        c12 += y * b2
        c13 += y * b3
        pa += acs
        pb += brs
      }
      C[top] = c00
      C[top + 1] = c01
      C[top + 2] = c02
      C[top + 3] = c03
      C[low] = c10
      C[low + 1] = c11
      C[low + 2] = c12
      C[low + 3] = c13
    }
    for (; i < m; i++) for (let q = j; q < j + 4; q++) single(i, q)
  }
  for (; j < n; j++) for (let i = 0; i < m; i++) single(i, j)

  function single(i: number, j: number): void {
    let sum = C[c + i * ld + j]!
    let pa = a + i * ars
    let pb = b + j * bcs
    for (let p = 0; p < k; p++, pa += acs, pb += brs) sum += sign * A[pa]! * B[pb]!
    C[c + i * ld + j] = sum
  }
}

/** Multiplications of the SIMD module in the time of one elementary operation. */
export const vectorSpeed = 4
/** Multiplications between two looks at the limits, at speed 1: at most some 20 ms. */
const panel = 1 << 25

/** Rows of a product (n columns, k terms) that are done between two looks at the limits. */
export function panelRows(n: number, k: number, speed: number): number {
  return Math.max(4, 4 * Math.floor((panel * speed) / (4 * n * k)))
}

/** A product of m rows (n columns, k terms) by panels of rows; what each is about to do counts as work, in units of `speed` multiplications. */
export function byPanels(
  m: number,
  n: number,
  k: number,
  speed: number,
  run: (from: number, rows: number) => void,
): void {
  const most = panelRows(n, k, speed)
  for (let i = 0; i < m; i += most) {
    const rows = Math.min(most, m - i)
    spend((rows * n * k) / speed)
    run(i, rows)
  }
}
