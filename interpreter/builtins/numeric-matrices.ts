/**
 * Built-ins of linear algebra.
 * Shapes are checked here, with faults that name the argument; the rest is the primitives'. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { zeroed } from "../arrays/fresh.ts"
import { sameShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { isScalar, shapeOf, type Num } from "../autodiff/num.ts"
import { reshape, row, stack } from "../autodiff/structure.ts"
import * as factors from "../primitives/factors.ts"
import * as determinants from "../primitives/determinants.ts"
import * as linear from "../primitives/linear.ts"
import { matrixTrace as traceOf } from "../primitives/determinants.ts"
import * as matrices from "../primitives/matrices.ts"
import { eye } from "../primitives/rearranging.ts"
import * as spectra from "../primitives/spectra.ts"
import { kindOf } from "../values/kinds.ts"
import { BuiltinFunction, Tuple, type Value } from "../values/values.ts"
import { admit, array, flag, numeric, squareMatrix, vector } from "./arguments.ts"

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

const zeros = (shape: Shape): Tensor => new Tensor(shape, zeroed(sizeOf(shape)))

/** The axes of a stack of matrices in front of those of its members. */
const outerOf = (stack: Num): Shape => shapeOf(stack).slice(0, -2)

/** Does a function to the members of stacks that share the axes `outer`, one by one, and makes stacks of what it gives. */
function eachOf(outer: Shape, stacks: readonly Num[], f: (...members: Num[]) => readonly Num[]): readonly Num[] {
  if (outer.length === 0) return f(...stacks)
  const count = sizeOf(outer)
  const flat = stacks.map((x) => {
    const inner = shapeOf(x).slice(outer.length)
    return { inner, members: reshape(x, [count, ...inner]) }
  })
  if (count === 0) {
    // What a member would give tells the shapes.
    const shapes = f(...flat.map(({ inner }) => (inner.length === 1 ? zeros(inner) : eye(inner[0]!, inner[1]!)))).map(
      shapeOf,
    )
    return shapes.map((shape) => zeros([...outer, ...shape]))
  }
  const results = Array.from({ length: count }, (_, i) => f(...flat.map((x) => row(x.members, i, x.inner))))
  return results[0]!.map((first, k) => reshape(stack(results.map((parts) => parts[k]!)), [...outer, ...shapeOf(first)]))
}

/** The same for a function of one stack. */
const eachMatrix = (a: Num, f: (matrix: Num) => readonly Num[]): readonly Num[] => eachOf(outerOf(a), [a], f)

/** A matrix or a stack of them. */
function matricesOf(name: string, parameter: string, value: Value | undefined): Num {
  const a = numeric(name, parameter, value)
  if (shapeOf(a).length < 2) raise(faults.wrongArgument(name, parameter, "a matrix", kindOf(value)))
  return a
}

/** A square matrix or a stack of them. */
function squareMatrices(name: string, parameter: string, value: Value | undefined): Num {
  const a = matricesOf(name, parameter, value)
  const shape = shapeOf(a)
  if (shape.at(-1) !== shape.at(-2)) raise(faults.wrongArgument(name, parameter, "a square matrix", kindOf(value)))
  return a
}

const ofEach = "Of higher rank: of each matrix in the last two axes."

function ofSquare(name: string, doc: string, f: (a: Num) => Num): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc: `${doc} ${ofEach}`,
    params: ["A"],
    retains: false,
    call: (_runtime, [a]) => eachMatrix(squareMatrices(name, "A", a), (x) => [f(x)])[0]!,
  })
}

const ofSquares = [
  ofSquare("inv", `\`inv(A)\`: ${linear.inv.primitive.doc}`, (a) => linear.inv([a], undefined)),
  ofSquare("det", `\`det(A)\`: ${determinants.det.primitive.doc}`, (a) => determinants.det([a], undefined)),
  ofSquare("logdet", `\`logdet(A)\`: ${determinants.logdet.primitive.doc}`, (a) => determinants.logdet([a], undefined)),
  ofSquare("expm", factors.expm.primitive.doc, (a) => factors.expm([a], undefined)),
  ofSquare("cholesky", `\`cholesky(A)\`: ${linear.cholesky.primitive.doc}`, (a) => linear.cholesky([a], undefined)),
]

