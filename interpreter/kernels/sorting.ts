/**
 * Numbers in ascending order, nan last, equal ones as they stood: a merge sort from the bottom up.
 * The engine's own sort with a comparison makes an object of every number first, and cannot be interrupted while it does. It must not know arrays of more axes.
 */

import { often, spend } from "../arrays/work.ts"

/** Runs as long as this are sorted by insertion, which is quickest for them. */
const shortRun = 24

/** Does `a` belong behind `b`? */
function behind(a: number, b: number): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b))
}

/** Sorts in place. */
export function sortNumbers(data: Float64Array): void {
  const n = data.length
  for (let start = 0; start < n; start += shortRun) insert(data, start, Math.min(n, start + shortRun))
  let from = data
  let to = n > shortRun ? new Float64Array(n) : data
  for (let width = shortRun; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width)
      merge(from, to, start, Math.min(n, start + width), Math.min(n, start + 2 * width))
    ;[from, to] = [to, from]
  }
  if (from !== data) data.set(from)
}

function insert(data: Float64Array, start: number, end: number): void {
  spend(shortRun)
  for (let i = start + 1; i < end; i++) {
    const x = data[i]!
    let j = i
    for (; j > start && behind(data[j - 1]!, x); j--) data[j] = data[j - 1]!
    data[j] = x
  }
}

/** Merges `from[start..middle]` and `from[middle..end]`, both in order. */
function merge(from: Float64Array, to: Float64Array, start: number, middle: number, end: number): void {
  let left = start
  let right = middle
  for (let k = start; k < end; k++) {
    if ((k & often) === 0) spend(often)
    const fromLeft = left < middle && (right === end || !behind(from[left]!, from[right]!))
    to[k] = fromLeft ? from[left++]! : from[right++]!
  }
}
