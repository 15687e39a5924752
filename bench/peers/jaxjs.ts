/**
 * jax-js on its WebAssembly backend in double precision, each function under `jit`, as its guide advises.
 * Its arrays are owned and counted: an argument that is used again is passed as `.ref`.
 * It must not know how it is timed.
 */
import { init, jit, jvp, grad, nn, numpy as np, valueAndGrad, vmap } from "@jax-js/jax"
import * as data from "../data.ts"
import type { Peer, PeerRow } from "./peer.ts"

await init("wasm")

type Arrays = np.Array | Arrays[]

// its transcendental functions are of about single accuracy, also in double precision
const tolerance = 2e-5
const R = 8.3144598
const T = 300

function vectorOf(x: ArrayLike<number>): np.Array {
  return np.array(Float64Array.from(x))
}

function matrixOf(x: Float64Array, rows: number): np.Array {
  return np.array(new Float64Array(x)).reshape([rows, x.length / rows])
}

/** Calls a jitted function on kept arguments and waits for its numbers. */
function forced(f: (...x: np.Array[]) => Arrays, ...x: np.Array[]): () => unknown {
  return () => numbers(f(...x.map((a) => a.ref)))
}

function numbers(x: Arrays): unknown {
  return Array.isArray(x) ? x.map(numbers) : x.dataSync()
}

function helmholtz(n: number): PeerRow {
  const fluid = data.fluid(n)
  const f = (x: np.Array, b: np.Array, a: np.Array): np.Array => {
    const bx = np.dot(b, x.ref)
    const logs = np.sum(np.log(x.ref.div(np.subtract(1, bx.ref))))
    const xax = np.dot(x.ref, np.dot(a, x))
    const up = bx.ref.mul(1 + Math.SQRT2).add(1)
    const down = bx.ref.mul(1 - Math.SQRT2).add(1)
    return logs.mul(R * T).sub(xax.div(bx.mul(Math.sqrt(8))).mul(np.log(up.div(down))))
  }
  const args: [np.Array, np.Array, np.Array] = [vectorOf(fluid.x), vectorOf(fluid.b), matrixOf(fluid.a, n)]
  return { primal: forced(jit(f), ...args), gradient: forced(jit(valueAndGrad(f)), ...args), tolerance }
}

function gmm(d: number, k: number): PeerRow {
  const n = 1000
  const { p, x } = data.mixture(d, k, n)
  const size = (d * (d + 1)) / 2
  // its gather has no gradient under jit, so that a matrix of zeros and ones puts the parameters in their places
  const places = new Float64Array(size * d * d)
  for (let q = 0, l = d; q < d; q++) {
    places[q * d * d + q * d + q] = 1
    for (let r = q + 1; r < d; r++) places[l++ * d * d + r * d + q] = 1
  }
  const freedom = d + 1
  let logGamma = ((d * (d - 1)) / 4) * Math.log(Math.PI)
  for (let j = 1; j <= d; j++) logGamma += halfGamma(0.5 * freedom + (1 - j) / 2)
  const constant = -n * d * 0.5 * Math.log(2 * Math.PI) - k * (-freedom * d * 0.5 * Math.log(2) - logGamma)
  const where = matrixOf(places, size)
  const f = (alphas: np.Array, means: np.Array, icf: np.Array, points: np.Array): np.Array => {
    const logs = icf.ref.slice([], [0, d])
    const scale = np.exp(logs.ref)
    const rest = icf.slice([], [d, size])
    const all = np.concatenate([scale.ref, rest.ref], 1)
    const factors = np.matmul(all, where.ref).reshape([k, d, d])
    const centred = points.reshape([1, n, d]).sub(means.reshape([k, 1, d]))
    const scaled = np.matmul(centred, np.transpose(factors, [0, 2, 1]))
    const base = alphas.ref.add(np.sum(logs, 1)).reshape([k, 1])
    const main = base.sub(np.sum(np.square(scaled), 2).mul(0.5))
    const prior = np
      .sum(np.square(scale))
      .add(np.sum(np.square(rest)))
      .mul(0.5)
    const spread = nn.logsumexp(alphas).mul(n)
    return np.sum(nn.logsumexp(main, 0)).sub(spread).add(prior).add(constant)
  }
  const args: [np.Array, np.Array, np.Array, np.Array] = [
    vectorOf(p.alphas),
    matrixOf(p.means, k),
    matrixOf(p.icf, k),
    matrixOf(x, n),
  ]
  return {
    primal: forced(jit(f), ...args),
    gradient: forced(jit(valueAndGrad(f, { argnums: [0, 1, 2] })) as (...x: np.Array[]) => Arrays, ...args),
    tolerance,
  }
}

