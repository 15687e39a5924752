/**
 * std/dist: densities integrate to 1, cdf' = pdf, moments, 10⁵ samples against the distribution, derivatives of densities and of
 * samples in every parameter against finite differences, tails, and what is said of parameters that make no distribution.
 */

import { describe, expect, it } from "vitest"
import { differences } from "./cases/compare.ts"
import { plain } from "./cases/run.ts"
import { createEngine } from "../engine/index.ts"

const engine = createEngine()
await engine.ready
const prelude = 'import "std/dist" as dist\nimport "std/quad" as quad\n'

function evaluate(program: string): unknown {
  return plain(engine.evaluate(prelude + program).toJS())
}

function agree(program: string, expected: string, tol = 1e-9): void {
  expect(differences(evaluate(program), evaluate(expected), { rel: tol, abs: tol }).join("\n")).toBe("")
}

const count = 100_000

interface Continuous {
  readonly name: string
  readonly at: string
  readonly from: string
  readonly to: string
  /** Where integrals are to be cut. */
  readonly cuts?: string
  readonly points: string
  /** Are samples smooth in the parameters? */
  readonly rejected?: boolean
  readonly draws?: number
}

const continuous: readonly Continuous[] = [
  { name: "normal", at: "1.5, 0.7", from: "-inf", to: "inf", points: "[-1, 1.5, 2]" },
  { name: "student_t", at: "3.5, 1, 2", from: "-inf", to: "inf", points: "[-3, 1, 1.2, 4]" },
  { name: "student_t", at: "50, 0, 1", from: "-inf", to: "inf", points: "[-3, 0, 1.2, 4]", draws: 20_000 },
  { name: "cauchy", at: "1, 2", from: "-inf", to: "inf", points: "[-9, 1, 4]" },
  { name: "laplace", at: "1, 2", from: "-inf", to: "inf", cuts: "[1]", points: "[-3, 0.5, 4]" },
  { name: "logistic", at: "1, 2", from: "-inf", to: "inf", points: "[-3, 1, 4]" },
  { name: "gumbel", at: "1, 2", from: "-inf", to: "inf", points: "[-3, 1, 4]" },
  { name: "lognormal", at: "0.3, 0.6", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "gamma", at: "2.5, 1.5", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "gamma", at: "0.5, 2", from: "0", to: "inf", points: "[0.01, 1, 4]", draws: 20_000 },
  { name: "inverse_gamma", at: "3.5, 2", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "chi_squared", at: "3", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "exponential", at: "1.5", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "weibull", at: "1.7, 2", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "pareto", at: "3.5, 2", from: "2", to: "inf", points: "[2.2, 3, 9]" },
  { name: "half_normal", at: "1.5", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "half_cauchy", at: "1.5", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "rayleigh", at: "1.5", from: "0", to: "inf", points: "[0.2, 1, 4]" },
  { name: "uniform", at: "-1, 3", from: "-1", to: "3", points: "[-0.5, 0, 2.9]" },
  { name: "beta", at: "2.5, 1.5", from: "0", to: "1", points: "[0.1, 0.5, 0.9]" },
  { name: "beta", at: "0.5, 0.7", from: "0", to: "1", points: "[0.1, 0.5, 0.9]", draws: 20_000 },
  { name: "triangular", at: "-1, 0.5, 3", from: "-1", to: "3", cuts: "[0.5]", points: "[-0.5, 0.2, 2]" },
  { name: "truncated_normal", at: "1, 2, -0.5, 4", from: "-0.5", to: "4", points: "[-0.2, 1, 3]" },
  { name: "truncated_normal", at: "0, 1, 8, 9", from: "8", to: "9", points: "[8.01, 8.5]" },
  { name: "von_mises", at: "0.5, 2", from: "-pi", to: "pi", points: "[-2, 0.5, 3]", rejected: true },
  {
    name: "von_mises",
    at: "0.5, 40",
    from: "-pi",
    to: "pi",
    cuts: "[0.5]",
    points: "[0.3, 0.5, 1]",
    rejected: true,
    draws: 20_000,
  },
]

