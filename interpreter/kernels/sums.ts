/**
 * Sums of arrays and of products, in eight lanes.
 * Eight sums at once hide the latency of additions, here as in the SIMD module, and round less than one. It must not know which algorithm they serve.
 */

/**
 * x[at] y[to] + … over n elements in eight lanes: element i goes to lane i mod 8, and the lanes are added as
 * ((0+4)+(2+6)) + ((1+5)+(3+7)). This order is part of the language.
 */
export function dotAt(x: Float64Array, at: number, y: Float64Array, to: number, n: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let e = 0
  let f = 0
  let g = 0
  let h = 0
  let i = 0
  for (; i + 8 <= n; i += 8) {
    a += x[at + i]! * y[to + i]!
    b += x[at + i + 1]! * y[to + i + 1]!
    c += x[at + i + 2]! * y[to + i + 2]!
    d += x[at + i + 3]! * y[to + i + 3]!
    e += x[at + i + 4]! * y[to + i + 4]!
    f += x[at + i + 5]! * y[to + i + 5]!
    g += x[at + i + 6]! * y[to + i + 6]!
    h += x[at + i + 7]! * y[to + i + 7]!
  }
  const left = n - i
  if (left > 0) a += x[at + i]! * y[to + i]!
  if (left > 1) b += x[at + i + 1]! * y[to + i + 1]!
  if (left > 2) c += x[at + i + 2]! * y[to + i + 2]!
  if (left > 3) d += x[at + i + 3]! * y[to + i + 3]!
  if (left > 4) e += x[at + i + 4]! * y[to + i + 4]!
  if (left > 5) f += x[at + i + 5]! * y[to + i + 5]!
  if (left > 6) g += x[at + i + 6]! * y[to + i + 6]!
  return a + e + (c + g) + (b + f + (d + h))
}

/** The sum of n elements of x from `at` on, `stride` apart, in the lanes and the order of `dotAt`. */
export function sumAt(x: Float64Array, at: number, n: number, stride = 1): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let e = 0
  let f = 0
  let g = 0
  let h = 0
  let i = 0
  let p = at
  for (; i + 8 <= n; i += 8) {
    a += x[p]!
    b += x[p + stride]!
    c += x[p + 2 * stride]!
    d += x[p + 3 * stride]!
    e += x[p + 4 * stride]!
    f += x[p + 5 * stride]!
    g += x[p + 6 * stride]!
    h += x[p + 7 * stride]!
    p += 8 * stride
  }
  const left = n - i
  if (left > 0) a += x[p]!
  if (left > 1) b += x[p + stride]!
  if (left > 2) c += x[p + 2 * stride]!
  if (left > 3) d += x[p + 3 * stride]!
  if (left > 4) e += x[p + 4 * stride]!
  if (left > 5) f += x[p + 5 * stride]!
  if (left > 6) g += x[p + 6 * stride]!
  return a + e + (c + g) + (b + f + (d + h))
}
