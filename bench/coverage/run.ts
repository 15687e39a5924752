/**
 * `npm run coverage`: how many of the steps of all cases and examples run compiled, and why the others do not, the most frequent reason first.
 * The programs of the cases are run by their own tests, in tier 1 and observed; examples by `adl profile`. It must not know programs.
 */

import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { add, nothing, type Summary } from "./summary.ts"

const root = resolve(import.meta.dirname, "../..")
const folder = mkdtempSync(join(tmpdir(), "adl-coverage-"))
const all = nothing()

/** One line of `adl profile --json`. */
interface Line {
  readonly function: string
  readonly compile_ms: number
  readonly compiled_steps: number
  readonly interpreted_steps: number
  readonly reasons: readonly { readonly reason: string; readonly steps: number }[]
}

function share({ compiled, interpreted }: Summary): string {
  return `${((100 * compiled) / Math.max(1, compiled + interpreted)).toFixed(1)} % of ${String(compiled + interpreted)} steps`
}

const files = readdirSync(join(root, "test")).filter((file) => /^cases-.*\.test\.ts$/.test(file))
const tests = spawnSync("npx", ["vitest", "run", ...files.map((file) => join("test", file))], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ADL_TIER: "1", ADL_COVERAGE: folder },
})
const cases = nothing()
for (const file of readdirSync(folder)) add(cases, JSON.parse(readFileSync(join(folder, file), "utf8")) as Summary)
add(all, cases)

const examples = nothing()
let errors = ""
const copy = join(folder, "copy")
cpSync(join(root, "examples"), join(copy, "examples"), { recursive: true })
for (const file of readdirSync(join(copy, "examples"), { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".adl")) continue
  const args = [join(root, "cli/start.ts"), "profile", "--json", "--verbose", join("examples", file)]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8" })
  // A fault, or an error of the compiler.
  errors += stderr
  for (const line of stdout.split("\n").filter((line) => line !== "")) {
    const { function: name, compile_ms: ms, compiled_steps, interpreted_steps, reasons } = JSON.parse(line) as Line
    const counted: Record<string, number> = {}
    for (const { reason, steps } of reasons) counted[reason] = (counted[reason] ?? 0) + steps
    const longest = { name: `${name} of ${file}`, ms }
    add(examples, { compiled: compiled_steps, interpreted: interpreted_steps, reasons: counted, longest })
  }
}
add(all, examples)
rmSync(folder, { recursive: true })

console.log(`cases: ${share(cases)}, examples: ${share(examples)}, together: ${share(all)} ran compiled`)
for (const [reason, steps] of Object.entries(all.reasons).sort((a, b) => b[1] - a[1]))
  if (steps > 0) console.log(`${String(steps).padStart(10)}  ${reason}`)
console.log(`the longest compilation: ${all.longest.ms.toFixed(0)} ms (≤ 300 ms), ${all.longest.name}`)
if (errors !== "") console.error(errors)
process.exitCode = errors === "" ? (tests.status ?? 1) : 1
