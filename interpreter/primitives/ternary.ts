/**
 * Elementwise functions of three numbers, broadcasting.
 * They are declared by a value and three partials, as those of one and two are, and become functions of a list of arguments. It must not know any of
 * them.
 */

import { zeroed } from "../arrays/fresh.ts"
import { spend } from "../arrays/work.ts"
import { commonShape } from "../arrays/elementwise.ts"
import { broadcastIndex } from "../arrays/offsets.ts"
import { sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { LinearRule, Nary } from "../autodiff/declare.ts"
import { nary, scale, spreadChange, sumChange } from "../autodiff/lift.ts"
import { shapeOf, type Change, type Masked, type Num } from "../autodiff/num.ts"

const costly = 256

export type TernaryPartial = (x: Num, y: Num, z: Num, out: Num) => Change

function shapeOfThree(name: string, [x, y, z]: readonly Shape[]): Shape {
  return commonShape(commonShape(x!, y!, name), z!, name)
}

/** Declares an elementwise function of three numbers; a null partial is that of an integer. */
export function ternary(declaration: {
  readonly name: string
  readonly doc: string
  readonly inner?: true
  readonly eval: (x: number, y: number, z: number) => number
  readonly partials: readonly [TernaryPartial | null, TernaryPartial | null, TernaryPartial | null]
  readonly at: readonly (readonly [number, number, number])[]
}): Nary<undefined> {
  const { name, doc, partials, at } = declaration
  const rule = (partial: TernaryPartial, k: number): LinearRule => {
    const of = (args: readonly unknown[], out: Num): Change =>
      partial(args[0] as Num, args[1] as Num, args[2] as Num, out)
    const push = (dx: Num | Masked, args: readonly unknown[], out: Num): Change =>
      spreadChange(scale(dx, of(args, out)), shapeOf(out))
    const pull = (ct: Num | Masked, args: readonly unknown[], out: Num): Change =>
      sumChange(scale(ct, of(args, out)), shapeOf(args[k] as Num))
    return { push, pushMasked: push, pull, pullMasked: pull }
  }
  const rules = partials.map((partial, k) => (partial === null ? null : rule(partial, k)))
  return nary<undefined>({
    name,
    doc,
    ...(declaration.inner === true ? { inner: true } : {}),
    eval: (args) => {
      const items = args as readonly (number | Tensor)[]
      const shape = shapeOfThree(name, items.map(shapeOf))
      if (shape.length === 0) return declaration.eval(items[0] as number, items[1] as number, items[2] as number)
      const read = items.map((item) => {
        if (typeof item === "number") return () => item
        const index = broadcastIndex(item.shape, shape)
        return (i: number) => item.data[index === null ? i : index[i]!]!
      })
      const out = zeroed(sizeOf(shape))
      for (let i = 0; i < out.length; i++) {
        // Functions of three numbers are iterations of their own, inverses above all.
        spend(costly)
        out[i] = declaration.eval(read[0]!(i), read[1]!(i), read[2]!(i))
      }
      return new Tensor(shape, out)
    },
    rule: (k) => rules[k]!,
    shape: (shapes) => shapeOfThree(name, shapes),
    at: [
      ...at.map((args) => ({ args })),
      { args: [at[0]![0], [at[0]![1], at[0]![1] * 1.01], [[at[0]![2]], [at[0]![2] * 0.99]]] },
    ],
  })
}
