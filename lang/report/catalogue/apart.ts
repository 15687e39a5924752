/**
 * Faults of any stage that only what is loaded apart can find: files, sessions, and whatever needs more than the engine begins with.
 * Their codes are those of their stages. They must not know who raises them.
 */

import { fileFaults } from "./files.ts"
import { sessionFaults } from "./session.ts"
import type { FaultText } from "../fault.ts"
import { quote } from "../words.ts"

export const apartFaults = {
  ...fileFaults,
  ...sessionFaults,
  notAField: (operator: string, expected: number, given: number): FaultText => ({
    code: "E0411",
    message: `\`${operator}\` needs as many results as there are coordinates: ${String(expected)}, but got ${String(given)}`,
  }),
  ruleForm: (operator: string, expected: string, given: string): FaultText => ({
    code: "E0412",
    message: `the rule given to \`${operator}\` must return ${expected} here; it returned ${given}`,
  }),
  /** `what` names the construct. */
  symbolicConstruct: (what: string): FaultText => ({
    code: "E0413",
    message: `\`symbolic\` cannot write ${what} as an expression`,
    hint: "`diff` and `grad` can differentiate it",
  }),
  symbolicWays: (condition: string, most: number): FaultText => ({
    code: "E0414",
    message: `\`symbolic\` found more than ${String(most)} ways through the function: a loop, recursion or chain of branches depends on \`${condition.length > 60 ? `${condition.slice(0, 60)}…` : condition}\``,
    hint: "only loops of known length can be written out; `diff` and `grad` have no such limit",
  }),
  symbolicTooLarge: (most: number): FaultText => ({
    code: "E0415",
    message: `the expression has more than ${String(most)} operations`,
    hint: "this is expression swell; `diff` and `grad` do not suffer from it",
  }),
  hostOrder: (name: string): FaultText => ({
    code: "E0702",
    message: `the host function \`${name}\` has a first derivative only`,
    hint: "a `rule` in ADL serves every order",
  }),
  /** A derivative rule that disagrees with finite differences; the figures as shown. */
  hostRule: (name: string, at: string, rule: string, differences: string): FaultText => ({
    code: "E0707",
    message: `the derivative given for the host function \`${name}\` is wrong: at ${at} it gives ${rule}, finite differences give ${differences}`,
    hint: "`check: false` takes it as it is",
  }),
  hostUnchecked: (name: string, why: string): FaultText => ({
    code: "E0708",
    message: `the derivative given for the host function \`${name}\` could not be checked: ${why}`,
    hint: "give arguments to check it with, `at: [[…]]`, or `check: false`",
  }),
  hostSerial: (what: string): FaultText => ({
    code: "E0714",
    message: `${what} cannot be taken out of its engine`,
    hint: "values, functions of the program, built-ins and what operators make of those can",
  }),
  hostWorker: (reason: string): FaultText => ({ code: "E0715", message: `the worker ended: ${reason}` }),
  exampleDiffers: (expected: string, actual: string): FaultText => ({
    code: "E0331",
    message: `the example gives ${actual}, but the comment says ${expected === "" ? "nothing" : expected}`,
  }),
  singularMatrix: (name: string, shape: readonly number[]): FaultText => ({
    code: "E0340",
    message: `\`${name}\` of a singular matrix of shape ${quote.shape(shape)}`,
    hint: "`lstsq` and `pinv` do without an inverse",
  }),
  notPositiveDefinite: (name: string, shape: readonly number[]): FaultText => ({
    code: "E0341",
    message: `\`${name}\` of a matrix of shape ${quote.shape(shape)} that is not positive definite`,
    hint: "is it symmetric? A small multiple of `eye(n)` added to it may help",
  }),
}
