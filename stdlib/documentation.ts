/**
 * What the standard modules say of themselves: a heading for each public name, and the comment above it.
 * It is read from the syntax of a module, which does not run for it. It must not know how documentation is shown.
 */

import type { FnStatement, Statement } from "../lang/ast.ts"
import { parse } from "../lang/parse.ts"
import { printExpr, printPattern } from "../lang/print.ts"
import { sources } from "./sources.ts"

/** One public name of a module. */
export interface Entry {
  readonly name: string
  /** How it is called: `adam(f, x0, rate = 0.01)`. */
  readonly heading: string
  readonly doc: string
}

export interface ModuleDocumentation {
  /** What the module as a whole says. */
  readonly doc: string
  readonly entries: readonly Entry[]
}

/** The documentation of `std/…`, or null where there is no such module. */
export function documentationOf(specifier: string): ModuleDocumentation | null {
  const text = sources.get(specifier)
  if (text === undefined) return null
  const { program } = parse({ name: specifier, text })
  return { doc: program.doc ?? "", entries: program.statements.flatMap(entriesOf) }
}

/** What `std/optim.adam`, or in short `optim.adam`, is; null where there is none. */
export function entryOf(name: string): Entry | null {
  return entriesBeside(name).find((entry) => entry.name === name.slice(name.lastIndexOf(".") + 1)) ?? null
}

/** Names that `optim.adm` may have been meant to be, written as it is. */
export function namesBeside(name: string): string[] {
  const prefix = name.slice(0, name.lastIndexOf(".") + 1)
  return entriesBeside(name).map((entry) => prefix + entry.name)
}

/** Everything in the module that `optim.adam` begins with. */
function entriesBeside(name: string): readonly Entry[] {
  const dot = name.lastIndexOf(".")
  if (dot < 0) return []
  const module = name.slice(0, dot)
  return (documentationOf(module) ?? documentationOf(`std/${module}`))?.entries ?? []
}

/** The modules that programs import; the others are what these are made of. */
export function mainModules(): string[] {
  return [...sources.keys()].filter((name) => name.split("/").length === 2)
}

function entriesOf(statement: Statement): Entry[] {
  switch (statement.kind) {
    case "fn":
      return visible({ name: statement.name, heading: signature(statement), doc: statement.doc ?? "" })
    case "type": {
      const variants = statement.variants.map(({ name, fields }) =>
        fields.length === 0 ? name : `${name}(${fields.join(", ")})`,
      )
      const heading = `type ${statement.name} = ${variants.join(" | ")}`
      return visible({ name: statement.name, heading, doc: statement.doc ?? "" })
    }
    case "let":
      if (statement.pattern.kind !== "namePattern") return []
      return visible({ name: statement.pattern.name, heading: statement.pattern.name, doc: statement.doc ?? "" })
    default:
      return []
  }
}

/** Names that begin with `_` are a module's own. */
function visible(entry: Entry): Entry[] {
  return entry.name.startsWith("_") ? [] : [entry]
}

function signature({ name, params }: FnStatement): string {
  const shown = params.map((param) => {
    const pattern = printPattern(param.pattern)
    return param.default === null ? pattern : `${pattern} = ${printExpr(param.default)}`
  })
  return `${name}(${shown.join(", ")})`
}
