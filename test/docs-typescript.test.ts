/**
 * Every block of TypeScript in the documentation is compiled, with the strictest types, against what the package exports, and prints what its comments say.
 * Imports of the package lead to the sources. It must not know what the blocks do.
 */

import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import { format } from "node:util"
import { runInThisContext } from "node:vm"
import ts from "typescript"
import { describe, expect, it } from "vitest"
import { blocksOf, commentOf, pages, root } from "./docs.ts"

/** Where the entries of the package begin. */
const entries: Readonly<Record<string, string>> = {
  "adl-lang": "engine/index.ts",
  "adl-lang/full": "engine/full.ts",
  "adl-lang/node": "cli/node.ts",
  "adl-lang/worker": "engine/worker/index.ts",
  "adl-lang/plot": "interpreter/plot/index.ts",
}

const blocks = pages.flatMap((page) => blocksOf(page, "ts").map((block) => ({ page, ...block })))

it("compiles", { timeout: 120_000 }, () => {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
  options.noEmit = true
  options.paths = Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, [join(root, path)]]))
  // Blocks stand beside the tests, in no file; each is a module, also one that imports nothing.
  const texts = new Map(
    blocks.map(({ page, line, text }) => [join(root, "test", `${page.replaceAll("/", "-")}-${String(line)}.ts`), text]),
  )
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.getSourceFile = (name, ...rest) => {
    const text = texts.get(name)
    return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, `${text}\nexport {}`, rest[0])
  }
  host.fileExists = (name) => texts.has(name) || fileExists(name)
  const program = ts.createProgram([...texts.keys()], options, host)
  const found = [...texts.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
  })
  expect(ts.formatDiagnostics(found, { ...host, getCurrentDirectory: () => root })).toBe("")
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
    return import(/* @vite-ignore */ `../${entries[entry]!}`)
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
