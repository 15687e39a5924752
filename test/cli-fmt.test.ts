import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test, vi } from "vitest"
import { main } from "../cli/main.ts"

const folder = mkdtempSync(join(tmpdir(), "adl-fmt-"))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  let out = ""
  let err = ""
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true))
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true))
  try {
    return { status: await main(["fmt", ...args]), out, err }
  } finally {
    stdout.mockRestore()
    stderr.mockRestore()
  }
}

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
