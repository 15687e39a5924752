/**
 * Plots as text: braille dots between axes of box-drawing characters.
 * The same axes and geometry as the pictures, in dots; without color, labelled series carry a letter each. It must not know terminals: the caller says how
 * wide the text may be and whether it may have colors.
 */

import { axesOf, extent, namesOf, type Axis, type Tick } from "./axes.ts"
import { Dots } from "./dots.ts"
import type { Figure, HeatmapSeries, Series } from "./figure.ts"
import {
  arrowsOf,
  barBoxes,
  contourLines,
  heatCells,
  histBoxes,
  isBox,
  isPlaced,
  placesIn,
  pointsOf,
  thinned,
  type Box,
  type Places,
  type Point,
} from "./geometry.ts"

/** Width and height of a picture made of characters. */
export interface TextSize {
  /** Columns of the whole text. */
  readonly width?: number | undefined
  /** Rows of the area between the axes. */
  readonly rows?: number | undefined
  /** May series be told apart by ANSI colors? */
  readonly color?: boolean | undefined
}

/** Colors of the 256 that terminals have, bright enough on black and dark enough on white. */
const palette = [33, 208, 35, 135, 198, 37, 178, 245]

function paint(text: string, owner: number): string {
  return `\u001b[38;5;${String(palette[owner % palette.length]!)}m${text}\u001b[39m`
}

const raised: Readonly<Record<string, string>> = {
  "0": "\u2070", "1": "\u00b9", "2": "\u00b2", "3": "\u00b3", "4": "\u2074", "5": "\u2075", "6": "\u2076", "7": "\u2077", "8": "\u2078",
  "9": "\u2079", "\u2212": "\u207b", "-": "\u207b",
} // prettier-ignore

function labelOf({ label }: Tick): string {
  return label.text + Array.from(label.exponent, (digit) => raised[digit] ?? digit).join("")
}

function factorOf(factor: number): string {
  return factor === 0 ? "" : `\u00d710${Array.from(String(factor), (digit) => raised[digit]!).join("")}`
}

/** Characters from faint to full, for the values of a heat map. */
const shades = ["\u00b7", "\u2591", "\u2592", "\u2593", "\u2588"]

// ---------------------------------------------------------------- series

function draw(
  series: Series,
  owner: number,
  figure: Figure,
  names: readonly string[] | null,
  dots: Dots,
  at: Places,
): void {
  switch (series.kind) {
    case "line": {
      const points = thinned(pointsOf(series, at))
      join(points, owner, dots)
      if (points.length === 1) spot(points[0]!, owner, dots)
      if (series.markers) for (const point of points) spot(point, owner, dots)
      return
    }
    case "scatter":
      for (const point of pointsOf(series, at)) spot(point, owner, dots)
      return
    case "hist":
      for (const box of histBoxes(series, at)) fill(box, owner, dots)
      return
    case "bar":
      for (const box of barBoxes(series, figure, names, at)) fill(box, owner, dots)
      return
    case "heatmap":
      shade(series, owner, dots, at)
      return
    case "contour":
      for (const lines of contourLines(series, at)) for (const line of lines) join(line, owner, dots)
      return
    case "quiver":
      for (const { tail, tip } of arrowsOf(series, 12, at)) {
        join([tail, tip], owner, dots)
        spot(tip, owner, dots)
      }
  }
}

function join(points: readonly Point[], owner: number, dots: Dots): void {
  for (let i = 1; i < points.length; i++) dots.line(...points[i - 1]!, ...points[i]!, owner)
}

/** A point as a little square, to be seen beside lines. */
function spot([x, y]: Point, owner: number, dots: Dots): void {
  if (!isPlaced([x, y])) return
  for (const dx of [-0.5, 0.5]) for (const dy of [-0.5, 0.5]) dots.set(x + dx, y + dy, owner)
}

/** A box without its last column, so that neighbours stay apart. */
function fill(box: Box, owner: number, dots: Dots): void {
  if (!isBox(box)) return
  const right = Math.min(2 * dots.columns, box.x + Math.max(1, box.width - 1))
  const bottom = Math.min(4 * dots.rows, box.y + box.height)
  for (let x = Math.max(0, Math.ceil(box.x)); x < right; x++)
    for (let y = Math.max(0, Math.round(box.y)); y <= bottom; y++) dots.set(x, y, owner)
}

/** Every cell of the canvas takes the shade of the matrix element under its middle. */
function shade(series: HeatmapSeries, owner: number, dots: Dots, at: Places): void {
  const [low, high] = extent(series.z.data)
  for (const { box, value } of heatCells(series, 200, at)) {
    const step =
      low < high ? Math.min(shades.length - 1, Math.floor(((value - low) / (high - low)) * shades.length)) : 2
    for (
      let column = Math.max(0, Math.ceil((box.x - 0.5) / 2));
      2 * column + 0.5 < box.x + box.width && column < dots.columns;
      column++
    )
      for (
        let row = Math.max(0, Math.ceil((box.y - 1.5) / 4));
        4 * row + 1.5 < box.y + box.height && row < dots.rows;
        row++
      )
        dots.write(column, row, shades[Math.max(0, step)]!, owner)
  }
}

