/**
 * Values on a screen: laid out to its width, shortened to its height, with the rest at hand.
 * Matrices are aligned on the decimal point below their shape, structures break where they must, functions show their signature. It must not know terminals
 * beyond their size, nor colours.
 */

import { BoolArray, showShape, Tensor } from "../../interpreter/arrays/tensor.ts"
import { plotText } from "../../cli/plots.ts"
import { isPlot } from "../../interpreter/builtins/plot.ts"
import { isNum, primalOf } from "../../interpreter/autodiff/num.ts"
import { show, showFieldName, showFunction } from "../../interpreter/values/show.ts"
import {
  BuiltinFunction,
  Closure,
  isFunction,
  List,
  RecordValue,
  Tuple,
  VariantValue,
  type Value,
} from "../../interpreter/values/values.ts"
import { group, indent, join, layOut, line, softline, type Doc } from "../../lang/doc.ts"
import { firstLine } from "../editor/catalogue.ts"
import type { Window } from "./protocol.ts"

export interface Display {
  readonly text: string
  /** What is said of it beside it. */
  readonly note: string
}

/** Elements of an array, and parts of a structure, that are written out at most on one screen. */
const mostElements = 400
const mostParts = 600
const deepest = 24

/** A value for a screen of this size. */
export function display(value: Value, window: Window): Display {
  const height = Math.max(6, window.rows - 6)
  const plot = isPlot(value)
    ? plotText(value, { width: Math.min(100, window.columns), rows: Math.min(20, height - 4) })
    : null
  if (plot !== null) return { text: plot, note: 'save_plot(it, "plot.svg") keeps it' }
  const notes: string[] = []
  const array = arrayIn(value)
  let text: string
  let shortened = false
  if (array !== null) {
    if (array.shape.length > 1 || array.data.length > mostElements) notes.push(`shape ${showShape(array.shape)}`)
    text = arrayText(array, window.columns, height)
    shortened = text.includes("…")
  } else if (typeof value === "string") {
    text = show(value)
    const room = window.columns * Math.min(height, 8)
    if (text.length > room) {
      shortened = true
      text = `${text.slice(0, room - 1)}…`
      notes.push(`${value.length.toLocaleString("en-US")} characters`)
    }
  } else if (isFunction(value)) {
    text = showFunction(value)
    const doc = firstLine(docOf(value))
    if (doc !== "") notes.push(doc)
  } else {
    const budget = { parts: mostParts, shortened: false }
    const lines = layOut(documentOf(value, budget, 0, window.columns), window.columns).split("\n")
    shortened = budget.shortened || lines.length > height
    text = lines.length > height ? [...lines.slice(0, height - 2), "…", lines.at(-1)!].join("\n") : lines.join("\n")
    if (shortened && value instanceof List) notes.push(`${value.items.length.toLocaleString("en-US")} elements`)
  }
  if (shortened) notes.push(":more shows all")
  return { text, note: notes.join(" · ") }
}

/** All of a value, for reading page by page. */
export function displayAll(value: Value, columns: number): string {
  const array = arrayIn(value)
  if (array !== null) return array.shape.length > 1 ? show(value, { rows: true }) : wrapped(show(value), columns)
  if (typeof value === "string") return value
  return layOut(documentOf(value, { parts: 200_000, shortened: false }, 0, columns), columns)
}

/** A value on one line that fits. */
export function brief(value: Value, columns: number): string {
  const budget = { parts: 40, shortened: false }
  const text = isFunction(value) ? showFunction(value) : layOut(documentOf(value, budget, 0, Infinity), columns, true)
  return text.length > columns ? `${text.slice(0, Math.max(1, columns - 1))}…` : text
}

function docOf(value: Value): string | null {
  if (value instanceof Closure) return value.code.code.doc
  if (value instanceof BuiltinFunction) return value.doc.replace(/^`[^`]*`: /, "")
  return null
}

function arrayIn(value: Value): Tensor | BoolArray | null {
  const plain = isNum(value) ? primalOf(value) : value
  return plain instanceof Tensor || plain instanceof BoolArray ? plain : null
}

/** An array in as many rows and columns as there is room for. */
function arrayText(array: Tensor | BoolArray, columns: number, height: number): string {
  if (array.shape.length === 1) {
    if (array.data.length <= mostElements) {
      const text = wrapped(show(array), columns)
      if (text.split("\n").length <= Math.min(height, 12)) return text
    }
    return show(array, { most: 7 })
  }
  if (array.data.length <= mostElements) {
    const text = show(array, { rows: true })
    const lines = text.split("\n")
    if (lines.length <= height && lines.every((row) => row.length <= columns)) return text
  }
  const text = show(array, { rows: true, most: 0 })
  return text.split("\n").every((row) => row.length <= columns) ? text : show(array, { rows: true, most: 0, digits: 5 })
}

/** A long list on one line broken behind commas. */
function wrapped(text: string, columns: number): string {
  if (text.length <= columns) return text
  const out: string[] = []
  let row = ""
  for (const part of text.split(/(?<=, )/)) {
    if (row !== "" && row.length + part.trimEnd().length > columns) {
      out.push(row.trimEnd())
      row = " "
    }
    row += part
  }
  return [...out, row].join("\n")
}

interface Budget {
  parts: number
  shortened: boolean
}

/** A value as a document; where the budget ends, an ellipsis stands for the rest. */
function documentOf(value: Value, budget: Budget, depth: number, columns: number): Doc {
  if (--budget.parts < 0 || depth > deepest) {
    budget.shortened = true
    return "…"
  }
  if (value instanceof List) return bracketed("[", parts(value.items, budget, depth, columns), "]")
  if (value instanceof Tuple) return bracketed("(", parts(value.values, budget, depth, columns), ")")
  if (value instanceof RecordValue) {
    if (value.values.length === 0) return "{}"
    const fields = parts(
      value.values,
      budget,
      depth,
      columns,
      value.layout.names.map((name) => `${showFieldName(name)}: `),
    )
    return group(["{", indent([line, join(fields, [",", line])]), line, "}"])
  }
  if (value instanceof VariantValue) {
    if (value.values.length === 0) return value.variant.name
    return bracketed(`${value.variant.name}(`, parts(value.values, budget, depth, columns), ")")
  }
  const array = arrayIn(value)
  if (array !== null && array.data.length > 24) {
    budget.shortened = true
    return show(array, { most: 7 })
  }
  if (typeof value === "string" && value.length > columns) {
    budget.shortened = true
    return `${show(value.slice(0, Math.max(8, columns - 20))).slice(0, -1)}…"`
  }
  return show(value)
}

function parts(
  values: readonly Value[],
  budget: Budget,
  depth: number,
  columns: number,
  names: readonly string[] | null = null,
): Doc[] {
  const out: Doc[] = []
  for (let i = 0; i < values.length; i++) {
    if (budget.parts <= 0) {
      budget.shortened = true
      out.push("…")
      break
    }
    const part = documentOf(values[i]!, budget, depth + 1, columns)
    out.push(names === null ? part : [names[i]!, part])
  }
  return out
}

function bracketed(open: string, items: readonly Doc[], close: string): Doc {
  return items.length === 0
    ? open + close
    : group([open, indent([softline, join(items, [",", line])]), softline, close])
}
