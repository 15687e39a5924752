/**
 * Lists of a few elements, each with a form of its own, in the specialiser: layers of a network, functions to choose from.
 * They come apart as tuples do; the element at an index that is known only when the code runs is a choice among all of them, and a loop over them is written out, one
 * turn after the other. It must not know what the elements are.
 */

import { isArray, mostElements, type Abs, type SeveralAbs } from "./abstract.ts"
import { checkedIndex, type IndexItem } from "./arrays.ts"
import { unsupported } from "./builder.ts"
import { branch } from "./choices.ts"
import type { Specialiser } from "./specialise.ts"
import type { Atom } from "./sir.ts"

/** The list of these values; null where they may be one array as well, or are too many. */
export function severalOf(values: readonly Abs[]): SeveralAbs | null {
  const few = values.length > 0 && values.length <= mostElements
  return few && values.some((value) => neverInArray(value)) ? { kind: "several", items: values } : null
}

/** Is it for certain nothing that an array may hold? */
function neverInArray(a: Abs): boolean {
  if (a.kind === "union") return a.cases.every(neverInArray)
  return (
    a.kind !== "num" &&
    a.kind !== "bool" &&
    a.kind !== "bools" &&
    a.kind !== "never" &&
    a.kind !== "mixed" &&
    !isArray(a)
  )
}

/** The element at an index. */
export function elementOf(s: Specialiser, list: SeveralAbs, items: readonly IndexItem[]): Abs {
  const [item] = items
  if (item?.kind !== "num" || items.length > 1) return unsupported("a slice of a list")
  return elementAt(s, list, checkedIndex(s.b, item.atom, list.items.length))
}

/** The element at an index that is one. */
export function elementAt(s: Specialiser, { items }: SeveralAbs, index: Atom): Abs {
  if (typeof index === "number") return items[index] ?? unsupported("an element that is not there")
  const from = (k: number): Abs =>
    k === items.length - 1
      ? items[k]!
      : branch(
          s,
          s.b.let("same", [index, k]),
          () => items[k]!,
          () => from(k + 1),
        )
  const found = from(0)
  return found.kind === "mixed" ? unsupported("an element that may be of too many kinds") : found
}
