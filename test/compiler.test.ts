/**
 * The compiled tier against the reference: the same values, derivatives, faults and step counts, on programs that use what the compiler knows.
 * Each program is a function `f` and arguments; the code is verified after each pass. It must not know how code is made.
 */
import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { showLir } from "../compiler/show-lir.ts"
import { Tier } from "../compiler/tier.ts"
import * as compilerModule from "../compiler/tier.ts"
import { Engine as EngineClass } from "../engine/engine.ts"
import { createEngine, type Engine } from "../engine/index.ts"
import type { Closure } from "../interpreter/values/values.ts"
import { leaves } from "../bench/answers.ts"

beforeAll(() => {
  checks.verify = true
})

interface Program {
  readonly name: string
  readonly source: string
  readonly args: readonly unknown[]
  readonly wrt?: string
}

const v = (...xs: number[]) => Float64Array.from(xs)

const programs: readonly Program[] = [
  { name: "arithmetic", source: "fn f(x, y) = ln(x) + x * y - sin(y) / (x ^ 2 + 1) - 3 % x", args: [2, 5] },
  {
    name: "a loop that carries one number",
    source: "fn f(x) { var v = x\n for i in 0..10 { v = 3 * v * (1 - v) }\n v }",
    args: [0.3],
  },
  {
    name: "a loop that is left",
    source: "fn f(x, n, m) { var s = 0\n for i in 0..n { s += sin(x * i)\n if i > m { break } }\n s }",
    args: [0.7, 100, 30],
  },
  {
    name: "a long loop that is left",
    source: "fn f(x, n, m) { var s = 0\n for i in 0..n { s += sin(x * i)\n if i > m { break } }\n s }",
    args: [0.7, 60_000, 40_000],
  },
  {
    name: "a long loop with one in it that is left",
    source:
      "fn f(x, n, m) { var s = 0\n for i in 0..n { for j in 0..n { s += s * x / (1 + i + j)\n if j == i { break } }\n s += x\n if i > m { break } }\n s }",
    args: [0.1, 300, 200],
  },
  {
    name: "a loop over an array",
    source: "fn f(a) { var s = 0\n for x in a { s += x * x * x }\n s }",
    args: [v(1, 2, -3)],
  },
  {
    name: "break",
    source: "fn f(x) { var v = x\n for i in 0..100 { if v > 10 { break }\n v = v * 1.5 }\n v * v }",
    args: [0.7],
  },
  {
    name: "continue",
    source: "fn f(x) { var s = 0\n for i in 0..9 { if i % 3 == 0 { continue }\n s += x ^ i }\n s }",
    args: [1.1],
  },
  { name: "early return", source: "fn f(x) { for i in 0..9 { if x * i > 4 { return x * i * i } }\n x }", args: [1.3] },
  {
    name: "while",
    source:
      "fn f(a) { var x = 1\n var step = 1\n while abs(step) > 1e-9 { step = (x * x * x + x - a) / (3 * x * x + 1)\n x -= step }\n x }",
    args: [3],
  },
  {
    name: "branches",
    source:
      "fn f(x, y) { let z = if x > y { x * y } else if x > 0 { x / y } else { -y }\n if z < 1 { sin(z) } else { z * z } }",
    args: [0.4, 2],
  },
  {
    name: "records and tuples",
    source:
      "fn norm2(p) = p.x * p.x + p.y * p.y\nfn f(p, s) { let q = { ...p, x: p.x * s }\n let (a, b) = (norm2(q), q.y)\n a * b + s }",
    args: [{ x: 1.5, y: -2 }, 3],
  },
  {
    name: "closures",
    source: "fn twice(g) = x => g(g(x))\nfn f(x, k) { let h = twice(t => t * k + sin(t))\n h(x) }",
    args: [0.4, 1.7],
  },
  {
    name: "variants and match",
    source:
      "type Shape = Circle(r) | Rect(w, h)\nfn area(s) = match s { Circle(r) => 3 * r * r\n Rect(w, h) => w * h }\nfn f(x) = area(Circle(x)) + area(Rect(x, 2 * x + 1))",
    args: [1.5],
  },
  {
    name: "matrices",
    source: "fn f(a, x) { var s = 0\n for i in 0..len(x), j in 0..len(x) { s += a[i, j] * x[i] * x[j] }\n s }".replace(
      "for i in 0..len(x), j in 0..len(x) { s += a[i, j] * x[i] * x[j] }",
      "for i in 0..len(x) { for j in 0..len(x) { s += a[i, j] * x[i] * x[j] } }",
    ),
    args: [
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      v(1, -1, 2),
    ],
  },
  {
    name: "elements assigned",
    source:
      "fn f(x) { let n = len(x)\n var v = zeros(n)\n for i in 0..n { v[i] = x[i] * x[n - 1 - i] }\n var s = 0\n for i in 0..n { s += v[i] * v[i] }\n s }",
    args: [v(1, 2, 3, 4)],
  },
  {
    name: "elements read and assigned in one loop",
    source: "fn f(x) { var v = x\n for i in 1..len(x) { v[i] = v[i] * v[i - 1] + sin(v[i]) }\n v[len(x) - 1] * v[0] }",
    args: [v(1.5, 2, -0.3, 0.4)],
  },
  {
    name: "elements added to",
    source:
      "fn f(x, at) { var v = zeros(3)\n for i in 0..len(x) { v[at[i]] += x[i] * x[i] }\n v[0] * v[1] + v[2] ^ 2 }",
    args: [v(1, 2, 3, 4), v(0, 1, 1, 2)],
    wrt: "x",
  },
  {
    name: "an index from the end",
    source: "fn f(x) { var s = 0\n for i in 0..len(x) { s += x[i - 1] * x[i] * i }\n s + x[-1] }",
    args: [v(1, 2, 3, 4)],
  },
  {
    name: "comprehensions and reductions",
    source:
      "fn f(x) { let t = [exp(y) * y for y in x]\n sum(t) + logsumexp([a * b for a in x, b in [1, 2]][0]) + mean(x) + dot(t, x) }",
    args: [v(0.5, -1, 0.3)],
  },
  {
    name: "comprehensions in a loop",
    source: "fn f(x) { var s = 0\n for i in 0..4 { s += logsumexp([y * (i + 1) for y in x]) }\n s }",
    args: [v(0.5, -1, 0.3)],
  },
  {
    name: "a comprehension with a condition",
    source: "fn f(x) { let t = [y * y for y in x if y > 0.4]\n sum(t) * len(t) + t[-1] }",
    args: [v(0.5, -1, 0.3, 2, 0.45, 0.1)],
  },
  {
    name: "a change that runs over, and is asked with the opposite sign",
    source:
      "fn g(x) { var v = -x\n for i in 0..1500 { v = sin(v + v) }\n if v > 0.5 { v } else { 2 } }\nfn f(x) = hvp(g, x, 1)",
    args: [0],
  },
  {
    name: "zeros of both signs",
    source:
      "fn f(x) { let a = if x < 0 { -0 } else { 0 }\n let b = (-0 * x) - (-0)\n if x > 1 { return 1 / a }\n 1 / b + 1 / a }",
    args: [0.5],
  },
  {
    name: "an array that a choice gives and a loop changes while it reads it",
    source:
      "fn f(x) { var v = if x < 0 { [0, 0, 0] } else { [x, x, x] }\n for i in 1..3 { v[i] = 2 * v[i - 1] + sum(v[j] for j in 0..3) }\n v[2] }",
    args: [1.5],
  },
  {
    name: "the tangent of an array that a choice gives and a loop changes",
    source:
      "fn g(x) { var v = if x < 0 { [0, 0, 0] } else { [x, x, x] }\n for i in 1..3 { v[i] = 2 + sum(v[j] for j in 0..3) }\n v[2] }\nfn f(x) { let (a, b) = jvp(g, x, 1)\n a + b }",
    args: [1.5],
  },
  {
    name: "records chosen by a condition",
    source:
      "fn f(x) { let t = [{ a: y, b: [y * y, i] } for (i, y) in enumerate(x) if i % 2 == 0]\n sum(p.a * p.b[0] + p.b[1] for p in t) }"
        .replace("for (i, y) in enumerate(x) if i % 2 == 0", "for i in 0..len(x) if i % 2 == 0")
        .replaceAll("y", "x[i]"),
    args: [v(0.5, -1, 0.3, 2, 0.45, 0.1)],
  },
  {
    name: "a condition that takes a value apart",
    source: "fn f(x) = sum(i * x[0] for i in 0..4 if match x { [y, ...rest] => y, _ => 3 } > i)",
    args: [v(2, 3)],
  },
  {
    name: "a structure as an array and back",
    source: `fn f(p, x) {
  let (flat, unravel) = ravel(p)
  let q = unravel(flat * flat)
  let (one, back) = ravel({ a: 1, b: [x, x * x] })
  let r = back(one * 3)
  q.a * sum(q.b) + q.c[0, 1] + r.b[1] * r.a + len(flat)
}`,
    args: [
      {
        a: 2,
        b: v(0.5, -1, 0.3),
        c: [
          [1, 2],
          [3, 4],
        ],
      },
      3,
    ],
    wrt: "x",
  },
  {
    name: "a function that ravel made, captured",
    source:
      "fn make(p) { let (start, unravel) = ravel(p)\n v => { let q = unravel(v)\n q.a * sum(q.b * q.b) } }\nlet g = make({ a: 1, b: [1, 2, 3] })\nfn f(v) = g(v) * g(2 * v)",
    args: [v(2, 0.5, -1, 0.3)],
  },
  {
    name: "an array that does not fit what ravel took apart",
    source: "fn f(x) { let (flat, unravel) = ravel({ a: x[0], b: x })\n unravel(x).a }",
    args: [v(2, 0.5, -1, 0.3)],
  },
  {
    name: "Jacobians of small functions",
    source: `fn g(x) = [x[0] * x[1], sin(x[0]), x[1]^3]
fn f(x) { let u = [x[0], x[1]]
  sum(jacfwd(g)(u) * jacrev(g)(u)) + jacobian(g)(u)[2, 1] + jacfwd(y => [y, y * y])(x[0])[1] + jacfwd(w => w[0] * w[1])(u)[1] }`,
    args: [v(2, 0.5)],
  },
  {
    name: "Jacobians of loops over arrays",
    source: `fn g(x) { var y = x
  for i in 0..3 { y = [sin(a) * x[i] for a in y] }
  y }
fn f(x) { let (a, b, c) = (jacfwd(g)(x), jacrev(g)(x), jacobian(g)(x))
  sum(a * b) + c[1, 2] + sum(jacobian(u => u[..2] * u[1..3])(x)) + sum(jacrev(u => [sum(g(u)), u[0]])(x)) + sum(jacfwd(u => sum(g(u)))(x)) }`,
    args: [v(2, 0.5, 1)],
  },
  {
    name: "a Jacobian by more directions than go at once",
    source:
      "fn f(x) = sum(jacfwd(u => [a * a * u[0] for a in u])(x)) + sum(jacobian(u => u * u)(x) @ x) + sum(jacfwd(u => u[..20] * 2)(x))",
    args: [Float64Array.from({ length: 20 }, (_, k) => k / 7)],
  },
  {
    name: "Hessians",
    source: `fn g(x) { var s = 0
  for a in x { s += a^3 * x[0] }
  s }
fn f(x) = sum(hessian(g)(x) @ x) + hessian(u => u[0]^2 * u[1])([x[0], x[1]])[0, 1] + hessian(y => y^4)(x[0])`,
    args: [v(2, 0.5, 1)],
  },
  {
    name: "a Jacobian whose slope is not finite",
    source: "fn f(x) = sum(jacfwd(u => sqrt(u))(x))",
    args: [v(0, 0.5, 1)],
  },
  {
    name: "a cotangent that an operation of tier 0 takes, carried through a loop",
    source: "fn f(x) { var s = x[0]\n for a in x { s *= full(3, a) @ [1, 0, a]\n s += s }\n s }",
    args: [v(2, 0.5, 1)],
  },
  {
    name: "the reverse of a loop that goes backwards goes forwards",
    source: "fn g(x) { var v = 1\n for a in x { v = tanh(a) }\n v }\nfn f(x) = sum(grad(g)(x))",
    args: [v(0.402, 1, 0.5, 1.5)],
  },
  {
    name: "vjp, its pullback used twice and in a loop",
    source: `fn g(x) { var y = x
  for i in 0..3 { y = [sin(a) * x[i] for a in y] }
  y }
fn f(x) { let (y, pull) = vjp(g, x)
  var s = sum(y) + sum(pull(y)) * sum(pull([1, 0, 2]))
  for i in 0..3 { s += pull(i * x)[i] }
  let (z, back) = vjp((a, b) => a * b, (x[0], x[1]))
  s + z * back(2)[1] }`,
    args: [v(2, 0.5, 1)],
  },
  {
    name: "a pullback from outside",
    source: `let (y, pull) = vjp(x => sin(x) * x, 0.5)
fn f(c) = pull(c) * pull(c * c) + y`,
    args: [2],
  },
  {
    name: "linearize",
    source: `fn f(x) { let (y, push) = linearize(u => u * u * x[0], x)
  sum(y) * sum(push(x)) + push([1, 0, 2])[2] }`,
    args: [v(2, 0.5, 1)],
  },
  {
    name: "arrays and structures compared",
    source:
      "fn f(x) { var s = 0\n for i in 0..3 { if x == [0, i, 2] { s += x[i] }\n if (x[0], i) != (x[1], 2) { s += i * x[0] } }\n s + (if { a: x } == { a: x + 0 } { x[2] } else { 0 }) }",
    args: [v(0, 1, 2)],
  },
  {
    name: "arrays of different shapes compared",
    source: "fn f(x) = match attempt(() => x == [1, 2]) { Done(same) => if same { 1 } else { 2 }\n Failed(_) => 3 }",
    args: [v(0, 1, 2)],
  },
  {
    name: "arrays of booleans",
    source:
      "fn f(x, y) { let c = x > 0.4\n let d = not (x <= y) or c\n var s = 0\n for i in 0..len(c) { if d[i] { s += x[i] } }\n s + sum(where(c, x * x, y)) + sum(where(d and c, 1, x)) + (if any(c) and not all(d) { x[0] } else { 0 }) }",
    args: [v(0.5, -1, 0.3, 2, 0.45, 0.1), v(1, -2, 3, -4, 5, -6)],
  },
  {
    name: "booleans from comprehensions and literals",
    source:
      "fn f(x, c) { let t = [y > 0.4 for y in x]\n sum(where(t, x, 0)) + sum(where([true, x[0] > 1, c[1]], x[..3], 2)) }",
    args: [v(0.5, -1, 0.3, 2, 0.45, 0.1, 4, 5, 6, 7), [true, false]],
    wrt: "x",
  },
  {
    name: "booleans of a matrix against a row",
    source: "fn f(a, x) = sum(where(a < x, a * a, x)) + sum(where(a < a, a, 1))",
    args: [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      v(2, 2, 9),
    ],
  },
  {
    name: "arrays of booleans through a choice and a loop",
    source:
      "fn f(x) { var c = x > 0\n for i in 0..3 { c = if x[0] > i { x > i } else { not c } }\n sum(where(c, x, 2 * x * x)) }",
    args: [v(0.5, -1, 1.3)],
  },
  { name: "nothing chosen", source: "fn f(x) = x * len([i for i in 0..20 if i > 30])", args: [2] },
  {
    name: "fold",
    source: "fn f(x) = fold(x, [1, 0], (s, y) => [s[0] * y, s[1] + sin(y)])[0] + fold(x, 0, (s, y) => s + y * y)",
    args: [v(0.5, -1, 0.3, 2, 0.45, 0.1, 3, -0.2, 0.7)],
  },
  {
    name: "what is folded is nobody else's",
    source: "fn f(x) { let a = [x, 1]\n var v = fold(0..0, a, (s, i) => s)\n v[0] = 3\n a[0] * v[1] + v[0] }",
    args: [2],
  },
  { name: "scan", source: "fn f(x) { let t = scan(x, 0, (s, y) => sin(s) + y)\n sum(t * t) }", args: [v(1, 2, 3)] },
  {
    name: "a long scan",
    source: "fn f(x) { let t = scan(0..40, x, (s, i) => sin(s) + i)\n sum(t * t) }",
    args: [0.4],
  },
  { name: "a short scan of arrays", source: "fn f(x) = scan(1..=3, [x, 1], (s, i) => s * i)[2, 0] * x", args: [0.4] },
  {
    name: "iterate",
    source: "fn f(x, n) = iterate(x, n, y => sin(y) + x) * sum(iterate([x, 1], 3, v => v * x + 1))",
    args: [0.4, 5],
    wrt: "x",
  },
  { name: "filter", source: "fn f(x) { let t = filter(x, y => y > 0)\n sum(t * t) }", args: [v(0.5, -1, 0.3)] },
  {
    name: "a slice that may count from the end",
    source: "fn f(x) { var s = 0\n for k in 0..3 { s += sum(x[k - 3..] * x[k - 1 + 1..3 + k]) }\n s }",
    args: [v(0.5, -1, 0.3, 2, 3, 4)],
  },
  {
    name: "a slice that reaches too far",
    source: "fn f(x) { var s = 0\n for k in 0..3 { s += sum(x[k - 8..]) }\n s }",
    args: [v(0.5, -1, 0.3, 2, 3, 4)],
  },
  {
    name: "spreads of arrays",
    source: "fn f(x) { let t = [0.5, ...x, ...0..3, x[0]]\n let u = [...x]\n sum(t * t) + u[1] + dot(t[1..4], x) }",
    args: [v(0.5, -1, 0.3)],
  },
  {
    name: "a small direction for an array",
    source: "fn f(x) { let (y, t) = jvp(u => sum(u * u * u), x, [1, 2, 3])\n y * t }",
    args: [v(0.5, -1, 0.3)],
  },
  {
    name: "what is attempted",
    source: `fn f(x) { match attempt(() => { if x > 3 { error("too large") }\n x * x }) { Done(y) => y + x\n Failed(_) => -x } }`,
    args: [2],
  },
  {
    name: "what is attempted and fails",
    source: `fn f(x) { match attempt(() => { if x > 3 { error("too large") }\n x * x }) { Done(y) => y + x\n Failed(_) => -x } }`,
    args: [4],
  },
  {
    name: "what is attempted and not used",
    source: "fn f(A) = match attempt(() => solve(A, [1, 1])) { Done(_) => 1\n Failed(_) => 2 }",
    args: [
      [
        [1, 0],
        [0, 0],
      ],
    ],
  },
  {
    name: "a fault of what is not used",
    source: "fn f(A) { let z = solve(A, [1, 1])\n A[0, 0] }",
    args: [
      [
        [1, 0],
        [0, 0],
      ],
    ],
  },
  {
    name: "a list of records through a loop",
    source:
      "fn f(ps, n) { var now = ps\n for t in 0..n { let old = now\n now = [{ x: p.x + 0.1 * p.v, v: p.v - 0.1 * sum(q.x for q in old) * p.x } for p in old] }\n sum(p.x * p.v for p in now) }",
    args: [
      [
        { x: 1, v: 0.5 },
        { x: -0.3, v: 0.2 },
        { x: 0.9, v: 1 },
      ],
      5,
    ],
    wrt: "ps",
  },
  {
    name: "max, min, where, abs",
    source: "fn f(x, y) = max(x, y) * min(x, 2) + where(x > y, sqrt(x), y * y) + abs(x - y) + clamp(x, 0, 1)",
    args: [0.3, 0.8],
  },
  { name: "what is not taken contributes nothing", source: "fn f(x) = where(x > 0, sqrt(x), 0) + x", args: [0] },
  { name: "a computed zero against an infinite slope", source: "fn f(x) = square(sqrt(x))", args: [0] },
  {
    name: "a derivative in a function",
    source: "fn f(x) { let g = t => t * t * x\n g'(x) * x + grad(u => sin(u) * x)(2 * x) }",
    args: [1.3],
  },
  {
    name: "operations that stay in tier 0",
    source:
      "fn f(a, x) { let y = solve(a @ a.T + 2 * eye(len(x)), x)\n norm(y) * sum(a * a, axis: 0)[1] + det(a) * y[0] }",
    args: [
      [
        [1, 2, 0],
        [0.5, -1, 3],
        [1, 1, 2],
      ],
      v(1, -1, 2),
    ],
  },
  {
    name: "operations that stay in tier 0, in a loop",
    source:
      "fn f(a, x) { var y = x\n var s = 0\n for i in 0..4 { y = tanh(a @ y)\n s += logsumexp(y * i) + max(y) }\n s + sum(y) }",
    args: [
      [
        [0.1, 0.7],
        [0.5, -1],
      ],
      v(1, -0.5),
    ],
  },
  {
    name: "operations that stay in tier 0, in arms",
    source: "fn f(x) { let y = if sum(x) > 0 { cumsum(x) } else { sort(x) }\n dot(y, x) + prod(y) }",
    args: [v(1, -0.5, 2)],
  },
  {
    name: "derivatives of operations that stay in tier 0",
    source:
      "fn q(a, x) = dot(x, a @ x) * norm(x)\nfn f(a, x) { let (y, dy) = jvp(z => q(a, z), x, x)\n y * dy + sum(hvp(z => q(a, z), x, x)) }",
    args: [
      [
        [0.1, 0.7],
        [0.5, -1],
      ],
      v(1, -0.5),
    ],
  },
  {
    name: "a tangent whose length an operation of tier 0 tells",
    source: "fn f(a, x) = sum(jvp(y => y @ a, x, x)[1])",
    args: [
      [
        [1, 2],
        [3, 4],
      ],
      v(1, 2),
    ],
  },
  {
    name: "arrays spread over each other",
    source: "fn f(a, x) = sum((a + x) * x)",
    args: [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      v(1, 2, 3),
    ],
  },
  {
    name: "a function that a loop leaves behind",
    source: "fn f(x) { let g = y => x * y\n var k = 0\n while k < 4 { return g(k + 2) }\n x }",
    args: [3],
  },
  { name: "nested derivatives stay apart", source: "fn f(x) = x * (y => x + y)'(1)", args: [1] },
  {
    name: "a Hessian-vector product",
    source:
      "fn r(x) { var s = 0\n for i in 0..len(x) - 1 { let t = x[i + 1] - x[i] * x[i]\n s += 100 * t * t + (1 - x[i]) ^ 2 }\n s }\nfn f(x) { let h = hvp(r, x, x)\n h[0] + h[1] }",
    args: [v(0.5, 1.5, -1)],
  },
  {
    name: "a derivative that only decides",
    source: "fn f(x) { let g = grad(y => square(sqrt(y)))(x)\n if g > 0.5 { 3 * x } else { 2 * x } }",
    args: [0],
  },
  {
    name: "a second derivative where the first is not finite",
    source: "fn f(x) { let g = y => where(y > 0, sqrt(y), 0) + y * y\n hvp(g, x, 1) * x + x }",
    args: [0],
  },
  {
    name: "a jvp of a loop",
    source:
      "fn p(x) { var s = 1\n for i in 0..5 { s = s * sin(x * i + 1) }\n s }\nfn f(x) { let (y, dy) = jvp(p, x, 1)\n y * dy }",
    args: [0.7],
  },
  {
    name: "an index out of range",
    source: "fn f(x) { var s = 0\n for i in 0..=len(x) { s += x[i] }\n s }",
    args: [v(1, 2, 3)],
  },
  {
    name: "a triangle packed by rows",
    source:
      "fn f(l, x) { var s = 0\n for r in 0..len(x) { for q in 0..r { s += l[r * (r - 1) / 2 + q] * x[q] * x[r] } }\n s }",
    args: [v(1, 2, 3, 4, 5, 6), v(0.5, -1, 2, 3)],
    wrt: "l",
  },
  {
    name: "a triangle packed by columns",
    source:
      "fn f(l, x) { let d = len(x)\n var s = 0\n for r in 0..d { for q in 0..r { s += l[q * (2 * d - q - 1) / 2 + r - q - 1] * x[q] * x[r] } }\n s }",
    args: [v(1, 2, 3, 4, 5, 6), v(0.5, -1, 2, 3)],
    wrt: "x",
  },
  {
    name: "a packed triangle that is too short",
    source:
      "fn f(l, x) { var s = 0\n for r in 0..len(x) { for q in 0..r { s += l[r * (r - 1) / 2 + q] * x[q] } }\n s }",
    args: [v(1, 2, 3, 4, 5), v(0.5, -1, 2, 3)],
    wrt: "l",
  },
  {
    name: "an index that is there only where a loop inside makes a turn",
    source: "fn f(x) { var s = 0\n for i in 0..len(x) { for j in 0..i { s += x[i - 1] * x[j] } }\n s }",
    args: [v(1, 2, 3, 4)],
  },
  {
    name: "an index that rises and falls",
    source: "fn f(x) { var s = 0\n for i in 0..4 { s += x[i * (3 - i)] * i }\n s }",
    args: [v(1, 2, 3)],
  },
  {
    name: "an index that rises too far and falls again",
    source: "fn f(x) { var s = 0\n for i in 0..5 { s += x[i * (4 - i)] * i }\n s }",
    args: [v(1, 2, 3, 4)],
  },
  {
    name: "an index that falls below 0 and rises again",
    source: "fn f(x) { var s = 0\n for i in 0..4 { s += x[i * (i - 3)] * i * x[i * i % 3] }\n s }",
    args: [v(1, 2, 3)],
  },
  {
    name: "indices that are data, counted from either end",
    source: "fn f(x, at) { var s = 0\n for i in 0..len(at) { s += x[at[i]] * x[at[i]] * i }\n s }",
    args: [v(1, 2, 3), v(0, -1, 2, -3, -0, 1)],
    wrt: "x",
  },
  {
    name: "an index in data beyond the end",
    source: "fn f(x, at) { var s = 0\n for i in 0..len(at) { s += x[at[i]] * x[at[i]] * i }\n s }",
    args: [v(1, 2, 3), v(0, 1, 3, 2)],
    wrt: "x",
  },
  {
    name: "an index in data before the start",
    source: "fn f(x, at) { var s = 0\n for i in 0..len(at) { s += x[at[i]] * x[at[i]] * i }\n s }",
    args: [v(1, 2, 3), v(0, 1, -4, 2)],
    wrt: "x",
  },
  {
    name: "an index in data between two elements",
    source: "fn f(x, at) { var s = 0\n for i in 0..len(at) { s += x[at[i]] * x[at[i]] * i }\n s }",
    args: [v(1, 2, 3), v(0, 1, 0.5, 2)],
    wrt: "x",
  },
  {
    name: "an index in data that is nan",
    source: "fn f(x, at) { var s = 0\n for i in 0..len(at) { s += x[at[i]] * x[at[i]] * i }\n s }",
    args: [v(1, 2, 3), v(0, 1, NaN, 2)],
    wrt: "x",
  },
  {
    name: "an index in data that has no 32 bits",
    source: "fn f(x, at) { var s = 0\n for i in 0..len(at) { s += x[at[i]] * x[at[i]] * i }\n s }",
    args: [v(1, 2, 3), v(0, 1, 4294967296, 2)],
    wrt: "x",
  },
  {
    name: "an index in data that is infinite",
    source: "fn f(x, at) { var s = 0\n for i in 0..len(at) { s += x[at[i]] * x[at[i]] * i }\n s }",
    args: [v(1, 2, 3), v(0, 1, -Infinity, 2)],
    wrt: "x",
  },
  {
    name: "loops over one range that save, one after the other",
    source:
      "fn f(x) { let n = len(x)\n var v = zeros(n)\n for i in 0..n { v[i] = exp(x[i]) * sin(x[n - 1 - i]) }\n for i in 0..n { v[i] = v[i] * sin(v[i]) }\n var s = 0\n for i in 0..n { s = s * cos(v[i]) + v[i] * v[i] }\n s }",
    args: [v(0.3, -1.2, 2, 0.7, 1.1)],
  },
  {
    name: "a loop that saves what another one made",
    source:
      "fn f(x) { let n = len(x)\n var v = zeros(n)\n for i in 0..n { v[i] = x[i] * x[n - 1 - i] }\n var s = 0\n for i in 0..n { s += v[i] * v[i]\n v[i] = 3 }\n for i in 0..n { s += v[i] * x[i] }\n s }",
    args: [v(0.3, -1.2, 2, 0.7, 1.1)],
  },
  {
    name: "loops that save around one that is left",
    source:
      "fn f(x) { let n = len(x)\n var v = zeros(n)\n for i in 0..n { v[i] = sin(x[i]) ^ 2 }\n var s = 1\n for i in 0..n { s = s * v[i] + x[i]\n if s > 2 { break } }\n for i in 0..n { v[i] = v[i] * s * x[i] }\n for i in 0..n { s = s + exp(v[i]) * v[i] }\n s }",
    args: [v(0.3, -1.2, 2, 0.7, 1.1)],
  },
  {
    name: "matrices that a loop saves as a whole",
    source:
      "fn f(a) { var s = 0\n for i in 0..4 { let b = tanh(a * (i + 1) / 3)\n let c = b @ a\n s = s * 0.3 + sum(c * c * b) }\n s }",
    args: [{ shape: [18, 18], data: Float64Array.from({ length: 324 }, (_, i) => Math.sin(i * i)) }],
  },
  {
    name: "an index by halves",
    source: "fn f(x) { var s = 0\n for i in 0..6 { s += x[i / 2] }\n s }",
    args: [v(1, 2, 3)],
  },
  {
    name: "products of vectors and matrices",
    source:
      "fn f(a, x) { let w = a @ x\n let u = x @ a\n let p = a @ a\n sum(sin(p @ w)) + dot(u, w) + x @ u + sum((p @ a) * a) + matmul(w, u) }",
    args: [{ shape: [3, 3], data: v(1, 2, -3, 0.5, 1, -0.2, 2, -1, 0.3) }, v(0.3, -0.7, 1.1)],
  },
  {
    name: "products of matrices that are not square, with rows of them and what changes",
    source:
      "fn f(a, b) { var c = a @ b\n c[0, 0] = 2\n var s = 0\n for i in 0..len(a) { s += sum(a[i] @ b) * (c[i] @ [1, 2]) }\n s + sum((b @ c[..2])[0]) }",
    args: [
      { shape: [2, 3], data: v(1, 2, -3, 0.5, 1, -0.2) },
      { shape: [3, 2], data: v(0.1, -0.7, 0.4, 1.3, 2, -1) },
    ],
  },
  {
    name: "tangents of products",
    source:
      "fn f(a, x) = jvp(z => (a @ z) @ (z @ a) + sum(sin(a @ z)), x, [1, -1, 2])[1] + sum(jvp(m => m @ m @ x, a, a)[1])",
    args: [{ shape: [3, 3], data: v(1, 2, -3, 0.5, 1, -0.2, 2, -1, 0.3) }, v(0.3, -0.7, 1.1)],
  },
  {
    name: "a product of matrices that do not fit",
    source: "fn f(n, t) { let a = [sin(i + t * j) for i in 0..n, j in 0..n]\n sum(a @ (a @ a)[..10]) }",
    args: [40, 0.3],
    wrt: "t",
  },
  {
    name: "a product of large matrices",
    source: "fn f(n, t) { let a = [sin(i + t * j) for i in 0..n, j in 0..n]\n sum(a @ (a @ a)) }",
    args: [40, 0.3],
    wrt: "t",
  },
  {
    name: "a product of nothing",
    source: "fn f(a, x) = sum(a @ x) + sum(x @ zeros([0, 2]))",
    args: [{ shape: [2, 0], data: v() }, v()],
  },
  {
    name: "arrays that are spread over others",
    source:
      "fn f(a, x) { let c = a * x + x\n let d = c / (2 + a[0])\n let e = sum(d, axis: 1, keep: true) * a - x\n sum(e * e) + sum([x[0]] * x) + sum(x ^ 2 * sum(a, axis: 0)) }",
    args: [{ shape: [2, 3], data: v(1, 2, -3, 0.5, 1, -0.2) }, v(0.3, -0.7, 1.1)],
  },
  {
    name: "reductions of rows, and a transpose",
    source:
      "fn f(a, x) { let r = logsumexp(a, axis: 1) - sum(a * x, axis: -1) * mean(a, axis: 1)\n sum(transpose(a) @ r) + (jvp(z => sum(logsumexp(transpose(a) * z[0] + z[..2], axis: 1)), x, x)[1]) }",
    args: [{ shape: [2, 3], data: v(1, 2, -3, 0.5, 1, -0.2) }, v(0.3, -0.7, 1.1)],
  },
  {
    name: "a product that is changed in part, pushed forward",
    source: "fn f(a, x) = jvp(m => do { var v = [x, 1] @ m\n v[0] -= v[0]\n v = v[0]\n v }, a, a)[1] + x",
    args: [{ shape: [2, 2], data: v(1, 2, -3, 0.5) }, 0.3],
  },
  {
    name: "parts of matrices by rows and columns",
    source:
      "fn f(a, k) = sum(a[.., ..2] * a[.., 1..3]) + sum(a[k.., -1] * a[..=1, 0] * 3) + sum(logsumexp(a[0..2, 0..k], axis: 0)) + len(a[.., 3..])",
    args: [{ shape: [2, 3], data: v(1, 2, -3, 0.5, 1, -0.2) }, 1],
    wrt: "a",
  },
  {
    name: "a column that is not there",
    source: "fn f(a, k) = sum(a[.., k])",
    args: [{ shape: [2, 3], data: v(1, 2, -3, 0.5, 1, -0.2) }, 3],
    wrt: "a",
  },
  {
    name: "columns that are not there",
    source: "fn f(a, k) = sum(a[.., 1..k])",
    args: [{ shape: [2, 3], data: v(1, 2, -3, 0.5, 1, -0.2) }, 4],
    wrt: "a",
  },
  {
    name: "columns from the last to the first",
    source: "fn f(a, k) = sum(a[.., 2..k])",
    args: [{ shape: [2, 3], data: v(1, 2, -3, 0.5, 1, -0.2) }, 1],
    wrt: "a",
  },
  {
    name: "rows of nothing",
    source: "fn f(a, x) = sum(sum(a + x, axis: 1)) + sum(transpose(a) + 1)",
    args: [{ shape: [2, 0], data: v() }, v()],
  },
  {
    name: "a record that is either new or somebody else's, changed in part",
    source:
      "fn f(x, c) { var r = if c > 0 { { w: [] } } else { { w: x } }\n r.w[1] += 3 * x[0]\n sum(x) + sum(r.w * r.w) }",
    args: [v(0.5, 2), 0],
    wrt: "x",
  },
  {
    name: "rows whose length tier 0 tells",
    source: "fn f(x) = sum([sort(y * x) for y in x])",
    args: [v(3, 1, 2, 5, 4, 9, 7, 8, 6, 10)],
  },
  {
    name: "elements of several sequences at once",
    source:
      "fn f(x) { var s = 0\n for (i, (p, q)) in enumerate(zip(x, x * x)) { s += i * p * sin(q) }\n for (a, b) in zip([[1, 2], [3, x[1]]], [4, 5]) { s += sum(a) * b }\n s }",
    args: [v(3, 1, 2, 5, 4, 9, 7, 8, 6, 10)],
  },
  {
    name: "a reason in words",
    source:
      'fn f(x) { var v = { reason: "", x }\n for i in 0..9 { v.x = v.x * 1.3\n if v.x > 7 { v.reason = "large" } else if v.x < 0 { v.reason = "negative" }\n if v.reason != "" { break } }\n match v.reason { "large" => v.x, "negative" => -v.x, _ => 0 } }',
    args: [2],
  },
  { name: "an error", source: 'fn f(x) { if x > 1 { error("too large") }\n x }', args: [2] },
  { name: "no element", source: "fn f(x) { var s = 0\n for y in x { s += y }\n s + len(x) }", args: [v()] },
]

