/**
 * The registers of scalar code: numbers, and arrays whose elements are read.
 * One set serves all code, since none runs while other code is under way: numbers stand unboxed in one typed array for good, which hosts take for a constant.
 * It must not know what computes with them.
 */

import { Node } from "../autodiff/num.ts"
import type { Tape } from "../autodiff/tape.ts"
import type { Frame } from "./frame.ts"

/** Code that would need more registers has none. */
export const mostRegisters = 512

/** The numbers, and while a tape records, the row of each: negative where it depends on nothing recorded. */
export const values = new Float64Array(mostRegisters)
export const rows = new Int32Array(mostRegisters)

/** What the code under way belongs to; without a frame nothing is under way. */
export const running: { frame: Frame | null; tape: Tape | null } = { frame: null, tape: null }

const nothing = new Float64Array(0)
const Recorded = Node

/** An array whose elements code reads. */
export class ArrayRegister {
  data: Float64Array = nothing
  columns = 0
  /** The array on the tape, if it is recorded, and the row of its first element where all of them have one; else a negative number. */
  node: Node | null = null
  first = -1

  hold(data: Float64Array, columns: number, node: Node | null): void {
    this.data = data
    this.columns = columns
    this.node = node
    this.first = -1
  }

  /** The row of an element, negative where the array is not recorded. */
  row(offset: number): number {
    if (this.first >= 0) return this.first + offset
    const { node } = this
    return node === null ? -1 : this.share(node, offset)
  }

  private share(node: Node, offset: number): number {
    const row = node.tape.sharedElement(node, offset)
    this.first = node.tape.sharedElements(node)
    return row
  }

  release(): void {
    this.data = nothing
    this.node = null
    this.first = -1
  }
}

/** The number in a register as a frame holds it. */
export function numberOf(register: number): number | Node {
  const x = values[register]!
  const { tape } = running
  return tape === null || rows[register]! < 0 ? x : new Recorded(tape, rows[register]!, x)
}
