/**
 * `npm run bench`: every row of the table in processes of its own, the table on the terminal and in RESULTS.md.
 * Figures are ratios to the hand-written program of the same row; a figure that was set stands beside what was measured.
 * It must not know any workload.
 */
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import type { Tier } from "./adl.ts"
import { measureCpp } from "./peers-cpp/measure.ts"
import { memory } from "./memory.ts"
import type { Report, RowReport } from "./row.ts"
import { sessions } from "./session.ts"
import { slopes } from "./slopes.ts"
import { parsing, starts, type Figure } from "./start.ts"
import { markdown, verdicts, type Row } from "./table.ts"
import { workloads } from "./workloads/index.ts"

const usage = `node bench/run.ts [--tier 0 --tier auto] [--only TEXT] [--peers tfjs,jaxjs,mathjs,adolc | none] [--quick] [--no-write]`

const { values } = parseArgs({
  options: {
    tier: { type: "string", multiple: true, default: ["0", "auto"] },
    only: { type: "string", multiple: true, default: [] },
    peers: { type: "string", default: "tfjs,jaxjs,mathjs,adolc" },
    quick: { type: "boolean", default: false },
    "no-write": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})

if (values.help) {
  console.log(usage)
  process.exit(0)
}

const tiers = values.tier.map((t): Tier => (t === "auto" ? "auto" : (Number(t) as Tier)))
const peers = values.peers === "none" ? [] : values.peers.split(",")
const seconds = values.quick ? 60 : 300

/** Who runs in a process of its own beside the hand-written program: each tier, since tiers share code that the engine below fits to one of them, and the peers. */
const parties = [...tiers.map((tier) => ({ tiers: [tier], peers: [] as string[] })), { tiers: [], peers }]

/** Runs one row, a process a party. */
function runRow(name: string): RowReport {
  const inside = parties.filter((party) => party.tiers.length > 0 || party.peers.some((p) => p !== "adolc"))
  return inside.map((party) => runParty(name, party)).reduce(joined)
}

/** Two reports of a row as one; every ratio is to the hand-written program of the same process, whose time is the first report's. */
function joined(a: RowReport, b: RowReport): RowReport {
  const both = (x: Report | undefined, y: Report | undefined): Report | undefined =>
    x === undefined || y === undefined
      ? (x ?? y)
      : {
          timings: [...x.timings, ...y.timings.filter((t) => !x.timings.some((known) => known.name === t.name))],
          absent: { ...x.absent, ...y.absent },
        }
  const primal = both(a.primal, b.primal)
  const gradient = both(a.gradient, b.gradient)
  return { name: a.name, ...(primal && { primal }), ...(gradient && { gradient }) }
}

/**
 * Told to every contestant's allocator alike (glibc's; others do not listen): what was freed is kept. Otherwise rows of long arrays measure how often the system
 * was asked for new pages, which is chance, and takes longer than the arithmetic.
 */
const keepsMemory = { MALLOC_TRIM_THRESHOLD_: "4000000000", MALLOC_MMAP_THRESHOLD_: "4000000000" }

/** Runs a party of one row; what stops it becomes the reason in its columns. */
function runParty(name: string, party: (typeof parties)[number]): RowReport {
  const script = fileURLToPath(new URL("row.ts", import.meta.url))
  const inside = party.peers.filter((p) => p !== "adolc")
  const args = [script, name, party.tiers.join(","), inside.join(","), values.quick ? "quick" : "thorough"]
  const { stdout, stderr, signal } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: seconds * 1000,
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...keepsMemory },
  })
  const reports = stdout.split("\n").filter((line) => line.startsWith("{"))
  const last = reports.at(-1)
  const report = last === undefined ? { name } : (JSON.parse(last) as RowReport)
  if (report.done === true) return report
  const problem = signal !== null ? `not within ${String(seconds)} s` : (stderr.trim().split("\n").at(-1) ?? "failed")
  const columns = [...party.tiers.map((tier) => `adl:${String(tier)}`), ...inside]
  const stopped: Report = { timings: [], absent: Object.fromEntries(columns.map((column) => [column, problem])) }
  const { primal, gradient } = workloads[name]?.() ?? {}
  return {
    ...report,
    ...(primal && !report.primal && { primal: stopped }),
    ...(gradient && !report.gradient && { gradient: stopped }),
  }
}

const names = Object.keys(workloads).filter(
  (name) => values.only.length === 0 || values.only.some((text) => name.includes(text)),
)
const cpp = peers.includes("adolc") ? measureCpp(names) : {}
const rows: Row[] = []
const figures: Figure[] = []

/** Keeps the page up to what is measured; a part of the table is not kept. */
function write(): void {
  if (values["no-write"] || values.only.length > 0) return
  writeFileSync(new URL("RESULTS.md", import.meta.url), markdown(rows, figures, { tiers, peers }))
}

for (const name of names) {
  const make = workloads[name]
  if (make === undefined) continue
  const { title, second, primal, gradient } = make()
  const row: Row = {
    name,
    title,
    second,
    targets: { primal: primal?.targets, gradient: gradient?.targets },
    report: runRow(name),
    cpp: cpp[name],
  }
  rows.push(row)
  for (const line of verdicts(row)) console.log(line)
  write()
}

if (values.only.length === 0) {
  for (const make of [
    () => parsing(),
    () => starts(values.quick ? 5 : 15),
    () => sessions(values.quick ? 5 : 15),
    () => memory(tiers),
    () => (tiers.includes(0) ? slopes() : []),
  ]) {
    const made = await make()
    figures.push(...(Array.isArray(made) ? made : [made]))
    write()
  }
  for (const { title, value, target } of figures) console.log(`${title}: ${value} (${target})`)
}
