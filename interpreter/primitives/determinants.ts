/**
 * Traces, and determinants with their signs and logarithms.
 * The determinant of a singular matrix keeps its derivatives, which are determinants of minors, to every order.
 * It must not know modes or syntax.
 */

import { Tensor } from "../arrays/tensor.ts"
import { choose } from "../autodiff/choose.ts"
import type { Nary } from "../autodiff/declare.ts"
import { nary } from "../autodiff/lift.ts"
import type { Num } from "../autodiff/num.ts"
import { log } from "../kernels/elementary.ts"
import { log2 } from "../kernels/bases.ts"
import * as kernels from "../kernels/linalg/index.ts"
import { add, div, greater, mul, sub } from "./arithmetic.ts"
import { inverse, oneMatrix, product, sizeOfSquare } from "./linear.ts"
import { matrixTranspose } from "./matrices.ts"
import { sum } from "./reductions.ts"
import { diagonal, eye } from "./rearranging.ts"

/** The sum of the diagonal. */
export function matrixTrace(a: Num): Num {
  return sum([diagonal(a)], { axes: [0] })
}

/** Σ a ∘ b. */
function innerProduct(a: Num, b: Num): Num {
  return sum([mul(a, b)], { axes: [0, 1] })
}

export const det: Nary<undefined> = nary<undefined>({
  name: "det",
  doc: "Determinant of a square matrix; its derivatives are right to every order also where the matrix is singular.",
  eval: ([a]) => {
    const { shape, data } = a as Tensor
    const n = shape[0]!
    const { lu, sign } = kernels.lu(data, n)
    let value: number = sign
    let exponent = 0
    // Factors of 2^512 are set aside where a product would leave the range although the determinant does not.
    const kept = (x: number): number => {
      const size = Math.abs(x)
      if (size > 2 ** 511) exponent += 512
      else if (size < 2 ** -511 && size > 0) exponent -= 512
      else return x
      return x * (size > 1 ? 2 ** -512 : 2 ** 512)
    }
    for (let i = 0; i < n; i++) value = kept(value * kept(lu[i * n + i]!))
    for (; exponent > 0; exponent -= 512) value *= 2 ** 512
    for (; exponent < 0; exponent += 512) value *= 2 ** -512
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

/** The derivative of det: every element replaced by its cofactor. A matrix that is far from the singular only by its scales is freed of these. */
function cofactors(a: Num): Num {
  const half = balance([a], { of: "cofactors" })
  const b = mul(balance([a], { of: "elements" }), a)
  const ofBalanced = choose(
    greater(rcond([b], undefined), nearlySingular(sizeOfSquare(a))),
    () => mul(det([b], undefined), matrixTranspose(inverse([b], undefined))),
    () => cofactorsOfSingular(b),
  ) as Num
  return mul(mul(ofBalanced, half), half)
}

/**
 * Powers of two that make the largest element of every row and column about 1, one for each element; or the roots of those that cofactors of what they
 * make are multiplied by to be cofactors of the matrix: C_ij(A) = C_ij(B) 2^(r_i + c_j − Σ r − Σ c) for B_ij = 2^(r_i + c_j) A_ij. Constants of the point.
 */
export const balance: Nary<{ readonly of: "elements" | "cofactors" }> = nary<{
  readonly of: "elements" | "cofactors"
}>({
  name: "balance",
  doc: "Powers of two that take the scales out of the rows and columns of a matrix, or out of its cofactors.",
  inner: true,
  eval: ([a], options) => {
    const { shape, data } = a as Tensor
    const n = shape[0]!
    const rows = Array.from({ length: n }, (_, i) => evenExponent(data.subarray(i * n, (i + 1) * n)))
    const columns = Array.from({ length: n }, (_, j) =>
      evenExponent(Float64Array.from({ length: n }, (_, i) => data[i * n + j]! * 2 ** rows[i]!)),
    )
    const all = [...rows, ...columns].reduce((x, y) => x + y, 0)
    const ofElements = (options as { of: string }).of === "elements"
    return new Tensor(
      shape,
      Float64Array.from(data, (_, k) => {
        const own = rows[Math.floor(k / n)]! + columns[k % n]!
        return 2 ** Math.max(-1020, Math.min(1020, ofElements ? own : (own - all) / 2))
      }),
    )
  },
  rule: () => null,
  shape: ([shape]) => shape!,
  at: [
    { args: [oneMatrix], options: { of: "elements" } },
    { args: [oneMatrix], options: { of: "cofactors" } },
  ],
})

/** An even exponent of two that takes the largest of these sizes to about 1; 0 where it is not far from there, so that most matrices stay as they are. */
function evenExponent(xs: Float64Array): number {
  const largest = xs.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const exponent = largest > 0 && largest < Infinity ? -2 * Math.round(log2(largest) / 2) : 0
  return Math.abs(exponent) > 10 ? exponent : 0
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
