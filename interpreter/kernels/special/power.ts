/**
 * Powers of rounded quotients and differences, corrected for the rounding of their base.
 * A base off by half an ulp makes a power e off by e/2 ulps; the rounding is found exactly (Dekker 1971) and put back to first order.
 * It must not know which function it is part of.
 */
import { productRest } from "../exact.ts"
import { pow } from "../powers.ts"

/** (p/q)^e, where p/q is rounded but the power is not: the rounding of the base is put back to first order. */
export function quotientPower(p: number, q: number, e: number): number {
  const base = p / q
  if (base === 0 || !Number.isFinite(base)) return pow(base, e)
  return pow(base, e) * (1 + (e * quotientRest(p, q, base)) / p)
}

/** p − q·base exactly, by splitting both factors (Dekker 1971). */
function quotientRest(p: number, q: number, base: number): number {
  if (Math.abs(q) > 1e280 || Math.abs(q) < 1e-280 || Math.abs(base) < 1e-280 || Math.abs(base) > 1e280) return 0
  const product = q * base
  return p - product - productRest(q, base, product)
}

/** (1 − x)^e for 0 ≤ x ≤ 1, where 1 − x is rounded but the power is not. */
export function complementPower(x: number, e: number): number {
  const base = 1 - x
  if (base === 0) return pow(base, e)
  const lost = 1 - base - x
  return pow(base, e) * (1 + (e * lost) / base)
}
