// Writes engine/special-names.ts: what is known of the built-ins that are loaded apart. `npm run special` does it; a test holds it up to date.
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { furtherBuiltins } from "../interpreter/builtins/further.ts"
import { specialBuiltins } from "../interpreter/builtins/special.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"

const target = new URL("../engine/special-names.ts", import.meta.url)

const header = `/**
 * What is known of the built-ins that are loaded apart: how they are called, and what a call may do, as \`special.ts\` reads it.
 * Generated from their declarations by \`npm run special\`; a test holds it up to date. It must not be edited by hand.
 */

`

/** What is known of built-ins without their code, by name. */
export function allKnown(builtins: readonly BuiltinFunction[]): string[] {
  return builtins.map(known).sort()
}

function known(builtin: BuiltinFunction): string {
  const { name, params, most, options, anyNamed, callsBack, effect, retains, steps } = builtin
  const last = params.length - 1
  const written = params.map((param, i) =>
    param.required ? param.name : most === Infinity && i === last ? `${param.name}...` : `${param.name}?`,
  )
  const signs = [
    anyNamed ? "*" : "",
    callsBack ? "&" : "",
    effect ? "!" : "",
    retains ? "" : "-",
    steps === null ? "" : "~",
  ]
  return [name, ...written, ...options.map((option) => `${option}:`), ...signs].filter((word) => word !== "").join(" ")
}

function list(name: string, builtins: readonly BuiltinFunction[]): string {
  const lines = allKnown(builtins).map((text) => `  ${JSON.stringify(text)},\n`)
  return `export const ${name}: readonly string[] = [\n${lines.join("")}]\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, `${header}${list("furtherNames", furtherBuiltins)}\n${list("specialNames", specialBuiltins)}`)
}
