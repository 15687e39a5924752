/**
 * What the command line loads at its first use and not before, synchronously, for a program waits for it: bundles beside its own, or the sources.
 * It must not know what it is used for.
 */

import { createRequire } from "node:module"
import type * as Compiler from "../compiler/tier.ts"
import type * as Special from "../interpreter/builtins/special.ts"
import type * as Kernels from "../interpreter/kernels/wasm/module.ts"
import type * as Sources from "../stdlib/sources.ts"
import type * as Renderers from "../interpreter/plot/index.ts"
import type * as Zip from "./zip.ts"

interface Parts {
  /** The SIMD module. */
  readonly kernels: typeof Kernels
  /** The renderers of plots. */
  readonly plot: typeof Renderers
  /** The texts of the standard modules. */
  readonly stdlib: typeof Sources
  /** The built-ins of the larger families. */
  readonly special: typeof Special
  /** Compression. */
  readonly zip: typeof Zip
}

const sources: Readonly<Record<keyof Parts, string>> = {
  kernels: "../interpreter/kernels/wasm/module.ts",
  plot: "../interpreter/plot/index.ts",
  stdlib: "../stdlib/sources.ts",
  special: "../interpreter/builtins/special.ts",
  zip: "./zip.ts",
}

const parts: { -readonly [Name in keyof Parts]?: Parts[Name] } = {}

/** Has a part from elsewhere: where sources are not Node's own modules, what it would load are others with the same text. */
export function place<Name extends keyof Parts>(name: Name, part: Parts[Name]): void {
  parts[name] = part
}

/**
 * The compiler, which shares classes with the engine: where that is a bundle of the same kind, they stand in one file beside both. Null elsewhere: it has to be
 * waited for.
 */
export const compilerInTime: (() => typeof Compiler) | null = import.meta.url.endsWith(".cjs")
  ? () => required("./compiler.cjs") as typeof Compiler
  : null

/** The compiler for a run that turns out long: loaded then, or, where that would have to be waited for, now. */
export async function compilerForLater(): Promise<() => typeof Compiler> {
  if (compilerInTime !== null) return compilerInTime
  const compiler = await import("../compiler/tier.ts")
  return () => compiler
}

/** A part, loaded when it is first asked for. */
export function beside<Name extends keyof Parts>(name: Name): Parts[Name] {
  return (parts[name] ??= required(import.meta.url.endsWith(".ts") ? sources[name] : `./${name}.cjs`) as Parts[Name])
}

/** A CommonJS package or a file, as seen from here. */
export function required(path: string): unknown {
  return createRequire(import.meta.url)(path)
}
