/**
 * Coloring sparse matrices, so that several columns are computed as one.
 * Columns of one color never meet in a row (Curtis, Powell and Reid 1974); for symmetric matrices a star coloring needs fewer colors (Coleman and Moré
 * 1984). Greedy in the order of falling degree (Welsh and Powell 1967), as surveyed by Gebremedhin, Manne and Pothen 2005. It must not know derivatives.
 */

/** The columns of the nonzeros of each row, ascending. */
export type Pattern = readonly Int32Array[]

/** A color from 0 for each column, and how many there are. */
export interface Coloring {
  readonly colors: Int32Array
  readonly count: number
}

/** Rows of each column. */
export function transposed(pattern: Pattern, columns: number): Int32Array[] {
  const counts = new Int32Array(columns)
  for (const row of pattern) for (const column of row) counts[column]! += 1
  const out = Array.from(counts, (count) => new Int32Array(count))
  const filled = new Int32Array(columns)
  pattern.forEach((row, i) => {
    for (const column of row) out[column]![filled[column]!++] = i
  })
  return out
}

function byFallingDegree(degrees: readonly number[]): number[] {
  return degrees.map((_, i) => i).sort((a, b) => degrees[b]! - degrees[a]! || a - b)
}

/** Colors columns so that no two of one color have a nonzero in the same row. `tick` is called now and then: dense patterns take long. */
export function colorColumns(pattern: Pattern, columns: number, tick: () => void): Coloring {
  const rows = transposed(pattern, columns)
  const degrees = rows.map((column) => column.reduce((sum, row) => sum + pattern[row]!.length - 1, 0))
  const colors = new Int32Array(columns).fill(-1)
  const taken = new Int32Array(columns + 1).fill(-1)
  let count = 0
  for (const column of byFallingDegree(degrees)) {
    tick()
    for (const row of rows[column]!) {
      for (const other of pattern[row]!) if (colors[other]! >= 0) taken[colors[other]!] = column
    }
    let color = 0
    while (taken[color] === column) color++
    colors[column] = color
    count = Math.max(count, color + 1)
  }
  return { colors, count }
}

/**
 * A star coloring of a symmetric pattern: neighbours differ, and no path of four vertices has two colors, so that of each nonzero (i, j) one of its
 * two ends is the only neighbour of the other with its color (algorithm 4.1 of Gebremedhin, Manne and Pothen).
 */
export function colorStars(pattern: Pattern, tick: () => void): Coloring {
  const n = pattern.length
  const colors = new Int32Array(n).fill(-1)
  const taken = new Int32Array(n + 1).fill(-1)
  let count = 0
  for (const v of byFallingDegree(pattern.map((row) => row.length))) {
    for (const w of pattern[v]!) {
      if (w === v) continue
      if (colors[w]! >= 0) taken[colors[w]!] = v
      tick()
      for (const x of pattern[w]!) {
        if (x === w || x === v || colors[x]! < 0) continue
        // A path v w x: with x in v's color, w must be colored and no other neighbour of x may have w's color.
        if (colors[w]! < 0) taken[colors[x]!] = v
        else if (pattern[x]!.some((y) => y !== w && y !== x && colors[y] === colors[w])) taken[colors[x]!] = v
      }
    }
    let color = 0
    while (taken[color] === v) color++
    colors[v] = color
    count = Math.max(count, color + 1)
  }
  return { colors, count }
}
