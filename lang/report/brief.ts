/**
 * Faults as text for a person, in few lines: code, message, place and hint.
 * It is what there is before the whole picture, which is loaded apart; the words are the same. It must not know the catalogue.
 */

import type { Fault } from "./fault.ts"
import { position } from "./span.ts"

/** Control characters would move the cursor or worse. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, (character) => (character === "\n" ? "\n  " : "\ufffd"))
}

/** One fault, without a newline at the end. */
export function brief({ severity, code, message, span, hint }: Fault): string {
  const lines = [`${severity}[${code}]: ${clean(message)}`]
  if (span !== null) {
    const { line, column } = position(span.source, span.start)
    lines.push(` --> ${span.source.name}:${String(line)}:${String(column)}`)
  }
  if (hint !== null) lines.push(` = hint: ${clean(hint)}`)
  return lines.join("\n")
}
