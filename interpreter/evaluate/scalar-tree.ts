/**
 * Small trees of arithmetic over registers: one sum, difference, product or quotient, or two of them nested, as one closure.
 * On plain numbers the closure computes all of it without another call. Where a tape records some of the operands, an operation gets a row of its own only
 * where folding its partial into the next one would round or make a third parent; products with ±1 are exact, so the sweep computes what it would with a row
 * for each operation. It must not know any rule.
 */

import { FIRST, FIXED, SECOND, VALUE, type Form } from "../autodiff/forms.ts"
import * as registers from "./scalar-registers.ts"

export interface Operation {
  /** add 0, sub 1, mul 2, div 3 */
  readonly op: number
  /** The partials. */
  readonly x: Form
  readonly y: Form
}
/** A register, or an operation. */
export type Tree = number | Branch
export interface Branch {
  readonly operation: Operation
  readonly left: Tree
  readonly right: Tree
}

/** Code as two closures: for plain numbers, and for numbers that a tape records. */
export interface Computation {
  readonly run: () => void
  readonly record: () => void
}

/** Under names of this file: hosts take these for constants, but not what is imported. */
const { values, rows, running } = registers
const [fixed, first, second, value] = [FIXED, FIRST, SECOND, VALUE]

function isRegister(tree: Tree): tree is number {
  return typeof tree === "number"
}

/** Has a tree one operation, or two? */
export function isSmall({ left, right }: Branch): boolean {
  if (isRegister(left)) return isRegister(right) || (isRegister(right.left) && isRegister(right.right))
  return isRegister(right) && isRegister(left.left) && isRegister(left.right)
}

/** What computes a small tree into a register. */
export function computationOf(tree: Tree, out: number): Computation {
  if (isRegister(tree)) return copy(tree, out)
  const { operation, left, right } = tree
  if (!isRegister(left))
    return leftNested(operation, left.operation, left.left as number, left.right as number, right as number, out)
  if (isRegister(right)) return single(operation, left, right, out)
  return rightNested(operation, left, right.operation, right.left as number, right.right as number, out)
}

function calculate(op: number, x: number, y: number): number {
  if (op === 0) return x + y
  if (op === 1) return x - y
  if (op === 2) return x * y
  return x / y
}

// ---------------------------------------------------------------- the shapes

function copy(from: number, out: number): Computation {
  return {
    run: () => {
      values[out] = values[from]!
    },
    record: () => {
      values[out] = values[from]!
      rows[out] = rows[from]!
    },
  }
}

function single(operation: Operation, a: number, b: number, out: number): Computation {
  const { op } = operation
  return {
    run: () => {
      values[out] = calculate(op, values[a]!, values[b]!)
    },
    record: () => {
      const x = values[a]!
      const y = values[b]!
      const z = calculate(op, x, y)
      const row = rowOf(operation, x, y, z, rows[a]!, rows[b]!)
      values[out] = z
      rows[out] = row
    },
  }
}

/** (a op2 b) op c */
function leftNested(outer: Operation, inner: Operation, a: number, b: number, c: number, out: number): Computation {
  const { op } = outer
  const op2 = inner.op
  return {
    run: () => {
      values[out] = calculate(op, calculate(op2, values[a]!, values[b]!), values[c]!)
    },
    record: () => {
      recordNested(outer, inner, true, a, b, c, out)
    },
  }
}

/** c op (a op2 b) */
function rightNested(outer: Operation, c: number, inner: Operation, a: number, b: number, out: number): Computation {
  const { op } = outer
  const op2 = inner.op
  return {
    run: () => {
      values[out] = calculate(op, values[c]!, calculate(op2, values[a]!, values[b]!))
    },
    record: () => {
      recordNested(outer, inner, false, a, b, c, out)
    },
  }
}

// ---------------------------------------------------------------- recording

/** A partial of an operation on x and y with the value z. The rules of arithmetic give numbers for numbers. */
function partial(form: Form, x: number, y: number, z: number): number {
  const { how } = form
  if (how === fixed) return form.constant
  if (how === first) return x
  if (how === second) return y
  return how === value ? z : (form.rule(x, y, z) as number)
}

/** The row of an operation on two numbers from their rows. */
function rowOf({ x: formX, y: formY }: Operation, x: number, y: number, z: number, rowX: number, rowY: number): number {
  if (rowX < 0) return rowY < 0 ? -1 : scaled(rowY, partial(formY, x, y, z))
  if (rowY < 0) return scaled(rowX, partial(formX, x, y, z))
  return running.tape!.row2(rowX, rowY, partial(formX, x, y, z), partial(formY, x, y, z))
}

/** The row of a multiple of a row. */
function scaled(row: number, factor: number): number {
  return factor === 1 ? row : running.tape!.row1(row, factor)
}

/** Computes `(a inner b) outer c` or, if the inner one is not left, `c outer (a inner b)`. */
function recordNested(
  outer: Operation,
  inner: Operation,
  isLeft: boolean,
  a: number,
  b: number,
  c: number,
  out: number,
): void {
  const x = values[a]!
  const y = values[b]!
  const w = values[c]!
  const rowX = rows[a]!
  const rowY = rows[b]!
  const rowW = rows[c]!
  const m = calculate(inner.op, x, y)
  const left = isLeft ? m : w
  const right = isLeft ? w : m
  const z = calculate(outer.op, left, right)
  values[out] = z
  let row = -1
  if (rowX >= 0 || rowY >= 0) {
    const tape = running.tape!
    const factor = partial(isLeft ? outer.x : outer.y, left, right, z)
    const isExact = factor === 1 || factor === -1
    if (rowX < 0 || rowY < 0) {
      row = rowX < 0 ? rowY : rowX
      const p = partial(rowX < 0 ? inner.y : inner.x, x, y, m)
      if (isExact || p === 1 || p === -1) {
        if (rowW < 0) rows[out] = scaled(row, p * factor)
        else {
          const q = partial(isLeft ? outer.y : outer.x, left, right, z)
          rows[out] = isLeft ? tape.row2(row, rowW, p * factor, q) : tape.row2(rowW, row, q, p * factor)
        }
        return
      }
      row = tape.row1(row, p)
    } else {
      const p = partial(inner.x, x, y, m)
      const q = partial(inner.y, x, y, m)
      const isSum = (p === 1 || p === -1) && (q === 1 || q === -1)
      if (rowW < 0 && (isExact || isSum)) {
        rows[out] = tape.row2(rowX, rowY, p * factor, q * factor)
        return
      }
      row = tape.row2(rowX, rowY, p, q)
    }
  }
  rows[out] = isLeft ? rowOf(outer, left, right, z, row, rowW) : rowOf(outer, left, right, z, rowW, row)
}
