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
  const pending: Value[] = [a, b]
  while (pending.length > 0) {
    const y = pending.pop()!
    const x = pending.pop()!
    if (isStructure(x)) {
      if (!isStructure(y) || !sameForm(x, y)) return false
      const left = childrenOf(x)
      spend(left.length)
      const right = childrenOf(y)
      for (let i = left.length - 1; i >= 0; i--) {
        pending.push(left[i]!)
        // Records of one set of fields may have them in another order.
        pending.push(x instanceof RecordValue ? (y as RecordValue).get(x.layout.names[i]!)! : right[i]!)
      }
    } else if (!leavesEqual(x, y)) return false
  }
  return true
}

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
