/**
 * The parts of scalar code besides trees of arithmetic: sequences, loops, branches, and functions of one and two numbers.
 * Each part is two closures, for plain numbers and for numbers that a tape records; conditions, indices and bounds need numbers only, since no derivative
 * passes through them. It must not know Core beyond the spans of loops.
 */

import type { RangeCore } from "../../lang/core.ts"
import type { Span } from "../../lang/report/span.ts"
import type { BinaryPrimitive, UnaryPrimitive } from "../autodiff/declare.ts"
import type { Node as Recorded } from "../autodiff/num.ts"
import { refuel, registers as runRegisters, type Node } from "./frame.ts"
import { rangeBounds } from "./making.ts"
import * as registers from "./scalar-registers.ts"
import type { ArrayRegister } from "./scalar-registers.ts"
import type { Computation } from "./scalar-tree.ts"

export type Condition = () => boolean

/** Under names of this file: hosts take these for constants, but not what is imported. */
const own = runRegisters
const { values, rows, running, numberOf } = registers

/** Code for plain numbers or for recorded ones. */
type Way = () => void

export function sequence(parts: readonly Computation[]): Computation {
  return { run: inTurn(parts.map(({ run }) => run)), record: inTurn(parts.map(({ record }) => record)) }
}

function inTurn(ways: readonly Way[]): Way {
  const [a, b, c] = ways
  switch (ways.length) {
    case 0:
      return () => undefined
    case 1:
      return a!
    case 2:
      return () => {
        a!()
        b!()
      }
    case 3:
      return () => {
        a!()
        b!()
        c!()
      }
    default:
      return () => {
        for (let k = 0; k < ways.length; k++) ways[k]!()
      }
  }
}

/** A loop over a range whose bounds stand in registers; it ends early when `exit`, if that is not -1, holds. */
export function count(
  range: RangeCore,
  index: number,
  from: number,
  to: number,
  body: readonly Computation[],
  exit: number,
  span: Span,
): Computation {
  const way = (turns: readonly Way[]): Way => counted(range, index, from, to, turns, exit, span)
  return { run: way(body.map(({ run }) => run)), record: way(body.map(({ record }) => record)) }
}

/** The closure for turns of two parts, of three, of any number; each is written out, so that none needs a call of its own for the turn. */
function counted(
  range: RangeCore,
  index: number,
  from: number,
  to: number,
  turns: readonly Way[],
  exit: number,
  span: Span,
): Way {
  const [first, second, third] = turns
  const bounds = (): [number, number] => {
    rows[index] = -1
    return rangeBounds(range, values[from]!, values[to]!)
  }
  if (turns.length === 2 && exit < 0) {
    return () => {
      const [start, end] = bounds()
      for (let i = start; i < end; i++) {
        if (--own.fuel < 0) refuel(span)
        values[index] = i
        first!()
        second!()
      }
    }
  }
  if (turns.length === 3 && exit < 0) {
    return () => {
      const [start, end] = bounds()
      for (let i = start; i < end; i++) {
        if (--own.fuel < 0) refuel(span)
        values[index] = i
        first!()
        second!()
        third!()
      }
    }
  }
  const turn = inTurn(turns)
  return () => {
    const [start, end] = bounds()
    for (let i = start; i < end; i++) {
      if (--own.fuel < 0) refuel(span)
      values[index] = i
      turn()
      if (exit >= 0 && values[exit] === 1) break
    }
  }
}

export function repeat(condition: Condition, body: Computation, exit: number, span: Span): Computation {
  const way = (turn: Way): Way => {
    return () => {
      while (condition()) {
        if (--own.fuel < 0) refuel(span)
        turn()
        if (exit >= 0 && values[exit] === 1) break
      }
    }
  }
  return { run: way(body.run), record: way(body.record) }
}

export function choose(condition: Condition, then: Computation, otherwise: Computation): Computation {
  const way = (yes: Way, no: Way): Way => {
    return () => {
      if (condition()) yes()
      else no()
    }
  }
  return { run: way(then.run, otherwise.run), record: way(then.record, otherwise.record) }
}

/** Does the register of a boolean hold true? */
export function holds(flag: number): Condition {
  return () => values[flag] === 1
}

export function compares(op: string): boolean {
  return testOf(op, 0, 0) !== null
}

