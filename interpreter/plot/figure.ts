/**
 * A plot as the renderers read it: plain JavaScript data, the form in which a plot value crosses to a host.
 * Reading checks everything once, so that a plot somebody changed by hand is refused here and nowhere else. It must not know values of the language,
 * nor how anything is drawn.
 */

/** Numbers row by row. */
export interface Matrix {
  readonly shape: readonly [number, number]
  readonly data: Float64Array
}

/** What every series has. */
export interface Common {
  readonly label: string | null
  readonly color: string | null
}
/** Values on a grid: z has a row for each y and a column for each x. */
export interface Surface extends Common {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Matrix
}

/** Points joined by a line. */
export interface LineSeries extends Common {
  readonly kind: "line"
  readonly x: Float64Array
  readonly y: Float64Array
  readonly markers: boolean
}
/** Points. */
export interface ScatterSeries extends Common {
  readonly kind: "scatter"
  readonly x: Float64Array
  readonly y: Float64Array
}
/** Bars over intervals that touch. */
export interface HistSeries extends Common {
  readonly kind: "hist"
  /** One more than there are heights. */
  readonly edges: Float64Array
  readonly height: Float64Array
}
/** A bar for each name or number. */
export interface BarSeries extends Common {
  readonly kind: "bar"
  readonly names: readonly string[] | Float64Array
  readonly height: Float64Array
}
/** A colour for each value of a grid. */
export interface HeatmapSeries extends Surface {
  readonly kind: "heatmap"
}
/** Lines of equal value on a grid. */
export interface ContourSeries extends Surface {
  readonly kind: "contour"
  readonly levels: Float64Array
}
/** Arrows (u, v) at points (x, y). */
export interface QuiverSeries extends Common {
  readonly kind: "quiver"
  readonly x: Float64Array
  readonly y: Float64Array
  readonly u: Float64Array
  readonly v: Float64Array
}
/** One thing that is drawn. */
export type Series = LineSeries | ScatterSeries | HistSeries | BarSeries | HeatmapSeries | ContourSeries | QuiverSeries

/** The ends of an axis. */
export type Range = readonly [number, number]

/** A plot: series on common axes. What is null is found from the series. */
export interface Figure {
  readonly series: readonly Series[]
  readonly title: string | null
  readonly xlabel: string | null
  readonly ylabel: string | null
  readonly xlog: boolean
  readonly ylog: boolean
  readonly xrange: Range | null
  readonly yrange: Range | null
  /** Is there a legend? Null: where series have labels. */
  readonly legend: boolean | null
}

// ---------------------------------------------------------------- reading

type Fields = Readonly<Record<string, unknown>>

/** What a field must hold, for each kind of series. */
const forms: Readonly<Record<Series["kind"], Readonly<Record<string, (x: unknown) => boolean>>>> = {
  line: { x: isVector, y: isVector, markers: isBoolean },
  scatter: { x: isVector, y: isVector },
  hist: { edges: isVector, height: isVector },
  bar: { names: isNames, height: isVector },
  heatmap: { x: isVector, y: isVector, z: isMatrix },
  contour: { x: isVector, y: isVector, z: isMatrix, levels: isVector },
  quiver: { x: isVector, y: isVector, u: isVector, v: isVector },
}

/** Do the lengths of a series agree? */
function fits(series: Series): boolean {
  switch (series.kind) {
    case "hist":
      return series.edges.length === series.height.length + 1
    case "bar":
      return series.names.length === series.height.length
    case "heatmap":
    case "contour":
      return series.x.length === series.z.shape[1] && series.y.length === series.z.shape[0]
    case "quiver":
      return [series.y, series.u, series.v].every((other) => other.length === series.x.length)
    default:
      return series.x.length === series.y.length
  }
}

/** The figure of a plot in its JavaScript form, or null where it is none. */
export function figureOf(x: unknown): Figure | null {
  if (!isFields(x) || x["$variant"] !== "Plot" || !Array.isArray(x["series"])) return null
  const series = x["series"] as unknown[]
  const given = x as unknown as Figure
  const texts = [given.title, given.xlabel, given.ylabel]
  const choices = [given.xlog, given.ylog, given.legend]
  const ranges = [given.xrange, given.yrange]
  if (!series.every(isSeries)) return null
  if (!texts.every((text) => text === null || typeof text === "string")) return null
  if (!choices.every((choice) => choice === null || typeof choice === "boolean")) return null
  if (!ranges.every((range) => range === null || isRange(range))) return null
  const range = (bounds: Range | null): Range | null => (bounds === null ? null : [bounds[0], bounds[1]])
  return {
    series,
    title: given.title,
    xlabel: given.xlabel,
    ylabel: given.ylabel,
    xlog: given.xlog === true,
    ylog: given.ylog === true,
    xrange: range(given.xrange),
    yrange: range(given.yrange),
    legend: given.legend,
  }
}

function isFields(x: unknown): x is Fields {
  return typeof x === "object" && x !== null
}

function isSeries(x: unknown): x is Series {
  if (!isFields(x) || typeof x["kind"] !== "string" || !Object.hasOwn(forms, x["kind"])) return false
  const form = forms[x["kind"] as Series["kind"]]
  const { label, color } = x
  return (
    Object.entries(form).every(([field, holds]) => holds(x[field])) &&
    (label === null || typeof label === "string") &&
    (color === null || (typeof color === "string" && /^#?\w+$/.test(color))) &&
    fits(x as unknown as Series)
  )
}

function isVector(x: unknown): boolean {
  return x instanceof Float64Array
}

function isBoolean(x: unknown): boolean {
  return typeof x === "boolean"
}

function isNames(x: unknown): boolean {
  return isVector(x) || (Array.isArray(x) && x.every((name) => typeof name === "string"))
}

function isMatrix(x: unknown): boolean {
  if (!isFields(x) || !Array.isArray(x["shape"]) || !(x["data"] instanceof Float64Array)) return false
  const shape = x["shape"] as number[]
  return shape.length === 2 && shape[0]! * shape[1]! === x["data"].length
}

/** Two finite bounds, the lower one first. */
function isRange(x: unknown): boolean {
  const bounds = x as ArrayLike<unknown>
  const [low, high] = [bounds[0], bounds[1]]
  return bounds.length === 2 && typeof low === "number" && typeof high === "number" && low < high
}
