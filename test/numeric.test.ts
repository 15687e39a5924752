/**
 * The numeric built-in functions as programs call them: forms of arguments, axes, empty arrays, booleans, and the faults that name what is wrong.
 * Values and derivatives of the primitives have their own tests; here is what the language adds.
 */

import { describe, expect, test } from "vitest"
import { createEngine } from "../engine/index.ts"
import { gatherSum, loopBinary, mapBinary, spread } from "../interpreter/arrays/elementwise.ts"
import { sizeOf, Tensor, type Shape } from "../interpreter/arrays/tensor.ts"
import { quotients } from "../interpreter/kernels/operations.ts"
import { sortNumbers } from "../interpreter/kernels/sorting.ts"

const engine = createEngine()
const shown = (source: string): string => engine.evaluate(source).toString().replace(/\n\s*/g, " ")

/** A program and its value as shown. */
const values: Record<string, readonly (readonly [string, string])[]> = {
  reductions: [
    ["sum([[1, 2], [3, 4]])", "10"],
    ["sum([[1, 2], [3, 4]], axis: 0)", "[4, 6]"],
    ["sum([[1, 2], [3, 4]], axis: -1)", "[3, 7]"],
    ["sum([[1, 2], [3, 4]], axis: 1, keep: true)", "[[3], [7]]"],
    ["sum([[[1, 2]], [[3, 4]]], axis: [0, 2])", "[10]"],
    ["sum([true, false, true])", "2"],
    ["mean([true, false, true, true])", "0.75"],
    ["sum([])", "0"],
    ["prod([])", "1"],
    ["mean([])", "nan"],
    ["logsumexp([])", "-inf"],
    ["sum(zeros([0, 3]), axis: 0)", "[0, 0, 0]"],
    ["max(zeros([0, 3]), axis: 1)", "[]"],
    ["sum(3)", "3"],
    ["sum(list(1, 2))", "3"],
    ["max(1, 3, 2)", "3"],
    ["max([1, 5], 3)", "[3, 5]"],
    ["min([[4, 2], [3, 1]], axis: 0)", "[3, 1]"],
    ["max([1, nan, 2])", "nan"],
    ["argmax([[1, 9], [3, 4]])", "1"],
    ["argmax([[1, 9], [3, 4]], axis: 0)", "[1, 0]"],
    ["argmin([2, nan, 1])", "1"],
    ["variance([1, 2, 3, 4])", "1.25"],
    ["variance([1, 2, 3], ddof: 1)", "1"],
    ["stddev([[1, 3], [2, 2]], axis: 1)", "[1, 0]"],
    ["any([false, false])", "false"],
    ["all([[true, false], [true, true]], axis: 1)", "[false, true]"],
    ["any([])", "false"],
    ["all([])", "true"],
    ["cumsum([[1, 2], [3, 4]])", "[[1, 3], [3, 7]]"],
    ["cumsum([[1, 2], [3, 4]], axis: 0)", "[[1, 2], [4, 6]]"],
    ["cumprod([2, 0, 3])", "[2, 0, 0]"],
    ["softmax([0, 0])", "[0.5, 0.5]"],
    ["softmax([[1000, 1000], [-inf, 0]])", "[[0.5, 0.5], [0, 1]]"],
    ["sort([3, nan, 1, -inf])", "[-inf, 1, 3, nan]"],
    ["argsort([3, 1, 1])", "[1, 2, 0]"],
    ['sort(["b", "a"])', '["a", "b"]'],
    ["norm([3, 4])", "5"],
    ["norm([[3, 0], [0, 4]])", "5"],
    ["norm({ a: 3, b: [4] })", "5"],
    ["norm([3, -4], 1)", "7"],
    ["norm([3, -4], inf)", "4"],
    ["norm([[3, 4], [6, 8]], axis: 1)", "[5, 10]"],
    ["dot([1, 2], [3, 4])", "11"],
    ["dot({ a: 1, b: [1, 2] }, { a: 2, b: [3, 4] })", "13"],
    ["squared_norm((1, [2, 3]))", "14"],
  ],
  arrays: [
    ["zeros(2)", "[0, 0]"],
    ["zeros([2, 2])", "[[0, 0], [0, 0]]"],
    ["zeros([])", "0"],
    ["ones(0)", "[]"],
    ["full([2], 7)", "[7, 7]"],
    ["full(2, true)", "[true, true]"],
    ["full([2, 2], [1, 2])", "[[1, 2], [1, 2]]"],
    ["eye(2, 3)", "[[1, 0, 0], [0, 1, 0]]"],
    ["linspace(0, 1, 3)", "[0, 0.5, 1]"],
    ["linspace(0, 1, 1)", "[0]"],
    ["range(0, 1, 0.25)", "[0, 0.25, 0.5, 0.75]"],
    ["range(3)", "[0, 1, 2]"],
    ["range(3, 0, -1)", "[3, 2, 1]"],
    ["shape(zeros([2, 3]))", "[2, 3]"],
    ["shape(1)", "[]"],
    ["rank([[1]])", "2"],
    ["size([[1, 2]])", "2"],
    ["len({ a: 1 })", "1"],
    ["reshape([1, 2, 3, 4], [2, -1])", "[[1, 2], [3, 4]]"],
    ["reshape([true, false], [2, 1])", "[[true], [false]]"],
    ["flatten([[1], [2]])", "[1, 2]"],
    ["shape(transpose(zeros([2, 3, 4]), [1, 0, 2]))", "[3, 2, 4]"],
    ["transpose([[true, false]])", "[[true], [false]]"],
    ["reverse([1, 2, 3])", "[3, 2, 1]"],
    ["reverse([[1, 2], [3, 4]], axis: 1)", "[[2, 1], [4, 3]]"],
    ['reverse("añb")', '"bña"'],
    ["repeat([1, 2], 2)", "[1, 1, 2, 2]"],
    ["tile([1, 2], 2)", "[1, 2, 1, 2]"],
    ["tile([1, 2], [2, 1])", "[[1, 2], [1, 2]]"],
    ["differences([1, 4, 9])", "[3, 5]"],
    ["differences([1])", "[]"],
    ["diag([1, 2])", "[[1, 0], [0, 2]]"],
    ["diag([[1, 2], [3, 4]])", "[1, 4]"],
    ["diag([1], 1)", "[[0, 1], [0, 0]]"],
    ["tril([[1, 2], [3, 4]])", "[[1, 0], [3, 4]]"],
    ["triu([[1, 2], [3, 4]], 1)", "[[0, 2], [0, 0]]"],
    ["concat([1], [], [2, 3])", "[1, 2, 3]"],
    ["concat([[1]], [[2]], axis: 1)", "[[1, 2]]"],
    ["concat([true], [false])", "[true, false]"],
    ["stack([1, 2], [3, 4], axis: 1)", "[[1, 3], [2, 4]]"],
    ["stack(1, 2)", "[1, 2]"],
    ["where([true, false], [1, 2], 0)", "[1, 0]"],
    ["where(true, 1, 2)", "1"],
    ["where([true, false], false, true)", "[false, true]"],
    ["gather([10, 20, 30], [[2, -1], [0, 0]])", "[[30, 30], [10, 10]]"],
    ["gather([[1, 2], [3, 4]], [1])", "[[3, 4]]"],
    ["scatter(3, [0, 2, 0], [1, 2, 3])", "[4, 0, 2]"],
    ["inv(stack([[2, 1], [1, 3]], [[4, 0], [1, 1]]))", "[[[0.6, -0.2], [-0.2, 0.4]], [[0.25, 0], [-0.25, 1]]]"],
    ["det(stack([[2, 1], [1, 3]], [[4, 0], [1, 1]]))", "[5, 4]"],
    ["solve(stack([[2, 1], [1, 3]], [[4, 0], [1, 1]]), [[1, 2], [3, 4]])", "[[0.2, 0.6], [0.75, 3.25]]"],
    ["shape(cholesky(reshape(tile([4, 2, 2, 5], 6), [2, 3, 2, 2])))", "[2, 3, 2, 2]"],
    ["grad(A => sum(det(A)))(stack([[2, 1], [1, 3]], [[4, 0], [1, 1]]))", "[[[3, -1], [-1, 2]], [[1, -1], [0, 4]]]"],
    ["scatter([2, 2], [1], [[1, 2]])", "[[0, 0], [1, 2]]"],
    ["equal([1, 2], 2)", "[false, true]"],
  ],
  elementwise: [
    ["round([0.5, 1.5, -0.5, 2.4])", "[0, 2, -0, 2]"],
    ["clamp([-1, 0.5, 2], 0, 1)", "[0, 0.5, 1]"],
    ["idiv(-7, 2)", "-4"],
    ["log(e)", "1"],
    ["polygamma(0, 1) == digamma(1)", "true"],
    ["2^0.5 == sqrt(2)", "true"],
    ["hypot(3 * 2^600, 4 * 2^600) / 2^600", "5"],
    ["sign([-2, 0, 3])", "[-1, 0, 1]"],
  ],
  "linear algebra": [
    ["[[1, 2], [3, 4]] @ [1, 1]", "[3, 7]"],
    ["[1, 1] @ [[1, 2], [3, 4]]", "[4, 6]"],
    ["[1, 2] @ [3, 4]", "11"],
    ["shape(ones([5, 2, 3]) @ ones([3, 4]))", "[5, 2, 4]"],
    ["shape(ones([5, 2, 3]) @ ones(3))", "[5, 2]"],
    ["shape(ones([2, 0]) @ ones([0, 3]))", "[2, 3]"],
    ["outer([1, 2], [3, 4])", "[[3, 4], [6, 8]]"],
    ["matrix_trace([[1, 2], [3, 4]])", "5"],
    ["det([[1, 2], [2, 4]])", "0"],
    ["det(zeros([0, 0]))", "1"],
    ["det([[1e200, 0, 0], [0, 1e200, 0], [0, 0, 1e-300]])", "1e100"],
    ["grad(det)([[1e147, 0], [0, 1e-147]])", "[[1e-147, 0], [0, 1e147]]"],
    ["grad(det)([[1e-147, 0], [0, 1e147]])", "[[1e147, 0], [0, 1e-147]]"],
    ["grad(det)(1e-150 * eye(3)) / 1e-300", "[[1, 0, 0], [0, 1, 0], [0, 0, 1]]"],
    ["grad(det)([[1e100, 2e100], [2e-100, 4e-100]])", "[[4e-100, -2e-100], [-2e100, 1e100]]"],
    ["hessian(det)([[1e147, 0], [0, 1e-147]])[0, 0]", "[[0, 0], [0, 1]]"],
    ["slogdet([[0, 1], [1, 0]])", "(-1, 0)"],
    ["logdet([[1, 2], [2, 4]])", "-inf"],
    ["inv([[2, 0], [0, 4]])", "[[0.5, 0], [0, 0.25]]"],
    ["solve([[2, 0], [0, 4]], [[2], [4]])", "[[1], [1]]"],
    ["cholesky([[4, 2], [2, 5]])", "[[2, 0], [1, 2]]"],
    ["solve_triangular([[2, 9], [1, 2]], [2, 3])", "[1, 1]"],
    ["let (P, L, U) = lu([[1, 2], [3, 4]]); norm(P @ L @ U - [[1, 2], [3, 4]]) < 1e-15", "true"],
    ["let A = [[1, 2, 3], [4, 5, 6]]; let (Q, R) = qr(A); norm(Q @ R - A) < 1e-14", "true"],
    ["let A = [[1, 2, 3], [4, 5, 6]]; let (U, s, Vt) = svd(A); norm(U @ diag(s) @ Vt - A) < 1e-14", "true"],
    ["let A = [[2, 1], [1, 3]]; let (l, V) = eigh(A); norm(A @ V - V * l) < 1e-14", "true"],
    ["norm(pinv([[1, 2], [2, 4]]) - [[0.04, 0.08], [0.08, 0.16]]) < 1e-15", "true"],
    ["kron([[1, 2]], [[1], [3]])", "[[1, 2], [3, 6]]"],
    ["norm(expm([[0, 1], [-1, 0]]) - [[cos(1), sin(1)], [-sin(1), cos(1)]]) < 1e-15", "true"],
  ],
  transforms: [
    ["fft([1, 0, 0, 0])", "([1, 1, 1, 1], [0, 0, 0, 0])"],
    ["let x = [1, 2, 3, 4, 5]; norm(irfft(rfft(x), 5) - x) < 1e-14", "true"],
    ["let x = ([1, 2, 3], [0, 1, -1]); norm(ifft(fft(x)) - x) < 1e-15", "true"],
    ["conv1d([1, 2, 3, 4], [1, -1])", "[-1, -1, -1]"],
    ['conv1d([1, 2, 3, 4], [1, 0, -1], padding: "same")', "[-2, -2, -2, 3]"],
    ["conv2d([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, 1]])", "[[6, 8], [12, 14]]"],
    ["shape(conv2d(ones([2, 3, 8, 9]), ones([4, 3, 3, 2]), stride: 2, padding: 1))", "[2, 4, 4, 5]"],
    ["max_pool([1, 3, 2, 5], 2)", "[3, 5]"],
    ["mean_pool([[1, 3], [2, 6]], [2, 2])", "[[3]]"],
    ['einsum("ij,jk->ik", [[1, 2], [3, 4]], [[1, 0], [0, 2]])', "[[1, 4], [3, 8]]"],
    ['einsum("ii", [[1, 2], [3, 4]])', "5"],
    ['einsum("ii->i", [[1, 2], [3, 4]])', "[1, 4]"],
    ['einsum("ij->j", [[1, 2], [3, 4]])', "[4, 6]"],
    ['fn f() { var a = [1, 2]; let b = einsum("i->i", a); a[0] = 9; b }; f()', "[1, 2]"],
    ['einsum("i,j", [1, 2], [3, 4])', "[[3, 4], [6, 8]]"],
    ['einsum("ba", [[1, 2], [3, 4]])', "[[1, 3], [2, 4]]"],
    ['einsum("...ij,...j->...i", ones([2, 3, 4]), ones([2, 4]))', "[[4, 4, 4], [4, 4, 4]]"],
    ["interp([0, 1.5, 9], [1, 2, 3], [1, 4, 9])", "[1, 2.5, 9]"],
    ["searchsorted([1, 2, 2, 3], [2, 5])", "[1, 4]"],
    ['searchsorted([1, 2, 2, 3], 2, side: "right")', "3"],
    ["unique([3, 1, 3, 2])", "[1, 2, 3]"],
    ["histogram([1, 2, 2, 3, 5], 4)", "([1, 2, 1, 1], [1, 2, 3, 4, 5])"],
    ["quantile([4, 1, 3, 2], [0, 0.25, 1])", "[1, 1.75, 4]"],
    ["median([3, 1, 2, 10])", "2.5"],
    ["median([1, 2, 3, nan])", "nan"],
    ["quantile([1, nan, 2], [0, 0.25])", "[nan, nan]"],
    ["median([[1, 2], [3, 5]], axis: 1)", "[1.5, 4]"],
    ["median(zeros([0, 2]), axis: 1)", "[]"],
    ["quantile([[1, 2], [3, 5], [4, nan]], [0, 0.25], axis: 0)", "[[1, nan], [2, nan]]"],
    ["grad(x => sum(quantile(x, 0.25, axis: 0)))([[1, 7], [3, 5], [4, 9]])", "[[0.5, 0.5], [0.5, 0.5], [0, 0]]"],
    ["grad(q => sum(quantile([[1, 7], [3, 5]], q, axis: 1)))(0.5)", "8"],
    ["unique([nan, 2, 1, nan, 1])", "[1, 2, nan]"],
    ["searchsorted([1, 2, 3], [nan, 2])", "[3, 1]"],
    ['searchsorted([1, nan], [nan, inf], side: "right")', "[2, 1]"],
    ["variance([], ddof: 1)", "nan"],
    ["variance([1, 2], ddof: 3)", "inf"],
    ["stddev([1], ddof: 1)", "nan"],
    ["histogram([1, nan, 3], [0, 2, 4])[0]", "[1, 1]"],
  ],
  "elements that are not read": [
    ["grad(x => (sqrt(x) @ [[1, 2], [3, 4]])[0, 1])([[1, 4], [0, 0]])", "[[1, 1], [0, 0]]"],
    ["jacfwd(x => (sqrt(x) @ [[1, 2], [3, 4]])[0, 1])([[1, 4], [0, 0]])", "[[1, 1], [0, 0]]"],
    ["grad(x => (sqrt(x) @ [1, 2])[0])([[1, 4], [0, 0]])", "[[0.5, 0.5], [0, 0]]"],
    ["grad(x => cumprod(sqrt(x))[0])([4, 0])", "[0.25, 0]"],
    ["grad(x => cumsum(sqrt(x))[0])([4, 0])", "[0.25, 0]"],
    ["grad(x => softmax(sqrt(x))[0, 1])([[4, 4], [0, 0]])", "[[-0.0625, 0.0625], [0, 0]]"],
    ["grad(x => fft(sqrt(x))[0][0, 0])([[1, 4], [0, 0]])", "[[0.5, 0.25], [0, 0]]"],
    ["grad(x => norm(sqrt(x), axis: 1)[0])([[9, 16], [0, 0]])[1]", "[0, 0]"],
    ["grad(x => max(sqrt(x), axis: 1)[0])([[9, 16], [0, 0]])", "[[0, 0.125], [0, 0]]"],
    ["grad(x => conv1d(sqrt(x), [1, 1])[0])([4, 4, 0])", "[0.25, 0.25, 0]"],
    ["grad(x => sum(tril(sqrt(x))))([[4, 0], [4, 4]])", "[[0.25, 0], [0.25, 0.25]]"],
    ["grad(x => concat(sqrt(x), x)[2])([0, 4])", "[1, 0]"],
  ],
  derivatives: [
    ["grad(x => sum(sort(x) * [1, 2, 3]))([3, 1, 2])", "[3, 1, 2]"],
    ["grad(x => sum(gather(x, [0, 0, 2])))([1, 2, 3])", "[2, 0, 1]"],
    ["grad(stddev)([2, 2, 2])", "[0, 0, 0]"],
    ["grad(x => norm(x, 3))([0, 0])", "[0, 0]"],
    ["grad(x => interp(x, [1, 2, 3], [1, 4, 9]))(2)", "5"],
    ["grad(x => sum(sqrt(sum(where(x > 0, x, 0), axis: 1))))([[4, 12], [-1, -2]])", "[[0.125, 0.125], [0, 0]]"],
    ["jacfwd(x => sum(sqrt(sum(where(x > 0, x, 0), axis: 1))))([[4, 12], [-1, -2]])", "[[0.125, 0.125], [0, 0]]"],
    ["grad(x => sort(sqrt(x))[1])([0, 4])", "[0, 0.25]"],
    ["grad(x => diag(sqrt(x))[1])([[0, 0], [0, 4]])[1, 1]", "0.25"],
    ["taylor(t => sum([1, 2, 3] + t), 1, 2)", "[9, 3, 0]"],
    ["taylor(x => sort([x^2, 3 - x]), 1, 2)", "[[1, 2], [2, -1], [1, 0]]"],
    ["taylor(grad(x => sort([x^2, 3 - x])[0]), 1, 1)", "[2, 2]"],
    ["log_normal_cdf''(40)", "0"],
    ["abs(log_normal_cdf'''(-1e8) / 2e-24 - 1) < 1e-13", "true"],
    ["taylor(x => median([x^2, 3 - x]), 1, 2)", "[1.5, 0.5, 0.5]"],
    ["jacobian(A => svd(A)[1])([[3, 0], [0, 2]])", "[[[1, 0], [0, 0]], [[0, 0], [0, 1]]]"],
    ["gradcheck((a, x) => gammainc(a, x), (2.5, 1.5)).ok", "true"],
    [
      "gradcheck(x => sum(conv2d(x, [[1, 2], [3, 4]], stride: 2, padding: 1)^2), [[1, 2, 3], [4, 5, 6], [7, 8, 9]]).ok",
      "true",
    ],
    ['gradcheck((a, b) => einsum("ij,jk,ki->", a, b, a), ([[1, 2], [3, 4]], [[1, -1], [2, 0.5]])).ok', "true"],
    ["gradcheck(x => sum(rfft(x)[1]^3), [1, 2, 4, 3, 7]).ok", "true"],
    ["gradcheck(x => sum(irfft((x, x^2), 4)^3), [1, 2, 0.5]).ok", "true"],
    ["gradcheck(a => sum(gamma_sample(key(3), a, 4)), 1.5).ok", "true"],
    ["gradcheck(a => sum(beta_sample(key(3), a, 2 * a, 4)), 1.5).ok", "true"],
    ["gradcheck(A => sum(lu(A)[1]^2 @ lu(A)[2]), [[1, 2, 0.5], [4, 1, -1], [2, 2, 3]]).ok", "true"],
    ["gradcheck(A => sum(qr(A)[0]^3) + sum(qr(A)[1]^3), [[1, 2, 0.5], [4, 1, -1]]).ok", "true"],
  ],
  "repeated eigenvalues and singular values": [
    // a function of the matrix that its factors hide: which of them goes how is not known
    ["grad(A => do { let (l, V) = eigh(A); sum((V * sqrt(l)) @ V.T) })([[2, 0], [0, 2]])", "[[nan, nan], [nan, nan]]"],
    ["let A = 3 * eye(4) - RING; grad(A => do { let (l, V) = eigh(A); ((V * sqrt(l)) @ V.T)[0, 1] })(A)[0, 1]", "nan"],
    ["let A = 3 * eye(4) - RING; jacfwd(A => do { let (l, V) = eigh(A); ((V * l^2) @ V.T)[0, 1] })(A)[0, 1]", "nan"],
    ["grad(A => do { let (U, s, Vt) = svd(A); sum((U * s) @ Vt) })(2 * eye(2))", "[[nan, nan], [nan, nan]]"],
    ["grad(A => do { let (U, s, Vt) = svd(A); ((U * s) @ Vt)[0, 1] })(zeros([2, 2]))", "[[nan, nan], [nan, nan]]"],
    // what depends on the space of the vectors alone, or on others alone
    [
      "let f = A => do { let V = eigh(A)[1][.., 1..3]; (V @ V.T)[0, 1] }; let A = 3 * eye(4) - RING; norm(grad(f)(A) - numdiff(f, A)) < 1e-6",
      "true",
    ],
    ["gradcheck(A => do { let (l, V) = eigh(A); l[3] * V[0, 3]^2 }, 3 * eye(4) - RING).ok", "true"],
    ["grad(A => do { let (U, s, Vt) = svd(A); (U @ Vt)[0, 0] })([[0, -2], [2, 0]])", "[[0.25, 0], [0, 0.25]]"],
    [
      "gradcheck(A => do { let (U, s, Vt) = svd(A); U[0, 0] * s[0] * Vt[0, 1] }, [[1, 2, 3], [2, 4, 6], [0, 0, 0]]).ok",
      "true",
    ],
  ].map(([source, value]) => [
    source!.replaceAll("RING", "[[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]]"),
    value!,
  ]),
  random: [
    ["uniform(key(1), 3) == uniform(key(1), 3)", "true"],
    ["let [a, b] = split_key(key(1)); uniform(a) == uniform(b)", "false"],
    ["let u = uniform(key(5), 20000); abs(mean(u) - 0.5) < 0.01 and abs(variance(u) - 1 / 12) < 0.002", "true"],
    ["let z = normal(key(6), 20000); abs(mean(z)) < 0.03 and abs(variance(z) - 1) < 0.05", "true"],
    ["let x = exponential(key(7), 20000); abs(mean(x) - 1) < 0.03", "true"],
    ["let x = gamma_sample(key(8), 2.5, 5000); abs(mean(x) - 2.5) < 0.1", "true"],
    ["let x = beta_sample(key(9), 2, 3, 3000); abs(mean(x) - 0.4) < 0.02", "true"],
    ["let k = integers(key(2), 1000, -2, 3); (min(k), max(k))", "(-2, 2)"],
    ["sort(shuffle(key(4), [3, 1, 2]))", "[1, 2, 3]"],
    ["len(unique(choice(key(4), [1, 2, 3, 4], 4, replace: false)))", "4"],
    ["choice(key(4), [1, 2, 3], 5, weights: [0, 1, 0])", "[2, 2, 2, 2, 2]"],
    ["abs(mean(categorical(key(3), log([0.25, 0.75]), 4000)) - 0.75) < 0.03", "true"],
    ["shape(normal(key(1), [2, 3], mean: 1, stddev: [1, 2, 3]))", "[2, 3]"],
  ],
}

