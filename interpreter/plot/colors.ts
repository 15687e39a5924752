/**
 * Colors of series and of values.
 * Series take eight colors that are told apart also by the color-blind and stand out on white; values of surfaces run through viridis (Smith and van
 * der Walt, 2015), whose lightness rises evenly. It must not know what is colored.
 */

import { scaleLinear } from "d3-scale"
import type { ContourSeries, Figure } from "./figure.ts"
import { levelsOf } from "./geometry.ts"

const palette = ["#1f6fb4", "#d9541e", "#2a8c4a", "#8a4fbf", "#c2266b", "#0a93a0", "#a67c00", "#5b6770"]

const viridis = [
  "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725",
] // prettier-ignore

/** The color of each series, as given or the next of the palette. */
export function seriesColors(figure: Figure): readonly string[] {
  let next = 0
  return figure.series.map((series) => {
    if (series.color !== null) return series.color
    return palette[next++ % palette.length]!
  })
}

/** The color of a value between two others. */
export function valueColor(low: number, high: number): (value: number) => string {
  const stops = viridis.map((_, i) => low + ((high - low) * i) / (viridis.length - 1))
  const scale = scaleLinear<string>(stops, viridis).clamp(true)
  return low < high ? scale : () => viridis[5]!
}

/**
 * The color of each contour level in ascending order: that of the series, or evenly spread, for levels themselves often are not; light yellow would be
 * lost on white.
 */
export function levelColors(series: ContourSeries): string[] {
  const levels = levelsOf(series)
  const own = series.color
  if (own !== null) return levels.map(() => own)
  const color = valueColor(0, Math.max(1, levels.length - 1) / 0.88)
  return levels.map((_, i) => color(i))
}
