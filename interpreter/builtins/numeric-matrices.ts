/**
 * Built-ins of linear algebra.
 * Shapes are checked here, with faults that name the argument; the rest is the primitives'. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { sameShape, sizeOf } from "../arrays/tensor.ts"
import { isScalar, shapeOf, type Num } from "../autodiff/num.ts"
import { reshape, row, stack } from "../autodiff/structure.ts"
import * as factors from "../primitives/factors.ts"
import * as determinants from "../primitives/determinants.ts"
import * as linear from "../primitives/linear.ts"
import { matrixTrace as traceOf } from "../primitives/determinants.ts"
import * as matrices from "../primitives/matrices.ts"
import * as spectra from "../primitives/spectra.ts"
import { kindOf } from "../values/kinds.ts"
import { BuiltinFunction, Tuple, type Value } from "../values/values.ts"
import { admit, array, flag, matrix, numeric, squareMatrix, vector } from "./arguments.ts"

const matmul = new BuiltinFunction({
  name: "matmul",
  doc: "`matmul(a, b)`: the same as `a @ b`: products of vectors and matrices; higher ranks batch over leading axes.",
  params: ["a", "b"],
  retains: false,
  call: (_runtime, [a, b]) => {
    const x = numeric("matmul", "a", a)
    const y = numeric("matmul", "b", b)
    if (isScalar(x) || isScalar(y)) raise(faults.shapeMismatch("@", shapeOf(x), shapeOf(y)))
    return matrices.matmul(array("matmul", "a", x), array("matmul", "b", y))
  },
})

const outer = new BuiltinFunction({
  name: "outer",
  doc: "`outer(x, y)`: the matrix of all products of an element of x and one of y.",
  params: ["x", "y"],
  retains: false,
  call: (runtime, [x, y]) => {
    const a = vector("outer", "x", x)
    const b = vector("outer", "y", y)
    admit(runtime, [...shapeOf(a), ...shapeOf(b)])
    return matrices.outer(a, b)
  },
})

const matrixTrace = new BuiltinFunction({
  name: "matrix_trace",
  doc: "`matrix_trace(A)`: the sum of the diagonal of a square matrix.",
  params: ["A"],
  retains: false,
  call: (_runtime, [a]) => traceOf(squareMatrix("matrix_trace", "A", a)),
})

/** Does a function of matrices to every matrix of a stack: the last two axes are the matrix, those before them are kept. */
function eachMatrix(a: Num, f: (matrix: Num, i: number) => Num): Num {
  const shape = shapeOf(a)
  if (shape.length <= 2) return f(a, 0)
  const inner = shape.slice(-2)
  const outer = shape.slice(0, -2)
  const count = sizeOf(outer)
  const flat = reshape(a, [count, ...inner])
  const results = Array.from({ length: count }, (_, i) => f(row(flat, i, inner), i))
  return reshape(stack(results), [...outer, ...shapeOf(results[0]!)])
}

/** A square matrix or a stack of them. */
function squareMatrices(name: string, value: Value | undefined): Num {
  const a = numeric(name, "A", value)
  const shape = shapeOf(a)
  if (shape.length < 2 || shape.at(-1) !== shape.at(-2) || sizeOf(shape.slice(0, -2)) === 0)
    raise(faults.wrongArgument(name, "A", "a square matrix", kindOf(value)))
  return a
}

function ofSquare(name: string, doc: string, f: (a: Num) => Num): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc: `${doc} Of higher rank: of each matrix in the last two axes.`,
    params: ["A"],
    retains: false,
    call: (_runtime, [a]) => eachMatrix(squareMatrices(name, a), f),
  })
}

const ofSquares = [
  ofSquare("inv", `\`inv(A)\`: ${linear.inv.primitive.doc}`, (a) => linear.inv([a], undefined)),
  ofSquare("det", `\`det(A)\`: ${determinants.det.primitive.doc}`, (a) => determinants.det([a], undefined)),
  ofSquare("logdet", `\`logdet(A)\`: ${determinants.logdet.primitive.doc}`, (a) => determinants.logdet([a], undefined)),
  ofSquare("expm", factors.expm.primitive.doc, (a) => factors.expm([a], undefined)),
  ofSquare("cholesky", `\`cholesky(A)\`: ${linear.cholesky.primitive.doc}`, (a) => linear.cholesky([a], undefined)),
]

const slogdet = new BuiltinFunction({
  name: "slogdet",
  doc: "`slogdet(A)`: the pair of the determinant's sign and the logarithm of its size.",
  params: ["A"],
  retains: false,
  call: (_runtime, [value]) => {
    const a = squareMatrix("slogdet", "A", value)
    return new Tuple([determinants.detSign([a], undefined), determinants.logdet([a], undefined)])
  },
})

