/**
 * Eigenvalues and singular values with their vectors.
 * Rules divide by gaps between values, and by nothing where nothing is to be divided. Values that are equal to rounding are one repeated value: its
 * vectors are any basis of a space, and what is made of them has a derivative only where no basis is told from another. It must not know modes or syntax.
 */

import { Tensor } from "../arrays/tensor.ts"
import { where } from "../autodiff/choose.ts"
import type { Binary, Multi } from "../autodiff/declare.ts"
import { binary, multi } from "../autodiff/lift.ts"
import { shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import * as kernels from "../kernels/linalg/index.ts"
import { add, div, equal, mul, neg, sub, total } from "./arithmetic.ts"
import { abs } from "./elementary.ts"
import { symmetrized } from "./linear.ts"
import { matrixTranspose, product } from "./matrices.ts"
import { scaleRows } from "./norms.ts"
import { flatten } from "./shaping.ts"
import { diagonal, diagonalMatrix, eye } from "./rearranging.ts"
import { quotientOrZero } from "./special.ts"

const tall = [
  [1, 2],
  [-0.5, 1],
  [2, 0.25],
] as const
const square = [
  [4, 1, -0.5],
  [2, 3, 0.25],
  [-1, 0.5, 2.5],
] as const

const isDiagonal = (n: number): Truth => equal(eye(n, n), 1)

// ---------------------------------------------------------------- gaps

/** x, but 0 where it is no more than rounding. */
export const beyondRounding: Binary = binary({
  name: "beyond_rounding",
  doc: "x, and 0 where |x| ≤ size; the derivative is that of x.",
  inner: true,
  written: (x, size) => `where(abs(${x}) <= ${size}, 0, ${x})`,
  eval: (x, size) => (Math.abs(x) <= size ? 0 : x),
  partials: [() => 1, null],
  at: [
    [1.5, 0.5],
    [-2, 0],
  ],
})

/** What n numbers as great as the greatest of x may be off by. */
function rounding(x: Num, n: number): Num {
  return mul(4 * n * Number.EPSILON, scaleRows([flatten(abs(x))], undefined))
}

/** Sums y_j + x_i with a sign for x_i, 0 where they are no more than the rounding of such values. */
function pairs(values: Num, sign: 1 | -1): Num {
  const n = shapeOf(values)[0]!
  const row = reshape(values, [1, n])
  const column = reshape(values, [n, 1])
  return beyondRounding(sign < 0 ? sub(row, column) : add(row, column), rounding(values, n))
}

/**
 * x over the gaps, and 0 on the diagonal and wherever x is 0. Over a gap of 0 rounding in x is nothing; what is `told apart` is nan there, as one
 * would need to know how it goes on beyond the gap.
 */
function overGaps(x: Num, gap: Num, toldApart?: Uint8Array): Num {
  const [n] = shapeOf(x) as [number, number]
  const closed = equal(gap, 0)
  const clear = beyondRounding(x, where(closed, rounding(x, n), 0))
  const unknown =
    toldApart &&
    new Tensor(
      [n, n],
      Float64Array.from(toldApart, (bit) => (bit === 1 ? NaN : 0)),
    )
  const over = unknown === undefined ? gap : add(gap, where(closed, unknown, 0))
  return where(isDiagonal(n), 0, quotientOrZero(clear, over))
}

/** Which of n values or vectors a cotangent is there for: of a vector, or of the lines of an array of vectors. */
function isThere(ct: Num | undefined, absent: Uint8Array | undefined, n: number, inRows = false): Uint8Array {
  const there = new Uint8Array(n)
  if (ct === undefined || absent === undefined) return there.fill(ct === undefined ? 0 : 1)
  const across = inRows ? absent.length / n : 1
  const length = absent.length / n
  for (let i = 0; i < n; i++)
    for (let k = 0; k < length; k++) there[i]! |= 1 - absent[inRows ? i * across + k : k * n + i]!
  return there
}

/** Pairs of which both a vector and a value are used. */
function pairsToldApart(vectors: Uint8Array, values: Uint8Array): Uint8Array | undefined {
  const n = vectors.length
  if (!vectors.includes(1) || !values.includes(1)) return undefined
  const told = new Uint8Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) if (i !== j) told[i * n + j] = (vectors[i]! | vectors[j]!) & (values[i]! | values[j]!)
  return told
}

// ---------------------------------------------------------------- eigenvalues

