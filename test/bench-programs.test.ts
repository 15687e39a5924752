/**
 * The benchmark programs give what their hand-written counterparts give: every row that is not huge, in the tiers.
 * The table compares before it times; this holds the programs right between two tables.
 * It must not know how rows are timed.
 */
import { describe, expect, it } from "vitest"
import { load, type Tier } from "../bench/adl.ts"
import { distance } from "../bench/answers.ts"
import { workloads } from "../bench/workloads/index.ts"

/** Rows that take long where nothing is compiled. */
const long = /logistic|gmm|1e5|1e6|bundle|saddle|particle|tree|helmholtz-500|elementwise/

/** Rows left to the table: the larger ones of several that run one program. */
const repeated =
  /1e6|gmm-d20|gmm-array-d20|bundle|saddle-.*-forward|saddle-forward|particle-.*-forward|particle-forward/

async function check(name: string, tier: Tier): Promise<void> {
  const make = workloads[name]
  if (make === undefined) throw new Error(`no row ${name}`)
  const workload = make()
  const program = await load(workload.program, tier)
  for (const measure of [workload.primal, workload.gradient]) {
    if (measure === undefined) continue
    const want = measure.arrange === undefined ? measure.hand() : measure.arrange(measure.hand())
    expect(distance(measure.adl(program)(), want)).toBeLessThanOrEqual(measure.tolerance ?? 1e-9)
  }
}

describe.each([0, "auto"] as const)("the benchmark programs in tier %s", (tier) => {
  const names = Object.keys(workloads).filter((name) => (tier === 0 ? !long.test(name) : !repeated.test(name)))
  it.each(names)("%s", async (name) => check(name, tier), 120_000)
})
