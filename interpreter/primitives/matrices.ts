/**
 * Products of vectors and matrices.
 * One primitive multiplies matrices, batched over leading axes; everything else is that with other shapes. It must not know modes or syntax.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { broadcastIndex, broadcastShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { Nary } from "../autodiff/declare.ts"
import { nary, sumTo } from "../autodiff/lift.ts"
import { shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import { matmul as multiply, matvec as multiplyVector } from "../kernels/matmul.ts"
import { mul } from "./arithmetic.ts"
import { sum } from "./reductions.ts"
import { permute, reaching } from "./rows.ts"
import { diagonal } from "./shaping.ts"

function productShape(a: Shape, b: Shape): Shape {
  const batch = broadcastShape(a.slice(0, -2), b.slice(0, -2))
  if (a.length < 2 || b.length < 2 || batch === null || a[a.length - 1] !== b[b.length - 2])
    raise(faults.shapeMismatch("@", a, b))
  return [...batch, a[a.length - 2]!, b[b.length - 1]!]
}

/** The last two axes exchanged. */
export function matrixTranspose(a: Num): Num {
  const rank = shapeOf(a).length
  const order = Array.from({ length: rank }, (_, i) => i)
  order[rank - 1] = rank - 2
  order[rank - 2] = rank - 1
  return permute(a, order)
}

function ones(shape: Shape): Tensor {
  return new Tensor(shape, new Float64Array(sizeOf(shape)).fill(1))
}

/** Sums a cotangent down to the shape of an operand whose leading axes were broadcast. */
function unbatch(ct: Num, shape: Shape): Num {
  const own = shapeOf(ct)
  return own.length === shape.length && own.every((n, i) => n === shape[i]) ? ct : sumTo([ct], { shape })
}

export const matrixProduct: Nary<undefined> = nary<undefined>({
  name: "matmul",
  doc: "Matrix product, batched over leading axes.",
  eval: ([x, y]) => {
    const a = x as Tensor
    const b = y as Tensor
    const shape = productShape(a.shape, b.shape)
    const n = shape[shape.length - 2]!
    const m = shape[shape.length - 1]!
    const k = a.shape[a.shape.length - 1]!
    if (shape.length === 2) return new Tensor(shape, multiply(a.data, b.data, n, k, m))
    const out = new Float64Array(sizeOf(shape))
    const batch = shape.slice(0, -2)
    const ia = broadcastIndex(a.shape.slice(0, -2), batch)
    const ib = broadcastIndex(b.shape.slice(0, -2), batch)
    for (let t = 0; t < sizeOf(batch); t++) {
      const atA = (ia?.[t] ?? t) * n * k
      const atB = (ib?.[t] ?? t) * k * m
      out.set(multiply(a.data.subarray(atA, atA + n * k), b.data.subarray(atB, atB + k * m), n, k, m), t * n * m)
    }
    return new Tensor(shape, out)
  },
  rule: (k) => {
    const push = (dx: Num, [a, b]: readonly (Num | Truth)[]): Num =>
      matrixProduct(k === 0 ? [dx, b as Num] : [a as Num, dx], undefined)
    const pull = (ct: Num, [a, b]: readonly (Num | Truth)[]): Num =>
      k === 0
        ? unbatch(matrixProduct([ct, matrixTranspose(b as Num)], undefined), shapeOf(a as Num))
        : unbatch(matrixProduct([matrixTranspose(a as Num), ct], undefined), shapeOf(b as Num))
    // What reaches what does not depend on values: ones stand for the other factor.
    const pattern = (args: readonly (Num | Truth)[]): Num[] => args.map((arg) => ones(shapeOf(arg as Num)))
    return {
      push,
      pushMasked: (dx, args) =>
        reaching(
          dx,
          (x) => push(x, args),
          (present) => push(present, pattern(args)),
        ),
      pull,
      pullMasked: (ct, args) =>
        reaching(
          ct,
          (x) => pull(x, args),
          (present) => pull(present, pattern(args)),
        ),
    }
  },
  shape: ([a, b]) => productShape(a!, b!),
  bilinear: true,
  at: [
    {
      args: [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [
          [1, -1, 0.5],
          [2, 0, 1],
        ],
      ],
    },
  ],
})

/** The product of plain vectors and matrices whose shapes fit. */
function plainProduct(a: Tensor, b: Tensor): Tensor | number {
  const k = a.shape[a.shape.length - 1]!
  const n = a.shape.length === 1 ? 1 : a.shape[0]!
  const m = b.shape.length === 1 ? 1 : b.shape[1]!
  const out = m === 1 ? multiplyVector(a.data, b.data, n, k) : multiply(a.data, b.data, n, k, m)
  const shape = [...a.shape.slice(0, -1), ...b.shape.slice(1)]
  return shape.length === 0 ? out[0]! : new Tensor(shape, out)
}

/** `a @ b`: vectors and matrices; higher ranks batch over leading axes. Shapes are checked by the product. */
export function matmul(a: Num, b: Num): Num {
  const left = shapeOf(a)
  const right = shapeOf(b)
  if (left.length === 0 || right.length === 0) raise(faults.shapeMismatch("@", left, right))
  if (left[left.length - 1] !== right[Math.max(0, right.length - 2)]) raise(faults.shapeMismatch("@", left, right))
  if (a instanceof Tensor && b instanceof Tensor && left.length <= 2 && right.length <= 2) return plainProduct(a, b)
  const x = left.length === 1 ? reshape(a, [1, ...left]) : a
  const y = right.length === 1 ? reshape(b, [...right, 1]) : b
  const out = matrixProduct([x, y], undefined)
  if (left.length > 1 && right.length > 1) return out
  const shape = shapeOf(out)
  const batch = shape.slice(0, -2)
  return reshape(out, [
    ...batch,
    ...(left.length === 1 ? [] : [shape[shape.length - 2]!]),
    ...(right.length === 1 ? [] : [shape[shape.length - 1]!]),
  ])
}

/** All products of an element of one and an element of the other vector. */
export function outer(x: Num, y: Num): Num {
  return mul(reshape(x, [sizeOf(shapeOf(x)), 1]), reshape(y, [1, sizeOf(shapeOf(y))]))
}

/** The sum of the diagonal. */
export function matrixTrace(a: Num): Num {
  return sum([diagonal(a)], { axes: [0] })
}
