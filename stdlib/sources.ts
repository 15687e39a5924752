/**
 * The texts of the standard modules, by specifier.
 * Generated from the `.adl` files of this folder by `npm run stdlib`; a test holds it up to date. It must not be edited by hand.
 */

export const sources: ReadonlyMap<string, string> = new Map<string, string>([
  ["std/dist", `/// Probability distributions with one interface.
///
/// A distribution such as \`normal(mu, sigma)\` is a record that these functions know: \`logpdf(d, x)\` (of a discrete one
/// \`logpmf(d, k)\`), \`cdf(d, x)\`, \`quantile(d, p)\`, \`sample(d, key, shape)\`, \`mean(d)\` and \`variance(d)\`. All are
/// differentiable in x and in the parameters, samples in the parameters too (reparameterized, for gamma, beta and their kin
/// implicitly), except where samples are whole numbers. Parameters of distributions of one number may be arrays, which
/// broadcast with x.
///
/// Outside of what a distribution can give, \`logpdf\` is -inf; of nan all are nan. Parameters that make no distribution are an error.

import {
  cauchy_distribution,
  gumbel_distribution,
  laplace_distribution,
  logistic_distribution,
  normal_distribution,
  student_t_distribution,
} from "std/dist/line"
import {
  chi_squared_distribution,
  exponential_distribution,
  gamma_distribution,
  half_cauchy_distribution,
  half_normal_distribution,
  inverse_gamma_distribution,
  lognormal_distribution,
  pareto_distribution,
  rayleigh_distribution,
  weibull_distribution,
} from "std/dist/positive"
import {
  beta_distribution,
  triangular_distribution,
  truncated_normal_distribution,
  uniform_distribution,
  von_mises_distribution,
} from "std/dist/interval"
import {
  bernoulli_distribution,
  beta_binomial_distribution,
  binomial_distribution,
  categorical_distribution,
  discrete_uniform_distribution,
  geometric_distribution,
  negative_binomial_distribution,
  poisson_distribution,
} from "std/dist/counts"
import {
  dirichlet_distribution,
  lkj_distribution,
  multinomial_distribution,
  multivariate_normal_distribution,
  wishart_distribution,
} from "std/dist/vectors"
import { mixture_distribution } from "std/dist/mixture"

// ---------------------------------------------------------------- the interface

/// The logarithm of the density at x, of a discrete distribution that of the probability; elementwise where the distribution
/// is of one number, else along the last axes.
/// > logpdf(normal(0, 1), 0)
/// -0.91893853...
/// > grad((mu, x) => logpdf(normal(mu, 2), x))(1, 3)
/// (0.5, -0.5)
fn logpdf(d, x) = d.logpdf(x)

/// The logarithm of the probability of k, for a discrete distribution.
/// > logpmf(binomial(2, 0.5), 1)
/// -0.69314718...
fn logpmf(d, k) {
  assert(d.discrete, "\`{d.name}\` has a density: \`logpdf\`")
  d.logpdf(k)
}

/// The probability of at most x.
/// > cdf(exponential(2), 1)
/// 0.86466471...
fn cdf(d, x) = if has(d, "cdf") { d.cdf(x) } else { error("\`{d.name}\` has no \`cdf\`") }

/// The x with \`cdf(d, x)\` equal to p, nan for p outside of [0, 1]; of a discrete distribution the least whole number where it is at least p.
/// > quantile(normal(0, 1), 0.975)
/// 1.95996398...
/// > quantile(binomial(10, 0.5), [0.1, 0.5, 0.9])
/// [3, 5, 7]
fn quantile(d, p) = if has(d, "quantile") { d.quantile(where(p >= 0 and p <= 1, p, nan)) } else {
  error("\`{d.name}\` has no \`quantile\`")
}

/// Draws: as many as \`shape\` says, or one for each parameter. Same key, same numbers.
/// > shape(sample(normal(0, 1), key(1), [2, 3]))
/// [2, 3]
/// > sample(normal(5, 0), key(1)) == 5
/// true
/// > grad(rate => sample(exponential(rate), key(1)))(1) == -sample(exponential(1), key(1))
/// true
fn sample(d, key, shape = ()) = d.sample(key, if shape == () { d.shape } else { shape })

/// The mean; inf or nan where there is none.
/// > mean(gamma(3, 2))
/// 1.5
fn mean(d) = d.mean

/// The variance, of a distribution of vectors the covariance matrix; inf or nan where there is none.
/// > variance(uniform(0, 6))
/// 3
fn variance(d) = d.variance

// ---------------------------------------------------------------- on the whole line

/// The normal distribution with mean mu and standard deviation sigma, which may be 0 for sampling.
/// > cdf(normal(1, 2), 1)
/// 0.5
/// > logpdf(normal(0, 1), 1e10)
/// -50000000000000000000
fn normal(mu, sigma) = normal_distribution(mu, sigma)

/// Student's t distribution with nu degrees of freedom, around mu with scale sigma.
/// > cdf(student_t(3, 0, 1), 1.6377443536962102)
/// 0.9000000...
fn student_t(nu, mu = 0, sigma = 1) = student_t_distribution(nu, mu, sigma)

/// The Cauchy distribution around mu with scale gamma; it has no mean.
/// > cdf(cauchy(0, 1), 1)
/// 0.75
fn cauchy(mu, gamma) = cauchy_distribution(mu, gamma)

/// The Laplace distribution around mu with scale b.
/// > logpdf(laplace(0, 1), 100)
/// -100.69314...
fn laplace(mu, b) = laplace_distribution(mu, b)

/// The logistic distribution around mu with scale s.
/// > cdf(logistic(0, 1), 0)
/// 0.5
fn logistic(mu, s) = logistic_distribution(mu, s)

/// Gumbel's distribution of the greatest of many, around mu with scale b.
/// > cdf(gumbel(0, 1), 0)
/// 0.36787944...
fn gumbel(mu, b) = gumbel_distribution(mu, b)

// ---------------------------------------------------------------- on the positive numbers

/// The distribution of exp of a normal number with mean mu and deviation sigma.
/// > mean(lognormal(0, 1))
/// 1.64872127...
fn lognormal(mu, sigma) = lognormal_distribution(mu, sigma)

/// The gamma distribution with shape a and rate b: mean a / b.
/// > cdf(gamma(1, 2), 1)
/// 0.86466471...
/// > grad(a => sample(gamma(a, 1), key(1)))(2) > 0
/// true
fn gamma(a, b) = gamma_distribution(a, b)

/// The distribution of 1 / x for x of \`gamma(a, b)\`.
/// > mean(inverse_gamma(3, 4))
/// 2
fn inverse_gamma(a, b) = inverse_gamma_distribution(a, b)

/// The distribution of the sum of k squares of standard normal numbers.
/// > mean(chi_squared(3))
/// 3
fn chi_squared(k) = chi_squared_distribution(k)

/// The exponential distribution with the given rate: mean 1 / rate.
/// > logpdf(exponential(2), 3)
/// -5.30685281...
fn exponential(rate) = exponential_distribution(rate)

/// Weibull's distribution with shape k and scale lambda.
/// > cdf(weibull(1, 1), 1)
/// 0.63212055...
fn weibull(k, lambda) = weibull_distribution(k, lambda)

/// Pareto's distribution: above x_m, with tail exponent alpha.
/// > cdf(pareto(2, 1), 2)
/// 0.75
fn pareto(alpha, x_m) = pareto_distribution(alpha, x_m)

/// The distribution of the size of a normal number with mean 0 and deviation sigma.
/// > cdf(half_normal(1), 1)
/// 0.68268949...
fn half_normal(sigma) = half_normal_distribution(sigma)

/// The distribution of the size of a number of \`cauchy(0, gamma)\`.
/// > cdf(half_cauchy(1), 1)
/// 0.5
fn half_cauchy(gamma) = half_cauchy_distribution(gamma)

/// Rayleigh's distribution of the length of a vector of two normal numbers with deviation sigma.
/// > cdf(rayleigh(1), sqrt(2))
/// 0.63212055...
fn rayleigh(sigma) = rayleigh_distribution(sigma)

// ---------------------------------------------------------------- on an interval

/// The uniform distribution between a and b.
/// > cdf(uniform(2, 4), 3)
/// 0.5
fn uniform(a, b) = uniform_distribution(a, b)

/// The beta distribution between 0 and 1, with parameters a and b.
/// > mean(beta(2, 6))
/// 0.25
fn beta(a, b) = beta_distribution(a, b)

/// The triangular distribution between a and b with its peak at c.
/// > cdf(triangular(0, 1, 2), 1)
/// 0.5
fn triangular(a, c, b) = triangular_distribution(a, c, b)

/// The normal distribution with parameters mu and sigma between \`lower\` and \`upper\`, which may be infinite and lie far from mu.
/// > mean(truncated_normal(0, 1, 0, inf))
/// 0.79788456...
/// > sample(truncated_normal(0, 1, 50, inf), key(1)) > 50
/// true
fn truncated_normal(mu, sigma, lower, upper) = truncated_normal_distribution(
  mu,
  sigma,
  lower,
  upper,
)

/// The von Mises distribution of an angle between -pi and pi around mu, with concentration kappa. Its \`mean\` is the direction
/// mu; there is no \`variance\`.
/// > cdf(von_mises(0, 2), 0)
/// 0.5
fn von_mises(mu, kappa) = von_mises_distribution(mu, kappa)

// ---------------------------------------------------------------- discrete

/// 1 with probability p, else 0.
/// > exp(logpmf(bernoulli(0.3), 1))
/// 0.3
fn bernoulli(p) = bernoulli_distribution(p)

/// How many of n attempts succeed, each with probability p.
/// > cdf(binomial(2, 0.5), 1)
/// 0.75
fn binomial(n, p) = binomial_distribution(n, p)

/// How often something happens that happens \`rate\` times on average.
/// > exp(logpmf(poisson(2), 0))
/// 0.13533528...
fn poisson(rate) = poisson_distribution(rate)

/// How many attempts fail before r succeed, each with probability p; r need not be whole.
/// > mean(negative_binomial(3, 0.5))
/// 3
fn negative_binomial(r, p) = negative_binomial_distribution(r, p)

/// How many attempts fail before the first that succeeds, each with probability p.
/// > logpmf(geometric(0.5), 2)
/// -2.07944154...
fn geometric(p) = geometric_distribution(p)

/// The whole numbers from a to b, each equally likely.
/// > mean(discrete_uniform(1, 6))
/// 3.5
fn discrete_uniform(a, b) = discrete_uniform_distribution(a, b)

/// How many of n attempts succeed, where the probability itself is of \`beta(a, b)\`.
/// > exp(logpmf(beta_binomial(3, 1, 1), 2))
/// 0.25
fn beta_binomial(n, a, b) = beta_binomial_distribution(n, a, b)

/// An index 0, 1, … with the probabilities p, a vector. Of logits: \`categorical(softmax(logits))\`.
/// > logpmf(categorical([0.25, 0.75]), [0, 1, 2])
/// [-1.38629436..., -0.28768207..., -inf]
fn categorical(p) = categorical_distribution(p)

// ---------------------------------------------------------------- of vectors and matrices

/// The normal distribution of vectors with mean mu and a positive definite covariance; with \`factor: true\` the second argument is
/// the lower Cholesky factor L of the covariance. x may be one vector or rows of them.
/// > logpdf(multivariate_normal([0, 0], eye(2)), [1, 1])
/// -2.83787706...
/// > shape(sample(multivariate_normal([0, 0], [[2, 1], [1, 2]]), key(1), [5]))
/// [5, 2]
fn multivariate_normal(mu, covariance, factor = false) = multivariate_normal_distribution(
  mu,
  covariance,
  factor,
)

/// The Dirichlet distribution of vectors of probabilities.
/// > logpdf(dirichlet([1, 1, 1]), [0.2, 0.3, 0.5])
/// 0.69314718...
fn dirichlet(alpha) = dirichlet_distribution(alpha)

/// Wishart's distribution of positive definite matrices of size p, with nu > p - 1 degrees of freedom and scale matrix S.
/// > mean(wishart(3, [[2, 0], [0, 1]]))
/// [[6, 0], [0, 3]]
fn wishart(nu, S) = wishart_distribution(nu, S)

/// The distribution of correlation matrices of size n with density proportional to det(R)^(eta - 1) (Lewandowski, Kurowicka and
/// Joe 2009); with eta = 1 all are equally likely. The variance is that of each correlation.
/// > logpdf(lkj(2, 1), [[1, 0.3], [0.3, 1]])
/// -0.69314718...
fn lkj(n, eta) = lkj_distribution(n, eta)

/// How often each of the outcomes with probabilities p occurs among n.
/// > exp(logpmf(multinomial(2, [0.5, 0.5]), [1, 1]))
/// 0.5
fn multinomial(n, p) = multinomial_distribution(n, p)

// ---------------------------------------------------------------- mixtures

/// A mixture: of the components, a list of distributions, each has its weight as probability. Samples have derivatives in the
/// parameters of the components, none in the weights.
/// > mean(mixture([0.5, 0.5], list(normal(0, 1), normal(4, 1))))
/// 2
/// > logpdf(mixture([0.5, 0.5], list(normal(0, 1), normal(100, 1))), 0)
/// -1.61208571...
fn mixture(weights, components) = mixture_distribution(weights, components)
`],
  ["std/dist/counts", `/// Distributions of whole numbers: how often something happens, or which of several things does.

import {
  by_inversion,
  check_count,
  check_positive,
  check_probabilities,
  check_probability,
  check_whole,
  indices,
  open_uniform,
  standard_beta,
  whole_between,
} from "std/dist/draws"
import { discrete, is_whole, whole_quantile } from "std/dist/make"

/// \`bernoulli\` of \`std/dist\`.
fn bernoulli_distribution(p) {
  check_probability("bernoulli", "p", p)
  discrete(
    "bernoulli",
    p,
    p * (1 - p),
    {
      logpdf: k => where(equal(k, 1), ln(p), where(equal(k, 0), log1p(-p), -inf)),
      cdf: x => where(x >= 1, 1, where(x >= 0, 1 - p, 0)),
      quantile: u => whole_quantile(u, v => where(v > 1 - p, 1, 0), 0, 1),
      sample: (key, to) => where(open_uniform(key, to) < p, 1, 0),
    },
  )
}

/// \`binomial\` of \`std/dist\`.
fn binomial_distribution(n, p) {
  check_count("binomial", "n", n)
  check_probability("binomial", "p", p)
  let inside = k => k >= 0 and k <= n and is_whole(k)
  let cdf = x => {
    let k = clamp(floor(x), 0, n)
    let some = k < n
    where(x < 0, 0, where(some, betaincc(where(some, k, 0) + 1, where(some, n - k, 1), p), 1))
  }
  let deviation = sqrt(n * p * (1 - p))
  let at = u => by_inversion(u, n * p, deviation, (1 - 2 * p) / max(deviation, 1e-3), cdf, 0, n)
  discrete(
    "binomial",
    n * p,
    n * p * (1 - p),
    {
      logpdf: k => {
        let s = where(inside(k), k, 0)
        where(
          inside(k),
          -log1p(n) - lbeta(s + 1, n - s + 1) + xlogy(s, p) + xlog1py(n - s, -p),
          -inf,
        )
      },
      cdf,
      quantile: u => whole_quantile(u, at, 0, n),
      sample: (key, to) => stop_gradient(at(open_uniform(key, to))),
    },
  )
}

/// \`poisson\` of \`std/dist\`.
fn poisson_distribution(rate) {
  assert(
    all(rate >= 0) and all(rate < inf),
    "\`poisson\` needs a rate of 0 or more, not {stop_gradient(rate)}",
  )
  let inside = k => k >= 0 and is_whole(k)
  let cdf = x => where(x < 0, 0, gammaincc(max(floor(x), 0) + 1, rate))
  let deviation = sqrt(stop_gradient(rate))
  let at = u => by_inversion(u, rate, deviation, 1 / max(deviation, 1e-3), cdf, 0, inf)
  discrete(
    "poisson",
    rate,
    rate,
    {
      logpdf: k => {
        let s = where(inside(k), k, 0)
        where(inside(k), xlogy(s, rate) - rate - lgamma(s + 1), -inf)
      },
      cdf,
      quantile: u => whole_quantile(u, at, 0, inf),
      sample: (key, to) => stop_gradient(at(open_uniform(key, to))),
    },
  )
}

/// \`negative_binomial\` of \`std/dist\`.
fn negative_binomial_distribution(r, p) {
  check_positive("negative_binomial", "r", r)
  check_probability("negative_binomial", "p", p)
  assert(all(p > 0), "\`negative_binomial\` needs p above 0")
  let inside = k => k >= 0 and is_whole(k)
  let cdf = x => where(x < 0, 0, betainc(r + 0 * min(x, 0), max(floor(x), 0) + 1, p))
  let average = r * (1 - p) / p
  let deviation = sqrt(average / p)
  let at = u => by_inversion(
    u,
    average,
    deviation,
    (2 - p) / max(sqrt(r * (1 - p)), 1e-3),
    cdf,
    0,
    inf,
  )
  discrete(
    "negative_binomial",
    average,
    average / p,
    {
      logpdf: k => {
        let s = where(inside(k), k, 0)
        where(inside(k), -ln(r + s) - lbeta(r, s + 1) + xlogy(r, p) + xlog1py(s, -p), -inf)
      },
      cdf,
      quantile: u => whole_quantile(u, at, 0, inf),
      sample: (key, to) => stop_gradient(at(open_uniform(key, to))),
    },
  )
}

/// \`geometric\` of \`std/dist\`.
fn geometric_distribution(p) {
  check_probability("geometric", "p", p)
  assert(all(p > 0), "\`geometric\` needs p above 0")
  let inside = k => k >= 0 and is_whole(k)
  let cdf = x => where(x < 0, 0, -expm1((max(floor(x), 0) + 1) * log1p(-p)))
  // what rounding does to the formula is put right by a step to either side
  let at = u => {
    let k = where(p < 1, max(ceil(log1p(-u) / log1p(-min(p, 1 - 1e-16))) - 1, 0), 0)
    where(k > 0 and cdf(k - 1) >= u, k - 1, where(cdf(k) < u, k + 1, k))
  }
  discrete(
    "geometric",
    (1 - p) / p,
    (1 - p) / p^2,
    {
      logpdf: k => where(inside(k), xlog1py(where(inside(k), k, 0), -p) + ln(p), -inf),
      cdf,
      quantile: u => whole_quantile(u, at, 0, inf),
      sample: (key, to) => stop_gradient(
        where(p < 1, floor(ln(open_uniform(key, to)) / log1p(-min(p, 1 - 1e-16))), 0),
      ),
    },
  )
}

/// \`discrete_uniform\` of \`std/dist\`.
fn discrete_uniform_distribution(a, b) {
  check_whole("discrete_uniform", "a", a)
  check_whole("discrete_uniform", "b", b)
  assert(all(a <= b), "\`discrete_uniform\` needs a of at most b")
  let n = b - a + 1
  discrete(
    "discrete_uniform",
    0.5 * (a + b),
    (n^2 - 1) / 12,
    {
      logpdf: k => where(k >= a and k <= b and is_whole(k), -ln(n), -inf),
      cdf: x => clamp((floor(x) - a + 1) / n, 0, 1),
      quantile: u => whole_quantile(u, v => clamp(a + ceil(n * v) - 1, a, b), a, b),
      sample: (key, to) => a + floor(n * open_uniform(key, to)),
    },
  )
}

/// \`beta_binomial\` of \`std/dist\`.
fn beta_binomial_distribution(n, a, b) {
  check_count("beta_binomial", "n", n)
  check_positive("beta_binomial", "a", a)
  check_positive("beta_binomial", "b", b)
  let p = a / (a + b)
  let inside = k => k >= 0 and k <= n and is_whole(k)
  let logpdf = k => {
    let s = where(inside(k), k, 0)
    where(
      inside(k),
      -log1p(n) - lbeta(s + 1, n - s + 1) + lbeta(s + a, n - s + b) - lbeta(a, b),
      -inf,
    )
  }
  let cdf = x => {
    let least = min(x, n)
    let terms = [where(k <= least, exp(logpdf(k + 0 * n)), 0) for k in 0..=max(flatten([n]))]
    where(x >= n, 1, sum(terms, axis: 0))
  }
  discrete(
    "beta_binomial",
    n * p,
    n * p * (1 - p) * (a + b + n) / (a + b + 1),
    {
      logpdf,
      cdf,
      quantile: u => whole_quantile(u, v => whole_between(v, cdf, 0 * v, n + 0 * v), 0, n),
      sample: (key, to) => {
        let [k1, k2] = split_key(key)
        binomial_distribution(n, stop_gradient(standard_beta(k1, a, b, to))).sample(k2, to)
      },
    },
  )
}

/// \`categorical\` of \`std/dist\`.
fn categorical_distribution(p) {
  check_probabilities("categorical", "p", p)
  let n = len(p)
  let average = p @ (0..n)
  let inside = k => k >= 0 and k < n and is_whole(k)
  discrete(
    "categorical",
    average,
    p @ ((0..n) - average)^2,
    {
      logpdf: k => where(inside(k), ln(p)[stop_gradient(where(inside(k), k, 0))], -inf),
      cdf: x => {
        let some = x >= 0
        where(
          some,
          cumsum(p)[stop_gradient(clamp(floor(where(some, x, 0)), 0, n - 1))],
          where(x < 0, 0, nan),
        )
      },
      quantile: u => whole_quantile(
        u,
        v => min(fold(cumsum(p), 0 * v, (k, below) => k + where(below < v, 1, 0)), n - 1),
        0,
        n - 1,
      ),
      sample: (key, to) => indices(key, stop_gradient(p), to),
    },
  )
}
`],
  ["std/dist/draws", `/// What the distributions are made of: the prelude's samplers under names that \`std/dist\` does not use itself, sampling by
/// inversion, and checks of parameters.

/// Standard normal numbers.
fn standard_normal(key, to) = normal(key, to)

/// Numbers equally likely strictly between 0 and 1.
fn open_uniform(key, to) = max(uniform(key, to), 2^-54)

/// Gamma distributed numbers with scale 1, differentiable in a.
fn standard_gamma(key, a, to) = gamma_sample(key, a + zeros(to), to)

/// Beta distributed numbers, differentiable in a and b.
fn standard_beta(key, a, b, to) = beta_sample(key, a + zeros(to), b + zeros(to), to)

/// Indices with the probabilities p.
fn indices(key, p, to) = categorical(key, ln(p), to)

/// Stops unless every number of a parameter is above 0 and finite.
fn check_positive(distribution, parameter, x) = assert(
  all(x > 0) and all(x < inf),
  "\`{distribution}\` needs {parameter} above 0, not {stop_gradient(x)}",
)

/// Stops unless every number of a parameter is finite.
fn check_finite(distribution, parameter, x) = assert(
  all(abs(x) < inf),
  "\`{distribution}\` needs a finite {parameter}, not {stop_gradient(x)}",
)

/// Stops unless every number of a parameter is a probability.
fn check_probability(distribution, parameter, p) = assert(
  all(p >= 0) and all(p <= 1),
  "\`{distribution}\` needs {parameter} between 0 and 1, not {stop_gradient(p)}",
)

/// Stops unless p is a vector of probabilities whose sum is 1.
fn check_probabilities(distribution, parameter, p) {
  check_probability(distribution, parameter, p)
  assert(
    rank(p) == 1 and abs(sum(p) - 1) < 1e-9,
    "\`{distribution}\` needs a vector {parameter} whose sum is 1, not {stop_gradient(p)}",
  )
}

/// Stops unless every number of a parameter is a whole number of at least \`least\`.
fn check_count(distribution, parameter, n, least = 0) = assert(
  all(n >= least) and all(equal(n, floor(n))) and all(n < inf),
  "\`{distribution}\` needs a whole number {parameter} of at least {least}, not {stop_gradient(n)}",
)

/// Stops unless every number of a parameter is a whole number.
fn check_whole(distribution, parameter, n) = assert(
  all(equal(n, floor(n))) and all(abs(n) < inf),
  "\`{distribution}\` needs a whole number {parameter}, not {stop_gradient(n)}",
)

/// Stops unless the last axis of x has n numbers.
fn check_last(distribution, x, n) = assert(
  rank(x) >= 1 and shape(x)[-1] == n,
  "\`{distribution}\` of {n} numbers is asked for an array of shape {shape(x)}: its last axis must have {n}",
)

/// f of a matrix of size n, or of each matrix in the last two axes of an array.
/// > of_matrices("lkj", [[[1, 0], [0, 1]]], 2, matrix_trace)
/// [2]
fn of_matrices(distribution, X, n, f) {
  assert(
    rank(X) >= 2 and shape(X)[-2..] == [n, n],
    "\`{distribution}\` of size {n} is asked for an array of shape {shape(X)}: its last two axes must be [{n}, {n}]",
  )
  if rank(X) == 2 { f(X) } else { [of_matrices(distribution, matrix, n, f) for matrix in X] }
}

/// Is a matrix symmetric, to rounding, and positive definite?
/// > [is_positive_definite([[2, 1], [1, 2]]), is_positive_definite([[1, 2], [2, 1]]), is_positive_definite([[1, 0], [1, 1]])]
/// [true, false, false]
fn is_positive_definite(X) {
  let M = stop_gradient(X)
  if not all(abs(M - M.T) <= 1e-9 * max(abs(M))) { return false }
  match attempt(() => cholesky(M)) {
    Done(_) => true
    Failed(_) => false
  }
}

/// The logarithm of the density where there is none: -inf, and nan where x holds a nan.
/// > [outside([[-1, 0], [0, 1]]), outside([[nan, 0], [0, 1]])]
/// [-inf, nan]
fn outside(x) = if all(equal(x, x)) { -inf } else { nan }

/// The least whole numbers k between \`least\` and \`most\` with cdf(k) ≥ u, for every u: from a guess by mean, deviation and
/// skewness (Cornish and Fisher 1937) on to the next ones.
/// > by_inversion([0.1, 0.5, 0.99], 1, 1, 1, k => 1 - 0.5^(k + 1), 0, inf)
/// [0, 0, 6]
fn by_inversion(u, mean, deviation, skewness, cdf, least, most) {
  let z = normal_quantile(u)
  var k = clamp(floor(mean + deviation * (z + skewness * (z^2 - 1) / 6)), least, most)
  for _ in 0..100_000 {
    let short = cdf(k) < u and k < most
    if not any(short) { break }
    k = where(short, k + 1, k)
  }
  for _ in 0..100_000 {
    let long = k > least and cdf(k - 1) >= u
    if not any(long) { break }
    k = where(long, k - 1, k)
  }
  k
}

/// The x with cdf(x) = p, where x = place(t) grows with t: by halving an interval of t that begins as (least, most). p of 0 and of 1
/// give \`bottom\` and \`top\`. The derivatives are those of the solution, to the third order: two steps of Newton's method that leave
/// its value as it is.
/// > by_search(0.5, x => 1 - exp(-x), x => -x, t => exp(t), -50, 50, 0, inf)
/// 0.69314718...
fn by_search(p, cdf, logpdf, place, least, most, bottom, top) {
  let goal = stop_gradient(p + 0 * place(0))
  let inside = goal > 0 and goal < 1
  let known = stop_gradient(cdf)
  let at = stop_gradient(place)
  var low = least + 0 * goal
  var high = most + 0 * goal
  for _ in 0..80 {
    let middle = 0.5 * (low + high)
    let short = known(at(middle)) < goal
    low = where(short, middle, low)
    high = where(short, high, middle)
  }
  let x = at(0.5 * (low + high))
  let reached = known(x)
  let moved = x => {
    let density = exp(logpdf(x))
    let move = cdf(x) - reached - (p - goal)
    where(density > 0, x - move / where(density > 0, density, 1), x)
  }
  where(inside, moved(moved(x)), where(equal(goal, 0), bottom, where(equal(goal, 1), top, nan)))
}

/// The least whole number with cdf(k) ≥ p, which lies between \`low\` and \`high\`, whole numbers themselves.
/// > whole_between(0.9, k => 1 - 0.5^(k + 1), 0, 100)
/// 3
fn whole_between(p, cdf, low, high) {
  var least = low
  var most = high
  while any(least < most) {
    let middle = floor(least + 0.5 * (most - least))
    let short = cdf(middle) < p
    let open = least < most
    least = where(open and short, middle + 1, least)
    most = where(open and not short, middle, most)
  }
  least
}

/// The logarithm of the normal distribution function's inverse: the x with log_normal_cdf(x) = l, also far below 0, where
/// the function itself is 0. Newton's method, of which the last two steps carry derivatives to the third order.
/// > log_normal_quantile(log_normal_cdf(-50))
/// -50
fn log_normal_quantile(l) {
  let target = stop_gradient(l)
  var x = where(
    target > -10,
    normal_quantile(exp(max(target, -10))),
    -sqrt(max(0, -2 * target - ln(max(1, -4 * pi * target)))),
  )
  let step = (x, goal) =>
    (log_normal_cdf(x) - goal) * exp(log_normal_cdf(x) + 0.5 * x^2) * sqrt(tau)
  let moved = (x, goal) => x - where(abs(x) < inf, step(where(abs(x) < inf, x, 0), goal), 0)
  for _ in 0..6 { x = moved(x, target) }
  for _ in 0..2 { x = moved(x, l) }
  x
}

/// ln I₀(x), the modified Bessel function, also where I₀ itself is infinite.
/// > log_bessel_i0(1000)
/// 995.62730...
fn log_bessel_i0(x) {
  // the asymptotic series (Abramowitz and Stegun 9.7.1)
  let t = 1 / (8 * max(x, 1))
  let series = 1 + t * (1 + t * (4.5 + t * (37.5 + t * (459.375 + t * 7441.875))))
  where(x < 500, ln(bessel_i(0, min(x, 500))), x - 0.5 * ln(tau * max(x, 1)) + ln(series))
}

/// The logarithm of the multivariate gamma function of dimension p.
/// > log_multigamma(1, 3) == lgamma(3)
/// true
fn log_multigamma(p, a) = p * (p - 1) / 4 * ln(pi) + sum(lgamma(a - j / 2) for j in 0..p)

/// One draw, or a whole array of them of shape \`to\`, each with a key of its own; \`event\` is the shape of one.
fn repeated(one, key, to, event) {
  if shape(to) == [] or len(to) > 0 {
    let n = prod(to)
    reshape([one(k) for k in split_key(key, n)], flatten([to]) ++ event)
  } else { one(key) }
}
`],
  ["std/dist/interval", `/// Distributions on an interval, and of angles, which are numbers on a circle.

import {
  check_finite,
  check_positive,
  log_bessel_i0,
  log_normal_quantile,
  open_uniform,
  standard_beta,
} from "std/dist/draws"
import { continuous, log_tau, searched } from "std/dist/make"

/// \`uniform\` of \`std/dist\`.
fn uniform_distribution(a, b) {
  check_finite("uniform", "a", a)
  check_finite("uniform", "b", b)
  assert(all(a < b), "\`uniform\` needs a below b, not {stop_gradient(a)} and {stop_gradient(b)}")
  continuous(
    "uniform",
    0.5 * (a + b),
    (b - a)^2 / 12,
    {
      logpdf: x => where(x >= a and x <= b, -ln(b - a) + 0 * x, -inf),
      cdf: x => clamp((x - a) / (b - a), 0, 1),
      quantile: p => a + p * (b - a),
    },
  )
}

/// \`beta\` of \`std/dist\`.
fn beta_distribution(a, b) {
  check_positive("beta", "a", a)
  check_positive("beta", "b", b)
  let total = a + b
  let inside = x => x >= 0 and x <= 1
  continuous(
    "beta",
    a / total,
    a * b / (total^2 * (total + 1)),
    {
      logpdf: x => where(
        inside(x),
        xlogy(a - 1, clamp(x, 0, 1)) + xlog1py(b - 1, -clamp(x, 0, 1)) - lbeta(a, b),
        -inf,
      ),
      cdf: x => where(
        inside(x),
        betainc(a, b + 0 * x, where(inside(x), x, 0.5)),
        where(x > 1, 1, 0),
      ),
      quantile: p => betaincinv(a, b, p),
      sample: (key, to) => standard_beta(key, a, b, to),
    },
  )
}

/// \`triangular\` of \`std/dist\`.
fn triangular_distribution(a, c, b) {
  assert(
    all(a <= c) and all(c <= b) and all(a < b),
    "\`triangular\` needs a, c and b in ascending order",
  )
  let peak = (c - a) / (b - a)
  let safe = d => where(d > 0, d, 1)
  continuous(
    "triangular",
    (a + b + c) / 3,
    (a^2 + b^2 + c^2 - a * b - a * c - b * c) / 18,
    {
      logpdf: x => {
        let density = where(
          x < c,
          2 * (x - a) / ((b - a) * safe(c - a)),
          2 * (b - x) / ((b - a) * safe(b - c)),
        )
        let inside = x >= a and x <= b and (x > a or c <= a) and (x < b or c >= b)
        where(inside, ln(where(inside and not equal(x, c), density, 2 / (b - a))), -inf)
      },
      cdf: x => where(
        x < c,
        where(x > a, (x - a)^2 / ((b - a) * safe(c - a)), 0),
        where(x < b, 1 - (b - x)^2 / ((b - a) * safe(b - c)), 1),
      ),
      quantile: p => where(
        p < peak,
        a + sqrt(max(p, 1e-300) * (b - a) * (c - a)),
        b - sqrt(max(1 - p, 1e-300) * (b - a) * (b - c)),
      ),
    },
  )
}

/// \`truncated_normal\` of \`std/dist\`.
fn truncated_normal_distribution(mu, sigma, lower, upper) {
  check_finite("truncated_normal", "mu", mu)
  check_positive("truncated_normal", "sigma", sigma)
  assert(
    all(lower < upper),
    "\`truncated_normal\` needs lower below upper, not {stop_gradient(lower)} and {stop_gradient(upper)}",
  )
  // an infinite end does not move
  let scaled = end => where(abs(end) < inf, (end - mu) / sigma, end)
  let a = scaled(lower)
  let b = scaled(upper)
  // looked at from the side where the distribution function is small
  let turned = a + b > 0
  let log_between = (from, to) => {
    let (low, high) = (where(turned, -to, from), where(turned, -from, to))
    let (l, h) = (log_normal_cdf(low), log_normal_cdf(high))
    h + where(low > -inf, log1mexp(where(low > -inf, l - h, -1)), 0)
  }
  let log_mass = log_between(a, b)
  let log_density = z => -0.5 * z^2 - 0.5 * log_tau - log_mass
  let at = z => where(abs(z) < inf, exp(log_density(where(abs(z) < inf, z, 0))), 0)
  let times = z => where(abs(z) < inf, where(abs(z) < inf, z, 0) * at(z), 0)
  let shift = at(a) - at(b)
  continuous(
    "truncated_normal",
    mu + sigma * shift,
    sigma^2 * (1 + times(a) - times(b) - shift^2),
    {
      logpdf: x => where(
        x >= lower and x <= upper,
        log_density((x - mu) / sigma) - ln(sigma),
        -inf,
      ),
      cdf: x => {
        let z = (x - mu) / sigma
        let inside = z > a and z < b
        let part = exp(log_between(a, where(inside, z, b)) - log_mass)
        where(inside, part, where(z >= b, 1, 0))
      },
      quantile: p => {
        let q = where(turned, 1 - p, p)
        let least = where(turned, -b, a)
        let below = where(least > -inf, log_normal_cdf(where(least > -inf, least, 0)), -inf)
        let target = where(
          least > -inf,
          logaddexp(where(least > -inf, below, 0), ln(q) + log_mass),
          ln(q) + log_mass,
        )
        let z = log_normal_quantile(target)
        clamp(mu + sigma * where(turned, -z, z), lower, upper)
      },
    },
  )
}

/// \`von_mises\` of \`std/dist\`.
fn von_mises_distribution(mu, kappa) {
  check_finite("von_mises", "mu", mu)
  check_positive("von_mises", "kappa", kappa)
  let log_scale = log_tau + log_bessel_i0(kappa) - kappa
  // of the angle from mu, by the Fourier series with its ratios of Bessel functions from the last term to the first (Hill 1977)
  let centred_cdf = x => {
    var ratio = 0 * kappa
    var total = 0 * (x + kappa)
    let terms = ceil(20 + 9 * sqrt(max(stop_gradient(kappa))))
    for j in 0..terms {
      let n = terms - j
      ratio = 1 / (2 * n / kappa + ratio)
      total = ratio * (sin(n * x) / n + total)
    }
    0.5 + x / tau + total / pi
  }
  let centred_logpdf = x => -2 * kappa * sin(0.5 * x)^2 - log_scale
  let inside = x => x >= -pi and x <= pi
  continuous(
    "von_mises",
    mu + 0 * kappa,
    nan * kappa + 0 * mu,
    searched(
      {
        logpdf: x => where(inside(x), centred_logpdf(x - mu), -inf),
        cdf: x => {
          let start = centred_cdf(-pi - mu)
          where(x <= -pi, 0, where(x >= pi, 1, centred_cdf(x - mu) - start))
        },
        sample: (key, to) => {
          let x = _best_fisher(stop_gradient(kappa), key, to)
          // how the sample moves with kappa: so that its place in the distribution stays; two steps of Newton's method from the
          // solution carry derivatives to the third order
          let first = centred_cdf(x)
          let place = stop_gradient(first)
          let nearer = x - (first - place) / exp(centred_logpdf(x))
          let moved = nearer - (centred_cdf(nearer) - place) / exp(centred_logpdf(nearer))
          (moved + mu + pi) % tau - pi
        },
      },
      t => t + 0 * (mu + kappa),
      -pi,
      pi,
      -pi,
      pi,
    ),
  )
}

/// Angles of the von Mises distribution by rejection from a wrapped Cauchy (Best and Fisher 1979).
fn _best_fisher(kappa, key, to) {
  let t = 1 + sqrt(1 + 4 * kappa^2)
  let rho = (t - sqrt(2 * t)) / (2 * kappa)
  let r = where(kappa < 1e-5, 1 / kappa, (1 + rho^2) / (2 * where(kappa < 1e-5, 1, rho)))
  var angle = zeros(to)
  var open = ones(to) > 0
  for k in split_key(key, 1000) {
    if not any(open) { break }
    let [k1, k2, k3] = split_key(k, 3)
    let c = cos(pi * open_uniform(k1, to))
    let f = (1 + r * c) / (r + c)
    let d = kappa * (r - f)
    let good = d * (2 - d) - open_uniform(k2, to) > 0 or ln(d / open_uniform(k2, to)) + 1 - d >= 0
    let side = where(open_uniform(k3, to) < 0.5, -1, 1)
    angle = where(open and good, side * acos(clamp(f, -1, 1)), angle)
    open = open and not good
  }
  angle
}
`],
  ["std/dist/line", `/// Distributions on the whole line, with a place and a scale.

import { check_finite, check_positive, standard_gamma, standard_normal } from "std/dist/draws"
import { continuous, log_tau, searched } from "std/dist/make"

/// \`normal\` of \`std/dist\`.
fn normal_distribution(mu, sigma) {
  check_finite("normal", "mu", mu)
  assert(
    all(sigma >= 0) and all(sigma < inf),
    "\`normal\` needs sigma of 0 or more, not {stop_gradient(sigma)}",
  )
  continuous(
    "normal",
    mu + 0 * sigma,
    sigma^2 + 0 * mu,
    {
      logpdf: x => -0.5 * ((x - mu) / sigma)^2 - ln(sigma) - 0.5 * log_tau,
      cdf: x => normal_cdf((x - mu) / sigma),
      quantile: p => mu + sigma * normal_quantile(p),
      sample: (key, to) => mu + sigma * standard_normal(key, to),
    },
  )
}

/// \`student_t\` of \`std/dist\`.
fn student_t_distribution(nu, mu, sigma) {
  check_positive("student_t", "nu", nu)
  check_finite("student_t", "mu", mu)
  check_positive("student_t", "sigma", sigma)
  let log_scale = lbeta(0.5 * nu, 0.5) + 0.5 * ln(nu) + ln(sigma)
  let spread = where(nu > 2, nu / where(nu > 2, nu - 2, 1), where(nu > 1, inf, nan))
  continuous(
    "student_t",
    where(nu > 1, mu, nan) + 0 * sigma,
    sigma^2 * spread + 0 * mu,
    searched(
      {
        logpdf: x => {
          let z = (x - mu) / sigma
          let large = abs(z) > 1e100
          let growth = where(
            large,
            2 * ln(abs(where(large, z, 1))) - ln(nu),
            log1p(where(large, 0, z)^2 / nu),
          )
          -0.5 * (nu + 1) * growth - log_scale
        },
        cdf: x => {
          let z = (x - mu) / sigma
          let near = z^2 < nu
          // at 0 the formula has a root of 0, where the function is smooth
          let middle = equal(z, 0)
          let small = where(near and not middle, z, 1)^2
          let part = 0.5 * betainc(0.5 + 0 * small, 0.5 * nu, small / (nu + small))
          let tail =
            0.5 * betainc(0.5 * nu, 0.5 + 0 * small, 1 / (1 + where(near, 2 * nu, z^2) / nu))
          let smooth = where(middle, z * exp(-log_scale) * sigma, where(z > 0, part, -part))
          where(near, 0.5 + smooth, where(z > 0, 1 - tail, tail))
        },
        sample: (key, to) => {
          let [k1, k2] = split_key(key)
          let n = 0.5 * nu + zeros(to)
          mu + sigma * standard_normal(k1, to) / sqrt(standard_gamma(k2, n, to) / n)
        },
      },
      t => mu + sigma * sinh(t),
      -700,
      700,
      -inf,
      inf,
    ),
  )
}

/// \`cauchy\` of \`std/dist\`.
fn cauchy_distribution(mu, gamma) {
  check_finite("cauchy", "mu", mu)
  check_positive("cauchy", "gamma", gamma)
  let none = nan * (mu + gamma)
  continuous(
    "cauchy",
    none,
    none,
    {
      logpdf: x => {
        let z = (x - mu) / gamma
        let large = abs(z) > 1e100
        -ln(pi * gamma) - where(large, 2 * ln(abs(where(large, z, 1))), log1p(where(large, 0, z)^2))
      },
      cdf: x => atan2(1, (mu - x) / gamma) / pi,
      quantile: p =>
        mu + gamma * where(p < 0.25, -1 / tan(pi * where(p < 0.25, p, 0.25)), tan(pi * (p - 0.5))),
    },
  )
}

/// \`laplace\` of \`std/dist\`.
fn laplace_distribution(mu, b) {
  check_finite("laplace", "mu", mu)
  check_positive("laplace", "b", b)
  continuous(
    "laplace",
    mu + 0 * b,
    2 * b^2 + 0 * mu,
    {
      logpdf: x => -abs(x - mu) / b - ln(2 * b),
      cdf: x => {
        let z = (x - mu) / b
        where(z < 0, 0.5 * exp(min(z, 0)), 1 - 0.5 * exp(-max(z, 0)))
      },
      quantile: p => mu + b * where(p < 0.5, ln(2 * min(p, 0.5)), -ln(2 * (1 - max(p, 0.5)))),
    },
  )
}

/// \`logistic\` of \`std/dist\`.
fn logistic_distribution(mu, s) {
  check_finite("logistic", "mu", mu)
  check_positive("logistic", "s", s)
  continuous(
    "logistic",
    mu + 0 * s,
    (pi * s)^2 / 3 + 0 * mu,
    {
      logpdf: x => log_sigmoid((x - mu) / s) + log_sigmoid((mu - x) / s) - ln(s),
      cdf: x => sigmoid((x - mu) / s),
      quantile: p => mu + s * logit(p),
    },
  )
}

/// \`gumbel\` of \`std/dist\`.
fn gumbel_distribution(mu, b) {
  check_finite("gumbel", "mu", mu)
  check_positive("gumbel", "b", b)
  continuous(
    "gumbel",
    mu + b * -digamma(1),
    (pi * b)^2 / 6 + 0 * mu,
    {
      logpdf: x => (mu - x) / b - exp((mu - x) / b) - ln(b),
      cdf: x => exp(-exp((mu - x) / b)),
      quantile: p => mu - b * ln(-ln(p)),
    },
  )
}
`],
  ["std/dist/make", `/// What distributions of one number are made of: records that hold what the functions of \`std/dist\` look for.

import { by_search, open_uniform } from "std/dist/draws"

/// ln(2 π).
let log_tau = ln(tau)

/// v where x is a number, and nan where it is nan.
fn known(x, v) = where(equal(x, x), v, nan)

/// A continuous distribution of one number, sampled by inversion unless told otherwise.
fn continuous(name, mean, variance, parts) = {
  name,
  discrete: false,
  shape: shape(mean),
  mean,
  variance,
  sample: (key, to) => parts.quantile(open_uniform(key, to)),
  ...parts,
  logpdf: x => known(x, parts.logpdf(x)),
  cdf: x => known(x, parts.cdf(x)),
}

/// A discrete distribution of one whole number.
fn discrete(name, mean, variance, parts) = {
  name,
  discrete: true,
  shape: shape(mean),
  mean,
  variance,
  ...parts,
  logpdf: k => known(k, parts.logpdf(k)),
  cdf: x => known(x, parts.cdf(x)),
}

/// The parts of a continuous distribution, with a quantile by a search over x = place(t) for t between least and most.
fn searched(parts, place, least, most, bottom, top) = {
  ...parts,
  quantile: p => by_search(p, parts.cdf, parts.logpdf, place, least, most, bottom, top),
}

/// The quantile of a discrete distribution from \`least\` to \`most\`, where \`at\` gives it between 0 and 1.
fn whole_quantile(p, at, least, most) {
  let u = stop_gradient(p)
  let inside = u > 0 and u < 1
  let ends = where(equal(u, 0), least, where(equal(u, 1), most, nan))
  where(inside, stop_gradient(at(where(inside, u, 0.5))), ends)
}

/// Is k a whole number?
fn is_whole(k) = equal(k, floor(k))
`],
  ["std/dist/mixture", `/// Mixtures: of several distributions one is drawn, and then a value of it.

import { by_search, check_probabilities, indices, whole_between } from "std/dist/draws"

/// \`mixture\` of \`std/dist\`.
fn mixture_distribution(weights, components) {
  check_probabilities("mixture", "weights", weights)
  assert(
    len(components) == len(weights),
    "\`mixture\` needs one weight for each of {len(components)} components, not {len(weights)}",
  )
  assert(
    all(d.discrete == components[0].discrete for d in components),
    "the components of a \`mixture\` are all discrete or none is",
  )
  let n = len(weights)
  let each = f => fold(
    1..n,
    weights[0] * f(components[0]),
    (total, i) => total + weights[i] * f(components[i]),
  )
  let average = each(d => d.mean)
  let of_vectors = rank(average) == 1 and len(components[0].shape) == 0
  let apart = v => if of_vectors { outer(v, v) } else { v^2 }
  let all_known = all(has(d, "cdf") for d in components)
  let logpdf = x => {
    let parts = [d.logpdf(x) for d in components]
    // the greatest that counts, and 0 where none is finite; a component of no weight may be far above it
    let counted = (i, l) => if weights[i] > 0 { l } else { where(equal(l, l), -inf, nan) }
    let greatest = stop_gradient(
      fold(1..n, counted(0, parts[0]), (most, i) => max(most, counted(i, parts[i]))),
    )
    let top = where(abs(greatest) < inf, greatest, 0)
    let share = i => weights[i] * exp(min(parts[i] - top, 700))
    let total = fold(1..n, share(0), (sum, i) => sum + share(i))
    where(abs(greatest) < inf, top + ln(where(abs(greatest) < inf, total, 1)), greatest)
  }
  let cdf = x => each(d => d.cdf(x))
  // the quantile lies between those of the components
  let extreme = (p, f) => fold(
    1..n,
    components[0].quantile(p),
    (least, i) => f(least, components[i].quantile(p)),
  )
  let quantile = p => {
    let least = stop_gradient(extreme(p, min))
    let most = stop_gradient(extreme(p, max))
    if components[0].discrete { whole_between(p, stop_gradient(cdf), least, most) } else {
      by_search(p, cdf, logpdf, x => x, least, most, least, most)
    }
  }
  {
    ...(if all_known { { cdf, quantile } } else { {} }),
    name: "mixture",
    discrete: components[0].discrete,
    shape: components[0].shape,
    mean: average,
    variance: each(d => d.variance + apart(d.mean - average)),
    logpdf,
    sample: (key, to) => {
      let keys = split_key(key, n + 1)
      let chosen = indices(keys[n], stop_gradient(weights), to)
      // of vectors and matrices the choice is one for all their elements
      let choice = reshape(chosen, shape(chosen) ++ ones(rank(average) - len(components[0].shape)))
      fold(
        1..n,
        components[0].sample(keys[0], to),
        (drawn, i) => where(equal(choice, i), components[i].sample(keys[i], to), drawn),
      )
    },
  }
}
`],
  ["std/dist/positive", `/// Distributions on the positive numbers, such as waiting times and sizes.

import { check_finite, check_positive, standard_gamma, standard_normal } from "std/dist/draws"
import { continuous, log_tau, searched } from "std/dist/make"
import { cauchy_distribution } from "std/dist/line"

/// \`lognormal\` of \`std/dist\`.
fn lognormal_distribution(mu, sigma) {
  check_finite("lognormal", "mu", mu)
  check_positive("lognormal", "sigma", sigma)
  let average = exp(mu + 0.5 * sigma^2)
  let log_of = x => ln(where(x > 0, x, 1))
  continuous(
    "lognormal",
    average,
    average^2 * expm1(sigma^2),
    {
      logpdf: x => where(
        x > 0,
        -0.5 * ((log_of(x) - mu) / sigma)^2 - ln(sigma) - 0.5 * log_tau - log_of(x),
        -inf,
      ),
      cdf: x => where(x > 0, normal_cdf((log_of(x) - mu) / sigma), 0),
      quantile: p => exp(mu + sigma * normal_quantile(p)),
      sample: (key, to) => exp(mu + sigma * standard_normal(key, to)),
    },
  )
}

/// \`gamma\` of \`std/dist\`.
fn gamma_distribution(a, b) {
  check_positive("gamma", "a", a)
  check_positive("gamma", "b", b)
  continuous(
    "gamma",
    a / b,
    a / b^2,
    {
      logpdf: x => where(x >= 0, xlogy(a - 1, x) + a * ln(b) - b * x - lgamma(a), -inf),
      cdf: x => gammainc(a, b * max(x, 0)),
      quantile: p => gammaincinv(a, p) / b,
      sample: (key, to) => standard_gamma(key, a, to) / b,
    },
  )
}

/// \`inverse_gamma\` of \`std/dist\`.
fn inverse_gamma_distribution(a, b) {
  check_positive("inverse_gamma", "a", a)
  check_positive("inverse_gamma", "b", b)
  let average = where(a > 1, b / where(a > 1, a - 1, 1), inf)
  let safe = x => where(x > 0, x, 1)
  continuous(
    "inverse_gamma",
    average,
    where(a > 2, average^2 / where(a > 2, a - 2, 1), inf),
    searched(
      {
        logpdf: x => where(
          x > 0,
          a * ln(b) - lgamma(a) - (a + 1) * ln(safe(x)) - b / safe(x),
          -inf,
        ),
        cdf: x => where(x > 0, gammaincc(a, b / safe(x)), 0),
        sample: (key, to) => b / standard_gamma(key, a, to),
      },
      t => b * exp(t),
      -700,
      700,
      0,
      inf,
    ),
  )
}

/// \`chi_squared\` of \`std/dist\`.
fn chi_squared_distribution(k) {
  check_positive("chi_squared", "k", k)
  { ...gamma_distribution(0.5 * k, 0.5), name: "chi_squared" }
}

/// \`exponential\` of \`std/dist\`.
fn exponential_distribution(rate) {
  check_positive("exponential", "rate", rate)
  continuous(
    "exponential",
    1 / rate,
    1 / rate^2,
    {
      logpdf: x => where(x >= 0, ln(rate) - rate * x, -inf),
      cdf: x => -expm1(-rate * max(x, 0)),
      quantile: p => -log1p(-p) / rate,
    },
  )
}

/// \`weibull\` of \`std/dist\`.
fn weibull_distribution(k, lambda) {
  check_positive("weibull", "k", k)
  check_positive("weibull", "lambda", lambda)
  let average = lambda * exp(lgamma(1 + 1 / k))
  let ratio = x => where(x > 0, x, lambda) / lambda
  // at 0 the density is that of the exponential distribution, 0 or infinite, as k is 1, more or less
  let at_start = x => xlogy(k - 1, 0 * x) + ln(k / lambda)
  continuous(
    "weibull",
    average,
    lambda^2 * exp(lgamma(1 + 2 / k)) - average^2,
    {
      logpdf: x => where(
        x > 0,
        ln(k / lambda) + (k - 1) * ln(ratio(x)) - ratio(x)^k,
        where(equal(x, 0), at_start(where(equal(x, 0), x, 0)), -inf),
      ),
      cdf: x => where(x > 0, -expm1(-ratio(x)^k), 0),
      quantile: p => lambda * (-log1p(-p))^(1 / k),
    },
  )
}

/// \`pareto\` of \`std/dist\`.
fn pareto_distribution(alpha, x_m) {
  check_positive("pareto", "alpha", alpha)
  check_positive("pareto", "x_m", x_m)
  let average = where(alpha > 1, alpha * x_m / where(alpha > 1, alpha - 1, 1), inf)
  let spread = alpha * x_m^2 / where(alpha > 2, (alpha - 1)^2 * (alpha - 2), 1)
  continuous(
    "pareto",
    average,
    where(alpha > 2, spread, inf),
    {
      logpdf: x => where(x >= x_m, ln(alpha) - ln(x_m) - (alpha + 1) * ln(max(x, x_m) / x_m), -inf),
      cdf: x => where(x >= x_m, -expm1(-alpha * ln(max(x, x_m) / x_m)), 0),
      quantile: p => x_m * exp(-log1p(-p) / alpha),
    },
  )
}

/// \`half_normal\` of \`std/dist\`.
fn half_normal_distribution(sigma) {
  check_positive("half_normal", "sigma", sigma)
  continuous(
    "half_normal",
    sigma * sqrt(2 / pi),
    sigma^2 * (1 - 2 / pi),
    {
      logpdf: x => where(x >= 0, 0.5 * ln(2 / pi) - ln(sigma) - 0.5 * (x / sigma)^2, -inf),
      cdf: x => where(x > 0, erf(x / (sigma * sqrt(2))), 0),
      quantile: p => sigma * sqrt(2) * erfinv(p),
    },
  )
}

/// \`half_cauchy\` of \`std/dist\`.
fn half_cauchy_distribution(gamma) {
  check_positive("half_cauchy", "gamma", gamma)
  continuous(
    "half_cauchy",
    inf * gamma,
    inf * gamma,
    {
      logpdf: x => where(x >= 0, ln(2) + cauchy_distribution(0, gamma).logpdf(x), -inf),
      cdf: x => where(x > 0, 2 / pi * atan(x / gamma), 0),
      quantile: p => gamma * tan(0.5 * pi * p),
    },
  )
}

/// \`rayleigh\` of \`std/dist\`.
fn rayleigh_distribution(sigma) {
  check_positive("rayleigh", "sigma", sigma)
  { ...weibull_distribution(2 + 0 * sigma, sigma * sqrt(2)), name: "rayleigh" }
}
`],
  ["std/dist/vectors", `/// Distributions of vectors and matrices; densities go along the last axes.

import {
  check_count,
  check_last,
  check_positive,
  check_probabilities,
  indices,
  is_positive_definite,
  log_multigamma,
  of_matrices,
  open_uniform,
  outside,
  repeated,
  standard_beta,
  standard_gamma,
  standard_normal,
} from "std/dist/draws"
import { is_whole, log_tau } from "std/dist/make"

/// \`multivariate_normal\` of \`std/dist\`.
fn multivariate_normal_distribution(mu, covariance, factor) {
  let n = len(mu)
  assert(
    shape(covariance) == [n, n],
    "\`multivariate_normal\` with {n} means needs a matrix of shape [{n}, {n}], not {shape(covariance)}",
  )
  let L = if factor { covariance } else { cholesky(covariance) }
  let log_scale = 0.5 * n * log_tau + sum(ln(diag(L)))
  {
    name: "multivariate_normal",
    discrete: false,
    shape: [],
    mean: mu,
    variance: if factor { L @ L.T } else { covariance },
    logpdf: x => {
      check_last("multivariate_normal", x, n)
      let before = shape(x)[..-1]
      let z = solve_triangular(L, reshape(x - mu, [prod(before), n]).T)
      reshape(-0.5 * sum(z^2, axis: 0) - log_scale, before)
    },
    sample: (key, to) => mu + standard_normal(key, flatten([to]) ++ [n]) @ L.T,
  }
}

/// \`dirichlet\` of \`std/dist\`.
fn dirichlet_distribution(alpha) {
  assert(rank(alpha) == 1 and len(alpha) >= 2, "\`dirichlet\` needs a vector of at least 2 numbers")
  check_positive("dirichlet", "alpha", alpha)
  let n = len(alpha)
  let total = sum(alpha)
  let average = alpha / total
  {
    name: "dirichlet",
    discrete: false,
    shape: [],
    mean: average,
    variance: (diag(average) - outer(average, average)) / (total + 1),
    logpdf: x => {
      check_last("dirichlet", x, n)
      let inside = all(x >= 0, axis: -1) and abs(sum(x, axis: -1) - 1) < 1e-9
      let known = where(
        inside,
        sum(xlogy(alpha - 1, max(x, 0)), axis: -1) + lgamma(total) - sum(lgamma(alpha)),
        -inf,
      )
      where(all(equal(x, x), axis: -1), known, nan)
    },
    sample: (key, to) => {
      // as logarithms, which do not underflow: a number of gamma(a + 1) times u^(1 / a) is one of gamma(a)
      let [k1, k2] = split_key(key)
      let places = flatten([to]) ++ [n]
      let logs = ln(standard_gamma(k1, alpha + 1, places)) + ln(open_uniform(k2, places)) / alpha
      softmax(logs, axis: -1)
    },
  }
}

/// \`wishart\` of \`std/dist\`.
fn wishart_distribution(nu, S) {
  let p = len(S)
  assert(shape(S) == [p, p], "\`wishart\` needs a square matrix, not one of shape {shape(S)}")
  assert(nu > p - 1, "\`wishart\` of size {p} needs nu above {p - 1}, not {stop_gradient(nu)}")
  let L = cholesky(S)
  let log_det = 2 * sum(ln(diag(L)))
  let inverse = inv(S)
  let log_density = X =>
    0.5 * ((nu - p - 1) * logdet(X) - sum(inverse.T * X) - nu * p * ln(2) - nu * log_det)
      - log_multigamma(p, 0.5 * nu)
  {
    name: "wishart",
    discrete: false,
    shape: [],
    mean: nu * S,
    variance: nu * (S^2 + outer(diag(S), diag(S))),
    logpdf: X => of_matrices("wishart", X, p, M => if is_positive_definite(M) { log_density(M) } else {
      outside(M)
    }),
    // Bartlett's decomposition
    sample: (key, to) => repeated(
      key => {
        let [k1, k2] = split_key(key)
        let roots = sqrt(2 * standard_gamma(k1, 0.5 * (nu - (0..p)), [p]))
        let A = L @ (diag(roots) + tril(standard_normal(k2, [p, p]), -1))
        A @ A.T
      },
      key,
      to,
      [p, p],
    ),
  }
}

/// \`lkj\` of \`std/dist\`.
fn lkj_distribution(n, eta) {
  check_count("lkj", "n", n, least: 2)
  check_positive("lkj", "eta", eta)
  let log_scale = sum(
    (2 * eta - 2 + n - k) * (n - k) * ln(2)
      + (n - k) * lbeta(eta + 0.5 * (n - k - 1), eta + 0.5 * (n - k - 1))
    for k in 1..n,
  )
  {
    name: "lkj",
    discrete: false,
    shape: [],
    mean: eye(n),
    variance: (1 - eye(n)) / (2 * eta + n - 1),
    logpdf: R => of_matrices(
      "lkj",
      R,
      n,
      M => if is_positive_definite(M) and all(abs(diag(M) - 1) < 1e-9) {
        (eta - 1) * logdet(M) - log_scale
      } else { outside(M) },
    ),
    // partial correlations, from which the Cholesky factor is built row by row
    sample: (key, to) => repeated(
      key => {
        let b = eta + 0.5 * (n - 2 - (0..n))
        let z = 2 * standard_beta(key, max(b, 0.5 * eta), max(b, 0.5 * eta), [n, n]) - 1
        let rows = [_lkj_row(z[i], i, n) for i in 0..n]
        rows @ rows.T
      },
      key,
      to,
      [n, n],
    ),
  }
}

/// Row i of a Cholesky factor with unit length, from partial correlations.
fn _lkj_row(z, i, n) {
  var row = []
  var rest = 1
  for j in 0..n {
    row ++= [if j < i { z[j] * sqrt(rest) } else if j == i { sqrt(rest) } else { 0 }]
    if j < i { rest = rest * (1 - z[j]^2) }
  }
  row
}

/// \`multinomial\` of \`std/dist\`.
fn multinomial_distribution(n, p) {
  check_count("multinomial", "n", n)
  check_probabilities("multinomial", "p", p)
  let m = len(p)
  {
    name: "multinomial",
    discrete: true,
    shape: [],
    mean: n * p,
    variance: n * (diag(p) - outer(p, p)),
    logpdf: k => {
      check_last("multinomial", k, m)
      let inside = all(k >= 0 and is_whole(k), axis: -1) and equal(sum(k, axis: -1), n)
      let s = max(k, 0)
      let known = where(inside, lgamma(n + 1) + sum(xlogy(s, p) - lgamma(s + 1), axis: -1), -inf)
      where(all(equal(k, k), axis: -1), known, nan)
    },
    sample: (key, to) => {
      let places = flatten([to]) ++ [n]
      let drawn = indices(key, stop_gradient(p), places)
      sum(where(equal(reshape(drawn, places ++ [1]), 0..m), 1, 0), axis: -2)
    },
  }
}
`],
  ["std/interp", `/// Curves through given points: functions of one number (or an array of numbers), which can be differentiated by where they
/// are asked for and by the points.
///
/// Each takes the places \`xs\`, strictly ascending, and the values \`ys\` there, and gives a function. Outside of the points
/// it goes on as its outermost piece, unless told \`outside: "constant"\` (the value at the end) or \`"error"\`.

// ---------------------------------------------------------------- pieces

fn _check(xs, ys, least, name) {
  assert(
    rank(xs) == 1 and rank(ys) == 1 and len(xs) == len(ys),
    "\`{name}\` needs two vectors of one length, not of shapes {shape(xs)} and {shape(ys)}",
  )
  assert(len(xs) >= least, "\`{name}\` needs at least {least} points, not {len(xs)}")
  assert(all(differences(xs) > 0), "\`{name}\` needs strictly ascending places")
}

/// The function that on the piece from xs[i] is the polynomial with coefficients[k][i] in front of (x - xs[i])^k.
fn _piecewise(xs, coefficients, outside) {
  assert(
    outside == "extend" or outside == "constant" or outside == "error",
    "\`outside\` is \\"extend\\", \\"constant\\" or \\"error\\", not \\"{outside}\\"",
  )
  let last_piece = len(xs) - 2
  x => {
    let inside = if outside == "constant" { clamp(x, xs[0], xs[-1]) } else { x }
    if outside == "error" {
      assert(
        all(x >= xs[0]) and all(x <= xs[-1]),
        "the curve is known from {xs[0]} to {xs[-1]}, not at {x}",
      )
    }
    let i = clamp(searchsorted(xs, inside, side: "right") - 1, 0, last_piece)
    let d = inside - xs[i]
    var value = coefficients[-1][i]
    for k in 1..len(coefficients) { value = value * d + coefficients[-1 - k][i] }
    value
  }
}

/// The cubic pieces with the given values and slopes at the places.
fn _hermite(xs, ys, slopes, outside) {
  let h = differences(xs)
  let steep = differences(ys) / h
  let c2 = (3 * steep - 2 * slopes[..-1] - slopes[1..]) / h
  let c3 = (slopes[..-1] + slopes[1..] - 2 * steep) / h^2
  _piecewise(xs, list(ys[..-1], slopes[..-1], c2, c3), outside)
}

// ---------------------------------------------------------------- curves

/// Straight lines from point to point.
/// > linear([0, 1, 3], [0, 2, 0])(2)
/// 1
/// > linear([0, 1, 3], [0, 2, 0])'(2)
/// -1
/// > linear([0, 1], [0, 2])([0.25, 2])
/// [0.5, 4]
fn linear(xs, ys, outside = "extend") {
  _check(xs, ys, 2, "linear")
  _piecewise(xs, list(ys[..-1], differences(ys) / differences(xs)), outside)
}

/// The value of the nearest point; half way, of the one to the left. It has no slope.
/// > nearest([0, 1, 3], [5, 6, 7])([0.4, 0.6, 2.5])
/// [5, 6, 7]
fn nearest(xs, ys) {
  _check(xs, ys, 1, "nearest")
  let between = 0.5 * (xs[1..] + xs[..-1])
  x => ys[searchsorted(between, x)]
}

/// The cubic spline: cubic pieces whose first and second derivatives agree where they meet. At the ends:
///
/// - \`"not-a-knot"\`: the outermost two pieces are one polynomial
/// - \`"natural"\`: the second derivative is 0
/// - \`"clamped"\`: the slopes are those of \`slopes\`, a pair; 0 unless told
/// > fixed(cubic([0, 1, 2, 3], [0, 1, 8, 27])(1.5), 9)
/// "3.375000000"
/// > cubic([0, 1, 2], [0, 1, 0], ends: "natural")(0.5)
/// 0.6875
/// > cubic([0, 1], [0, 1], ends: "clamped")(0.5)
/// 0.5
/// > grad(ys => cubic([0, 1, 2], ys, ends: "natural")(0.5))([0, 1, 0])[..2]
/// [0.40625, 0.6875]
fn cubic(xs, ys, ends = "not-a-knot", slopes = (0, 0), outside = "extend") {
  _check(xs, ys, if ends == "not-a-knot" { 3 } else { 2 }, "cubic")
  let h = differences(xs)
  let steep = differences(ys) / h
  let [low, high] = match ends {
    "natural" => [{ a: 2, b: 1, c: 0, r: 3 * steep[0] }, { a: 2, b: 1, c: 0, r: 3 * steep[-1] }]
    "clamped" => [{ a: 1, b: 0, c: 0, r: slopes[0] }, { a: 1, b: 0, c: 0, r: slopes[1] }]
    "not-a-knot" => if len(xs) == 3 {
      [_parabola(h, steep), _parabola(reverse(h), reverse(steep))]
    } else { [_not_a_knot(h, steep), _not_a_knot(reverse(h), reverse(steep))] }
    _ => error("\`ends\` is \\"not-a-knot\\", \\"natural\\" or \\"clamped\\", not \\"{ends}\\"")
  }
  _hermite(xs, ys, _spline_slopes(h, steep, low, high), outside)
}

/// At an end with three points: the slope there of the parabola through them.
fn _parabola(h, steep) = {
  a: 1,
  b: 0,
  c: 0,
  r: steep[0] - h[0] * (steep[1] - steep[0]) / (h[0] + h[1]),
}

/// At an end: the third derivatives of the first two pieces agree.
fn _not_a_knot(h, steep) {
  let d = h[0] + h[1]
  { a: h[1], b: d, c: 0, r: ((h[0] + 2 * d) * h[1] * steep[0] + h[0]^2 * steep[1]) / d }
}

/// The slopes m for which second derivatives agree inside, with a m_0 + b m_1 = r at either end: a tridiagonal system, by
/// elimination (Thomas).
fn _spline_slopes(h, steep, low, high) {
  let n = len(h) + 1
  var upper = [low.b / low.a]
  var right = [low.r / low.a]
  for i in 1..n - 1 {
    let pivot = 2 * (h[i - 1] + h[i]) - h[i] * upper[i - 1]
    upper ++= [h[i - 1] / pivot]
    right ++= [(3 * (h[i] * steep[i - 1] + h[i - 1] * steep[i]) - h[i] * right[i - 1]) / pivot]
  }
  var m = (high.r - high.b * right[n - 2]) / (high.a - high.b * upper[n - 2])
  var slopes = [m]
  for i in 2..=n {
    m = right[n - i] - upper[n - i] * m
    slopes ++= [m]
  }
  reverse(slopes)
}

/// Cubic pieces that rise and fall only where the points do (Fritsch and Butland 1984, as PCHIP): no overshoot.
/// > pchip([0, 1, 2], [0, 1, 1])(1.5)
/// 1
/// > pchip([0, 1, 2, 3], [0, 0, 1, 1])([0.5, 1.5])
/// [0, 0.5]
fn pchip(xs, ys, outside = "extend") {
  _check(xs, ys, 2, "pchip")
  let h = differences(xs)
  let steep = differences(ys) / h
  if len(xs) == 2 { return linear(xs, ys, outside: outside) }
  let (h0, h1, s0, s1) = (h[..-1], h[1..], steep[..-1], steep[1..])
  let same = s0 * s1 > 0
  // the weighted harmonic mean of the slopes on both sides; the other arm stays finite
  let (w0, w1) = (2 * h1 + h0, h1 + 2 * h0)
  let inner = where(same, (w0 + w1) / (w0 / where(same, s0, 1) + w1 / where(same, s1, 1)), 0)
  let ends = [
    _pchip_end(h[0], h[1], steep[0], steep[1]),
    _pchip_end(h[-1], h[-2], steep[-1], steep[-2]),
  ]
  _hermite(xs, ys, [ends[0]] ++ inner ++ [ends[1]], outside)
}

/// The slope at an end from three points, held back where it would overshoot.
fn _pchip_end(h0, h1, s0, s1) {
  let slope = ((2 * h0 + h1) * s0 - h0 * s1) / (h0 + h1)
  if slope * s0 <= 0 { 0 } else if s0 * s1 <= 0 and abs(slope) > 3 * abs(s0) { 3 * s0 } else {
    slope
  }
}

/// Cubic pieces with the given slopes at the points.
/// > hermite([0, 1], [0, 1], [0, 0])(0.5)
/// 0.5
fn hermite(xs, ys, slopes, outside = "extend") {
  _check(xs, ys, 2, "hermite")
  assert(shape(slopes) == shape(ys), "\`hermite\` needs one slope for each of {len(ys)} points")
  _hermite(xs, ys, slopes, outside)
}

/// The one polynomial through all points, in Lagrange's form: for few points, or such
/// that crowd at the ends.
/// > polynomial([0, 1, 2], [0, 1, 4])(3)
/// 9
fn polynomial(xs, ys) {
  _check(xs, ys, 1, "polynomial")
  let n = len(xs)
  let weights = [1 / prod(xs[i] - xs[j] for j in 0..n if j != i) for i in 0..n]
  // as a sum of products, so that derivatives hold at the points too
  x => sum(
    [ys[i] * weights[i] * prod([x - xs[j] for j in 0..n if j != i], axis: 0) for i in 0..n],
    axis: 0,
  )
}
`],
  ["std/ode", `/// Solutions of ordinary differential equations y' = f(t, y) from a start y0.
///
/// The state y is a number, an array or any structure of them, and f gives its change in the same form. Everything can be
/// differentiated: a solution by its start, by the times and by whatever f captured, as the steps are executed; \`adjoint\`
/// gives gradients by a second equation backwards in time instead, in memory that does not grow with the steps.

import { flattened, same } from "std/structures"

/// The equation over vectors, and the way back to the form of y0.
fn _over_vectors(f, y0) {
  let (y, unravel) = flattened(y0)
  let n = len(y)
  let slope = if same(y, stop_gradient(y0)) { f } else {
    (t, v) => {
      let k = ravel(f(t, unravel(v)))[0]
      assert(len(k) == n, "f gives {len(k)} numbers for a state of {n}")
      k
    }
  }
  (slope, y, unravel)
}

/// The states at all times: an array where they are numbers or arrays, else a list.
fn _states(rows, unravel) = [unravel(row) for row in rows]

fn _check_times(times) {
  assert(
    rank(times) == 1 and len(times) >= 1,
    "\`times\` must be a vector that begins with the time of the start",
  )
  assert(all(abs(times) < inf), "\`times\` must be finite, not {stop_gradient(times)}")
  let steps = differences(times)
  assert(all(steps > 0) or all(steps < 0), "\`times\` must rise or fall all the way")
}

// ---------------------------------------------------------------- fixed steps

/// One step of length h of the classical method of Runge and Kutta, fourth order.
fn _rk4_step(f, t, y, h) {
  let k1 = f(t, y)
  let k2 = f(t + 0.5 * h, y + 0.5 * h * k1)
  let k3 = f(t + 0.5 * h, y + 0.5 * h * k2)
  let k4 = f(t + h, y + h * k3)
  y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
}

/// The states at \`times\`, whose first is the time of y0, by the classical method of Runge and Kutta with \`steps\` equal steps
/// from one time to the next.
/// > rk4((t, y) => -y, 1, [0, 1], steps: 100)
/// [1, 0.36787944...]
/// > rk4((t, { x, v }) => { x: v, v: -x }, { x: 1, v: 0 }, [0, pi], steps: 100)[1].x
/// -0.99999999...
/// > grad(k => rk4((t, y) => -k * y, 1, [0, 1], steps: 100)[1])(1)
/// -0.36787944...
fn rk4(f, y0, times, steps = 1) {
  _check_times(times)
  assert(
    steps >= 1 and steps == floor(steps),
    "\`steps\` must be a whole number of at least 1, not {steps}",
  )
  let (slope, start, unravel) = _over_vectors(f, y0)
  var y = start
  var rows = [y]
  for k in 0..len(times) - 1 {
    let h = (times[k + 1] - times[k]) / steps
    for i in 0..steps { y = _rk4_step(slope, times[k] + i * h, y, h) }
    rows ++= [y]
  }
  _states(rows, unravel)
}

// ---------------------------------------------------------------- Dormand and Prince

// The coefficients of the pair of fifth and fourth order (Dormand and Prince 1980), and of Shampine's continuous extension of
// fourth order: the state at a part s of the step is y + h Σ k_i b_i(s), b_i(s) = Σ_j _dense[i, j] s^(j + 1).
let _nodes = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1]
let _stages = list(
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
)
let _error_weights = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
let _dense = [
  [1, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
  [0, 0, 0, 0],
  [0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
  [0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
  [0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
  [0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
  [0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
]

/// The slopes at the seven stages of one step, as rows; the last is the slope at the end, where the state is the second result.
fn _dopri5_stages(f, t, y, h, first) {
  var ks = [first]
  var end = y
  for i in 1..7 {
    end = y + h * (_stages[i] @ ks)
    ks ++= [f(t + _nodes[i] * h, end)]
  }
  (ks, end)
}

/// The states at \`times\`, whose first is the time of y0, by the method of Dormand and Prince, whose steps are as long as an
/// estimated error of \`absolute\` + \`relative\` |y| in every component allows. The states between steps come from the
/// method's continuous extension. For stiff equations, where the steps become tiny, there is \`stiff\`.
/// > dopri5((t, y) => -y, 1, [0, 1])[1]
/// 0.3678794...
/// > dopri5((t, y) => [y[1], -y[0]], [1, 0], [0, pi / 2, pi])[2]
/// [-1.000000..., 0.0000000...]
fn dopri5(f, y0, times, relative = 1e-8, absolute = 1e-10, first_step = (), max_steps = 100_000) {
  _check_times(times)
  let { rows, unravel } = _adaptive(f, y0, times, relative, absolute, first_step, max_steps)
  _states(rows, unravel)
}

fn _adaptive(f, y0, times, relative, absolute, first_step, max_steps) {
  let (slope, start, unravel) = _over_vectors(f, y0)
  let forward = sign(stop_gradient(times[-1] - times[0]))
  var t = times[0]
  var y = start
  var k = slope(t, y)
  var rows = [y]
  var next = 1
  var h = if same(first_step, ()) {
    _first_step(slope, t, y, k, forward, relative, absolute)
  } else { forward * abs(first_step) }
  var before = 1e-4
  var count = 0
  while next < len(times) {
    assert(
      count < max_steps,
      "{max_steps} steps brought the solution only to time {stop_gradient(t)}; a stiff equation needs \`stiff\`",
    )
    count += 1
    // the last step ends at the last time, so that what comes after is never asked for
    let rest = times[-1] - t
    let final = abs(h) >= abs(rest) * (1 - 1e-12)
    let step = if final { rest } else { h }
    let (ks, end) = _dopri5_stages(slope, t, y, step, k)
    let scale = absolute + relative * stop_gradient(max(abs(y), abs(end)))
    let off = sqrt(mean((stop_gradient(step * (_error_weights @ ks)) / scale)^2))
    if off <= 1 {
      while next < len(times)
        and abs(stop_gradient(times[next] - t)) <= abs(stop_gradient(step)) * (1 + 1e-14) {
        let s = (times[next] - t) / step
        rows ++= [y + step * ((_dense @ [s, s^2, s^3, s^4]) @ ks)]
        next += 1
      }
      t += step
      y = end
      k = ks[6]
      // the controller with memory of Gustafsson (1991)
      h = stop_gradient(step) * clamp(0.9 * max(off, 1e-10)^-0.17 * before^0.04, 0.2, 10)
      before = max(off, 1e-4)
    } else {
      h = stop_gradient(step) * (if off < inf { max(0.2, 0.9 * off^-0.2) } else { 0.1 })
      assert(
        abs(h) > 4 * eps * abs(stop_gradient(t)) and abs(h) > 1e-300,
        "the solution cannot go on at time {stop_gradient(t)}: it may be infinite there",
      )
    }
  }
  { rows, unravel, steps: count }
}

/// A first step as long as the slope and its change suggest (Hairer, Nørsett and Wanner 1993, II.4).
fn _first_step(f, t, y, k, forward, relative, absolute) {
  let scale = absolute + relative * abs(stop_gradient(y))
  let size = v => sqrt(mean((stop_gradient(v) / scale)^2))
  let d0 = size(y)
  let d1 = size(k)
  let h0 = if d0 < 1e-5 or d1 < 1e-5 { 1e-6 } else { 0.01 * d0 / d1 }
  let there = f(stop_gradient(t) + forward * h0, stop_gradient(y + forward * h0 * k))
  let d2 = size(there - k) / h0
  let h1 = if max(d1, d2) <= 1e-15 { max(1e-6, 1e-3 * h0) } else { (0.01 / max(d1, d2))^0.2 }
  let h = min(100 * h0, h1)
  forward * (if h < inf { h } else { 1e-6 })
}

/// The solution between two times as a function of time, from the states and slopes at \`points\` equally spaced times by
/// cubic interpolation: as exact as the points are close.
/// > solution((t, y) => -y, 1, 0, 2)(1)
/// 0.367879...
fn solution(f, y0, from, to, points = 200, relative = 1e-8, absolute = 1e-10) {
  let times = linspace(from, to, points)
  let (slope, _, unravel) = _over_vectors(f, y0)
  let { rows } = _adaptive(f, y0, times, relative, absolute, (), 100_000)
  let slopes = [slope(times[i], rows[i]) for i in 0..points]
  t => {
    let place = (t - from) / (to - from) * (points - 1)
    assert(
      -1e-9 <= place <= points - 1 + 1e-9,
      "the solution is known from {from} to {to}, not at {t}",
    )
    let i = clamp(floor(stop_gradient(place)), 0, points - 2)
    let h = times[i + 1] - times[i]
    let s = (t - times[i]) / h
    let left = rows[i] + s^2 * (3 - 2 * s) * (rows[i + 1] - rows[i])
    unravel(left + h * s * (1 - s) * ((1 - s) * slopes[i] - s * slopes[i + 1]))
  }
}

// ---------------------------------------------------------------- stiff

/// The states at \`times\`, whose first is the time of y0, of a stiff equation: by a method of Rosenbrock's kind with the exact
/// Jacobian, third order and L-stable (Rodas3, Sandu et al. 1997), whose steps are as long as \`relative\` and \`absolute\` allow.
/// > stiff((t, y) => -1000 * (y - cos(t)), 0, [0, 1])[1]
/// 0.54114...
fn stiff(f, y0, times, relative = 1e-6, absolute = 1e-9, first_step = (), max_steps = 100_000) {
  _check_times(times)
  let (slope, start, unravel) = _over_vectors(f, y0)
  let n = len(start)
  let forward = sign(stop_gradient(times[-1] - times[0]))
  var t = times[0]
  var y = start
  var rows = [y]
  var h = if same(first_step, ()) {
    _first_step(slope, t, y, slope(t, y), forward, relative, absolute)
  } else { forward * abs(first_step) }
  var count = 0
  for next in 1..len(times) {
    while stop_gradient(t) != stop_gradient(times[next]) {
      assert(
        count < max_steps,
        "{max_steps} steps brought the solution only to time {stop_gradient(t)}",
      )
      count += 1
      let rest = times[next] - t
      let final = abs(h) >= abs(rest) * (1 - 1e-12)
      let step = if final { rest } else { h }
      let (end, error) = _rodas3_step(slope, t, y, step, n)
      let scale = absolute + relative * stop_gradient(max(abs(y), abs(end)))
      let off = sqrt(mean((stop_gradient(error) / scale)^2))
      if off <= 1 {
        t = if final { times[next] } else { t + step }
        y = end
        // a step cut short to meet a time says nothing about the next one
        let longer = stop_gradient(step) * clamp(0.9 * max(off, 1e-10)^(-1 / 3), 0.2, 6)
        h = if final and abs(longer) < abs(h) { h } else { longer }
      } else {
        h = stop_gradient(step) * (if off < inf { max(0.2, 0.9 * off^(-1 / 3)) } else { 0.1 })
        assert(
          abs(h) > 4 * eps * abs(stop_gradient(t)) and abs(h) > 1e-300,
          "the solution cannot go on at time {stop_gradient(t)}: it may be infinite there",
        )
      }
    }
    rows ++= [y]
  }
  _states(rows, unravel)
}

/// One step of Rodas3: four linear systems with one matrix. The last stage is the error.
fn _rodas3_step(f, t, y, h, n) {
  let J = jacfwd(v => f(t, v))(y)
  let ft = jvp(s => f(s, y), t, 1)[1]
  let A = 2 / h * eye(n) - J
  let f0 = f(t, y)
  let u1 = solve(A, f0 + 0.5 * h * ft)
  let u2 = solve(A, f0 + 4 / h * u1 + 1.5 * h * ft)
  let f3 = f(t + h, y + 2 * u1)
  let u3 = solve(A, f3 + (u1 - u2) / h)
  let y4 = y + 2 * u1 + u3
  let u4 = solve(A, f(t + h, y4) + (u1 - u2 - 8 / 3 * u3) / h)
  (y4 + u4, u4)
}

// ---------------------------------------------------------------- adjoint

/// The state at \`to\` of y' = f(t, y, p), where y0 has time \`from\`, as \`dopri5\` finds it. Its gradient in y0, p and the times
/// comes from the adjoint equation backwards in time (Pontryagin; Chen et al. 2018), whose memory does not grow with the
/// steps. f must take what it depends on as the parameters p, a structure, and not capture it.
/// > adjoint((t, y, p) => -p * y, 1, 0, 1, 2)
/// 0.1353352...
/// > grad(p => adjoint((t, y, p) => -p * y, 1, 0, 1, p))(2)
/// -0.135335...
fn adjoint(f, y0, from, to, p, relative = 1e-9, absolute = 1e-11) {
  let solve_to = (y0, p, from, to) => last(
    dopri5((t, y) => f(t, y, p), y0, [from, to], relative: relative, absolute: absolute),
  )
  let back = ((y0, p, from, to), end) => end_bar => {
    // the state, its cotangent and that of the parameters, together
    let equations = (t, (y, y_bar, p_bar)) => {
      let (slope, pull) = vjp((y, p) => f(t, y, p), (y, p))
      let (ys, ps) = pull(y_bar)
      (slope, -ys, -ps)
    }
    let start = (end, end_bar, 0 * p)
    let (y, y_bar, p_bar) = last(
      dopri5(equations, start, [to, from], relative: relative, absolute: absolute),
    )
    (y_bar, p_bar, -dot(y_bar, f(from, y0, p)), dot(end_bar, f(to, end, p)))
  }
  custom_vjp(solve_to, back)(y0, p, from, to)
}
`],
  ["std/optim", `/// Minimisation: one interface over parameters of any structure, and a function for each method.
///
/// \`minimize(f, x0)\` gives a record:
///
/// - \`x\`: the best parameters found, in the form of x0; \`value\` and \`gradient\` of f there
/// - \`converged\`, and \`reason\`: why it stopped, in words
/// - \`iterations\`, and \`evaluations\` of f with its gradient
/// - \`history\`: \`value\` and \`steepness\` after each iteration, as arrays, the start first
///
/// Where f has several parameters, x0 is a tuple. Inside a derivative the iterations are followed as they are executed;
/// \`implicit\` of \`std/roots\`, applied to the gradient, gives the exact derivative of a minimum.

import { constrained } from "std/optim/constraints"
import {
  adam_method,
  conjugate_gradient_method,
  gradient_descent_method,
  lbfgs_method,
  momentum_method,
  newton_method,
} from "std/optim/descent"
import {
  gauss_newton_method,
  levenberg_marquardt_method,
  residual_problem,
} from "std/optim/least_squares"
import { problem as problem_of, steepness } from "std/optim/problem"
import { same } from "std/structures"
import { trust_region_method } from "std/optim/trust"

/// The names that \`method:\` takes.
/// > len(methods)
/// 9
let methods = list(
  "lbfgs",
  "gradient_descent",
  "momentum",
  "adam",
  "conjugate_gradient",
  "newton",
  "trust_region",
  "gauss_newton",
  "levenberg_marquardt",
)

/// Minimises f from x0. The methods:
///
/// - \`"lbfgs"\` (\`memory\`: steps remembered), for most smooth functions; \`"conjugate_gradient"\` for very many parameters
/// - \`"gradient_descent"\` with a line search; \`"momentum"\` (\`rate\`, \`decay\`) and \`"adam"\` (\`rate\`, \`decays\`, \`epsilon\`), which
///   look at gradients alone
/// - \`"newton"\` and \`"trust_region"\`, with the exact Hessian, for few parameters
/// - \`"gauss_newton"\` and \`"levenberg_marquardt"\`, for which f gives residuals, in any structure, and \`value\` is the sum of
///   their squares
///
/// It stops when the longest component of the gradient is at most \`tolerance\` (for residuals: the largest cosine between them
/// and a column of the Jacobian), when a step changes the value by at most \`value_tolerance\` of it, or after
/// \`max_iterations\`. \`lower\` and \`upper\` bound every number, each by one number or by something of the form of x0; every
/// method but \`"trust_region"\` knows them. \`equality\` and \`inequality\` are functions of the parameters that are to be 0, and
/// at least 0; the result then also has the \`violation\` and the \`multipliers\`, and the history is of the violation. A point where f is nan, infinite or
/// stops with an error is avoided.
/// > let rosenbrock = (x, y) => (1 - x)^2 + 100 * (y - x^2)^2; minimize(rosenbrock, (-1.2, 1)).converged
/// true
/// > minimize(p => (p.a - 1)^2 + p.b^4, { a: 0, b: 0 }, method: "gradient_descent").x
/// { a: 1, b: 0 }
/// > minimize(x => (x - 3)^2, 0, upper: 2).x
/// 2
/// > fixed(minimize((x, y) => x + y, (1, 0), equality: (x, y) => x^2 + y^2 - 2).value, 6)
/// "-2.000000"
fn minimize(
  f,
  x0,
  method = "lbfgs",
  tolerance = 1e-8,
  value_tolerance = 1e-15,
  max_iterations = 2000,
  lower = (),
  upper = (),
  equality = (),
  inequality = (),
  memory = 10,
  rate = 0.01,
  decay = 0.9,
  decays = (0.9, 0.999),
  epsilon = 1e-8,
  reach = 10,
) {
  assert(tolerance >= 0 and value_tolerance >= 0, "tolerances must be 0 or more")
  assert(max_iterations >= 0, "\`max_iterations\` must be 0 or more")
  let free = same(equality, ()) and same(inequality, ())
  let least_squares = method == "gauss_newton" or method == "levenberg_marquardt"
  let chosen = match method {
    "lbfgs" => lbfgs_method(memory)
    "gradient_descent" => gradient_descent_method()
    "momentum" => momentum_method(rate, decay)
    "adam" => adam_method(rate, decays[0], decays[1], epsilon)
    "conjugate_gradient" => conjugate_gradient_method()
    "newton" => newton_method()
    "trust_region" => trust_region_method()
    "gauss_newton" => gauss_newton_method()
    "levenberg_marquardt" => levenberg_marquardt_method(reach)
    _ => error("there is no method \\"{method}\\" of \`minimize\`; there are {join(methods, ", ")}")
  }
  let limits = { tolerance, value_tolerance, max_iterations }
  if free {
    let given = if least_squares { residual_problem(f, x0, lower, upper) } else {
      problem_of(f, x0, lower, upper)
    }
    return _run(given, chosen, limits)
  }
  assert(
    not least_squares,
    "constraints go with the methods for a scalar function, not with \\"{method}\\"",
  )
  let inner = (lagrangian, x) => _run(problem_of(lagrangian, x, lower, upper), chosen, limits)
  constrained(f, x0, equality, inequality, tolerance, inner)
}

/// Why to stop at a point, as \`{ converged, reason }\`; the reason is empty where there is none. \`change\` is that of the value.
fn _verdict(at, slope, change, { tolerance, value_tolerance }) = if at.value < -1e30 {
  { converged: false, reason: "the value falls without bound" }
} else if not (at.value < inf and slope < inf) {
  { converged: false, reason: "the value or the gradient is not finite" }
} else if slope <= tolerance {
  { converged: true, reason: "the gradient is within the tolerance" }
} else if change <= value_tolerance * abs(at.value) {
  { converged: true, reason: "the value no longer changes" }
} else { { converged: false, reason: "" } }

/// Steps of one method until one of the reasons to stop holds.
fn _run(problem, method, limits) {
  let steep = get(method, "steepness", steepness)
  var at = problem.evaluate(problem.project(problem.start))
  var best = at
  var memory = method.start(at)
  var slope = steep(problem, at)
  var verdict = _verdict(at, slope, inf, limits)
  var iterations = 0
  var evaluations = 1
  var values = [at.value]
  var slopes = [slope]
  while verdict.reason == "" {
    if iterations >= limits.max_iterations {
      verdict.reason = "the limit of iterations is reached"
      break
    }
    let (next, kept, count) = method.step(problem, at, memory)
    evaluations += count
    if same(next, ()) {
      verdict.reason = "no step lowers the value"
      break
    }
    let change = if method.fixed { inf } else { abs(next.value - at.value) }
    iterations += 1
    at = next
    // Methods with a fixed rate go uphill too, and may run away.
    if at.value < best.value { best = at }
    memory = kept
    slope = steep(problem, at)
    values ++= [at.value]
    slopes ++= [slope]
    verdict = _verdict(at, slope, change, limits)
  }
  let found = if has(method, "finish") and iterations < limits.max_iterations {
    method.finish(problem, at)
  } else if verdict.converged { at } else { best }
  {
    x: problem.unravel(found.v),
    value: found.value,
    gradient: problem.unravel(found.gradient),
    iterations,
    evaluations,
    ...verdict,
    history: { value: values, steepness: slopes },
  }
}

/// Gradient descent with a line search: \`minimize\` with \`method: "gradient_descent"\`.
/// > fixed(gradient_descent(x => (x - 3)^2, 0).x, 6)
/// "3.000000"
fn gradient_descent(
  f,
  x0,
  tolerance = 1e-8,
  max_iterations = 2000,
  lower = (),
  upper = (),
) = minimize(
  f,
  x0,
  method: "gradient_descent",
  tolerance: tolerance,
  max_iterations: max_iterations,
  lower: lower,
  upper: upper,
)

/// Gradient descent with momentum and a fixed rate: \`minimize\` with \`method: "momentum"\`.
/// > fixed(momentum(x => (x - 3)^2, 0, rate: 0.1).x, 6)
/// "3.000000"
fn momentum(
  f,
  x0,
  rate = 0.01,
  decay = 0.9,
  tolerance = 1e-8,
  max_iterations = 2000,
  lower = (),
  upper = (),
) = minimize(
  f,
  x0,
  method: "momentum",
  rate: rate,
  decay: decay,
  tolerance: tolerance,
  max_iterations: max_iterations,
  lower: lower,
  upper: upper,
)

/// Adam: \`minimize\` with \`method: "adam"\`.
/// > fixed(adam(x => (x - 3)^2, 0, rate: 0.1).x, 6)
/// "3.000000"
fn adam(
  f,
  x0,
  rate = 0.01,
  decays = (0.9, 0.999),
  epsilon = 1e-8,
  tolerance = 1e-8,
  max_iterations = 2000,
  lower = (),
  upper = (),
) = minimize(
  f,
  x0,
  method: "adam",
  rate: rate,
  decays: decays,
  epsilon: epsilon,
  tolerance: tolerance,
  max_iterations: max_iterations,
  lower: lower,
  upper: upper,
)

/// Nonlinear conjugate gradients: \`minimize\` with \`method: "conjugate_gradient"\`.
/// > fixed(conjugate_gradient(x => (x - 3)^2, 0).x, 6)
/// "3.000000"
fn conjugate_gradient(
  f,
  x0,
  tolerance = 1e-8,
  max_iterations = 2000,
  lower = (),
  upper = (),
) = minimize(
  f,
  x0,
  method: "conjugate_gradient",
  tolerance: tolerance,
  max_iterations: max_iterations,
  lower: lower,
  upper: upper,
)

/// L-BFGS, which remembers \`memory\` steps: \`minimize\` with \`method: "lbfgs"\`.
/// > fixed(lbfgs(x => (x - 3)^2, 0).x, 6)
/// "3.000000"
fn lbfgs(
  f,
  x0,
  memory = 10,
  tolerance = 1e-8,
  max_iterations = 2000,
  lower = (),
  upper = (),
) = minimize(
  f,
  x0,
  memory: memory,
  tolerance: tolerance,
  max_iterations: max_iterations,
  lower: lower,
  upper: upper,
)

/// Newton's method with the exact Hessian and a line search: \`minimize\` with \`method: "newton"\`.
/// > fixed(newton(x => (x - 3)^2, 0).x, 6)
/// "3.000000"
fn newton(f, x0, tolerance = 1e-8, max_iterations = 2000, lower = (), upper = ()) = minimize(
  f,
  x0,
  method: "newton",
  tolerance: tolerance,
  max_iterations: max_iterations,
  lower: lower,
  upper: upper,
)

/// Newton's method in a trust region, also where the Hessian is not positive definite: \`minimize\` with
/// \`method: "trust_region"\`.
/// > fixed(trust_region(x => (x^2 - 1)^2, 0.01).x, 6)
/// "1.000000"
fn trust_region(f, x0, tolerance = 1e-8, max_iterations = 2000) = minimize(
  f,
  x0,
  method: "trust_region",
  tolerance: tolerance,
  max_iterations: max_iterations,
)

/// Gauss and Newton's method for the sum of squares of residuals: \`minimize\` with \`method: "gauss_newton"\`.
/// > gauss_newton((a, b) => [a - 1, a + b - 3], (0, 0)).x
/// (1, 2)
fn gauss_newton(
  residuals,
  x0,
  tolerance = 1e-8,
  max_iterations = 2000,
  lower = (),
  upper = (),
) = minimize(
  residuals,
  x0,
  method: "gauss_newton",
  tolerance: tolerance,
  max_iterations: max_iterations,
  lower: lower,
  upper: upper,
)

/// Levenberg and Marquardt's method for the sum of squares of residuals: \`minimize\` with \`method: "levenberg_marquardt"\`. The
/// first step may be \`reach\` times as long as the start is far from zero.
/// > let xs = [0, 1, 2, 3]; let ys = [1, 2.5, 7, 20]; fixed(levenberg_marquardt(p => p.a * exp(p.b * xs) - ys, { a: 1, b: 0.5 }).x.b, 6)
/// "1.041636"
fn levenberg_marquardt(
  residuals,
  x0,
  reach = 10,
  tolerance = 1e-8,
  max_iterations = 2000,
  lower = (),
  upper = (),
) = minimize(
  residuals,
  x0,
  method: "levenberg_marquardt",
  reach: reach,
  tolerance: tolerance,
  max_iterations: max_iterations,
  lower: lower,
  upper: upper,
)
`],
  ["std/optim/constraints", `/// Constraints by the augmented Lagrangian (Hestenes 1969, Powell 1969, Rockafellar 1973): a sequence of minimisations without
/// them, of f plus estimates of the multipliers times the constraints plus a penalty on what is violated.

import { same, value_at } from "std/structures"

/// The numbers of a constraint at x, and back into its form; none where there is no constraint.
fn _constraint(c, x) = if same(c, ()) { ([], v => v) } else { ravel(value_at(c, x)) }

/// Minimises f subject to equality(x) = 0 and inequality(x) ≥ 0, by \`inner(lagrangian, x)\`, which minimises without them.
/// > constrained(x => x, 3, (), x => x - 2, 1e-8, (f, x) => { x: 2, iterations: 0, evaluations: 1, converged: true }).value
/// 2
fn constrained(f, x0, equality, inequality, tolerance, inner) {
  let (h0, h_form) = _constraint(equality, x0)
  let (g0, g_form) = _constraint(inequality, x0)
  var lambda = 0 * h0
  var mu = 0 * g0
  var rho = 10
  var x = x0
  var before = inf
  var iterations = 0
  var evaluations = 0
  var violation = inf
  var done = false
  var values = []
  var violations = []
  for _ in 0..60 {
    let (l, m, weight) = (lambda, mu, rho)
    let lagrangian = p => {
      let h = _constraint(equality, p)[0]
      let g = _constraint(inequality, p)[0]
      let short = relu(m / weight - g)
      value_at(f, p) + dot(l, h) + 0.5 * weight * (squared_norm(h) + squared_norm(short))
    }
    let found = inner(lagrangian, x)
    x = found.x
    iterations += found.iterations
    evaluations += found.evaluations
    let h = _constraint(equality, x)[0]
    let g = _constraint(inequality, x)[0]
    violation = max([0, ...abs(h), ...abs(min(g, mu / rho))])
    values ++= [value_at(f, x)]
    violations ++= [violation]
    lambda = lambda + rho * h
    mu = relu(mu - rho * g)
    if violation <= tolerance and found.converged {
      done = true
      break
    }
    if not (violation <= 0.25 * before) { rho = min(10 * rho, 1e12) }
    before = violation
  }
  let (value, pull) = vjp(f, x)
  {
    x,
    value,
    gradient: pull(1),
    iterations,
    evaluations,
    converged: done,
    reason: if done { "the constraints hold within the tolerance" } else {
      "no point was found where the constraints hold"
    },
    history: { value: values, violation: violations },
    violation,
    multipliers: { equality: h_form(-lambda), inequality: g_form(mu) },
  }
}
`],
  ["std/optim/descent", `/// Methods that choose a direction and search along it: gradient descent, conjugate gradients, L-BFGS, Newton; and those
/// that walk with a fixed rate: momentum, Adam. A *method* is a record: \`start(at)\` is its memory at the first point, and
/// \`step(problem, at, memory)\` gives the next point, the memory there, and how many evaluations that took; the next point
/// is \`()\` where none was found. Sources: Nocedal and Wright, Numerical Optimization (2006); Hager and Zhang (2005).

import { trial } from "std/optim/problem"

// ---------------------------------------------------------------- search along a direction

/// The minimum of the cubic with values and slopes of two points of a line, or the middle where that is no help.
/// > cubic_minimum({ t: 0, value: 1, slope: -2 }, { t: 2, value: 1, slope: 2 })
/// 1
fn cubic_minimum(a, b) {
  let width = b.t - a.t
  let middle = a.t + 0.5 * width
  if not (b.value < inf) { return a.t + 0.1 * width }
  let d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t)
  let square = d1^2 - a.slope * b.slope
  if not (square >= 0) { return middle }
  let d2 = sign(width) * sqrt(square)
  let t = b.t - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
  let part = (t - a.t) / width
  if 0.05 < part < 0.95 { t } else { middle }
}

/// A point along a direction where the value is lower and the slope flatter: Wolfe's conditions, strong, with Hager and
/// Zhang's relief where the values no longer tell points apart. \`(point or (), evaluations)\`.
/// > wolfe({ evaluate: v => { v, value: v[0]^2, gradient: 2 * v } }, { v: [1], value: 1, gradient: [2] }, [-2], 1)[0].v
/// [0]
fn wolfe(problem, at, direction, first, flat = 0.9) {
  let slope = dot(at.gradient, direction)
  let noise = 8 * eps * abs(at.value)
  var low = { ...at, t: 0, slope }
  var high = ()
  var t = first
  for count in 1..=60 {
    let point = trial(problem, at.v + t * direction)
    let here = { ...point, t, slope: dot(point.gradient, direction) }
    let lower = here.value <= at.value + 1e-4 * t * slope
    let level = here.value <= at.value + noise and here.slope <= -0.8 * slope
    if abs(here.slope) <= -flat * slope and (lower or level) { return (point, count) }
    if not (lower or level) or here.value > low.value + noise { high = here } else {
      if high == () and here.slope >= 0 { high = low }
      if high != () { if here.slope * (high.t - low.t) >= 0 { high = low } }
      low = here
    }
    t = if high == () { 4 * t } else { cubic_minimum(low, high) }
    if t == low.t or not (t < inf) or not any(at.v + t * direction != low.v) {
      return (_found(at, low), count)
    }
  }
  (_found(at, low), 60)
}

fn _found(at, low) = if low.t > 0 and low.value <= at.value {
  { v: low.v, value: low.value, gradient: low.gradient }
} else { () }

/// A point along a direction, bent by the box, where the value is lower than \`ceiling\`: Armijo's condition.
/// > armijo({ project: v => v, evaluate: v => { v, value: v[0]^2, gradient: 2 * v } }, { v: [1], value: 1, gradient: [2] }, [-4], 1)[0].v
/// [0]
fn armijo(problem, at, direction, first, ceiling = at.value) {
  var t = first
  for count in 1..=60 {
    let v = problem.project(at.v + t * direction)
    if v == at.v { return ((), count) }
    let point = trial(problem, v)
    let slope = dot(at.gradient, v - at.v)
    if point.value <= ceiling + 1e-4 * slope { return (point, count) }
    // the parabola through the value and the slope here and the value there
    let bend = point.value - at.value - slope
    t *= if bend < inf { clamp(-0.5 * slope / bend, 0.1, 0.5) } else { 0.1 }
  }
  ((), 60)
}

/// The method that searches along \`direction(problem, at, memory)\`, which gives a direction and the first step to try, and
/// remembers \`remember(memory, at, next, mask)\`. A direction that does not descend is replaced by the gradient's.
fn searching(direction, remember, nothing, flat = 0.9) {
  let search = (problem, at, d, first) => if problem.bounded {
    armijo(problem, at, d, first)
  } else { wolfe(problem, at, d, first, flat) }
  let steepest = (problem, at) => {
    let d = -at.gradient * problem.free(at.v, at.gradient)
    search(problem, at, d, min(1, 1 / norm(d)))
  }
  let step = (problem, at, memory) => {
    let mask = problem.free(at.v, at.gradient)
    let (d, first) = direction(problem, at, memory, mask)
    let slope = dot(d, at.gradient)
    let (found, count) = if slope < 0 and first < inf { search(problem, at, d, first) } else {
      ((), 0)
    }
    if found != () { return (found, remember(memory, at, found, mask), count) }
    let (again, more) = steepest(problem, at)
    (again, nothing, count + more)
  }
  { start: at => nothing, step, fixed: false }
}

// ---------------------------------------------------------------- directions

/// Gradient descent with Barzilai and Borwein's step (1988), which may also rise, but not above the last ten values
/// (Raydan 1997); that is many times faster than going down at every step.
fn gradient_descent_method() {
  let step = (problem, at, { length, values }) => {
    let d = -at.gradient * problem.free(at.v, at.gradient)
    let (next, count) = armijo(
      problem,
      at,
      d,
      if length > 0 { length } else { 1 / norm(d) },
      max(values),
    )
    if next == () { return ((), (), count) }
    let s = next.v - at.v
    let kept = values ++ [next.value]
    (
      next,
      {
        length: dot(s, s) / dot(s, next.gradient - at.gradient),
        values: kept[max(0, len(kept) - 10)..],
      },
      count,
    )
  }
  { start: at => { length: 0, values: [at.value] }, step, fixed: false }
}

/// Nonlinear conjugate gradients with Hager and Zhang's choice, which restarts by itself.
fn conjugate_gradient_method() {
  let direction = (problem, at, memory, mask) => {
    let g = at.gradient * mask
    if memory == () { return (-g, 1 / norm(g)) }
    let y = (at.gradient - memory.gradient) * mask
    let d = memory.d * mask
    let dy = dot(d, y)
    let beta = (dot(y, g) - 2 * dot(y, y) * dot(d, g) / dy) / dy
    let least = -1 / (norm(d) * min(0.01, norm(memory.gradient)))
    let next = -g + max(beta, least) * d
    (next, memory.fall / -dot(next, g))
  }
  let remember = (memory, at, next, mask) => {
    let d = next.v - at.v
    { d, gradient: at.gradient, fall: max(2 * (at.value - next.value), 1e-300) }
  }
  searching(direction, remember, (), flat: 0.1)
}

/// L-BFGS: the product of an inverse Hessian, made of the last \`memory\` steps, with the gradient (Nocedal 1980). In a box
/// it works in the space of the components that are free.
fn lbfgs_method(memory) {
  assert(memory >= 1, "\`memory\` of L-BFGS must be at least 1")
  let direction = (problem, at, kept, mask) => {
    var d = -at.gradient * mask
    if len(kept) == 0 { return (d, 1 / norm(d)) }
    let pairs = [{ s: s * mask, y: y * mask } for { s, y } in kept]
    let good = filter(pairs, ({ s, y }) => dot(s, y) > eps * norm(s) * norm(y))
    var parts = []
    for { s, y } in reverse(good) {
      let a = dot(s, d) / dot(s, y)
      parts ++= [a]
      d = d - a * y
    }
    if len(good) > 0 {
      let { s, y } = last(good)
      d = dot(s, y) / dot(y, y) * d
    }
    for (i, { s, y }) in enumerate(good) {
      d = d + (parts[len(good) - 1 - i] - dot(y, d) / dot(s, y)) * s
    }
    (d, 1)
  }
  let remember = (kept, at, next, mask) => {
    let all = kept ++ list({ s: next.v - at.v, y: next.gradient - at.gradient })
    if len(all) > memory { all[1..] } else { all }
  }
  searching(direction, remember, list())
}

/// The Hessian with so much added to its diagonal, in proportion, that it is positive definite, as its Cholesky factor.
/// > positive_factor([[4, 0], [0, 9]])
/// [[2, 0], [0, 3]]
fn positive_factor(H) {
  let size = max(abs(diag(H)), 1e-12 * norm(H) + 1e-300)
  var shift = 0
  for _ in 0..100 {
    match attempt(() => cholesky(H + shift * diag(size))) {
      Done(factor) => { return factor }
      Failed(_) => ()
    }
    shift = if shift == 0 { 1e-12 } else { 4 * shift }
  }
  diag(sqrt(size))
}

/// Newton's method, with the exact Hessian made positive definite where it is not.
fn newton_method() {
  let direction = (problem, at, memory, mask) => {
    let H = problem.hessian(at.v) * outer(mask, mask) + diag(1 - mask)
    if not all(abs(H) < inf) { return (-at.gradient, nan) }
    let L = positive_factor(H)
    (-solve_triangular(L, solve_triangular(L, at.gradient * mask), transposed: true), 1)
  }
  searching(direction, (memory, at, next, mask) => (), ())
}

// ---------------------------------------------------------------- a fixed rate

/// The method that goes where \`move(at, memory)\` says, without looking: it gives the change and the memory.
fn walking(move, start) = {
  start,
  fixed: true,
  step: (problem, at, memory) => {
    let (change, next) = move(at, memory)
    (problem.evaluate(problem.project(at.v + change)), next, 1)
  },
}

/// Gradient descent that keeps the part \`decay\` of its velocity (Polyak 1964).
fn momentum_method(rate, decay) = walking(
  (at, velocity) => {
    let next = decay * velocity - rate * at.gradient
    (next, next)
  },
  at => 0 * at.v,
)

/// Adam: running means of the gradient and its square, corrected for their start at zero (Kingma and Ba 2015).
fn adam_method(rate, decay1, decay2, epsilon) = walking(
  (at, { m, s, count }) => {
    let next = {
      m: decay1 * m + (1 - decay1) * at.gradient,
      s: decay2 * s + (1 - decay2) * at.gradient^2,
      count: count + 1,
    }
    let change =
      next.m / (1 - decay1^next.count) / (sqrt(next.s / (1 - decay2^next.count)) + epsilon)
    (-rate * change, next)
  },
  at => { m: 0 * at.v, s: 0 * at.v, count: 0 },
)
`],
  ["std/optim/least_squares", `/// Sums of squares: Gauss and Newton's method, and Levenberg and Marquardt's in the trust-region form of Moré (1978), where
/// every parameter is measured by the largest norm its column of the Jacobian had so far, so that the units of the
/// parameters do not matter. Methods as in \`std/optim/descent\`; a point also has its residuals \`r\` and their Jacobian \`J\`.

import { armijo } from "std/optim/descent"
import { box, solve_or_nan, trial } from "std/optim/problem"
import { flattened, value_at } from "std/structures"

/// The minimisation of the sum of squares of \`residuals\`, whose result may be any structure, from x0 inside a box.
/// > residual_problem(p => [p.a - 1, 2 * p.b], { a: 0, b: 1 }).evaluate([0, 1]).gradient
/// [-2, 8]
fn residual_problem(residuals, x0, lower = (), upper = ()) {
  let (start, unravel) = flattened(x0)
  let n = len(start)
  let basis = [unravel(row) for row in eye(n)]
  {
    ...box(lower, upper, n),
    start,
    unravel,
    residuals,
    evaluate: v => {
      let x = unravel(v)
      let r = ravel(value_at(residuals, x))[0]
      let J = [ravel(jvp(residuals, x, direction)[1])[0] for direction in basis].T
      { v, value: squared_norm(r), gradient: 2 * (r @ J), r, J }
    },
  }
}

/// The norm of each column of a matrix.
/// > column_norms([[3, 0], [4, 2]])
/// [5, 2]
fn column_norms(J) = norm(J, axis: 0)

/// The largest cosine between the residuals and a column of the Jacobian; 0 where there are no residuals left.
/// > alignment(box((), (), 2), { v: [0, 0], r: [1, 1], J: [[1, 0], [0, 1]], gradient: [2, 2], value: 2 })
/// 0.70710678...
fn alignment(problem, at) {
  if at.value == 0 { return 0 }
  let norms = column_norms(at.J)
  let movable = problem.reach(at.v, at.gradient) > 0
  max(where(movable, abs(at.r @ at.J) / (norms * norm(at.r)), 0))
}

// ---------------------------------------------------------------- Gauss and Newton

/// Along the solution of the linear problem |J z + r|.
fn gauss_newton_method() {
  let step = (problem, at, memory) => {
    let z = lstsq(at.J * problem.free(at.v, at.gradient), -at.r)
    let (found, count) = armijo(problem, at, z, 1)
    (found, (), count)
  }
  { start: at => (), step, fixed: false, steepness: alignment }
}

// ---------------------------------------------------------------- Levenberg and Marquardt

/// The minimiser of |J z + r|² + damping |z|², where slope is Jᵀ r.
fn _damped_step(J, slope, damping) = solve_or_nan(J.T @ J + damping * eye(len(slope)), -slope)

/// The step of a length of at most \`radius\`, give or take a tenth, and its damping: none where the full step is short.
fn _step_within(radius, J, slope) {
  let least = 1e-15
  let full_step = _damped_step(J, slope, least)
  if norm(full_step) <= 1.1 * radius { return (full_step, least) }
  var z = full_step
  var damping = least
  var low = least
  var high = norm(slope) / radius
  for _ in 0..60 {
    damping = sqrt(low * high)
    z = _damped_step(J, slope, damping)
    let size = norm(z)
    if not (size <= 1.1 * radius) { low = damping } else if size < 0.9 * radius {
      high = damping
    } else { break }
  }
  (z, damping)
}

/// The method; the first step may be \`reach\` times as long as the start is far from zero.
fn levenberg_marquardt_method(reach = 10) {
  let start = at => {
    let norms = column_norms(at.J)
    let scale = where(norms > 0, norms, 1)
    let size = norm(scale * at.v)
    { scale, radius: if size > 0 { reach * size } else { reach } }
  }
  let step = (problem, at, { scale, radius }) => {
    let J = at.J * problem.free(at.v, at.gradient) / scale
    let slope = at.r @ J
    var r = radius
    for count in 1..=60 {
      let (z, damping) = _step_within(r, J, slope)
      let v = problem.project(at.v + z / scale)
      let next = trial(problem, v)
      let gain = if next.value < inf {
        (at.value - next.value) / dot(z, damping * z - slope)
      } else { -1 }
      if gain < 0.25 or not (gain < inf) {
        r = min(r, norm(z)) * (if gain > 0 { 0.5 } else { 0.25 })
      } else if gain > 0.75 or damping <= 1e-15 { r = 2 * norm(z) }
      if gain > 1e-4 {
        return (next, { radius: r, scale: max(scale, column_norms(next.J)) }, count)
      }
      if not (norm(z) >= 1e-12 * norm(scale * at.v)) { return ((), (), count) }
    }
    ((), (), 60)
  }
  { start, step, fixed: false, steepness: alignment, finish: _polish }
}

/// Newton steps with the exact Hessian, from a point near the minimum: there the sum of squares no longer tells points
/// apart. A step is taken where it makes the next one, with the same Hessian, shorter (Deuflhard's natural monotonicity).
fn _polish(problem, start) {
  if problem.bounded { return start }
  let { residuals, unravel } = problem
  let half = x => squared_norm(value_at(residuals, x)) / 2
  let curvature = v => [ravel(hvp(half, unravel(v), unravel(row)))[0] for row in eye(len(v))]
  let scale = column_norms(start.J)
  var best = start
  for _ in 0..20 {
    let H = curvature(best.v) / outer(scale, scale)
    let step = at => solve_or_nan(H, -0.5 * at.gradient / scale)
    let z = step(best)
    let next = trial(problem, best.v + z / scale)
    if not (next.value <= 1.01 * best.value and norm(step(next)) < norm(z)) { break }
    best = next
  }
  best
}
`],
  ["std/optim/problem", `/// What an optimiser sees: a function of one vector, whatever structure the program's own parameters have, and the box
/// that the vector may move in. A *point* is a record of the vector \`v\`, the function's \`value\` there, and its \`gradient\`.

import { flattened, is_number, same } from "std/structures"

/// A bound as a vector of length n: of a number, of something of the form of x0, or of nothing (\`()\`).
/// > bound((), 2, inf, "upper")
/// [inf, inf]
/// > bound({ a: 1, b: 2 }, 2, inf, "upper")
/// [1, 2]
fn bound(given, n, none, name) {
  if same(given, ()) { return full(n, none) }
  let v = ravel(given)[0]
  if len(v) == n { return v }
  assert(
    len(v) == 1,
    "\`{name}\` must be a number or have the form of the start: it holds {len(v)} numbers, the start {n}",
  )
  full(n, v[0])
}

/// The box [lower, upper] around vectors of length n.
/// > box(0, (), 2).project([-1, 5])
/// [0, 5]
fn box(lower, upper, n) {
  let lo = bound(lower, n, -inf, "lower")
  let hi = bound(upper, n, inf, "upper")
  assert(all(lo <= hi), "\`lower\` must not be above \`upper\`")
  let bounded = any(lo > -inf) or any(hi < inf)
  {
    bounded,
    // how far a vector can go against the gradient g, component by component, but at most as far as g is long
    reach: (v, g) => if bounded { min(abs(g), where(g > 0, v - lo, hi - v)) } else { abs(g) },
    project: v => if bounded { clamp(v, lo, hi) } else { v },
    // 1 where a small step against the gradient g stays inside, else 0
    free: (v, g) => if bounded { where(v <= lo and g > 0, 0, where(v >= hi and g < 0, 0, 1)) } else { ones(n) },
  }
}

/// The minimisation of f from x0 inside a box, over vectors.
/// > problem(p => p.a^2 + p.b, { a: 3, b: 1 }).evaluate([3, 1]).gradient
/// [6, 1]
fn problem(f, x0, lower = (), upper = ()) {
  let (start, unravel) = flattened(x0)
  let n = len(start)
  let plain = same(start, x0)
  let general = v => {
    let (value, pull) = vjp(f, unravel(v))
    assert(is_number(value), "the function to minimise must give a number")
    (value, ravel(pull(1))[0])
  }
  let slopes = if plain { value_and_grad(f) } else { general }
  let basis = eye(n)
  {
    ...box(lower, upper, n),
    start,
    unravel,
    evaluate: v => {
      let (value, gradient) = slopes(v)
      { v, value, gradient }
    },
    hessian: v => if plain { hessian(f)(v) } else {
      [ravel(hvp(f, unravel(v), unravel(basis[i])))[0] for i in 0..n]
    },
  }
}

/// A point that is only tried: where f stops with an error, or is no number, its value counts as infinite.
/// > trial({ evaluate: v => error("outside") }, [1]).value
/// inf
fn trial(problem, v) = match attempt(() => problem.evaluate(v)) {
  Done(at) => if at.value < inf and all(abs(at.gradient) < inf) { at } else {
    { ...at, value: inf }
  }
  Failed(_) => { v, value: inf, gradient: 0 * v }
}

/// How far a point is from being stationary: the longest component of the gradient, or inside a box of the step that
/// the box leaves of it.
/// > steepness(problem(x => x^2, 3, lower: 3), { v: [3], gradient: [6] })
/// 0
fn steepness(problem, at) = max(problem.reach(at.v, at.gradient))

/// The solution of A z = b, or nan where there is none.
/// > solve_or_nan([[1, 0], [0, 0]], [1, 1])
/// [nan, nan]
fn solve_or_nan(A, b) = match attempt(() => solve(A, b)) {
  Done(z) => z
  Failed(_) => full(len(b), nan)
}
`],
  ["std/optim/trust", `/// The trust-region method: the step to the lowest point of the quadratic model inside a ball, whose radius grows where the
/// model proves right and shrinks where it does not. With the eigenvalues of the exact Hessian the lowest point is found
/// also where the Hessian is not positive definite (Moré and Sorensen 1983). A method as in \`std/optim/descent\`.

import { trial } from "std/optim/problem"

/// The minimiser of g·p + ½ p·H p over |p| ≤ radius.
/// > model_minimum([[2, 0], [0, 4]], [-2, -4], 10)
/// [1, 1]
/// > model_minimum([[-1, 0], [0, 1]], [0, 0], 2)
/// [2, 0]
/// > norm(model_minimum([[-1.5, 0], [0, 1]], [1e-17, 1], 1))
/// 1.00000000...
fn model_minimum(H, g, radius) {
  let (values, Q) = eigh(H)
  let a = g @ Q
  let least = values[0]
  // shifts count from the least that makes H positive semi-definite, so that the smallest of them are exact
  let above = values + max(0, -least)
  let step = shift => {
    let d = above + shift
    where(equal(a, 0), 0, -a / where(d > 0, d, 1e-300))
  }
  let edge = step(0)
  if least > 0 and norm(edge) <= radius { return Q @ edge }
  // the hard case: at the least shift the step is still inside, and is completed along the lowest eigenvector
  if norm(edge) < radius {
    let rest = sqrt(max(0, radius^2 - squared_norm(edge)))
    return Q @ (edge + where(equal(0..len(g), 0), rest, 0))
  }
  Q @ step(_shift(step, above, a, radius))
}

/// The shift at which the step is as long as the radius: Newton's method for 1/|p| - 1/radius, kept inside a bracket.
fn _shift(step, above, a, radius) {
  var low = 0
  var high = norm(a) / radius
  var shift = high
  for _ in 0..80 {
    let p = step(shift)
    let size = norm(p)
    if abs(size - radius) <= 1e-10 * radius { break }
    if size > radius { low = shift } else { high = shift }
    let slope = sum(p^2 / (above + shift))
    let next = shift + size^2 / slope * (size - radius) / radius
    shift = if low < next < high { next } else { 0.5 * (low + high) }
    if shift == low or shift == high { break }
  }
  shift
}

/// The method; its memory is the radius.
fn trust_region_method() {
  let step = (problem, at, radius) => {
    assert(
      not problem.bounded,
      "method \\"trust_region\\" knows no bounds; \\"lbfgs\\" and \\"newton\\" do",
    )
    let H = problem.hessian(at.v)
    var r = radius
    for count in 1..=60 {
      let p = model_minimum(H, at.gradient, r)
      let predicted = -dot(at.gradient, p) - 0.5 * dot(p, H @ p)
      let point = trial(problem, at.v + p)
      let noise = 8 * eps * abs(at.value)
      let gain = (at.value - point.value + noise) / (predicted + noise)
      if gain < 0.25 or not (point.value < inf) { r = 0.25 * norm(p) } else if gain > 0.75
        and norm(p) > 0.9 * r { r *= 2 }
      if gain > 1e-4 and point.value < inf { return (point, r, count) }
      if at.v + r * at.gradient / norm(at.gradient) == at.v { return ((), r, count) }
    }
    ((), r, 60)
  }
  { start: at => max(1, 0.1 * norm(at.v)), step, fixed: false }
}
`],
  ["std/quad", `/// Integrals of functions and of sampled values.
///
/// The integrand is a function of one number; its values may be numbers, arrays or structures. Integrals can be
/// differentiated: by their limits exactly as the fundamental theorem says, and by whatever the integrand captured as the
/// sum is, so that nothing has to be told. An integral over a region is an integral of an integral.

import { is_number } from "std/structures"

// ---------------------------------------------------------------- Gauss and Legendre

/// The nodes and weights of Gauss and Legendre's rule with n points on [-1, 1], as \`{ nodes, weights }\`: exact for
/// polynomials of degree 2n - 1. The nodes are the zeros of the Legendre polynomial, by Newton's method.
/// > legendre(2).nodes
/// [-0.57735026..., 0.57735026...]
/// > legendre(3).weights
/// [0.55555555..., 0.88888888..., 0.55555555...]
fn legendre(n) {
  assert(
    n >= 1 and n == floor(n),
    "the number of nodes must be a whole number of at least 1, not {n}",
  )
  var x = -cos(pi * ((1..=n) - 0.25) / (n + 0.5))
  for _ in 0..100 {
    let step = _legendre_at(n, x).value / _legendre_at(n, x).slope
    x = x - step
    if max(abs(step)) < 1e-15 { break }
  }
  // the rule is symmetric
  x = 0.5 * (x - reverse(x))
  { nodes: x, weights: 2 / ((1 - x^2) * _legendre_at(n, x).slope^2) }
}

/// The Legendre polynomial of degree n and its slope at every x, by the recurrence of three terms.
fn _legendre_at(n, x) {
  var before = ones(len(x))
  var value = x
  for k in 2..=n {
    let next = ((2 * k - 1) * x * value - (k - 1) * before) / k
    before = value
    value = next
  }
  { value, slope: n * (before - x * value) / (1 - x^2) }
}

/// The integral of f from a to b by Gauss and Legendre's rule with n points.
/// > fixed(gauss_legendre(x => x^3, 0, 2, n: 2), 9)
/// "4.000000000"
/// > grad(b => gauss_legendre(exp, 0, b))(1)
/// 2.71828182...
fn gauss_legendre(f, a, b, n = 32) = _by_rule(f, a, b, legendre(n))

fn _by_rule(f, a, b, { nodes, weights }) {
  let half = 0.5 * (b - a)
  half * _weighted([f(a + half * (t + 1)) for t in nodes], weights)
}

/// The sum of weights times values of any structure.
fn _weighted(values, weights) = if is_number(values[0]) { weights @ values } else {
  fold(1..len(weights), weights[0] * values[0], (total, i) => total + weights[i] * values[i])
}

// ---------------------------------------------------------------- Gauss and Kronrod, adaptive

// The fifteen nodes of Kronrod's extension of the rule with seven (QUADPACK, Piessens et al. 1983), from the outermost to
// the middle, their weights, and the weights of the seven: every other one.
let _outer = [
  0.991455371120812639206854697526329,
  0.949107912342758524526189684047851,
  0.864864423359769072789712788640926,
  0.741531185599394439863864773280788,
  0.586087235467691130294144691258080,
  0.405845151377397166906606412076961,
  0.207784955007898467600689403773245,
]
let _outer_kronrod = [
  0.022935322010529224963732008058970,
  0.063092092629978553290700663189204,
  0.104790010322250183839876322541518,
  0.140653259715525918745189590510238,
  0.169004726639267902826583426598550,
  0.190350578064785409913256402421014,
  0.204432940075298892414161999234649,
]
let _outer_gauss = [
  0,
  0.129484966168869693270611432679082,
  0,
  0.279705391489276667901467771423780,
  0,
  0.381830050505118944950369775488975,
  0,
]
let _nodes = -_outer ++ [0] ++ reverse(_outer)
let _kronrod = _outer_kronrod ++ [0.209482141084727828012999174891714] ++ reverse(_outer_kronrod)
let _gauss = _outer_gauss ++ [0.417959183673469387755102040816327] ++ reverse(_outer_gauss)

/// The integral over one piece, how far off it may be, and how much of that rounding alone explains.
fn _piece(f, a, b) {
  let half = 0.5 * (b - a)
  let values = [f(a + half * (t + 1)) for t in _nodes]
  let value = _weighted(values, _kronrod)
  let still = stop_gradient(values)
  let mean = 0.5 * stop_gradient(value)
  let sizes = if is_number(mean) { abs(still) } else { [norm(v) for v in still] }
  let spreads = if is_number(mean) { abs(still - mean) } else { [norm(v - mean) for v in still] }
  let spread = _kronrod @ spreads
  let off = norm(stop_gradient(value) - _weighted(still, _gauss))
  let error = if spread > 0 { spread * min(1, (200 * off / spread)^1.5) } else { off }
  {
    a,
    b,
    value: half * value,
    error: abs(half) * error,
    rounding: 50 * eps * abs(half) * (_kronrod @ sizes),
  }
}

/// The pieces between the points, the worst of them halved until all errors together are small enough.
fn _pieces(f, points, tolerance, absolute, most) {
  var pieces = [_piece(f, points[i], points[i + 1]) for i in 0..len(points) - 1]
  while len(pieces) < most {
    let errors = [p.error for p in pieces]
    let size = norm(stop_gradient(_total(pieces)))
    let wanted = max(absolute, tolerance * size, sum([p.rounding for p in pieces]))
    if not (sum(errors) > wanted) { break }
    let worst = argmax(errors)
    let { a, b } = pieces[worst]
    let middle = 0.5 * (a + b)
    if not (a < middle < b) { break }
    pieces[worst] = _piece(f, a, middle)
    pieces ++= list(_piece(f, middle, b))
  }
  pieces
}

fn _total(pieces) = fold(pieces[1..], pieces[0].value, (total, p) => total + p.value)

let _four = legendre(4)

/// The part of the integral that a moving limit adds: nothing, with the derivatives of ∫ f from where it stands, to the
/// eighth order. Where f has no finite value at the limit they are nan.
fn _moving(f, limit, like) {
  let still = stop_gradient(limit)
  let finite = match attempt(() => norm(stop_gradient(f(still)))) {
    Done(size) => size < inf
    Failed(_) => false
  }
  if not finite { return (sqrt(limit - still) - sqrt(limit - still)) * like }
  _by_rule(f, still, limit, _four)
}

/// The integral of f from a to b as a record: \`value\`, an estimate \`error\` of how far off it is (the 2-norm where the value
/// holds several numbers), and the number of \`intervals\`. See \`integrate\`.
/// > integral(exp, 0, 1).intervals
/// 1
/// > integral(sqrt, 0, 1).error < 1e-8
/// true
fn integral(f, a, b, tolerance = 1e-10, absolute = 0, at = [], max_intervals = 500) {
  let low = stop_gradient(a)
  let high = stop_gradient(b)
  assert(low == low and high == high, "the limits of an integral must not be nan")
  if low > high {
    let other = integral(
      f,
      b,
      a,
      tolerance: tolerance,
      absolute: absolute,
      at: at,
      max_intervals: max_intervals,
    )
    return { ...other, value: -other.value }
  }
  let inside = sort(at)[sort(at) > low and sort(at) < high]
  let { g, from, to, place } = _finite(f, low, high)
  let pieces = _pieces(
    g,
    [from, ...[place(x) for x in inside], to],
    tolerance,
    absolute,
    max_intervals,
  )
  let total = _total(pieces)
  let still = stop_gradient(total)
  let above = if high < inf { _moving(f, b, still) } else { 0 * still }
  let below = if low > -inf { _moving(f, a, still) } else { 0 * still }
  { value: total + above - below, error: sum([p.error for p in pieces]), intervals: len(pieces) }
}

/// The integral over a finite range with the same value: x = t / (1 - t²), or x = ±t / (1 - t) away from the finite limit.
fn _finite(f, a, b) {
  if a > -inf and b < inf { return { g: f, from: a, to: b, place: x => x } }
  if a > -inf {
    return {
      g: t => f(a + t / (1 - t)) / (1 - t)^2,
      from: 0,
      to: 1,
      place: x => (x - a) / (1 + x - a),
    }
  }
  if b < inf {
    return {
      g: t => f(b + t / (1 + t)) / (1 + t)^2,
      from: -1,
      to: 0,
      place: x => (x - b) / (1 + b - x),
    }
  }
  let g = t => (1 + t^2) / (1 - t^2)^2 * f(t / (1 - t^2))
  { g, from: -1, to: 1, place: x => if x == 0 { 0 } else { 2 * x / (1 + sqrt(1 + 4 * x^2)) } }
}

/// The integral of f from a to b, adaptively: Gauss and Kronrod's rule with 15 points on every interval, the worst of which is
/// halved until the estimated error is at most \`tolerance\` of the value, or \`absolute\`. The limits may be infinite.
/// \`at\` lists points inside where f is not smooth; they may depend on what is being differentiated, which makes such
/// derivatives exact too. Where \`max_intervals\` are not enough it is an error; \`integral\` tells how far it came.
/// > integrate(x => exp(-x^2), -inf, inf)^2
/// 3.14159265...
/// > integrate(x => [x, x^2], 0, 1)
/// [0.5, 0.33333333...]
/// > grad(b => integrate(exp, 0, b))(1)
/// 2.71828182...
/// > grad(k => integrate(x => exp(-k * x), 0, inf))(2)
/// -0.25
/// > integrate(x => integrate(y => x * y, 0, x), 0, 1)
/// 0.125
fn integrate(f, a, b, tolerance = 1e-10, absolute = 0, at = [], max_intervals = 500) {
  let { value, error: off, intervals } = integral(
    f,
    a,
    b,
    tolerance: tolerance,
    absolute: absolute,
    at: at,
    max_intervals: max_intervals,
  )
  assert(off < inf, "the integrand is not finite between {stop_gradient(a)} and {stop_gradient(b)}")
  let enough =
    off <= max(absolute, 10 * tolerance * norm(stop_gradient(value))) or intervals < max_intervals
  assert(
    enough,
    "{intervals} intervals are not enough for the integral: it is {stop_gradient(value)}, but for an error of {off}",
  )
  value
}

// ---------------------------------------------------------------- sampled values

/// The integral of the straight lines between samples y at x (two vectors), or at 0, 1, 2, … where there is no x.
/// > trapezoid([1, 2, 3], [0, 1, 3])
/// 6.5
fn trapezoid(y, x = 0..len(y)) {
  assert(len(x) == len(y), "\`trapezoid\` of {len(y)} values at {len(x)} places")
  0.5 * sum((y[1..] + y[..-1]) * differences(x))
}

/// The integral by Simpson's rule of samples y at equal distances \`step\`; their number must be odd.
/// > simpson([0, 1, 4, 9, 16], 1)
/// 21.3333333...
fn simpson(y, step = 1) {
  let n = len(y)
  assert(n >= 3 and n % 2 == 1, "\`simpson\` needs an odd number of values of at least 3, not {n}")
  step / 3 * (y[0] + y[-1] + 4 * sum(y[range(1, n, 2)]) + 2 * sum(y[range(2, n - 1, 2)]))
}

/// The integrals from the first sample to each: as \`trapezoid\`, one value for each sample, 0 first.
/// > cumulative_trapezoid([1, 2, 3], [0, 1, 3])
/// [0, 1.5, 6.5]
fn cumulative_trapezoid(y, x = 0..len(y)) {
  assert(len(x) == len(y), "\`cumulative_trapezoid\` of {len(y)} values at {len(x)} places")
  [0] ++ cumsum(0.5 * (y[1..] + y[..-1]) * differences(x))
}
`],
  ["std/roots", `/// Solutions of equations, with the derivatives that the equations give them.
///
/// A solver stops where f(x) is as near to 0 as numbers allow and forgets how it came there; \`implicit\` then says, by the
/// equation itself, how x moves with whatever f depends on, also with variables that f merely captured, to the third
/// order. So the results of all solvers here have exact derivatives, in both modes.
///
/// A solver that finds no solution stops with an error, which \`attempt\` catches.

import { flattened, of_one_value } from "std/structures"

/// The solution x of f(x) = 0, found by any means, with the derivatives that the equation gives it: dx = -(∂f/∂x)⁻¹ ∂f. The
/// value is x as it is given.
///
/// Newton steps from the fixed x, followed by derivatives, make them exact: one the first, two the first three, three the
/// first seven. x and f(x) are numbers, arrays or structures, with equally many numbers. Where ∂f/∂x is singular the
/// derivatives are nan.
/// > grad(a => implicit(x => x^2 - a, sqrt(stop_gradient(a))))(4)
/// 0.25
/// > (a => implicit(x => x^3 - a, cbrt(stop_gradient(a))))''(8)
/// -0.006944444...
fn implicit(f, x, steps = 2) {
  let (start, unravel) = flattened(stop_gradient(x))
  let call = of_one_value(f, stop_gradient(x))
  let residual = v => ravel(call(unravel(v)))[0]
  let rest = stop_gradient(residual(start))
  assert(len(rest) == len(start), "there are {len(rest)} equations for {len(start)} unknowns")
  var v = start
  for _ in 0..steps {
    // less its own value, which is rounding: what is left is 0 and moves as the equation does
    let moved = residual(v) - rest
    v = match attempt(() => v - solve(jacfwd(residual)(v), moved)) {
      Done(next) => next
      Failed(_) => { return unravel(start + _without_derivative(sum(moved))) }
    }
  }
  unravel(v)
}

/// 0, for x = 0, with a derivative of nan.
fn _without_derivative(x) = sqrt(x) - sqrt(x)

// ---------------------------------------------------------------- systems

/// The vector functions a search works with, cut from every derivative outside.
fn _search(f, x0) {
  let (start, unravel) = flattened(stop_gradient(x0))
  let call = of_one_value(f, stop_gradient(x0))
  let residual = v => ravel(call(unravel(v)))[0]
  let value = v => stop_gradient(residual(v))
  assert(all(abs(start) < inf), "the start must be finite: it is {stop_gradient(x0)}")
  let first = value(start)
  let m = len(first)
  assert(m == len(start), "there are {m} equations for {len(start)} unknowns")
  assert(
    all(abs(first) < inf),
    "f is not finite at the start {stop_gradient(x0)}: there it is {first}",
  )
  { start, unravel, value, slope: v => stop_gradient(jacfwd(residual)(v)) }
}

/// The longest of d, d/2, d/4 … that makes the residual smaller: the new point and its residual; no step where none does.
fn _shortened(value, v, r, d) {
  var t = 1
  for _ in 0..40 {
    let next = v + t * d
    let there = match attempt(() => value(next)) { Done(y) => y, Failed(_) => full(len(v), nan) }
    if norm(there) < (1 - 1e-4 * t) * norm(r) { return (next, there) }
    t *= 0.5
  }
  (v, r)
}

fn _solved(step, v, r, tolerance) = all(equal(r, 0)) or norm(step) <= tolerance * norm(v)

/// A solution of f(x) = 0 near x0, by Newton's method with shortened steps and the exact Jacobian. f takes and gives
/// numbers, arrays or structures, with equally many numbers; where it has several parameters, x0 is a tuple.
///
/// It stops when a step is \`tolerance\` times as long as x, or when no step makes f(x) smaller, with an error where f(x) is
/// not small compared with where it began, or where the Jacobian is singular.
/// > newton(x => x^2 - 2, 1)
/// 1.41421356...
/// > newton((x, y) => (x + y - 3, x - y), (0, 5))
/// (1.5, 1.5)
/// > grad(a => newton(x => x * exp(x) - a, 1))(e)
/// 0.18393972...
fn newton(f, x0, tolerance = 1e-12, max_iterations = 100) {
  let { start, unravel, value, slope } = _search(f, x0)
  var v = start
  var r = value(v)
  let scale = norm(r)
  for _ in 0..max_iterations {
    let step = match attempt(() => -solve(slope(v), r)) {
      Done(d) => d
      Failed(_) => error("the Jacobian is singular at {unravel(v)}: no step of Newton's method")
    }
    let (next, there) = _shortened(value, v, r, step)
    let stuck = next == v
    v = next
    r = there
    if _solved(step, v, r, tolerance) or stuck and norm(r) <= 1e-8 * scale {
      return implicit(f, unravel(v))
    }
    if stuck { break }
  }
  if norm(r) <= tolerance * scale { return implicit(f, unravel(v)) }
  error("Newton's method found no solution: at {unravel(v)} the equations are {r}")
}

/// A solution of f(x) = 0 near x0, by Broyden's method (1965): as \`newton\`, but the Jacobian is computed once and then kept
/// up by what each step shows; for functions whose Jacobian is dear.
/// > broyden(x => x^2 - 2, 1)
/// 1.41421356...
/// > norm(broyden(v => [v[0] + v[1] - 3, v[0] * v[1] - 2], [0, 5]) - [1, 2]) < 1e-12
/// true
fn broyden(f, x0, tolerance = 1e-12, max_iterations = 200) {
  let { start, unravel, value, slope } = _search(f, x0)
  let inverse_at = v => match attempt(() => inv(slope(v))) {
    Done(found) => found
    Failed(_) => error("the Jacobian is singular at {unravel(v)}: no step of Broyden's method")
  }
  var v = start
  var r = value(v)
  let scale = norm(r)
  var B = inverse_at(v)
  var fresh = true
  for _ in 0..max_iterations {
    let step = -(B @ r)
    let (next, there) = _shortened(value, v, r, step)
    if _solved(step, v, r, tolerance) { return implicit(f, unravel(next)) }
    if next == v {
      if fresh and norm(r) <= 1e-8 * scale { return implicit(f, unravel(v)) }
      if fresh { break }
      B = inverse_at(v)
      fresh = true
      continue
    }
    let s = next - v
    let By = B @ (there - r)
    // Sherman and Morrison: the inverse after the least change of the Jacobian that explains the step
    B = B + outer(s - By, s @ B) / dot(s, By)
    fresh = false
    v = next
    r = there
  }
  if norm(r) <= tolerance * scale { return implicit(f, unravel(v)) }
  error("Broyden's method found no solution: at {unravel(v)} the equations are {r}")
}

/// The x that g leaves as it is, x = g(x), by repeated application from x0; \`memory\` of a few makes it faster by Anderson's
/// mixing (1965) of so many earlier results. It stops when g moves x by at most \`tolerance\` of its length.
/// > fixed_point(cos, 1)
/// 0.73908513...
/// > grad(a => fixed_point(x => a * cos(x), 1))(1)
/// 0.44161079...
fn fixed_point(g, x0, memory = 0, tolerance = 1e-12, max_iterations = 10_000) {
  let (start, unravel) = flattened(stop_gradient(x0))
  let call = of_one_value(g, stop_gradient(x0))
  let image = v => stop_gradient(ravel(call(unravel(v)))[0])
  let equations = x => _less(call(x), x)
  var v = start
  var images = []
  var moves = []
  for _ in 0..max_iterations {
    let w = image(v)
    assert(len(w) == len(v), "g gives {len(w)} numbers for {len(v)}")
    let move = w - v
    if not (norm(move) < inf) { break }
    if norm(move) <= tolerance * norm(w) { return implicit(equations, unravel(w)) }
    images ++= [w]
    moves ++= [move]
    let first = max(0, len(images) - 1 - memory)
    images = images[first..]
    moves = moves[first..]
    v = if len(images) < 2 { w } else { _mixed(images, moves) }
  }
  error(
    "applying g again and again came to no fixed point: at {unravel(v)} it gives {unravel(image(v))}",
  )
}

/// The combination of the images, with weights of sum 1, whose moves all but cancel.
fn _mixed(images, moves) {
  let weights = lstsq((moves[1..] - moves[..-1]).T, moves[-1])
  images[-1] - weights @ (images[1..] - images[..-1])
}

fn _less(a, b) = ravel(a)[0] - ravel(b)[0]

// ---------------------------------------------------------------- one number between two others

/// The values at the ends of an interval, which must have different signs.
fn _signs(f, a, b) {
  assert(abs(a) < inf and abs(b) < inf, "the ends must be finite: they are {a} and {b}")
  let low = f(a)
  let high = f(b)
  assert(low == low and high == high, "f is nan at an end: f({a}) is {low}, f({b}) is {high}")
  assert(
    sign(low) * sign(high) <= 0,
    "f has the same sign at both ends: f({a}) is {low}, f({b}) is {high}",
  )
  (low, high)
}

/// The solution at x, which a search between two numbers came to; an error where f has a pole there: it changes its sign without
/// coming near 0.
fn _crossed(f, x, at_x, at_a, at_b) {
  assert(
    abs(at_x) <= max(abs(at_a), abs(at_b)),
    "f changes its sign at {x} without a solution: there it is {at_x}, more than at both ends",
  )
  implicit(f, x)
}

/// A solution of f(x) = 0 between a and b, where f has different signs, by halving the interval to its last two numbers. It
/// cannot miss, and takes about 60 evaluations.
/// > bisection(x => x^2 - 2, 0, 2)
/// 1.41421356...
fn bisection(f, a, b) {
  let value = x => stop_gradient(f(x))
  var low = stop_gradient(min(a, b))
  var high = stop_gradient(max(a, b))
  let (at_low, at_high) = _signs(value, low, high)
  if at_low == 0 { return implicit(f, low) }
  if at_high == 0 { return implicit(f, high) }
  while true {
    let middle = low + 0.5 * (high - low)
    if middle <= low or middle >= high { break }
    let there = value(middle)
    assert(there == there, "f is nan at {middle}")
    if there == 0 { return implicit(f, middle) }
    if sign(there) == sign(at_low) { low = middle } else { high = middle }
  }
  let (below, above) = (value(low), value(high))
  if abs(below) < abs(above) { _crossed(f, low, below, at_low, at_high) } else {
    _crossed(f, high, above, at_low, at_high)
  }
}

/// A solution of f(x) = 0 between a and b, where f has different signs, by Brent's method (1973): as safe as halving and much
/// faster for smooth f. \`tolerance\` is that of x, relative to it.
/// > brent(x => cos(x) - x, 0, 1)
/// 0.73908513...
/// > grad(k => brent(x => cos(k * x) - x, 0, 1))(1)
/// -0.29747434...
fn brent(f, a, b, tolerance = 1e-15) {
  let value = x => stop_gradient(f(x))
  // \`best\` is the better end, \`other\` the one with the other sign, \`last\` the best one before
  var last = stop_gradient(a)
  var best = stop_gradient(b)
  let (at_a, at_b) = _signs(value, last, best)
  var at_last = at_a
  var at_best = at_b
  var other = last
  var at_other = at_last
  var step = best - last
  var before = step
  for _ in 0..2000 {
    if abs(at_other) < abs(at_best) {
      last = best
      at_last = at_best
      best = other
      at_best = at_other
      other = last
      at_other = at_last
    }
    let least = 2 * eps * abs(best) + 0.5 * tolerance * abs(best) + 1e-300
    let half = 0.5 * (other - best)
    if abs(half) <= least or at_best == 0 { return _crossed(f, best, at_best, at_a, at_b) }
    let trial = _interpolated(last, at_last, best, at_best, other, at_other)
    let good =
      abs(trial) < min(1.5 * abs(half) - 0.5 * abs(least), 0.5 * abs(before)) and trial * half > 0
    let useful = abs(before) >= least and abs(at_last) > abs(at_best) and good
    before = if useful { step } else { half }
    step = if useful { trial } else { half }
    last = best
    at_last = at_best
    best += if abs(step) > least { step } else { sign(half) * least }
    at_best = value(best)
    assert(at_best == at_best, "f is nan at {best}")
    if sign(at_best) == sign(at_other) {
      other = last
      at_other = at_last
      step = best - last
      before = step
    }
  }
  _crossed(f, best, at_best, at_a, at_b)
}

/// The step from b to where the inverse of f, drawn through two or three points, is 0.
fn _interpolated(a, at_a, b, at_b, c, at_c) {
  let s = at_b / at_a
  if a == c { return (c - b) * s / (s - 1) }
  let q = at_a / at_c
  let r = at_b / at_c
  -s * ((c - b) * q * (q - r) - (b - a) * (r - 1)) / ((q - 1) * (r - 1) * (s - 1))
}
`],
  ["std/stats", `/// Statistics of data: what the prelude's \`mean\`, \`variance\`, \`median\`, \`quantile\` and \`histogram\` leave open.
///
/// Data are vectors, or matrices whose rows are observations and whose columns are variables. Everything that is a smooth
/// function of the data can be differentiated; counts and ranks have no derivative.

import { cdf, student_t } from "std/dist"

fn _same_length(name, x, y) = assert(
  len(x) == len(y),
  "\`{name}\` of {len(x)} and {len(y)} observations",
)

fn _enough(name, x, least) = assert(
  len(x) >= least,
  "\`{name}\` needs at least {least} observations, not {len(x)}",
)

// ---------------------------------------------------------------- averages and spread

/// The mean with weights, along the first axis.
/// > weighted_mean([1, 2, 6], [1, 1, 2])
/// 3.75
fn weighted_mean(x, weights) {
  _same_length("weighted_mean", x, weights)
  assert(
    all(weights >= 0) and sum(weights) > 0,
    "\`weighted_mean\` needs weights of 0 or more, not all 0",
  )
  weights @ x / sum(weights)
}

/// The variance with weights, along the first axis: the weighted mean of the squared distances from the weighted mean.
/// > weighted_variance([1, 2, 6], [1, 1, 2])
/// 5.1875
fn weighted_variance(x, weights) = weighted_mean((x - weighted_mean(x, weights))^2, weights)

/// The geometric mean of positive numbers.
/// > geometric_mean([1, 4, 16])
/// 4
fn geometric_mean(x) = exp(mean(ln(x)))

/// The harmonic mean of positive numbers.
/// > harmonic_mean([1, 2, 4])
/// 1.71428571...
fn harmonic_mean(x) = 1 / mean(1 / x)

/// The mean of what is left when the part \`cut\` of the numbers is taken away at both ends.
/// > trimmed_mean([1, 2, 3, 4, 100], 0.2)
/// 3
fn trimmed_mean(x, cut) {
  assert(0 <= cut < 0.5, "\`trimmed_mean\` cuts a part between 0 and 0.5, not {cut}")
  let k = floor(cut * len(x))
  mean(sort(x)[k..len(x) - k])
}

/// The most frequent value; of several the least.
/// > mode([3, 1, 3, 2])
/// 3
fn mode(x) {
  _enough("mode", x, 1)
  let values = unique(x)
  values[argmax([sum(equal(x, v)) for v in values])]
}

/// The differences from the mean in standard deviations, along the first axis; \`ddof\` as for \`stddev\`.
/// > zscore([1, 2, 3])
/// [-1.22474487..., 0, 1.22474487...]
fn zscore(x, ddof = 0) = (x - mean(x, axis: 0)) / stddev(x, axis: 0, ddof: ddof)

/// The standard error of the mean.
/// > standard_error([1, 2, 3])
/// 0.57735026...
fn standard_error(x) = stddev(x, axis: 0, ddof: 1) / sqrt(len(x))

/// The n-th central moment, along the first axis.
/// > moment([1, 2, 3], 2)
/// 0.66666666...
fn moment(x, n) = mean((x - mean(x, axis: 0))^n, axis: 0)

/// The skewness: the third central moment in standard deviations.
/// > skewness([1, 2, 6])
/// 0.59517006...
fn skewness(x) = moment(x, 3) / moment(x, 2)^1.5

/// The kurtosis beyond that of a normal distribution.
/// > kurtosis([1, 2, 3, 4])
/// -1.36
fn kurtosis(x) = moment(x, 4) / moment(x, 2)^2 - 3

/// The distance between the quartiles.
/// > interquartile_range([1, 2, 3, 4, 5])
/// 2
fn interquartile_range(x) = quantile(x, 0.75) - quantile(x, 0.25)

/// The median of the distances from the median; with \`normal: true\` in units of a normal distribution's deviation.
/// > median_deviation([1, 2, 3, 4, 100])
/// 1
fn median_deviation(x, normal = false) =
  median(abs(x - median(x))) * (if normal { 1.482602218505602 } else { 1 })

/// A record of what one first wants to know of a vector.
/// > describe([1, 2, 3, 4, 10])
/// { count: 5, mean: 4, stddev: 3.53553390..., min: 1, q1: 2, median: 3, q3: 4, max: 10 }
fn describe(x) {
  _enough("describe", x, 2)
  let [q1, middle, q3] = quantile(x, [0.25, 0.5, 0.75])
  {
    count: len(x),
    mean: mean(x),
    stddev: stddev(x, ddof: 1),
    min: min(x),
    q1,
    median: middle,
    q3,
    max: max(x),
  }
}

// ---------------------------------------------------------------- together

/// The covariance of two vectors, or the covariance matrix of the columns of a matrix; divided by n - 1, or n - \`ddof\`.
/// > covariance([1, 2, 3], [1, 2, 6])
/// 2.5
/// > covariance([[1, 1], [2, 2], [3, 6]])
/// [[1, 2.5], [2.5, 7]]
fn covariance(x, y = (), ddof = 1) {
  let a = x - mean(x, axis: 0)
  let freedom = max(len(x) - ddof, 0)
  if y == () { return a.T @ a / freedom }
  _same_length("covariance", x, y)
  dot(a, y - mean(y)) / freedom
}

/// Pearson's correlation of two vectors, or the correlation matrix of the columns of a matrix.
/// > correlation([1, 2, 3], [1, 2, 6])
/// 0.94491118...
fn correlation(x, y = ()) {
  let C = if y == () { covariance(x) } else { covariance(stack(x, y).T) }
  let s = sqrt(diag(C))
  let R = C / outer(s, s)
  if y == () { R } else { R[0, 1] }
}

/// The ranks from 1 on; equal numbers share the mean of theirs.
/// > ranks([10, 30, 20, 20])
/// [1, 4, 2.5, 2.5]
fn ranks(x) {
  let sorted = sort(stop_gradient(x))
  0.5 * (searchsorted(sorted, x) + searchsorted(sorted, x, side: "right") + 1)
}

/// Spearman's correlation: that of the ranks.
/// > rank_correlation([1, 2, 3, 4], [1, 8, 27, 20])
/// 0.8
fn rank_correlation(x, y) = correlation(ranks(x), ranks(y))

/// The correlation of a series with itself, \`lag\` places later, for lags 0, 1, …, \`most\`.
/// > autocorrelation([1, -1, 1, -1], 1)
/// [1, -0.75]
fn autocorrelation(x, most) {
  let a = x - mean(x)
  [dot(a[..len(a) - k], a[k..]) for k in 0..=most] / dot(a, a)
}

// ---------------------------------------------------------------- regression

/// The straight line y ≈ intercept + slope x of least squares: \`slope\`, \`intercept\`, their standard errors, the \`correlation\` r,
/// and the probability \`p\` of so large a slope by chance where there is none.
/// > linear_regression([0, 1, 2, 3], [1, 3, 5, 7.5]).slope
/// 2.15
fn linear_regression(x, y) {
  _same_length("linear_regression", x, y)
  _enough("linear_regression", x, 3)
  let a = x - mean(x)
  let spread = squared_norm(a)
  assert(spread > 0, "\`linear_regression\` needs at least two different x")
  let slope = dot(a, y) / spread
  let intercept = mean(y) - slope * mean(x)
  let residuals = y - intercept - slope * x
  let noise = squared_norm(residuals) / (len(x) - 2)
  let slope_error = sqrt(noise / spread)
  {
    slope,
    intercept,
    slope_error,
    intercept_error: sqrt(noise * (1 / len(x) + mean(x)^2 / spread)),
    r: correlation(x, y),
    p: 2 * cdf(student_t(len(x) - 2), -abs(stop_gradient(slope / slope_error))),
  }
}

/// The coefficients c of least squares in y ≈ X c, with their standard errors, the residuals and r², the part of the variance
/// that is explained. X has a row for each observation; a column of ones gives the intercept.
/// > multiple_regression([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).r_squared
/// 1.00000000...
fn multiple_regression(X, y) {
  _same_length("multiple_regression", X, y)
  let (n, k) = (len(X), len(X[0]))
  assert(
    n >= k,
    "\`multiple_regression\` needs at least as many observations as coefficients, not {n} for {k}",
  )
  let c = lstsq(X, y)
  let residuals = y - X @ c
  let noise = if n > k { squared_norm(residuals) / (n - k) } else { 0 }
  {
    coefficients: c,
    errors: sqrt(noise * diag(pinv(X.T @ X))),
    residuals,
    r_squared: 1 - squared_norm(residuals) / squared_norm(y - mean(y)),
  }
}

/// The polynomial of the given degree with least squares, as coefficients from the constant on.
/// > polynomial_fit([0, 1, 2, 3], [1, 2, 5, 10], 2)
/// [1.000000..., 0.000000..., 1.000000...]
fn polynomial_fit(x, y, degree) {
  _same_length("polynomial_fit", x, y)
  _enough("polynomial_fit", x, degree + 1)
  lstsq([x^k for k in 0..=degree].T, y)
}

// ---------------------------------------------------------------- distributions of data

/// The part of the data that is at most t, as a function of t.
/// > ecdf([1, 2, 2, 5])([0, 2, 9])
/// [0, 0.75, 1]
fn ecdf(x) {
  _enough("ecdf", x, 1)
  let sorted = sort(stop_gradient(x))
  t => searchsorted(sorted, t, side: "right") / len(sorted)
}

/// Kolmogorov and Smirnov's test whether x is drawn from the distribution with the function \`cdf\` (of arrays), or, if that is a
/// vector, whether two samples are of one distribution: the greatest \`distance\` of the distribution functions and the
/// probability \`p\` of a greater one by chance.
/// > ks_test([0.1, 0.4, 0.6, 0.9], x => x).distance
/// 0.15000000...
fn ks_test(x, cdf) {
  _enough("ks_test", x, 1)
  let a = sort(stop_gradient(x))
  let n = len(a)
  match attempt(() => len(cdf)) {
    Done(m) => {
      let b = sort(stop_gradient(cdf))
      let both = a ++ b
      let distance = max(abs(ecdf(a)(both) - ecdf(b)(both)))
      { distance, p: _kolmogorov(distance, n * m / (n + m)) }
    }
    Failed(_) => {
      let u = cdf(a)
      let distance = max(max((1..=n) / n - u), max(u - (0..n) / n))
      { distance, p: _kolmogorov(distance, n) }
    }
  }
}

/// The probability of a greater distance with n observations (Stephens 1970).
fn _kolmogorov(distance, n) {
  let t = distance * (sqrt(n) + 0.12 + 0.11 / sqrt(n))
  if t < 0.2 { 1 } else {
    clamp(2 * sum((-1)^(k - 1) * exp(-2 * (k * t)^2) for k in 1..=100), 0, 1)
  }
}

/// Student's t test whether the mean of x is \`mu\`, or, if that is a vector, whether x and it have one mean (Welch): \`t\`, the
/// degrees of \`freedom\`, and the probability \`p\` of a greater |t| by chance.
/// > t_test([1, 2, 3, 4], 0).t
/// 3.87298334...
fn t_test(x, mu = 0) {
  _enough("t_test", x, 2)
  let v = variance(x, ddof: 1) / len(x)
  let two_sided = (t, freedom) => { t, freedom, p: 2 * cdf(student_t(freedom), -abs(t)) }
  match attempt(() => len(mu)) {
    Done(m) => {
      _enough("t_test", mu, 2)
      let w = variance(mu, ddof: 1) / m
      two_sided(
        (mean(x) - mean(mu)) / sqrt(v + w),
        (v + w)^2 / (v^2 / (len(x) - 1) + w^2 / (m - 1)),
      )
    }
    Failed(_) => two_sided((mean(x) - mu) / sqrt(v), len(x) - 1)
  }
}

/// Pearson's test whether counts are as expected: \`statistic\`, degrees of \`freedom\`, and the probability \`p\` of a greater
/// statistic by chance.
/// > chi_squared_test([10, 20, 30], [20, 20, 20]).statistic
/// 10
fn chi_squared_test(counts, expected, ddof = 0) {
  _same_length("chi_squared_test", counts, expected)
  let statistic = sum((counts - expected)^2 / expected)
  let freedom = len(counts) - 1 - ddof
  { statistic, freedom, p: gammaincc(0.5 * freedom, 0.5 * statistic) }
}

/// The density of the data smoothed by normal distributions, as a function; their deviation is \`width\`, by Silverman's rule unless
/// told.
/// > kernel_density([0], width: 1)(0)
/// 0.39894228...
fn kernel_density(x, width = ()) {
  _enough("kernel_density", x, 1)
  let h = if width == () {
    0.9 * min(stddev(x, ddof: 1), interquartile_range(x) / 1.34) * len(x)^-0.2
  } else { width }
  assert(h > 0, "\`kernel_density\` needs a width above 0, not {h}")
  // one row for each datum, so that t may be an array
  t => mean([exp(-0.5 * ((t - v) / h)^2) for v in x], axis: 0) / (h * sqrt(tau))
}

// ---------------------------------------------------------------- resampling

/// The values of a statistic for \`n\` samples drawn from the data with replacement; rows of a matrix are drawn together.
/// > len(bootstrap(key(1), [1, 2, 3, 4], mean, 50))
/// 50
fn bootstrap(key, x, statistic, n = 1000) {
  _enough("bootstrap", x, 1)
  let places = integers(key, [n, len(x)], 0, len(x))
  [statistic(x[places[i]]) for i in 0..n]
}

/// The interval that holds the middle part \`level\` of the bootstrap values of a statistic.
/// > confidence_interval(key(1), [5, 5, 5], mean)
/// [5, 5]
fn confidence_interval(key, x, statistic, level = 0.95, n = 1000) {
  assert(0 < level < 1, "\`confidence_interval\` needs a level between 0 and 1, not {level}")
  quantile(bootstrap(key, x, statistic, n: n), [0.5 - 0.5 * level, 0.5 + 0.5 * level])
}

/// The values of a statistic with each observation left out in turn.
/// > jackknife([1, 2, 6], mean)
/// [4, 3.5, 1.5]
fn jackknife(x, statistic) {
  _enough("jackknife", x, 2)
  [statistic(x[[j for j in 0..len(x) if j != i]]) for i in 0..len(x)]
}
`],
  ["std/structures", `/// What the solvers of this library share: parameters of any structure as vectors, and questions about values that \`==\` does
/// not answer.

/// f at x, where x is a tuple if f has several parameters. The zero direction makes \`jvp\` a plain call.
/// > value_at((x, y) => x * y, (2, 3))
/// 6
fn value_at(f, x) = jvp(f, x, stop_gradient(0 * x))[0]

/// Are a and b one value? Unlike \`==\` also of values that cannot be compared: those are not.
/// > same([1, 2], [1, 2])
/// true
/// > same([1], 1)
/// false
fn same(a, b) = match attempt(() => a == b) { Done(equal) => equal, Failed(_) => false }

/// Is x a single number?
/// > [is_number(3), is_number([3]), is_number({ a: 3 })]
/// [true, false, false]
fn is_number(x) = match attempt(() => rank(x)) { Done(r) => r == 0, Failed(_) => false }

/// The numbers of x0 as a vector, and back; an error where there are none.
/// > flattened({ a: 1, b: [2, 3] })[0]
/// [1, 2, 3]
fn flattened(x0) {
  let (v, unravel) = ravel(x0)
  assert(len(v) > 0, "a start must hold a number")
  if same(v, x0) { (v, x => x) } else { (v, unravel) }
}

/// f as a function of one value of the form of x0, also where it has several parameters and x0 is a tuple.
/// > of_one_value((x, y) => x * y, (1, 1))((2, 3))
/// 6
fn of_one_value(f, x0) = if is_number(x0) or same(ravel(x0)[0], x0) { f } else {
  x => value_at(f, x)
}
`],
])
