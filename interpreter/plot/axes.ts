/**
 * Axes: how far they reach, where values lie on them, and what is written beside them.
 * The reach is that of the data with a little room, unless a range was given; ticks are round numbers by d3-scale, on a log axis powers of ten, and a
 * factor common to large or small numbers is written once. It must not know how anything is drawn, nor in which unit.
 */

import { scaleLinear, scaleLog } from "d3-scale"
import type { Figure, Range, Series } from "./figure.ts"

/** What stands at a tick: a text, and for a power of ten its exponent. */
export interface Label {
  readonly text: string
  readonly exponent: string
}

export interface Tick {
  readonly value: number
  readonly label: Label
}

export interface Axis {
  readonly low: number
  readonly high: number
  readonly log: boolean
  /** The names at 0, 1, … of an axis of names; else null. */
  readonly names: readonly string[] | null
  /** About `count` ticks, in ascending order. */
  ticks(count: number): readonly Tick[]
  /** Values between the ticks of a log axis that deserve a fainter line. */
  minor(count: number): readonly number[]
  /** The power of ten that all labels are to be multiplied by. */
  factor(count: number): number
  /** The function from values to places when the axis runs from `from` to `to`; nan for what has no place. */
  place(from: number, to: number): (value: number) => number
}

// ---------------------------------------------------------------- the reach

/** The least and greatest finite value of some. */
export function extent(values: Iterable<number>): readonly [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? [low, high] : [0, 1]
}

/** What a series asks of one axis. */
interface Reach {
  readonly values: Iterable<number>
  /** The axis ends exactly where these values do. */
  readonly tight: boolean
  /** A value, such as the foot of bars, that the axis shows and goes not beyond for its own sake. */
  readonly foot: number | null
}

/** Names of all bars, in the order of their first appearance; null where no bar has names. */
export function namesOf(figure: Figure): readonly string[] | null {
  const names = new Set<string>()
  for (const series of figure.series)
    if (series.kind === "bar" && Array.isArray(series.names))
      for (const name of series.names as string[]) names.add(name)
  return names.size === 0 ? null : [...names]
}

/** The places of bars along the axis. */
export function barPlaces(names: readonly string[] | Float64Array, all: readonly string[] | null): Float64Array {
  if (names instanceof Float64Array) return names
  const index = new Map((all ?? []).map((name, i) => [name, i]))
  return Float64Array.from(names, (name) => index.get(name)!)
}

/** The least distance between neighbouring bars: what each may fill. */
export function barRoom(figure: Figure, all: readonly string[] | null): number {
  const places = figure.series.flatMap((series) => (series.kind === "bar" ? [...barPlaces(series.names, all)] : []))
  const sorted = [...new Set(places)].sort((a, b) => a - b)
  const room = sorted.slice(1).reduce((least, x, i) => Math.min(least, x - sorted[i]!), Infinity)
  return Number.isFinite(room) ? room : 1
}

/** The borders between cells whose centers are given. */
export function borders(centers: Float64Array): Float64Array {
  const n = centers.length
  if (n === 1) return Float64Array.of(centers[0]! - 0.5, centers[0]! + 0.5)
  return Float64Array.from({ length: n + 1 }, (_, i) => {
    if (i === 0) return centers[0]! - (centers[1]! - centers[0]!) / 2
    if (i === n) return centers[n - 1]! + (centers[n - 1]! - centers[n - 2]!) / 2
    return (centers[i - 1]! + centers[i]!) / 2
  })
}

function reachOf(series: Series, figure: Figure, names: readonly string[] | null): { x: Reach; y: Reach } {
  const free = (values: Iterable<number>): Reach => ({ values, tight: false, foot: null })
  const tight = (values: Iterable<number>): Reach => ({ values, tight: true, foot: null })
  switch (series.kind) {
    case "hist":
      return { x: tight(series.edges), y: { values: series.height, tight: false, foot: 0 } }
    case "bar": {
      const half = barRoom(figure, names) / 2
      const places = barPlaces(series.names, names)
      const x = tight([...places].flatMap((place) => [place - half, place + half]))
      return { x, y: { values: series.height, tight: false, foot: 0 } }
    }
    case "heatmap":
      return { x: tight(borders(series.x)), y: tight(borders(series.y)) }
    case "contour":
      return { x: tight(series.x), y: tight(series.y) }
    default:
      return { x: free(series.x), y: free(series.y) }
  }
}

