/**
 * Built-ins whose code is loaded apart, as programs see them before that: with all that is known of a call without making it.
 * A stand-in becomes the function itself once that is there, and says until then that it is not. It must not know what they compute.
 */

import { faults } from "../lang/report/catalogue.ts"
import { faultOf, FaultError } from "../lang/report/fault.ts"
import { BuiltinFunction, type BuiltinDeclaration } from "../interpreter/values/values.ts"
import { furtherNames, specialNames } from "./special-names.ts"

/** A declaration without what it computes. */
export interface Known extends Pick<
  BuiltinDeclaration,
  "name" | "params" | "options" | "anyNamed" | "callsBack" | "effect" | "retains"
> {
  /** Does it suspend where it calls a function? */
  readonly suspends: boolean
}

/**
 * What is known of a function, as one text: its name, its parameters, its options with a colon behind each, and a sign each for what is true of it, all
 * separated by blanks.
 */
export function knownFrom(text: string): Known {
  const [name, ...words] = text.split(" ") as [string, ...string[]]
  const is = (sign: string): boolean => words.includes(sign)
  return {
    name,
    params: words.filter((word) => /^\w[^:]*$/.test(word)),
    options: words.filter((word) => word.endsWith(":")).map((word) => word.slice(0, -1)),
    anyNamed: is("*"),
    callsBack: is("&"),
    effect: is("!"),
    retains: !is("-"),
    suspends: is("~"),
  }
}

/** Is this the name of one of them? */
export function isSpecial(name: string): boolean {
  return [...furtherNames, ...specialNames].some((text) => text.split(" ", 1)[0] === name)
}

/** Functions by their names, once they are there. */
export type Loaded = () => readonly BuiltinFunction[] | null

/** Stand-ins for functions of which this is known. */
export function standIns(texts: readonly string[], loaded: Loaded): readonly BuiltinFunction[] {
  return texts.map((text) => standIn(knownFrom(text), loaded))
}

function standIn({ suspends, ...known }: Known, loaded: Loaded): BuiltinFunction {
  const arrived = (): BuiltinFunction => {
    arrive([builtin], loaded)
    return builtin
  }
  const builtin = new BuiltinFunction({
    ...known,
    doc: "",
    call: (runtime, args, named) => arrived().call(runtime, args, named),
    ...(suspends ? { steps: (runtime, args, named) => arrived().steps!(runtime, args, named) } : {}),
  })
  return builtin
}

/** Makes stand-ins the functions themselves; where those are not there, that is a fault. */
export function arrive(standing: readonly BuiltinFunction[], loaded: Loaded): void {
  const themselves = loaded()
  for (const builtin of standing) {
    const itself = themselves?.find(({ name }) => name === builtin.name)
    // not for programs to catch: what they do must not depend on what is loaded when
    if (itself === undefined) throw new FaultError([faultOf(faults.notLoadedYet(builtin.name))], false)
    builtin.become(itself)
  }
}
