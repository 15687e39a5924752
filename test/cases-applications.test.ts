/**
 * adbench and posteriordb: the objectives of ADBench with gradients or Jacobians, and log densities of four posteriors
 * with their gradients.
 */
import { describe, expect, test } from "vitest"
import { differences, type Tolerance } from "./cases/compare.ts"
import { modes, operators } from "./cases/modes.ts"
import { bindings, literal, programs, text } from "./cases/programs.ts"
import { evaluate } from "./cases/run.ts"

interface Benchmark {
  readonly suite: string
  readonly id: string
  readonly inputs: Record<string, unknown>
  readonly expect: Record<string, unknown>
  readonly tol: Tolerance
}

interface Posterior {
  readonly id: string
  readonly data: Record<string, unknown>
  readonly at: { u: number[]; log_density_unconstrained: number; grad_unconstrained: number[] }
  readonly tolerance: { gradient: Tolerance }
}

const benchmarks = ["gmm_test_d2_k3", "gmm_1k_d2_K5", "ba_test", "hand_test_simple", "lstm_l2_c1024"].map(
  (name) => JSON.parse(text(`data/adbench/${name}.json`)) as Benchmark,
)
const posteriors = [
  "eight_schools-eight_schools_noncentered",
  "kidiq-kidscore_momiq",
  "low_dim_gauss_mix-low_dim_gauss_mix",
  "sblri-blr",
].map((name) => JSON.parse(text(`data/posteriordb/${name}.json`)) as Posterior)

const objectives = programs("adbench.adl").programs
const densities = new Map(programs("posteriordb.adl").programs.map(({ name, body }) => [name, body]))

/** The inputs of a benchmark; the strings of 0 and 1 of the LSTM become rows of numbers. */
function inputs({ inputs: given }: Benchmark): Record<string, unknown> {
  const { sequence, ...others } = given
  if (sequence === undefined) return others
  return { ...others, seq: (sequence as string[]).map((line) => [...line].map(Number)) }
}

/** The names of the expected parts, as far as a record of ADL can have them. */
function named(parts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name.split(/[ /]/)[0] ?? name, part]))
}

for (const mode of modes) {
  describe(`adbench, ${mode}`, () => {
    for (const entry of benchmarks) {
      for (const { name, modes: only, body } of objectives) {
        if (entry.suite !== `adbench/${name}` || (only.length > 0 && !only.includes(mode))) continue
        test(entry.id, { timeout: 60_000 }, () => {
          const actual = evaluate(operators(mode) + bindings(inputs(entry)) + body)
          expect(differences(actual, named(entry.expect), entry.tol).join("\n")).toBe("")
        })
      }
    }
  })
  describe(`posteriordb, ${mode}`, () => {
    for (const { id, data, at, tolerance } of posteriors) {
      test(id, { timeout: 60_000 }, () => {
        const given = `${densities.get("densities")}${bindings(data)}let u = ${literal(at.u)}\n`
        const record = "{ log_density_unconstrained: density(u), grad_unconstrained: G1(density)(u) }\n"
        const actual = evaluate(operators(mode) + given + (densities.get(id) ?? "") + record)
        const { log_density_unconstrained, grad_unconstrained } = at
        const wanted = { log_density_unconstrained, grad_unconstrained }
        expect(differences(actual, wanted, tolerance.gradient).join("\n")).toBe("")
      })
    }
  })
}
