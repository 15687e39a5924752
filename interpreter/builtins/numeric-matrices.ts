/**
 * Built-ins of linear algebra.
 * Shapes are checked here, with faults that name the argument; the rest is the primitives'. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import * as matrices from "../primitives/matrices.ts"
import { BuiltinFunction } from "../values/values.ts"
import { admit, array, numeric, squareMatrix, vector } from "./arguments.ts"
import { isScalar, shapeOf } from "../autodiff/num.ts"

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
  call: (_runtime, [a]) => matrices.matrixTrace(squareMatrix("matrix_trace", "A", a)),
})

/** Linear algebra. */
export const matrixBuiltins: readonly BuiltinFunction[] = [matmul, outer, matrixTrace]
