/**
 * Warnings: what `check` points out and a run accepts.
 * Each names what was probably meant.
 * They must not stop anything.
 */

import type { FaultText } from "../fault.ts"
import { quote } from "../words.ts"

export const warnings = {
  unusedValue: (): FaultText => ({
    code: "W0101",
    message: "the value of this expression is not used",
    hint: "a line that begins with `(`, `[` or `-x` is a statement of its own; an operator at the end of the line above continues it",
  }),
  unusedName: (name: string): FaultText => ({
    code: "W0201",
    message: `\`${name}\` is never used`,
    hint: `a name that begins with \`_\` may stay unused`,
  }),
  capitalBinding: (name: string): FaultText => ({
    code: "W0202",
    message: `\`${name}\` is no variant in scope, so this pattern binds it and fits anything`,
  }),
  missingVariants: (names: readonly string[]): FaultText => ({
    code: "W0203",
    message: `this \`match\` forgets ${quote.list(names)}`,
  }),
  staleCapture: (name: string): FaultText => ({
    code: "W0204",
    message: `\`${name}\` is assigned after this function was made, which keeps the earlier value`,
  }),
  unreachable: (): FaultText => ({ code: "W0205", message: "this is never reached" }),
}
