/**
 * Series as SVG: lines, points, bars, cells, contours and arrows inside the area that the axes span.
 * Each gives its elements and the spots it covers, which the legend avoids; a line of a million points becomes the few that can be told apart.
 * It must not know axes' looks, titles and legends.
 */

import { contours } from "d3-contour"
import { line } from "d3-shape"
import { barPlaces, barRoom, borders, type Axis } from "./axes.ts"
import { extent, valueColor } from "./colors.ts"
import type {
  BarSeries,
  ContourSeries,
  Figure,
  HeatmapSeries,
  HistSeries,
  LineSeries,
  Matrix,
  QuiverSeries,
  ScatterSeries,
  Series,
} from "./figure.ts"

/** Where on the picture the axes span their area. */
export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export type Point = readonly [number, number]

/** From values to the picture. */
export interface Places {
  readonly area: Area
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

export function placesIn(area: Area, axes: { x: Axis; y: Axis }): Places {
  return { area, x: axes.x.place(area.left, area.right), y: axes.y.place(area.bottom, area.top) }
}

export interface Marks {
  readonly elements: readonly string[]
  /** Spots that are covered. */
  readonly spots: readonly Point[]
}

/** A coordinate as written: a hundredth of a unit is finer than any screen. */
export function written(x: number): string {
  return String(Math.round(x * 100) / 100)
}

/** The elements of one series. */
export function marksOf(
  series: Series,
  color: string,
  figure: Figure,
  names: readonly string[] | null,
  at: Places,
): Marks {
  switch (series.kind) {
    case "line":
      return lineMarks(series, color, at)
    case "scatter":
      return pointMarks(visible(pointsOf(series, at), at.area), color)
    case "hist":
      return histMarks(series, color, figure, at)
    case "bar":
      return barMarks(series, color, figure, names, at)
    case "heatmap":
      return heatmapMarks(series, at)
    case "contour":
      return contourMarks(series, at)
    case "quiver":
      return quiverMarks(series, color, at)
  }
}

// ---------------------------------------------------------------- lines and points

function pointsOf({ x, y }: LineSeries | ScatterSeries, at: Places): Point[] {
  return Array.from(x, (value, i): Point => [at.x(value), at.y(y[i]!)])
}

function isPlaced([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y)
}

/** Far outside means nothing to a picture but trouble to those who draw it. */
function within(value: number, low: number, high: number): number {
  const margin = 10 * (high - low)
  return Math.min(high + margin, Math.max(low - margin, value))
}

/** Of each run of points in one column of the picture the first, the lowest, the highest and the last. */
function thinned(points: readonly Point[]): Point[] {
  if (points.length < 4000) return [...points]
  const out: Point[] = []
  let start = 0
  while (start < points.length) {
    const column = Math.floor(points[start]![0])
    let end = start + 1
    let low = start
    let high = start
    while (end < points.length && Math.floor(points[end]![0]) === column) {
      if (points[end]![1] < points[low]![1]) low = end
      if (points[end]![1] > points[high]![1]) high = end
      end++
    }
    for (const i of [...new Set([start, low, high, end - 1])].sort((a, b) => a - b)) out.push(points[i]!)
    start = end
  }
  return out
}

const smooth = line<Point>()
  .defined(isPlaced)
  .x(([x]) => x)
  .y(([, y]) => y)
  .digits(2)

function lineMarks(series: LineSeries, color: string, at: Places): Marks {
  const { left, right, top, bottom } = at.area
  const points = thinned(pointsOf(series, at)).map(([x, y]): Point => [within(x, left, right), within(y, top, bottom)])
  const path = smooth(points) ?? ""
  const elements =
    path === ""
      ? []
      : [
          `<path d="${path}" fill="none" stroke="${color}" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"/>`,
        ]
  const seen = visible(points, at.area)
  if (series.markers) elements.push(...pointMarks(seen, color).elements)
  return { elements, spots: [...seen, ...between(points)] }
}

/** Spots along the pieces of a line. */
function between(points: readonly Point[]): Point[] {
  const spots: Point[] = []
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!]
    if (!isPlaced(a) || !isPlaced(b)) continue
    const pieces = Math.min(100, Math.floor(Math.hypot(b[0] - a[0], b[1] - a[1]) / 8))
    for (let k = 1; k < pieces; k++)
      spots.push([a[0] + ((b[0] - a[0]) * k) / pieces, a[1] + ((b[1] - a[1]) * k) / pieces])
  }
  return spots
}

/** The points inside the area, one of those that fall on the same half unit. */
function visible(points: readonly Point[], { left, right, top, bottom }: Area): Point[] {
  const taken = new Set<number>()
  return points.filter(([x, y]) => {
    if (!(x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1)) return false
    const cell = Math.round(2 * x) * 65536 + Math.round(2 * y)
    if (taken.has(cell)) return false
    taken.add(cell)
    return true
  })
}

