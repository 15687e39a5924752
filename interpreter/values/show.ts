/**
 * Values as text, as the REPL shows them and as they are written in a program.
 * Numbers have the fewest digits that read back the same; a matrix at the top gets aligned rows; a value that carries derivatives shows its primal.
 * It must not know terminals, colours or widths beyond the options given.
 */

import { BoolArray, Tensor, type Shape } from "../arrays/tensor.ts"
import { spend } from "../arrays/work.ts"
import { isNum, primalOf, Staged } from "../autodiff/num.ts"
import {
  BuiltinFunction,
  Closure,
  isFunction,
  List,
  RecordValue,
  Tuple,
  VariantValue,
  type FunctionValue,
  type Value,
} from "./values.ts"

export interface ShowOptions {
  /** A string at the top without quotes, as in `print` and interpolation. */
  readonly bare?: boolean
  /** Matrices at the top as aligned rows, one a line. */
  readonly rows?: boolean
  /** Arrays and lists of more elements than this are shortened to their first and last three. */
  readonly most?: number
  /** Digits of numbers, if not all that are needed to read them back. */
  readonly digits?: number
}

const edge = 3

/** A value as text. */
export function show(value: Value, options: ShowOptions = {}): string {
  if (typeof value === "number") return showNumber(value, options.digits)
  if (typeof value === "string") return options.bare === true ? value : quoteString(value)
  const plain = isNum(value) ? primalOf(value) : value
  if (options.rows === true && (plain instanceof Tensor || plain instanceof BoolArray) && plain.shape.length >= 2) {
    return showRows(plain, options)
  }
  return showFlat(value, options)
}

/** What finding the digits of a number costs, in elementary operations. */
const digitCost = 256

/** The fewest digits that read back as the same number, in the notation of the language. */
export function showNumber(x: number, digits?: number): string {
  if (Number.isNaN(x)) return "nan"
  if (x === Infinity) return "inf"
  if (x === -Infinity) return "-inf"
  if (x === 0) return Object.is(x, -0) ? "-0" : "0"
  spend(digitCost)
  const text = digits === undefined ? String(x) : String(Number(x.toPrecision(digits)))
  return text.replace("e+", "e")
}

