/**
 * Pictures in a terminal as sixels, six rows of dots in a character, which terminals since the VT340 know (https://vt100.net/docs/vt3xx-gp/chapter14.html).
 * A terminal says that it has them when asked for its attributes, so it is asked. It must not know what is in the picture, nor how text gets to the terminal.
 */

import { image2sixel } from "sixel/lib/SixelEncoder.js"
import { roomFor } from "./images.ts"

/** The dots of a character cell. */
export interface Cell {
  readonly width: number
  readonly height: number
}

/** What a terminal said of itself. */
export interface Terminal {
  readonly sixel: boolean
  readonly cell: Cell
}

/** As small as cells commonly are, so that a picture made for them fits into larger ones. */
const smallCell: Cell = { width: 8, height: 16 }

/** Asks for the size of a cell (which not every terminal answers) and for the attributes (which all do, and after the size). */
export const question = "\u001b[16t\u001b[c"
const attributes = /\u001b\[\?([\d;]*)c/
const cellSize = /\u001b\[6;(\d+);(\d+)t/

/** Is there something to be asked? Not where pictures are not wanted, or another protocol is. */
export function asksForSixel(env: Readonly<Record<string, string | undefined>>): boolean {
  const wanted = env["ADL_IMAGES"] ?? ""
  if (wanted !== "") return wanted === "sixel"
  return !env["NO_COLOR"] && env["TERM"] !== "dumb"
}

/** What an answer says, and what else stood beside it; null as long as it is not all there. */
export function answered(text: string): { readonly terminal: Terminal; readonly rest: string } | null {
  const found = attributes.exec(text)
  if (found === null) return null
  const size = cellSize.exec(text)
  const cell = size === null ? smallCell : { width: Number(size[2]), height: Number(size[1]) }
  const rest = text.replace(attributes, "").replace(cellSize, "")
  return { terminal: { sixel: found[1]!.split(";").includes("4"), cell }, rest }
}

/** A plot is so many times as wide as high. */
const shape = 1.5

/** The size of a plot in the window, in units of which a small cell is `smallCell`, and how many dots of the terminal one has. */
export function plotSize(
  window: { readonly columns: number; readonly rows: number },
  cell: Cell,
): { readonly width: number; readonly height: number; readonly zoom: number } {
  const { columns, rows } = roomFor(window)
  const zoom = cell.width / smallCell.width
  const width = Math.min(columns * smallCell.width, (rows * cell.height * shape) / zoom)
  return { width: Math.max(120, Math.floor(width)), height: Math.max(120, Math.floor(width / shape)), zoom }
}

export interface Pixels {
  /** Red, green, blue and opacity of each dot, row by row. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** A picture as the text that shows it; the cursor is then below it or in its last row, as the terminal has it. */
export function sixelImage({ data, width, height }: Pixels): string {
  // A copy of its own: the encoder sorts what it is given, and takes a `Buffer`'s slices for copies.
  return image2sixel(new Uint8Array(data), width, height, 256, 1)
}
