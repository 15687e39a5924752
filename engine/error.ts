/**
 * `AdlError`: every failure as the host sees it.
 * Diagnostics are data; `render` makes them readable. It must not know what failed.
 */

import { FaultError, type Fault } from "../lang/report/fault.ts"
import { position } from "../lang/report/span.ts"
import { render, type RenderOptions } from "../lang/report/render.ts"

/** Where a diagnostic points: offsets in the source, and line and column counted from 1. */
export interface DiagnosticSpan {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
}

export interface Diagnostic {
  readonly severity: "error" | "warning"
  /** Stable, such as `E0201`. */
  readonly code: string
  readonly message: string
  readonly span: DiagnosticSpan | null
  readonly labels: readonly { readonly span: DiagnosticSpan; readonly message: string }[]
  readonly hint: string | null
  /** The calls of the program, innermost first. */
  readonly stack: readonly { readonly name: string; readonly span: DiagnosticSpan | null }[]
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
    stack: fault.stack.map((frame) => ({ name: frame.name, span: spanOf(frame.span) })),
  }
}

/** What every failing call of the engine throws. */
export class AdlError extends Error {
  override readonly name = "AdlError"
  readonly diagnostics: readonly Diagnostic[]
  /** The same as the lower floors know them. */
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[], cause?: unknown) {
    super(faults[0]?.message ?? "unknown error", cause === undefined ? undefined : { cause })
    this.faults = faults
    this.diagnostics = faults.map(diagnosticOf)
  }

  /** The diagnostics as text: source lines with the place underlined, hints, call stack. */
  render(options: RenderOptions = {}): string {
    return this.faults.map((fault) => render(fault, options)).join("\n\n")
  }
}

/** Runs `f`; faults come out as `AdlError`s. */
export function guarded<T>(f: () => T): T {
  try {
    return f()
  } catch (error) {
    if (error instanceof FaultError) throw new AdlError(error.faults, error.cause)
    throw error
  }
}
