/**
 * Factorizations of plain square matrices in plain loops: LU with row exchanges, Cholesky, and triangular systems.
 * Every function takes row-major data of n rows and gives new data; what does not exist is told by null. It must not know derivatives.
 */

/** L (unit diagonal) and U in one array, the rows of A in the order `rows`, and the sign of that order. */
export interface LU {
  readonly data: Float64Array
  readonly rows: Int32Array
  readonly sign: number
  /** No pivot is 0 or nan. */
  readonly regular: boolean
}

export function luOf(a: Float64Array, n: number): LU {
  const data = a.slice()
  const rows = Int32Array.from({ length: n }, (_, i) => i)
  let sign = 1
  let regular = true
  for (let k = 0; k < n; k++) {
    let best = k
    for (let i = k + 1; i < n; i++) if (Math.abs(data[i * n + k]!) > Math.abs(data[best * n + k]!)) best = i
    if (best !== k) {
      for (let j = 0; j < n; j++) {
        const x = data[k * n + j]!
        data[k * n + j] = data[best * n + j]!
        data[best * n + j] = x
      }
      const row = rows[k]!
      rows[k] = rows[best]!
      rows[best] = row
      sign = -sign
    }
    const pivot = data[k * n + k]!
    if (!(Math.abs(pivot) > 0)) {
      regular = false
      continue
    }
    for (let i = k + 1; i < n; i++) {
      const factor = data[i * n + k]! / pivot
      data[i * n + k] = factor
      if (factor !== 0) for (let j = k + 1; j < n; j++) data[i * n + j]! -= factor * data[k * n + j]!
    }
  }
  return { data, rows, sign, regular }
}

/** X with A X = B, B of m columns; nan or infinite where A is singular. */
export function solveLU({ data, rows }: LU, b: Float64Array, n: number, m: number): Float64Array {
  const x = new Float64Array(n * m)
  for (let i = 0; i < n; i++) x.set(b.subarray(rows[i]! * m, (rows[i]! + 1) * m), i * m)
  solveTriangle(data, x, n, m, true, true)
  solveTriangle(data, x, n, m, false, false)
  return x
}

/** Solves T X = B in place, T the lower or upper triangle of `t`. */
export function solveTriangle(
  t: Float64Array,
  x: Float64Array,
  n: number,
  m: number,
  lower: boolean,
  unitDiagonal: boolean,
): void {
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step
    const from = lower ? 0 : i + 1
    const to = lower ? i : n
    for (let k = from; k < to; k++) {
      const factor = t[i * n + k]!
      if (factor !== 0) for (let j = 0; j < m; j++) x[i * m + j]! -= factor * x[k * m + j]!
    }
    if (!unitDiagonal) {
      const pivot = t[i * n + i]!
      for (let j = 0; j < m; j++) x[i * m + j]! /= pivot
    }
  }
}

/** The lower factor of a symmetric matrix, of which the lower triangle is read; null where it is not positive definite. */
export function choleskyOf(a: Float64Array, n: number): Float64Array | null {
  const l = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!
      if (i > j) l[i * n + j] = sum / l[j * n + j]!
      else if (sum > 0) l[i * n + i] = Math.sqrt(sum)
      else return null
    }
  }
  return l
}

/** The transpose of n rows and m columns. */
export function transposeOf(a: Float64Array, n: number, m: number): Float64Array {
  const out = new Float64Array(n * m)
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) out[j * n + i] = a[i * m + j]!
  return out
}

/** The reciprocal of the condition of A in the 1-norm, from its factors; 0 where it is singular. */
export function reciprocalCondition(a: Float64Array, lu: LU, n: number): number {
  if (!lu.regular) return 0
  const unit = new Float64Array(n * n)
  for (let i = 0; i < n; i++) unit[i * n + i] = 1
  const bound = norm1(a, n) * norm1(solveLU(lu, unit, n, n), n)
  return bound > 0 && bound < Infinity ? 1 / bound : bound === 0 ? 1 : 0
}

function norm1(a: Float64Array, n: number): number {
  let largest = 0
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += Math.abs(a[i * n + j]!)
    largest = Math.max(largest, sum)
  }
  return largest
}
