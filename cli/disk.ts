/**
 * Modules on disk, relative to the module that imports them.
 * It must not know who asks.
 */

import { readFileSync } from "node:fs"
import { dirname, relative, resolve } from "node:path"
import type { Located } from "../engine/loader.ts"

/** The path of a module as users know it. */
function shown(path: string): string {
  const short = relative(process.cwd(), path)
  return short === "" || short.startsWith("..") ? path : short
}

/** Finds the source of an import relative to the importing file. */
export function locate(specifier: string, from: string): Located | null {
  if (!specifier.startsWith("./") && !specifier.startsWith("../") && !specifier.startsWith("/")) return null
  const base = from.startsWith("<") ? process.cwd() : dirname(resolve(from))
  const path = resolve(base, specifier)
  try {
    return { name: shown(path), text: readFileSync(path, "utf8") }
  } catch {
    return null
  }
}

/** Bytes that the process uses for values. */
export function memoryInUse(): number {
  const usage = process.memoryUsage()
  return usage.heapUsed + usage.arrayBuffers
}
