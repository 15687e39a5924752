/**
 * Recursive functions in the compiled tier: the same values, steps and faults as in tier 0, as deep as that goes.
 * Each program has functions `exact…`, which are called with `inputs` in every tier; those said to be compiled must have been. It must not know how routines are
 * made.
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { checks } from "../compiler/compile.ts"
import { Tier } from "../compiler/tier.ts"
import { createEngine, type AdlError } from "../engine/index.ts"
import { compare } from "./differential.ts"

beforeAll(() => {
  checks.verify = true
})

const fib = "fn fib(n) = if n < 2 { n } else { fib(n - 1) + fib(n - 2) }"

const trees = `type Tree = Leaf(value) | Node(left, right)
fn grow(n, x) = if n <= 0 { Leaf(sin(x)) } else { Node(grow(n - 1, x), grow(n - 1, x * 1.1 + n)) }
fn total(t) = match t { Leaf(v) => v * v
 Node(l, r) => total(l) * 0.5 + sin(total(r)) }
fn map(t, f) = match t { Leaf(v) => Leaf(f(v))
 Node(l, r) => Node(map(l, f), map(r, f)) }
fn first(t) = match t { Leaf(v) => v
 Node(l, r) => first(l) }`
const lists = `type List = Nil | Cons(head, tail)
fn from(n, x) = if n <= 0 { Nil } else { Cons(x, from(n - 1, x * 0.9)) }
fn reversed(l, acc) = match l { Nil => acc
 Cons(h, t) => reversed(t, Cons(h, acc)) }
fn weighed(l) = match l { Nil => 0
 Cons(h, t) => h * h + 0.5 * weighed(t) }`
const flagged = `type T = A(x, flag) | B(l, r) | C
fn f(t) = match t { A(x, flag) => if flag { x * x } else { x }
 B(l, r) => f(l) * f(r) + f(r)
 C => 1 }
fn first(t) = match t { A(x, _) => x
 B(l, r) => first(l)
 C => 0 }
fn deep(n) = if n == 0 { A(0.5, true) } else { B(deep(n - 1), B(A(n / 7, n % 2 == 0), C)) }
let t = deep(7)`

const compiled: Readonly<Record<string, string>> = {
  "a number": `let inputs = 15\n${fib}\nfn exact(n) = fib(n)`,
  "more than one value, a truth among them":
    "let inputs = (10, 0.3)\nfn go(n, x) = if n <= 0 { (x, n > 5) } else { let (a, b) = go(n - 1, x * 0.9)\n (a + x, not b) }\nfn exact(n, x) = go(n, x)",
  "two functions that call each other":
    "let inputs = 11\nfn even(n) = if n == 0 { true } else { odd(n - 1) }\nfn odd(n) = if n == 0 { false } else { even(n - 1) }\nfn exact(n) = (even(n), odd(n))",
  "an array of the program":
    "let inputs = (10, 0.3)\nlet w = [1.5, 2.5, 3.5]\nfn go(n, x) = if n <= 0 { x } else { go(n - 1, x) * w[n % 3] }\nfn exact(n, x) = go(n, x)",
  "an array as an argument":
    "let inputs = [1.5, 2, -3]\nfn go(a, i) = if i == len(a) { 0 } else { a[i] * i + go(a, i + 1) }\nfn exact(a) = go(a, 0)",
  "a function in a function, which holds itself and a number":
    "let inputs = (10, 0.3)\nfn exact(n, x) {\n fn go(k) = if k <= 0 { x } else { go(k - 1) * sin(x + k) }\n go(n) }",
  "two functions in a function that hold each other":
    "let inputs = (9, 0.3)\nfn exact(n, x) {\n fn up(k) = if k <= 0 { x } else { down(k - 1) + 1 }\n fn down(k) = if k <= 0 { -x } else { up(k - 1) * 0.5 }\n up(n) - down(n) }",
  "a call in the argument of another":
    "let inputs = (2, 3)\nfn ack(m, n) = if m == 0 { n + 1 } else if n == 0 { ack(m - 1, 1) } else { ack(m - 1, ack(m, n - 1)) }\nfn exact(m, n) = ack(m, n)",
  "constants that say how deep":
    "let inputs = 0.3\nfn p(x, n) = if n == 0 { 1 } else { x * p(x, n - 1) }\nfn exact(x) = p(x, 4) + p(x, 20)",
  "a function as an argument":
    "let inputs = (12, 0.3)\nfn go(n, f, x) = if n == 0 { x } else { f(go(n - 1, f, x)) }\nfn exact(n, x) = go(n, y => sin(y) + x, x)",
  "a tree as deep as it may be": `let inputs = (0.9, 0.3)
type Tree = Leaf(value) | Node(left, right)
fn total(t, w) = match t { Leaf(v) => w * v * v
 Node(l, r) => { let a = total(l, w)
 let b = total(r, w)
 0.5 * (a + b) - 0.1 * a * b } }
let tree = Node(Node(Node(Node(Node(Node(Leaf(0.4), Leaf(0.2)), Leaf(0.9)), Leaf(0.1)), Leaf(0.3)), Leaf(2)), Leaf(1.5))
fn exact0(w, x) = total(tree, w)
fn exact1(w, x) = jvp(w => total(tree, w), w, x)
fn rough0(w, x) = value_and_grad(w => total(tree, w))(w)`,
  "a tree that it makes": `let inputs = (6, 0.3)
${trees}
fn exact0(n, x) = grow(n, x)
fn exact1(n, x) = total(grow(n, x))
fn exact2(n, x) = total(map(grow(n, 0.3), v => v * x))
fn exact3(n, x) = first(map(map(grow(n, x), v => v + n), sin))`,
  "a list, and what it was given so far": `let inputs = (12, 0.7)
${lists}
fn exact0(n, x) = weighed(reversed(from(n, x), Nil))
fn exact1(n, x) = reversed(from(n, x), Cons(x, Nil))`,
  "expressions that are taken apart and put together": `let inputs = (5, 0.7)
type E = Num(c) | X | Add(a, b) | Mul(a, b)
fn build(n) = if n <= 0 { X } else { Add(Mul(X, build(n - 1)), Num(n)) }
fn d(e) = match e { Num(_) => Num(0)
 X => Num(1)
 Add(a, b) => Add(d(a), d(b))
 Mul(a, b) => Add(Mul(d(a), b), Mul(a, d(b))) }
fn simple(e) = match e {
 Add(a, b) => match (simple(a), simple(b)) { (Num(0), y) => y
  (y, Num(0)) => y
  (Num(p), Num(q)) => Num(p + q)
  (p, q) => Add(p, q) }
 Mul(a, b) => match (simple(a), simple(b)) { (Num(0), _) => Num(0)
  (_, Num(0)) => Num(0)
  (Num(1), y) => y
  (y, Num(1)) => y
  (p, q) => Mul(p, q) }
 e => e }
fn value(e, x) = match e { Num(c) => c
 X => x
 Add(a, b) => value(a, x) + value(b, x)
 Mul(a, b) => value(a, x) * value(b, x) }
fn exact0(n, x) = value(simple(d(build(n))), x)
fn exact1(n, x) = simple(d(build(n)))
fn exact2(n, x) = value(simple(d(build(6))), x)
fn rough(n, x) = grad(x => value(build(n), x))(x)`,
  "an argument left out":
    "let inputs = (12, 0.3)\nfn go(n, x = 0.5) = if n < 1 { x } else { go(n - 1) + go(n - 5, x * 0.5) }\nfn exact(n, x) = go(n, x)",
  "reductions beside many of them":
    "let inputs = ([0.5, 1.5, 2], 4)\n" +
    [0, 1, 2, 3, 4, 5, 6, 7]
      .map((k) => `fn go${String(k)}(n) = if n < 1 { ${String(k)} } else { n * go${String(k)}(n - 1) }\n`)
      .join("") +
    "fn exact(a, n) = logsumexp(a) + go0(n) + go1(n) + go2(n) + go3(n) + go4(n) + go5(n) + go6(n) + go7(n)",
  "loops in it and around it":
    "let inputs = (4, 0.3)\nfn go(n, x) {\n var s = x\n for i in 0..n { s += go(i, s * 0.5) }\n s }\nfn exact(n, x) {\n var s = 0\n for i in 0..n { s += go(i, x) }\n s }",
  "a way out of it":
    "let inputs = (8, 0.3)\nfn go(n, x) {\n if n <= 0 { return x }\n for i in 0..n { if i > 3 { return go(n - 2, x * i) } }\n go(n - 1, x) + n }\nfn exact(n, x) = go(n, x)",
}

describe("recursion is compiled", () => {
  test.each(Object.entries(compiled))("%s", (_name, text) => {
    const { disagreements, notes, calls, compiled } = compare(text)!
    expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
  })
})

const derivatives: Readonly<Record<string, string>> = {
  "a chain": `let inputs = (7, 0.3)
fn go(n, x) = if n <= 0 { x * x } else { sin(go(n - 1, x * 0.9)) * x + n }
fn exact0(n, x) = jvp(x => go(n, x), x, 1)
fn exact1(n, x) = jvp(go, (n, x), (0.3, 0.9))
fn exact2(n, x) = jvp(x => jvp(y => go(n, y), x, 1)[1], x, 1)
fn rough0(n, x) = value_and_grad(go)(n, x)
fn rough1(n, x) = grad(go, wrt: 1)(n, x)
fn rough2(n, x) = grad(x => jvp(y => go(n, y), x, 1)[1])(x)`,
  "two numbers and two calls": `let inputs = (7, 0.3)
fn go(n, x) = if n <= 0 { (x * x, n) } else { let (a, b) = go(n - 1, x * 0.9)
 let (c, d) = go(n - 2, sin(a))
 (a * c, b + d * x) }
fn f(n, x) = do { let (a, b) = go(n, x)
 a * b }
fn exact0(n, x) = jvp(x => f(n, x), x, 1)
fn exact1(n, x) = jvp(f, (n, x), (0.3, 0.9))
fn rough0(n, x) = value_and_grad(f)(n, x)
fn rough1(n, x) = grad(f, wrt: 1)(n, x)
fn rough2(n, x) = grad((n, x) => go(n, x)[0])(n, x)
fn rough3(n, x) = jacobian(x => [f(n, x), go(n, x)[1]])(x)
fn rough4(n, x) = vjp(go, (n, x))[1]((0.3, 0.4))`,
  "an array": `let inputs = ([0.3, 0.5, 0.7, 1.1], 0.3)
fn go(a, i, x) = if i == len(a) { x } else { a[i] * go(a, i + 1, x * a[i]) + a[0] }
fn exact0(a, x) = jvp(a => go(a, 0, x), a, a)
fn exact1(a, x) = jvp((a, x) => go(a, 0, x), (a, x), (a, x))
fn rough0(a, x) = value_and_grad((a, x) => go(a, 0, x))(a, x)
fn rough1(a, x) = grad(a => go(a, 0, x))(a)
fn rough2(a, x) = grad(a => { var s = 0
 for i in 0..len(a) { s += sin(s) * go(a, i, x) }
 s })(a)`,
  "loops inside, captures": `let inputs = (5, 0.3)
fn exact0(n, x) { fn go(k, y) = if k <= 0 { x * y } else { go(k - 1, y * x) * sin(x + k) }
 jvp(y => go(n, y), x, 1) }
fn exact1(n, x) = jvp(x => { fn go(k, y) = if k <= 0 { x * y } else { go(k - 1, y * x) * sin(x + k) }
 go(n, x) }, x, 1)
fn rough0(n, x) = grad(x => { fn go(k, y) = if k <= 0 { x * y } else { var s = y
 for i in 0..k { s += x * go(i, s * 0.5)
  if s > 10 { s = 1 } }
 s }
 go(n, 0.4) })(x)
fn rough1(n, x) = jacobian(z => { fn go(k, y) = if k <= 0 { x * y } else { y[0] * go(k - 1, [y[1], y[0] * 0.9]) }
 go(n, [z, z]) })(x)`,
  "a loop that is left, branches and what is not used": `let inputs = (6, 0.7)
fn go(n, x, y) {
 if n <= 0 { return x }
 var s = y
 for i in 0..n {
  s = if s > 1 { go(n - 2, s * 0.3, y) } else { s + go(n - 3, x, s) * i }
  if s > 3 { break } }
 go(n - 1, y, 1)
 s * x }
fn exact(n, x) = jvp(x => go(n, x, x * x), x, 1)
fn rough(n, x) = value_and_grad((x, y) => go(n, x, y))(x, x * x)`,
  "calls in a loop whose turns are not known": `let inputs = (6, 0.7)
fn go(n, x) = if n <= 0 { x } else { 0.5 * go(n - 1, sin(x)) + 0.3 * go(n - 2, x) }
fn exact(n, x) = jvp(x => { var v = x
 while v > 0.1 { v = v * go(n, v) }
 v }, x, 1)
fn rough(n, x) = grad(x => { var v = x
 while v > 0.1 { v = v * go(n, v) }
 v })(x)`,
  "a tree": `let inputs = 0.9
${trees}
let tree = grow(7, 0.4)
fn exact0(x) = jvp(total, tree, tree)
fn exact1(x) = jvp(t => map(t, v => v * x), tree, tree)
fn exact2(x) = jvp(x => map(tree, v => v * x), x, 1)[1]
fn exact3(x) = jvp(x => total(map(tree, v => v * x)), x, 1)
fn rough0(x) = grad(total)(tree)
fn rough1(x) = value_and_grad((t, x) => x * total(t) + first(t) * x ^ 2)(tree, x)
fn rough2(x) = vjp(t => map(t, v => v * v * x), tree)[1](tree)
fn rough3(x) = grad(x => total(map(tree, v => v * x)))(x)
fn rough4(x) = grad(x => total(grow(5, x)))(x)
fn rough5(x) = first(grad((t, x) => first(t) * x)(tree, x)[0])`,
  "a tree that is changed step by step": `let inputs = (4, 0.1)
${trees}
let tree = grow(6, 0.4)
fn step(t, g, rate) = match (t, g) { (Leaf(v), Leaf(d)) => Leaf(v - rate * d)
 (Node(a, b), Node(c, d)) => Node(step(a, c, rate), step(b, d, rate)) }
fn rough(n, rate) { var t = tree
 for i in 0..n { t = step(t, grad(total)(t), rate) }
 total(t) }`,
  "a variant with truths and without fields": `let inputs = 0.9
${flagged}
fn exact0(w) = jvp(t => w * f(t) + first(t) * w ^ 2, t, t)
fn rough0(w) = grad((t, w) => w * f(t) + first(t) * w ^ 2)(t, w)
fn rough1(w) = first(grad((t, w) => w * f(t) + first(t) * w ^ 2, wrt: "t")(t, w))`,
  "a list in a loop": `let inputs = (9, 0.7)
${lists}
fn exact(n, x) = jvp(x => weighed(reversed(from(n, x), Nil)), x, 1)
fn rough0(n, x) = grad(x => weighed(reversed(from(n, x), Nil)))(x)
fn rough1(n, x) = grad(x => { let l = from(n, x)
 var s = 0
 for i in 0..n { s += weighed(l) * s + x }
 s })(x)
fn rough2(n, x) = grad(l => { var s = 0
 var at = l
 for i in 0..n { match at { Nil => { s += 1 }
  Cons(h, t) => { s += h * s + h
   at = t } } }
 s })(from(12, x))`,
  "the derivative of a gradient": `let inputs = (5, 0.7)
fn go(n, x) = if n <= 0 { x * x } else { sin(go(n - 1, x * 0.9)) * x + go(n - 2, x) }
fn over(a, i, x) = if i == len(a) { x } else { a[i] * over(a, i + 1, x * a[i]) + a[0] }
fn pair(n, x) = if n <= 0 { (x * x, n > 0) } else { let (a, b) = pair(n - 1, x * 0.9)
 (if b { a } else { sin(a) * x }, not b) }
fn loop(n, x) = if n <= 0 { x * x } else { var s = x
 for i in 0..n { s = s * sin(x + i) + loop(n - 2, s) }
 s * loop(n - 1, x * 0.9) }
let v = [0.3, 0.5, 0.7]
fn rough0(n, x) = hvp(x => go(n, x), x, 1)
fn rough1(n, x) = jvp(x => hvp(x => go(n, x), x, 1), x, 1)
fn rough2(n, x) = hvp(a => over(a, 0, x), v, v)
fn rough3(n, x) = jvp(x => grad(a => over(a, 0, x))(v), x, 1)
fn rough4(n, x) = hvp(x => pair(n, x)[0], x, 1)
fn rough5(n, x) = jacobian(v => [hvp(x => loop(n - 1, x) * v[0], v[1], 1), v[0]])([x, 0.3])
fn rough6(n, x) = hessian(v => go(n, v[0]) * go(n - 1, v[1]))([x, 0.3])`,
  "the derivative of a gradient of a tree": `let inputs = (6, 0.7)
${trees}
let tree = grow(6, 0.4)
fn rough0(n, x) = hvp(t => total(t) * x, tree, tree)
fn rough1(n, x) = jvp(x => grad(t => total(t) * x ^ 2)(tree), x, 1)
fn rough2(n, x) = hvp(x => total(grow(n, x)), x, 1)`,
  "trees that the reverse pass needs": `let inputs = (4, 0.7)
${trees}
let tree = grow(6, 0.4)
fn twice(t, x, n) = if n <= 0 { total(t) } else { let u = map(t, v => v * x)
 let a = twice(u, x, n - 1)
 a * total(u) }
fn rough0(n, x) = grad(x => twice(tree, x, n))(x)
fn rough1(n, x) = grad(x => { var t = tree
 var s = 0
 for i in 0..n { t = map(t, v => sin(v * x))
  s += total(t) * s + 1 }
 s })(x)
fn rough2(n, x) = grad(t => { var at = t
 var s = 1
 while first(at) != total(at) and s < n { at = match at { Leaf(v) => Leaf(v)
  Node(l, r) => l }
  s += first(at) * x }
 s })(tree)
fn rough3(n, x) = grad(x => { var l = Leaf(x)
 for i in 0..n { l = Node(l, Leaf(x * i)) }
 total(l) })(x)`,
  "trees that are shared, and beside numbers": `let inputs = (4, 0.7)
${trees}
let tree = grow(6, 0.4)
fn go(t) = match t { Leaf(v) => (v, Leaf(v * v))
 Node(l, r) => { let (a, b) = go(l)
 let (c, d) = go(r)
 (a * c, Node(b, d)) } }
fn exact(n, x) = go(tree)
fn rough0(n, x) = grad((t, y) => total(Node(t, Node(t, Leaf(y)))) * first(t))(tree, x)
fn rough1(n, x) = grad(t => { let u = map(t, v => v * x)
 total(u) * total(t) + first(u) })(tree)
fn rough2(n, x) = grad(t => { let (a, b) = go(t)
 a * total(b) })(tree)
fn rough3(n, x) = grad(t => total(stop_gradient(t)) * first(t) * x)(tree)
fn rough4(n, x) = value_and_grad(t => (total(t) * x, map(t, v => v + 1)), aux: true)(tree)`,
  "a derivative inside": `let inputs = (4, 0.7)
fn go(n, x) = if n <= 0 { x * x } else { let s = grad(y => y * sin(y) * x)(x)
 s * go(n - 1, x * 0.9) + s }
fn rough0(n, x) = go(n, x)
fn rough1(n, x) = jvp(x => go(n, x), x, 1)`,
}

describe("derivatives of recursion are compiled", () => {
  test.each(Object.entries(derivatives))("%s", (_name, text) => {
    const { disagreements, notes, calls, compiled } = compare(text)!
    expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
  })
})

describe("routines that are too large for one function are split", () => {
  const { mostStatements } = checks
  beforeAll(() => {
    checks.mostStatements = 6
  })
  afterAll(() => {
    checks.mostStatements = mostStatements
  })

  test.each(["two numbers and two calls", "an array", "a tree", "a list in a loop", "the derivative of a gradient"])(
    "%s",
    (name) => {
      const { disagreements, notes, calls, compiled } = compare(derivatives[name]!)!
      expect({ disagreements, notes, compiled }).toEqual({ disagreements: [], notes: [], compiled: calls })
    },
  )

  test("is it so?", () => {
    const engine = createEngine({ tier: 0 })
    const tier = new Tier(engine.runtime.library)
    engine.runtime.compiled = tier
    const f = engine.load(fib).fn("fib")
    for (let k = 0; k < 3; k++) f(9)
    const [compiled] = tier.reports().filter(({ runs }) => runs > 0)
    expect(tier.codeOf(compiled!.code)).toMatch(/^const f\d+ = \(depth\) => \{/m)
  })
})

const faulty: Readonly<Record<string, string>> = {
  "a tree that holds something else":
    'let inputs = 0.9\ntype Tree = Leaf(value) | Node(left, right)\nfn total(t, w) = match t { Leaf(v) => w * v\n Node(l, r) => total(l, w) + total(r, w) }\nlet tree = Node(Node(Node(Node(Node(Node(Leaf(0.4), Leaf("no")), Leaf(0.9)), Leaf(0.1)), Leaf(0.3)), Leaf(2)), 7)\nfn exact(w) = total(tree, w)',
  "without end": "let inputs = 3\nfn bad(n) = 1 + bad(n - 1)\nfn exact(n) = bad(n)",
  "a fault at the end":
    'let inputs = 3\nfn bad(n) = if n < 0 { error("deep") } else { 1 + bad(n - 1) }\nfn exact(n) = bad(n)',
  "deeper than the limit":
    "let inputs = 12000\nfn bad(n) = if n == 0 { 0 } else { 1 + bad(n - 1) }\nfn exact(n) = bad(n)",
  "an index out of range":
    "let inputs = 9\nlet w = [1, 2, 3]\nfn bad(n) = if n == 3 { w[n] } else { 1 + bad(n - 1) }\nfn exact(n) = bad(n)",
}

describe("a fault in recursion is where it is in tier 0", () => {
  test.each(Object.entries(faulty))("%s", (_name, text) => {
    const { disagreements, notes, evaluated } = compare(text)!
    expect({ disagreements, notes, evaluated }).toEqual({ disagreements: [], notes: [], evaluated: 0 })
  })
})

/** What a call of `f(n)` gives, or the code of its fault, in tier 0 and compiled. */
function deep(source: string, n: number, depth?: number): (number | string)[] {
  return [false, true].map((compiling) => {
    const engine = createEngine({ tier: 0, limits: depth === undefined ? {} : { depth } })
    if (compiling) engine.runtime.compiled = new Tier(engine.runtime.library)
    try {
      return engine.load(source).fn("f")(n) as number
    } catch (error) {
      return (error as AdlError).faults[0]!.code
    }
  })
}

