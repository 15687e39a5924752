/**
 * Which of the known names was meant?
 * Edit distance with transpositions, weighed against the length of the word; case alone is a small difference.
 * It must not know where the names come from.
 */

/** The candidate nearest to `name`, or null where none is near enough to be what was meant. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  if (name.length > 64) return null
  const limit = name.length <= 4 ? 1 : name.length <= 7 ? 2 : 3
  let best: string | null = null
  let bestDistance = Infinity
  const lower = name.toLowerCase()
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) > limit) continue
    const folded = candidate.toLowerCase()
    const distance = folded === lower ? 0.5 : editDistance(lower, folded)
    if (distance < bestDistance || (distance === bestDistance && best !== null && candidate < best)) {
      best = candidate
      bestDistance = distance
    }
  }
  return bestDistance <= limit && bestDistance < name.length ? best : null
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
