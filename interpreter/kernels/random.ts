/**
 * Random bits from keys: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, SC 2011), and numbers made of them.
 * A key is two 32-bit words; nothing is remembered, so the same key and the same counter give the same bits on every platform, and keys
 * split into independent ones. Uniforms take 53 bits; normals are their exact inverse distribution function, through our own log.
 * It must not know shapes or distributions.
 */
import { spend } from "../arrays/work.ts"
import { log } from "./elementary.ts"
import { normalQuantileCentre, normalQuantileTail } from "./special/erf.ts"

/** Two unsigned 32-bit words. */
export type Key = readonly [number, number]

const PARITY = 0x1bd11bda

/** The block cipher: two words of counter under two words of key. Writes to out[at] and out[at+1]. */
export function threefry(k0: number, k1: number, c0: number, c1: number, out: Uint32Array, at = 0): void {
  spend(16)
  const k2 = PARITY ^ k0 ^ k1
  let x = (c0 + k0) | 0
  let y = (c1 + k1) | 0
  // Five groups of four rounds with alternating rotations, a word of the key schedule after each.
  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + k1) | 0
  y = (y + k2 + 1) | 0
  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + k2) | 0
  y = (y + k0 + 2) | 0
  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + k0) | 0
  y = (y + k1 + 3) | 0
  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + k1) | 0
  y = (y + k2 + 4) | 0
  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  out[at] = (x + k2) | 0
  out[at + 1] = (y + k0 + 5) | 0
}

const block = new Uint32Array(2)

/** The key of an integer seed (its low 53 bits and sign): the words of the seed, not mixed, as threefry mixes them. */
export function keyOf(seed: number): Key {
  const whole = Math.trunc(seed)
  const low = ((whole % 4294967296) + 4294967296) % 4294967296
  return [Math.floor(whole / 4294967296) >>> 0, low >>> 0]
}

/** n keys of one, independent of each other, of the numbers drawn from it and of those from `fold`. */
export function split(key: Key, n: number): Key[] {
  const keys: Key[] = []
  for (let i = 0; i < n; i++) {
    threefry(key[0], key[1], i, 0x80000000, block)
    keys.push([block[0]!, block[1]!])
  }
  return keys
}

/** One key of a key and a number, for loops: fold(key, i). */
export function fold(key: Key, data: number): Key {
  const [high, low] = keyOf(data)
  threefry(key[0], key[1], low, (0x40000000 | (high & 0x3fffffff)) >>> 0, block)
  return [block[0]!, block[1]!]
}

/** n pairs of random words, counters from 0. */
export function bits(key: Key, n: number): Uint32Array {
  const out = new Uint32Array(2 * n)
  for (let i = 0; i < n; i++) threefry(key[0], key[1], i >>> 0, Math.floor(i / 4294967296), out, 2 * i)
  return out
}

/** Of 64 random bits the uniform number in [0, 1) with 53 of them. */
export function toUniform(a: number, b: number): number {
  return ((a >>> 0) * 2097152 + (b >>> 11)) / 9007199254740992
}

/** n uniform numbers in [0, 1). */
export function uniforms(key: Key, n: number): Float64Array {
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    threefry(key[0], key[1], i >>> 0, Math.floor(i / 4294967296), block)
    out[i] = toUniform(block[0]!, block[1]!)
  }
  return out
}

/** Of 64 random bits a standard normal number: the quantile of the midpoint of one of 2^53 equal cells, so never infinite. */
export function toNormal(a: number, b: number): number {
  // From -1/2 to 1/2, odd multiples of 2^-54: symmetric and never 0.
  const q = ((a >>> 0) * 2097152 + (b >>> 11) - 4503599627370496 + 0.5) / 9007199254740992
  if (q >= -0.425 && q <= 0.425) return normalQuantileCentre(q)
  const tail = normalQuantileTail(Math.sqrt(-log(q < 0 ? 0.5 + q : 0.5 - q)))
  return q < 0 ? -tail : tail
}

/** n standard normal numbers. */
export function normals(key: Key, n: number): Float64Array {
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    threefry(key[0], key[1], i >>> 0, Math.floor(i / 4294967296), block)
    out[i] = toNormal(block[0]!, block[1]!)
  }
  return out
}

/** n integers from `low` up to but not including `high`, each equally likely to 2^-64 relative (Lemire's multiplication on 64 bits). */
export function integers(key: Key, n: number, low: number, high: number): Float64Array {
  const out = new Float64Array(n)
  const range = high - low
  const wide = BigInt(range)
  for (let i = 0; i < n; i++) {
    threefry(key[0], key[1], i >>> 0, Math.floor(i / 4294967296), block)
    if (range <= 1048576) {
      // 52 bits times 20 bits: the two halves stay exact.
      const top = block[0]! * range
      const bottom = (block[1]! * range) / 4294967296
      out[i] = low + Math.floor((top + bottom) / 4294967296)
    } else {
      const word = (BigInt(block[0]!) << 32n) | BigInt(block[1]!)
      out[i] = low + Number((word * wide) >> 64n)
    }
  }
  return out
}

/** A permutation of 0 … n−1 (Fisher and Yates), one block of bits a swap. */
export function permutation(key: Key, n: number): Int32Array {
  const out = Int32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    threefry(key[0], key[1], i, 0, block)
    const j = Math.floor(toUniform(block[0]!, block[1]!) * (i + 1))
    const kept = out[i]!
    out[i] = out[j]!
    out[j] = kept
  }
  return out
}
