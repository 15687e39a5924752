/**
 * Workloads in array form: matrix products, broadcasts, reductions and elementwise chains.
 * Every input is made once and shared by all contestants.
 * It must not know how they are timed.
 */
import { matrix } from "../adl.ts"
import * as data from "../data.ts"
import { combine, totalGrad } from "../hand/elementwise.ts"
import { gmmArray, gmmArrayGrad } from "../hand/gmm-array.ts"
import { helmholtzArray, helmholtzArrayGrad } from "../hand/helmholtz-array.ts"
import type { Products } from "../hand/matmul.ts"
import { loss, lossGrad } from "../hand/mlp.ts"
import { matmul, matvec, vecmat } from "../../interpreter/kernels/matmul.ts"
import type { Rows, Workload } from "./workload.ts"

/** The engine's own products, so that a row compares programs and not kernels. */
const products: Products = {
  matmul: (a, b, m, k, n) => (m === 1 ? vecmat(a, b, k, n) : matmul(a, b, m, k, n)),
  matmulLeft: (a, b, m, k, n) => matmul(a, b, m, k, n, true, false),
  matmulRight: (a, b, m, k, n) => (m === 1 ? matvec(b, a, n, k) : matmul(a, b, m, k, n, false, true)),
}

function helmholtzRow(n: number): Workload {
  const { x, b, a } = data.fluid(n)
  const square = matrix(a, n)
  return {
    title: `Helmholtz, array form, n = ${n}`,
    program: "helmholtz-array.adl",
    primal: {
      hand: () => helmholtzArray(x, b, a, products),
      adl: (program) => {
        const f = program.fn("helmholtz")
        return () => f(x, b, square)
      },
    },
    gradient: {
      hand: () => helmholtzArrayGrad(x, b, a, products),
      adl: (program) => {
        const f = program.fn("helmholtz").valueAndGrad({ wrt: "x" })
        return () => f(x, b, square)
      },
      targets: { auto: 1.2 },
    },
  }
}

function gmmRow(d: number, k: number): Workload {
  const { p, x } = data.mixture(d, k, 1000)
  const points = matrix(x, 1000)
  const parameters = { alphas: p.alphas, means: matrix(p.means, k), icf: matrix(p.icf, k) }
  return {
    title: `GMM, array form, d = ${d}, k = ${k}, n = 1000`,
    program: "gmm-array.adl",
    primal: {
      hand: () => gmmArray(p, x, d, 1, 0, products),
      adl: (program) => {
        const f = program.fn("gmm")
        return () => f(parameters, points, 1, 0)
      },
    },
    gradient: {
      hand: () => gmmArrayGrad(p, x, d, 1, 0, products),
      adl: (program) => {
        const f = program.fn("gmm").valueAndGrad({ wrt: "p" })
        return () => f(parameters, points, 1, 0)
      },
      targets: { auto: 1.2 },
    },
  }
}

function mlpRow(): Workload {
  const { p, x, y } = data.perceptron(64, 64, 10, 32)
  const parameters = { w1: matrix(p.w1, 64), b1: p.b1, w2: matrix(p.w2, 64), b2: p.b2 }
  const inputs = matrix(x, 32)
  const targets = matrix(y, 32)
  return {
    title: "MLP 64-64-10, batch 32, array form",
    program: "mlp.adl",
    primal: {
      hand: () => loss(p, x, y, 32, products),
      adl: (program) => {
        const f = program.fn("loss")
        return () => f(parameters, inputs, targets)
      },
    },
    gradient: {
      hand: () => lossGrad(p, x, y, 32, products),
      adl: (program) => {
        const f = program.fn("loss").valueAndGrad({ wrt: "p" })
        return () => f(parameters, inputs, targets)
      },
      targets: { auto: 1.2 },
    },
  }
}

function elementwiseRow(): Workload {
  const [a, b, c] = [71, 72, 73].map((seed) => data.uniform(1e6, -1, 1, seed)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  return {
    title: "`a*b + c*a - b` on 10⁶ elements (gradient: of its sum)",
    program: "elementwise.adl",
    primal: {
      hand: () => combine(a, b, c),
      adl: (program) => {
        const f = program.fn("combine")
        return () => f(a, b, c)
      },
      targets: { auto: 1.5 },
    },
    gradient: {
      hand: () => totalGrad(a, b, c),
      adl: (program) => {
        const f = program.fn("total").valueAndGrad({ wrt: ["a", "b", "c"] })
        return () => f(a, b, c)
      },
      targets: { auto: 1.5 },
    },
  }
}

/** The rows. */
export const arrays: Rows = {
  "helmholtz-array-50": () => helmholtzRow(50),
  "helmholtz-array-500": () => helmholtzRow(500),
  "gmm-array-d10-k10": () => gmmRow(10, 10),
  "gmm-array-d20-k25": () => gmmRow(20, 25),
  mlp: mlpRow,
  elementwise: elementwiseRow,
}
