/**
 * Faults E07xx: functions and values given by the embedding program.
 * They name the host function as the program sees it.
 * They must not know how values cross over.
 */

import type { FaultText } from "../fault.ts"
import { didYouMean } from "../words.ts"

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
  hostPromise: (name: string): FaultText => ({
    code: "E0704",
    message: `the host function \`${name}\` returned a promise`,
    hint: "a program waits for nothing: await before the engine is called",
  }),
  /** A value from the host that has no meaning here; `path` is how the host would write where it stands. */
  hostInput: (path: string, problem: string): FaultText => ({
    code: "E0705",
    message: `\`${path === "" ? "value" : path}\`: ${problem}`,
  }),
  noSuchFunction: (name: string, module: string, candidates: readonly string[]): FaultText => ({
    code: "E0706",
    message: `${module} has no function \`${name}\``,
    hint: didYouMean(name, candidates),
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
  hostName: (name: string, why: string): FaultText => ({
    code: "E0709",
    message: `the host cannot give the name \`${name}\`: ${why}`,
  }),
  notLoadedYet: (name: string): FaultText => ({
    code: "E0717",
    message: `\`${name}\` is not loaded yet`,
    hint: "it is there once `await engine.ready` is over; an engine of `adl-lang/full` has it from the start",
  }),
  hostDisposed: (): FaultText => ({ code: "E0710", message: "the engine has been disposed of" }),
  hostActive: (): FaultText => ({
    code: "E0711",
    message: "a value that is being differentiated cannot leave the program",
    hint: "`stop_gradient` gives its value alone",
  }),
  /** An exception that no part of the engine means to throw. */
  internal: (message: string): FaultText => ({
    code: "E0712",
    message: `something went wrong inside the engine: ${message}`,
    hint: "this is a mistake of the engine, not of the program; please report it",
  }),
  /** Such an exception where functions have come as data: what else may be at fault. */
  senseless: (): FaultText => ({
    code: "E0718",
    message: "a function that came as data has the form of one, but makes no sense",
    hint: "`deserialize` and `restore` take what `serialize` and `snapshot` gave, as it was",
  }),
  /** `what` names the option of the host, `expected` what it takes. */
  hostOption: (what: string, expected: string, given: string): FaultText => ({
    code: "E0713",
    message: `\`${what}\` must be ${expected}, not ${given}`,
  }),
  hostSerial: (what: string): FaultText => ({
    code: "E0714",
    message: `${what} cannot be taken out of its engine`,
    hint: "values, functions of the program, built-ins and what operators make of those can",
  }),
  /** `index` counts from 1. */
  hostTemplate: (index: number): FaultText => ({
    code: "E0716",
    message: `value ${String(index)} of the template stands where no value can: inside a string or a comment, or as a name`,
    hint: "a value takes the place of an expression; in a string that is `{${…}}`",
  }),
  hostWorker: (reason: string): FaultText => ({ code: "E0715", message: `the worker ended: ${reason}` }),
}
