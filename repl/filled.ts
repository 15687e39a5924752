/**
 * Paragraphs broken to a width.
 * Lines are filled word by word; what is indented stays as it is, and no line gets wider than is good to read. It must not know what it breaks.
 */

const widest = 88

/** The text with lines of at most `columns`, or as many as are good to read. */
export function filled(text: string, columns: number): string {
  const width = Math.max(20, Math.min(columns, widest))
  return text
    .split("\n")
    .map((line) => (line.length <= width || line.startsWith("  ") ? line : broken(line, width)))
    .join("\n")
}

function broken(line: string, width: number): string {
  const rows: string[] = []
  let row = ""
  for (const word of line.split(" ")) {
    if (row !== "" && row.length + 1 + word.length > width) {
      rows.push(row)
      row = word
    } else row = row === "" ? word : `${row} ${word}`
  }
  return [...rows, row].join("\n")
}
