/**
 * Sums, differences, products and quotients of arrays, negatives, absolute values, squares and roots, each as loops of its own.
 * A loop that calls a function for every element costs several times what these do; the bits are those of the operators. It must not know shapes.
 */

/** An operation over two arrays of one length, over an array and a number, and over a number and an array. */
export interface Loops {
  readonly arrays: (x: Float64Array, y: Float64Array, out: Float64Array) => void
  readonly arrayNumber: (x: Float64Array, y: number, out: Float64Array) => void
  readonly numberArray: (x: number, y: Float64Array, out: Float64Array) => void
}

export const sums: Loops = {
  arrays: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! + y[i]!
  },
  arrayNumber: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! + y
  },
  numberArray: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x + y[i]!
  },
}

export const differences: Loops = {
  arrays: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! - y[i]!
  },
  arrayNumber: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! - y
  },
  numberArray: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x - y[i]!
  },
}

export const products: Loops = {
  arrays: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! * y[i]!
  },
  arrayNumber: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! * y
  },
  numberArray: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x * y[i]!
  },
}

export const quotients: Loops = {
  arrays: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! / y[i]!
  },
  arrayNumber: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! / y
  },
  numberArray: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x / y[i]!
  },
}

export function negatives(x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = -x[i]!
}

export function absolutes(x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]!)
}

export function squares(x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i]! * x[i]!
}

export function roots(x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]!)
}
