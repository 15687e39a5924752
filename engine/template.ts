/**
 * Programs written as template literals: what is interpolated becomes a constant with a name of its own, and is never text of the program.
 * The names occur nowhere else in the text, and each must be read as an expression there, so that a value inside a string, a comment or a name is refused.
 * It must not know what the program does.
 */

import { parse } from "../lang/parse.ts"
import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import { nameOf } from "./convert.ts"

/** A program and the constants in its scope. */
export interface Template {
  readonly text: string
  readonly scope: Readonly<Record<string, unknown>>
}

/** What errors call the text of a template. */
export const templateName = "<template>"

/** The program of a template literal; `strings` is what JavaScript hands to a tag, which no text can pretend to be. */
export function templated(strings: TemplateStringsArray, values: readonly unknown[]): Template {
  const pieces: unknown = (strings as Partial<TemplateStringsArray> | null)?.raw
  const wanted = values.length + 1
  if (!isTexts(pieces) || pieces.length !== wanted)
    raise(faults.hostOption("adl", "the tag of a template", nameOf(strings)))
  const prefix = unusedIn(pieces.join("\n"))
  const names = values.map((_, i) => `${prefix}${String(i + 1)}`)
  const text = pieces.map((piece, i) => piece + (names[i] ?? "")).join("")
  checkPlaces(text, names)
  return { text, scope: Object.fromEntries(names.map((name, i) => [name, values[i]])) }
}

function isTexts(x: unknown): x is readonly string[] {
  return Array.isArray(x) && x.every((piece) => typeof piece === "string")
}

/** The beginning of names that the text does not have. */
function unusedIn(text: string): string {
  let prefix = "value"
  while (text.includes(prefix)) prefix += "_"
  return prefix
}

/** Raises the fault of the first name that is read as anything but an expression. A text that cannot be read has faults of its own. */
function checkPlaces(text: string, names: readonly string[]): void {
  const source = { name: templateName, text }
  const { program, faults: syntax } = parse(source)
  if (syntax.length > 0) return
  const read = expressionsNamed(program, new Set(names))
  names.forEach((name, i) => {
    if (read.has(name)) return
    const start = text.indexOf(name)
    raise(faults.hostTemplate(i + 1), { source, start, end: start + name.length })
  })
}

/** Which of the names some expression of the program consists of. A field that is written as a name alone would take that name. */
function expressionsNamed(program: object, names: ReadonlySet<string>): Set<string> {
  const found = new Set<string>()
  const open: object[] = [program]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { kind, name } = node as { kind?: unknown; name?: unknown }
    if (typeof name === "string" && names.has(name)) {
      if (kind !== "name") continue
      found.add(name)
    }
    for (const [key, part] of Object.entries(node))
      if (typeof part === "object" && part !== null && !/span$/i.test(key)) open.push(part as object)
  }
  return found
}
