/** std/stats: against the values of SciPy 1.x on one data set, derivatives against finite differences, tests that keep their level, bad input. */

import { describe, expect, it } from "vitest"
import { differences } from "./cases/compare.ts"
import { plain } from "./cases/run.ts"
import { createEngine } from "../engine/index.ts"

const engine = createEngine()
const prelude = `import "std/stats" as stats
import "std/dist" as dist
let x = [2.1, 3.4, 1.9, 5.6, 4.4, 3.3, 9.1]
let y = [1, 2.2, 0.7, 4.1, 4, 2, 6.5]
let w = [1, 2, 1, 3, 1, 1, 0.5]
`

function evaluate(program: string): unknown {
  return plain(engine.evaluate(prelude + program).toJS())
}

function near(program: string, expected: unknown, tol = 1e-12): void {
  expect(differences(evaluate(program), expected, { rel: tol, abs: tol }).join("\n")).toBe("")
}

describe("as SciPy", () => {
  it.each([
    ["stats.geometric_mean(x)", 3.7296147895391196],
    ["stats.harmonic_mean(x)", 3.3090848613667228],
    ["stats.trimmed_mean(x, 0.2)", 3.76],
    ["stats.skewness(x)", 1.0681025326716482],
    ["stats.kurtosis(x)", 0.0819115388897993],
    ["stats.standard_error(x)", 0.9403284995547193],
    ["stats.interquartile_range(x)", 2.3],
    ["stats.median_deviation(x)", 1.3],
    ["stats.moment(x, 4)", 86.74432369845897],
    ["stats.weighted_mean(x, w)", 4.194736842105263],
    ["stats.weighted_variance(x, w)", 3.12786703601108],
    ["stats.covariance(x, y)", 4.991428571428571],
    [
      "stats.covariance([x, y].T)",
      [
        [6.189523809523809, 4.991428571428571],
        [4.991428571428571, 4.225714285714285],
      ],
    ],
    ["stats.correlation(x, y)", 0.9759918179672478],
    [
      "stats.correlation([x, y].T)",
      [
        [1, 0.9759918179672478],
        [0.9759918179672478, 1],
      ],
    ],
    ["stats.rank_correlation(x, y)", 1],
    ["stats.ranks([3, 1, 3, 2, 3])", [4, 1, 4, 2, 4]],
    [
      "stats.zscore(x)",
      [
        -0.9365342900187807, -0.37213283047103873, -1.0233652837953564, 0.5830081010712939, 0.06202213841183995,
        -0.4155483273593266, 2.1025504921613685,
      ],
    ],
    [
      "stats.linear_regression(x, y)",
      {
        slope: 0.8064317587321126,
        intercept: -0.5045237728881364,
        slope_error: 0.08048383320165454,
        intercept_error: 0.38956645769375237,
        r: 0.9759918179672478,
        p: 0.0001693336759772022,
      },
    ],
    ["stats.multiple_regression([ones(7), x].T, y).coefficients", [-0.5045237728881364, 0.8064317587321126]],
    ["stats.multiple_regression([ones(7), x].T, y).errors", [0.38956645769375237, 0.08048383320165454]],
    ["stats.polynomial_fit(x, y, 2)", [-1.8267230467457745, 1.4294293091721504, -0.05676787857383939]],
    ["stats.t_test(x, 3)", { t: 1.3369188084144648, freedom: 6, p: 0.2297051447124483 }],
    ["stats.t_test(x, y)", { t: 1.0891791705431155, freedom: 11.588026026109112, p: 0.29820751917893984 }],
    [
      "stats.chi_squared_test([16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8])",
      { statistic: 3.5, freedom: 5, p: 0.6233876277495822 },
    ],
    ["stats.ks_test(x, t => dist.cdf(dist.normal(4, 2), t)).distance", 0.18933999361752407],
    ["stats.ks_test(x, y).distance", 0.2857142857142857],
    ["stats.kernel_density(x, width: 1)([3, 5])", [0.19955797441178108, 0.12581824728187066]],
    ["stats.mode([3, 1, 3, 2, 1])", 1],
    ["stats.ecdf(x)([0, 3.4, 10])", [0, 4 / 7, 1]],
    ["stats.autocorrelation(x, 2)[0]", 1],
    ["stats.jackknife([1, 2, 6], mean)", [4, 3.5, 1.5]],
  ])("%s", (program, expected) => {
    near(program, expected, 1e-10)
  })

  it("probabilities of Kolmogorov and Smirnov, near the exact ones", () => {
    near("stats.ks_test(x, t => dist.cdf(dist.normal(4, 2), t)).p", 0.9254660387274188, 0.02)
    near(
      "stats.ks_test(dist.sample(dist.normal(0, 1), key(2), 1000), t => dist.cdf(dist.normal(0.2, 1), t)).p < 1e-6",
      true,
    )
  })
})