/** A system and its right side: a vector or a matrix of columns with as many rows, or stacks of both by the leading axes they share. */
function eachSystem(name: string, a: Num, value: Value | undefined, f: (a: Num, b: Num) => Num): Num {
  const outer = outerOf(a)
  const b = array(name, "b", value)
  const inner = shapeOf(b).slice(outer.length)
  if (outer.length === 0 && inner.length > 2)
    raise(faults.wrongArgument(name, "b", "a vector or a matrix", kindOf(value)))
  if (
    inner.length < 1 ||
    inner.length > 2 ||
    !sameShape(shapeOf(b).slice(0, outer.length), outer) ||
    inner[0] !== shapeOf(a)[outer.length]
  )
    raise(faults.shapeMismatch(name, shapeOf(a), shapeOf(b)))
  return eachOf(outer, [a, b], (x, y) => [f(x!, y!)])[0]!
}

const ofShared = "Of higher rank: of each matrix and right side, by the leading axes they share."

const solve = new BuiltinFunction({
  name: "solve",
  doc: `${linear.solve.primitive.doc} ${ofShared}`,
  params: ["A", "b"],
  retains: false,
  call: (_runtime, [a, b]) =>
    eachSystem("solve", squareMatrices("solve", "A", a), b, (x, y) => linear.solve([x, y], undefined)),
})

const solveTriangular = new BuiltinFunction({
  name: "solve_triangular",
  doc: `${linear.solveTriangular.primitive.doc} The lower triangle, or with \`lower: false\` the upper; \`transposed: true\` solves Tᵀ x = b. ${ofShared}`,
  params: ["T", "b"],
  options: ["lower", "transposed"],
  retains: false,
  call: (_runtime, [t, b], named) => {
    const triangle = {
      lower: !named.has("lower") || flag("solve_triangular", named, "lower"),
      transposed: flag("solve_triangular", named, "transposed"),
    }
    const system = squareMatrices("solve_triangular", "T", t)
    return eachSystem("solve_triangular", system, b, (x, y) => linear.solveTriangular([x, y], triangle))
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
    doc: `${doc} ${ofEach}`,
    params: ["A"],
    retains: false,
    call: (_runtime, [a]) => new Tuple([...eachMatrix(read(name, "A", a), f)]),
  })
}

const factorizations = [
  factorization("qr", factors.qrTall.primitive.doc, matricesOf, factors.qr),
  factorization(
    "lu",
    "`lu(A)`: the triple (P, L, U) with A = P L U, P a permutation, L lower triangular with ones on its diagonal, U upper triangular.",
    squareMatrices,
    factors.lu,
  ),
  factorization(
    "slogdet",
    "`slogdet(A)`: the pair of the determinant's sign and the logarithm of its size.",
    squareMatrices,
    (a) => [determinants.detSign([a], undefined), determinants.logdet([a], undefined)],
  ),
  factorization("eigh", spectra.eigh.primitive.doc, squareMatrices, (a) => spectra.eigh([a], undefined)),
  factorization("svd", spectra.svd.primitive.doc, matricesOf, (a) => spectra.svd([a], undefined)),
]

const pinv = new BuiltinFunction({
  name: "pinv",
  doc: `${factors.pinv.primitive.doc} ${ofEach}`,
  params: ["A"],
  retains: false,
  call: (_runtime, [a]) => eachMatrix(matricesOf("pinv", "A", a), (x) => [factors.pinv([x], undefined)])[0]!,
})

const lstsq = new BuiltinFunction({
  name: "lstsq",
  doc: `${factors.lstsq.primitive.doc} ${ofShared}`,
  params: ["A", "b"],
  retains: false,
  call: (_runtime, [a, b]) =>
    eachSystem("lstsq", matricesOf("lstsq", "A", a), b, (x, y) => factors.lstsq([x, y], undefined)),
})

const kron = new BuiltinFunction({
  name: "kron",
  doc: "`kron(A, B)`: every element of A times the whole of B, as blocks of one array; where one has fewer axes, axes of length 1 come first.",
  params: ["A", "B"],
  retains: false,
  call: (runtime, [a, b]) => {
    const left = array("kron", "A", a)
    const right = array("kron", "B", b)
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
  solve,
  solveTriangular,
  ...factorizations,
  pinv,
  lstsq,
  kron,
]
