/**
 * Linear algebra on row-major Float64Arrays with their sizes, the flat list.
 * Factors that do not exist answer null, matrices with nan or infinities nan.
 * It must not know shapes, broadcasting or derivatives.
 */
export { cholesky, lu, type Lu, solve, solveLu, solveTriangular } from "./triangular.ts"
export { qr } from "./qr.ts"
export { eigh } from "./eigh.ts"
export { svd, type Svd } from "./svd.ts"
export { expm } from "./expm.ts"