/** The right side of a system with n rows: a vector or a matrix. */
function rightSide(name: string, value: Value | undefined, a: Num): Num {
  const b = array(name, "b", value)
  const shape = shapeOf(b)
  if (shape.length > 2) raise(faults.wrongArgument(name, "b", "a vector or a matrix", kindOf(value)))
  if (shape[0] !== shapeOf(a)[0]) raise(faults.shapeMismatch(name, shapeOf(a), shape))
  return b
}

const solve = new BuiltinFunction({
  name: "solve",
  doc: `${linear.solve.primitive.doc} Of higher rank: A and b by the leading axes they share.`,
  params: ["A", "b"],
  retains: false,
  call: (_runtime, [a, b]) => {
    const system = squareMatrices("solve", a)
    const outer = shapeOf(system).slice(0, -2)
    if (outer.length === 0) return linear.solve([system, rightSide("solve", b, system)], undefined)
    const right = array("solve", "b", b)
    const inner = shapeOf(right).slice(outer.length)
    if (!sameShape(shapeOf(right).slice(0, outer.length), outer) || inner.length < 1 || inner.length > 2)
      raise(faults.shapeMismatch("solve", shapeOf(system), shapeOf(right)))
    const rights = reshape(right, [sizeOf(outer), ...inner])
    return eachMatrix(system, (matrix, i) =>
      linear.solve([matrix, rightSide("solve", row(rights, i, inner), matrix)], undefined),
    )
  },
})

const solveTriangular = new BuiltinFunction({
  name: "solve_triangular",
  doc: `${linear.solveTriangular.primitive.doc} The lower triangle, or with \`lower: false\` the upper; \`transposed: true\` solves Tᵀ x = b.`,
  params: ["T", "b"],
  options: ["lower", "transposed"],
  retains: false,
  call: (_runtime, [t, b], named) => {
    const system = squareMatrix("solve_triangular", "T", t)
    return linear.solveTriangular([system, rightSide("solve_triangular", b, system)], {
      lower: !named.has("lower") || flag("solve_triangular", named, "lower"),
      transposed: flag("solve_triangular", named, "transposed"),
    })
  },
})

/** A factorization: the matrix in, a tuple of factors out. */
function factorization(
  name: string,
  doc: string,
  read: (name: string, parameter: string, value: Value | undefined) => Num,
  f: (a: Num) => readonly Num[],
): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["A"],
    retains: false,
    call: (_runtime, [a]) => new Tuple([...f(read(name, "A", a))]),
  })
}

const factorizations = [
  factorization("qr", factors.qrTall.primitive.doc, matrix, factors.qr),
  factorization(
    "lu",
    "`lu(A)`: the triple (P, L, U) with A = P L U, P a permutation, L lower triangular with ones on its diagonal, U upper triangular.",
    squareMatrix,
    factors.lu,
  ),
  factorization("eigh", spectra.eigh.primitive.doc, squareMatrix, (a) => spectra.eigh([a], undefined)),
  factorization("svd", spectra.svd.primitive.doc, matrix, (a) => spectra.svd([a], undefined)),
]

const pinv = new BuiltinFunction({
  name: "pinv",
  doc: factors.pinv.primitive.doc,
  params: ["A"],
  retains: false,
  call: (_runtime, [a]) => factors.pinv([matrix("pinv", "A", a)], undefined),
})

const lstsq = new BuiltinFunction({
  name: "lstsq",
  doc: factors.lstsq.primitive.doc,
  params: ["A", "b"],
  retains: false,
  call: (_runtime, [a, b]) => {
    const system = matrix("lstsq", "A", a)
    return factors.lstsq([system, rightSide("lstsq", b, system)], undefined)
  },
})

const kron = new BuiltinFunction({
  name: "kron",
  doc: "`kron(A, B)`: every element of A times the whole of B, as blocks of one matrix.",
  params: ["A", "B"],
  retains: false,
  call: (runtime, [a, b]) => {
    const left = matrix("kron", "A", a)
    const right = matrix("kron", "B", b)
    admit(runtime, [...shapeOf(left), ...shapeOf(right)])
    return factors.kron(left, right)
  },
})

/** Linear algebra. */
export const matrixBuiltins: readonly BuiltinFunction[] = [
  matmul,
  outer,
  matrixTrace,
  ...ofSquares,
  slogdet,
  solve,
  solveTriangular,
  ...factorizations,
  pinv,
  lstsq,
  kron,
]
