/**
 * Stopping at the first operation that makes a nan.
 * Programs that use a library of built-ins marked here are compiled with a check behind every operator and built-in function; others pay nothing. It must not
 * know nodes.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import { Tensor } from "../arrays/tensor.ts"
import { isNum, primalOf } from "../autodiff/num.ts"
import type { Value } from "../values/values.ts"

type Library = ReadonlyMap<string, Value>

const trapping = new WeakSet<Library>()

/** From here on, code compiled for this library stops at the first nan. Call it before anything runs. */
export function trapNan(library: Library): void {
  trapping.add(library)
}

export function trapsNan(library: Library): boolean {
  return trapping.has(library)
}

/** The value, unless it is or holds a nan. */
export function trapped(value: Value, operation: string, span: Span): Value {
  if (typeof value === "number") return Number.isNaN(value) ? raise(faults.madeNan(operation), span) : value
  if (!isNum(value)) return value
  const primal = primalOf(value)
  const isNan = primal instanceof Tensor ? primal.data.some(Number.isNaN) : Number.isNaN(primal)
  return isNan ? raise(faults.madeNan(operation), span) : value
}
