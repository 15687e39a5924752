/**
 * The mixture's log-posterior in array form: one matrix product a component, and its hand-written adjoint.
 * Both use the products they are given, so that a comparison measures the program and not the kernels.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"
import { constants, logSumExp, type Mixture } from "./gmm.ts"
import { plain, type Products } from "./matmul.ts"

/** The lower factor of one component, row by row. */
function factor(icf: Float64Array, first: number, d: number): Float64Array {
  const out = new Float64Array(d * d)
  let l = first + d
  for (let q = 0; q < d; q++) {
    out[q * d + q] = Math.exp(at(icf, first + q))
    for (let r = q + 1; r < d; r++) out[r * d + q] = at(icf, l++)
  }
  return out
}

function centre(x: Float64Array, means: Float64Array, mean: number, d: number): Float64Array {
  const out = new Float64Array(x.length)
  for (let i = 0; i < x.length; i += d) for (let r = 0; r < d; r++) out[i + r] = at(x, i + r) - at(means, mean + r)
  return out
}

interface Pass {
  readonly main: Float64Array
  readonly factors: Float64Array[]
  readonly centred: Float64Array[]
  readonly scaled: Float64Array[]
  readonly prior: number
}

function forward(p: Mixture, x: Float64Array, d: number, gamma: number, m: number, products: Products): Pass {
  const k = p.alphas.length
  const n = x.length / d
  const size = (d * (d + 1)) / 2
  const main = new Float64Array(k * n)
  const factors: Float64Array[] = []
  const centred: Float64Array[] = []
  const scaled: Float64Array[] = []
  let prior = 0
  for (let c = 0; c < k; c++) {
    const l = factor(p.icf, c * size, d)
    const v = centre(x, p.means, c * d, d)
    const y = products.matmulRight(v, l, n, d, d)
    let logdet = 0
    for (let r = 0; r < d; r++) logdet += at(p.icf, c * size + r)
    let squares = 0
    for (let r = 0; r < d * d; r++) squares += at(l, r) * at(l, r)
    prior += 0.5 * gamma * gamma * squares - m * logdet
    const base = at(p.alphas, c) + logdet
    for (let i = 0; i < n; i++) {
      let s = 0
      for (let r = 0; r < d; r++) s += at(y, i * d + r) * at(y, i * d + r)
      main[c * n + i] = base - 0.5 * s
    }
    factors.push(l)
    centred.push(v)
    scaled.push(y)
  }
  return { main, factors, centred, scaled, prior }
}

/** Sums the points' log-sum-exps; leaves each point's softmax weights in `main` when asked. */
function reduce(main: Float64Array, k: number, n: number, weights: boolean): number {
  let f = 0
  for (let i = 0; i < n; i++) {
    let top = -Infinity
    for (let c = 0; c < k; c++) top = Math.max(top, at(main, c * n + i))
    let s = 0
    for (let c = 0; c < k; c++) s += Math.exp(at(main, c * n + i) - top)
    const whole = top + Math.log(s)
    f += whole
    if (weights) for (let c = 0; c < k; c++) main[c * n + i] = Math.exp(at(main, c * n + i) - whole)
  }
  return f
}

/** The log-posterior of the points x (n, d). */
export function gmmArray(
  p: Mixture,
  x: Float64Array,
  d: number,
  gamma: number,
  m: number,
  products: Products = plain,
): number {
  const k = p.alphas.length
  const n = x.length / d
  const { main, prior } = forward(p, x, d, gamma, m, products)
  return constants(n, d, k, gamma, m) + reduce(main, k, n, false) - n * logSumExp(p.alphas, k) + prior
}

/** The log-posterior and its gradient in the form of the parameters. */
export function gmmArrayGrad(
  p: Mixture,
  x: Float64Array,
  d: number,
  gamma: number,
  m: number,
  products: Products = plain,
): { value: number; grad: Mixture } {
  const k = p.alphas.length
  const n = x.length / d
  const size = (d * (d + 1)) / 2
  const { main, factors, centred, scaled, prior } = forward(p, x, d, gamma, m, products)
  const f = reduce(main, k, n, true)
  const spread = logSumExp(p.alphas, k)
  const alphas = new Float64Array(k)
  const means = new Float64Array(k * d)
  const icf = new Float64Array(k * size)
  for (let c = 0; c < k; c++) {
    const l = factors[c] as Float64Array
    const v = centred[c] as Float64Array
    const g = scaled[c] as Float64Array
    let weights = 0
    for (let i = 0; i < n; i++) {
      const w = at(main, c * n + i)
      weights += w
      for (let r = 0; r < d; r++) g[i * d + r] = -w * at(g, i * d + r)
    }
    const gl = products.matmulLeft(g, v, d, n, d)
    const gv = products.matmul(g, l, n, d, d)
    for (let i = 0; i < n * d; i += d) {
      for (let r = 0; r < d; r++) means[c * d + r] = at(means, c * d + r) - at(gv, i + r)
    }
    for (let r = 0; r < d * d; r++) gl[r] = at(gl, r) + gamma * gamma * at(l, r)
    let at0 = c * size + d
    for (let q = 0; q < d; q++) {
      icf[c * size + q] = at(gl, q * d + q) * at(l, q * d + q) + weights - m
      for (let r = q + 1; r < d; r++) icf[at0++] = at(gl, r * d + q)
    }
    alphas[c] = weights - n * Math.exp(at(p.alphas, c) - spread)
  }
  return { value: constants(n, d, k, gamma, m) + f - n * spread + prior, grad: { alphas, means, icf } }
}
