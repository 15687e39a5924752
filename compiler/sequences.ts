/**
 * Built-ins that run a function over a sequence, in the specialiser: `map filter fold scan iterate`.
 * Each is the loop that it stands for, with the function's body in it. It must not know what the function does.
 */

import { held, num, type Abs } from "./abstract.ts"
import { unsupported } from "./builder.ts"
import { chosen, collect, mostUnrolled } from "./comprehend.ts"
import { accumulate, sourceOf } from "./loops.ts"
import type { Specialiser } from "./specialise.ts"
import { stack } from "./stack.ts"
import type { Atom } from "./sir.ts"

const none: ReadonlyMap<string, Abs> = new Map()

export function map(s: Specialiser, xs: Abs, f: Abs): Abs {
  const { from, to, at } = sourceOf(s, xs)
  return collect(s, from, to, (i) => {
    s.b.steps(1)
    return s.call(f, [at(i)], none)
  })
}

export function filter(s: Specialiser, xs: Abs, f: Abs): Abs {
  const { from, to, at } = sourceOf(s, xs)
  return chosen(s, from, to, (i) => s.condition(s.call(f, [at(i)], none)), at)
}

export function fold(s: Specialiser, xs: Abs, init: Abs, f: Abs): Abs {
  const { from, to, at } = sourceOf(s, xs)
  return accumulate(s, from, to, init, (i, sum) => s.call(f, [sum, at(i)], none))
}

export function iterate(s: Specialiser, x: Abs, times: Atom, f: Abs): Abs {
  return accumulate(s, 0, times, x, (_, value) => s.call(f, [value], none))
}

export function scan(s: Specialiser, xs: Abs, init: Abs, f: Abs): Abs {
  const { b } = s
  const { from, to, at } = sourceOf(s, xs)
  if (typeof from === "number" && typeof to === "number" && to - from <= mostUnrolled) {
    const values: Abs[] = []
    let sum = init
    for (let i = from; i < to; i++) {
      b.steps(1)
      sum = held(s.call(f, [sum, at(i)], none))
      values.push(sum)
    }
    return stack(s, values)
  }
  if (init.kind !== "num") return unsupported("a scan of other values than numbers")
  const n = b.trips(from, to)
  const buf = b.alloc(n)
  accumulate(s, from, to, init, (i, sum) => {
    const next = s.call(f, [sum, at(i)], none)
    if (next.kind !== "num") return unsupported("a scan of other values than numbers")
    b.store(buf, b.sub(i, from), next.atom)
    return num(next.atom)
  })
  return { kind: "array", buf, offset: 0, dims: [n], fresh: true }
}
