/**
 * What a host may tell an engine, and that it is what it should be.
 * Types protect hosts that are checked; this file tells all others which option is wrong. It must not know what an option does.
 */

import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import { isName } from "../lang/tokens.ts"
import type { Limits } from "../interpreter/evaluate/runtime.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"
import { nameOf } from "./convert.ts"
import type { HostFunction } from "./host.ts"
import type { Located } from "./loader.ts"

/** What an engine may be told when it is made; everything may be left out. */
export interface EngineOptions {
  /** Steps, milliseconds for each call into the engine, depth of calls, bytes. None holds unless given, but for depth (10,000) and memory (1 GiB). */
  readonly limits?: Limits
  /** Bytes that a compiled derivative may save for its way back; past that, long loops make their turns again instead. 32 MB unless given; `Infinity`: never. */
  readonly tapeMemory?: number
  /** The text of an import as written, for the module named `from`; never asked for `std/`. A string is known by its specifier. */
  readonly modules?: (specifier: string, from: string) => string | Located | null
  /** Functions that programs may call, with their derivatives. */
  readonly host?: Readonly<Record<string, HostFunction>>
  /** More built-in functions, such as files. @internal */
  readonly builtins?: readonly BuiltinFunction[]
  /** More names in scope everywhere, with their values. */
  readonly values?: Readonly<Record<string, unknown>>
  /** Where printed text goes, a line at a time; nowhere by default. */
  readonly print?: (text: string) => void
  /** Told at every turn of a loop over `progress(xs, label)`: turns begun, of how many, and the label. */
  readonly progress?: (done: number, total: number, label: string) => void
  /** Element 0 is set to 1 to interrupt what runs, or else the next call; over shared memory, from another thread. It is 0 again afterwards. */
  readonly interrupt?: Int32Array
  /** `"auto"`: calls are compiled once it is worth it and `ready` has resolved; 0: never. */
  readonly tier?: "auto" | 0 | 1 | 2
  /** Told where the compiler erred; the program is then interpreted. */
  readonly note?: (text: string) => void
  /** Bytes in use, where the host can tell. `first`: a call has begun, and has taken no more than a little yet. */
  readonly memoryInUse?: (first: boolean) => number
  /** Stop at the first operation that makes a nan. */
  readonly trapNan?: boolean
  /** Milliseconds from a fixed moment; `Date.now` unless given. */
  readonly now?: () => number
}

/** Every option by name: to leave one out here is an error of types. */
const optionNames = Object.keys({
  limits: true,
  tapeMemory: true,
  modules: true,
  host: true,
  builtins: true,
  values: true,
  print: true,
  progress: true,
  interrupt: true,
  tier: true,
  note: true,
  memoryInUse: true,
  trapNan: true,
  now: true,
} satisfies Record<keyof EngineOptions, true>)
const limitNames = ["steps", "ms", "depth", "memory"] as const

/** What is misspelt would not hold. */
function onlyNamed(path: string, given: object, names: readonly string[]): void {
  const wrong = Object.entries(given).find(([name, value]) => value !== undefined && !names.includes(name))
  if (wrong === undefined) return
  const offered = names.filter((name) => name !== "builtins").map((name) => `\`${name}\``)
  raise(faults.hostOption(path + wrong[0], offered.join(", "), null))
}

/** Raises the fault of the first option that is not what it should be. `known` are names of the language that hosts may not give anew. */
export function checkOptions(options: EngineOptions, known: (name: string) => boolean): void {
  const wrong = (what: string, expected: string, value: unknown): never =>
    raise(faults.hostOption(what, expected, nameOf(value)))
  const object = (what: string, value: unknown): void => {
    if (value !== undefined && (typeof value !== "object" || value === null || Array.isArray(value)))
      wrong(what, "an object", value)
  }
  object("options", options)
  for (const part of ["limits", "host", "values"] as const) object(part, options[part])
  const { limits = {}, tier = "auto", interrupt } = options
  onlyNamed("", options, optionNames)
  onlyNamed("limits.", limits, limitNames)
  for (const name of limitNames) {
    const limit = limits[name]
    if (limit !== undefined && !(typeof limit === "number" && limit >= 0))
      wrong(`limits.${name}`, "a number of 0 or more", limit)
  }
  if (limits.depth !== undefined && limits.depth > 1_000_000) wrong("limits.depth", "at most 1000000", limits.depth)
  const { tapeMemory = 0 } = options
  if (!(typeof tapeMemory === "number" && tapeMemory >= 0)) wrong("tapeMemory", "a number of 0 or more", tapeMemory)
  if (!["auto", 0, 1, 2].includes(tier)) wrong("tier", '"auto", 0, 1 or 2', tier)
  if (interrupt !== undefined && !(interrupt instanceof Int32Array)) wrong("interrupt", "an Int32Array", interrupt)
  for (const name of ["modules", "print", "progress", "memoryInUse", "now", "note"] as const) {
    const f: unknown = options[name]
    if (f !== undefined && typeof f !== "function") wrong(name, "a function", f)
  }
  for (const part of ["host", "values"] as const) {
    for (const name of Object.keys(options[part] ?? {})) {
      if (!isName(name)) raise(faults.hostName(name, "no program can write it"))
      if (known(name)) raise(faults.hostName(name, "the language has it already"))
    }
  }
}

/** Options of one call, given by the host. */
export function callOptions<T extends object>(given: T): T {
  if (typeof (given as unknown) !== "object" || (given as unknown) === null)
    raise(faults.hostOption("options", "an object", nameOf(given)))
  return given
}

/** A text given by the host. */
export function textOption(what: string, value: unknown): string {
  if (typeof value !== "string") raise(faults.hostOption(what, "a text", nameOf(value)))
  return value
}
