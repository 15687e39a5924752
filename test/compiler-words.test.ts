/**
 * The table of words: what is differentiated × every word of two modes, and longer ones.
 * Each row is a function `f` of `inputs`; each word of it is compiled and gives what tier 0 gives. What is not compiled stands behind the table, with the reason that is
 * reported for it. It must not know how code is made.
 */

import { beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import "./everything.ts"
import { compare } from "./differential.ts"

beforeAll(() => {
  checks.verify = true
})

/** `inner`: the inner product of a point and a direction. In each name the outermost mode stands first; grad(grad) is vjp of vjp, with a word of its own. */
const words = (inner: string): string => `
fn forward(f) = x => jvp(f, x, along)[1]
fn reverse(f) = x => ${inner}(grad(f)(x), along)
fn exact_jvp_jvp(x) = forward(forward(f))(x)
fn rough_jvp_vjp(x) = jvp(grad(f), x, along)
fn rough_vjp_jvp(x) = grad(forward(f))(x)
fn rough_vjp_vjp(x) = grad(reverse(f))(x)
fn exact_jvp_jvp_jvp(x) = forward(forward(forward(f)))(x)
fn rough_jvp_jvp_vjp(x) = jvp(forward(reverse(f)), x, along)
fn rough_jvp_vjp_jvp(x) = jvp(grad(forward(f)), x, along)
fn rough_jvp_vjp_vjp(x) = jvp(grad(reverse(f)), x, along)
fn rough_vjp_jvp_jvp(x) = grad(forward(forward(f)))(x)
fn rough_vjp_jvp_vjp(x) = grad(forward(reverse(f)))(x)
fn rough_vjp_vjp_jvp(x) = grad(reverse(forward(f)))(x)
fn rough_vjp_vjp_vjp(x) = grad(reverse(reverse(f)))(x)
`
const number = (f: string): string => `let inputs = 0.7\nlet along = 1.3\n${f}${words("dot")}`
const array = (f: string): string =>
  `let inputs = [0.3, 0.4, 0.5, 1, 0.2, 0.6]\nlet along = 1 - inputs\n${f}${words("dot")}`
/** How deep nobody knows before. */
const n = "let n = if x > 0 { 4 } else { 5 }"

const trees = `type Tree = Leaf(value) | Node(left, right)
fn grow(n, x) = if n <= 0 { Leaf(sin(x)) } else { Node(grow(n - 1, x), grow(n - 1, x * 1.1 + n)) }
fn total(t, x) = match t { Leaf(v) => v * v * x
 Node(l, r) => total(l, x) * 0.5 + sin(total(r, x)) }
fn map(t, f) = match t { Leaf(v) => Leaf(f(v))
 Node(l, r) => Node(map(l, f), map(r, f)) }
let tree = grow(6, 0.4)
`

const rows: Readonly<Record<string, string>> = {
  "a function that calls itself": number(
    `fn go(n, x) = if n <= 0 { x * x } else { sin(go(n - 1, x) * x) + x }\nfn f(x) { ${n}\n go(n, x) * x }`,
  ),
  "as deep as its numbers say": number(
    "fn go(x) = if x > 20 { x * x } else if x > 2 { go(x * 3) * x } else { go(x * x + 1.2) + sin(x) }\nfn f(x) = go(x) * x",
  ),
  "a function that calls itself twice": number(
    `fn go(n, x) = if n <= 0 { x * x } else { go(n - 1, x) * sin(x) + go(n - 2, x * 0.9) }\nfn f(x) { ${n}\n go(n, x) * x }`,
  ),
  "functions that call each other": number(
    `fn even(n, x) = if n <= 0 { x * x } else { odd(n - 1, sin(x)) * x }
fn odd(n, x) = if n <= 0 { exp(x) } else { even(n - 1, x * x) + x }
fn f(x) { ${n}\n even(n, x) * x }`,
  ),
  "more than one value": number(
    `fn pair(n, x) = if n <= 0 { (x * x, n > 0) } else { let (a, b) = pair(n - 1, x * 0.9)
 (if b { a * a } else { sin(a) * x }, not b) }
fn f(x) { ${n}\n pair(n, x)[0] * x }`,
  ),
  "an array that is read": number(
    "let v = [0.3, 0.5, 0.7]\nfn over(a, i, x) = if i == len(a) { x } else { a[i] * over(a, i + 1, x * a[i]) + a[0] }\nfn f(x) = over(v * x, 0, x)",
  ),
  "an array as the point": array(
    "fn over(a, i, x) = if i == len(a) { x } else { a[i] * over(a, i + 1, x * a[i]) + a[0] }\nfn f(a) = over(a, 0, a[1])",
  ),
  "halves of an array": array(
    "fn halves(a) = if len(a) == 1 { a[0] * a[0] * a[0] } else { let m = floor(len(a) / 2)\n halves(a[..m]) * 0.5 + sin(halves(a[m..])) }\nfn f(a) = halves(a)",
  ),
  "loops in it": number(
    `fn go(n, x) = if n <= 0 { x * x } else { var s = x
 for i in 0..n { s = s * sin(x + i) + go(n - 2, s) }
 s * go(n - 1, x * 0.9) }
fn f(x) { ${n}\n go(n - 1, x) }`,
  ),
  "loops around it": number(
    `fn go(n, x) = if n <= 0 { x * x } else { sin(go(n - 1, x) * x) + x }
fn f(x) { var s = x
 for i in 0..4 { s = s * go(i, s) + x }
 while s < 9 { s = s * s + go(floor(s), s) * 0.1 + 1 }
 s }`,
  ),
  "an array that it changes": number(
    `fn go(n, x) = if n <= 0 { x } else { var a = [x * i for i in 0..n]
 for i in 1..n { a[i] = a[i] * a[i - 1] + go(n - 2, x) }
 a[n - 1] + go(n - 1, x * 0.9) }
fn f(x) { ${n}\n go(n, x) }`,
  ),
  "arrays that it changes and gives to itself": number(
    `fn go(n, a, x) = if n <= 0 { sum(a * a) } else { var c = a
 c[n] = c[n - 1] * x
 go(n - 1, c, x) }
fn f(x) { ${n}\n go(n, [x * i for i in 0..12], x) }`,
  ),
  "arrays that it gives": number(
    `fn go(n, a, x) = if n <= 0 { [x * i for i in 0..10] } else { var b = go(n - 1, a, x)
 b[n] = b[n - 1] * x + a[n]
 b[0] += x
 b }
fn f(x) { ${n}\n let v = go(n, [sin(x * i) for i in 0..10], x)\n sum(v * v) * v[3] }`,
  ),
  "an array that it is given and gives back": number(
    `fn go(n, a) = if n <= 0 { a } else { go(n - 1, a) }
fn f(x) { ${n}
 let a = [x * i for i in 0..20]
 var b = go(n, a)
 b[1] = b[2] * x
 sum(a * a) + sum(b * a) }`,
  ),
  "matrices that it gives": number(
    `fn power(m, n) = if n == 0 { eye(5) } else if n % 2 == 1 { m @ power(m, n - 1) } else { let h = power(m, n / 2)
 h @ h }
fn f(x) { ${n}\n let m = power([[0.1 * x * sin(i + j) for j in 0..5] for i in 0..5], n)\n sum(m) * m[0, 1] }`,
  ),
  "arrays in records that it gives": number(
    `fn go(n, s) = if n <= 0 { s } else { let t = go(n - 1, { pos: s.pos + s.vel[0] * 0.1, vel: s.vel - sum(s.pos) * 0.01 })
 { pos: t.pos * 1.01, vel: t.vel } }
fn f(x) { ${n}\n let s = go(n, { pos: [x * i for i in 0..20], vel: [x] })\n sum(s.pos * s.pos) + s.vel[0] }`,
  ),
  "a number or nothing": number(
    `fn find(n, x) = if n <= 0 { () } else if x > 3 { x * n } else { find(n - 1, x * x + 1) }
fn f(x) { ${n}\n let r = find(n, x)\n if r == () { x } else { r * x } }`,
  ),
  "derivatives in it": number(
    `fn power(n, x) = if n <= 0 { x } else { x * power(n - 1, sin(x)) }
fn go(n, x) = if n <= 0 { x * x } else { let s = grad(y => power(n, y * x))(x)
 s * go(n - 1, x * 0.9) + s }
fn f(x) { ${n}\n go(n - 2, x) }`,
  ).replaceAll("exact", "rough"),
  "checkpoint around it": number(
    `fn go(n, x) = if n <= 0 { x * x } else { sin(x * go(n - 1, x * 0.8)) }\nfn f(x) { ${n}\n checkpoint(y => go(n, y))(x) * x }`,
  ),
  "a tree": number(`${trees}fn f(x) = total(tree, x)`),
  "a tree that it makes": number(`${trees}fn f(x) { ${n}\n total(map(grow(n, x), v => v * v * x), x) }`),
  "a tree as the point": `${trees}let inputs = tree
let along = grow(6, 0.9)
fn f(t) = total(t, 0.3)
fn inner(s, t) = match (s, t) { (Leaf(v), Leaf(w)) => v * w
 (Node(a, b), Node(c, d)) => inner(a, c) + inner(b, d)
 _ => 0 }
${words("inner")}`,
  while: number("fn f(x) { var v = x\n while v < 20 { v = v * v + x * 2 }\n v }"),
  "elements that are changed": array(
    "fn f(a) { var b = a\n for i in 1..len(a) { b[i] = b[i] * b[i - 1] + a[0] }\n sum(b * b * b) }",
  ),
  "a function of a set": number(
    "fn f(x) { var v = x\n for i in 0..5 { let g = if v > 1 { y => sin(y) * x } else { y => y * y + 1 }\n v = g(v) * x }\n v }",
  ),
  "a function that a choice by form gives": number(`type Kind = Sine | Square | Exponential
fn pick(k) = match k { Sine => sin
 Square => (y => y * y)
 Exponential => exp }
fn f(x) { let g = pick(if x > 0.5 { Square } else { Exponential })\n g(x) * x * g(x) }`),
  "a function at an index": number(
    "fn f(x) { let fs = [sin, y => y * y * x + 1, y => y + x]\n var v = x\n for i in 0..5 { v = fs[(i + floor(abs(v))) % 3](v) * x + v }\n v }",
  ),
  "functions in a list of the program": number(
    `let fs = [sin, y => y * y, exp, tanh, y => y + 1, y => 2 * y, cos]
fn f(x) { var v = x
 for (i, g) in enumerate(fs) { v = g(v) * x + i * 0.1 }
 for g in fs { v = g(v) + 0.1 * x
  if v > 2 { break } }
 fold(fs, v, (v, g) => g(v) * x) + sum(map(fs, g => g(x))) }`,
  ),
  "functions that hold numbers and arrays": number(
    `fn f(x) { let gs = [(y => sin(y * x * i)) for i in 1..15]
 let hs = [v => sum(v * [x, 1, 2]), v => v[0] * x, v => norm(v)]
 var v = x
 for i in 0..4 { v = gs[3 * i](v) * x + hs[i % 3]([v, x, 1]) }
 v }`,
  ),
  "functions in records in a list": number(
    `let ops = [{ f: sin, w: 0.3 }, { f: y => y * y, w: 0.7 }, { f: y => exp(y) * 0.1, w: 1.2 }]
fn f(x) { var s = 0
 for i in 0..3 { s += ops[i].f(x * ops[i].w) * x }
 s * s }`,
  ),
  "layers of a network": number(
    `let net = [{ w: [[0.1, 0.2, 0.3], [0.3, -0.4, 0.5]], b: [0.1, 0.2], act: tanh }, { w: [[0.5, 0.7]], b: [0.3], act: y => y * y }]
fn f(x) { var v = [x, x * x, 1]
 for l in net { v = map(l.w @ v + l.b * x, l.act) }
 sum(v) }`,
  ),
  "functions of a list in recursion": number(
    "let fs = [sin, y => y * y, exp]\nfn go(i, v) = if i >= len(fs) { v } else { go(i + 1, fs[i](v) * v) }\nfn f(x) = go(if x > 0 { 0 } else { 1 }, x)",
  ),
  "a function that recursion gives": number(
    `fn make(n, x) = if n <= 0 { y => y * x } else { make(n - 1, x * 0.9) }\nfn f(x) { ${n}\n make(n, x)(x) * x }`,
  ),
}

describe("words are compiled", () => {
  test.each(Object.entries(rows))("%s", (_name, text) => {
    const { disagreements, notes, calls, compiled } = compare(text)!
    expect({ disagreements, notes, calls, compiled }).toEqual({ disagreements: [], notes: [], calls: 12, compiled: 12 })
  })
})

describe("Jacobians are compiled", () => {
  const asked = `fn g(x) = f(x)[0] * f(x)[1]
fn exact0(x) = jacfwd(f)(x)
fn exact1(x) = jacfwd(x => sum(jacfwd(f)(x) * 2))(x)
fn rough0(x) = jacobian(f)(x)
fn rough1(x) = jacrev(f)(x)
fn rough2(x) = hessian(g)(x)
fn rough3(x) = jacobian(grad(g))(x)
fn rough4(x) = grad(x => sum(jacobian(f)(x)))(x)
fn rough5(x) = jvp(hessian(g), x, x)
fn rough6(x) = hessian(y => dot(jacrev(f)(y)[0], x))(x)
fn rough7(x) = grad(x => sum(hessian(g)(x) * x[0]))(x)`
  const points = { few: "[0.3, 0.4, 0.5, 0.6]", many: "[0.3, 0.4, 0.5, 1, 0.2, 0.6, 0.1, 0.7, 0.9, 0.8, 1.1, 0.35]" }
  const functions = {
    "of recursion": `fn go(n, x) = if n <= 0 { x[1] } else { go(n - 1, x * 0.9) * x[n] }
fn f(x) { let n = if x[0] > 0 { 3 } else { 2 }
 [go(n, x), x[1] * go(n - 1, x)] }`,
    "of trees": `${trees}fn f(x) = [total(tree, x[1]), total(grow(4, x[2]), x[0])]`,
  }
  test.each(
    Object.entries(functions).flatMap(([name, f]) =>
      Object.entries(points).map(([many, point]) => [`${name}, ${many}`, `let inputs = ${point}\n${f}\n${asked}`]),
    ),
  )("%s", (_name, text) => {
    const { disagreements, notes, calls, compiled } = compare(text)!
    expect({ disagreements, notes, calls, compiled }).toEqual({ disagreements: [], notes: [], calls: 10, compiled: 10 })
  })
})

/** What is not compiled yet, and why. */
const outside: Readonly<Record<string, readonly [string, string]>> = {
  "functions that a loop puts around each other": [
    "a variable that changes its kind in a loop",
    number("fn f(x) { var g = y => y * x\n for i in 0..4 { let h = g\n g = y => sin(h(y)) * x }\n g(x) * x }"),
  ],
  "functions that recursion puts around each other": [
    "`make` is recursive and gives more than numbers and arrays",
    number(
      `fn make(n, x) = if n <= 0 { y => y * x } else { let g = make(n - 1, x * 0.9)
 y => sin(g(y)) * x }
fn f(x) { ${n}\n make(n, x)(x) * x }`,
    ),
  ],
  "functions in a tree": [
    "a field of a variant that may hold anything",
    number(`type E = Fn(f) | Add(a, b)
fn value(e, x) = match e { Fn(f) => f(x)
 Add(a, b) => value(a, x) + value(b, x) }
fn deep(n) = if n == 0 { Fn(sin) } else { Add(deep(n - 1), Fn(y => y * y)) }
let e = deep(7)
fn f(x) = value(e, x)`),
  ],
  "checkpoint in recursion": [
    "`checkpoint` of what gives a never",
    number(
      `fn go(n, x) = if n <= 0 { x * x } else { checkpoint(y => sin(y * go(n - 1, y * 0.8)))(x) + x }\nfn f(x) { ${n}\n go(n, x) }`,
    ),
  ],
  "trees that are compared": [
    "`==` of a boxed",
    number(`${trees}fn f(x) { let t = map(tree, v => v * x)\n if t == tree { x } else { total(t, x) } }`),
  ],
}

test.each(Object.entries(outside))("not compiled, for a reason: %s", (_name, [reason, text]) => {
  const { disagreements, notes, calls, compiled, reasons } = compare(text)!
  expect({ disagreements, notes }).toEqual({ disagreements: [], notes: [] })
  expect(compiled).toBeLessThan(calls)
  expect(reasons).toContain(reason)
})