/** Where a letter may stand for a series: on its points, or in the middle of its bars. */
function spotsOf(series: Series, figure: Figure, names: readonly string[] | null, at: Places): Point[] {
  const middle = ({ x, y, width, height }: Box): Point => [x + width / 2, y + height / 2]
  switch (series.kind) {
    case "line":
    case "scatter":
      return pointsOf(series, at)
    case "hist":
      return histBoxes(series, at).map(middle)
    case "bar":
      return barBoxes(series, figure, names, at).map(middle)
    default:
      return []
  }
}

/** Where no color tells, a letter does: at a few spots of the series, each series at its own. */
function letter(points: readonly Point[], index: number, name: string, dots: Dots): void {
  const seen = points.filter(([x, y]) => x >= 0 && y >= 0 && x < 2 * dots.columns && y < 4 * dots.rows)
  for (const share of [0.15, 0.5, 0.85]) {
    const point = seen[Math.floor((share + 0.06 * (index % 3)) * (seen.length - 1))]
    if (point !== undefined) dots.write(Math.round(point[0]) >> 1, Math.round(point[1]) >> 2, name, index)
  }
}

// ---------------------------------------------------------------- axes

function centered(text: string, width: number): string {
  return " ".repeat(Math.max(0, Math.floor((width - text.length) / 2))) + text
}

/** The line below the area and the labels below that: as many as have room. */
function xAxis(axis: Axis, columns: number, place: (value: number) => number): [string, string] {
  const line = new Array<string>(columns).fill("\u2500")
  let labels = ""
  for (const tick of axis.ticks(Math.max(2, Math.floor(columns / 10)))) {
    const column = Math.min(columns - 1, Math.max(0, Math.round(place(tick.value)) >> 1))
    const text = labelOf(tick)
    const start = Math.max(0, Math.min(columns - text.length, column - Math.floor(text.length / 2)))
    line[column] = "\u252c"
    if (labels !== "" && start < labels.length + 1) continue
    labels = labels.padEnd(start) + text
  }
  return [line.join(""), labels]
}

// ---------------------------------------------------------------- the text

/** Text without line breaks and what would steer a terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, " ")
}

/** A figure as text, 72 columns wide and 16 rows high unless told. */
export function braille(figure: Figure, { width = 72, rows = 16, color = false }: TextSize = {}): string {
  const axes = axesOf(figure)
  const names = namesOf(figure)
  const yTicks = axes.y.ticks(Math.max(2, Math.floor(rows / 3)))
  const margin = yTicks.reduce((most, tick) => Math.max(most, labelOf(tick).length), 0)
  const columns = Math.max(20, width - margin - 2)
  const dots = new Dots(columns, rows)
  const at = placesIn({ left: 0, right: 2 * columns - 1, top: 0, bottom: 4 * rows - 1 }, axes)
  figure.series.forEach((series, i) => {
    draw(series, i, figure, names, dots, at)
  })
  const entries =
    figure.legend === false
      ? []
      : figure.series.map((series, i) => ({ series, i })).filter(({ series }) => series.label !== null)
  const letters = !color && entries.length > 1
  const nameOf = (i: number): string => String.fromCharCode(97 + (i % 26))
  if (letters) for (const { series, i } of entries) letter(spotsOf(series, figure, names, at), i, nameOf(i), dots)

  const tickRows = new Map(
    yTicks.map((tick) => [Math.min(rows - 1, Math.max(0, Math.round(at.y(tick.value)) >> 2)), tick]),
  )
  const colored = color ? paint : (text: string): string => text
  const body = Array.from({ length: rows }, (_, row) => {
    const tick = tickRows.get(row)
    const label = (tick === undefined ? "" : labelOf(tick)).padStart(margin)
    return `${label} ${tick === undefined ? "\u2502" : "\u2524"}${dots.row(row, colored)}`
  })
  const [line, labels] = xAxis(axes.x, columns, at.x)
  const indent = " ".repeat(margin + 2)
  const above = [
    figure.ylabel === null ? "" : plain(figure.ylabel),
    factorOf(axes.y.factor(Math.max(2, Math.floor(rows / 3)))),
  ]
    .filter((text) => text !== "")
    .join(" ")
  const below = [
    figure.xlabel === null ? "" : plain(figure.xlabel),
    factorOf(axes.x.factor(Math.max(2, Math.floor(columns / 10)))),
  ]
    .filter((text) => text !== "")
    .join(" ")
  const legend = entries.map(({ series, i }) => {
    const swatch = letters ? nameOf(i) : series.kind === "heatmap" ? shades.join("") : "\u2836\u2836"
    return `${indent}${colored(swatch, i)} ${plain(series.label!)}`
  })
  return [
    figure.title === null ? null : indent + centered(plain(figure.title), columns),
    above === "" ? null : `${" ".repeat(Math.max(0, margin + 1 - above.length))}${above}`,
    ...body,
    `${" ".repeat(margin + 1)}\u2514${line}`,
    labels === "" ? null : indent + labels,
    below === "" ? null : indent + centered(below, columns),
    ...legend,
  ]
    .filter((text) => text !== null)
    .map((text) => text.trimEnd())
    .join("\n")
}
