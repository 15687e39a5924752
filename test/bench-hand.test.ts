/**
 * The hand-written benchmark programs against central differences of their own primals, and against published values.
 * A benchmark whose yardstick is wrong measures nothing, so every adjoint is checked here before it is timed.
 * It must not know the ADL engine.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as data from "../bench/data.ts"
import { springs, springsGrad, wave, waveGrad, type Ten } from "../bench/hand/boundary.ts"
import { jacobians, residuals, type Scene } from "../bench/hand/bundle.ts"
import { combine, total as chain, totalGrad as chainGrad } from "../bench/hand/elementwise.ts"
import { fib } from "../bench/hand/fib.ts"
import { gmmArray, gmmArrayGrad } from "../bench/hand/gmm-array.ts"
import { gmm, gmmGrad, type Mixture } from "../bench/hand/gmm.ts"
import { helmholtzArray, helmholtzArrayGrad } from "../bench/hand/helmholtz-array.ts"
import { helmholtz, helmholtzGrad } from "../bench/hand/helmholtz.ts"
import { logistic, logisticGrad } from "../bench/hand/logistic.ts"
import { loss, lossGrad } from "../bench/hand/mlp.ts"
import { nbody, nbodyGrad } from "../bench/hand/nbody.ts"
import { roots, rootsGrad } from "../bench/hand/newton.ts"
import { miss, missSlope, particle } from "../bench/hand/particle.ts"
import { rosenbrock, rosenbrockGrad, rosenbrockProduct } from "../bench/hand/rosenbrock.ts"
import { saddle } from "../bench/hand/saddle.ts"
import { grow, leftmost, total, totalGrad, type Tree } from "../bench/hand/tree.ts"
import * as vectors from "../bench/hand/vectors.ts"

/** Richardson's extrapolation of central differences: exact to about h^4. */
function slope(f: (t: number) => number, h: number): number {
  const near = (f(h / 2) - f(-h / 2)) / h
  const far = (f(h) - f(-h)) / (2 * h)
  return (4 * near - far) / 3
}

/** The gradient of f with respect to one array that it reads, element by element, in place. */
function differences(f: () => number, x: Float64Array, h = 1e-3): Float64Array {
  return x.map((was, i) => {
    const g = slope((t) => {
      x[i] = was + t
      return f()
    }, h)
    x[i] = was
    return g
  })
}

function close(got: ArrayLike<number>, want: ArrayLike<number>, rel: number): void {
  expect(got.length).toBe(want.length)
  let scale = 0
  for (let i = 0; i < want.length; i++) scale = Math.max(scale, Math.abs(want[i] as number))
  for (let i = 0; i < want.length; i++) {
    const off = Math.abs((got[i] as number) - (want[i] as number))
    if (!(off <= rel * (scale + 1e-300))) throw new Error(`element ${i}: ${got[i]} is not ${want[i]}`)
  }
}

interface Case {
  readonly id: string
  readonly inputs: Record<string, number[] & number[][] & number>
  readonly expect: { value: number; gradient: number[] } & Record<string, number[] & number[][]>
}

function cases(file: string): Case {
  return JSON.parse(readFileSync(new URL(`cases/data/${file}`, import.meta.url), "utf8")) as Case
}

