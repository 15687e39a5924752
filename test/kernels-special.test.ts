/**
 * The special functions against values computed with 60 digits (test/oracle/special.py), point by point.
 * One bound in ulps a function; next to zeros of a function half an ulp of its arguments is forgiven too (the slack of the row).
 * Poles, infinities and nan are checked by hand below.
 */
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import * as special from "../interpreter/kernels/special/index.ts"
import { expintN } from "../interpreter/primitives/bessel.ts"

type Cell = number | string
const table = JSON.parse(readFileSync(new URL("./oracle/special.json", import.meta.url), "utf8")) as Record<
  string,
  Cell[][]
>
const ulp = 2 ** -52
const parse = (cell: Cell) => (cell === "inf" ? Infinity : cell === "-inf" ? -Infinity : cell === "nan" ? NaN : +cell)

/** Name of the table, the function, and the bound on the relative error in units of 2^-52. */
const cases: [string, (...x: number[]) => number, number][] = [
  ["gamma", special.gamma, 6],
  ["lgamma", special.lgamma, 4],
  ["lgamma_negative", special.lgamma, 8],
  ["digamma", special.digamma, 5],
  ["digamma_negative", special.digamma, 8],
  ["polygamma", special.polygamma, 8],
  ["polygamma_negative", special.polygamma, 8],
  ["hurwitz_zeta", special.hurwitzZeta, 4],
  ["beta", special.beta, 12],
  ["beta_negative", special.beta, 10],
  ["lbeta", special.lbeta, 8],
  ["erf", special.erf, 1.5],
  ["erfc", special.erfc, 3],
  ["erfcx", special.erfcx, 4],
  ["erfcx_far", special.erfcx, 2],
  ["erfinv", special.erfinv, 4],
  ["erfcinv", special.erfcinv, 4],
  ["normal_cdf", special.normalCdf, 5],
  ["log_normal_cdf", special.logNormalCdf, 5],
  ["log1pmx", special.log1pmx, 4],
  ["log1mexp", special.log1mexp, 3],
  ["sigmoid", special.sigmoid, 3],
  ["log_sigmoid", special.logSigmoid, 3],
  ["softplus", special.softplus, 3],
  ["logit", special.logit, 4],
  ["sech_squared", special.sechSquared, 5],
  ["sinpi", special.sinpi, 2],
  ["cospi", special.cospi, 2],
  ["gammainc", special.gammainc, 60],
  ["gammaincc", special.gammaincc, 60],
  ["gammaincinv", special.gammaincinv, 30],
  ["betainc", special.betainc, 60],
  ["betaincinv", special.betaincinv, 60],
  ["bessel_j0", special.besselJ0, 4],
  ["bessel_j1", special.besselJ1, 4],
  ["bessel_y0", special.besselY0, 4],
  ["bessel_y1", special.besselY1, 4],
  ["bessel_j", special.besselJ, 10],
  ["bessel_y", special.besselY, 10],
  ["bessel_i0", special.besselI0, 4],
  ["bessel_i1", special.besselI1, 4],
  ["bessel_i0e", special.besselI0e, 4],
  ["bessel_i1e", special.besselI1e, 4],
  ["bessel_k0", special.besselK0, 4],
  ["bessel_k1", special.besselK1, 4],
  ["bessel_k0e", special.besselK0e, 4],
  ["bessel_k1e", special.besselK1e, 4],
  ["bessel_ie", special.besselIe, 20],
  ["bessel_ke", special.besselKe, 25],
  ["expint_e1", special.expintE1, 5],
  ["expint_ei", special.expintEi, 5],
  ["expint_ei_negative", special.expintEi, 5],
  ["expint_en", special.expintEn, 5],
  ["lambert_w", special.lambertW, 4],
  ["lambert_w_minus1", special.lambertWMinus1, 4],
  ["zeta", special.zeta, 8],
  ["sinc", special.sincDerivative, 8],
]

/** Far in their tails these are the exponential of a large number: an ulp and a half of that number each. */
const tails: Record<string, number> = { gammainc: 1.5, gammaincc: 1.5, betainc: 1.5 }