describe("how deep it goes is the same", () => {
  const count = "fn f(n) = if n == 0 { 0 } else { 1 + f(n - 1) }"
  const helped = "fn more(x) = x + 1\nfn f(n) = if n == 0 { more(-1) } else { more(f(n - 1)) }"
  test.each([9_990, 9_998, 9_999, 10_000, 10_001])("%i calls", (n) => {
    for (const source of [count, helped]) {
      const [reference, found] = deep(source, n)
      expect(found).toBe(reference)
    }
  })
  test.each([18, 19, 20, 21, 22])("%i calls where 20 may be", (n) => {
    for (const source of [count, helped]) {
      const [reference, found] = deep(source, n, 20)
      expect(found).toBe(reference)
    }
  })
  test("past the native stack, where the limit allows it", () => {
    expect(deep(count, 200_000, 1_000_000)).toEqual([200_000, 200_000])
  })
})

describe("a gradient goes as deep", () => {
  test.each([2_000, 9_990, 10_001])("%i calls", (n) => {
    const { disagreements, notes } = compare(
      `let inputs = (${String(n)}, 0.3)\nfn go(n, x) = if n == 0 { x } else { sin(go(n - 1, x)) }\nfn rough(n, x) = grad(go, wrt: 1)(n, x)\nfn exact(n, x) = jvp(x => go(n, x), x, 1)`,
    )!
    expect({ disagreements, notes }).toEqual({ disagreements: [], notes: [] })
  })
})

