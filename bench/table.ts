/**
 * Lays the measurements out: lines for the terminal, a Markdown page for the repository.
 * A cell is a ratio to the hand-written program, with the figure that was set and whether it is met.
 * It must not know how anything was measured.
 */
import type { Tier } from "./adl.ts"
import type { CppTimes } from "./peers-cpp/measure.ts"
import type { Report, RowReport } from "./row.ts"
import type { Figure } from "./start.ts"
import type { Targets } from "./workloads/workload.ts"

/** One row: what it is and what was measured. */
export interface Row {
  readonly name: string
  readonly title: string
  readonly second: string | undefined
  readonly targets: { readonly primal: Targets | undefined; readonly gradient: Targets | undefined }
  readonly report: RowReport
  readonly cpp: CppTimes | undefined
}

/** What the table was made with. */
export interface Setting {
  readonly tiers: readonly Tier[]
  readonly peers: readonly string[]
}

type Which = "primal" | "gradient"

const number = (x: number): string => (x < 9.95 ? x.toFixed(2) : x < 99.5 ? x.toFixed(1) : x.toFixed(0))

function milliseconds(ms: number): string {
  return ms < 0.001 ? `${(ms * 1e6).toFixed(0)} ns` : ms < 1 ? `${number(ms * 1e3)} µs` : `${number(ms)} ms`
}

function target(row: Row, which: Which, name: string): number | undefined {
  const targets = row.targets[which]
  return name === "adl:0" ? targets?.tier0 : name.startsWith("adl:") ? targets?.auto : undefined
}

function cell(row: Row, which: Which, name: string): string {
  const report: Report | undefined = row.report[which]
  if (report === undefined) return ""
  const timing = report.timings.find((t) => t.name === name)
  if (timing === undefined) return report.absent[name] ?? report.absent["row"] ?? "–"
  const most = target(row, which, name)
  const ratio = number(timing.ratio)
  return most === undefined ? ratio : `${ratio} ${timing.ratio <= most ? "✓" : "✗"} (≤ ${String(most)})`
}

function handCell(row: Row, which: Which): string {
  const timing = row.report[which]?.timings.find((t) => t.name === "hand")
  return timing === undefined ? "" : milliseconds(timing.ms)
}

function cppCell(row: Row, which: Which): string {
  const hand = row.report[which]?.timings.find((t) => t.name === "hand")
  const ms = row.cpp?.[which]
  if (row.report[which] === undefined) return ""
  return ms === undefined || hand === undefined ? "–" : number(ms / hand.ms)
}

/** The lines that the terminal shows of a row. */
export function verdicts(row: Row): string[] {
  return (["primal", "gradient"] as const).flatMap((which) => {
    const report = row.report[which]
    if (report === undefined) return []
    const names = [...report.timings.map((t) => t.name), ...Object.keys(report.absent)].filter((n) => n !== "hand")
    const cells = names.map((name) => `${name} ${cell(row, which, name)}`)
    return [
      `${row.title}, ${which === "gradient" ? (row.second ?? which) : which}: hand ${handCell(row, which)}; ${cells.join("; ")}`,
    ]
  })
}

/** Every figure that was set and is not met, or could not be measured. */
function misses(rows: readonly Row[], figures: readonly Figure[], tiers: readonly Tier[]): string[] {
  const out: string[] = []
  for (const row of rows) {
    for (const which of ["primal", "gradient"] as const) {
      for (const tier of tiers) {
        const name = `adl:${String(tier)}`
        const most = target(row, which, name)
        if (most === undefined || row.report[which] === undefined) continue
        const timing = row.report[which]?.timings.find((t) => t.name === name)
        if (timing !== undefined && timing.ratio <= most) continue
        out.push(
          `- ${row.title}, ${which === "gradient" ? (row.second ?? which) : which}, tier ${String(tier)}: ${cell(row, which, name)}`,
        )
      }
    }
  }
  for (const f of figures) if (f.met !== true) out.push(`- ${f.title}: ${f.value} (${f.target})`)
  return out
}

function grid(rows: readonly Row[], which: Which, setting: Setting): string {
  const tiers = setting.tiers.map((t) => `adl:${String(t)}`)
  const peers = setting.peers.filter((p) => p !== "adolc")
  const adolc = setting.peers.includes("adolc")
  const head = [
    "workload",
    "hand",
    ...tiers.map((t) => t.replace("adl:", "ADL, tier ")),
    ...peers,
    ...(adolc ? ["ADOL-C"] : []),
  ]
  const lines = rows
    .filter((row) => row.report[which] !== undefined)
    .map((row) => [
      row.title + (which === "gradient" && row.second !== undefined ? ` (${row.second})` : ""),
      handCell(row, which),
      ...[...tiers, ...peers].map((name) => cell(row, which, name)),
      ...(adolc ? [cppCell(row, which)] : []),
    ])
  const line = (cells: readonly string[]) => `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n")
}

/** Growth of time from 10⁵ to 10⁶ elements, over the tenfold of a linear program. */
function growth(rows: readonly Row[], setting: Setting): string[] {
  const ms = (name: string, which: Which, who: string) =>
    rows.find((r) => r.name === name)?.report[which]?.timings.find((t) => t.name === who)?.ms
  const out: string[] = []
  for (const kind of ["fill", "gather", "scatter"]) {
    for (const which of ["primal", "gradient"] as const) {
      const parts = ["hand", ...setting.tiers.map((t) => `adl:${String(t)}`)].flatMap((who) => {
        const small = ms(`${kind}-1e5`, which, who)
        const large = ms(`${kind}-1e6`, which, who)
        return small === undefined || large === undefined ? [] : [`${who} ${number(large / small)}`]
      })
      if (parts.length > 0) out.push(`- ${kind}, ${which}: ${parts.join(", ")}`)
    }
  }
  return out
}

/** The whole page. */
export function markdown(rows: readonly Row[], figures: readonly Figure[], setting: Setting): string {
  const missed = misses(rows, figures, setting.tiers)
  const grown = growth(rows, setting)
  const version = process.versions.node
  return `# Benchmark results

Made by \`npm run bench\` with Node ${version} (V8 ${process.versions.v8.split("-", 1)[0] ?? ""}) on ${new Date().toISOString().slice(0, 10)}.

A number is the time of a program over that of the hand-written, bounds-checked JavaScript of the same row: the median of paired
ratios, all contestants taking turns in one process, each with the quickest of a few short batches. ✓ and ✗ say whether a figure that was set, in brackets, is met. Every answer
was compared with the hand-written one first; a reason stands where there is no number. tfjs computes in single precision,
jax-js and mathjs in double. ADOL-C is compiled C++ in a process of its own, and its answers are not compared. The
system's allocator is told, for all alike, to keep memory that was freed: without that, rows of long arrays measure how often new pages were asked for.

## Primal

${grid(rows, "primal", setting)}

## Gradient, over the hand-written adjoint

${grid(rows, "gradient", setting)}

## From 10⁵ to 10⁶ elements

Time at 10⁶ over time at 10⁵; 10 is linear, and what is above for the hand-written programs too is the memory's.

${grown.join("\n") || "Not measured."}

## Processes, parsing, memory

${figures.map((f) => `- ${f.title}: ${f.value} (${f.target})${f.met === undefined ? "" : f.met ? " ✓" : " ✗"}`).join("\n") || "Not measured."}

## Figures that are not met

${missed.join("\n") || "None."}
`
}