interface Outcome {
  readonly value: number[] | string
  readonly steps: number
}

function outcome(engine: Engine, run: () => unknown): Outcome {
  let value: number[] | string
  try {
    const out = run()
    value = leaves(
      typeof out === "object" && out !== null && "value" in out
        ? [(out as { value: unknown }).value, (out as unknown as { grad: unknown }).grad]
        : out,
    )
  } catch (error) {
    value = error instanceof Error ? error.message : String(error)
  }
  return { value, steps: engine.runtime.steps }
}

function engines(): { plain: Engine; compiled: Engine; tier: Tier; notes: string[] } {
  const plain = createEngine({ tier: 0 })
  const compiled = createEngine({ tier: 0 })
  const notes: string[] = []
  const tier = new Tier(compiled.runtime.library, { patience: 0, note: (text) => notes.push(text) })
  compiled.runtime.compiled = tier
  return { plain, compiled, tier, notes }
}

function near(a: number[] | string, b: number[] | string): void {
  if (typeof a === "string" || typeof b === "string") {
    expect(a).toEqual(b)
    return
  }
  expect(a.length).toBe(b.length)
  a.forEach((x, k) => {
    const y = b[k]!
    if (Number.isNaN(y)) expect(x).toBeNaN()
    else if (x !== y) expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(y)))
  })
}

