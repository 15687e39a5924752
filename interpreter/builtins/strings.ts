/**
 * Built-ins on strings, and on records by key; they are loaded apart.
 * Strings are sequences of characters (Unicode code points). It must not know numbers beyond showing and parsing them.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { spend } from "../arrays/work.ts"
import { isNum, primalOf } from "../autodiff/num.ts"
import { build } from "../values/build.ts"
import { charactersOf } from "../values/characters.ts"
import { kindOf } from "../values/kinds.ts"
import { show } from "../values/show.ts"
import { BuiltinFunction, Layout, RecordValue, VariantValue, type Value } from "../values/values.ts"
import { countArgument, sequenceArgument } from "./functional.ts"
import { textArgument, textOf } from "./text.ts"

function numberArgument(name: string, parameter: string, value: Value | undefined): number {
  const primal = value !== undefined && isNum(value) ? primalOf(value) : null
  if (typeof primal !== "number") raise(faults.wrongArgument(name, parameter, "a number", kindOf(value)))
  return primal
}

export const fixed = new BuiltinFunction({
  name: "fixed",
  doc: "`fixed(x, digits)`: a number as text with that many digits after the point (0 to 100).",
  params: ["x", "digits"],
  call: (_runtime, [x, digits]) => {
    const value = numberArgument("fixed", "x", x)
    const count = countArgument("fixed", "digits", digits)
    if (count > 100) raise(faults.wrongArgument("fixed", "digits", "at most 100", String(count)))
    return Number.isFinite(value) ? value.toFixed(count) : show(value)
  },
})

/** What a part of a string costs to cut off or to join, in elementary operations. */
const partCost = 32

/** The parts of a string between separators, which are not empty. */
function partsOf(text: string, separator: string): string[] {
  const parts: string[] = []
  let from = 0
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
    spend(partCost + at - from)
    parts.push(text.slice(from, at))
    from = at + separator.length
  }
  parts.push(text.slice(from))
  return parts
}

/** How many parts `join` puts together between two looks at the limits. */
const joinedAtOnce = 4096

export const join = new BuiltinFunction({
  name: "join",
  doc: '`join(xs, separator = "")`: the elements as text, one after the other with the separator between.',
  params: ["xs", "separator?"],
  call: (runtime, [xs, separator]) => {
    const between = separator === undefined ? "" : textArgument("join", "separator", separator)
    const { length, at } = sequenceArgument("join", "xs", xs)
    const blocks: string[] = []
    for (let from = 0; from < length; from += joinedAtOnce) {
      const parts = Array.from({ length: Math.min(joinedAtOnce, length - from) }, (_, i) => textOf(at(from + i)))
      const characters = parts.reduce((sum, part) => sum + part.length + between.length, 0)
      runtime.charge(2 * characters)
      spend(characters + partCost * parts.length)
      blocks.push(parts.join(between))
    }
    return blocks.join(between)
  },
})

export const split = new BuiltinFunction({
  name: "split",
  doc: '`split(s, separator = " ")`: the parts of a string between separators; with an empty separator its characters.',
  params: ["s", "separator?"],
  call: (runtime, [s, separator]) => {
    const text = textArgument("split", "s", s)
    const between = separator === undefined ? " " : textArgument("split", "separator", separator)
    runtime.charge(text.length * 8)
    if (between !== "") return build(partsOf(text, between))
    const { length, at } = charactersOf(text)
    return build(Array.from({ length }, (_, i) => at(i)))
  },
})

export const lines = new BuiltinFunction({
  name: "lines",
  doc: "`lines(s)`: the lines of a string, without their ends; a last empty one does not count.",
  params: ["s"],
  call: (runtime, [s]) => {
    const text = textArgument("lines", "s", s)
    runtime.charge(text.length * 2)
    const ended = partsOf(text, "\n")
    const parts = ended.flatMap((line, i) =>
      partsOf(i < ended.length - 1 && line.endsWith("\r") ? line.slice(0, -1) : line, "\r"),
    )
    if (parts.at(-1) === "") parts.pop()
    return build(parts)
  },
})