/** The reach of an axis: the given range, else that of the data and a little more. */
function reach(wishes: readonly Reach[], log: boolean, given: Range | null, room: number): Range {
  if (given !== null && !(log && given[0] <= 0)) return given
  let low = Infinity
  let high = -Infinity
  for (const wish of wishes) {
    for (const value of wish.values) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  const feet = wishes.map((wish) => wish.foot).filter((foot) => foot !== null && !(log && foot <= 0)) as number[]
  low = Math.min(low, ...feet)
  high = Math.max(high, ...feet)
  if (!(low <= high)) return log ? [1, 10] : [0, 1]
  // Numbers that differ by less than ticks can tell count as one.
  if (high / 2 - low / 2 <= Math.max(1e-300, 4 * Number.EPSILON * Math.max(-low, high))) {
    if (log) return [low / 2, high * 2]
    const half = Math.abs(low) < 1e-300 ? 1 : Math.abs(low) / 4
    return feet.includes(low) ? [low, low + 1] : [low - half, high + half]
  }
  if (wishes.some((wish) => wish.tight)) return [low, high]
  if (log) {
    const more = (high / low) ** room
    return [low / more, high * more]
  }
  // Halves, so that the width of a range near the largest numbers is finite.
  const more = 2 * room * (high / 2 - low / 2)
  return [feet.includes(low) ? low : low - more, feet.includes(high) ? high : high + more]
}

/** The two axes of a figure. */
export function axesOf(figure: Figure): { x: Axis; y: Axis } {
  const names = namesOf(figure)
  const wishes = figure.series.map((series) => reachOf(series, figure, names))
  const arrows = figure.series.reduce((n, series) => (series.kind === "quiver" ? Math.max(n, series.x.length) : n), 0)
  // Arrows reach beyond their points, the farther the fewer they are.
  const wide = arrows > 0 ? 0.1 : 0.03
  const tall = arrows > 0 ? Math.max(0.1, Math.min(0.25, 0.9 / Math.sqrt(arrows))) : 0.05
  const x = reach(
    wishes.map((wish) => wish.x),
    figure.xlog,
    figure.xrange,
    wide,
  )
  const y = reach(
    wishes.map((wish) => wish.y),
    figure.ylog,
    figure.yrange,
    tall,
  )
  return { x: axis(x, figure.xlog && names === null, names), y: axis(y, figure.ylog, null) }
}

/** The linear axis of a bar of colors. */
export function valueAxis(low: number, high: number): Axis {
  return axis(low < high ? [low, high] : [low - 0.5, high + 0.5], false, null)
}

function axis([low, high]: Range, log: boolean, names: readonly string[] | null): Axis {
  const marks = log ? logTicks(low, high) : linearTicks(low, high)
  // A tick on the border may miss it by a rounding.
  const [least, most] = log
    ? [low * (1 - 1e-9), high * (1 + 1e-9)]
    : [low - 1e-9 * (high - low), high + 1e-9 * (high - low)]
  const within = (ticks: readonly Tick[]): Tick[] => ticks.filter(({ value }) => value >= least && value <= most)
  return {
    low,
    high,
    log,
    names,
    ticks: (count) => within(names === null ? marks(count).ticks : nameTicks(names)),
    minor: (count) => marks(count).minor,
    factor: names === null ? (count) => marks(count).factor : () => 0,
    place(from, to) {
      if (!log) {
        const scale = scaleLinear([low, high], [from, to])
        return (value) => (Number.isFinite(value) ? scale(value) : NaN)
      }
      const scale = scaleLog([low, high], [from, to])
      return (value) => (value > 0 && Number.isFinite(value) ? scale(value) : NaN)
    },
  }
}

// ---------------------------------------------------------------- ticks

interface Marks {
  readonly ticks: readonly Tick[]
  readonly minor: readonly number[]
  readonly factor: number
}

const minus = "\u2212"

function signed(text: string): string {
  return text.replace("-", minus)
}

function nameTicks(names: readonly string[]): Tick[] {
  return names.map((text, value) => ({ value, label: { text, exponent: "" } }))
}

/** Round numbers; beyond a hundred thousand or below a thousandth their common power of ten goes into the factor. */
function linearTicks(low: number, high: number): (count: number) => Marks {
  return (count) => {
    const values = scaleLinear([low, high], [0, 1]).ticks(Math.max(2, count))
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const magnitude = largest === 0 ? 0 : Math.floor(Math.log10(largest))
    const factor = magnitude >= 5 || magnitude < -3 ? magnitude : 0
    const step = values.length > 1 ? values[1]! - values[0]! : 1
    const digits = Math.min(15, Math.max(0, factor - Math.floor(Math.log10(step) + 1e-9)))
    const write = (value: number): string => {
      const text = signed((value / 10 ** factor).toFixed(digits))
      return /^\u22120(\.0*)?$/.test(text) ? text.slice(1) : text
    }
    return { ticks: values.map((value) => ({ value, label: { text: write(value), exponent: "" } })), minor: [], factor }
  }
}

/** Powers of ten, every k-th where there are many; round numbers where fewer than two of them lie in the range. */
function logTicks(low: number, high: number): (count: number) => Marks {
  return (count) => {
    const first = Math.ceil(Math.log10(low) - 1e-9)
    const last = Math.floor(Math.log10(high) + 1e-9)
    if (last - first < 1) {
      const round = linearTicks(low, high)(count)
      return { ...round, ticks: round.ticks.filter(({ value }) => value >= low && value > 0) }
    }
    const step = [1, 2, 3, 5, 10, 20, 25, 50, 100].find((k) => (last - first) / k + 1 <= count) ?? 100
    const plain = first >= -2 && last <= 3
    const exponents: number[] = []
    for (let k = Math.ceil(first / step) * step; k <= last; k += step) exponents.push(k)
    const ticks = exponents.map((k): Tick => {
      const label = plain ? { text: String(10 ** k), exponent: "" } : { text: "10", exponent: signed(String(k)) }
      return { value: Number(`1e${String(k)}`), label }
    })
    const minor: number[] = []
    for (let k = first - 1; k <= last; k++) {
      const power = Number(`1e${String(k)}`)
      if (step === 1) for (let i = 2; i < 10; i++) minor.push(i * power)
      else if (step <= 5 && k % step !== 0) minor.push(power)
    }
    return { ticks, minor: minor.filter((value) => value > low && value < high), factor: 0 }
  }
}