describe.each(Object.entries(values))("%s", (_name, rows) => {
  test.each(rows)("%s", (source, value) => {
    expect(shown(source)).toBe(value)
  })
})

/** Programs that fail, with what the message must say. */
const failures: readonly (readonly [string, string])[] = [
  ["sum([1, 2], axis: 1)", "`sum` needs the axis 0 for `axis`, but got 1"],
  ["sum([[1, 2]], axis: [0, 0])", "`sum` got `axis` twice"],
  ['sum("a")', "`sum` needs a number or an array of numbers for `a`, but got a string"],
  ["sum([1], keep: 1)", "`sum` needs true or false for `keep`, but got a number"],
  ["max([])", "`max` needs at least one element for `a`"],
  ["argmin(zeros([2, 0]), axis: 1)", "at least one element"],
  ["any([1, 2])", "`any` needs an array of booleans"],
  ["zeros(-1)", "counts of 0 or more"],
  ["zeros(1.5)", "must be an integer; this is 1.5"],
  ["zeros([100000, 100000])", "an array of shape (100000, 100000) is too large"],
  ["linspace(0, 1, 1e12)", "is too large"],
  ["range(0, 1, 0)", "a finite number that is not 0"],
  ["range(0, inf)", "is too large"],
  ["reshape([1, 2, 3], [2, 2])", "`reshape` of shapes (3) and (2, 2)"],
  ["transpose([[1]], [0, 0])", "each axis from 0 to 1 once"],
  ["gather([1, 2], 2)", "the index 2 is out of range"],
  ["scatter(2, [5], [1])", "the index 5 is out of range"],
  ["concat([[1, 2]], [[1]])", "`concat` of shapes (1, 2) and (1, 1)"],
  ["where(1, 2, 3)", "`where` needs booleans for `c`, but got a number"],
  ["[1, 2] + [1, 2, 3]", "`+` of shapes (2) and (3)"],
  ["[1, 2] < [1, 2, 3]", "`<` of shapes (2) and (3)"],
  ["2 @ [1]", "`@`"],
  ["[1, 2] @ [1, 2, 3]", "`@` of shapes (2) and (3)"],
  ["inv([[1, 2], [2, 4]])", "`inv` of a singular matrix of shape (2, 2)"],
  ["solve([[1, 2], [2, 4]], [1, 2])", "`solve` of a singular matrix"],
  ["solve([[1, 2], [3, 4]], [1, 2, 3])", "`solve` of shapes (2, 2) and (3)"],
  ["cholesky([[1, 2], [2, 1]])", "not positive definite"],
  ["det([[1, 2, 3], [4, 5, 6]])", "`det` needs a square matrix for `A`, but got an array of shape (2, 3)"],
  [
    "interp(1, [0, 2, 1], [1, 2, 3])",
    "`interp` needs numbers in ascending order for `xs`, but got an array of shape (3)",
  ],
  ["interp(1, [0, nan], [1, 2])", "`interp` needs numbers in ascending order for `xs`, but got an array of shape (2)"],
  ["polygamma(1.5, 1)", "`n` of `polygamma` must be an integer; this is 1.5"],
  ['einsum("ij,jk->ik", [[1]])', "`einsum` needs one group of letters an array"],
  ['einsum("ij->k", [[1]])', "letters of the operands, each once"],
  ['einsum("ij,jk", [[1, 2]], [[1]])', "of shapes (1, 2) and (1, 1)"],
  ["conv1d([1, 2], [[1, 2]])", "`conv1d` needs an array of rank 1 or 3 for `w`"],
  ["uniform(3)", "`uniform` needs a key"],
  ["integers(key(1), 2, 3, 3)", "an integer above 3"],
  ["choice(key(1), [])", "at least one element"],
  ["quantile([1, 2], 2)", "numbers from 0 to 1"],
  ["quantile([[], []], 0.5, axis: 1)", "`quantile` needs at least one element for `a`"],
  ["median([1, 2], axis: 1)", "`median` needs the axis 0 for `axis`, but got 1"],
  ["rfft([])", "`rfft` needs at least one element along the axis for `x`, but got an array of shape (0)"],
  ["histogram([1, inf], 3)", "`histogram` needs finite numbers where no edges are given for `a`"],
  ["histogram([1], [2, 1])", "`histogram` needs ascending edges for `bins`"],
  ["sin(true)", "`sin` needs a number or an array of numbers for `x`, but got a boolean"],
]

