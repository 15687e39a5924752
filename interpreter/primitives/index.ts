/**
 * All primitives by name, those of the families that are loaded apart among them.
 * What can do with fewer at first imports `basic.ts` instead. It must not know syntax.
 */

import type { Binary, Primitive, Unary } from "../autodiff/declare.ts"
import { basicFamilies, collect, elementwiseOf, type Lifted } from "./basic.ts"
import * as bessel from "./bessel.ts"
import { furtherFamilies } from "./further.ts"
import * as factors from "./factors.ts"
import * as incomplete from "./incomplete.ts"
import * as determinants from "./determinants.ts"
import * as linear from "./linear.ts"
import * as quantiles from "./quantiles.ts"
import * as special from "./special.ts"
import * as spectra from "./spectra.ts"
import * as tables from "./tables.ts"
import * as transforms from "./transforms.ts"

/** Larger families, which are loaded apart. */
export const specialFamilies: readonly Record<string, unknown>[] = [
  special,
  bessel,
  incomplete,
  quantiles,
  determinants,
  linear,
  factors,
  spectra,
  transforms,
  tables,
]

/** Every lifted primitive by name. */
export const lifted: ReadonlyMap<string, Lifted> = collect([...basicFamilies, ...furtherFamilies, ...specialFamilies])

/** Every declaration by name. */
export const primitives: ReadonlyMap<string, Primitive> = new Map(
  [...lifted].map(([name, value]) => [name, value.primitive]),
)

/** The elementwise functions of one and two numbers that programs may call by name. */
export const elementwise: ReadonlyMap<string, Unary | Binary> = elementwiseOf(lifted)

export { operators, type Lifted } from "./basic.ts"
