/**
 * Programs for every word of two and three modes: over loops, branches, arrays and updates.
 * Each is a function `f` of a number or of an array, with an input, a direction and the words that are asked of it. It must not know what is compared.
 */

/** What is asked of a function in the words of up to two modes, and its value. */
export const questions = `
fn exact0(x) = f(x)
fn exact1(x) = jvp(f, x, along)
fn exact2(x) = jvp(y => jvp(f, y, along)[1], x, along)
fn rough0(x) = value_and_grad(f)(x)
fn rough1(x) = hvp(f, x, along)
fn rough2(x) = grad(y => jvp(f, y, along)[1])(x)
fn rough3(x) = grad(y => dot(grad(f)(y), along))(x)`

/** `exact`: forward modes alone, where every bit is the same. */
export const words = `
fn forward(f) = x => jvp(f, x, along)[1]
fn reverse(f) = x => dot(grad(f)(x), along)
fn exact0(x) = forward(forward(f))(x)
fn rough0(x) = jvp(grad(f), x, along)
fn rough1(x) = grad(forward(f))(x)
fn rough2(x) = grad(reverse(f))(x)`
const longer = `
fn exact1(x) = forward(forward(forward(f)))(x)
fn rough3(x) = jvp(grad(reverse(f)), x, along)
fn rough4(x) = grad(forward(reverse(f)))(x)
fn rough5(x) = grad(reverse(forward(f)))(x)
fn rough6(x) = grad(reverse(reverse(f)))(x)`

export const number = "let inputs = 0.7\nlet along = 1.3\n"
const array = "let inputs = [0.3, 0.4, 0.5, 1, 0.2, 0.6, 0.1, 0.7, 0.9, 0.8, 1.1, 0.35]\nlet along = 1 - inputs\n"

const numbers: Readonly<Record<string, string>> = {
  "no loop": "fn f(x) = x * x * exp(x) + sin(x) ^ 3",
  "a loop": "fn f(x) { var v = x\n for i in 0..6 { v = v * x + sin(v) }\n v }",
  "a loop that carries two numbers, one of them through both":
    "fn f(x) { var a = x\n var b = 1\n for i in 0..6 { let t = a\n a = a * b + x\n b = sin(t) * b }\n a * b }",
  "a sum of what no turn reads": "fn f(x) { var s = 0\n for i in 0..6 { s += sin(x * i) * x }\n s * s }",
  "loops in loops":
    "fn f(x) { var v = x\n for i in 0..4 { var w = v\n for j in 0..i { w = w * sin(w) + x }\n v += w }\n v }",
  while: "fn f(x) { var v = x\n while v < 20 { v = v * v + x * 2 }\n v }",
  "while, with a way out": "fn f(x) { var v = x\n while true { v = v * v + x * 2\n if v > 20 { break } }\n v }",
  "while in a loop":
    "fn f(x) { var s = 0\n for i in 0..3 { var v = x + i\n while v < 20 { v = v * v + 2 * x }\n s = s * x + v }\n s }",
  branches:
    "fn f(x) { var v = x\n for i in 0..7 { if v > 2 { v = v / 3 - x } else if v > 1 { v *= x * 3 } else { v = v * v + 1 } }\n v }",
  "a loop in a branch":
    "fn f(x) { var v = x\n for i in 0..4 { if i % 2 == 0 { for j in 0..3 { v = sin(v) * x * 2 } } else { v = v + x } }\n v }",
  "a return in a loop":
    "fn f(x) { var v = x\n for i in 0..20 { v = v * v * 0.9 + x\n if v > 5 { return v * x } }\n v }",
  "a return of an array that grows":
    "fn g(x) { var v = [x]\n for i in 0..20 { v ++= [x * i]\n if sum(v) > 10 { return v * v } }\n v }\nfn f(x) { let v = g(x)\n sum(v) + v[1] * len(v) }",
  records:
    "fn f(x) { var s = { a: x, b: 1 }\n for i in 0..6 { s = { a: s.a * x + s.b, b: sin(s.b * s.a) } }\n s.a + s.b }",
  "a small array": "fn f(x) { var v = [x, 2 * x, 1]\n for i in 0..5 { v = v * v[0] + [v[2], x, v[1]] }\n v[0] * v[1] }",
  "an array of numbers that are known":
    "let w = [0.3, 0.1, 0.7, 0.4, 1.1]\nfn f(x) { var s = x\n for i in 0..5 { s = s * x + w[i] * s }\n s }",
  "an array": "fn f(x) { let a = [x * i for i in 1..15]\n sum(a * a * sin(a)) }",
  "an array that is filled":
    "fn f(x) { var a = [x * i for i in 0..15]\n for i in 1..15 { a[i] = a[i] * a[i - 1] + x }\n a[14] + a[3] * a[4] }",
  "a derivative in a loop":
    "fn f(x) { var v = x\n for i in 0..4 { v = grad(y => { var w = y\n for k in 0..3 { w = sin(w) * y }\n w })(v) + x * v }\n v }",
  "a derivative in a while": "fn f(x) { var v = x\n while v < 9 { v += grad(y => exp(y) * y)(0.3 * v) + x }\n v }",
  "norms of few numbers":
    "fn f(x) { var v = [x, 1]\n for i in 0..4 { v = v * x / norm(v) + [norm(v), 1] }\n norm(v) * v[0] * norm([[x, 1], [sin(x), x * x]]) }",
  choices: "fn f(x) { var v = x\n for i in 0..6 { v = max(v * x, sin(v)) + abs(v - 1) + where(v > 1, v * v, x) }\n v }",
}

