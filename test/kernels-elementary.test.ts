/**
 * The elementary kernels: within their ulps of values computed with 60 digits, and the same bits from the scalar function, the array
 * function through the SIMD module, and the array function without it.
 * Arguments come from every part of the range, with the exceptional ones mixed in at every lane.
 */
import { readFileSync } from "node:fs"
import { afterEach, describe, expect, test } from "vitest"
import * as arrays from "../interpreter/kernels/arrays.ts"
import { cos, sin, tan } from "../interpreter/kernels/circle.ts"
import { exp, expm1, log, log1p, sigmoid, tanh } from "../interpreter/kernels/elementary.ts"
import { expRoots } from "../interpreter/kernels/elementary-table.ts"
import { acos, acosh, asin, asinh, atan, atan2, atanh } from "../interpreter/kernels/inverses.ts"
import { pow } from "../interpreter/kernels/powers.ts"
import { cosh, sinh } from "../interpreter/kernels/hyperbolic.ts"
import { cbrt, exp2, log10, log2 } from "../interpreter/kernels/bases.ts"
import { refuseSimd, simd } from "../interpreter/kernels/wasm/load.ts"

const table = JSON.parse(readFileSync(new URL("./oracle/elementary.json", import.meta.url), "utf8")) as Record<
  string,
  [number, number][]
> & { readonly pow: [number, number, number][]; readonly atan2: [number, number, number][] }

const cases: [string, (x: number) => number, typeof arrays.expArray, number][] = [
  ["exp", exp, arrays.expArray, 1],
  ["expm1", expm1, arrays.expm1Array, 1],
  ["log", log, arrays.logArray, 1],
  ["log1p", log1p, arrays.log1pArray, 1],
  ["sigmoid", sigmoid, arrays.sigmoidArray, 2],
  ["tanh", tanh, arrays.tanhArray, 2],
  ["sin", sin, arrays.sinArray, 1],
  ["cos", cos, arrays.cosArray, 1],
]

const double = new Float64Array(1)
const whole = new BigInt64Array(double.buffer)

/** How many doubles lie between two numbers of one sign. */
function steps(a: number, b: number): number {
  double[0] = a
  const p = whole[0]!
  double[0] = b
  return Math.abs(Number(p - whole[0]!))
}

afterEach(() => {
  refuseSimd(false)
})

describe("distance from the rounded true value, in doubles", () => {
  test.each(cases)("%s", (name, f, _, bound) => {
    let off = 0
    for (const [x, y] of table[name]!) {
      const d = steps(f(x), y)
      if (d > 0) off++
      expect(d, `${name}(${x}) = ${f(x)}, not ${y}`).toBeLessThanOrEqual(bound)
    }
    if (name === "exp") expect(off / table[name]!.length).toBeLessThan(0.05)
  })
})

