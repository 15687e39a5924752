/**
 * Workloads over structures: small vectors, records, trees, and functions that take gradients of functions.
 * Every input is made once and shared by all contestants.
 * It must not know how they are timed.
 */
import { matrix } from "../adl.ts"
import * as data from "../data.ts"
import { jacobians, residuals } from "../hand/bundle.ts"
import { nbody, nbodyGrad, type Bodies } from "../hand/nbody.ts"
import { particle } from "../hand/particle.ts"
import { saddle } from "../hand/saddle.ts"
import { grow, leftmost, total, totalGrad } from "../hand/tree.ts"
import type { Rows, Targets, Workload } from "./workload.ts"

function bundleRow(observations: number): Workload {
  const s = data.scene(50, 2000, observations)
  const scene = {
    cameras: matrix(s.cameras, 50),
    points: matrix(s.points, 2000),
    weights: s.weights,
    features: matrix(s.features, observations),
    camera: Float64Array.from(s.camera),
    point: Float64Array.from(s.point),
  }
  return {
    title: "bundle adjustment, 10,000 observations, 2 × 15 Jacobians",
    program: "bundle.adl",
    second: "all Jacobians",
    primal: {
      hand: () => residuals(s),
      adl: (program) => {
        const f = program.fn("residuals")
        return () => f(scene)
      },
      targets: { auto: 1.3 },
    },
    gradient: {
      hand: () => jacobians(s),
      adl: (program) => {
        const f = program.fn("jacobians")
        return () => f(scene)
      },
      targets: { auto: 1.8 },
    },
  }
}

interface Body {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly vx: number
  readonly vy: number
  readonly vz: number
  readonly m: number
}

function records(bodies: Bodies): Body[] {
  const { position: p, velocity: v, mass } = bodies
  const at = (a: Float64Array, i: number) => a[i] as number
  return Array.from(mass, (m, i) => ({
    x: at(p, 3 * i),
    y: at(p, 3 * i + 1),
    z: at(p, 3 * i + 2),
    vx: at(v, 3 * i),
    vy: at(v, 3 * i + 1),
    vz: at(v, 3 * i + 2),
    m,
  }))
}

function nbodyRow(): Workload {
  const planets = data.planets(5)
  const bodies = records(planets)
  return {
    title: "n-body over records, 5 bodies, 1000 steps",
    program: "nbody.adl",
    primal: {
      hand: () => nbody(planets, 1000, 0.01),
      adl: (program) => {
        const f = program.fn("nbody")
        return () => f(bodies, 1000, 0.01)
      },
      targets: { auto: 1.5 },
      tolerance: 1e-8,
    },
    gradient: {
      hand: () => nbodyGrad(planets, 1000, 0.01),
      adl: (program) => {
        const f = program.fn("nbody").valueAndGrad({ wrt: "bodies" })
        return () => f(bodies, 1000, 0.01)
      },
      arrange: (answer) => {
        const { value, grad } = answer as ReturnType<typeof nbodyGrad>
        return { value, grad: records(grad) }
      },
      targets: { auto: 2 },
      tolerance: 1e-8,
    },
  }
}

function treeRow(): Workload {
  const tree = grow(16, 0)
  return {
    title: "recursion over a tree of 131,071 nodes",
    program: "tree.adl",
    primal: {
      hand: () => total(tree, 1.1),
      adl: (program) => {
        const f = program.fn("value")
        return () => f(1.1)
      },
      targets: { auto: 1.5 },
    },
    gradient: {
      hand: () => leftmost(totalGrad(tree, 1.1).grad),
      adl: (program) => {
        const f = program.fn("slope")
        return () => f(1.1)
      },
      targets: { auto: 1.5 },
    },
  }
}

const mixes = ["forward-forward", "forward-reverse", "reverse-forward", "reverse-reverse"]

function nestedRows(name: string, hand: () => unknown): Rows {
  const targets: Targets = { auto: 3 }
  const row = (mix: string): Workload => ({
    title: `${name}, ${mix.replace("-", " over ")}`,
    program: `${name}.adl`,
    second: "nested gradients",
    gradient: {
      hand,
      adl: (program) => {
        const f = program.fn(mix.replace("-", "_"))
        return () => f()
      },
      targets,
      tolerance: 1e-6,
    },
  })
  return Object.fromEntries(mixes.map((mix) => [`${name}-${mix}`, () => row(mix)]))
}

/** The rows. */
export const structured: Rows = {
  bundle: () => bundleRow(10_000),
  nbody: nbodyRow,
  tree: treeRow,
  ...nestedRows("saddle", saddle),
  ...nestedRows("particle", particle),
}
