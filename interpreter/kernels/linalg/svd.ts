/**
 * The singular value decomposition.
 * Householder reflections from both sides make the matrix bidiagonal (Golub and Kahan 1965), QR steps with implicit shifts make that diagonal
 * (LINPACK's dsvdc), and the rotations of many steps are applied together to the singular vectors, which are kept as rows.
 * It must not know shapes or derivatives.
 */
import { length } from "./length.ts"
import { type Space, withSpace } from "../lanes.ts"
import { transposed } from "../matmul.ts"
import { qr } from "./qr.ts"
import { BLOCK, blockWork, formProduct, reflect } from "./reflect.ts"
import { sweepRoom, Sweeps } from "./sweeps.ts"

/** U (m by k), s descending (k) and Vᵀ (k by n), k = min(m, n). */
export interface Svd {
  readonly u: Float64Array
  readonly s: Float64Array
  readonly vt: Float64Array
}

/** A = U diag(s) Vᵀ, reduced; all nan where A is not finite. */
export function svd(a: Float64Array, m: number, n: number): Svd {
  if (m < n) {
    const { u, s, vt } = svd(transposed(a, m, n), n, m)
    return { u: transposed(vt, m, m), s, vt: transposed(u, n, m) }
  }
  let size = 0
  for (const x of a) {
    const v = Math.abs(x)
    if (!(v <= size)) size = v
  }
  if (!(size < Infinity)) {
    return {
      u: new Float64Array(m * n).fill(NaN),
      s: new Float64Array(n).fill(NaN),
      vt: new Float64Array(n * n).fill(NaN),
    }
  }
  if (m > 1.6 * n && n > 1) {
    const { q, r } = qr(a, m, n)
    const inner = svd(r, n, n)
    return withSpace(2 * m * n + n * n, (s) => {
      s.data.set(q)
      s.data.set(inner.u, m * n)
      s.product(m, n, n, 0, n, 1, m * n, n, 1, m * n + n * n, n, 1)
      return { u: s.data.slice(m * n + n * n, 2 * m * n + n * n), s: inner.s, vt: inner.vt }
    })
  }
  const scale = size > 1e100 || (size < 1e-100 && size > 0) ? 2 ** -Math.floor(Math.log2(size)) : 1
  return square(a, m, n, scale)
}

function square(a: Float64Array, m: number, n: number, scale: number): Svd {
  const left = m * n
  const right = left + n * m
  const u = right + n * n
  const v = u + m * n
  const row = v + n * n
  const t = row + 4 * Math.max(m, n)
  const work = t + BLOCK * BLOCK
  const room = work + blockWork(n)
  return withSpace(room + 2 * sweepRoom(n), (s) => {
    const d = s.data
    for (let i = 0; i < m * n; i++) d[i] = a[i]! * scale
    const diagonal = new Float64Array(n)
    const off = new Float64Array(n)
    const tauLeft = new Float64Array(n)
    const tauRight = new Float64Array(n)
    bidiagonal(s, m, n, left, right, row, diagonal, off, tauLeft, tauRight)
    // The matrices of A are no longer needed: their room takes the transposes, whose rows the rotations work on.
    formProduct(s, left, m, n, tauLeft, 0, m, n, u, t, work)
    const ut = 0
    transposed(d.subarray(u, u + m * n), m, n, d.subarray(ut, ut + m * n))
    formProduct(s, right, n, Math.max(0, n - 2), tauRight, 1, n, n, v, t, work)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const kept = d[v + i * n + j]!
        d[v + i * n + j] = d[v + j * n + i]!
        d[v + j * n + i] = kept
      }
    }
    const sweeps = { left: new Sweeps(s, room, ut, n, m), right: new Sweeps(s, room + sweepRoom(n), v, n, n) }
    diagonalise(s, m, n, ut, v, diagonal, off, sweeps)
    const order = Int32Array.from({ length: n }, (_, i) => i)
    order.sort((i, j) => Math.abs(diagonal[j]!) - Math.abs(diagonal[i]!))
    const values = new Float64Array(n)
    const vt = new Float64Array(n * n)
    for (let k = 0; k < n; k++) {
      const from = order[k]!
      values[k] = Math.abs(diagonal[from]!) / scale
      d.copyWithin(u + k * m, ut + from * m, ut + (from + 1) * m)
      vt.set(d.subarray(v + from * n, v + (from + 1) * n), k * n)
      if (diagonal[from]! < 0) for (let j = 0; j < n; j++) vt[k * n + j] = -vt[k * n + j]!
    }
    return { u: transposed(d.subarray(u, u + n * m), n, m), s: values, vt: vt }
  })
}

