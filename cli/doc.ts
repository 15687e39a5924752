/**
 * `adl doc`: documentation of a built-in or of a standard module.
 * It must not know where documentation is kept: it asks the library.
 */

import { builtins } from "../engine/builtins.ts"
import { constants } from "../engine/library.ts"
import { builtinEntry, type BuiltinEntry } from "../engine/reference.ts"
import { nearest } from "../lang/report/suggest.ts"
import { documentationOf, entryOf, mainModules, namesBeside, type Entry } from "../stdlib/documentation.ts"
import { sources } from "../stdlib/sources.ts"
import { fileBuiltins } from "./files.ts"
import type { Invocation } from "./invocation.ts"
import { writeError, writeLine } from "./output.ts"

export function doc(invocation: Invocation): number {
  const [name] = invocation.positionals
  if (name === undefined) {
    writeLine(columns(builtins.map((builtin) => builtin.name).sort()))
    writeLine(`\nconstants: ${[...constants.keys()].join(" ")}`)
    writeLine(`modules: ${mainModules().join(" ")}`)
    writeLine("\n`adl doc NAME` tells more about one.")
    return 0
  }
  const builtin = [...builtins, ...fileBuiltins(true)].find((candidate) => candidate.name === name)
  if (builtin !== undefined) {
    writeLine(described(builtinEntry(builtin)))
    return 0
  }
  const constant = constants.get(name)
  if (constant !== undefined) {
    writeLine(`${name} = ${String(constant)}`)
    return 0
  }
  const module = documentationOf(name)
  if (module !== null) {
    writeLine([module.doc, ...module.entries.map(shown)].join("\n\n"))
    return 0
  }
  const entry = entryOf(name)
  if (entry !== null) {
    writeLine(shown(entry))
    return 0
  }
  const known = [...builtins.map((candidate) => candidate.name), ...constants.keys(), ...sources.keys()]
  const near = nearest(name, [...known, ...namesBeside(name)])
  writeError(`adl doc: there is no \`${name}\`${near === null ? "" : `; did you mean \`${near}\`?`}`)
  return 1
}

/** A built-in as the reference has it. */
function described({ signature, doc, derivative, examples }: BuiltinEntry): string {
  const shownExamples = examples.map(({ source, value }) => `  > ${source}${value === null ? "" : `\n  ${value}`}`)
  return [signature, doc, derivative, shownExamples.join("\n")]
    .filter((part) => part !== null && part !== "")
    .join("\n\n")
}

/** The heading of an entry, with what it says below. */
function shown({ heading, doc }: Entry): string {
  const lines = doc.split("\n").map((line) => (line === "" ? "" : `  ${line}`))
  return [heading, ...lines].join("\n")
}

/** Names in columns of one width. */
function columns(names: readonly string[]): string {
  const width = names.reduce((most, name) => Math.max(most, name.length), 0) + 2
  const each = Math.max(1, Math.floor((process.stdout.columns ?? 100) / width))
  const lines: string[] = []
  for (let i = 0; i < names.length; i += each) {
    lines.push(
      names
        .slice(i, i + each)
        .map((name) => name.padEnd(width))
        .join("")
        .trimEnd(),
    )
  }
  return lines.join("\n")
}