describe.each(continuous)("$name($at)", ({ name, at, from, to, cuts = "[]", points, rejected, draws = count }) => {
  const d = `dist.${name}(${at})`
  const integral = (f: string): string =>
    `quad.integrate(x => ${f}, ${from}, ${to}, at: ${cuts}, tolerance: 1e-9, absolute: 1e-9)`

  it("has a density of integral 1", () => {
    agree(`let d = ${d}\n${integral("exp(dist.logpdf(d, x))")}`, "1", 1e-7)
  })

  it("has the moments that it claims", () => {
    const [mean, variance] = evaluate(`let d = ${d}\n[dist.mean(d), dist.variance(d)]`) as [number, number]
    if (Number.isFinite(mean) && rejected !== true)
      agree(`let d = ${d}\n${integral("x * exp(dist.logpdf(d, x))")}`, String(mean), 1e-5)
    if (Number.isFinite(variance))
      agree(`let d = ${d}\n${integral(`(x - ${String(mean)})^2 * exp(dist.logpdf(d, x))`)}`, String(variance), 1e-4)
  })

  it("has cdf' = pdf, on arrays as on numbers", () => {
    agree(`let d = ${d}\n[diff(x => dist.cdf(d, x))(x) for x in ${points}]`, `exp(dist.logpdf(${d}, ${points}))`, 1e-9)
    agree(`dist.cdf(${d}, ${points})`, `[dist.cdf(${d}, x) for x in ${points}]`, 1e-13)
    agree(
      `let d = ${d}\ngrad(x => dist.logpdf(d, x))(${points}[0])`,
      `numdiff(x => dist.logpdf(${d}, x), ${points}[0])`,
      1e-7,
    )
  })

  it("gives 10⁵ samples that pass the test of Kolmogorov and Smirnov", () => {
    const worst = evaluate(`let u = sort(dist.cdf(${d}, dist.sample(${d}, key(17), ${String(draws)})))
let n = len(u)
sqrt(n) * max(max(abs(u - (0..n) / n)), max(abs(u - (1..=n) / n)))`)
    // exceeded by chance once in a thousand
    expect(worst).toBeLessThan(1.95)
  })

  it("has the derivatives of finite differences in every parameter", () => {
    const parameters = at.split(", ").map((_, i) => `p${String(i)}`)
    const f = (of: string): string => `(${parameters.join(", ")}) => sum(${of})`
    const made = `dist.${name}(${parameters.join(", ")})`
    const point = parameters.length === 1 ? at : `(${at})`
    for (const of of [
      `dist.logpdf(${made}, ${points})`,
      `dist.cdf(${made}, ${points})`,
      ...(rejected === true ? [] : [`dist.sample(${made}, key(3), 7)`]),
    ]) {
      agree(`grad(${f(of)})(${at})`, `numdiff(${f(of)}, ${point})`, 2e-5)
      agree(`jvp(${f(of)}, ${point}, ${point})[1]`, `let g = grad(${f(of)})(${at})\ndot(g, ${point})`, 1e-9)
    }
  })

  it("has the quantile that the cdf has, also at the ends and outside", () => {
    agree(`let d = ${d}\ndist.quantile(d, dist.cdf(d, ${points}))`, points, 1e-7)
    agree(`let d = ${d}\ndist.cdf(d, dist.quantile(d, [0, 1e-9, 0.5, 1]))`, "[0, 1e-9, 0.5, 1]", 1e-12)
    agree(`let d = ${d}\ndist.quantile(d, [-0.1, 1.1])`, "[nan, nan]")
  })

  it("has quantiles that keep their place in the distribution when parameters move, to second order", () => {
    const moving = at
      .split(", ")
      .map((value) => `${value} * t`)
      .join(", ")
    const drawn = "dist.quantile(d, [0.1, 0.5, 0.9])"
    const place = `t => do { let d = dist.${name}(${moving})\nsum(dist.cdf(d, ${drawn})) }`
    agree(`(diff(${place})(1), diff(${place}, 2)(1), grad(${place})'(1))`, "(0, 0, 0)", 1e-7)
  })

  it("answers nan with nan", () => {
    agree(`let d = ${d}\n[dist.logpdf(d, nan), dist.cdf(d, nan), dist.quantile(d, nan)]`, "[nan, nan, nan]")
  })

  it("gives nothing outside", () => {
    if (from !== "-inf") agree(`let d = ${d}\n(dist.logpdf(d, ${from} - 1), dist.cdf(d, ${from} - 1))`, "(-inf, 0)")
    if (to !== "inf") agree(`let d = ${d}\n(dist.logpdf(d, ${to} + 1), dist.cdf(d, ${to} + 1))`, "(-inf, 1)")
  })
})