describe("compiled and interpreted agree", () => {
  for (const { name, source, args, wrt } of programs) {
    test(name, () => {
      const { plain, compiled, tier, notes } = engines()
      const [f, g] = [plain, compiled].map((engine) => engine.load(source, { name: "case.adl" }).fn("f"))
      const reference = outcome(plain, () => f!(...args))
      const found = outcome(compiled, () => g!(...args))
      expect(notes).toEqual([])
      expect(found).toEqual(reference)
      const options = wrt === undefined ? {} : { wrt }
      const slope = outcome(plain, () => f!.valueAndGrad(options)(...args))
      const compiledSlope = outcome(compiled, () => g!.valueAndGrad(options)(...args))
      expect(notes).toEqual([])
      near(compiledSlope.value, slope.value)
      if (typeof slope.value !== "string") expect(compiledSlope.steps).toBe(slope.steps)
      const missed = tier.reports().filter((report) => !report.compiled && report.name === "f")
      const gaveUp = "its code gave up again and again"
      const reasons = missed.flatMap(({ reason }) => (reason === null || reason === gaveUp ? [] : [reason]))
      expect(reasons).toEqual([])
    })
  }
})

test("a function that was called before the compiler was there is compiled once it is", async () => {
  const engine = createEngine({ tier: 1 })
  const module = engine.load("fn f(x) = x * x")
  const f = module.fn("f")
  f(2)
  await engine.ready
  for (let k = 0; k < 200; k++) f(3)
  const { code } = module.value("f").value as Closure
  expect((engine.runtime.compiled as Tier).compiledOf(code.code).map(({ request }) => request)).toEqual(["call"])
})

