/**
 * The entries of the package by the names under which programs import them, and the sources that they are made of.
 * So programs that import the package can be run from a checkout that was not built; the compiler reads the same table. It must not know what they export.
 */

import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "..")

const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as {
  compilerOptions: { paths: Record<string, [string]> }
}

/** Where each entry begins, as a whole path. */
export const entries: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [path]]) => [name, join(root, path)]),
)

/** The same as bundlers take it: each name alone, for one is the beginning of the others. */
export const aliases = Object.entries(entries).map(([name, replacement]) => ({
  find: new RegExp(`^${name}$`),
  replacement,
}))