export const trim = new BuiltinFunction({
  name: "trim",
  doc: "`trim(s)`: the string without white space at both ends.",
  params: ["s"],
  call: (_runtime, [s]) => textArgument("trim", "s", s).trim(),
})

export const contains = new BuiltinFunction({
  name: "contains",
  doc: "`contains(s, part)`: does the string contain that part?",
  params: ["s", "part"],
  call: (_runtime, [s, part]) => textArgument("contains", "s", s).includes(textArgument("contains", "part", part)),
})

export const replace = new BuiltinFunction({
  name: "replace",
  doc: "`replace(s, old, new)`: the string with every `old` replaced.",
  params: ["s", "old", "new"],
  call: (runtime, [s, old, replacement]) => {
    const text = textArgument("replace", "s", s)
    const from = textArgument("replace", "old", old)
    const to = textArgument("replace", "new", replacement)
    const parts = from === "" ? [text] : partsOf(text, from)
    runtime.charge((text.length + parts.length * to.length) * 2)
    return parts.join(to)
  },
})

export const parseNumber = new BuiltinFunction({
  name: "parse_number",
  doc: "`parse_number(s)`: the number a string spells (also `inf`, `-inf`, `nan`), else nan; white space around it does not matter.",
  params: ["s"],
  call: (_runtime, [s]) => {
    const text = textArgument("parse_number", "s", s).trim()
    const named = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
    if (named !== null) return named[2]!.toLowerCase() === "nan" ? NaN : named[1] === "-" ? -Infinity : Infinity
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN
  },
})

// ---------------------------------------------------------------- records by key

function recordArgument(name: string, value: Value | undefined): RecordValue | VariantValue {
  if (value instanceof RecordValue || value instanceof VariantValue) return value
  raise(faults.wrongArgument(name, "r", "a record", kindOf(value)))
}

function placeOf(record: RecordValue | VariantValue, key: string): number {
  return record instanceof RecordValue ? (record.layout.index.get(key) ?? -1) : record.variant.fields.indexOf(key)
}

function namesOf(record: RecordValue | VariantValue): readonly string[] {
  return record instanceof RecordValue ? record.layout.names : record.variant.fields
}

export const has = new BuiltinFunction({
  name: "has",
  doc: "`has(r, key)`: does the record have a field of that name?",
  params: ["r", "key"],
  call: (_runtime, [r, key]) => placeOf(recordArgument("has", r), textArgument("has", "key", key)) >= 0,
})

export const get = new BuiltinFunction({
  name: "get",
  doc: "`get(r, key, default)`: the field of that name; without it the default, or an error where none is given.",
  params: ["r", "key", "default?"],
  call: (_runtime, [r, key, otherwise]) => {
    const record = recordArgument("get", r)
    const name = textArgument("get", "key", key)
    const place = placeOf(record, name)
    if (place >= 0) return record.values[place]!
    if (otherwise !== undefined) return otherwise
    raise(faults.noField(kindOf(record), name, namesOf(record)))
  },
})

export const set = new BuiltinFunction({
  name: "set",
  doc: "`set(r, key, value)`: the record with that field replaced or added.",
  params: ["r", "key", "value"],
  call: (_runtime, [r, key, value]) => {
    const record = recordArgument("set", r)
    const name = textArgument("set", "key", key)
    const place = placeOf(record, name)
    const values = [...record.values]
    if (place >= 0) {
      values[place] = value!
      return record instanceof RecordValue
        ? new RecordValue(record.layout, values)
        : new VariantValue(record.variant, values)
    }
    if (record instanceof VariantValue) raise(faults.noField(kindOf(record), name, namesOf(record)))
    values.push(value!)
    const layout =
      record.layout.names.length < 64 ? record.layout.with(name) : Layout.of([...record.layout.names, name])
    return new RecordValue(layout, values)
  },
})
