/**
 * Walks the table of primitives and checks every rule against finite differences and against every other mode.
 * A primitive that is added is tested by its declaration's own points; nothing here names one but to say where differences cannot be taken.
 */

import { describe, expect, test } from "vitest"
import { BoolArray, sizeOf, Tensor } from "../interpreter/arrays/tensor.ts"
import type { Primitive, SampleArgument } from "../interpreter/autodiff/declare.ts"
import {
  applyBinary,
  applyMulti,
  applyNary,
  applyPredicate,
  applyUnary,
  broadcastTo,
  sumTo,
} from "../interpreter/autodiff/lift.ts"
import { forward, reverse } from "../interpreter/autodiff/modes.ts"
import { shapeOf, type Num, type Truth } from "../interpreter/autodiff/num.ts"
import { mul, pow, powerLog } from "../interpreter/primitives/arithmetic.ts"
import { lu } from "../interpreter/primitives/factors.ts"
import { betaincSlope, gammaincSlope } from "../interpreter/primitives/incomplete.ts"
import { lifted, type Lifted } from "../interpreter/primitives/index.ts"
import { matrixProduct, matrixTranspose } from "../interpreter/primitives/matrices.ts"
import { sum } from "../interpreter/primitives/reductions.ts"
import { betaSlope, polygammaDifference } from "../interpreter/primitives/special.ts"
import { eigh } from "../interpreter/primitives/spectra.ts"
import { check, close, type Case } from "./rules/check.ts"
import { alongForward, alongReverse, generator, number, randomArray, type Args, type Scalar } from "./rules/drivers.ts"

/**
 * Functions of two numbers that jump, oscillate or have poles closer together than neighbours at every size; and one whose densities underflow at
 * parameters of 1e150.
 */
const turnsFast = new Set(["mod", "sinc_derivative", "beta", "beta_slope_1_0", "polygamma_difference_0", "gammaincinv"])

function numOf(sample: SampleArgument): Num | Truth {
  if (typeof sample === "number" || typeof sample === "boolean") return sample
  if (sample.length > 0 && Array.isArray(sample[0])) {
    const rows = sample as readonly (readonly number[])[]
    return new Tensor([rows.length, rows[0]!.length], Float64Array.from(rows.flat()))
  }
  return new Tensor([sample.length], Float64Array.from(sample as readonly number[]))
}

type Call = (...args: readonly unknown[]) => Num | Truth | readonly Num[]

/** The lifted function of a declaration: of its arguments, or of a list of them and options. */
function callOf(p: Primitive): Call {
  if (p.kind === "unary") return (x) => applyUnary(p, x as Num)
  if (p.kind === "binary") return (x, y) => applyBinary(p, x as Num, y as Num)
  if (p.kind === "predicate") return (x, y) => applyPredicate(p, x as Num, y as Num)
  if (p.kind === "nary") return (args, options) => applyNary(p, args as readonly (Num | Truth)[], options)
  return (args, options) => applyMulti(p, args as readonly Num[], options)
}

/** The cases of a primitive: the points of its declaration, and arrays of them that broadcast. */
function casesOf(primitive: Primitive, call: Call): Case[] {
  const { name } = primitive
  const cases: Case[] = []
  if (primitive.kind === "unary") {
    for (const x of primitive.at) cases.push({ title: `${name}(${String(x)})`, f: ([y]) => [call(y) as Num], xs: [x] })
    const all = new Tensor([primitive.at.length, 1], Float64Array.from(primitive.at))
    cases.push({ title: `${name}(array)`, f: ([y]) => [call(y) as Num], xs: [all] })
  } else if (primitive.kind === "binary") {
    // An argument without a partial is none that finite differences may move: it is an integer, or the function is constant between jumps.
    const frozen = primitive.partials.map((partial) => partial === null && primitive.partials.some((p) => p !== null))
    const f = (x0: Num, y0: Num) => (ys: Args) => [call(frozen[0] ? x0 : ys[0], frozen[1] ? y0 : ys[1]) as Num]
    for (const [x, y] of primitive.at)
      cases.push({ title: `${name}(${String(x)}, ${String(y)})`, f: f(x, y), xs: [x, y] })
    const first = primitive.at[0]!
    const column = new Tensor([2, 1], Float64Array.of(first[0], first[0] * (frozen[0] ? 1 : 1.02)))
    const row = new Tensor([3], Float64Array.of(first[1], first[1] * 1.01, first[1] * 0.99))
    cases.push({ title: `${name}(column, row)`, f: f(column, row), xs: [column, row] })
    cases.push({ title: `${name}(number, row)`, f: f(first[0], row), xs: [first[0], row] })
    cases.push({ title: `${name}(column, number)`, f: f(column, first[1]), xs: [column, first[1]] })
  } else if (primitive.kind === "nary" || primitive.kind === "multi") {
    primitive.at.forEach((sample, i) => {
      const given = sample.args.map(numOf)
      const active = given.map(
        (arg, k) => typeof arg !== "boolean" && (primitive.kind === "multi" || primitive.rule(k) !== null),
      )
      const xs = given.filter((_, k) => active[k]) as Num[]
      const f = (ys: Args): readonly Num[] => {
        let next = 0
        const args = given.map((arg, k) => (active[k] ? ys[next++]! : arg))
        const out = call(args, sample.options)
        return Array.isArray(out) ? (out as readonly Num[]) : [out as Num]
      }
      cases.push({ title: `${name} #${String(i + 1)}`, f, xs })
    })
  }
  return cases.filter((c) => c.xs.length > 0)
}

