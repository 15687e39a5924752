/**
 * Factorizations by columns and rows, QR and LU; and what is made of factors: pseudo-inverse, least squares, the exponential of a matrix.
 * Rules solve with the factors that are there, so that where these are singular the derivative is nan or inf. It must not know modes or syntax.
 */

import { Tensor, type Shape } from "../arrays/tensor.ts"
import { where } from "../autodiff/choose.ts"
import type { Multi, Nary } from "../autodiff/declare.ts"
import { multi, nary } from "../autodiff/lift.ts"
import { shapeOf, type Num } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import * as kernels from "../kernels/linalg/index.ts"
import { matmul as multiply, matvec } from "../kernels/matmul.ts"
import { add, div, equal, mul, neg, sub, total } from "./arithmetic.ts"
import { abs } from "./elementary.ts"
import { solveTriangular } from "./linear.ts"
import { matmul, matrixTranspose, outer, product } from "./matrices.ts"
import { scaleRows } from "./norms.ts"
import { expand } from "./rows.ts"
import { concatAlong, flatten } from "./shaping.ts"
import { eye, take, tril, triu } from "./rearranging.ts"

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

// ---------------------------------------------------------------- QR

/** X with X R = B for an upper triangular R. */
function divideRight(b: Num, r: Num): Num {
  return matrixTranspose(solveTriangular([r, matrixTranspose(b)], { lower: false, transposed: true }))
}

export const qrTall: Multi<undefined> = multi<undefined>({
  name: "qr",
  doc: "`qr(A)`: the pair (Q, R) with A = Q R, Q with orthonormal columns, R upper triangular; the derivative needs independent columns.",
  results: 2,
  eval: ([a]) => {
    const { shape, data } = a as Tensor
    const [m, n] = shape as [number, number]
    const { q, r } = kernels.qr(data, m, n)
    return [new Tensor([m, n], q), new Tensor([n, n], r)]
  },
  push: ([da], _args, [q, r]) => {
    if (da === undefined) return [undefined, undefined]
    const s = divideRight(da, r!)
    const m = product(matrixTranspose(q!), s)
    const below = tril(m, -1)
    const turn = sub(below, matrixTranspose(below))
    return [add(sub(s, product(q!, m)), product(q!, turn)), product(triu(sub(m, turn)), r!)]
  },
  pull: ([ctQ, ctR], _args, [q, r]) => {
    const upper = ctR === undefined ? undefined : product(r!, matrixTranspose(triu(ctR)))
    const inner = ctQ === undefined ? undefined : neg(product(matrixTranspose(ctQ), q!))
    const m = total(upper, inner)
    if (m === undefined) return [undefined]
    const mirrored = add(tril(m), matrixTranspose(tril(m, -1)))
    const sum = total(ctQ, product(q!, mirrored))!
    return [matrixTranspose(solveTriangular([r!, matrixTranspose(sum)], { lower: false, transposed: false }))]
  },
  shape: ([shape]) => [shape!, [shape![1]!, shape![1]!]],
  at: [{ args: [tall] }, { args: [square] }],
})

/** (Q, R) of any matrix: of a wide one, Q comes from its first columns. */
export function qr(a: Num): readonly [Num, Num] {
  const [m, n] = shapeOf(a) as [number, number]
  if (m >= n) {
    const [q, r] = qrTall([a], undefined)
    return [q!, r!]
  }
  const columns = Array.from({ length: n }, (_, i) => i)
  const [q, r] = qrTall([take(a, 1, columns.slice(0, m))], undefined)
  return [q!, concatAlong([r!, product(matrixTranspose(q!), take(a, 1, columns.slice(m)))], 1)]
}

// ---------------------------------------------------------------- LU

/** The order of rows that partial pivoting chooses; no derivative. */
export const pivotRows: Nary<undefined> = nary<undefined>({
  name: "pivot_rows",
  doc: "The order in which partial pivoting takes the rows of a square matrix.",
  inner: true,
  eval: ([a]) => {
    const { shape, data } = a as Tensor
    return new Tensor([shape[0]!], Float64Array.from(kernels.lu(data, shape[0]!).rows))
  },
  rule: () => null,
  shape: ([shape]) => [shape![0]!],
  at: [{ args: [square] }],
})

