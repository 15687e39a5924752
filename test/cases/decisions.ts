/**
 * What the language decided where a case leaves the answer open, or where a row of 03-conventions differs from
 * the rule of language: by case id (with `#variant`), the expected value and the reason. decisions.md says the same
 * for readers. It must not loosen a tolerance without saying why.
 */
import type { Tolerance } from "./compare.ts"

/** An expectation that replaces that of the case file. */
export interface Decision {
  readonly expect?: unknown
  readonly tol?: Tolerance
  readonly why: string
}

/** Cases of 02-nested with several defensible answers, and variants that ask something more. */
export const nestedDecisions: Record<string, Decision> = {
  "nested/eq-branch": { expect: 0, why: "`if` follows the branch taken" },
  "nested/sinc-second": { expect: [0, 0], why: "`if` follows the branch taken; the primitive `sinc` gives the truth" },
  "nested/sinc-second#primitive": { expect: [0, -1 / 3], why: "primitives are right to every order" },
  "nested/jax-2377-loss": { expect: "NaN", why: "a computed 0 against the infinite partial of `sqrt` is nan" },
  "nested/jax-2377-loss#norm": { expect: 0, why: "the subgradient of least norm of `norm` at 0 is 0" },
  "nested/saddle": { tol: { abs: 1e-3 }, why: "the case says: within 1e-3 of zero" },
  "nested/jax-520-tenth#diff10": { expect: -19579430.57696227, why: "the case's expect_n10" },
  "nested/jax-520-tenth#taylor10": { expect: -19579430.57696227, why: "the case's expect_n10, by one Taylor series" },
}
