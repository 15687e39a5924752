/**
 * Linear systems: inverse, solutions, determinants, Cholesky's factor.
 * Their rules are systems again. The determinant of a singular matrix keeps its derivatives, which are determinants of minors, to every order.
 * It must not know modes or syntax.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { Tensor } from "../arrays/tensor.ts"
import { choose } from "../autodiff/choose.ts"
import type { LinearRule, Nary } from "../autodiff/declare.ts"
import { nary } from "../autodiff/lift.ts"
import { shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import { log } from "../kernels/elementary.ts"
import * as kernels from "../kernels/linalg/index.ts"
import { add, div, greater, mul, neg, sub } from "./arithmetic.ts"
import { matmul, matrixProduct, matrixTrace, matrixTranspose, outer } from "./matrices.ts"
import { sum } from "./reductions.ts"
import { eye, tril, triu } from "./shaping.ts"

const sizeOfSquare = (a: Num): number => shapeOf(a)[0]!

function product(...factors: readonly Num[]): Num {
  return factors.reduce((a, b) => matrixProduct(a, b))
}

/** Σ a ∘ b. */
function innerProduct(a: Num, b: Num): Num {
  return sum([mul(a, b)], { axes: [0, 1] })
}

const oneMatrix = [
  [4, 1, -0.5],
  [2, 3, 0.25],
  [-1, 0.5, 2.5],
] as const
const symmetricMatrix = [
  [4, 1, -0.5],
  [1, 3, 0.25],
  [-0.5, 0.25, 2.5],
] as const

// ---------------------------------------------------------------- inverses and systems

function inverted(a: Tensor, singular: "fault" | "nan"): Tensor {
  const n = a.shape[0]!
  const out = kernels.solve(a.data, n, eye(n, n).data, n)
  if (out === null) {
    if (singular === "fault") raise(faults.singularMatrix("inv", a.shape))
    return new Tensor(a.shape, new Float64Array(n * n).fill(NaN))
  }
  return new Tensor(a.shape, out)
}

const inverseRule: LinearRule = {
  push: (da, _args, out) => neg(product(out, da, out)),
  pull: (ct, _args, out) => neg(product(matrixTranspose(out), ct, matrixTranspose(out))),
}

export const inv: Nary<undefined> = nary<undefined>({
  name: "inv",
  doc: "Inverse of a square matrix; a singular one is an error.",
  eval: ([a]) => inverted(a as Tensor, "fault"),
  rule: () => inverseRule,
  shape: ([shape]) => shape!,
  at: [{ args: [oneMatrix] }],
})

/** The inverse that rules use: nan where there is none. */
export const inverse: Nary<undefined> = nary<undefined>({
  name: "inverse",
  doc: "Inverse of a square matrix, nan where it is singular.",
  inner: true,
  eval: ([a]) => inverted(a as Tensor, "nan"),
  rule: () => inverseRule,
  shape: ([shape]) => shape!,
  at: [{ args: [oneMatrix] }],
})

/** What a system's matrix gets back: the product of two columns, or of two matrices. */
function columns(x: Num, y: Num): Num {
  return shapeOf(x).length === 1 ? outer(x, y) : product(x, matrixTranspose(y))
}

export const solve: Nary<undefined> = nary<undefined>({
  name: "solve",
  doc: "`solve(A, b)`: the x with A x = b; b is a vector or a matrix of columns; a singular A is an error.",
  eval: ([a, b]) => {
    const { shape, data } = a as Tensor
    const right = b as Tensor
    const x = kernels.solve(data, shape[0]!, right.data, right.shape[1] ?? 1)
    return x === null ? raise(faults.singularMatrix("solve", shape)) : new Tensor(right.shape, x)
  },
  rule: (k) => {
    const transposed = (ct: Num, [a]: readonly (Num | Truth)[]): Num =>
      solve([matrixTranspose(a as Num), ct], undefined)
    return k === 0
      ? {
          push: (da, [a], x) => neg(solve([a as Num, matmul(da, x)], undefined)),
          pull: (ct, args, x) => neg(columns(transposed(ct, args), x)),
        }
      : { push: (db, [a]) => solve([a as Num, db], undefined), pull: transposed }
  },
  shape: ([, b]) => b!,
  at: [
    { args: [oneMatrix, [1, -2, 0.5]] },
    {
      args: [
        oneMatrix,
        [
          [1, 0],
          [2, -1],
          [0.5, 3],
        ],
      ],
    },
  ],
})

