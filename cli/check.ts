/**
 * `adl check`: what can be found without running.
 * Errors and warnings of every file, errors first. It must not know how they are found.
 */

import type { Fault } from "../lang/report/fault.ts"
import { printCode } from "../lang/printcore.ts"
import { AdlError, diagnosticOf } from "../engine/error.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { writeError, writeLine } from "./output.ts"
import { errorJson, renderError } from "./report.ts"
import { readProgram } from "./text.ts"
import { emitCode, tiers } from "./tiers.ts"

export function check(invocation: Invocation): number | Promise<number> {
  const { positionals, flags } = invocation
  const json = flags["json"] === true
  const emit = flags["emit"]
  if (positionals.length === 0) throw new UsageError("check needs a file", "check")
  if (emit === "sir" || emit === "lir" || emit === "js") return emitCode(invocation, emit)
  if (emit !== undefined) return emitCore(invocation, String(emit))
  if (flags["tiers"] === true) return tiers(invocation)
  let errors = 0
  let warnings = 0
  for (const path of positionals) {
    const faults = findings(invocation, path)
    for (const fault of faults) {
      if (fault.severity === "error") errors++
      else warnings++
    }
    if (json) {
      for (const fault of faults) {
        writeLine(JSON.stringify({ severity: fault.severity, ...errorJson(diagnosticOf(fault)) }))
      }
    } else if (faults.length > 0) writeLine(`${renderError(new AdlError(faults))}\n`)
  }
  if (!json) {
    writeLine(
      errors + warnings === 0
        ? `${count(positionals.length, "file")}: nothing found`
        : `${count(errors, "error")}, ${count(warnings, "warning")}`,
    )
  }
  return errors > 0 ? 1 : 0
}

function count(n: number, noun: string): string {
  return `${String(n)} ${noun}${n === 1 ? "" : "s"}`
}

/** All faults of a file, without running it. */
function findings(invocation: Invocation, path: string): readonly Fault[] {
  try {
    const { name, text } = readProgram(path)
    const engine = hostEngine(invocation, { print: () => undefined })
    return engine.check(text, name)
  } catch (error) {
    if (error instanceof AdlError) return error.faults
    throw error
  }
}

/** Prints what a file becomes after elaboration. */
function emitCore(invocation: Invocation, stage: string): number {
  if (stage !== "core") throw new UsageError(`--emit is core, sir, lir or js, not \`${stage}\``, "check")
  const [path, fn] = invocation.positionals
  try {
    const { name, text } = readProgram(path!)
    const engine = hostEngine(invocation, { print: () => undefined })
    const module = engine.prepare(text, name)
    const texts = module.statements.map((statement) => printCode(statement.code))
    const chosen = fn === undefined ? texts : texts.filter((core) => core.includes(fn))
    writeLine(chosen.join("\n"))
    return 0
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    writeError(renderError(error))
    return 1
  }
}
