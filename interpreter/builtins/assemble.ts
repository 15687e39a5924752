/**
 * Jacobians from their parts: blocks or columns become one array of the shape of the result followed by that of the point.
 * It must not know how the parts were found.
 */

import { sizeOf, type Shape } from "../arrays/tensor.ts"
import { zeros } from "../autodiff/lift.ts"
import { shapeOf, type Num } from "../autodiff/num.ts"
import { element, reshape, stack } from "../autodiff/structure.ts"

/** Blocks (each of shape `inner`) at every element of `outer`, as one array of shape outer ++ inner. */
export function assemble(blocks: readonly Num[], outer: Shape, inner: Shape): Num {
  if (outer.length === 0) return blocks[0]!
  const shape = [...outer, ...inner]
  return blocks.length === 0 ? zeros(shape) : reshape(stack(blocks), shape)
}

/** Columns (each of shape `outer`, one for each element of `inner`) as an array of shape outer ++ inner. */
export function assembleColumns(columns: readonly Num[], outer: Shape, inner: Shape): Num {
  if (inner.length === 0) return columns[0]!
  if (outer.length === 0) return assemble(columns, inner, outer)
  const size = sizeOf(outer)
  const rows: Num[] = []
  for (let i = 0; i < size; i++) {
    const row = columns.map((column) => element(column, i))
    rows.push(row.length === 0 ? 0 : stack(row))
  }
  if (columns.length === 0 || size === 0) return assemble([], [...outer, ...inner], [])
  return reshape(stack(rows), [...outer, ...inner])
}

/** How many elements numbers and arrays have in all. */
export function countOf(leaves: readonly Num[]): number {
  return leaves.reduce<number>((sum, leaf) => sum + sizeOf(shapeOf(leaf)), 0)
}