it("von Mises samples keep their place in the distribution when its concentration moves, to third order", () => {
  const place = "k => do { let d = dist.von_mises(0, k)\nsum(dist.cdf(d, dist.sample(d, key(5), 3))) }"
  agree(`[diff(${place}, n)(2) for n in 1..4]`, "[0, 0, 0]", 1e-9)
})

it("mixtures have quantiles, with derivatives in weights and components", () => {
  const made = "dist.mixture([w, 1 - w], list(dist.normal(m, 1), dist.student_t(3, 4, 0.5)))"
  const f = `(w, m, p) => dist.quantile(${made}, p)`
  agree(
    `let w = 0.3\nlet m = -1\nlet d = ${made}\ndist.cdf(d, dist.quantile(d, [1e-6, 0.2, 0.3, 0.9]))`,
    "[1e-6, 0.2, 0.3, 0.9]",
    1e-12,
  )
  agree(`grad(${f})(0.3, -1, 0.4)`, `numdiff(${f}, (0.3, -1, 0.4))`, 1e-7)
  agree(
    `(m => dist.quantile(${made.replace(/w/g, "0.3")}, 0.4))''(-1)`,
    `numdiff((m => dist.quantile(${made.replace(/w/g, "0.3")}, 0.4))', -1)`,
    1e-7,
  )
  agree(
    "let d = dist.mixture([0.5, 0.5], list(dist.poisson(2), dist.poisson(30)))\ndist.quantile(d, [0.01, 0.5, 0.9])",
    "[0, 10, 35]",
  )
})

it("von Mises samples move with their parameters as their mean direction does", () => {
  const moved = evaluate(
    `grad((mu, kappa) => sum(cos(dist.sample(dist.von_mises(mu, kappa), key(5), 20_000))) / 20_000)(0.3, 2)`,
  )
  // E cos x = I₁(κ)/I₀(κ) cos μ
  const truth = evaluate("grad((mu, kappa) => bessel_i(1, kappa) / bessel_i(0, kappa) * cos(mu))(0.3, 2)")
  expect(differences(moved, truth, { abs: 1e-2 }).join("\n")).toBe("")
})

const discrete = [
  { name: "bernoulli", at: "0.3", most: 1 },
  { name: "binomial", at: "12, 0.3", most: 12, whole: true },
  { name: "binomial", at: "1000, 0.02", most: 60, whole: true },
  { name: "poisson", at: "0.7", most: 20 },
  { name: "poisson", at: "80", most: 180 },
  { name: "negative_binomial", at: "2.5, 0.4", most: 80 },
  { name: "geometric", at: "0.3", most: 100 },
  { name: "discrete_uniform", at: "0, 6", most: 6, whole: true },
  { name: "beta_binomial", at: "10, 2, 3", most: 10, whole: true },
  { name: "categorical", at: "[0.2, 0.5, 0.3]", most: 2 },
] as const

