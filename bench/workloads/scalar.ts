/**
 * Workloads of scalar code: calls, long loops, loops over arrays, loops that depend on their values.
 * Every input is made once and shared by all contestants.
 * It must not know how they are timed.
 */
import { matrix } from "../adl.ts"
import * as data from "../data.ts"
import { fib } from "../hand/fib.ts"
import { gmm, gmmGrad } from "../hand/gmm.ts"
import { helmholtz, helmholtzGrad } from "../hand/helmholtz.ts"
import { logistic, logisticGrad } from "../hand/logistic.ts"
import { roots, rootsGrad } from "../hand/newton.ts"
import { rosenbrock, rosenbrockGrad, rosenbrockProduct } from "../hand/rosenbrock.ts"
import * as vectors from "../hand/vectors.ts"
import type { Rows, Workload } from "./workload.ts"

function fibRow(): Workload {
  return {
    title: "naive fib(27)",
    program: "fib.adl",
    primal: {
      hand: () => fib(27),
      adl: (program) => {
        const f = program.fn("fib")
        return () => f(27)
      },
      targets: { tier0: 5 },
    },
  }
}

function logisticRow(title: string, steps: number, gradient: number): Workload {
  return {
    title,
    program: "logistic.adl",
    primal: {
      hand: () => logistic(0.3, steps),
      adl: (program) => {
        const f = program.fn("logistic")
        return () => f(0.3, steps)
      },
      targets: { tier0: 12, auto: 1.1 },
    },
    gradient: {
      hand: () => logisticGrad(0.3, steps),
      adl: (program) => {
        const f = program.fn("logistic").valueAndGrad({ wrt: "x" })
        return () => f(0.3, steps)
      },
      targets: { auto: gradient },
    },
  }
}

function helmholtzRow(n: number): Workload {
  const { x, b, a } = data.fluid(n)
  const square = matrix(a, n)
  return {
    title: `Helmholtz, scalar loops, n = ${n}`,
    program: "helmholtz.adl",
    primal: {
      hand: () => helmholtz(x, b, a),
      adl: (program) => {
        const f = program.fn("helmholtz")
        return () => f(x, b, square)
      },
      targets: n === 50 ? { tier0: 60, auto: 1.3 } : { auto: 1.3 },
    },
    gradient: {
      hand: () => helmholtzGrad(x, b, a),
      adl: (program) => {
        const f = program.fn("helmholtz").valueAndGrad({ wrt: "x" })
        return () => f(x, b, square)
      },
      targets: n === 50 ? { tier0: 60, auto: 1.8 } : { auto: 1.8 },
    },
  }
}

function gmmRow(d: number, k: number): Workload {
  const { p, x } = data.mixture(d, k, 1000)
  const points = matrix(x, 1000)
  const parameters = { alphas: p.alphas, means: matrix(p.means, k), icf: matrix(p.icf, k) }
  return {
    title: `GMM, d = ${d}, k = ${k}, n = 1000`,
    program: "gmm.adl",
    primal: {
      hand: () => gmm(p, x, d, 1, 0),
      adl: (program) => {
        const f = program.fn("gmm")
        return () => f(parameters, points, 1, 0)
      },
      targets: { auto: 1.3 },
    },
    gradient: {
      hand: () => gmmGrad(p, x, d, 1, 0),
      adl: (program) => {
        const f = program.fn("gmm").valueAndGrad({ wrt: "p" })
        return () => f(parameters, points, 1, 0)
      },
      targets: { auto: 1.5 },
    },
  }
}

function newtonRow(): Workload {
  const a = data.uniform(20_000, 0.5, 20, 41)
  return {
    title: "Newton `while` to convergence, 20,000 roots",
    program: "newton.adl",
    primal: {
      hand: () => roots(a),
      adl: (program) => {
        const f = program.fn("roots")
        return () => f(a)
      },
      targets: { auto: 1.1 },
    },
    gradient: {
      hand: () => rootsGrad(a),
      adl: (program) => {
        const f = program.fn("roots").valueAndGrad({ wrt: "a" })
        return () => f(a)
      },
      targets: { auto: 1.3 },
    },
  }
}

function rosenbrockRow(n: number): Workload {
  const x = data.uniform(n, -2, 2, 51)
  return {
    title: `Rosenbrock, n = ${n}`,
    program: "rosenbrock.adl",
    primal: {
      hand: () => rosenbrock(x),
      adl: (program) => {
        const f = program.fn("rosenbrock")
        return () => f(x)
      },
    },
    gradient: {
      hand: () => rosenbrockGrad(x),
      adl: (program) => {
        const f = program.fn("rosenbrock").valueAndGrad({ wrt: "x" })
        return () => f(x)
      },
    },
  }
}

function productRow(n: number): Workload {
  const x = data.uniform(n, -2, 2, 51)
  const v = data.uniform(n, -1, 1, 52)
  return {
    title: `Rosenbrock, n = ${n}, Hessian-vector product`,
    program: "rosenbrock.adl",
    second: "Hessian-vector product",
    gradient: {
      hand: () => rosenbrockProduct(x, v),
      adl: (program) => {
        const f = program.fn("product")
        return () => f(x, v)
      },
      targets: { auto: 2 },
    },
  }
}

function vectorRow(
  title: string,
  entry: string,
  f: (x: Float64Array, index: Int32Array) => number,
  back: (x: Float64Array, index: Int32Array) => vectors.Slope,
  n: number,
): Workload {
  const x = data.uniform(n, -1, 1, 61)
  const index = data.indices(n, n, 62)
  const rest = entry === "fill" ? [] : [Float64Array.from(index)]
  return {
    title: `${title}, n = ${n.toExponential().replace("+", "")}`,
    program: "vectors.adl",
    primal: {
      hand: () => f(x, index),
      adl: (program) => {
        const call = program.fn(entry)
        return () => call(x, ...rest)
      },
    },
    gradient: {
      hand: () => back(x, index),
      adl: (program) => {
        const call = program.fn(entry).valueAndGrad({ wrt: "x" })
        return () => call(x, ...rest)
      },
    },
  }
}

function fillRow(n: number): Workload {
  return vectorRow("filling a vector by `v[i] = …`", "fill", vectors.fill, vectors.fillGrad, n)
}

function gatherRow(n: number): Workload {
  const { gatherSquares, gatherSquaresGrad } = vectors
  return vectorRow("gathering from a vector", "gather_squares", gatherSquares, gatherSquaresGrad, n)
}

function scatterRow(n: number): Workload {
  const { scatterSquares, scatterSquaresGrad } = vectors
  return vectorRow("scattering into a vector", "scatter_squares", scatterSquares, scatterSquaresGrad, n)
}

/** The rows. */
export const scalar: Rows = {
  fib: fibRow,
  "logistic-1e6": () => logisticRow("10⁶-step scalar loop", 1e6, 1.5),
  "helmholtz-8": () => helmholtzRow(8),
  "helmholtz-50": () => helmholtzRow(50),
  "helmholtz-500": () => helmholtzRow(500),
  "gmm-d10-k10": () => gmmRow(10, 10),
  "gmm-d20-k25": () => gmmRow(20, 25),
  newton: newtonRow,
  rosenbrock: () => rosenbrockRow(1000),
  "rosenbrock-hvp": () => productRow(1000),
  "fill-1e5": () => fillRow(1e5),
  "fill-1e6": () => fillRow(1e6),
  "gather-1e5": () => gatherRow(1e5),
  "gather-1e6": () => gatherRow(1e6),
  "scatter-1e5": () => scatterRow(1e5),
  "scatter-1e6": () => scatterRow(1e6),
}
