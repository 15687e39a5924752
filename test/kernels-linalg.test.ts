/**
 * The linear algebra kernels: what defines each factor, up to rounding, over sizes around every block edge, and the same bits with and
 * without the SIMD module. ml-matrix is a second opinion on values.
 * Bounds are a small multiple of n·2^-52 relative to the matrix.
 */
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix"
import { afterEach, describe, expect, test } from "vitest"
import {
  cholesky,
  eigh,
  expm,
  lu,
  qr,
  solve,
  solveLu,
  solveTriangular,
  svd,
} from "../interpreter/kernels/linalg/index.ts"
import { withSpace } from "../interpreter/kernels/lanes.ts"
import { dotAt, sumAt } from "../interpreter/kernels/sums.ts"
import { matmul, matvec, transposed, vecmat } from "../interpreter/kernels/matmul.ts"
import { normals } from "../interpreter/kernels/random.ts"
import { refuseSimd, simd } from "../interpreter/kernels/wasm/load.ts"

const EPS = 2 ** -52
const random = (n: number, seed: number) => normals([7, seed], n)
const sizes = [1, 2, 3, 5, 8, 23, 24, 25, 31, 32, 33, 47, 64, 65, 97, 130]

afterEach(() => {
  refuseSimd(false)
})

function plainProduct(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let s = 0
      for (let p = 0; p < k; p++) s += a[i * k + p]! * b[p * n + j]!
      out[i * n + j] = s
    }
  }
  return out
}

function largest(a: ArrayLike<number>): number {
  let v = 0
  for (let i = 0; i < a.length; i++) v = Math.max(v, Math.abs(a[i]!))
  return v
}

function distance(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length)
  let v = 0
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!)
    if (!(d <= v)) v = d
  }
  return v
}

const identity = (n: number) => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))

function symmetric(n: number, seed: number): Float64Array {
  const a = random(n * n, seed)
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i]!
  return a
}

function definite(n: number, seed: number): Float64Array {
  const g = random(n * n, seed)
  const a = plainProduct(g, transposed(g, n, n), n, n, n)
  for (let i = 0; i < n; i++) a[i * n + i] = a[i * n + i]! + 1
  return a
}

/** Runs with and without the module and requires the same bits. */
function bothWays<T>(run: () => T): T {
  expect(simd()).not.toBeNull()
  const fast = run()
  refuseSimd(true)
  const plain = run()
  refuseSimd(false)
  expect(fast).toEqual(plain)
  return fast
}

describe("sums and dot products", () => {
  test("eight lanes, added in the stated order", () => {
    for (const n of [0, 1, 3, 7, 8, 9, 16, 31, 100]) {
      const x = random(n, 1)
      const y = random(n, 2)
      const lanes = new Array<number>(8).fill(0)
      const plain = new Array<number>(8).fill(0)
      for (let i = 0; i < n; i++) {
        lanes[i % 8]! += x[i]! * y[i]!
        plain[i % 8]! += x[i]!
      }
      const tree = (l: number[]) => l[0]! + l[4]! + (l[2]! + l[6]!) + (l[1]! + l[5]! + (l[3]! + l[7]!))
      expect(dotAt(x, 0, y, 0, n)).toBe(tree(lanes))
      expect(sumAt(x, 0, n)).toBe(tree(plain))
    }
  })

  test("a stride reads every second element", () => {
    const x = random(40, 3)
    expect(sumAt(x, 1, 20, 2)).toBe(
      sumAt(
        x.filter((_, i) => i % 2 === 1),
        0,
        20,
      ),
    )
  })

  test("the module answers the same bits", () => {
    const run = () =>
      withSpace(2000, (s) => {
        s.data.set(random(2000, 4))
        const out: number[] = []
        for (const n of [0, 1, 2, 7, 8, 13, 64, 999]) out.push(s.dot(0, 1000, n), s.dot(3, 1001, n))
        s.axpy(333, 1.7, 0, 1500)
        s.rowdots(7, 33, 100, 35, 600, 1900)
        s.rowsum(7, 33, 100, 35, 600, 2, 1800)
        s.rankone(7, 33, 1000, 35, 600, 2, 700)
        s.ranktwo(29, 0, 31, 1000, 1100)
        s.updateRowdots(9, 27, 0, 31, 1000, 1100, 1200, 1300)
        s.updateRowsum(9, 27, 0, 31, 1000, 1100, 1200, 1400)
        s.symmetric(29, 0, 31, 1000, 1200)
        s.symmetric(5, 3, 31, 1000, 1300)
        for (let i = 0; i < 40; i++) {
          s.data[400 + 2 * i] = Math.cos(i)
          s.data[401 + 2 * i] = Math.sin(i)
        }
        s.data.set([2, 1, 15, 0, 15, -1, 12, 1, 4, 1, 0, 0, 3, 1, 9, 0], 380)
        s.rotations(1000, 21, 21, 380, 4, 400, 500, 2, 17)
        s.rotations(1000, 21, 16, 380, 2, 420, 500, 0, 18)
        return [out, s.data.slice()]
      })
    bothWays(run)
  })
})

