// Writes engine/special-names.ts: what is known of the built-ins that are loaded apart. `npm run special` does it; a test holds it up to date.
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { SpecialName } from "../engine/special-names.ts"
import { specialBuiltins } from "../interpreter/builtins/special.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"

const target = new URL("../engine/special-names.ts", import.meta.url)

const header = `/**
 * What is known of the built-ins that are loaded apart: how they are called, and what a call may do.
 * Generated from their declarations by \`npm run special\`; a test holds it up to date. It must not be edited by hand.
 */

import type { BuiltinDeclaration } from "../interpreter/values/values.ts"

/** A declaration without what it computes. */
export interface SpecialName extends Pick<
  BuiltinDeclaration,
  "name" | "params" | "options" | "anyNamed" | "callsBack" | "effect" | "retains"
> {
  /** Does it suspend where it calls a function? */
  readonly suspends?: boolean
}

`

/** What is known of built-ins without their code, by name. */
export function allKnown(builtins: readonly BuiltinFunction[]): SpecialName[] {
  return builtins.map(known).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function known(builtin: BuiltinFunction): SpecialName {
  const { name, params, most, options, anyNamed, callsBack, effect, retains, steps } = builtin
  const last = params.length - 1
  const written = params.map((param, i) =>
    param.required ? param.name : most === Infinity && i === last ? `${param.name}...` : `${param.name}?`,
  )
  return {
    name,
    params: written,
    ...(options.length > 0 ? { options } : {}),
    ...(anyNamed ? { anyNamed } : {}),
    ...(callsBack ? { callsBack } : {}),
    ...(effect ? { effect } : {}),
    ...(retains ? {} : { retains }),
    ...(steps === null ? {} : { suspends: true }),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = allKnown(specialBuiltins).map((entry) => `  ${JSON.stringify(entry)},\n`)
  writeFileSync(target, `${header}export const specialNames: readonly SpecialName[] = [\n${lines.join("")}]\n`)
}
