/**
 * Random bits and numbers: the published vectors, a fixed stream, and the distributions of many draws.
 * Statistical bounds are five standard errors at fixed keys, so the tests are deterministic.
 */
import { describe, expect, test } from "vitest"
import {
  bits,
  fold,
  integers,
  type Key,
  keyOf,
  normals,
  permutation,
  split,
  threefry,
  toNormal,
  toUniform,
  uniforms,
} from "../interpreter/kernels/random.ts"
import { normalCdf } from "../interpreter/kernels/special/index.ts"

describe("Threefry-2x32-20", () => {
  // The known answers of Random123 (kat_vectors, threefry2x32 20).
  test.each([
    [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
  ])("key %i %i counter %i %i", (k0, k1, c0, c1, x, y) => {
    const out = new Uint32Array(2)
    threefry(k0, k1, c0, c1, out)
    expect([...out]).toEqual([x, y])
  })

  test("a block a counter", () => {
    const out = new Uint32Array(2)
    threefry(1, 2, 3, 0, out)
    expect([...bits([1, 2], 4).subarray(6, 8)]).toEqual([...out])
  })
})

describe("keys", () => {
  test("of seeds", () => {
    expect(keyOf(0)).toEqual([0, 0])
    expect(keyOf(5)).toEqual([0, 5])
    expect(keyOf(4294967296 * 3 + 7)).toEqual([3, 7])
    expect(keyOf(-1)).toEqual([0xffffffff, 0xffffffff])
  })

  test("splits and folds are all different", () => {
    const seen = new Set<string>()
    const root: Key = keyOf(1)
    for (const k of split(root, 1000)) seen.add(k.join())
    for (let i = 0; i < 1000; i++) seen.add(fold(root, i).join())
    const words = bits(root, 1000)
    for (let i = 0; i < 1000; i++) seen.add(`${words[2 * i]!},${words[2 * i + 1]!}`)
    expect(seen.size).toBe(3000)
  })

  test("a split does not depend on how many are asked for", () => {
    expect(split([3, 4], 2)).toEqual(split([3, 4], 5).slice(0, 2))
  })
})

function moments(x: Float64Array): { mean: number; variance: number } {
  let mean = 0
  for (const v of x) mean += v / x.length
  let variance = 0
  for (const v of x) variance += (v - mean) ** 2 / x.length
  return { mean, variance }
}

/** The largest distance between the empirical distribution and F. */
function kolmogorov(x: Float64Array, F: (x: number) => number): number {
  const sorted = Float64Array.from(x).sort()
  let worst = 0
  sorted.forEach((v, i) => {
    const f = F(v)
    worst = Math.max(worst, Math.abs(f - i / x.length), Math.abs(f - (i + 1) / x.length))
  })
  return worst
}

describe("uniform numbers", () => {
  test("ends of the range", () => {
    expect(toUniform(0, 0)).toBe(0)
    expect(toUniform(0xffffffff, 0xffffffff)).toBe(1 - 2 ** -53)
    expect(toUniform(0, 2047)).toBe(0)
    expect(toUniform(0, 2048)).toBe(2 ** -53)
  })

  test("the stream is fixed", () => {
    expect([...uniforms(keyOf(0), 3)]).toEqual([0.41845711171638655, 0.3146817192326744, 0.39316027913817875])
    // Their quantiles, computed with 40 digits.
    const expected = [-0.2058421394796431, -0.4826230094333746, -0.2710916308378203]
    normals(keyOf(0), 3).forEach((z, i) => expect(Math.abs(z / expected[i]! - 1)).toBeLessThan(4e-16))
  })

  test("distribution", () => {
    const x = uniforms(keyOf(11), 100000)
    expect(kolmogorov(x, (v) => v)).toBeLessThan(1.95 / Math.sqrt(x.length))
    const { mean, variance } = moments(x)
    expect(Math.abs(mean - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(x.length))
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / x.length))
  })

  test("neighbouring keys are uncorrelated", () => {
    const n = 20000
    let sum = 0
    const a = uniforms([0, 1], n)
    const b = uniforms([0, 2], n)
    for (let i = 0; i < n; i++) sum += (a[i]! - 0.5) * (b[i]! - 0.5)
    expect(Math.abs(sum) / n).toBeLessThan(5 / 12 / Math.sqrt(n))
  })
})

describe("normal numbers", () => {
  test("symmetric, finite at the ends, centred", () => {
    expect(toNormal(0, 0)).toBe(-toNormal(0xffffffff, 0xffffffff))
    expect(toNormal(0, 0)).toBeCloseTo(-8.2924, 3)
    expect(Math.abs(toNormal(0x80000000, 0))).toBeLessThan(2e-16)
  })

  test("is the inverse of the distribution function", () => {
    for (let i = 0; i < 2000; i++) {
      const a = Math.imul(i, 2654435761) >>> 0
      const p = (a * 2097152 + 0.5) / 9007199254740992
      expect(Math.abs(normalCdf(toNormal(a, 0)) - p)).toBeLessThan(4e-16)
    }
  })

  test("distribution", () => {
    const x = normals(keyOf(5), 100000)
    expect(kolmogorov(x, normalCdf)).toBeLessThan(1.95 / Math.sqrt(x.length))
    const { mean, variance } = moments(x)
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(x.length))
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / x.length))
  })
})

describe("integers and permutations", () => {
  test("every value equally often", () => {
    for (const [low, high] of [
      [0, 6],
      [-3, 4],
    ] as const) {
      const x = integers(keyOf(9), 60000, low, high)
      const k = high - low
      const counts = new Array<number>(k).fill(0)
      for (const v of x) {
        expect(Number.isInteger(v) && v >= low && v < high).toBe(true)
        counts[v - low]!++
      }
      for (const c of counts) expect(Math.abs(c - 60000 / k)).toBeLessThan(5 * Math.sqrt(60000 / k))
    }
  })

  test("wide ranges", () => {
    for (const v of integers(keyOf(2), 1000, -(2 ** 52), 2 ** 52)) {
      expect(Number.isSafeInteger(v)).toBe(true)
      expect(Math.abs(v)).toBeLessThanOrEqual(2 ** 52)
    }
  })

  test("a permutation holds everything once", () => {
    expect([...permutation(keyOf(3), 100)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect([...permutation(keyOf(3), 0)]).toEqual([])
    expect([...permutation(keyOf(3), 1)]).toEqual([0])
  })

  test("permutations of three are equally likely", () => {
    const counts = new Map<string, number>()
    for (const k of split(keyOf(4), 12000)) {
      const p = permutation(k, 3).join("")
      counts.set(p, (counts.get(p) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const c of counts.values()) expect(Math.abs(c - 2000)).toBeLessThan(5 * Math.sqrt(2000))
  })
})
