/**
 * The product of two matrices as plain arrays.
 * Every element is summed strictly from left to right, so the SIMD module, the JavaScript twin and a plain triple loop give the same bits.
 * It must not know broadcasting or derivatives.
 */
import { zeroed } from "../arrays/fresh.ts"
import { reserve, spend } from "../arrays/work.ts"
import { byPanels, product } from "./product.ts"
import { vectors } from "./vectors.ts"

/** From this many multiplications on copying into the module's memory pays. */
const SIMD_FROM = 20000

/** A (m by k) times B (k by n), row-major; either may be stored transposed. Into `out` where that is given, whatever it held, unless it is a factor. */
export function matmul(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  aTransposed = false,
  bTransposed = false,
  out: Float64Array | null = null,
): Float64Array {
  // A single row or column is the same however it is stored.
  if (n === 1) return aTransposed ? vecmat(b, a, k, m, out) : matvec(a, b, m, k, out)
  if (m === 1) return bTransposed ? matvec(b, a, n, k, out) : vecmat(a, b, k, n, out)
  const ars = aTransposed ? 1 : k
  const acs = aTransposed ? m : 1
  const brs = bTransposed ? 1 : n
  const bcs = bTransposed ? k : 1
  const large = m * k * n >= SIMD_FROM
  if (large) reserve(m * k + k * n + m * n)
  const quick = large ? (vectors()?.product(a, b, { m, k, n, strides: [ars, acs, brs, bcs] }, out) ?? null) : null
  if (quick !== null) return quick
  const sums = cleared(out, m * n)
  if (large)
    byPanels(m, n, k, 1, (i, rows) => {
      product(rows, n, k, a, i * ars, ars, acs, b, 0, brs, bcs, sums, i * n, n, 1)
    })
  else product(m, n, k, a, 0, ars, acs, b, 0, brs, bcs, sums, 0, n, 1)
  return sums
}

/** So many zeros, in `out` where that is given. */
function cleared(out: Float64Array | null, n: number): Float64Array {
  return out === null ? zeroed(n) : out.fill(0)
}

/** A (m by n) times x, each row's terms from left to right, as in `matmul`. */
export function matvec(
  a: Float64Array,
  x: Float64Array,
  m: number,
  n: number,
  into: Float64Array | null = null,
): Float64Array {
  spend(m * n)
  const out = into ?? zeroed(m)
  let i = 0
  // Four rows at once hide the latency of the additions.
  for (; i + 4 <= m; i += 4) {
    const p = i * n
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let j = 0; j < n; j++) {
      const v = x[j]!
      s0 += a[p + j]! * v
      s1 += a[p + n + j]! * v
      s2 += a[p + 2 * n + j]! * v
      s3 += a[p + 3 * n + j]! * v
    }
    out[i] = s0
    out[i + 1] = s1
    out[i + 2] = s2
    out[i + 3] = s3
  }
  for (; i < m; i++) {
    let s = 0
    for (let j = 0; j < n; j++) s += a[i * n + j]! * x[j]!
    out[i] = s
  }
  return out
}

/** x (m) times A (m by n), as in `matmul`. */
export function vecmat(
  x: Float64Array,
  a: Float64Array,
  m: number,
  n: number,
  into: Float64Array | null = null,
): Float64Array {
  spend(m * n)
  const out = cleared(into, n)
  let i = 0
  // Four rows at once read and write the sums once for all of them.
  for (; i + 4 <= m; i += 4) {
    const p = i * n
    const q = p + n
    const r = q + n
    const t = r + n
    const x0 = x[i]!
    const x1 = x[i + 1]!
    const x2 = x[i + 2]!
    const x3 = x[i + 3]!
    for (let j = 0; j < n; j++) out[j] = out[j]! + x0 * a[p + j]! + x1 * a[q + j]! + x2 * a[r + j]! + x3 * a[t + j]!
  }
  for (; i < m; i++) {
    const v = x[i]!
    const p = i * n
    for (let j = 0; j < n; j++) out[j] = out[j]! + v * a[p + j]!
  }
  return out
}

/** The transpose of A (m by n), into other memory where that is given. */
export function transposed(a: Float64Array, m: number, n: number, into: Float64Array | null = null): Float64Array {
  spend(m * n)
  const out = into ?? zeroed(m * n)
  const tile = 16
  for (let i0 = 0; i0 < m; i0 += tile) {
    const i1 = Math.min(m, i0 + tile)
    for (let j0 = 0; j0 < n; j0 += tile) {
      const j1 = Math.min(n, j0 + tile)
      for (let i = i0; i < i1; i++) for (let j = j0; j < j1; j++) out[j * m + i] = a[i * n + j]!
    }
  }
  return out
}
