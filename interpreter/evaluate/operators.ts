/**
 * The operators of the language on all values.
 * Numbers and arrays go to the lifted primitives, structures are vectors, and what no operator takes becomes a fault that says so; the short ways for
 * plain numbers are elsewhere. It must not know nodes.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { compareElements } from "../arrays/elementwise.ts"
import { BoolArray, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { tell } from "../autodiff/lift.ts"
import { isActive, isNum, isScalar, primalOf, shapeOf, Staged, type Num, type Truth } from "../autodiff/num.ts"
import { concat as concatArrays } from "../autodiff/structure.ts"
import * as arithmetic from "../primitives/arithmetic.ts"
import { matmul as matrixProduct } from "../primitives/matrices.ts"
import { build } from "../values/build.ts"
import { equals as sameValue } from "../values/equality.ts"
import { kindOf } from "../values/kinds.ts"
import { disown } from "../values/ownership.ts"
import { itemsOf, sequenceOf } from "../values/sequence.ts"
import { isStructure, List, Tuple, type Value } from "../values/values.ts"
import { combineStructures, scaleStructure } from "../values/vectors.ts"
import { registers } from "./frame.ts"

export type Operator = (a: Value, b: Value) => Value
export type PrefixOperator = (a: Value) => Value

const numbers = "numbers, arrays of numbers, or structures of them"

/** The operand that is to blame, in words. */
function refuse(operation: string, a: Value, b: Value, takes: (x: Value) => boolean, expected: string): never {
  return raise(faults.wrongOperand(operation, kindOf(takes(a) ? b : a), expected))
}

function sumLike(operation: "+" | "-", f: (x: Num, y: Num) => Num): Operator {
  return (a, b) => {
    if (isNum(a) && isNum(b)) return f(a, b)
    if (isStructure(a) && isStructure(b)) return combineStructures(a, b, f, operation)
    if ((isStructure(a) && isNum(b)) || (isNum(a) && isStructure(b))) {
      raise(faults.structureMismatch(operation, "", kindOf(a), kindOf(b)))
    }
    if (operation === "+" && (typeof a === "string" || typeof b === "string")) {
      raise(
        faults.wrongOperand(
          "+",
          "a string",
          'numbers; strings are joined by `++`, or written into each other: `"{a}{b}"`',
        ),
      )
    }
    return refuse(operation, a, b, (x) => isNum(x) || isStructure(x), numbers)
  }
}

export const add = sumLike("+", arithmetic.add)
export const sub = sumLike("-", arithmetic.sub)

export const mul: Operator = (a, b) => {
  if (isNum(a) && isNum(b)) return arithmetic.mul(a, b)
  if (isStructure(a) && isStructure(b)) raise(faults.productOfStructures("*"))
  if (isStructure(a) && isNum(b) && isScalar(b)) return scaleStructure(a, (x) => arithmetic.mul(x, b))
  if (isNum(a) && isScalar(a) && isStructure(b)) return scaleStructure(b, (x) => arithmetic.mul(a, x))
  return refuse("*", a, b, (x) => isNum(x) || isStructure(x), numbers)
}

export const div: Operator = (a, b) => {
  if (isNum(a) && isNum(b)) return arithmetic.div(a, b)
  if (isStructure(a) && isStructure(b)) raise(faults.productOfStructures("/"))
  if (isStructure(a) && isNum(b) && isScalar(b)) return scaleStructure(a, (x) => arithmetic.div(x, b))
  return refuse("/", a, b, (x) => isNum(x) || (x === a && isStructure(x)), numbers)
}

function ofNumbers(operation: string, f: (x: Num, y: Num) => Num): Operator {
  return (a, b) => {
    if (isNum(a) && isNum(b)) return f(a, b)
    return refuse(operation, a, b, isNum, "numbers or arrays of numbers")
  }
}

export const mod = ofNumbers("%", arithmetic.mod)
export const pow = ofNumbers("^", arithmetic.pow)

function comparison(
  operation: string,
  f: (x: Num, y: Num) => Truth,
  ofStrings: (x: string, y: string) => boolean,
): Operator {
  return (a, b) => {
    if (isNum(a) && isNum(b)) return f(a, b)
    if (typeof a === "string" && typeof b === "string") return ofStrings(a, b)
    return refuse(
      operation,
      a,
      b,
      (x) => isNum(x) || (typeof x === "string" && typeof a === typeof b),
      "two numbers, two arrays of numbers or two strings",
    )
  }
}

export const less = comparison("<", arithmetic.less, (x, y) => x < y)
export const lessEqual = comparison("<=", arithmetic.lessEqual, (x, y) => x <= y)
export const greater = comparison(">", arithmetic.greater, (x, y) => x > y)
export const greaterEqual = comparison(">=", arithmetic.greaterEqual, (x, y) => x >= y)

