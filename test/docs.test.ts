/** What documentation says is what happens: every block of ADL runs, and every value that a comment claims is compared with what is shown. */

import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { agrees } from "../engine/examples.ts"
import { AdlError, createEngine } from "../engine/index.ts"
import { builtins } from "../engine/builtins.ts"
import { constants } from "../engine/library.ts"
import { fileBuiltins } from "../cli/files.ts"
import { blocksOf, commentOf, pages, root } from "./docs.ts"
import { testsOf } from "../engine/blocks.ts"

/** Does the comment begin with what is shown, maybe followed by a comma and words? */
function claims(comment: string, shown: string): boolean {
  if (agrees(shown, comment)) return true
  for (let at = comment.indexOf(", "); at >= 0; at = comment.indexOf(", ", at + 1)) {
    if (agrees(shown, comment.slice(0, at))) return true
  }
  return false
}

/** A comment that begins as values do is a claim; any other is prose. */
const isValue = (comment: string): boolean => /^(-?\d|-?inf\b|nan\b|true\b|false\b|[([{"]|[A-Z]\w*\()/.test(comment)

/** What a block shows, by the line on which it stands; its tests and examples run too. */
function run(text: string): Map<number, string> {
  const shown = new Map<number, string>()
  createEngine().run(text, { name: "block.adl", onValue: (value, line) => shown.set(line, value.toString()) })
  for (const test of testsOf(createEngine(), text, "block.adl")) test.run()
  return shown
}

describe.each(pages)("%s", (page) => {
  const blocks = blocksOf(page, "adl")
  const good = blocks.filter(({ kind }) => kind === "adl")
  const bad = blocks.filter(({ kind }) => kind === "adl error")

  it("marks its blocks in a known way", () => {
    expect(blocks.length).toBe(good.length + bad.length)
  })

  it.each(good)("line $line: shows what its comments say", ({ text }) => {
    const shown = run(text)
    const lines = text.split("\n")
    const wrong: string[] = []
    lines.forEach((line, i) => {
      const comment = commentOf(line)
      if (comment === null || !isValue(comment)) return
      const actual = shown.get(i + 1) ?? "nothing"
      if (!claims(comment, actual)) wrong.push(`${line}\n    shows ${actual}`)
    })
    expect(wrong).toEqual([])
  })

  it.each(bad)("line $line: fails as it says", ({ text }) => {
    const expected = text
      .split("\n")
      .map(commentOf)
      .filter((comment) => comment !== null)
    expect(expected).toHaveLength(1)
    let message = "no error"
    try {
      run(text)
    } catch (error) {
      if (!(error instanceof AdlError)) throw error
      message = error.diagnostics.map((d) => d.message).join("\n")
    }
    expect(message).toContain(expected[0])
  })
})

/** The code spans in the rows of the table below a heading. */
function namesBelow(page: string, heading: string): string[] {
  const text = readFileSync(join(root, page), "utf8")
  const section = text.split(/^#+ /m).find((part) => part.startsWith(heading)) ?? ""
  return section
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .flatMap((line) => [...line.matchAll(/`([A-Za-z_]\w*)`/g)].map((found) => found[1]!))
}

describe("names", () => {
  const written = namesBelow("docs/language.md", "Names of the prelude")

  it("in the table of the prelude exist", () => {
    const known = new Set(
      [...builtins, ...fileBuiltins(false)].map((builtin) => builtin.name).concat(...constants.keys()),
    )
    expect(written.length).toBeGreaterThan(100)
    expect(written.filter((name) => !known.has(name))).toEqual([])
  })

  it("of all built-ins stand in the table of the prelude", () => {
    expect(builtins.map((builtin) => builtin.name).filter((name) => !written.includes(name))).toEqual([])
  })
})

describe("links", () => {
  it.each(pages)("%s leads to files that exist", (page) => {
    const text = readFileSync(join(root, page), "utf8")
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((found) => found[1]!)
    const missing = targets.filter(
      (target) => !/^https?:/.test(target) && !existsSync(resolve(root, page, "..", target)),
    )
    expect(missing).toEqual([])
  })
})
