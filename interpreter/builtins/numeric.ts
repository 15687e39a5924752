/**
 * The numeric built-in functions that every program may need at once; `special.ts` has the others.
 * It must not know derivatives.
 */

import { basicFamilies, collect, elementwiseOf } from "../primitives/basic.ts"
import { clamp } from "../primitives/selection.ts"
import { BuiltinFunction } from "../values/values.ts"
import { numeric } from "./arguments.ts"
import { elementwiseBuiltins } from "./elementwise.ts"
import { arrayBuiltins } from "./numeric-arrays.ts"
import { reductionBuiltins } from "./numeric-reductions.ts"

const clampBuiltin = new BuiltinFunction({
  name: "clamp",
  doc: "`clamp(x, lo, hi)`: min(max(x, lo), hi), elementwise; what is cut off has no derivative, at a border half.",
  params: ["x", "lo", "hi"],
  retains: false,
  call: (_runtime, [x, lo, hi]) =>
    clamp(numeric("clamp", "x", x), numeric("clamp", "lo", lo), numeric("clamp", "hi", hi)),
})

/** The numeric built-in functions that are there from the start. */
export const numericBuiltins: readonly BuiltinFunction[] = [
  ...elementwiseBuiltins(elementwiseOf(collect(basicFamilies))),
  clampBuiltin,
  ...reductionBuiltins,
  ...arrayBuiltins,
]
