/**
 * Log-posterior of a Gaussian mixture (the objective of ADBench), and its hand-written adjoint.
 * The adjoint handles one point at a time: terms first, then their softmax weights, which scale all that flows back.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"

/** Parameters in ADBench's layout, flat: alphas (k), means (k, d), icf (k, d (d + 1) / 2). */
export interface Mixture {
  readonly alphas: Float64Array
  readonly means: Float64Array
  readonly icf: Float64Array
}

/** ln Γ at a positive multiple of one half, exactly by its recurrence. */
function logGammaOfHalves(a: number): number {
  let s = 0
  let x = a
  while (x > 1) {
    x -= 1
    s += Math.log(x)
  }
  return x === 0.5 ? s + 0.5 * Math.log(Math.PI) : s
}

function logGammaMultivariate(a: number, d: number): number {
  let s = ((d * (d - 1)) / 4) * Math.log(Math.PI)
  for (let j = 1; j <= d; j++) s += logGammaOfHalves(a + (1 - j) / 2)
  return s
}

/** ln of the sum of the exponentials of the first n numbers. */
export function logSumExp(v: Float64Array, n: number): number {
  let top = -Infinity
  for (let i = 0; i < n; i++) {
    const x = at(v, i)
    if (x > top) top = x
  }
  let s = 0
  for (let i = 0; i < n; i++) s += Math.exp(at(v, i) - top)
  return top + Math.log(s)
}

/** What does not depend on the parameters: the normalisation and the constant of the prior. */
export function constants(n: number, d: number, k: number, gamma: number, m: number): number {
  const freedom = d + m + 1
  const constant = freedom * d * (Math.log(gamma) - 0.5 * Math.log(2)) - logGammaMultivariate(0.5 * freedom, d)
  return -n * d * 0.5 * Math.log(2 * Math.PI) - k * constant
}

/** The log-posterior of the points x (n, d), flat. */
export function gmm(p: Mixture, x: Float64Array, d: number, gamma: number, m: number): number {
  const { alphas, means, icf } = p
  const k = alphas.length
  const n = x.length / d
  const size = (d * (d + 1)) / 2
  const scale = new Float64Array(k * d)
  const logdets = new Float64Array(k)
  const terms = new Float64Array(k)
  const centred = new Float64Array(d)
  const scaled = new Float64Array(d)
  let prior = 0
  for (let c = 0; c < k; c++) {
    let logdet = 0
    let squares = 0
    for (let r = 0; r < d; r++) {
      const log = at(icf, c * size + r)
      const e = Math.exp(log)
      logdet += log
      squares += e * e
      scale[c * d + r] = e
    }
    for (let r = d; r < size; r++) {
      const l = at(icf, c * size + r)
      squares += l * l
    }
    logdets[c] = logdet
    prior += 0.5 * gamma * gamma * squares - m * logdet
  }
  let f = constants(n, d, k, gamma, m)
  for (let i = 0; i < n; i++) {
    const point = i * d
    for (let c = 0; c < k; c++) {
      const mean = c * d
      for (let r = 0; r < d; r++) {
        const v = at(x, point + r) - at(means, mean + r)
        centred[r] = v
        scaled[r] = at(scale, mean + r) * v
      }
      let l = c * size + d
      let distance = 0
      for (let q = 0; q < d; q++) {
        const v = at(centred, q)
        for (let r = q + 1; r < d; r++) scaled[r] = at(scaled, r) + at(icf, l++) * v
        const y = at(scaled, q)
        distance += y * y
      }
      terms[c] = at(alphas, c) + at(logdets, c) - 0.5 * distance
    }
    f += logSumExp(terms, k)
  }
  return f - n * logSumExp(alphas, k) + prior
}

/** The log-posterior and its gradient in the form of the parameters. */
export function gmmGrad(
  p: Mixture,
  x: Float64Array,
  d: number,
  gamma: number,
  m: number,
): { value: number; grad: Mixture } {
  const { alphas, means, icf } = p
  const k = alphas.length
  const n = x.length / d
  const size = (d * (d + 1)) / 2
  const scale = new Float64Array(k * d)
  const logdets = new Float64Array(k)
  const terms = new Float64Array(k)
  const centred = new Float64Array(k * d)
  const scaled = new Float64Array(k * d)
  const gAlphas = new Float64Array(k)
  const gMeans = new Float64Array(k * d)
  const gIcf = new Float64Array(k * size)
  let prior = 0
  for (let c = 0; c < k; c++) {
    let logdet = 0
    let squares = 0
    for (let r = 0; r < d; r++) {
      const log = at(icf, c * size + r)
      const e = Math.exp(log)
      logdet += log
      squares += e * e
      scale[c * d + r] = e
    }
    for (let r = d; r < size; r++) {
      const l = at(icf, c * size + r)
      squares += l * l
    }
    logdets[c] = logdet
    prior += 0.5 * gamma * gamma * squares - m * logdet
  }
  let f = constants(n, d, k, gamma, m)
  for (let i = 0; i < n; i++) {
    const point = i * d
    let top = -Infinity
    for (let c = 0; c < k; c++) {
      const mean = c * d
      for (let r = 0; r < d; r++) {
        const v = at(x, point + r) - at(means, mean + r)
        centred[mean + r] = v
        scaled[mean + r] = at(scale, mean + r) * v
      }
      let l = c * size + d
      let distance = 0
      for (let q = 0; q < d; q++) {
        const v = at(centred, mean + q)
        for (let r = q + 1; r < d; r++) scaled[mean + r] = at(scaled, mean + r) + at(icf, l++) * v
        const y = at(scaled, mean + q)
        distance += y * y
      }
      const term = at(alphas, c) + at(logdets, c) - 0.5 * distance
      terms[c] = term
      if (term > top) top = term
    }
    let total = 0
    for (let c = 0; c < k; c++) {
      const e = Math.exp(at(terms, c) - top)
      terms[c] = e
      total += e
    }
    f += top + Math.log(total)
    for (let c = 0; c < k; c++) {
      const weight = at(terms, c) / total
      const mean = c * d
      const first = c * size
      gAlphas[c] = at(gAlphas, c) + weight
      for (let r = mean; r < mean + d; r++) scaled[r] = weight * at(scaled, r)
      let l = first + d
      for (let q = 0; q < d; q++) {
        const v = at(centred, mean + q)
        const gy = at(scaled, mean + q) * at(scale, mean + q)
        gIcf[first + q] = at(gIcf, first + q) - gy * v
        let back = gy
        for (let r = q + 1; r < d; r++) {
          const h = at(scaled, mean + r)
          gIcf[l] = at(gIcf, l) - h * v
          back += h * at(icf, l++)
        }
        gMeans[mean + q] = at(gMeans, mean + q) + back
      }
    }
  }
  const spread = logSumExp(alphas, k)
  const square = gamma * gamma
  for (let c = 0; c < k; c++) {
    const first = c * size
    const weights = at(gAlphas, c)
    for (let r = 0; r < d; r++) {
      const s = at(scale, c * d + r)
      gIcf[first + r] = at(gIcf, first + r) + weights + square * s * s - m
    }
    for (let r = d; r < size; r++) gIcf[first + r] = at(gIcf, first + r) + square * at(icf, first + r)
    gAlphas[c] = weights - n * Math.exp(at(alphas, c) - spread)
  }
  return { value: f - n * spread + prior, grad: { alphas: gAlphas, means: gMeans, icf: gIcf } }
}