/** Which triangle of the matrix counts, and whether its transpose is meant. */
export interface Triangle {
  readonly lower: boolean
  readonly transposed: boolean
}

/** The x with T x = b (or Tᵀ x = b) for the lower or upper triangle T of a square matrix. */
export const solveTriangular: Nary<Triangle> = nary<Triangle>({
  name: "solve_triangular",
  doc: "`solve_triangular(T, b)`: the x with T x = b, for a triangular T, of which only that triangle is read.",
  eval: ([t, b], options) => {
    const { lower, transposed } = options as Triangle
    const { shape, data } = t as Tensor
    const right = b as Tensor
    const columns = right.shape[1] ?? 1
    return new Tensor(
      right.shape,
      kernels.solveTriangular(data, shape[0]!, right.data, columns, { lower, transpose: transposed }),
    )
  },
  rule: (k) => {
    const part = (a: Num, { lower }: Triangle): Num => (lower ? tril(a) : triu(a))
    const back = (ct: Num, t: Num, { lower, transposed }: Triangle): Num =>
      solveTriangular([t, ct], { lower, transposed: !transposed })
    return k === 0
      ? {
          push: (dt, [t], x, options: Triangle) => {
            const change = part(dt, options)
            return neg(
              solveTriangular([t as Num, matmul(options.transposed ? matrixTranspose(change) : change, x)], options),
            )
          },
          pull: (ct, [t], x, options: Triangle) => {
            const y = back(ct, t as Num, options)
            return part(neg(options.transposed ? columns(x, y) : columns(y, x)), options)
          },
        }
      : {
          push: (db, [t], _x, options: Triangle) => solveTriangular([t as Num, db], options),
          pull: (ct, [t], _x, options: Triangle) => back(ct, t as Num, options),
        }
  },
  shape: ([, b]) => b!,
  at: [
    { args: [oneMatrix, [1, -2, 0.5]], options: { lower: true, transposed: false } },
    { args: [oneMatrix, [1, -2, 0.5]], options: { lower: true, transposed: true } },
    { args: [oneMatrix, oneMatrix], options: { lower: false, transposed: false } },
    { args: [oneMatrix, oneMatrix], options: { lower: false, transposed: true } },
  ],
})

// ---------------------------------------------------------------- determinants

export const det: Nary<undefined> = nary<undefined>({
  name: "det",
  doc: "Determinant of a square matrix; its derivatives are right to every order also where the matrix is singular.",
  eval: ([a]) => {
    const { shape, data } = a as Tensor
    const n = shape[0]!
    const { lu, sign } = kernels.lu(data, n)
    let value: number = sign
    for (let i = 0; i < n; i++) value *= lu[i * n + i]!
    return value + 0
  },
  rule: () => ({
    push: (da, [a]) => innerProduct(cofactors(a as Num), da),
    pull: (ct, [a]) => mul(ct, cofactors(a as Num)),
  }),
  shape: () => [],
  at: [
    { args: [oneMatrix] },
    {
      args: [
        [
          [1, 2],
          [2, 4],
        ],
      ],
    },
    {
      args: [
        [
          [1, 2, 3],
          [2, 4, 6],
          [-1, -2, -3],
        ],
      ],
    },
    {
      args: [
        [
          [0, 0],
          [0, 0],
        ],
      ],
    },
  ],
})

function reciprocalCondition(a: Float64Array, n: number): number {
  const out = kernels.solve(a, n, eye(n, n).data, n)
  if (out === null) return 0
  const bound = norm1(a, n) * norm1(out, n)
  return n === 0 ? 1 : bound > 0 && bound < Infinity ? 1 / bound : 0
}

/** The greatest sum of absolute values of a column. */
function norm1(a: Float64Array, n: number): number {
  let largest = 0
  for (let j = 0; j < n; j++) {
    let total = 0
    for (let i = 0; i < n; i++) total += Math.abs(a[i * n + j]!)
    largest = Math.max(largest, total)
  }
  return largest
}

