import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { adl } from "./command-line.ts"

const folder = mkdtempSync(join(tmpdir(), "adl-fmt-"))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const run = (...args: string[]) => adl("fmt", ...args)

test("adl fmt rewrites what differs, and then finds nothing more to do", async () => {
  const path = join(folder, "a.adl")
  writeFileSync(path, "let  a=1 // one\nf( a )\n")
  expect((await run("--check", path)).status).toBe(1)
  expect(readFileSync(path, "utf8")).toBe("let  a=1 // one\nf( a )\n")
  expect((await run(path)).status).toBe(0)
  expect(readFileSync(path, "utf8")).toBe("let a = 1 // one\nf(a)\n")
  expect((await run("--check", path)).status).toBe(0)
})

test("a file with errors stays as it is", async () => {
  const path = join(folder, "b.adl")
  writeFileSync(path, "let  a= (\n")
  expect((await run(path)).status).toBe(1)
  expect(readFileSync(path, "utf8")).toBe("let  a= (\n")
})

test("a missing file or no file at all is said", async () => {
  expect((await run(join(folder, "none.adl"))).status).toBe(1)
  expect((await run()).status).toBe(2)
})
