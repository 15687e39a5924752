/**
 * The evaluation trace (Wengert list) of a call: every operation with its value, its tangents and its adjoint, as in Tables 2 and 3 of the survey
 * (Baydin, Pearlmutter, Radul and Siskind 2018).
 * The call is recorded once for each direction while an observer notes the operations; names follow the survey: inputs v₁₋ₙ … v₀, then v₁, v₂ ….
 * It must not know where traces are shown.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { sizeOf } from "../arrays/tensor.ts"
import type { Primitive } from "../autodiff/declare.ts"
import { dense, observing } from "../autodiff/lift.ts"
import { Recording, splitDual, withTangents } from "../autodiff/modes.ts"
import { freshTag, isNum, Node, primalOf, shapeOf, type Change, type Num } from "../autodiff/num.ts"
import { kindOf } from "../values/kinds.ts"
import { show } from "../values/show.ts"
import { BuiltinFunction, isFunction, List, recordOf, type Named, type Runtime, type Value } from "../values/values.ts"
import { applicationAt, basis, functionArgument, isScalarResult, type Application } from "./application.ts"

/** One line of a trace. */
export interface TraceRow {
  /** `v3`. */
  readonly name: string
  /** What was computed: `v1 + v2`, `ln(v-1)`; for an input its place, `x1`. */
  readonly operation: string
  /** Rows this one was computed from. */
  readonly parents: readonly number[]
  readonly value: Num
  /** Derivative along each direction, in the order of `Trace.directions`. */
  readonly tangents: readonly Num[]
  /** Derivative of the result with respect to this row; undefined where nothing flowed back. */
  readonly adjoint: Change
}

export interface Trace {
  readonly rows: readonly TraceRow[]
  /** What the tangents are along: `x1`, `x2`. */
  readonly directions: readonly string[]
  readonly inputs: number
  readonly result: Num
  /** The row of the result, or null where it depends on no input. */
  readonly output: number | null
}

/** With more inputs than this a trace has no tangents. */
const mostDirections = 6

interface Step {
  readonly primitive: Primitive
  readonly args: readonly unknown[]
  readonly out: Node
  readonly options: unknown
}

/** Runs an application on a tape and notes what it did. */
function recordSteps(
  application: Application,
  numbers: readonly Num[],
): { recording: Recording; steps: Step[]; result: Value } {
  const recording = new Recording(numbers)
  const steps: Step[] = []
  const watcher = {
    applied: (primitive: Primitive, args: readonly unknown[], out: unknown, options: unknown): void => {
      if (out instanceof Node && out.tape === recording.tape) steps.push({ primitive, args, out, options })
    },
  }
  const result = observing(watcher, () => application.at(recording.inputs))
  return { recording, steps, result }
}

/** The trace of an application with a scalar result. */
export function traceOf(application: Application): Trace {
  const { leaves } = application
  const { recording, steps, result } = recordSteps(application, leaves)
  if (isFunction(result)) raise(faults.functionResult("trace"))
  if (!isScalarResult(result)) raise(faults.notScalar("trace", kindOf(result)))
  const adjoint = recording.adjoints(result, 1)
  const directions = directionsOf(leaves)
  const tangents = directions.map(({ direction }) => {
    const tag = freshTag()
    const again = recordSteps(application, withTangents(tag, leaves, direction))
    const along = (node: Node): Num => {
      const { primal, tangent } = splitDual(tag, node.primal)
      return dense(tangent, shapeOf(primal))
    }
    return [...again.recording.inputs.map(along), ...again.steps.map((step) => along(step.out))]
  })
  const n = leaves.length
  const rowOf = new Map<number, number>()
  recording.inputs.forEach((input, i) => rowOf.set(input.index, i))
  steps.forEach((step, i) => rowOf.set(step.out.index, n + i))
  const nameOf = (row: number): string => `v${String(row + 1 - n)}`
  const show1 = (arg: unknown): string => {
    if (arg instanceof Node && arg.tape === recording.tape) return nameOf(rowOf.get(arg.index) ?? 0)
    return short(arg)
  }
  const rows: TraceRow[] = recording.inputs.map((input, i) => ({
    name: nameOf(i),
    operation: n === 1 ? "x" : `x${String(i + 1)}`,
    parents: [],
    value: input.primal,
    tangents: tangents.map((column) => column[i]!),
    adjoint: adjoint(input),
  }))
  steps.forEach((step, i) => {
    const parents = step.args.flatMap((arg) =>
      arg instanceof Node && arg.tape === recording.tape ? [rowOf.get(arg.index) ?? 0] : [],
    )
    rows.push({
      name: nameOf(n + i),
      operation: written(step, show1),
      parents,
      value: step.out.primal,
      tangents: tangents.map((column) => column[n + i] ?? 0),
      adjoint: adjoint(step.out),
    })
  })
  const output = result instanceof Node && result.tape === recording.tape ? (rowOf.get(result.index) ?? null) : null
  return { rows, directions: directions.map(({ name }) => name), inputs: n, result: recording.primal(result), output }
}

