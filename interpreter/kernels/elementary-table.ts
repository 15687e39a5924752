/**
 * The table of exp: for j = 0 … 127 first what rounding 2^(j/128) lost, relative to it, then 2^(j/128) rounded.
 * Computed with whole numbers, 200 bits behind the point, so that every host has the same bits; wasm/exp-table.h has them written out. It must not know what
 * the table is for.
 */

const bits = 200n
const one = 1n << bits
const unit = 2 ** -200

/** The square root, by Newton's steps from above until they no longer fall. */
function root(x: bigint): bigint {
  let r = (x + one) >> 1n
  for (;;) {
    const next = (r + (x << bits) / r) >> 1n
    if (next >= r) return r
    r = next
  }
}

/** The table: 256 numbers. */
export function expRoots(): Float64Array {
  let step = 2n * one
  for (let k = 0; k < 7; k++) step = root(step)
  const out = new Float64Array(256)
  for (let j = 0, power = one; j < 128; j++) {
    const rounded = Number(power) * unit
    const held = BigInt(rounded * 2 ** 52) << (bits - 52n)
    out[2 * j] = Number(((power - held) << bits) / held) * unit
    out[2 * j + 1] = rounded
    power = (power * step) >> bits
  }
  return out
}
