/**
 * The primitives that programs need less often than those of `basic.ts`, as families; those of the larger families are in `index.ts`.
 * What can do without them at first imports `basic.ts` alone. It must not know syntax.
 */

import * as bases from "./bases.ts"
import * as inverses from "./inverses.ts"
import * as logistic from "./logistic.ts"
import * as norms from "./norms.ts"
import * as scans from "./scans.ts"
import * as softmax from "./softmax.ts"

export const furtherFamilies: readonly Record<string, unknown>[] = [bases, inverses, logistic, norms, softmax, scans]
