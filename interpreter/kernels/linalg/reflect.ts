/**
 * Householder reflections, alone and in blocks.
 * A reflection is I − τ v vᵀ with v_0 = 1 that maps a vector onto its first axis; a block of them is I − V T Vᵀ (Schreiber and Van Loan 1989),
 * which is applied by matrix products. LAPACK's dlarfg and dlarft.
 * It must not know which factorisation it serves.
 */
import { length } from "./length.ts"
import type { Space } from "../lanes.ts"

export const BLOCK = 24

/** The 2-norm of n doubles from `at`, without overflow. */
export function normAt(s: Space, at: number, n: number): number {
  const d = s.data
  let size = 0
  for (let i = 0; i < n; i++) {
    const v = Math.abs(d[at + i]!)
    if (!(v <= size)) size = v
  }
  if (size === 0 || !(size < Infinity)) return size
  if (size > 1e-140 && size < 1e140) return Math.sqrt(s.dot(at, at, n))
  let sum = 0
  for (let i = 0; i < n; i++) sum += (d[at + i]! / size) ** 2
  return size * Math.sqrt(sum)
}

/** Turns the n contiguous doubles at `v` into the vector of their reflection (v_0 = 1); answers τ and what the first becomes. */
export function reflect(s: Space, v: number, n: number): { tau: number; beta: number } {
  const d = s.data
  const alpha = d[v]!
  const rest = n > 1 ? normAt(s, v + 1, n - 1) : 0
  d[v] = 1
  if (rest === 0) return { tau: 0, beta: alpha }
  const beta = alpha >= 0 ? -length(alpha, rest) : length(alpha, rest)
  const scale = alpha - beta
  for (let i = 1; i < n; i++) d[v + i] = d[v + i]! / scale
  return { tau: -scale / beta, beta }
}

/** Where the parts of a block lie: V of n rows and k columns with strides, T (k by k), and work space for k(k + columns) doubles. */
export interface Block {
  readonly v: number
  readonly rs: number
  readonly cs: number
  readonly n: number
  readonly k: number
  readonly t: number
  readonly work: number
}

/** T of a block from its vectors and taus: (I − τ0 v0 v0ᵀ)(I − τ1 v1 v1ᵀ)… = I − V T Vᵀ. */
export function blockOf(s: Space, b: Block, tau: Float64Array, first: number): void {
  const d = s.data
  const { k, t } = b
  d.fill(0, b.work, b.work + k * k)
  s.product(k, k, b.n, b.v, b.cs, b.rs, b.v, b.rs, b.cs, b.work, k, 1)
  d.fill(0, t, t + k * k)
  for (let j = 0; j < k; j++) {
    const f = tau[first + j]!
    for (let i = 0; i < j; i++) {
      let sum = 0
      for (let p = i; p < j; p++) sum += d[t + i * k + p]! * d[b.work + p * k + j]!
      d[t + i * k + j] = -f * sum
    }
    d[t + j * k + j] = f
  }
}

/** C := (I − V T Vᵀ) C, or with Tᵀ for the inverse order, for C of b.n rows and `columns` columns. */
export function applyBlock(s: Space, b: Block, c: number, ld: number, columns: number, turned: boolean): void {
  const { k } = b
  const first = b.work
  const second = first + k * columns
  s.data.fill(0, first, second + k * columns)
  s.product(k, columns, b.n, b.v, b.cs, b.rs, c, ld, 1, first, columns, 1)
  s.product(k, columns, k, b.t, turned ? 1 : k, turned ? k : 1, first, columns, 1, second, columns, 1)
  s.product(b.n, columns, k, b.v, b.rs, b.cs, second, columns, 1, c, ld, -1)
}

/** Doubles of work for blocks that are applied to so many columns. */
export function blockWork(columns: number): number {
  return 2 * BLOCK * Math.max(columns, BLOCK) + 2
}

/**
 * H_0 H_1 … applied to the first columns of the identity: writes n by `columns` at q. Row i of `vectors` (ld apart) holds reflection i,
 * whose vector begins at column i + shift; zeros before it.
 */
export function formProduct(
  s: Space,
  vectors: number,
  ld: number,
  count: number,
  tau: Float64Array,
  shift: number,
  n: number,
  columns: number,
  q: number,
  t: number,
  work: number,
): void {
  const d = s.data
  d.fill(0, q, q + n * columns)
  for (let i = 0; i < Math.min(n, columns); i++) d[q + i * columns + i] = 1
  const blocks = Math.ceil(count / BLOCK)
  for (let b = blocks - 1; b >= 0; b--) {
    const first = b * BLOCK
    const k = Math.min(BLOCK, count - first)
    const from = first + shift
    const block = { v: vectors + first * ld + from, rs: 1, cs: ld, n: n - from, k, t, work }
    blockOf(s, block, tau, first)
    // Rows and columns before `from` are still those of the identity.
    const start = Math.min(from, columns)
    if (columns > start) applyBlock(s, block, q + from * columns + start, columns, columns - start, false)
  }
}