/** ln Γ at a positive multiple of one half. */
function halfGamma(a: number): number {
  let s = a % 1 === 0 ? 0 : 0.5 * Math.log(Math.PI)
  for (let x = a - 1; x > 0; x--) s += Math.log(x)
  return s
}

function mlp(): PeerRow {
  const { p, x, y } = data.perceptron(64, 64, 10, 32)
  const f = (w1: np.Array, b1: np.Array, w2: np.Array, b2: np.Array, x: np.Array, y: np.Array): np.Array => {
    const hidden = np.tanh(np.matmul(x, w1).add(b1))
    const logits = np.matmul(hidden, w2).add(b2)
    return np.mean(nn.logsumexp(logits.ref, 1).sub(np.sum(logits.mul(y), 1)))
  }
  const args: [np.Array, np.Array, np.Array, np.Array, np.Array, np.Array] = [
    matrixOf(p.w1, 64),
    vectorOf(p.b1),
    matrixOf(p.w2, 64),
    vectorOf(p.b2),
    matrixOf(x, 32),
    matrixOf(y, 32),
  ]
  return {
    primal: forced(jit(f), ...args),
    gradient: forced(jit(valueAndGrad(f, { argnums: [0, 1, 2, 3] })) as (...x: np.Array[]) => Arrays, ...args),
    tolerance,
  }
}

function elementwise(): PeerRow {
  const args = [71, 72, 73].map((seed) => vectorOf(data.uniform(1e6, -1, 1, seed))) as [np.Array, np.Array, np.Array]
  const combine = (a: np.Array, b: np.Array, c: np.Array): np.Array => a.ref.mul(b.ref).add(c.mul(a)).sub(b)
  const total = (a: np.Array, b: np.Array, c: np.Array): np.Array => np.sum(combine(a, b, c))
  return {
    primal: forced(jit(combine), ...args),
    gradient: forced(jit(valueAndGrad(total, { argnums: [0, 1, 2] })) as (...x: np.Array[]) => Arrays, ...args),
    tolerance,
  }
}

function rosenbrock(n: number, product: boolean): PeerRow {
  const x = vectorOf(data.uniform(n, -2, 2, 51))
  const v = vectorOf(data.uniform(n, -1, 1, 52))
  const f = (x: np.Array): np.Array => {
    const head = x.ref.slice([0, n - 1])
    const t = x.slice([1, n]).sub(np.square(head.ref))
    return np.sum(
      np
        .square(t)
        .mul(100)
        .add(np.square(np.subtract(1, head))),
    )
  }
  if (!product) return { primal: forced(jit(f), x), gradient: forced(jit(valueAndGrad(f)), x), tolerance }
  const along = jit((x: np.Array, v: np.Array): np.Array => {
    const [g, hv] = jvp(grad(f), [x], [v])
    g.dispose()
    return hv
  })
  return { gradient: forced(along, x, v), tolerance }
}

function vector(kind: "fill" | "gather", n: number): PeerRow {
  const x = vectorOf(data.uniform(n, -1, 1, 61))
  const index = np.array(new Int32Array(data.indices(n, n, 62)))
  const f = (x: np.Array, index: np.Array): np.Array => {
    if (kind === "gather") return np.sum(np.square(np.take(x, index)))
    index.dispose()
    return np.sum(np.square(x.ref.mul(np.flip(x))))
  }
  return { primal: forced(jit(f), x, index), gradient: forced(jit(valueAndGrad(f)), x, index), tolerance }
}