describe.each(discrete)("$name($at)", ({ name, at, most, ...rest }) => {
  const d = `dist.${name}(${at})`
  const ks = `(0..=${String(most)})`

  it("has probabilities of sum 1 and the moments that it claims", () => {
    agree(`sum(exp(dist.logpmf(${d}, ${ks})))`, "1", 1e-9)
    agree(`dist.mean(${d})`, `sum(${ks} * exp(dist.logpmf(${d}, ${ks})))`, 1e-7)
    agree(`dist.variance(${d})`, `sum((${ks} - dist.mean(${d}))^2 * exp(dist.logpmf(${d}, ${ks})))`, 1e-6)
  })

  it("has the sums of its probabilities as cdf", () => {
    agree(`dist.cdf(${d}, ${ks})`, `cumsum(exp(dist.logpmf(${d}, ${ks})))`, 1e-10)
    agree(`dist.cdf(${d}, [-1, -0.5, 0.5, 1e6])`, `[0, 0, exp(dist.logpmf(${d}, 0)), 1]`, 1e-10)
  })

  it("has as quantile the least number whose cdf is enough", () => {
    agree(
      `let d = ${d}
let p = [1e-12, 0.01, 0.3, 0.5, 0.77, 0.999]
let q = dist.quantile(d, p)
[all(dist.cdf(d, q) >= p), all(equal(q, 0) or dist.cdf(d, q - 1) < p), dist.quantile(d, 0.77) == q[4], dist.quantile(d, 0) == 0]`,
      "[true, true, true, true]",
    )
    agree(`let d = ${d}\ndist.quantile(d, [-0.1, 1.1])`, "[nan, nan]")
  })

  it("gives 10⁵ samples that pass the chi-squared test", () => {
    const { statistic, classes } = evaluate(`let drawn = dist.sample(${d}, key(29), ${String(count)})
let expected = ${String(count)} * exp(dist.logpmf(${d}, ${ks}))
let counts = scatter(${String(most + 1)}, drawn[drawn <= ${String(most)}], ones(len(drawn[drawn <= ${String(most)}])))
let enough = expected > 10
{ statistic: sum(((counts - expected)^2 / expected)[enough]), classes: sum(enough) }`) as {
      statistic: number
      classes: number
    }
    // exceeded by chance less than once in a thousand (Wilson and Hilferty)
    const freedom = Math.max(1, classes - 1)
    expect(statistic).toBeLessThan(freedom * (1 - 2 / (9 * freedom) + 3.3 * Math.sqrt(2 / (9 * freedom))) ** 3)
  })

  it("has the derivatives of finite differences in its parameters", () => {
    if (name === "categorical" || name === "discrete_uniform") return
    const all = at.split(", ").map((value, i) => ({ value, name: `p${String(i)}` }))
    const free = "whole" in rest ? all.slice(1) : all
    const made = `dist.${name}(${all.map((p) => (free.includes(p) ? p.name : p.value)).join(", ")})`
    const point = free.map(({ value }) => value).join(", ")
    const f = `(${free.map((p) => p.name).join(", ")}) => sum(dist.logpmf(${made}, [0, 1]))`
    agree(`grad(${f})(${point})`, `numdiff(${f}, (${point}))`, 1e-6)
  })

  it("answers nan with nan", () => {
    agree(`let d = ${d}\n[dist.logpmf(d, nan), dist.cdf(d, nan), dist.quantile(d, nan)]`, "[nan, nan, nan]")
  })

  it("gives nothing between whole numbers and below", () => {
    agree(`dist.logpmf(${d}, [0.5, -1])`, "[-inf, -inf]")
  })
})

it("logits of a categorical distribution have the gradient of log softmax", () => {
  agree(
    "grad(l => dist.logpmf(dist.categorical(softmax(l)), 1))([0.1, 0.5, 0.2])",
    "grad(l => log_softmax(l)[1])([0.1, 0.5, 0.2])",
  )
})