export const eigh: Multi<undefined> = multi<undefined>({
  name: "eigh",
  doc: "`eigh(A)`: the pair of eigenvalues, ascending, and of eigenvectors, in columns, of the symmetric part of A. The derivative of one of several equal eigenvalues is that along the vectors found; what is made of their vectors has a derivative where it depends on the space that they span alone, else it is inf or nan.",
  results: 2,
  eval: ([a]) => {
    const { shape } = a as Tensor
    const { values, vectors } = kernels.eigh((symmetrized(a as Tensor) as Tensor).data, shape[0]!)
    return [new Tensor([shape[0]!], values), new Tensor(shape, vectors)]
  },
  push: ([da], _args, [values, vectors]) => {
    if (da === undefined) return [undefined, undefined]
    const m = product(matrixTranspose(vectors!), symmetrized(da), vectors!)
    return [diagonal(m), product(vectors!, overGaps(m, pairs(values!, -1)))]
  },
  pull: ([ctValues, ctVectors], _args, [values, vectors], _options, absent) => {
    const n = shapeOf(values!)[0]!
    const told = pairsToldApart(isThere(ctVectors, absent[1], n), isThere(ctValues, absent[0], n))
    // Only the turning part counts: what is the same for every basis of a repeated eigenvalue's vectors divides nothing.
    const coupling = ctVectors === undefined ? undefined : product(matrixTranspose(vectors!), ctVectors)
    const inner = total(
      ctValues === undefined ? undefined : diagonalMatrix(ctValues),
      coupling === undefined
        ? undefined
        : overGaps(mul(0.5, sub(coupling, matrixTranspose(coupling))), pairs(values!, -1), told),
    )
    return [inner === undefined ? undefined : symmetrized(product(vectors!, inner, matrixTranspose(vectors!)))]
  },
  shape: ([shape]) => [[shape![0]!], shape!],
  at: [
    {
      args: [
        [
          [4, 1, -0.5],
          [1, 3, 0.25],
          [-0.5, 0.25, 2.5],
        ],
      ],
    },
  ],
})

// ---------------------------------------------------------------- singular values

/** Each column divided by a number. */
function divideColumns(a: Num, s: Num): Num {
  return div(a, reshape(s, [1, shapeOf(s)[0]!]))
}

/** (I - Q Qᵀ) x, nothing where Q is square. */
function outside(q: Num, x: Num): Num | undefined {
  const [m, k] = shapeOf(q) as [number, number]
  return m === k ? undefined : sub(x, product(q, product(matrixTranspose(q), x)))
}

export const svd: Multi<undefined> = multi<undefined>({
  name: "svd",
  doc: "`svd(A)`: the triple (U, s, Vᵀ) with A = U diag(s) Vᵀ, s descending. The derivative of one of several equal singular values is that along the vectors found; what is made of their vectors, or of those of 0, has a derivative where it depends on the spaces that they span alone, else it is inf or nan.",
  results: 3,
  eval: ([a]) => {
    const { shape, data } = a as Tensor
    const [m, n] = shape as [number, number]
    const k = Math.min(m, n)
    const { u, s, vt } = kernels.svd(data, m, n)
    return [new Tensor([m, k], u), new Tensor([k], s), new Tensor([k, n], vt)]
  },
  push: ([da], _args, [u, s, vt]) => {
    if (da === undefined) return [undefined, undefined, undefined]
    const v = matrixTranspose(vt!)
    const right = product(da, v)
    const p = product(matrixTranspose(u!), right)
    const pt = matrixTranspose(p)
    const both = overGaps(mul(0.5, add(p, pt)), pairs(s!, -1))
    const against = overGaps(mul(0.5, sub(p, pt)), pairs(s!, 1))
    const turnU = add(both, against)
    const turnV = sub(both, against)
    const beyondU = outside(u!, right)
    const beyondV = outside(v, product(matrixTranspose(da), u!))
    return [
      total(product(u!, turnU), beyondU === undefined ? undefined : divideColumns(beyondU, s!)),
      diagonal(p),
      matrixTranspose(total(product(v, turnV), beyondV === undefined ? undefined : divideColumns(beyondV, s!))!),
    ]
  },
  pull: ([ctU, ctS, ctVt], _args, [u, s, vt], _options, absent) => {
    const k = shapeOf(s!)[0]!
    const v = matrixTranspose(vt!)
    const ctV = ctVt === undefined ? undefined : matrixTranspose(ctVt)
    const left = isThere(ctU, absent[0], k)
    const right = isThere(ctVt, absent[2], k, true)
    const told = pairsToldApart(
      left.map((bit, i) => bit | right[i]!),
      isThere(ctS, absent[1], k),
    )
    const turn = (q: Num, ct: Num | undefined): Num | undefined => {
      if (ct === undefined) return undefined
      const inner = product(matrixTranspose(q), ct)
      return mul(0.5, sub(inner, matrixTranspose(inner)))
    }
    const turnU = turn(u!, ctU)
    const turnV = turn(v, ctV)
    // The vectors of both sides turn together, or against each other.
    const both = total(turnU, turnV)
    const against = total(turnU, turnV === undefined ? undefined : neg(turnV))
    const inner = total(
      both === undefined ? undefined : overGaps(both, pairs(s!, -1), told),
      against === undefined ? undefined : overGaps(against, pairs(s!, 1), told),
      ctS === undefined ? undefined : diagonalMatrix(ctS),
    )
    const beyondU = ctU === undefined ? undefined : outside(u!, divideColumns(ctU, s!))
    const beyondV = ctV === undefined ? undefined : outside(v, divideColumns(ctV, s!))
    return [
      total(
        inner === undefined ? undefined : product(u!, inner, vt!),
        beyondU === undefined ? undefined : product(beyondU, vt!),
        beyondV === undefined ? undefined : product(u!, matrixTranspose(beyondV)),
      ),
    ]
  },
  shape: ([shape]) => {
    const [m, n] = shape as [number, number]
    const k = Math.min(m, n)
    return [[m, k], [k], [k, n]]
  },
  at: [
    { args: [tall] },
    { args: [square] },
    {
      args: [
        [
          [1, 2, -0.5],
          [0.25, 1, 2],
        ],
      ],
    },
  ],
})
