/**
 * The kernels against Math and ml-matrix in the same run: `node bench/kernels.ts [size]`.
 * Contestants take turns, the median of each one's rounds counts, and the clock is the thread's own processor time, so that other work on the
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
import { cos, sin, tan } from "../interpreter/kernels/circle.ts"
import { exp, expm1, log, log1p, sigmoid, tanh } from "../interpreter/kernels/elementary.ts"
import { fft } from "../interpreter/kernels/fft.ts"
import { acos, acosh, asin, asinh, atan, atan2, atanh } from "../interpreter/kernels/inverses.ts"
import * as linalg from "../interpreter/kernels/linalg/index.ts"
import { matmul } from "../interpreter/kernels/matmul.ts"
import { pow } from "../interpreter/kernels/powers.ts"
import { cosh, sinh } from "../interpreter/kernels/hyperbolic.ts"
import { cbrt, exp2, log10, log2 } from "../interpreter/kernels/bases.ts"
import { normals } from "../interpreter/kernels/random.ts"
import { offerVectors } from "../interpreter/kernels/vectors.ts"
import { refuseSimd } from "../interpreter/kernels/wasm/load.ts"
import { simdVectors } from "../interpreter/kernels/wasm/vectors.ts"
import { KERNELS } from "../interpreter/kernels/wasm/module.ts"
import { clock } from "./clock.ts"

offerVectors(simdVectors(() => KERNELS))

/** How often to run something between two looks at the clock. */
function repeats(run: () => unknown): number {
  const start = clock()
  run()
  return Math.max(1, Math.ceil(30 / Math.max(0.001, clock() - start)))
}

/** The median of so many rounds of each contestant, in ms a run, taken in turns. */
function race(rounds: number, ...runs: (() => unknown)[]): number[] {
  // The first runs warm up.
  for (const run of runs) for (let i = repeats(run); i > 0; i--) run()
  const times = runs.map(repeats)
  const found = runs.map((): number[] => [])
  for (let r = 0; r < rounds; r++) {
    runs.forEach((run, i) => {
      const start = clock()
      for (let t = 0; t < times[i]!; t++) run()
      found[i]!.push((clock() - start) / times[i]!)
    })
  }
  return found.map((all) => all.sort((x, y) => x - y)[rounds >> 1]!)
}

const show = (v: number) => v.toPrecision(3).padStart(9)

type Real = (...xs: number[]) => number

/** A loop of its own for a function, as compiled code has. */
function loop(call: string, f: Real, xs: Float64Array[], out: Float64Array): () => void {
  // What is not the same text is not optimized together.
  const text = `for (let i = 0; i < x.length; i++) out[i] = ${call} // ${loops++}`
  const run = new Function("f", "x", "y", "out", text) as (
    f: Real,
    x: Float64Array,
    y: Float64Array | undefined,
    out: Float64Array,
  ) => void
  return () => run(f, xs[0]!, xs[1], out)
}
let loops = 0

function scalars(): void {
  console.log("\nfunctions of numbers: ns                 ours    Math.*  Math/ours")
  const n = 1e5
  const out = new Float64Array(n)
  const wide = normals([1, 1], n).map((v) => 4 * v)
  const positive = wide.map((v) => Math.abs(v) + 1e-9)
  const unit = wide.map((v) => v - Math.round(v))
  const above = positive.map((v) => 1 + v)
  const cases: [Real, Real, ...Float64Array[]][] = [
    [tan, Math.tan, wide],
    [asin, Math.asin, unit],
    [acos, Math.acos, unit],
    [atan, Math.atan, wide],
    [sinh, Math.sinh, wide],
    [cosh, Math.cosh, wide],
    [asinh, Math.asinh, wide],
    [acosh, Math.acosh, above],
    [atanh, Math.atanh, unit],
    [cbrt, Math.cbrt, wide],
    [exp2, (x) => Math.pow(2, x), wide],
    [log2, Math.log2, positive],
    [log10, Math.log10, positive],
    [pow, Math.pow, positive, wide],
    [atan2, Math.atan2, wide, positive],
  ]
  for (const [ours, theirs, ...xs] of cases) {
    const call = xs.length === 1 ? "f(x[i])" : "f(x[i], y[i])"
    const [o, t] = race(6, loop(call, ours, xs, out), loop(call, theirs, xs, out)) as [number, number]
    console.log(ours.name.padEnd(32), show((1e6 * o) / n), show((1e6 * t) / n), show(t / o))
  }
}

function elementwise(): void {
  console.log("\nelementwise, 1e6 doubles: ms      array    scalar    Math.*   Math/array  Math/scalar")
  const n = 1e6
  const out = new Float64Array(n)
  const wide = normals([1, 1], n).map((v) => 4 * v)
  const cases: [string, (x: Float64Array, out: Float64Array) => unknown, Real, Real][] = [
    ["exp", arrays.expArray, exp, Math.exp],
    ["expm1", arrays.expm1Array, expm1, Math.expm1],
    ["log", arrays.logArray, log, Math.log],
    ["log1p", arrays.log1pArray, log1p, Math.log1p],
    ["sigmoid", arrays.sigmoidArray, sigmoid, (x) => 1 / (1 + Math.exp(-x!))],
    ["tanh", arrays.tanhArray, tanh, Math.tanh],
    ["sin", arrays.sinArray, sin, Math.sin],
    ["cos", arrays.cosArray, cos, Math.cos],
  ]
  for (const [name, array, scalar, host] of cases) {
    const x = name.startsWith("log") ? wide.map((v) => Math.abs(v) + 1e-9) : wide
    const ours = loop("f(x[i])", scalar, [x], out)
    const theirs = loop("f(x[i])", host, [x], out)
    const [a, s, m] = race(4, () => array(x, out), ours, theirs) as [number, number, number]
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
      n > 300 ? 9 : 15,
      () => matmul(a, b, n, n, n),
      () => ma.mmul(mb),
    ) as [number, number]
    refuseSimd(true)
    const [twin] = race(3, () => matmul(a, b, n, n, n)) as [number]
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
    const [simd, ml] = race(5, ours, theirs) as [number, number]
    refuseSimd(true)
    const [twin] = race(3, ours) as [number]
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
scalars()
products()
factors(Number(process.argv[2] ?? 300))
transforms()
