/**
 * Vector and matrix operations on one block of memory: the floor of every factorisation here.
 * The same interface is answered by plain JavaScript and by the SIMD module, with the same bits: sums run in eight lanes (see `sums.ts`),
 * everything else touches each element once, in a stated order. Positions are indices of doubles; matrices are row-major, `ld` apart.
 * It must not know which algorithm it serves.
 */
import { reserve, spend } from "../arrays/work.ts"
import { byPanels, panelRows, product as twinProduct, vectorSpeed } from "./product.ts"
import { dotAt } from "./sums.ts"
import { release, room, simd, WINDOW } from "./wasm/load.ts"

/** Memory and what can be done in it. */
export interface Space {
  readonly data: Float64Array
  /** x · y in eight lanes. */
  dot(x: number, y: number, n: number): number
  /** y += s x */
  axpy(n: number, s: number, x: number, y: number): void
  /** y_i = A_i · x, each a dot. */
  rowdots(m: number, n: number, a: number, ld: number, x: number, y: number): void
  /** y += x_0 A_0 + x_1 A_1 + …, row after row; x has stride xs. */
  rowsum(m: number, n: number, a: number, ld: number, x: number, xs: number, y: number): void
  /** A_i += x_i y; x has stride xs. */
  rankone(m: number, n: number, a: number, ld: number, x: number, xs: number, y: number): void
  /** rankone(A, x, y), then z_i = A_i · u. */
  updateRowdots(m: number, n: number, a: number, ld: number, x: number, y: number, u: number, z: number): void
  /** rankone(A, x, y), then z += v_0 A_0 + v_1 A_1 + …. */
  updateRowsum(m: number, n: number, a: number, ld: number, x: number, y: number, v: number, z: number): void
  /** A_ij += x_i y_j + y_i x_j for j ≤ i: the lower triangle of a symmetric matrix. */
  ranktwo(m: number, a: number, ld: number, x: number, y: number): void
  /** y = A x for the symmetric matrix whose lower triangle is given: row i in turn adds its dot with x to y_i and x_i A_ij to the y_j before. */
  symmetric(m: number, a: number, ld: number, x: number, y: number): void
  /**
   * Runs of scaled rotations of neighbouring rows of A (n columns), then the rows from `low` to `high` times their scales. A run is (first row,
   * ±1, number of rotations, whether they cross) at `runs`; two factors a, b each follow each other at `pairs`. A rotation turns the row x it
   * stands on and its neighbour y into x + a y and y − b x (crossing: y + a x and x − b y) and goes on from the neighbour.
   */
  rotations(
    a: number,
    ld: number,
    n: number,
    runs: number,
    count: number,
    pairs: number,
    scales: number,
    low: number,
    high: number,
  ): void
  /** C += sign A B, terms from left to right; A and B have a row and a column stride. */
  product(
    m: number,
    n: number,
    k: number,
    a: number,
    ars: number,
    acs: number,
    b: number,
    brs: number,
    bcs: number,
    c: number,
    ld: number,
    sign: 1 | -1,
  ): void
  /** The same for a square C of n rows, of which only the lower triangle is right afterwards. */
  productLower(
    n: number,
    k: number,
    a: number,
    ars: number,
    acs: number,
    b: number,
    brs: number,
    bcs: number,
    c: number,
    ld: number,
    sign: 1 | -1,
  ): void
  /**
   * X := T⁻¹ X for a lower triangular T (n by n, n at most 64) and X (n by m), both with any strides: row i in turn loses its multiples of the rows
   * before it, from left to right, and is divided by the diagonal, unless that is `unit`.
   */
  triangular(
    n: number,
    t: number,
    trs: number,
    tcs: number,
    x: number,
    xrs: number,
    xcs: number,
    m: number,
    unit: boolean,
  ): void
}

/** The twin: plain loops over an array of its own. */
class PlainSpace implements Space {
  readonly data: Float64Array

  constructor(size: number) {
    this.data = new Float64Array(size)
  }

  dot(x: number, y: number, n: number): number {
    return dotAt(this.data, x, this.data, y, n)
  }

  axpy(n: number, s: number, x: number, y: number): void {
    const d = this.data
    for (let j = 0; j < n; j++) d[y + j] = d[y + j]! + s * d[x + j]!
  }

  rowdots(m: number, n: number, a: number, ld: number, x: number, y: number): void {
    const d = this.data
    for (let i = 0; i < m; i++) d[y + i] = dotAt(d, a + i * ld, d, x, n)
  }

  rowsum(m: number, n: number, a: number, ld: number, x: number, xs: number, y: number): void {
    const d = this.data
    for (let i = 0; i < m; i++) this.axpy(n, d[x + i * xs]!, a + i * ld, y)
  }

  rankone(m: number, n: number, a: number, ld: number, x: number, xs: number, y: number): void {
    const d = this.data
    for (let i = 0; i < m; i++) this.axpy(n, d[x + i * xs]!, y, a + i * ld)
  }

