/**
 * Linear algebra on stacks of matrices: each member as by itself, and derivatives to third order in every mode.
 * The built-ins are called as programs call them, since a stack is theirs and no primitive's.
 */

import { describe, expect, test } from "vitest"
import { wholeLibrary } from "../engine/builtins.ts"
import { Evaluation } from "../interpreter/evaluate/runtime.ts"
import { sizeOf, Tensor } from "../interpreter/arrays/tensor.ts"
import type { Num } from "../interpreter/autodiff/num.ts"
import { add, mul } from "../interpreter/primitives/arithmetic.ts"
import { lu } from "../interpreter/primitives/factors.ts"
import { matrixProduct, matrixTranspose } from "../interpreter/primitives/matrices.ts"
import { eye } from "../interpreter/primitives/rearranging.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"
import { noNamed, Tuple } from "../interpreter/values/values.ts"
import { check } from "./rules/check.ts"
import { generator, randomArray, type Args } from "./rules/drivers.ts"
import { runProgram } from "./evaluate-program.ts"

const library = wholeLibrary()
const runtime = new Evaluation({ library: library.values })

function call(name: string, xs: readonly Num[]): readonly Num[] {
  const out = (library.values.get(name) as BuiltinFunction).call(runtime, xs, noNamed)
  return (out instanceof Tuple ? out.values : [out]) as readonly Num[]
}

const next = generator(977)
const outer = [2, 1]
const random = (...inner: number[]): Num => randomArray([...outer, ...inner], next)
/** Far from singular. */
const square = (n: number): Num => add(random(n, n), mul(2, eye(n, n)))
const positive = (n: number): Num => {
  const root = randomArray([n, n + 1], next)
  const one = add(matrixProduct(root, matrixTranspose(root)), eye(n, n)) as Tensor
  const two = add(mul(one, 1.5), eye(n, n)) as Tensor
  return new Tensor([...outer, n, n], Float64Array.of(...one.data, ...two.data))
}
/** Rows in the order of their pivots. */
const ordered = (n: number): Num => {
  const members = [0, 1].map(() => {
    const [, l, u] = lu(randomArray([n, n], next))
    return matrixProduct(l, u) as Tensor
  })
  return new Tensor([...outer, n, n], Float64Array.from(members.flatMap((m) => [...m.data])))
}

const cases: [string, () => readonly Num[]][] = [
  ["matmul", () => [random(2, 3), random(3, 2)]],
  ["inv", () => [square(2)]],
  ["det", () => [square(3)]],
  ["logdet", () => [square(2)]],
  ["expm", () => [random(2, 2)]],
  ["cholesky", () => [positive(2)]],
  ["solve", () => [square(2), random(2)]],
  ["solve", () => [square(2), random(2, 2)]],
  ["solve_triangular", () => [square(2), random(2, 2)]],
  ["slogdet", () => [square(2)]],
  ["qr", () => [random(3, 2)]],
  ["lu", () => [ordered(2)]],
  ["eigh", () => [positive(2)]],
  ["svd", () => [random(2, 3)]],
  ["pinv", () => [random(3, 2)]],
  ["lstsq", () => [random(3, 2), random(3, 2)]],
]

/** Member i of a stack. */
function member(stack: Num, i: number): Num {
  const { shape, data } = stack as Tensor
  const inner = shape.slice(outer.length)
  const size = sizeOf(inner)
  if (inner.length === 0) return data[i]!
  return new Tensor(inner, data.slice(i * size, (i + 1) * size))
}

describe.each(cases)("%s of stacks", (name, make) => {
  test("each member as by itself", () => {
    const xs = make()
    const whole = call(name, xs)
    for (let i = 0; i < sizeOf(outer); i++) {
      const one = call(
        name,
        xs.map((x) => member(x, i)),
      )
      whole.forEach((out, k) => expect(member(out, i)).toEqual(one[k]))
    }
  })

  test("derivatives to third order", () => {
    check({ title: `${name} of stacks`, f: (xs: Args) => call(name, xs), xs: make() })
  })

  test.each([1e-150, 1e150])("members of size %f", (size) => {
    // Where a member by itself gives numbers, so does its stack, and the same.
    const xs = make().map((x) => mul(x, size))
    const one = ((): readonly Num[] | null => {
      try {
        return call(
          name,
          xs.map((x) => member(x, 1)),
        )
      } catch {
        return null
      }
    })()
    if (one !== null) call(name, xs).forEach((out, k) => expect(member(out, 1)).toEqual(one[k]))
  })
})

