/**
 * Running program texts in tests of the interpreter.
 * Gives what a script shows, line by line, and the first fault as its code and message. It must not know files.
 */

import { wholeLibrary } from "../engine/builtins.ts"
import { Loader } from "../engine/loader.ts"
import { Evaluation, type Limits } from "../interpreter/evaluate/runtime.ts"
import { trapNan } from "../interpreter/evaluate/trap.ts"
import { show } from "../interpreter/values/show.ts"
import { FaultError, type Fault } from "../lang/report/fault.ts"

export interface Outcome {
  readonly shown: readonly string[]
  readonly printed: readonly string[]
  readonly fault: Fault | null
  readonly steps: number
  /** The text under the fault's span. */
  readonly under: string | null
}

/** Runs a program to its end or its first fault. */
export function runProgram(
  text: string,
  limits: Limits = {},
  interrupt: Int32Array | null = null,
  traps = false,
): Outcome {
  const library = wholeLibrary()
  if (traps) trapNan(library.values)
  const shown: string[] = []
  const printed: string[] = []
  const print = (line: string): void => {
    printed.push(line)
  }
  const runtime = new Evaluation({ library: library.values, print, limits, interrupt })
  runtime.restart()
  const loader = new Loader(library, runtime, () => null)
  let fault: Fault | null = null
  try {
    const module = loader.prepare({ name: "test", text })
    loader.run(module, (value) => shown.push(show(value)))
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    fault = error.faults[0] ?? null
  }
  const span = fault?.span ?? null
  return { shown, printed, fault, steps: runtime.steps, under: span === null ? null : text.slice(span.start, span.end) }
}

/** What a program shows; a fault fails the test. */
export function shownBy(text: string, limits: Limits = {}): readonly string[] {
  const { shown, fault } = runProgram(text, limits)
  if (fault !== null) throw new Error(`${fault.code}: ${fault.message}`)
  return shown
}

/** The fault of a program as `code: message`. */
export function faultOfProgram(text: string, limits: Limits = {}): string {
  const { fault } = runProgram(text, limits)
  return fault === null ? "none" : `${fault.code}: ${fault.message}`
}
