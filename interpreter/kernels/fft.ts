/**
 * Discrete Fourier transforms of any length, on real and imaginary parts in two arrays.
 * Lengths made of 2, 3, 4, 5 and other primes up to 13 go by Stockham's autosorting mixed radix; others by Bluestein's chirp, a convolution
 * of a power of two. Forward is Σ x_j e^(−2πi jk/n); the inverse divides by n.
 * It must not know axes or derivatives.
 */
import { spend } from "../arrays/work.ts"
import { cospi, sinpi } from "./special/polynomial.ts"

interface Plan {
  readonly n: number
  readonly factors: readonly number[] | null
  /** cos and −sin of 2πk/n. */
  readonly re: Float64Array
  readonly im: Float64Array
  /** For Bluestein: the chirp, and the transform of its reverse. */
  readonly chirp: Chirp | null
}

interface Chirp {
  readonly size: number
  readonly re: Float64Array
  readonly im: Float64Array
  readonly bre: Float64Array
  readonly bim: Float64Array
}

const LARGEST_PRIME = 13
const plans = new Map<number, Plan>()

function factorsOf(n: number): number[] | null {
  const factors: number[] = []
  let rest = n
  for (const p of [4, 2, 3, 5, 7, 11, LARGEST_PRIME]) {
    while (rest % p === 0) {
      factors.push(p)
      rest /= p
    }
  }
  return rest === 1 ? factors : null
}

function planOf(n: number): Plan {
  const known = plans.get(n)
  if (known !== undefined) return known
  const factors = factorsOf(n)
  const re = new Float64Array(factors === null ? 0 : n)
  const im = new Float64Array(re.length)
  for (let k = 0; k < re.length; k++) {
    spend(16)
    re[k] = cospi((2 * k) / n)
    im[k] = -sinpi((2 * k) / n)
  }
  const plan: Plan = { n, factors, re, im, chirp: factors === null ? chirpOf(n) : null }
  // A handful of lengths is remembered; the oldest goes.
  if (plans.size >= 12) plans.delete(plans.keys().next().value!)
  plans.set(n, plan)
  return plan
}

function chirpOf(n: number): Chirp {
  let size = 1
  while (size < 2 * n - 1) size *= 2
  const re = new Float64Array(n)
  const im = new Float64Array(n)
  const bre = new Float64Array(size)
  const bim = new Float64Array(size)
  let square = 0
  for (let k = 0; k < n; k++) {
    // e^(−πi k²/n), k² modulo 2n.
    spend(16)
    re[k] = cospi(square / n)
    im[k] = -sinpi(square / n)
    square = (square + 2 * k + 1) % (2 * n)
    bre[k] = re[k]!
    bim[k] = -im[k]!
    if (k > 0) {
      bre[size - k] = bre[k]!
      bim[size - k] = bim[k]!
    }
  }
  fft(bre, bim)
  return { size, re, im, bre, bim }
}

/** Transforms (re, im) in place; both have the length n of the transform. */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length
  if (n <= 1) return
  const plan = planOf(n)
  if (plan.chirp !== null) bluestein(plan.chirp, n, re, im)
  else stockham(plan, re, im)
}

/** The inverse of `fft`, in place. */
export function ifft(re: Float64Array, im: Float64Array): void {
  const n = re.length
  fft(im, re)
  for (let i = 0; i < n; i++) {
    re[i] = re[i]! / n
    im[i] = im[i]! / n
  }
}

function bluestein(chirp: Chirp, n: number, re: Float64Array, im: Float64Array): void {
  const { size } = chirp
  const are = new Float64Array(size)
  const aim = new Float64Array(size)
  for (let k = 0; k < n; k++) {
    const c = chirp.re[k]!
    const s = chirp.im[k]!
    are[k] = re[k]! * c - im[k]! * s
    aim[k] = re[k]! * s + im[k]! * c
  }
  fft(are, aim)
  for (let k = 0; k < size; k++) {
    const x = are[k]!
    const y = aim[k]!
    const c = chirp.bre[k]!
    const s = chirp.bim[k]!
    are[k] = x * c - y * s
    aim[k] = x * s + y * c
  }
  ifft(are, aim)
  for (let k = 0; k < n; k++) {
    const c = chirp.re[k]!
    const s = chirp.im[k]!
    re[k] = are[k]! * c - aim[k]! * s
    im[k] = are[k]! * s + aim[k]! * c
  }
}