test("deep inside may be what was not met before", () => {
  const source = `type A = Leaf(value) | Node(left, right)
type B = Other(v)
fn f(t) = match t { Leaf(v) => v
 Node(l, r) => f(l) + 0.5 * f(r)
 Other(v) => 100 * v
 _ => 1000 }
fn copy(t) = match t { Leaf(v) => Leaf(2 * v)
 Node(l, r) => Node(copy(l), r)
 x => x }
fn chain(n, x) = if n == 0 { x } else { Node(chain(n - 1, x), Leaf(n)) }
fn values(n) = (f(chain(n, Leaf(3))), f(chain(n, Other(2))), f(chain(n, 7)), f(copy(chain(n, "s"))))`
  const [reference, found] = [false, true].map((compiling) => {
    const engine = createEngine({ tier: 0 })
    if (compiling) engine.runtime.compiled = new Tier(engine.runtime.library)
    const values = engine.load(source).fn<[number], number[]>("values")
    return [values(8), values(2000), values(8)]
  })
  expect(found).toEqual(reference)
})

test("recursion looks at the clock", () => {
  const engine = createEngine({ tier: 0, limits: { ms: 200 } })
  engine.runtime.compiled = new Tier(engine.runtime.library)
  const f = engine.load(fib).fn("fib")
  const start = performance.now()
  let code = ""
  try {
    f(60)
  } catch (error) {
    code = (error as AdlError).faults[0]!.code
  }
  expect(code).toBe("E0503")
  expect(performance.now() - start).toBeLessThan(5000)
})

test("a tree that compiled code made can be changed, shown and compared, and read by compiled code again", () => {
  const source = `${trees}
fn changed(n) {
  var t = grow(n, 1)
  let before = total(t)
  let text = str(t)
  t.left.right = Leaf(2)
  t.right = map(t.right, x => x + 1)
  let same = grow(n, 1)
  [before, total(t), total(same), if same == t { 1 } else { 0 }, if str(same) == text { 1 } else { 0 }, total(grad(total)(t))]
}`
  const [reference, found] = [false, true].map((compiling) => {
    const engine = createEngine({ tier: 0 })
    if (compiling) engine.runtime.compiled = new Tier(engine.runtime.library)
    const f = engine.load(source).fn("changed")
    return [f(2), f(6), f(2)]
  })
  expect(found).toEqual(reference)
  expect(reference![1]).toEqual(expect.objectContaining({ 3: 0, 4: 1 }))
})
