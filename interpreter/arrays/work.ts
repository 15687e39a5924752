/**
 * Work and memory inside kernels, told to whoever sets limits.
 * Kernels say how many elementary operations they do and how much they are about to take; now and then that is looked at, and the look may throw. It must not
 * know what the limits are.
 */

/** Who is told: the run that is under way. */
export interface Watch {
  /** Looks at time and interruption. */
  poll(): void
  /** Memory about to be taken, in bytes. */
  charge(bytes: number): void
}

/** Elementary operations between two looks: well below a millisecond. */
const interval = 1 << 16
/** Arrays below this are no matter. */
const small = 4096

/** In a long loop over k, `if ((k & often) === 0) spend(often)` looks often enough. */
export const often = (1 << 14) - 1

let watch: Watch | null = null
let left = interval

/** Sets who is told, and gives who was told before. */
export function watched(next: Watch | null): Watch | null {
  const before = watch
  watch = next
  return before
}

/** So many elementary operations are done or about to be done. */
export function spend(operations: number): void {
  left -= operations
  if (left >= 0) return
  left = interval
  watch?.poll()
}

/** An array of so many numbers is about to be made. */
export function reserve(numbers: number): void {
  if (numbers < small) {
    spend(numbers)
    return
  }
  watch?.charge(8 * numbers)
  spend(numbers)
}
