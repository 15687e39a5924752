/**
 * Checked reads from typed arrays, for the hand-written benchmark programs.
 * A typed array answers `undefined` out of range; the check turns that into an error, as ADL does.
 * It must not know any workload.
 */

/** The element, or an error where there is none. */
export function at(a: Float64Array, i: number): number {
  const x = a[i]
  if (x === undefined) throw outOfRange(i)
  return x
}

/** The same for arrays of indices: another function, so that each sees one kind of array. */
export function indexAt(a: Int32Array, i: number): number {
  const x = a[i]
  if (x === undefined) throw outOfRange(i)
  return x
}

function outOfRange(i: number): RangeError {
  return new RangeError(`index ${i} is out of range`)
}
