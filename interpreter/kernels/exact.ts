/**
 * What rounding took from a product, as a number: the step below every function that is known to more than 53 bits for a moment.
 * A double is split into halves whose products are exact (Veltkamp 1968, Dekker 1971), for there is no fused multiplication here.
 * It must not know which function it serves.
 */

/** 2^27 + 1. */
const SPLIT = 134217729

/** The upper 26 bits of x, rounded, so that the square is exact; |x| below 1e300. */
export function upperHalf(x: number): number {
  const s = SPLIT * x
  return s - (s - x)
}

/** x y − product for the rounded product, exactly, where nothing leaves the range. */
export function productRest(x: number, y: number, product: number): number {
  const xh = upperHalf(x)
  const xl = x - xh
  const yh = upperHalf(y)
  const yl = y - yh
  return xh * yh - product + xh * yl + xl * yh + xl * yl
}