test("a compiler that can be had in time is loaded once a run is long, and not before", () => {
  let loaded = 0
  const compilerInTime = () => {
    loaded++
    return compilerModule
  }
  const engine = new EngineClass({}, { rest: () => null, special: [], compilerInTime })
  const f = engine.load("fn f(n) { var s = 1\n for i in 0..n { s = sin(s) + i }\n s }").fn("f")
  f(100)
  expect([loaded, engine.compiles]).toEqual([0, false])
  expect(f(50_000)).toBe(
    createEngine({ tier: 0 }).load("fn f(n) { var s = 1\n for i in 0..n { s = sin(s) + i }\n s }").fn("f")(50_000),
  )
  f(50_000)
  expect([loaded, engine.compiles]).toEqual([1, true])
  new EngineClass({ tier: 0 }, { rest: () => null, special: [], compilerInTime }).evaluate("sum(i for i in 0..50000)")
  expect(loaded).toBe(1)
})

describe("switching", () => {
  const training = `fn loss(w) { var s = 0
  for i in 0..50 { s += (w - i) ^ 2 }
  s }
var w = 1
for epoch in 0..4 {
  w -= 0.001 * grad(loss)(w)
  print("{epoch}")
}
w`

  function printed(tier: boolean): { lines: string[]; value: string; reports: ReturnType<Tier["reports"]> } {
    const lines: string[] = []
    const engine = createEngine({ tier: 0, print: (text) => lines.push(text) })
    const compiler = new Tier(engine.runtime.library)
    if (tier) engine.runtime.compiled = compiler
    let value = ""
    engine.run(training, { onValue: (shown) => (value = shown.toString()) })
    return { lines, value, reports: compiler.reports() }
  }

  test("a loop that prints is interpreted, once, and what it calls is compiled", () => {
    const reference = printed(false)
    const { lines, value, reports } = printed(true)
    expect(lines).toEqual(["0", "1", "2", "3"])
    expect(value).toBe(reference.value)
    expect(
      reports.filter(({ request }) => request === "grad").map(({ compiled, runs }) => ({ compiled, runs })),
    ).toEqual([{ compiled: true, runs: 4 }])
  })

  test("a value of very many parts is left alone", () => {
    const { compiled, tier } = engines()
    const grown = "fn f(n) = 1\ndo { var n = ()\n for i in 0..1000 { n = (1, n) }\n f(n) + f(n) + f(n) }"
    expect(compiled.evaluate(grown).toJS()).toBe(3)
    expect(tier.reports().find(({ name }) => name === "f")?.reason).toBe("a value of very many parts")
  })

  test("loops that begin at one place are told apart", () => {
    const { compiled, notes } = engines()
    const ranks = `var s = 0
for k in 0..200 {
  let m = [i * j for i in 0..40, j in 0..40]
  attempt(() => print)
  s += len(shape(m))
}
s`
    expect(compiled.evaluate(ranks).toJS()).toBe(400)
    expect(notes).toEqual([])
  })

  /** The reports on `f` after statements, in which the compiled tier gave what tier 0 gives. */
  function reportsOn(definitions: string, statements: readonly string[]): ReturnType<Tier["reports"]> {
    const { plain, compiled, tier, notes } = engines()
    const source = `${definitions}\n${statements.join("\n")}\ns`
    expect(compiled.evaluate(source).toJS()).toBe(plain.evaluate(source).toJS())
    expect(notes).toEqual([])
    return tier.reports().filter(({ name }) => name === "f")
  }
  const times = (count: number, text: (k: number) => string): string[] =>
    Array.from({ length: count }, (_, k) => text(k))

  test("functions of ever new forms are compiled as long as that is worth it", () => {
    const functions = times(20, (k) => `let g${String(k)} = x => x + ${String(k)}`)
    const definitions = `fn f(g, x) = g(x) * g(x + 1)\n${functions.join("\n")}\nvar s = 0`
    const often = times(20, (k) => times(9, (i) => `s += f(g${String(k)}, ${String(i)})`).join("\n"))
    expect(reportsOn(definitions, often)).toMatchObject([{ request: "call", runs: 180 }])
    const once = times(20, (k) => `s += f(g${String(k)}, 1)`)
    expect(reportsOn(definitions, once)).toMatchObject([{ runs: 8, reason: "its arguments have too many forms" }])
  })

  test("code that gives up is no reason to leave other forms interpreted", () => {
    const definitions = "fn f(g, x) = g(x)\nlet bad = x => 1 / grad(t => sqrt(t))(x)\nlet good = x => x * x\nvar s = 0"
    const statements = [...times(40, () => "s += f(bad, 0)"), ...times(40, (k) => `s += f(good, ${String(k)})`)]
    const [report] = reportsOn(definitions, statements)
    expect(report!.runs).toBeGreaterThan(30)
  })

  test("code that gave up again and again is tried again, less and less often", () => {
    const definitions = "fn f(x) = 1 / grad(t => sqrt(t))(x)\nvar s = 0"
    const calls = (n: number, x: number) => `for k in 0..${String(n)} { s += f(${String(x)})\n attempt(() => print) }`
    const [report] = reportsOn(definitions, [calls(100, 0), calls(1000, 2)])
    expect(report!.runs).toBeGreaterThan(700)
  })

  test("without code generation everything is interpreted", () => {
    const { Function: original } = globalThis
    globalThis.Function = (() => {
      throw new EvalError("code generation is disallowed")
    }) as unknown as FunctionConstructor
    try {
      const { value, reports } = printed(true)
      expect(value).toBe(printed(false).value)
      expect(reports.every(({ compiled }) => !compiled)).toBe(true)
    } finally {
      globalThis.Function = original
    }
  })
})

