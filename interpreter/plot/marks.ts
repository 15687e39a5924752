/**
 * Series as SVG: lines, points, bars, cells, contours and arrows inside the area that the axes span.
 * Each gives its elements and the spots it covers, which the legend avoids. It must not know axes' looks, titles and legends.
 */

import { line } from "d3-shape"
import { extent } from "./axes.ts"
import { levelColors, valueColor } from "./colors.ts"
import type { Figure, LineSeries, QuiverSeries, Series } from "./figure.ts"
import {
  arrowsOf,
  barBoxes,
  contourLines,
  heatCells,
  histBoxes,
  isBox,
  isPlaced,
  pointsOf,
  thinned,
  type Area,
  type Box,
  type Places,
  type Point,
} from "./geometry.ts"

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
    case "hist": {
      const several = figure.series.filter((other) => other.kind === "hist").length > 1
      const look = several ? `fill-opacity="0.5" stroke="${color}"` : `fill-opacity="0.8" stroke="#fff"`
      return boxMarks(histBoxes(series, at), `fill="${color}" ${look} stroke-width="0.8"`)
    }
    case "bar":
      return boxMarks(barBoxes(series, figure, names, at), `fill="${color}" fill-opacity="0.9"`)
    case "heatmap": {
      const colorOf = valueColor(...extent(series.z.data))
      // A little wider than the cell, so that no seam shows between neighbours.
      const cells = heatCells(series, 200, at).map(
        ({ box, value }) =>
          `${rectangle({ ...box, width: box.width + 0.4, height: box.height + 0.4 }, colorOf(value))}`,
      )
      return { elements: [`<g shape-rendering="crispEdges">${cells.join("")}</g>`], spots: [] }
    }
    case "contour": {
      const colors = levelColors(series)
      // Colors of values would be lost on cells of the same values: there lines are white with a dark rim.
      const onCells = series.color === null && figure.series.some((other) => other.kind === "heatmap")
      const elements = contourLines(series, at).map((lines, i) => {
        const path = lines.map((points) => smooth(points) ?? "").join("")
        const stroke = (paint: string, width: number): string =>
          `<path d="${path}" fill="none" stroke="${paint}" stroke-width="${String(width)}" stroke-linejoin="round"/>`
        return onCells ? stroke("#333", 2.4) + stroke("#fff", 1.2) : stroke(colors[i]!, 1.5)
      })
      return { elements, spots: [] }
    }
    case "quiver":
      return quiverMarks(series, color, at)
  }
}

// ---------------------------------------------------------------- lines and points

/** Far outside means nothing to a picture but trouble to those who draw it. */
function within(value: number, low: number, high: number): number {
  const margin = 10 * (high - low)
  return Math.min(high + margin, Math.max(low - margin, value))
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

// ---------------------------------------------------------------- boxes

function rectangle({ x, y, width, height }: Box, fill?: string): string {
  const color = fill === undefined ? "" : ` fill="${fill}"`
  return `<rect x="${written(x)}" y="${written(y)}" width="${written(width)}" height="${written(height)}"${color}/>`
}

function boxMarks(boxes: readonly Box[], style: string): Marks {
  const drawn = boxes.filter(isBox)
  const spots = drawn.flatMap(({ x, y, width, height }) => {
    const steps = [0.1, 0.3, 0.5, 0.7, 0.9]
    return steps.flatMap((i) => steps.map((j): Point => [x + i * width, y + j * height]))
  })
  const rectangles = drawn.map((box) => rectangle(box)).join("")
  return { elements: drawn.length === 0 ? [] : [`<g ${style}>${rectangles}</g>`], spots }
}

// ---------------------------------------------------------------- arrows

function quiverMarks(series: QuiverSeries, color: string, places: Places): Marks {
  const arrows = arrowsOf(series, 60, places)
  const paths = arrows.map(({ tail: [x0, y0], tip: [x1, y1] }) => {
    const [dx, dy] = [x1 - x0, y1 - y0]
    const length = Math.hypot(dx, dy)
    const head = Math.min(6, 0.45 * length) / length
    const wing = (side: number): string => {
      const [c, s] = [Math.cos(side * 0.45), Math.sin(side * 0.45)]
      return `${written(x1 - head * (dx * c - dy * s))},${written(y1 - head * (dx * s + dy * c))}`
    }
    const tip = `${written(x1)},${written(y1)}`
    return `M${written(x0)},${written(y0)}L${tip}M${wing(1)}L${tip}L${wing(-1)}`
  })
  const path = `<path d="${paths.join("")}" fill="none" stroke="${color}" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"/>`
  return { elements: [path], spots: arrows.flatMap(({ tail, tip }) => [tail, tip]) }
}