/** The worst error of a table, in ulps, and its row. */
function worst(name: string, f: (...x: number[]) => number, tail: number): { error: number; row: string } {
  let error = 0
  let at = ""
  for (const cells of table[name]!) {
    const numbers = cells.map(parse)
    const slack = numbers.pop()!
    const expected = numbers.pop()!
    const actual = f(...numbers)
    let e: number
    if (Number.isNaN(expected)) e = Number.isNaN(actual) ? 0 : Infinity
    else if (actual === expected) e = 0
    else if (!Number.isFinite(actual) || !Number.isFinite(expected)) e = Infinity
    // Below the normal range one unit of the last place is 2^-1074, whatever the value.
    else {
      e = Math.max(0, Math.abs(actual - expected) - slack) / Math.max(Math.abs(expected) * ulp, 2 ** -1074)
      e = Math.max(0, e - tail * Math.abs(Math.log(Math.abs(expected))))
    }
    if (e > error || Number.isNaN(e)) {
      error = Number.isNaN(e) ? Infinity : e
      at = `${name}(${numbers.join(", ")}) = ${actual}, not ${expected}`
    }
  }
  return { error, row: at }
}

describe("against 60 digits", () => {
  test.each(cases)("%s", (name, f, bound) => {
    const { error, row } = worst(name, f, tails[name] ?? 0)
    if (process.env["SHOW_ULPS"] !== undefined) console.log(name, error.toFixed(2), row)
    expect(error, row).toBeLessThanOrEqual(bound)
  })

  test("every table is used", () => {
    expect(cases.map(([name]) => name).sort()).toEqual(Object.keys(table).sort())
  })
})