test("an error is caught where it is attempted, also in a loop that is compiled", async () => {
  const source = `fn tried(A, b) = match attempt(() => solve(A, b)) { Done(x) => x[0]
  Failed(_) => -1 }
fn f(n) { var s = 0
 for i in 0..n { s += tried([[i, 0], [0, 0]], [1, 1]) }
 s }
f(3000)`
  const engine = createEngine({ tier: 1 })
  await engine.ready
  expect(engine.evaluate(source).toJS()).toBe(-3000)
})

test("what is stored into an array behind a loop that handed it on keeps its derivative", async () => {
  const source = `fn f(x) {
  var v = ones(12)
  for i in 0..1 { v = v }
  v[0] = x
  sum(v)
}
jvp(f, 2, 3)`
  const engine = createEngine({ tier: 1 })
  await engine.ready
  expect(engine.evaluate(source).toString()).toBe("(13, 3)")
})

test("what a turn saves has room behind what its branches saved on the same stack", async () => {
  const source = `fn f(a) { var s = a
 for i in 0..901 {
  s = s * s * 0.7 + sin(s)
  if s > 1 { s = sin(s) * 0.5 * s }
 }
 s }
grad(f)(0.3)`
  const slope = async (tier: 0 | 1): Promise<number> => {
    const engine = createEngine({ tier })
    await engine.ready
    return engine.evaluate(source).toJS() as number
  }
  expect((await slope(1)) / (await slope(0))).toBeCloseTo(1, 10)
})

