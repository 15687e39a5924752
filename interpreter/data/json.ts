/**
 * JSON texts and values.
 * Objects are records (any key is an ordinary field name), arrays follow the array rule, null is `()`; the forms that `--json` prints are read back. It
 * must not know files.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { position } from "../../lang/report/span.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { toJson } from "../values/json.ts"
import { leavesOf } from "../values/structure.ts"
import { isFunction, recordOf, unit, type Value } from "../values/values.ts"

/** The value of a JSON text; `path` is what faults name. */
export function parseJson(text: string, path: string): Value {
  let parsed: unknown
  try {
    parsed = JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text)
  } catch (error) {
    const message = error instanceof Error ? error.message : ""
    const at = /position (\d+)/.exec(message)
    const { line, column } = position({ name: path, text }, at === null ? text.length : Number(at[1]))
    const problem = message
      .replace(/ in JSON at position.*$| \(line.*$/s, "")
      .replace(/^Unexpected token.*$/s, "unexpected text")
    raise(apartFaults.malformed(path, line, column, problem.charAt(0).toLowerCase() + problem.slice(1)))
  }
  return valueOf(parsed, path, 0)
}

const deepest = 2_000

function valueOf(x: unknown, path: string, depth: number): Value {
  if (x === null) return unit
  if (typeof x === "number" || typeof x === "string" || typeof x === "boolean") return x
  if (depth > deepest) raise(apartFaults.malformed(path, 1, 1, "nested too deeply"))
  if (Array.isArray(x)) return build(x.map((item) => valueOf(item, path, depth + 1)))
  const entries = Object.entries(x as object)
  if (entries.length === 1 && entries[0]![0] === "$number") {
    const named: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity, nan: NaN }
    const value = named[String(entries[0]![1])]
    if (value !== undefined) return value
  }
  return recordOf(entries.map(([name, part]): [string, Value] => [name, valueOf(part, path, depth + 1)]))
}

/** A value as JSON text. */
export function writeJson(value: Value): string {
  const found = leavesOf(value).find(isFunction)
  if (found !== undefined) raise(faults.wrongArgument("write_json", "value", "data", kindOf(found)))
  return `${toJson(value)}\n`
}
