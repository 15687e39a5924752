/**
 * Drawing a computational graph: the rows of a trace as nodes, what they were computed from as edges.
 * dagre places the nodes, from left to right as in Figure 4 of the survey; the SVG is written here. It must not know how traces are made.
 */

import { Graph, layout } from "@dagrejs/dagre"
import { primalOf } from "../autodiff/num.ts"
import type { Trace, TraceRow } from "../builtins/trace.ts"
import { show } from "../values/show.ts"

/** Larger graphs are no pictures any more. */
const mostNodes = 2000

function rowsOf(trace: Trace): readonly TraceRow[] {
  return trace.rows.slice(0, mostNodes)
}

function valueOf(row: TraceRow): string {
  return show(primalOf(row.value), { digits: 4, most: 4 })
}

/** The graph in the language of Graphviz. */
export function graphDot(trace: Trace): string {
  const rows = rowsOf(trace)
  const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`
  const lines = rows.map((row, i) => {
    const shape = i < trace.inputs ? "box" : i === trace.output ? "doublecircle" : "ellipse"
    return `  n${String(i)} [label=${quote(`${row.name}\n${row.operation}`).replace(/\n/g, "\\n")}, shape=${shape}]`
  })
  const edges = rows.flatMap((row, i) => row.parents.map((parent) => `  n${String(parent)} -> n${String(i)}`))
  return `digraph computation {\n  rankdir=LR\n${[...lines, ...edges].join("\n")}\n}\n`
}

const fontSize = 13
const letter = 7.4

/** The graph as an SVG picture. */
export function graphSvg(trace: Trace): string {
  const rows = rowsOf(trace)
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: "LR", nodesep: 26, ranksep: 56, marginx: 16, marginy: 16 })
  graph.setDefaultEdgeLabel(() => ({}))
  rows.forEach((row, i) => {
    const width = Math.max(row.name.length + 2, row.operation.length, valueOf(row).length + 2) * letter + 22
    graph.setNode(String(i), { width, height: 58 })
  })
  rows.forEach((row, i) => {
    row.parents.forEach((parent, k) =>
      graph.setEdge(String(parent), String(i), {}, `${String(parent)}-${String(i)}-${String(k)}`),
    )
  })
  layout(graph)
  const size = graph.graph() as { width?: number; height?: number }
  const width = Math.ceil(size.width ?? 100)
  const height = Math.ceil(size.height ?? 100)
  const edges = graph.edges().map((edge: { v: string; w: string; name?: string }) => {
    const { points } = graph.edge(edge) as { points: { x: number; y: number }[] }
    return `<path d="${curve(points)}" class="edge" marker-end="url(#arrow)"/>`
  })
  const nodes = rows.map((row, i) => {
    const {
      x,
      y,
      width: w,
      height: h,
    } = graph.node(String(i)) as { x: number; y: number; width: number; height: number }
    const kind = i < trace.inputs ? "input" : i === trace.output ? "output" : "step"
    const text = (dy: number, css: string, content: string): string =>
      `<text x="${fix(x)}" y="${fix(y + dy)}" class="${css}">${escape(content)}</text>`
    return [
      `<rect x="${fix(x - w / 2)}" y="${fix(y - h / 2)}" width="${fix(w)}" height="${fix(h)}" rx="${kind === "input" ? "4" : "14"}" class="${kind}"/>`,
      text(-13, "name", row.name),
      text(4, "operation", row.operation),
      text(21, "value", valueOf(row)),
    ].join("\n")
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}">
<style>
text { font: ${String(fontSize)}px ui-monospace, Menlo, Consolas, monospace; text-anchor: middle; fill: #1f2933 }
.name { font-weight: bold; fill: #334e68 }
.value { fill: #627d98; font-size: ${String(fontSize - 1)}px }
.edge { fill: none; stroke: #829ab1; stroke-width: 1.4 }
rect { stroke: #829ab1; stroke-width: 1.2; fill: #ffffff }
rect.input { fill: #e3f2fd }
rect.output { fill: #e6f6ec; stroke: #2f855a }
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#829ab1"/></marker></defs>
<rect width="${String(width)}" height="${String(height)}" style="fill:#ffffff;stroke:none"/>
${[...edges, ...nodes].join("\n")}
</svg>
`
}

function fix(x: number): string {
  return x.toFixed(1)
}

/** A smooth curve through dagre's points. */
function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points
  let path = `M${fix(first!.x)},${fix(first!.y)}`
  for (let i = 0; i < rest.length - 1; i++) {
    const a = rest[i]!
    const b = rest[i + 1]!
    const end = i === rest.length - 2 ? b : { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    path += ` Q${fix(a.x)},${fix(a.y)} ${fix(end.x)},${fix(end.y)}`
  }
  if (rest.length === 1) path += ` L${fix(rest[0]!.x)},${fix(rest[0]!.y)}`
  return path
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]!)
}