test("places are computed modulo 2^32, what else is made of them is not", () => {
  const engine = createEngine({ tier: 0 })
  const tier = new Tier(engine.runtime.library)
  engine.runtime.compiled = tier
  const f = engine.load(
    "fn f(a, n) { var s = 0\n for i in 0..n { for j in 0..n { s += a[i, j] * (i * 3000000000 + j) } }\n s }",
  )
  const run = (): unknown => f.fn("f")({ shape: [3, 3], data: v(1, 2, 3, 4, 5, 6, 7, 8, 9) }, 3)
  const reference = run()
  for (let k = 0; k < 200; k++) expect(run()).toBe(reference)
  const [compiled] = tier.reports().filter((report) => report.name === "f" && report.runs > 0)
  const code = showLir(tier.compiledOf(compiled!.code)[0]!.entry.lir)
  expect(code.match(/place \w+ = (add|mul)/g)?.length).toBeGreaterThan(0)
  expect(code).toMatch(/int \w+ = mul\(\w+, 3000000000\)/)
})

describe("functions that are too large for one", () => {
  const lines = Array.from({ length: 150 }, (_, j) => {
    const before = String(Math.floor(j / 2))
    return `  let x${String(j)} = (s + ${String(j)}) * t + v[i]
  if x${String(j)} > 20 { t = t * 0.9 } else { v[i] = v[i] * 0.999 }
  s = 0.9 * s + 0.01 / (1 + x${String(j)} * x${before})`
  })
  const source = `fn f(a, k) {
 var s = a
 var t = 0.5
 var v = zeros(k)
 for i in 0..k {
  v[i] = a * i
${lines.join("\n")}
  if s > 1000 { break }
 }
 s + t + sum(v)
}`

  test("are split, and give what they gave", () => {
    const engine = createEngine({ tier: 0 })
    const tier = new Tier(engine.runtime.library)
    const run = () => engine.load(source).fn("f").valueAndGrad({ wrt: "a" })(0.3, 5) as { value: number; grad: number }
    const reference = run()
    engine.runtime.compiled = tier
    const { value, grad } = run()
    expect(value).toBe(reference.value)
    expect(grad / reference.grad).toBeCloseTo(1, 12)
    const [compiled] = tier.reports().filter((report) => report.request === "value_and_grad" && report.runs > 0)
    const code = tier.codeOf(compiled!.code)
    expect(code.match(/^const f\d+ = /gm)?.length).toBeGreaterThan(2)
    const longest = Math.max(...code.split(/^}$/m).map((piece) => piece.split("\n").length))
    expect(longest).toBeLessThan(2500)
  })
})

