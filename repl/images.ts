/**
 * Pictures in a terminal by the graphics protocol of kitty, which WezTerm, Ghostty and Konsole know as well.
 * A picture is text that is written like any other: escape sequences with the PNG file in them, in pieces as long as the protocol allows
 * (https://sw.kovidgoyal.net/kitty/graphics-protocol). It must not know what is in the picture, nor how text gets to the terminal.
 */

/** The dots of a character cell. */
export interface Cell {
  readonly width: number
  readonly height: number
}

/** As small as cells commonly are, so that a picture made for them fits into larger ones. */
export const smallCell: Cell = { width: 8, height: 16 }

/** Base64 characters that one escape sequence holds at most. */
const mostInChunk = 4096
/** A character cell is about twice as high as it is wide. */
const cellAspect = 2
/** Wider than this a plot is no better to read. */
const mostColumns = 100
/** Rows left free for the input above the picture, and the note and the prompt below it. */
const rowsBeside = 4
/** The first Konsole that shows pictures, 22.04, as it writes its version. */
const konsole = 220400

/** Does the terminal of these environment variables show pictures? `ADL_IMAGES`, `kitty`, `sixel` or `none`, says so where it is known better. */
export function showsImages(env: Readonly<Record<string, string | undefined>>): boolean {
  const term = env["TERM"] ?? ""
  const wanted = env["ADL_IMAGES"] ?? ""
  if (wanted !== "") return wanted === "kitty"
  if (env["NO_COLOR"] || term === "dumb") return false
  // A multiplexer hands on the variables of the terminal around it, but not its pictures.
  if (env["TMUX"] || env["STY"] || /^(?:tmux|screen)/.test(term)) return false
  return (
    Boolean(env["KITTY_WINDOW_ID"]) ||
    term === "xterm-kitty" ||
    ["WezTerm", "ghostty"].includes(env["TERM_PROGRAM"] ?? "") ||
    Number(env["KONSOLE_VERSION"]) >= konsole
  )
}

/** A PNG file as the text that shows it, as wide as the window allows without being higher than it. The cursor is then behind its last row. */
export function kittyImage(png: Uint8Array, window: { readonly columns: number; readonly rows: number }): string {
  const data = Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString("base64")
  const chunks = data.match(new RegExp(`.{1,${String(mostInChunk)}}`, "g")) ?? []
  const columns = columnsOf(png, window)
  return chunks
    .map((chunk, i) => {
      // q=2: the terminal must not answer, for its answer would be taken for keys.
      const first = i === 0 ? `a=T,f=100,c=${String(columns)},` : ""
      return `\u001b_G${first}q=2,m=${i < chunks.length - 1 ? "1" : "0"};${chunk}\u001b\\`
    })
    .join("")
}

/** The cells that a picture may take in a window. The last column stays free, so that the cursor behind the picture is still in its last row. */
export function roomFor({ columns, rows }: { readonly columns: number; readonly rows: number }): {
  readonly columns: number
  readonly rows: number
} {
  return { columns: Math.max(1, Math.min(mostColumns, columns - 1)), rows: Math.max(1, rows - rowsBeside) }
}

/** How many columns a picture takes; the terminal finds the rows from its shape. */
function columnsOf(png: Uint8Array, window: { readonly columns: number; readonly rows: number }): number {
  // Width and height stand in the header of every PNG file, big-endian, from byte 16.
  const header = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const shape = header.getUint32(16) / header.getUint32(20)
  const room = roomFor(window)
  return Math.max(1, Math.min(room.columns, Math.floor(room.rows * shape * cellAspect)))
}
