/**
 * Every built-in function of the language, in the order of the files that declare them, for who documents or lists them.
 * It must not be imported where an engine is to be small.
 */

import { furtherBuiltins } from "../interpreter/builtins/further.ts"
import { specialBuiltins } from "../interpreter/builtins/special.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"
import { basicBuiltins, Library } from "./library.ts"

export const builtins: readonly BuiltinFunction[] = [...basicBuiltins, ...furtherBuiltins, ...specialBuiltins]

/** The library of the language without a host. */
export function wholeLibrary(): Library {
  return new Library([...furtherBuiltins, ...specialBuiltins])
}