  updateRowdots(m: number, n: number, a: number, ld: number, x: number, y: number, u: number, z: number): void {
    this.rankone(m, n, a, ld, x, 1, y)
    this.rowdots(m, n, a, ld, u, z)
  }

  updateRowsum(m: number, n: number, a: number, ld: number, x: number, y: number, v: number, z: number): void {
    this.rankone(m, n, a, ld, x, 1, y)
    this.rowsum(m, n, a, ld, v, 1, z)
  }

  ranktwo(m: number, a: number, ld: number, x: number, y: number): void {
    const d = this.data
    for (let i = 0; i < m; i++) {
      const s = d[x + i]!
      const t = d[y + i]!
      const r = a + i * ld
      for (let j = 0; j <= i; j++) d[r + j] = d[r + j]! + s * d[y + j]! + t * d[x + j]!
    }
  }

  symmetric(m: number, a: number, ld: number, x: number, y: number): void {
    const d = this.data
    for (let i = 0; i < m; i++) {
      const r = a + i * ld
      const sum = dotAt(d, r, d, x, i)
      this.axpy(i, d[x + i]!, r, y)
      d[y + i] = sum + d[r + i]! * d[x + i]!
    }
  }

  rotations(
    a: number,
    ld: number,
    n: number,
    runs: number,
    count: number,
    pairs: number,
    scales: number,
    low: number,
    high: number,
  ): void {
    const d = this.data
    let p = pairs
    for (let at = runs; at < runs + 4 * count; at += 4) {
      const step = d[at + 1]! * ld
      const crossing = d[at + 3] !== 0
      let here = a + d[at]! * ld
      for (let left = d[at + 2]!; left > 0; left--, p += 2, here += step) {
        const f = d[p]!
        const g = d[p + 1]!
        for (let j = here; j < here + n; j++) {
          const x = d[j]!
          const y = d[j + step]!
          d[j] = crossing ? y + f * x : x + f * y
          d[j + step] = crossing ? x - g * y : y - g * x
        }
      }
    }
    for (let i = low; i <= high; i++) {
      const f = d[scales + i]!
      for (let j = a + i * ld; j < a + i * ld + n; j++) d[j] = f * d[j]!
    }
  }

  product(
    m: number,
    n: number,
    k: number,
    a: number,
    ars: number,
    acs: number,
    b: number,
    brs: number,
    bcs: number,
    c: number,
    ld: number,
    sign: 1 | -1,
  ): void {
    const d = this.data
    twinProduct(m, n, k, d, a, ars, acs, d, b, brs, bcs, d, c, ld, sign)
  }

  productLower(
    n: number,
    k: number,
    a: number,
    ars: number,
    acs: number,
    b: number,
    brs: number,
    bcs: number,
    c: number,
    ld: number,
    sign: 1 | -1,
  ): void {
    for (let i = 0; i < n; i += 32) {
      const rows = Math.min(32, n - i)
      this.product(rows, i + rows, k, a + i * ars, ars, acs, b, brs, bcs, c + i * ld, ld, sign)
    }
  }

  triangular(
    n: number,
    t: number,
    trs: number,
    tcs: number,
    x: number,
    xrs: number,
    xcs: number,
    m: number,
    unit: boolean,
  ): void {
    const d = this.data
    for (let i = 0; i < n; i++) {
      const row = x + i * xrs
      for (let j = 0; j < i; j++) {
        const f = d[t + i * trs + j * tcs]!
        const before = x + j * xrs
        for (let c = 0; c < m * xcs; c += xcs) d[row + c] = d[row + c]! - f * d[before + c]!
      }
      if (unit) continue
      const pivot = d[t + i * (trs + tcs)]!
      for (let c = 0; c < m * xcs; c += xcs) d[row + c] = d[row + c]! / pivot
    }
  }
}

/** Sizes below this are not worth the way into the module. */
const SIMD_FROM = 600
/** The module has one memory: a space asked for inside another is plain. */
let busy = false

/**
 * Runs `body` with memory for `size` doubles, zeroed but for the first `written`, which it writes before it reads them. The memory is only
 * valid inside: copy results out. From some hundred doubles on it is the module's, if there is one.
 */
