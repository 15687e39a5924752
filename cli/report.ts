/**
 * How the command line speaks: faults to stderr with colour on a terminal, or everything as JSON lines.
 * It must not know commands.
 */

import { AdlError, type Diagnostic } from "../engine/error.ts"
import type { Style } from "../lang/report/render.ts"
import { writeError, writeLine } from "./output.ts"

const codes: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;33",
  code: "",
  place: "36",
  gutter: "34",
  mark: "1;31",
  label: "34",
  hint: "32",
  plain: "1",
}

/** May this stream be coloured? */
export function colourful(stream: { isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb"
}

/** A piece of a message in its colour. */
export function paint(text: string, style: Style): string {
  const code = codes[style]
  return code === "" ? text : `\u001b[${code}m${text}\u001b[0m`
}

/** An error as text for stderr. */
export function renderError(error: AdlError): string {
  const width = process.stderr.columns ?? 100
  return error.render(colourful(process.stderr) ? { style: paint, width } : { width: 100 })
}

/** A diagnostic as the `error` of a JSON line. */
export function errorJson(diagnostic: Diagnostic): object {
  return {
    error: {
      code: diagnostic.code,
      message: diagnostic.message,
      file: diagnostic.span?.file ?? null,
      line: diagnostic.span?.line ?? null,
      column: diagnostic.span?.column ?? null,
      hint: diagnostic.hint,
    },
  }
}

/** Writes an error where it belongs. */
export function report(error: AdlError, json: boolean): void {
  if (json) for (const diagnostic of error.diagnostics) writeLine(JSON.stringify(errorJson(diagnostic)))
  else writeError(renderError(error))
}

/** Runs `f`; an `AdlError` is reported and gives status 1 (130 when interrupted). */
export function reporting(json: boolean, f: () => number): number {
  try {
    return f()
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    report(error, json)
    return error.diagnostics[0]?.code === interrupted ? 130 : 1
  }
}

const interrupted = "E0505"
