/**
 * The command line inside the tests' own process, with what it writes.
 * It must not know commands.
 */

import fs from "node:fs"
import { vi } from "vitest"
import { main } from "../cli/main.ts"

export interface Written {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** Runs `adl` with arguments. */
export async function adl(...args: string[]): Promise<Written> {
  let out = ""
  let err = ""
  const written = vi.spyOn(fs, "writeSync").mockImplementation((descriptor, bytes) => {
    if (descriptor === 1) out += String(bytes)
    else err += String(bytes)
    return bytes.length
  })
  try {
    return { status: await main(args), out, err }
  } finally {
    written.mockRestore()
  }
}
