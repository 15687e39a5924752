/**
 * Structures as vectors: sums, differences, scaling and negation leaf by leaf.
 * Numeric leaves are computed by the lifted operation that is handed in; other leaves stay as they are, or must agree. It must not know the
 * operations themselves.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { sameShape } from "../arrays/tensor.ts"
import { isNum, shapeOf, type Num } from "../autodiff/num.ts"
import { equals } from "./equality.ts"
import { disown } from "./ownership.ts"
import { mapLeaves, zipLeaves } from "./structure.ts"
import { isFunction, type Value } from "./values.ts"

/** The structure with `f` applied to its numeric leaves. */
export function scaleStructure(value: Value, f: (leaf: Num) => Num): Value {
  return mapLeaves(value, (leaf) => (isNum(leaf) ? f(leaf) : disown(leaf)))
}

/** `p + q` or `p - q` (named `operation` in faults) of two structures of one form. */
export function combineStructures(p: Value, q: Value, f: (x: Num, y: Num) => Num, operation: string): Value {
  return zipLeaves(
    p,
    q,
    (x, y, differ) => {
      if (isNum(x)) {
        if (!isNum(y)) return differ()
        const a = shapeOf(x)
        const b = shapeOf(y)
        return sameShape(a, b) ? f(x, y) : raise(faults.shapeMismatch(operation, a, b))
      }
      if (y === null || x === y) return disown(x)
      return !isFunction(x) && !isFunction(y) && equals(x, y) ? disown(x) : differ()
    },
    operation,
  )
}
