/**
 * `AdlError`: every failure as the host sees it.
 * Diagnostics are data; `render` makes them readable. It must not know what failed.
 */

import { faults } from "../lang/report/catalogue.ts"
import { FaultError, faultOf, type Fault } from "../lang/report/fault.ts"
import { position } from "../lang/report/span.ts"
import { brief } from "../lang/report/brief.ts"
import type { RenderOptions } from "../lang/report/render.ts"

/** Where a diagnostic points: offsets in the source, and line and column counted from 1. */
export interface DiagnosticSpan {
  /** The name that the text was given. */
  readonly file: string
  /** Offset of the first character. */
  readonly start: number
  /** Offset behind the last character. */
  readonly end: number
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1. */
  readonly column: number
}

/** One thing that is wrong, as data. */
export interface Diagnostic {
  /** Warnings do not fail by themselves. */
  readonly severity: "error" | "warning"
  /** Stable, such as `E0201`. */
  readonly code: string
  /** What is wrong, in the terms of whoever wrote the program. */
  readonly message: string
  /** Where, or null for what has no place in a program. */
  readonly span: DiagnosticSpan | null
  /** Other places that matter, with words for each. */
  readonly labels: readonly { readonly span: DiagnosticSpan; readonly message: string }[]
  /** What may be done about it. */
  readonly hint: string | null
  /** The calls of the program, innermost first. */
  readonly stack: readonly { readonly name: string; readonly span: DiagnosticSpan | null; readonly times: number }[]
}

function spanOf(span: Fault["span"]): DiagnosticSpan | null {
  if (span === null) return null
  return { file: span.source.name, start: span.start, end: span.end, ...position(span.source, span.start) }
}

/** A fault as plain data. */
export function diagnosticOf(fault: Fault): Diagnostic {
  return {
    severity: fault.severity,
    code: fault.code,
    message: fault.message,
    span: spanOf(fault.span),
    labels: fault.labels.map((label) => ({ span: spanOf(label.span)!, message: label.message })),
    hint: fault.hint,
    stack: fault.stack.map(({ name, span, times = 1 }) => ({ name, span: spanOf(span), times })),
  }
}

type Renderer = (fault: Fault, options: RenderOptions) => string

let renderer: Renderer = brief

/** Says how errors are drawn from here on. */
export function offerRenderer(render: Renderer): void {
  renderer = render
}

/** What every failing call of the engine throws. */
export class AdlError extends Error {
  /** Always `AdlError`. */
  override readonly name = "AdlError"
  /** What is wrong, the first thing first. */
  readonly diagnostics: readonly Diagnostic[]
  /** The same as the lower floors know them. @internal */
  readonly faults: readonly Fault[]
  /** May the program go on where this reaches it through a host function? Limits and interruption end it. @internal */
  readonly catchable: boolean

  /** For the engine's own use. @internal */
  constructor(faults: readonly Fault[], cause?: unknown, catchable = true) {
    super(faults[0]?.message ?? "unknown error", cause === undefined ? undefined : { cause })
    this.faults = faults
    this.catchable = catchable
    this.diagnostics = faults.map(diagnosticOf)
  }

  /** The diagnostics as text: source lines with the place underlined, hints, call stack; without lines and stack before `engine.ready`. */
  render(options: RenderOptions = {}): string {
    return this.faults.map((fault) => renderer(fault, options)).join("\n\n")
  }
}

/** What code may come from elsewhere, and so may make no sense. */
export interface Origin {
  /** Did functions arrive as data? */
  readonly arrived: boolean
}

/** Runs `f`; whatever it throws comes out as an `AdlError`. */
export function guarded<T>(f: () => T, origin?: Origin): T {
  try {
    return f()
  } catch (error) {
    throw errorOf(error, origin)
  }
}

/** Whatever was thrown, as the error that the host sees. */
export function errorOf(error: unknown, origin?: Origin): AdlError {
  if (error instanceof AdlError) return error
  if (error instanceof FaultError) return new AdlError(error.faults, error.cause, error.catchable)
  const said = error instanceof Error ? error.message : String(error)
  return new AdlError([faultOf(origin?.arrived === true ? faults.senseless() : faults.internal(said))], error)
}

/** Runs a function of the host named `name`; what it throws becomes a fault with the exception as cause. */
export function hosted<T>(name: string, f: () => T): T {
  try {
    return f()
  } catch (error) {
    if (error instanceof FaultError) throw error
    // The end of the stack is the end of the program's, wherever it is met.
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw error
    if (error instanceof AdlError && !error.catchable) throw new FaultError(error.faults, false, error.cause)
    const said: unknown = error instanceof Error ? error.message : error
    const message = typeof said === "string" ? said : "it threw no Error"
    throw new FaultError([faultOf(faults.hostFailed(name, message))], true, error)
  }
}
