/** The reference of what the package exports builds without a warning: every exported name has a comment, and every type that one speaks of is exported too. */

import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { Application, LogLevel, type TypeDocOptions } from "typedoc"
import { expect, it } from "vitest"
import { entries } from "./entries.ts"

const root = resolve(import.meta.dirname, "..")
const options = JSON.parse(readFileSync(join(root, "typedoc.json"), "utf8")) as TypeDocOptions

it("covers the entries of the package", () => {
  const documented = (options.entryPoints as readonly string[]).map((path) => join(root, path))
  expect(documented.sort()).toEqual(Object.values(entries).sort())
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object }
  // The file that a worker runs exports nothing.
  const exported = Object.keys(exports).filter((name) => !["./package.json", "./thread"].includes(name))
  expect(exported.map((name) => name.replace(/^\./, "adl-lang")).sort()).toEqual(Object.keys(entries).sort())
})

it("builds without a warning", { timeout: 240_000 }, async () => {
  const app = await Application.bootstrap({
    ...options,
    tsconfig: join(root, String(options.tsconfig)),
    basePath: root,
  })
  const said: string[] = []
  const { logger } = app
  logger.log = (message, level) => {
    if (level >= LogLevel.Warn) said.push(message)
  }
  const project = await app.convert()
  expect(project).toBeDefined()
  app.validate(project!)
  expect(said).toEqual([])
  expect(logger.warningCount + logger.errorCount).toBe(0)
  const named = project!.children?.flatMap((entry) => entry.children ?? []).map(({ name }) => name) ?? []
  for (const name of ["createEngine", "Engine", "AdlError", "createWorkerEngine", "svg", "Limits"])
    expect(named).toContain(name)
})
