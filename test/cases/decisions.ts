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

/**
 * Rows of 03-conventions without a single truth in the file, or where the language's rule for a primitive, carried by
 * the chain rule, says otherwise than the row (those give `differs`). The parts given replace those of the row.
 */
export const conventionDecisions: Record<string, Decision & { readonly differs?: boolean }> = {
  "conv/clip(x,0,1)/1.0": {
    expect: { value: 1, grad: [0.5] },
    why: "`clamp` is min(max(x, lo), hi), and a tie shares equally",
  },
  "conv/sqrt(x*x)/0.0": {
    expect: { value: 0, grad: ["NaN"] },
    why: "chain rule: a computed 0 against the infinite partial of `sqrt` is nan; `abs` gives 0",
  },
  "conv/pow(x,y) both active/0.0,-1.0": {
    expect: { value: "Infinity", grad: ["-Infinity", "-Infinity"] },
    why: "no derivative: the one-sided limits for x → 0+ of -1/x² and of ln(x)/x",
  },
  "conv/x/x/0.0": { expect: { value: "NaN", grad: ["NaN"] }, why: "0/0 is nan" },
  "conv/mod (floored)/6.0,2.0": {
    expect: { value: 0, grad: [1, -3] },
    why: "at the jump, the limit from the side that has the value: 1 and -floor(x/y)",
  },
  "conv/xlogy/0.0,0.0": {
    expect: { value: 0, grad: ["-Infinity", 0] },
    why: "one-sided limits: xlogy(x, 0) falls without bound, xlogy(0, y) is 0 for every y",
  },
  "conv/gamma/0.0": {
    expect: { value: "Infinity", grad: ["-Infinity"] },
    why: "pole: the limits from the right; the derivative has the same limit from both sides",
  },
  "conv/digamma/0.0": {
    expect: { value: "-Infinity", grad: ["Infinity"] },
    why: "pole: the limits from the right; the derivative has the same limit from both sides",
  },
  "conv/x*0 at inf/inf": { expect: { value: "NaN", grad: [0] }, why: "∞·0 is nan; the partial is the constant 0" },
  "conv/sqrt(sum(x*x)) at zero/[0.0, 0.0]": {
    expect: { value: 0, grad: ["NaN", "NaN"] },
    why: "chain rule: a computed 0 against the infinite partial of `sqrt` is nan; `norm` gives 0",
  },
  "conv/logsumexp with all -inf/[-inf, -inf]": {
    expect: { value: "-Infinity", grad: ["NaN", "NaN"] },
    why: "neither a subgradient nor a limit: nan",
  },
  "conv/logsumexp with +inf/[inf, 0.0]": {
    expect: { value: "Infinity", grad: ["NaN", 0] },
    why: "the partial of the infinite element is ∞/∞: nan; the other is 0",
  },
  "conv/cholesky of a semi-definite matrix/[[1.0, 1.0], [1.0, 1.0]]": {
    expect: "error",
    why: "not positive definite is an error, which `attempt` catches",
  },
  "conv/inv of a singular matrix/[[1.0, 2.0], [2.0, 4.0]]": {
    expect: "error",
    why: "a singular matrix is an error, which `attempt` catches",
  },
  "conv/softplus as max(x,0)+log1p(exp(-|x|))/0.0": {
    differs: true,
    expect: { value: Math.LN2, grad: [0.5], grad2: 0 },
    why: "the first derivative is the truth; the second follows the branch-free parts of `max` and `abs`, which are flat, so it is 0 and not 1/4: the primitive `softplus` gives 1/4",
  },
  "conv/x as relu(x)-relu(-x)/0.0": {
    differs: true,
    expect: { value: 0, grad: [0] },
    why: "`relu` has derivative 0 at 0, so both terms give 0, not 1",
  },
}

/** Cases of 08-ml whose tolerance is below the rounding of what they compute. */
export const mlDecisions: Record<string, Decision> = {
  "ml/hmc-step-size": {
    tol: { rel: 1e-12, abs: 1e-15 },
    why: "the value is a difference of two energies of about 1.5, each rounded to 2e-16",
  },
  "ml/unrolled-newton": {
    tol: { rel: 1e-12, abs: 1e-19 },
    why: "by w0: the last step's factor 9e-6 is a difference of numbers near 1, rounded to 2e-16, times 2e-4 of the steps before",
  },
}