function pointMarks(points: readonly Point[], color: string): Marks {
  const many = points.length > 300
  const radius = many ? 2 : 3
  const dots = points.map(([x, y]) => `<circle cx="${written(x)}" cy="${written(y)}" r="${String(radius)}"/>`)
  const group = `<g fill="${color}"${many ? ' fill-opacity="0.7"' : ' stroke="#fff" stroke-width="0.7"'}>${dots.join("")}</g>`
  return { elements: dots.length === 0 ? [] : [group], spots: points }
}

// ---------------------------------------------------------------- bars

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The box between two places on each axis. */
function box(x0: number, x1: number, y0: number, y1: number): Box {
  return { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) }
}

function rectangle({ x, y, width, height }: Box): string {
  return `<rect x="${written(x)}" y="${written(y)}" width="${written(width)}" height="${written(height)}"/>`
}

/** Where bars stand: 0, on a log axis its lower end. */
function foot(at: Places): number {
  const zero = at.y(0)
  return Number.isFinite(zero) ? zero : at.area.bottom
}

function boxMarks(boxes: readonly Box[], style: string): Marks {
  const drawn = boxes.filter(({ x, y, width, height }) => Number.isFinite(x + y + width + height) && width > 0)
  const spots = drawn.flatMap(({ x, y, width, height }) => {
    const steps = [0.1, 0.3, 0.5, 0.7, 0.9]
    return steps.flatMap((i) => steps.map((j): Point => [x + i * width, y + j * height]))
  })
  return { elements: drawn.length === 0 ? [] : [`<g ${style}>${drawn.map(rectangle).join("")}</g>`], spots }
}

function histMarks({ edges, height }: HistSeries, color: string, figure: Figure, at: Places): Marks {
  const several = figure.series.filter((series) => series.kind === "hist").length > 1
  const boxes = Array.from(height, (h, i) => box(at.x(edges[i]!), at.x(edges[i + 1]!), foot(at), at.y(h)))
  return boxMarks(
    boxes,
    `fill="${color}" fill-opacity="${several ? "0.5" : "0.8"}" stroke="${several ? color : "#fff"}" stroke-width="0.8"`,
  )
}

function barMarks(
  series: BarSeries,
  color: string,
  figure: Figure,
  names: readonly string[] | null,
  at: Places,
): Marks {
  const siblings = figure.series.filter((other) => other.kind === "bar")
  const width = (0.8 * barRoom(figure, names)) / siblings.length
  const shift = (siblings.indexOf(series) - siblings.length / 2) * width
  const places = barPlaces(series.names, names)
  const boxes = Array.from(series.height, (h, i) =>
    box(at.x(places[i]! + shift), at.x(places[i]! + shift + width), foot(at), at.y(h)),
  )
  return boxMarks(boxes, `fill="${color}" fill-opacity="0.9"`)
}

// ---------------------------------------------------------------- surfaces

/** The matrix, with blocks of elements averaged where there are more than can be seen. */
function coarse(z: Matrix, most: number): { z: Matrix; rowStep: number; columnStep: number } {
  const [rows, columns] = z.shape
  const rowStep = Math.ceil(rows / most)
  const columnStep = Math.ceil(columns / most)
  if (rowStep === 1 && columnStep === 1) return { z, rowStep, columnStep }
  const shape: [number, number] = [Math.ceil(rows / rowStep), Math.ceil(columns / columnStep)]
  const sums = new Float64Array(shape[0] * shape[1])
  const counts = new Float64Array(sums.length)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const block = Math.floor(i / rowStep) * shape[1] + Math.floor(j / columnStep)
      sums[block]! += z.data[i * columns + j]!
      counts[block]! += 1
    }
  }
  return { z: { shape, data: sums.map((sum, i) => sum / counts[i]!) }, rowStep, columnStep }
}

/** Every `step`-th border and the last. */
function everyBorder(all: Float64Array, step: number): number[] {
  const last = all.length - 1
  return Array.from({ length: Math.ceil(last / step) + 1 }, (_, i) => all[Math.min(last, i * step)]!)
}

