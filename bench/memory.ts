/**
 * How much memory a derivative takes beyond the function: peaks of fresh processes, one a measurement.
 * A process runs one call of one program and reports the most memory that it ever held; of a loop that is too long for everything to be saved, also how much longer its
 * derivative takes. It must not know how the table is laid out.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { load, type Tier } from "./adl.ts"
import type { Figure } from "./start.ts"

const self = fileURLToPath(import.meta.url)

type Kind = "primal" | "gradient" | "ratio"

/** What a process says: its peak in megabytes, or how many times as long as the function its derivative took. */
function measured(tier: Tier, program: string, entry: string, steps: number, kind: Kind): number {
  const args = [self, String(tier), program, entry, String(steps), kind]
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
    const base = measured(tier, program, entries[0], steps, "primal")
    const more = measured(tier, program, entries[1], steps, derive ? "gradient" : "primal") - base
    return { title: `${title}, tier ${String(tier)}`, value: `${more.toFixed(0)} MB`, target, met: more <= most }
  } catch (error) {
    const value = `not run: ${error instanceof Error ? error.message : String(error)}`
    return { title: `${title}, tier ${String(tier)}`, value, target, met: undefined }
  }
}

/** A loop that makes its turns again instead of saving them. */
function longest(tier: Tier): Figure[] {
  const title = "the 10⁸-step scalar loop"
  const [program, entry, steps] = ["logistic.adl", "logistic", 1e8] as const
  const ratio = measured(tier, program, entry, steps, "ratio")
  return [
    beyond(`memory of the gradient of ${title} beyond its primal`, tier, program, [entry, entry], steps, true, 64),
    {
      title: `gradient of ${title} over its primal, tier ${String(tier)}`,
      value: `${ratio.toFixed(2)}×`,
      target: "≤ 4×",
      met: ratio <= 4,
    },
  ]
}

/** Median of the processor time of five calls. */
function duration(f: () => unknown): number {
  f()
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage()
    f()
    const { user, system } = process.cpuUsage(start)
    return user + system
  })
  return times.sort((a, b) => a - b)[2]!
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
    return interpreted ? rows : [...rows, ...longest(tier)]
  })
}

if (import.meta.main) {
  const [tier = "auto", program = "", entry = "", steps = "", kind = ""] = process.argv.slice(2)
  const f = (await load(program, tier === "auto" ? "auto" : (Number(tier) as Tier))).fn(entry)
  const primal = (): unknown => f(0.3, Number(steps))
  const gradient = (): unknown => f.valueAndGrad({ wrt: "x" })(0.3, Number(steps))
  if (kind === "ratio") {
    const base = duration(primal)
    console.log(duration(gradient) / base)
  } else {
    if (kind === "gradient") gradient()
    else primal()
    console.log(process.resourceUsage().maxRSS / 1024)
  }
}
