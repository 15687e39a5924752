import { afterEach, describe, expect, test, vi } from "vitest"
import { shownBy } from "./evaluate-program.ts"

/** Each program shows values that must not have changed through another holder. */
describe("assignment to a part touches no other holder", () => {
  test.each([
    ["a binding", "var v = [1, 2]\nlet w = v\nv[0] = 9\n(v, w)", "([9, 2], [1, 2])"],
    [
      "a binding between two assignments",
      "fn f() { var v = [1, 2]\n v[0] = 5\n let w = v\n v[0] = 9\n (v, w) }\nf()",
      "([9, 2], [5, 2])",
    ],
    [
      "another variable",
      "fn f() { var v = [1, 2]\n v[0] = 5\n var w = v\n w[1] = 7\n v[0] = 9\n (v, w) }\nf()",
      "([9, 2], [5, 7])",
    ],
    [
      "a closure",
      "fn f() { var v = [1, 2]\n v[0] = 5\n let g = () => v\n v[0] = 9\n (v, g()) }\nf()",
      "([9, 2], [5, 2])",
    ],
    [
      "a list that holds it",
      "fn f() { var v = [1, 2]\n v[0] = 5\n let l = (v, v)\n v[0] = 9\n (v, l) }\nf()",
      "([9, 2], ([5, 2], [5, 2]))",
    ],
    [
      "an inner part that was taken out",
      'fn f() { var v = [[1, 2], "x"]\n v[0][0] = 5\n let w = v[0]\n v[0][0] = 9\n (v, w) }\nf()',
      '([[9, 2], "x"], [5, 2])',
    ],
    [
      "a part of a part that was taken out",
      "fn f() { var v = (([1, 2], 0), 0)\n v[0][0][0] = 5\n let w = v[0]\n v[0][0][0] = 9\n (v[0][0], w[0]) }\nf()",
      "([9, 2], [5, 2])",
    ],
    [
      "the array beside it in memory",
      "fn f() { var v = ones(9) * 2\n let w = ones(9) * 3\n v[8] = 5\n v[8] = 6\n v ++= [7]\n v[9] = 8\n (v, w) }\nf()",
      "([2, 2, 2, 2, 2, 2, 2, 2, 6, 8], [3, 3, 3, 3, 3, 3, 3, 3, 3])",
    ],
    [
      "a record",
      "fn f() { var r = { a: [1, 2], b: 3 }\n r.a[0] = 5\n let s = r\n r.a[0] = 9\n r.b += 1\n (r, s) }\nf()",
      "({ a: [9, 2], b: 4 }, { a: [5, 2], b: 3 })",
    ],
    [
      "a spread of a record",
      "fn f() { var r = { a: [1, 2] }\n r.a[0] = 5\n let s = { ...r, c: 1 }\n r.a[0] = 9\n (r.a, s.a) }\nf()",
      "([9, 2], [5, 2])",
    ],
    [
      "a joined list",
      'fn f() { var v = [[1, 2], "x"]\n v[0][0] = 5\n let w = v ++ ["y"]\n v[0][0] = 9\n (v[0], w[0]) }\nf()',
      "([9, 2], [5, 2])",
    ],
    [
      "an array joined with nothing",
      "fn f() { var v = [1, 2]\n v[0] = 5\n let w = [] ++ v\n v[0] = 9\n (v, w) }\nf()",
      "([9, 2], [5, 2])",
    ],
    [
      "a pattern's part",
      'fn f() { var v = ([1, 2], "x")\n v[0][0] = 5\n let (w, _) = v\n v[0][0] = 9\n (v[0], w) }\nf()',
      "([9, 2], [5, 2])",
    ],
    [
      "an argument",
      "fn id(x) = x\nfn f() { var v = [1, 2]\n v[0] = 5\n let w = id(v)\n v[0] = 9\n (v, w) }\nf()",
      "([9, 2], [5, 2])",
    ],
    [
      "a loop over it",
      "fn f() { var v = [1, 2, 3]\n v[0] = 1\n var s = 0\n for x in v { v[2] = 100\n s += x }\n (v, s) }\nf()",
      "([1, 2, 100], 6)",
    ],
    [
      "elements of a loop",
      "fn f() { var v = [[1], [2, 3]]\n v[0][0] = 5\n var out = list()\n for x in v { out ++= [x] }\n v[0][0] = 9\n (v, out) }\nf()",
      "([[9], [2, 3]], [[5], [2, 3]])",
    ],
    [
      "appended values",
      "fn f() { var v = []\n v ++= [1]\n v ++= [2]\n let w = v\n v ++= [3]\n v[0] = 9\n let u = w ++ [7]\n (v, w, u) }\nf()",
      "([9, 2, 3], [1, 2], [1, 2, 7])",
    ],
    [
      "appending twice to one value",
      "fn f() { var v = []\n v ++= [1]\n var w = v\n v ++= [2]\n w ++= [3]\n (v, w) }\nf()",
      "([1, 2], [1, 3])",
    ],
    [
      "appended rows",
      "fn f() { var v = []\n for i in 0..3 { v ++= [[i, i]] }\n let w = v\n v ++= [[9, 9]]\n v[0, 0] = 7\n (v, w) }\nf()",
      "([[7, 0], [1, 1], [2, 2], [9, 9]], [[0, 0], [1, 1], [2, 2]])",
    ],
    [
      "a value assigned into itself",
      "fn f() { var v = list([1], [2, 3])\n v[0] = v[1]\n v[0][0] = 9\n v }\nf()",
      "[[9, 3], [2, 3]]",
    ],
    [
      "a block in the operand before",
      "fn f() { var v = [1, 2]\n v[0] = 5\n let s = v + do { v[0] = 9\n 0 }\n (s, v) }\nf()",
      "([5, 2], [9, 2])",
    ],
    [
      "a call in the operand before",
      "fn one() = 1\nfn f() { var v = [1, 2]\n v[0] = 5\n let s = v + one()\n v[0] = 9\n (s, v) }\nf()",
      "([6, 3], [9, 2])",
    ],
    [
      "a built-in on a list",
      'fn f() { var v = [[1, 2], "x"]\n v[0][0] = 5\n let w = first(v)\n v[0][0] = 9\n (v[0], w) }\nf()',
      "([9, 2], [5, 2])",
    ],
    [
      "a built-in on an array",
      "fn f() { var v = [1, 2]\n v[0] = 5\n let w = reshape(v, [2, 1])\n v[0] = 9\n (v, w) }\nf()",
      "([9, 2], [[5], [2]])",
    ],
    [
      "a returned value",
      'fn f() { var v = [1, 2]\n var keep = list()\n for i in 0..2 { v[0] = i\n keep ++= [v, ""] }\n keep }\nf()',
      '[[0, 2], "", [1, 2], ""]',
    ],
    [
      "turns of a loop",
      "fn f() { var out = list()\n for i in 0..2 { var v = [0, 0]\n v[0] = i\n out ++= [(v, i)] }\n out }\nf()",
      "[([0, 0], 0), ([1, 0], 1)]",
    ],
    [
      "a boolean array",
      "fn f() { var v = [true, true]\n v[0] = false\n let w = v\n v[1] = false\n (v, w) }\nf()",
      "([false, false], [false, true])",
    ],
  ])("%s", (_name, program, shown) => {
    expect(shownBy(program).at(-1)).toBe(shown)
  })
})

