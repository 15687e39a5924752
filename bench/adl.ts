/**
 * The ADL engine as the benchmarks use it: a program is loaded, and its functions and gradients are called.
 * The engine is imported when it is first asked for, so that a table can be printed, with the reason, where it does not run.
 * It must not know the workloads.
 */
import { readFileSync } from "node:fs"

/** A tier to force, or the engine's own choice. */
export type Tier = 0 | 1 | 2 | "auto"

/** A function of a loaded program. */
export interface AdlFunction {
  (...args: unknown[]): unknown
  grad(options?: { wrt?: string | string[] }): (...args: unknown[]) => unknown
  valueAndGrad(options?: { wrt?: string | string[] }): (...args: unknown[]) => { value: unknown; grad: unknown }
}

/** A loaded program. */
export interface AdlModule {
  fn(name: string): AdlFunction
}

interface Engine {
  readonly ready?: Promise<unknown>
  load(source: string, options: { name: string }): AdlModule
}

interface EngineModule {
  createEngine(options: { tier: Tier; modules: (specifier: string, from: string) => string }): Engine
}

/** The text of a benchmark program. */
export function source(program: string): string {
  return readFileSync(new URL(`programs/${program}`, import.meta.url), "utf8")
}

/** Loads a benchmark program into an engine of its own. */
export async function load(program: string, tier: Tier): Promise<AdlModule> {
  const entry = new URL("../engine/index.ts", import.meta.url).href
  const { createEngine } = (await import(entry)) as EngineModule
  const engine = createEngine({ tier, modules: (specifier) => source(specifier.replace(/^\.\//, "")) })
  await engine.ready
  return engine.load(source(program), { name: program })
}

/** A matrix as the engine takes it. */
export function matrix(data: Float64Array, rows: number): { shape: number[]; data: Float64Array } {
  return { shape: [rows, data.length / rows], data }
}
