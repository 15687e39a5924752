/**
 * The derivatives of Riemann's zeta function on the real line.
 * Euler and Maclaurin's sum (DLMF 25.2.9) and, further below 0, the reflection (DLMF 25.4.1), both with truncated power series for numbers, whose
 * coefficients are the derivatives. It must not know arrays or derivative rules.
 */
import { exp, log } from "../elementary.ts"
import { pow } from "../powers.ts"
import { digamma, polygamma } from "./digamma.ts"
import { gamma, lgamma } from "./gamma.ts"
import { type Jet, Jets } from "./jets.ts"
import { cospi, sinpi } from "./polynomial.ts"
import { zeta } from "./zeta-sinc.ts"

/** (2k)!/B(2k), k = 1 …. */
const MACLAURIN = [12, -720, 30240, -1209600, 47900160, -1892437580.3183792, 74724249600, -2950130727918.1643]

/** The n-th derivative of ζ at s, for integers n ≥ 0; nan at the pole for n > 0. */
export function zetaDerivative(n: number, s: number): number {
  if (n === 0) return zeta(s)
  if (!(n > 0) || Math.floor(n) !== n || n > 150 || s === 1 || Number.isNaN(s) || s === -Infinity) return NaN
  if (s > 1100) return 0
  const jets = new Jets(n, 0)
  // About 0 the reflection would multiply a pole by a zero.
  const series = s >= -0.25 ? fromPole(jets, s - 1, 1) : reflected(jets, s)
  return series[n]! * gamma(n + 1)
}

/** ζ(1 + t + step·δ). */
function fromPole(jets: Jets, t: number, step: 1 | -1): Jet {
  if (t > 1100) return jets.linear(1)
  const s = 1 + t
  const w = 20
  const power = (base: number, e: number): Jet => {
    const l = log(base)
    return jets.exp(jets.linear(-e * l, -step * l), pow(base, -e))
  }
  let rest = jets.linear(0.5)
  let factor = jets.linear(s / w, step / w)
  MACLAURIN.forEach((denominator, i) => {
    rest = jets.add(rest, jets.scale(factor, 1 / denominator))
    const next = jets.multiply(jets.linear((s + 2 * i + 1) / w, step / w), jets.linear((s + 2 * i + 2) / w, step / w))
    factor = jets.multiply(factor, next)
  })
  let sum = jets.multiply(power(w, s), rest)
  for (let k = w - 1; k >= 1; k--) sum = jets.add(sum, power(k, s))
  return jets.add(sum, jets.divide(power(w, t), jets.linear(t, step)))
}

/** ζ(s + δ) = 2 (2π)^(s−1) Γ(1−s) sin(πs/2) ζ(1−s), for s below 0. */
function reflected(jets: Jets, s: number): Jet {
  const l = log(2 * Math.PI)
  const size = new Float64Array(jets.p + 1)
  const sine = new Float64Array(jets.p + 1)
  let quarterTurns = 1
  for (let k = 0; k <= jets.p; k++) {
    if (k > 0) {
      const slope = k === 1 ? digamma(1 - s) : polygamma(k - 1, 1 - s) / gamma(k + 1)
      size[k] = (k % 2 === 0 ? slope : -slope) + (k === 1 ? l : 0)
      quarterTurns *= (0.5 * Math.PI) / k
    }
    const turned = k % 2 === 0 ? sinpi(0.5 * s) : cospi(0.5 * s)
    sine[k] = (k % 4 < 2 ? 1 : -1) * turned * quarterTurns
  }
  const first =
    s > -160 ? pow(2 * Math.PI, s - 1) * gamma(1 - s) : s > -1e5 ? exp(lgamma(1 - s) + (s - 1) * l) : Infinity
  // The factor that overflows comes last: sums of infinities of both signs would be nan.
  const rest = jets.multiply(jets.multiply(jets.exp(size, 1), sine), fromPole(jets, -s, -1))
  return rest.map((c) => (c === 0 ? 0 : 2 * first * c))
}
