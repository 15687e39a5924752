/**
 * CSV texts and records of columns.
 * The first line names the columns; a column whose cells are all numbers or empty is an array, any other a list of strings. It must not know files.
 */

import Papa from "papaparse"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { Tensor } from "../arrays/tensor.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { itemsOf, sequenceOf } from "../values/sequence.ts"
import { showNumber } from "../values/show.ts"
import { isNum, primalOf } from "../autodiff/num.ts"
import { recordOf, RecordValue, type Runtime, type Value } from "../values/values.ts"

const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i
const special: ReadonlyMap<string, number> = new Map([
  ["", NaN],
  ["nan", NaN],
  ["na", NaN],
  ["inf", Infinity],
  ["+inf", Infinity],
  ["-inf", -Infinity],
  ["infinity", Infinity],
  ["-infinity", -Infinity],
])

/** The number a cell spells, or null. */
function numberOf(cell: string): number | null {
  if (number.test(cell)) return Number(cell)
  return special.get(cell.trim().toLowerCase()) ?? null
}

/** A record of columns from a text; `path` is what faults name. */
export function parseCsv(text: string, path: string, runtime: Pick<Runtime, "charge" | "poll">): Value {
  let names: string[] | null = null
  const columns: string[][] = []
  let line = 0
  const body = text.startsWith("\ufeff") ? text.slice(1) : text
  Papa.parse<string[]>(body, {
    skipEmptyLines: true,
    step: ({ data: row, errors }) => {
      line++
      if ((line & 1023) === 0) runtime.poll()
      const problem = errors[0]
      if (problem !== undefined && problem.type === "Quotes") {
        raise(faults.malformed(path, line, 1, "a quoted cell does not end"))
      }
      if (names === null) {
        names = row.map((name) => name.trim())
        const twice = names.find((name, i) => names!.indexOf(name) !== i)
        if (twice !== undefined) raise(faults.malformed(path, 1, 1, `two columns are called \`${twice}\``))
        for (let i = 0; i < names.length; i++) columns.push([])
        return
      }
      if (row.length !== names.length) {
        raise(
          faults.malformed(
            path,
            line,
            1,
            `${String(row.length)} cells, but the first line names ${String(names.length)} columns`,
          ),
        )
      }
      for (let i = 0; i < row.length; i++) columns[i]!.push(row[i]!)
    },
  })
  if (names === null) raise(faults.malformed(path, 1, 1, "the file is empty; its first line should name the columns"))
  runtime.charge(columns.length * line * 8)
  return recordOf((names as string[]).map((name, i): [string, Value] => [name, columnOf(columns[i]!)]))
}

function columnOf(cells: string[]): Value {
  const data = new Float64Array(cells.length)
  for (let i = 0; i < cells.length; i++) {
    const value = numberOf(cells[i]!)
    if (value === null) return build(cells)
    data[i] = value
  }
  return new Tensor([data.length], data)
}

/** A record of columns as text. */
export function writeCsv(value: Value): string {
  if (!(value instanceof RecordValue))
    raise(faults.wrongArgument("write_csv", "columns", "a record of columns", kindOf(value)))
  const columns = value.values.map((column, i) => {
    const sequence = sequenceOf(column)
    if (sequence === null || typeof column === "string") {
      raise(faults.wrongArgument("write_csv", value.layout.names[i]!, "a column", kindOf(column)))
    }
    return itemsOf(sequence).map((item) => cellOf(item, value.layout.names[i]!))
  })
  const length = columns[0]?.length ?? 0
  for (const column of columns)
    if (column.length !== length) raise(faults.lengthsDiffer("write_csv", length, column.length))
  const rows = Array.from({ length }, (_, i) => columns.map((column) => column[i]!))
  return Papa.unparse({ fields: [...value.layout.names], data: rows }, { newline: "\n" }) + "\n"
}

function cellOf(item: Value, column: string): string {
  if (typeof item === "string") return item
  if (typeof item === "boolean") return String(item)
  const primal = isNum(item) ? primalOf(item) : null
  if (typeof primal === "number") return showNumber(primal)
  raise(faults.wrongArgument("write_csv", column, "numbers, strings or booleans", kindOf(item)))
}
