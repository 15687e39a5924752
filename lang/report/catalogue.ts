/**
 * The one catalogue of everything ADL can say about a program.
 * Each entry is a function from plain data to a `FaultText`; its code never changes meaning, and the texts speak of what was written, never of how it is
 * processed. It must not know who raises an entry nor how it is shown.
 *
 * Codes by stage: E01 syntax, E02 names, E03 run time, E04 differentiation, E05 limits, E06 files, E07 host, E08 sessions, W warnings.
 * To add one, write a function in its stage's file with the next free code; `raise(faults.entry(…), span)` throws it.
 */

import { derivativeFaults } from "./catalogue/derivatives.ts"
import { hostFaults } from "./catalogue/host.ts"
import { limitFaults } from "./catalogue/limits.ts"
import { nameFaults } from "./catalogue/names.ts"
import { runtimeFaults } from "./catalogue/runtime.ts"
import { syntaxFaults } from "./catalogue/syntax.ts"
import { warnings } from "./catalogue/warnings.ts"

/** Every error that can be found at once, by what it is about; `catalogue/apart.ts` has those that come with what is loaded apart. */
export const faults = {
  ...syntaxFaults,
  ...nameFaults,
  ...runtimeFaults,
  ...derivativeFaults,
  ...limitFaults,
  ...hostFaults,
}

export { warnings }
