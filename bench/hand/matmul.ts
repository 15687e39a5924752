/**
 * Matrix products of flat row-major arrays in plain JavaScript: what the hand-written array programs stand on.
 * Shapes are checked once a call, so that the loops inside need no check of their own.
 * It must not know any workload.
 */

/** The three products that a layer and its adjoint need; another implementation may be put in its place. */
export interface Products {
  /** a (m, k) times b (k, n). */
  matmul(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array
  /** The transpose of a (k, m) times b (k, n). */
  matmulLeft(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array
  /** a (m, k) times the transpose of b (n, k). */
  matmulRight(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array
}

function check(a: Float64Array, b: Float64Array, m: number, k: number, n: number): void {
  if (a.length !== m * k || b.length !== k * n) throw new RangeError("the shapes do not fit")
}

/** Plain loops, the innermost over contiguous elements. */
export const plain: Products = {
  matmul(a, b, m, k, n) {
    check(a, b, m, k, n)
    const out = new Float64Array(m * n)
    for (let i = 0; i < m; i++) {
      const row = i * n
      for (let p = 0; p < k; p++) {
        const x = a[i * k + p] as number
        const other = p * n
        for (let j = 0; j < n; j++) out[row + j] = (out[row + j] as number) + x * (b[other + j] as number)
      }
    }
    return out
  },
  matmulLeft(a, b, m, k, n) {
    check(a, b, m, k, n)
    const out = new Float64Array(m * n)
    for (let p = 0; p < k; p++) {
      for (let i = 0; i < m; i++) {
        const x = a[p * m + i] as number
        const row = i * n
        const other = p * n
        for (let j = 0; j < n; j++) out[row + j] = (out[row + j] as number) + x * (b[other + j] as number)
      }
    }
    return out
  },
  matmulRight(a, b, m, k, n) {
    check(a, b, m, k, n)
    const out = new Float64Array(m * n)
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let s = 0
        for (let p = 0; p < k; p++) s += (a[i * k + p] as number) * (b[j * k + p] as number)
        out[i * n + j] = s
      }
    }
    return out
  },
}