test.each(failures)("%s fails", (source, message) => {
  expect(() => engine.evaluate(source)).toThrow(message)
})

test("sorting keeps equal numbers as they stand, and puts nan last, at every length", () => {
  const few = [NaN, 0, -0, Infinity, -Infinity, 1, 2, 0.5]
  const behind = (a: number, b: number): number =>
    Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a - b || 0
  for (let n = 0; n < 200; n++) {
    const given = Float64Array.from({ length: n }, (_, i) => few[(i * i + 7 * n + 3 * i) % 11] ?? Math.sin(i * n))
    const sorted = given.slice()
    sortNumbers(sorted)
    expect(sorted).toEqual(given.slice().sort(behind))
  }
})

test("broadcasting finds each element by its indices, whatever axes are repeated", () => {
  const lengths = [1, 2, 3, 20, 0]
  const numbers = (shape: Shape): Tensor =>
    new Tensor(
      shape,
      Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + 1)),
    )
  const quotient = (x: number, y: number): number => x / y
  // Every way in which up to three axes of an array are full, of length 1 or, in front, missing.
  const views = (to: Shape): Shape[] => {
    const full = to.reduce<Shape[]>(
      (all, n) =>
        all.flatMap((s) =>
          n === 1
            ? [[...s, 1]]
            : [
                [...s, n],
                [...s, 1],
              ],
        ),
      [[]],
    )
    return full.flatMap((s) => s.map((_, drop) => s.slice(drop)).filter((_, k) => s.slice(0, k).every((n) => n === 1)))
  }
  const shapes = lengths.flatMap((n) => [
    [n],
    ...lengths.flatMap((m) => [
      [n, m],
      [2, n, m],
    ]),
  ])
  for (const to of shapes) {
    const size = sizeOf(to)
    // Where element k of `to` stands in an array of shape `from`, digit by digit.
    const offset = (from: Shape, k: number): number => {
      let [rest, at, stride] = [k, 0, 1]
      for (let axis = to.length - 1; axis >= 0; axis--) {
        const n = from[axis - to.length + from.length] ?? 1
        if (n !== 1) at += (rest % to[axis]!) * stride
        stride *= n
        rest = Math.floor(rest / to[axis]!)
      }
      return at
    }
    const whole = numbers(to)
    for (const from of views(to)) {
      const x = numbers(from)
      const at = Array.from({ length: size }, (_, k) => offset(from, k))
      expect(spread(x, to)).toEqual(
        new Tensor(
          to,
          Float64Array.from(at, (i) => x.data[i]!),
        ),
      )
      const sums = new Float64Array(x.data.length)
      at.forEach((i, k) => (sums[i]! += whole.data[k]!))
      expect(gatherSum(whole, from)).toEqual(new Tensor(from, sums))
      for (const other of views(to)) {
        const y = numbers(other)
        const shape = Array.from(to, (n, axis) => {
          const [p, q] = [from, other].map((s) => s[axis - to.length + s.length] ?? 1)
          return p === 1 ? q! : p === n ? n : p!
        }).slice(to.length - Math.max(from.length, other.length))
        if (sizeOf(shape) !== size || shape.length !== to.length) continue
        const expected = new Tensor(
          shape,
          Float64Array.from(at, (i, k) => x.data[i]! / y.data[offset(other, k)]!),
        )
        expect(mapBinary(quotient, x, y, "/")).toEqual(expected)
        expect(loopBinary(quotients, x, y) ?? expected).toEqual(expected)
      }
    }
  }
})
