/**
 * Times as a person reads them.
 * The unit follows the size; three digits are enough. It must not know what is timed.
 */

/** A time as a person reads it. */
export function duration(ms: number): string {
  if (ms >= 60_000) return `${String(Math.floor(ms / 60_000))} min ${String(Math.round((ms % 60_000) / 1000))} s`
  if (ms >= 1000) return `${(ms / 1000).toPrecision(3)} s`
  return ms >= 1 ? `${ms.toPrecision(3)} ms` : `${(ms * 1000).toPrecision(3)} µs`
}