describe("vectors and matrices", () => {
  const sums = (program: string): string => `let xs = ${program}\n`

  it("multivariate normal", () => {
    agree(
      "dist.logpdf(dist.multivariate_normal([1, 2], [[2, 0.5], [0.5, 1]]), [[0, 0], [1, 3]])",
      "let S = [[2, 0.5], [0.5, 1]]\n[-0.5 * dot(v, solve(S, v)) - 0.5 * logdet(S) - ln(tau) for v in [[-1, -2], [0, 1]]]",
    )
    agree("dist.logpdf(dist.multivariate_normal([0], [[4]]), [3])", "dist.logpdf(dist.normal(0, 2), 3)")
    const drawn = sums("dist.sample(dist.multivariate_normal([1, 2], [[2, 0.5], [0.5, 1]]), key(1), 100_000)")
    agree(`${drawn}mean(xs, axis: 0)`, "[1, 2]", 2e-2)
    agree(`${drawn}(xs - [1, 2]).T @ (xs - [1, 2]) / 100_000`, "[[2, 0.5], [0.5, 1]]", 3e-2)
    const f = "(mu, S) => dist.logpdf(dist.multivariate_normal(mu, S), [0.3, 0.4])"
    agree(
      `let (g, H) = grad(${f})([1, 2], [[2, 0.5], [0.5, 1]])\n(g, H + H.T)`,
      `let (g, H) = numdiff(${f}, ([1, 2], [[2, 0.5], [0.5, 1]]))\n(g, H + H.T)`,
      1e-6,
    )
    agree(
      "grad(L => sum(dist.sample(dist.multivariate_normal([1, 2], L, factor: true), key(1))))(eye(2))[0, 0]",
      "sum(dist.sample(dist.multivariate_normal([0, 0], [[1, 0], [0, 1e-20]]), key(1)))",
      1e-9,
    )
  })

  it("Dirichlet", () => {
    agree("quad.integrate(x => exp(dist.logpdf(dist.dirichlet([2, 3.5]), [x, 1 - x])), 0, 1)", "1")
    agree("dist.logpdf(dist.dirichlet([2, 3.5]), [0.3, 0.7])", "dist.logpdf(dist.beta(2, 3.5), 0.3)")
    agree("dist.logpdf(dist.dirichlet([2, 3]), [[0.3, 0.8], [0.5, 0.5]])[0]", "-inf")
    const drawn = sums("dist.sample(dist.dirichlet([2, 3, 0.5]), key(1), 20_000)")
    agree(`${drawn}mean(xs, axis: 0)`, "[2, 3, 0.5] / 5.5", 1e-2)
    agree(
      `${drawn}let m = xs - [2, 3, 0.5] / 5.5\nm.T @ m / 20_000`,
      "dist.variance(dist.dirichlet([2, 3, 0.5]))",
      1e-2,
    )
    const f = "a => dot([1, 2, 3], dist.sample(dist.dirichlet(a), key(4)))"
    agree(`grad(${f})([2, 3, 0.5])`, `numdiff(${f}, [2, 3, 0.5])`, 1e-6)
  })

  it("Wishart", () => {
    // of size 1 it is a gamma distribution
    agree("dist.logpdf(dist.wishart(3, [[2]]), [[1.5]])", "dist.logpdf(dist.gamma(1.5, 0.25), 1.5)")
    const drawn = sums("dist.sample(dist.wishart(4, [[2, 0.5], [0.5, 1]]), key(1), 3000)")
    agree(`${drawn}mean(xs, axis: 0) / 4`, "[[2, 0.5], [0.5, 1]]", 5e-2)
    agree(
      `${drawn}mean((xs - dist.mean(dist.wishart(4, [[2, 0.5], [0.5, 1]])))^2, axis: 0) / dist.variance(dist.wishart(4, [[2, 0.5], [0.5, 1]]))`,
      "ones([2, 2])",
      0.15,
    )
    const f = "nu => sum(dist.sample(dist.wishart(nu, [[2, 0.5], [0.5, 1]]), key(4)))"
    agree(`grad(${f})(4)`, `numdiff(${f}, 4)`, 1e-6)
  })

  it("correlation matrices", () => {
    agree("quad.integrate(r => exp(dist.logpdf(dist.lkj(2, 2.5), [[1, r], [r, 1]])), -1, 1)", "1", 1e-8)
    const drawn = sums("dist.sample(dist.lkj(3, 2), key(1), 3000)")
    agree(`${drawn}mean(xs, axis: 0)`, "eye(3)", 5e-2)
    agree(`${drawn}mean((xs - eye(3))^2, axis: 0)`, "dist.variance(dist.lkj(3, 2))", 2e-2)
    agree(`${drawn}max(abs([diag(x) for x in xs] - 1))`, "0", 1e-12)
    // the density of three correlations integrates to 1
    const inner =
      "quad.gauss_legendre(c => exp(dist.logpdf(d, [[1, a, b], [a, 1, c], [b, c, 1]])), a * b - w, a * b + w, n: 3)"
    const middle = `quad.gauss_legendre(b => do { let w = sqrt((1 - a^2) * (1 - b^2))\n${inner} }, -1, 1, n: 12)`
    agree(`let d = dist.lkj(3, 2)\nquad.gauss_legendre(a => ${middle}, -1, 1, n: 12)`, "1", 1e-3)
  })

  it("multinomial", () => {
    agree(
      "sum(exp(dist.logpmf(dist.multinomial(3, [0.2, 0.3, 0.5]), [i, j, 3 - i - j])) for i in 0..4, j in 0..4)",
      "1",
    )
    agree("dist.logpmf(dist.multinomial(3, [0.2, 0.8]), [1, 2])", "dist.logpmf(dist.binomial(3, 0.2), 1)")
    const drawn = sums("dist.sample(dist.multinomial(5, [0.2, 0.3, 0.5]), key(1), 20_000)")
    agree(`${drawn}(mean(xs, axis: 0), min(sum(xs, axis: 1)), max(sum(xs, axis: 1)))`, "([1, 1.5, 2.5], 5, 5)", 3e-2)
  })

  it("mixture", () => {
    const d = "dist.mixture([0.3, 0.7], list(dist.normal(-1, 0.5), dist.normal(2, 1)))"
    agree(`quad.integrate(x => exp(dist.logpdf(${d}, x)), -inf, inf)`, "1")
    agree(`diff(x => dist.cdf(${d}, x))(0.3)`, `exp(dist.logpdf(${d}, 0.3))`)
    agree(
      `quad.integrate(x => (x - dist.mean(${d}))^2 * exp(dist.logpdf(${d}, x)), -inf, inf)`,
      `dist.variance(${d})`,
      1e-7,
    )
    const worst = evaluate(
      `let u = sort(dist.cdf(${d}, dist.sample(${d}, key(17), 100_000)))\nsqrt(len(u)) * max(abs(u - (0..len(u)) / len(u)))`,
    )
    expect(worst).toBeLessThan(1.95)
  })
})