function isStagedNumber(x: Value): x is Num {
  return isNum(x) && primalOf(x) instanceof Staged
}

export const equals: Operator = (a, b) => {
  if ((isStagedNumber(a) && isNum(b)) || (isNum(a) && isStagedNumber(b))) return arithmetic.equal(a, b)
  const same = sameValue(a, b)
  return isActive(a) || isActive(b) ? tell(arithmetic.equal.primitive, [a, b], same, undefined) : same
}
export const differs: Operator = (a, b) => {
  const same = equals(a, b)
  return same instanceof Staged ? not(same) : same !== true
}

export const neg: PrefixOperator = (a) => {
  if (isNum(a)) return arithmetic.neg(a)
  if (isStructure(a)) return scaleStructure(a, arithmetic.neg)
  return raise(faults.wrongOperand("-", kindOf(a), numbers))
}

export const not: PrefixOperator = (a) => {
  if (typeof a === "boolean") return !a
  if (a instanceof BoolArray) {
    const data = new Uint8Array(a.data.length)
    for (let i = 0; i < data.length; i++) data[i] = a.data[i] === 1 ? 0 : 1
    return new BoolArray(a.shape, data)
  }
  return raise(faults.wrongOperand("not", kindOf(a), "booleans or boolean arrays"))
}

/** `and`, `or` where not both sides are plain booleans. */
export function logic(op: "and" | "or", a: Value, b: Value): Value {
  if (typeof a === "boolean" && typeof b === "boolean") return op === "and" ? a && b : a || b
  const isTruth = (x: Value): x is boolean | BoolArray => typeof x === "boolean" || x instanceof BoolArray
  if (!isTruth(a) || !isTruth(b)) return refuse(op, a, b, isTruth, "booleans or boolean arrays")
  return combineTruths(op, a, b)
}

function combineTruths(op: "and" | "or", a: boolean | BoolArray, b: boolean | BoolArray): Value {
  const number = (x: boolean | BoolArray): number | Tensor =>
    typeof x === "boolean" ? (x ? 1 : 0) : new Tensor(x.shape, Float64Array.from(x.data))
  const f = op === "and" ? (x: number, y: number) => x + y === 2 : (x: number, y: number) => x + y > 0
  return compareElements(f, number(a), number(b), op)
}

const isArray = (x: Value): x is Num => isNum(x) && !isScalar(x)

export const matmul: Operator = (a, b) =>
  isArray(a) && isArray(b) ? matrixProduct(a, b) : refuse("@", a, b, isArray, "vectors and matrices")

export const concat: Operator = (a, b) => {
  if (typeof a === "string" && typeof b === "string") return a + b
  if (isNum(a) && isNum(b)) {
    const left = shapeOf(a)
    const right = shapeOf(b)
    // An empty side gives the other array itself, which then has two holders.
    if (left.length > 0 && right.length > 0 && joins(left, right)) {
      registers.runtime.charge(8 * (sizeOf(left) + sizeOf(right)))
      return disown(concatArrays(a, b))
    }
  }
  const left = isTuple(a) ? null : sequenceOf(a)
  const right = isTuple(b) ? null : sequenceOf(b)
  if (left === null || right === null || typeof a === "string" || typeof b === "string") {
    const isJoined = (x: Value): boolean =>
      sequenceOf(x) !== null && !isTuple(x) && (typeof x === "string") === (typeof a === "string")
    return refuse("++", a, b, isJoined, "two arrays or lists, or two strings")
  }
  registers.runtime.charge(8 * (left.length + right.length))
  const items = itemsOf(left)
  for (let i = 0; i < right.length; i++) items.push(right.at(i))
  // What keeps the first list from being an array still does.
  if (a instanceof List && a.witness >= 0 && items.length > 0) return new List(items, a.witness)
  return build(items)
}

function isTuple(x: Value): boolean {
  return x instanceof Tuple
}

/** May arrays of these shapes be joined along the first axis as they are? */
function joins(a: Shape, b: Shape): boolean {
  if ((a.length === 1 && a[0] === 0) || (b.length === 1 && b[0] === 0)) return true
  return a.length === b.length && a.every((n, i) => i === 0 || n === b[i])
}

/** Operators with two operands by their names in Core. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["add", add],
  ["sub", sub],
  ["mul", mul],
  ["div", div],
  ["mod", mod],
  ["pow", pow],
  ["matmul", matmul],
  ["concat", concat],
  ["equals", equals],
  ["differs", differs],
  ["less", less],
  ["less_equal", lessEqual],
  ["greater", greater],
  ["greater_equal", greaterEqual],
])