describe("the hand-written programs", () => {
  it("count with fib", () => {
    expect([0, 1, 2, 10, 20].map(fib)).toEqual([0, 1, 1, 55, 6765])
  })

  it("differentiate what is short", () => {
    for (const x of [-1, 0, 0.3, 2.5]) close([waveGrad(x)], [slope((t) => wave(x + t), 1e-3)], 1e-9)
    const p: Ten = { a: 1, b: 2, c: 0.5, d: -1, e: 3, f: 0.2, g: 4, h: 5, i: -2, j: 0.7 }
    const names = Object.keys(p) as (keyof Ten)[]
    const want = names.map((name) => slope((t) => springs({ ...p, [name]: p[name] + t }), 1e-3))
    close(Object.values(springsGrad(p)) as number[], want, 1e-8)
  })

  it("follow the logistic map", () => {
    for (const steps of [1, 3, 100]) {
      const { value, grad } = logisticGrad(0.3, steps)
      expect(value).toBe(logistic(0.3, steps))
      close([grad], [slope((t) => logistic(0.3 + t, steps), 1e-4)], 1e-7)
    }
    const long = logisticGrad(0.3, 1e6).grad
    expect(Math.abs(long)).toBeGreaterThan(1e-12)
    expect(Math.abs(long)).toBeLessThan(1)
  })

  it("give the Helmholtz energies of the survey", () => {
    const all = cases("01-paper.json") as unknown as { cases: (Case & { group: string })[] }
    const fluids = all.cases.filter((c) => c.group === "helmholtz")
    expect(fluids.length).toBeGreaterThan(3)
    for (const { inputs, expect: want } of fluids) {
      const { x, b, a } = data.fluid(inputs["n"] as number)
      close(x, inputs["x"] as number[], 0)
      close(b, inputs["b"] as number[], 0)
      close([helmholtz(x, b, a), helmholtzGrad(x, b, a).value], [want.value, want.value], 1e-12)
      close([helmholtzArray(x, b, a), helmholtzArrayGrad(x, b, a).value], [want.value, want.value], 1e-12)
      close(helmholtzGrad(x, b, a).grad, want.gradient, 1e-12)
      close(helmholtzArrayGrad(x, b, a).grad, want.gradient, 1e-12)
    }
  })

  it("differentiate the Helmholtz energy of a matrix that is not symmetric", () => {
    const { x, b } = data.fluid(8)
    const a = data.uniform(64, 0, 1, 1)
    const want = differences(() => helmholtz(x, b, a), x, 1e-4)
    close(helmholtzGrad(x, b, a).grad, want, 1e-8)
    close(helmholtzArrayGrad(x, b, a).grad, want, 1e-8)
  })

  it("give ADBench's mixture values", () => {
    for (const file of ["adbench/gmm_test_d2_k3.json", "adbench/gmm_1k_d2_K5.json"]) {
      const { inputs, expect: want } = cases(file)
      const p: Mixture = {
        alphas: Float64Array.from(inputs["alphas"] as number[]),
        means: Float64Array.from((inputs["means"] as number[][]).flat()),
        icf: Float64Array.from((inputs["icf"] as number[][]).flat()),
      }
      const x = Float64Array.from((inputs["x"] as number[][]).flat())
      const rest = [inputs["d"], inputs["wishart_gamma"], inputs["wishart_m"]] as [number, number, number]
      close([gmm(p, x, ...rest), gmmArray(p, x, ...rest)], [want.value, want.value], 1e-9)
      for (const back of [gmmGrad(p, x, ...rest), gmmArrayGrad(p, x, ...rest)]) {
        close([back.value], [want.value], 1e-9)
        close([...back.grad.alphas, ...back.grad.means, ...back.grad.icf], want.gradient, 1e-9)
      }
    }
  })

  it("differentiate a mixture with a prior, in five dimensions", () => {
    const { p, x } = data.mixture(5, 3, 20)
    for (const [f, back] of [
      [() => gmm(p, x, 5, 1.3, 2), gmmGrad(p, x, 5, 1.3, 2)],
      [() => gmmArray(p, x, 5, 1.3, 2), gmmArrayGrad(p, x, 5, 1.3, 2)],
    ] as const) {
      expect(back.value).toBeCloseTo(f(), 9)
      for (const part of ["alphas", "means", "icf"] as const) close(back.grad[part], differences(f, p[part]), 1e-8)
    }
  })

  it("give ADBench's bundle adjustment block", () => {
    const { inputs, expect: want } = cases("adbench/ba_test.json")
    const s: Scene = {
      cameras: Float64Array.from(inputs["cam"] as number[]),
      points: Float64Array.from(inputs["X"] as number[]),
      weights: Float64Array.of(inputs["w"] as number),
      features: Float64Array.from(inputs["feat"] as number[]),
      camera: Int32Array.of(0),
      point: Int32Array.of(0),
    }
    close(residuals(s), want["reproj_err"] as number[], 1e-10)
    close(jacobians(s), (want["J_reproj (2 x 15: cam 11, X 3, w 1)"] as number[][]).flat(), 1e-10)
  })

  it("differentiate reprojection errors, a camera that is not turned included", () => {
    const s = data.scene(3, 4, 12)
    s.cameras.fill(0, 11, 14)
    const jacobian = jacobians(s)
    for (let i = 0; i < 12; i++) {
      const c = 11 * (s.camera[i] as number)
      const q = 3 * (s.point[i] as number)
      for (let o = 0; o < 2; o++) {
        const f = () => residuals(s)[2 * i + o] as number
        const want = [
          ...differences(f, s.cameras.subarray(c, c + 11), 1e-4),
          ...differences(f, s.points.subarray(q, q + 3), 1e-4),
          ...differences(f, s.weights.subarray(i, i + 1), 1e-4),
        ]
        close(jacobian.subarray(30 * i + 15 * o, 30 * i + 15 * o + 15), want, 1e-7)
      }
    }
  })

  it("follow Newton's iterations", () => {
    const a = data.uniform(20, 0.5, 20, 41)
    const { value, grad } = rootsGrad(a)
    expect(value).toBe(roots(a))
    // at convergence the derivative of the root is 1 / (3 x^2 + 1)
    const implicit = a.map((goal) => 1 / (3 * roots(Float64Array.of(goal)) ** 2 + 1))
    close(grad, implicit, 1e-8)
  })

  it("differentiate the energy of bodies", () => {
    const bodies = data.planets(4)
    const { value, grad } = nbodyGrad(bodies, 20, 0.01)
    close([value], [nbody(bodies, 20, 0.01)], 1e-14)
    for (const part of ["position", "velocity", "mass"] as const) {
      close(
        grad[part],
        differences(() => nbody(bodies, 20, 0.01), bodies[part], 1e-4),
        1e-7,
      )
    }
  })

  it("multiply Rosenbrock's Hessian", () => {
    const x = data.uniform(30, -2, 2, 51)
    const v = data.uniform(30, -1, 1, 52)
    const { value, grad } = rosenbrockGrad(x)
    close([value], [rosenbrock(x)], 1e-15)
    close(
      grad,
      differences(() => rosenbrock(x), x),
      1e-9,
    )
    const along = x.map((_, i) =>
      slope((t) => rosenbrockGrad(x.map((xi, j) => xi + t * (v[j] as number))).grad[i] as number, 1e-2),
    )
    close(rosenbrockProduct(x, v), along, 1e-10)
  })

  it("fill, gather and scatter", () => {
    const x = data.uniform(25, -1, 1, 61)
    const index = data.indices(25, 25, 62)
    const pairs: [() => number, vectors.Slope][] = [
      [() => vectors.fill(x), vectors.fillGrad(x)],
      [() => vectors.gatherSquares(x, index), vectors.gatherSquaresGrad(x, index)],
      [() => vectors.scatterSquares(x, index), vectors.scatterSquaresGrad(x, index)],
    ]
    for (const [f, back] of pairs) {
      expect(back.value).toBe(f())
      close(back.grad, differences(f, x), 1e-9)
    }
  })

  it("refuse an index out of range", () => {
    expect(() => vectors.gatherSquares(new Float64Array(3), Int32Array.of(3))).toThrow("out of range")
    expect(() => vectors.gatherSquares(new Float64Array(3), Int32Array.of(-1))).toThrow("out of range")
  })

  it("return a tree of derivatives", () => {
    const tree = grow(4, 0)
    const { value, grad } = totalGrad(tree, 1.2)
    expect(value).toBe(total(tree, 1.2))
    const shifted = (t: Tree, n: number, by: number, seen: { count: number }): Tree =>
      t.leaf
        ? { leaf: true, value: seen.count++ === n ? t.value + by : t.value }
        : { leaf: false, left: shifted(t.left, n, by, seen), right: shifted(t.right, n, by, seen) }
    const leaves = (t: Tree): number[] => (t.leaf ? [t.value] : [...leaves(t.left), ...leaves(t.right)])
    const want = leaves(tree).map((_, n) => slope((t) => total(shifted(tree, n, t, { count: 0 }), 1.2), 1e-3))
    close(leaves(grad), want, 1e-9)
    expect(leftmost(grad)).toBe(leaves(grad)[0])
  })

  it("find the saddle and place the particle", () => {
    close(saddle(), [8.246324826140356e-6, 8.246324826140356e-6, 8.246324826140356e-6, 8.246324826140356e-6], 1e-6)
    close([missSlope(0.3)], [slope((t) => miss(0.3 + t), 1e-4)], 1e-7)
    close([particle()], [0.20719187464861194], 1e-9)
  })

  it("differentiate a perceptron", () => {
    const { p, x, y } = data.perceptron(4, 5, 3, 6)
    const { value, grad } = lossGrad(p, x, y, 6)
    close([value], [loss(p, x, y, 6)], 1e-14)
    for (const part of ["w1", "b1", "w2", "b2"] as const) {
      close(
        grad[part],
        differences(() => loss(p, x, y, 6), p[part]),
        1e-8,
      )
    }
  })

  it("fuse elementwise operations", () => {
    const [a, b, c] = [1, 2, 3].map((seed) => data.uniform(10, -1, 1, seed)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    const { value, grad } = chainGrad(a, b, c)
    expect(value).toBe(chain(a, b, c))
    close([value], [combine(a, b, c).reduce((s, x) => s + x, 0)], 1e-15)
    for (const [i, part] of [a, b, c].entries()) {
      close(
        grad[i] as Float64Array,
        differences(() => chain(a, b, c), part),
        1e-9,
      )
    }
  })
})
