/**
 * The kernels: numbers in, numbers out, on plain doubles and Float64Arrays; a summary of what is where.
 *
 *   elementary.ts, circle.ts   exp expm1 log log1p sigmoid tanh, sin cos tan: one implementation each. The scalar functions are for every tier;
 *                              arrays.ts has the same over arrays (expArray(x, out?) …) with the same bits, by SIMD.
 *   powers.ts, bases.ts, hyperbolic.ts, inverses.ts
 *                              pow, cbrt exp2 log2 log10, sinh cosh, asin acos atan atan2 asinh acosh atanh, likewise for every tier.
 *   arrays.ts                  also sum(x) and dot(x, y), in eight lanes: element i in lane i mod 8, the lanes added as
 *                              ((0+4)+(2+6))+((1+5)+(3+7)); sumAt and dotAt (sums.ts) take positions and a stride.
 *   product.ts, matmul.ts      matrix products: every element is summed strictly from left to right, in JavaScript as in SIMD.
 *   linalg/                    cholesky lu solve qr eigh svd expm on row-major arrays; null where a factor does not exist.
 *   fft.ts                     discrete Fourier transforms of any length, in place on (re, im).
 *   random.ts                  Threefry keys, bits, uniforms, normals, integers, permutations.
 *   special/                   special functions of real numbers.
 *   lanes.ts, wasm/            withSpace(size, body): vector operations on one block of memory, by the SIMD module or its twin.
 *
 * Nothing here knows tags, shapes, broadcasting or the language. Arrays stay ordinary Float64Arrays: kernels copy into the module's memory
 * what they need and copy results out, so that all memory is the garbage collector's.
 */
export * from "./arrays.ts"
export * from "./circle.ts"
export * from "./elementary.ts"
export * from "./inverses.ts"
export * from "./bases.ts"
export * from "./hyperbolic.ts"
export * from "./powers.ts"
export * from "./random.ts"
export * as special from "./special/index.ts"
export * from "./fft.ts"
export * as linalg from "./linalg/index.ts"
export * from "./matmul.ts"
