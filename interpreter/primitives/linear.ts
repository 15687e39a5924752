/**
 * Linear systems: inverse, solutions, Cholesky's factor.
 * Their rules are systems again. It must not know determinants, modes or syntax.
 */

import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { Tensor } from "../arrays/tensor.ts"
import type { LinearRule, Nary } from "../autodiff/declare.ts"
import { nary } from "../autodiff/lift.ts"
import { shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import * as kernels from "../kernels/linalg/index.ts"
import { add, mul, neg, sub } from "./arithmetic.ts"
import { matmul, matrixProduct, matrixTranspose, outer } from "./matrices.ts"
import { eye, tril, triu } from "./rearranging.ts"

export const sizeOfSquare = (a: Num): number => shapeOf(a)[0]!

/** The matrix product of all of them. */
export function product(...factors: readonly Num[]): Num {
  return factors.reduce((a, b) => matrixProduct(a, b))
}

export const oneMatrix = [
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
    if (singular === "fault") raise(apartFaults.singularMatrix("inv", a.shape))
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
    return x === null ? raise(apartFaults.singularMatrix("solve", shape)) : new Tensor(right.shape, x)
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
    return l === null ? raise(apartFaults.notPositiveDefinite("cholesky", shape)) : new Tensor(shape, l)
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