const arrays: Readonly<Record<string, string>> = {
  "a loop over elements": "fn f(x) { var s = 1\n for e in x { s = s * sin(e) + e * s }\n s }",
  "whole arrays in a loop": "fn f(x) { var v = x\n for i in 0..4 { v = v * x + sin(v) }\n sum(v * v) }",
  "elements that are changed":
    "fn f(x) { var a = x\n for i in 1..len(x) { a[i] = a[i] * a[i - 1] + x[0] }\n sum(a * a * a) }",
  "elements that are changed in a while":
    "fn f(x) { var a = x\n var i = 1\n while i < len(x) { a[i] = a[i] * a[i - 1] + sin(a[i])\n i += 1 }\n a[len(x) - 1] * a[3] }",
  pairs:
    "fn f(x) { var s = 0\n for i in 0..len(x) { for j in 0..i { s += x[i] * x[j] / (1 + (x[i] - x[j]) ^ 2) } }\n s * s }",
  reductions: "fn f(x) { let m = mean(x)\n let v = sum((x - m) ^ 2)\n ln(v) + logsumexp(x * m) * norm(x) }",
  "norms of arrays":
    "fn f(x) { var v = x\n for i in 0..3 { v[i] = norm(v) + v[i] * x[i]\n v[1] *= norm(x * v) }\n norm(v) * v[0] }",
  "products of matrices": "fn f(x) { let m = [[x[i] * x[j] for j in 0..12] for i in 0..12]\n sum(m @ (m @ x)) }",
  rows: "fn f(x) { let m = [[x[i] * j + x[j] for j in 0..12] for i in 0..12]\n var s = 0\n for r in m { s = s * 0.1 + sum(r * sin(r)) }\n s }",
  "an array that is returned from a loop":
    "fn g(x) { var v = x\n for i in 0..20 { v *= 1.2\n if v[0] > 3 { return v * x } }\n x }\nfn f(x) { let a = g(x)\n sum(a * a * a) }",
  "an array in a branch":
    "fn f(x) { var v = x\n for i in 0..4 { if v[0] > 0.5 { v = v * 0.7 } else { v = v + x * x } }\n sum(v * v * v) }",
}

const long = [
  numbers["while in a loop"],
  numbers["branches"],
  numbers["an array that is filled"],
  numbers["a return of an array that grows"],
  arrays["an array that is returned from a loop"],
  arrays["whole arrays in a loop"],
]

/** A program for each function; a reverse pass inside it adds in an order of its own. */
const over = (start: string, programs: Readonly<Record<string, string>>) =>
  Object.entries(programs).map(([name, f]): [string, string] => {
    const asked = long.includes(f) ? words + longer : words
    return [name, `${start}${f}${f.includes("grad") ? asked.replaceAll("exact", "rough1") : asked}`]
  })

export const programs: readonly (readonly [string, string])[] = [...over(number, numbers), ...over(array, arrays)]