/** 1/condition of a matrix in the 1-norm, 0 where it is singular; no derivative. */
export const rcond: Nary<undefined> = nary<undefined>({
  name: "rcond",
  doc: "1 over the condition of a square matrix in the 1-norm.",
  inner: true,
  eval: ([a]) => {
    const { shape, data } = a as Tensor
    return reciprocalCondition(data, shape[0]!)
  },
  rule: () => null,
  shape: () => [],
  at: [{ args: [oneMatrix] }],
})

/** Below this 1/condition, cofactors are summed rather than divided out, which costs n matrix products. */
const nearlySingular = (n: number): number => (n <= 32 ? 1e-3 : 1e-8)

/** The derivative of det: every element replaced by its cofactor. */
function cofactors(a: Num): Num {
  return choose(
    greater(rcond([a], undefined), nearlySingular(sizeOfSquare(a))),
    () => mul(det([a], undefined), matrixTranspose(inverse([a], undefined))),
    () => cofactorsOfSingular(a),
  ) as Num
}

/** Matrices P and Q such that P A Q is close to the identity with some zeros on its diagonal; constants of the point. */
export const conditioner: Nary<{ readonly part: "left" | "right" }> = nary<{ readonly part: "left" | "right" }>({
  name: "conditioner",
  doc: "A constant matrix that takes the scales out of another one from the left or from the right.",
  inner: true,
  eval: ([a], options) => conditionerOf(a as Tensor)[(options as { part: "left" | "right" }).part],
  rule: () => null,
  shape: ([shape]) => shape!,
  at: [{ args: [oneMatrix], options: { part: "left" } }],
})

/** Elimination of rows (left) and columns (right) with complete exchanges, stopped where the pivots end: the rank. */
function conditionerOf(a: Tensor): { left: Tensor; right: Tensor } {
  const n = a.shape[0]!
  const rest = a.data.slice()
  const left = eye(n, n).data
  const right = eye(n, n).data
  let largest = 0
  let step = 0
  for (; step < n; step++) {
    let p = -1
    let q = -1
    let best = largest * 1e-13
    for (let i = step; i < n; i++)
      for (let j = step; j < n; j++)
        if (Math.abs(rest[i * n + j]!) > best) {
          best = Math.abs(rest[i * n + j]!)
          p = i
          q = j
        }
    if (p < 0) break
    largest = Math.max(largest, best)
    exchangeRows(rest, n, step, p)
    exchangeRows(left, n, step, p)
    exchangeColumns(rest, n, step, q)
    exchangeColumns(right, n, step, q)
    const pivot = rest[step * n + step]!
    for (let i = step + 1; i < n; i++) {
      const factor = rest[i * n + step]! / pivot
      for (let j = 0; j < n; j++) {
        rest[i * n + j]! -= factor * rest[step * n + j]!
        left[i * n + j]! -= factor * left[step * n + j]!
      }
    }
    for (let j = step + 1; j < n; j++) {
      const factor = rest[step * n + j]! / pivot
      for (let i = 0; i < n; i++) {
        rest[i * n + j]! -= factor * rest[i * n + step]!
        right[i * n + j]! -= factor * right[i * n + step]!
      }
    }
    for (let j = 0; j < n; j++) {
      rest[step * n + j]! /= pivot
      left[step * n + j]! /= pivot
    }
  }
  // What is left over is rounding, or nothing; it is made small beside the ones.
  if (largest > 0) for (let i = step * n; i < n * n; i++) left[i]! /= largest
  return { left: new Tensor(a.shape, left), right: new Tensor(a.shape, right) }
}

function exchangeRows(data: Float64Array, n: number, i: number, j: number): void {
  if (i === j) return
  for (let k = 0; k < n; k++) {
    const x = data[i * n + k]!
    data[i * n + k] = data[j * n + k]!
    data[j * n + k] = x
  }
}

function exchangeColumns(data: Float64Array, n: number, i: number, j: number): void {
  if (i === j) return
  for (let k = 0; k < n; k++) {
    const x = data[k * n + i]!
    data[k * n + i] = data[k * n + j]!
    data[k * n + j] = x
  }
}