describe("assignment to a part", () => {
  test.each([
    ["var a = [[1, 2], [3, 4]]\na[0, 1] = 9\na[1][0] += 1\na", "[[1, 9], [4, 4]]"],
    ["var a = [[1, 2], [3, 4]]\na[0] = [7, 8]\na[.., 1] *= 10\na", "[[7, 80], [3, 40]]"],
    ["var a = zeros(5)\na[1..3] = 1\na[[0, 4]] = [5, 6]\na", "[5, 1, 1, 0, 6]"],
    ["var a = zeros(3)\na[[0, 0]] = [1, 2]\na", "[2, 0, 0]"],
    ["var a = zeros(3)\na[[true, false, true]] += 1\na", "[1, 0, 1]"],
    ["var a = zeros([2, 2])\na[0..2][0] = 1\na", "[[1, 1], [0, 0]]"],
    ["var a = zeros([2, 3])\na[1, 1..] = [4, 5]\na", "[[0, 0, 0], [0, 4, 5]]"],
    ['var l = [1, "a"]\nl[1] = 2\nl + 1', "[2, 3]"],
    ['var l = ["a", "b"]\nl[0] = { x: 1 }\nl[0].x = 5\nl', '[{ x: 5 }, "b"]'],
    ['var l = ["a", "b", "c"]\nl[0..2] = [1, 2]\nl', '[1, 2, "c"]'],
    ["var t = (1, [2, 3])\nt[1][0] = 5\nt", "(1, [5, 3])"],
    ['var r = { a: 1 }\nr["a"] = 2\nr', "{ a: 2 }"],
    ["type T = A(x)\nvar t = A(1)\nt.x += 1\nt", "A(2)"],
    ['var s = "a"\ns ++= "b"\ns', '"ab"'],
    ["var v = [1]\nv ++= [2, 3]\nv ++= []\nv", "[1, 2, 3]"],
    ['var v = [1]\nv ++= ["a"]\nv ++= [2]\nv', '[1, "a", 2]'],
    ["var v = [true]\nv ++= [false]\nv", "[true, false]"],
    ["var v = list(1, 2)\nv ++= [3]\nv * 2", "[2, 4, 6]"],
    ["grad(x => do { var v = [x, x, x]\n v[1] = x^2\n v[0] *= 3\n sum(v * v) })(2)", "72"],
    ["grad(x => do { var v = zeros(3)\n for i in 0..3 { v[i] = x^i }\n sum(v) })(2)", "5"],
    ["grad(x => do { var v = []\n for i in 0..4 { v ++= [x * i] }\n sum(v * v) })(2)", "56"],
    [
      "jvp(x => do { var m = zeros([2, 2])\n m[0, 1] = x\n m[1] = [x^2, 1]\n m }, 3, 1)",
      "([[0, 3], [9, 1]], [[0, 1], [6, 0]])",
    ],
  ])("%s", (program, shown) => {
    expect(shownBy(program).at(-1)).toBe(shown)
  })
})