function directionsOf(leaves: readonly Num[]): { name: string; direction: Change[] }[] {
  const total = leaves.reduce<number>((sum, leaf) => sum + sizeOf(shapeOf(leaf)), 0)
  if (total > mostDirections) return []
  return leaves.flatMap((leaf, i) => {
    const shape = shapeOf(leaf)
    const input = leaves.length === 1 ? "x" : `x${String(i + 1)}`
    return Array.from({ length: sizeOf(shape) }, (_, offset) => ({
      name: shape.length === 0 ? input : `${input}[${String(offset)}]`,
      // The others are plain zeros here, not absent: every row is shown in every direction.
      direction: leaves.map((other, j): Change => (j === i ? basis(shape, offset) : zeroOf(other))),
    }))
  })
}

function zeroOf(x: Num): Change {
  return dense(undefined, shapeOf(x))
}

function short(arg: unknown): string {
  if (typeof arg === "boolean") return String(arg)
  if (isNum(arg)) return show(primalOf(arg), { most: 6 })
  return "…"
}

/** An operation as it would be written. */
function written({ primitive, args, options }: Step, name: (arg: unknown) => string): string {
  const shown = args.map(name)
  const { symbol } = primitive
  if (symbol !== undefined) return shown.length === 1 ? `${symbol}${shown[0]!}` : shown.join(` ${symbol} `)
  const offset = (options as { offset?: number } | undefined)?.offset
  if (offset !== undefined && shown.length === 1) return `${shown[0]!}[${String(offset)}]`
  return primitive.name === "stack" ? `[${shown.join(", ")}]` : `${primitive.name}(${shown.join(", ")})`
}

/** A number of a trace as a table shows it. */
function cell(change: Change): string {
  if (change === undefined) return ""
  const value = dense(change, [])
  return show(primalOf(value), { digits: 6, most: 4 })
}

/** A trace as the survey prints it: primal and tangents downwards, adjoints beside them. */
export function traceTable(trace: Trace): string {
  const head = ["", "operation", "value", ...trace.directions.map((name) => `d/d${name}`), "adjoint"]
  const lines = trace.rows.map((row) => [
    row.name,
    `= ${row.operation}`,
    cell(row.value),
    ...row.tangents.map(cell),
    adjointCell(row),
  ])
  const table = [head, ...lines]
  const widths = head.map((_, k) => Math.max(...table.map((line) => line[k]!.length)))
  const text = table.map((line) =>
    line
      .map((part, k) => (k < 2 ? part.padEnd(widths[k]!) : part.padStart(widths[k]!)))
      .join("  ")
      .trimEnd(),
  )
  const rule = "-".repeat(Math.max(...text.map((line) => line.length)))
  return [
    text[0]!,
    rule,
    ...text.slice(1, trace.inputs + 1),
    rule,
    ...text.slice(trace.inputs + 1),
    rule,
    `y = ${cell(trace.result)}`,
  ].join("\n")
}

function adjointCell(row: TraceRow): string {
  return row.adjoint === undefined ? "0" : cell(row.adjoint)
}

/** A trace as a value of the language. */
function traceValue(trace: Trace): Value {
  const rows = trace.rows.map((row) =>
    recordOf([
      ["name", row.name],
      ["operation", row.operation],
      ["value", row.value],
      ["tangents", new List([...row.tangents])],
      ["adjoint", dense(row.adjoint, shapeOf(row.value))],
    ]),
  )
  return recordOf([
    ["value", trace.result],
    ["rows", new List(rows)],
    ["table", traceTable(trace)],
  ])
}

export const trace = new BuiltinFunction({
  name: "trace",
  doc: "`trace(f, x)`: the evaluation trace of a scalar function at x as a record `{ value, rows, table }`: each row has `name operation value tangents adjoint`, and `table` is the trace as text.",
  params: ["f", "x"],
  anyNamed: true,
  callsBack: true,
  call: (runtime: Runtime, [fn, x], named: Named) => {
    runtime.poll()
    return traceValue(traceOf(applicationAt(runtime, "trace", functionArgument("trace", fn), x as Value, named)))
  },
})
