/**
 * Triangular systems, Cholesky's factor and the LU factorisation with row exchanges.
 * Blocks of 32 columns: their own elimination in plain loops, the rest of the matrix by one matrix product. Every element is reduced by its
 * terms from left to right, so the block size never changes a bit. Golub and Van Loan, Matrix Computations, 3.2, 3.4, 4.2.
 * It must not know shapes or derivatives.
 */
import { type Space, withSpace } from "../lanes.ts"

const BLOCK = 32

/**
 * X := T⁻¹ X in place for a triangular T with strides (rs, cs), X of m columns `ld` apart; lower goes down, upper up. Swapping the strides
 * solves with the transpose.
 */
function solveWith(
  s: Space,
  t: number,
  rs: number,
  cs: number,
  n: number,
  x: number,
  ld: number,
  m: number,
  lower: boolean,
  unit: boolean,
): void {
  const blocks = Math.ceil(n / BLOCK)
  for (let b = 0; b < blocks; b++) {
    const from = lower ? b * BLOCK : Math.max(0, n - (b + 1) * BLOCK)
    const to = lower ? Math.min(n, from + BLOCK) : n - b * BLOCK
    // Upwards is downwards with all strides turned.
    if (lower) s.triangular(to - from, t + from * (rs + cs), rs, cs, x + from * ld, ld, 1, m, unit)
    else s.triangular(to - from, t + (to - 1) * (rs + cs), -rs, -cs, x + (to - 1) * ld, -ld, 1, m, unit)
    const k = to - from
    if (lower && to < n) {
      s.product(n - to, m, k, t + to * rs + from * cs, rs, cs, x + from * ld, ld, 1, x + to * ld, ld, -1)
    }
    // Upwards the terms come from right to left, so the product runs backwards too.
    if (!lower && from > 0) {
      s.product(from, m, k, t + (to - 1) * cs, rs, -cs, x + (to - 1) * ld, -ld, 1, x, ld, -1)
    }
  }
}

/** T⁻¹ B (or T⁻ᵀ B) for a triangular T (n by n) and B (n by m); only the named triangle is read. A zero on the diagonal answers infinities. */
export function solveTriangular(
  t: Float64Array,
  n: number,
  b: Float64Array,
  m: number,
  options: { readonly lower: boolean; readonly transpose?: boolean; readonly unit?: boolean },
): Float64Array {
  const turned = options.transpose === true
  return withSpace(n * n + n * m, (s) => {
    s.data.set(t)
    s.data.set(b, n * n)
    solveWith(s, 0, turned ? 1 : n, turned ? n : 1, n, n * n, m, m, options.lower !== turned, options.unit === true)
    return s.data.slice(n * n, n * n + n * m)
  })
}

/** The lower L with A = L Lᵀ, from A's lower triangle; null where A is not positive definite (or not finite). */
export function cholesky(a: Float64Array, n: number): Float64Array | null {
  return withSpace(
    n * n,
    (s) => {
      const d = s.data
      d.set(a)
      for (let from = 0; from < n; from += BLOCK) {
        const to = Math.min(n, from + BLOCK)
        for (let i = from; i < to; i++) {
          for (let j = from; j <= i; j++) {
            let v = d[i * n + j]!
            for (let k = from; k < j; k++) v -= d[i * n + k]! * d[j * n + k]!
            if (i === j) {
              if (!(v > 0 && v < Infinity)) return null
              d[i * n + j] = Math.sqrt(v)
            } else d[i * n + j] = v / d[j * n + j]!
          }
        }
        const below = n - to
        if (below === 0) break
        // The rows below, seen as columns: element j less its multiples of those before it, over the pivot.
        const left = to * n + from
        s.triangular(to - from, from * n + from, n, 1, left, 1, n, below, false)
        s.productLower(below, to - from, left, n, 1, left, 1, n, to * n + to, n, -1)
      }
      for (let i = 0; i < n; i++) d.fill(0, i * n + i + 1, (i + 1) * n)
      return d.slice(0, n * n)
    },
    n * n,
  )
}

