/**
 * CSV texts and records of columns (RFC 4180, and what is found in the wild).
 * One pass over the text finds the cells; a column stays numbers until a cell is none, and the few that turn to text only later are read again, so that a
 * large file of numbers costs eight bytes a cell; texts that all spell booleans are these. The first line names the columns, unless it is said that none does. It must
 * not know files.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { Tensor } from "../arrays/tensor.ts"
import { isNum, primalOf } from "../autodiff/num.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { itemsOf, sequenceOf } from "../values/sequence.ts"
import { showNumber } from "../values/show.ts"
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

// ---------------------------------------------------------------- cells

const quote = 34
const newline = 10
const carriage = 13

/** Where in a text a row begins. */
interface Place {
  readonly line: number
  readonly column: number
}

/** Reads rows one after the other. Empty lines are no rows. */
class Rows {
  private readonly text: string
  private readonly path: string
  private readonly separator: number
  private at: number
  private line = 1
  private lineStart: number
  /** The cells of the row read last, and where it began. */
  readonly cells: string[] = []
  place: Place = { line: 1, column: 1 }

  constructor(text: string, path: string, separator: string) {
    this.text = text
    this.path = path
    this.separator = separator.charCodeAt(0)
    this.at = text.startsWith("\ufeff") ? 1 : 0
    this.lineStart = this.at
  }

  /** Reads the next row into `cells`; false at the end of the text. */
  next(): boolean {
    const { text, cells } = this
    while (this.at < text.length && this.endOfLine()) this.passLine()
    if (this.at >= text.length) return false
    this.place = this.here()
    cells.length = 0
    for (;;) {
      cells.push(text.charCodeAt(this.at) === quote ? this.quoted() : this.bare())
      if (this.at < text.length && text.charCodeAt(this.at) === this.separator) this.at++
      else break
    }
    if (this.at < text.length) this.passLine()
    return true
  }

  private here(): Place {
    return { line: this.line, column: this.at - this.lineStart + 1 }
  }

  private endOfLine(): boolean {
    const code = this.text.charCodeAt(this.at)
    return code === newline || code === carriage
  }

  private passLine(): void {
    if (this.text.charCodeAt(this.at) === carriage && this.text.charCodeAt(this.at + 1) === newline) this.at++
    this.at++
    this.line++
    this.lineStart = this.at
  }

  private bare(): string {
    const { text, separator } = this
    const start = this.at
    let end = start
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === separator || code === newline || code === carriage) break
    }
    this.at = end
    return text.slice(start, end)
  }

  private quoted(): string {
    const { text } = this
    const opened = this.here()
    let cell = ""
    for (;;) {
      const start = this.at + 1
      const end = text.indexOf('"', start)
      if (end < 0) this.fail(opened, "a quoted cell does not end")
      for (let i = text.indexOf("\n", start); i >= 0 && i < end; i = text.indexOf("\n", i + 1)) {
        this.line++
        this.lineStart = i + 1
      }
      cell += text.slice(start, end)
      this.at = end + 1
      if (text.charCodeAt(this.at) !== quote) break
      cell += '"'
    }
    if (this.at < text.length && text.charCodeAt(this.at) !== this.separator && !this.endOfLine()) {
      this.fail(this.here(), "text behind the closing quote of a cell; a quote inside is written twice")
    }
    return cell
  }

  fail({ line, column }: Place, problem: string): never {
    raise(apartFaults.malformed(this.path, line, column, problem))
  }
}

/** The character that separates cells: the most frequent of a few on the first line, outside quotes. */
function separatorOf(text: string): string {
  const [first] = text.replace(/"(?:[^"]|"")*"/g, "").split(/[\r\n]/, 1)
  const counts = [",", ";", "\t", "|"].map((candidate) => ({ candidate, count: first!.split(candidate).length }))
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).candidate
}

// ---------------------------------------------------------------- columns

/** Numbers that grow. */
class Numbers {
  private data = new Float64Array(1024)
  private length = 0

  push(x: number): void {
    if (this.length === this.data.length) {
      const more = new Float64Array(2 * this.length)
      more.set(this.data)
      this.data = more
    }
    this.data[this.length++] = x
  }

  tensor(): Tensor {
    return new Tensor([this.length], this.data.slice(0, this.length))
  }
}

/** A column being read: numbers, or texts from the first row on, or (null) texts that must be read again. */
type Column = Numbers | string[] | null

/** How a text is read: by a separator that need not be found out, and with names of the columns (true: c0, c1, …) where its first line has none. */
export interface CsvForm {
  readonly separator?: string | undefined
  readonly names?: readonly string[] | true | undefined
}

