/**
 * The Fourier transforms: against the defining sum for every length up to 130 and some beyond, against fft.js for powers of two, and inverse.
 * Errors are relative to the norm of the input.
 */
import FFT from "fft.js"
import { describe, expect, test } from "vitest"
import { fft, ifft } from "../interpreter/kernels/fft.ts"
import { normals } from "../interpreter/kernels/random.ts"

function direct(re: Float64Array, im: Float64Array): [Float64Array, Float64Array] {
  const n = re.length
  const a = new Float64Array(n)
  const b = new Float64Array(n)
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const t = (-2 * Math.PI * ((j * k) % n)) / n
      a[k]! += re[j]! * Math.cos(t) - im[j]! * Math.sin(t)
      b[k]! += re[j]! * Math.sin(t) + im[j]! * Math.cos(t)
    }
  }
  return [a, b]
}

function distance(a: Float64Array, b: Float64Array): number {
  let v = 0
  for (let i = 0; i < a.length; i++) v = Math.max(v, Math.abs(a[i]! - b[i]!))
  return v
}

const lengths = [...Array(131).keys(), 169, 210, 243, 256, 257, 343, 500, 509, 512, 1000]

describe("the defining sum", () => {
  test.each(lengths)("n = %i", (n) => {
    const re = normals([1, n], n)
    const im = normals([2, n], n)
    const [a, b] = direct(re, im)
    const x = re.slice()
    const y = im.slice()
    fft(x, y)
    const bound = 1e-15 * n * (1 + Math.log2(n + 1)) + 1e-300
    expect(distance(x, a)).toBeLessThan(bound)
    expect(distance(y, b)).toBeLessThan(bound)
    ifft(x, y)
    expect(distance(x, re)).toBeLessThan(3e-15 * (1 + Math.log2(n + 1)))
    expect(distance(y, im)).toBeLessThan(3e-15 * (1 + Math.log2(n + 1)))
  })
})

describe("long transforms", () => {
  test.each([1024, 4096, 65536])("fft.js at %i", (n) => {
    const re = normals([3, n], n)
    const im = normals([4, n], n)
    const their = new FFT(n)
    const input = new Float64Array(2 * n)
    re.forEach((v, i) => {
      input[2 * i] = v
      input[2 * i + 1] = im[i]!
    })
    const out: number[] = their.createComplexArray()
    their.transform(out, input)
    fft(re, im)
    expect(
      distance(
        re,
        Float64Array.from({ length: n }, (_, i) => out[2 * i]!),
      ),
    ).toBeLessThan(1e-14 * Math.sqrt(n) * 10)
    expect(
      distance(
        im,
        Float64Array.from({ length: n }, (_, i) => out[2 * i + 1]!),
      ),
    ).toBeLessThan(1e-14 * Math.sqrt(n) * 10)
  })

  test.each([100003, 99000, 65537])("there and back at %i", (n) => {
    const re = normals([5, n], n)
    const im = new Float64Array(n)
    const x = re.slice()
    let energy = 0
    for (const v of re) energy += v * v
    fft(x, im)
    let other = 0
    for (let i = 0; i < n; i++) other += x[i]! ** 2 + im[i]! ** 2
    expect(Math.abs(other / n / energy - 1)).toBeLessThan(1e-13)
    ifft(x, im)
    expect(distance(x, re)).toBeLessThan(1e-13)
  })
})

test("an impulse, a constant, nan", () => {
  const re = Float64Array.of(1, 0, 0, 0, 0, 0)
  const im = new Float64Array(6)
  fft(re, im)
  expect([...re]).toEqual([1, 1, 1, 1, 1, 1])
  const one = new Float64Array(8).fill(1)
  const zero = new Float64Array(8)
  fft(one, zero)
  expect(one[0]).toBe(8)
  expect(distance(one.subarray(1), new Float64Array(7))).toBeLessThan(1e-15)
  const bad = Float64Array.of(NaN, 1)
  fft(bad, new Float64Array(2))
  expect(bad[0]).toBe(NaN)
})
