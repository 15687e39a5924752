/**
 * Plots as values: a variant with series and settings.
 * It must not know how plots are made or drawn.
 */

import type { TypeInfo, VariantInfo } from "../../lang/core.ts"
import { VariantValue, type Value } from "../values/values.ts"

/** Settings of the whole picture, which every plot function takes by name; `()` where none was given. */
export const settings = ["title", "xlabel", "ylabel", "xlog", "ylog", "xrange", "yrange", "legend"] as const
export type Setting = (typeof settings)[number]

const plotType: TypeInfo = { name: "Plot", variants: [], doc: "A picture as data: series and settings." }
export const plotVariant: VariantInfo = {
  name: "Plot",
  type: plotType,
  fields: ["series", ...settings],
  doc: "Series, each a record with its `kind`, and settings, `()` where none was given.",
}
plotType.variants.push(plotVariant)

/** Is this a plot? */
export function isPlot(value: Value): value is VariantValue {
  return value instanceof VariantValue && value.variant === plotVariant
}
