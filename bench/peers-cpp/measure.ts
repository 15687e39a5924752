/**
 * Runs the C++ programs beside this file where ADOL-C is installed, and reads what they print.
 * They are built when a compiler and the library are there; elsewhere the column stays empty.
 * It must not know how the table is laid out.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Milliseconds of a value and of its gradient. */
export interface CppTimes {
  readonly primal?: number
  readonly gradient?: number
}

/** The same function, in array form in another row. */
const twins: Readonly<Record<string, string>> = {
  "helmholtz-array-50": "helmholtz-50",
  "helmholtz-array-500": "helmholtz-500",
  "gmm-array-d10-k10": "gmm-d10-k10",
  "gmm-array-d20-k25": "gmm-d20-k25",
}

/** Times of the named rows, or nothing where the programs can't be built. */
export function measureCpp(names: readonly string[]): Readonly<Record<string, CppTimes>> {
  const folder = fileURLToPath(new URL(".", import.meta.url))
  if (spawnSync("make", ["-s"], { cwd: folder }).status !== 0) return {}
  // tapes that do not fit their buffers would be written to the current folder
  const scratch = mkdtempSync(join(tmpdir(), "adolc-"))
  try {
    // a process a row: ADOL-C keeps the buffers of a large tape
    const wanted = new Set(names.map((name) => twins[name] ?? name))
    return read(
      [...wanted].map((name) => {
        const { stdout } = spawnSync(join(folder, "bench"), [name], {
          cwd: scratch,
          encoding: "utf8",
          timeout: 120_000,
        })
        return stdout
      }),
    )
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

function read(lines: readonly string[]): Readonly<Record<string, CppTimes>> {
  const times: Record<string, CppTimes> = {}
  for (const line of lines) {
    const [name, primal, gradient] = line.trim().split(" ")
    if (name === undefined || primal === undefined || gradient === undefined) continue
    times[name] = {
      ...(Number(primal) >= 0 && { primal: Number(primal) }),
      ...(Number(gradient) >= 0 && { gradient: Number(gradient) }),
    }
  }
  for (const [name, other] of Object.entries(twins)) if (times[other] !== undefined) times[name] = times[other]
  return times
}
