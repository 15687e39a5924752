/**
 * TensorFlow.js on its CPU backend, as its guide writes such programs: whole tensors, `tidy`, `valueAndGrad`.
 * Its tensors hold single precision, so that its answers are compared loosely.
 * It must not know how it is timed.
 */
import * as tf from "@tensorflow/tfjs"
import * as data from "../data.ts"
import type { Peer, PeerRow } from "./peer.ts"

await tf.setBackend("cpu")
await tf.ready()

const tolerance = 2e-3
const R = 8.3144598
const T = 300

/** Runs a function, waits for its numbers and frees what it made. */
function forced(f: () => tf.Tensor | tf.Tensor[]): () => unknown {
  return () =>
    tf.tidy(() => {
      const out = f()
      return Array.isArray(out) ? out.map((t) => t.dataSync()) : out.dataSync()
    })
}

/** A value and its gradients as flat arrays. */
function forcedGradients(f: (...x: tf.Tensor[]) => tf.Scalar, x: tf.Tensor[]): () => unknown {
  const back = tf.valueAndGrads(f)
  return forced(() => {
    const { value, grads } = back(x)
    return [value, ...grads]
  })
}

function helmholtz(n: number): PeerRow {
  const fluid = data.fluid(n)
  const x = tf.tensor1d(Float32Array.from(fluid.x))
  const b = tf.tensor1d(Float32Array.from(fluid.b))
  const a = tf.tensor2d(Float32Array.from(fluid.a), [n, n])
  const f = (x: tf.Tensor): tf.Scalar => {
    const bx = tf.dot(b, x)
    const logs = tf.sum(tf.log(tf.div(x, tf.sub(1, bx))))
    const xax = tf.dot(x, tf.dot(a, x))
    const up = tf.add(1, tf.mul(1 + Math.SQRT2, bx))
    const down = tf.add(1, tf.mul(1 - Math.SQRT2, bx))
    const attraction = tf.mul(tf.div(xax, tf.mul(Math.sqrt(8), bx)), tf.log(tf.div(up, down)))
    return tf.sub(tf.mul(R * T, logs), attraction)
  }
  return { primal: forced(() => f(x)), gradient: forcedGradients(f, [x]), tolerance }
}

function gmm(d: number, k: number): PeerRow {
  const n = 1000
  const { p, x } = data.mixture(d, k, n)
  const size = (d * (d + 1)) / 2
  const alphas = tf.tensor1d(Float32Array.from(p.alphas))
  const means = tf.tensor2d(Float32Array.from(p.means), [k, d])
  const icf = tf.tensor2d(Float32Array.from(p.icf), [k, size])
  const points = tf.tensor3d(Float32Array.from(x), [1, n, d])
  // where each element of the lower factors stands among the parameters; a column of zeros fills the upper part
  const places = new Int32Array(d * d).fill(size)
  for (let q = 0, l = d; q < d; q++) {
    places[q * d + q] = q
    for (let r = q + 1; r < d; r++) places[r * d + q] = l++
  }
  const where = tf.tensor1d(places, "int32")
  const zeros = tf.zeros([k, 1])
  const freedom = d + 1
  let logGamma = ((d * (d - 1)) / 4) * Math.log(Math.PI)
  for (let j = 1; j <= d; j++) logGamma += halfGamma(0.5 * freedom + (1 - j) / 2)
  const constant = -n * d * 0.5 * Math.log(2 * Math.PI) - k * (-freedom * d * 0.5 * Math.log(2) - logGamma)
  const f = (alphas: tf.Tensor, means: tf.Tensor, icf: tf.Tensor): tf.Scalar => {
    const logs = tf.slice(icf, [0, 0], [k, d])
    const scale = tf.exp(logs)
    const rest = tf.slice(icf, [0, d], [k, size - d])
    const factors = tf.reshape(tf.gather(tf.concat([scale, rest, zeros], 1), where, 1), [k, d, d])
    const centred = tf.sub(points, tf.expandDims(means, 1))
    const scaled = tf.matMul(centred, factors, false, true)
    const base = tf.add(alphas, tf.sum(logs, 1))
    const main = tf.sub(tf.expandDims(base, 1), tf.mul(0.5, tf.sum(tf.square(scaled), 2)))
    const prior = tf.mul(0.5, tf.add(tf.sum(tf.square(scale)), tf.sum(tf.square(rest))))
    const spread = tf.mul(n, tf.logSumExp(alphas))
    return tf.add(tf.sub(tf.sum(tf.logSumExp(main, 0)), spread), tf.add(prior, constant))
  }
  const run = f as unknown as (...x: tf.Tensor[]) => tf.Scalar
  return {
    primal: forced(() => f(alphas, means, icf)),
    gradient: forcedGradients(run, [alphas, means, icf]),
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
  const w1 = tf.tensor2d(Float32Array.from(p.w1), [64, 64])
  const b1 = tf.tensor1d(Float32Array.from(p.b1))
  const w2 = tf.tensor2d(Float32Array.from(p.w2), [64, 10])
  const b2 = tf.tensor1d(Float32Array.from(p.b2))
  const inputs = tf.tensor2d(Float32Array.from(x), [32, 64])
  const targets = tf.tensor2d(Float32Array.from(y), [32, 10])
  const f = (...p: tf.Tensor[]): tf.Scalar => {
    const [w1, b1, w2, b2] = p as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D]
    const hidden = tf.tanh(tf.add(tf.matMul(inputs, w1), b1)) as tf.Tensor2D
    const logits = tf.add(tf.matMul(hidden, w2), b2)
    return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar
  }
  return {
    primal: forced(() => f(w1, b1, w2, b2)),
    gradient: forcedGradients(f, [w1, b1, w2, b2]),
    tolerance,
  }
}

