/**
 * Runs one row of the benchmark table in this process and prints what it measured as one line of JSON.
 * A process a row keeps the type feedback of one workload out of another's, and survives a row that does not.
 * It must not know how the table is laid out.
 */
import { load, type Tier } from "./adl.ts"
import { distance } from "./answers.ts"
import { quick, race, thorough, type Contestant, type Timing } from "./harness.ts"
import type { Peer } from "./peers/peer.ts"
import { workloads } from "./workloads/index.ts"
import type { Measure, Workload } from "./workloads/workload.ts"

/** What a row's process reports of one measure. */
export interface Report {
  readonly timings: Timing[]
  /** Contestants that did not run, with the reason. */
  readonly absent: Record<string, string>
}

/** What a row's process prints. */
export interface RowReport {
  /** Everything that the row has was measured. */
  readonly done?: boolean
  readonly name: string
  readonly primal?: Report
  readonly gradient?: Report
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]?.slice(0, 120) ?? ""

/** Adds a contestant if its answer is right, else the reason why it is not there. */
function admit(
  name: string,
  make: () => (() => unknown) | string,
  want: unknown,
  tolerance: number,
  contestants: Contestant[],
  absent: Record<string, string>,
): void {
  try {
    const run = make()
    if (typeof run === "string") {
      absent[name] = run
      return
    }
    const off = distance(run(), want)
    if (off <= tolerance) contestants.push({ name, run })
    else absent[name] = `wrong answer, off by ${off.toExponential(1)}`
  } catch (error) {
    absent[name] = reason(error)
  }
}

async function measure(
  workload: Workload,
  which: "primal" | "gradient",
  name: string,
  tiers: Tier[],
  peers: Peer[],
  effort: typeof quick,
): Promise<Report | undefined> {
  const m: Measure | undefined = workload[which]
  if (m === undefined) return undefined
  const contestants: Contestant[] = [{ name: "hand", run: m.hand }]
  const absent: Record<string, string> = {}
  const want = m.arrange === undefined ? m.hand() : m.arrange(m.hand())
  for (const tier of tiers) {
    try {
      const program = await load(workload.program, tier)
      admit(`adl:${tier}`, () => m.adl(program), want, m.tolerance ?? 1e-9, contestants, absent)
    } catch (error) {
      absent[`adl:${tier}`] = reason(error)
    }
  }
  for (const peer of peers) {
    const row = peer.rows[name]
    if (row === undefined) {
      absent[peer.name] = peer.missing
      continue
    }
    try {
      const entries = row()
      const entry = entries[which] ?? peer.missing
      admit(peer.name, () => entry, want, entries.tolerance, contestants, absent)
    } catch (error) {
      absent[peer.name] = reason(error)
    }
  }
  return { timings: race(contestants, effort), absent }
}

async function peersNamed(names: string[]): Promise<Peer[]> {
  const all: Record<string, () => Promise<{ peer: Peer }>> = {
    tfjs: () => import("./peers/tfjs.ts"),
    jaxjs: () => import("./peers/jaxjs.ts"),
    mathjs: () => import("./peers/mathjs.ts"),
  }
  const peers: Peer[] = []
  for (const name of names) {
    const make = all[name]
    if (make !== undefined) peers.push((await make()).peer)
  }
  return peers
}

/** Measures one row and prints its report as a line of JSON. */
export async function runRow(name: string, tiers: Tier[], peers: string[], fast: boolean): Promise<void> {
  const make = workloads[name]
  if (make === undefined) throw new Error(`there is no row ${name}`)
  const workload = make()
  const effort = fast ? quick : thorough
  const others = await peersNamed(peers)
  // printed part by part, so that a gradient that does not end leaves the primal
  const primal = await measure(workload, "primal", name, tiers, others, effort)
  if (primal !== undefined) console.log(JSON.stringify({ name, primal }))
  const gradient = await measure(workload, "gradient", name, tiers, others, effort)
  console.log(JSON.stringify({ name, ...(primal && { primal }), ...(gradient && { gradient }), done: true }))
}

if (import.meta.main) {
  const [name = "", tiers = "", peers = "", fast = ""] = process.argv.slice(2)
  const parsed = tiers
    .split(",")
    .filter(Boolean)
    .map((t): Tier => (t === "auto" ? "auto" : (Number(t) as Tier)))
  await runRow(name, parsed, peers.split(",").filter(Boolean), fast === "quick")
  // a peer's worker threads would keep the process
  process.exit(0)
}