/** Reduces the m by n matrix at 0 to diagonal and superdiagonal; the reflections' vectors become rows of `left` and `right`. */
function bidiagonal(
  s: Space,
  m: number,
  n: number,
  left: number,
  right: number,
  row: number,
  diagonal: Float64Array,
  off: Float64Array,
  tauLeft: Float64Array,
  tauRight: Float64Array,
): void {
  const d = s.data
  const pending = row + Math.max(m, n)
  // Each step's update from the right waits for the next step's pass over the matrix: two passes a step instead of four.
  let waiting = 0
  for (let k = 0; k < n; k++) {
    const height = m - k
    const width = n - k - 1
    const v = left + k * m + k
    const last = waiting === 0 ? 0 : d[waiting]!
    for (let i = 0; i < height; i++) {
      const value = d[(k + i) * n + k]!
      d[v + i] = waiting === 0 ? value : value + d[pending + i]! * last
    }
    const fromLeft = reflect(s, v, height)
    tauLeft[k] = fromLeft.tau
    diagonal[k] = fromLeft.beta
    if (width === 0) break
    const corner = k * n + k + 1
    d.fill(0, row, row + width)
    if (waiting === 0) s.rowsum(height, width, corner, n, v, 1, row)
    else s.updateRowsum(height, width, corner, n, pending, waiting + 1, v, row)
    for (let c = 0; c < width; c++) d[row + c] = d[row + c]! * -fromLeft.tau
    const w = right + k * n + k + 1
    for (let c = 0; c < width; c++) d[w + c] = d[corner + c]! + d[row + c]!
    const below = corner + n
    if (width === 1) {
      off[k] = d[w]!
      s.rankone(height - 1, width, below, n, v + 1, 1, row)
      waiting = 0
      continue
    }
    const fromRight = reflect(s, w, width)
    tauRight[k] = fromRight.tau
    off[k] = fromRight.beta
    s.updateRowdots(height - 1, width, below, n, v + 1, row, w, pending)
    for (let i = 0; i < height - 1; i++) d[pending + i] = d[pending + i]! * -fromRight.tau
    waiting = w
  }
}

const EPS = 2.220446049250313e-16
const TINY = 1e-290