describe("what is filled in a loop is not copied", () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  /** Elements that were copied from one array to another while a program ran. */
  function copied(program: string): number {
    let count = 0
    const { slice, set } = Float64Array.prototype
    const sliceList = Array.prototype.slice
    vi.spyOn(Float64Array.prototype, "slice").mockImplementation(function (this: Float64Array, from, to) {
      const out = slice.call(this, from, to)
      count += out.length
      return out
    })
    vi.spyOn(Float64Array.prototype, "set").mockImplementation(function (this: Float64Array, source, offset) {
      count += source.length
      set.call(this, source, offset)
    })
    vi.spyOn(Array.prototype, "slice").mockImplementation(function (this: unknown[], from, to) {
      const out = sliceList.call(this, from, to) as unknown[]
      if (out.length > 50) count += out.length
      return out
    })
    shownBy(program)
    vi.restoreAllMocks()
    return count
  }

  test.each([
    [
      "v[i] = e",
      (n: number) => `fn f(n) { var v = zeros(n)\n for i in 0..n { v[i] = i }\n v[n - 1] }\nf(${String(n)})`,
    ],
    [
      "m[i][j] += e",
      (n: number) =>
        `fn f(n) { var m = zeros([n, 2])\n for i in 0..n { m[i][1] += i }\n m[n - 1, 1] }\nf(${String(n)})`,
    ],
    ["v ++= [e]", (n: number) => `fn f(n) { var v = []\n for i in 0..n { v ++= [i] }\n len(v) }\nf(${String(n)})`],
    ["rows", (n: number) => `fn f(n) { var v = []\n for i in 0..n { v ++= [[i, i]] }\n len(v) }\nf(${String(n)})`],
    [
      "list",
      (n: number) =>
        `fn f(n) { var v = list()\n for i in 0..n { v ++= [(i, "x")] }\n v[0] = (1, "y")\n len(v) }\nf(${String(n)})`,
    ],
    [
      "list elements",
      (n: number) =>
        `fn f(n) { var v = [(0, "") for i in 0..n]\n for i in 0..n { v[i][0] = i }\n v[n - 1][0] }\nf(${String(n)})`,
    ],
    [
      "with reads between",
      (n: number) =>
        `fn f(n) { var v = zeros(n)\n for i in 1..n { v[i] = v[i - 1] + len(v) }\n v[0] }\nf(${String(n)})`,
    ],
    [
      "reverse mode",
      (n: number) =>
        `fn f(x) { var v = zeros(${String(n)})\n for i in 1..${String(n)} { v[i] = v[i - 1] + x }\n v[${String(n - 1)}] }\ngrad(f)(1)`,
    ],
    [
      "forward mode",
      (n: number) =>
        `fn f(x) { var v = zeros(${String(n)})\n for i in 1..${String(n)} { v[i] = v[i - 1] + x }\n v[${String(n - 1)}] }\nf'(1)`,
    ],
  ])("%s", (_name, program) => {
    const n = 4000
    // A copy at the start and those of a buffer that doubles; a copy each turn would be n / 2 times as many.
    expect(copied(program(n))).toBeLessThan(20 * n)
  })

  test("the copies are seen", () => {
    const program = `fn f(n) { var v = zeros(n)\n var w = v\n for i in 0..n { v[i] = i\n w = v }\n w }\nf(500)`
    expect(copied(program)).toBeGreaterThan(100_000)
  })
})
