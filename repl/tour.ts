/**
 * The tour: the language in a dozen short lessons, most of them examples of the survey of Baydin, Pearlmutter, Radul and Siskind (2018).
 * A lesson is a text, a program to run, and what it shows last; every program stands on those before it. It must not know how lessons are shown.
 */

export interface Lesson {
  readonly title: string
  readonly text: string
  readonly program: string
  /** What the program shows last; the tour is right when it does. */
  readonly shows: string
  /** Said when it was run. */
  readonly after: string
}

export const lessons: readonly Lesson[] = [
  {
    title: "Values",
    text: "Numbers, arrays and functions. Arithmetic works element by element, and the value of the last expression is called `it`.",
    program: "sum([1, 2, 3]^2) / 2",
    shows: "7",
    after: "Every expression shows its value. `it + 1` would go on with this one.",
  },
  {
    title: "Functions",
    text: "`fn` defines a function; a parameter may have a default. This one is the logistic map of the survey's Figure 2: a loop that changes a variable.",
    program: `fn logistic(x, steps = 3) {
  var v = x
  for i in 0..steps { v = 4 * v * (1 - v) }
  v
}
logistic(0.2)`,
    shows: "0.28901376000000045",
    after: "Several lines are one input: Enter goes on as long as something is open.",
  },
  {
    title: "Derivatives",
    text: "`f'` is the derivative of a function of one number. Loops, branches and calls are simply followed.",
    program: "logistic'(0.2)",
    shows: "9.066086400000007",
    after: "Forward mode: the derivative is carried along with the value, with its rounding errors and no others.",
  },
  {
    title: "Gradients",
    text: "`grad` differentiates with respect to all arguments at once, backwards from the result. This is y = ln(x1) + x1 x2 - sin(x2), the survey's running example.",
    program: `fn f(x1, x2) = ln(x1) + x1 * x2 - sin(x2)
grad(f)(2, 5)`,
    shows: "(5.5, 1.7163378145367738)",
    after: "A gradient has the form of the arguments: here a tuple of two numbers.",
  },
  {
    title: "Traces",
    text: "How did it get there? `:trace` prints the survey's Tables 2 and 3 for any call: each operation with its value, its tangents downwards and its adjoints upwards.",
    program: ":trace f(2, 5)",
    shows: "",
    after: "`:graph f(2, 5)` draws the same as a graph, `:derive f` writes the derivative as a program.",
  },
  {
    title: "Directions",
    text: "`jvp` pushes a direction forward through a function, `vjp` pulls a weight of the result back. They are what everything else is made of.",
    program: `let (y, pullback) = vjp(f, (2, 5))
(jvp(f, (2, 5), (1, 0)), pullback(1))`,
    shows: "((11.652071455223084, 5.5), (5.5, 1.7163378145367738))",
    after: "One pass forward gives one column of the Jacobian, one pass backward one row.",
  },
  {
    title: "Structures",
    text: "Parameters may be records, and so are their gradients; structures are vectors, so that a step downhill needs no helper.",
    program: `fn loss(p) = mean((p.w * [1, 2, 3] + p.b - [3, 5, 7])^2)
var p = { w: 0, b: 0 }
for i in 0..500 { p = p - 0.1 * grad(loss)(p) }
fixed(p.w, 3) ++ " " ++ fixed(p.b, 3)`,
    shows: '"2.000 1.000"',
    after: "`p - 0.1 * grad(loss)(p)` works on whole records.",
  },
  {
    title: "Higher orders",
    text: "Operators apply to their own results: `f''` is a second derivative, `hessian` a matrix of them, `taylor` gives the coefficients of a power series.",
    program: `hessian(x => x[0]^2 * x[1])([1, 2])`,
    shows: "[[4, 2],\n [2, 0]]",
    after: "`taylor(sin, 0, 5)` gives the first coefficients of the sine.",
  },
  {
    title: "Nesting",
    text: "A derivative inside a function that is differentiated itself: the two must not be mixed up. The answer is 1; systems that confuse perturbations say 2.",
    program: "(x => x * (y => x + y)'(1))'(1)",
    shows: "1",
    after: "Every derivative has a tag of its own, so that two of them never meet.",
  },
  {
    title: "Recursion over data",
    text: "Types with variants, matched by patterns. The gradient of a tree is a tree.",
    program: `type Tree = Leaf(value) | Node(left, right)
fn total(t) = match t {
  Leaf(v) => sin(v)
  Node(l, r) => total(l) * total(r)
}
grad(total)(Node(Leaf(0), Leaf(1)))`,
    shows: "Node(Leaf(0.8414709848078965), Leaf(0))",
    after: "Whatever a program can compute with can be differentiated.",
  },
  {
    title: "Checking",
    text: "`:gradcheck` compares both modes with finite differences, which truncation and rounding limit (the survey's Figure 3).",
    program: ":gradcheck f (2, 5)",
    shows: "",
    after: "`numdiff` gives the differences themselves.",
  },
  {
    title: "Costs",
    text: "The gradient of a function of many arguments costs a small constant times the function: what makes reverse mode worth its trouble. This is the Helmholtz energy of the survey's Table 4 in small.",
    program: `let n = 50
let b = (1..n + 1) / 1000
let A = [[1 / (i + j + 1) for j in 0..n] for i in 0..n]
fn energy(x) = sum(x * ln(x / (1 - dot(b, x)))) - dot(x, A @ x) / (sqrt(8) * dot(b, x))
grad(energy)(full(n, 1 / n))[..3]`,
    shows: "",
    after:
      "`:time energy(full(n, 1 / n))` measures value, gradient and their ratio. That was the tour: `:help` lists the commands, `:doc NAME` tells about a name.",
  },
]