/** QR steps on the bidiagonal matrix; rotates the rows of Uᵀ and Vᵀ along (LINPACK dsvdc's four cases). */
function diagonalise(
  s: Space,
  m: number,
  n: number,
  ut: number,
  vt: number,
  diagonal: Float64Array,
  off: Float64Array,
  sweeps: { readonly left: Sweeps; readonly right: Sweeps },
): void {
  const d = s.data
  let p = n
  for (let round = 0; p > 0 && round < 60 * n + 100; round++) {
    // The last block without a negligible superdiagonal, k+1 … p−1.
    let k = p - 2
    for (; k >= 0; k--) {
      if (Math.abs(off[k]!) <= TINY + EPS * (Math.abs(diagonal[k]!) + Math.abs(diagonal[k + 1]!))) {
        off[k] = 0
        break
      }
    }
    if (k === p - 2) {
      p--
      continue
    }
    let q = p - 1
    for (; q > k; q--) {
      const near = (q !== p - 1 ? Math.abs(off[q]!) : 0) + (q !== k + 1 ? Math.abs(off[q - 1]!) : 0)
      if (Math.abs(diagonal[q]!) <= TINY + EPS * near) {
        diagonal[q] = 0
        break
      }
    }
    if (q === k) step(k + 1)
    else if (q === p - 1) clearColumn(k + 1)
    else clearRow(q)
  }
  sweeps.left.flush()
  sweeps.right.flush()

  /** A zero at the end of the block: rotate its column away from the right. */
  function clearColumn(first: number): void {
    sweeps.right.flush()
    let f = off[p - 2]!
    off[p - 2] = 0
    for (let j = p - 2; j >= first; j--) {
      const t = length(diagonal[j]!, f)
      const c = diagonal[j]! / t
      const sn = f / t
      diagonal[j] = t
      if (j !== first) {
        f = -sn * off[j - 1]!
        off[j - 1] = c * off[j - 1]!
      }
      rotate(vt, n, j, p - 1, c, sn)
    }
  }

  /** A zero inside the block: rotate its row away from the left. */
  function clearRow(zero: number): void {
    sweeps.left.flush()
    let f = off[zero]!
    off[zero] = 0
    for (let j = zero + 1; j < p; j++) {
      const t = length(diagonal[j]!, f)
      const c = diagonal[j]! / t
      const sn = f / t
      diagonal[j] = t
      f = -sn * off[j]!
      off[j] = c * off[j]!
      rotate(ut, m, j, zero, c, sn)
    }
  }

  function rotate(at: number, width: number, i: number, j: number, c: number, sn: number): void {
    const x = at + i * width
    const y = at + j * width
    for (let q = 0; q < width; q++) {
      const a = d[x + q]!
      const b = d[y + q]!
      d[x + q] = c * a + sn * b
      d[y + q] = c * b - sn * a
    }
  }

  /** One step with Wilkinson's shift on the block from `first`. */
  function step(first: number): void {
    const last = p - 1
    const scale = Math.max(
      Math.abs(diagonal[last]!),
      Math.abs(diagonal[last - 1]!),
      Math.abs(off[last - 1]!),
      Math.abs(diagonal[first]!),
      Math.abs(off[first]!),
    )
    const sp = diagonal[last]! / scale
    const spm1 = diagonal[last - 1]! / scale
    const epm1 = off[last - 1]! / scale
    const sk = diagonal[first]! / scale
    const ek = off[first]! / scale
    const b = ((spm1 + sp) * (spm1 - sp) + epm1 * epm1) / 2
    const c = sp * epm1 * (sp * epm1)
    let shift = 0
    if (b !== 0 || c !== 0) {
      shift = Math.sqrt(b * b + c)
      if (b < 0) shift = -shift
      shift = c / (b + shift)
    }
    let f = (sk + sp) * (sk - sp) + shift
    let g = sk * ek
    sweeps.right.begin(first, 1)
    sweeps.left.begin(first, 1)
    for (let j = first; j < last; j++) {
      let t = length(f, g)
      let cs = t === 0 ? 1 : f / t
      let sn = t === 0 ? 0 : g / t
      if (j !== first) off[j - 1] = t
      f = cs * diagonal[j]! + sn * off[j]!
      off[j] = cs * off[j]! - sn * diagonal[j]!
      g = sn * diagonal[j + 1]!
      diagonal[j + 1] = cs * diagonal[j + 1]!
      sweeps.right.turn(cs, sn)
      t = length(f, g)
      cs = t === 0 ? 1 : f / t
      sn = t === 0 ? 0 : g / t
      diagonal[j] = t
      f = cs * off[j]! + sn * diagonal[j + 1]!
      diagonal[j + 1] = -sn * off[j]! + cs * diagonal[j + 1]!
      g = sn * off[j + 1]!
      off[j + 1] = cs * off[j + 1]!
      sweeps.left.turn(cs, sn)
    }
    off[last - 1] = f
  }
}