function bundle(): PeerRow {
  const n = 10_000
  const s = data.scene(50, 2000, n)
  const packed = new Float64Array(15 * n)
  for (let i = 0; i < n; i++) {
    const c = 11 * (s.camera[i] as number)
    const q = 3 * (s.point[i] as number)
    packed.set(s.cameras.subarray(c, c + 11), 15 * i)
    packed.set(s.points.subarray(q, q + 3), 15 * i + 11)
    packed[15 * i + 14] = s.weights[i] as number
  }
  const residual = (q: np.Array, feature: np.Array): np.Array => {
    const r = q.ref.slice([0, 3])
    const x = q.ref.slice([11, 14]).sub(q.ref.slice([3, 6]))
    const angle = np.sqrt(np.sum(np.square(r.ref)))
    const u = r.div(angle.ref)
    const cos = np.cos(angle.ref)
    const along = np.sum(u.ref.mul(x.ref)).mul(np.subtract(1, cos.ref))
    const turned = np.cross(u.ref, x.ref).mul(np.sin(angle))
    const seen = x.mul(cos).add(turned).add(u.mul(along))
    const p = seen.ref.slice([0, 2]).div(seen.slice([2, 3]))
    const radius = np.sum(np.square(p.ref))
    const distortion = q.ref
      .slice([9, 10])
      .mul(radius.ref)
      .add(q.ref.slice([10, 11]).mul(np.square(radius)))
      .add(1)
    const image = p.mul(distortion.mul(q.ref.slice([6, 7]))).add(q.ref.slice([7, 9]))
    return image.sub(feature).mul(q.slice([14, 15]))
  }
  const q = matrixOf(packed, n)
  const features = matrixOf(s.features, n)
  // `jacrev` under `vmap` fails on this function, and the gradient of a slice is wrong under `jit`; observations
  // do not meet, so that the gradient of the sum of the errors under a mask has the rows of all Jacobians
  const masks = [vectorOf([1, 0]), vectorOf([0, 1])]
  const rows = masks.map((mask) =>
    grad((q: np.Array, features: np.Array) => np.sum(vmap(residual)(q, features).mul(mask.ref))),
  )
  const jacobians = (q: np.Array, features: np.Array): np.Array =>
    np.stack(
      rows.map((row) => row(q.ref, features.ref)),
      1,
    )
  return { primal: forced(jit(vmap(residual)), q, features), gradient: forced(jit(jacobians), q, features), tolerance }
}

const loops = "no loop under jit"

/** jax-js. */
export const peer: Peer = {
  name: "jaxjs",
  precision: "float64",
  missing: "not expressible",
  rows: {
    "logistic-1e6": () => ({ primal: loops, gradient: loops, tolerance }),
    newton: () => ({ primal: loops, gradient: loops, tolerance }),
    nbody: () => ({ primal: loops, gradient: loops, tolerance }),
    "scatter-1e5": () => ({ primal: "no scatter", gradient: "no scatter", tolerance }),
    "scatter-1e6": () => ({ primal: "no scatter", gradient: "no scatter", tolerance }),
    "helmholtz-8": () => helmholtz(8),
    "helmholtz-50": () => helmholtz(50),
    "helmholtz-500": () => helmholtz(500),
    "helmholtz-array-50": () => helmholtz(50),
    "helmholtz-array-500": () => helmholtz(500),
    "gmm-d10-k10": () => gmm(10, 10),
    "gmm-d20-k25": () => gmm(20, 25),
    "gmm-array-d10-k10": () => gmm(10, 10),
    "gmm-array-d20-k25": () => gmm(20, 25),
    rosenbrock: () => rosenbrock(1000, false),
    "rosenbrock-hvp": () => rosenbrock(1000, true),
    "fill-1e5": () => vector("fill", 1e5),
    "fill-1e6": () => vector("fill", 1e6),
    "gather-1e5": () => vector("gather", 1e5),
    "gather-1e6": () => vector("gather", 1e6),
    bundle,
    mlp,
    elementwise,
  },
}
