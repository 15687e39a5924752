/**
 * New arrays of zeros.
 * The host keeps up to eight numbers inside the object itself, but makes memory of its own for more, which takes ten times as long as the array's arithmetic;
 * so arrays of a few dozen numbers share a piece of memory, each its part of it. It must not know what the arrays are for.
 */

/** Up to so many numbers the host needs no other memory. */
const inside = 8
/** Up to so many numbers an array shares its memory. */
export const few = 64
/** Bytes of a piece: it stays while any of its arrays does, so it is not large. */
const size = 4096
/** No array begins where its piece does: one that does is known to have all the memory behind it for itself. */
const start = 8

let piece = new ArrayBuffer(size)
let at = start

/** So many zeros. */
export function zeroed(n: number): Float64Array {
  if (n <= inside || n > few) return new Float64Array(n)
  const end = at + 8 * n
  if (end > size) {
    piece = new ArrayBuffer(size)
    at = start
    return zeroed(n)
  }
  const out = new Float64Array(piece, at, n)
  at = end
  return out
}

/** A copy of the numbers from `from` to before `to`. */
export function copied(x: Float64Array, from = 0, to = x.length): Float64Array {
  const n = to - from
  if (n > few) return x.slice(from, to)
  const out = zeroed(n)
  for (let i = 0; i < n; i++) out[i] = x[from + i]!
  return out
}