describe("matrix product", () => {
  test.each([
    [1, 1, 1],
    [2, 3, 4],
    [4, 4, 4],
    [5, 7, 9],
    [33, 40, 29],
    [64, 64, 64],
    [97, 300, 61],
    [3, 600, 50],
    [120, 1, 530],
    [0, 3, 2],
    [3, 0, 2],
  ])("%i by %i by %i is the plain triple loop, to the bit", (m, k, n) => {
    const a = random(m * k, 5)
    const b = random(k * n, 6)
    const expected = plainProduct(a, b, m, k, n)
    bothWays(() => {
      expect(matmul(a, b, m, k, n)).toEqual(expected)
      expect(matmul(transposed(a, m, k), b, m, k, n, true)).toEqual(expected)
      expect(matmul(a, transposed(b, k, n), m, k, n, false, true)).toEqual(expected)
    })
    if (n > 0) {
      const x = b.slice(0, k)
      expect(matvec(a, x, m, k)).toEqual(plainProduct(a, x, m, k, 1))
    }
    expect(vecmat(a.slice(0, k), b, k, n)).toEqual(plainProduct(a.slice(0, k), b, 1, k, n))
  })

  test("nan and inf stay in their row and column", () => {
    const n = 40
    const a = random(n * n, 8)
    a[3 * n + 5] = NaN
    const out = matmul(a, random(n * n, 9), n, n, n)
    for (let i = 0; i < n; i++) expect(Number.isNaN(out[i * n + 7]!)).toBe(i === 3)
  })
})

describe("triangular systems", () => {
  test.each(sizes)("n = %i", (n) => {
    const t = random(n * n, n)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) t[i * n + j] = (t[i * n + j]! + (i === j ? 3 : 0)) / (i === j ? 1 : n)
    }
    for (const m of [1, 2, 5, 40]) {
      const x = random(n * m, m)
      for (const lower of [true, false]) {
        for (const transpose of [true, false]) {
          for (const unit of [true, false]) {
            const full = t.slice()
            for (let i = 0; i < n; i++) {
              for (let j = 0; j < n; j++) if (lower ? j > i : j < i) full[i * n + j] = 0
              if (unit) full[i * n + i] = 1
            }
            const b = plainProduct(transpose ? transposed(full, n, n) : full, x, n, n, m)
            const got = bothWays(() => solveTriangular(t, n, b, m, { lower, transpose, unit }))
            const back = plainProduct(transpose ? transposed(full, n, n) : full, got, n, n, m)
            expect(distance(back, b)).toBeLessThan(50 * n * EPS * (largest(b) + largest(full) * largest(got)))
          }
        }
      }
    }
  })

  test("a zero on the diagonal answers infinities", () => {
    const x = solveTriangular(Float64Array.of(0, 0, 1, 1), 2, Float64Array.of(1, 1), 1, { lower: true })
    expect([...x]).toEqual([Infinity, -Infinity])
  })
})

