/**
 * Plots as SVG pictures.
 * A frame of axes with round ticks, the series inside it, a legend where it hides least, and for surfaces a bar of colors; all in attributes, so that a
 * picture looks the same in every viewer. It must not know where pictures go.
 */

import { axesOf, extent, namesOf, valueAxis, type Axis, type Label, type Tick } from "./axes.ts"
import { levelColors, seriesColors, valueColor } from "./colors.ts"
import type { ContourSeries, Figure, HeatmapSeries, Series } from "./figure.ts"
import { levelsOf, placesIn, type Area, type Point } from "./geometry.ts"
import { marksOf, written, type Marks } from "./marks.ts"

/** Width and height of a picture, in its own units. */
export interface PictureSize {
  readonly width?: number | undefined
  readonly height?: number | undefined
}

const font = `font-family="Roboto, 'Helvetica Neue', Helvetica, Arial, sans-serif"`
const ink = "#26323c"
const faint = "#5b6b7a"
const size = 12

/** About how wide a text is, from what sans-serif faces have in common. */
function textWidth(text: string, height = size): number {
  const widths = Array.from(text, (letter) => {
    if (/[ijl|!.,:;'ftI ()[\]]/.test(letter)) return 0.3
    if (/[mwMW@]/.test(letter)) return 0.88
    return /[A-Z%\u2212\u00d7]/.test(letter) || letter.charCodeAt(0) > 0x2000 ? 0.72 : 0.56
  })
  return height * widths.reduce((sum, width) => sum + width, 0)
}

function labelWidth({ text, exponent }: Label): number {
  return textWidth(text) + textWidth(exponent, 9)
}

/** Text that cannot end an element or an attribute. */
function escaped(text: string): string {
  // XML has no way to write these.
  const legal = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
  return legal.replace(
    /[&<>"]/g,
    (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]!,
  )
}

function textAt([x, y]: Point, content: string, style = ""): string {
  return `<text x="${written(x)}" y="${written(y)}"${style === "" ? "" : ` ${style}`}>${content}</text>`
}

/** A label, its exponent raised. */
function labelText({ text, exponent }: Label): string {
  return exponent === "" ? escaped(text) : `${text}<tspan dy="-5" font-size="9">${exponent}</tspan>`
}

// ---------------------------------------------------------------- the frame

type Surface = HeatmapSeries | ContourSeries

function isSurface(series: Series): series is Surface {
  return series.kind === "heatmap" || series.kind === "contour"
}

interface Axes {
  readonly x: Axis
  readonly y: Axis
}

/** Room for about so many ticks. */
function tickCounts(width: number, height: number): { x: number; y: number } {
  return { x: Math.max(2, Math.floor(width / 75)), y: Math.max(2, Math.floor(height / 48)) }
}

function areaOf(figure: Figure, axes: Axes, width: number, height: number): Area {
  const counts = tickCounts(width, height)
  const widest = axes.y.ticks(counts.y).reduce((most, { label }) => Math.max(most, labelWidth(label)), 0)
  const factor = axes.y.factor(counts.y) !== 0
  const bars = figure.series.some(isSurface) ? 78 : 0
  return {
    left: 16 + (figure.ylabel === null ? 0 : 20) + widest + 8,
    right: width - 22 - bars,
    top: (figure.title === null ? 18 : 44) + (factor ? 10 : 0),
    bottom: height - 32 - (figure.xlabel === null ? 0 : 20),
  }
}

function lineAt(x0: number, y0: number, x1: number, y1: number): string {
  return `M${written(x0)},${written(y0)}L${written(x1)},${written(y1)}`
}

/** Would the labels below an axis run into each other? Names are then written aslant. */
function crowded(ticks: readonly Tick[], area: Area): boolean {
  const widest = ticks.reduce((most, { label }) => Math.max(most, labelWidth(label)), 0)
  return ticks.length > 1 && widest + 8 > (area.right - area.left) / ticks.length
}

/** How many ticks there are to be, so that numbers do not run into each other. */
function roomy(axis: Axis, count: number, area: Area): number {
  if (axis.names !== null) return count
  let fewer = count
  while (fewer > 2 && crowded(axis.ticks(fewer), area)) fewer--
  return fewer
}

function frame(figure: Figure, axes: Axes, area: Area, width: number, height: number): string[] {
  const { left, right, top, bottom } = area
  const at = placesIn(area, axes)
  const room = tickCounts(right - left, bottom - top)
  const counts = { x: roomy(axes.x, room.x, area), y: room.y }
  const xTicks = axes.x.ticks(counts.x)
  const yTicks = axes.y.ticks(counts.y)
  const minorX = axes.x.minor(counts.x).map((value) => lineAt(at.x(value), top, at.x(value), bottom))
  const minorY = axes.y.minor(counts.y).map((value) => lineAt(left, at.y(value), right, at.y(value)))
  const gridX = axes.x.names === null ? xTicks.map(({ value }) => lineAt(at.x(value), top, at.x(value), bottom)) : []
  const gridY = yTicks.map(({ value }) => lineAt(left, at.y(value), right, at.y(value)))
  const feet = figure.series.some((series) => series.kind === "bar" || series.kind === "hist") && axes.y.low < 0
  const zero = feet && axes.y.high > 0 ? lineAt(left, at.y(0), right, at.y(0)) : ""
  const ticks = [
    zero,
    ...xTicks.map(({ value }) => lineAt(at.x(value), bottom, at.x(value), bottom + 5)),
    ...yTicks.map(({ value }) => lineAt(left - 5, at.y(value), left, at.y(value))),
  ]
  const aslant = axes.x.names !== null && crowded(xTicks, area)
  const xLabels = xTicks.map(({ value, label }) => {
    const x = at.x(value)
    if (!aslant) return textAt([x, bottom + 19], labelText(label), 'text-anchor="middle"')
    const spot: Point = [x + 4, bottom + 16]
    return textAt(spot, labelText(label), `text-anchor="end" transform="rotate(-30 ${spot.map(written).join(" ")})"`)
  })
  const yLabels = yTicks.map(({ value, label }) =>
    textAt([left - 9, at.y(value) + 4], labelText(label), 'text-anchor="end"'),
  )
  const path = (pieces: readonly string[], color: string, thick = 1): string =>
    pieces.length === 0
      ? ""
      : `<path d="${pieces.join("")}" stroke="${color}" stroke-width="${String(thick)}" fill="none"/>`
  const middle = (left + right) / 2
  const titles = [
    figure.title === null
      ? ""
      : textAt([middle, 26], escaped(figure.title), `text-anchor="middle" font-size="15" font-weight="bold"`),
    figure.xlabel === null
      ? ""
      : textAt([middle, height - 12], escaped(figure.xlabel), 'text-anchor="middle" font-size="13"'),
    figure.ylabel === null ? "" : turned([20, (top + bottom) / 2], figure.ylabel),
    factorText(axes.x.factor(counts.x), [right, bottom + 31], "end"),
    factorText(axes.y.factor(counts.y), [left, top - 8], "start"),
  ]
  return [
    path(minorX.concat(minorY), "#f1f3f6"),
    path(gridX.concat(gridY), "#dfe4ea"),
    `<g fill="${faint}" font-size="${String(size)}">${[...xLabels, ...yLabels].join("")}</g>`,
    path([...ticks, lineAt(left, top, left, bottom), lineAt(left, bottom, right, bottom)], faint),
    ...titles,
  ].filter((element) => element !== "" && width > 0)
}

function turned([x, y]: Point, content: string): string {
  return textAt(
    [x, y],
    escaped(content),
    `text-anchor="middle" font-size="13" transform="rotate(-90 ${written(x)} ${written(y)})"`,
  )
}

/** The power of ten that an axis's labels leave out. */
function factorText(factor: number, spot: Point, anchor: string): string {
  if (factor === 0) return ""
  const exponent = String(factor).replace("-", "\u2212")
  return textAt(
    spot,
    `\u00d7${labelText({ text: "10", exponent })}`,
    `text-anchor="${anchor}" font-size="11" fill="${faint}"`,
  )
}

// ---------------------------------------------------------------- legend

interface Entry {
  readonly text: string
  readonly swatch: (x: number, y: number) => string
}

function entriesOf(figure: Figure, colors: readonly string[]): Entry[] {
  if (figure.legend === false) return []
  return figure.series.flatMap((series, i) => {
    if (isSurface(series)) return []
    const text = series.label ?? (figure.legend === true ? series.kind : null)
    return text === null ? [] : [{ text, swatch: swatchOf(series, colors[i]!) }]
  })
}

function swatchOf(series: Series, color: string): Entry["swatch"] {
  return (x, y) => {
    const middle = written(x + 11)
    const dot = `<circle cx="${middle}" cy="${written(y)}" r="3" fill="${color}"/>`
    const stroke = `<path d="${lineAt(x, y, x + 22, y)}" stroke="${color}" stroke-width="2"/>`
    switch (series.kind) {
      case "scatter":
        return dot
      case "line":
        return series.markers ? stroke + dot : stroke
      case "quiver":
        return `<path d="${lineAt(x + 2, y, x + 20, y)}M${written(x + 15)},${written(y - 3)}L${written(x + 20)},${written(y)}L${written(x + 15)},${written(y + 3)}" stroke="${color}" stroke-width="1.5" fill="none"/>`
      default:
        return `<rect x="${written(x + 4)}" y="${written(y - 5)}" width="14" height="10" fill="${color}" fill-opacity="0.85"/>`
    }
  }
}

/** The corner in which the legend covers the fewest spots. */
function legend(entries: readonly Entry[], spots: readonly Point[], { left, right, top, bottom }: Area): string[] {
  if (entries.length === 0) return []
  const row = 19
  const width = 44 + entries.reduce((most, { text }) => Math.max(most, textWidth(text)), 0)
  const height = row * entries.length + 9
  const [x0, x1, y0, y1] = [left + 10, right - 10 - width, top + 10, bottom - 10 - height]
  const middle = (left + right - width) / 2
  const corners: readonly Point[] = [[x1, y0], [x0, y0], [x1, y1], [x0, y1], [middle, y0], [middle, y1]] // prettier-ignore
  const covered = ([x, y]: Point): number =>
    spots.filter(([a, b]) => a > x - 4 && a < x + width + 4 && b > y - 4 && b < y + height + 4).length
  const [x, y] = corners
    .map((corner) => ({ corner, count: covered(corner) }))
    .reduce((a, b) => (b.count < a.count ? b : a)).corner
  const rows = entries.map(({ text, swatch }, i) => {
    const middleOfRow = y + 4.5 + row * (i + 0.5)
    return swatch(x + 8, middleOfRow) + textAt([x + 37, middleOfRow + 4], escaped(text))
  })
  const back = `<rect x="${written(x)}" y="${written(y)}" width="${written(width)}" height="${written(height)}" rx="4" fill="#fff" fill-opacity="0.88" stroke="#d3dae2"/>`
  return [`<g font-size="${String(size)}">${back}${rows.join("")}</g>`]
}

// ---------------------------------------------------------------- bar of colors

/** A strip of colors from bottom to top, evenly divided among them. */
function strip(x: number, { top, bottom }: Area, colors: readonly string[]): string {
  const height = (bottom - top) / colors.length
  const cells = colors.map((color, i) => {
    const y = written(bottom - (i + 1) * height)
    return `<rect x="${written(x)}" y="${y}" width="13" height="${written(height + 0.4)}" fill="${color}"/>`
  })
  return `<g shape-rendering="crispEdges">${cells.join("")}</g>`
}

/** What the colors of a surface mean: a scale of values, or a strip for each contour level. */
function colorBar(series: Surface, area: Area): string[] {
  const { right, top, bottom } = area
  const x = right + 18
  const [low, high] = extent(series.kind === "contour" ? levelsOf(series) : series.z.data)
  const axis = valueAxis(low, high)
  const count = tickCounts(0, bottom - top).y
  const title = series.label === null ? "" : textAt([x, top - 8], escaped(series.label), `fill="${ink}"`)
  const write = (spots: readonly { readonly y: number; readonly label: Label }[], factor: number): string[] => {
    const labels = spots.map(({ y, label }) => textAt([x + 19, y + 4], labelText(label)))
    const marks = spots.map(({ y }) => lineAt(x + 13, y, x + 16, y)).join("")
    return [
      `<path d="${marks}" stroke="${faint}"/>`,
      `<g font-size="11" fill="${faint}">${labels.join("")}${title}${factorText(factor, [x, bottom + 18], "start")}</g>`,
    ]
  }
  if (series.kind === "contour") {
    const levels = levelsOf(series)
    const each = Math.ceil(levels.length / 16)
    const spots = levels.map((level, i) => {
      const y = bottom - ((i + 0.5) / levels.length) * (bottom - top)
      return { y, label: { text: String(Number(level.toPrecision(3))).replace(/-/g, "\u2212"), exponent: "" } }
    })
    return [
      strip(x, area, levelColors(series)),
      ...write(
        spots.filter((_, i) => i % each === 0),
        0,
      ),
    ]
  }
  const color = valueColor(low, high)
  const steps = Array.from({ length: 64 }, (_, i) => color(low + ((high - low) * (i + 0.5)) / 64))
  const place = axis.place(bottom, top)
  const ticks = axis.ticks(count).filter(({ value }) => value >= low && value <= high)
  const spots = ticks.map(({ value, label }) => ({ y: place(value), label }))
  return [strip(x, area, steps), ...write(spots, axis.factor(count))]
}

// ---------------------------------------------------------------- the picture

/** A number that tells pictures on one page apart. */
function fingerprint(text: string): string {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return (hash >>> 0).toString(36)
}

/** A figure as an SVG picture of so many units; 640 by 420 unless told. */
export function svg(figure: Figure, { width = 640, height = 420 }: PictureSize = {}): string {
  const axes = axesOf(figure)
  const names = namesOf(figure)
  const area = areaOf(figure, axes, width, height)
  const colors = seriesColors(figure)
  const places = placesIn(area, axes)
  const marks: readonly Marks[] = figure.series.map((series, i) => marksOf(series, colors[i]!, figure, names, places))
  const surface = figure.series.find(isSurface)
  const inside = marks.flatMap(({ elements }) => elements).join("\n")
  const clip = `area-${fingerprint(inside)}`
  const covers = figure.series.some((series) => series.kind === "heatmap")
  const back = frame(figure, axes, area, width, height)
  const body = [
    `<rect width="${String(width)}" height="${String(height)}" fill="#fff"/>`,
    ...back,
    `<clipPath id="${clip}"><rect x="${written(area.left)}" y="${written(area.top)}" width="${written(area.right - area.left)}" height="${written(area.bottom - area.top)}"/></clipPath>`,
    `<g clip-path="url(#${clip})">`,
    inside,
    "</g>",
    covers
      ? `<rect x="${written(area.left)}" y="${written(area.top)}" width="${written(area.right - area.left)}" height="${written(area.bottom - area.top)}" fill="none" stroke="${faint}"/>`
      : "",
    ...(surface === undefined ? [] : colorBar(surface, area)),
    ...legend(
      entriesOf(figure, colors),
      marks.flatMap(({ spots }) => spots),
      area,
    ),
  ].filter((element) => element !== "")
  const size = `width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} fill="${ink}">\n${body.join("\n")}\n</svg>\n`
}
