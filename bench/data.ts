/**
 * The inputs of the benchmark workloads: deterministic, of the sizes that the table names.
 * Pseudo-random numbers come from one small generator with a fixed seed, so that every contestant sees the same.
 * It must not know who computes with them.
 */
import type { Bodies } from "./hand/nbody.ts"
import type { Mixture } from "./hand/gmm.ts"
import type { Scene } from "./hand/bundle.ts"
import type { Layers } from "./hand/mlp.ts"

/** Uniform numbers in [0, 1), the same in every run. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** An array of numbers between two bounds. */
export function uniform(n: number, low: number, high: number, seed: number): Float64Array {
  const next = generator(seed)
  return Float64Array.from({ length: n }, () => low + (high - low) * next())
}

/** Indices below a bound. */
export function indices(n: number, bound: number, seed: number): Int32Array {
  const next = generator(seed)
  return Int32Array.from({ length: n }, () => Math.floor(bound * next()))
}

/** The survey's fluid: x, b and the interaction matrix a, row by row. */
export function fluid(n: number): { x: Float64Array; b: Float64Array; a: Float64Array } {
  const x = Float64Array.from({ length: n }, (_, i) => 0.5 / (i + 1) + 1 / (8 * n))
  const b = Float64Array.from({ length: n }, (_, i) => (i + 1) / (128 * n))
  const a = Float64Array.from({ length: n * n }, (_, e) => 1 / (1 + Math.floor(e / n) + (e % n)))
  return { x, b, a }
}

/** A mixture of k components and n points in d dimensions. */
export function mixture(d: number, k: number, n: number): { p: Mixture; x: Float64Array } {
  return {
    p: {
      alphas: uniform(k, -1, 1, 11),
      means: uniform(k * d, -1, 1, 12),
      icf: uniform((k * d * (d + 1)) / 2, -0.5, 0.5, 13),
    },
    x: uniform(n * d, -2, 2, 14),
  }
}

/** Cameras that look at points: every observation is of one camera and one point. */
export function scene(cameras: number, points: number, observations: number): Scene {
  const next = generator(21)
  const noise = (size: number) => size * (2 * next() - 1)
  const cams: number[] = []
  for (let i = 0; i < cameras; i++) {
    cams.push(0.3 + noise(0.2), noise(0.3), noise(0.3), noise(1), noise(1), -10 + noise(1))
    cams.push(500 + noise(50), noise(5), noise(5), noise(0.05), noise(0.01))
  }
  return {
    cameras: Float64Array.from(cams),
    points: uniform(3 * points, -3, 3, 22),
    weights: uniform(observations, 0.5, 1.5, 23),
    features: uniform(2 * observations, -200, 200, 24),
    camera: indices(observations, cameras, 25),
    point: indices(observations, points, 26),
  }
}

/** A heavy body at rest and lighter ones around it. */
export function planets(n: number): Bodies {
  const position = new Float64Array(3 * n)
  const velocity = new Float64Array(3 * n)
  const mass = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const radius = i === 0 ? 0 : 0.5 + 0.7 * i
    const speed = i === 0 ? 0 : 1 / Math.sqrt(radius)
    position.set([radius * Math.cos(2 * i), radius * Math.sin(2 * i), 0.05 * i], 3 * i)
    velocity.set([-speed * Math.sin(2 * i), speed * Math.cos(2 * i), 0.01 * i], 3 * i)
    mass[i] = i === 0 ? 1 : 0.001 * i
  }
  return { position, velocity, mass }
}

/** A perceptron, a batch of inputs and one-hot targets. */
export function perceptron(
  inputs: number,
  width: number,
  outputs: number,
  batch: number,
): { p: Layers; x: Float64Array; y: Float64Array } {
  const y = new Float64Array(batch * outputs)
  indices(batch, outputs, 35).forEach((label, i) => (y[i * outputs + label] = 1))
  return {
    p: {
      w1: uniform(inputs * width, -0.2, 0.2, 31),
      b1: uniform(width, -0.1, 0.1, 32),
      w2: uniform(width * outputs, -0.2, 0.2, 33),
      b2: uniform(outputs, -0.1, 0.1, 34),
    },
    x: uniform(batch * inputs, -1, 1, 36),
    y,
  }
}