describe("powers and other bases, which are nearly always the rounded true value", () => {
  test.each([
    ["exp2", exp2],
    ["log2", log2],
    ["log10", log10],
    ["sinh", sinh],
    ["cosh", cosh],
  ] as [string, (x: number) => number][])("%s", (name, f) => {
    let off = 0
    for (const [x, y] of table[name]!) {
      const d = steps(f(x), y)
      if (d > 0) off++
      expect(d, `${name}(${x}) = ${f(x)}, not ${y}`).toBeLessThanOrEqual(1)
    }
    expect(off / table[name]!.length).toBeLessThan(0.03)
  })

  test("pow", () => {
    let off = 0
    for (const [x, y, value] of table.pow) {
      const d = steps(pow(x, y), value)
      if (d > 0) off++
      expect(d, `${x}^${y} = ${pow(x, y)}, not ${value}`).toBeLessThanOrEqual(1)
    }
    expect(off / table.pow.length).toBeLessThan(0.01)
  })

  test("a cube is nearly always the rounded cube, in and out of the range where it is a product", () => {
    const next = stream(11)
    let off = 0
    for (let i = 0; i < 3000; i++) {
      const x = (next() - 0.5) * 4
      // x as a whole number of 2^-60, whose cube is exact.
      const held = BigInt(x * 2 ** 60)
      const cube = Number(held * held * held) * 2 ** -180
      const d = steps(pow(x, 3), cube)
      if (d > 0) off++
      expect(d, `${x}^3`).toBeLessThanOrEqual(1)
    }
    expect(off / 3000).toBeLessThan(0.01)
    expect(steps(pow(1e-95, 3), 1e-285)).toBeLessThanOrEqual(1)
    expect([pow(1e200, 3), pow(-1e200, 3), pow(-1e-200, 3), pow(-3e95, 3) / -27e285]).toEqual([
      Infinity,
      -Infinity,
      -0,
      1,
    ])
  })

  test("powers that are doubles, and their logarithms, are exact", () => {
    for (let k = -1074; k < 1024; k++) {
      expect(exp2(k)).toBe(2 ** k)
      expect(log2(2 ** k)).toBe(k)
      expect(pow(2, k)).toBe(2 ** k)
    }
    for (let k = 0; k <= 22; k++) {
      expect(pow(10, k)).toBe(Number(`1e${k}`))
      expect(log10(Number(`1e${k}`))).toBe(k)
    }
    for (const [x, y, value] of [
      [3, 5, 243],
      [7, 11, 1977326743],
      [81, 0.25, 3],
      [0.001953125, 1 / 9, 0.5],
      [-3, 3, -27],
      [-2, -3, -0.125],
    ] as const)
      expect(pow(x, y)).toBe(value)
  })

  test("the ends of the range and of the domain are those of IEEE 754", () => {
    const some = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, 1e300, -1e300, 5e-324, Infinity, -Infinity, NaN]
    for (const x of some) {
      for (const y of some) expect(Object.is(pow(x, y), x === 1 ? 1 : Math.pow(x, y)), `${x}^${y}`).toBe(true)
    }
    expect([exp2(1024), exp2(-1076), exp2(Infinity), exp2(-Infinity), exp2(NaN)]).toEqual([
      Infinity,
      0,
      Infinity,
      0,
      NaN,
    ])
    expect([pow(2, 1024), pow(0.5, 1076), pow(1.0000000000000002, 1e19)]).toEqual([Infinity, 0, Infinity])
    for (const f of [log2, log10]) {
      expect([f(0), f(-0), f(-1), f(Infinity), f(NaN)]).toEqual([-Infinity, -Infinity, NaN, Infinity, NaN])
    }
    expect([sinh(711), sinh(-711), sinh(Infinity), sinh(-Infinity), sinh(NaN)]).toEqual([
      Infinity,
      -Infinity,
      Infinity,
      -Infinity,
      NaN,
    ])
    expect([cosh(711), cosh(-711), cosh(0), cosh(Infinity), cosh(NaN)]).toEqual([Infinity, Infinity, 1, Infinity, NaN])
    expect(Object.is(sinh(-0), -0)).toBe(true)
  })
})

describe("tangents, inverses and cube roots", () => {
  // How often a value may be a neighbour of the rounded true one.
  test.each([
    ["tan", tan, 0.06],
    ["asin", asin, 0.03],
    ["acos", acos, 0.03],
    ["atan", atan, 0.02],
    ["asinh", asinh, 0.06],
    ["acosh", acosh, 0.06],
    ["atanh", atanh, 0.06],
    ["cbrt", cbrt, 0.12],
  ] as [string, (x: number) => number, number][])("%s", (name, f, share) => {
    let off = 0
    for (const [x, y] of table[name]!) {
      const d = steps(f(x), y)
      if (d > 0) off++
      expect(d, `${name}(${x}) = ${f(x)}, not ${y}`).toBeLessThanOrEqual(1)
    }
    expect(off / table[name]!.length).toBeLessThan(share)
  })

  test("atan2", () => {
    let off = 0
    for (const [y, x, value] of table.atan2) {
      const d = steps(atan2(y, x), value)
      if (d > 0) off++
      expect(d, `atan2(${y}, ${x}) = ${atan2(y, x)}, not ${value}`).toBeLessThanOrEqual(1)
    }
    expect(off / table.atan2.length).toBeLessThan(0.02)
  })

  test("the ends of domains and ranges, and zeros with their signs, are those of IEEE 754", () => {
    const some = [0, -0, 1, -1, 2, -2, 1e300, -1e300, 5e-324, -5e-324, Infinity, -Infinity, NaN]
    for (const [f, host] of [
      [tan, Math.tan],
      [asin, Math.asin],
      [acos, Math.acos],
      [atan, Math.atan],
      [asinh, Math.asinh],
      [acosh, Math.acosh],
      [atanh, Math.atanh],
      [cbrt, Math.cbrt],
    ] as const) {
      for (const x of [0, -0, Infinity, -Infinity, NaN]) expect(f(x), `${host.name}(${x})`).toBe(host(x))
    }
    for (const y of some) {
      for (const x of some) expect(atan2(y, x), `atan2(${y}, ${x})`).toBe(Math.atan2(y, x))
    }
    expect([asin(1), asin(-1), asin(1.0000000000000002), acos(1), acos(-1), acos(-2)]).toEqual([
      Math.PI / 2,
      -Math.PI / 2,
      NaN,
      0,
      Math.PI,
      NaN,
    ])
    expect([acosh(1), acosh(0.9999999999999999), atanh(1), atanh(-1), atanh(1.5)]).toEqual([
      0,
      NaN,
      Infinity,
      -Infinity,
      NaN,
    ])
    expect([atan(1), atan(-1), atan(1e300), atan(-1e18)]).toEqual([
      Math.PI / 4,
      -Math.PI / 4,
      Math.PI / 2,
      -Math.PI / 2,
    ])
  })

  test("cubes have exact roots, and odd functions are odd", () => {
    const next = stream(5)
    for (let i = 0; i < 2000; i++) {
      const root = Math.floor(next() * 200000) * 2 ** Math.floor(next() * 100 - 50)
      expect(cbrt(root ** 3)).toBe(root)
      const x = (next() - 0.5) * 4
      for (const f of [tan, asin, atan, asinh, atanh, cbrt]) expect(f(-x)).toBe(-f(x))
    }
  })
})

