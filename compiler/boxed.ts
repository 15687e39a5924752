/**
 * What is known of types whose values are boxes.
 * The kinds of the fields of their variants are guessed from the values that were met; one table serves a whole compilation. It must not know how boxes are made.
 */

import type { TypeInfo, VariantInfo } from "../lang/core.ts"
import type { BoxedType, FieldKind } from "./abstract.ts"

export class BoxedTypes {
  private readonly known = new Map<TypeInfo, BoxedType>()

  of(type: TypeInfo): BoxedType {
    let of = this.known.get(type)
    if (of === undefined) this.known.set(type, (of = { type, fields: new Map<VariantInfo, FieldKind[]>() }))
    return of
  }

  /** Another value of the variant has such fields. */
  met(variant: VariantInfo, kinds: readonly FieldKind[]): void {
    const { fields } = this.of(variant.type)
    const before = fields.get(variant)
    const both = (x: FieldKind, y: FieldKind): FieldKind => (x === y || y === "unit" ? x : x === "unit" ? y : null)
    fields.set(variant, before === undefined ? [...kinds] : kinds.map((kind, k) => both(before[k]!, kind)))
  }
}