describe("cholesky", () => {
  test.each(sizes)("n = %i", (n) => {
    const a = definite(n, n)
    const l = bothWays(() => cholesky(a, n))!
    for (let i = 0; i < n; i++) {
      expect(l[i * n + i]).toBeGreaterThan(0)
      for (let j = i + 1; j < n; j++) expect(l[i * n + j]).toBe(0)
    }
    expect(distance(plainProduct(l, transposed(l, n, n), n, n, n), a)).toBeLessThan(4 * n * EPS * largest(a))
  })

  test("reads the lower triangle only", () => {
    const a = definite(6, 1)
    const b = a.slice()
    b[1] = NaN
    expect(cholesky(b, 6)).toEqual(cholesky(a, 6))
  })

  test("refuses what is not positive definite", () => {
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull()
    expect(cholesky(Float64Array.of(0), 1)).toBeNull()
    expect(cholesky(Float64Array.of(NaN), 1)).toBeNull()
    expect(cholesky(Float64Array.of(Infinity), 1)).toBeNull()
    const a = definite(80, 2)
    a[79 * 80 + 79] = -1
    expect(cholesky(a, 80)).toBeNull()
    expect(cholesky(new Float64Array(0), 0)).toEqual(new Float64Array(0))
  })

  test("from 1e-150 to 1e150", () => {
    for (const f of [1e-150, 1e150]) {
      const l = cholesky(Float64Array.of(4 * f, 2 * f, 2 * f, 5 * f), 2)!
      const r = Math.sqrt(f)
      expect(distance(l, Float64Array.of(2 * r, 0, r, 2 * r))).toBeLessThan(1e-15 * r)
    }
  })
})

describe("lu and solve", () => {
  test.each(sizes)("n = %i", (n) => {
    const a = random(n * n, n)
    const f = bothWays(() => lu(a, n))
    expect(f.singular).toBe(false)
    const l = identity(n)
    const u = new Float64Array(n * n)
    const permuted = new Float64Array(n * n)
    for (let i = 0; i < n; i++) {
      permuted.set(a.subarray(f.rows[i]! * n, (f.rows[i]! + 1) * n), i * n)
      for (let j = 0; j < n; j++) {
        if (j < i) {
          l[i * n + j] = f.lu[i * n + j]!
          expect(Math.abs(l[i * n + j]!)).toBeLessThanOrEqual(1)
        } else u[i * n + j] = f.lu[i * n + j]!
      }
    }
    expect(distance(plainProduct(l, u, n, n, n), permuted)).toBeLessThan(10 * n * EPS * largest(u))
    for (const m of [1, 3, 7]) {
      const b = random(n * m, m)
      const x = bothWays(() => solve(a, n, b, m))!
      expect(distance(plainProduct(a, x, n, n, m), b)).toBeLessThan(20 * n * EPS * (largest(b) + n * largest(x)))
      expect(solveLu(f, n, b, m)).toEqual(x)
      const y = solveLu(f, n, b, m, true)
      const back = plainProduct(transposed(a, n, n), y, n, n, m)
      expect(distance(back, b)).toBeLessThan(20 * n * EPS * (largest(b) + n * largest(y)))
    }
  })

  test("the sign of the permutation gives the determinant", () => {
    const f = lu(Float64Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0), 3)
    expect(f.sign).toBe(1)
    expect(lu(Float64Array.of(0, 1, 1, 0), 2).sign).toBe(-1)
  })

  test("singular matrices", () => {
    expect(solve(Float64Array.of(1, 2, 2, 4), 2, Float64Array.of(1, 1), 1)).toBeNull()
    expect(solve(Float64Array.of(NaN), 1, Float64Array.of(1), 1)).toBeNull()
    expect(lu(new Float64Array(9), 3).singular).toBe(true)
    expect(solve(new Float64Array(0), 0, new Float64Array(0), 1)).toEqual(new Float64Array(0))
  })
})

const shapes: [number, number][] = [
  [1, 1],
  [3, 1],
  [1, 4],
  [2, 2],
  [5, 3],
  [3, 5],
  [24, 24],
  [25, 25],
  [60, 24],
  [49, 50],
  [80, 30],
  [30, 80],
  [100, 97],
  [0, 0],
  [3, 0],
]