/**
 * Cofactors without division by what may vanish. With constants P and Q such that P A Q = I + N, where N is close to minus a projection of small rank,
 * adj(I + N) is the sum of Faddeev's and Leverrier's matrices of N with alternating signs, which end after that rank, and
 * adj(A) = Q adj(I + N) P / det(P Q).
 */
function cofactorsOfSingular(a: Num): Num {
  const n = sizeOfSquare(a)
  const left = conditioner([a], { part: "left" })
  const right = conditioner([a], { part: "right" })
  const identity = eye(n, n)
  const rest = sub(product(left, a, right), identity)
  let term: Num = identity
  let adjugate: Num = identity
  for (let k = 1; k < n; k++) {
    const next = product(rest, term)
    term = sub(next, mul(div(matrixTrace(next), k), identity))
    adjugate = k % 2 === 1 ? sub(adjugate, term) : add(adjugate, term)
  }
  const scale = mul(det([left], undefined), det([right], undefined))
  return matrixTranspose(div(product(right, adjugate, left), scale))
}

/** ln |det A|: the sum of the logarithms of the pivots, so that nothing overflows. */
function logDeterminant(a: Tensor): { sign: number; log: number } {
  const n = a.shape[0]!
  const factors = kernels.lu(a.data, n)
  let sign: number = factors.sign
  let sum = 0
  for (let i = 0; i < n; i++) {
    const pivot = factors.lu[i * n + i]!
    if (pivot < 0) sign = -sign
    if (pivot === 0) sign = 0
    sum += log(Math.abs(pivot))
  }
  return { sign, log: sum }
}

export const logdet: Nary<undefined> = nary<undefined>({
  name: "logdet",
  doc: "ln |det(A)| without overflow; -inf where A is singular, with nan as derivative.",
  eval: ([a]) => logDeterminant(a as Tensor).log,
  rule: () => ({
    push: (da, [a]) => innerProduct(matrixTranspose(inverse([a as Num], undefined)), da),
    pull: (ct, [a]) => mul(ct, matrixTranspose(inverse([a as Num], undefined))),
  }),
  shape: () => [],
  at: [{ args: [oneMatrix] }],
})

/** The sign of the determinant: -1, 0 or 1; no derivative. */
export const detSign: Nary<undefined> = nary<undefined>({
  name: "det_sign",
  doc: "The sign of the determinant of a square matrix.",
  inner: true,
  eval: ([a]) => logDeterminant(a as Tensor).sign,
  rule: () => null,
  shape: () => [],
  at: [{ args: [oneMatrix] }],
})

// ---------------------------------------------------------------- Cholesky

/** Half of a matrix and its transpose. */
export function symmetrized(a: Num): Num {
  return mul(0.5, add(a, matrixTranspose(a)))
}

/** The lower triangle with half the diagonal. */
function lowerHalf(a: Num): Num {
  const n = sizeOfSquare(a)
  return sub(tril(a), mul(mul(0.5, eye(n, n)), a))
}

export const cholesky: Nary<undefined> = nary<undefined>({
  name: "cholesky",
  doc: "The lower triangular L with L Lᵀ = A, for a positive definite A, of which the symmetric part counts; any other is an error.",
  eval: ([a]) => {
    const { shape } = a as Tensor
    const l = kernels.cholesky((symmetrized(a as Tensor) as Tensor).data, shape[0]!)
    return l === null ? raise(faults.notPositiveDefinite("cholesky", shape)) : new Tensor(shape, l)
  },
  rule: () => ({
    push: (da, _args, l) => {
      const half = solveTriangular([l, symmetrized(da)], { lower: true, transposed: false })
      const inner = matrixTranspose(solveTriangular([l, matrixTranspose(half)], { lower: true, transposed: false }))
      return product(l, lowerHalf(inner))
    },
    pull: (ct, _args, l) => {
      const inner = lowerHalf(product(matrixTranspose(l), tril(ct)))
      const half = solveTriangular([l, inner], { lower: true, transposed: true })
      return symmetrized(
        matrixTranspose(solveTriangular([l, matrixTranspose(half)], { lower: true, transposed: true })),
      )
    },
  }),
  shape: ([shape]) => shape!,
  at: [{ args: [symmetricMatrix] }],
})
