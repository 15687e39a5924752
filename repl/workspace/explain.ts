/**
 * Commands that look inside a derivative: `:trace :graph :derive :gradcheck`.
 * What they show is made by the operators of the language and by the pictures of traces; here it is asked for and written down. They must not know modes.
 */

import { gradcheck as compare } from "../../interpreter/builtins/differences.ts"
import { symbolic } from "../../interpreter/builtins/symbolic.ts"
import { traceOf, traceTable } from "../../interpreter/builtins/trace.ts"
import { graphDot, graphSvg } from "../../interpreter/explain/graph.ts"
import { graphText } from "../../interpreter/explain/wires.ts"
import { show } from "../../interpreter/values/show.ts"
import type { RecordValue } from "../../interpreter/values/values.ts"
import { Tuple, type Value } from "../../interpreter/values/values.ts"
import { format } from "../../lang/format.ts"
import { parse } from "../../lang/parse.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { applicationOf, callOf, functionIn, type Call } from "./call.ts"
import type { Window } from "./protocol.ts"
import type { Workspace } from "./workspace.ts"

export function trace(workspace: Workspace, argument: string): undefined {
  const call = callOf(workspace, argument, ":trace f(2, 5)")
  const table = workspace.engine.enter(() => traceTable(traceOf(applicationOf(workspace, "trace", call))))
  workspace.tell({ kind: "text", text: table, style: "plain" })
}

/** `:graph f(2, 5)` draws; `:graph f(2, 5) > file.svg` (or `.dot`) writes. */
export function graph(workspace: Workspace, argument: string, window: Window): undefined {
  const usage = ":graph f(2, 5)  or  :graph f(2, 5) > FILE.svg"
  const found = /^(.*\))\s*(?:>|to)\s+(\S+)$/s.exec(argument)
  const call = callOf(workspace, found?.[1] ?? argument, usage)
  const made = workspace.engine.enter(() => traceOf(applicationOf(workspace, "graph", call)))
  const path = found?.[2]
  if (path === undefined) {
    workspace.tell({ kind: "text", text: graphText(made, window.columns), style: "plain" })
    return
  }
  if (!/\.(svg|dot)$/.test(path))
    raise(apartFaults.commandArgument(`\`${path}\` ends neither in .svg nor in .dot`, usage))
  workspace.tell({ kind: "file", path, content: path.endsWith(".svg") ? graphSvg(made) : graphDot(made) })
}

/** The derivative of a function as a program. */
export function derive(workspace: Workspace, argument: string, window: Window): undefined {
  const f = functionIn(workspace, argument, ":derive f")
  const { engine } = workspace
  const made = engine.enter(() => engine.runtime.call(symbolic, [f])) as RecordValue
  const source = String(made.get("source"))
  const { text } = format({ name: "<derivative>", text: source }, Math.min(window.columns, 100))
  workspace.tell({ kind: "text", text: text.trimEnd(), style: "code" })
}

/** `:gradcheck f x`, or `:gradcheck f(x)`. */
export function gradcheck(workspace: Workspace, argument: string): undefined {
  const { f, args, named } = checked(workspace, argument)
  const { engine } = workspace
  const x = args.length === 1 ? args[0]! : new Tuple([...args])
  const made = engine.enter(() => engine.runtime.call(compare, [f, x], named)) as RecordValue
  const row = (name: string, field: string): string => `${name.padEnd(20)}${show(made.get(field)!)}`
  const verdict =
    made.get("ok") === true
      ? "both modes agree with finite differences"
      : "the derivatives do not agree: at a kink, a jump or a pole this is to be expected, elsewhere one of them is wrong"
  const lines = [
    row("forward mode", "forward"),
    row("reverse mode", "reverse"),
    row("finite differences", "numeric"),
    `largest difference  ${show(made.get("error")!, { digits: 3 })}`,
  ]
  workspace.tell({ kind: "text", text: `${lines.join("\n")}\n${verdict}`, style: "plain" })
}

function checked(workspace: Workspace, argument: string): Call {
  const usage = ":gradcheck f x"
  if (argument === "") raise(apartFaults.commandArgument("this command needs a function and a point", usage))
  const [f, x] = twoExpressions(argument) ?? []
  if (f === undefined || x === undefined) return callOf(workspace, argument, usage)
  const point: Value = workspace.value(x)
  const args = point instanceof Tuple ? point.values : [point]
  return { f: functionIn(workspace, f, usage), args, named: new Map(), text: f }
}

/** A text that is two expressions with a blank between, taken apart at the first blank where that is so. */
function twoExpressions(text: string): [string, string] | null {
  for (const blank of text.matchAll(/\s+/g)) {
    const both: [string, string] = [text.slice(0, blank.index), text.slice(blank.index + blank[0].length)]
    if (both.every((part) => part !== "" && parse({ name: "<expression>", text: part }).faults.length === 0))
      return both
  }
  return null
}