describe("qr", () => {
  test.each(shapes)("%i by %i", (m, n) => {
    const a = random(m * n, m + n)
    const k = Math.min(m, n)
    const { q, r } = bothWays(() => qr(a, m, n))
    const bound = 10 * (m + n) * EPS
    expect(distance(plainProduct(transposed(q, m, k), q, k, m, k), identity(k))).toBeLessThanOrEqual(bound)
    expect(distance(plainProduct(q, r, m, k, n), a)).toBeLessThanOrEqual(bound * largest(a))
    for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) expect(r[i * n + j]).toBe(0)
  })

  test("rank deficient and extreme", () => {
    for (const f of [0, 1e-150, 1e150, 1e-300]) {
      const a = Float64Array.of(1, 2, 2, 4, 3, 6).map((v) => v * f)
      const { q, r } = qr(a, 3, 2)
      expect(distance(plainProduct(transposed(q, 3, 2), q, 2, 3, 2), identity(2))).toBeLessThan(1e-14)
      expect(distance(plainProduct(q, r, 3, 2, 2), a)).toBeLessThanOrEqual(1e-14 * f)
    }
  })
})

describe("eigh", () => {
  test.each([0, ...sizes])("n = %i", (n) => {
    const a = symmetric(n, n)
    const { values, vectors } = bothWays(() => eigh(a, n))
    const bound = 20 * (n + 1) * EPS
    const scaled = vectors.slice()
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) scaled[i * n + j] = scaled[i * n + j]! * values[j]!
    expect(distance(plainProduct(transposed(vectors, n, n), vectors, n, n, n), identity(n))).toBeLessThan(bound)
    expect(distance(plainProduct(a, vectors, n, n, n), scaled)).toBeLessThanOrEqual(bound * (largest(values) + 1))
    for (let i = 1; i < n; i++) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]!)
    if (n > 1) {
      const other = new EigenvalueDecomposition(
        new Matrix(n, n).apply((i, j) => 0 * i * j),
        { assumeSymmetric: true },
      )
      expect(other.realEigenvalues.length).toBe(n)
      const rows = Array.from({ length: n }, (_, i) => [...a.subarray(i * n, (i + 1) * n)])
      const theirs = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true }).realEigenvalues
      const sorted = Float64Array.from(theirs).sort()
      expect(distance(values, sorted)).toBeLessThan(bound * largest(values))
    }
  })

  test("repeated, zero, diagonal and extreme", () => {
    expect([...eigh(identity(4), 4).values]).toEqual([1, 1, 1, 1])
    expect([...eigh(new Float64Array(9), 3).values]).toEqual([0, 0, 0])
    expect([...eigh(Float64Array.of(3, 0, 0, 0, 1, 0, 0, 0, 2), 3).values]).toEqual([1, 2, 3])
    for (const f of [1e-300, 1e-150, 1e150, 1e300]) {
      const { values } = eigh(
        Float64Array.of(2, 1, 1, 2).map((v) => v * f),
        2,
      )
      expect(Math.abs(values[0]! / f - 1)).toBeLessThan(1e-14)
      expect(Math.abs(values[1]! / f - 3)).toBeLessThan(1e-14)
    }
    expect([...eigh(Float64Array.of(NaN), 1).values]).toEqual([NaN])
    const ones = new Float64Array(50 * 50).fill(1)
    const { values, vectors } = eigh(ones, 50)
    expect(Math.abs(values[49]! - 50)).toBeLessThan(1e-12)
    expect(Math.abs(values[0]!)).toBeLessThan(1e-13)
    expect(distance(plainProduct(transposed(vectors, 50, 50), vectors, 50, 50, 50), identity(50))).toBeLessThan(1e-13)
  })
})

