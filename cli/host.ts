/**
 * An engine for the command line: limits from flags, files below the current folder, modules from disk, interruption by Ctrl-C.
 * It must not know what a command does with the engine.
 */

import { deserialize, restore } from "../engine/arrival.ts"
import * as hostRules from "../engine/hostrules.ts"
import { serialize } from "../engine/serial.ts"
import { Engine, type Apart } from "../engine/engine.ts"
import type { Rest } from "../engine/rest.ts"
import { standIns } from "../engine/special.ts"
import { specialNames } from "../engine/special-names.ts"
import { furtherBuiltins } from "../interpreter/builtins/further.ts"
import { runProgram } from "../interpreter/evaluate/machine.ts"
import { programOf } from "../interpreter/evaluate/program.ts"
import { scalarWhole } from "../interpreter/evaluate/scalar.ts"
import { simdVectors } from "../interpreter/kernels/wasm/vectors.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"
import { render } from "../lang/report/render.ts"
import { beside, compilerInTime } from "./beside.ts"
import { locate, memoryInUse } from "./disk.ts"
import { fileBuiltins } from "./files.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { writeError } from "./output.ts"
import { readStdin } from "./program.ts"

/** A number above 0 given with a flag. */
function amount(invocation: Invocation, flag: string): number | undefined {
  const text = invocation.flags[flag]
  if (text === undefined) return undefined
  const value = Number(text)
  if (typeof text !== "string" || text.trim() === "" || !(value > 0)) {
    throw new UsageError(`--${flag} needs a number above 0, not \`${String(text)}\``)
  }
  return value
}

const tiers: Readonly<Record<string, "auto" | 0 | 1 | 2>> = { auto: "auto", "0": 0, "1": 1, "2": 2 }

export interface HostOptions {
  readonly print: (text: string) => void
  /** Told at every turn of a loop over `progress(xs, label)`. */
  readonly progress?: (done: number, total: number, label: string) => void
  readonly builtins?: readonly BuiltinFunction[]
  /** The built-ins that are otherwise loaded when the first of them is called, with their documentation. */
  readonly special?: readonly BuiltinFunction[]
  /** The compiler, asked for once a run is long enough for it; what can be loaded then, unless given. */
  readonly compiler?: Apart["compilerInTime"]
  /** Element 0 is set to 1 to interrupt a run. */
  readonly interrupt?: Int32Array
}

/** Loaded piece by piece, for most programs need none of it. */
const rest: Rest = {
  get special() {
    return beside("special").specialBuiltins
  },
  get sources() {
    return beside("stdlib").sources
  },
  loops: scalarWhole,
  deep: { programOf, runProgram },
  serialize,
  deserialize,
  restore,
  hostRules,
  render,
  vectors: simdVectors(() => beside("kernels").KERNELS),
}

const special = [...furtherBuiltins, ...standIns(specialNames, () => rest.special)]

/** What is of interest to those who look into the language itself. */
function note(text: string): void {
  writeError(`note: ${text}`)
}

/** The engine that a command runs programs in. */
export function hostEngine(invocation: Invocation, options: HostOptions): Engine {
  const seconds = amount(invocation, "timeout")
  const megabytes = amount(invocation, "memory")
  const tape = amount(invocation, "tape-memory")
  const steps = amount(invocation, "steps")
  const depth = amount(invocation, "depth")
  const tier = invocation.flags["tier"] ?? "auto"
  if (typeof tier !== "string" || !Object.hasOwn(tiers, tier)) {
    throw new UsageError(`--tier is 0, 1, 2 or auto, not \`${String(tier)}\``)
  }
  if (depth !== undefined && (!Number.isInteger(depth) || depth > 1_000_000)) {
    throw new UsageError("--depth is a whole number of at most 1000000")
  }
  const interrupt = options.interrupt ?? new Int32Array(new SharedArrayBuffer(4))
  const compiler = options.compiler ?? compilerInTime
  return new Engine(
    {
      limits: {
        steps,
        ms: seconds === undefined ? undefined : seconds * 1000,
        memory: megabytes === undefined ? undefined : megabytes * 2 ** 20,
        depth,
      },
      ...(tape === undefined ? {} : { tapeMemory: tape * 2 ** 20 }),
      print: options.print,
      ...(options.progress === undefined ? {} : { progress: options.progress }),
      modules: locate,
      builtins: [...(options.builtins ?? []), readStdin, ...fileBuiltins(invocation.flags["no-files"] !== true)],
      values: { args: invocation.rest },
      interrupt,
      tier: tiers[tier]!,
      ...(invocation.flags["verbose"] === true ? { note } : {}),
      trapNan: invocation.flags["trap-nan"] === true,
      memoryInUse,
    },
    {
      rest: () => rest,
      special: options.special ?? special,
      ...(compiler === null ? {} : { compilerInTime: compiler }),
    },
  )
}
