/**
 * Code as a Num: what the rules of primitives run on in the compiler.
 * A rule that is handed code builds code, in the builder that the code belongs to; so the derivatives of compiled code are those of the declarations.
 * It must not know any rule.
 */

import type { Primitive } from "../interpreter/autodiff/declare.ts"
import type { Masked } from "../interpreter/autodiff/num.ts"
import { Staged, type Change, type Num, type Truth } from "../interpreter/autodiff/num.ts"
import { where } from "../interpreter/autodiff/choose.ts"
import { Unsupported, type Builder } from "./builder.ts"
import { isVar, type Atom } from "./sir.ts"

export class Code extends Staged {
  readonly shape = null
  readonly builder: Builder
  private readonly source: () => Atom

  /** `source` says which variable it is, when a rule first looks: what no rule looks at need not be there. */
  constructor(builder: Builder, source: () => Atom) {
    super()
    this.builder = builder
    this.source = source
  }

  get atom(): Atom {
    return this.source()
  }

  apply(primitive: Primitive, args: readonly (Num | Truth)[]): Num | Truth {
    const atoms = args.map(atomOf)
    if (primitive.kind === "nary") {
      if (primitive === where.primitive) return numOf(this.builder, this.builder.let("select", atoms))
      throw new Unsupported(`the rule of an operation uses \`${primitive.name}\``)
    }
    if (primitive.kind === "multi") throw new Unsupported(`the rule of an operation uses \`${primitive.name}\``)
    return numOf(this.builder, this.builder.let(primitive, atoms)) as Num | Truth
  }

  choose(then: () => Change, otherwise: () => Change): Change {
    const { builder } = this
    const arm = (write: () => Change) =>
      builder.within("arm", (scope) => {
        const change = write()
        // An absent arm contributes nothing: 0, as the cotangent or tangent that it meets is finite or the run is repeated by tier 0.
        scope.block.results = [change === undefined ? 0 : atomOf(change)]
      })
    const a = arm(then)
    const b = arm(otherwise)
    const [x] = a.block.results as [Atom]
    const [y] = b.block.results as [Atom]
    if (a.block.stmts.length === 0 && b.block.stmts.length === 0) {
      return numOf(builder, builder.let("select", [this.atom, x, y])) as Change
    }
    return numOf(builder, builder.if(this.atom, a, b)[0]!) as Change
  }
}

export function atomOf(value: Num | Truth | Masked): Atom {
  if (typeof value === "number" || typeof value === "boolean") return value
  if (value instanceof Code) return value.atom
  throw new Unsupported("an array in the rule of an operation on numbers")
}

export function numOf(builder: Builder, atom: Atom): Num | Truth {
  return isVar(atom) ? new Code(builder, () => atom) : atom!
}
