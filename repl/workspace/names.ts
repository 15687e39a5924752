/**
 * The names of a session as a catalogue for completion.
 * Built-ins are listed once; what the session defined is listed anew after every input, with the fields of what has fields. It must not know how completion
 * chooses.
 */

import type { Binding, ModuleExports } from "../../lang/scope.ts"
import type { SessionScope } from "../../engine/loader.ts"
import { constants } from "../../engine/library.ts"
import { kindOf } from "../../interpreter/values/kinds.ts"
import { show, showFunction } from "../../interpreter/values/show.ts"
import {
  BuiltinFunction,
  Closure,
  isFunction,
  RecordValue,
  VariantValue,
  type Value,
} from "../../interpreter/values/values.ts"
import { sources } from "../../stdlib/sources.ts"
import { parse } from "../../lang/parse.ts"
import { firstLine, type Entry } from "../editor/catalogue.ts"

const deepest = 3
const mostFields = 60

/** An entry for a value of that name. */
function valueEntry(name: string, value: Value, doc: string | null, depth = 0): Entry {
  if (isFunction(value)) return functionEntry(name, value, doc)
  const entry = { name, kind: "value" as const, signature: kindOf(value), doc: firstLine(doc) }
  const fields = depth < deepest ? fieldsOf(value, depth) : []
  return fields.length === 0 ? entry : { ...entry, fields }
}

function fieldsOf(value: Value, depth: number): Entry[] {
  if (value instanceof RecordValue) {
    return value.layout.names
      .slice(0, mostFields)
      .map((field, i) => ({ ...valueEntry(field, value.values[i]!, null, depth + 1), kind: "field" as const }))
  }
  if (value instanceof VariantValue) {
    return value.variant.fields
      .slice(0, mostFields)
      .map((field, i) => ({ ...valueEntry(field, value.values[i]!, null, depth + 1), kind: "field" as const }))
  }
  return []
}

function functionEntry(name: string, value: Value, doc: string | null): Entry {
  const entry = { name, kind: "function" as const, signature: isFunction(value) ? showFunction(value) : "" }
  if (value instanceof BuiltinFunction) {
    const text = firstLine(value.doc.replace(/^`[^`]*`: /, ""))
    return { ...entry, doc: text, parameters: [...value.params.map((parameter) => parameter.name), ...value.options] }
  }
  if (value instanceof Closure) {
    const { code } = value.code
    const parameters = code.params.flatMap((parameter) => (parameter.name === null ? [] : [parameter.name]))
    return { ...entry, doc: firstLine(doc ?? code.doc), parameters }
  }
  return { ...entry, kind: "function", doc: firstLine(doc) }
}

function entryOf(name: string, binding: Binding): Entry | null {
  switch (binding.kind) {
    case "cell":
      if (binding.cell.value === undefined) return null
      return valueEntry(name, binding.cell.value as Value, binding.cell.doc)
    case "variant": {
      const { variant } = binding
      const signature = variant.fields.length === 0 ? variant.name : `${variant.name}(${variant.fields.join(", ")})`
      return { name, kind: "variant", signature, doc: firstLine(variant.doc), parameters: variant.fields }
    }
    case "type":
      return { name, kind: "type", signature: `type ${binding.type.name}`, doc: firstLine(binding.type.doc) }
    case "module":
      return moduleEntry(name, binding.module)
    case "constant":
      return { name, kind: "value", signature: show(binding.value), doc: "" }
    case "builtin":
      return null
  }
}

function moduleEntry(name: string, module: ModuleExports): Entry {
  const fields = [...module.exports].flatMap(([exported, binding]) => entryOf(exported, binding) ?? [])
  return { name, kind: "module", signature: `module ${module.name}`, doc: "", fields }
}

/** Built-in functions and constants, by name. */
export function builtinEntries(builtins: readonly BuiltinFunction[]): Entry[] {
  return [
    ...builtins.map((builtin) => functionEntry(builtin.name, builtin, null)),
    ...[...constants].map(([name, value]): Entry => ({
      name,
      kind: "value",
      signature: show(value),
      doc: "a constant",
    })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Modules of the library, with the first line of their documentation. */
export function moduleEntries(): Entry[] {
  return [...sources].map(([name, text]) => {
    const { program } = parse({ name, text })
    return { name, kind: "module", signature: `module ${name}`, doc: firstLine(program.doc) }
  })
}

/** What a session defined, the latest first. */
export function sessionEntries(scope: SessionScope): Entry[] {
  return [...scope.defined()].toReversed().flatMap(([name, binding]) => entryOf(name, binding) ?? [])
}
