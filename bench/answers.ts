/**
 * Compares what different contestants answered: numbers in whatever structure each of them returns.
 * A structure is read as the numbers at its leaves, in order; a contestant that answers differently is not timed.
 * It must not know the workloads.
 */

/** All numbers of a structure, in order: numbers, typed arrays, `{ shape, data }`, arrays, records. */
export function leaves(answer: unknown): number[] {
  const out: number[] = []
  collect(answer, out)
  return out
}

function collect(answer: unknown, out: number[]): void {
  if (typeof answer === "number") out.push(answer)
  else if (ArrayBuffer.isView(answer)) for (const x of answer as Float64Array) out.push(x)
  else if (Array.isArray(answer)) for (const x of answer) collect(x, out)
  else if (typeof answer === "object" && answer !== null) {
    if ("shape" in answer && "data" in answer) collect(answer.data, out)
    else for (const x of Object.values(answer)) collect(x, out)
  }
}

/** How far two answers are apart, relative to the largest number in the wanted one; infinite where they do not match. */
export function distance(got: unknown, want: unknown): number {
  const a = leaves(got)
  const b = leaves(want)
  if (a.length !== b.length || b.length === 0) return Infinity
  let scale = 0
  for (const x of b) scale = Math.max(scale, Math.abs(x))
  let worst = 0
  for (let i = 0; i < b.length; i++) {
    const off = Math.abs((a[i] as number) - (b[i] as number))
    if (!(off <= worst)) worst = Number.isNaN(off) ? Infinity : off
  }
  return worst / (scale || 1)
}
