/**
 * All rows of the benchmark table, in the order in which they are printed.
 * One place to add a row; its inputs are made only when it is run.
 * It must not know how they are timed.
 */
import { arrays } from "./arrays.ts"
import { boundary } from "./boundary.ts"
import { scalar } from "./scalar.ts"
import { structured } from "./structured.ts"
import type { Rows } from "./workload.ts"

/** Every row by name. */
export const workloads: Rows = { ...scalar, ...structured, ...arrays, ...boundary }