export function withSpace<T>(size: number, body: (space: Space) => T, written = 0): T {
  if (size < SIMD_FROM) return body(new PlainSpace(size))
  reserve(size)
  const target = simd()
  if (target === null || busy) return body(counted(new PlainSpace(size), 1))
  const { kernels } = target
  const base = target.base + 8 * WINDOW
  const work = kernels.work_space()
  const data = room(target, WINDOW + size + work + 2)
  const origin = base / 8
  data.fill(0, origin + written, origin + size)
  const at = (index: number) => base + 8 * index
  const workAt = at(size + (size % 2))
  const space: Space = {
    data: data.subarray(origin, origin + size),
    dot: (x, y, n) => kernels.dot(at(x), at(y), n),
    axpy: (n, s, x, y) => void kernels.axpy(n, s, at(x), at(y)),
    rowdots: (m, n, a, ld, x, y) => void kernels.rowdots(m, n, at(a), ld, at(x), at(y)),
    rowsum: (m, n, a, ld, x, xs, y) => void kernels.rowsum(m, n, at(a), ld, at(x), xs, at(y)),
    rankone: (m, n, a, ld, x, xs, y) => void kernels.rankone(m, n, at(a), ld, at(x), xs, at(y)),
    updateRowdots: (m, n, a, ld, x, y, u, z) => void kernels.updaterowdots(m, n, at(a), ld, at(x), at(y), at(u), at(z)),
    updateRowsum: (m, n, a, ld, x, y, v, z) => void kernels.updaterowsum(m, n, at(a), ld, at(x), at(y), at(v), at(z)),
    ranktwo: (m, a, ld, x, y) => void kernels.ranktwo(m, at(a), ld, at(x), at(y)),
    symmetric: (m, a, ld, x, y) => void kernels.symmetric(m, at(a), ld, at(x), at(y)),
    rotations: (a, ld, n, runs, count, pairs, scales, low, high) =>
      void kernels.rotations(at(a), ld, n, at(runs), count, at(pairs), at(scales), low, high, workAt),
    product: (m, n, k, a, ars, acs, b, brs, bcs, c, ld, sign) =>
      void kernels.product(m, n, k, at(a), ars, acs, at(b), brs, bcs, at(c), ld, sign, 0, workAt),
    productLower: (n, k, a, ars, acs, b, brs, bcs, c, ld, sign) =>
      void kernels.product(n, n, k, at(a), ars, acs, at(b), brs, bcs, at(c), ld, sign, 1, workAt),
    triangular: (n, t, trs, tcs, x, xrs, xcs, m, unit) =>
      void kernels.triangular(n, at(t), trs, tcs, at(x), xrs, xcs, m, unit ? 1 : 0, workAt),
  }
  busy = true
  try {
    return body(counted(space, vectorSpeed))
  } finally {
    busy = false
    release(target)
  }
}

/** The same space, where every operation on it counts as the work it is, in units of `speed` multiplications; large products are done by panels of rows. */
function counted(space: Space, speed: number): Space {
  const work = (multiplications: number): void => {
    spend(multiplications / speed)
  }
  return {
    data: space.data,
    dot: (x, y, n) => {
      work(n)
      return space.dot(x, y, n)
    },
    axpy: (n, s, x, y) => {
      work(n)
      space.axpy(n, s, x, y)
    },
    rowdots: (m, n, a, ld, x, y) => {
      work(m * n)
      space.rowdots(m, n, a, ld, x, y)
    },
    rowsum: (m, n, a, ld, x, xs, y) => {
      work(m * n)
      space.rowsum(m, n, a, ld, x, xs, y)
    },
    rankone: (m, n, a, ld, x, xs, y) => {
      work(m * n)
      space.rankone(m, n, a, ld, x, xs, y)
    },
    updateRowdots: (m, n, a, ld, x, y, u, z) => {
      work(2 * m * n)
      space.updateRowdots(m, n, a, ld, x, y, u, z)
    },
    updateRowsum: (m, n, a, ld, x, y, v, z) => {
      work(2 * m * n)
      space.updateRowsum(m, n, a, ld, x, y, v, z)
    },
    ranktwo: (m, a, ld, x, y) => {
      work(m * m)
      space.ranktwo(m, a, ld, x, y)
    },
    symmetric: (m, a, ld, x, y) => {
      work(m * m)
      space.symmetric(m, a, ld, x, y)
    },
    rotations: (a, ld, n, runs, count, pairs, scales, low, high) => {
      let rotated = high - low + 1
      for (let r = 0; r < count; r++) rotated += 2 * space.data[runs + 4 * r + 2]!
      work(n * rotated)
      space.rotations(a, ld, n, runs, count, pairs, scales, low, high)
    },
    product: (m, n, k, a, ars, acs, b, brs, bcs, c, ld, sign) => {
      byPanels(m, n, k, speed, (i, rows) => {
        space.product(rows, n, k, a + i * ars, ars, acs, b, brs, bcs, c + i * ld, ld, sign)
      })
    },
    productLower: (n, k, a, ars, acs, b, brs, bcs, c, ld, sign) => {
      const rows = panelRows(n, k, speed)
      for (let i = 0; i < n; i += rows) {
        const count = Math.min(rows, n - i)
        work(count * (i + count / 2) * k)
        const top = a + i * ars
        const first = c + i * ld
        if (i > 0) space.product(count, i, k, top, ars, acs, b, brs, bcs, first, ld, sign)
        space.productLower(count, k, top, ars, acs, b + i * bcs, brs, bcs, first + i, ld, sign)
      }
    },
    triangular: (n, t, trs, tcs, x, xrs, xcs, m, unit) => {
      work((m * n * n) / 2)
      space.triangular(n, t, trs, tcs, x, xrs, xcs, m, unit)
    },
  }
}
