import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { line } from "../cli/progress.ts"
import { createEngine } from "../engine/index.ts"
import { adl } from "./command-line.ts"

const folder = mkdtempSync(join(tmpdir(), "adl-run-"))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

test("several -e are lines of one program", async () => {
  expect(await adl("-e", "let a = 1", "-e", "a + 1")).toEqual({ status: 0, out: "2\n", err: "" })
})

test("a text and a number may begin with a minus", async () => {
  expect(await adl("-e", "-2^2")).toEqual({ status: 0, out: "-4\n", err: "" })
  expect((await adl("trace", "examples/paper/tables23.adl", "f", "2", "-5")).out).toMatch(/x2 +-5/)
  expect((await adl("-e")).status).toBe(2)
})

test("the stack of an error names functions, not the program", async () => {
  const { status, err } = await adl("-e", "fn f(x) { let y = x[9]; y }\nlet z = f([1])")
  expect(status).toBe(1)
  expect(err).toContain("in `f`, called at <eval>:2:9")
  expect(err).not.toContain("`<eval>`")
  expect((await adl("-e", "[1][2]")).err).not.toContain("  in ")
})

test("check shows warnings beside errors", async () => {
  const path = join(folder, "both.adl")
  writeFileSync(path, "fn f(x) { let unused = 1; x }\nnowhere\n")
  const { status, out } = await adl("check", path)
  expect(status).toBe(1)
  expect(out).toContain("there is no `nowhere` here")
  expect(out).toContain("`unused`")
  expect(out).toContain("1 error, 1 warning")
})

describe("progress", () => {
  const seen: [number, number, string][] = []
  const engine = createEngine({ progress: (...turn) => seen.push(turn) })
  const run = (text: string): unknown => {
    seen.length = 0
    return engine.evaluate(text).toJS()
  }

  test("is told turn by turn, of loops and comprehensions", () => {
    expect(run('[2 * i for i in progress(0..3, label: "a")]')).toEqual(new Float64Array([0, 2, 4]))
    expect(seen).toEqual([1, 2, 3].map((done) => [done, 3, "a"]))
    expect(run("do { var s = 0; for x in progress([5, 6]) { s += x }; s }")).toBe(11)
    expect(seen).toEqual([1, 2].map((done) => [done, 2, ""]))
  })
  test("is its argument elsewhere", () => {
    expect(run('sum(progress([1, 2], label: "b"))')).toBe(3)
    expect(seen).toEqual([])
  })
  test("leaves derivatives as they are", () => {
    expect(run("grad(x => do { var s = 0; for i in progress(0..3) { s += x * i }; s })(2)")).toBe(3)
  })
  test("refuses a label that is no text, and more arguments", () => {
    expect(() => run("for i in progress(0..3, label: 1) {}")).toThrow("`progress` needs a string for `label`")
    expect(() => run('for i in progress(0..3, "a", 2) {}')).toThrow("takes")
  })
  test("is drawn within the width", () => {
    expect(line(0, 10, "fit", 1, 80)).toBe("fit ──────────────────────── 0 %  0 of 10")
    expect(line(5, 10, "", 60, 80)).toBe("━━━━━━━━━━━━──────────── 50 %  5 of 10, 1 min 0 s left")
    expect(line(5, 10, "x".repeat(90), 60, 80)).toHaveLength(79)
  })
})