/** A string as written in a program. */
export function quoteString(text: string): string {
  spend(text.length)
  if (!special.test(text)) return `"${text}"`
  let out = '"'
  for (const character of text) {
    const escaped = escapes.get(character)
    if (escaped !== undefined) out += escaped
    else if (character < " " || (character >= "\u007f" && character < "\u00a0"))
      out += `\\u{${character.codePointAt(0)!.toString(16)}}`
    else out += character
  }
  return out + '"'
}
const special = /[\u0000-\u001f"\\{}\u007f-\u009f]/
const escapes = new Map([
  ["\n", "\\n"],
  ["\t", "\\t"],
  ["\r", "\\r"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["{", "\\{"],
  ["}", "\\}"],
])

/** A field's name as written in a record. */
export function showFieldName(name: string): string {
  const written = /^[A-Za-z_]\w*$/.test(name) || /^[\p{L}_][\p{L}\p{Nd}\p{M}_]*$/u.test(name)
  return written ? name : quoteString(name)
}

/** A function as its signature. */
export function showFunction(fn: FunctionValue): string {
  if (fn instanceof Closure) {
    const { code } = fn.code
    return `fn ${code.name}(${code.params.map((parameter) => parameter.text).join(", ")})`
  }
  if (fn instanceof BuiltinFunction) {
    const params = fn.params.map((p, i) => {
      if (fn.most === Infinity && i === fn.params.length - 1) return `${p.name}...`
      return p.required ? p.name : `${p.name}?`
    })
    return `fn ${fn.name}(${[...params, ...fn.options.map((name) => `${name}: …`)].join(", ")})`
  }
  return `fn ${fn.variant.name}(${fn.variant.fields.join(", ")})`
}

/** A structure that is being written: its elements from `at` on are still to come. */
interface Group {
  readonly values: readonly Value[]
  /** Names before the elements, of a record. */
  readonly names: readonly string[] | null
  readonly close: string
  /** The element before which those left out would stand, and how many are left out. */
  readonly gap: number
  readonly omitted: number
  at: number
}

/** What writing an element costs beside its text, in elementary operations. */
const elementCost = 64

/** On one line. Structures begun wait on a stack, so that depth does not matter, and elements are taken one by one, so that the limits are looked at. */
function showFlat(value: Value, options: ShowOptions): string {
  const out: string[] = []
  const groups: Group[] = []
  const begin = (open: string, close: string, values: readonly Value[], names: readonly string[] | null): void => {
    const omitted = names === null && isLong(values.length, options) ? values.length - 2 * edge : 0
    out.push(open)
    groups.push({ values, names, close, gap: omitted > 0 ? edge : -1, omitted, at: 0 })
  }
  const write = (x: Value): void => {
    spend(elementCost)
    if (x instanceof List) begin("[", "]", x.items, null)
    else if (x instanceof Tuple) begin("(", ")", x.values, null)
    else if (x instanceof RecordValue && x.values.length === 0) out.push("{}")
    else if (x instanceof RecordValue) begin("{ ", " }", x.values, x.layout.names)
    else if (x instanceof VariantValue && x.values.length === 0) out.push(x.variant.name)
    else if (x instanceof VariantValue) begin(`${x.variant.name}(`, ")", x.values, null)
    else out.push(showLeaf(x, options))
  }
  write(value)
  for (let group = groups.at(-1); group !== undefined; group = groups.at(-1)) {
    if (group.at === group.values.length) {
      out.push(group.close)
      groups.pop()
      continue
    }
    if (group.at > 0) out.push(", ")
    if (group.at === group.gap) {
      out.push("…, ")
      group.at += group.omitted
    }
    if (group.names !== null) out.push(`${showFieldName(group.names[group.at]!)}: `)
    write(group.values[group.at++]!)
  }
  return out.join("")
}

/** Are so many elements more than are shown? */
function isLong(count: number, options: ShowOptions): boolean {
  return count > Math.max(2 * edge + 1, options.most ?? Infinity)
}

function showLeaf(x: Value, options: ShowOptions): string {
  if (typeof x === "number") return showNumber(x, options.digits)
  if (x === null) return "()"
  if (typeof x === "boolean") return x ? "true" : "false"
  if (typeof x === "string") return quoteString(x)
  if (isFunction(x)) return showFunction(x)
  const plain = isNum(x) ? primalOf(x) : x
  if (typeof plain === "number") return showNumber(plain, options.digits)
  if (plain instanceof Tensor || plain instanceof BoolArray) return nested(plain, cellOf(plain, options), options)
  return plain instanceof Staged ? "…" : ""
}

/** How element i of an array is written. */
function cellOf(array: Tensor | BoolArray, options: ShowOptions): (i: number) => string {
  if (array instanceof Tensor) return (i) => showNumber(array.data[i]!, options.digits)
  return (i) => (array.data[i] === 1 ? "true" : "false")
}

/** The indices along an axis that are shown; null stands for those left out. */
function shownIndices(length: number, shortened: boolean): (number | null)[] {
  if (!shortened || length <= 2 * edge + 1) return Array.from({ length }, (_, i) => i)
  return [0, 1, 2, null, length - 3, length - 2, length - 1]
}

function isShortened(shape: Shape, size: number, options: ShowOptions): boolean {
  return shape.length > 0 && size > (options.most ?? Infinity)
}

/** An array on one line. */
function nested(array: Tensor | BoolArray, cell: (i: number) => string, options: ShowOptions): string {
  const { shape } = array
  const shortened = isShortened(shape, array.data.length, options)
  const write = (axis: number, from: number, size: number): string => {
    if (axis === shape.length) return cell(from)
    const length = shape[axis]!
    const step = length === 0 ? 0 : size / length
    const parts: string[] = []
    // Nothing is made for all elements at once, so that the limits are looked at from the first on.
    const part = (i: number): void => void parts.push(write(axis + 1, from + i * step, step))
    if (shortened && length > 2 * edge + 1) {
      for (let i = 0; i < edge; i++) part(i)
      parts.push("…")
      for (let i = length - edge; i < length; i++) part(i)
    } else for (let i = 0; i < length; i++) part(i)
    return `[${parts.join(", ")}]`
  }
  return write(0, 0, array.data.length)
}

/** A matrix, or a stack of matrices, with aligned columns and one row a line. */
function showRows(array: Tensor | BoolArray, options: ShowOptions): string {
  const { shape } = array
  const size = array.data.length
  if (size === 0) return showFlat(array, options)
  const shortened = isShortened(shape, size, options)
  const cell = cellOf(array, options)
  const columns = shape.at(-1)!
  const shownColumns = shownIndices(columns, shortened)
  // Columns line up at the decimal point: each cell is padded on both sides of it.
  const left = new Map<number | null, number>()
  const right = new Map<number | null, number>()
  const rowStarts: number[] = []
  const collect = (axis: number, from: number, block: number): void => {
    if (axis === shape.length - 1) {
      rowStarts.push(from)
      return
    }
    const step = block / shape[axis]!
    for (const i of shownIndices(shape[axis]!, shortened)) if (i !== null) collect(axis + 1, from + i * step, step)
  }
  collect(0, 0, size)
  for (const start of rowStarts) {
    for (const j of shownColumns) {
      if (j === null) continue
      const [before, after] = splitNumber(cell(start + j))
      left.set(j, Math.max(left.get(j) ?? 0, before))
      right.set(j, Math.max(right.get(j) ?? 0, after))
    }
  }
  const row = (start: number): string => {
    let out = "["
    shownColumns.forEach((j, k) => {
      const text = j === null ? "…" : cell(start + j)
      const [before, after] = j === null ? [0, 0] : splitNumber(text)
      out += (j === null ? "" : " ".repeat(left.get(j)! - before)) + text
      if (k < shownColumns.length - 1) out += `, ${j === null ? "" : " ".repeat(right.get(j)! - after)}`
    })
    return `${out}]`
  }
  const write = (axis: number, from: number, block: number, indent: string): string => {
    if (axis === shape.length - 1) return row(from)
    const step = block / shape[axis]!
    const inner = indent + " "
    const gap = axis === shape.length - 2 ? ",\n" : ",\n\n"
    return `[${shownIndices(shape[axis]!, shortened)
      .map((i) => (i === null ? "…" : write(axis + 1, from + i * step, step, inner)))
      .join(gap + inner)}]`
  }
  return write(0, 0, size, "")
}

/** Characters before and from the decimal point (or exponent) on. */
function splitNumber(text: string): [number, number] {
  const point = text.search(/[.e]/)
  if (point < 0 || !/\d/.test(text)) return [text.length, 0]
  return [point, text.length - point]
}
