/**
 * Built-ins whose code is loaded apart, as programs see them before that: with all that is known of a call without making it.
 * A stand-in hands each call on to the function itself, or says that it is not there yet. It must not know what they compute.
 */

import { faults } from "../lang/report/catalogue.ts"
import { faultOf, FaultError } from "../lang/report/fault.ts"
import { BuiltinFunction } from "../interpreter/values/values.ts"
import { specialNames, type SpecialName } from "./special-names.ts"

/** Is this the name of one of them? */
export function isSpecial(name: string): boolean {
  return specialNames.some((entry) => entry.name === name)
}

/** Stand-ins for all of them; `loaded` gives the functions themselves, or null while they are not there. */
export function standIns(loaded: () => readonly BuiltinFunction[] | null): readonly BuiltinFunction[] {
  return specialNames.map((entry) => standIn(entry, loaded))
}

function standIn(
  { suspends = false, ...known }: SpecialName,
  loaded: () => readonly BuiltinFunction[] | null,
): BuiltinFunction {
  let itself: BuiltinFunction | undefined
  const found = (): BuiltinFunction => {
    itself ??= loaded()?.find(({ name }) => name === known.name)
    if (itself !== undefined) return itself
    // not for programs to catch: what they do must not depend on what is loaded when
    throw new FaultError([faultOf(faults.notLoadedYet(known.name))], false)
  }
  return new BuiltinFunction({
    ...known,
    doc: "",
    call: (runtime, args, named) => found().call(runtime, args, named),
    ...(suspends ? { steps: (runtime, args, named) => found().steps!(runtime, args, named) } : {}),
  })
}
