/**
 * Special functions of one or a few real numbers, the flat list.
 * Every function is total: poles and points outside the domain answer an infinity or nan as its own comment says.
 * It must not know arrays, derivatives or the language.
 */
export { polynomial, sinpi, cospi, tanpi } from "./polynomial.ts"
export { gamma, lgamma, gammaSign, reciprocalGamma, stirlingRest } from "./gamma.ts"
export { digamma, polygamma, hurwitzZeta } from "./digamma.ts"
export { beta, lbeta } from "./beta.ts"
export { erf, erfc, erfcx, erfinv, erfcinv, normalCdf, logNormalCdf, normalQuantile, normalHazard } from "./erf.ts"
export { log1pmx, log1mexp, logaddexp, xlogy, xlog1py, sigmoid, logSigmoid, logit } from "./logs.ts"
export { softplus, sigmoidSlope, sechSquared } from "../squashing.ts"
export { gammainc, gammaincc, gammaincinv, gammainccinv, gammaPrefix } from "./gammainc.ts"
export { betainc, betaincc, betaincinv, betaincinvRest, betaPrefix } from "./betainc.ts"
export { mostOrder, besselJ, besselJ0, besselJ1, besselY, besselY0, besselY1 } from "./bessel.ts"
export {
  besselI,
  besselIe,
  besselI0,
  besselI0e,
  besselI1,
  besselI1e,
  besselK,
  besselKe,
  besselK0,
  besselK0e,
  besselK1,
  besselK1e,
} from "./modified-bessel.ts"
export {
  expintE1,
  expintEi,
  expintEn,
  exponentialQuotient,
  lambertW,
  lambertWGap,
  lambertWMinus1,
  lambertWMinus1Gap,
  lambertWMinus1Slope,
  lambertWSlope,
} from "./expint.ts"
export { zeta, sinc, sincDerivative } from "./zeta-sinc.ts"
export { zetaDerivative } from "./zeta-derivative.ts"
