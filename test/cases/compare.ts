/**
 * Compares a computed value with an expected one from a case file. The rule is that of data/README.md: a relative
 * tolerance against the larger of the expected size and a tiny number, an absolute one added, booleans exactly. It
 * must not know where values come from.
 */

/** What a case file allows: `rel` of the expected size plus `abs`. */
export interface Tolerance {
  readonly rel?: number
  readonly abs?: number
}

const tiny = 1e-300

/** The places where `actual` differs from `expected`, one line each; none when they agree. */
export function differences(actual: unknown, expected: unknown, tolerance: Tolerance, path = "value"): string[] {
  const number = expectedNumber(expected)
  if (number !== undefined) {
    return close(actual, number, tolerance) ? [] : [`${path}: got ${show(actual)}, expected ${number}`]
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${path}: got ${show(actual)}, expected an array of ${expected.length}`]
    if (actual.length !== expected.length)
      return [`${path}: got ${actual.length} elements, expected ${expected.length}`]
    return expected.flatMap((element, i) => differences(actual[i], element, tolerance, `${path}[${i}]`))
  }
  if (expected !== null && typeof expected === "object") {
    if (actual === null || typeof actual !== "object") return [`${path}: got ${show(actual)}, expected a record`]
    const found = actual as Record<string, unknown>
    return Object.entries(expected).flatMap(([name, field]) =>
      differences(found[name], field, tolerance, `${path}.${name}`),
    )
  }
  return actual === expected ? [] : [`${path}: got ${show(actual)}, expected ${show(expected)}`]
}

/** A number of a case file, where the strings "NaN", "Infinity" and "-Infinity" stand for the numbers JSON lacks. */
export function expectedNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : undefined
}

function close(actual: unknown, expected: number, { rel = 0, abs = 0 }: Tolerance): boolean {
  if (typeof actual !== "number") return false
  if (Number.isNaN(expected)) return Number.isNaN(actual)
  if (actual === expected) return true
  return Math.abs(actual - expected) <= rel * Math.max(Math.abs(expected), tiny) + abs
}

function show(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value))
}
