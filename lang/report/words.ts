/**
 * How messages write lists, counts, shapes and suggestions.
 * Small pure functions, so that every entry of the catalogue reads alike.
 * It must not know any particular message.
 */

import { nearest } from "./suggest.ts"

export const quote = {
  /** `` `a`, `b` and `c` `` */
  list(names: readonly string[]): string {
    const quoted = names.map((name) => `\`${name}\``)
    return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}`
  },
  /** `1 field`, `2 fields`. */
  count(n: number, one: string, many = `${one}s`): string {
    return `${String(n)} ${n === 1 ? one : many}`
  },
  /** `(2, 3)`; a number has the shape `()`. */
  shape(shape: readonly number[]): string {
    return `(${shape.join(", ")})`
  },
}

/** The hint "did you mean …?" for a misspelt name, or undefined where nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(name, candidates)
  return found === null ? undefined : `did you mean \`${found}\`?`
}