/** A record of columns from a text; `path` is what faults name. */
export function parseCsv(
  text: string,
  path: string,
  runtime: Pick<Runtime, "charge" | "poll">,
  form: CsvForm = {},
): Value {
  const by = form.separator ?? separatorOf(text.slice(0, 1 << 20))
  const rows = new Rows(text, path, by)
  const headed = form.names === undefined
  if (!rows.next()) {
    const needed = headed ? "its first line should name the columns" : "it should have at least one line"
    raise(apartFaults.malformed(path, 1, 1, `the file is empty; ${needed}`))
  }
  const first = [...rows.cells]
  const names = headed
    ? first.map((name) => name.trim())
    : form.names === true
      ? first.map((_, i) => `c${String(i)}`)
      : form.names!
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) rows.fail(rows.place, `two columns are called \`${twice}\``)
  const columns: Column[] = names.map(() => new Numbers())
  let count = 0
  while ((!headed && count === 0) || rows.next()) {
    const { cells } = rows
    if ((++count & 1023) === 0) {
      runtime.poll()
      runtime.charge(1024 * 8 * names.length)
    }
    if (cells.length !== names.length) {
      rows.fail(
        rows.place,
        `${String(cells.length)} cell${cells.length === 1 ? "" : "s"}, but ${headed ? "the first line names" : "there are names for"} ${String(names.length)} column${names.length === 1 ? "" : "s"}`,
      )
    }
    for (let i = 0; i < cells.length; i++) {
      const column = columns[i]!
      if (column === null) continue
      if (!(column instanceof Numbers)) {
        column.push(cells[i]!)
        continue
      }
      const value = numberOf(cells[i]!)
      if (value !== null) column.push(value)
      else columns[i] = count === 1 ? [cells[i]!] : null
    }
  }
  const again = columns.flatMap((column, i) => (column === null ? [i] : []))
  const texts = readAgain(new Rows(text, path, by), again, headed, runtime)
  return recordOf(
    names.map((name, i): [string, Value] => {
      const column = columns[i] ?? texts.get(i)!
      if (column instanceof Numbers) return [name, column.tensor()]
      return [name, build(column.every(isTruth) ? column.map((cell) => /t/i.test(cell)) : column)]
    }),
  )
}

/** Does a cell spell a boolean? */
function isTruth(cell: string): boolean {
  return /^\s*(true|false)\s*$/i.test(cell)
}

/** The texts of some columns of rows that are known to be well formed. */
function readAgain(
  rows: Rows,
  wanted: readonly number[],
  headed: boolean,
  runtime: Pick<Runtime, "poll">,
): Map<number, string[]> {
  const texts = new Map(wanted.map((i): [number, string[]] => [i, []]))
  if (wanted.length === 0) return texts
  if (headed) rows.next()
  for (let count = 0; rows.next(); count++) {
    if ((count & 1023) === 0) runtime.poll()
    for (const i of wanted) texts.get(i)!.push(rows.cells[i]!)
  }
  return texts
}

// ---------------------------------------------------------------- writing

/** A record of columns as text. */
export function writeCsv(value: Value): string {
  if (!(value instanceof RecordValue))
    raise(faults.wrongArgument("write_csv", "columns", "a record of columns", kindOf(value)))
  const { names } = value.layout
  const columns = value.values.map((column, i) => {
    const sequence = sequenceOf(column)
    if (sequence === null || typeof column === "string") {
      raise(faults.wrongArgument("write_csv", names[i]!, "a column", kindOf(column)))
    }
    return itemsOf(sequence).map((item) => cellOf(item, names[i]!))
  })
  const length = columns[0]?.length ?? 0
  for (const column of columns)
    if (column.length !== length) raise(faults.lengthsDiffer("write_csv", length, column.length))
  const lines = [names.map(protectedCell).join(",")]
  for (let row = 0; row < length; row++) {
    const line = columns.map((column) => column[row]!).join(",")
    // A line with nothing on it would be no row.
    lines.push(line === "" ? '""' : line)
  }
  return `${lines.join("\n")}\n`
}

function cellOf(item: Value, column: string): string {
  if (typeof item === "string") return protectedCell(item)
  if (typeof item === "boolean") return String(item)
  const primal = isNum(item) ? primalOf(item) : null
  if (typeof primal === "number") return showNumber(primal)
  raise(faults.wrongArgument("write_csv", column, "numbers, strings or booleans", kindOf(item)))
}

/** A text as a cell: in quotes where it would be misread without. */
function protectedCell(text: string): string {
  return /[",;\t|\r\n]|^\s|\s$/.test(text) ? `"${text.replace(/"/g, '""')}"` : text
}