/** A comparison of two registers after what computes them; null for any other operator. */
export function comparison(op: string, before: readonly Computation[], left: number, right: number): Condition | null {
  const test = testOf(op, left, right)
  if (test === null || before.length === 0) return test
  const { run } = sequence(before)
  return () => {
    run()
    return test()
  }
}

function testOf(op: string, i: number, j: number): Condition | null {
  switch (op) {
    case "less":
      return () => values[i]! < values[j]!
    case "less_equal":
      return () => values[i]! <= values[j]!
    case "greater":
      return () => values[i]! > values[j]!
    case "greater_equal":
      return () => values[i]! >= values[j]!
    case "equals":
      return () => values[i]! === values[j]!
    case "differs":
      return () => values[i]! !== values[j]!
    default:
      return null
  }
}

// ---------------------------------------------------------------- values

/** The ordinary node for an element that is not plainly in range, and the slots that it reads. */
export interface Reader {
  readonly node: Node
  readonly slots: readonly number[]
}

/** The element of an array at indices that stand in registers; `j` is -1 for a vector. */
export function element(array: ArrayRegister, i: number, j: number, out: number, reader: Reader): Computation {
  const run =
    j < 0
      ? () => {
          const { data } = array
          const at = values[i]!
          const offset = at | 0
          if (offset === at && offset >= 0 && offset < data.length) values[out] = data[offset]!
          else readOtherwise(reader, out)
        }
      : () => {
          const offset = offsetOf(array, values[i]!, values[j]!)
          if (offset >= 0) values[out] = array.data[offset]!
          else readOtherwise(reader, out)
        }
  const record =
    j < 0
      ? () => {
          const { data } = array
          const at = values[i]!
          const offset = at | 0
          if (offset === at && offset >= 0 && offset < data.length) {
            values[out] = data[offset]!
            rows[out] = array.row(offset)
          } else readOtherwise(reader, out)
        }
      : () => {
          const offset = offsetOf(array, values[i]!, values[j]!)
          if (offset >= 0) {
            values[out] = array.data[offset]!
            rows[out] = array.row(offset)
          } else readOtherwise(reader, out)
        }
  return { run, record }
}

/** Where in a matrix an element is, or -1 where that is not plainly in range. */
function offsetOf({ data, columns }: ArrayRegister, i: number, j: number): number {
  const row = i | 0
  const column = j | 0
  if (row !== i || column !== j || row < 0 || column < 0 || column >= columns) return -1
  const offset = Math.imul(row, columns) + column
  return offset < data.length ? offset : -1
}

/** An element that is not plainly in range: the ordinary node finds it or raises the fault. */
function readOtherwise({ node, slots }: Reader, out: number): void {
  const frame = running.frame!
  for (const slot of slots) frame[slot + 1] = numberOf(slot)
  const found = node(frame) as number | Recorded
  values[out] = typeof found === "number" ? found : (found.primal as number)
  rows[out] = typeof found === "number" ? -1 : found.index
}

/** A function of one number. */
export function unary(primitive: UnaryPrimitive, from: number, out: number): Computation {
  const { eval: compute, partial } = primitive
  return {
    run: () => {
      values[out] = compute(values[from]!)
    },
    record: () => {
      const x = values[from]!
      const row = rows[from]!
      const z = compute(x)
      const slope = row < 0 || partial === null ? undefined : partial(x, z)
      values[out] = z
      rows[out] = slope === undefined ? -1 : running.tape!.row1(row, slope as number)
    },
  }
}

/** A function of two numbers; each partial is computed only where that number is recorded. */
export function binary(primitive: BinaryPrimitive, left: number, right: number, out: number): Computation {
  const { eval: compute } = primitive
  const [ruleX, ruleY] = primitive.partials
  return {
    run: () => {
      values[out] = compute(values[left]!, values[right]!)
    },
    record: () => {
      const x = values[left]!
      const y = values[right]!
      const rowX = rows[left]!
      const rowY = rows[right]!
      const z = compute(x, y)
      const slopeX = rowX < 0 || ruleX === null ? undefined : ruleX(x, y, z)
      const slopeY = rowY < 0 || ruleY === null ? undefined : ruleY(x, y, z)
      const tape = running.tape!
      values[out] = z
      if (slopeX === undefined) rows[out] = slopeY === undefined ? -1 : tape.row1(rowY, slopeY as number)
      else if (slopeY === undefined) rows[out] = tape.row1(rowX, slopeX as number)
      else rows[out] = tape.row2(rowX, rowY, slopeX as number, slopeY as number)
    },
  }
}