describe("derivatives", () => {
  it.each([
    "x => stats.correlation(x, y)",
    "x => stats.skewness(x)",
    "x => sum(stats.zscore(x) * y)",
    "x => stats.linear_regression(x, y).slope_error",
    "x => stats.weighted_variance(x, w)",
    "x => stats.interquartile_range(x)",
    "x => stats.geometric_mean(x)",
    "x => sum(stats.covariance([x, y].T))",
    "x => stats.multiple_regression([ones(7), x].T, y).r_squared",
    "x => stats.kernel_density(x)(3)",
    "x => stats.trimmed_mean(x, 0.2)",
  ])("%s", (f) => {
    const gradient = evaluate(`grad(${f})(x)`)
    expect(differences(gradient, evaluate(`numdiff(${f}, x)`), { rel: 1e-6, abs: 1e-7 }).join("\n")).toBe("")
  })
})

describe("resampling", () => {
  it("bootstrap: the deviation of the mean is its standard error", () => {
    near("stddev(stats.bootstrap(key(3), x, mean, n: 4000)) / (stddev(x) / sqrt(7))", 1, 0.05)
    expect(evaluate("shape(stats.bootstrap(key(3), [x, y].T, m => mean(m, axis: 0), n: 10))")).toEqual([10, 2])
  })

  it("a confidence interval around the truth", () => {
    const [low, high] = evaluate(
      "stats.confidence_interval(key(3), dist.sample(dist.normal(5, 1), key(4), 400), mean)",
    ) as [number, number]
    expect(low).toBeLessThan(5)
    expect(high).toBeGreaterThan(5)
    expect(high - low).toBeLessThan(0.25)
  })
})

describe("bad input", () => {
  it.each([
    ["stats.covariance([1, 2], [1])", "`covariance` of 2 and 1 observations"],
    ["stats.weighted_mean([1], [-1])", "weights of 0 or more"],
    ["stats.trimmed_mean(x, 0.7)", "between 0 and 0.5, not 0.7"],
    ["stats.linear_regression([1, 1, 1], [1, 2, 3])", "two different x"],
    ["stats.linear_regression([1, 2], [1, 2])", "at least 3 observations, not 2"],
    ["stats.t_test([1])", "at least 2"],
    ["stats.mode([])", "at least 1 observations, not 0"],
    ["stats.kernel_density([1, 1, 1])", "width above 0"],
    ["stats.confidence_interval(key(1), x, mean, level: 2)", "between 0 and 1, not 2"],
  ])("%s", (program, message) => {
    expect(() => evaluate(program)).toThrow(message)
  })
})

it("too few observations give nan or an error", () => {
  expect(evaluate("stats.covariance([], [])")).toBeNaN()
  expect(evaluate("stats.covariance([1], [2])")).toBeNaN()
  expect(() => evaluate("stats.polynomial_fit([0, 1], [0, 1], 2)")).toThrow(
    "`polynomial_fit` needs at least 3 observations, not 2",
  )
})
