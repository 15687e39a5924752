/** The standard modules: their texts are in the engine, they say what their names are for, and what their examples claim is so. */

import { describe, expect, it } from "vitest"
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { generated } from "../bin/stdlib.ts"
import { createEngine } from "../engine/index.ts"
import { documentationOf, entryOf, mainModules, namesBeside } from "../stdlib/documentation.ts"
import { sources } from "../stdlib/sources.ts"
import { testsOf } from "../engine/blocks.ts"

const root = resolve(import.meta.dirname, "..")
const modules = [...sources.keys()]

/** A module that another one is made of, such as `std/optim/descent`. */
const isPart = (module: string): boolean => module.split("/").length > 2

it("stdlib/sources.ts is up to date: `npm run stdlib`", () => {
  expect(readFileSync(join(root, "stdlib/sources.ts"), "utf8")).toBe(generated())
})

it("modules are found by name, and only when they are imported", () => {
  const engine = createEngine()
  expect(engine.evaluate('import "std/optim" as optim\noptim.minimize(x => (x - 3)^2, 1).converged').toString()).toBe(
    "true",
  )
  expect(engine.evaluate('import { adam as a } from "std/optim"\na').type).toBe("a function")
  expect(() => engine.evaluate('import "std/nonsense" as n\nn')).toThrow("std/nonsense")
})

it("a name of a module is documented in full or in short", () => {
  expect(entryOf("std/optim.minimize")?.heading).toContain("minimize(f, x0")
  expect(entryOf("optim.minimize")).toEqual(entryOf("std/optim.minimize"))
  expect(entryOf("optim.nothing")).toBeNull()
  expect(namesBeside("optim.nothing")).toContain("optim.minimize")
  expect(mainModules()).toContain("std/optim")
  expect(mainModules().filter(isPart)).toEqual([])
  expect(entryOf("nothing.minimize")).toBeNull()
})

describe.each(modules)("%s", (module) => {
  const { doc, entries } = documentationOf(module)!
  const engine = createEngine()
  const tests = testsOf(engine, sources.get(module)!, `${module}.adl`)

  it("says what it is for", () => {
    expect(doc.length).toBeGreaterThan(40)
  })

  it("documents every public name, with an example where programs are to import it", () => {
    const enough = isPart(module) ? /./ : /^> /m
    expect(entries.filter((entry) => !enough.test(entry.doc)).map((entry) => entry.name)).toEqual([])
  })

  it("finds nothing to warn of", () => {
    expect(
      createEngine()
        .check(sources.get(module)!, module)
        .map(({ message }) => message),
    ).toEqual([])
  })

  it.each(tests)("$title", ({ run }) => {
    run()
  })
})
