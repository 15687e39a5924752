/**
 * `adl trace`: the evaluation trace of a call as a table.
 * It must not know how traces are made.
 */

import { toJson } from "../interpreter/values/json.ts"
import { dense } from "../interpreter/autodiff/lift.ts"
import { shapeOf } from "../interpreter/autodiff/num.ts"
import { traceOf, traceTable } from "../interpreter/builtins/trace.ts"
import { withCall } from "./call.ts"
import type { Invocation } from "./invocation.ts"
import { writeLine } from "./output.ts"
import { reporting } from "./report.ts"

export function traceCommand(invocation: Invocation): number {
  const json = invocation.flags["json"] === true
  return reporting(json, () => {
    const trace = withCall("trace", invocation, traceOf)
    if (!json) {
      writeLine(traceTable(trace))
      return 0
    }
    for (const row of trace.rows) {
      const tangents = row.tangents.map((tangent) => toJson(tangent)).join(", ")
      writeLine(
        `{"name": ${JSON.stringify(row.name)}, "operation": ${JSON.stringify(row.operation)}, "value": ${toJson(row.value)}, ` +
          `"tangents": [${tangents}], "adjoint": ${toJson(dense(row.adjoint, shapeOf(row.value)))}}`,
      )
    }
    return 0
  })
}
