/**
 * Every block of TypeScript in the documentation is compiled, with the strictest types, against what the package exports, and prints what its comments say.
 * Imports of the package lead to the sources. It must not know what the blocks do.
 */

import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import { format } from "node:util"
import { runInThisContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { complaints } from "./compiled.ts"
import { blocksOf, commentOf, pages, root } from "./docs.ts"
import { entries } from "./entries.ts"

const blocks = pages.flatMap((page) => blocksOf(page, "ts").map((block) => ({ page, ...block })))

it("compiles", { timeout: 120_000 }, () => {
  // Blocks stand beside the tests, in no file.
  const texts = blocks.map(({ page, line, text }): [string, string] => {
    return [join(root, "test", `${page.replaceAll("/", "-")}-${String(line)}.ts`), text]
  })
  expect(complaints(new Map(texts))).toBe("")
})

/** What a piece of TypeScript prints, a line each. */
async function printedBy(text: string): Promise<string[]> {
  const lines: string[] = []
  const body = stripTypeScriptTypes(
    text.replaceAll(/^import (\{.*\}) from "(.*)"$/gm, (_all, names: string, from: string) => {
      return `const ${names.replaceAll(" as ", ": ")} = await $load("${from}")`
    }),
  )
  const program = runInThisContext(`(async function ($load, console) { "use strict";\n${body}\n})`) as (
    load: (entry: string) => Promise<unknown>,
    console: { log: (...parts: unknown[]) => void },
  ) => Promise<void>
  const load = (entry: string): Promise<unknown> => {
    expect(Object.keys(entries)).toContain(entry)
    return import(/* @vite-ignore */ entries[entry]!)
  }
  await program(load, { log: (...parts) => lines.push(format(...parts)) })
  return lines
}

describe("TypeScript in the documentation", () => {
  it.each(blocks)("$page, line $line: prints what its comments say", async ({ text }) => {
    const claimed = text
      .split("\n")
      .filter((line) => line.includes("console.log("))
      .map((line) => commentOf(line) ?? "a comment that says what is printed")
    expect(await printedBy(text)).toEqual(claimed)
  })

  it("stands in fences that say so", () => {
    for (const page of pages) {
      for (const kind of ["typescript", "js", "javascript", "tsx"]) expect(blocksOf(page, kind)).toEqual([])
    }
  })
})