it("vectors and matrices outside, and with nan", () => {
  agree(
    `[dist.logpdf(dist.wishart(3, eye(2)), X) for X in [[[1, 0], [0, -1]], [[-1, 0], [0, -1]], [[1, 0.5], [0, 1]], [[nan, 0], [0, 1]]]]`,
    "[-inf, -inf, -inf, nan]",
  )
  agree(
    `[dist.logpdf(dist.lkj(2, 1), R) for R in [[[1, 2], [2, 1]], [[2, 0], [0, 1]], [[1, 0.5], [0.3, 1]], [[1, nan], [nan, 1]]]]`,
    "[-inf, -inf, -inf, nan]",
  )
  agree("dist.logpdf(dist.dirichlet([1, 1]), [[0.5, 0.6], [nan, 0.5]])", "[-inf, nan]")
  agree("dist.logpmf(dist.multinomial(2, [0.5, 0.5]), [[1, 2], [nan, 1]])", "[-inf, nan]")
})

it("vectors and matrices along any leading axes", () => {
  for (const [d, x] of [
    ["dist.multivariate_normal([0, 0], [[2, 1], [1, 2]])", "dist.sample(d, key(1), [2, 3])"],
    ["dist.dirichlet([1, 2])", "dist.sample(d, key(1), [2, 3])"],
    ["dist.wishart(3, [[2, 1], [1, 2]])", "dist.sample(d, key(1), [2, 3])"],
    ["dist.lkj(3, 2)", "dist.sample(d, key(1), [2, 3])"],
  ])
    agree(
      `let d = ${d}\ndist.logpdf(d, ${x})`,
      `let d = ${d}\n[dist.logpdf(d, x) for x in row] for row in ${x}`.replace(/\n(.*)$/, "\n[$1]"),
      1e-12,
    )
  agree("dist.logpdf(dist.multivariate_normal([0, 0], eye(2)), zeros([0, 2]))", "[]")
})

it("a mixture has derivatives in weights of 0", () => {
  const f = "w => dist.logpdf(dist.mixture([w, 1 - w], list(dist.normal(0, 1), dist.normal(4, 1))), 1)"
  agree(`grad(${f})(0)`, "exp(4) - 1", 1e-12)
  agree(`(${f})''(0)`, "-(exp(4) - 1)^2", 1e-12)
  agree(`grad(${f})(1)`, "1 - exp(-4)", 1e-12)
  agree("dist.logpdf(dist.mixture([0, 1], list(dist.normal(0, 1), dist.normal(60, 1))), 0)", "-1800 - 0.5 * ln(tau)")
  agree("dist.logpdf(dist.mixture([0.5, 0.5], list(dist.beta(0.5, 1), dist.uniform(0, 1))), 0)", "inf")
})

