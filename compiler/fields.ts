/**
 * The fields of variants in generated code.
 * Those of small ones stand in the value itself as long as nobody wanted a list of them, so that a tree is read without a detour. It must not know what fields are for.
 */

import type { VariantInfo } from "../lang/core.ts"
import { mostInside } from "../interpreter/values/values.ts"
import type { FieldStmt } from "./lir.ts"

function isInside({ fields }: VariantInfo): boolean {
  return fields.length > 0 && fields.length <= mostInside
}

/** What the maker of a variant is given beside it. */
export function givenFields(variant: VariantInfo, fields: readonly string[]): string {
  return isInside(variant) ? `null, ${fields.join(", ")}` : `[${fields.join(", ")}]`
}

/** Lines that read a field of a box that is such a variant, and give up where it is of another kind. */
export function readField({ to: { name, type }, variant, index }: FieldStmt, box: string): string[] {
  const inside = isInside(variant) ? `${box}.${index === 0 ? "first" : "second"} ?? ` : ""
  const read = `const ${name} = ${inside}${box}.values[${String(index)}]`
  // Whatever else a box may be is none of the variants that it is asked for, and is handed on as it is.
  if (type === "box") return [read]
  return [read, `if (typeof ${name} !== "${type === "bool" ? "boolean" : "number"}") throw bailing`]
}