function heatmapMarks(series: HeatmapSeries, at: Places): Marks {
  const { z, rowStep, columnStep } = coarse(series.z, 200)
  const [rows, columns] = z.shape
  const x = everyBorder(borders(series.x), columnStep).map(at.x)
  const y = everyBorder(borders(series.y), rowStep).map(at.y)
  const color = valueColor(...extent(series.z.data))
  const cells: string[] = []
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = z.data[i * columns + j]!
      const { x: left, y: top, width, height } = box(x[j]!, x[j + 1]!, y[i]!, y[i + 1]!)
      if (!Number.isFinite(left + top + width + height) || Number.isNaN(value)) continue
      // A little wider than the cell, so that no seam shows between neighbours.
      cells.push(
        `<rect x="${written(left)}" y="${written(top)}" width="${written(width + 0.4)}" height="${written(height + 0.4)}" fill="${color(value)}"/>`,
      )
    }
  }
  return { elements: [`<g shape-rendering="crispEdges">${cells.join("")}</g>`], spots: [] }
}

/** The value at a fractional index. */
function at(values: Float64Array, index: number): number {
  const i = Math.min(values.length - 1, Math.max(0, Math.floor(index)))
  const next = Math.min(values.length - 1, i + 1)
  return values[i]! + (values[next]! - values[i]!) * (index - i)
}

/** The range of colors of contour lines: that of the levels. */
export function levelRange(series: ContourSeries): readonly [number, number] {
  return extent(series.levels)
}

function contourMarks(series: ContourSeries, places: Places): Marks {
  const [rows, columns] = series.z.shape
  const color = valueColor(...levelRange(series))
  const values = Array.from(series.z.data)
  const found = contours()
    .size([columns, rows])
    .thresholds([...series.levels].sort((a, b) => a - b))(values)
  const elements = found.map(({ value, coordinates }) => {
    const paths = coordinates.flatMap((polygon) =>
      polygon.flatMap((ring) =>
        open(
          ring.map(([i, j]): Point => [i!, j!]),
          columns,
          rows,
        ),
      ),
    )
    const drawn = paths.map((path) =>
      path.map(([i, j]): Point => [places.x(at(series.x, i - 0.5)), places.y(at(series.y, j - 0.5))]),
    )
    const d = drawn.map((path) => smooth(path) ?? "").join("")
    return `<path d="${d}" fill="none" stroke="${color(value)}" stroke-width="1.5" stroke-linejoin="round"/>`
  })
  return { elements, spots: [] }
}

/** The pieces of a ring inside the grid: d3 closes its rings around the border, where no contour runs. */
function open(ring: readonly Point[], columns: number, rows: number): Point[][] {
  const pieces: Point[][] = [[]]
  for (const point of ring) {
    const [i, j] = point
    if (i > 0 && j > 0 && i < columns && j < rows) pieces.at(-1)!.push(point)
    else if (pieces.at(-1)!.length > 0) pieces.push([])
  }
  return pieces.filter((piece) => piece.length > 1)
}

// ---------------------------------------------------------------- arrows

function quiverMarks({ x, y, u, v }: QuiverSeries, color: string, places: Places): Marks {
  const { left, right, top, bottom } = places.area
  const n = x.length
  const tails = Array.from(x, (value, i): Point => [places.x(value), places.y(y[i]!)])
  // Arrows point where a walk along them would lead on the picture.
  const unitX = slope(places.x, x)
  const unitY = slope(places.y, y)
  const steps = Array.from(u, (value, i): Point => [value * unitX, v[i]! * unitY])
  const longest = steps.reduce((most, [a, b]) => Math.max(most, Math.hypot(a, b) || 0), 0)
  const room = 0.9 * Math.sqrt(((right - left) * (bottom - top)) / Math.max(1, n))
  const scale = longest === 0 ? 0 : Math.min(60, room) / longest
  const spots: Point[] = []
  const paths = steps.map(([a, b], i) => {
    const [x0, y0] = tails[i]!
    const [dx, dy] = [a * scale, b * scale]
    const length = Math.hypot(dx, dy)
    if (!Number.isFinite(x0 + y0 + dx + dy) || length < 0.3) return ""
    const [x1, y1] = [x0 + dx, y0 + dy]
    const head = Math.min(6, 0.45 * length)
    const wing = (side: number): string => {
      const [c, s] = [Math.cos(side * 0.45), Math.sin(side * 0.45)]
      return `${written(x1 - (head * (dx * c - dy * s)) / length)},${written(y1 - (head * (dx * s + dy * c)) / length)}`
    }
    spots.push([x0, y0], [x1, y1])
    return `M${written(x0)},${written(y0)}L${written(x1)},${written(y1)}M${wing(1)}L${written(x1)},${written(y1)}L${wing(-1)}`
  })
  const path = `<path d="${paths.join("")}" fill="none" stroke="${color}" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"/>`
  return { elements: [path], spots }
}

/** Units of the picture for a step of one, between the outermost values. */
function slope(place: (value: number) => number, values: Float64Array): number {
  const [low, high] = extent(values)
  return low < high ? (place(high) - place(low)) / (high - low) : Math.sign(place(1) - place(0)) || 1
}
