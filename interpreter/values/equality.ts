/**
 * `==`: one boolean for two whole values.
 * Numbers compare as IEEE doubles by their primals, structures part by part with an explicit stack, so that depth does not matter.
 * It must not know operators that work element by element.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, sameShape, Tensor } from "../arrays/tensor.ts"
import { spend } from "../arrays/work.ts"
import { isNum, isScalar, primalOf } from "../autodiff/num.ts"
import { arrayShape } from "./build.ts"
import { childrenOf, isFunction, isStructure, List, RecordValue, Tuple, VariantValue, type Value } from "./values.ts"

/** Are two values equal? Functions, and an array with a number, cannot be compared. */
export function equals(a: Value, b: Value): boolean {
  if (isArrayWithScalar(a, b) || isArrayWithScalar(b, a)) raise(faults.compareArrayNumber())
  const open: Pair[] = []
  const same = (x: Value, y: Value): boolean => {
    if (!isStructure(x)) return leavesEqual(x, y)
    if (!isStructure(y) || !sameForm(x, y)) return false
    // Records of one set of fields may have them in another order.
    const right = x instanceof RecordValue ? x.layout.names.map((name) => (y as RecordValue).get(name)!) : childrenOf(y)
    open.push({ left: childrenOf(x), right, next: 0 })
    return true
  }
  if (!same(a, b)) return false
  for (let pair = open.at(-1); pair !== undefined; pair = open.at(-1)) {
    const { left, right, next } = pair
    if (next === left.length) {
      open.pop()
      continue
    }
    if (next % stretch === 0) spend(Math.min(stretch, left.length - next))
    pair.next++
    if (!same(left[next]!, right[next]!)) return false
  }
  return true
}

/** Two structures of one form that are being compared, part by part. */
interface Pair {
  readonly left: readonly Value[]
  readonly right: readonly Value[]
  next: number
}

/** After so many parts the clock may be looked at. */
const stretch = 1024

function isArrayWithScalar(a: Value, b: Value): boolean {
  return arrayShape(a) !== null && (typeof b === "boolean" || (isNum(b) && isScalar(b)))
}

function sameForm(x: Value, y: Value): boolean {
  if (x instanceof List) return y instanceof List && x.items.length === y.items.length
  if (x instanceof Tuple) return y instanceof Tuple && x.values.length === y.values.length
  if (x instanceof VariantValue) return y instanceof VariantValue && x.variant === y.variant
  if (!(x instanceof RecordValue && y instanceof RecordValue)) return false
  if (x.layout === y.layout) return true
  return x.values.length === y.values.length && x.layout.names.every((name) => y.layout.index.has(name))
}

function leavesEqual(x: Value, y: Value): boolean {
  if (isFunction(x) || isFunction(y)) raise(faults.compareFunctions())
  if (isNum(x)) {
    if (!isNum(y)) return false
    const p = primalOf(x)
    const q = primalOf(y)
    if (p instanceof Tensor && q instanceof Tensor) {
      if (!sameShape(p.shape, q.shape)) return false
      spend(p.data.length)
      for (let i = 0; i < p.data.length; i++) if (p.data[i] !== q.data[i]) return false
      return true
    }
    return p === q
  }
  if (x instanceof BoolArray) {
    if (!(y instanceof BoolArray) || !sameShape(x.shape, y.shape)) return false
    spend(x.data.length)
    for (let i = 0; i < x.data.length; i++) if (x.data[i] !== y.data[i]) return false
    return true
  }
  return x === y
}
