/**
 * The kernels against Math and ml-matrix in the same run: `node bench/kernels.ts [size]`.
 * Contestants take turns, the fastest round of each counts, and the clock is the thread's own processor time, so that other work on the
 * machine matters little; read the ratios.
 * It must not test results; test/kernels*.test.ts does.
 */
import {
  CholeskyDecomposition,
  EigenvalueDecomposition,
  Matrix,
  QrDecomposition,
  SingularValueDecomposition,
  solve as theirSolve,
} from "ml-matrix"
import * as arrays from "../interpreter/kernels/arrays.ts"
import { cos, sin } from "../interpreter/kernels/circle.ts"
import { exp, expm1, log, log1p, sigmoid, tanh } from "../interpreter/kernels/elementary.ts"
import { fft } from "../interpreter/kernels/fft.ts"
import * as linalg from "../interpreter/kernels/linalg/index.ts"
import { matmul } from "../interpreter/kernels/matmul.ts"
import { normals } from "../interpreter/kernels/random.ts"
import { offerSimd, refuseSimd } from "../interpreter/kernels/wasm/load.ts"
import { KERNELS } from "../interpreter/kernels/wasm/module.ts"

offerSimd(() => KERNELS)

/** Processor time of this thread so far, in ms. */
function clock(): number {
  const used = process.threadCpuUsage()
  return (used.user + used.system) / 1000
}

/** The fastest of so many rounds of each contestant, in ms a run, taken in turns; a round repeats until the coarse clock is exact enough. */
function race(rounds: number, ...runs: (() => unknown)[]): number[] {
  const best = runs.map(() => Infinity)
  for (let r = 0; r <= rounds; r++) {
    runs.forEach((run, i) => {
      const start = clock()
      let used = 0
      let times = 0
      while (used < 60) {
        run()
        times++
        used = clock() - start
      }
      // The first round warms up.
      if (r > 0) best[i] = Math.min(best[i]!, used / times)
    })
  }
  return best
}

const show = (v: number) => v.toPrecision(3).padStart(9)

function elementwise(): void {
  console.log("\nelementwise, 1e6 doubles: ms      array    scalar    Math.*   Math/array  Math/scalar")
  const n = 1e6
  const out = new Float64Array(n)
  const wide = normals([1, 1], n).map((v) => 4 * v)
  const cases: [
    string,
    (x: Float64Array, out: Float64Array) => unknown,
    (x: number) => number,
    (x: number) => number,
  ][] = [
    ["exp", arrays.expArray, exp, Math.exp],
    ["expm1", arrays.expm1Array, expm1, Math.expm1],
    ["log", arrays.logArray, log, Math.log],
    ["log1p", arrays.log1pArray, log1p, Math.log1p],
    ["sigmoid", arrays.sigmoidArray, sigmoid, (x) => 1 / (1 + Math.exp(-x))],
    ["tanh", arrays.tanhArray, tanh, Math.tanh],
    ["sin", arrays.sinArray, sin, Math.sin],
    ["cos", arrays.cosArray, cos, Math.cos],
  ]
  for (const [name, array, scalar, host] of cases) {
    const x = name.startsWith("log") ? wide.map((v) => Math.abs(v) + 1e-9) : wide
    // A loop of its own for each function, as compiled code has.
    const loop = () =>
      new Function("f", "x", "out", "for (let i = 0; i < x.length; i++) out[i] = f(x[i])") as (
        f: (x: number) => number,
        x: Float64Array,
        out: Float64Array,
      ) => void
    const ours = loop()
    const theirs = loop()
    const [a, s, m] = race(
      4,
      () => array(x, out),
      () => ours(scalar, x, out),
      () => theirs(host, x, out),
    ) as [number, number, number]
    console.log(name.padEnd(28), show(a), show(s), show(m), show(m / a), show(m / s))
  }
}

function products(): void {
  console.log("\nmatrix product: GFLOP/s            SIMD      twin  ml-matrix  SIMD/ml")
  for (const n of [64, 256, 512]) {
    const a = normals([2, n], n * n)
    const b = normals([3, n], n * n)
    const ma = Matrix.from1DArray(n, n, [...a])
    const mb = Matrix.from1DArray(n, n, [...b])
    const [simd, ml] = race(
      n > 300 ? 5 : 15,
      () => matmul(a, b, n, n, n),
      () => ma.mmul(mb),
    ) as [number, number]
    refuseSimd(true)
    const [twin] = race(2, () => matmul(a, b, n, n, n)) as [number]
    refuseSimd(false)
    const flops = (2 * n ** 3) / 1e6
    console.log(`n = ${n}`.padEnd(28), show(flops / simd), show(flops / twin), show(flops / ml), show(ml / simd))
  }
}

function factors(n: number): void {
  console.log(`\nlinear algebra, n = ${n}: ms           SIMD      twin  ml-matrix  ml/SIMD  ml/twin`)
  const a = normals([4, n], n * n)
  const g = matmul(a, a, n, n, n, false, true)
  for (let i = 0; i < n; i++) g[i * n + i]! += 1
  const b = normals([5, n], n)
  const ma = Matrix.from1DArray(n, n, [...a])
  const mg = Matrix.from1DArray(n, n, [...g])
  const mb = Matrix.columnVector([...b])
  const cases: [string, () => unknown, () => unknown][] = [
    ["cholesky", () => linalg.cholesky(g, n), () => new CholeskyDecomposition(mg).lowerTriangularMatrix],
    ["solve", () => linalg.solve(a, n, b, 1), () => theirSolve(ma, mb)],
    [
      "qr (Q and R)",
      () => linalg.qr(a, n, n),
      () => {
        const f = new QrDecomposition(ma)
        return [f.orthogonalMatrix, f.upperTriangularMatrix]
      },
    ],
    [
      "eigh",
      () => linalg.eigh(g, n),
      () => new EigenvalueDecomposition(mg, { assumeSymmetric: true }).eigenvectorMatrix,
    ],
    ["svd", () => linalg.svd(a, n, n), () => new SingularValueDecomposition(ma).leftSingularVectors],
  ]
  for (const [name, ours, theirs] of cases) {
    const [simd, ml] = race(3, ours, theirs) as [number, number]
    refuseSimd(true)
    const [twin] = race(2, ours) as [number]
    refuseSimd(false)
    console.log(name.padEnd(28), show(simd), show(twin), show(ml), show(ml / simd), show(ml / twin))
  }
  const [e] = race(3, () => linalg.expm(a, n)) as [number]
  console.log("expm".padEnd(28), show(e))
}

function transforms(): void {
  console.log("\nfft: ms")
  for (const n of [1024, 65536, 100000, 100003]) {
    const re = normals([6, n], n)
    const im = new Float64Array(n)
    const [t] = race(3, () => fft(re.slice(), im.slice())) as [number]
    console.log(`n = ${n}`.padEnd(28), show(t))
  }
}

elementwise()
products()
factors(Number(process.argv[2] ?? 300))
transforms()