/** L (unit lower) and U in one array, rows in the order `rows`, and the sign of that permutation; `singular` where a pivot is 0 or nan. */
export interface Lu {
  readonly lu: Float64Array
  readonly rows: Int32Array
  readonly sign: 1 | -1
  readonly singular: boolean
}

/** PA = LU by partial pivoting: A's row rows[i] is row i of LU. */
export function lu(a: Float64Array, n: number): Lu {
  return withSpace(n * n, (s) => {
    s.data.set(a)
    const done = factor(s, 0, n)
    return { ...done, lu: s.data.slice(0, n * n) }
  })
}

function factor(s: Space, a: number, n: number): { rows: Int32Array; sign: 1 | -1; singular: boolean } {
  const d = s.data
  const rows = Int32Array.from({ length: n }, (_, i) => i)
  let sign: 1 | -1 = 1
  let singular = false
  const kept = new Float64Array(n)
  for (let from = 0; from < n; from += BLOCK) {
    const to = Math.min(n, from + BLOCK)
    for (let j = from; j < to; j++) {
      let best = j
      let size = Math.abs(d[a + j * n + j]!)
      for (let i = j + 1; i < n; i++) {
        const v = Math.abs(d[a + i * n + j]!)
        if (v > size) {
          size = v
          best = i
        }
      }
      if (!(size > 0)) singular = true
      if (best !== j) {
        kept.set(d.subarray(a + j * n, a + (j + 1) * n))
        d.copyWithin(a + j * n, a + best * n, a + (best + 1) * n)
        d.set(kept, a + best * n)
        const row = rows[j]!
        rows[j] = rows[best]!
        rows[best] = row
        sign = sign === 1 ? -1 : 1
      }
      if (!(size > 0)) continue
      const pivot = d[a + j * n + j]!
      const top = a + j * n
      for (let i = j + 1; i < n; i++) {
        const row = a + i * n
        const f = d[row + j]! / pivot
        d[row + j] = f
        for (let c = j + 1; c < to; c++) d[row + c] = d[row + c]! + -f * d[top + c]!
      }
    }
    if (to === n) break
    solveWith(s, a + from * n + from, n, 1, to - from, a + from * n + to, n, n - to, true, true)
    s.product(n - to, n - to, to - from, a + to * n + from, n, 1, a + from * n + to, n, 1, a + to * n + to, n, -1)
  }
  return { rows, sign, singular }
}

/** A⁻¹ B for A (n by n) and B (n by m) by LU; null where A is exactly singular (or holds nan). */
export function solve(a: Float64Array, n: number, b: Float64Array, m: number): Float64Array | null {
  return withSpace(n * n + n * m, (s) => {
    const d = s.data
    d.set(a)
    const { rows, singular } = factor(s, 0, n)
    if (singular) return null
    const x = n * n
    for (let i = 0; i < n; i++) d.set(b.subarray(rows[i]! * m, (rows[i]! + 1) * m), x + i * m)
    solveWith(s, 0, n, 1, n, x, m, m, true, true)
    solveWith(s, 0, n, 1, n, x, m, m, false, false)
    return d.slice(x, x + n * m)
  })
}

/** A⁻¹ B (or A⁻ᵀ B) from a factorisation made before. */
export function solveLu(f: Lu, n: number, b: Float64Array, m: number, transpose = false): Float64Array {
  return withSpace(n * n + n * m, (s) => {
    const d = s.data
    const x = n * n
    d.set(f.lu)
    if (!transpose) {
      for (let i = 0; i < n; i++) d.set(b.subarray(f.rows[i]! * m, (f.rows[i]! + 1) * m), x + i * m)
      solveWith(s, 0, n, 1, n, x, m, m, true, true)
      solveWith(s, 0, n, 1, n, x, m, m, false, false)
      return d.slice(x, x + n * m)
    }
    d.set(b, x)
    solveWith(s, 0, 1, n, n, x, m, m, true, false)
    solveWith(s, 0, 1, n, n, x, m, m, false, true)
    const out = new Float64Array(n * m)
    for (let i = 0; i < n; i++) out.set(d.subarray(x + i * m, x + (i + 1) * m), f.rows[i]! * m)
    return out
  })
}