describe("svd", () => {
  const check = (a: Float64Array, m: number, n: number) => {
    const k = Math.min(m, n)
    const { u, s, vt } = bothWays(() => svd(a, m, n))
    const bound = 30 * (m + n + 1) * EPS
    const scaled = u.slice()
    for (let i = 0; i < m; i++) for (let j = 0; j < k; j++) scaled[i * k + j] = scaled[i * k + j]! * s[j]!
    expect(distance(plainProduct(transposed(u, m, k), u, k, m, k), identity(k))).toBeLessThan(bound)
    expect(distance(plainProduct(vt, transposed(vt, k, n), k, n, k), identity(k))).toBeLessThan(bound)
    expect(distance(plainProduct(scaled, vt, m, k, n), a)).toBeLessThanOrEqual(bound * (k > 0 ? s[0]! : 0))
    for (let i = 0; i < k; i++) {
      expect(s[i]!).toBeGreaterThanOrEqual(0)
      if (i > 0) expect(s[i]!).toBeLessThanOrEqual(s[i - 1]!)
    }
    return s
  }

  test.each(shapes)("%i by %i", (m, n) => {
    const a = random(m * n, m + 2 * n)
    const s = check(a, m, n)
    if (m > 1 && n > 1) {
      const rows = Array.from({ length: m }, (_, i) => [...a.subarray(i * n, (i + 1) * n)])
      const theirs = new SingularValueDecomposition(new Matrix(rows), { autoTranspose: true }).diagonal
      expect(distance(s, Float64Array.from(theirs).slice(0, s.length))).toBeLessThan(1e-12 * s[0]!)
    }
  })

  test("rank deficient, zero, repeated and extreme", () => {
    check(new Float64Array(12), 4, 3)
    check(identity(30), 30, 30)
    check(new Float64Array(35 * 30).fill(1), 35, 30)
    check(Float64Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0), 3, 3)
    check(Float64Array.of(1, 1, 0, 0, 0, 1, 0, 0, 1), 3, 3)
    for (const f of [1e-300, 1e-150, 1e150, 1e300]) {
      const { s } = svd(
        Float64Array.of(3, 0, 4, 5).map((v) => v * f),
        2,
        2,
      )
      expect(Math.abs(s[0]! / f / Math.sqrt(45) - 1)).toBeLessThan(1e-14)
      expect(Math.abs(s[1]! / f / Math.sqrt(5) - 1)).toBeLessThan(1e-14)
    }
    expect([...svd(Float64Array.of(1, NaN), 2, 1).s]).toEqual([NaN])
  })
})

describe("expm", () => {
  test("diagonal, nilpotent, rotation", () => {
    const d = expm(Float64Array.of(1, 0, 0, -2), 2)
    expect(distance(d, Float64Array.of(Math.E, 0, 0, Math.exp(-2)))).toBeLessThan(1e-15)
    expect([...expm(Float64Array.of(0, 1, 0, 0), 2)]).toEqual([1, 1, 0, 1])
    for (const t of [1e-5, 0.01, 0.3, 0.9, 2, 5, 40]) {
      const r = expm(Float64Array.of(0, -t, t, 0), 2)
      const expected = Float64Array.of(Math.cos(t), -Math.sin(t), Math.sin(t), Math.cos(t))
      expect(distance(r, expected)).toBeLessThan(2e-15 * Math.max(1, t))
    }
    expect([...expm(new Float64Array(0), 0)]).toEqual([])
    expect([...expm(Float64Array.of(Infinity), 1)]).toEqual([NaN])
  })

  test.each([3, 10, 40])("inverse and square, n = %i", (n) => {
    const a = random(n * n, n).map((v) => v / Math.sqrt(n))
    const e = expm(a, n)
    const back = expm(
      a.map((v) => -v),
      n,
    )
    expect(distance(plainProduct(e, back, n, n, n), identity(n))).toBeLessThan(1e-12)
    const half = expm(
      a.map((v) => v / 2),
      n,
    )
    expect(distance(plainProduct(half, half, n, n, n), e)).toBeLessThan(1e-13 * largest(e))
  })

  test("against eigenvalues of a symmetric matrix", () => {
    const n = 30
    const a = symmetric(n, 3).map((v) => v / 3)
    const { values, vectors } = eigh(a, n)
    const scaled = vectors.slice()
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) scaled[i * n + j] = scaled[i * n + j]! * Math.exp(values[j]!)
    const expected = plainProduct(scaled, transposed(vectors, n, n), n, n, n)
    expect(distance(expm(a, n), expected)).toBeLessThan(1e-13 * largest(expected))
  })
})
