/**
 * Patterns in the specialiser: tests of the form of a value, and its parts.
 * The form of a structure is known, so that most tests are decided here. It must not know what is done with the answers.
 */

import { lessEqual } from "../interpreter/primitives/arithmetic.ts"
import type { PartCore, TestCore } from "../lang/core.ts"
import { bool, held, num, type Abs, type BoxedAbs } from "./abstract.ts"
import { indexValue, sliceBounds } from "./arrays.ts"
import { unsupported } from "./builder.ts"
import { operateOn } from "./operate.ts"
import type { Specialiser } from "./specialise.ts"
import { caseHolds, eachCase } from "./unions.ts"

export function testForm(s: Specialiser, target: Abs, form: TestCore["form"]): Abs {
  return target.kind === "union"
    ? bool(caseHolds(s, target, (a) => s.condition(hasForm(s, a, form))))
    : hasForm(s, target, form)
}

function hasForm(s: Specialiser, target: Abs, form: TestCore["form"]): Abs {
  if (target.kind === "boxed") return bool(form.kind === "variant" && s.asks(target.atom, form.variant))
  switch (form.kind) {
    case "variant":
      return bool(target.kind === "variant" && target.variant === form.variant)
    case "tuple":
      return bool(target.kind === "tuple" && target.items.length === form.size)
    case "record":
      return bool(target.kind === "record" && form.names.every((name) => target.layout.index.has(name)))
    case "literal":
      if (target.kind === "num" && typeof form.value === "number")
        return operateOn(s, "equals", [target, num(form.value)])
      if (target.kind === "bool" && typeof form.value === "boolean")
        return bool(s.b.let("same", [target.atom, form.value]))
      if (target.kind === "string" && target.value === null) return unsupported("a comparison of strings")
      return bool(
        target.kind === "string" ? target.value === form.value : target.kind === "unit" && form.value === null,
      )
    case "array": {
      const n =
        target.kind === "array" || target.kind === "vector"
          ? target.dims[0]!
          : target.kind === "list"
            ? target.length
            : target.kind === "several"
              ? target.items.length
              : null
      if (n === null) return target.kind === "range" ? unsupported("a pattern on a range") : bool(false)
      return bool(form.exact ? s.b.let("same", [n, form.min]) : s.b.let(lessEqual.primitive, [form.min, n]))
    }
  }
}

export function partOf(s: Specialiser, target: Abs, part: PartCore["part"]): Abs {
  return eachCase(
    s,
    target,
    (a) => hasPart(a, part),
    (a) => knownPart(s, a, part),
  )
}

/** May the value have the part? */
function hasPart(a: Abs, part: PartCore["part"]): boolean {
  switch (part.kind) {
    case "variantField":
      return a.kind === "variant" && part.index < a.items.length
    case "tupleItem":
      return a.kind === "tuple" && part.index < a.items.length
    case "recordField":
      return a.kind === "record" && a.layout.index.has(part.name)
    case "arrayItem":
    case "arrayRest":
      return a.kind === "array" || a.kind === "vector" || a.kind === "list" || a.kind === "several"
  }
}

function knownPart(s: Specialiser, target: Abs, part: PartCore["part"]): Abs {
  switch (part.kind) {
    case "variantField":
      if (target.kind === "variant") return held(target.items[part.index]!)
      if (target.kind === "boxed") return fieldOf(s, target, part.index)
      break
    case "tupleItem":
      if (target.kind === "tuple") return held(target.items[part.index]!)
      break
    case "recordField":
      return s.field(target, part.name)
    case "arrayItem":
      if (target.kind === "several") return held(target.items[part.index] ?? unsupported("a part that is not there"))
      return indexValue(s.b, target, [num(part.index)]) as Abs
    case "arrayRest": {
      const n =
        target.kind === "array" || target.kind === "vector" ? target.dims[0]! : unsupported("the rest of such a value")
      return indexValue(s.b, target, [sliceBounds(part.from, s.b.sub(n, part.drop))]) as Abs
    }
  }
  return unsupported("a part of such a value")
}

function fieldOf(s: Specialiser, { atom, of }: BoxedAbs, index: number): Abs {
  const variant = s.answer(atom) ?? unsupported("a part of a variant that is not known before")
  const kind = of.fields.get(variant)?.[index] ?? unsupported("a field of a variant that may hold anything")
  if (kind === "num") return num(s.b.field(atom, variant, index, "num"))
  if (kind === "unit") return unsupported("a field of a change that is no number")
  if (kind === "bool") return bool(s.b.field(atom, variant, index, "bool"))
  return { kind: "boxed", of: kind, atom: s.b.field(atom, variant, index, "box") }
}
