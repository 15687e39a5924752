/**
 * What long arrays are done by where there is something quicker than loops, which is loaded apart.
 * Until that is there, and wherever it declines, the loops do the work, with the same bits. It must not know what is quicker.
 */

/** Elementwise functions of whole arrays, by their names in the SIMD module. */
export type VectorName = "vexp" | "vexpm1" | "vlog" | "vlog1p" | "vsigmoid" | "vtanh" | "vsin" | "vcos"

/** Rows and columns of a product's first factor, columns of its second, and the row and column strides of both. */
export interface ProductForm {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly strides: readonly [number, number, number, number]
}

/** Vector operations on ordinary arrays. */
export interface Vectors {
  /** out = f(x), elementwise, where `twin` is f; false where that cannot be. */
  map(name: VectorName, x: Float64Array, out: Float64Array, twin: (x: number) => number): boolean
  /** The product of two matrices, in `out` or else in a new array; null where that cannot be. */
  product(a: Float64Array, b: Float64Array, form: ProductForm, out: Float64Array | null): Float64Array | null
}

let offered: Vectors | null = null

/** Says by what long arrays are done. */
export function offerVectors(vectors: Vectors): void {
  offered ??= vectors
}

/** What is quicker, if it is there. */
export function vectors(): Vectors | null {
  return offered
}