/** The factors of a matrix whose rows stand in the order of its pivots. */
export const luFactors: Multi<undefined> = multi<undefined>({
  name: "lu",
  doc: "The factors (L, U) of a square matrix whose rows need no exchange.",
  inner: true,
  results: 2,
  eval: ([a]) => {
    const { shape, data } = a as Tensor
    const { lu } = kernels.lu(data, shape[0]!)
    const both = new Tensor(shape, lu)
    const n = shape[0]!
    return [add(tril(both, -1), eye(n, n)) as Tensor, triu(both) as Tensor]
  },
  push: ([da], _args, [l, u]) => {
    if (da === undefined) return [undefined, undefined]
    const left = solveTriangular([l!, da], { lower: true, transposed: false })
    const f = divideRight(left, u!)
    return [product(l!, tril(f, -1)), product(triu(f), u!)]
  },
  pull: ([ctL, ctU], _args, [l, u]) => {
    const inner = total(
      ctL === undefined ? undefined : tril(product(matrixTranspose(l!), tril(ctL, -1)), -1),
      ctU === undefined ? undefined : triu(product(triu(ctU), matrixTranspose(u!))),
    )
    if (inner === undefined) return [undefined]
    const left = solveTriangular([l!, inner], { lower: true, transposed: true })
    return [matrixTranspose(solveTriangular([u!, matrixTranspose(left)], { lower: false, transposed: false }))]
  },
  shape: ([shape]) => [shape!, shape!],
  at: [{ args: [square] }],
})

/** (P, L, U) with A = P L U. */
export function lu(a: Num): readonly [Num, Num, Num] {
  const n = shapeOf(a)[0]!
  const places = new Tensor(
    [1, n],
    Float64Array.from({ length: n }, (_, i) => i),
  )
  const p = where(equal(expand(pivotRows([a], undefined), n), places), 1, 0)
  const [l, u] = luFactors([product(p, a)], undefined)
  return [matrixTranspose(p), l!, u!]
}

// ---------------------------------------------------------------- pseudo-inverse and least squares

/** Singular values below this times the greatest count as 0. */
function cutoff(m: number, n: number): number {
  return Math.max(m, n) * Number.EPSILON
}

function pseudoInverse(a: Tensor): Tensor {
  const [m, n] = a.shape as [number, number]
  const k = Math.min(m, n)
  const { u, s, vt } = kernels.svd(a.data, m, n)
  const least = (s[0] ?? 0) * cutoff(m, n)
  const scaled = vt.slice()
  for (let i = 0; i < k; i++) {
    const factor = s[i]! > least ? 1 / s[i]! : Number.isNaN(s[i]!) ? NaN : 0
    for (let j = 0; j < n; j++) scaled[i * n + j]! *= factor
  }
  return new Tensor([n, m], multiply(scaled, u, n, k, m, true, true))
}

