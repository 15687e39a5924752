/**
 * Faults E07xx: functions and values given by the embedding program.
 * They name the host function as the program sees it.
 * They must not know how values cross over.
 */

import type { FaultText } from "../fault.ts"

export const hostFaults = {
  hostFailed: (name: string, message: string): FaultText => ({
    code: "E0701",
    message: `the host function \`${name}\` failed: ${message}`,
  }),
  hostOrder: (name: string): FaultText => ({
    code: "E0702",
    message: `the host function \`${name}\` has a first derivative only`,
    hint: "a `rule` in ADL serves every order",
  }),
  hostNoDerivative: (name: string): FaultText => ({
    code: "E0703",
    message: `the host function \`${name}\` has no derivative`,
    hint: "give it a `jvp`, a `vjp` or a `rule`",
  }),
  hostValue: (name: string, kind: string): FaultText => ({
    code: "E0704",
    message: `the host function \`${name}\` returned ${kind}, which is no ADL value`,
  }),
  /** A value from the host that has no meaning here; `path` is how the host would write where it stands. */
  hostInput: (path: string, problem: string): FaultText => ({
    code: "E0705",
    message: `${path === "" ? "the value" : `\`${path}\``} ${problem}`,
  }),
  noSuchFunction: (name: string, module: string): FaultText => ({
    code: "E0706",
    message: `${module} has no function \`${name}\``,
  }),
}