function elementwise(): PeerRow {
  const [a, b, c] = [71, 72, 73].map((seed) => tf.tensor1d(Float32Array.from(data.uniform(1e6, -1, 1, seed)))) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ]
  const combine = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => tf.sub(tf.add(tf.mul(a, b), tf.mul(c, a)), b)
  const total = (...x: tf.Tensor[]): tf.Scalar => tf.sum(combine(...(x as [tf.Tensor, tf.Tensor, tf.Tensor])))
  return { primal: forced(() => combine(a, b, c)), gradient: forcedGradients(total, [a, b, c]), tolerance }
}

function rosenbrock(n: number, product: boolean): PeerRow {
  const x = tf.tensor1d(Float32Array.from(data.uniform(n, -2, 2, 51)))
  const v = tf.tensor1d(Float32Array.from(data.uniform(n, -1, 1, 52)))
  const f = (x: tf.Tensor): tf.Scalar => {
    const head = tf.slice(x, [0], [n - 1])
    const t = tf.sub(tf.slice(x, [1], [n - 1]), tf.square(head))
    return tf.sum(tf.add(tf.mul(100, tf.square(t)), tf.square(tf.sub(1, head))))
  }
  if (!product) return { primal: forced(() => f(x)), gradient: forcedGradients(f, [x]), tolerance }
  const along = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(tf.grad(f)(x), v)))
  return { gradient: forced(() => along(x)), tolerance }
}

function vector(kind: "fill" | "gather" | "scatter", n: number): PeerRow {
  const x = tf.tensor1d(Float32Array.from(data.uniform(n, -1, 1, 61)))
  const index = tf.tensor1d(data.indices(n, n, 62), "int32")
  const f = (x: tf.Tensor): tf.Scalar => {
    if (kind === "fill") return tf.sum(tf.square(tf.mul(x, tf.reverse(x))))
    if (kind === "gather") return tf.sum(tf.square(tf.gather(x, index)))
    return tf.sum(tf.square(tf.scatterND(tf.expandDims(index, 1), x, [n])))
  }
  const primal = forced(() => f(x))
  if (kind === "fill") return { primal, gradient: forcedGradients(f, [x]), tolerance }
  return { primal, gradient: kind === "gather" ? "quadratic: minutes" : "no gradient", tolerance }
}

function bundle(): PeerRow {
  const n = 10_000
  const s = data.scene(50, 2000, n)
  const packed = new Float32Array(15 * n)
  for (let i = 0; i < n; i++) {
    const c = 11 * (s.camera[i] as number)
    const q = 3 * (s.point[i] as number)
    packed.set(s.cameras.subarray(c, c + 11), 15 * i)
    packed.set(s.points.subarray(q, q + 3), 15 * i + 11)
    packed[15 * i + 14] = s.weights[i] as number
  }
  const q = tf.tensor2d(packed, [n, 15])
  const features = tf.tensor2d(Float32Array.from(s.features), [n, 2])
  const cross = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
    const [a0, a1, a2] = tf.split(a, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor]
    const [b0, b1, b2] = tf.split(b, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor]
    const minus = (p: tf.Tensor, q: tf.Tensor, r: tf.Tensor, s: tf.Tensor) => tf.sub(tf.mul(p, q), tf.mul(r, s))
    return tf.concat([minus(a1, b2, a2, b1), minus(a2, b0, a0, b2), minus(a0, b1, a1, b0)], 1)
  }
  const residuals = (q: tf.Tensor): tf.Tensor => {
    const part = (from: number, width: number) => tf.slice(q, [0, from], [n, width])
    const r = part(0, 3)
    const x = tf.sub(part(11, 3), part(3, 3))
    const angle = tf.sqrt(tf.sum(tf.square(r), 1, true))
    const u = tf.div(r, angle)
    const cos = tf.cos(angle)
    const along = tf.mul(tf.sum(tf.mul(u, x), 1, true), tf.sub(1, cos))
    const seen = tf.add(tf.add(tf.mul(x, cos), tf.mul(cross(u, x), tf.sin(angle))), tf.mul(u, along))
    const p = tf.div(tf.slice(seen, [0, 0], [n, 2]), tf.slice(seen, [0, 2], [n, 1]))
    const radius = tf.sum(tf.square(p), 1, true)
    const distortion = tf.add(1, tf.add(tf.mul(part(9, 1), radius), tf.mul(part(10, 1), tf.square(radius))))
    return tf.mul(part(14, 1), tf.sub(tf.add(tf.mul(p, tf.mul(distortion, part(6, 1))), part(7, 2)), features))
  }
  // observations do not meet, so that the gradient of a sum of errors has the rows of all Jacobians
  const rows = [0, 1].map((o) => tf.grad((q: tf.Tensor) => tf.sum(tf.slice(residuals(q), [0, o], [n, 1]))))
  return {
    primal: forced(() => residuals(q)),
    gradient: forced(() =>
      tf.stack(
        rows.map((row) => row(q)),
        1,
      ),
    ),
    tolerance,
  }
}

const slow = "an eager operation a step: minutes"

/** TensorFlow.js. */
export const peer: Peer = {
  name: "tfjs",
  precision: "float32",
  missing: "not expressible",
  rows: {
    "logistic-1e6": () => ({ primal: slow, gradient: slow, tolerance }),
    newton: () => ({ primal: "single precision does not converge", gradient: "the same", tolerance }),
    nbody: () => ({ primal: slow, gradient: slow, tolerance }),
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
    "scatter-1e5": () => vector("scatter", 1e5),
    "scatter-1e6": () => vector("scatter", 1e6),
    bundle,
    mlp,
    elementwise,
  },
}
