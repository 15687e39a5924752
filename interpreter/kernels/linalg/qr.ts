/**
 * The QR factorisation by blocked Householder reflections.
 * Panels of columns are reflected one by one and the columns right of them by matrix products (LAPACK's dgeqrf and dorgqr).
 * The signs of R's diagonal are those of LAPACK: a column's reflection makes its diagonal element opposite to what was there.
 * It must not know shapes or derivatives.
 */
import { withSpace } from "../lanes.ts"
import { applyBlock, BLOCK, blockOf, blockWork, formProduct, reflect } from "./reflect.ts"

/** A = QR, reduced: Q (m by k) with orthonormal columns, R (k by n) upper triangular, k = min(m, n). */
export function qr(a: Float64Array, m: number, n: number): { q: Float64Array; r: Float64Array } {
  const k = Math.min(m, n)
  const work = blockWork(Math.max(n, k))
  // A, the vectors as rows (k by m), Q, T, one row of products, work.
  const at = m * n
  const vectors = at
  const q = vectors + k * m
  const t = q + m * k
  const row = t + BLOCK * BLOCK
  const space = row + Math.max(n, m)
  return withSpace(space + work, (s) => {
    const d = s.data
    d.set(a)
    const tau = new Float64Array(k)
    for (let from = 0; from < k; from += BLOCK) {
      const to = Math.min(k, from + BLOCK)
      for (let j = from; j < to; j++) {
        const v = vectors + j * m + j
        const height = m - j
        for (let i = 0; i < height; i++) d[v + i] = d[(j + i) * n + j]!
        const { tau: f, beta } = reflect(s, v, height)
        tau[j] = f
        d[j * n + j] = beta
        for (let i = j + 1; i < m; i++) d[i * n + j] = 0
        const width = to - j - 1
        if (width === 0 || f === 0) continue
        d.fill(0, row, row + width)
        s.rowsum(height, width, j * n + j + 1, n, v, 1, row)
        for (let c = 0; c < width; c++) d[row + c] = d[row + c]! * -f
        s.rankone(height, width, j * n + j + 1, n, v, 1, row)
      }
      if (to < n) {
        const block = { v: vectors + from * m + from, rs: 1, cs: m, n: m - from, k: to - from, t, work: space }
        blockOf(s, block, tau, from)
        applyBlock(s, block, from * n + to, n, n - to, true)
      }
    }
    formProduct(s, vectors, m, k, tau, 0, m, k, q, t, space)
    return { q: d.slice(q, q + m * k), r: d.slice(0, k * n) }
  })
}
