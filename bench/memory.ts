/**
 * How much memory a derivative takes beyond the function: peaks of fresh processes, one a measurement.
 * A process runs one call of one program and reports the most memory that it ever held.
 * It must not know how the table is laid out.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { load, type Tier } from "./adl.ts"
import type { Figure } from "./start.ts"

const self = fileURLToPath(import.meta.url)

/** The peak of a process, in megabytes. */
function peak(tier: Tier, program: string, entry: string, steps: number, derive: boolean): number {
  const args = [self, String(tier), program, entry, String(steps), derive ? "gradient" : "primal"]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 300_000 })
  if (status !== 0)
    throw new Error(
      stderr
        .trim()
        .split("\n")
        .find((line) => line.includes("Error")) ?? "failed",
    )
  return Number(stdout.trim().split("\n").at(-1))
}

function beyond(
  title: string,
  tier: Tier,
  program: string,
  entries: [string, string],
  steps: number,
  derive: boolean,
  most: number,
): Figure {
  const target = `≤ ${String(most)} MB`
  try {
    const base = peak(tier, program, entries[0], steps, false)
    const more = peak(tier, program, entries[1], steps, derive) - base
    return { title: `${title}, tier ${String(tier)}`, value: `${more.toFixed(0)} MB`, target, met: more <= most }
  } catch (error) {
    const value = `not run: ${error instanceof Error ? error.message : String(error)}`
    return { title: `${title}, tier ${String(tier)}`, value, target, met: undefined }
  }
}

/** Memory beyond the primal, by tier. */
export function memory(tiers: readonly Tier[]): Figure[] {
  return tiers.flatMap((tier) => {
    const interpreted = tier === 0
    const rows = [
      beyond(
        "memory of the gradient of the 10⁶-step scalar loop beyond its primal",
        tier,
        "logistic.adl",
        ["logistic", "logistic"],
        1e6,
        true,
        interpreted ? 600 : 30,
      ),
      beyond(
        "the same for ten operations, two carried values and an array read a step",
        tier,
        "long.adl",
        ["primal", "slope"],
        1e6,
        false,
        600,
      ),
    ]
    return rows
  })
}

if (import.meta.main) {
  const [tier = "auto", program = "", entry = "", steps = "", kind = ""] = process.argv.slice(2)
  const f = (await load(program, tier === "auto" ? "auto" : (Number(tier) as Tier))).fn(entry)
  if (kind === "gradient") f.valueAndGrad({ wrt: "x" })(0.3, Number(steps))
  else f(0.3, Number(steps))
  console.log(process.resourceUsage().maxRSS / 1024)
}
