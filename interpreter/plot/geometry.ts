/**
 * Where the parts of series lie: points, boxes, contour lines, cells and arrows, in the unit of whoever draws.
 * Everything is computed once here for pictures and terminals alike; what has no place (nan, or 0 on a log axis) is nan. It must not know how anything
 * is drawn.
 */

import { contours } from "d3-contour"
import { barPlaces, barRoom, borders, extent, type Axis } from "./axes.ts"
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

// ---------------------------------------------------------------- points

export function pointsOf({ x, y }: LineSeries | ScatterSeries, at: Places): Point[] {
  return Array.from(x, (value, i): Point => [at.x(value), at.y(y[i]!)])
}

export function isPlaced([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y)
}

/** Of each run of points in one column of the picture the first, the lowest, the highest and the last. */
export function thinned(points: readonly Point[]): Point[] {
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

// ---------------------------------------------------------------- boxes

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The box between two places on each axis. */
function box(x0: number, x1: number, y0: number, y1: number): Box {
  return { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) }
}

/** Where bars stand: 0, on a log axis its lower end. */
function foot(at: Places): number {
  const zero = at.y(0)
  return Number.isFinite(zero) ? zero : at.area.bottom
}

export function histBoxes({ edges, height }: HistSeries, at: Places): Box[] {
  return Array.from(height, (h, i) => box(at.x(edges[i]!), at.x(edges[i + 1]!), foot(at), at.y(h)))
}

/** The bars of one series, beside those of its siblings. */
export function barBoxes(series: BarSeries, figure: Figure, names: readonly string[] | null, at: Places): Box[] {
  const siblings = figure.series.filter((other) => other.kind === "bar")
  const width = (0.8 * barRoom(figure, names)) / siblings.length
  const shift = (siblings.indexOf(series) - siblings.length / 2) * width
  const places = barPlaces(series.names, names)
  return Array.from(series.height, (h, i) =>
    box(at.x(places[i]! + shift), at.x(places[i]! + shift + width), foot(at), at.y(h)),
  )
}

/** Can it be seen? */
export function isBox({ x, y, width, height }: Box): boolean {
  return Number.isFinite(x + y + width + height) && width > 0
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

/** The cells of a heat map with their values, at most `most` in each direction. */
export function heatCells(
  series: HeatmapSeries,
  most: number,
  at: Places,
): { readonly box: Box; readonly value: number }[] {
  const { z, rowStep, columnStep } = coarse(series.z, most)
  const [rows, columns] = z.shape
  const x = everyBorder(borders(series.x), columnStep).map(at.x)
  const y = everyBorder(borders(series.y), rowStep).map(at.y)
  const cells: { box: Box; value: number }[] = []
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      cells.push({ box: box(x[j]!, x[j + 1]!, y[i]!, y[i + 1]!), value: z.data[i * columns + j]! })
  return cells.filter((cell) => isBox(cell.box) && !Number.isNaN(cell.value))
}

/** The value at a fractional index. */
function interpolated(values: Float64Array, index: number): number {
  const i = Math.min(values.length - 1, Math.max(0, Math.floor(index)))
  const next = Math.min(values.length - 1, i + 1)
  return values[i]! + (values[next]! - values[i]!) * (index - i)
}

/** The levels in ascending order, each once. */
export function levelsOf(series: ContourSeries): number[] {
  return [...new Set(series.levels)].filter(Number.isFinite).sort((a, b) => a - b)
}

/** The lines of every level. */
export function contourLines(series: ContourSeries, places: Places): Point[][][] {
  const [rows, columns] = series.z.shape
  const found = contours().size([columns, rows]).thresholds(levelsOf(series))(Array.from(series.z.data))
  return found.map(({ coordinates }) =>
    coordinates.flatMap((polygon) =>
      polygon
        .flatMap((ring) =>
          open(
            ring.map(([i, j]): Point => [i!, j!]),
            columns,
            rows,
          ),
        )
        .map((line) =>
          line.map(([i, j]): Point => [
            places.x(interpolated(series.x, i - 0.5)),
            places.y(interpolated(series.y, j - 0.5)),
          ]),
        ),
    ),
  )
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

export interface Arrow {
  readonly tail: Point
  readonly tip: Point
}

/** The arrows that can be seen, the longest about as long as they are apart, and at most `longest`. */
export function arrowsOf({ x, y, u, v }: QuiverSeries, longest: number, places: Places): Arrow[] {
  const { left, right, top, bottom } = places.area
  const n = x.length
  // Arrows point where a walk along them would lead on the picture.
  const unitX = slope(places.x, x)
  const unitY = slope(places.y, y)
  const steps = Array.from(u, (value, i): Point => [value * unitX, v[i]! * unitY])
  const most = steps.reduce((length, [a, b]) => Math.max(length, Math.hypot(a, b) || 0), 0)
  const room = 0.9 * Math.sqrt(((right - left) * (bottom - top)) / Math.max(1, n))
  const scale = most === 0 ? 0 : Math.min(longest, room) / most
  return steps
    .map(([a, b], i): Arrow => {
      const tail: Point = [places.x(x[i]!), places.y(y[i]!)]
      return { tail, tip: [tail[0] + a * scale, tail[1] + b * scale] }
    })
    .filter(({ tail, tip }) => isPlaced(tip) && Math.hypot(tip[0] - tail[0], tip[1] - tail[1]) > 0.3)
}

/** Units of the picture for a step of one, between the outermost values. */
function slope(place: (value: number) => number, values: Float64Array): number {
  const [low, high] = extent(values)
  return low < high ? (place(high) - place(low)) / (high - low) : Math.sign(place(1) - place(0)) || 1
}
