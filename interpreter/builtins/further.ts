/**
 * The built-ins that programs need less often than those of `numeric.ts` and its kin: small enough for the command line to have them from the start, but not
 * for a page. What others must know of them before they are there stands in `engine/special-names.ts`. It must not know who loads it.
 */

import { collect, elementwiseOf } from "../primitives/basic.ts"
import { furtherFamilies } from "../primitives/further.ts"
import { BuiltinFunction } from "../values/values.ts"
import * as differences from "./differences.ts"
import { binaryByName } from "./binaries.ts"
import { elementwiseBuiltins } from "./elementwise.ts"
import * as iterating from "./iterating.ts"
import * as jacobians from "./jacobians.ts"
import { linearize } from "./linearize.ts"
import { joiningBuiltins } from "./numeric-joining.ts"
import { rearrangingBuiltins } from "./numeric-rearranging.ts"
import { statisticsBuiltins } from "./numeric-statistics.ts"
import * as rules from "./rules.ts"
import * as structural from "./structural.ts"
import { vmap } from "./vmap.ts"

/** Every one of them. */
export const furtherBuiltins: readonly BuiltinFunction[] = [
  ...elementwiseBuiltins(elementwiseOf(collect(furtherFamilies)), binaryByName),
  ...statisticsBuiltins,
  ...joiningBuiltins,
  ...rearrangingBuiltins,
  ...[iterating, structural, { vmap, linearize }, jacobians, differences, rules].flatMap((module) =>
    (Object.values(module) as unknown[]).filter((value) => value instanceof BuiltinFunction),
  ),
]
