/**
 * Eigenvalues and eigenvectors of a symmetric matrix.
 * Householder reflections make it tridiagonal (Golub and Van Loan 8.3.1), QL steps with implicit shifts make that diagonal (8.3.3, EISPACK's
 * imtql2), and the rotations of many steps are applied together to the eigenvectors, which are kept as rows.
 * It must not know shapes or derivatives.
 */
import { length } from "./length.ts"
import { type Space, withSpace } from "../lanes.ts"
import { transposed } from "../matmul.ts"
import { BLOCK, blockWork, formProduct, reflect } from "./reflect.ts"
import { sweepRoom, Sweeps } from "./sweeps.ts"

/** Values in ascending order and vectors in columns, from A's lower triangle; all nan where A is not finite. */
export function eigh(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  let size = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const v = Math.abs(a[i * n + j]!)
      if (!(v <= size)) size = v
    }
  }
  if (!(size < Infinity)) {
    return { values: new Float64Array(n).fill(NaN), vectors: new Float64Array(n * n).fill(NaN) }
  }
  // A power of two that keeps squares in range.
  const scale = size > 1e100 || (size < 1e-100 && size > 0) ? 2 ** -Math.floor(Math.log2(size)) : 1
  const v = n * n
  const z = v + n * n
  const row = z + n * n
  const t = row + n
  const work = t + BLOCK * BLOCK
  const room = work + blockWork(n)
  return withSpace(room + sweepRoom(n), (s) => {
    const d = s.data
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) d[i * n + j] = a[i * n + j]! * scale
    }
    const diagonal = new Float64Array(n)
    const off = new Float64Array(n)
    const tau = new Float64Array(n)
    tridiagonal(s, n, v, row, diagonal, off, tau)
    formProduct(s, v, n, Math.max(0, n - 2), tau, 1, n, n, z, t, work)
    turn(d, z, n)
    ql(n, diagonal, off, new Sweeps(s, room, z, n, n))
    const order = Int32Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[i]! - diagonal[j]!)
    const values = new Float64Array(n)
    for (let k = 0; k < n; k++) {
      const from = z + order[k]! * n
      values[k] = diagonal[order[k]!]! / scale
      // The reflections are done with: their place is that of the sorted rows.
      d.copyWithin(v + k * n, from, from + n)
    }
    return { values, vectors: transposed(d.subarray(v, v + n * n), n, n) }
  })
}

function turn(d: Float64Array, at: number, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const kept = d[at + i * n + j]!
      d[at + i * n + j] = d[at + j * n + i]!
      d[at + j * n + i] = kept
    }
  }
}

/** Reduces the symmetric matrix whose lower triangle is at 0; reflection k is row k of `v`, from column k+1 on. */
function tridiagonal(
  s: Space,
  n: number,
  v: number,
  row: number,
  diagonal: Float64Array,
  off: Float64Array,
  tau: Float64Array,
): void {
  const d = s.data
  for (let k = 0; k < n; k++) {
    diagonal[k] = d[k * n + k]!
    const m = n - k - 1
    if (m === 0) break
    const at = v + k * n + k + 1
    for (let i = 0; i < m; i++) d[at + i] = d[(k + 1 + i) * n + k]!
    if (m === 1) {
      off[k] = d[at]!
      continue
    }
    const { tau: f, beta } = reflect(s, at, m)
    tau[k] = f
    off[k] = beta
    if (f === 0) continue
    const corner = (k + 1) * n + k + 1
    s.symmetric(m, corner, n, at, row)
    for (let i = 0; i < m; i++) d[row + i] = d[row + i]! * f
    s.axpy(m, -0.5 * f * s.dot(row, at, m), at, row)
    for (let i = 0; i < m; i++) d[at + i] = -d[at + i]!
    // A −= v wᵀ + w vᵀ, with v held negated for the moment.
    s.ranktwo(m, corner, n, at, row)
    for (let i = 0; i < m; i++) d[at + i] = -d[at + i]!
  }
}

/** QL with implicit shifts on (diagonal, off); rotates the rows of the vectors along. */
function ql(n: number, diagonal: Float64Array, off: Float64Array, vectors: Sweeps): void {
  for (let l = 0; l < n; l++) {
    for (let round = 0; round < 60; round++) {
      let m = l
      for (; m < n - 1; m++) {
        const size = Math.abs(diagonal[m]!) + Math.abs(diagonal[m + 1]!)
        if (Math.abs(off[m]!) <= 1.1102230246251565e-16 * size || off[m] === 0) break
      }
      if (m === l) break
      let g = (diagonal[l + 1]! - diagonal[l]!) / (2 * off[l]!)
      let r = length(g, 1)
      g = diagonal[m]! - diagonal[l]! + off[l]! / (g + (g >= 0 ? r : -r))
      let sine = 1
      let cosine = 1
      let p = 0
      let i = m - 1
      vectors.begin(m, -1)
      for (; i >= l; i--) {
        const f = sine * off[i]!
        const b = cosine * off[i]!
        r = length(f, g)
        off[i + 1] = r
        if (r === 0) {
          diagonal[i + 1] = diagonal[i + 1]! - p
          off[m] = 0
          break
        }
        sine = f / r
        cosine = g / r
        g = diagonal[i + 1]! - p
        r = (diagonal[i]! - g) * sine + 2 * cosine * b
        p = sine * r
        diagonal[i + 1] = g + p
        g = cosine * r - b
        vectors.turn(cosine, sine)
      }
      if (r === 0 && i >= l) continue
      diagonal[l] = diagonal[l]! - p
      off[l] = g
      off[m] = 0
    }
  }
  vectors.flush()
}
