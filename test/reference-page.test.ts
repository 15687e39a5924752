/** The reference page: up to date, and every name has an example that uses it. Its values are checked as those of every page are. */

import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { fileBuiltins } from "../cli/files.ts"
import { builtins } from "../engine/builtins.ts"
import { builtinEntry, referencePage } from "../engine/reference.ts"

describe("the reference", () => {
  it("is what `npm run reference` writes", () => {
    expect(readFileSync(resolve(import.meta.dirname, "../docs/reference.md"), "utf8")).toBe(
      referencePage(fileBuiltins(true)),
    )
  })

  it.each(builtins.map((builtin) => [builtin.name, builtin] as const))(
    "%s has a description and an example",
    (name, builtin) => {
      const { doc, examples, signature } = builtinEntry(builtin)
      expect(doc.length).toBeGreaterThan(10)
      expect(signature).toContain(`fn ${name}(`)
      expect(examples.some(({ source }) => source.includes(name))).toBe(true)
    },
  )
})
