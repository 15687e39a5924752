/** Every example is a program that runs, from the command line, and prints what its golden file says. UPDATE=1 accepts what it prints. */

import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { afterAll, describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "..")
const goldens = join(root, "test/examples")

/** A copy, so that what examples write does not end up in the checkout. */
const copy = mkdtempSync(join(tmpdir(), "adl-examples-"))
cpSync(join(root, "examples"), join(copy, "examples"), { recursive: true })
afterAll(() => {
  rmSync(copy, { recursive: true })
})

/** Modules of other examples, with nothing to run. */
const libraries = new Set(["nist/models.adl"])

const files = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".adl") && !libraries.has(file))
  .sort()

/** What a command prints; what it says on standard error is an error, such as one of the compiler. */
function run(...args: readonly string[]): string {
  const given = [join(root, "cli/start.ts"), ...args]
  const { stdout, stderr } = spawnSync(process.execPath, given, { cwd: copy, encoding: "utf8" })
  expect(stderr).toBe("")
  return stdout
}

describe("examples", () => {
  it.each(files)("%s prints what it should", (file) => {
    const actual = run("--verbose", join("examples", file))
    const golden = join(goldens, file.replace(/\.adl$/, ".out"))
    if (process.env["UPDATE"] === "1" || !existsSync(golden)) {
      expect(process.env["UPDATE"], `${golden} is missing; run with UPDATE=1`).toBe("1")
      mkdirSync(dirname(golden), { recursive: true })
      writeFileSync(golden, actual)
    }
    expect(actual).toBe(readFileSync(golden, "utf8"))
  })

  it("Figure 3 is drawn into a file", () => {
    const svg = readFileSync(join(copy, "examples/paper/out/figure3.svg"), "utf8")
    expect(svg).toContain("forward difference")
    expect(svg.match(/<path/g)?.length).toBeGreaterThanOrEqual(2)
  })

  it("Table 4 is measured: every way of differentiating against the function itself", () => {
    const rows = run("bench", "--json", "examples/paper/table4.adl").trim().split("\n")
    expect(rows).toHaveLength(8)
    for (const row of rows) {
      const { bench, functions, ...times } = JSON.parse(row) as { bench: string; functions: [] } & Record<
        string,
        number
      >
      expect(bench).toMatch(/^n = +\d+$/)
      expect(functions.length).toBeGreaterThan(0)
      expect(Object.keys(times)).toEqual(["f_ms", "numerical_ms", "forward_ms", "reverse_ms"])
      for (const time of Object.values(times)) expect(time).toBeGreaterThan(0)
    }
  }, 60_000)

  it("a shebang script runs", () => {
    writeFileSync(join(copy, "script.adl"), "#!/usr/bin/env adl\nlen(args)\n")
    expect(run("script.adl", "--", "a", "b")).toBe("2\n")
  })
})
