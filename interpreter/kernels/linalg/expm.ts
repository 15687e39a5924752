/**
 * The exponential of a square matrix by Padé approximants with scaling and squaring.
 * Higham 2005, "The scaling and squaring method for the matrix exponential revisited": degrees 3, 5, 7, 9 or 13 by the 1-norm.
 * It must not know shapes or derivatives.
 */
import { matmul } from "../matmul.ts"
import { solve } from "./triangular.ts"

const THETA: readonly (readonly [number, number])[] = [
  [3, 1.495585217958292e-2],
  [5, 2.53939833006323e-1],
  [7, 9.504178996162932e-1],
  [9, 2.097847961257068],
]
const THETA_13 = 5.371920351148152

const COEFFICIENTS: Record<number, readonly number[]> = {
  3: [120, 60, 12, 1],
  5: [30240, 15120, 3360, 420, 30, 1],
  7: [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1],
  9: [17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1],
  13: [
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
    670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
  ],
}

/** e^A for A (n by n); all nan where A is not finite. */
export function expm(a: Float64Array, n: number): Float64Array {
  let norm = 0
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += Math.abs(a[i * n + j]!)
    if (!(sum <= norm)) norm = sum
  }
  if (!(norm < Infinity)) return new Float64Array(n * n).fill(NaN)
  for (const [degree, theta] of THETA) if (norm <= theta) return pade(a, n, degree)
  const squarings = Math.max(0, Math.ceil(Math.log2(norm / THETA_13)))
  const scale = 2 ** -squarings
  let out = pade(
    a.map((v) => v * scale),
    n,
    13,
  )
  for (let i = 0; i < squarings; i++) out = matmul(out, out, n, n, n)
  return out
}

/** (V − U)⁻¹ (V + U), U the odd part of the approximant's numerator and V the even one. */
function pade(a: Float64Array, n: number, degree: number): Float64Array {
  const c = COEFFICIENTS[degree]!
  const size = n * n
  const a2 = matmul(a, a, n, n, n)
  const odd = new Float64Array(size)
  const even = new Float64Array(size)
  const plus = (to: Float64Array, f: number, m: Float64Array) => {
    for (let i = 0; i < size; i++) to[i] = to[i]! + f * m[i]!
  }
  let power = a2
  if (degree === 13) {
    const a4 = matmul(a2, a2, n, n, n)
    const a6 = matmul(a4, a2, n, n, n)
    const high = new Float64Array(size)
    for (const [k, m] of [
      [2, a2],
      [4, a4],
      [6, a6],
    ] as const) {
      plus(odd, c[k + 1]!, m)
      plus(even, c[k]!, m)
    }
    for (const [k, m] of [
      [8, a2],
      [10, a4],
      [12, a6],
    ] as const) {
      plus(high, c[k + 1]!, m)
    }
    plus(odd, 1, matmul(a6, high, n, n, n))
    high.fill(0)
    plus(high, c[8]!, a2)
    plus(high, c[10]!, a4)
    plus(high, c[12]!, a6)
    plus(even, 1, matmul(a6, high, n, n, n))
  } else {
    for (let k = 2; k <= degree; k += 2) {
      if (k > 2) power = matmul(power, a2, n, n, n)
      plus(odd, c[k + 1]!, power)
      plus(even, c[k]!, power)
    }
  }
  for (let i = 0; i < n; i++) {
    odd[i * n + i] = odd[i * n + i]! + c[1]!
    even[i * n + i] = even[i * n + i]! + c[0]!
  }
  const u = matmul(a, odd, n, n, n)
  const down = new Float64Array(size)
  const up = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    down[i] = even[i]! - u[i]!
    up[i] = even[i]! + u[i]!
  }
  return solve(down, n, up, n) ?? new Float64Array(size).fill(NaN)
}