it("values at the ends of distributions that have some there", () => {
  agree("[dist.logpdf(dist.weibull(k, 2), 0) for k in [0.5, 1, 2]]", "[inf, -ln(2), -inf]")
  agree("dist.logpmf(dist.poisson(0), [0, 1])", "[0, -inf]")
  agree("(dist.cdf(dist.poisson(0), 0), dist.sample(dist.poisson(0), key(1), 3))", "(1, [0, 0, 0])")
  agree("sum(dist.sample(dist.dirichlet([0.001, 0.001]), key(1), 50), axis: 1)", "ones(50)", 1e-12)
})

describe("mixtures", () => {
  it("of vectors", () => {
    const d =
      "dist.mixture([0.5, 0.5], list(dist.multivariate_normal([0, 0], eye(2)), dist.multivariate_normal([4, 2], eye(2))))"
    agree(`dist.mean(${d})`, "[2, 1]")
    agree(`dist.variance(${d})`, "[[5, 2], [2, 2]]")
    expect(evaluate(`shape(dist.sample(${d}, key(1), [5]))`)).toEqual([5, 2])
    const drawn = `let xs = dist.sample(${d}, key(1), 20_000)\n`
    agree(`${drawn}mean(xs, axis: 0)`, "[2, 1]", 5e-2)
    agree(`${drawn}(xs - [2, 1]).T @ (xs - [2, 1]) / 20_000`, "[[5, 2], [2, 2]]", 1e-1)
    expect(() => evaluate(`dist.cdf(${d}, [0, 0])`)).toThrow("`mixture` has no `cdf`")
  })

  it("outside of all components", () => {
    agree("dist.logpdf(dist.mixture([0.5, 0.5], list(dist.gamma(2, 1), dist.exponential(1))), -1)", "-inf")
  })
})

it("a normal distribution that is not truncated is itself", () => {
  const t = "dist.truncated_normal(1, 2, -inf, inf)"
  const d = "dist.normal(1, 2)"
  const all = (made: string): string =>
    `[dist.mean(${made}), dist.variance(${made}), dist.logpdf(${made}, 4), dist.cdf(${made}, 4), dist.quantile(${made}, 0.2), dist.quantile(${made}, 0.8)]`
  agree(all(t), all(d), 1e-12)
  agree(
    `grad((mu, sigma) => dist.logpdf(dist.truncated_normal(mu, sigma, -inf, inf), 4))(1, 2)`,
    `grad((mu, sigma) => dist.logpdf(dist.normal(mu, sigma), 4))(1, 2)`,
  )
  agree("dist.mean(dist.truncated_normal(0, 1, -inf, 0))", "-sqrt(2 / pi)")
})

it.each(["-inf, 3", "0, inf", "-inf, inf"])(
  "a normal distribution truncated to %s moves with its parameters",
  (ends) => {
    const parts = ["dist.mean(d)", "dist.variance(d)", "dist.cdf(d, 2.5)", "dist.sample(d, key(2))"]
    const f = `(mu, sigma) => do { let d = dist.truncated_normal(mu, sigma, ${ends})\n[${parts.join(", ")}] }`
    agree(`jacobian(${f})(1, 2)`, `numdiff(${f}, (1, 2))`, 1e-7)
  },
)

describe("parameters that are arrays broadcast", () => {
  it.each(["normal", "gamma", "student_t", "weibull"])("%s", (name) => {
    const made = name === "student_t" ? "dist.student_t(3, [1, 2], [[1], [2]])" : `dist.${name}([1, 2], [[1], [2]])`
    expect(evaluate(`shape(dist.sample(${made}, key(1)))`)).toEqual([2, 2])
    expect(evaluate(`shape(dist.logpdf(${made}, 1))`)).toEqual([2, 2])
    expect(evaluate(`shape(dist.sample(${made}, key(1), [5, 2, 2]))`)).toEqual([5, 2, 2])
  })
})

