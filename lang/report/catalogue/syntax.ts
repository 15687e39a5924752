/**
 * Faults E01xx: what cannot be read as a program.
 * Each says what stands there, what was expected, and where possible how to write what was meant.
 * They must not use words of a parser: no tokens, rules or productions.
 */

import type { FaultText } from "../fault.ts"

export const syntaxFaults = {
  unexpectedCharacter: (character: string, hint?: string): FaultText => ({
    code: "E0101",
    message: `the character ${character} has no meaning here`,
    hint,
  }),
  unclosedString: (): FaultText => ({
    code: "E0102",
    message: "this string is not closed on its line",
    hint: 'end it with `"`; a line break inside is written `\\n`',
  }),
  unclosedComment: (): FaultText => ({
    code: "E0103",
    message: "this comment is never closed",
    hint: "comments nest: every `/*` needs its own `*/`",
  }),
}
