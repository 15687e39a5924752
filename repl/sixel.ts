/**
 * Pictures in a terminal as sixels: six rows of dots in a character (https://vt100.net/docs/vt3xx-gp/chapter14.html).
 * A picture is drawn for as many dots as the window has, so that its text is as large as other text. It must not know what is in the picture, nor how text
 * gets to the terminal.
 */

import { image2sixel } from "sixel/lib/SixelEncoder.js"
import { roomFor, smallCell, type Cell } from "./images.ts"

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