test("kron of any number of axes", () => {
  check({
    title: "kron",
    f: (xs: Args) => call("kron", xs),
    xs: [randomArray([2, 1, 2], next), randomArray([2, 3], next)],
  })
})

const shown = (text: string): string => {
  const { shown, fault } = runProgram(text)
  return fault === null ? shown.join("\n") : fault.message
}

test.each([
  ["kron([1, 2], [3, 4])", "[3, 4, 6, 8]"],
  ["shape(kron(ones([2, 3, 3]), ones([2, 2])))", "[2, 6, 6]"],
  ["kron(stack([[1, 0]], [[0, 2]]), [[1, 3]])", "[[[1, 3, 0, 0]], [[0, 0, 2, 6]]]"],
  ["slogdet(stack([[0, 1], [1, 0]], [[2, 0], [0, 1]]))[0]", "[-1, 1]"],
  ["solve_triangular(stack([[2, 0], [1, 1]], [[1, 0], [0, 4]]), [[2, 3], [1, 8]])", "[[1, 2], [1, 2]]"],
  ["shape(qr(zeros([2, 3, 2]) + 1)[0])", "[2, 3, 2]"],
])("%s", (text, expected) => {
  expect(shown(text)).toBe(expected)
})

test.each([
  ["shape(inv(zeros([0, 2, 2])))", "[0, 2, 2]"],
  ["shape(det(zeros([0, 3, 2, 2])))", "[0, 3]"],
  ["shape(qr(zeros([0, 3, 2]))[1])", "[0, 2, 2]"],
  ["shape(svd(zeros([0, 3, 2]))[1])", "[0, 2]"],
  ["shape(lstsq(zeros([0, 3, 2]), zeros([0, 3])))", "[0, 2]"],
  ["shape(grad(A => sum(det(A)))(zeros([0, 2, 2])))", "[0, 2, 2]"],
  ["det(zeros([0, 0]))", "1"],
  ["slogdet(zeros([0, 0]))", "(1, 0)"],
  ["solve(zeros([0, 0]), zeros(0))", "[]"],
  ["shape(solve(zeros([0, 0]), zeros([0, 3])))", "[0, 3]"],
  ["shape(qr(zeros([3, 0]))[0])", "[3, 0]"],
  ["shape(svd(zeros([0, 3]))[2])", "[0, 3]"],
  ["shape(pinv(zeros([0, 3])))", "[3, 0]"],
  ["lstsq(zeros([0, 3]), zeros(0))", "[0, 0, 0]"],
  ["shape(kron(zeros([0, 2]), ones([2, 2])))", "[0, 4]"],
  ["shape(eigh(zeros([0, 0]))[1])", "[0, 0]"],
  ["shape(grad(A => sum(svd(A)[1]))(zeros([0, 3])))", "[0, 3]"],
  ["shape(grad(A => sum(qr(A)[1]))(zeros([3, 0])))", "[3, 0]"],
  ["shape(grad(A => det(A))(zeros([0, 0])))", "[0, 0]"],
])("nothing: %s", (text, expected) => {
  expect(shown(text)).toBe(expected)
})

test.each([
  ["pinv([1, 2])", /a matrix/],
  ["lstsq(ones([2, 3, 2]), ones([3]))", /\(2, 3, 2\)/],
  ["solve_triangular(ones([2, 2, 2]), ones([2, 3]))", /\(2, 2, 2\)/],
  ["eigh(ones([2, 3, 2]))", /a square matrix/],
])("%s is refused", (text, expected) => {
  expect(shown(text)).toMatch(expected)
})
