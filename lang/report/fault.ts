/**
 * Faults: problems a user can see, as data.
 * Whoever finds a problem throws a `FaultError` that holds plain data; position and call stack are attached on the way out, and rendering is
 * done elsewhere. It must not know how a fault is shown nor who finds it.
 */

import type { Span } from "./span.ts"

/** A second place that matters, with what is to be said about it. */
export interface Label {
  readonly span: Span
  readonly message: string
}

/** One frame of the ADL call stack, innermost first: the function that was running and where it was called. */
export interface StackFrame {
  readonly name: string
  readonly span: Span | null
  /** So many calls in a row that look the same; one unless it says. */
  readonly times?: number
  /** So many calls after these are left out of a deep stack. */
  readonly omitted?: number
}

/** A user-visible problem. */
export interface Fault {
  readonly severity: "error" | "warning"
  /** Stable code of the catalogue, such as `E0301`. */
  readonly code: string
  /** One sentence in the user's terms. */
  readonly message: string
  readonly span: Span | null
  readonly labels: readonly Label[]
  readonly hint: string | null
  readonly stack: readonly StackFrame[]
}

/** What a catalogue entry gives; the rest is attached later. */
export interface FaultText {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
}

/** The one exception of the language: carries one fault or several (a parse reports all it found). */
export class FaultError extends Error {
  override readonly name = "FaultError"
  faults: readonly Fault[]
  /** Limits and interruption pass through `attempt`. */
  readonly catchable: boolean

  /** `cause` is what the host threw, where it did. */
  constructor(faults: readonly Fault[], catchable = true, cause?: unknown) {
    super(faults[0]?.message ?? "unknown fault", cause === undefined ? undefined : { cause })
    this.faults = faults
    this.catchable = catchable
  }
}

/** A fault from a catalogue text, without a position unless one is given. */
export function faultOf(text: FaultText, span: Span | null = null, labels: readonly Label[] = []): Fault {
  return { severity: "error", code: text.code, message: text.message, hint: text.hint ?? null, span, labels, stack: [] }
}

/** Throws a catalogue text. */
export function raise(text: FaultText, span: Span | null = null): never {
  throw new FaultError([faultOf(text, span)])
}

/** Gives the innermost fault a position if it has none yet; anything that is no fault is left alone. */
export function locate(error: unknown, span: Span): void {
  if (!(error instanceof FaultError)) return
  const first = error.faults[0]
  if (first !== undefined && first.span === null) error.faults = [{ ...first, span }, ...error.faults.slice(1)]
}