describe("exact values", () => {
  test("e, and the values at 0 and 1", () => {
    expect(exp(1)).toBe(Math.E)
    expect(exp(0)).toBe(1)
    expect(log(1)).toBe(0)
    expect(log(Math.E)).toBe(1)
    expect(log(2)).toBe(Math.LN2)
    expect(log(10)).toBe(Math.LN10)
    expect(sin(0)).toBe(0)
    expect(cos(0)).toBe(1)
    expect(sigmoid(0)).toBe(0.5)
  })

  test("zeros keep their sign", () => {
    for (const f of [sin, tanh, expm1, log1p]) {
      expect(Object.is(f(-0), -0)).toBe(true)
      expect(Object.is(f(0), 0)).toBe(true)
    }
  })

  test.each([
    ["exp", exp, [Infinity, 0, NaN]],
    ["expm1", expm1, [Infinity, -1, NaN]],
    ["log", log, [Infinity, NaN, NaN]],
    ["log1p", log1p, [Infinity, NaN, NaN]],
    ["sigmoid", sigmoid, [1, 0, NaN]],
    ["tanh", tanh, [1, -1, NaN]],
    ["sin", sin, [NaN, NaN, NaN]],
    ["cos", cos, [NaN, NaN, NaN]],
  ] as [string, (x: number) => number, number[]][])("%s of inf, -inf and nan", (_, f, expected) => {
    expect([f(Infinity), f(-Infinity), f(NaN)]).toEqual(expected)
  })

  test("poles and the ends of the range", () => {
    expect(log(0)).toBe(-Infinity)
    expect(log(-0)).toBe(-Infinity)
    expect(log(-1)).toBe(NaN)
    expect(log1p(-1)).toBe(-Infinity)
    expect(log1p(-2)).toBe(NaN)
    expect(exp(710)).toBe(Infinity)
    expect(exp(-746)).toBe(0)
    expect(expm1(-800)).toBe(-1)
  })
})

/** A generator of numbers in [0, 1) that is the same in every run. */
function stream(seed: number): () => number {
  let s = seed
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return s / 4294967296
  }
}

describe("the same bits in every form", () => {
  const odd = [
    0,
    -0,
    Infinity,
    -Infinity,
    NaN,
    5e-324,
    -1e-320,
    708,
    -708,
    709.5,
    -744.9,
    800,
    -800,
    0.785,
    -1,
    1e22,
    -1.6e6,
  ]
  test.each(cases)("%s", (_, f, map) => {
    expect(simd()).not.toBeNull()
    const next = stream(42)
    const shapes: (() => number)[] = [
      () => (next() - 0.5) * 20,
      () => (next() - 0.5) * 1600,
      () => (next() < 0.5 ? -1 : 1) * exp(next() * 1400 - 700),
      () => (next() < 0.2 ? odd[Math.floor(next() * odd.length)]! : next() * 4 - 2),
    ]
    for (const shape of shapes) {
      for (const n of [0, 1, 2, 63, 64, 65, 2047, 2048, 2049, 10001]) {
        const x = Float64Array.from({ length: n }, shape)
        refuseSimd(false)
        const fast = map(x)
        refuseSimd(true)
        const plain = map(x)
        for (let i = 0; i < n; i++) {
          if (!Object.is(fast[i], f(x[i]!)) || !Object.is(plain[i], fast[i])) {
            expect([x[i], fast[i], plain[i]]).toEqual([x[i], f(x[i]!), f(x[i]!)])
          }
        }
      }
    }
  })

  test("in place", () => {
    const x = Float64Array.from({ length: 5000 }, (_, i) => i / 1000)
    const expected = x.map(exp)
    expect(arrays.expArray(x, x)).toBe(x)
    expect(x).toEqual(expected)
  })
})

test("the table of exp is the one that the SIMD module has", () => {
  const written = readFileSync(new URL("../interpreter/kernels/wasm/exp-table.h", import.meta.url), "utf8")
  const bits = [...written.matchAll(/0x([0-9a-f]{16})ull/g)].map(([, digits]) => BigInt(`0x${digits!}`))
  // there the roots have the share of j taken off
  const whole = bits.map((word, i) => (i % 2 === 0 ? word : word + (BigInt(i >> 1) << 45n)))
  expect([...new BigUint64Array(expRoots().buffer)]).toEqual(whole)
})