export const pinv: Nary<undefined> = nary<undefined>({
  name: "pinv",
  doc: "`pinv(A)`: the pseudo-inverse; its derivative holds while the rank stays the same.",
  eval: ([a]) => pseudoInverse(a as Tensor),
  rule: () => ({
    push: (da, [a], p) => {
      const dat = matrixTranspose(da)
      const pt = matrixTranspose(p)
      const [m, n] = shapeOf(a as Num) as [number, number]
      const left = product(p, pt, dat, sub(eye(m, m), product(a as Num, p)))
      const right = product(sub(eye(n, n), product(p, a as Num)), dat, pt, p)
      return add(sub(left, product(p, da, p)), right)
    },
    pull: (ct, [a], p) => {
      const ctt = matrixTranspose(ct)
      const pt = matrixTranspose(p)
      const [m, n] = shapeOf(a as Num) as [number, number]
      const left = product(sub(eye(m, m), product(a as Num, p)), ctt, p, pt)
      const right = product(pt, p, ctt, sub(eye(n, n), product(p, a as Num)))
      return add(sub(left, product(pt, ct, pt)), right)
    },
  }),
  shape: ([shape]) => [shape![1]!, shape![0]!],
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

/** The shortest x with the least |A x - b|, by QR where the columns are independent beyond doubt, else by singular values. */
function leastSquares(a: Tensor, b: Tensor): Tensor {
  const [m, n] = a.shape as [number, number]
  const columns = b.shape[1] ?? 1
  const shape: Shape = [n, ...b.shape.slice(1)]
  if (m >= n) {
    const { q, r } = kernels.qr(a.data, m, n)
    let least = Infinity
    let greatest = 0
    for (let i = 0; i < n; i++) {
      const size = Math.abs(r[i * n + i]!)
      least = Math.min(least, size)
      greatest = Math.max(greatest, size)
    }
    if (least > 1e-10 * greatest) {
      const right = multiply(q, b.data, n, m, columns, true)
      return new Tensor(shape, kernels.solveTriangular(r, n, right, columns, { lower: false }))
    }
  }
  const p = pseudoInverse(a)
  return new Tensor(shape, columns === 1 ? matvec(p.data, b.data, n, m) : multiply(p.data, b.data, n, m, columns))
}

/** x yᵀ of two vectors, or of two matrices of columns. */
function columnProduct(x: Num, y: Num): Num {
  return shapeOf(x).length === 1 ? outer(x, y) : product(x, matrixTranspose(y))
}

export const lstsq: Nary<undefined> = nary<undefined>({
  name: "lstsq",
  doc: "`lstsq(A, b)`: the x with the least |A x - b|, of several the shortest; b is a vector or a matrix of columns. The derivative holds while the rank stays the same.",
  eval: ([a, b]) => leastSquares(a as Tensor, b as Tensor),
  rule: (k) => {
    if (k === 1)
      return {
        push: (db, [a]) => matmul(pinv([a as Num], undefined), db),
        pull: (ct, [a]) => matmul(matrixTranspose(pinv([a as Num], undefined)), ct),
      }
    return {
      push: (da, [a, b], x) => {
        const p = pinv([a as Num], undefined)
        const pt = matrixTranspose(p)
        const dat = matrixTranspose(da)
        const rest = sub(b as Num, matmul(a as Num, x))
        const beyond = matmul(dat, matmul(pt, x))
        return add(
          sub(matmul(p, matmul(pt, matmul(dat, rest))), matmul(p, matmul(da, x))),
          sub(beyond, matmul(p, matmul(a as Num, beyond))),
        )
      },
      pull: (ct, [a, b], x) => {
        const p = pinv([a as Num], undefined)
        const pt = matrixTranspose(p)
        const rest = sub(b as Num, matmul(a as Num, x))
        const back = matmul(pt, ct)
        const beyond = sub(ct, matmul(matrixTranspose(a as Num), back))
        return add(
          sub(columnProduct(rest, matmul(p, back)), columnProduct(back, x)),
          columnProduct(matmul(pt, x), beyond),
        )
      },
    }
  },
  shape: ([a, b]) => [a![1]!, ...b!.slice(1)],
  at: [
    { args: [tall, [1, -2, 0.5]] },
    { args: [square, [1, -2, 0.5]] },
    {
      args: [
        [
          [1, 2, -0.5],
          [0.25, 1, 2],
        ],
        [
          [1, 2],
          [-0.5, 0.75],
        ],
      ],
    },
  ],
})

// ---------------------------------------------------------------- exponential

/** The derivative of the exponential at A along E: the upper right block of exp [A E; 0 A] (Mathias 1996), E brought to size 1. */
function expmSlope(a: Num, e: Num): Num {
  const n = shapeOf(a)[0]!
  const size = scaleRows([flatten(abs(e))], undefined)
  const zeros = new Tensor([n, n], new Float64Array(n * n))
  const top = concatAlong([a, div(e, size)], 1)
  const block = expm([concatAlong([top, concatAlong([zeros, a], 1)], 0)], undefined)
  const first = Array.from({ length: n }, (_, i) => i)
  return mul(
    size,
    take(
      take(block, 0, first),
      1,
      first.map((i) => i + n),
    ),
  )
}

export const expm: Nary<undefined> = nary<undefined>({
  name: "expm",
  doc: "`expm(A)`: the exponential of a square matrix.",
  eval: ([a]) => {
    const { shape, data } = a as Tensor
    return new Tensor(shape, kernels.expm(data, shape[0]!))
  },
  rule: () => ({
    push: (da, [a]) => expmSlope(a as Num, da),
    pull: (ct, [a]) => expmSlope(matrixTranspose(a as Num), ct),
  }),
  shape: ([shape]) => shape!,
  at: [
    {
      args: [
        [
          [0.5, -1],
          [0.25, 0.75],
        ],
      ],
    },
  ],
})

/** Every element of A times the whole of B, as blocks: axis by axis the index of A's block and then that inside it, joined to one. */
export function kron(a: Num, b: Num): Num {
  const rank = Math.max(shapeOf(a).length, shapeOf(b).length)
  const [m, p] = [a, b].map((x) => [...new Array<number>(rank - shapeOf(x).length).fill(1), ...shapeOf(x)]) as [
    number[],
    number[],
  ]
  const blocks = reshape(
    a,
    m.flatMap((n) => [n, 1]),
  )
  const insides = reshape(
    b,
    p.flatMap((n) => [1, n]),
  )
  return reshape(
    mul(blocks, insides),
    m.map((n, i) => n * p[i]!),
  )
}
