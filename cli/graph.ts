/**
 * `adl graph`: the computational graph of a call, as DOT or as SVG.
 * Nodes are the rows of the evaluation trace, as in Figure 4 of the survey. It must not know how traces are made.
 */

import { writeFileSync } from "node:fs"
import { traceOf } from "../interpreter/builtins/trace.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { faultOf } from "../lang/report/fault.ts"
import { AdlError } from "../engine/error.ts"
import { graphDot, graphSvg } from "../interpreter/explain/graph.ts"
import { withCall } from "./call.ts"
import type { Invocation } from "./invocation.ts"
import { write as writeOut } from "./output.ts"
import { reporting } from "./report.ts"

export function graphCommand(invocation: Invocation): number {
  const { svg, dot } = invocation.flags
  return reporting(false, () => {
    const trace = withCall("graph", invocation, traceOf)
    if (typeof svg === "string") write(svg, graphSvg(trace))
    if (typeof dot === "string" || svg === undefined) write(typeof dot === "string" ? dot : "-", graphDot(trace))
    return 0
  })
}

function write(path: string, text: string): void {
  if (path === "-") {
    writeOut(text)
    return
  }
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new AdlError([faultOf(apartFaults.cannotWrite(path, error instanceof Error ? error.message : String(error)))])
  }
}
