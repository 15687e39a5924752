/**
 * Drawing plots: what `adl-lang/plot` exports.
 * A plot value in its JavaScript form (`value.toJS()`) is read by `figureOf` and drawn by `svg` or `braille`. Nothing here imports Node.
 */

export { figureOf } from "./figure.ts"
export type {
  BarSeries,
  Common,
  ContourSeries,
  Figure,
  HeatmapSeries,
  HistSeries,
  LineSeries,
  Matrix,
  QuiverSeries,
  Range,
  ScatterSeries,
  Series,
  Surface,
} from "./figure.ts"
export { svg } from "./svg.ts"
export type { PictureSize } from "./svg.ts"
export { braille } from "./braille.ts"
export type { TextSize } from "./braille.ts"
