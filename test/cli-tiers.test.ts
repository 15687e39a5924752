/** What the command line tells of tiers: which functions are compiled, to what code, and where a run spends its time. */

import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, describe, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "adl-tiers-"))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
writeFileSync(
  join(folder, "model.adl"),
  `fn loss(x) {
  var s = x
  for i in 0..200 { s = sin(s) + x }
  s
}
fn told(x) {
  print("told {x}")
  x
}
fn idle(x) = x
let words = w => w ++ "{len(w)}"
loss(0.3)
grad(loss)(0.3)
told(1)
bench "loss" { (loss, 0.3) }
`,
)

function run(...args: readonly string[]): string {
  const start = resolve(import.meta.dirname, "../cli/start.ts")
  return execFileSync(process.execPath, [start, ...args], { cwd: folder, encoding: "utf8" })
}

interface Entry {
  readonly function: string
  readonly tier: string
  readonly calls: number
  readonly saved_bytes: number
  readonly ratio: number | null
}

describe("tiers on the command line", () => {
  it("check --tiers tells what is compiled and why the rest is not", () => {
    expect(run("check", "--tiers", "model.adl").split("\n")).toEqual(
      expect.arrayContaining(["loss: compiled", "loss: grad compiled", "told: interpreted: it has effects"]),
    )
    expect(run("check", "--tiers", "model.adl")).toContain("idle: not asked for on its own")
  })

  it.each(["sir", "lir", "js"])("check --emit %s prints code", (stage) => {
    const text = run("check", "--emit", stage, "model.adl", "grad(loss)", "0.5")
    expect(text).toContain("// grad(loss): grad")
    expect(text).toContain("for")
  })

  it("profile counts calls, saved bytes and the price of a gradient", () => {
    const rows = run("profile", "--json", "model.adl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Entry)
    const row = (name: string): Entry | undefined => rows.find((entry) => entry.function === name)
    expect(row("loss")).toMatchObject({ tier: "compiled", calls: 1 })
    expect(row("told")).toMatchObject({ tier: "interpreted", calls: 1 })
    expect(row("grad(loss)")).toMatchObject({ tier: "compiled", calls: 1 })
    expect(row("grad(loss)")!.saved_bytes).toBeGreaterThan(0)
    expect(row("grad(loss)")!.ratio).toBeGreaterThan(0)
  })

  it("bench shows tiers below its times", () => {
    const text = run("bench", "model.adl")
    expect(text).toMatch(/^loss: value .* gradient /m)
    expect(text).toMatch(/^ {2}loss +compiled/m)
  })
})
