/**
 * Products of vectors and matrices.
 * One primitive multiplies matrices, batched over leading axes; everything else is that with other shapes. It must not know modes or syntax.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { zeroed } from "../arrays/fresh.ts"
import { broadcastIndex } from "../arrays/offsets.ts"
import { broadcastShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { Nary } from "../autodiff/declare.ts"
import { nary, sumTo } from "../autodiff/lift.ts"
import { shapeOf, type Num, type Truth } from "../autodiff/num.ts"
import { reshape } from "../autodiff/structure.ts"
import { matmul as multiply } from "../kernels/matmul.ts"
import { mul } from "./arithmetic.ts"
import { permute, reaching } from "./rows.ts"

/** Which of the factors stand transposed in the arrays given. */
interface Turned {
  readonly left: boolean
  readonly right: boolean
}

/** Rows and columns of a factor, as it enters the product. */
function sides(shape: Shape, turned: boolean): readonly [rows: number, columns: number] {
  const rows = shape[shape.length - 2]!
  const columns = shape[shape.length - 1]!
  return turned ? [columns, rows] : [rows, columns]
}

function productShape(a: Shape, b: Shape, { left, right }: Turned): Shape {
  const batch = broadcastShape(a.slice(0, -2), b.slice(0, -2))
  if (a.length < 2 || b.length < 2 || batch === null || sides(a, left)[1] !== sides(b, right)[0])
    raise(faults.shapeMismatch("@", a, b))
  return [...batch, sides(a, left)[0], sides(b, right)[1]]
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
  return new Tensor(shape, zeroed(sizeOf(shape)).fill(1))
}

/** Sums a cotangent down to the shape of an operand whose leading axes were broadcast. */
function unbatch(ct: Num, shape: Shape): Num {
  const own = shapeOf(ct)
  return own.length === shape.length && own.every((n, i) => n === shape[i]) ? ct : sumTo([ct], { shape })
}

const tall = [
  [1, 2],
  [3, 4],
  [5, 6],
]
const wide = [
  [1, -1, 0.5],
  [2, 0, 1],
]

const turnedOf = (options: unknown): Turned => options as Turned

/**
 * C = A B, where either may be given transposed, so that no derivative copies a matrix: dA = dC Bᵀ and dB = Aᵀ dC are products of what is there, and so are
 * their transposes, which belong to a factor that was given transposed.
 */
export const productPrimitive: Nary<Turned> = nary<Turned>({
  name: "matmul",
  doc: "Matrix product, batched over leading axes; either factor may be given transposed.",
  eval: ([x, y], options) => {
    const a = x as Tensor
    const b = y as Tensor
    const { left, right } = turnedOf(options)
    const shape = productShape(a.shape, b.shape, { left, right })
    const [n, k] = sides(a.shape, left)
    const m = shape[shape.length - 1]!
    if (shape.length === 2) return new Tensor(shape, multiply(a.data, b.data, n, k, m, left, right))
    const out = zeroed(sizeOf(shape))
    const batch = shape.slice(0, -2)
    const ia = broadcastIndex(a.shape.slice(0, -2), batch)
    const ib = broadcastIndex(b.shape.slice(0, -2), batch)
    for (let t = 0; t < sizeOf(batch); t++) {
      const atA = (ia?.[t] ?? t) * n * k
      const atB = (ib?.[t] ?? t) * k * m
      const one = multiply(a.data.subarray(atA, atA + n * k), b.data.subarray(atB, atB + k * m), n, k, m, left, right)
      out.set(one, t * n * m)
    }
    return new Tensor(shape, out)
  },
  rule: (k) => {
    const push = (dx: Num, [a, b]: readonly (Num | Truth)[], turned: Turned): Num =>
      productPrimitive(k === 0 ? [dx, b as Num] : [a as Num, dx], turned)
    const pull = (ct: Num, [x, y]: readonly (Num | Truth)[], { left, right }: Turned): Num => {
      const a = x as Num
      const b = y as Num
      if (k === 0) {
        const da = left
          ? productPrimitive([b, ct], { left: right, right: true })
          : productPrimitive([ct, b], { left: false, right: !right })
        return unbatch(da, shapeOf(a))
      }
      const db = right
        ? productPrimitive([ct, a], { left: true, right: left })
        : productPrimitive([a, ct], { left: !left, right: false })
      return unbatch(db, shapeOf(b))
    }
    // What reaches what does not depend on values: ones stand for the other factor.
    const pattern = (args: readonly (Num | Truth)[]): Num[] => args.map((arg) => ones(shapeOf(arg as Num)))
    return {
      push: (dx, args, _out, options) => push(dx, args, turnedOf(options)),
      pushMasked: (dx, args, _out, options) =>
        reaching(
          dx,
          (x) => push(x, args, turnedOf(options)),
          (present) => push(present, pattern(args), turnedOf(options)),
        ),
      pull: (ct, args, _out, options) => pull(ct, args, turnedOf(options)),
      pullMasked: (ct, args, _out, options) =>
        reaching(
          ct,
          (x) => pull(x, args, turnedOf(options)),
          (present) => pull(present, pattern(args), turnedOf(options)),
        ),
    }
  },
  shape: ([a, b], options) => productShape(a!, b!, turnedOf(options)),
  bilinear: true,
  at: [
    { args: [tall, wide], options: { left: false, right: false } },
    { args: [wide, wide], options: { left: true, right: false } },
    { args: [tall, tall], options: { left: false, right: true } },
    { args: [wide, tall], options: { left: true, right: true } },
  ],
})

/** The product of two matrices, batched over leading axes. */
export function matrixProduct(a: Num, b: Num): Num {
  return productPrimitive([a, b], { left: false, right: false })
}

/** The product of several matrices, from the left. */
export function product(...factors: readonly Num[]): Num {
  return factors.reduce((a, b) => matrixProduct(a, b))
}

/** The product of plain vectors and matrices whose shapes fit. */
function plainProduct(a: Tensor, b: Tensor): Tensor | number {
  const k = a.shape[a.shape.length - 1]!
  const n = a.shape.length === 1 ? 1 : a.shape[0]!
  const m = b.shape.length === 1 ? 1 : b.shape[1]!
  const out = multiply(a.data, b.data, n, k, m)
  if (a.shape.length === 1) return b.shape.length === 1 ? out[0]! : new Tensor([m], out)
  return new Tensor(b.shape.length === 1 ? [n] : [n, m], out)
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
  const out = matrixProduct(x, y)
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
