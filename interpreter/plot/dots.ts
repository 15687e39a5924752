/**
 * A canvas of braille characters: two by four dots each.
 * Dots remember who set them last, so that a terminal with colors can tell series apart; characters may be written over dots. It must not know plots.
 */

/** The bit of each dot in a braille character, by row and column (Unicode, "Braille Patterns"). */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

export class Dots {
  readonly columns: number
  readonly rows: number
  private readonly cells: Uint8Array
  private readonly owners: Int32Array
  private readonly letters: (string | undefined)[]

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
    this.cells = new Uint8Array(columns * rows)
    this.owners = new Int32Array(columns * rows).fill(-1)
    this.letters = new Array<string | undefined>(columns * rows)
  }

  /** Sets the dot nearest to a place, x to the right and y down in dots. */
  set(x: number, y: number, owner: number): void {
    const i = Math.round(x)
    const j = Math.round(y)
    if (!(i >= 0 && j >= 0 && i < 2 * this.columns && j < 4 * this.rows)) return
    const cell = (j >> 2) * this.columns + (i >> 1)
    this.cells[cell]! |= bits[j & 3]![i & 1]!
    this.owners[cell] = owner
  }

  /** A straight line between two places; what lies outside is cut off before it is walked. */
  line(x0: number, y0: number, x1: number, y1: number, owner: number): void {
    const inside = clipped([x0, y0, x1, y1], 2 * this.columns - 1, 4 * this.rows - 1)
    if (inside === null) return
    const [a, b, c, d] = inside
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(c - a), Math.abs(d - b))))
    for (let i = 0; i <= steps; i++) this.set(a + ((c - a) * i) / steps, b + ((d - b) * i) / steps, owner)
  }

  /** Writes a character over a cell. */
  write(column: number, row: number, letter: string, owner: number): void {
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) return
    this.letters[row * this.columns + column] = letter
    this.owners[row * this.columns + column] = owner
  }

  /** A row as text; `paint` colors a piece that one owner set. */
  row(row: number, paint: (text: string, owner: number) => string): string {
    let out = ""
    let piece = ""
    let owner = -1
    for (let column = 0; column < this.columns; column++) {
      const cell = row * this.columns + column
      const mask = this.cells[cell]!
      const letter = this.letters[cell] ?? (mask === 0 ? " " : String.fromCharCode(0x2800 + mask))
      const by = letter === " " ? owner : this.owners[cell]!
      if (by !== owner) {
        out += owner < 0 ? piece : paint(piece, owner)
        piece = ""
        owner = by
      }
      piece += letter
    }
    return (out + (owner < 0 ? piece : paint(piece, owner))).trimEnd()
  }
}

type Segment = readonly [number, number, number, number]

/** The part of a segment inside 0 … right, 0 … bottom, or null (Liang and Barsky, 1984). */
function clipped([x0, y0, x1, y1]: Segment, right: number, bottom: number): Segment | null {
  const [dx, dy] = [x1 - x0, y1 - y0]
  if (!Number.isFinite(dx + dy)) return null
  let from = 0
  let to = 1
  for (const [step, room] of [
    [-dx, x0],
    [dx, right - x0],
    [-dy, y0],
    [dy, bottom - y0],
  ] as const) {
    if (step === 0) {
      if (room < 0) return null
    } else if (step < 0) from = Math.max(from, room / step)
    else to = Math.min(to, room / step)
  }
  return from > to ? null : [x0 + from * dx, y0 + from * dy, x0 + to * dx, y0 + to * dy]
}