/** Stockham's loop: at each factor r, butterflies of r elements n/r apart, written back sorted. */
function stockham(plan: Plan, re: Float64Array, im: Float64Array): void {
  const total = plan.n
  let xr: Float64Array = re
  let xi: Float64Array = im
  let yr: Float64Array = new Float64Array(total)
  let yi: Float64Array = new Float64Array(total)
  let n = total
  let stride = 1
  for (const r of plan.factors!) {
    spend(4 * total)
    const m = n / r
    if (r === 4) four(plan, xr, xi, yr, yi, m, stride)
    else if (r === 2) two(plan, xr, xi, yr, yi, m, stride)
    else prime(plan, r, xr, xi, yr, yi, m, stride)
    n = m
    stride *= r
    const kr = xr
    const ki = xi
    xr = yr
    xi = yi
    yr = kr
    yi = ki
  }
  if (xr !== re) {
    re.set(xr)
    im.set(xi)
  }
}

function two(
  plan: Plan,
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  m: number,
  stride: number,
): void {
  for (let p = 0; p < m; p++) {
    const wr = plan.re[p * stride]!
    const wi = plan.im[p * stride]!
    for (let s = 0; s < stride; s++) {
      const a = s + stride * p
      const b = a + stride * m
      const to = s + stride * 2 * p
      const dr = xr[a]! - xr[b]!
      const di = xi[a]! - xi[b]!
      yr[to] = xr[a]! + xr[b]!
      yi[to] = xi[a]! + xi[b]!
      yr[to + stride] = dr * wr - di * wi
      yi[to + stride] = dr * wi + di * wr
    }
  }
}

function four(
  plan: Plan,
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  m: number,
  stride: number,
): void {
  const step = stride * m
  for (let p = 0; p < m; p++) {
    const w1r = plan.re[p * stride]!
    const w1i = plan.im[p * stride]!
    const w2r = plan.re[2 * p * stride]!
    const w2i = plan.im[2 * p * stride]!
    const w3r = plan.re[3 * p * stride]!
    const w3i = plan.im[3 * p * stride]!
    for (let s = 0; s < stride; s++) {
      const a = s + stride * p
      const b = a + step
      const c = b + step
      const d = c + step
      const to = s + stride * 4 * p
      const sr = xr[a]! + xr[c]!
      const si = xi[a]! + xi[c]!
      const tr = xr[a]! - xr[c]!
      const ti = xi[a]! - xi[c]!
      const ur = xr[b]! + xr[d]!
      const ui = xi[b]! + xi[d]!
      // (b − d)·(−i)
      const vr = xi[b]! - xi[d]!
      const vi = xr[d]! - xr[b]!
      yr[to] = sr + ur
      yi[to] = si + ui
      const er = tr + vr
      const ei = ti + vi
      yr[to + stride] = er * w1r - ei * w1i
      yi[to + stride] = er * w1i + ei * w1r
      const fr = sr - ur
      const fi = si - ui
      yr[to + 2 * stride] = fr * w2r - fi * w2i
      yi[to + 2 * stride] = fr * w2i + fi * w2r
      const gr = tr - vr
      const gi = ti - vi
      yr[to + 3 * stride] = gr * w3r - gi * w3i
      yi[to + 3 * stride] = gr * w3i + gi * w3r
    }
  }
}

function prime(
  plan: Plan,
  r: number,
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  m: number,
  stride: number,
): void {
  const total = plan.n
  const turn = total / r
  for (let p = 0; p < m; p++) {
    for (let s = 0; s < stride; s++) {
      const from = s + stride * p
      const to = s + stride * r * p
      for (let q = 0; q < r; q++) {
        let sr = xr[from]!
        let si = xi[from]!
        for (let j = 1; j < r; j++) {
          const a = from + stride * m * j
          const k = ((j * q) % r) * turn
          sr += xr[a]! * plan.re[k]! - xi[a]! * plan.im[k]!
          si += xr[a]! * plan.im[k]! + xi[a]! * plan.re[k]!
        }
        const w = (p * q * stride) % total
        yr[to + q * stride] = sr * plan.re[w]! - si * plan.im[w]!
        yi[to + q * stride] = sr * plan.im[w]! + si * plan.re[w]!
      }
    }
  }
}