describe("poles and edges", () => {
  const edges: [string, number, number][] = [
    ["gamma(0)", special.gamma(0), Infinity],
    ["gamma(-0)", special.gamma(-0), -Infinity],
    ["gamma(-3)", special.gamma(-3), NaN],
    ["gamma(inf)", special.gamma(Infinity), Infinity],
    ["gamma(-inf)", special.gamma(-Infinity), NaN],
    ["gamma(5)", special.gamma(5), 24],
    ["gamma(-1e150)", special.gamma(-1e150), NaN],
    ["lgamma(0)", special.lgamma(0), Infinity],
    ["lgamma(-3)", special.lgamma(-3), Infinity],
    ["lgamma(1)", special.lgamma(1), 0],
    ["lgamma(2)", special.lgamma(2), 0],
    ["lgamma(inf)", special.lgamma(Infinity), Infinity],
    ["lgamma(nan)", special.lgamma(NaN), NaN],
    ["digamma(0)", special.digamma(0), -Infinity],
    ["digamma(-0)", special.digamma(-0), Infinity],
    ["digamma(-1)", special.digamma(-1), NaN],
    ["digamma(inf)", special.digamma(Infinity), Infinity],
    ["digamma(nan)", special.digamma(NaN), NaN],
    ["polygamma(1, 0)", special.polygamma(1, 0), Infinity],
    ["polygamma(2, 0)", special.polygamma(2, 0), -Infinity],
    ["polygamma(1, -2)", special.polygamma(1, -2), NaN],
    ["polygamma(1.5, 2)", special.polygamma(1.5, 2), NaN],
    ["polygamma(-1, 2)", special.polygamma(-1, 2), NaN],
    ["polygamma(1, inf)", special.polygamma(1, Infinity), 0],
    ["polygamma(1, nan)", special.polygamma(1, NaN), NaN],
    ["zeta(1, 2)", special.hurwitzZeta(1, 2), Infinity],
    ["zeta(0.5, 2)", special.hurwitzZeta(0.5, 2), NaN],
    ["beta(0, 1)", special.beta(0, 1), Infinity],
    ["beta(1, inf)", special.beta(1, Infinity), 0],
    ["beta(-2, 1)", special.beta(-2, 1), -0.5],
    ["beta(-2, 5)", special.beta(-2, 5), NaN],
    ["beta(nan, 1)", special.beta(NaN, 1), NaN],
    ["beta(-0.5, 0.5)", special.beta(-0.5, 0.5), 0],
    ["lbeta(1, 1)", special.lbeta(1, 1), 0],
    ["lbeta(0, 1)", special.lbeta(0, 1), Infinity],
    ["lbeta(-0.5, 0.5)", special.lbeta(-0.5, 0.5), -Infinity],
    ["erf(inf)", special.erf(Infinity), 1],
    ["erf(-inf)", special.erf(-Infinity), -1],
    ["erf(nan)", special.erf(NaN), NaN],
    ["erf(-0)", special.erf(-0), -0],
    ["erfc(inf)", special.erfc(Infinity), 0],
    ["erfc(-inf)", special.erfc(-Infinity), 2],
    ["erfc(nan)", special.erfc(NaN), NaN],
    ["erfc(1e150)", special.erfc(1e150), 0],
    ["erfcx(inf)", special.erfcx(Infinity), 0],
    ["erfcx(-inf)", special.erfcx(-Infinity), Infinity],
    ["erfcx(nan)", special.erfcx(NaN), NaN],
    ["erfinv(1)", special.erfinv(1), Infinity],
    ["erfinv(-1)", special.erfinv(-1), -Infinity],
    ["erfinv(1.1)", special.erfinv(1.1), NaN],
    ["erfinv(nan)", special.erfinv(NaN), NaN],
    ["erfinv(0)", special.erfinv(0), 0],
    ["erfcinv(0)", special.erfcinv(0), Infinity],
    ["erfcinv(2)", special.erfcinv(2), -Infinity],
    ["erfcinv(1)", special.erfcinv(1), 0],
    ["erfcinv(-1)", special.erfcinv(-1), NaN],
    ["normalCdf(-inf)", special.normalCdf(-Infinity), 0],
    ["normalCdf(inf)", special.normalCdf(Infinity), 1],
    ["log1mexp(0)", special.log1mexp(0), -Infinity],
    ["log1mexp(-1)", special.log1mexp(-1), NaN],
    ["logaddexp(-inf, -inf)", special.logaddexp(-Infinity, -Infinity), -Infinity],
    ["logaddexp(inf, -inf)", special.logaddexp(Infinity, -Infinity), Infinity],
    ["logaddexp(1000, 1000)", special.logaddexp(1000, 1000), 1000 + Math.LN2],
    ["logaddexp(nan, inf)", special.logaddexp(NaN, Infinity), NaN],
    ["xlogy(0, 0)", special.xlogy(0, 0), 0],
    ["xlogy(0, inf)", special.xlogy(0, Infinity), 0],
    ["xlogy(0, nan)", special.xlogy(0, NaN), NaN],
    ["xlogy(1, 0)", special.xlogy(1, 0), -Infinity],
    ["sigmoid(-800)", special.sigmoid(-800), 0],
    ["sigmoid(inf)", special.sigmoid(Infinity), 1],
    ["softplus(-inf)", special.softplus(-Infinity), 0],
    ["softplus(inf)", special.softplus(Infinity), Infinity],
    ["logit(0)", special.logit(0), -Infinity],
    ["logit(1)", special.logit(1), Infinity],
    ["logit(0.5)", special.logit(0.5), 0],
    ["sechSquared(inf)", special.sechSquared(Infinity), 0],
    ["sinpi(1e300)", special.sinpi(1e300), 0],
    ["sinpi(inf)", special.sinpi(Infinity), NaN],
    ["cospi(0.5)", special.cospi(0.5), 0],
    ["cospi(1)", special.cospi(1), -1],
    ["gammainc(0, 1)", special.gammainc(0, 1), 1],
    ["gammainc(1, 0)", special.gammainc(1, 0), 0],
    ["gammainc(2, inf)", special.gammainc(2, Infinity), 1],
    ["gammainc(-1, 1)", special.gammainc(-1, 1), NaN],
    ["gammainc(1, -1)", special.gammainc(1, -1), NaN],
    ["gammainc(nan, 1)", special.gammainc(NaN, 1), NaN],
    ["gammainc(1e150, 1)", special.gammainc(1e150, 1), 0],
    ["gammaincc(1e150, 1)", special.gammaincc(1e150, 1), 1],
    ["gammaincc(1e-150, 1e150)", special.gammaincc(1e-150, 1e150), 0],
    ["gammaincinv(2, 0)", special.gammaincinv(2, 0), 0],
    ["gammaincinv(2, 1)", special.gammaincinv(2, 1), Infinity],
    ["gammaincinv(2, 1.5)", special.gammaincinv(2, 1.5), NaN],
    ["gammainccinv(2, 0)", special.gammainccinv(2, 0), Infinity],
    ["betainc(1, 2, 0)", special.betainc(1, 2, 0), 0],
    ["betainc(1, 2, 1)", special.betainc(1, 2, 1), 1],
    ["betainc(1, 2, 1.5)", special.betainc(1, 2, 1.5), NaN],
    ["betainc(0, 2, 0.5)", special.betainc(0, 2, 0.5), NaN],
    ["betainc(1e12, 1e12, 0.5)", special.betainc(1e12, 1e12, 0.5), 0.5],
    ["betaincinv(1, 2, 0)", special.betaincinv(1, 2, 0), 0],
    ["betaincinv(1, 2, 1)", special.betaincinv(1, 2, 1), 1],
    ["besselJ0(inf)", special.besselJ0(Infinity), 0],
    ["besselJ(3, 0)", special.besselJ(3, 0), 0],
    ["besselJ(0.5, 1)", special.besselJ(0.5, 1), NaN],
    ["besselJ(-3, 2)", special.besselJ(-3, 2), -special.besselJ(3, 2)],
    ["besselJ(3, -2)", special.besselJ(3, -2), -special.besselJ(3, 2)],
    ["besselJ(2, nan)", special.besselJ(2, NaN), NaN],
    ["besselY0(0)", special.besselY0(0), -Infinity],
    ["besselY0(-1)", special.besselY0(-1), NaN],
    ["besselY(5, 1e-100)", special.besselY(5, 1e-100), -Infinity],
    ["besselI0(inf)", special.besselI0(Infinity), Infinity],
    ["besselI0(-3)", special.besselI0(-3), special.besselI0(3)],
    ["besselI1(-3)", special.besselI1(-3), -special.besselI1(3)],
    ["besselI(3, -2)", special.besselI(3, -2), -special.besselI(3, 2)],
    ["besselI(3, 0)", special.besselI(3, 0), 0],
    ["besselI(3, 800)", special.besselI(3, 800), Infinity],
    ["besselK0(0)", special.besselK0(0), Infinity],
    ["besselK0(-1)", special.besselK0(-1), NaN],
    ["besselK0(inf)", special.besselK0(Infinity), 0],
    ["besselK(2, 800)", special.besselK(2, 800), 0],
    ["besselK(2, 1e-200)", special.besselK(2, 1e-200), Infinity],
    ["expintE1(0)", special.expintE1(0), Infinity],
    ["expintE1(-1)", special.expintE1(-1), NaN],
    ["expintE1(inf)", special.expintE1(Infinity), 0],
    ["expintEn(3, 0)", special.expintEn(3, 0), 0.5],
    ["expintEi(0)", special.expintEi(0), -Infinity],
    ["expintEi(inf)", special.expintEi(Infinity), Infinity],
    ["expintEi(-inf)", special.expintEi(-Infinity), 0],
    ["lambertW(-0.4)", special.lambertW(-0.4), NaN],
    ["lambertW(0)", special.lambertW(0), 0],
    ["lambertW(inf)", special.lambertW(Infinity), Infinity],
    ["lambertW(nan)", special.lambertW(NaN), NaN],
    ["lambertWMinus1(0)", special.lambertWMinus1(0), -Infinity],
    ["lambertWMinus1(1)", special.lambertWMinus1(1), NaN],
    ["zeta'(1)", special.zetaDerivative(1, 1), NaN],
    ["zeta(1)", special.zeta(1), Infinity],
    ["zeta(-2)", special.zeta(-2), 0],
    ["zeta(-200)", special.zeta(-200), 0],
    ["zeta(0)", special.zeta(0), -0.5],
    ["zeta(inf)", special.zeta(Infinity), 1],
    ["sinc(0)", special.sinc(0), 1],
    ["sinc(3)", special.sinc(3), 0],
    ["sinc(inf)", special.sinc(Infinity), 0],
    ["sinc(nan)", special.sinc(NaN), NaN],
    ["sinc'(0)", special.sincDerivative(1, 0), 0],
    ["sinc''(1e150)", special.sincDerivative(2, 1e150) + 1, 1],
  ]
  test.each(edges)("%s", (_, actual, expected) => {
    if (expected === 0 && Object.is(expected, 0)) expect(actual + 0).toBe(0)
    else expect(actual).toBe(expected)
  })
})

test("the exponential integral of an order that would take forever is nan", () => {
  expect(expintN(-1e150, 1)).toBeNaN()
  expect(expintN(-0.5, 1)).toBeNaN()
  expect(expintN(-1, 2)).toBeCloseTo((3 / 4) * Math.exp(-2), 15)
})

test.each([
  // mpmath, 40 digits
  [1, 0, -0.9189385332046727],
  [2, 0, -2.006356455908585],
  [1, 1e-9, -0.918938535211029],
  [1, 2, -0.9375482543158438],
  [1, -1, -0.16542114370045094],
  [1, -2, -0.03044845705839327],
  [1, 0.25, -1.698445150389634],
  [3, 0.75, -1536.0026592578143],
  [2, -7.5, -0.009931410531586173],
  [5, -3, -0.024334415281185448],
  [1, 30, -6.45548953880003e-10],
  [4, 3, 0.7507511041240729],
  [1, -170.5, -8.463845719540755e171],
  [1, 1.0000001, -99999999883226.5],
])("derivative %d of zeta at %d", (n, s, value) => {
  expect(Math.abs(special.zetaDerivative(n, s) / value - 1)).toBeLessThan(1e-12)
})