describe("tails, to the last digits", () => {
  // by mpmath with 40 digits
  it.each([
    ["logpdf(dist.normal(0, 1), 1e10)", -5e19],
    ["logpdf(dist.student_t(3, 0, 1), 1e200)", -1840.87173866752],
    ["logpdf(dist.cauchy(0, 1), 1e300)", -1382.69578568228],
    ["logpdf(dist.logistic(0, 1), 1000)", -1000],
    ["logpdf(dist.logistic(0, 1), -1000)", -1000],
    ["logpdf(dist.laplace(0, 1), 1e6)", -1000000.69314718056],
    ["logpdf(dist.gamma(2, 1), 1e5)", -99988.487074535],
    ["logpdf(dist.gumbel(0, 1), 800)", -800],
    ["logpdf(dist.beta(3, 2), 1e-200)", -918.54913054783],
    ["logpdf(dist.poisson(1), 1000)", -5913.12817848816],
    ["logpdf(dist.von_mises(0, 1000), 1)", -457.162880088139],
    ["cdf(dist.normal(0, 1), -38)", 2.88542836006878e-316],
    ["cdf(dist.cauchy(0, 1), -1e20)", 3.183098861837907e-21],
    ["logpdf(dist.truncated_normal(0, 1, 50, inf), 50)", 3.91242260621523],
    ["mean(dist.truncated_normal(0, 1, 50, inf))", 50.0199840319056],
  ])("%s", (program, expected) => {
    const actual = evaluate(`dist.${program}`) as number
    expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-11)
  })
})

describe("parameters that make no distribution", () => {
  it.each([
    ["dist.normal(0, -1)", "`normal` needs sigma of 0 or more, not -1"],
    ["dist.normal(nan, 1)", "`normal` needs a finite mu, not nan"],
    ["dist.gamma(0, 1)", "`gamma` needs a above 0, not 0"],
    ["dist.gamma([1, -2], 1)", "not [1, -2]"],
    ["dist.uniform(2, 1)", "`uniform` needs a below b, not 2 and 1"],
    ["dist.bernoulli(1.5)", "`bernoulli` needs p between 0 and 1, not 1.5"],
    ["dist.binomial(2.5, 0.5)", "`binomial` needs a whole number n of at least 0, not 2.5"],
    ["dist.discrete_uniform(0.5, 3)", "`discrete_uniform` needs a whole number a, not 0.5"],
    ["dist.categorical([0.5, 0.6])", "whose sum is 1"],
    ["dist.multivariate_normal([0, 0], eye(3))", "needs a matrix of shape [2, 2], not [3, 3]"],
    ["dist.multivariate_normal([0, 0], -eye(2))", "not positive definite"],
    ["dist.dirichlet([1])", "at least 2"],
    ["dist.poisson(-1)", "`poisson` needs a rate of 0 or more, not -1"],
    [
      "dist.logpdf(dist.dirichlet([1, 1, 1]), [0.5, 0.5])",
      "`dirichlet` of 3 numbers is asked for an array of shape [2]",
    ],
    ["dist.logpdf(dist.multivariate_normal([0, 0], eye(2)), [1, 2, 3])", "its last axis must have 2"],
    ["dist.logpmf(dist.multinomial(2, [0.5, 0.5]), 1)", "`multinomial` of 2 numbers is asked for an array of shape []"],
    ["dist.logpdf(dist.wishart(3, eye(2)), eye(3))", "its last two axes must be [2, 2]"],
    ["dist.wishart(1, eye(3))", "needs nu above 2, not 1"],
    ["dist.lkj(1, 1)", "of at least 2, not 1"],
    ["dist.mixture([1], list(dist.normal(0, 1), dist.normal(0, 1)))", "one weight for each of 2"],
    ["dist.truncated_normal(0, 1, 2, 1)", "lower below upper"],
    ["dist.logpmf(dist.normal(0, 1), 0)", "`normal` has a density: `logpdf`"],
    ["dist.cdf(dist.lkj(2, 1), 0)", "`lkj` has no `cdf`"],
  ])("%s", (program, message) => {
    expect(() => evaluate(program)).toThrow(message)
  })
})
