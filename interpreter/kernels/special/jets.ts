/**
 * Truncated power series in two variables: what a function of a and b is near a point, up to powers p and q.
 * Running an algorithm on them gives derivatives in parameters that no formula has. It must not know which algorithm runs.
 */

/** Coefficients of δa^i δb^j at index i * (q + 1) + j. */
export type Jet = Float64Array

/** Arithmetic of series with powers of δa up to p and of δb up to q. */
export class Jets {
  readonly p: number
  readonly q: number
  readonly size: number

  constructor(p: number, q: number) {
    this.p = p
    this.q = q
    this.size = (p + 1) * (q + 1)
  }

  /** value + i δa + j δb. */
  linear(value: number, i = 0, j = 0): Jet {
    const out = new Float64Array(this.size)
    out[0] = value
    if (this.p > 0) out[this.q + 1] = i
    if (this.q > 0) out[1] = j
    return out
  }

  add(x: Jet, y: Jet): Jet {
    return x.map((c, k) => c + y[k]!)
  }

  subtract(x: Jet, y: Jet): Jet {
    return x.map((c, k) => c - y[k]!)
  }

  scale(x: Jet, factor: number): Jet {
    return x.map((c) => c * factor)
  }

  multiply(x: Jet, y: Jet): Jet {
    const out = new Float64Array(this.size)
    const width = this.q + 1
    for (let i = 0; i <= this.p; i++)
      for (let j = 0; j <= this.q; j++) {
        const c = x[i * width + j]!
        if (c === 0) continue
        for (let k = 0; i + k <= this.p; k++)
          for (let l = 0; j + l <= this.q; l++) out[(i + k) * width + j + l]! += c * y[k * width + l]!
      }
    return out
  }

  divide(x: Jet, y: Jet): Jet {
    const out = new Float64Array(this.size)
    const width = this.q + 1
    for (let i = 0; i <= this.p; i++)
      for (let j = 0; j <= this.q; j++) {
        let rest = x[i * width + j]!
        for (let k = 0; k <= i; k++)
          for (let l = 0; l <= j; l++) if (k + l > 0) rest -= y[k * width + l]! * out[(i - k) * width + j - l]!
        out[i * width + j] = rest / y[0]!
      }
    return out
  }

  /** e^x, whose first coefficient is given because it may be known better than by rounding x. */
  exp(x: Jet, first: number): Jet {
    const out = new Float64Array(this.size)
    const width = this.q + 1
    for (let i = 0; i <= this.p; i++)
      for (let j = 0; j <= this.q; j++) {
        if (i + j === 0) {
          out[0] = first
          continue
        }
        // (i or j) times the coefficient is the convolution of the derivative in that variable.
        let sum = 0
        for (let k = 0; k <= i; k++)
          for (let l = 0; l <= j; l++) sum += (i > 0 ? k : l) * x[k * width + l]! * out[(i - k) * width + j - l]!
        out[i * width + j] = sum / (i > 0 ? i : j)
      }
    return out
  }
}
