/**
 * Commands that measure: `:time` a value and its gradient, `:profile` the operations that a gradient is made of.
 * Times are medians of repeated runs; counts come from watching one recorded run. They must not know how programs run.
 */

import { observing } from "../../interpreter/autodiff/lift.ts"
import { Recording } from "../../interpreter/autodiff/modes.ts"
import type { Primitive } from "../../interpreter/autodiff/declare.ts"
import { isNum } from "../../interpreter/autodiff/num.ts"
import { isScalarResult } from "../../interpreter/builtins/application.ts"
import { valueAndGrad } from "../../interpreter/builtins/derivatives.ts"
import type { Value } from "../../interpreter/values/values.ts"
import { duration } from "../duration.ts"
import { applicationOf, callOf, evaluated, expressionOf } from "./call.ts"
import type { Workspace } from "./workspace.ts"

/** Median time of a run in milliseconds: of many short ones, of one that is long. */
function median(run: () => void): number {
  run()
  const times: number[] = []
  const end = performance.now() + 300
  do {
    const start = performance.now()
    run()
    times.push(performance.now() - start)
  } while (times.length < 3 || (performance.now() < end && times.length < 5000))
  times.sort((a, b) => a - b)
  return times[times.length >> 1]!
}

/** `:time f(x)` times the call and its gradient; of any other expression the value. */
export function time(workspace: Workspace, argument: string): undefined {
  const usage = ":time f(x)"
  const expression = expressionOf(argument, usage)
  const { engine } = workspace
  const say = (text: string): void => {
    workspace.tell({ kind: "text", text, style: "plain" })
  }
  if (expression.kind !== "call") {
    const module = workspace.prepared(argument)
    say(
      `value  ${duration(
        median(() => {
          engine.enter(() => {
            engine.loader.run(module, null)
          })
        }),
      )}`,
    )
    return
  }
  const { f, args, named } = evaluated(workspace, expression)
  let result: Value = null
  const value = median(() => {
    result = engine.enter(() => engine.runtime.call(f, args, named))
  })
  if (!isNum(result) || !isScalarResult(result)) {
    say(`value     ${duration(value)}   (no gradient: the result is no number)`)
    return
  }
  const g = engine.enter(() => engine.runtime.call(valueAndGrad, [f]))
  const gradient = median(() => {
    engine.enter(() => engine.runtime.call(g, args, named))
  })
  say(
    `value     ${duration(value)}\ngradient  ${duration(gradient)}   (with the value)\nratio     ${(gradient / value).toFixed(2)}`,
  )
}

/** `:profile f(x)`: which operations its gradient records, how many, and what the tape takes. */
export function profile(workspace: Workspace, argument: string): undefined {
  const call = callOf(workspace, argument, ":profile f(x)")
  const { engine } = workspace
  const counts = new Map<string, number>()
  let bytes = 0
  const { steps, rows, ms } = engine.enter(() => {
    const application = applicationOf(workspace, "profile", call)
    const recording = new Recording(application.leaves, (more) => {
      bytes += more
    })
    const watcher = {
      applied: (primitive: Primitive): void => {
        counts.set(primitive.symbol ?? primitive.name, (counts.get(primitive.symbol ?? primitive.name) ?? 0) + 1)
      },
    }
    const start = performance.now()
    observing(watcher, () => application.at(recording.inputs))
    return { steps: engine.runtime.steps, rows: recording.tape.length, ms: performance.now() - start }
  })
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0)
  const sorted = [...counts].sort((a, b) => b[1] - a[1])
  const number = (n: number): string => n.toLocaleString("en-US")
  const width = Math.max(9, ...sorted.map(([name]) => name.length))
  const lines = sorted
    .slice(0, 20)
    .map(([name, n]) => `${name.padEnd(width)} ${number(n).padStart(12)} ${((100 * n) / all).toFixed(1).padStart(6)} %`)
  if (sorted.length > 20) lines.push(`… and ${String(sorted.length - 20)} more`)
  workspace.tell({
    kind: "text",
    text: [
      `${"operation".padEnd(width)} ${"applied".padStart(12)} ${"share".padStart(8)}`,
      ...lines,
      "",
      `${number(all)} operations on values being differentiated; ${number(rows)} of them on the tape (${number(Math.max(bytes, rows * 24))} bytes)`,
      `${number(steps)} steps, recorded in ${duration(ms)}`,
    ].join("\n"),
    style: "plain",
  })
}