const extra: readonly [string, Lifted][] = [
  ["broadcast_to", broadcastTo],
  ["sum_to", sumTo],
  ["power_log_1", powerLog(1)],
  ["polygamma_difference_0", polygammaDifference(0)],
  ["beta_slope_1_0", betaSlope(1, 0)],
  ["gammainc_slope_1", gammaincSlope(1)],
  ["betainc_slope_1_0", betaincSlope(1, 0)],
  ["betainc_slope_0_1", betaincSlope(0, 1)],
]

describe.each([...lifted, ...extra])("%s", (_name, f) => {
  const { primitive } = f
  const call = callOf(primitive)
  const cases = casesOf(primitive, call)
  if (cases.length > 0) test.each(cases)("$title", check)

  if (primitive.kind === "unary" && primitive.partial !== null)
    test("every size of argument: the slope is that of the values nearby", () => {
      for (const x of [1e-150, 1e-60, 1e-8, 1e8, 1e60, 1e150].flatMap((s) => [s, -s])) {
        const differenceBy = (h: number): number => (primitive.eval(x + h) - primitive.eval(x - h)) / (2 * h)
        const h = Math.abs(x) * 2 ** -10
        const difference = differenceBy(h)
        // It says something where it keeps most digits and does not depend on the step: not beside a pole, nor where the function turns faster.
        const noise = (2 ** -48 * Math.abs(primitive.eval(x))) / h
        const smooth = Math.abs(differenceBy(h * 0.37) - difference) < 1e-5 * Math.abs(difference)
        if (!smooth || !(noise < 1e-5 * Math.abs(difference))) continue
        close(number(alongForward(([y]) => call(y) as Num, [1])([x])), difference, 0, 1e-4, `slope at ${String(x)}`)
      }
    })

  if (primitive.kind === "unary")
    test("scalars and arrays give the same bits, of any shape", () => {
      const points = [...primitive.at, 0, -0, 1e-150, -3e150, NaN, Infinity]
      const out = call(new Tensor([points.length], Float64Array.from(points))) as Tensor
      points.forEach((x, i) => expect(out.data[i]).toBe(primitive.eval(x)))
      for (const shape of [[0], [2, 0], [0, 3]]) {
        const empty = new Tensor(shape, new Float64Array(0))
        expect(call(empty)).toEqual(empty)
        expect(forward(([x]) => [call(x) as Num], [empty], [empty]).values[0]).toEqual(empty)
        expect(
          shapeOf((reverse(([x]) => [call(x) as Num], [empty]).pull([empty])[0] as Num | undefined) ?? empty),
        ).toEqual(shape)
      }
    })

  if (primitive.kind === "binary" && !turnsFast.has(primitive.name))
    test("every pair of sizes: the slopes are those of the values nearby", () => {
      const sizes = [1e-150, 1e-8, 0.7, 1e8, 1e150].flatMap((size) => [size, -size])
      // An argument without a slope is an order.
      for (const x of primitive.partials[0] === null && primitive.partials[1] !== null ? [1, 3] : sizes)
        for (const y of sizes)
          for (const k of [0, 1]) {
            if (primitive.partials[k] === null) continue
            const at = (t: number): number => (k === 0 ? primitive.eval(x + t * x, y) : primitive.eval(x, y + t * y))
            const differenceBy = (t: number): number => (at(t) - at(-t)) / (2 * t)
            const difference = differenceBy(2 ** -10)
            const noise = 2 ** -48 * Math.abs(at(0)) * 2 ** 10
            const smooth = Math.abs(differenceBy(0.37 * 2 ** -10) - difference) < 1e-5 * Math.abs(difference)
            if (!smooth || !(noise < 1e-5 * Math.abs(difference))) continue
            const one: Scalar = ([t]) => (k === 0 ? call(t, y) : call(x, t)) as Num
            const slope = number(alongForward(one, [1])([k === 0 ? x : y]))
            const expected = difference / (k === 0 ? x : y)
            // The slope of a number may over- or underflow where its product with the argument does not.
            if (!(Math.abs(expected) < 1e300 && Math.abs(expected) > 1e-290)) continue
            close(slope, expected, 0, 1e-4, `slope ${String(k)} at ${String(x)}, ${String(y)}`)
          }
    })

  if (primitive.kind === "binary" || primitive.kind === "predicate")
    test("scalars and broadcast arrays give the same bits", () => {
      const values = primitive.kind === "binary" ? primitive.at.flat() : [0, -0, 1, -2, NaN, Infinity]
      const column = new Tensor([values.length, 1], Float64Array.from(values))
      const row = new Tensor([values.length], Float64Array.from(values))
      const out = call(column, row) as Num | BoolArray
      const data = out instanceof BoolArray ? Array.from(out.data, (bit) => bit === 1) : (out as Tensor).data
      values.forEach((x, i) => values.forEach((y, j) => expect(data[i * values.length + j]).toBe(primitive.eval(x, y))))
      const empty = new Tensor([0, 2], new Float64Array(0))
      expect(shapeOf(call(empty, 1) as Num)).toEqual([0, 2])
    })

  if (primitive.kind === "nary")
    test("the shape rule is the shape of the value", () => {
      for (const sample of primitive.at) {
        const args = sample.args.map(numOf)
        const out = call(args, sample.options) as Num
        const shapes = args.map((arg) => (typeof arg === "boolean" ? [] : shapeOf(arg as Num)))
        expect(primitive.shape(shapes, sample.options as never)).toEqual(shapeOf(out))
      }
    })
})

