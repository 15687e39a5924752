/**
 * Random programs in every tier: the same values and forward derivatives to the bit, the same reverse derivatives but for rounding, the same faults at the
 * same places, the same output and the same steps. Every pass of the compiler is verified. A failure shows its seed and the smallest program it was shrunk
 * to; those that were found before are here by name.
 */

import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import type { Stmt } from "../compiler/sir.ts"
import { failureOf, shrunk, Statistics } from "./differential-check.ts"
import { compare, shortSegments, surroundings } from "./differential.ts"

beforeAll(() => {
  checks.verify = true
  shortSegments()
})

function expectAgreement(seed: number): void {
  // Every fourth makes its turns again instead of saving them.
  surroundings.tapeMemory = seed % 4 === 0 ? 0 : undefined
  const failure = statistics.check(seed)
  if (failure !== null) expect.fail(shrunk(seed, failure))
}

const statistics = new Statistics()
const groups = 20
const each = 100

describe("random programs agree in every tier", () => {
  test.each(Array.from({ length: groups }, (_, group) => group))("group %i", (group) => {
    for (let seed = group * each; seed < (group + 1) * each; seed++) expectAgreement(seed)
  })
})

/** Every kind of statement of complete code; a kind that is added has to be added here. */
const kinds: Readonly<Record<Exclude<Stmt["kind"], "checkpoint">, true>> = {
  let: true,
  alloc: true,
  copy: true,
  load: true,
  store: true,
  accum: true,
  addbuf: true,
  row: true,
  product: true,
  native: true,
  guard: true,
  push: true,
  pop: true,
  level: true,
  cut: true,
  call: true,
  is: true,
  make: true,
  change: true,
  boxes: true,
  field: true,
  if: true,
  for: true,
  while: true,
  steps: true,
}

describe("random programs are worth running", () => {
  test("all mean something, nearly all end in a value, most of their functions run compiled", () => {
    const { programs, loaded, calls, evaluated, compiled, compiledPrograms } = statistics
    expect(programs).toBe(groups * each)
    expect(loaded).toBe(programs)
    expect(evaluated / calls).toBeGreaterThan(0.9)
    expect(compiled / evaluated).toBeGreaterThan(0.6)
    expect(compiledPrograms / programs).toBeGreaterThan(0.85)
  })

  test.each(Object.keys(kinds))("at least one in a hundred runs a `%s`", (kind) => {
    expect(statistics.share(kind)).toBeGreaterThanOrEqual(0.01)
  })
})

/** Programs that did not agree once. */
const found: Record<string, string> = {
  "steps of map": "let inputs = 2\nfn exact(x) = map([x], y => x)",
  "steps of a Jacobian by columns": "let inputs = 2\nfn rough(x) = jacobian(y => y * x)(x)",
  "what is left of a comprehension's element":
    "let inputs = ([{ p: 1.51 }], 1.988)\nfn exact(x, y) {\n for { p } in x {\n if 1 < p { return 0 }\n let c = [e for e in x]\n }\n y\n}",
  "the order in which a dot product is summed":
    "let inputs = 1.382\nfn exact(x) = dot(full(10, 0.901), [x for i in 0..10])",
  "the order in which a short sum is summed": "let inputs = (0.1, 0.2, 0.3)\nfn exact(x, y, z) = sum([x, y, z])",
  "the tangent of a dot product of what moves together":
    "let inputs = (0.1, 0.7)\nfn exact(x, y) = jvp((x, y) => dot([x, y, x * y], [y, x, 0.3 * x]), (x, y), (0.3, 0.9))",
  "the tangent of a function": "let inputs = 2\nfn exact(x) = jvp(y => (z => y * z), x, 1)[1](3)",
  "the tangent of a range": "let inputs = 2\nfn exact(x) = jvp(y => 0..3, x, 1)",
  "a variable that a loop both starts from and reads":
    "let inputs = (1.495, 2)\nfn f(p) {\n var v = p[0]\n var k = 0\n while k == 2 {\n k += 1\n for i in 0..3 {\n if k == 0 { continue }\n let c = p\n v -= i\n }\n }\n v\n}\nfn rough(x, y) = grad(f)((x, y))",
  "an index out of range that nothing needs":
    "let inputs = 1.485\nfn exact(x) {\n var v = 0..1\n var k = 0\n while k < 2 {\n k += 1\n v[k]\n }\n x\n}",
  "a zero with its sign changed": "let inputs = 0\nfn exact(x) = 1 / (y => 0 - relu(y))'(x)",
  "signs of zeros among integers":
    "let inputs = 5\nfn exact(n) = [(1 / (i * -1) + 1 / (-i % 2), 1 / (0 * (i - 3)), 1 / ((i - 2) % 2), 1 / -(i - 1)) for i in 0..n]",
  "what a loop runs over is made once":
    "let inputs = 2\nfn exact(x) {\n var s = 0\n for y in [z * x for z in map([1, 2], t => t + x)] { s += y }\n for i in 0..len(map([x], t => t)) { s += i }\n if s > 1000 { return grad }\n s\n}",
  "a loop that makes no turn hands its start on":
    "let inputs = 0.9\nfn rough(x) = grad(y => {\n var v = y\n for i in 0..0 { v = i }\n v\n})(x)",
  "what a loop leaves in the place of a call":
    "let inputs = [0.044]\nfn exact(x) {\n var v = { w: ones(2) }\n for c in x { return (y => v.w[0])(v) }\n}",
  "the tangent of logsumexp":
    "let inputs = [[2, 0.25], [1, 1.299]]\nlet along = [[0.7, 0], [1.14, 0.7]]\nfn exact(x) = (jvp(logsumexp, x, along), jvp(y => jvp(logsumexp, y, along)[1], x, along))",
  "a variable that begins with what tier 0 made":
    "let inputs = 1.953\nfn f(x) {\n var v = outer([x], [x])\n v[0] = x\n sum(v)\n}\nfn rough(x) = grad(y => jvp(f, y, 1)[1])(x)",
  "the tangent of a part that has none":
    "type Tree = Leaf(v) | Node(l, r)\nfn b(n, x) = if n <= 0 { Leaf(x) } else { Node(b(n - 1, x), Leaf(n)) }\nlet tree = b(7, 0.9)\nfn swap(t, x) = match t { Leaf(v) => Leaf(v), Node(l, r) => Node(r, swap(l, x)) }\nfn one(t, x) = 1\nfn g(x) = one(jvp(t => swap(t, x), tree, tree), x)\nfn f(x, y) = y * tanh(jvp(g, y, sin(x))[0])\nlet inputs = (0.3, 0.9)\nfn exact(x, y) = jvp(f, (x, y), (1, 0.5))",
  "cotangents too small for their digits":
    "let inputs = (1.14, 0.972)\nfn f(x, y) {\n var v = y\n for i in 0..18000 { v = cos(v + v) * 0.9 }\n v + x\n}\nfn rough(x, y) = value_and_grad(f)(x, y)",
  "a zero tangent": "let inputs = 1.691\nfn exact(x) = 1 / jvp(y => clamp(y, 1, 1), x, -1.902)[1]",
}

describe("programs that did not agree once", () => {
  test.each(Object.entries(found))("%s", (_name, text) => {
    expect(compare(text)).not.toBeNull()
    expect(failureOf(text)).toBeNull()
  })
})
