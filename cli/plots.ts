/**
 * Plots for people and files: braille where a value is shown, SVG or PNG where one is saved.
 * The renderers are loaded at the first plot; PNG needs the optional package
 * `@resvg/resvg-js`. It must not know how anything is drawn.
 */

import { fileURLToPath } from "node:url"
import type * as Resvg from "@resvg/resvg-js"
import { faults } from "../lang/report/catalogue.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { raise } from "../lang/report/fault.ts"
import { show } from "../interpreter/values/show.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import type { Value } from "../interpreter/values/values.ts"
import type { Figure, TextSize } from "../interpreter/plot/index.ts"
import { isPlot } from "../interpreter/builtins/plot.ts"
import type { AdlValue } from "../engine/value.ts"
import { toJs } from "../engine/convert.ts"
import { beside, required } from "./beside.ts"
import { colourful } from "./report.ts"

/** What is to be drawn of a plot value; null where that is no plot. */
function figureOf(plot: Value): Figure | null {
  return beside("plot").figureOf(toJs(plot, { wrap: () => null }))
}

/** A plot as text; null for what cannot be drawn. */
export function plotText(plot: Value, size: TextSize): string | null {
  const figure = figureOf(plot)
  return figure === null ? null : beside("plot").braille(figure, size)
}

/** How a run shows a value: a plot drawn as text, anything else as its own text. */
export function shownText({ value }: AdlValue): string {
  if (!isPlot(value)) return show(value)
  const size = { width: Math.min(80, process.stdout.columns ?? 80), color: colourful(process.stdout) }
  return plotText(value, size) ?? show(value)
}

export interface Saving {
  readonly path: string
  readonly width: number | undefined
  readonly height: number | undefined
}

/** The content of a file for a plot, SVG or PNG as its name says. */
export function drawn(plot: Value, { path, width, height }: Saving): string | Uint8Array {
  const figure = figureOf(plot)
  if (figure === null) raise(faults.wrongArgument("save_plot", "p", "a plot", kindOf(plot)))
  const picture = beside("plot").svg(figure, { width, height })
  if (/\.svg$/i.test(path)) return picture
  if (/\.png$/i.test(path)) return png(picture) ?? raise(apartFaults.noPngRenderer())
  raise(apartFaults.cannotWrite(path, "a plot is saved as .svg or .png"))
}

/** A plot as a PNG picture; null for what cannot be drawn, and where nothing is installed that draws it. */
export function plotPicture(plot: Value): Uint8Array | null {
  const figure = figureOf(plot)
  return figure === null ? null : png(beside("plot").svg(figure))
}

/** A plot as dots, `zoom` for each unit of its size; null as for `plotPicture`. */
export function plotPixels(
  plot: Value,
  { width, height, zoom }: { readonly width: number; readonly height: number; readonly zoom: number },
): { readonly data: Uint8Array; readonly width: number; readonly height: number } | null {
  const figure = figureOf(plot)
  const dots = figure === null ? null : rendered(beside("plot").svg(figure, { width, height }), zoom)
  return dots === null ? null : { data: dots.pixels, width: dots.width, height: dots.height }
}

/** SVG as PNG, or null without the package that does it. Twice the size of the picture, as screens have more points than they say. */
function png(picture: string): Uint8Array | null {
  return rendered(picture, 2)?.asPng() ?? null
}

/** SVG in dots, `zoom` for each of its units, or null without the package that does it. */
function rendered(picture: string, zoom: number): Resvg.RenderedImage | null {
  let resvg: typeof Resvg
  try {
    resvg = required("@resvg/resvg-js") as typeof Resvg
  } catch {
    return null
  }
  // The fonts beside this file have Latin, Greek, Cyrillic and mathematics; the system's take long to look through.
  const loadSystemFonts = /[^\u0000-\u04ff\u2000-\u25ff]/.test(picture)
  const fontFiles = ["regular", "bold"].map((face) => fileURLToPath(new URL(`./font/${face}.ttf`, import.meta.url)))
  const font = { fontFiles, loadSystemFonts, defaultFontFamily: "Roboto", sansSerifFamily: "Roboto" }
  return new resvg.Resvg(picture, { fitTo: { mode: "zoom", value: zoom }, font }).render()
}
