/**
 * The pages of documentation and the blocks in them.
 * A block is known by the word behind its fence; a comment at the end of a line claims what the line shows or prints. It must not know how blocks are run.
 */

import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"

export const root = resolve(import.meta.dirname, "..")
/** All pages of documentation, as paths from the root. */
export const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => join("docs", name))].filter(
  (name) => name.endsWith(".md"),
)

/** A fenced block. */
export interface Block {
  readonly kind: string
  readonly line: number
  readonly text: string
}

/** The fenced blocks of a page whose language is `language`, with the line at which each begins. */
export function blocksOf(page: string, language: string): Block[] {
  const text = readFileSync(join(root, page), "utf8")
  return [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)]
    .map((found) => ({
      kind: found[1]!.trim(),
      text: found[2]!,
      line: text.slice(0, found.index).split("\n").length,
    }))
    .filter(({ kind }) => kind.split(" ")[0] === language)
}

/** The comment at the end of a line: what follows the last `//` after a blank. */
export function commentOf(line: string): string | null {
  return /\S\s+\/\/ (.*)$/.exec(line)?.[1]?.trim() ?? null
}
