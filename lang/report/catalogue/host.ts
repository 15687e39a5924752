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
  /** `what` names the option of the host, `expected` what it takes; where there is no such option, `given` is null and `expected` names those that there are. */
  hostOption: (what: string, expected: string, given: string | null): FaultText => ({
    code: "E0713",
    ...(given === null
      ? { message: `there is no option \`${what}\``, hint: `there are ${expected}` }
      : { message: `\`${what}\` must be ${expected}, not ${given}` }),
  }),
  /** `index` counts from 1. */
  hostTemplate: (index: number): FaultText => ({
    code: "E0716",
    message: `value ${String(index)} of the template stands where no value can: inside a string or a comment, or as a name`,
    hint: "a value takes the place of an expression; in a string that is `{${…}}`",
  }),
}
