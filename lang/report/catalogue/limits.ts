/**
 * Faults E05xx: limits and interruption.
 * They cannot be caught by a program.
 * They must not know who counts.
 */

import type { FaultText } from "../fault.ts"

export const limitFaults = {
  depth: (limit: number): FaultText => ({
    code: "E0501",
    message: `calls nest deeper than ${limit.toLocaleString("en-US")}`,
    hint: "does the recursion end? A call in tail position needs no depth; the limit `depth` can be raised",
  }),
  steps: (limit: number): FaultText => ({
    code: "E0502",
    message: `the program took more than ${limit.toLocaleString("en-US")} steps`,
    hint: "does every loop end?",
  }),
  time: (milliseconds: number): FaultText => ({
    code: "E0503",
    message: `the program ran longer than ${String(milliseconds / 1000)} s`,
  }),
  memory: (bytes: number): FaultText => ({
    code: "E0504",
    message: `the program needs more than ${String(Math.round(bytes / 2 ** 20))} MiB of memory`,
  }),
  interrupted: (): FaultText => ({ code: "E0505", message: "interrupted" }),
  arrayTooLarge: (shape: readonly number[]): FaultText => ({
    code: "E0506",
    message: `an array of shape (${shape.join(", ")}) is too large`,
  }),
  nestedStructure: (): FaultText => ({
    code: "E0507",
    message: "this program is nested too deeply",
    hint: "give parts of it names with `let` or `fn`",
  }),
}
