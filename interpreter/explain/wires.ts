/**
 * A computational graph as lines of text: every row of a trace is a point, and every value that is still needed a wire that runs down to it.
 * Wires end where their value is read for the last time, so that the picture is as wide as values are alive at once. It must not know how traces are made.
 */

import { primalOf } from "../autodiff/num.ts"
import type { Trace } from "../builtins/trace.ts"
import { show } from "../values/show.ts"

/** Longer graphs are shown up to here. */
const mostRows = 400

/** What leaves a crossing to the four sides, as bits, and the sign for it. */
const up = 1
const down = 2
const left = 4
const right = 8
const signs = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"

/** The graph, one operation a line, not wider than `columns`. */
export function graphText(trace: Trace, columns = 100): string {
  const rows = trace.rows.slice(0, mostRows)
  const lastUse = rows.map((_, i) => (i === trace.output ? rows.length : i))
  rows.forEach((row, i) => {
    for (const parent of row.parents)
      if (lastUse[parent]! < rows.length) lastUse[parent] = Math.max(lastUse[parent]!, i)
  })
  // wires[k] is the row whose value runs down in column k.
  const wires: (number | null)[] = []
  const pictures: string[] = []
  rows.forEach((row, i) => {
    const parents = [...new Set(row.parents)].map((parent) => wires.indexOf(parent)).filter((at) => at >= 0)
    const ending = parents.filter((at) => lastUse[wires[at]!] === i)
    // The new value runs on in the wire of an argument that ends here, else in the first free column.
    const own = ending[0] ?? (wires.indexOf(null) >= 0 ? wires.indexOf(null) : wires.length)
    const cells: number[] = []
    const from = Math.min(own, ...parents)
    const to = Math.max(own, ...parents)
    for (let k = 0; k < Math.max(wires.length, own + 1); k++) {
      let cell = 0
      const wire = wires[k]
      if (wire !== null && wire !== undefined) cell |= ending.includes(k) ? up : up | down
      if (k > from && k <= to) cell |= left
      if (k >= from && k < to) cell |= right
      cells.push(cell)
    }
    pictures.push(drawn(cells, own, parents))
    for (const k of ending) wires[k] = null
    wires[own] = i
    if (lastUse[i] === i) wires[own] = null
    while (wires.length > 0 && wires.at(-1) === null) wires.pop()
  })
  const width = Math.min(Math.max(...pictures.map((picture) => picture.length)), Math.max(12, columns - 40))
  const nameWidth = Math.max(...rows.map((row) => row.name.length))
  const lines = rows.map((row, i) => {
    const value = show(primalOf(row.value), { digits: 6, most: 4 })
    const text = `${pictures[i]!.slice(0, width).padEnd(width)}  ${row.name.padEnd(nameWidth)} = ${row.operation} = ${value}`
    return text.length > columns ? `${text.slice(0, columns - 1)}…` : text
  })
  if (trace.rows.length > rows.length) lines.push(`… ${String(trace.rows.length - rows.length)} more operations`)
  return lines.join("\n")
}

/** One line: two characters a column; the new value is a filled point, where it is read from an open one. */
function drawn(cells: readonly number[], own: number, parents: readonly number[]): string {
  return cells
    .map((cell, k) => {
      const sign = k === own ? "●" : parents.includes(k) ? signs[cell]! : crossing(cell)
      return sign + (cell & right ? "─" : " ")
    })
    .join("")
    .trimEnd()
}

/** A wire that another passes without meeting. */
function crossing(cell: number): string {
  return (cell & (up | down)) !== 0 && (cell & (left | right)) !== 0 ? "┊" : signs[cell]!
}