describe("random shapes", () => {
  const rowwise = [...lifted].filter(
    ([, f]) =>
      f.primitive.kind === "nary" &&
      f.primitive.rule(0) !== null &&
      f.primitive.at.every((sample) => sample.args.length === 1 && sample.options === undefined) &&
      f.primitive.at.some((sample) => Array.isArray(sample.args[0]) && typeof sample.args[0][0] === "number"),
  )
  test.each(rowwise)("%s of a (2, 3, 4) array", (name, f) => {
    const next = generator(name.length)
    check({
      title: name,
      f: (ys) => [callOf(f.primitive)(ys, undefined) as Num],
      xs: [randomArray([2, 3, 4], next)],
    })
    expect(sizeOf(shapeOf(callOf(f.primitive)([randomArray([0, 4], next)], undefined) as Num))).toBe(0)
  })
})

describe("random matrices", () => {
  const next = generator(4711)
  const matrix = (n: number, m: number): Tensor => randomArray([n, m], next)
  const applied = (f: Lifted) => (ys: Args) => [callOf(f.primitive)(ys, undefined) as Num]
  const named = (name: string): Lifted => lifted.get(name)!

  test.each([1, 2, 5])("systems of %i equations", (n) => {
    check({ title: "inv", f: applied(named("inv")), xs: [matrix(n, n)] })
    check({ title: "solve", f: applied(named("solve")), xs: [matrix(n, n), matrix(n, 2)] })
    check({ title: "logdet", f: applied(named("logdet")), xs: [matrix(n, n)] })
    const root = matrix(n, n + 1)
    const positive = matrixProduct(root, matrixTranspose(root))
    check({ title: "cholesky", f: applied(named("cholesky")), xs: [positive] })
  })

  const several = (f: Lifted, options?: unknown) => (ys: Args) => {
    const out = callOf(f.primitive)(ys, options)
    return Array.isArray(out) ? (out as readonly Num[]) : [out as Num]
  }

  test.each([
    [1, 1],
    [4, 2],
    [5, 5],
    [6, 3],
  ])("factors of %i rows and %i columns", (m, n) => {
    check({ title: "qr", f: several(named("qr")), xs: [matrix(m, n)] })
    check({ title: "svd", f: several(named("svd")), xs: [matrix(m, n)] })
    check({ title: "svd of the transpose", f: several(named("svd")), xs: [matrix(n, m)] })
    check({ title: "pinv", f: several(named("pinv")), xs: [matrix(m, n)] })
    check({ title: "lstsq", f: several(named("lstsq")), xs: [matrix(m, n), matrix(m, 2)] })
    check({ title: "shortest lstsq", f: several(named("lstsq")), xs: [matrix(n, m), matrix(n, 2)] })
  })

  test.each([1, 2, 4])("eigenvalues, LU and exponential of %i rows", (n) => {
    check({ title: "eigh", f: several(named("eigh")), xs: [matrix(n, n)] })
    check({ title: "expm", f: several(named("expm")), xs: [matrix(n, n)] })
    const a = matrix(n, n)
    // Rows in the order of their pivots, so that no exchange is in the way.
    const [, l, u] = lu(a)
    check({ title: "lu", f: several(named("lu")), xs: [matrixProduct(l, u)] })
  })

  test.each([1, 2, 3, 5, 8, 12])("Fourier transforms of length %i", (n) => {
    for (const inverse of [false, true])
      check({ title: "fft", f: several(named("fft"), { inverse }), xs: [randomArray([2, 2, n], next)] })
  })

  test("repeated eigenvalues: what does not depend on single vectors keeps its derivative", () => {
    const a = new Tensor([3, 3], Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 5))
    const v = matrix(3, 3)
    const cubes: Scalar = ([x]) => sum([pow(eigh([x!], undefined)[0]!, 3)], { axes: [0] })
    // Σ λ³ = tr A³ has the gradient 3 A² on symmetric matrices.
    const expected = 3 * (4 * v.data[0]! + 4 * v.data[4]! + 25 * v.data[8]!)
    close(number(alongForward(cubes, [v])([a])), expected, 1, 1e-13, "forward")
    close(number(alongReverse(cubes, [v])([a])), expected, 1, 1e-13, "reverse")
    // A second derivative meets 1/(λ - λ): nan or infinite, never a wrong number.
    expect(Number.isFinite(number(alongForward(alongForward(cubes, [v]), [v])([a])))).toBe(false)
    const vectors: Scalar = ([x]) => sum([mul(v, eigh([x!], undefined)[1]!)], { axes: [0, 1] })
    expect(Number.isFinite(number(alongForward(vectors, [v])([a])))).toBe(false)
    expect(Number.isFinite(number(alongReverse(vectors, [v])([a])))).toBe(false)
  })

  test.each([
    [3, 0],
    [3, 1],
    [4, 1],
    [4, 2],
    [5, 2],
    [5, 3],
    [5, 4],
    [6, 5],
    [6, 6],
  ])("determinants of %i rows and rank %i", (n, rank) => {
    const f = applied(named("det"))
    const a =
      rank === 0
        ? new Tensor([n, n], new Float64Array(n * n))
        : (matrixProduct(matrix(n, rank), matrix(rank, n)) as Tensor)
    check({ title: "det", f, xs: [a] })
    // The same at other sizes: all derivatives scale with the size, and none over- or underflows on the way.
    for (const size of rank === 0 ? [] : [1e-30, 1e30]) {
      const v = [matrix(n, n)]
      const phi: Scalar = (ys) => f(ys)[0]!
      const [small, big] = [1, size].map((s) =>
        [phi, alongForward(phi, v), alongForward(alongForward(phi, v), v)].map((g) =>
          number(
            g([
              new Tensor(
                [n, n],
                a.data.map((x) => x * s),
              ),
            ]),
          ),
        ),
      )
      const entries = Math.max(...a.data.map(Math.abs), 1)
      big!.forEach((y, k) =>
        close(
          y / size ** (n - k),
          small![k]!,
          entries ** (n - k),
          1e-9,
          `derivative ${String(k)} at size ${String(size)}`,
        ),
      )
    }
  })
})
