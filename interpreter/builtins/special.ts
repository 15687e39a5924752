/**
 * The built-ins of the larger families, which are loaded apart: special functions, factorizations, transforms, random numbers, strings, plots, traces.
 * What others must know of them before that stands in `special-names.ts`. It must not know who loads it.
 */

import type { Nary } from "../autodiff/declare.ts"
import { elementwiseOf, collect } from "../primitives/basic.ts"
import { betainc, betaincc } from "../primitives/incomplete.ts"
import { betaincinv } from "../primitives/quantiles.ts"
import { specialFamilies } from "../primitives/index.ts"
import { BuiltinFunction } from "../values/values.ts"
import { numeric } from "./arguments.ts"
import { binaryByName } from "./binaries.ts"
import { elementwiseBuiltins } from "./elementwise.ts"
import { matrixBuiltins } from "./numeric-matrices.ts"
import { transformBuiltins } from "./numeric-transforms.ts"
import * as checks from "./checks.ts"
import * as plots from "./plots.ts"
import { randomBuiltins } from "./random.ts"
import * as strings from "./strings.ts"
import * as symbolic from "./symbolic.ts"
import * as trace from "./trace.ts"

function ternaryBuiltin(f: Nary<undefined>, last: string): BuiltinFunction {
  const { name, doc } = f.primitive
  return new BuiltinFunction({
    name,
    doc: `\`${name}(a, b, ${last})\`: ${doc}`,
    params: ["a", "b", last],
    retains: false,
    call: (_runtime, [a, b, x]) => f([numeric(name, "a", a), numeric(name, "b", b), numeric(name, last, x)], undefined),
  })
}

/** Every one of them. */
export const specialBuiltins: readonly BuiltinFunction[] = [
  ...elementwiseBuiltins(elementwiseOf(collect(specialFamilies)), binaryByName),
  ternaryBuiltin(betainc, "x"),
  ternaryBuiltin(betaincc, "x"),
  ternaryBuiltin(betaincinv, "p"),
  ...matrixBuiltins,
  ...transformBuiltins,
  ...randomBuiltins,
  ...[strings, checks, symbolic, trace, plots].flatMap((module) =>
    (Object.values(module) as unknown[]).filter((value) => value instanceof BuiltinFunction),
  ),
]
