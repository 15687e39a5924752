/**
 * Faults E04xx: what differentiation refuses.
 * They name the operator as the user wrote it and say what to use instead.
 * They must not mention how derivatives are computed.
 */

import type { FaultText } from "../fault.ts"
import { quote } from "../words.ts"

export const derivativeFaults = {
  notScalar: (operator: string, kind: string): FaultText => ({
    code: "E0401",
    message: `\`${operator}\` needs a function with a scalar result; this returns ${kind}`,
    hint: kind.includes("array") ? "use `jacobian` or `vjp`" : "use `vjp` or `jvp`",
  }),
  functionResult: (operator: string): FaultText => ({
    code: "E0402",
    message: `\`${operator}\` cannot differentiate a result that holds a function`,
    hint: "use `jvp`, or apply the function first",
  }),
  notNumberInput: (operator: string, kind: string): FaultText => ({
    code: "E0403",
    message: `\`${operator}\` differentiates a function of one number; this argument is ${kind}`,
    hint: "use `grad` or `jacobian`",
  }),
  nothingToDifferentiate: (operator: string, name: string): FaultText => ({
    code: "E0408",
    message: `\`${operator}\` of \`${name}\`, which has no required parameter`,
    hint: 'name an optional one: `wrt: "name"`',
  }),
  wrongResult: (operator: string, expected: string, kind: string): FaultText => ({
    code: "E0409",
    message: `\`${operator}\` needs a function that returns ${expected}; this returns ${kind}`,
  }),
  notOneNumber: (name: string, count: number): FaultText => ({
    code: "E0410",
    message: `\`diff\` differentiates a function of one number; \`${name}\` has ${String(count)} required parameters`,
    hint: "use `grad` or `jacobian`",
  }),
  unknownWrt: (name: string, candidates: readonly string[]): FaultText => ({
    code: "E0404",
    message: `\`wrt\` names \`${name}\`, which is no parameter`,
    hint: candidates.length > 0 ? `the parameters are ${quote.list(candidates)}` : undefined,
  }),
  /** A rule or a function with a rule captured something that is being differentiated. */
  capturedActive: (operator: string, name: string): FaultText => ({
    code: "E0405",
    message: `the function given to \`${operator}\` uses \`${name}\`, which is being differentiated, from outside`,
    hint: `make \`${name}\` a parameter`,
  }),
  tangentForm: (operator: string, path: string, expected: string, given: string): FaultText => ({
    code: "E0407",
    message: `\`${operator}\` needs a direction of the form of the point${path === "" ? "" : `; at \`${path}\``}: expected ${expected}, got ${given}`,
  }),
}
