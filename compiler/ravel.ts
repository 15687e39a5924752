/**
 * `ravel` in the specialiser: the numbers of a structure in one array, and the function that puts such an array back into the structure.
 * Both are moves of elements, known from the form of the structure. It must not know what is done in between.
 */

import {
  atomsOf,
  countedLoop,
  held,
  inBuffer,
  isArray,
  isStructure,
  num,
  sizeOfDims,
  type Abs,
  type ArrayAbs,
} from "./abstract.ts"
import { indexValue } from "./arrays.ts"
import { unsupported } from "./builder.ts"
import type { Specialiser } from "./specialise.ts"
import type { Atom } from "./sir.ts"
import { snapshot } from "./updates.ts"

export function ravel(s: Specialiser, p: Abs): Abs {
  const { b } = s
  const leaves = numericLeaves(p)
  const sizes = leaves.map((leaf) => (leaf.kind === "num" ? 1 : sizeOfDims(b, dimsOf(leaf))))
  const size = sizes.reduce<Atom>((sum, n) => b.add(sum, n), 0)
  const unravel: Abs = {
    kind: "derived",
    name: "unravel",
    params: [{ name: "vector", required: true }],
    call: ([given]) => {
      const vector = given === undefined ? unsupported("nothing to put back") : snapshot(s, given)
      if (!isArray(vector)) return unsupported(`\`unravel\` of a ${vector.kind}`)
      const dims = vector.kind === "range" ? [b.trips(vector.from, vector.to)] : vector.dims
      if (dims.length !== 1) return unsupported("`unravel` of a matrix")
      b.guard(b.let("same", [dims[0]!, size]))
      return putBack(s, p, vector)
    },
    of: [p],
  }
  return { kind: "tuple", items: [joined(s, leaves, sizes, size), unravel] }
}

/** The numbers and arrays of a structure, in their order. */
function numericLeaves(a: Abs): Abs[] {
  if (a.kind === "num" || a.kind === "array" || a.kind === "vector") return [a]
  if (isStructure(a)) return a.items.flatMap(numericLeaves)
  if (a.kind === "list" || a.kind === "range" || a.kind === "union" || a.kind === "mixed")
    return unsupported(`\`ravel\` of a ${a.kind}`)
  return []
}

function dimsOf(leaf: Abs): readonly Atom[] {
  return leaf.kind === "array" || leaf.kind === "vector" ? leaf.dims : []
}

function joined(s: Specialiser, leaves: readonly Abs[], sizes: readonly Atom[], size: Atom): Abs {
  const { b } = s
  const [first] = leaves
  if (leaves.every((leaf) => leaf.kind !== "array"))
    return { kind: "vector", dims: [size as number], items: leaves.flatMap(atomsOf) }
  if (first?.kind === "array" && leaves.length === 1) return held({ ...first, dims: [size] })
  const buf = b.alloc(size)
  let at: Atom = 0
  leaves.forEach((leaf, k) => {
    if (leaf.kind === "num") b.store(buf, at, leaf.atom)
    else {
      const from = inBuffer(b, leaf)
      const start = at
      countedLoop(b, 0, sizes[k]!, (i) => {
        b.store(buf, b.add(start, i), b.load(from.buf, b.add(from.offset, i)))
      })
    }
    at = b.add(at, sizes[k]!)
  })
  return { kind: "array", buf, offset: 0, dims: [size], fresh: true }
}

/** The structure with its numbers from an array. */
function putBack(s: Specialiser, p: Abs, vector: Abs): Abs {
  const { b } = s
  let at: Atom = 0
  const take = (): Abs => {
    const out = indexValue(b, vector, [num(at)])
    at = b.add(at, 1)
    return out
  }
  const form = (a: Abs): Abs => {
    switch (a.kind) {
      case "num":
        return take()
      case "vector":
        return { ...a, items: a.items.map(() => (take() as { atom: Atom }).atom) }
      case "array": {
        const from: ArrayAbs = inBuffer(b, vector)
        const start = at
        at = b.add(at, sizeOfDims(b, a.dims))
        return { kind: "array", buf: from.buf, offset: b.add(from.offset, start), dims: a.dims, fresh: false }
      }
      case "several":
      case "tuple":
      case "record":
      case "variant":
        return { ...a, items: a.items.map(form) }
      default:
        return a
    }
  }
  return form(p)
}
