/**
 * What a run does in which tier: calls, steps, time, and why what is interpreted is.
 * The profiler stands before the compiled tier, is asked at every call and does itself what that declines, so that it can take the time; a row's own time and
 * steps leave out those of the rows it calls. It must not know how anything is compiled.
 */

import type { Code, Core } from "../lang/core.ts"
import type { Span } from "../lang/report/span.ts"
import { registers, TAIL, type CompiledCode } from "../interpreter/evaluate/frame.ts"
import { declined, type CompiledTier, type DirectCalls } from "../interpreter/values/compiled.ts"
import type { BuiltinFunction, FunctionCode, Named, Runtime, Value } from "../interpreter/values/values.ts"
import type { SteppedRuntime } from "./compile.ts"
import { isStatement } from "./statement.ts"
import { rootOf, type Declined, type Report, type Tier } from "./tier.ts"

/** One function, or one derivative of it. */
export interface Row {
  readonly name: string
  readonly span: Span | null
  calls: number
  compiledCalls: number
  /** Milliseconds, with and without what it calls. */
  total: number
  own: number
  /** Its own steps, in each tier. */
  compiledSteps: number
  interpretedSteps: number
  /** The most milliseconds that a call spent on compiling. */
  compiling: number
  /** Most bytes that compiled code kept for the reverse pass. */
  saved: number
  /** For a derivative of a function that was also called: how many times as long a call of it takes. */
  ratio: number | null
  /** Why steps were interpreted. */
  readonly reasons: Map<string, Reason>
}

export interface Reason {
  readonly reason: string
  readonly span: Span | null
  steps: number
  calls: number
}

/** What a running call has seen so far: steps and time of what it called, and why a loop of its own was declined. */
interface Level {
  steps: number
  time: number
  loop: Declined | null
}

export class Profiler implements CompiledTier {
  readonly turns = 0
  private readonly tier: Tier
  private readonly now: () => number
  private readonly table = new Map<object | string, Row>()
  /** The functions that derivatives are of. */
  private readonly roots = new Map<Row, Code>()
  private readonly levels: Level[] = [{ steps: 0, time: 0, loop: null }]
  /** Why the derivative that is being taken in tier 0 was declined. */
  private derivative: Declined | null = null
  /** What the profiler itself has started and is not to be asked about again. */
  private started: object | null = null

  constructor(tier: Tier, now: () => number) {
    this.tier = tier
    this.now = now
  }

  /** Rows, the one that took most time of its own first. */
  rows(): Row[] {
    for (const [row, root] of this.roots) {
      const primal = this.table.get(root)
      if (primal !== undefined && primal.total > 0) row.ratio = row.total / row.calls / (primal.total / primal.calls)
    }
    return [...this.table.values()].sort((a, b) => b.own - a.own)
  }

  call(runtime: Runtime, of: FunctionCode, frame: Value[]): Value | undefined {
    const code = of as CompiledCode
    const row = this.rowOf(of.code)
    return this.measure(
      runtime,
      row,
      () => this.tier.call(runtime, of, frame),
      () => {
        code.patience = 1
        try {
          const out = code.body(frame)
          return out === TAIL ? registers.tailCode.run(registers.tailFrame, null) : out
        } finally {
          code.patience = 0
        }
      },
      () => {
        code.patience = 0
      },
    )
  }

  loop(runtime: Runtime, of: FunctionCode, core: Core, frame: Value[], over: readonly Value[]): Value | undefined {
    const row = this.rowOf(of.code)
    const start = stepsOf(runtime)
    const before = this.tier.compiling
    const out = this.tier.loop(runtime, of, core, frame, over)
    row.compiling = Math.max(row.compiling, this.tier.compiling - before)
    const steps = stepsOf(runtime) - start
    const level = this.levels.at(-1)!
    level.steps += steps
    if (out !== undefined) row.compiledSteps += steps
    else level.loop = this.reason()
    return out
  }

  direct(): DirectCalls {
    const none = (): unknown => declined
    return { last: none, any: none }
  }

  /** Forgets the rows; what was compiled stays. */
  clear(): void {
    this.table.clear()
    this.roots.clear()
  }

  reports(): Report[] {
    return this.tier.reports()
  }

  compiledOf(code: Code): ReturnType<Tier["compiledOf"]> {
    return this.tier.compiledOf(code)
  }

  codeOf(code: Code): string {
    return this.tier.codeOf(code)
  }

  derive(runtime: Runtime, operator: BuiltinFunction, args: readonly Value[], named: Named): Value | undefined {
    if (this.started === operator) {
      this.started = null
      return undefined
    }
    const row = this.row(operator.name, operator.name, null)
    const root = rootOf(operator.origin?.args[0] ?? args[0])
    if (root !== null) this.roots.set(row, root)
    return this.measure(
      runtime,
      row,
      () => this.tier.derive(runtime, operator, args, named),
      () => {
        const outer = this.derivative
        this.derivative ??= this.tier.declined
        this.started = operator
        try {
          return operator.call(runtime, args, named)
        } finally {
          this.derivative = outer
        }
      },
      () => undefined,
    )
  }

  private measure(
    runtime: Runtime,
    row: Row,
    compiled: () => Value | undefined,
    interpreted: () => Value,
    after: () => void,
  ): Value | undefined {
    const level: Level = { steps: 0, time: 0, loop: null }
    const parent = this.levels.at(-1)!
    this.levels.push(level)
    const start = this.now()
    const first = stepsOf(runtime)
    let reason: Declined | null = null
    try {
      const before = this.tier.compiling
      let out = compiled()
      row.compiling = Math.max(row.compiling, this.tier.compiling - before)
      after()
      if (out === undefined) {
        reason = this.reason()
        out = interpreted()
      }
      return out
    } finally {
      const time = this.now() - start
      const steps = stepsOf(runtime) - first
      this.levels.pop()
      parent.time += time
      parent.steps += steps
      row.calls++
      row.total += time
      row.own += time - level.time
      if (reason === null) {
        row.compiledCalls++
        row.saved = Math.max(row.saved, this.tier.saved)
        row.compiledSteps += steps
      } else {
        row.interpretedSteps += steps - level.steps
        this.blame(row, level.loop ?? reason, steps - level.steps)
      }
    }
  }

  /** Why the last request was declined: where numbers carry a derivative, why that is not taken in compiled code. */
  private reason(): Declined {
    const { declined } = this.tier
    return declined.carriesDerivative === true && this.derivative !== null ? this.derivative : declined
  }

  private blame(row: Row, { reason, span }: Declined, steps: number): void {
    const key = `${reason} ${String(span?.start)}`
    const known = row.reasons.get(key)
    if (known === undefined) row.reasons.set(key, { reason, span, steps, calls: 1 })
    else {
      known.steps += steps
      known.calls++
    }
  }

  /** All statements of a module are one row. */
  private rowOf(code: Code): Row {
    return isStatement(code) ? this.row("", "top level", null) : this.row(code, code.name, code.span)
  }

  private row(key: object | string, name: string, span: Span | null): Row {
    let row = this.table.get(key)
    if (row === undefined) {
      row = {
        name,
        span,
        calls: 0,
        compiledCalls: 0,
        total: 0,
        own: 0,
        compiledSteps: 0,
        interpretedSteps: 0,
        compiling: 0,
        saved: 0,
        ratio: null,
        reasons: new Map(),
      }
      this.table.set(key, row)
    }
    return row
  }
}

function stepsOf(runtime: Runtime): number {
  return (runtime as SteppedRuntime).steps
}