test("a derivative that is known not to be finite is left to tier 0, which knows what depends on what", () => {
  const source = "fn f(x) = jacfwd(atan)([sqrt(-2), x])[0, 1]"
  const plain = createEngine({ tier: 0 })
  const compiled = createEngine({ tier: 0 })
  compiled.runtime.compiled = new Tier(compiled.runtime.library)
  expect(compiled.load(source).fn("f")(0.4)).toBe(plain.load(source).fn("f")(0.4))
})

describe("loops whose steps are counted before them look at the clock", () => {
  test.each([
    ["one", "fn f(n, m) { var s = 0.0\n for i in 0..n * n { s += sin(i) }\n s }"],
    ["a short one in it", "fn f(n, m) { var s = 0.0\n for i in 0..n { for j in 0..m { s += sin(i * j) } }\n s }"],
    ["its reverse", "fn f(n, m) = grad(x => do { var s = x\n for i in 0..m { for j in 0..n { s += x * j } }\n s })(n)"],
  ])("%s", (_, source) => {
    let clock = 0
    const engine = createEngine({ tier: 0, limits: { ms: 100 }, now: () => clock++ })
    const tier = new Tier(engine.runtime.library)
    engine.runtime.compiled = tier
    const f = engine.load(source).fn<[number, number], number>("f")
    f(3, 3)
    expect(() => f(1e7, 8)).toThrow("ran longer than 0.1 s")
    expect(tier.reports().some(({ runs }) => runs > 0)).toBe(true)
  })
})

test("operands of few elements are numbers, as arrays that are made in the code are", () => {
  const engine = createEngine({ tier: 0 })
  const tier = new Tier(engine.runtime.library)
  engine.runtime.compiled = tier
  const source = "fn f(x, n) { var v = x\n for i in 0..n { v = v - 0.1 * grad(y => dot(y, y))(v) }\n v }"
  const f = engine.load(source).fn("f")
  for (const count of [2, 3, 4, 1, 0, 5, 2]) {
    const x = Float64Array.from({ length: count }, (_, k) => k + 1)
    const left = 0.8 * 0.8
    expect(Array.from(f(x, 2) as Float64Array)).toEqual(Array.from(x, (v) => expect.closeTo(v * left, 12) as number))
  }
  const [report] = tier.reports().filter(({ compiled }) => compiled)
  const [first] = tier.compiledOf(report!.code)
  expect(first!.entry.js.source).not.toMatch(/\$\.(alloc|kept)/)
})
